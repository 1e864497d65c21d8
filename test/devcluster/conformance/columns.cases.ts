/** What `kubectl get` shows: every column of a kind, wide ones too, of objects whose status says something. */
import type { Case, Step } from './harness.ts';
import { type Fields, merge } from './steps.ts';

const accept = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
const labels = { app: 'x' };
const template = {
  metadata: { labels },
  spec: {
    containers: [
      { name: 'c', image: 'nginx' },
      { name: 'd', image: 'busybox' },
    ],
  },
};
const selector = { matchLabels: labels };

/** An object with a status, and the Table of it. */
function shown(
  name: string,
  group: string,
  plural: string,
  kind: string,
  body: Fields,
  status?: Fields,
  cluster = false,
  named?: string,
): Case {
  const root = group.includes('/') ? `/apis/${group}` : `/api/${group}`;
  const path = cluster ? `${root}/${plural}` : `${root}/namespaces/{ns}/${plural}`;
  const own = named ?? (cluster ? '{ns}' : 'a');
  const { metadata, ...rest } = body;
  const steps: Step[] = [
    {
      path,
      body: { apiVersion: group, kind, metadata: { name: own, ...(metadata as Fields | undefined) }, ...rest },
      quiet: true,
    },
  ];
  if (status !== undefined)
    steps.push({ method: 'PATCH', path: `${path}/${own}/status`, body: { status }, type: merge, quiet: true });
  steps.push({ path: `${path}/${own}?includeObject=None`, headers: accept });
  return { area: 'columns', name: `${plural}: ${name}`, steps };
}

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

const time = '2026-01-02T03:04:05Z';
const ready = (name: string, more: Fields = {}): Fields => ({
  name,
  image: 'x',
  imageID: '',
  ready: true,
  restartCount: 0,
  state: { running: { startedAt: time } },
  ...more,
});
const waiting = (name: string, reason: string): Fields =>
  ready(name, { ready: false, state: { waiting: { reason } }, restartCount: 3 });
const ended = (name: string, reason: string, exitCode: number, signal = 0): Fields =>
  ready(name, {
    ready: false,
    state: { terminated: { reason, exitCode, signal, startedAt: time, finishedAt: time } },
    lastState: { terminated: { reason, exitCode, startedAt: time, finishedAt: time } },
    restartCount: 2,
  });
const podWith = (name: string, status: Fields, spec: Fields = {}): Case =>
  shown(name, 'v1', 'pods', 'Pod', { spec: { containers: template.spec.containers, ...spec } }, status);
const init = (...names: string[]): Fields => ({ initContainers: names.map((name) => ({ name, image: 'x' })) });
const sidecar = {
  initContainers: [
    { name: 's', image: 'x', restartPolicy: 'Always' },
    { name: 'i', image: 'x' },
  ],
};

