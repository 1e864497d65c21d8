/** Server-side apply and what managedFields look like after each kind of write; strategic merge patches of lists. */
import type { Case, Step } from './harness.ts';
import type { Fields } from './steps.ts';

const one = (name: string, ...steps: Step[]): Case => ({ area: 'apply', name, steps });

const types = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};
const patch = (type: keyof typeof types, path: string, body: unknown, query = ''): Step => ({
  method: 'PATCH',
  path: `${path}${query}`,
  body,
  type: types[type],
});
const apply = (path: string, body: unknown, manager = 'one', more = ''): Step =>
  patch('apply', path, body, `?fieldManager=${manager}${more}`);
const deployments = '/apis/apps/v1/namespaces/{ns}/deployments';
const widgets = '/apis/conformance.example.com/v1/namespaces/{ns}/widgets';
const services = '/api/v1/namespaces/{ns}/services';
const configMaps = '/api/v1/namespaces/{ns}/configmaps';
const pods = '/api/v1/namespaces/{ns}/pods';

const deployment = (
  spec: Fields = {},
  containers: unknown = [{ name: 'c', image: 'nginx' }],
  pod: Fields = {},
): Fields => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'a' },
  spec: {
    selector: { matchLabels: { app: 'x' } },
    template: { metadata: { labels: { app: 'x' } }, spec: { containers, ...pod } },
    ...spec,
  },
});
const widget = (spec: Fields, meta: Fields = {}): Fields => ({
  apiVersion: 'conformance.example.com/v1',
  kind: 'Widget',
  metadata: { name: 'a', ...meta },
  spec,
});
const configMap = (data: Fields, meta: Fields = {}): Fields => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', ...meta },
  data,
});
const service = (spec: Fields): Fields => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'a' },
  spec: { clusterIP: 'None', ...spec },
});
const withoutVersion = (body: unknown): unknown => {
  const { metadata, ...rest } = body as { metadata: Fields };
  const { resourceVersion: _, ...others } = metadata;
  return { ...rest, metadata: others };
};
const d = `${deployments}/a`;
const w = `${widgets}/a`;
const c = `${configMaps}/a`;
const s = `${services}/a`;

