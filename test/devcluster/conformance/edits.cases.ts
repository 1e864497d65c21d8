/** Writes in a row: patches of every kind, who owns what after them, preconditions, dry runs, generated names, collections. */
import type { Case, Step } from './harness.ts';
import type { Fields } from './steps.ts';

const one = (name: string, ...steps: Step[]): Case => ({ area: 'edits', name, steps });
const maps = '/api/v1/namespaces/{ns}/configmaps';
const widgets = '/apis/conformance.example.com/v1/namespaces/{ns}/widgets';
const deployments = '/apis/apps/v1/namespaces/{ns}/deployments';
const services = '/api/v1/namespaces/{ns}/services';
const types = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};
type Type = keyof typeof types;
const patch = (type: Type, path: string, body: unknown, headers?: { [name: string]: string }): Step => ({
  method: 'PATCH',
  path,
  body,
  type: types[type],
  ...(headers === undefined ? {} : { headers }),
});
const apply = (path: string, body: unknown, manager = 'm', query = ''): Step =>
  patch('apply', `${path}?fieldManager=${manager}${query}`, body);
const map = (meta: Fields = {}, data: Fields = { a: '1' }): Fields => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', ...meta },
  data,
});
const labels = { app: 'x' };
const deployment = (spec: Fields = {}, container: Fields = {}): Fields => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'a' },
  spec: {
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'nginx', ...container }] } },
    ...spec,
  },
});
const service = (ports: readonly unknown[], more: Fields = {}): Fields => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'a' },
  spec: { clusterIP: 'None', selector: labels, ports, ...more },
});
const make = (path: string, body: unknown): Step => ({ path, body, quiet: true });

const jsonPatches: readonly [string, unknown][] = [
  ['add a label where there are none', [{ op: 'add', path: '/metadata/labels/x', value: 'y' }]],
  [
    'add labels and one of them',
    [
      { op: 'add', path: '/metadata/labels', value: {} },
      { op: 'add', path: '/metadata/labels/x', value: 'y' },
    ],
  ],
  [
    'a key with a slash',
    [
      { op: 'add', path: '/metadata/annotations', value: { 'a.b/c': 'd' } },
      { op: 'replace', path: '/metadata/annotations/a.b~1c', value: 'e' },
    ],
  ],
  ['a key with a tilde', [{ op: 'add', path: '/data/~0x', value: 'd' }]],
  ['replace the name', [{ op: 'replace', path: '/metadata/name', value: 'b' }]],
  ['remove the name', [{ op: 'remove', path: '/metadata/name' }]],
  ['replace the namespace', [{ op: 'replace', path: '/metadata/namespace', value: 'b' }]],
  ['remove the uid', [{ op: 'remove', path: '/metadata/uid' }]],
  ['replace the uid', [{ op: 'replace', path: '/metadata/uid', value: 'b' }]],
  ['remove the resourceVersion', [{ op: 'remove', path: '/metadata/resourceVersion' }]],
  ['replace the resourceVersion', [{ op: 'replace', path: '/metadata/resourceVersion', value: '1' }]],
  ['test the resourceVersion', [{ op: 'test', path: '/metadata/resourceVersion', value: '1' }]],
  ['remove metadata', [{ op: 'remove', path: '/metadata' }]],
  ['replace kind', [{ op: 'replace', path: '/kind', value: 'Secret' }]],
  ['an unknown field', [{ op: 'add', path: '/nope', value: 1 }]],
  ['a number for a string', [{ op: 'add', path: '/data/a', value: 5 }]],
  ['null for a string', [{ op: 'add', path: '/data/a', value: null }]],
  [
    'finalizers',
    [
      { op: 'add', path: '/metadata/finalizers', value: ['a.b/c'] },
      { op: 'add', path: '/metadata/finalizers/-', value: 'd.e/f' },
      { op: 'remove', path: '/metadata/finalizers/0' },
    ],
  ],
  [
    'beyond the end',
    [
      { op: 'add', path: '/metadata/finalizers', value: [] },
      { op: 'add', path: '/metadata/finalizers/3', value: 'd.e/f' },
    ],
  ],
  ['upper case op', [{ op: 'ADD', path: '/data/b', value: 'x' }]],
  ['an object', { op: 'add', path: '/data/b', value: 'x' }],
  ['path without a slash', [{ op: 'add', path: 'data/b', value: 'x' }]],
  ['empty path', [{ op: 'replace', path: '', value: {} }]],
  [
    'two tests',
    [
      { op: 'test', path: '/data/a', value: '1' },
      { op: 'test', path: '/data/a', value: '2' },
    ],
  ],
  ['move over', [{ op: 'move', from: '/data/a', path: '/data/b' }]],
  ['move into itself', [{ op: 'move', from: '/data', path: '/data/a/b' }]],
  ['copy over', [{ op: 'copy', from: '/data/a', path: '/data/b' }]],
  ['nothing', []],
  ['managedFields', [{ op: 'replace', path: '/metadata/managedFields', value: [{}] }]],
];

