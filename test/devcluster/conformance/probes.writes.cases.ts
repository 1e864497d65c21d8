/** Probes of writes: apply, patches, preconditions, dry runs, what cannot be read. */
import type { Case, Step } from './harness.ts';
import {
  aMap,
  integer,
  map,
  maps,
  objectOf,
  patched,
  patchTypes,
  podSpec,
  selector,
  string,
  template,
  thing,
  things,
  withDefinition,
} from './probes.things.ts';
import {
  applied,
  casesOf,
  create,
  type Fields,
  inNamespace,
  ofGroup,
  pick,
  quiet,
  read,
  remove,
  replace,
} from './steps.ts';

const one = casesOf('probes-writes');
const [deployments, services] = [`${ofGroup('apps/v1')}/deployments`, `${inNamespace}/services`];
const aDeployment = `${deployments}/a`;
const deployment = (name = 'a', more: Fields = {}, meta: Fields = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, ...meta },
  spec: { replicas: 1, selector, template, ...more },
});
const service = (spec: Fields, name = 'a') => ({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec });
const secret = (name: string, fields: Fields): Step =>
  create(`${inNamespace}/secrets`, { apiVersion: 'v1', kind: 'Secret', metadata: { name }, ...fields });

/** Of a refusal only why: the object that it shows has its fields in another order there. */
const why = (step: Step): Step => ({
  ...step,
  view: (body) => (body as { message: string }).message.split('": ').at(-1),
});

