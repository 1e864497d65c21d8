/** Strategic merge and JSON patches. */
import type { Fields } from '../../steps.ts';
import { pod } from './shared.ts';

export const strategic: readonly [string, Fields][] = [
  ['an image', pod({ containers: [{ name: 'c', image: 'new' }] })],
  ['a container more', pod({ containers: [{ name: 'z', image: 'new' }] })],
  ['a container less', pod({ containers: [{ name: 'd', $patch: 'delete' }] })],
  ['a container that is not there less', pod({ containers: [{ name: 'nope', $patch: 'delete' }] })],
  ['containers replaced', pod({ containers: [{ $patch: 'replace' }, { name: 'q', image: 'q' }] })],
  ['no key', pod({ containers: [{ image: 'new' }] })],
  [
    'an order',
    pod({ '$setElementOrder/containers': [{ name: 'd' }, { name: 'c' }], containers: [{ name: 'c', image: 'new' }] }),
  ],
  [
    'an order that lacks one',
    pod({ '$setElementOrder/containers': [{ name: 'd' }], containers: [{ name: 'c', image: 'new' }] }),
  ],
  ['an order alone', pod({ '$setElementOrder/containers': [{ name: 'd' }, { name: 'c' }] })],
  [
    'env',
    pod({
      containers: [
        {
          name: 'c',
          env: [
            { name: 'A', value: 'new' },
            { name: 'C', value: '3' },
          ],
        },
      ],
    }),
  ],
  ['env less', pod({ containers: [{ name: 'c', env: [{ name: 'A', $patch: 'delete' }] }] })],
  [
    'env by value from',
    pod({
      containers: [
        { name: 'c', env: [{ name: 'A', value: null, valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] },
      ],
    }),
  ],
  ['ports', pod({ containers: [{ name: 'c', ports: [{ containerPort: 80, name: 'web' }] }] })],
  ['mounts', pod({ containers: [{ name: 'c', volumeMounts: [{ mountPath: '/v', readOnly: true, name: 'w' }] }] })],
  ['args are one', pod({ containers: [{ name: 'c', args: ['z'] }] })],
  ['keys retained', pod({ volumes: [{ $retainKeys: ['name', 'secret'], name: 'v', secret: { secretName: 's' } }] })],
  ['keys not retained', pod({ volumes: [{ name: 'v', secret: { secretName: 's' } }] })],
  ['a volume less', pod({ volumes: [{ name: 'w', $patch: 'delete' }] })],
  ['tolerations are one', pod({ tolerations: [{ key: 'b', operator: 'Exists' }] })],
  ['pull secrets', pod({ imagePullSecrets: [{ name: 'r' }] })],
  ['pull secrets less', pod({ '$deleteFromPrimitiveList/imagePullSecrets': ['p'] })],
  ['host aliases', pod({ hostAliases: [{ ip: '1.1.1.1', hostnames: ['y'] }] })],
  ['a map replaced', { spec: { template: { metadata: { labels: { $patch: 'replace', app: 'x', b: 'c' } } } } }],
  ['a map deleted', { spec: { template: { metadata: { annotations: { $patch: 'delete' } } } } }],
  ['strategy retained', { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } }],
  ['strategy not retained', { spec: { strategy: { type: 'Recreate' } } }],
  ['a bad directive', pod({ containers: [{ name: 'c', $patch: 'explode' }] })],
  ['a directive of another type', pod({ containers: [{ name: 'c', $patch: 5 }] })],
  ['a list for an object', { spec: [] }],
  ['an object for a list', pod({ containers: { name: 'c' } })],
  ['a string for a list', pod({ containers: 'x' })],
  ['null for a list', pod({ volumes: null, containers: [{ name: 'c', volumeMounts: null }] })],
  ['null for everything', { spec: null }],
  ['finalizers', { metadata: { finalizers: ['a.b/c'] } }],
  ['finalizers less', { metadata: { '$deleteFromPrimitiveList/finalizers': ['x.y/z'] } }],
  ['unknown fields', { spec: { nope: 1 }, nope: 2 }],
  ['a primitive in a list of objects', pod({ containers: ['x'] })],
  ['retain keys that lack one', { spec: { strategy: { $retainKeys: ['rollingUpdate'], type: 'Recreate' } } }],
];

export const jsonPatches: readonly [string, unknown][] = [
  ['index', [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'new' }]],
  ['dash', [{ op: 'add', path: '/spec/template/spec/containers/-', value: { name: 'z', image: 'z' } }]],
  ['index beyond', [{ op: 'add', path: '/spec/template/spec/containers/9', value: { name: 'z', image: 'z' } }]],
  ['negative index', [{ op: 'remove', path: '/spec/template/spec/containers/-1' }]],
  ['no number', [{ op: 'remove', path: '/spec/template/spec/containers/x' }]],
  ['leading zero', [{ op: 'replace', path: '/spec/template/spec/containers/00/image', value: 'q' }]],
  [
    'escapes',
    [
      { op: 'add', path: '/metadata/annotations', value: {} },
      { op: 'add', path: '/metadata/annotations/a~1b~0c', value: 'x' },
    ],
  ],
  ['the whole', [{ op: 'replace', path: '', value: {} }]],
  ['test of a number', [{ op: 'test', path: '/spec/replicas', value: 1 }]],
  ['test of an object', [{ op: 'test', path: '/spec/selector', value: { matchLabels: { app: 'x' } } }]],
  ['test fails', [{ op: 'test', path: '/spec/replicas', value: 2 }]],
  ['test of what is absent', [{ op: 'test', path: '/spec/nope', value: 2 }]],
  ['test without a value', [{ op: 'test', path: '/spec/nope' }]],
  ['move', [{ op: 'move', from: '/spec/template/spec/containers/1', path: '/spec/template/spec/containers/0' }]],
  [
    'copy',
    [{ op: 'copy', from: '/spec/template/spec/containers/1/image', path: '/spec/template/spec/containers/0/image' }],
  ],
  ['copy from nowhere', [{ op: 'copy', from: '/nope', path: '/spec/replicas' }]],
  ['move without from', [{ op: 'move', path: '/spec/replicas' }]],
  ['add without a value', [{ op: 'add', path: '/spec/replicas' }]],
  ['without op', [{ path: '/spec/replicas', value: 1 }]],
  ['without path', [{ op: 'add', value: 1 }]],
  ['remove a missing', [{ op: 'remove', path: '/spec/nope' }]],
  ['through a scalar', [{ op: 'add', path: '/spec/replicas/x', value: 1 }]],
  ['many', Array.from({ length: 10001 }, () => ({ op: 'test', path: '/kind', value: 'Deployment' }))],
  ['unknown keys', [{ op: 'replace', path: '/spec/replicas', value: 2, extra: 1 }]],
  ['a wrong type', [{ op: 'replace', path: '/spec/replicas', value: 'x' }]],
  ['cut', '[{"op":"add"'],
  ['null', 'null'],
  ['an empty body', ''],
];
