/** A small valid object of every builtin kind that is stored. */

export interface Kind {
  /** `v1` or `apps/v1`. */
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly body: { readonly [field: string]: unknown };
  /** Where the kind asks for a form of its own; `{ns}` is unique, `{n}` the number of the case. */
  readonly fixedName?: string;
}

const container = { name: 'c', image: 'nginx' };
const labels = { app: 'x' };
const template = { metadata: { labels }, spec: { containers: [container] } };
const selector = { matchLabels: labels };
const never = { ...template, spec: { ...template.spec, restartPolicy: 'Never' } };
const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['none'] };
const hook = {
  name: 'a.hook.example.com',
  clientConfig: { url: 'https://127.0.0.1:1/x' },
  rules: [rule],
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
};
const matchConstraints = { resourceRules: [rule] };
const csr =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlISk1IRUNBUUF3RHpFTk1Bc0dBMVVFQXd3RWRHVnpkREJaTUJNR0J5cUdTTTQ5QWdFR0NDcUdTTTQ5QXdFSApBMElBQkw5SGczZHl2cW1taFExdXRXelZNR0E5YVJ6K1AwQW1sYzVwb01aZGU5VlNZS1lSVW1KQzM2QXAvRHRCCkRyYnFrSzZYYU9aa2JQMGFocW1BUFVPZjRNV2dBREFLQmdncWhrak9QUVFEQWdOSUFEQkZBaUVBaFptZTdIVXUKTXRVS2pFeVMxSXhva0RUM2ZROXl3NmZiQWxSSWkxWXJBOU1DSUcxUkFicTc2SFgyUk1PRGlTRWgrQ1FZNUFaOQoxc1k1eC9TcFU0SWxkMlhICi0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo=';

const ns = (group: string, plural: string, kind: string, body: Kind['body'] = {}): Kind => ({
  group,
  plural,
  kind,
  namespaced: true,
  body,
});
const cluster = (group: string, plural: string, kind: string, body: Kind['body'] = {}, fixedName?: string): Kind => ({
  group,
  plural,
  kind,
  namespaced: false,
  body,
  ...(fixedName === undefined ? {} : { fixedName }),
});

