/** Sequences of writes whose outcome on kube-apiserver 1.36.3 is recorded in managedfields.recorded.json. */

export interface Step {
  readonly op: 'create' | 'update' | 'merge' | 'apply';
  readonly manager: string;
  readonly body: { readonly [field: string]: unknown };
  readonly force?: boolean;
  readonly subresource?: string;
}

export interface Scenario {
  readonly name: string;
  readonly kind: 'ConfigMap' | 'Deployment' | 'Service' | 'Widget' | 'ServiceAccount' | 'Role';
  readonly steps: readonly Step[];
}

const configMap = (
  data?: { readonly [key: string]: unknown },
  metadata: { readonly [field: string]: unknown } = {},
) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'subject', ...metadata },
  ...(data === undefined ? {} : { data }),
});
const widget = (spec?: unknown, status?: unknown, metadata: { readonly [field: string]: unknown } = {}) => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name: 'subject', ...metadata },
  ...(spec === undefined ? {} : { spec }),
  ...(status === undefined ? {} : { status }),
});
const deployment = (
  spec: { readonly [field: string]: unknown },
  metadata: { readonly [field: string]: unknown } = {},
) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'subject', ...metadata },
  spec: { selector: { matchLabels: { app: 'x' } }, ...spec },
});
const template = (containers: readonly unknown[], spec: { readonly [field: string]: unknown } = {}) => ({
  template: { metadata: { labels: { app: 'x' } }, spec: { ...spec, containers } },
});
const service = (ports: readonly unknown[], spec: { readonly [field: string]: unknown } = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'subject' },
  spec: { ...spec, ports },
});
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