const applies: Case[] = [
  one(
    'three managers, conflicts',
    apply(d, deployment({ replicas: 1 })),
    apply(d, deployment({ replicas: 2 }, [{ name: 'c', image: 'other' }]), 'two'),
    apply(d, deployment({ replicas: 2 }), 'two', '&force=true'),
    apply(d, deployment({ replicas: 3 }), 'three'),
    apply(d, deployment()),
    { path: d },
  ),
  one(
    'conflict with an update',
    { path: `${deployments}?fieldManager=creator`, body: deployment({ replicas: 1 }) },
    apply(d, deployment({ replicas: 4 }, [{ name: 'c', image: 'x', env: [{ name: 'A', value: 'b' }] }])),
    apply(d, deployment({ replicas: 4 }), 'one', '&force=true'),
  ),
  one(
    'containers by name',
    apply(
      d,
      deployment({}, [
        { name: 'c', image: 'nginx' },
        { name: 'd', image: 'nginx' },
      ]),
    ),
    apply(d, deployment({}, [{ name: 'e', image: 'x' }]), 'two', '&force=true'),
    apply(d, deployment({}, [{ name: 'c', image: 'nginx' }])),
    { path: d },
  ),
  one(
    'order of containers',
    apply(
      d,
      deployment({}, [
        { name: 'c', image: 'x' },
        { name: 'd', image: 'x' },
      ]),
    ),
    apply(
      d,
      deployment({}, [
        { name: 'd', image: 'x' },
        { name: 'z', image: 'x' },
        { name: 'c', image: 'x' },
      ]),
    ),
  ),
  one(
    'ports by two keys',
    apply(s, service({ ports: [{ port: 80, name: 'a' }] })),
    apply(s, service({ ports: [{ port: 80, protocol: 'UDP', name: 'b' }] }), 'two'),
    apply(s, service({ ports: [{ port: 80, name: 'z' }] }), 'two'),
  ),
  one(
    'ports twice',
    apply(
      s,
      service({
        ports: [
          { port: 80, name: 'a' },
          { port: 80, name: 'b' },
        ],
      }),
    ),
  ),
  one(
    'env twice',
    apply(
      d,
      deployment({}, [
        {
          name: 'c',
          image: 'x',
          env: [
            { name: 'A', value: '1' },
            { name: 'A', value: '2' },
          ],
        },
      ]),
    ),
  ),
  one('containers without a name', apply(d, deployment({}, [{ image: 'x' }]))),
  one('a list for an object', apply(d, { ...deployment(), spec: [] })),
  one('a string for a list', apply(d, deployment({}, 'x'))),
  one(
    'null fields',
    apply(d, deployment({ replicas: null, strategy: null })),
    apply(d, deployment({ replicas: null }), 'two'),
  ),
  one(
    'empty structures',
    apply(d, deployment({ strategy: {} }, [{ name: 'c', image: 'x', resources: {}, securityContext: {} }])),
    { path: d },
  ),
  one(
    'a defaulted field is given up',
    apply(d, deployment({ revisionHistoryLimit: 3, replicas: 2 })),
    apply(d, deployment()),
  ),
  one(
    'sets',
    apply(w, widget({ size: 1, tags: ['a', 'b'] })),
    apply(w, widget({ size: 1, tags: ['c', 'b'] }), 'two'),
    apply(w, widget({ size: 1, tags: ['b'] })),
    apply(w, widget({ size: 1, tags: ['b', 'b'] })),
  ),
  one(
    'sets above a limit',
    apply(w, widget({ size: 1, tags: ['a', 'b'] })),
    apply(w, widget({ size: 1, tags: ['c', 'd'] }), 'two'),
  ),
  one(
    'maps of items',
    apply(w, widget({ size: 1, items: [{ name: 'a', value: '1' }, { name: 'b' }] })),
    apply(w, widget({ size: 1, items: [{ name: 'a', value: '2' }] }), 'two'),
    apply(w, widget({ size: 1, items: [{ name: 'b' }] })),
    { path: w },
  ),
  one('items twice', apply(w, widget({ size: 1, items: [{ name: 'a' }, { name: 'a' }] }))),
  one('items without a key', apply(w, widget({ size: 1, items: [{ value: 'a' }] }))),
  one(
    'preserved fields',
    apply(w, widget({ size: 1, anything: { a: [1, 2], b: { c: 1 } } })),
    apply(w, widget({ size: 1, anything: { a: [3], d: 1 } }), 'two'),
    apply(w, widget({ size: 1 })),
  ),
  one(
    'labels and annotations of two',
    apply(c, configMap({ a: '1' }, { labels: { a: '1', b: '2' }, annotations: { x: 'y' } })),
    apply(c, configMap({}, { labels: { b: '2', c: '3' } }), 'two'),
    apply(c, configMap({ a: '1' })),
    { path: c },
  ),
  one(
    'finalizers',
    apply(w, widget({ size: 1 }, { finalizers: ['a.b/c'] })),
    apply(w, widget({ size: 1 }, { finalizers: ['a.b/d'] }), 'two'),
    apply(w, widget({ size: 1 })),
    apply(w, widget({ size: 1 }), 'two'),
  ),
  one(
    'nothing but a name',
    apply(c, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }),
    apply(c, configMap({ a: '1' })),
    apply(c, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }),
  ),
  one(
    'a resourceVersion',
    apply(c, configMap({ a: '1' }, { resourceVersion: '1' })),
    apply(c, configMap({ a: '1' })),
    apply(c, configMap({ a: '1' }, { resourceVersion: '1' })),
    apply(c, configMap({ a: '2' }, { resourceVersion: '1' })),
  ),
  one(
    'a uid',
    apply(c, configMap({ a: '1' }, { uid: 'x' })),
    apply(c, configMap({ a: '1' })),
    apply(c, configMap({ a: '1' }, { uid: 'x' })),
  ),
  one(
    'a creationTimestamp',
    apply(c, configMap({ a: '1' }, { creationTimestamp: null })),
    apply(c, configMap({ a: '1' }, { creationTimestamp: '2020-01-01T00:00:00Z' })),
  ),
  one(
    'generateName',
    patch(
      'apply',
      configMaps,
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'x' } },
      '?fieldManager=one',
    ),
  ),
  one('another kind', apply(c, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } })),
  one('another version', apply(d, { ...deployment(), apiVersion: 'apps/v9' })),
  one('another namespace', apply(c, configMap({}, { namespace: 'other' }))),
  one(
    'strict',
    apply(c, { ...configMap({}), nope: 1 }, 'one', '&fieldValidation=Strict'),
    apply(w, widget({ size: 1, nope: 1 }), 'one', '&fieldValidation=Strict'),
    apply(w, widget({ size: 1, nope: 1 }), 'one', '&fieldValidation=Ignore'),
  ),
  one(
    'keys twice',
    {
      method: 'PATCH',
      path: `${c}?fieldManager=one`,
      type: types.apply,
      body: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: x\n  a: y\n',
    },
    {
      method: 'PATCH',
      path: `${c}?fieldManager=one&fieldValidation=Strict`,
      type: types.apply,
      body: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: x\n  a: y\n',
    },
  ),
  one(
    'YAML of several kinds',
    {
      method: 'PATCH',
      path: `${c}?fieldManager=one`,
      type: types.apply,
      body: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  yes: "no"\n  n: "0x10"\n  m: |\n    x\n    y\n',
    },
    {
      method: 'PATCH',
      path: `${c}?fieldManager=one`,
      type: types.apply,
      body: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  yes: no\n',
    },
    {
      method: 'PATCH',
      path: `${c}?fieldManager=one`,
      type: types.apply,
      body: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n---\na: b\n',
    },
  ),
  one(
    'JSON as apply',
    { method: 'PATCH', path: `${c}?fieldManager=one`, type: types.apply, body: JSON.stringify(configMap({ a: '1' })) },
    { method: 'PATCH', path: `${c}?fieldManager=one`, type: 'application/apply-patch+json', body: configMap({}) },
  ),
  one('CBOR as apply', {
    method: 'PATCH',
    path: `${c}?fieldManager=one`,
    type: 'application/apply-patch+cbor',
    body: '{}',
  }),
  one(
    'an empty body',
    { method: 'PATCH', path: `${c}?fieldManager=one`, type: types.apply, body: '' },
    { method: 'PATCH', path: `${c}?fieldManager=one`, type: types.apply, body: 'null' },
    { method: 'PATCH', path: `${c}?fieldManager=one`, type: types.apply, body: '"x"' },
    { method: 'PATCH', path: `${c}?fieldManager=one`, type: types.apply, body: '{}' },
  ),
  one('force that is none', apply(c, configMap({}), 'one', '&force=maybe'), apply(c, configMap({}), 'one', '&force=')),
  one(
    'immutable fields',
    apply(d, deployment()),
    apply(d, { ...deployment(), spec: { ...(deployment().spec as Fields), selector: { matchLabels: { app: 'y' } } } }),
    apply(
      d,
      { ...deployment(), spec: { ...(deployment().spec as Fields), selector: { matchLabels: { app: 'y' } } } },
      'one',
      '&force=true',
    ),
  ),
  one(
    'to status',
    apply(w, widget({ size: 1 })),
    apply(`${w}/status`, { ...widget({ size: 9 }), status: { phase: 'x' } }, 'ctl'),
    apply(`${w}/status`, { ...widget({ size: 9 }), status: { phase: 'y' } }, 'two'),
    // An apply that changes nothing renews its time. That alone makes a version only where it changes the order of managers: in another second.
    { ...apply(w, { ...widget({ size: 1 }), status: { phase: 'z' } }), view: withoutVersion },
    { path: w, view: withoutVersion },
  ),
  one(
    'to status of what is not there',
    apply(`${w}/status`, { ...widget({ size: 9 }), status: { phase: 'x' } }, 'ctl'),
  ),
  one(
    'to status of a Deployment',
    apply(d, deployment()),
    apply(
      `${d}/status`,
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'a' },
        status: {
          replicas: 1,
          conditions: [{ type: 'Available', status: 'True', lastUpdateTime: null, lastTransitionTime: null }],
        },
      },
      'ctl',
    ),
  ),
  one(
    'to scale',
    apply(d, deployment({ replicas: 1 })),
    apply(
      `${d}/scale`,
      { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'a' }, spec: { replicas: 5 } },
      'hpa',
    ),
    apply(
      `${d}/scale`,
      { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'a' }, spec: { replicas: 5 } },
      'hpa',
      '&force=true',
    ),
    apply(d, deployment({ replicas: 1 })),
    { path: d },
  ),
  one(
    'after scale by patch',
    apply(d, deployment({ replicas: 1 })),
    patch('merge', `${d}/scale`, { spec: { replicas: 3 } }, '?fieldManager=scaler'),
    apply(d, deployment({ replicas: 1 })),
  ),
  one(
    'to scale of a custom kind',
    apply(w, widget({ size: 1, replicas: 1 })),
    apply(
      `${w}/scale`,
      { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'a' }, spec: { replicas: 5 } },
      'hpa',
      '&force=true',
    ),
    { path: w },
  ),
  one(
    'dry runs',
    apply(c, configMap({ a: '1' })),
    apply(c, configMap({ a: '2' }), 'two', '&dryRun=All'),
    apply(c, configMap({ a: '2' }), 'two', '&dryRun=All&force=true'),
    { path: c },
  ),
  one(
    'managed fields are cleared',
    apply(c, configMap({ a: '1' })),
    patch('merge', c, { metadata: { managedFields: [{}] } }),
    apply(c, configMap({ a: '2' }), 'two'),
  ),
  one(
    'managed fields are set',
    apply(c, configMap({ a: '1' })),
    patch('merge', c, {
      metadata: {
        managedFields: [
          {
            manager: 'm',
            operation: 'Apply',
            apiVersion: 'v1',
            fieldsType: 'FieldsV1',
            fieldsV1: { 'f:data': { 'f:a': {} } },
          },
        ],
      },
    }),
    patch('merge', c, {
      metadata: { managedFields: [{ manager: 'm', operation: 'Nope', apiVersion: 'v1', fieldsType: 'FieldsV1' }] },
    }),
    patch('merge', c, { metadata: { managedFields: null } }),
  ),
  one(
    'a Secret of stringData',
    apply('/api/v1/namespaces/{ns}/secrets/a', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'a' },
      stringData: { a: 'b' },
    }),
    apply('/api/v1/namespaces/{ns}/secrets/a', {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'a' },
      stringData: { a: 'c' },
    }),
    apply(
      '/api/v1/namespaces/{ns}/secrets/a',
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' }, data: { a: 'ZA==' } },
      'two',
    ),
  ),
  one(
    'a Namespace',
    apply('/api/v1/namespaces/{ns}', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: '{ns}', labels: { a: 'b' } },
    }),
  ),
  one(
    'a role’s rules are one',
    apply('/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/roles/a', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'a' },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
    }),
    apply(
      '/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/roles/a',
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name: 'a' },
        rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }],
      },
      'two',
    ),
  ),
  one(
    'a Pod',
    apply(`${pods}/a`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a' },
      spec: {
        containers: [
          {
            name: 'c',
            image: 'x',
            ports: [{ containerPort: 80 }],
            env: [{ name: 'A', value: 'b' }],
            volumeMounts: [{ name: 'v', mountPath: '/v' }],
          },
        ],
        volumes: [{ name: 'v', emptyDir: {} }],
        tolerations: [{ key: 'k', operator: 'Exists' }],
      },
    }),
    apply(
      `${pods}/a`,
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers: [{ name: 'c', image: 'y' }] } },
      'two',
      '&force=true',
    ),
  ),
  one('an unknown content type', { method: 'PATCH', path: c, type: 'application/x', body: '{}' }),
  one('long managers', apply(c, configMap({}), 'm'.repeat(129)), apply(c, configMap({}), 'a%0Ab')),
  one(
    'managers of updates',
    { path: `${configMaps}?fieldManager=x`, body: configMap({ a: '1' }) },
    { method: 'PUT', path: `${c}?fieldManager=y`, body: configMap({ a: '2', b: '1' }) },
    patch('merge', c, { data: { c: '3' } }, '?fieldManager=x'),
    patch('json', c, [{ op: 'add', path: '/data/d', value: '4' }], '?fieldManager=z'),
    patch('strategic', c, { data: { a: null } }, '?fieldManager=z'),
    { path: c },
  ),
  one(
    'managers by user agent',
    { path: configMaps, body: configMap({ a: '1' }), headers: { 'user-agent': 'kubectl/v1.36 (linux)' } },
    patch('merge', c, { data: { b: '1' } }),
    { method: 'PATCH', path: c, body: { data: { c: '1' } }, type: types.merge, headers: { 'user-agent': '' } },
    { method: 'PATCH', path: c, body: { data: { d: '1' } }, type: types.merge, headers: { 'user-agent': 'a b/c d' } },
  ),
  one(
    'a patch that changes nothing but empties',
    { path: configMaps, body: configMap({ a: '1' }) },
    patch('merge', c, { metadata: { labels: {} } }),
    patch('merge', c, { metadata: { annotations: {} } }),
    patch('merge', c, { data: {} }),
    patch('merge', c, { binaryData: {} }),
    { path: c },
  ),
];

