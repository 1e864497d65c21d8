/** Defaults of the builtin kinds, by definition: they hold wherever the definition stands (a pod template, a job template's pod template …). */
import type { JsonObject } from '../types.ts';
import { child, list, objects, record, text } from './access.ts';
import { type Defaults, defaulter, ensure, fill } from './defaulting.ts';
import { container, pod, podSpec, pullPolicy } from './poddefaults.ts';

function service(object: JsonObject): void {
  const spec = ensure(object, 'spec');
  fill(spec, { sessionAffinity: 'None', type: 'ClusterIP' });
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
  else if (typeof record(spec, 'sessionAffinityConfig.clientIP').timeoutSeconds !== 'number') {
    spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: 10800 } };
  }
  for (const port of objects(spec, 'ports')) {
    fill(port, { protocol: 'TCP' });
    if (port.targetPort === undefined || port.targetPort === 0 || port.targetPort === '')
      port.targetPort = port.port ?? 0;
  }
  const type = text(spec, 'type');
  if (
    type === 'NodePort' ||
    type === 'LoadBalancer' ||
    (type === 'ClusterIP' && list(spec, 'externalIPs').length > 0)
  ) {
    fill(spec, { externalTrafficPolicy: 'Cluster' });
  }
  if (type !== 'ExternalName') fill(spec, { internalTrafficPolicy: 'Cluster' });
  if (type === 'LoadBalancer') {
    fill(spec, { allocateLoadBalancerNodePorts: true });
    for (const entry of objects(object, 'status.loadBalancer.ingress'))
      if (text(entry, 'ip') !== '') fill(entry, { ipMode: 'VIP' });
  }
}

function deployment(object: JsonObject): void {
  const spec = ensure(object, 'spec');
  fill(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
  const strategy = ensure(spec, 'strategy');
  fill(strategy, { type: 'RollingUpdate' });
  if (strategy.type === 'RollingUpdate')
    fill(ensure(strategy, 'rollingUpdate'), { maxUnavailable: '25%', maxSurge: '25%' });
}

function statefulSet(object: JsonObject): void {
  const spec = ensure(object, 'spec');
  fill(spec, { replicas: 1, revisionHistoryLimit: 10, podManagementPolicy: 'OrderedReady' });
  claimTemplates(spec);
  const strategy = ensure(spec, 'updateStrategy');
  if (text(strategy, 'type') === '') {
    strategy.type = 'RollingUpdate';
    ensure(strategy, 'rollingUpdate');
  }
  const rolling = child(strategy, 'rollingUpdate');
  if (strategy.type === 'RollingUpdate' && rolling !== undefined) fill(rolling, { partition: 0 });
  fill(ensure(spec, 'persistentVolumeClaimRetentionPolicy'), { whenDeleted: 'Retain', whenScaled: 'Retain' });
}

/** Claims of a StatefulSet carry their kind. */
function claimTemplates(spec: JsonObject): void {
  for (const claim of objects(spec, 'volumeClaimTemplates'))
    fill(claim, { apiVersion: 'v1', kind: 'PersistentVolumeClaim' });
}

function daemonSet(object: JsonObject): void {
  const metadata = ensure(object, 'metadata');
  fill(ensure(metadata, 'annotations'), { 'deprecated.daemonset.template.generation': '0' });
  const spec = ensure(object, 'spec');
  fill(spec, { revisionHistoryLimit: 10 });
  const strategy = ensure(spec, 'updateStrategy');
  fill(strategy, { type: 'RollingUpdate' });
  if (strategy.type === 'RollingUpdate') fill(ensure(strategy, 'rollingUpdate'), { maxUnavailable: 1, maxSurge: 0 });
}

function job(object: JsonObject): void {
  const spec = ensure(object, 'spec');
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  fill(spec, {
    parallelism: 1,
    backoffLimit: spec.backoffLimitPerIndex === undefined ? 6 : 2147483647,
    completionMode: 'NonIndexed',
    suspend: false,
    podReplacementPolicy: spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed',
    manualSelector: false,
  });
  const labels = child(spec, 'template.metadata.labels');
  const metadata = child(object, 'metadata');
  if (labels !== undefined && metadata !== undefined && Object.keys(record(metadata, 'labels')).length === 0)
    metadata.labels = labels;
}

function limitRangeItem(object: JsonObject): void {
  if (object.type !== 'Container') return;
  const limits = { ...record(object, 'max'), ...record(object, 'default') };
  const requests = { ...record(object, 'min'), ...limits, ...record(object, 'defaultRequest') };
  if (Object.keys(limits).length > 0) object.default = limits;
  if (Object.keys(requests).length > 0) object.defaultRequest = requests;
}

const webhook = (object: JsonObject) =>
  fill(object, {
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    namespaceSelector: {},
    objectSelector: {},
    timeoutSeconds: 10,
  });

const mode: Defaults = (object) => fill(object, { defaultMode: 420 });
const replicated: Defaults = (object) => fill(ensure(object, 'spec'), { replicas: 1 });
const protocol: Defaults = (object) => fill(object, { protocol: 'TCP' });

const binding: Defaults = (object) => {
  const reference = child(object, 'roleRef');
  if (reference !== undefined && text(reference, 'apiGroup') === '') reference.apiGroup = 'rbac.authorization.k8s.io';
};

function networkPolicy(object: JsonObject): void {
  const spec = ensure(object, 'spec');
  if (list(spec, 'policyTypes').length > 0) return;
  spec.policyTypes = list(spec, 'egress').length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
}

function autoscaler(object: JsonObject): void {
  const spec = ensure(object, 'spec');
  fill(spec, { minReplicas: 1 });
  if (list(spec, 'metrics').length === 0) {
    spec.metrics = [
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
    ];
  }
  const behavior = child(spec, 'behavior');
  if (behavior === undefined) return;
  const percent = { type: 'Percent', value: 100, periodSeconds: 15 };
  fill(ensure(behavior, 'scaleUp'), {
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max',
    policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }, percent],
  });
  fill(ensure(behavior, 'scaleDown'), { selectPolicy: 'Max', policies: [percent] });
}

