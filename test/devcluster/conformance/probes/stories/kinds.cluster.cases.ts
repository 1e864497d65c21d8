/** Probes of what a cluster is set up with: ranges of addresses, drivers, webhooks, nodes, roles. */
import type { Case } from '../../harness.ts';
import { casesOf, code, create, type Fields, gone, pick, quiet, read, remove } from '../../steps.ts';
import { of, shown, types } from './requests.ts';

const one = casesOf('probes-kinds', 'cluster: ');

const cidr = of('networking.k8s.io/v1', 'servicecidrs', 'ServiceCIDR');
const csiNode = of('storage.k8s.io/v1', 'csinodes', 'CSINode');
const capacity = of('storage.k8s.io/v1', 'csistoragecapacities', 'CSIStorageCapacity', 'a', true);
const validating = of(
  'admissionregistration.k8s.io/v1',
  'validatingwebhookconfigurations',
  'ValidatingWebhookConfiguration',
);
const mutating = of('admissionregistration.k8s.io/v1', 'mutatingwebhookconfigurations', 'MutatingWebhookConfiguration');
const hook = (name: string, more: Fields = {}): Fields => ({
  name: `${name}.x.io`,
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
  clientConfig: { url: 'https://127.0.0.1:1/' },
  namespaceSelector: { matchLabels: { never: 'ever' } },
  rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
  ...more,
});
const node = of('v1', 'nodes', 'Node');
const rc = of('v1', 'replicationcontrollers', 'ReplicationController', 'a', true);
const namespace = of('v1', 'namespaces', 'Namespace');
const crb = of('rbac.authorization.k8s.io/v1', 'clusterrolebindings', 'ClusterRoleBinding');
const cr = of('rbac.authorization.k8s.io/v1', 'clusterroles', 'ClusterRole');