const big = deployment(
  {},
  [
    {
      name: 'c',
      image: 'nginx',
      ports: [{ containerPort: 80 }, { containerPort: 443, name: 'tls' }],
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ],
      args: ['a', 'b'],
      volumeMounts: [
        { name: 'v', mountPath: '/v' },
        { name: 'v', mountPath: '/w' },
      ],
    },
    { name: 'd', image: 'busybox' },
  ],
  {
    volumes: [
      { name: 'v', emptyDir: {} },
      { name: 'w', configMap: { name: 'x' } },
    ],
    tolerations: [{ key: 'a', operator: 'Exists' }],
    imagePullSecrets: [{ name: 'p' }, { name: 'q' }],
    hostAliases: [{ ip: '1.1.1.1', hostnames: ['x'] }],
  },
);
const pod = (spec: Fields): Fields => ({ spec: { template: { spec } } });
const strategic: readonly [string, Fields][] = [
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

const jsonPatches: readonly [string, unknown][] = [
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

export const applyCases: readonly Case[] = [
  ...applies,
  ...strategic.map(([name, body]) =>
    one(`strategic: ${name}`, { path: deployments, body: big, quiet: true }, patch('strategic', d, body)),
  ),
  ...jsonPatches.map(([name, body]) =>
    one(`JSON: ${name}`, { path: deployments, body: big, quiet: true }, patch('json', d, body)),
  ),
  ...(
    [
      '',
      'null',
      '"x"',
      '5',
      '[]',
      '{',
      '{"a":1,"a":2}',
      '{"metadata":5}',
      '{"spec":{"replicas":1.5}}',
      '{"metadata":{"labels":{"a":"b","a":"c"}}}',
    ] as const
  ).flatMap((body) =>
    (['merge', 'strategic'] as const).flatMap((type) => [
      one(`${type} of ${body}`, { path: deployments, body: big, quiet: true }, patch(type, d, body)),
      ...(type === 'merge'
        ? [
            one(
              `${type} of ${body}, custom`,
              { path: widgets, body: widget({ size: 1 }), quiet: true },
              patch(type, w, body),
            ),
          ]
        : []),
    ]),
  ),
];
