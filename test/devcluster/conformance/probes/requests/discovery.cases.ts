/** Health, discovery and OpenAPI. */
import type { Case } from '../../harness.ts';
import { protocol, short } from './shared.ts';

export const health: Case[] = [
  '/healthz?verbose',
  '/healthz?verbose=true',
  '/healthz?verbose=false',
  '/healthz?exclude=ping',
  '/healthz?exclude=nope',
  '/healthz?verbose&exclude=ping&exclude=etcd',
  '/healthz?verbose&exclude=nope',
  '/livez?exclude=ping,etcd&verbose',
  '/livez?exclude=&verbose',
  '/readyz?verbose&exclude=shutdown',
  '/readyz/shutdown',
  '/readyz/ping?verbose',
  '/livez/ping?verbose=1',
  '/livez/ping?exclude=ping',
  '/healthz/poststarthook/rbac/bootstrap-roles',
  '/healthz/poststarthook',
  '/readyz/informer-sync',
  '/readyz/etcd-readiness',
  '/livez/log',
  '/healthz/autoregister-completion',
].flatMap((path) => [
  protocol(`health: ${path}`, {
    path,
    view: (body) => (typeof body === 'string' ? body.split('\n').filter((line) => !/poststarthook/.test(line)) : body),
  }),
  protocol(`health in JSON and anonymously: ${path}`, {
    path,
    anonymous: true,
    headers: { accept: 'application/json;q=0.9' },
    view: (body) => (typeof body === 'string' ? body.split('\n')[0] : body),
  }),
]);

const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

const forms: readonly [string, string][] = [
  ['aggregated', aggregated],
  ['aggregated beta', 'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList'],
  ['aggregated alpha', 'application/json;g=apidiscovery.k8s.io;v=v1alpha1;as=APIGroupDiscoveryList'],
  [
    'aggregated by kubectl',
    `${aggregated},application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json`,
  ],
  ['aggregated or YAML', `${aggregated.replace('json', 'yaml')}`],
  ['aggregated of another kind', aggregated.replace('APIGroupDiscoveryList', 'APIGroupDiscovery')],
  ['aggregated of another group', aggregated.replace('apidiscovery.k8s.io', 'nope')],
  ['aggregated without a version', 'application/json;g=apidiscovery.k8s.io;as=APIGroupDiscoveryList'],
  ['aggregated profile nopeer', `${aggregated};profile=nopeer`],
  ['aggregated in protobuf', aggregated.replace('json', 'vnd.kubernetes.protobuf')],
  ['table', 'application/json;g=meta.k8s.io;v=v1;as=Table'],
  ['text', 'text/plain'],
];

const summary = (body: unknown): unknown => {
  const list = body as {
    kind?: string;
    apiVersion?: string;
    items?: { metadata: { name: string } }[];
    groups?: unknown[];
  };
  if (typeof body === 'string') return body.startsWith('k8s') ? 'bytes' : body.slice(0, 200);
  return list.kind === 'Status'
    ? body
    : {
        kind: list.kind,
        apiVersion: list.apiVersion,
        of: list.items?.slice(0, 3).map((item) => item.metadata.name) ?? Object.keys(list),
      };
};

const groupOf =
  (name: string) =>
  (body: unknown): unknown =>
    (body as { items: { metadata: { name?: string } }[] }).items.find((item) => (item.metadata.name ?? '') === name);

const builtinGroups = [
  '',
  'apps',
  'batch',
  'autoscaling',
  'policy',
  'events.k8s.io',
  'rbac.authorization.k8s.io',
  'networking.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
  'discovery.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'resource.k8s.io',
  'conformance.example.com',
];

export const discovery: Case[] = [
  ...forms.flatMap(([name, accept]) =>
    [
      '/api',
      '/apis',
      '/apis/apps',
      '/apis/apps/v1',
      '/apis/conformance.example.com',
      '/apis/conformance.example.com/v1',
    ].map((path) => protocol(`discovery ${name} of ${path}`, { path, headers: { accept }, view: summary })),
  ),
  ...builtinGroups.flatMap((group) => [
    protocol(`aggregated discovery of '${group}'`, {
      path: group === '' ? '/api' : '/apis',
      headers: { accept: aggregated },
      view: groupOf(group),
    }),
    protocol(`group '${group}' in the list`, {
      path: '/apis',
      view: (body) => (body as { groups: { name: string }[] }).groups.find((item) => item.name === group) ?? null,
    }),
    ...(group === '' ? [] : [protocol(`group '${group}' alone`, { path: `/apis/${group}` })]),
  ]),
  protocol('order of the groups', {
    path: '/apis',
    view: (body) =>
      (body as { groups: { name: string }[] }).groups
        .map((item) => item.name)
        .filter((name) => !/example|zoo/.test(name)),
  }),
  protocol('versions of the core', { path: '/api' }),
  ...[
    '/api/v1',
    '/apis/apps/v1',
    '/apis/batch/v1',
    '/apis/autoscaling/v1',
    '/apis/autoscaling/v2',
    '/apis/policy/v1',
  ].map((path) => protocol(`resources of ${path}`, { path })),
  ...['/api', '/apis', '/apis/apps/v1', '/openapi/v3', '/version'].flatMap((path) => [
    protocol(`anonymous ${path}`, { path, anonymous: true, view: short }),
    protocol(`cached ${path}`, { path, headers: { 'if-none-match': '"x"' }, view: short }),
    protocol(`YAML of ${path}`, { path, headers: { accept: 'application/yaml' }, view: short }),
    protocol(`protobuf of ${path}`, {
      path,
      headers: { accept: 'application/vnd.kubernetes.protobuf' },
      view: (body) => typeof body,
    }),
    protocol(`compressed ${path}`, { path, headers: { 'accept-encoding': 'gzip' }, view: () => 'body' }),
  ]),
];

