import type { Case, Step } from '../harness.ts';
import { configMap, widget, widgets } from './write.cases.ts';

const one = (name: string, ...steps: Step[]): Case => ({ area: 'read', name, steps });
const secrets = '/api/v1/namespaces/{ns}/secrets';
const secret = (name: string, meta: object = {}): object => ({
  ...configMap(name, undefined, meta),
  kind: 'Secret',
  data: {},
});

const both: readonly [string, string, (name: string, meta?: object) => object][] = [
  ['custom', widgets, (name, meta) => widget(name, { size: 1 }, meta)],
  ['builtin', secrets, secret],
];

const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' };
const partial = { accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io' };
const partialList = { accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io' };

const cases: Case[] = both.flatMap(([label, path, make]) => {
  const three: Step[] = ['a', 'b', 'c'].map((name, index) => ({
    path,
    body: make(name, { labels: { n: String(index), ...(index > 0 ? { big: 'yes' } : {}) } }),
    quiet: true,
  }));
  const query = (text: string): Step => ({ path: `${path}?${text}` });
  return [
    one(`${label}: empty`, { path }),
    one(`${label}: three`, ...three, { path }),
    one(`${label}: a limit`, ...three, query('limit=2')),
    one(`${label}: a limit and a selector`, ...three, query('limit=1&labelSelector=big')),
    one(
      `${label}: labels`,
      ...three,
      query('labelSelector=n%3D1'),
      query('labelSelector=big'),
      query('labelSelector=!big'),
      query('labelSelector=n%20in%20(0,2)'),
      query('labelSelector=n%20notin%20(0)'),
      query('labelSelector=n!%3D0'),
      query('labelSelector=n%3E0'),
    ),
    one(
      `${label}: bad label selectors`,
      query('labelSelector=%3D%3D'),
      query('labelSelector=a%20in'),
      query('labelSelector=a%20in%20b'),
      query('labelSelector=a,,b'),
      query('labelSelector=a%20b'),
      query('labelSelector=bad%20key!'),
      query('labelSelector=a%3Db%2Fc'),
      query('labelSelector=a%3Ex'),
    ),
    one(
      `${label}: fields`,
      ...three,
      query('fieldSelector=metadata.name%3Da'),
      query('fieldSelector=metadata.name!%3Da'),
      query('fieldSelector=metadata.namespace%3D{ns}'),
    ),
    one(
      `${label}: bad field selectors`,
      query('fieldSelector=spec.nope%3D1'),
      query('fieldSelector=nonsense'),
      query('fieldSelector=a%5Cb%3Dc'),
    ),
    one(`${label}: versions that are none`, query('resourceVersion=x'), query('resourceVersion=-1')),
    one(
      `${label}: resourceVersionMatch`,
      query('resourceVersionMatch=Exact'),
      query('resourceVersionMatch=Nope&resourceVersion=1'),
      query('resourceVersionMatch=Exact&resourceVersion=0'),
      query('resourceVersionMatch=NotOlderThan&resourceVersion=0'),
    ),
    one(
      `${label}: bad paging`,
      query('limit=x'),
      query('continue=nonsense'),
      query('continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MCwic3RhcnQiOiJhIn0'),
      query('limit=-1'),
    ),
    one(`${label}: a version from the future`, query('resourceVersion=999999999')),
    one(`${label}: get`, ...three, { path: `${path}/a` }, { path: `${path}/z` }),
    one(
      `${label}: table`,
      ...three,
      { path, headers: table },
      { path: `${path}/a`, headers: table },
      { path: `${path}?includeObject=None`, headers: table },
      { path: `${path}?includeObject=Object&limit=1`, headers: table },
      { path: `${path}?includeObject=Nope`, headers: table },
    ),
    one(
      `${label}: metadata only`,
      ...three,
      { path: `${path}/a`, headers: partial },
      { path, headers: partialList },
      { path, headers: partial },
      { path: `${path}/a`, headers: partialList },
    ),
    one(
      `${label}: forms that are not served`,
      { path, headers: { accept: 'text/html' } },
      { path, headers: { accept: 'application/json;as=Chair;v=v1;g=meta.k8s.io' } },
    ),
    one(`${label}: watch from the start`, ...three, { path: `${path}?watch=1&resourceVersion=0`, watchFor: 400 }),
    one(`${label}: watch with initial events`, ...three, {
      path: `${path}?watch=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan`,
      watchFor: 700,
    }),
    one(`${label}: watch of a name`, ...three, {
      path: `${path}?watch=1&fieldSelector=metadata.name%3Db`,
      watchFor: 400,
    }),
    one(`${label}: watch as a table`, ...three, {
      path: `${path}?watch=1&resourceVersion=0`,
      headers: table,
      watchFor: 400,
    }),
    one(`${label}: watch, metadata only`, ...three, {
      path: `${path}?watch=1&resourceVersion=0`,
      headers: partial,
      watchFor: 400,
    }),
    one(
      `${label}: bad watches`,
      { ...query('watch=1&resourceVersion=x'), watchFor: 400 },
      { ...query('watch=1&sendInitialEvents=true'), watchFor: 400 },
      { ...query('watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan'), watchFor: 400 },
      { ...query('watch=1&resourceVersionMatch=Exact'), watchFor: 400 },
      { ...query('watch=1&labelSelector=a%20in'), watchFor: 400 },
      { ...query('sendInitialEvents=true'), watchFor: 400 },
    ),
    one(`${label}: watch that ends`, { path: `${path}?watch=true&timeoutSeconds=1`, watchFor: 3000 }),
    one(`${label}: HEAD`, ...three, { method: 'HEAD', path: `${path}/a` }, { method: 'HEAD', path }),
    one(`${label}: all namespaces`, ...three, {
      path: `${path.replace('/namespaces/{ns}', '')}?fieldSelector=metadata.namespace%3D{ns}`,
    }),
    one(`${label}: a name without a namespace`, { path: `${path.replace('/namespaces/{ns}', '')}/a` }),
  ];
});

const more: Case[] = [
  one(
    'unknown resource of a builtin group',
    { path: '/api/v1/nopes' },
    { path: '/api/v1/namespaces/{ns}/nopes/x' },
    { path: '/apis/apps/v1/nopes' },
  ),
  one(
    'unknown resource of a custom group',
    { path: '/apis/conformance.example.com/v1/nopes' },
    { path: '/apis/conformance.example.com/v9/widgets' },
  ),
  one(
    'unknown group',
    { path: '/apis/nope.example.com/v1/things' },
    { path: '/apis/nope.example.com' },
    { path: '/nope' },
  ),
  one('unknown subresource', { path: `${widgets}/a/nope` }, { path: '/api/v1/namespaces/{ns}/configmaps/a/nope' }),
  one(
    'a selectable field',
    { path: widgets, body: widget('a'), quiet: true },
    { path: widgets, body: widget('b', { size: 1, color: 'blue' }), quiet: true },
    { path: `${widgets}?fieldSelector=spec.color%3Dblue` },
  ),
  one(
    'discovery of a group',
    { path: '/apis/conformance.example.com' },
    { path: '/apis/coordination.k8s.io/v1' },
    { path: '/apis/authorization.k8s.io/v1' },
  ),
  one('discovery of core', { path: '/api' }, { path: '/api/v1' }),
  one(
    'namespaces by field',
    { path: '/api/v1/namespaces?fieldSelector=metadata.name%3D{ns}' },
    { path: '/api/v1/namespaces?fieldSelector=status.phase%3DNope' },
  ),
  one('a bad timeout', { path: '/api/v1/configmaps?timeout=x' }, { path: '/api/v1/configmaps?timeout=5' }),
  one(
    'an event at versions that are none',
    { path: '/api/v1/namespaces/{ns}/events/e?resourceVersion=x' },
    { path: '/apis/events.k8s.io/v1/namespaces/{ns}/events/e?resourceVersion=-1' },
    { path: '/api/v1/namespaces/{ns}/events?resourceVersion=x' },
    { path: '/api/v1/namespaces/{ns}/events?watch=1&resourceVersion=x' },
  ),
  one('YAML', { path: `${widgets}`, headers: { accept: 'application/yaml' } }),
];

export const listCases: readonly Case[] = [...cases, ...more];
