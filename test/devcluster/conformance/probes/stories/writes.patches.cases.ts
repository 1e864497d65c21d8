/** Probes of writes: strategic directives, operations of JSON patches, merge patches. */
import type { Case, Step } from '../../harness.ts';
import { container, labels, patch, pathOf, post, selector } from '../../probes.objects.ts';
import { casesOf, type Fields, pick, quiet } from '../../steps.ts';

const one = casesOf('probes-writes', 'patches: ');
const spec = pick('spec', 'data', 'metadata.labels', 'metadata.annotations', 'metadata.finalizers');
const shown = (step: Step): Step => ({ ...step, view: spec });
const strategic = (kind: string, change: unknown): Step => shown(patch(kind, change, 'strategic'));
const json = (kind: string, ...operations: unknown[]): Step => shown(patch(kind, operations, 'json'));
const merge = (kind: string, change: unknown): Step => shown(patch(kind, change));
const pod = (change: Fields): Fields => ({ spec: { template: { spec: change } } });
const deployed = quiet(
  post('Deployment', {
    spec: {
      replicas: 1,
      selector,
      template: {
        metadata: { labels },
        spec: {
          containers: [
            {
              ...container,
              env: [
                { name: 'A', value: '1' },
                { name: 'B', value: '2' },
              ],
              args: ['x', 'y'],
              ports: [{ containerPort: 80, name: 'p' }],
            },
            { name: 'd', image: 'busybox' },
          ],
          volumes: [
            { name: 'v', emptyDir: {} },
            { name: 'w', secret: { secretName: 's' } },
          ],
          tolerations: [{ key: 'a', operator: 'Exists' }],
          imagePullSecrets: [{ name: 'one' }],
          hostAliases: [{ ip: '1.2.3.4', hostnames: ['a'] }],
        },
      },
    },
  }),
);
const config = quiet(
  post('ConfigMap', { data: { a: '1', b: '2' } }, { labels: { x: 'y', z: 'w' }, finalizers: ['x.io/a', 'x.io/b'] }),
);

