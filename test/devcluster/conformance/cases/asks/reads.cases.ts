/** Lists, their forms and selectors; odd paths. */
import type { Case, Step } from '../../harness.ts';
import { get, map, maps, one, widgets } from './shared.ts';

const secrets = '/api/v1/namespaces/{ns}/secrets';

const accept = (text: string) => ({ accept: text });

const forms = [
  '*/*',
  '',
  'application/*',
  'text/plain',
  'application/json;q=0.1,application/yaml;q=0.9',
  'application/yaml',
  'application/json;stream=watch',
  'application/json;as=Table;v=v1beta1;g=meta.k8s.io',
  'application/json;as=Table;v=v2;g=meta.k8s.io',
  'application/json;as=Table;v=v1;g=other',
  'application/json;as=PartialObjectMetadataList;v=v1beta1;g=meta.k8s.io',
  'application/json;as=Table;v=v1;g=meta.k8s.io;q=0.5,application/json',
  'application/yaml;as=Table;v=v1;g=meta.k8s.io',
  'application/json;pretty=1',
  'application/xml,application/json',
  'application/cbor',
  'nonsense',
  'application/json;charset=utf-8',
  'text/html,application/xhtml+xml,*/*;q=0.8',
];

const q = (path: string, query: string): Step => get(`${path}?${query}`);

export const reads: Case[] = [secrets, widgets].flatMap((path, index) => {
  const label = index === 0 ? 'builtin' : 'custom';
  return [
    ...forms.map((form) => one(`${label}: accept ${form}`, get(path, accept(form)), get(`${path}/zz`, accept(form)))),
    one(
      `${label}: odd queries`,
      ...[
        'limit=0',
        'limit=1.5',
        'limit=99999999999999999999',
        'watch=0',
        'watch=false',
        'watch=no&timeoutSeconds=1',
        'timeoutSeconds=x',
        'timeoutSeconds=-1',
        'allowWatchBookmarks=x',
        'resourceVersion=0&continue=x',
        'resourceVersionMatch=NotOlderThan',
        'continue=eyJ2IjoidjAiLCJydiI6MSwic3RhcnQiOiJhIn0',
        'continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MSwic3RhcnQiOiIuLi9hIn0',
        'labelSelector=a=b,c',
        'labelSelector=a=b=c',
        'labelSelector=a==b',
        'labelSelector=a%20notin%20()',
        'labelSelector=a%20in%20(b,)',
        'labelSelector=(a)',
        'labelSelector=a%3C5',
        'labelSelector=a%3Cx',
        'labelSelector=!',
        'labelSelector=,',
        'fieldSelector=metadata.name',
        'fieldSelector=metadata.name%3D%3Da',
        'fieldSelector=metadata.name%3Da,metadata.name%3Db',
        'fieldSelector=metadata.labels%3Da',
        'fieldSelector=%3Da',
        'fieldSelector=metadata.name%3Da,',
        'pretty=1&limit=1',
        'sendInitialEvents=false',
        'sendInitialEvents=true&watch=1&resourceVersionMatch=Exact',
        'watch=1&sendInitialEvents=false&resourceVersionMatch=NotOlderThan&timeoutSeconds=1',
        'shardSelector=x',
        'nope=1',
        'ignoreStoreReadErrorWithClusterBreakingPotential=true',
      ].map((query) => q(path, query)),
    ),
    one(
      `${label}: delete options`,
      ...[
        { propagationPolicy: 'Nope' },
        { orphanDependents: true, propagationPolicy: 'Orphan' },
        { preconditions: { uid: 'x' } },
        { preconditions: { resourceVersion: '1' } },
        { gracePeriodSeconds: -1 },
        { dryRun: ['Nope'] },
        { dryRun: ['All'] },
        { kind: 'Nope', apiVersion: 'v1' },
        { nope: 1 },
        { propagationPolicy: 'Foreground' },
      ]
        .map((body): Step => ({ method: 'DELETE', path: `${path}/a`, body }))
        .flatMap((step) => [
          {
            path,
            body:
              index === 0
                ? { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } }
                : {
                    apiVersion: 'conformance.example.com/v1',
                    kind: 'Widget',
                    metadata: { name: 'a' },
                    spec: { size: 1 },
                  },
            quiet: true,
          },
          step,
        ]),
    ),
    one(
      `${label}: delete queries`,
      ...[
        'propagationPolicy=Nope',
        'gracePeriodSeconds=x',
        'gracePeriodSeconds=-5',
        'orphanDependents=maybe',
        'dryRun=x',
        'dryRun=All',
      ].map((query): Step => ({ method: 'DELETE', path: `${path}/a?${query}` })),
      { method: 'DELETE', path: `${path}?labelSelector=a%20in` },
      { method: 'DELETE', path: `${path}?dryRun=All` },
      { method: 'DELETE', path: `${path}/a`, body: '{', type: 'application/json' },
      { method: 'DELETE', path: `${path}/a`, body: 'x', type: 'text/plain' },
    ),
    one(
      `${label}: methods`,
      ...['POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'CONNECTX', 'LIST'].flatMap((method): Step[] =>
        [
          { method, path: `${path}/zz/nope` },
          { method, path: `${path}/zz/status` },
        ].filter(() => method !== 'CONNECTX' && method !== 'LIST'),
      ),
    ),
  ];
});

