/** Patches of every type, and generated names. */
import type { Case, Step } from '../../harness.ts';
import type { Fields } from '../../steps.ts';
import { deployment, deployments, make, map, maps, one, patch, widgets } from './shared.ts';

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

export const rows: Case[] = [
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
