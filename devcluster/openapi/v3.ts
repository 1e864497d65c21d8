/** The OpenAPI v3 document of one group version: component schemas and the paths that clients look at. */
import { groupVersion } from '../registry/resources.ts';
import type { BuiltinSchemas, JsonObject, ResourceDefinition } from '../types.ts';

type Document = { [key: string]: unknown };

const metaRef = '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const listMetaRef = '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta';

/** The document of all definitions of one group version. */
export function versionDocument(definitions: readonly ResourceDefinition[], schemas: BuiltinSchemas): Document {
  const first = definitions[0] as ResourceDefinition;
  const components: JsonObject = { ...schemas.componentSchemas(first.custom ? 'v1' : groupVersion(first)) };
  const paths: Document = {};
  if (first.custom) {
    // Of the core document only the meta types that custom resources refer to.
    for (const name of Object.keys(components)) if (!name.startsWith('io.k8s.apimachinery.')) delete components[name];
  }
  for (const definition of definitions) {
    if (definition.custom) Object.assign(components, customComponents(definition));
    Object.assign(paths, resourcePaths(definition));
  }
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1.36.3' },
    paths,
    components: { schemas: components },
  };
}

/** Component schemas of a custom resource and its list. */
export function customComponents(
  definition: ResourceDefinition,
  source: JsonObject | null = definition.openApiSchema(),
): JsonObject {
  const { openApiName, group, version, kind } = definition;
  const schema = source === null ? undefined : (structuredClone(source) as JsonObject);
  const listKind = definition.listKind ?? `${kind}List`;
  const typeMeta = {
    apiVersion: { type: 'string', description: apiVersionText },
    kind: { type: 'string', description: kindText },
  };
  const gvk = { 'x-kubernetes-group-version-kind': [{ group, version, kind }] };
  const metadata = { description: metadataText, allOf: [{ $ref: metaRef }] };
  // Without a schema nothing is said about fields: clients would take those that are named for all there are.
  const anything = schema === undefined || Object.keys(schema).length === 0;
  const object = anything
    ? { type: 'object', ...gvk }
    : {
        ...embedded(schema),
        type: 'object',
        properties: { ...((embedded(schema).properties ?? {}) as JsonObject), ...typeMeta, metadata },
        ...gvk,
      };
  const list = {
    description: `${listKind} is a list of ${kind}`,
    type: 'object',
    required: ['items'],
    properties: {
      ...typeMeta,
      items: {
        description: `List of ${definition.plural}. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md`,
        type: 'array',
        items: { allOf: [{ $ref: `#/components/schemas/${openApiName}` }] },
      },
      metadata: { description: listMetadataText, allOf: [{ $ref: listMetaRef }] },
    },
    'x-kubernetes-group-version-kind': [{ group, version, kind: listKind }],
  };
  return { [openApiName]: object, [`${openApiName}List`]: list } as unknown as JsonObject;
}

/** Gives embedded resources the fields that every object has. */
function embedded(value: JsonObject): JsonObject {
  const out: { [key: string]: unknown } = { ...value };
  const each = (item: unknown): unknown =>
    typeof item === 'object' && item !== null && !Array.isArray(item) ? embedded(item as JsonObject) : item;
  if (typeof value.properties === 'object' && value.properties !== null) {
    out.properties = Object.fromEntries(Object.entries(value.properties).map(([name, item]) => [name, each(item)]));
  }
  if (value.items !== undefined) out.items = each(value.items);
  if (value.additionalProperties !== undefined) out.additionalProperties = each(value.additionalProperties);
  if (value['x-kubernetes-embedded-resource'] !== true) return out as JsonObject;
  out.properties = {
    ...(out.properties as object | undefined),
    apiVersion: {
      type: 'string',
      description:
        'apiVersion defines the versioned schema of this representation of an object. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources',
    },
    kind: {
      type: 'string',
      description:
        'kind is a string value representing the type of this object. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds',
    },
    metadata: { description: metadataText, allOf: [{ $ref: metaRef }] },
  };
  const required = new Set(Array.isArray(value.required) ? (value.required as string[]) : []);
  out.required = [...required, ...['kind', 'apiVersion'].filter((name) => !required.has(name))];
  return out as JsonObject;
}