const mergePatches: readonly [string, unknown][] = [
  ['delete a key', { data: { a: null } }],
  ['delete all', { data: null }],
  ['a nested null', { metadata: { labels: { x: null } } }],
  ['labels of numbers', { metadata: { labels: { x: 5 } } }],
  ['a list for labels', { metadata: { labels: [] } }],
  ['a string for metadata', { metadata: 'x' }],
  ['a null name', { metadata: { name: null } }],
  ['a null uid', { metadata: { uid: null } }],
  ['another uid', { metadata: { uid: 'x' } }],
  ['a deletionTimestamp', { metadata: { deletionTimestamp: '2020-01-01T00:00:00Z' } }],
  ['a generation', { metadata: { generation: 9 } }],
  ['a creationTimestamp', { metadata: { creationTimestamp: '2020-01-01T00:00:00Z' } }],
  ['owner references', { metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: 'y', uid: 'z' }] } }],
  ['an owner without uid', { metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: 'y' }] } }],
  ['unknown fields', { nope: 1, metadata: { nope: 2 } }],
  ['immutable', { immutable: true }],
  ['binary data of the same key', { binaryData: { a: 'AA==' } }],
  ['nothing', {}],
  ['resourceVersion alone', { metadata: { resourceVersion: '1' } }],
  ['a resourceVersion that is none', { metadata: { resourceVersion: 'x' } }],
  ['an empty resourceVersion', { metadata: { resourceVersion: '' } }],
  ['finalizers', { metadata: { finalizers: ['a.b/c'] } }],
  ['a bad finalizer', { metadata: { finalizers: ['bad'] } }],
  ['another kind', { kind: 'Secret' }],
  ['another version', { apiVersion: 'v2' }],
  ['a kind with a version', { kind: 'Secret', apiVersion: 'v1' }],
];

const strategicPatches: readonly [string, unknown][] = [
  ['add a container', { spec: { template: { spec: { containers: [{ name: 'd', image: 'x' }] } } } }],
  ['change an image', { spec: { template: { spec: { containers: [{ name: 'c', image: 'x' }] } } } }],
  ['delete a container', { spec: { template: { spec: { containers: [{ name: 'c', $patch: 'delete' }] } } } }],
  [
    'replace containers',
    { spec: { template: { spec: { containers: [{ name: 'z', image: 'x' }, { $patch: 'replace' }] } } } },
  ],
  ['a container without a name', { spec: { template: { spec: { containers: [{ image: 'x' }] } } } }],
  ['env by name', { spec: { template: { spec: { containers: [{ name: 'c', env: [{ name: 'A', value: 'b' }] }] } } } }],
  ['order', { spec: { template: { spec: { $setElementOrder: 1 } } } }],
  [
    'order of containers',
    {
      spec: {
        template: {
          spec: {
            '$setElementOrder/containers': [{ name: 'd' }, { name: 'c' }],
            containers: [{ name: 'd', image: 'x' }],
          },
        },
      },
    },
  ],
  ['deleteFromPrimitiveList', { metadata: { '$deleteFromPrimitiveList/finalizers': ['x'] } }],
  ['retainKeys', { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } }],
  ['strategy without retainKeys', { spec: { strategy: { type: 'Recreate' } } }],
  ['delete the strategy', { spec: { strategy: { $patch: 'delete' } } }],
  ['replace labels', { metadata: { labels: { $patch: 'replace', x: 'y' } } }],
  ['an unknown directive', { spec: { strategy: { $patch: 'nope' } } }],
  ['tolerations', { spec: { template: { spec: { tolerations: [{ key: 'a', operator: 'Exists' }] } } } }],
  [
    'volumes',
    {
      spec: {
        template: {
          spec: {
            volumes: [{ name: 'v', emptyDir: {} }],
            containers: [{ name: 'c', volumeMounts: [{ name: 'v', mountPath: '/x' }] }],
          },
        },
      },
    },
  ],
  [
    'ports',
    {
      spec: {
        template: {
          spec: { containers: [{ name: 'c', ports: [{ containerPort: 80 }, { containerPort: 81, name: 'x' }] }] },
        },
      },
    },
  ],
  ['unknown field', { spec: { nope: 1 } }],
  ['wrong type', { spec: { replicas: 'x' } }],
  ['a list for an object', { spec: { template: [] } }],
  ['selector', { spec: { selector: { matchLabels: { app: 'y' } } } }],
  ['status', { status: { replicas: 5 } }],
  ['null of a default', { spec: { replicas: null, progressDeadlineSeconds: null } }],
];

