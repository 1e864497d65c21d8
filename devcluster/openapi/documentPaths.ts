/** The paths of what is no resource: versions, groups, the API's own documents. */
import {
  capital,
  groupName,
  item,
  json,
  meta,
  type Operation,
  type PathItem,
  protobuf,
  tagOf,
  unauthorized,
  yaml,
} from './operations.ts';

function document(
  path: string,
  more: Partial<Operation> & Pick<Operation, 'description' | 'id' | 'tag'>,
  schema: string,
): [string, PathItem] {
  const types = [json, yaml, protobuf];
  return [
    path,
    item([
      {
        method: 'get',
        consumes: types,
        produces: types,
        parameters: [],
        responses: { 200: ['OK', schema], ...unauthorized },
        ...more,
      },
    ]),
  ];
}

/** The path of a group version's own list of resources. */
export function versionPath(group: string, version: string): [string, PathItem] {
  const path = group === '' ? `/api/${version}/` : `/apis/${group}/${version}/`;
  const id = `get${groupName(group)}${capital(version)}APIResources`;
  return document(
    path,
    { description: 'get available resources', id, tag: tagOf(group, version) },
    `${meta}.APIResourceList`,
  );
}

/** The path of a group's description. */
export function groupPath(group: string): [string, PathItem] {
  const id = `get${groupName(group)}APIGroup`;
  return document(
    `/apis/${group}/`,
    { description: 'get information of a group', id, tag: tagOf(group) },
    `${meta}.APIGroup`,
  );
}

/** The paths of all that is no resource, by the name of their document. */
export const otherPaths: ReadonlyMap<string, [string, PathItem]> = new Map([
  [
    'api',
    document(
      '/api/',
      { description: 'get available API versions', id: 'getCoreAPIVersions', tag: 'core' },
      `${meta}.APIVersions`,
    ),
  ],
  [
    'apis',
    document(
      '/apis/',
      { description: 'get available API versions', id: 'getAPIVersions', tag: 'apis' },
      `${meta}.APIGroupList`,
    ),
  ],
  [
    'version',
    document(
      '/version/',
      {
        description: 'get the version information for this server',
        id: 'getCodeVersion',
        tag: 'version',
        consumes: [json],
        produces: [json],
      },
      'io.k8s.apimachinery.pkg.version.Info',
    ),
  ],
  [
    '.well-known/openid-configuration',
    document(
      '/.well-known/openid-configuration/',
      {
        description: "get service account issuer OpenID configuration, also known as the 'OIDC discovery doc'",
        id: 'getServiceAccountIssuerOpenIDConfiguration',
        tag: 'WellKnown',
        consumes: [],
        produces: [json],
      },
      'string',
    ),
  ],
  [
    'openid/v1/jwks',
    document(
      '/openid/v1/jwks/',
      {
        description: 'get service account issuer OpenID JSON Web Key Set (contains public token verification keys)',
        id: 'getServiceAccountIssuerOpenIDKeyset',
        tag: 'openid',
        consumes: [],
        produces: ['application/jwk-set+json'],
      },
      'string',
    ),
  ],
]);