export const kinds: readonly Kind[] = [
  ns('v1', 'configmaps', 'ConfigMap', { data: { a: '1' } }),
  ns('v1', 'endpoints', 'Endpoints', { subsets: [{ addresses: [{ ip: '10.9.8.7' }], ports: [{ port: 80 }] }] }),
  ns('v1', 'events', 'Event', {
    involvedObject: { kind: 'Pod', name: 'p', namespace: '{ns}' },
    reason: 'R',
    message: 'm',
    type: 'Normal',
  }),
  ns('v1', 'limitranges', 'LimitRange', { spec: { limits: [{ type: 'Container', max: { cpu: '1' } }] } }),
  cluster('v1', 'namespaces', 'Namespace', {}, 'x-{ns}'),
  cluster('v1', 'nodes', 'Node'),
  ns('v1', 'persistentvolumeclaims', 'PersistentVolumeClaim', {
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  }),
  cluster('v1', 'persistentvolumes', 'PersistentVolume', {
    spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, hostPath: { path: '/x' } },
  }),
  ns('v1', 'pods', 'Pod', { spec: { containers: [container] } }),
  ns('v1', 'podtemplates', 'PodTemplate', { template }),
  ns('v1', 'replicationcontrollers', 'ReplicationController', { spec: { replicas: 0, template } }),
  ns('v1', 'resourcequotas', 'ResourceQuota', { spec: { hard: { cpu: '1' } } }),
  ns('v1', 'secrets', 'Secret', { data: { a: 'MQ==' } }),
  ns('v1', 'serviceaccounts', 'ServiceAccount'),
  ns('v1', 'services', 'Service', { spec: { clusterIP: 'None', ports: [{ port: 80 }], selector: labels } }),
  cluster('admissionregistration.k8s.io/v1', 'mutatingadmissionpolicies', 'MutatingAdmissionPolicy', {
    spec: {
      matchConstraints,
      reinvocationPolicy: 'Never',
      mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: '[]' } }],
    },
  }),
  cluster('admissionregistration.k8s.io/v1', 'mutatingadmissionpolicybindings', 'MutatingAdmissionPolicyBinding', {
    spec: { policyName: 'none-such' },
  }),
  cluster('admissionregistration.k8s.io/v1', 'mutatingwebhookconfigurations', 'MutatingWebhookConfiguration', {
    webhooks: [hook],
  }),
  cluster('admissionregistration.k8s.io/v1', 'validatingadmissionpolicies', 'ValidatingAdmissionPolicy', {
    spec: { matchConstraints, validations: [{ expression: 'true' }] },
  }),
  cluster('admissionregistration.k8s.io/v1', 'validatingadmissionpolicybindings', 'ValidatingAdmissionPolicyBinding', {
    spec: { policyName: 'none-such', validationActions: ['Deny'] },
  }),
  cluster('admissionregistration.k8s.io/v1', 'validatingwebhookconfigurations', 'ValidatingWebhookConfiguration', {
    webhooks: [hook],
  }),
  cluster(
    'apiregistration.k8s.io/v1',
    'apiservices',
    'APIService',
    {
      spec: {
        group: '{ns}.example.com',
        version: 'v1',
        groupPriorityMinimum: 100,
        versionPriority: 100,
        insecureSkipTLSVerify: true,
        service: { name: 'none', namespace: 'default' },
      },
    },
    'v1.{ns}.example.com',
  ),
  ns('apps/v1', 'controllerrevisions', 'ControllerRevision', { data: { a: 1 }, revision: 1 }),
  ns('apps/v1', 'daemonsets', 'DaemonSet', { spec: { selector, template } }),
  ns('apps/v1', 'deployments', 'Deployment', { spec: { selector, template } }),
  ns('apps/v1', 'replicasets', 'ReplicaSet', { spec: { selector, template } }),
  ns('apps/v1', 'statefulsets', 'StatefulSet', { spec: { serviceName: 's', selector, template } }),
  ns('autoscaling/v1', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' },
      maxReplicas: 3,
      targetCPUUtilizationPercentage: 50,
    },
  }),
  ns('autoscaling/v2', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', {
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' }, maxReplicas: 3 },
  }),
  ns('batch/v1', 'cronjobs', 'CronJob', {
    spec: { schedule: '* * * * *', jobTemplate: { spec: { template: never } } },
  }),
  ns('batch/v1', 'jobs', 'Job', { spec: { suspend: true, template: never } }),
  cluster('certificates.k8s.io/v1', 'certificatesigningrequests', 'CertificateSigningRequest', {
    spec: { signerName: 'example.com/s', usages: ['client auth'], request: csr },
  }),
  ns('coordination.k8s.io/v1', 'leases', 'Lease', { spec: { holderIdentity: 'me', leaseDurationSeconds: 15 } }),
  ns('discovery.k8s.io/v1', 'endpointslices', 'EndpointSlice', {
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.9.8.7'] }],
    ports: [{ port: 80 }],
  }),
  ns('events.k8s.io/v1', 'events', 'Event', {
    eventTime: '2026-01-02T03:04:05.000006Z',
    reportingController: 'example.com/c',
    reportingInstance: 'i',
    action: 'Act',
    reason: 'R',
    note: 'n',
    type: 'Normal',
    regarding: { kind: 'Pod', name: 'p', namespace: '{ns}' },
  }),
  cluster('flowcontrol.apiserver.k8s.io/v1', 'flowschemas', 'FlowSchema', {
    spec: { priorityLevelConfiguration: { name: 'none-such' } },
  }),
  cluster('flowcontrol.apiserver.k8s.io/v1', 'prioritylevelconfigurations', 'PriorityLevelConfiguration', {
    spec: { type: 'Limited', limited: { nominalConcurrencyShares: 1, limitResponse: { type: 'Reject' } } },
  }),
  cluster('networking.k8s.io/v1', 'ingressclasses', 'IngressClass', { spec: { controller: 'example.com/c' } }),
  ns('networking.k8s.io/v1', 'ingresses', 'Ingress', {
    spec: { defaultBackend: { service: { name: 's', port: { number: 80 } } } },
  }),
  cluster(
    'networking.k8s.io/v1',
    'ipaddresses',
    'IPAddress',
    { spec: { parentRef: { resource: 'services', name: 's', namespace: 'default' } } },
    '192.168.77.{n}',
  ),
  ns('networking.k8s.io/v1', 'networkpolicies', 'NetworkPolicy', { spec: { podSelector: {} } }),
  cluster('networking.k8s.io/v1', 'servicecidrs', 'ServiceCIDR', { spec: { cidrs: ['10.96.0.0/24'] } }),
  cluster('node.k8s.io/v1', 'runtimeclasses', 'RuntimeClass', { handler: 'h' }),
  ns('policy/v1', 'poddisruptionbudgets', 'PodDisruptionBudget', { spec: { minAvailable: 1, selector } }),
  cluster('rbac.authorization.k8s.io/v1', 'clusterrolebindings', 'ClusterRoleBinding', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
    subjects: [{ kind: 'User', name: 'u' }],
  }),
  cluster('rbac.authorization.k8s.io/v1', 'clusterroles', 'ClusterRole', {
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
  }),
  ns('rbac.authorization.k8s.io/v1', 'rolebindings', 'RoleBinding', {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
    subjects: [{ kind: 'ServiceAccount', name: 'u', namespace: 'default' }],
  }),
  ns('rbac.authorization.k8s.io/v1', 'roles', 'Role', {
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
  }),
  cluster('resource.k8s.io/v1', 'deviceclasses', 'DeviceClass', {
    spec: { selectors: [{ cel: { expression: "device.driver == 'x.example.com'" } }] },
  }),
  ns('resource.k8s.io/v1', 'resourceclaims', 'ResourceClaim', {
    spec: { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'c' } }] } },
  }),
  ns('resource.k8s.io/v1', 'resourceclaimtemplates', 'ResourceClaimTemplate', {
    spec: { spec: { devices: { requests: [{ name: 'r', exactly: { deviceClassName: 'c' } }] } } },
  }),
  cluster('resource.k8s.io/v1', 'resourceslices', 'ResourceSlice', {
    spec: {
      driver: 'x.example.com',
      nodeName: 'n',
      pool: { name: 'p', generation: 1, resourceSliceCount: 1 },
      devices: [{ name: 'd' }],
    },
  }),
  cluster('scheduling.k8s.io/v1', 'priorityclasses', 'PriorityClass', { value: 5 }),
  cluster('storage.k8s.io/v1', 'csidrivers', 'CSIDriver', { spec: {} }),
  cluster('storage.k8s.io/v1', 'csinodes', 'CSINode', {
    spec: { drivers: [{ name: 'd.example.com', nodeID: 'n', topologyKeys: null }] },
  }),
  ns('storage.k8s.io/v1', 'csistoragecapacities', 'CSIStorageCapacity', { storageClassName: 's' }),
  cluster('storage.k8s.io/v1', 'storageclasses', 'StorageClass', { provisioner: 'example.com/p' }),
  cluster('storage.k8s.io/v1', 'volumeattachments', 'VolumeAttachment', {
    spec: { attacher: 'a', nodeName: 'n', source: { persistentVolumeName: 'p' } },
  }),
  cluster('storage.k8s.io/v1', 'volumeattributesclasses', 'VolumeAttributesClass', {
    driverName: 'example.com/d',
    parameters: { a: 'b' },
  }),
];
