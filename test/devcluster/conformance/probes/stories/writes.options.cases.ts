/** Probes of writes: validation of fields, bodies, options, preconditions, collections. */
import type { Case, Step } from '../../harness.ts';
import { get, list, patch, pathOf, post, put, remove, selector, template } from '../../probes.objects.ts';
import { at, casesOf, gone, pick, quiet } from '../../steps.ts';

const one = casesOf('probes-writes', 'patches: ');
const spec = pick('spec', 'data', 'metadata.labels', 'metadata.annotations', 'metadata.finalizers');
const shown = (step: Step): Step => ({ ...step, view: spec });
const raw = (text: string, query = ''): Step => ({ path: `${pathOf('ConfigMap')}${query}`, body: text });
const names = (body: unknown): unknown => at(body, 'items.*.metadata.name') ?? body;

export const writeOptionProbes: readonly Case[] = [
  one(
    'fields: doubled and unknown, in every mode',
    ...[
      '',
      '?fieldValidation=Strict',
      '?fieldValidation=Warn',
      '?fieldValidation=Ignore',
      '?fieldValidation=',
      '?fieldValidation=strict',
    ].map(
      (query): Step => ({
        ...raw(
          '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","labels":{"x":"1","x":"2"},"foo":1},"data":{"k":"1","k":"2"},"extra":{"y":1}}',
          query === '' ? '?dryRun=All' : `${query}&dryRun=All`,
        ),
        view: spec,
      }),
    ),
    { ...patch('Pod', { spec: { nope: 1 } }), path: `${pathOf('Pod')}/nobody?fieldValidation=Strict` },
  ),
  one(
    'fields: in updates and patches',
    quiet(post('Deployment', { spec: { selector, template } })),
    {
      ...put('Deployment', { spec: { selector, template, replica: 3 }, more: 1 }),
      path: `${pathOf('Deployment')}/a?fieldValidation=Strict`,
    },
    shown(put('Deployment', { spec: { selector, template, replica: 3 }, more: 1 })),
    { ...patch('Deployment', { spec: { replica: 3 } }), path: `${pathOf('Deployment')}/a?fieldValidation=Strict` },
    {
      ...patch('Deployment', '{"spec":{"replicas":3,"replicas":4}}'),
      path: `${pathOf('Deployment')}/a?fieldValidation=Strict`,
    },
    {
      ...patch('Deployment', '{"spec":{"replicas":3,"replicas":4}}'),
      path: `${pathOf('Deployment')}/a?fieldValidation=Warn`,
      view: pick('spec.replicas'),
    },
    {
      ...patch('Deployment', [{ op: 'add', path: '/spec/nope', value: 1 }], 'json'),
      path: `${pathOf('Deployment')}/a?fieldValidation=Strict`,
    },
    {
      ...patch('Deployment', { apiVersion: 'apps/v1', kind: 'Deployment', spec: { nope: { a: 1 } } }, 'apply'),
      path: `${pathOf('Deployment')}/a?fieldManager=x&fieldValidation=Warn`,
    },
    {
      ...patch('Deployment', 'apiVersion: apps/v1\nkind: Deployment\nspec:\n  replicas: 1\n  replicas: 2\n', 'apply'),
      path: `${pathOf('Deployment')}/a?fieldManager=x&fieldValidation=Strict`,
    },
  ),
  one(
    'types that do not fit, field by field',
    ...[
      { data: 'x' },
      { data: { a: { b: 1 } } },
      { immutable: 'yes' },
      { metadata: [] },
      { metadata: { name: 1 } },
      { metadata: { name: 'a', labels: { a: 1 } } },
      { metadata: { name: 'a', annotations: 'x' } },
      { metadata: { name: 'a', finalizers: 'x' } },
      { metadata: { name: 'a', ownerReferences: [{ uid: 1 }] } },
      { metadata: { name: 'a', creationTimestamp: 'yesterday' } },
      { metadata: { name: 'a', deletionGracePeriodSeconds: 'x' } },
      { binaryData: { a: 1 } },
    ].map(
      (fields): Step =>
        raw(JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, ...fields })),
    ),
  ),
  one(
    'bodies that are none',
    raw(''),
    raw('{}'),
    raw('[]'),
    raw('null'),
    raw('x'),
    raw('{"kind":"ConfigMap"}'),
    raw('{"apiVersion":"v1"}'),
    raw('{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"}}'),
    raw('{"apiVersion":"v9","kind":"ConfigMap","metadata":{"name":"a"}}'),
    raw('{"apiVersion":"v1","kind":"List","items":[]}'),
    raw('{"apiVersion":"v1","kind":"ConfigMap"}'),
    raw('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":""}}'),
    { ...raw('a: b: c'), type: 'application/yaml' },
    { ...raw('- a'), type: 'application/yaml' },
    { ...raw('x'), type: 'text/plain' },
  ),
  one(
    'dry runs of everything',
    post('ConfigMap', { data: { a: 'b' } }, {}, '?dryRun=All'),
    get('ConfigMap'),
    post('ConfigMap', {}, {}, '?dryRun=Some'),
    post('ConfigMap', {}, {}, '?dryRun=All&dryRun=All'),
    post('ConfigMap', {}, {}, '?dryRun='),
    { ...put('ConfigMap', { data: { a: 'c' } }), path: `${pathOf('ConfigMap')}/a?dryRun=All`, view: spec },
    shown(get('ConfigMap')),
    { ...patch('ConfigMap', { data: { a: 'd' } }), path: `${pathOf('ConfigMap')}/a?dryRun=All`, view: spec },
    { ...remove('ConfigMap', undefined, '?dryRun=All'), view: pick('status', 'details.name') },
    remove('ConfigMap', { dryRun: ['Other'] }),
    { ...remove('ConfigMap', { dryRun: ['All'], kind: 'DeleteOptions', apiVersion: 'v1' }), view: pick('status') },
    shown(get('ConfigMap')),
  ),
  one(
    'generated names',
    {
      ...post('ConfigMap', {}, { name: undefined, generateName: 'gen-' }),
      view: (found) => String(at(found, 'metadata.name')).length,
    },
    {
      ...post('ConfigMap', {}, { name: undefined, generateName: 'x'.repeat(100) }),
      view: (found) => String(at(found, 'metadata.name')).length,
    },
    {
      ...post('ConfigMap', {}, { name: undefined, generateName: 'x'.repeat(300) }),
      view: (found) => String(at(found, 'metadata.name')).length,
    },
    post('ConfigMap', {}, { name: 'named', generateName: 'gen-' }),
    post('ConfigMap', {}, { name: undefined }),
    {
      ...post('Service', { spec: { clusterIP: 'None' } }, { name: undefined, generateName: 'Svc_' }),
      view: (found) => at(found, 'reason'),
    },
  ),
  one(
    'preconditions of a deletion',
    { ...post('ConfigMap', {}), quiet: true, keep: { uid: 'metadata.uid', rv: 'metadata.resourceVersion' } },
    remove('ConfigMap', { preconditions: { uid: 'ffffffff-0000-0000-0000-000000000000' } }),
    remove('ConfigMap', { preconditions: { resourceVersion: '1' } }),
    remove('ConfigMap', { preconditions: { uid: '{uid}', resourceVersion: '1' } }),
    remove('ConfigMap', { preconditions: { resourceVersion: 'x' } }),
    { ...remove('ConfigMap', { preconditions: { uid: '{uid}', resourceVersion: '{rv}' } }), view: pick('status') },
    remove('ConfigMap', { preconditions: { uid: '{uid}' } }),
  ),
  one(
    'options of a deletion that are wrong',
    quiet(post('ConfigMap', {})),
    remove('ConfigMap', { gracePeriodSeconds: -1 }),
    remove('ConfigMap', { propagationPolicy: 'Never' }),
    remove('ConfigMap', { orphanDependents: true, propagationPolicy: 'Orphan' }),
    remove('ConfigMap', { kind: 'Other', apiVersion: 'v1' }),
    remove('ConfigMap', { nope: 1 }),
    { ...remove('ConfigMap'), body: '{' },
    remove('ConfigMap', undefined, '?propagationPolicy=Never'),
    remove('ConfigMap', undefined, '?gracePeriodSeconds=x'),
    { ...remove('ConfigMap', undefined, '?orphanDependents=maybe'), view: pick('status', 'message') },
  ),
  one(
    'collections: by labels, fields and limit',
    ...['a', 'b', 'c', 'd'].map((name, i) =>
      quiet(
        post('Secret', {}, { name, labels: { n: String(i % 2) }, ...(name === 'd' ? { finalizers: ['x.io/f'] } : {}) }),
      ),
    ),
    { method: 'DELETE', path: `${pathOf('Secret')}?labelSelector=n%20in%20(0)&dryRun=All`, view: names },
    { method: 'DELETE', path: `${pathOf('Secret')}?labelSelector=n=0&limit=1`, view: names },
    { method: 'DELETE', path: `${pathOf('Secret')}?fieldSelector=metadata.name=c`, view: names },
    { method: 'DELETE', path: `${pathOf('Secret')}?labelSelector=n==1`, view: names },
    { ...list('Secret'), view: names },
    { method: 'DELETE', path: `${pathOf('Secret')}?labelSelector=a%20b` },
    { method: 'DELETE', path: `${pathOf('Secret')}?fieldSelector=data.x=y` },
    { method: 'DELETE', path: pathOf('Secret'), body: { propagationPolicy: 'Odd' } },
    {
      method: 'PATCH',
      path: `${pathOf('Secret')}/d`,
      body: { metadata: { finalizers: null } },
      type: 'application/merge-patch+json',
      view: pick('metadata.name'),
    },
    { path: `${pathOf('Secret')}/d`, until: gone },
  ),
  one(
    'versions: stale, equal, none, zero',
    {
      ...post('ConfigMap', { data: { a: '1' } }),
      quiet: true,
      keep: { rv: 'metadata.resourceVersion', uid: 'metadata.uid' },
    },
    { ...put('ConfigMap', { data: { a: '2' } }, { resourceVersion: '{rv}' }), view: spec },
    put('ConfigMap', { data: { a: '3' } }, { resourceVersion: '{rv}' }),
    { ...put('ConfigMap', { data: { a: '3' } }, { resourceVersion: '0' }), view: spec },
    { ...put('ConfigMap', { data: { a: '4' } }), view: spec },
    put('ConfigMap', { data: { a: '5' } }, { uid: 'ffffffff-0000-0000-0000-000000000000' }),
    patch('ConfigMap', { metadata: { resourceVersion: '{rv}' }, data: { a: '6' } }),
    patch('ConfigMap', { metadata: { resourceVersion: '{rv}' } }, 'strategic'),
    patch('ConfigMap', [{ op: 'test', path: '/metadata/resourceVersion', value: '{rv}' }], 'json'),
    post('ConfigMap', {}, { name: 'b', resourceVersion: '{rv}' }),
    put('ConfigMap', {}, { name: 'nope' }),
    { ...put('ConfigMap', {}, { name: 'nope' }), path: `${pathOf('ConfigMap')}/nope` },
  ),
];
