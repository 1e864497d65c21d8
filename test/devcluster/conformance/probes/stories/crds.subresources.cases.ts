/** Probes of definitions: columns, status, scale, selectable fields, and their end, over several requests. */
import type { Case, Step } from '../../harness.ts';
import {
  boolean,
  definition,
  definitions,
  integer,
  objectOf,
  patched,
  patchTypes,
  served,
  string,
  tables,
  thing,
  things,
  withDefinition,
} from '../../probes.things.ts';
import {
  applied,
  at,
  code,
  create,
  type Fields,
  gone,
  includes,
  pick,
  quiet,
  read,
  remove,
  replace,
} from '../../steps.ts';
import { a, name, one, plain, state, version } from './versions.ts';

const bare = (body: unknown): unknown =>
  at(body, 'kind') === 'Status' ? body : { ...(body as Fields), metadata: at(body, 'metadata.name') };
const status = `${a}/status`;
const dry = (what: Fields): Step => create(`${definitions}?dryRun=All`, what);
const subresources = (more: Fields = {}): Fields => ({ subresources: { status: {}, ...more } });
const scaled = subresources({
  scale: { specReplicasPath: '.spec.n', statusReplicasPath: '.status.n', labelSelectorPath: '.status.phase' },
});
const cells = pick('columnDefinitions', 'rows.*.cells');