export const paths: Case[] = [
  one(
    'paths',
    ...[
      '/',
      '/api/v2',
      '/apis/',
      '/apis/apps',
      '/apis/apps/v1/',
      '/apis/apps/v1/namespaces',
      '/apis/apps/v1/namespaces/{ns}',
      '/api/v1/namespaces/{ns}/',

      '/api/v1/namespaces/{ns}/configmaps/',
      '/api/v1/namespaces/{ns}/configmaps/a/b/c',
      '/api/v1/watch/namespaces/{ns}/zz',
      '/healthz/ping',
      '/healthz/nope',
      '/readyz/ping',
      '/livez/ping',
      '/healthz?exclude=ping',
      '/livez?exclude=nope',
      '/version/',
      '/openapi',
      '/openapi/v3/',

      '/openapi/v2/x',

      '/openid/v1/jwks/x',
      '/swagger.json',
      '/ui',

      '/configz',
      '/index.html',
      '/favicon.ico',
      '/%2e%2e/api',
      '/api/v1/../v1',
      '/API/v1',

      '/apis/conformance.example.com/v1/namespaces/{ns}',
      '/apis/conformance.example.com/v1/widgets/a/status',
    ].map((path) => get(path)),
  ),
  one(
    'bodies',
    ...[
      'application/json',
      'application/yaml',
      'application/xml',
      'application/json; charset=utf-8',
      'application/vnd.kubernetes.protobuf',
      'APPLICATION/JSON',
      'json',
      '',
    ].map((type): Step => ({ path: `${maps}?dryRun=All`, body: JSON.stringify(map('a')), type })),
    ...[
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}} trailing',
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},}',
      "{'kind':'ConfigMap'}",
      '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"\\ud800"}}',
      '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"a"},"data":{"a":"\u0000"}}',
      '{"KIND":"ConfigMap","apiversion":"v1","Metadata":{"Name":"a"}}',
      '{"kind":"ConfigMap","apiVersion":"v1","metadata":null}',
      '{"kind":"ConfigMap","apiVersion":"v1","metadata":"x"}',
      '{"kind":5,"apiVersion":"v1"}',
      '{"kind":"List","apiVersion":"v1","items":[]}',
      '{"kind":"ConfigMapList","apiVersion":"v1","items":[]}',
      '[{"kind":"ConfigMap"}]',
      ' ',
      '\ufeff{}',
      'kind: ConfigMap',
    ].map((body): Step => ({ path: `${maps}?dryRun=All`, body })),
    ...[
      'kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata: {a: &x b, c: *x}',
      'kind: ConfigMap\n\tbad: tab',
      '---\n---\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: a}',
      'kind: ConfigMap\napiVersion: v1\nmetadata: {name: 012}',
      'kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata: {a: !!binary eA==}',
      'kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata: {1: x, true: y}',
      '"x"',
      '- a',
    ].map((body): Step => ({ path: `${maps}?dryRun=All`, body, type: 'application/yaml' })),
  ),
];