/** `stringData` is for writing only: it ends up in `data`, encoded. */
function foldStringData(object: JsonObject): void {
  const given = Object.entries(record(object, 'stringData'));
  delete object.stringData;
  if (given.length === 0) return;
  const encoded = given.map(([key, value]) => [key, Buffer.from(String(value), 'utf8').toString('base64')] as const);
  object.data = Object.fromEntries([...Object.entries(record(object, 'data')), ...encoded]);
}

function definition(object: JsonObject): void {
  const spec = ensure(object, 'spec');
  fill(spec, { conversion: { strategy: 'None' } });
  const names = ensure(spec, 'names');
  if (text(names, 'singular') === '') names.singular = text(names, 'kind').toLowerCase();
  if (text(names, 'listKind') === '' && text(names, 'kind') !== '') names.listKind = `${text(names, 'kind')}List`;
}

function deviceRequest(object: JsonObject): void {
  if (text(object, 'allocationMode') === '') object.allocationMode = 'ExactCount';
  if (object.allocationMode === 'ExactCount' && !object.count) object.count = 1;
}

const core = 'io.k8s.api.core.v1.';
const admission = 'io.k8s.api.admissionregistration.v1.';
const crd = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.';

const defaults: { readonly [definition: string]: Defaults } = {
  [`${core}Container`]: container,
  [`${core}EphemeralContainer`]: container,
  [`${core}ContainerPort`]: protocol,
  [`${core}EndpointPort`]: protocol,
  [`${core}Service`]: service,
  [`${core}Pod`]: pod,
  [`${core}PodStatus`]: (object) => {
    const address = text(object, 'podIP');
    if (address !== '' && text(objects(object, 'podIPs')[0], 'ip') !== address) object.podIPs = [{ ip: address }];
  },
  [`${core}PodSpec`]: podSpec,
  [`${core}ImageVolumeSource`]: (object) => fill(object, { pullPolicy: pullPolicy(text(object, 'reference')) }),
  [`${core}Probe`]: (object) =>
    fill(object, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 }),
  [`${core}GRPCAction`]: (object) => {
    object.service ??= '';
  },
  [`${core}SecretVolumeSource`]: mode,
  [`${core}ConfigMapVolumeSource`]: mode,
  [`${core}DownwardAPIVolumeSource`]: mode,
  [`${core}ProjectedVolumeSource`]: mode,
  [`${core}ServiceAccountTokenProjection`]: (object) => fill(object, { expirationSeconds: 3600 }),
  [`${core}Volume`]: (object) => {
    if (Object.keys(object).every((key) => key === 'name')) object.emptyDir = {};
  },
  [`${core}HostPathVolumeSource`]: (object) => fill(object, { type: '' }),
  [`${core}ISCSIVolumeSource`]: (object) => fill(object, { iscsiInterface: 'default' }),
  [`${core}RBDVolumeSource`]: (object) => fill(object, { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' }),
  [`${core}AzureDiskVolumeSource`]: (object) =>
    fill(object, { cachingMode: 'ReadWrite', fsType: 'ext4', kind: 'Shared', readOnly: false }),
  [`${core}ObjectFieldSelector`]: (object) => fill(object, { apiVersion: 'v1' }),
  [`${core}HTTPGetAction`]: (object) => {
    if (text(object, 'path') === '') object.path = '/';
    fill(object, { scheme: 'HTTP' });
  },
  [`${core}Secret`]: (object) => {
    foldStringData(object);
    fill(object, { type: 'Opaque' });
  },
  [`${core}PersistentVolume`]: (object) => {
    fill(ensure(object, 'status'), { phase: 'Pending' });
    fill(ensure(object, 'spec'), { persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem' });
  },
  [`${core}PersistentVolumeClaim`]: (object) => fill(ensure(object, 'status'), { phase: 'Pending' }),
  [`${core}PersistentVolumeClaimSpec`]: (object) => fill(object, { volumeMode: 'Filesystem' }),
  [`${core}Namespace`]: (object) => {
    const metadata = ensure(object, 'metadata');
    if (text(metadata, 'name') !== '')
      ensure(metadata, 'labels')['kubernetes.io/metadata.name'] = text(metadata, 'name');
    fill(ensure(object, 'status'), { phase: 'Active' });
  },
  [`${core}Node`]: (object) => {
    const spec = child(object, 'spec');
    // The first of the blocks has a field of its own, from before there could be two.
    if (spec !== undefined && text(spec, 'podCIDR') !== '' && list(spec, 'podCIDRs')[0] !== spec.podCIDR)
      spec.podCIDRs = [text(spec, 'podCIDR')];
  },
  [`${core}LimitRangeItem`]: limitRangeItem,
  [`${core}ReplicationController`]: (object) => {
    replicated(object);
    const labels = child(object, 'spec.template.metadata.labels');
    if (labels === undefined) return;
    if (Object.keys(record(object, 'spec.selector')).length === 0) ensure(object, 'spec').selector = { ...labels };
    if (Object.keys(record(object, 'metadata.labels')).length === 0) ensure(object, 'metadata').labels = { ...labels };
  },
  'io.k8s.api.apps.v1.Deployment': deployment,
  'io.k8s.api.apps.v1.StatefulSet': statefulSet,
  'io.k8s.api.apps.v1.DaemonSet': daemonSet,
  'io.k8s.api.apps.v1.ReplicaSet': replicated,
  'io.k8s.api.batch.v1.Job': job,
  'io.k8s.api.batch.v1.CronJob': (object) =>
    fill(ensure(object, 'spec'), {
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
    }),
  'io.k8s.api.batch.v1.PodFailurePolicyOnPodConditionsPattern': (object) => {
    if (text(object, 'status') === '') object.status = 'True';
  },
  'io.k8s.api.networking.v1.NetworkPolicy': networkPolicy,
  'io.k8s.api.networking.v1.NetworkPolicyPort': protocol,
  'io.k8s.api.networking.v1.IngressClassParametersReference': (object) => {
    object.scope ??= 'Cluster';
  },
  'io.k8s.api.rbac.v1.RoleBinding': binding,
  'io.k8s.api.rbac.v1.ClusterRoleBinding': binding,
  'io.k8s.api.rbac.v1.Subject': (object) => {
    if (text(object, 'apiGroup') !== '') return;
    if (object.kind === 'User' || object.kind === 'Group') object.apiGroup = 'rbac.authorization.k8s.io';
  },
  'io.k8s.api.scheduling.v1.PriorityClass': (object) => fill(object, { preemptionPolicy: 'PreemptLowerPriority' }),
  'io.k8s.api.discovery.v1.EndpointPort': (object) => fill(object, { name: '', protocol: 'TCP' }),
  [`${admission}ValidatingWebhook`]: webhook,
  [`${admission}MutatingWebhook`]: (object) => {
    webhook(object);
    fill(object, { reinvocationPolicy: 'Never' });
  },
  [`${admission}RuleWithOperations`]: (object) => fill(object, { scope: '*' }),
  [`${admission}NamedRuleWithOperations`]: (object) => fill(object, { scope: '*' }),
  [`${admission}ServiceReference`]: (object) => fill(object, { port: 443 }),
  [`${admission}ValidatingAdmissionPolicySpec`]: (object) => fill(object, { failurePolicy: 'Fail' }),
  [`${admission}MutatingAdmissionPolicySpec`]: (object) => fill(object, { failurePolicy: 'Fail' }),
  [`${admission}MatchResources`]: (object) =>
    fill(object, { matchPolicy: 'Equivalent', namespaceSelector: {}, objectSelector: {} }),
  [`${crd}CustomResourceDefinition`]: definition,
  [`${crd}ServiceReference`]: (object) => fill(object, { port: 443 }),
  'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.ServiceReference': (object) => fill(object, { port: 443 }),
  'io.k8s.api.autoscaling.v1.HorizontalPodAutoscaler': (object) => {
    fill(ensure(object, 'spec'), { minReplicas: 1 });
    // Other metrics of it are in an annotation.
    const metrics = record(object, 'metadata.annotations')['autoscaling.alpha.kubernetes.io/metrics'];
    if (metrics === undefined) fill(ensure(object, 'spec'), { targetCPUUtilizationPercentage: 80 });
  },
  'io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler': autoscaler,
  'io.k8s.api.flowcontrol.v1.FlowSchemaSpec': (object) => {
    if (!object.matchingPrecedence) object.matchingPrecedence = 1000;
  },
  'io.k8s.api.flowcontrol.v1.ExemptPriorityLevelConfiguration': (object) =>
    fill(object, { nominalConcurrencyShares: 0, lendablePercent: 0 }),
  'io.k8s.api.flowcontrol.v1.LimitedPriorityLevelConfiguration': (object) =>
    fill(object, { nominalConcurrencyShares: 30, lendablePercent: 0 }),
  'io.k8s.api.flowcontrol.v1.QueuingConfiguration': (object) => {
    for (const [field, value] of Object.entries({ handSize: 8, queues: 64, queueLengthLimit: 50 }))
      if (!object[field]) object[field] = value;
  },
  'io.k8s.api.resource.v1.ExactDeviceRequest': deviceRequest,
  'io.k8s.api.resource.v1.DeviceSubRequest': deviceRequest,
  'io.k8s.api.core.v1.NodeStatus': (object) => {
    if (object.allocatable === undefined && object.capacity !== undefined)
      object.allocatable = { ...record(object, 'capacity') } as JsonObject;
  },
  'io.k8s.api.storage.v1.StorageClass': (object) =>
    fill(object, { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' }),
  'io.k8s.api.storage.v1.CSIDriver': (object) => {
    const spec = ensure(object, 'spec');
    fill(spec, {
      attachRequired: true,
      podInfoOnMount: false,
      storageCapacity: false,
      fsGroupPolicy: 'ReadWriteOnceWithFSType',
      requiresRepublish: false,
      seLinuxMount: false,
    });
    if (list(spec, 'volumeLifecycleModes').length === 0) spec.volumeLifecycleModes = ['Persistent'];
  },
};
/** Fills the defaults of the definition `name` in place. */
export const applyDefaults = defaulter(defaults);