/** A part of a document, by path. */
const part =
  (...names: (string | number)[]) =>
  (body: unknown): unknown =>
    names.reduce<unknown>((value, name) => (value as { [key: string]: unknown } | undefined)?.[name], body) ?? null;

export const openapi: Case[] = [
  protocol('v2: info', { path: '/openapi/v2', view: part('info') }),
  protocol('v2: keys', { path: '/openapi/v2', view: (body) => Object.keys(body as object).sort() }),
  protocol('v2: securityDefinitions', { path: '/openapi/v2', view: part('securityDefinitions') }),
  protocol('v2: security', { path: '/openapi/v2', view: part('security') }),
  protocol('v2: parameters', {
    path: '/openapi/v2',
    view: (body) => Object.keys((body as { parameters?: object }).parameters ?? {}).sort(),
  }),
  ...[
    '/api/v1/namespaces/{namespace}/pods',
    '/api/v1/namespaces/{namespace}/pods/{name}',
    '/api/v1/namespaces/{namespace}/pods/{name}/log',
    '/api/v1/namespaces/{namespace}/pods/{name}/eviction',
    '/api/v1/nodes/{name}',
    '/api/v1/',
    '/api/',
    '/apis/',
    '/apis/apps/',
    '/apis/apps/v1/',
    '/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale',
    '/apis/apps/v1/watch/namespaces/{namespace}/deployments/{name}',
    '/apis/rbac.authorization.k8s.io/v1/clusterroles',
    '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}/status',
    '/version/',
    '/logs/',
    '/.well-known/openid-configuration/',
    '/openid/v1/jwks/',
    '/apis/conformance.example.com/v1/namespaces/{namespace}/widgets',
    '/apis/conformance.example.com/v1/namespaces/{namespace}/widgets/{name}',
    '/apis/conformance.example.com/v1/widgets',
  ].flatMap((path) => [
    protocol(`v2: operations of ${path}`, {
      path: '/openapi/v2',
      view: (body) => Object.keys((part('paths', path)(body) as object | null) ?? {}).sort(),
    }),
    protocol(`v2: path ${path}`, { path: '/openapi/v2', view: part('paths', path) }),
    protocol(`v3: path ${path}`, {
      path: `/openapi/v3/${/^\/(apis\/[^/]+\/[^/]+|apis\/[^/]+\/|apis\/|api\/v1|api\/|.*?\/)/.exec(path)?.[0].slice(1).replace(/\/$/, '')}`,
      view: part('paths', path),
    }),
  ]),
  ...[
    'io.k8s.api.core.v1.ConfigMap',
    'io.k8s.api.core.v1.PodSpec',
    'io.k8s.api.core.v1.ServicePort',
    'io.k8s.api.apps.v1.DeploymentSpec',
    'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions',
    'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta',
    'io.k8s.apimachinery.pkg.apis.meta.v1.Status',
    'io.k8s.apimachinery.pkg.apis.meta.v1.WatchEvent',
    'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
    'io.k8s.apimachinery.pkg.api.resource.Quantity',
    'io.k8s.apimachinery.pkg.runtime.RawExtension',
    'io.k8s.apimachinery.pkg.version.Info',
    'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps',
    'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIService',
    'com.example.conformance.v1.Widget',
    'com.example.conformance.v1.WidgetList',
  ].map((name) => protocol(`v2: definition ${name}`, { path: '/openapi/v2', view: part('definitions', name) })),
  ...[
    'api/v1',
    'apis/apps/v1',
    'apis/batch/v1',
    'apis/rbac.authorization.k8s.io/v1',
    'apis/conformance.example.com/v1',
    'apis/apps',
    'apis',
    'api',
    'version',
    'apis/apiextensions.k8s.io/v1',
    'apis/authorization.k8s.io/v1',
  ].flatMap((path) => [
    protocol(`v3: paths of ${path}`, {
      path: `/openapi/v3/${path}`,
      view: (body) => Object.keys((part('paths')(body) as object | null) ?? {}).sort(),
    }),
    protocol(`v3: schemas of ${path}`, {
      path: `/openapi/v3/${path}`,
      view: (body) => Object.keys((part('components', 'schemas')(body) as object | null) ?? {}).sort(),
    }),
    protocol(`v3: head of ${path}`, {
      path: `/openapi/v3/${path}`,
      view: (body) => ({
        ...(body as object),
        paths: 0,
        components: Object.keys((part('components')(body) as object | null) ?? {}),
      }),
    }),
  ]),
  protocol('v3: index', {
    path: '/openapi/v3',
    view: (body) =>
      Object.keys((body as { paths: object }).paths)
        .filter((path) => !/example|zoo/.test(path))
        .sort(),
  }),
  protocol('v3: a hash redirects', { path: '/openapi/v3/apis/apps/v1?hash=nope', view: short }),
  protocol('v2: not changed', { path: '/openapi/v2', headers: { 'if-none-match': '*' }, view: short }),
  protocol('v2: changed since', {
    path: '/openapi/v2',
    headers: { 'if-modified-since': 'Wed, 21 Oct 2099 07:28:00 GMT' },
    view: short,
  }),
  protocol('v2: text', { path: '/openapi/v2', headers: { accept: 'text/html' }, view: short }),
  protocol('v3: text', { path: '/openapi/v3/api/v1', headers: { accept: 'text/html' }, view: short }),
];
