/** Changes of definitions under objects that are there; scale and status. */
import type { Case } from '../../harness.ts';
import { type Fields, merge } from '../../steps.ts';
import { crds, definition, group, integer, made, object, one, string, thing, things } from './shared.ts';

/** Updates of an object by merge patches of its spec. */
export const changed: readonly [string, Fields, unknown, readonly unknown[]][] = [
  [
    'immutable once set',
    object({
      a: {
        type: 'string',
        maxLength: 9,
        'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'is immutable' }],
      },
    }),
    { a: 'x' },
    [{ a: 'y' }, { a: null }, { a: 'x' }],
  ],
  [
    'required once set',
    object(
      { a: string },
      {
        rule: '!has(oldSelf.a) || has(self.a)',
        message: 'is required once set',
        fieldPath: '.a',
        reason: 'FieldValueRequired',
      },
    ),
    { a: 'x' },
    [{ a: null }, { a: 'y' }],
  ],
  [
    'only growing',
    object(
      { l: { type: 'array', maxItems: 9, 'x-kubernetes-list-type': 'set', items: { type: 'string', maxLength: 9 } } },
      {
        rule: 'oldSelf.l.all(x, x in self.l)',
        messageExpression: '"lost " + oldSelf.l.filter(x, !(x in self.l)).join(",")',
      },
    ),
    { l: ['a', 'b'] },
    [{ l: ['a'] }, { l: ['b', 'a', 'c'] }],
  ],
  [
    'in a map list',
    object({
      l: {
        type: 'array',
        maxItems: 9,
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['k'],
        items: {
          type: 'object',
          required: ['k'],
          properties: {
            k: { type: 'string', maxLength: 5 },
            v: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self >= oldSelf' }] },
          },
        },
      },
    }),
    {
      l: [
        { k: 'a', v: 2 },
        { k: 'b', v: 2 },
      ],
    },
    [
      {
        l: [
          { k: 'b', v: 3 },
          { k: 'a', v: 1 },
        ],
      },
      { l: [{ k: 'c', v: 0 }] },
    ],
  ],
  [
    'optionalOldSelf',
    object({
      a: {
        type: 'integer',
        'x-kubernetes-validations': [
          { rule: 'oldSelf.hasValue() ? self > oldSelf.value() : self == 1', optionalOldSelf: true },
        ],
      },
    }),
    {},
    [{ a: 2 }, { a: 1 }],
  ],
];

const scaled = definition(object({ replicas: integer, a: string, n: integer, o: { type: 'boolean' } }), {
  subresources: {
    status: {},
    scale: {
      specReplicasPath: '.spec.replicas',
      statusReplicasPath: '.status.replicas',
      labelSelectorPath: '.status.selector',
    },
  },
  selectableFields: [{ jsonPath: '.spec.a' }, { jsonPath: '.spec.n' }, { jsonPath: '.spec.o' }],
  additionalPrinterColumns: [
    { name: 'Replicas', type: 'integer', jsonPath: '.spec.replicas', description: 'how many' },
    { name: 'Wide', type: 'string', jsonPath: '.spec.a', priority: 1 },
    { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
    { name: 'Since', type: 'date', jsonPath: '.status.since' },
    { name: 'Names', type: 'string', jsonPath: '.status.list[*].name' },
    { name: 'O', type: 'boolean', jsonPath: '.spec.o' },
  ],
});

const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };

const scale = `${things}/a/scale`;

const status = `${things}/a/status`;

const scaleOf = (spec: Fields, meta: Fields = {}): Fields => ({
  apiVersion: 'autoscaling/v1',
  kind: 'Scale',
  metadata: { name: 'a', namespace: '{ns}', ...meta },
  spec,
});