const pods: Case[] = [
  podWith('pending', {}),
  podWith('running', {
    phase: 'Running',
    podIP: '10.1.2.3',
    podIPs: [{ ip: '10.1.2.3' }],
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [ready('c'), ready('d')],
  }),
  podWith('one not ready', { phase: 'Running', containerStatuses: [ready('c'), ready('d', { ready: false })] }),
  podWith('crashing', { phase: 'Running', containerStatuses: [waiting('c', 'CrashLoopBackOff'), ready('d')] }),
  podWith('an image that is not there', {
    phase: 'Pending',
    containerStatuses: [waiting('c', 'ImagePullBackOff'), waiting('d', 'ErrImagePull')],
  }),
  podWith('creating', { phase: 'Pending', containerStatuses: [waiting('c', 'ContainerCreating')] }),
  podWith(
    'completed',
    { phase: 'Succeeded', containerStatuses: [ended('c', 'Completed', 0), ended('d', 'Completed', 0)] },
    { restartPolicy: 'Never' },
  ),
  podWith('failed', { phase: 'Failed', containerStatuses: [ended('c', 'Error', 1)] }, { restartPolicy: 'Never' }),
  podWith('out of memory', { phase: 'Failed', containerStatuses: [ended('c', 'OOMKilled', 137)] }),
  podWith('by a signal', { phase: 'Failed', containerStatuses: [ended('c', '', 0, 9)] }),
  podWith('by an exit code', { phase: 'Failed', containerStatuses: [ended('c', '', 3)] }),
  podWith('evicted', { phase: 'Failed', reason: 'Evicted', message: 'low' }),
  podWith('node lost', { phase: 'Running', reason: 'NodeLost', containerStatuses: [ready('c')] }),
  podWith('running again', {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [ended('c', 'Completed', 0), ready('d')],
  }),
  podWith('running again, not ready', {
    phase: 'Running',
    containerStatuses: [ended('c', 'Completed', 0), ready('d')],
  }),
  podWith('gated', {}, { schedulingGates: [{ name: 'example.com/g' }] }),
  podWith('gate condition', { conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] }),
  podWith('nominated', { nominatedNodeName: 'n1' }),
  podWith(
    'readiness gates',
    { conditions: [{ type: 'a/b', status: 'True' }] },
    { readinessGates: [{ conditionType: 'a/b' }, { conditionType: 'c/d' }] },
  ),
  podWith(
    'init 0/2',
    { phase: 'Pending', initContainerStatuses: [ready('i', { ready: false }), waiting('j', 'PodInitializing')] },
    init('i', 'j'),
  ),
  podWith(
    'init 1/2',
    { phase: 'Pending', initContainerStatuses: [ended('i', 'Completed', 0), waiting('j', 'PodInitializing')] },
    init('i', 'j'),
  ),
  podWith('init crashing', { phase: 'Pending', initContainerStatuses: [waiting('i', 'CrashLoopBackOff')] }, init('i')),
  podWith('init failed', { phase: 'Pending', initContainerStatuses: [ended('i', 'Error', 1)] }, init('i')),
  podWith('init signal', { phase: 'Pending', initContainerStatuses: [ended('i', '', 1, 9)] }, init('i')),
  podWith('init exit code', { phase: 'Pending', initContainerStatuses: [ended('i', '', 5)] }, init('i')),
  podWith(
    'initialized',
    {
      phase: 'Running',
      conditions: [{ type: 'Initialized', status: 'True' }],
      initContainerStatuses: [ended('i', 'Completed', 0)],
      containerStatuses: [ready('c'), ready('d')],
    },
    init('i'),
  ),
  podWith(
    'sidecar',
    {
      phase: 'Running',
      conditions: [{ type: 'Initialized', status: 'True' }],
      initContainerStatuses: [ready('s', { started: true, restartCount: 4 }), ended('i', 'Completed', 0)],
      containerStatuses: [ready('c'), ready('d')],
    },
    sidecar,
  ),
  podWith(
    'sidecar that starts',
    { phase: 'Pending', initContainerStatuses: [ready('s', { started: false, ready: false })] },
    sidecar,
  ),
];

const deployment = { spec: { replicas: 3, selector, template } };
const revision = { spec: { replicas: 2, selector, template } };
const job = (spec: Fields = {}): Fields => ({
  spec: {
    ...spec,
    suspend: true,
    template: { spec: { restartPolicy: 'Never', containers: template.spec.containers } },
  },
});
const service = (spec: Fields): Fields => ({
  spec: {
    ports: [
      { name: 'a', port: 80 },
      { name: 'b', port: 443, protocol: 'UDP' },
    ],
    ...spec,
  },
});
const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' };
const hpa = (metrics: readonly unknown[]): Fields => ({ spec: { maxReplicas: 5, scaleTargetRef: target, metrics } });

