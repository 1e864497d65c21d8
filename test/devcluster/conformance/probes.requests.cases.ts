/** Probes of requests that are unusual: methods, paths, health, discovery, documents, forms. */
import type { Case, Step } from './harness.ts';
import { type Fields, quiet } from './steps.ts';

const protocol = (name: string, ...steps: Step[]): Case => ({ area: 'probes-protocol', name, steps });
const maps = '/api/v1/namespaces/{ns}/configmaps';
const deployments = '/apis/apps/v1/namespaces/{ns}/deployments';
const widgets = '/apis/conformance.example.com/v1/namespaces/{ns}/widgets';
const map: Fields = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { a: '1' } };
const widget: Fields = {
  apiVersion: 'conformance.example.com/v1',
  kind: 'Widget',
  metadata: { name: 'a' },
  spec: { size: 1 },
};
const deployment: Fields = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'a' },
  spec: {
    selector: { matchLabels: { a: 'b' } },
    template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'a', image: 'b' }] } },
  },
};

const methods = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'];
const paths = [
  '/',
  '/api',
  '/api/v1',
  '/apis',
  '/apis/apps',
  '/apis/apps/v1',
  '/apis/conformance.example.com',
  '/apis/conformance.example.com/v1',
  '/version',
  '/version/',
  '/healthz',
  '/livez/ping',
  '/openapi/v2',
  '/openapi/v3',
  '/openapi/v3/apis/apps/v1',
  '/nope',
  '/openid/v1/jwks',
  '/logs',
  '/ui',
  '/swagger.json',
  '/api/v1/namespaces/{ns}/pods/a/eviction',
  '/api/v1/namespaces/{ns}/pods/a/binding',
  '/api/v1/namespaces/{ns}/bindings',
  '/api/v1/namespaces/{ns}/pods/a/log',
  '/api/v1/namespaces/{ns}/pods/a/ephemeralcontainers',
  '/api/v1/namespaces/{ns}/pods/a/resize',
  '/api/v1/namespaces/{ns}/serviceaccounts/default/token',
  '/api/v1/namespaces/{ns}/finalize',
  '/api/v1/namespaces/{ns}/status',
  '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
  '/apis/authentication.k8s.io/v1/tokenreviews',
  '/apis/certificates.k8s.io/v1/certificatesigningrequests/a/approval',
  '/apis/policy/v1/namespaces/{ns}/poddisruptionbudgets/a/status',
  '/apis/apps/v1/namespaces/{ns}/replicasets/a/scale',
  '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/a/status',
];
const documents = /openapi|swagger|metrics|debug|^\/$|^\/apis?$|v1$/;
const methodCases: Case[] = paths.flatMap((path) =>
  methods.map((method) =>
    protocol(`${method} of ${path}`, {
      method,
      path: path.includes('{ns}') && method === 'DELETE' ? path.replace('{ns}', 'default') : path,
      ...(['POST', 'PUT', 'PATCH'].includes(method)
        ? { body: '{}', type: method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' }
        : {}),
      ...(documents.test(path) ? { view: short } : {}),
    }),
  ),
);

const oddPaths = [
  '/api/v1/',
  '/api/v1/namespaces/default/',
  '/api/v1/configmaps/a',
  '/api/v1/pods/a',
  '/api/v1/pods/a/log',
  '/api/v1/nodes/a/status/b',
  '/api/v1/namespaces/default/nodes',
  '/api/v1/namespaces/default/nodes/a',
  '/api/v1/namespaces/default/namespaces',
  '/api/v1/namespaces/default/persistentvolumes',
  '/api/v1/namespaces/default/configmaps/a/b/c',
  '/api/v1/namespaces/default/configmaps/a/status',
  '/api/v1/namespaces/default/secrets/a/status',
  '/api/v1/namespaces/default/services/a/scale',
  '/api/v1/namespaces/default/pods/a/scale',
  '/api/v1/namespaces/default/pods/a/nope',
  '/api/v1/namespaces/default/pods/a/status/x',
  '/api/v1/watch/namespaces/default/configmaps?timeoutSeconds=1&labelSelector=none',
  '/api/v1/watch/namespaces/default/configmaps/a/b',
  '/api/v1/watch',
  '/api/v1/watch/nope',
  '/api/v1/proxy/nodes/a',
  '/api/v1/redirect/nodes/a',
  '/api/v1/namespaces/default//configmaps',
  '/api//v1/namespaces',
  '//api/v1/namespaces/default',
  '/api/v1/namespaces/default/../kube-system',
  '/api/v1/./namespaces/default',
  '/api/v1/namespaces/%64efault',
  '/api/v1/namespaces/default/configmaps/%00',
  '/api/v1/namespaces/default/configmaps/a%0Ab',
  '/api/v2',
  '/api/v2/namespaces',
  '/api/v1beta1/pods',
  '/apis/v1/pods',
  '/apis/apps/',
  '/apis/apps/v1/',
  '/apis/apps/v1beta1',
  '/apis/apps/v1beta1/namespaces/default/deployments',
  '/apis/apps/v1/nopes',
  '/apis/apps/v1/namespaces/default/nopes/a',
  '/apis/apps/v1/namespaces/default/deployments/a/nope',
  '/apis/nope',
  '/apis/nope/v1',
  '/apis/nope/v1/things',
  '/apis/nope.example.com/v1/namespaces/default/things/a',
  '/apis/conformance.example.com/',
  '/apis/conformance.example.com/v9',
  '/apis/conformance.example.com/v9/widgets',
  '/apis/conformance.example.com/v1/nopes',
  '/apis/conformance.example.com/v1/namespaces/default/nopes',
  '/apis/conformance.example.com/v1/namespaces/default/widgets/a/nope',
  '/apis/conformance.example.com/v1/namespaces/default/widgets/a/scale/x',
  '/apis/conformance.example.com/v1/namespaces/default/widgets/a/b/c/d',
  '/apis/conformance.example.com/v1/widgets/a',
  '/apis/conformance.example.com/v1/namespaces/default/',
  '/apis/conformance.example.com/v1/namespaces/default/widgets/',
  '/apis/conformance.example.com/v1/namespaces/default/plains/a/status',
  '/apis/conformance.example.com/v1/namespaces/default/plains/a/scale',
  '/apis/apiextensions.k8s.io/v1/namespaces/default/customresourcedefinitions',
  '/apis/extensions/v1beta1/ingresses',
  '/apis/batch/v1beta1/cronjobs',
  '/apis/policy/v1beta1/podsecuritypolicies',
  '/apis/metrics.k8s.io/v1beta1/nodes',
  '/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers/a',
  '/apis/autoscaling/v2beta2/namespaces/default/horizontalpodautoscalers/a',
  '/API/V1',
  '/apis/Apps/v1',
  '/healthz/',
  '/healthz//ping',
  '/version/x',
  '/openapi',
  '/openapi/',
  '/openapi/v4',
  '/openapi/v3/',
  '/openapi/v3/api',
  '/openapi/v3/api/v2',
  '/openapi/v3/apis/nope/v1',
  '/openapi/v3/apis/apps/v2',
  '/openapi/v3/apis/apps/',
  '/metrics/',
  '/metrics/x',
  '/readyz/nope',
  '/livez/etcd/x',
  '/statusz',
  '/flagz',
  '/configz',
  '/favicon.ico',
  '/index.html',
  '/?x',
  '/api?x=y',
];
const pathCases: Case[] = oddPaths.map((path) =>
  protocol(`odd path ${path}`, { path, ...(/^\/(openapi|metrics)/.test(path) ? { view: short } : {}) }),
);

/** The first three hundred letters of a text; an object as it is. */
function short(body: unknown): unknown {
  return typeof body === 'string' ? body.slice(0, 300) : (body as Fields).kind === 'Status' ? body : typeof body;
}

const health: Case[] = [
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
const discovery: Case[] = [
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
const openapi: Case[] = [
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

const tables: Case[] = [
  ['a table', 'application/json;as=Table;g=meta.k8s.io;v=v1'],
  ['a beta table', 'application/json;as=Table;g=meta.k8s.io;v=v1beta1'],
  ['a table of another version', 'application/json;as=Table;g=meta.k8s.io;v=v2'],
  ['a table without a group', 'application/json;as=Table;v=v1'],
  ['a table of another group', 'application/json;as=Table;g=apps;v=v1'],
  ['a table or JSON', 'application/json;as=Table;g=nope;v=v1,application/json'],
  ['a table in lower case', 'application/json;as=table;g=meta.k8s.io;v=v1'],
  ['metadata', 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1'],
  ['beta metadata', 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1beta1'],
  ['metadata of a list', 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'],
  ['a status', 'application/json;as=Status;g=meta.k8s.io;v=v1'],
].flatMap(([name = '', accept = '']) => {
  const headers = { accept };
  return (
    [
      ['maps', maps, map],
      ['widgets', widgets, widget],
      ['deployments', deployments, deployment],
    ] as const
  ).flatMap(([sort, path, object]) => [
    protocol(`${sort} as ${name}: one`, quiet({ path, body: object }), { path: `${path}/a`, headers }),
    protocol(`${sort} as ${name}: a list`, { path: `${path}?labelSelector=none`, headers }),
    protocol(`${sort} as ${name}: none`, { path: `${path}/zz`, headers }),
    protocol(`${sort} as ${name}: made`, { path: `${path}?dryRun=All`, body: object, headers }),
    protocol(`${sort} as ${name}: deleted`, quiet({ path, body: object }), {
      method: 'DELETE',
      path: `${path}/a`,
      headers,
    }),
    protocol(`${sort} as ${name}: all deleted`, { method: 'DELETE', path: `${path}?labelSelector=none`, headers }),
  ]);
});
const include: Case[] = ['None', 'Metadata', 'Object', 'nope', ''].flatMap((what) => [
  protocol(`a table with ${what} objects`, quiet({ path: maps, body: map }), {
    path: `${maps}?includeObject=${what}&fieldSelector=metadata.name%3Da`,
    headers: { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' },
  }),
  protocol(`a watched table with ${what} objects`, quiet({ path: maps, body: map }), {
    path: `${maps}?includeObject=${what}&fieldSelector=metadata.name%3Da&watch=1`,
    headers: { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' },
    watchFor: 300,
  }),
  protocol(`a widget's table with ${what} objects`, quiet({ path: widgets, body: widget }), {
    path: `${widgets}/a?includeObject=${what}`,
    headers: { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' },
  }),
]);
const queries = [
  'watch=yes',
  'watch=TRUE',
  'watch=',
  'watch',
  'watch=0',
  'watch=2',
  'watch=false&watch=true',
  'watch=true&watch=false',
  'timeoutSeconds=x',
  'timeoutSeconds=',
  'timeoutSeconds=-1',
  'timeoutSeconds=1.5',
  'limit=x',
  'limit=-1',
  'limit=0',
  'limit=1e3',
  'limit=9223372036854775808',
  'allowWatchBookmarks=x',
  'allowWatchBookmarks=',
  'sendInitialEvents=x',
  'sendInitialEvents=',
  'sendInitialEvents=true',
  'sendInitialEvents=false',
  'sendInitialEvents=true&resourceVersionMatch=NotOlderThan',
  'resourceVersion=&resourceVersionMatch=',
  'resourceVersion=0&resourceVersion=1',
  'labelSelector=%zz',
  'fieldSelector=%',
  'labelSelector=',
  'fieldSelector=',
  'fieldSelector=&fieldSelector=metadata.name%3Da',
  'continue=',
  'continue=x',
  'continue=%00',
  'Limit=1',
  'unknown=1',
  'pretty=true&limit=5',
  'shardSelector=x',
  'includeObject=None',
  'propagationPolicy=Nope',
  'gracePeriodSeconds=-1',
  'ignoreStoreReadErrorWithClusterBreakingPotential=true',
];
const only = (body: unknown): unknown => {
  const list = body as { items?: { metadata: { name: string } }[] };
  if (list.items === undefined) return body;
  return {
    ...list,
    items: list.items.map(({ metadata }) => metadata.name).filter((name) => name !== 'kube-root-ca.crt'),
  };
};
const queryCases: Case[] = (
  [
    ['maps', maps, map],
    ['widgets', widgets, widget],
  ] as const
).flatMap(([sort, path, object]) =>
  queries.flatMap((query) => [
    protocol(`${sort}: list with ${query}`, quiet({ path, body: object }), {
      path: `${path}?${query}`,
      view: (body) =>
        typeof body === 'string' && body.startsWith('{"type"')
          ? body
              .split('\n')
              .map((line) => line.slice(0, 40))
              .sort()
          : only(body),
      ...(/watch=?(yes|TRUE|2|true)|^watch=?$|watch=false&/.test(query)
        ? {
            watchFor: 200,
            view: (body: unknown) =>
              Array.isArray(body) ? body.map((item: Fields) => item.type).slice(0, 1) : only(body),
          }
        : {}),
    }),
    protocol(`${sort}: read with ${query}`, quiet({ path, body: object }), {
      path: `${path}/a?${query}`,
      ...(/^watch/.test(query) ? { watchFor: 200 } : {}),
    }),
    protocol(`${sort}: delete with ${query}`, quiet({ path, body: object }), {
      method: 'DELETE',
      path: `${path}/a?${query}`,
    }),
    protocol(`${sort}: delete all with ${query}`, quiet({ path, body: object }), {
      method: 'DELETE',
      path: `${path}?${query}&labelSelector=none`,
      view: only,
    }),
  ]),
);

export const requestProbes: readonly Case[] = [
  ...methodCases,
  ...pathCases,
  ...health,
  ...discovery,
  ...openapi,
  ...tables,
  ...include,
  ...queryCases,
];
