/** Tables and query parameters. */
import type { Case } from '../../harness.ts';
import { type Fields, quiet } from '../../steps.ts';
import { protocol } from './shared.ts';

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

export const tables: Case[] = [
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

export const include: Case[] = ['None', 'Metadata', 'Object', 'nope', ''].flatMap((what) => [
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

export const queryCases: Case[] = (
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