export const scenarios: readonly Scenario[] = [
  {
    name: 'create, then update a value',
    kind: 'ConfigMap',
    steps: [
      { op: 'create', manager: 'maker', body: configMap({ a: '1', b: '2' }, { labels: { x: 'y' } }) },
      { op: 'merge', manager: 'other', body: { data: { b: '3', c: '4' } } },
      { op: 'merge', manager: 'other', body: { data: { a: null } } },
      { op: 'merge', manager: 'third', body: { metadata: { labels: { x: null, z: 'w' }, annotations: { n: '1' } } } },
    ],
  },
  {
    name: 'create without an owned field stays untracked until it is applied',
    kind: 'ConfigMap',
    steps: [
      { op: 'create', manager: 'maker', body: configMap() },
      { op: 'merge', manager: 'other', body: { data: { b: '3' } } },
      { op: 'apply', manager: 'applier', body: configMap({ b: '4' }) },
      { op: 'apply', manager: 'applier', body: configMap({ b: '4' }), force: true },
    ],
  },
  {
    name: 'apply, apply less, apply other',
    kind: 'ConfigMap',
    steps: [
      { op: 'apply', manager: 'one', body: configMap({ a: '1', b: '2' }) },
      { op: 'apply', manager: 'two', body: configMap({ b: '2', c: '3' }) },
      { op: 'apply', manager: 'two', body: configMap({ b: '9' }) },
      { op: 'apply', manager: 'two', body: configMap({ b: '9' }), force: true },
      { op: 'apply', manager: 'one', body: configMap({ a: '1' }) },
      { op: 'apply', manager: 'one', body: configMap() },
      { op: 'apply', manager: 'two', body: configMap() },
    ],
  },
  {
    name: 'several conflicts with several managers',
    kind: 'ConfigMap',
    steps: [
      { op: 'create', manager: 'kubectl-client-side-apply', body: configMap({ a: '1', b: '2' }) },
      { op: 'apply', manager: 'one', body: configMap({ c: '3' }) },
      { op: 'apply', manager: 'two', body: configMap({ a: '9', b: '9', c: '9' }) },
      { op: 'apply', manager: 'two', body: configMap({ a: '9', b: '9', c: '9' }), force: true },
      { op: 'merge', manager: 'three', body: { data: { a: '7' } } },
    ],
  },
  {
    name: 'managed fields are reset',
    kind: 'ConfigMap',
    steps: [
      { op: 'create', manager: 'maker', body: configMap({ a: '1' }) },
      { op: 'merge', manager: 'other', body: { metadata: { managedFields: [{}] } } },
      { op: 'merge', manager: 'other', body: { data: { a: '2' } } },
      { op: 'apply', manager: 'one', body: configMap({ z: '2' }) },
      { op: 'merge', manager: 'other', body: { metadata: { managedFields: [] } } },
    ],
  },
  {
    name: 'a custom entry is taken as sent',
    kind: 'ConfigMap',
    steps: [
      { op: 'create', manager: 'maker', body: configMap({ a: '1' }) },
      {
        op: 'merge',
        manager: 'other',
        body: {
          metadata: {
            managedFields: [
              {
                manager: 'mover',
                operation: 'Apply',
                apiVersion: 'v1',
                fieldsType: 'FieldsV1',
                fieldsV1: { 'f:data': { 'f:a': {}, '.': {} } },
              },
            ],
          },
        },
      },
      { op: 'apply', manager: 'mover', body: configMap({ b: '2' }) },
      {
        op: 'merge',
        manager: 'other',
        body: {
          metadata: {
            managedFields: [
              { manager: 'bad', operation: 'Nope', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: {} },
            ],
          },
        },
      },
    ],
  },
  {
    name: 'kubectl migrates from client-side apply',
    kind: 'ConfigMap',
    steps: [
      {
        op: 'create',
        manager: 'kubectl-client-side-apply',
        body: configMap(
          { a: '1', b: '2' },
          {
            annotations: {
              [lastApplied]: `${JSON.stringify({ apiVersion: 'v1', data: { a: '1', b: '2' }, kind: 'ConfigMap', metadata: { annotations: {}, name: 'subject', namespace: 'default' } })}\n`,
            },
          },
        ),
      },
      { op: 'apply', manager: 'kubectl', body: configMap({ a: '5', b: '2' }) },
      { op: 'apply', manager: 'kubectl', body: configMap({ a: '5' }) },
    ],
  },
  {
    name: 'kubectl conflicts only where client-side apply did not set it',
    kind: 'ConfigMap',
    steps: [
      {
        op: 'create',
        manager: 'kubectl-client-side-apply',
        body: configMap(
          { a: '1', b: '2' },
          {
            annotations: {
              [lastApplied]: `${JSON.stringify({ apiVersion: 'v1', data: { a: '1', b: 'old' }, kind: 'ConfigMap', metadata: { annotations: {}, name: 'subject', namespace: 'default' } })}\n`,
            },
          },
        ),
      },
      { op: 'apply', manager: 'kubectl', body: configMap({ a: '5', b: '6' }) },
    ],
  },
  {
    name: 'more than ten update managers',
    kind: 'ConfigMap',
    steps: [
      { op: 'create', manager: 'm00', body: configMap({ k00: 'x' }) },
      ...Array.from({ length: 12 }, (_, index) => ({
        op: 'merge' as const,
        manager: `m${String(index + 1).padStart(2, '0')}`,
        body: { data: { [`k${index + 1}`]: 'x' } },
      })),
    ],
  },
  {
    name: 'finalizers are a set',
    kind: 'ConfigMap',
    steps: [
      { op: 'create', manager: 'maker', body: configMap({ a: '1' }, { finalizers: ['x.io/a', 'x.io/b'] }) },
      { op: 'apply', manager: 'one', body: configMap({}, { finalizers: ['x.io/b', 'x.io/c'] }) },
      { op: 'apply', manager: 'one', body: configMap({}, { finalizers: ['x.io/c'] }) },
      { op: 'merge', manager: 'other', body: { metadata: { finalizers: null } } },
    ],
  },
  {
    name: 'deployment: containers by name, defaults belong to nobody who applies',
    kind: 'Deployment',
    steps: [
      {
        op: 'apply',
        manager: 'one',
        body: deployment({
          replicas: 2,
          ...template([
            {
              name: 'a',
              image: 'nginx:1',
              ports: [{ containerPort: 80 }, { containerPort: 53, protocol: 'UDP' }],
              env: [{ name: 'X', value: '1' }],
            },
          ]),
        }),
      },
      { op: 'apply', manager: 'two', body: deployment({ ...template([{ name: 'b', image: 'busybox' }]) }) },
      {
        op: 'apply',
        manager: 'two',
        body: deployment({ replicas: 3, ...template([{ name: 'a', image: 'nginx:2' }]) }),
      },
      { op: 'merge', manager: 'scaler', body: { spec: { replicas: 5 } } },
      {
        op: 'apply',
        manager: 'one',
        body: deployment({ replicas: 2, ...template([{ name: 'a', image: 'nginx:1' }]) }),
      },
      { op: 'apply', manager: 'one', body: deployment({ ...template([{ name: 'a', image: 'nginx:1' }]) }) },
    ],
  },
  {
    name: 'deployment: created by an update manager',
    kind: 'Deployment',
    steps: [
      {
        op: 'create',
        manager: 'maker',
        body: deployment(
          {
            ...template(
              [
                {
                  name: 'a',
                  image: 'nginx',
                  env: [{ name: 'A', value: '1' }],
                  resources: { limits: { cpu: '1' } },
                  volumeMounts: [{ name: 'v', mountPath: '/x' }],
                },
              ],
              {
                volumes: [{ name: 'v', emptyDir: {} }],
                nodeSelector: { a: 'b' },
                tolerations: [{ key: 'k', operator: 'Exists' }],
                serviceAccountName: 'sa',
              },
            ),
          },
          { labels: { q: 'r' } },
        ),
      },
      {
        op: 'merge',
        manager: 'other',
        body: { spec: { template: { spec: { containers: [{ name: 'a', image: 'nginx:2' }] } } } },
      },
      {
        op: 'merge',
        manager: 'status',
        body: { status: { replicas: 1, conditions: [{ type: 'Available', status: 'True' }] } },
        subresource: 'status',
      },
      {
        op: 'apply',
        manager: 'statusapplier',
        body: {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'subject' },
          status: { readyReplicas: 1 },
        },
        subresource: 'status',
      },
      {
        op: 'apply',
        manager: 'statusapplier',
        body: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'subject' }, status: { replicas: 7 } },
        subresource: 'status',
      },
    ],
  },
  {
    name: 'service: ports keyed by port and protocol',
    kind: 'Service',
    steps: [
      {
        op: 'create',
        manager: 'maker',
        body: service(
          [
            { name: 'a', port: 80 },
            { name: 'b', port: 53, protocol: 'UDP' },
          ],
          { selector: { app: 'x' } },
        ),
      },
      { op: 'apply', manager: 'one', body: service([{ name: 'a', port: 80, targetPort: 8080 }]) },
      { op: 'apply', manager: 'one', body: service([{ name: 'a', port: 80, targetPort: 8080 }]), force: true },
      { op: 'apply', manager: 'one', body: service([{ name: 'c', port: 90 }]) },
    ],
  },
  {
    name: 'role: atomic rules',
    kind: 'Role',
    steps: [
      {
        op: 'create',
        manager: 'maker',
        body: {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'Role',
          metadata: { name: 'subject' },
          rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
        },
      },
      {
        op: 'apply',
        manager: 'one',
        body: {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'Role',
          metadata: { name: 'subject' },
          rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }],
        },
      },
    ],
  },
  {
    name: 'service account: secrets by name',
    kind: 'ServiceAccount',
    steps: [
      {
        op: 'create',
        manager: 'maker',
        body: {
          apiVersion: 'v1',
          kind: 'ServiceAccount',
          metadata: { name: 'subject' },
          secrets: [{ name: 's1' }],
          imagePullSecrets: [{ name: 'p1' }],
        },
      },
      {
        op: 'apply',
        manager: 'one',
        body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'subject' }, secrets: [{ name: 's2' }] },
      },
      {
        op: 'apply',
        manager: 'one',
        body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'subject' } },
      },
    ],
  },
  {
    name: 'an apply that does not fit its type',
    kind: 'Deployment',
    steps: [
      { op: 'apply', manager: 'one', body: deployment({ replicas: 'two', ...template([{ name: 'a', image: 'x' }]) }) },
      { op: 'apply', manager: 'one', body: deployment({ repplicas: 2, ...template([{ name: 'a', image: 'x' }]) }) },
      {
        op: 'apply',
        manager: 'one',
        body: deployment({
          ...template([
            { name: 'a', image: 'x' },
            { name: 'a', image: 'y' },
          ]),
        }),
      },
      { op: 'apply', manager: 'one', body: deployment({ ...template([{ image: 'x' }]) }) },
      { op: 'apply', manager: 'one', body: deployment({ template: 'x' }) },
      { op: 'apply', manager: 'one', body: deployment({ paused: 3, ...template([{ name: 'a', image: 7 }]) }) },
    ],
  },
  {
    name: 'widget: create, update, status',
    kind: 'Widget',
    steps: [
      {
        op: 'create',
        manager: 'maker',
        body: widget({
          size: 1,
          items: [
            { id: 'a', value: 1 },
            { id: 'b', value: 2 },
          ],
          tags: ['x', 'y'],
          plain: [1, 2],
          free: { a: { b: 1 } },
          config: { x: '1' },
        }),
      },
      {
        op: 'merge',
        manager: 'controller',
        body: { status: { ready: true, messages: ['one'] } },
        subresource: 'status',
      },
      {
        op: 'merge',
        manager: 'controller',
        body: { status: { ready: true, messages: ['one', 'two'] }, spec: { size: 99 } },
        subresource: 'status',
      },
      {
        op: 'merge',
        manager: 'other',
        body: {
          spec: {
            items: [
              { id: 'b', value: 3 },
              { id: 'c', value: 4 },
            ],
            tags: ['y', 'z'],
            free: { a: { c: 2 } },
          },
        },
      },
      { op: 'apply', manager: 'statusapplier', body: widget(undefined, { ready: false }), subresource: 'status' },
      {
        op: 'apply',
        manager: 'statusapplier',
        body: widget(undefined, { ready: false }),
        subresource: 'status',
        force: true,
      },
    ],
  },
  {
    name: 'widget: list maps, sets, atomics under apply',
    kind: 'Widget',
    steps: [
      {
        op: 'apply',
        manager: 'one',
        body: widget({
          items: [
            { id: 'a', value: 1 },
            { id: 'b', value: 2 },
          ],
          tags: ['x', 'y'],
          plain: [1],
          config: { x: '1', y: '2' },
        }),
      },
      {
        op: 'apply',
        manager: 'two',
        body: widget({
          items: [
            { id: 'c', value: 3 },
            { id: 'a', note: 'n' },
          ],
          tags: ['z', 'x'],
        }),
      },
      { op: 'apply', manager: 'two', body: widget({ items: [{ id: 'b', value: 7 }], plain: [2], config: { x: '1' } }) },
      {
        op: 'apply',
        manager: 'two',
        body: widget({ items: [{ id: 'b', value: 7 }], plain: [2], config: { x: '1' } }),
        force: true,
      },
      { op: 'apply', manager: 'one', body: widget({ items: [{ id: 'a', value: 1 }] }) },
      { op: 'apply', manager: 'one', body: widget({}) },
      { op: 'apply', manager: 'one', body: widget() },
    ],
  },
  {
    name: 'widget: free-form field',
    kind: 'Widget',
    steps: [
      { op: 'apply', manager: 'one', body: widget({ free: { a: 1, b: { c: [1, 2], d: null, e: {} } } }) },
      { op: 'apply', manager: 'two', body: widget({ free: { a: 2 } }) },
      { op: 'apply', manager: 'two', body: widget({ free: { b: { x: 1 } } }) },
      { op: 'merge', manager: 'three', body: { spec: { free: { a: { now: 'a map' }, b: 'a string' } } } },
      { op: 'apply', manager: 'two', body: widget({ free: {} }) },
    ],
  },
  {
    name: 'widget: defaults',
    kind: 'Widget',
    steps: [
      { op: 'apply', manager: 'one', body: widget({ color: 'blue' }) },
      { op: 'apply', manager: 'one', body: widget({ size: 2 }) },
      { op: 'create', manager: 'again', body: widget({ size: 2 }) },
    ],
  },
  {
    name: 'widget: an apply that does not fit',
    kind: 'Widget',
    steps: [
      { op: 'apply', manager: 'one', body: widget({ size: 'x' }) },
      { op: 'apply', manager: 'one', body: widget({ unknown: 1 }) },
      { op: 'apply', manager: 'one', body: widget({ items: [{ value: 1 }] }) },
      { op: 'apply', manager: 'one', body: widget({ items: { a: 1 } }) },
      { op: 'apply', manager: 'one', body: widget({ tags: ['a', 'a'] }) },
      { op: 'apply', manager: 'one', body: widget({ tags: [{ a: 1 }] }) },
    ],
  },
  {
    name: 'widget: same values by two appliers, then one leaves',
    kind: 'Widget',
    steps: [
      {
        op: 'apply',
        manager: 'one',
        body: widget({ size: 1, items: [{ id: 'a', value: 1 }] }, undefined, { labels: { l: '1' } }),
      },
      {
        op: 'apply',
        manager: 'two',
        body: widget({ size: 1, items: [{ id: 'a', value: 1 }] }, undefined, { labels: { l: '1' } }),
      },
      { op: 'apply', manager: 'one', body: widget({ items: [{ id: 'a' }] }) },
      { op: 'apply', manager: 'two', body: widget() },
    ],
  },
  {
    name: 'widget: an update takes an applier its fields',
    kind: 'Widget',
    steps: [
      { op: 'apply', manager: 'one', body: widget({ size: 1, color: 'red' }) },
      { op: 'update', manager: 'editor', body: widget({ size: 2, color: 'red', tags: ['q'] }) },
      { op: 'apply', manager: 'one', body: widget({ size: 1, color: 'red' }) },
      { op: 'apply', manager: 'one', body: widget({ color: 'red' }) },
    ],
  },
];
