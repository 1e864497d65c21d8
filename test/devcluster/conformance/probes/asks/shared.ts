/** What the tables of reads, access and protocol are made of. */
import type { Step } from '../../harness.ts';
import {
  integer,
  map,
  maps,
  objectOf,
  podSpec,
  role,
  roleBinding,
  selector,
  string,
  template,
  things,
} from '../../probes.things.ts';
import { at, casesOf, create, type Fields, includes, inNamespace, ofGroup, pick, quiet } from '../../steps.ts';

export const reads = casesOf('probes-read', 'stranger: ');
export const access = casesOf('probes-access', 'stranger: ');
export const protocol = casesOf('probes-protocol', 'stranger: ');

export const pods = `${inNamespace}/pods`;
export const secrets = `${inNamespace}/secrets`;
export const accounts = `${inNamespace}/serviceaccounts`;
export const deployments = `${ofGroup('apps/v1')}/deployments`;
export const jobs = `${ofGroup('batch/v1')}/jobs`;
export const rbac = '/apis/rbac.authorization.k8s.io/v1';
export const ownRbac = `${rbac}/namespaces/{ns}`;
export const requests = '/apis/certificates.k8s.io/v1/certificatesigningrequests';

export const metadata = { accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io' };
export const metadataList = { accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io' };
export const yaml = { accept: 'application/yaml' };
export const protobuf = 'application/vnd.kubernetes.protobuf';
export const aggregatedList = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

const labelled = (names: readonly string[], labels: (name: string) => Fields): Step[] =>
  names.map((name) => quiet(create(maps, map(name, { k: name }, { labels: labels(name) }))));
export const three = labelled(['a', 'b', 'c'], (n) => ({ n, even: n === 'b' ? 'yes' : 'no' }));
export const five = labelled(['a', 'b', 'c', 'd', 'e'], (n) => ({ n, set: 'x' }));
export const pod = (name: string, spec: Fields = {}, meta: Fields = {}): Fields => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...meta },
  spec: { ...podSpec, ...spec },
});
export const deployment = (spec: Fields = {}): Fields => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd' },
  spec: { selector, template, ...spec },
});

/** A step whose answer's version is kept as {rv}. */
export const versioned = { keep: { rv: 'metadata.resourceVersion' } };
export const watch = (path: string, query: string, during: Step[], more: Partial<Step> = {}): Step => ({
  path: `${path}?watch=1${query}`,
  watchFor: 250,
  during,
  ...more,
});
/** What the events of a watch are of: names, and some fields. */
export const events =
  (...paths: string[]) =>
  (body: unknown): unknown =>
    Array.isArray(body)
      ? body.map((event) => [
          at(event, 'type'),
          at(event, 'object.metadata.name') ?? at(event, 'object'),
          ...paths.map((path) => at(event, `object.${path}`)),
        ])
      : body;
export const counted = pick('items.*.metadata.name', 'metadata.remainingItemCount', 'kind');
export const names = pick('items.*.metadata.name');
/** The kind alone; a Status whole. */
export const kindOf = (body: unknown): unknown => (at(body, 'kind') === 'Status' ? body : at(body, 'kind'));
/** The beginning of a text, a list without its items. */
export const short = (body: unknown): unknown =>
  typeof body === 'string'
    ? [body.slice(0, 40), body.length > 40]
    : Array.isArray(at(body, 'items'))
      ? { ...(body as Fields), items: '<items>' }
      : body;
export const keys = (body: unknown): unknown =>
  typeof body === 'object' && body !== null ? Object.keys(body).sort() : body;
export const pathsOf = (body: unknown): unknown => keys(at(body, 'paths') ?? body);
/** The schemas of a document whose names match. */
export const schemasOf =
  (name: RegExp) =>
  (body: unknown): unknown =>
    Object.fromEntries(
      Object.entries((at(body, 'components.schemas') ?? {}) as Fields).filter(([key]) => name.test(key)),
    );
export const linesWithout =
  (pattern: RegExp) =>
  (body: unknown): unknown =>
    String(body)
      .split('\n')
      .filter((line) => !pattern.test(line));
/** Without what the version is too old for, which is the server's own. */
export const tooOld = (body: unknown): unknown => JSON.parse(JSON.stringify(body).replace(/\(\d+\)/g, '(<n>)'));
export const accepting = (accept: string, path: string, more: Partial<Step> = {}): Step => ({
  path,
  headers: { accept },
  ...more,
});
export const by = (method: string, path: string, more: Partial<Step> = {}): Step => ({ method, path, ...more });