const generated: readonly [string, Fields][] = [
  ['both', { name: 'given', generateName: 'x-' }],
  ['an empty prefix', { name: undefined, generateName: '' }],
];

const creates = (path: string, body: Fields): Step[] =>
  [
    '',
    '?dryRun=All',
    '?dryRun=',
    '?dryRun=none',
    '?dryRun=All&dryRun=All',
    '?fieldManager=me',
    '?fieldManager=%00',
    `?fieldManager=${'x'.repeat(129)}`,
    '?fieldValidation=strict',
    '?pretty=true',
    '?unknown=1',
  ].map((query) => ({ path: path + query, body }));

const rows: Case[] = [
  ...jsonPatches.map(([name, body]) => one(`JSON patch: ${name}`, make(maps, map()), patch('json', `${maps}/a`, body))),
  ...mergePatches.map(([name, body]) =>
    one(`merge patch: ${name}`, make(maps, map()), patch('merge', `${maps}/a`, body)),
  ),
  ...mergePatches
    .slice(0, 14)
    .map(([name, body]) =>
      one(
        `merge patch of a custom resource: ${name}`,
        make(widgets, { apiVersion: 'conformance.example.com/v1', kind: 'Widget', metadata: { name: 'a' }, spec: {} }),
        patch('merge', `${widgets}/a`, body),
      ),
    ),
  ...strategicPatches.map(([name, body]) =>
    one(`strategic patch: ${name}`, make(deployments, deployment()), patch('strategic', `${deployments}/a`, body)),
  ),
  ...generated.map(([name, meta]) => one(`generateName: ${name}`, { path: `${maps}?dryRun=All`, body: map(meta) })),
  one('options of creates', ...creates(maps, map())),
  one(
    'options of creates, custom',
    ...creates(widgets, {
      apiVersion: 'conformance.example.com/v1',
      kind: 'Widget',
      metadata: { name: 'a' },
      spec: {},
    }),
  ),
];