export const writeProbes: readonly Case[] = [
  one(
    'apply shared, one gives up',
    applied(aMap, map('a', { x: '1', y: '2' }), 'one'),
    applied(aMap, map('a', { x: '1' }), 'two'),
    applied(aMap, map('a', {}), 'one'),
    applied(aMap, map('a', {}), 'two'),
  ),
  one(
    'apply then replace by PUT',
    applied(aMap, map('a', { x: '1' }), 'one'),
    replace(`${aMap}?fieldManager=put`, map('a', { x: '2', z: '3' })),
    applied(aMap, map('a', { x: '1' }), 'one'),
    applied(aMap, map('a', { x: '1' }), 'one', true),
  ),
  one(
    'apply over strategic edit',
    applied(aDeployment, deployment(), 'one'),
    patched(
      `${aDeployment}?fieldManager=ed`,
      {
        spec: {
          template: {
            spec: {
              containers: [
                { name: 'c', image: 'nginx:2' },
                { name: 'd', image: 'busybox' },
              ],
            },
          },
        },
      },
      patchTypes.strategic,
    ),
    applied(aDeployment, deployment(), 'one'),
    applied(
      aDeployment,
      deployment('a', {
        template: {
          ...template,
          spec: {
            containers: [
              { name: 'd', image: 'busybox' },
              { name: 'c', image: 'nginx:2' },
            ],
          },
        },
      }),
      'one',
    ),
  ),
  one(
    'apply list of env',
    applied(
      aDeployment,
      deployment('a', {
        template: {
          ...template,
          spec: {
            containers: [
              {
                name: 'c',
                image: 'n',
                env: [
                  { name: 'A', value: '1' },
                  { name: 'B', value: '2' },
                ],
              },
            ],
          },
        },
      }),
      'one',
    ),
    applied(
      aDeployment,
      deployment('a', {
        template: { ...template, spec: { containers: [{ name: 'c', image: 'n', env: [{ name: 'C', value: '3' }] }] } },
      }),
      'two',
    ),
    applied(
      aDeployment,
      deployment('a', {
        template: { ...template, spec: { containers: [{ name: 'c', image: 'n', env: [{ name: 'B', value: '2' }] }] } },
      }),
      'one',
    ),
  ),
  one(
    'apply topology constraints',
    applied(
      aDeployment,
      deployment('a', {
        template: {
          ...template,
          spec: {
            ...podSpec,
            topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'DoNotSchedule' }],
            tolerations: [{ key: 'a', operator: 'Exists' }],
            imagePullSecrets: [{ name: 's' }],
            hostAliases: [{ ip: '1.2.3.4', hostnames: ['a'] }],
          },
        },
      }),
      'one',
    ),
  ),
  one(
    'apply volumes',
    applied(
      aDeployment,
      deployment('a', {
        template: {
          ...template,
          spec: {
            containers: [
              {
                name: 'c',
                image: 'n',
                volumeMounts: [{ name: 'v', mountPath: '/v' }],
                ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'UDP' }],
              },
            ],
            volumes: [
              { name: 'v', emptyDir: {} },
              { name: 'w', configMap: { name: 'x', items: [{ key: 'k', path: 'p' }] } },
            ],
          },
        },
      }),
      'one',
    ),
    applied(
      aDeployment,
      deployment('a', {
        template: {
          ...template,
          spec: { containers: [{ name: 'c', image: 'n' }], volumes: [{ name: 'w', secret: { secretName: 'x' } }] },
        },
      }),
      'one',
    ),
  ),
  one(
    'apply to status of a deployment',
    quiet(create(deployments, deployment())),
    applied(
      `${aDeployment}/status`,
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'a' },
        status: { replicas: 3, conditions: [{ type: 'Available', status: 'True' }] },
      },
      'st',
    ),
    applied(
      `${aDeployment}/status`,
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' }, status: { replicas: 3 } },
      'st',
    ),
    applied(
      `${aDeployment}/status`,
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'a' },
        spec: { replicas: 5 },
        status: { replicas: 4 },
      },
      'other',
    ),
  ),
  one(
    'apply to scale',
    quiet(create(deployments, deployment())),
    {
      method: 'PATCH',
      path: `${aDeployment}/scale?fieldManager=sc`,
      body: {
        apiVersion: 'autoscaling/v1',
        kind: 'Scale',
        metadata: { name: 'a', namespace: '{ns}' },
        spec: { replicas: 4 },
      },
      type: patchTypes.apply,
    },
    read(aDeployment),
    {
      method: 'PATCH',
      path: `${aDeployment}/scale?fieldManager=sc&force=true`,
      body: {
        apiVersion: 'autoscaling/v1',
        kind: 'Scale',
        metadata: { name: 'a', namespace: '{ns}' },
        spec: { replicas: 4 },
      },
      type: patchTypes.apply,
    },
    read(aDeployment),
  ),
  one('apply without a field manager', { method: 'PATCH', path: aMap, body: map(), type: patchTypes.apply }),
  one('apply with managedFields', {
    method: 'PATCH',
    path: `${aMap}?fieldManager=x`,
    body: map('a', {}, { managedFields: [{ manager: 'y', operation: 'Apply' }] }),
    type: patchTypes.apply,
  }),
  one('apply names do not match', applied(aMap, map('b'))),
  one(
    'apply empty labels',
    applied(aMap, map('a', {}, { labels: {}, annotations: { a: 'b' } })),
    applied(aMap, map('a', {}, { labels: { l: 'm' } })),
    applied(aMap, map('a')),
  ),
  one(
    'apply dry run on a new object',
    { method: 'PATCH', path: `${aMap}?fieldManager=x&dryRun=All`, body: map(), type: patchTypes.apply },
    read(aMap),
  ),
  one('apply force without apply', patched(`${aMap}?force=true`, { data: {} }), {
    method: 'PUT',
    path: `${aMap}?force=true`,
    body: map(),
  }),
  one(
    'apply in strict with unknown',
    {
      method: 'PATCH',
      path: `${aMap}?fieldManager=x&fieldValidation=Strict`,
      body: { ...map(), foo: 1 },
      type: patchTypes.apply,
    },
    {
      method: 'PATCH',
      path: `${aDeployment}?fieldManager=x&fieldValidation=Warn`,
      body: deployment('a', { repliccas: 3 }),
      type: patchTypes.apply,
    },
  ),
  one('apply duplicate YAML keys', {
    method: 'PATCH',
    path: `${aMap}?fieldManager=x`,
    body: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  k: v\n  k: w\n',
    type: patchTypes.apply,
  }),
  one(
    'apply duplicate list keys',
    applied(
      aDeployment,
      deployment('a', {
        template: {
          ...template,
          spec: {
            containers: [
              { name: 'c', image: 'a' },
              { name: 'c', image: 'b' },
            ],
          },
        },
      }),
    ),
  ),
  one(
    'update of managedFields by hand',
    quiet(applied(aMap, map())),
    patched(aMap, { metadata: { managedFields: [{}] } }),
    patched(aMap, { metadata: { managedFields: null } }),
    patched(
      aMap,
      [
        {
          op: 'replace',
          path: '/metadata/managedFields',
          value: [
            { manager: 'z', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: { 'f:data': {} } },
          ],
        },
      ],
      patchTypes.json,
    ),
    patched(aMap, { metadata: { managedFields: [{ manager: 'z', operation: 'Nope', apiVersion: 'v1' }] } }),
  ),
  one(
    'csa to ssa',
    quiet({
      path: `${maps}?fieldManager=kubectl-client-side-apply`,
      body: map('a', { a: '1', b: '2' }, { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' } }),
    }),
    applied(aMap, map('a', { a: '1' }), 'kubectl', true),
    read(aMap),
  ),
  one(
    'fieldManager long and odd',
    { path: `${maps}?fieldManager=${'x'.repeat(129)}`, body: map() },
    { path: `${maps}?fieldManager=a%0Ab`, body: map() },
    { path: `${maps}?fieldManager=%C3%A9`, body: map() },
  ),
  one(
    'preconditions on delete',
    quiet({ ...create(maps, map()), keep: { u: 'metadata.uid', v: 'metadata.resourceVersion' } }),
    remove(aMap, { preconditions: { uid: '00000000-0000-0000-0000-000000000000' } }),
    remove(aMap, { preconditions: { resourceVersion: '1' } }),
    remove(aMap, { preconditions: { uid: '{u}', resourceVersion: '{v}' } }),
  ),
  one(
    'delete options odd',
    quiet(create(maps, map())),
    remove(aMap, { kind: 'DeleteOptions', apiVersion: 'v2' }),
    remove(aMap, { foo: 1 }),
    remove(aMap, { gracePeriodSeconds: -5 }),
    quiet(create(maps, map())),
    remove(aMap, { propagationPolicy: 'Sideways' }),
    remove(aMap, { propagationPolicy: 'Orphan', orphanDependents: true }),
    remove(`${aMap}?gracePeriodSeconds=x`),
    remove(`${aMap}?propagationPolicy=Nope`),
    remove(`${aMap}?dryRun=All`),
    remove(aMap, { dryRun: ['All'] }),
    remove(aMap, { dryRun: ['Some'] }),
    remove(`${aMap}?orphanDependents=true`, { propagationPolicy: 'Foreground' }),
  ),
  one(
    'finalizers on update',
    quiet(create(maps, map('a', {}, { finalizers: ['x.io/a'] }))),
    remove(aMap),
    patched(aMap, { metadata: { finalizers: ['x.io/a', 'x.io/b'] } }),
    patched(aMap, { data: { n: '1' } }),
    patched(aMap, { metadata: { finalizers: [] } }),
    read(aMap),
  ),
  one(
    'immutable config map',
    quiet(create(maps, { ...map(), immutable: true })),
    patched(aMap, { data: { k: 'w' } }),
    patched(aMap, { immutable: false }),
    patched(aMap, { metadata: { labels: { a: 'b' } } }),
    patched(aMap, { binaryData: { z: 'YQ==' } }),
    patched(aMap, { immutable: null }),
  ),
  one(
    'immutable secret',
    quiet(
      create(`${inNamespace}/secrets`, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'a' },
        immutable: true,
        type: 'Opaque',
        stringData: { a: 'b' },
      }),
    ),
    patched(`${inNamespace}/secrets/a`, { stringData: { a: 'c' } }),
    patched(`${inNamespace}/secrets/a`, { type: 'x/y' }),
    patched(`${inNamespace}/secrets/a`, { stringData: { a: 'b' } }),
  ),
  one(
    'JSON patch tests',
    quiet(create(maps, map('a', { k: 'v', 'a.b': 'x' }))),
    patched(
      aMap,
      [
        { op: 'test', path: '/data/k', value: 'v' },
        { op: 'add', path: '/data/n', value: 'new' },
      ],
      patchTypes.json,
    ),
    patched(aMap, [{ op: 'test', path: '/data/k', value: 'z' }], patchTypes.json),
    patched(
      aMap,
      [
        { op: 'copy', from: '/data/k', path: '/data/c' },
        { op: 'move', from: '/data/n', path: '/data/m' },
      ],
      patchTypes.json,
    ),
    patched(aMap, [{ op: 'remove', path: '/data/zz' }], patchTypes.json),
    patched(aMap, [{ op: 'add', path: '/metadata/labels/x', value: 'y' }], patchTypes.json),
    patched(aMap, [{ op: 'add', path: '/metadata/labels', value: { x: 'y' } }], patchTypes.json),
    patched(aMap, [{ op: 'replace', path: '/kind', value: 'Secret' }], patchTypes.json),
    patched(aMap, [{ op: 'frob', path: '/data' }], patchTypes.json),
    patched(aMap, '[{', patchTypes.json),
  ),
  one('JSON patch too many', quiet(create(maps, map())), {
    ...patched(
      aMap,
      Array.from({ length: 10001 }, () => ({ op: 'test', path: '/data/k', value: 'v' })),
      patchTypes.json,
    ),
  }),
  one(
    'patch with the wrong type',
    quiet(create(maps, map())),
    patched(aMap, { data: { z: '1' } }, 'application/json'),
    patched(aMap, { data: { z: '1' } }, 'text/plain'),
    patched(aMap, { data: {} }, 'application/yaml'),
    { method: 'PATCH', path: aMap, body: '{}', type: '' },
  ),
  one(
    'patch resourceVersion',
    quiet({ ...create(maps, map()), keep: { v: 'metadata.resourceVersion' } }),
    patched(aMap, { metadata: { resourceVersion: '1' }, data: { b: 'c' } }),
    patched(aMap, { metadata: { resourceVersion: '{v}' }, data: { b: 'c' } }),
    patched(aMap, { metadata: { resourceVersion: 'x' }, data: { b: 'd' } }),
    patched(aMap, { metadata: { resourceVersion: 5 } }),
  ),
  one(
    'merge patch null and types',
    quiet(create(maps, map('a', { k: 'v' }, { labels: { a: 'b' }, annotations: { c: 'd' } }))),
    patched(aMap, { metadata: { labels: null }, data: null }),
    patched(aMap, { data: { k: 5 } }),
    patched(aMap, { data: ['x'] }),
    patched(aMap, { metadata: { name: 'other' } }),
    patched(aMap, { metadata: { namespace: 'other' } }),
    patched(aMap, { metadata: { uid: 'x' } }),
  ),
  one(
    'merge patch of kind and version',
    quiet(create(maps, map())),
    ...[['X'], 5, true, { a: 1 }].map((kind) => why(patched(aMap, { kind }))),
    ...[['X'], 7].map((apiVersion) => why(patched(aMap, { apiVersion }))),
    why(patched(aMap, { apiVersion: 7, kind: 8 })),
    ...[null, ''].map((kind) => patched(aMap, { kind, data: { k: 'w' } })),
    ...[null, ''].map((apiVersion) => patched(aMap, { apiVersion })),
    why(patched(aMap, [{ op: 'replace', path: '/kind', value: ['X'] }], patchTypes.json)),
    patched(aMap, [{ op: 'remove', path: '/kind' }], patchTypes.json),
    patched(aMap, [{ op: 'remove', path: '/apiVersion' }], patchTypes.json),
  ),
  one(
    'custom: merge patch of kind and version',
    ...withDefinition(
      objectOf({ spec: objectOf({ s: string }) }),
      {},
      quiet(create(things, thing({ s: 'a' }))),
      ...[['X'], 5, true, { a: 1 }, 'Other'].map((kind) => why(patched(`${things}/a`, { kind }))),
      ...[['X'], 7].map((apiVersion) => why(patched(`${things}/a`, { apiVersion }))),
    ),
  ),
  one(
    'PUT create and errors',
    replace(aMap, map()),
    replace(`${ofGroup('coordination.k8s.io/v1')}/leases/l`, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'l' },
      spec: { holderIdentity: 'me', leaseDurationSeconds: 0 },
    }),
    replace(`${ofGroup('coordination.k8s.io/v1')}/leases/l`, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'l' },
      spec: { holderIdentity: 'me', leaseDurationSeconds: 15 },
    }),
    quiet(create(maps, map())),
    replace(aMap, { ...map(), metadata: { name: 'a', resourceVersion: '0' } }),
    replace(aMap, { ...map(), metadata: { name: 'a', resourceVersion: '' } }),
    replace(aMap, {
      ...map(),
      metadata: { name: 'a', creationTimestamp: '2020-01-01T00:00:00Z', generation: 9, selfLink: '/x' },
    }),
  ),
  one(
    'POST with resourceVersion',
    create(maps, map('a', {}, { resourceVersion: '5' })),
    create(deployments, deployment('a', {}, { resourceVersion: '5' })),
    create(maps, map('b', {}, { deletionTimestamp: '2020-01-01T00:00:00Z', deletionGracePeriodSeconds: 5 })),
  ),
  one(
    'warn on unknown and duplicates',
    create(
      maps,
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","labells":{}},"data":{"k":"1","k":"2"},"x":{"y":1}}',
    ),
    {
      path: maps,
      body: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: b\n  name: c\nfoo: bar\n',
      type: 'application/yaml',
    },
    {
      path: `${deployments}?fieldValidation=Warn`,
      body: {
        ...deployment(),
        spec: {
          ...deployment().spec,
          template: {
            ...template,
            spec: {
              containers: [{ name: 'c', image: 'n', prots: [], ports: [{ containerprt: 80 }] }],
              restarPolicy: 'x',
            },
          },
        },
      },
    },
    {
      path: `${deployments}?fieldValidation=Strict`,
      body: {
        ...deployment('b'),
        spec: {
          ...deployment().spec,
          template: {
            ...template,
            spec: {
              containers: [{ name: 'c', image: 'n', prots: [], ports: [{ containerprt: 80 }] }],
              restarPolicy: 'x',
            },
          },
        },
      },
    },
  ),
  one('case of fields', create(deployments, { ...deployment(), spec: { ...deployment().spec, Replicas: 5 } }), {
    path: `${maps}?fieldValidation=Strict`,
    body: { ...map('b'), Data: { x: 'y' } },
  }),
  one(
    'wrong types',
    create(deployments, { ...deployment(), spec: { ...deployment().spec, replicas: 'three' } }),
    create(deployments, { ...deployment(), spec: { ...deployment().spec, template: [] } }),
    create(maps, { ...map(), data: { a: { b: 'c' } } }),
    create(maps, { ...map(), data: { a: null } }),
    create(maps, { ...map('c'), metadata: { name: 'c', labels: { a: null } } }),
    create(services, service({ ports: [{ port: '80' }] })),
    create(services, service({ ports: [{ port: 80, targetPort: 1.5 }] })),
    create(deployments, { ...deployment(), metadata: 'x' }),
    create(deployments, { ...deployment(), spec: null }),
  ),
  one(
    'deletecollection',
    quiet(create(maps, map('a', {}, { labels: { x: '1' } }))),
    quiet(create(maps, map('b', {}, { labels: { x: '2' } }))),
    quiet(create(maps, map('c', {}, { labels: { x: '1' }, finalizers: ['x.io/y'] }))),
    { ...remove(`${maps}?labelSelector=x%3D1&dryRun=All`), view: pick('kind', 'items.*.metadata.name') },
    remove(`${maps}?labelSelector=x%3D1`),
    { ...read(`${maps}?labelSelector=x`), view: pick('items.*.metadata.name') },
    remove(`${maps}?fieldSelector=metadata.name%3Db`, { propagationPolicy: 'Foreground' }),
    quiet(patched(`${maps}/c`, { metadata: { finalizers: null } })),
  ),
  one(
    'secret data',
    secret('a', { data: { a: 'YQ==' }, stringData: { a: 'b', c: 'd' } }),
    secret('b', { data: { a: '***' } }),
    secret('c', { type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': 'e30K' } }),
    secret('d', { type: 'kubernetes.io/dockerconfigjson', stringData: { x: '{}' } }),
    secret('e', { type: 'kubernetes.io/tls', stringData: { 'tls.crt': 'x' } }),
    secret('f', { type: 'kubernetes.io/basic-auth', stringData: {} }),
    secret('g', { type: 'kubernetes.io/ssh-auth', stringData: {} }),
    secret('h', { type: 'bootstrap.kubernetes.io/token', stringData: {} }),
  ),
  one(
    'status by the main endpoint',
    quiet(create(deployments, { ...deployment(), status: { replicas: 9 } })),
    read(aDeployment),
    patched(aDeployment, { status: { replicas: 5 } }),
    patched(`${aDeployment}/status`, { status: { replicas: 5, readyReplicas: 6 } }),
    patched(`${aDeployment}/status`, {
      status: { replicas: 7, readyReplicas: 6, availableReplicas: 5, observedGeneration: 1 },
    }),
    patched(`${aDeployment}/status`, { status: { observedGeneration: 0 } }),
    patched(`${aDeployment}/status`, { spec: { replicas: 9 }, metadata: { annotations: { a: 'b' } } }),
  ),
  one(
    'generation',
    quiet(create(deployments, deployment())),
    patched(aDeployment, { metadata: { labels: { a: 'b' } } }),
    patched(aDeployment, { spec: { replicas: 2 } }),
    patched(aDeployment, { spec: { paused: true } }),
    patched(aDeployment, { spec: { paused: false } }),
    patched(aDeployment, { spec: { template: { metadata: { annotations: { x: 'y' } } } } }),
  ),
  one(
    'strategic directives',
    quiet(
      create(
        deployments,
        deployment('a', {
          template: {
            ...template,
            spec: {
              containers: [
                { name: 'a', image: 'a' },
                { name: 'b', image: 'b' },
              ],
              volumes: [{ name: 'v', emptyDir: {} }],
            },
          },
        }),
      ),
    ),
    patched(
      aDeployment,
      { spec: { template: { spec: { containers: [{ name: 'a', $patch: 'delete' }] } } } },
      patchTypes.strategic,
    ),
    patched(aDeployment, { spec: { template: { spec: { $setElementOrder: 1 } } } }, patchTypes.strategic),
    patched(
      aDeployment,
      {
        spec: {
          template: {
            spec: {
              '$setElementOrder/containers': [{ name: 'z' }, { name: 'b' }],
              containers: [{ name: 'z', image: 'z' }],
            },
          },
        },
      },
      patchTypes.strategic,
    ),
    patched(
      aDeployment,
      { spec: { template: { spec: { volumes: [{ name: 'v', $patch: 'replace' }] } } } },
      patchTypes.strategic,
    ),
    patched(aDeployment, { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } }, patchTypes.strategic),
    patched(aDeployment, { metadata: { $patch: 'replace', labels: { only: 'me' } } }, patchTypes.strategic),
    patched(aDeployment, { spec: { $patch: 'nope' } }, patchTypes.strategic),
  ),
  one(
    'cut body, trailing data, BOM',
    create(maps, '{"apiVersion":"v1"'),
    create(maps, `${JSON.stringify(map())}x`),
    create(maps, `\ufeff${JSON.stringify(map())}`),
    create(maps, JSON.stringify(map('t')) + JSON.stringify(map('u'))),
    {
      path: maps,
      body: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: y1}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: y2}\n',
      type: 'application/yaml',
    },
    create(maps, { apiVersion: 'v1', kind: 'List', items: [] }),
    create(maps, { apiVersion: 'v1', kind: 'ConfigMapList', items: [map()] }),
    create(maps, { kind: 'ConfigMap', metadata: { name: 'k' } }),
    create(maps, { apiVersion: 'v1', metadata: { name: 'k2' } }),
  ),
  one(
    'dry run everywhere',
    { path: `${maps}?dryRun=All`, body: map() },
    quiet(create(maps, map())),
    { ...patched(`${aMap}?dryRun=All`, { data: { z: 'z' } }) },
    { method: 'PUT', path: `${aMap}?dryRun=All`, body: map('a', { y: 'y' }) },
    read(aMap),
    { path: `${maps}?dryRun=None`, body: map('b') },
    { path: `${maps}?dryRun=All&dryRun=All`, body: map('b') },
    { path: `${maps}?dryRun=`, body: map('b') },
  ),
  one(
    'quantity and canonical forms',
    create(`${inNamespace}/persistentvolumeclaims`, {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'a' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1024Mi' } } },
    }),
    create(`${inNamespace}/resourcequotas`, {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'a' },
      spec: { hard: { cpu: '1000m', memory: '0.5Gi', pods: '10.0', 'requests.storage': '1e3' } },
    }),
    create(`${inNamespace}/limitranges`, {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { name: 'a' },
      spec: { limits: [{ type: 'Container', default: { cpu: '0.1', memory: '100e6' }, max: { cpu: '1.0005' } }] },
    }),
  ),
  one(
    'apply quantities unchanged',
    applied(
      aDeployment,
      deployment('a', {
        template: {
          ...template,
          spec: {
            containers: [
              {
                name: 'c',
                image: 'n',
                resources: { requests: { cpu: '1000m' }, limits: { cpu: '1', memory: '1024Mi' } },
              },
            ],
          },
        },
      }),
    ),
    applied(
      aDeployment,
      deployment('a', {
        template: {
          ...template,
          spec: {
            containers: [
              { name: 'c', image: 'n', resources: { requests: { cpu: '1' }, limits: { cpu: '1', memory: '1Gi' } } },
            ],
          },
        },
      }),
      'two',
    ),
  ),
  one(
    'owner references',
    create(
      maps,
      map(
        'a',
        {},
        {
          ownerReferences: [
            { apiVersion: 'v1', kind: 'Node', name: 'x', uid: 'y', controller: true },
            { apiVersion: 'v1', kind: 'Node', name: 'x', uid: 'z', controller: true },
          ],
        },
      ),
    ),
    create(maps, map('b', {}, { ownerReferences: [{ apiVersion: '', kind: '', name: '', uid: '' }] })),
  ),
  one(
    'custom: apply lists',
    ...withDefinition(
      objectOf({
        spec: objectOf({
          s: { type: 'array', 'x-kubernetes-list-type': 'set', items: string },
          m: {
            type: 'array',
            'x-kubernetes-list-type': 'map',
            'x-kubernetes-list-map-keys': ['k'],
            items: { ...objectOf({ k: string, v: string, n: integer }), required: ['k'] },
          },
          at: { type: 'array', items: string },
          mp: { type: 'object', 'x-kubernetes-map-type': 'atomic', additionalProperties: string },
          gr: { type: 'object', additionalProperties: string },
        }),
      }),
      {},
      applied(
        `${things}/a`,
        thing({ s: ['a', 'b'], m: [{ k: 'x', v: '1' }], at: ['p'], mp: { q: 'r' }, gr: { g: 'h' } }),
        'one',
      ),
      applied(
        `${things}/a`,
        thing({
          s: ['b', 'c'],
          m: [
            { k: 'x', n: 5 },
            { k: 'y', v: '2' },
          ],
          gr: { i: 'j' },
        }),
        'two',
      ),
      applied(`${things}/a`, thing({ at: ['z'], mp: { s: 't' } }), 'two'),
      applied(`${things}/a`, thing({ s: ['b'], m: [] }), 'one'),
      applied(`${things}/a`, thing({ m: [{ k: 'x', v: '9' }] }), 'two'),
    ),
  ),
];