export const user = (name: string): Fields => ({ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name });
export const group = (name: string): Fields => ({ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name });
export const account = (name: string, namespace = '{ns}'): Fields => ({ kind: 'ServiceAccount', name, namespace });
export type Headers = NonNullable<Step['headers']>;
export const as = (name: string, step: Step, more: Headers = {}): Step => ({
  ...step,
  headers: { ...step.headers, 'impersonate-user': name, ...more },
});
export const rule = (verbs: string[], resources: string[], more: Fields = {}): Fields => ({
  apiGroups: [''],
  resources,
  verbs,
  ...more,
});
export const review = (kind: string, spec: Fields, of = 'authorization.k8s.io'): Step => ({
  path: `/apis/${of}/v1/${kind.toLowerCase()}s`,
  body: { apiVersion: `${of}/v1`, kind, spec },
});
export const self = (spec: Fields): Step => review('SelfSubjectAccessReview', spec);
export const whether = (attributes: Fields, name = 'jane'): Step => ({
  ...review('SubjectAccessReview', { user: name, resourceAttributes: { namespace: '{ns}', ...attributes } }),
  view: pick('status'),
});
/** Waits until somebody's rules say a text. */
export const ruled = (name: string, text: string): Step => ({
  ...as(name, review('SelfSubjectRulesReview', { namespace: '{ns}' })),
  until: includes(text),
  quiet: true,
});
export const grant = (subject: Fields, rules: Fields[], name = 'r'): Step[] => [
  quiet(create(`${ownRbac}/roles`, role(name, rules))),
  quiet(create(`${ownRbac}/rolebindings`, roleBinding(name, { kind: 'Role', name }, subject))),
];
export const clusterRole = (name: string, rules: Fields[], more: Fields = {}, labels: Fields = {}): Fields => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name, labels },
  rules,
  ...more,
});
export const clusterBinding = (name: string, to: string, ...subjects: Fields[]): Fields => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: to },
  subjects,
});
export const newAccount = (name = 'bot'): Step =>
  quiet(create(accounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } }));