export const apiVersionText =
  'APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest internal value, and may reject unrecognized values. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources';
export const kindText =
  'Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds';
export const metadataText =
  "Standard object's metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";
export const listMetadataText =
  'Standard list metadata. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds';

const string = (name: string, description: string): Document => ({
  name,
  in: 'query',
  description,
  schema: { type: 'string', uniqueItems: true },
});

const writeParameters = [
  string(
    'dryRun',
    'When present, indicates that modifications should not be persisted. An invalid or unrecognized dryRun directive will result in an error response and no further processing of the request. Valid values are: - All: all dry run stages will be processed',
  ),
  string('fieldManager', 'fieldManager is a name associated with the actor or entity that is making these changes.'),
  string(
    'fieldValidation',
    'fieldValidation instructs the server on how to handle objects in the request (POST/PUT/PATCH) containing unknown or duplicate fields. Valid values are: Ignore, Warn, Strict.',
  ),
];

/** Paths of a resource with what kubectl looks for: methods, kinds, and the parameters of writes. */
export function resourcePaths(definition: ResourceDefinition): Document {
  const { group, version, kind, plural, namespaced } = definition;
  const gvk = { group, version, kind };
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const base = `${root}${namespaced ? '/namespaces/{namespace}' : ''}/${plural}`;
  const content = { 'application/json': { schema: { $ref: `#/components/schemas/${definition.openApiName}` } } };
  const operation = (action: string, parameters: Document[] = [], body = false, of: Document = gvk): Document => ({
    operationId: `${action}${group.replaceAll('.', '')}${version}${kind}`,
    tags: [group === '' ? `core_${version}` : `${group.split('.')[0]}_${version}`],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: { content, required: true } } : {}),
    responses: { 200: { description: 'OK', content }, 401: { description: 'Unauthorized' } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': of,
  });
  const has = (verb: string): boolean => (definition.verbs as readonly string[]).includes(verb);
  const one: Document = {
    ...(has('get') ? { get: operation('get') } : {}),
    ...(has('update') ? { put: operation('put', writeParameters, true) } : {}),
    ...(has('delete') ? { delete: operation('delete', writeParameters.slice(0, 1)) } : {}),
    ...(has('patch')
      ? {
          patch: operation(
            'patch',
            [...writeParameters, string('force', 'Force is going to "force" Apply requests.')],
            true,
          ),
        }
      : {}),
  };
  const many: Document = {
    ...(has('list') ? { get: operation('list') } : {}),
    ...(has('create') ? { post: operation('post', writeParameters, true) } : {}),
    ...(has('deletecollection') ? { delete: operation('deletecollection', writeParameters.slice(0, 1)) } : {}),
  };
  const paths: Document = {};
  if (Object.keys(many).length > 0) paths[base] = many;
  if (Object.keys(one).length > 0) paths[`${base}/{name}`] = one;
  for (const sub of definition.subresources) {
    const of = { group: sub.group ?? group, version: sub.version ?? version, kind: sub.kind ?? kind };
    paths[`${base}/{name}/${sub.name}`] = {
      ...(sub.verbs.includes('get') ? { get: operation('get', [], false, of) } : {}),
      ...(sub.verbs.includes('create') ? { post: operation('post', writeParameters, true, of) } : {}),
      ...(sub.verbs.includes('update') ? { put: operation('put', writeParameters, true, of) } : {}),
      ...(sub.verbs.includes('patch') ? { patch: operation('patch', writeParameters, true, of) } : {}),
    };
  }
  if (namespaced && has('list')) paths[`${root}/${plural}`] = { get: operation('list') };
  return paths;
}