const owners: Case[] = [
  one(
    'create, update, patch by one',
    make(maps, map()),
    { method: 'PUT', path: `${maps}/a`, body: map({}, { b: '2' }) },
    patch('merge', `${maps}/a`, { data: { c: '3' } }),
    patch('json', `${maps}/a`, [{ op: 'add', path: '/data/d', value: '4' }]),
  ),
  one(
    'create and patch by two',
    make(`${maps}?fieldManager=one`, map()),
    patch('merge', `${maps}/a?fieldManager=two`, { data: { a: '2', b: '3' } }),
    patch('merge', `${maps}/a?fieldManager=one`, { data: { b: null } }),
  ),
  one(
    'apply over create',
    make(`${maps}?fieldManager=one`, map()),
    apply(`${maps}/a`, map({}, { a: '2' })),
    apply(`${maps}/a`, map({}, { a: '2' }), 'm', '&force=true'),
    apply(`${maps}/a`, map({}, {})),
    { path: `${maps}/a` },
  ),
  one(
    'three appliers',
    apply(`${maps}/a`, map({}, { a: '1', b: '1' }), 'x'),
    apply(`${maps}/a`, map({}, { b: '1', c: '1' }), 'y'),
    apply(`${maps}/a`, map({}, { a: '1' }), 'x'),
    apply(`${maps}/a`, map({}, {}), 'y'),
    apply(`${maps}/a`, map({}, { a: '9' }), 'z'),
    apply(`${maps}/a`, map({}, { a: '9' }), 'z', '&force=true'),
    { path: `${maps}/a` },
  ),
  one(
    'labels of two',
    apply(`${maps}/a`, map({ labels: { a: '1' } }), 'x'),
    apply(`${maps}/a`, map({ labels: { b: '1' } }, {}), 'y'),
    apply(`${maps}/a`, map({}), 'x'),
  ),
  one(
    'finalizers of two',
    apply(`${maps}/a`, map({ finalizers: ['a.b/c'] }), 'x'),
    apply(`${maps}/a`, map({ finalizers: ['d.e/f'] }), 'y'),
    apply(`${maps}/a`, map({}), 'x'),
    patch('merge', `${maps}/a`, { metadata: { finalizers: null } }),
  ),
  one(
    'owner references of two',
    apply(`${maps}/a`, map({ ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: 'y', uid: 'u1' }] }), 'x'),
    apply(`${maps}/a`, map({ ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: 'z', uid: 'u2' }] }), 'y'),
    apply(`${maps}/a`, map({}), 'x'),
    patch('merge', `${maps}/a`, { metadata: { ownerReferences: null } }),
  ),
  one(
    'replicas given up to another',
    apply(`${deployments}/a`, deployment({ replicas: 3 }), 'x'),
    patch('merge', `${deployments}/a/scale?fieldManager=hpa`, { spec: { replicas: 5 } }),
    apply(`${deployments}/a`, deployment({ replicas: 3 }), 'x'),
    apply(`${deployments}/a`, deployment(), 'x'),
    { path: `${deployments}/a` },
  ),
  one(
    'containers of two',
    apply(`${deployments}/a`, deployment(), 'x'),
    apply(
      `${deployments}/a`,
      { ...deployment(), spec: { template: { spec: { containers: [{ name: 'side', image: 's' }] } } } },
      'y',
    ),
    apply(`${deployments}/a`, deployment({}, { image: 'other' }), 'x'),
    apply(`${deployments}/a`, deployment({}, { image: 'third' }), 'y'),
    apply(`${deployments}/a`, { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' } }, 'y'),
  ),
  one(
    'env and ports by apply',
    apply(
      `${deployments}/a`,
      deployment({}, { env: [{ name: 'A', value: '1' }], ports: [{ containerPort: 80 }] }),
      'x',
    ),
    apply(
      `${deployments}/a`,
      deployment({}, { env: [{ name: 'B', value: '1' }], ports: [{ containerPort: 80, protocol: 'UDP' }] }),
      'x',
    ),
    apply(
      `${deployments}/a`,
      deployment(
        {},
        {
          env: [
            { name: 'B', value: '1' },
            { name: 'B', value: '2' },
          ],
        },
      ),
      'x',
    ),
    apply(
      `${deployments}/a`,
      deployment({}, { ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'TCP' }] }),
      'x',
    ),
  ),
  one(
    'ports of a Service',
    apply(`${services}/a`, service([{ port: 80 }]), 'x'),
    apply(`${services}/a`, service([{ port: 80, name: 'h' }]), 'x'),
    apply(
      `${services}/a`,
      service([
        { port: 80, name: 'h' },
        { port: 81, name: 'i' },
      ]),
      'x',
    ),
    apply(`${services}/a`, service([{ port: 81, name: 'j' }]), 'y'),
  ),
  one(
    'apply in YAML',
    patch(
      'apply',
      `${maps}/a?fieldManager=m`,
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: "1"\n  b: |\n    two\n',
    ),
    patch(
      'apply',
      `${maps}/a?fieldManager=m`,
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: 1\n',
    ),
    patch('apply', `${maps}/a?fieldManager=m`, 'apiVersion: v1\nkind: ConfigMap\ndata: {a: x}\n'),
    patch('apply', `${maps}/a?fieldManager=m`, 'a: b: c'),
    patch('apply', `${maps}/a?fieldManager=m`, '- x'),
  ),
  one(
    'apply and preconditions',
    apply(`${maps}/a`, map({ resourceVersion: '1' })),
    apply(`${maps}/a`, map({ uid: 'x' })),
    apply(`${maps}/a`, map()),
    apply(`${maps}/a`, map({ resourceVersion: '1' }, { a: '5' })),
    apply(`${maps}/a`, map({ uid: 'x' }, { a: '5' })),
  ),
  one(
    'apply of nothing new',
    apply(`${maps}/a`, map()),
    apply(`${maps}/a`, map()),
    apply(`${maps}/a`, map(), 'other'),
    apply(`${maps}/a`, map({}, {}), 'other'),
  ),
  one(
    'apply as a dry run',
    apply(`${maps}/a`, map(), 'm', '&dryRun=All'),
    { path: `${maps}/a` },
    apply(`${maps}/a`, map()),
    apply(`${maps}/a`, map({}, { a: '2' }), 'n', '&dryRun=All'),
  ),
  one(
    'updates drop and take fields',
    make(`${maps}?fieldManager=one`, map({}, { a: '1', b: '1' })),
    { method: 'PUT', path: `${maps}/a?fieldManager=two`, body: map({}, { b: '1', c: '1' }) },
    { method: 'PUT', path: `${maps}/a?fieldManager=three`, body: map({}, { c: '2' }) },
  ),
  one(
    'managedFields emptied',
    apply(`${maps}/a`, map()),
    patch('merge', `${maps}/a`, { metadata: { managedFields: [{}] } }),
    apply(`${maps}/a`, map({}, { a: '2' }), 'n'),
    patch('json', `${maps}/a`, [{ op: 'replace', path: '/metadata/managedFields', value: [] }]),
  ),
  one(
    'conflicts in words',
    make(`${deployments}?fieldManager=one`, deployment({ replicas: 2 })),
    apply(`${deployments}/a`, deployment({ replicas: 3 }, { image: 'x', imagePullPolicy: 'Never' }), 'two'),
    apply(`${deployments}/a`, { ...deployment(), metadata: { name: 'a', labels: { l: '1' } } }, 'two'),
    apply(`${deployments}/a`, { ...deployment(), metadata: { name: 'a', labels: { l: '2' } } }, 'three'),
  ),
  one(
    'apply to a Namespace',
    apply('/api/v1/namespaces/{ns}', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: '{ns}', labels: { a: 'b' } },
    }),
    apply('/api/v1/namespaces/{ns}', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: '{ns}' } }),
  ),
  one(
    'apply of set and map lists',
    apply(
      `${widgets}/a`,
      { apiVersion: 'conformance.example.com/v1', kind: 'Widget', metadata: { name: 'a' }, spec: { tags: ['x', 'y'] } },
      'x',
    ),
    apply(
      `${widgets}/a`,
      { apiVersion: 'conformance.example.com/v1', kind: 'Widget', metadata: { name: 'a' }, spec: { tags: ['z'] } },
      'y',
    ),
    apply(
      `${widgets}/a`,
      { apiVersion: 'conformance.example.com/v1', kind: 'Widget', metadata: { name: 'a' }, spec: { tags: ['y'] } },
      'x',
    ),
  ),
];

