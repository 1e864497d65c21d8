import type { Case, Step } from '../harness.ts';

export const widgets = '/apis/conformance.example.com/v1/namespaces/{ns}/widgets';
export const configMaps = '/api/v1/namespaces/{ns}/configmaps';

export function widget(name: string, spec: object = { size: 1 }, meta: object = {}): object {
  return { apiVersion: 'conformance.example.com/v1', kind: 'Widget', metadata: { name, ...meta }, spec };
}

export function configMap(name: string, data: object = { a: '1' }, meta: object = {}): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...meta }, data };
}

const create = (path: string, body: unknown, more: Partial<Step> = {}): Step => ({ path, body, ...more });
const one = (name: string, ...steps: Step[]): Case => ({ area: 'write', name, steps });

const long = 'x'.repeat(300);

/** Bodies that are posted to both a custom and a builtin kind. */
const bodies: readonly [string, (make: typeof widget) => unknown][] = [
  ['a plain object', (make) => make('a')],
  ['without a name', (make) => make('')],
  ['a bad name', (make) => make('Bad_Name')],
  ['a name that is too long', (make) => make(long)],
  [
    'labels, annotations, finalizers',
    (make) => make('a', undefined, { labels: { a: 'b' }, annotations: { c: 'd e' }, finalizers: ['example.com/x'] }),
  ],
  ['bad labels', (make) => make('a', undefined, { labels: { 'bad key': 'v', ok: 'bad value!' } })],
  ['a label of the wrong type', (make) => make('a', undefined, { labels: { a: 1 } })],
  ['labels of the wrong type', (make) => make('a', undefined, { labels: 'x' })],
  ['a bad annotation key', (make) => make('a', undefined, { annotations: { 'a/b/c': 'x' } })],
  ['a bad finalizer', (make) => make('a', undefined, { finalizers: ['Bad Finalizer'] })],
  ['both collector finalizers', (make) => make('a', undefined, { finalizers: ['orphan', 'foregroundDeletion'] })],
  ['duplicate finalizers', (make) => make('a', undefined, { finalizers: ['example.com/x', 'example.com/x'] })],
  ['an empty owner reference', (make) => make('a', undefined, { ownerReferences: [{}] })],
  [
    'two controllers',
    (make) =>
      make('a', undefined, {
        ownerReferences: [1, 2].map((n) => ({
          apiVersion: 'v1',
          kind: 'ConfigMap',
          name: `o${n}`,
          uid: `u${n}`,
          controller: true,
        })),
      }),
  ],
  [
    'an event as owner',
    (make) => make('a', undefined, { ownerReferences: [{ apiVersion: 'v1', kind: 'Event', name: 'e', uid: 'u' }] }),
  ],
  ['unknown metadata', (make) => make('a', undefined, { unknown: 1 })],
  ['a resourceVersion', (make) => make('a', undefined, { resourceVersion: '1' })],
  [
    'a uid and timestamps',
    (make) =>
      make('a', undefined, {
        uid: 'mine',
        creationTimestamp: '2020-01-01T00:00:00Z',
        deletionTimestamp: '2020-01-01T00:00:00Z',
      }),
  ],
  ['a timestamp that is none', (make) => make('a', undefined, { creationTimestamp: 'yesterday' })],
  ['a generation', (make) => make('a', undefined, { generation: 7 })],
  ['another namespace', (make) => make('a', undefined, { namespace: 'elsewhere' })],
  ['null labels', (make) => make('a', undefined, { labels: null, annotations: null })],
  [
    'managedFields of one’s own',
    (make) => make('a', undefined, { managedFields: [{ manager: 'x', operation: 'Nope' }] }),
  ],
];

const both: readonly [string, string, typeof widget][] = [
  ['custom', widgets, widget],
  ['builtin', configMaps, configMap],
];

const creates: Case[] = both.flatMap(([label, path, make]) =>
  bodies.map(([name, body]) => one(`create ${label}: ${name}`, create(path, body(make)))),
);

const texts: readonly [string, string, Partial<Step>][] = [
  ['an empty body', '', {}],
  ['cut JSON', '{"apiVersion":"v1","kind":"ConfigMap"', {}],
  ['a list', '[]', {}],
  ['a string', '"x"', {}],
  ['null', 'null', {}],
  ['an unknown media type', '{}', { type: 'text/plain' }],
  ['no kind', '{"apiVersion":"conformance.example.com/v1","metadata":{"name":"a"}}', {}],
  ['another kind', '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"}}', {}],
  ['another version', '{"apiVersion":"conformance.example.com/v9","kind":"Widget","metadata":{"name":"a"}}', {}],
];