export const tokenOf = (spec: Fields, name = 'bot'): Step =>
  create(`${accounts}/${name}/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec,
  });
/** A token that is kept as {tok}, for `bearer`. */
export const keptToken = (spec: Fields = {}): Step => ({
  ...tokenOf(spec),
  quiet: true,
  keep: { tok: 'status.token' },
});
export const bearer = (step: Step): Step => ({
  ...step,
  anonymous: true,
  headers: { ...step.headers, authorization: 'Bearer {tok}' },
});
export const whoami: Step = {
  path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
  body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
};

interface Claims {
  readonly [claim: string]: unknown;
  readonly iat: number;
  readonly exp: number;
}

/** What a token says, less its times, and how long it is good. */
export const claims = (body: unknown): unknown => {
  const [head = '', payload] = String(at(body, 'status.token') ?? '').split('.');
  if (payload === undefined) return body;
  const decoded = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
  const { iat, exp, nbf: _, jti: __, ...rest } = decoded(payload) as Claims;
  const ours = rest['kubernetes.io'] as { readonly warnafter?: number };
  const stale = ours.warnafter === undefined ? {} : { warnafter: ours.warnafter - iat };
  return {
    rest: { ...rest, 'kubernetes.io': { ...ours, ...stale } },
    life: exp - iat,
    header: Object.keys(decoded(head) as Fields).sort(),
    spec: at(body, 'spec'),
    metadata: at(body, 'metadata'),
  };
};

const ofJane =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIWU1IOENBUUF3SFRFTk1Bc0dBMVVFQXd3RWFtRnVaVEVNTUFvR0ExVUVDZ3dEWkdWMk1Ga3dFd1lIS29aSQp6ajBDQVFZSUtvWkl6ajBEQVFjRFFnQUV4YzcxVmNxbVVXcGJFcENMbnc0Mys5UklSK0JFMnZ3RXNDakVwbUpHCmFGUzMvMnZiVFMwNWwxbmNDVXpJSWZ0VmxZZjc5T1VCbUZzSFJGTmdValNkaXFBQU1Bb0dDQ3FHU000OUJBTUMKQTBrQU1FWUNJUUNMWW9vOG10VHR6WE13ZTFiL0VGUmtTYmk3ZmMyVmJVQUN2WHR6WjI0K3pRSWhBTEY5VXg1ZApqR3ptVFFGdFArZXlqMEhCSXhHc2k4cy9UQ0lPZHVvdU5UeFYKLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg==';
/** Of one who wants to be in system:masters. */
export const ofMaster =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIak1JR0tBZ0VBTUNneERUQUxCZ05WQkFNTUJHcGhibVV4RnpBVkJnTlZCQW9NRG5ONWMzUmxiVHB0WVhOMApaWEp6TUZrd0V3WUhLb1pJemowQ0FRWUlLb1pJemowREFRY0RRZ0FFZUErWmlGT3FiUVZRYzhIZ3ZjQTVWMTdwCkp2L05acTAzSGxVdzZsU2NmSUVlSTdrZ2p6R0RuYUtWVUtSUURZMTlsaHNFRnZEQ2ltbXBYNUZYQlVyU3lxQUEKTUFvR0NDcUdTTTQ5QkFNQ0EwZ0FNRVVDSUIvYlJ3ODdhNVcxeUZURENrNVRYejc0b1ZuNEI5cDM4Ykc4OEMrTAoxUTcrQWlFQTROUGpoc3FHSDZ2RGRZSFY1TytERDhPOVRWaVdtMXMrb003QU5UT1E2UDg9Ci0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo=';
/** One whose PEM does not end. */
const cutOff =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIck1JR1NBZ0VBTURBeEZUQVRCZ05WQkFvVERITjViV1Z2Ym1VNlozSnZkWEF4RnpBVkJnTlZCQU1URG5ONQptV1Z2Ym1WCg==';
export const signing = (more: Fields = {}): Fields => ({
  apiVersion: 'certificates.k8s.io/v1',
  kind: 'CertificateSigningRequest',
  metadata: { name: '{ns}' },
  spec: { request: ofJane, signerName: 'example.com/x', usages: ['client auth'], ...more },
});
export const badSigning = (more: Fields = {}): Fields =>
  signing({ request: cutOff, signerName: 'kubernetes.io/kube-apiserver-client', ...more });
export const undated = (body: unknown): unknown =>
  JSON.parse(JSON.stringify(body).replace(/"lastUpdateTime":"[^"]*"/g, '"lastUpdateTime":"<time>"'));

/** A definition of things in several versions, some of them deprecated. */
export const severalVersions = {
  versions: [
    {
      name: 'v1',
      served: true,
      storage: true,
      schema: { openAPIV3Schema: objectOf({ spec: objectOf({ size: { type: 'integer' } }) }) },
      additionalPrinterColumns: [{ name: 'Size', type: 'integer', jsonPath: '.spec.size' }],
    },
    ...[{ name: 'v1beta1' }, { name: 'v2alpha1', deprecationWarning: 'old "thing"' }].map((version) => ({
      served: true,
      storage: false,
      deprecated: true,
      schema: { openAPIV3Schema: objectOf({ spec: objectOf({ size: { type: 'integer' } }) }) },
      ...version,
    })),
    { name: 'v3', served: false, storage: false, schema: { openAPIV3Schema: objectOf({}) } },
  ],
};
export const thingsIn = (version: string): string => things.replace('/v1/', `/${version}/`);
export const plainSchema = objectOf({
  spec: objectOf({ size: integer, color: string }),
  status: objectOf({ phase: string }),
});
/** A schema with most of what a schema may have. */
export const richSchema = {
  type: 'object',
  description: 'D',
  required: ['spec'],
  properties: {
    spec: objectOf({
      a: { type: 'integer', format: 'int32', minimum: 1, maximum: 5, exclusiveMaximum: true, default: 2 },
      s: { type: 'string', enum: ['x', 'y'], pattern: '^.$', maxLength: 3, nullable: true },
      i: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] },
      p: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      m: { type: 'object', additionalProperties: { type: 'string' } },
      l: {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['k'],
        items: { type: 'object', required: ['k'], properties: { k: { type: 'string' } } },
      },
      e: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
      v: {
        type: 'object',
        'x-kubernetes-validations': [{ rule: 'true', message: 'm' }],
        properties: { q: { type: 'boolean' } },
      },
      n: { type: 'object', not: { required: ['z'] }, properties: { z: { type: 'string' } } },
      d: { type: 'string', format: 'date-time', example: 'x', title: 'T' },
    }),
  },
};