export const subresourceProbes: readonly Case[] = [
  one(
    'columns of every type',
    ...withDefinition(objectOf({ spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }), {
      version: {
        additionalPrinterColumns: [
          { name: 'S', type: 'string', jsonPath: '.spec.s' },
          { name: 'I', type: 'integer', jsonPath: '.spec.i', format: 'int32', description: 'an int' },
          { name: 'N', type: 'number', jsonPath: '.spec.n', priority: 1 },
          { name: 'B', type: 'boolean', jsonPath: '.spec.b' },
          { name: 'D', type: 'date', jsonPath: '.spec.d' },
          { name: 'L', type: 'string', jsonPath: '.spec.l[*].x' },
          { name: 'F', type: 'string', jsonPath: '.spec.l[?(@.k=="b")].x' },
          { name: 'O', type: 'string', jsonPath: '.spec.o' },
          { name: 'E', type: 'string', jsonPath: '.metadata.labels.app\\.io/x' },
          { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
        ],
      },
    }),
    quiet(
      create(things, {
        ...thing({
          s: 'a',
          i: 3,
          n: 1.5,
          b: true,
          d: '2020-01-01T00:00:00Z',
          l: [
            { k: 'a', x: 1 },
            { k: 'b', x: 2 },
          ],
          o: { a: [1] },
        }),
        metadata: { name: 'a', labels: { 'app.io/x': 'y' } },
      }),
    ),
    quiet(create(things, thing({ s: 3, i: 'x', n: 'y', b: 'z', d: 'never', l: [], o: null }, 'b'))),
    quiet(create(things, thing({}, 'c'))),
    { ...read(things, { headers: tables }), view: cells },
    { ...read(`${a}`, { headers: tables }), view: cells },
  ),
  one(
    'columns that are wrong',
    ...[
      { name: 'A', type: 'text', jsonPath: '.a' },
      { name: 'A', type: 'string', jsonPath: 'a' },
      { name: 'A', type: 'string', jsonPath: '.a[' },
      { name: 'A', type: 'string', jsonPath: '' },
      { name: '', type: 'string', jsonPath: '.a' },
      { name: 'A', type: 'string', format: 'odd', jsonPath: '.a' },
      { name: 'A', type: 'string', jsonPath: '{.a}' },
      { name: 'A', type: '', jsonPath: '.a', priority: -1 },
    ].map((column) => dry(definition(plain, { version: { additionalPrinterColumns: [column] } }))),
  ),
  one(
    'without columns of its own, and with none at all',
    ...withDefinition(plain, { version: { additionalPrinterColumns: [] } }),
    quiet(create(things, thing({}))),
    { ...read(things, { headers: tables }), view: pick('columnDefinitions.*.name') },
    quiet(
      patched(name, {
        spec: {
          versions: [
            version('v1', {
              storage: true,
              additionalPrinterColumns: [{ name: 'N', type: 'integer', jsonPath: '.spec.n' }],
            }),
          ],
        },
      }),
    ),
    {
      ...read(things, { headers: tables }),
      until: includes('"N"'),
      view: pick('columnDefinitions.*.name', 'rows.*.cells'),
    },
  ),
  one(
    'status: created with, written by, kept from',
    ...withDefinition(plain, { version: subresources() }),
    {
      ...create(things, thing({ a: 'x' }, 'a', { status: { phase: 'Lost' } })),
      view: pick('status', 'metadata.generation'),
    },
    {
      ...patched(status, {
        status: { phase: 'Up' },
        spec: { a: 'no' },
        metadata: { labels: { a: 'b' }, annotations: { c: 'd' }, finalizers: ['x.io/f'] },
      }),
      view: bare,
    },
    {
      ...patched(a, { status: { phase: 'Down' }, spec: { a: 'y' } }),
      view: pick('spec', 'status', 'metadata.generation'),
    },
    patched(status, { status: { n: 'three' } }),
    { ...patched(status, { status: { more: 1 } }), view: pick('status') },
    { ...patched(status, { status: null }), view: pick('status', 'metadata.generation') },
    { ...read(status), view: pick('spec', 'status') },
    replace(status, thing({}, 'a', { status: { phase: 'P' } })),
    {
      ...applied(status, thing({ a: 'q' }, 'a', { status: { phase: 'Applied' } }), 'ctl'),
      view: pick('spec', 'status', 'metadata.managedFields'),
    },
    applied(status, thing(undefined, 'b', { status: { phase: 'Applied' } }), 'ctl'),
    { path: status, body: thing({}) },
    remove(status),
  ),
  one(
    'status comes and goes with the definition',
    ...withDefinition(plain, {}),
    {
      ...create(things, thing({ a: 'x' }, 'a', { status: { phase: 'Kept' } })),
      view: pick('status', 'metadata.generation'),
    },
    read(status),
    { ...patched(a, { status: { phase: 'Changed' } }), view: pick('status', 'metadata.generation') },
    quiet(patched(name, { spec: { versions: [version('v1', { storage: true, ...subresources() })] } })),
    { path: status, until: code(200), view: pick('status') },
    { ...patched(a, { status: { phase: 'Again' } }), view: pick('status', 'metadata.generation') },
  ),
  one(
    'scale: all that is done with it',
    ...withDefinition(plain, { version: scaled }),
    quiet(create(things, thing({ n: 2 }))),
    read(`${a}/scale`),
    { ...patched(status, { status: { n: 1, phase: 'app=x' } }), view: pick('status') },
    read(`${a}/scale`),
    replace(`${a}/scale`, {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'a' },
      spec: { replicas: 5 },
    }),
    patched(`${a}/scale`, { spec: { replicas: 6 } }),
    patched(`${a}/scale`, { spec: { replicas: -6 } }),
    patched(`${a}/scale`, [{ op: 'test', path: '/spec/replicas', value: 7 }], patchTypes.json),
    patched(`${a}/scale`, { spec: { replicas: 7 } }, patchTypes.strategic),
    applied(
      `${a}/scale`,
      { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'a' }, spec: { replicas: 8 } },
      'hpa',
    ),
    applied(a, thing({ n: 9 }), 'deployer'),
    { ...read(a), view: pick('spec', 'metadata.generation', 'metadata.managedFields') },
  ),
  one(
    'scales that are wrong',
    ...[
      { specReplicasPath: 'spec.n', statusReplicasPath: '.status.n' },
      { specReplicasPath: '.n', statusReplicasPath: '.status.n' },
      { specReplicasPath: '.spec.n', statusReplicasPath: '.spec.n' },
      { specReplicasPath: '.spec.n[0]', statusReplicasPath: '.status.n' },
      { specReplicasPath: '', statusReplicasPath: '' },
      { specReplicasPath: '.spec.n', statusReplicasPath: '.status.n', labelSelectorPath: '.other' },
    ].map((scale) => dry(definition(plain, { version: subresources({ scale }) }))),
  ),
  one(
    'selectable fields: asked for by list, watch and deletion',
    ...withDefinition(objectOf({ spec: objectOf({ a: string, n: integer, b: boolean }) }), {
      version: { selectableFields: [{ jsonPath: '.spec.a' }, { jsonPath: '.spec.n' }, { jsonPath: '.spec.b' }] },
    }),
    ...['x', 'y', 'x'].map((value, n) => quiet(create(things, thing({ a: value, n, b: n > 0 }, `t${n}`)))),
    {
      path: `${things}?fieldSelector=spec.a=x`,
      until: (answer) => (at(answer.body, 'items') as unknown[] | undefined)?.length === 2,
      view: pick('items.*.metadata.name'),
    },
    { path: `${things}?fieldSelector=spec.a!=x,spec.n=1`, view: pick('items.*.metadata.name') },
    { path: `${things}?fieldSelector=spec.b=true`, view: pick('items.*.metadata.name') },
    { path: `${things}?fieldSelector=spec.b=TRUE`, view: pick('items.*.metadata.name') },
    { path: `${things}?fieldSelector=spec.c=1` },
    { path: `${things}?fieldSelector=metadata.name=t1,spec.a=y`, view: pick('items.*.metadata.name') },
    { method: 'DELETE', path: `${things}?fieldSelector=spec.a=x`, view: pick('items.*.metadata.name') },
    { path: things, view: pick('items.*.metadata.name') },
  ),
  one(
    'selectable fields that are wrong',
    ...[
      [{ jsonPath: '.spec.nope' }],
      [{ jsonPath: '.spec' }],
      [{ jsonPath: 'spec.a' }],
      [{ jsonPath: '.metadata.name' }],
      [{ jsonPath: '.spec.a' }, { jsonPath: '.spec.a' }],
      [{ jsonPath: '' }],
      Array.from({ length: 9 }, () => ({ jsonPath: '.spec.a' })),
    ].map((selectableFields) => dry(definition(plain, { version: { selectableFields } }))),
  ),
  one(
    'a cluster kind: its paths',
    quiet(create(definitions, definition(plain, { scope: 'Cluster' }))),
    served('/apis/{ns}.probe.io/v1/things'),
    {
      ...create('/apis/{ns}.probe.io/v1/things', thing({ a: 'x' })),
      view: pick('metadata.name', 'metadata.namespace', 'spec'),
    },
    create('/apis/{ns}.probe.io/v1/things', { ...thing({}), metadata: { name: 'b', namespace: 'default' } }),
    create(things, thing({})),
    read(things),
    { ...read('/apis/{ns}.probe.io/v1/things/a', { headers: tables }), view: pick('rows.*.cells.0') },
    remove('/apis/{ns}.probe.io/v1/things/a'),
  ),
  one(
    'deleted with what it defined',
    ...withDefinition(plain, {}),
    quiet(create(things, { ...thing({}), metadata: { name: 'a', finalizers: ['x.io/f'] } })),
    { ...remove(name), view: state },
    {
      path: name,
      until: includes('InstanceDeletionInProgress'),
      view: pick('status.conditions.*.type', 'status.conditions.*.reason'),
    },
    create(things, thing({}, 'late')),
    { ...patched(a, { spec: { a: 'late' } }), view: pick('spec') },
    quiet(patched(a, { metadata: { finalizers: null } })),
    { path: name, until: gone },
    { path: things, until: code(404) },
    { path: '/apis/{ns}.probe.io', until: code(404) },
  ),
  one(
    'names that are wrong',
    dry({ ...definition(plain), metadata: { name: 'thing.{ns}.probe.io' } }),
    dry({ ...definition(plain), metadata: { name: 'things' } }),
    dry(definition(plain, { names: { kind: 'thing!' } })),
    dry(definition(plain, { names: { kind: '' } })),
    dry(definition(plain, { names: { singular: 'Thing' } })),
    dry(definition(plain, { names: { listKind: 'Thing' } })),
    dry(definition(plain, { spec: { group: 'x' } })),
    dry(definition(plain, { spec: { group: '' } })),
    dry(definition(plain, { spec: { scope: 'World' } })),
    dry(definition(plain, { spec: { scope: '' } })),
    dry(definition(plain, { meta: { labels: { 'a b': 'c' } } })),
  ),
];