const malformed: Case[] = both.flatMap(([label, path]) =>
  texts.map(([name, text, more]) => one(`create ${label} from ${name}`, { method: 'POST', path, body: text, ...more })),
);

const validation = [
  '',
  '?fieldValidation=Strict',
  '?fieldValidation=Ignore',
  '?fieldValidation=Warn',
  '?fieldValidation=Nope',
];
const fieldValidation: Case[] = validation.flatMap((query) => [
  one(
    `unknown fields, custom${query}`,
    create(`${widgets}${query}`, { ...widget('a', { size: 1, nope: 2 }), extra: 1 }),
  ),
  one(
    `unknown fields, builtin${query}`,
    create(`${configMaps}${query}`, { ...configMap('a'), extra: 1, more: { x: 1 } }),
  ),
  one(
    `repeated fields, custom${query}`,
    create(
      `${widgets}${query}`,
      '{"apiVersion":"conformance.example.com/v1","kind":"Widget","metadata":{"name":"a"},"spec":{"size":1,"size":2}}',
    ),
  ),
  one(
    `repeated fields, builtin${query}`,
    create(
      `${configMaps}${query}`,
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","name":"a"},"data":{"a":"1","a":"2"}}',
    ),
  ),
  one(
    `repeated fields in YAML, custom${query}`,
    create(
      `${widgets}${query}`,
      'apiVersion: conformance.example.com/v1\nkind: Widget\nmetadata: {name: a}\nspec:\n  size: 1\n  size: 2\n',
      { type: 'application/yaml' },
    ),
  ),
]);

const updates: Case[] = both.flatMap(([label, path, make]) => {
  const put = (body: unknown, more: Partial<Step> = {}): Step => ({ method: 'PUT', path: `${path}/a`, body, ...more });
  const spec = label === 'custom' ? { size: 2 } : { a: '2' };
  const first = { ...create(path, make('a')), quiet: true };
  return [
    one(`update ${label} that is missing`, put(make('a'))),
    one(`update ${label} without a version`, first, put(make('a', spec))),
    one(`update ${label} with a stale version`, first, put(make('a', spec, { resourceVersion: '1' }))),
    one(`update ${label} with a version that is none`, first, put(make('a', spec, { resourceVersion: 'x' }))),
    one(`update ${label} under another name`, first, put(make('b', spec))),
    one(`update ${label} without a name`, first, put(make('', spec))),
    one(`update ${label} with a wrong uid`, first, put(make('a', spec, { uid: 'wrong' }))),
    one(`update ${label} in another namespace`, first, put(make('a', spec, { namespace: 'elsewhere' }))),
    one(`update ${label} as a dry run`, first, put(make('a', spec), { path: `${path}/a?dryRun=All` })),
  ];
});

const numbers: Case[] = [
  one(
    '64-bit integers survive',
    create(
      widgets,
      '{"apiVersion":"conformance.example.com/v1","kind":"Widget","metadata":{"name":"a"},"spec":{"size":9007199254740993}}',
    ),
    { path: `${widgets}/a` },
  ),
  one(
    'a float for an integer',
    create(
      widgets,
      '{"apiVersion":"conformance.example.com/v1","kind":"Widget","metadata":{"name":"a"},"spec":{"size":1.5}}',
    ),
  ),
  {
    ...one(
      'a float without a fraction',
      create(
        widgets,
        '{"apiVersion":"conformance.example.com/v1","kind":"Widget","metadata":{"name":"a"},"spec":{"size":2.0}}',
      ),
    ),
    differs: '2.0 is the number 2 in JavaScript; Go keeps a float, which CEL then refuses as an integer',
  },
];

const schema: Case[] = (
  [
    ['a wrong type', { size: 'x' }],
    ['below the minimum', { size: 0 }],
    ['a missing required field', {}],
    ['an enum', { size: 1, color: 'green' }],
    ['defaults', { size: 1 }],
    ['a null for a default', { size: 1, color: null }],
    ['a null that may be', { size: 1, note: null }],
    ['a pattern', { size: 1, code: 'nope' }],
    ['a string that is too long', { size: 1, code: 'abcdefghijklmnop' }],
    ['a format', { size: 1, when: 'today' }],
    ['int-or-string', { size: 1, port: 'http' }],
    ['int-or-string, neither', { size: 1, port: true }],
    ['a set with duplicates', { size: 1, tags: ['a', 'a'] }],
    ['a map list with duplicate keys', { size: 1, items: [{ name: 'a' }, { name: 'a' }] }],
    ['a map list without its key', { size: 1, items: [{ value: 'a' }] }],
    ['too many items', { size: 1, tags: ['a', 'b', 'c', 'd'] }],
    ['unknown fields kept', { size: 1, anything: { x: { y: 1 } } }],
    ['a rule', { size: 150 }],
    ['a rule with a message expression', { size: 1, min: 5, max: 3 }],
    ['many at once', { size: 'x', color: 7, tags: 'x' }],
  ] as const
).map(([name, spec]) => one(`schema: ${name}`, create(widgets, widget('a', spec))));