const others: Case[] = [
  shown('new', 'apps/v1', 'deployments', 'Deployment', deployment),
  shown('rolling', 'apps/v1', 'deployments', 'Deployment', deployment, {
    replicas: 4,
    readyReplicas: 2,
    updatedReplicas: 1,
    availableReplicas: 2,
  }),
  shown('scaled to none', 'apps/v1', 'deployments', 'Deployment', {
    spec: {
      replicas: 0,
      selector: {
        matchExpressions: [
          { key: 'app', operator: 'In', values: ['x', 'y'] },
          { key: 'z', operator: 'DoesNotExist' },
        ],
      },
      template,
    },
  }),
  shown('ready', 'apps/v1', 'replicasets', 'ReplicaSet', revision, { replicas: 2, readyReplicas: 1 }),
  shown(
    'ready',
    'apps/v1',
    'statefulsets',
    'StatefulSet',
    { spec: { ...revision.spec, serviceName: 's' } },
    { replicas: 2, readyReplicas: 1 },
  ),
  shown(
    'ready',
    'apps/v1',
    'daemonsets',
    'DaemonSet',
    { spec: { selector, template: { ...template, spec: { ...template.spec, nodeSelector: { a: 'b', c: 'd' } } } } },
    {
      desiredNumberScheduled: 3,
      currentNumberScheduled: 2,
      numberReady: 1,
      numberMisscheduled: 0,
      updatedNumberScheduled: 1,
      numberAvailable: 1,
    },
  ),
  shown(
    'ready',
    'v1',
    'replicationcontrollers',
    'ReplicationController',
    { spec: { replicas: 2, selector: labels, template } },
    { replicas: 2, readyReplicas: 1 },
  ),
  shown('data', 'apps/v1', 'controllerrevisions', 'ControllerRevision', {
    revision: 3,
    data: { a: 1 },
  }),
  shown('suspended', 'batch/v1', 'jobs', 'Job', job({ completions: 5, parallelism: 2, managedBy: 'example.com/x' })),
  shown('without completions', 'batch/v1', 'jobs', 'Job', job({ parallelism: 3, managedBy: 'example.com/x' })),
  shown('complete', 'batch/v1', 'jobs', 'Job', job({ managedBy: 'example.com/x' }), {
    startTime: time,
    completionTime: '2026-01-02T03:05:10Z',
    succeeded: 1,
    uncountedTerminatedPods: {},
    conditions: [
      { type: 'SuccessCriteriaMet', status: 'True', reason: 'r', message: 'm' },
      { type: 'Complete', status: 'True', reason: 'r', message: 'm' },
    ],
  }),
  shown('failed', 'batch/v1', 'jobs', 'Job', job({ managedBy: 'example.com/x' }), {
    startTime: time,
    failed: 1,
    uncountedTerminatedPods: {},
    conditions: [
      { type: 'FailureTarget', status: 'True', reason: 'r', message: 'm' },
      { type: 'Failed', status: 'True', reason: 'r', message: 'm' },
    ],
  }),
  shown('failure is near', 'batch/v1', 'jobs', 'Job', job({ managedBy: 'example.com/x' }), {
    startTime: time,
    conditions: [{ type: 'FailureTarget', status: 'True', reason: 'r', message: 'm' }],
  }),
  shown(
    'zone, active',
    'batch/v1',
    'cronjobs',
    'CronJob',
    {
      spec: {
        schedule: '*/5 * * * *',
        timeZone: 'Europe/Berlin',
        suspend: true,
        jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: template.spec.containers } } } },
      },
    },
    { active: [{ kind: 'Job', name: 'j' }], lastScheduleTime: time },
  ),
  shown('cluster address', 'v1', 'services', 'Service', service({ clusterIP: 'None', selector: { a: 'b', c: 'd' } })),
  shown(
    'external addresses',
    'v1',
    'services',
    'Service',
    service({ clusterIP: 'None', externalIPs: ['1.2.3.4', '5.6.7.8'] }),
  ),
  shown('external name', 'v1', 'services', 'Service', service({ type: 'ExternalName', externalName: 'x.example.com' })),
  shown('no ports', 'v1', 'services', 'Service', { spec: { clusterIP: 'None', selector: labels } }),
  shown('three subsets', 'v1', 'endpoints', 'Endpoints', {
    subsets: [
      {
        addresses: [{ ip: '10.0.9.1' }, { ip: '10.0.9.2' }, { ip: '10.0.9.3' }, { ip: '10.0.9.4' }],
        ports: [{ port: 80 }],
      },
      { addresses: [{ ip: '10.0.9.5' }], ports: [{ name: 'x', port: 81 }] },
    ],
  }),
  shown('none', 'v1', 'endpoints', 'Endpoints', {}),
  shown('many', 'discovery.k8s.io/v1', 'endpointslices', 'EndpointSlice', {
    addressType: 'IPv4',
    endpoints: [1, 2, 3, 4, 5].map((n) => ({ addresses: [`10.0.9.${n}`] })),
    ports: [
      { name: 'a', port: 80 },
      { name: 'b', port: 81 },
      { name: 'c', port: 82 },
      { name: 'd', port: 83 },
    ],
  }),
  shown('neither', 'discovery.k8s.io/v1', 'endpointslices', 'EndpointSlice', { addressType: 'IPv4', endpoints: [] }),
  shown(
    'hosts',
    'networking.k8s.io/v1',
    'ingresses',
    'Ingress',
    {
      spec: {
        ingressClassName: 'c',
        tls: [{ hosts: ['a.b'] }],
        rules: ['a.b', 'c.d', 'e.f', 'g.h'].map((host) => ({ host })),
      },
    },
    { loadBalancer: { ingress: [{ ip: '1.2.3.4' }, { hostname: 'x.y' }] } },
  ),
  shown('no hosts', 'networking.k8s.io/v1', 'ingresses', 'Ingress', {
    spec: { defaultBackend: { service: { name: 's', port: { name: 'x' } } } },
  }),
  shown(
    'default',
    'networking.k8s.io/v1',
    'ingressclasses',
    'IngressClass',
    {
      metadata: { annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } },
      spec: { controller: 'a.b/c', parameters: { apiGroup: 'x.y', kind: 'K', name: 'n' } },
    },
    undefined,
    true,
  ),
  shown('selector', 'networking.k8s.io/v1', 'networkpolicies', 'NetworkPolicy', {
    spec: {
      podSelector: { matchLabels: { a: 'b' }, matchExpressions: [{ key: 'c', operator: 'NotIn', values: ['d', 'e'] }] },
    },
  }),
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

export const columnCases: readonly Case[] = [...pods, ...others];