const removal = (body?: unknown, query = ''): Step => ({
  method: 'DELETE',
  path: `${maps}/a${query}`,
  ...(body === undefined ? {} : { body }),
});
const options = (more: Fields): Fields => ({ apiVersion: 'v1', kind: 'DeleteOptions', ...more });
const named = (name: string, meta: Fields = {}): Step => make(maps, map({ name, ...meta }));
const collections: Case[] = [
  one(
    'preconditions of deletes',
    make(maps, map()),
    removal(options({ preconditions: { uid: 'x' } })),
    removal(options({ preconditions: { resourceVersion: '1' } })),
    removal(options({ preconditions: { uid: '', resourceVersion: '' } })),
  ),
  one(
    'dry run of a delete',
    make(maps, map()),
    removal(undefined, '?dryRun=All'),
    removal(options({ dryRun: ['All'] })),
    removal(options({ dryRun: ['None'] })),
    { path: `${maps}/a` },
  ),
  one(
    'policies of deletes',
    make(maps, map()),
    removal(undefined, '?propagationPolicy=Nope'),
    removal(options({ propagationPolicy: 'Orphan', orphanDependents: true })),
    removal(options({ orphanDependents: true })),
    { path: `${maps}/a`, until: (answer) => answer.code === 404 },
  ),
  one(
    'grace of deletes',
    make(maps, map()),
    removal(undefined, '?gracePeriodSeconds=-1'),
    removal(undefined, '?gracePeriodSeconds=x'),
    removal(options({ gracePeriodSeconds: 0 })),
    removal(),
  ),
  one('foreground', make(maps, map()), removal(undefined, '?propagationPolicy=Foreground'), {
    path: `${maps}/a`,
    until: (answer) => answer.code === 404,
  }),
  one(
    'bodies of deletes',
    make(maps, map()),
    removal('{'),
    removal('[]'),
    removal({ kind: 'ConfigMap', apiVersion: 'v1' }),
    removal({ kind: 'DeleteOptions', apiVersion: 'v9' }),
    removal({ nope: 1 }),
    removal(),
  ),
  one(
    'deletecollection by label',
    named('b', { labels: { l: '1' } }),
    named('c', { labels: { l: '2' } }),
    { method: 'DELETE', path: `${maps}?labelSelector=l%3D1` },
    { path: `${maps}?labelSelector=l` },
  ),
  one(
    'deletecollection by field',
    named('b'),
    named('c'),
    { method: 'DELETE', path: `${maps}?fieldSelector=metadata.name%3Db` },
    { path: `${maps}?fieldSelector=metadata.name!%3Dkube-root-ca.crt` },
  ),
  one(
    'deletecollection as a dry run',
    named('b', { labels: { l: '1' } }),
    { method: 'DELETE', path: `${maps}?labelSelector=l&dryRun=All` },
    { path: `${maps}?labelSelector=l` },
  ),
  one(
    'deletecollection with options',
    named('b', { labels: { l: '1' } }),
    { method: 'DELETE', path: `${maps}?labelSelector=l`, body: options({ preconditions: { uid: 'x' } }) },
    { method: 'DELETE', path: `${maps}?labelSelector=l&propagationPolicy=Background` },
    { path: `${maps}?labelSelector=l` },
  ),
  one(
    'deletecollection of finalizers',
    named('b', { labels: { l: '1' }, finalizers: ['a.b/c'] }),
    { method: 'DELETE', path: `${maps}?labelSelector=l` },
    { path: `${maps}/b` },
    patch('merge', `${maps}/b`, { metadata: { finalizers: ['a.b/c', 'd.e/f'] } }),
    patch('merge', `${maps}/b`, { metadata: { finalizers: null } }),
    { path: `${maps}/b` },
  ),
  one(
    'deletecollection of a bad selector',
    { method: 'DELETE', path: `${maps}?labelSelector=a%3D%3D%3Db` },
    { method: 'DELETE', path: `${maps}?fieldSelector=data%3Db` },
    { method: 'DELETE', path: '/api/v1/namespaces' },
    { method: 'DELETE', path: '/api/v1/configmaps' },
  ),
  one(
    'updates of what is being deleted',
    make(maps, map({ finalizers: ['a.b/c'] })),
    removal(),
    patch('merge', `${maps}/a`, { data: { b: '2' } }),
    { path: maps, body: map() },
    apply(`${maps}/a`, map({}, { z: '1' })),
    patch('merge', `${maps}/a`, { metadata: { finalizers: ['x.y/z'] } }),
    removal(),
    patch('json', `${maps}/a`, [{ op: 'remove', path: '/metadata/finalizers' }]),
  ),
];

export const editCases: readonly Case[] = [...rows, ...owners, ...collections];