export const patchProbes: readonly Case[] = [
  one(
    'strategic: by keys',
    deployed,
    strategic('Deployment', pod({ containers: [{ name: 'c', image: 'nginx:2' }] })),
    strategic('Deployment', pod({ containers: [{ name: 'new', image: 'n' }] })),
    strategic(
      'Deployment',
      pod({
        containers: [
          {
            name: 'c',
            env: [
              { name: 'B', value: '3' },
              { name: 'C', value: '4' },
            ],
          },
        ],
      }),
    ),
    strategic('Deployment', pod({ containers: [{ name: 'c', args: ['z'] }] })),
    strategic('Deployment', pod({ imagePullSecrets: [{ name: 'two' }] })),
    strategic('Deployment', pod({ tolerations: [{ key: 'b', operator: 'Exists' }] })),
    strategic('Deployment', pod({ hostAliases: [{ ip: '1.2.3.4', hostnames: ['b'] }] })),
  ),
  one(
    'strategic: $patch delete and replace',
    deployed,
    strategic('Deployment', pod({ containers: [{ name: 'd', $patch: 'delete' }] })),
    strategic('Deployment', pod({ containers: [{ $patch: 'replace' }, { name: 'only', image: 'o' }] })),
    strategic('Deployment', pod({ volumes: [{ $patch: 'delete', name: 'v' }] })),
    strategic('Deployment', { metadata: { labels: { $patch: 'replace', a: 'b' } } }),
    strategic('Deployment', { metadata: { labels: { $patch: 'delete' } } }),
    strategic('Deployment', pod({ nodeSelector: { $patch: 'merge', a: 'b' } })),
    strategic('Deployment', pod({ containers: [{ name: 'only', $patch: 'explode' }] })),
    strategic('Deployment', { spec: { $patch: 'delete' } }),
  ),
  one(
    'strategic: $retainKeys',
    deployed,
    strategic(
      'Deployment',
      pod({ volumes: [{ name: 'v', $retainKeys: ['name', 'configMap'], configMap: { name: 'm' } }] }),
    ),
    strategic('Deployment', { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } }),
    strategic('Deployment', {
      spec: { strategy: { $retainKeys: ['type'], type: 'RollingUpdate', rollingUpdate: { maxSurge: 2 } } },
    }),
    strategic('Deployment', pod({ volumes: [{ name: 'w', emptyDir: {} }] })),
    strategic('Deployment', { spec: { strategy: { $retainKeys: 'type' } } }),
  ),
  one(
    'strategic: $setElementOrder and $deleteFromPrimitiveList',
    deployed,
    strategic(
      'Deployment',
      pod({
        '$setElementOrder/containers': [{ name: 'd' }, { name: 'c' }],
        containers: [{ name: 'c', image: 'nginx:3' }],
      }),
    ),
    strategic(
      'Deployment',
      pod({ '$setElementOrder/containers': [{ name: 'd' }], containers: [{ name: 'c', image: 'nginx:3' }] }),
    ),
    strategic(
      'Deployment',
      pod({ containers: [{ name: 'c', '$setElementOrder/env': [{ name: 'B' }, { name: 'A' }] }] }),
    ),
    config,
    strategic('ConfigMap', { metadata: { '$deleteFromPrimitiveList/finalizers': ['x.io/a'] } }),
    strategic('ConfigMap', { metadata: { finalizers: ['x.io/c'] } }),
    strategic('ConfigMap', {
      metadata: { '$setElementOrder/finalizers': ['x.io/c', 'x.io/b'], finalizers: ['x.io/c'] },
    }),
    strategic('ConfigMap', { metadata: { '$deleteFromPrimitiveList/finalizers': 'x.io/b' } }),
    merge('ConfigMap', { metadata: { finalizers: null } }),
  ),
  one(
    'strategic: nulls, wrong types and unknown',
    deployed,
    strategic('Deployment', { spec: { replicas: null } }),
    strategic('Deployment', { spec: { replicas: 'two' } }),
    strategic('Deployment', pod({ containers: null })),
    strategic('Deployment', pod({ containers: { name: 'c' } })),
    strategic('Deployment', pod({ containers: [{ image: 'x' }] })),
    strategic('Deployment', pod({ containers: ['c'] })),
    strategic('Deployment', { spec: 'x' }),
    strategic('Deployment', []),
    strategic('Deployment', 'null'),
    strategic('Deployment', { spec: { nope: 1 } }),
    { ...strategic('Deployment', { spec: { nope: 1 } }), path: `${pathOf('Deployment')}/a?fieldValidation=Strict` },
  ),
  one(
    'json: each operation',
    config,
    json('ConfigMap', { op: 'add', path: '/data/c', value: '3' }),
    json('ConfigMap', { op: 'replace', path: '/data/a', value: '9' }),
    json('ConfigMap', { op: 'remove', path: '/data/b' }),
    json('ConfigMap', { op: 'move', from: '/data/c', path: '/data/d' }),
    json('ConfigMap', { op: 'copy', from: '/data/d', path: '/data/e' }),
    json('ConfigMap', { op: 'test', path: '/data/e', value: '3' }),
    json('ConfigMap', { op: 'add', path: '/metadata/labels/a~1b', value: 'c' }),
    json('ConfigMap', { op: 'add', path: '/metadata/finalizers/-', value: 'x.io/c' }),
    json('ConfigMap', { op: 'add', path: '/metadata/finalizers/0', value: 'x.io/d' }),
    json('ConfigMap', { op: 'remove', path: '/metadata/finalizers/-1' }),
    json('ConfigMap', { op: 'remove', path: '/metadata/finalizers' }),
    json('ConfigMap', { op: 'remove', path: '/data' }),
  ),
  one(
    'json: operations that fail',
    config,
    json('ConfigMap', { op: 'remove', path: '/data/nope' }),
    json('ConfigMap', { op: 'replace', path: '/nope/x', value: 1 }),
    json('ConfigMap', { op: 'test', path: '/data/a', value: 'other' }),
    json('ConfigMap', { op: 'test', path: '/data/nope', value: null }),
    json('ConfigMap', { op: 'add', path: '/a/b/c', value: 1 }),
    json('ConfigMap', { op: 'move', from: '/nope', path: '/data/x' }),
    json('ConfigMap', { op: 'add', path: '/metadata/finalizers/9', value: 'x.io/z' }),
    json('ConfigMap', { op: 'add', path: '/metadata/finalizers/x', value: 'x.io/z' }),
    json('ConfigMap', { op: 'add', path: '/data/a' }),
    json('ConfigMap', { path: '/data/a', value: 'x' }),
    json('ConfigMap', { op: 'add', value: 'x' }),
    shown(patch('ConfigMap', { op: 'add' }, 'json')),
    shown(patch('ConfigMap', '[', 'json')),
    shown(patch('ConfigMap', [], 'json')),
    shown(patch('ConfigMap', [1], 'json')),
    merge('ConfigMap', { metadata: { finalizers: null } }),
  ),
  one(
    'merge: nulls, lists and types',
    config,
    merge('ConfigMap', { data: { a: null, c: 'x' } }),
    merge('ConfigMap', { data: { d: 1 } }),
    merge('ConfigMap', { data: ['x'] }),
    merge('ConfigMap', { metadata: { labels: null } }),
    merge('ConfigMap', { metadata: { finalizers: [] } }),
    merge('ConfigMap', { metadata: null }),
    merge('ConfigMap', { metadata: { name: 'b' } }),
    merge('ConfigMap', { metadata: { namespace: 'b' } }),
    merge('ConfigMap', { kind: 'Secret' }),
    merge('ConfigMap', { apiVersion: 'v2' }),
    merge('ConfigMap', 'null'),
    merge('ConfigMap', '"x"'),
    merge('ConfigMap', '{'),
    merge('ConfigMap', ''),
    merge('ConfigMap', { data: null }),
  ),
];