export const clusterStories: readonly Case[] = [
  one(
    'ranges of Services',
    cidr.dry({ spec: { cidrs: ['10.9.0.0/24'] } }),
    cidr.dry({ spec: {} }),
    cidr.dry({ spec: { cidrs: ['x'] } }),
    cidr.dry({ spec: { cidrs: ['10.9.0.1/24'] } }),
    cidr.dry({ spec: { cidrs: ['10.9.0.0/24', '10.8.0.0/24'] } }),
    cidr.dry({ spec: { cidrs: ['10.9.0.0/24', 'fd00::/112', 'fd01::/112'] } }),
  ),
  one(
    'nodes of CSI, and room of storage',
    csiNode.post({ spec: { drivers: [{ name: 'x.io', nodeID: 'n', topologyKeys: ['zone'] }] } }),
    csiNode.patch({ spec: { drivers: [{ name: 'x.io', nodeID: 'm' }] } }),
    shown(
      csiNode.patch({
        spec: {
          drivers: [
            { name: 'x.io', nodeID: 'n', topologyKeys: ['zone'] },
            { name: 'y.io', nodeID: 'n', allocatable: { count: 3 } },
          ],
        },
      }),
      'spec',
    ),
    csiNode.dry(
      {
        spec: {
          drivers: [
            { name: '', nodeID: '' },
            { name: 'a', nodeID: 'x', topologyKeys: ['a b'], allocatable: { count: -1 } },
          ],
        },
      },
      { name: 'c-{ns}' },
    ),
    capacity.post({ storageClassName: 'c', capacity: '1Gi', nodeTopology: { matchLabels: { a: 'b' } } }),
    capacity.patch({ storageClassName: 'd' }),
    capacity.patch({ nodeTopology: { matchLabels: { a: 'c' } } }),
    shown(capacity.patch({ capacity: '2048Mi', maximumVolumeSize: '1' }), 'capacity', 'maximumVolumeSize'),
    capacity.patch({ capacity: '-1' }),
    capacity.dry({ storageClassName: '' }, { name: 'c' }),
  ),
  ...[
    ['validating', validating],
    ['mutating', mutating],
  ].map(([kind, hooks]) => {
    const configuration = hooks as typeof validating;
    return one(
      `webhooks, ${kind as string}: as they are kept and changed`,
      configuration.post({
        webhooks: [
          hook('a'),
          hook('b', {
            failurePolicy: 'Ignore',
            timeoutSeconds: 3,
            clientConfig: { service: { namespace: 'n', name: 's' } },
          }),
        ],
      }),
      shown(
        configuration.patch({ webhooks: [{ name: 'a.x.io', timeoutSeconds: 5 }] }, '', 'strategic'),
        'webhooks.*.name',
        'webhooks.*.timeoutSeconds',
        'metadata.generation',
      ),
      configuration.patch({ webhooks: [{ name: 'a.x.io', timeoutSeconds: 50 }] }, '', 'strategic'),
      configuration.patch(
        {
          webhooks: [
            { name: 'c', $patch: 'delete' },
            { name: 'b.x.io', $patch: 'delete' },
          ],
        },
        '',
        'strategic',
      ),
      configuration.apply({ webhooks: [hook('a', { timeoutSeconds: 7 })] }),
      shown(configuration.apply({ webhooks: [hook('d')] }, 'two'), 'webhooks.*.name', 'metadata.managedFields'),
      configuration.put({ webhooks: [] }),
      shown(configuration.patch({ webhooks: null }), 'webhooks', 'metadata.generation'),
      configuration.table(),
      configuration.remove(),
    );
  }),
  one(
    'nodes: conditions, addresses, images and taints by their keys',
    quiet(node.post({ spec: { taints: [{ key: 'a', effect: 'NoSchedule', value: '1' }] } })),
    shown(
      node.patch(
        {
          status: {
            conditions: [
              { type: 'Ready', status: 'True' },
              { type: 'DiskPressure', status: 'False' },
            ],
            addresses: [{ type: 'Hostname', address: 'h' }],
          },
        },
        '/status',
        'strategic',
      ),
      'status.conditions',
      'status.addresses',
    ),
    shown(
      node.patch(
        {
          status: {
            conditions: [{ type: 'Ready', status: 'False', reason: 'R' }],
            addresses: [{ type: 'InternalIP', address: '1.1.1.1' }],
          },
        },
        '/status',
        'strategic',
      ),
      'status.conditions',
      'status.addresses',
    ),
    shown(
      node.patch({ status: { $patch: 'replace', conditions: [] } }, '/status', 'strategic'),
      'status.conditions',
      'status.addresses',
    ),
    shown(node.patch({ spec: { taints: [{ key: 'b', effect: 'NoExecute' }] } }, '', 'strategic'), 'spec.taints'),
    shown(node.apply({ spec: { taints: [{ key: 'c', effect: 'NoSchedule' }] } }), 'spec.taints', 'details', 'message'),
    shown(
      node.apply({ status: { capacity: { cpu: '2', 'x.io/gpu': '1' } } }, 'kubelet', '/status'),
      'status.capacity',
      'metadata.managedFields',
    ),
    node.put({ spec: {} }),
    node.remove(),
  ),
  one(
    'replication controllers: scale and selectors',
    rc.post({
      spec: {
        replicas: 2,
        selector: { a: 'b' },
        template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'n' }] } },
      },
    }),
    rc.get('/scale'),
    rc.patch({ spec: { replicas: 3 } }, '/scale'),
    rc.patch({ spec: { selector: { c: 'd' } } }),
    shown(
      rc.patch({ spec: { selector: { c: 'd' }, template: { metadata: { labels: { c: 'd', a: null } } } } }),
      'spec.selector',
      'metadata.generation',
    ),
    rc.patch({ status: { replicas: 1, readyReplicas: 2 } }, '/status'),
    rc.table(),
    rc.post({ spec: { template: { spec: { containers: [{ name: 'c', image: 'n' }] } } } }, { name: 'b' }),
    { ...rc.remove() },
  ),
  one(
    'namespaces: applied and labelled',
    shown(namespace.apply({}), 'metadata.labels', 'spec', 'status', 'metadata.managedFields'),
    namespace.patch({ metadata: { labels: { 'kubernetes.io/metadata.name': null } } }, '', 'strategic'),
    namespace.patch({ metadata: { annotations: { a: 'b' } } }),
    namespace.patch({ spec: { finalizers: null } }),
    namespace.patch({ status: { conditions: [{ type: 'X', status: 'True', reason: 'R' }] } }, '/status'),
    namespace.table(),
    { ...remove(namespace.at), view: pick('status.phase') },
    { path: namespace.at, until: gone },
  ),
  one(
    'roles of the cluster',
    cr.post({
      rules: [
        { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
        { nonResourceURLs: ['/metrics', '/logs/*'], verbs: ['get'] },
      ],
    }),
    cr.patch({ aggregationRule: { clusterRoleSelectors: [{ matchLabels: { 'a b': 'c' } }] } }),
    cr.patch({ aggregationRule: { clusterRoleSelectors: [] } }),
    cr.patch({ rules: [{ nonResourceURLs: ['/a'], apiGroups: [''], resources: ['x'], verbs: ['get'] }] }),
    cr.patch([{ op: 'remove', path: '/rules/1' }], '', 'json'),
    crb.post({
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'b-{ns}' },
      subjects: [{ kind: 'Group', name: 'g', apiGroup: 'rbac.authorization.k8s.io' }],
    }),
    crb.patch({ roleRef: { name: 'x' } }),
    crb.patch({ subjects: [{ kind: 'ServiceAccount', name: 's' }] }),
    shown(crb.patch({ subjects: null }), 'subjects'),
    crb.table(),
    crb.apply({
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'b-{ns}' },
      subjects: [{ kind: 'User', name: 'u', apiGroup: 'rbac.authorization.k8s.io' }],
    }),
    crb.remove(),
  ),
  one(
    'bindings of pods by their collection',
    create('/api/v1/namespaces/{ns}/bindings', {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: 'nobody' },
      target: { kind: 'Node', name: 'n' },
    }),
    create('/api/v1/namespaces/{ns}/bindings', {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: {},
      target: { kind: 'Node', name: 'n' },
    }),
    read('/api/v1/namespaces/{ns}/bindings'),
    { method: 'DELETE', path: '/api/v1/namespaces/{ns}/bindings' },
  ),
  ...(['daemonsets', 'statefulsets', 'deployments', 'replicasets'] as const).map((plural) =>
    one(
      `${plural}: what is not there`,
      read(`/apis/apps/v1/namespaces/{ns}/${plural}/a`),
      read(`/apis/apps/v1/namespaces/{ns}/${plural}/a/status`),
      read(`/apis/apps/v1/namespaces/{ns}/${plural}/a/scale`),
      { method: 'PUT', path: `/apis/apps/v1/namespaces/{ns}/${plural}/a`, body: {} },
      { method: 'PATCH', path: `/apis/apps/v1/namespaces/{ns}/${plural}/a`, body: {}, type: types.merge },
      remove(`/apis/apps/v1/namespaces/{ns}/${plural}/a`),
      {
        ...read(`/apis/apps/v1/${plural}?fieldSelector=metadata.namespace={ns}`),
        until: code(200),
        view: pick('kind', 'items'),
      },
    ),
  ),
];