const more: Case[] = [
  one('generateName', {
    path: configMaps,
    body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'Bad-' } },
  }),
  one('already there', create(widgets, widget('a')), create(widgets, widget('a'))),
  one('already there, builtin', create(configMaps, configMap('a')), create(configMaps, configMap('a'))),
  one('dry run', create(`${widgets}?dryRun=All`, widget('a')), { path: `${widgets}/a` }),
  one('a bad dryRun', create(`${widgets}?dryRun=Some`, widget('a'))),
  one(
    'an empty dryRun',
    create(`${widgets}?dryRun=`, widget('a')),
    create(`${widgets}?dryRun=All&dryRun=`, widget('a')),
    create(`${widgets}?dryRun=All&dryRun=All`, widget('a')),
    { method: 'DELETE', path: `${widgets}/a?dryRun=` },
  ),
  one('a long field manager', create(`${widgets}?fieldManager=${'m'.repeat(129)}`, widget('a'))),
  one('a field manager that does not print', create(`${widgets}?fieldManager=a%07b`, widget('a'))),
  one('a namespace that is missing', create('/api/v1/namespaces/none-such/configmaps', configMap('a'))),
  one(
    'a namespace that is missing, custom',
    create('/apis/conformance.example.com/v1/namespaces/none-such/widgets', widget('a')),
  ),
  one('POST to a name, builtin', create(`${configMaps}/a`, configMap('a'))),
  one('POST to a name, custom', create(`${widgets}/a`, widget('a'))),
  one('POST without a namespace, builtin', create('/api/v1/configmaps', configMap('a'))),
  one('POST without a namespace, custom', create('/apis/conformance.example.com/v1/widgets', widget('a'))),
  one('PUT to a collection', { method: 'PUT', path: configMaps, body: configMap('a') }),
  one('a lease made by PUT', {
    method: 'PUT',
    path: '/apis/coordination.k8s.io/v1/namespaces/{ns}/leases/l',
    body: {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'l' },
      spec: { holderIdentity: 'me' },
    },
  }),
  one(
    'status is apart',
    create(widgets, { ...widget('a'), status: { phase: 'Set' } }),
    {
      method: 'PATCH',
      path: `${widgets}/a/status`,
      type: 'application/merge-patch+json',
      body: { status: { phase: 'Run' }, spec: { size: 9 }, metadata: { labels: { x: 'y' } } },
    },
    {
      method: 'PATCH',
      path: `${widgets}/a`,
      type: 'application/merge-patch+json',
      body: { status: { phase: 'No' }, spec: { size: 3 } },
    },
  ),
  one('no status endpoint', { path: '/apis/conformance.example.com/v1/namespaces/{ns}/plains/a/status' }),
  one('a write that changes nothing', create(widgets, widget('a')), {
    method: 'PATCH',
    path: `${widgets}/a`,
    type: 'application/merge-patch+json',
    body: { spec: { size: 1 } },
  }),
  one(
    'immutable metadata',
    create(configMaps, configMap('a')),
    {
      method: 'PATCH',
      path: `${configMaps}/a`,
      type: 'application/merge-patch+json',
      body: { metadata: { uid: 'x' } },
    },
    {
      method: 'PATCH',
      path: `${configMaps}/a`,
      type: 'application/merge-patch+json',
      body: { metadata: { namespace: 'x' } },
    },
    {
      method: 'PATCH',
      path: `${configMaps}/a`,
      type: 'application/merge-patch+json',
      body: { metadata: { creationTimestamp: '2020-01-01T00:00:00Z' } },
    },
  ),
  one(
    'scale',
    create(widgets, widget('a', { size: 1, replicas: 2 })),
    { path: `${widgets}/a/scale` },
    {
      method: 'PATCH',
      path: `${widgets}/a/scale`,
      type: 'application/merge-patch+json',
      body: { spec: { replicas: 5 } },
    },
    { path: `${widgets}/a` },
    {
      method: 'PATCH',
      path: `${widgets}/a/scale`,
      type: 'application/merge-patch+json',
      body: { spec: { replicas: -1 } },
    },
  ),
  one('a body that is too large', create(configMaps, configMap('a', { a: 'x'.repeat(3_200_000) }))),
];

export const writeCases: readonly Case[] = [
  ...creates,
  ...malformed,
  ...fieldValidation,
  ...updates,
  ...numbers,
  ...schema,
  ...more,
];