export const lives: Case[] = [
  one(
    'columns and selectable fields',
    ...made(scaled),
    { path: things, body: thing({ replicas: 3, a: 'x', n: 5, o: true }) },
    { path: things, body: { ...thing({ a: 'y' }), metadata: { name: 'b' } }, quiet: true },
    { path: things, headers: table },
    { path: `${things}/a`, headers: table },
    { path: `${things}?fieldSelector=spec.a%3Dx`, headers: table },
    { path: `${things}?fieldSelector=spec.n%3D5`, headers: table },
    { path: `${things}?fieldSelector=spec.o%3Dtrue`, headers: table },
    { path: `${things}?fieldSelector=spec.o!%3Dtrue`, headers: table },
    { path: `${things}?fieldSelector=spec.replicas%3D3` },
    { path: `${things}?fieldSelector=metadata.name%3Da,spec.a%3Dx`, headers: table },
    {
      method: 'PATCH',
      path: status,
      body: {
        status: {
          conditions: [{ type: 'Ready', status: 'True' }],
          since: '2020-01-01T00:00:00Z',
          list: [{ name: 'p' }, { name: 'q' }],
        },
      },
      type: merge,
    },
    { path: things, headers: table },
  ),
  one(
    'scale',
    ...made(scaled),
    { path: things, body: thing({ a: 'x' }), quiet: true },
    { path: scale },
    { method: 'PUT', path: scale, body: scaleOf({ replicas: 4 }) },
    { method: 'PATCH', path: scale, body: { spec: { replicas: 2 } }, type: merge },
    { method: 'PATCH', path: scale, body: { spec: { replicas: -1 } }, type: merge },
    { method: 'PATCH', path: scale, body: { spec: { replicas: 'x' } }, type: merge },
    { method: 'PUT', path: scale, body: scaleOf({}) },
    { method: 'PUT', path: scale, body: scaleOf({ replicas: 1 }, { name: 'b' }) },
    { method: 'PUT', path: scale, body: scaleOf({ replicas: 1 }, { resourceVersion: '1' }) },
    {
      method: 'PATCH',
      path: scale,
      body: [{ op: 'replace', path: '/spec/replicas', value: 8 }],
      type: 'application/json-patch+json',
    },
    {
      method: 'PATCH',
      path: `${scale}?fieldManager=m`,
      body: scaleOf({ replicas: 6 }),
      type: 'application/apply-patch+yaml',
    },
    { path: `${things}/a` },
    { path: `${things}/none/scale` },
    { method: 'DELETE', path: scale },
    { method: 'POST', path: scale, body: scaleOf({ replicas: 1 }) },
    { path: scale, headers: table },
  ),
  one(
    'status',
    ...made(scaled),
    { path: things, body: { ...thing({ a: 'x' }), status: { b: 1 } } },
    { method: 'PUT', path: `${things}/a`, body: { ...thing({ a: 'y' }), status: { b: 2 } } },
    { method: 'PATCH', path: `${things}/a`, body: { status: { b: 3 }, spec: { a: 'z' } }, type: merge },
    {
      method: 'PATCH',
      path: status,
      body: { status: { b: 4 }, spec: { a: 'q' }, metadata: { labels: { l: '1' }, annotations: { n: '1' } } },
      type: merge,
    },
    {
      method: 'PATCH',
      path: `${status}?fieldManager=s`,
      body: { ...thing(undefined), status: { c: 1 } },
      type: 'application/apply-patch+yaml',
    },
    {
      method: 'PATCH',
      path: `${things}/a?fieldManager=s`,
      body: { ...thing({ a: 'w' }), status: { c: 9 } },
      type: 'application/apply-patch+yaml',
    },
    {
      method: 'PATCH',
      path: `${status}?fieldManager=t`,
      body: { ...thing(undefined), status: { c: 2 } },
      type: 'application/apply-patch+yaml',
    },
    { path: status },
    { path: `${things}/a` },
  ),
  one(
    'a definition changes',
    ...made(definition(object({ a: string }))),
    { path: things, body: thing({ a: 'x' }) },
    { method: 'PATCH', path: `${crds}/things.${group}`, body: { spec: { names: { kind: 'Other' } } }, type: merge },
    { method: 'PATCH', path: `${crds}/things.${group}`, body: { spec: { scope: 'Cluster' } }, type: merge },
    { method: 'PATCH', path: `${crds}/things.${group}`, body: { spec: { group: 'x.y' } }, type: merge },
    { method: 'PATCH', path: `${crds}/things.${group}`, body: { spec: { versions: [] } }, type: merge },
    {
      method: 'PATCH',
      path: `${crds}/things.${group}`,
      body: { spec: { names: { shortNames: ['tt'], categories: ['all'] } } },
      type: merge,
      quiet: true,
    },
    {
      path: `${crds}/things.${group}`,
      until: (answer) => JSON.stringify(answer.body).split('"tt"').length > 2,
      quiet: true,
    },
    { method: 'PATCH', path: `${crds}/things.${group}/status`, body: { status: { storedVersions: [] } }, type: merge },
    {
      method: 'PATCH',
      path: `${crds}/things.${group}/status`,
      body: { status: { storedVersions: ['v1', 'v0'] } },
      type: merge,
    },
    { method: 'DELETE', path: `${crds}/things.${group}` },
    { path: things, until: (answer) => answer.code === 404 },
  ),
];
