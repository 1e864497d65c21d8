/** The other kinds as a table. */
import type { Case } from '../../harness.ts';
import type { Fields } from '../../steps.ts';
import { accept, selector, shown, template, time } from './shared.ts';

/** The Table that answers the creation: for what a controller of the real server writes to in its own time. */
function shownWhenMade(name: string, path: string, kind: string, spec: Fields, own = '{ns}'): Case {
  const apiVersion = path.split('/').slice(2, 4).join('/');
  const body = { apiVersion, kind, metadata: { name: own }, spec };
  return {
    area: 'columns',
    name: `${path.split('/').at(-1)}: ${name}`,
    steps: [
      { path: `${path}?includeObject=None`, body, headers: accept },
      { method: 'DELETE', path: `${path}/${own}`, quiet: true },
    ],
  };
}

const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' };

const hpa = (metrics: readonly unknown[]): Fields => ({ spec: { maxReplicas: 5, scaleTargetRef: target, metrics } });

export const otherColumns: Case[] = [
  shown('everything', 'networking.k8s.io/v1', 'networkpolicies', 'NetworkPolicy', { spec: { podSelector: {} } }),
  shown(
    'numbers',
    'policy/v1',
    'poddisruptionbudgets',
    'PodDisruptionBudget',
    { spec: { maxUnavailable: '25%', selector } },
    { disruptionsAllowed: 2, currentHealthy: 3, desiredHealthy: 1, expectedPods: 3, observedGeneration: 1 },
  ),
  shown(
    'resource',
    'autoscaling/v2',
    'horizontalpodautoscalers',
    'HorizontalPodAutoscaler',
    hpa([
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
      { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '100Mi' } } },
    ]),
    {
      currentReplicas: 2,
      desiredReplicas: 3,
      currentMetrics: [
        { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 20, averageValue: '10m' } } },
      ],
    },
  ),
  shown(
    'others',
    'autoscaling/v2',
    'horizontalpodautoscalers',
    'HorizontalPodAutoscaler',
    hpa([
      { type: 'Pods', pods: { metric: { name: 'p' }, target: { type: 'AverageValue', averageValue: '5' } } },
      {
        type: 'Object',
        object: { describedObject: target, metric: { name: 'o' }, target: { type: 'Value', value: '7' } },
      },
      { type: 'External', external: { metric: { name: 'e' }, target: { type: 'AverageValue', averageValue: '8' } } },
      {
        type: 'ContainerResource',
        containerResource: { name: 'cpu', container: 'c', target: { type: 'Utilization', averageUtilization: 60 } },
      },
    ]),
  ),
  shown('one version', 'autoscaling/v1', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', {
    spec: { maxReplicas: 5, minReplicas: 2, scaleTargetRef: target, targetCPUUtilizationPercentage: 60 },
  }),
  shown(
    'roles',
    'v1',
    'nodes',
    'Node',
    {
      metadata: {
        labels: {
          'node-role.kubernetes.io/control-plane': '',
          'node-role.kubernetes.io/a': '',
          'kubernetes.io/role': 'b',
        },
      },
      spec: { unschedulable: true },
    },
    {
      conditions: [{ type: 'Ready', status: 'True', lastHeartbeatTime: time, lastTransitionTime: time }],
      addresses: [
        { type: 'ExternalIP', address: '1.1.1.1' },
        { type: 'InternalIP', address: '2.2.2.2' },
      ],
      nodeInfo: {
        kubeletVersion: 'v1.36.0',
        osImage: 'Debian',
        kernelVersion: '6.1',
        containerRuntimeVersion: 'containerd://2',
        machineID: '',
        systemUUID: '',
        bootID: '',
        kubeProxyVersion: '',
        operatingSystem: 'linux',
        architecture: 'amd64',
      },
    },
    true,
  ),
  shown(
    'not ready',
    'v1',
    'nodes',
    'Node',
    {},
    { conditions: [{ type: 'Ready', status: 'False', lastHeartbeatTime: time, lastTransitionTime: time }] },
    true,
  ),
  shown(
    'claimed',
    'v1',
    'persistentvolumeclaims',
    'PersistentVolumeClaim',
    {
      spec: {
        accessModes: ['ReadWriteOnce', 'ReadOnlyMany'],
        volumeName: 'pv',
        storageClassName: 'gold',
        volumeMode: 'Block',
        volumeAttributesClassName: 'vac',
        resources: { requests: { storage: '1Gi' } },
      },
    },
    { phase: 'Bound', accessModes: ['ReadWriteOnce', 'ReadWriteMany'], capacity: { storage: '2Gi' } },
  ),
  shown(
    'volume',
    'v1',
    'persistentvolumes',
    'PersistentVolume',
    {
      spec: {
        capacity: { storage: '5Gi' },
        accessModes: ['ReadWriteOncePod'],
        hostPath: { path: '/x' },
        claimRef: { kind: 'PersistentVolumeClaim', namespace: 'n', name: 'c' },
        storageClassName: 'gold',
        volumeAttributesClassName: 'v',
      },
    },
    { phase: 'Released', reason: 'why' },
    true,
  ),
  shown(
    'default',
    'storage.k8s.io/v1',
    'storageclasses',
    'StorageClass',
    {
      metadata: { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      provisioner: 'a/b',
      reclaimPolicy: 'Retain',
      volumeBindingMode: 'WaitForFirstConsumer',
      allowVolumeExpansion: true,
    },
    undefined,
    true,
  ),
  shown(
    'attached',
    'storage.k8s.io/v1',
    'volumeattachments',
    'VolumeAttachment',
    { spec: { attacher: 'a', nodeName: 'n', source: { persistentVolumeName: 'p' } } },
    { attached: true },
    true,
  ),
  shown(
    'everything',
    'storage.k8s.io/v1',
    'csidrivers',
    'CSIDriver',
    {
      spec: {
        tokenRequests: [{ audience: 'a' }, { audience: '', expirationSeconds: 3600 }],
        volumeLifecycleModes: ['Persistent', 'Ephemeral'],
        requiresRepublish: true,
      },
    },
    undefined,
    true,
  ),
  shown(
    'drivers',
    'storage.k8s.io/v1',
    'csinodes',
    'CSINode',
    {
      spec: {
        drivers: [
          { name: 'd', nodeID: 'n' },
          { name: 'e', nodeID: 'n' },
        ],
      },
    },
    undefined,
    true,
  ),
  shown('capacity', 'storage.k8s.io/v1', 'csistoragecapacities', 'CSIStorageCapacity', {
    storageClassName: 's',
    capacity: '5Gi',
    nodeTopology: { matchLabels: { a: 'b' } },
  }),
  shown(
    'used',
    'v1',
    'resourcequotas',
    'ResourceQuota',
    { spec: { hard: { pods: '4', 'requests.cpu': '2', 'limits.memory': '1Gi', 'limits.cpu': '4' } } },
    {
      hard: { pods: '4', 'requests.cpu': '2', 'limits.memory': '1Gi', 'limits.cpu': '4' },
      used: { pods: '1', 'requests.cpu': '500m', 'limits.memory': '0', 'limits.cpu': '0' },
    },
  ),
  shown('limits', 'v1', 'limitranges', 'LimitRange', { spec: { limits: [{ type: 'Container', max: { cpu: '1' } }] } }),
  shown('types', 'v1', 'secrets', 'Secret', {
    type: 'kubernetes.io/basic-auth',
    data: { username: 'eA==', password: 'eA==' },
  }),
  shown('data', 'v1', 'configmaps', 'ConfigMap', { data: { a: 'b', c: 'd' }, binaryData: { e: 'AA==' } }),
  shown('secrets', 'v1', 'serviceaccounts', 'ServiceAccount', { secrets: [{ name: 'a' }, { name: 'b' }] }),
  shown('old', 'v1', 'events', 'Event', {
    involvedObject: { kind: 'Pod', name: 'p', namespace: '{ns}', fieldPath: 'spec.containers{c}' },
    reason: 'R',
    message: ' m\nn ',
    type: 'Warning',
    firstTimestamp: time,
    lastTimestamp: time,
    count: 4,
    source: { component: 'c', host: 'h' },
  }),
  shown('new', 'events.k8s.io/v1', 'events', 'Event', {
    regarding: { kind: 'Pod', name: 'p', namespace: '{ns}' },
    reason: 'R',
    note: 'n',
    type: 'Normal',
    eventTime: '2026-01-02T03:04:05.000001Z',
    action: 'A',
    reportingController: 'a/b',
    reportingInstance: 'i',
    series: { count: 6, lastObservedTime: '2026-01-02T03:04:05.000001Z' },
  }),
  shown('holder', 'coordination.k8s.io/v1', 'leases', 'Lease', {
    spec: { holderIdentity: 'me', leaseDurationSeconds: 5 },
  }),
  shown('none', 'coordination.k8s.io/v1', 'leases', 'Lease', {}),
  shown(
    'values',
    'scheduling.k8s.io/v1',
    'priorityclasses',
    'PriorityClass',
    { value: 1000, preemptionPolicy: 'Never' },
    undefined,
    true,
  ),
  shown('handler', 'node.k8s.io/v1', 'runtimeclasses', 'RuntimeClass', { handler: 'h' }, undefined, true),
  shown('of a role', 'rbac.authorization.k8s.io/v1', 'rolebindings', 'RoleBinding', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
    subjects: [
      { kind: 'User', name: 'u', apiGroup: 'rbac.authorization.k8s.io' },
      { kind: 'Group', name: 'g', apiGroup: 'rbac.authorization.k8s.io' },
      { kind: 'Group', name: 'h', apiGroup: 'rbac.authorization.k8s.io' },
      { kind: 'ServiceAccount', name: 's', namespace: '{ns}' },
    ],
  }),
  shown(
    'of all',
    'rbac.authorization.k8s.io/v1',
    'clusterrolebindings',
    'ClusterRoleBinding',
    {
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects: [{ kind: 'ServiceAccount', name: 's', namespace: 'default' }],
    },
    undefined,
    true,
  ),
  shown('role', 'rbac.authorization.k8s.io/v1', 'roles', 'Role', { rules: [] }),
  shown(
    'hooks',
    'admissionregistration.k8s.io/v1',
    'validatingwebhookconfigurations',
    'ValidatingWebhookConfiguration',
    {
      webhooks: ['a', 'b'].map((n) => ({
        name: `${n}.hook.example.com`,
        clientConfig: { url: 'https://127.0.0.1:1/x' },
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        rules: [],
      })),
    },
    undefined,
    true,
  ),
  shown(
    'policy',
    'admissionregistration.k8s.io/v1',
    'validatingadmissionpolicies',
    'ValidatingAdmissionPolicy',
    {
      spec: {
        paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
        matchConstraints: {
          resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['none'] }],
        },
        validations: [{ expression: 'true' }, { expression: 'true' }],
      },
    },
    undefined,
    true,
  ),
  shown(
    'binding',
    'admissionregistration.k8s.io/v1',
    'validatingadmissionpolicybindings',
    'ValidatingAdmissionPolicyBinding',
    {
      spec: {
        policyName: 'p',
        validationActions: ['Deny'],
        paramRef: { name: 'x', namespace: 'y', parameterNotFoundAction: 'Allow' },
      },
    },
    undefined,
    true,
  ),
  shown(
    'kind',
    'apiextensions.k8s.io/v1',
    'customresourcedefinitions',
    'CustomResourceDefinition',
    {
      spec: {
        group: 'c-{ns}.example.com',
        scope: 'Cluster',
        names: { plural: 'cols', kind: 'Col' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
      },
    },
    undefined,
    true,
    'cols.c-{ns}.example.com',
  ),
  shownWhenMade(
    'service',
    '/apis/apiregistration.k8s.io/v1/apiservices',
    'APIService',
    {
      group: 'g-{ns}.example.com',
      version: 'v1',
      groupPriorityMinimum: 100,
      versionPriority: 10,
      service: { name: 's', namespace: 'default' },
      insecureSkipTLSVerify: true,
    },
    'v1.g-{ns}.example.com',
  ),
  shown(
    'limited',
    'flowcontrol.apiserver.k8s.io/v1',
    'prioritylevelconfigurations',
    'PriorityLevelConfiguration',
    {
      spec: {
        type: 'Limited',
        limited: {
          nominalConcurrencyShares: 3,
          limitResponse: { type: 'Queue', queuing: { queues: 4, handSize: 2, queueLengthLimit: 5 } },
        },
      },
    },
    undefined,
    true,
  ),
  shownWhenMade('flows', '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas', 'FlowSchema', {
    priorityLevelConfiguration: { name: 'exempt' },
    matchingPrecedence: 7000,
    distinguisherMethod: { type: 'ByUser' },
  }),
  shown('phase', 'v1', 'namespaces', 'Namespace', {}, undefined, true, 'ns-{ns}'),
  shown('template', 'v1', 'podtemplates', 'PodTemplate', { template }),
];
