/** What the builtin kinds' validation says of single fields: a small valid object of each kind, with some fields replaced. */
import type { Case, Step } from './harness.ts';
import { type Kind, kinds } from './kinds.objects.ts';
import { merge } from './steps.ts';

/** Values by dotted path; `undefined` removes. */
type Change = { readonly [path: string]: unknown };

/** A copy of an object with values at some paths replaced. */
function changed(object: unknown, change: Change): unknown {
  const copy = JSON.parse(JSON.stringify(object)) as { [key: string]: unknown };
  for (const [path, value] of Object.entries(change)) {
    const parts = path.split('.');
    let holder = copy;
    for (const part of parts.slice(0, -1)) {
      holder[part] ??= {};
      holder = holder[part] as { [key: string]: unknown };
    }
    const last = parts.at(-1) ?? '';
    if (value === undefined) delete holder[last];
    else holder[last] = value;
  }
  return copy;
}

function kindOf(plural: string, group?: string): Kind {
  const found = kinds.find((kind) => kind.plural === plural && (group === undefined || kind.group === group));
  if (found === undefined) throw new Error(`no kind ${plural}`);
  return found;
}

function pathOf({ group, plural, namespaced }: Kind): string {
  const root = group.includes('/') ? `/apis/${group}` : `/api/${group}`;
  return namespaced ? `${root}/namespaces/{ns}/${plural}` : `${root}/${plural}`;
}

function objectOf(kind: Kind, base: Change = {}): unknown {
  const name = kind.fixedName?.replace('{n}', '200') ?? (kind.namespaced ? 'subject' : '{ns}');
  return changed({ apiVersion: kind.group, kind: kind.kind, metadata: { name }, ...kind.body }, base);
}

/** A change as part of a case's name, not too long for one. */
function titled(change: unknown): string {
  const text = JSON.stringify(change, (_, value) => (value === undefined ? '<none>' : value));
  return text.length <= 150 ? text : `${text.slice(0, 150)}… (${text.length})`;
}

/** A create that leaves nothing; in a namespace that is there anyway, unless the object names its own. */
function dryCreate(kind: Kind, body: unknown): Step {
  const path = `${pathOf(kind)}?dryRun=All`;
  return { path: JSON.stringify(body).includes('{ns}') ? path : path.replace('{ns}', 'default'), body };
}

/** Creates as dry runs, one for each change. */
function creates(plural: string, base: Change, changes: readonly Change[], group?: string): Case[] {
  const kind = kindOf(plural, group);
  return changes.map((change) => ({
    area: 'fields',
    name: `${plural}${group === undefined ? '' : ` of ${group}`}: ${titled(change)}`,
    steps: [dryCreate(kind, objectOf(kind, { ...base, ...change }))],
  }));
}

/** One object and merge patches of it, each as a dry run; once `settled` holds of it, where a controller writes to it in its own time. */
function updates(
  plural: string,
  base: Change,
  changes: readonly Change[],
  group?: string,
  settled?: NonNullable<Step['until']>,
): Case[] {
  const kind = kindOf(plural, group);
  const object = objectOf(kind, base) as { metadata: { name: string } };
  const path = pathOf(kind);
  const own = `${path}/${object.metadata.name}`;
  return changes.map((change) => {
    const nulled = Object.fromEntries(Object.entries(change).map(([at, value]) => [at, value ?? null]));
    const steps: Step[] = [
      { path, body: object, quiet: true },
      ...(settled === undefined ? [] : [{ path: own, until: settled, quiet: true }]),
      { method: 'PATCH', path: `${own}?dryRun=All`, body: changed({}, nulled), type: merge },
    ];
    return {
      area: 'fields',
      name: `${plural}${group === undefined ? '' : ` of ${group}`}, update: ${titled(nulled)}`,
      steps,
    };
  });
}

const long = 'x'.repeat(70);

const core: Case[] = [
  ...creates('configmaps', {}, [
    { data: { [long.repeat(4)]: 'x' } },
    { data: { '..': 'x', '.': 'y' } },
    { binaryData: { 'a/b': 'AA==' } },
    { binaryData: { b: 'A' } },
    { immutable: true },
    { 'metadata.annotations': { a: 'x'.repeat(270000) } },
    { 'metadata.labels': { ['k'.repeat(64)]: 'v', 'a/b/c': 'v', '/x': 'v', 'x/': 'v' } },
    { 'metadata.labels': { a: 'v'.repeat(64) } },
    { 'metadata.generateName': 'UPPER-' },
    { 'metadata.selfLink': 'x' },
    { 'metadata.deletionGracePeriodSeconds': 5 },
    { 'metadata.ownerReferences': [{ apiVersion: 'a/b/c', kind: 'X', name: 'x', uid: 'u' }] },
    {
      'metadata.ownerReferences': [
        { apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'u', blockOwnerDeletion: true },
      ],
    },
    {
      'metadata.managedFields': [
        { manager: 'm', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: { 'f:data': {} } },
      ],
    },
    { 'metadata.managedFields': [{ manager: 'm', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV9' }] },
    {
      'metadata.managedFields': [
        { manager: 'm', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: { 'x:data': {} } },
      ],
    },
  ]),
  ...updates('configmaps', { immutable: true }, [
    { data: { a: '2' } },
    { immutable: false },
    { binaryData: { b: 'AA==' } },
    { 'metadata.labels': { a: 'b' } },
  ]),
  ...updates('configmaps', {}, [
    { 'metadata.finalizers': ['a/b', 'nodots'] },
    { 'metadata.deletionTimestamp': '2020-01-01T00:00:00Z' },
    { 'metadata.generateName': 'x-' },
    { 'metadata.selfLink': '/x' },
    { 'metadata.generation': 4 },
    { 'metadata.managedFields': [] },
    { 'metadata.managedFields': [{}] },
    { 'metadata.labels': {} },
    { 'metadata.annotations': {} },
    { 'metadata.ownerReferences': [] },
    { 'metadata.finalizers': [] },
    { 'metadata.uid': null, 'metadata.resourceVersion': null },
    { 'metadata.name': null },
    { 'metadata.namespace': null },
    { 'metadata.creationTimestamp': null },
    { data: null },
    { kind: null },
    { apiVersion: null },
  ]),
  ...creates('secrets', {}, [
    { type: 'kubernetes.io/tls', data: { 'tls.crt': 'eA==' } },
    { type: 'kubernetes.io/dockercfg', data: { '.dockercfg': 'e30=' } },
    { type: 'kubernetes.io/dockercfg', data: { '.dockercfg': 'eA==' } },
    { type: 'kubernetes.io/ssh-auth', data: { 'ssh-privatekey': '' } },
    { type: 'kubernetes.io/basic-auth', data: { username: '' } },
    { type: 'kubernetes.io/basic-auth', data: {} },
    { type: 'bootstrap.kubernetes.io/token' },
    {
      type: 'kubernetes.io/service-account-token',
      'metadata.annotations': { 'kubernetes.io/service-account.name': 'none' },
    },
    {
      type: 'kubernetes.io/service-account-token',
      'metadata.annotations': { 'kubernetes.io/service-account.name': 'default' },
    },
    { data: { 'bad key': 'eA==' } },
    { data: { a: null } },
    { stringData: { a: 1 } },
    { stringData: { '': 'x' } },
    { data: { a: 'A'.repeat(1_500_000) } },
  ]),
  ...updates('secrets', { immutable: true }, [
    { data: { a: 'Mg==' } },
    { immutable: null },
    { stringData: { b: 'c' } },
    { type: 'x' },
  ]),
  ...updates('secrets', {}, [
    { type: 'Other' },
    { type: '' },
    { stringData: { a: 'new' } },
    { data: { a: 'not base64!' } },
  ]),
  ...creates('serviceaccounts', {}, [
    { secrets: [{ name: 'x' }], imagePullSecrets: [{ name: '' }], automountServiceAccountToken: false },
    { 'metadata.annotations': { 'kubernetes.io/enforce-mountable-secrets': 'true' } },
    { 'metadata.name': 'a.b' },
  ]),
  ...creates('namespaces', { 'metadata.name': 'x-{ns}' }, [
    { 'metadata.name': 'a.b' },
    { 'metadata.name': 'UP' },
    { 'metadata.name': 'x'.repeat(64) },
    { 'spec.finalizers': ['nope'] },
    { 'spec.finalizers': ['example.com/x'] },
    { 'spec.finalizers': [] },
    { 'metadata.labels': { 'kubernetes.io/metadata.name': 'other' } },
    { 'status.phase': 'Terminating' },
    { 'metadata.labels': { 'pod-security.kubernetes.io/enforce': 'nope' } },
    { 'metadata.labels': { 'pod-security.kubernetes.io/enforce-version': 'v1.x' } },
    {
      'metadata.labels': {
        'pod-security.kubernetes.io/warn': 'restricted',
        'pod-security.kubernetes.io/warn-version': 'latest',
      },
    },
    { 'metadata.labels': { 'pod-security.kubernetes.io/audit': '' } },
  ]),
  ...updates('namespaces', {}, [
    { 'metadata.labels': { 'kubernetes.io/metadata.name': 'other' } },
    { 'metadata.labels': { 'pod-security.kubernetes.io/enforce': 'restrict' } },
    { spec: { finalizers: [] } },
    { status: { phase: 'Terminating' } },
  ]),
  ...creates('nodes', {}, [
    { 'spec.podCIDR': 'x' },
    { 'spec.podCIDR': '10.0.0.0/24' },
    { 'spec.podCIDRs': ['10.0.0.0/24', '10.1.0.0/24'] },
    {
      'spec.taints': [
        { key: 'a', effect: 'NoSchedule' },
        { key: 'a', effect: 'NoSchedule', value: 'x' },
      ],
    },
    { 'spec.taints': [{ key: 'a b', effect: 'Nope', value: 'x y' }] },
    { 'spec.taints': [{ key: 'a' }] },
    { 'spec.unschedulable': true },
    { 'spec.providerID': 'x://y' },
    { 'status.capacity': { cpu: '4', memory: '8Gi' } },
    { 'status.capacity': { cpu: '-4' } },
    {
      'status.addresses': [
        { type: 'InternalIP', address: '1.2.3.4' },
        { type: 'InternalIP', address: '1.2.3.4' },
      ],
    },
    { 'spec.configSource': { configMap: { name: 'x' } } },
    { 'spec.externalID': 'x' },
  ]),
  ...updates('nodes', { 'spec.podCIDR': '10.77.0.0/24', 'spec.podCIDRs': ['10.77.0.0/24'], 'spec.providerID': 'a' }, [
    { 'spec.podCIDR': '10.78.0.0/24' },
    { 'spec.providerID': 'b' },
    { 'spec.unschedulable': true },
    { 'spec.taints': [{ key: 'a', effect: 'NoExecute' }] },
    { 'status.capacity': { cpu: '4' } },
  ]),
  ...creates('limitranges', {}, [
    { 'spec.limits.0.type': 'Nope' },
    { 'spec.limits.0.max': { cpu: '-1' } },
    { 'spec.limits.0.max': { nope: '1' } },
    { 'spec.limits.0.max': { 'a/b/c': '1' } },
    { 'spec.limits.0.maxLimitRequestRatio': { cpu: '0.5' } },
    { 'spec.limits.0.min': { cpu: '2' } },
    { 'spec.limits.0.min': { cpu: '1' }, 'spec.limits.0.maxLimitRequestRatio': { cpu: '3' } },
    { 'spec.limits.0.default': { cpu: '2' } },
    { 'spec.limits': [] },
    { 'spec.limits.0': { type: 'PersistentVolumeClaim', max: { storage: '1Gi' } } },
    { 'spec.limits.0': { type: 'Pod', default: { cpu: '1' } } },
    { 'spec.limits.0': { type: 'Container', max: { 'hugepages-2Mi': '2Mi' } } },
    { 'spec.limits.0': { type: 'example.com/x', max: { cpu: '1' } } },
  ]),
  ...creates('resourcequotas', {}, [
    { 'spec.hard': { cpu: '-1' } },
    { 'spec.hard': { pods: '1.5' } },
    { 'spec.hard': { nope: '1' } },
    { 'spec.hard': { 'count/pods': '2', 'count/deployments.apps': '3' } },
    { 'spec.hard': { 'requests.nvidia.com/gpu': '4' } },
    { 'spec.hard': { 'limits.nvidia.com/gpu': '4' } },
    { 'spec.hard': { 'gold.storageclass.storage.k8s.io/requests.storage': '1Gi' } },
    { 'spec.hard': { pods: '1' }, 'spec.scopes': ['Terminating', 'NotTerminating'] },
    { 'spec.hard': { pods: '1' }, 'spec.scopes': ['BestEffort', 'NotBestEffort'] },
    { 'spec.hard': { cpu: '1' }, 'spec.scopes': ['BestEffort'] },
    { 'spec.hard': { services: '1' }, 'spec.scopes': ['Terminating'] },
    {
      'spec.hard': { pods: '1' },
      'spec.scopeSelector': { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['a'] }] },
    },
    {
      'spec.hard': { pods: '1' },
      'spec.scopeSelector': { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In' }] },
    },
    {
      'spec.hard': { pods: '1' },
      'spec.scopeSelector': { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'Exists', values: ['a'] }] },
    },
    {
      'spec.hard': { pods: '1' },
      'spec.scopeSelector': { matchExpressions: [{ scopeName: 'Nope', operator: 'Nope' }] },
    },
    {
      'spec.hard': { pods: '1' },
      'spec.scopeSelector': { matchExpressions: [{ scopeName: 'Terminating', operator: 'In', values: ['x'] }] },
    },
    { 'spec.hard': { pods: '1' }, 'spec.scopes': ['BestEffort', 'BestEffort'] },
  ]),
  ...updates(
    'resourcequotas',
    { 'spec.scopes': ['NotBestEffort'] },
    [{ 'spec.scopes': ['Terminating'] }, { 'spec.hard': { cpu: '5' } }],
    undefined,
    ({ body }) => (body as { status?: { used?: unknown } }).status?.used !== undefined,
  ),
  ...creates('endpoints', {}, [
    { 'subsets.0.addresses.0.ip': '127.0.0.1' },
    { 'subsets.0.addresses.0.ip': '' },
    { 'subsets.0.addresses.0.ip': '169.254.1.1' },
    { 'subsets.0.addresses.0.ip': 'x' },
    { 'subsets.0.addresses.0.hostname': 'A_b' },
    { 'subsets.0.addresses.0.nodeName': 'A_b' },
    { 'subsets.0.ports.0.port': 0 },
    { 'subsets.0.ports.0.protocol': 'HTTP' },
    { 'subsets.0.ports': [{ port: 1 }, { port: 2 }] },
    { 'subsets.0.ports.0.name': 'Bad Name' },
    { 'subsets.0.ports.0.appProtocol': 'a b' },
    { 'subsets.0': {} },
  ]),
  ...creates(
    'events',
    {},
    [
      { type: 'Odd' },
      { 'involvedObject.namespace': 'other' },
      { reason: 'r'.repeat(2000) },
      { message: 'm'.repeat(2000) },
      { eventTime: '2026-01-02T03:04:05.000006Z' },
      { eventTime: 'x' },
      { series: { count: 1 } },
      { firstTimestamp: '2026-01-02T03:04:05Z', count: -1 },
      { 'involvedObject.kind': undefined },
      { source: { component: 'c', host: 'h' } },
    ],
    'v1',
  ),
  ...creates(
    'events',
    {},
    [
      { type: 'Odd' },
      { type: undefined },
      { eventTime: undefined },
      { reportingController: 'a b' },
      { reportingController: undefined },
      { reportingInstance: 'x'.repeat(200) },
      { action: 'x'.repeat(200) },
      { reason: 'x'.repeat(200) },
      { note: 'n'.repeat(1100) },
      { series: { count: 1, lastObservedTime: '2026-01-02T03:04:05.000006Z' } },
      { series: { count: 2, lastObservedTime: null } },
      { deprecatedCount: 3 },
      { 'regarding.namespace': 'other' },
      { deprecatedFirstTimestamp: '2026-01-02T03:04:05Z' },
    ],
    'events.k8s.io/v1',
  ),
  ...updates(
    'events',
    {},
    [{ note: 'other' }, { series: { count: 3, lastObservedTime: '2026-01-02T03:04:05.000006Z' } }, { action: 'Other' }],
    'events.k8s.io/v1',
  ),
  ...updates('events', {}, [{ message: 'other' }, { count: 4 }, { reason: 'Z' }], 'v1'),
  ...creates('podtemplates', {}, [
    { 'template.spec.containers': [] },
    { 'template.spec.restartPolicy': 'Never' },
    { template: undefined },
    { 'template.metadata.labels': { 'a b': 'c' } },
  ]),
  ...creates('replicationcontrollers', {}, [
    { 'spec.replicas': -1 },
    { 'spec.replicas': undefined },
    { 'spec.selector': { app: 'y' } },
    { 'spec.selector': {} },
    { 'spec.template': undefined },
    { 'spec.minReadySeconds': -1 },
    { 'spec.template.spec.restartPolicy': 'Never' },
    { 'spec.template.spec.activeDeadlineSeconds': 5 },
    { 'spec.template.metadata.labels': undefined },
  ]),
  ...updates('replicationcontrollers', {}, [{ 'spec.selector': { app: 'z' } }, { 'spec.replicas': 2 }]),
];

const service: Change = { 'spec.clusterIP': undefined };
const services: Case[] = [
  ...creates('services', {}, [
    { 'spec.type': 'LoadBalancer' },
    { 'spec.type': 'NodePort' },
    { 'spec.type': 'ExternalName' },
    { 'spec.type': 'ExternalName', 'spec.externalName': 'a.b', 'spec.clusterIP': undefined },
    { 'spec.type': 'ExternalName', 'spec.externalName': '1.2.3.4', 'spec.clusterIP': undefined },
    { 'spec.type': 'ExternalName', 'spec.externalName': 'a_b', 'spec.clusterIP': undefined },
    { 'spec.type': 'ExternalName', 'spec.externalName': 'a.b.', 'spec.clusterIP': undefined },
    { 'spec.externalName': 'a.b' },
    { 'spec.clusterIP': 'x' },
    { 'spec.clusterIPs': ['None', '10.0.0.1'] },
    { 'spec.clusterIPs': ['10.0.0.1'] },
    { 'spec.ipFamilies': ['IPv6'] },
    { 'spec.ipFamilies': ['IPv4', 'IPv4'] },
    { 'spec.ipFamilies': ['IPv9'] },
    { 'spec.ipFamilyPolicy': 'RequireDualStack' },
    { 'spec.ipFamilyPolicy': 'PreferDualStack' },
    { 'spec.ipFamilyPolicy': 'X' },
    { 'spec.ports.0.port': 70000 },
    { 'spec.ports.0.targetPort': 0 },
    { 'spec.ports.0.targetPort': 'Bad_Port' },
    { 'spec.ports.0.targetPort': '' },
    { 'spec.ports.0.name': 'UP' },
    { 'spec.ports.0.nodePort': 30001 },
    { 'spec.ports.0.appProtocol': 'a b' },
    { 'spec.ports.0.appProtocol': 'kubernetes.io/h2c' },
    {
      'spec.ports': [
        { name: 'a', port: 80 },
        { name: 'a', port: 81 },
      ],
    },
    {
      'spec.ports': [
        { name: 'a', port: 80 },
        { name: 'b', port: 80, protocol: 'UDP' },
      ],
    },
    { 'spec.ports': [] },
    { 'spec.selector': { 'a b': 'c' } },
    { 'spec.sessionAffinity': 'Foo' },
    { 'spec.sessionAffinity': 'ClientIP', 'spec.sessionAffinityConfig': { clientIP: { timeoutSeconds: 0 } } },
    { 'spec.sessionAffinity': 'ClientIP', 'spec.sessionAffinityConfig': { clientIP: { timeoutSeconds: 100000 } } },
    { 'spec.sessionAffinityConfig': { clientIP: { timeoutSeconds: 10 } } },
    { 'spec.externalIPs': ['127.0.0.1'] },
    { 'spec.externalIPs': ['0.0.0.0', '10.1.2.3'] },
    { 'spec.loadBalancerIP': '1.2.3.4' },
    { 'spec.loadBalancerClass': 'x' },
    { 'spec.loadBalancerSourceRanges': ['x'] },
    { 'spec.healthCheckNodePort': 30200 },
    { 'spec.publishNotReadyAddresses': true },
    { 'spec.internalTrafficPolicy': 'Local' },
    { 'spec.internalTrafficPolicy': 'X' },
    { 'spec.externalTrafficPolicy': 'X' },
    { 'spec.trafficDistribution': 'PreferClose' },
    { 'spec.trafficDistribution': 'Nope' },
    { 'spec.trafficDistribution': 'PreferSameZone' },
    { 'metadata.name': '1abc' },
    { 'metadata.name': 'a.b' },
    { 'metadata.annotations': { 'service.kubernetes.io/topology-mode': 'x' } },
    { 'metadata.annotations': { 'service.kubernetes.io/topology-aware-hints': 'auto' } },
    { spec: undefined },
    { 'spec.type': 'x' },
  ]),
  ...creates('services', service, [
    { 'spec.type': 'LoadBalancer', 'spec.externalTrafficPolicy': 'X', 'spec.ports.0.nodePort': 30999 },
    { 'spec.type': 'LoadBalancer', 'spec.loadBalancerSourceRanges': ['x', '10.0.0.0/8'] },
    { 'spec.type': 'LoadBalancer', 'spec.loadBalancerClass': 'no good' },
    { 'spec.type': 'NodePort', 'spec.ports.0.nodePort': 1 },
    { 'spec.type': 'LoadBalancer', 'spec.externalTrafficPolicy': 'Cluster', 'spec.healthCheckNodePort': 30200 },
    { 'spec.clusterIP': '10.200.0.1' },
    { 'spec.clusterIP': '10.0.0.300' },
    { 'spec.clusterIP': '', 'spec.clusterIPs': ['None'] },
  ]),
  ...updates('services', {}, [
    { 'spec.clusterIP': '10.0.0.55' },
    { 'spec.clusterIP': '' },
    { 'spec.type': 'ExternalName' },
    { 'spec.type': 'NodePort' },
    { 'spec.ports': [] },
    { 'spec.ports': [{ port: 90 }] },
    { 'spec.ipFamilyPolicy': 'RequireDualStack' },
    { 'spec.ipFamilies': ['IPv6'] },
    { 'spec.selector': null },
    { 'spec.sessionAffinity': 'ClientIP' },
    { 'spec.type': 'ExternalName', 'spec.externalName': 'a.b', 'spec.clusterIP': null, 'spec.clusterIPs': null },
    { 'metadata.name': 'other' },
  ]),
];

const volumes: Case[] = [
  ...creates('persistentvolumeclaims', {}, [
    { 'spec.accessModes': ['Nope'] },
    { 'spec.accessModes': ['ReadWriteOncePod', 'ReadWriteOnce'] },
    { 'spec.resources.requests.storage': '-1Gi' },
    { 'spec.resources.requests.storage': 'x' },
    { 'spec.resources.requests': {} },
    { 'spec.resources.limits': { storage: '2Gi' } },
    { 'spec.resources.limits': { storage: '1Mi' } },
    { 'spec.volumeMode': 'X' },
    { 'spec.storageClassName': 'BAD_' },
    { 'spec.storageClassName': '' },
    { 'spec.volumeName': 'pv' },
    { 'spec.volumeName': 'BAD_' },
    { 'spec.dataSource': { kind: 'PersistentVolumeClaim', name: 'x' } },
    { 'spec.dataSource': { kind: 'Foo', name: 'x' } },
    { 'spec.dataSource': { kind: 'VolumeSnapshot', apiGroup: 'snapshot.storage.k8s.io', name: '' } },
    { 'spec.dataSourceRef': { kind: 'PersistentVolumeClaim', name: 'x' } },
    { 'spec.dataSourceRef': { kind: 'Foo', apiGroup: 'x.com', name: 'x' } },
    {
      'spec.dataSource': { kind: 'PersistentVolumeClaim', name: 'x' },
      'spec.dataSourceRef': { kind: 'PersistentVolumeClaim', name: 'y' },
    },
    { 'spec.volumeAttributesClassName': 'gold' },
    { 'spec.selector': { matchLabels: { 'a b': 'c' } } },
    { spec: undefined },
  ]),
  ...updates('persistentvolumeclaims', {}, [
    { 'spec.accessModes': ['ReadWriteMany'] },
    { 'spec.resources.requests.storage': '2Gi' },
    { 'spec.volumeName': 'x' },
    { 'spec.storageClassName': 'x' },
    { 'spec.volumeAttributesClassName': 'x' },
    { 'status.phase': 'Bound' },
  ]),
  ...creates('persistentvolumes', {}, [
    { 'spec.accessModes': [] },
    { 'spec.accessModes': ['Nope'] },
    { 'spec.accessModes': ['ReadWriteOncePod', 'ReadWriteMany'] },
    { 'spec.capacity': {} },
    { 'spec.capacity': { storage: '-1' } },
    { 'spec.capacity': { storage: '1Gi', cpu: '1' } },
    { 'spec.capacity': { storage: '0' } },
    { 'spec.hostPath': undefined },
    { 'spec.hostPath': { path: '' } },
    { 'spec.hostPath': { path: '/a/../b' } },
    { 'spec.hostPath': { path: '/a', type: 'Nope' } },
    { 'spec.hostPath': { path: '/' }, 'spec.persistentVolumeReclaimPolicy': 'Recycle' },
    { 'spec.persistentVolumeReclaimPolicy': 'Nope' },
    { 'spec.persistentVolumeReclaimPolicy': 'Recycle' },
    { 'spec.volumeMode': 'X' },
    { 'spec.volumeMode': 'Block' },
    { 'spec.storageClassName': 'BAD_' },
    { 'spec.mountOptions': ['x'] },
    { 'spec.nfs': { server: '', path: 'x' }, 'spec.hostPath': undefined },
    { 'spec.nfs': { server: 's', path: '/x' }, 'spec.hostPath': undefined },
    { 'spec.nfs': { server: 's', path: '/x' } },
    { 'spec.local': { path: '' }, 'spec.hostPath': undefined },
    { 'spec.local': { path: '/x' }, 'spec.hostPath': undefined },
    { 'spec.csi': { driver: '', volumeHandle: '' }, 'spec.hostPath': undefined },
    { 'spec.csi': { driver: 'd.example.com', volumeHandle: 'h' }, 'spec.hostPath': undefined },
    {
      'spec.csi': { driver: 'd.example.com', volumeHandle: 'h', nodePublishSecretRef: { name: 'x' } },
      'spec.hostPath': undefined,
    },
    { 'spec.csi': { driver: 'BAD_', volumeHandle: 'h' }, 'spec.hostPath': undefined },
    { 'spec.iscsi': { targetPortal: '', iqn: 'x', lun: 300 }, 'spec.hostPath': undefined },
    { 'spec.fc': { lun: 0 }, 'spec.hostPath': undefined },
    { 'spec.awsElasticBlockStore': { volumeID: '' }, 'spec.hostPath': undefined },
    { 'spec.gcePersistentDisk': { pdName: '' }, 'spec.hostPath': undefined },
    { 'spec.cephfs': { monitors: [] }, 'spec.hostPath': undefined },
    { 'spec.rbd': { monitors: [], image: '' }, 'spec.hostPath': undefined },
    { 'spec.azureFile': { secretName: '', shareName: '' }, 'spec.hostPath': undefined },
    { 'spec.azureDisk': { diskName: '', diskURI: '' }, 'spec.hostPath': undefined },
    { 'spec.nodeAffinity': {} },
    { 'spec.nodeAffinity': { required: { nodeSelectorTerms: [] } } },
    { 'spec.nodeAffinity': { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'X' }] }] } } },
    { 'spec.claimRef': { kind: 'PersistentVolumeClaim', namespace: 'default', name: 'c' } },
    { 'spec.volumeAttributesClassName': 'x' },
  ]),
  ...updates('persistentvolumes', {}, [
    { 'spec.hostPath.path': '/y' },
    { 'spec.capacity.storage': '2Gi' },
    { 'spec.volumeMode': 'Block' },
    { 'spec.persistentVolumeReclaimPolicy': 'Delete' },
    {
      'spec.nodeAffinity': {
        required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }] },
      },
    },
    { 'spec.accessModes': ['ReadWriteMany'] },
  ]),
  ...creates('storageclasses', {}, [
    { provisioner: '' },
    { provisioner: 'A b' },
    { reclaimPolicy: 'X' },
    { reclaimPolicy: 'Recycle' },
    { volumeBindingMode: 'X' },
    { parameters: { '': 'x' } },
    { parameters: { a: 'x'.repeat(300000) } },
    { parameters: Object.fromEntries(Array.from({ length: 513 }, (_, n) => [`k${n}`, ''])) },
    { allowedTopologies: [{ matchLabelExpressions: [{ key: '', values: [] }] }] },
    { allowedTopologies: [{ matchLabelExpressions: [{ key: 'a', values: ['x', 'x'] }] }] },
    { allowedTopologies: [{}], volumeBindingMode: 'WaitForFirstConsumer' },
    { mountOptions: ['a'], allowVolumeExpansion: true },
  ]),
  ...updates('storageclasses', {}, [
    { provisioner: 'x/y' },
    { parameters: { a: 'b' } },
    { reclaimPolicy: 'Retain' },
    { volumeBindingMode: 'WaitForFirstConsumer' },
    { allowVolumeExpansion: true },
  ]),
  ...creates('csidrivers', {}, [
    { 'metadata.name': 'BAD' },
    { 'spec.fsGroupPolicy': 'X' },
    { 'spec.volumeLifecycleModes': ['X'] },
    { 'spec.volumeLifecycleModes': ['Ephemeral', 'Persistent'] },
    { 'spec.tokenRequests': [{ audience: 'a' }, { audience: 'a' }] },
    { 'spec.tokenRequests': [{ audience: 'a', expirationSeconds: 10 }] },
    {
      'spec.attachRequired': false,
      'spec.podInfoOnMount': true,
      'spec.storageCapacity': true,
      'spec.requiresRepublish': true,
      'spec.seLinuxMount': true,
    },
    { 'spec.nodeAllocatableUpdatePeriodSeconds': 5 },
    { 'spec.serviceAccountTokenInSecrets': true },
    { spec: undefined },
  ]),
  ...updates('csidrivers', {}, [
    { 'spec.attachRequired': false },
    { 'spec.fsGroupPolicy': 'File' },
    { 'spec.volumeLifecycleModes': ['Ephemeral'] },
    { 'spec.podInfoOnMount': true },
    { 'spec.storageCapacity': true },
  ]),
  ...creates('csinodes', {}, [
    { 'spec.drivers.0.name': '' },
    { 'spec.drivers.0.nodeID': '' },
    { 'spec.drivers.0.nodeID': 'x'.repeat(300) },
    { 'spec.drivers.0.topologyKeys': ['a', 'a'] },
    { 'spec.drivers.0.topologyKeys': ['', 'a b'] },
    { 'spec.drivers.0.allocatable': { count: -1 } },
    {
      'spec.drivers': [
        { name: 'd', nodeID: 'a' },
        { name: 'd', nodeID: 'b' },
      ],
    },
  ]),
  ...updates('csinodes', {}, [
    { 'spec.drivers': [{ name: 'd.example.com', nodeID: 'm', topologyKeys: null }] },
    { 'spec.drivers': [] },
  ]),
  ...creates('csistoragecapacities', {}, [
    { storageClassName: '' },
    { storageClassName: 'BAD_' },
    { capacity: '-1' },
    { capacity: '1Gi', maximumVolumeSize: '2Gi' },
    { maximumVolumeSize: '-1' },
    { nodeTopology: { matchLabels: { 'a b': 'c' } } },
  ]),
  ...updates('csistoragecapacities', {}, [
    { storageClassName: 'other' },
    { nodeTopology: { matchLabels: { a: 'b' } } },
    { capacity: '5Gi' },
  ]),
  ...creates('volumeattachments', {}, [
    { 'spec.attacher': '' },
    { 'spec.attacher': 'BAD_' },
    { 'spec.nodeName': '' },
    { 'spec.source': {} },
    { 'spec.source': { persistentVolumeName: 'p', inlineVolumeSpec: {} } },
    { 'spec.source': { persistentVolumeName: '' } },
    { 'status.attachError': { message: 'x'.repeat(10) } },
  ]),
  ...updates('volumeattachments', {}, [{ 'spec.nodeName': 'x' }, { 'spec.attacher': 'b' }]),
  ...creates('volumeattributesclasses', {}, [
    { driverName: '' },
    { driverName: 'a b' },
    { parameters: {} },
    { parameters: { '': 'x' } },
  ]),
  ...updates('volumeattributesclasses', {}, [{ driverName: 'x' }, { parameters: { a: 'c' } }]),
];

const apps: Case[] = [
  ...creates('deployments', {}, [
    { 'spec.selector': { matchLabels: { 'a b': 'c' } } },
    { 'spec.selector.matchExpressions': [{ key: 'app', operator: 'Exists', values: ['x'] }] },
    { 'spec.minReadySeconds': -1 },
    { 'spec.strategy.rollingUpdate': { maxUnavailable: '101%' } },
    { 'spec.strategy.rollingUpdate': { maxUnavailable: '1.5%' } },
    { 'spec.strategy.rollingUpdate': { maxSurge: -1 } },
    { 'spec.strategy.rollingUpdate': { maxSurge: '0%', maxUnavailable: '0%' } },
    { 'spec.paused': true, 'spec.progressDeadlineSeconds': 5, 'spec.minReadySeconds': 5 },
    { 'spec.template.spec.restartPolicy': 'OnFailure' },
    { 'spec.template.spec.activeDeadlineSeconds': 5 },
    { 'spec.template.spec.ephemeralContainers': [{ name: 'e', image: 'x' }] },
    { 'spec.template.metadata.name': 'BAD NAME' },
    { 'spec.template.metadata.annotations': { 'a b': 'c' } },
    { 'spec.replicas': 2147483648 },
    { 'spec.replicas': 1.5 },
    { 'spec.replicas': true },
  ]),
  ...updates('deployments', {}, [
    { 'spec.selector.matchLabels': { app: 'y' } },
    { 'spec.template.metadata.labels': { app: 'y' } },
    { 'spec.replicas': null },
    { 'spec.template.spec.containers': [] },
    { 'spec.strategy.type': 'Recreate', 'spec.strategy.rollingUpdate': null },
    { 'status.replicas': 7 },
  ]),
  ...creates('statefulsets', {}, [
    { 'spec.serviceName': '' },
    { 'spec.serviceName': undefined },
    { 'spec.serviceName': 'BAD_' },
    { 'spec.replicas': -1 },
    { 'spec.podManagementPolicy': '' },
    { 'spec.updateStrategy': { type: 'OnDelete', rollingUpdate: { partition: 1 } } },
    { 'spec.updateStrategy': { type: 'RollingUpdate', rollingUpdate: { partition: -1 } } },
    { 'spec.updateStrategy': { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0 } } },
    { 'spec.updateStrategy': { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '50%' } } },
    { 'spec.ordinals': { start: -1 } },
    { 'spec.persistentVolumeClaimRetentionPolicy': { whenDeleted: 'X', whenScaled: 'Y' } },
    { 'spec.persistentVolumeClaimRetentionPolicy': {} },
    { 'spec.minReadySeconds': -1 },
    { 'spec.template.spec.restartPolicy': 'Never' },
    { 'spec.selector': { matchLabels: { app: 'y' } } },
    { 'spec.volumeClaimTemplates': [{ metadata: { name: 'd' } }] },
    {
      'spec.volumeClaimTemplates': [
        { metadata: { name: 'BAD_' }, spec: { accessModes: ['X'], resources: { requests: { storage: '1' } } } },
      ],
    },
    { 'metadata.name': 'x'.repeat(64) },
    { 'metadata.name': 'a.b' },
  ]),
  ...updates('statefulsets', {}, [
    { 'spec.serviceName': 'other' },
    { 'spec.podManagementPolicy': 'Parallel' },
    { 'spec.replicas': 4 },
    { 'spec.selector.matchLabels': { app: 'x', b: 'c' } },
    {
      'spec.volumeClaimTemplates': [
        {
          metadata: { name: 'd' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        },
      ],
    },
    { 'spec.revisionHistoryLimit': 2 },
    { 'spec.minReadySeconds': 3 },
    { 'spec.updateStrategy': { type: 'OnDelete', rollingUpdate: null } },
  ]),
  ...creates('daemonsets', {}, [
    { 'spec.updateStrategy': { type: 'X' } },
    { 'spec.updateStrategy': { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } },
    { 'spec.updateStrategy': { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0 } } },
    { 'spec.updateStrategy': { type: 'OnDelete' } },
    { 'spec.minReadySeconds': -1 },
    { 'spec.revisionHistoryLimit': -1 },
    { 'spec.template.spec.restartPolicy': 'Never' },
    { 'spec.selector': {} },
    { 'spec.selector': { matchLabels: { app: 'y' } } },
    { 'spec.template.spec.activeDeadlineSeconds': 5 },
  ]),
  ...updates('daemonsets', {}, [
    { 'spec.selector.matchLabels': { app: 'y' } },
    { 'spec.minReadySeconds': 4 },
    { 'spec.template.metadata.labels': { app: 'x', b: 'c' } },
  ]),
  ...creates('replicasets', {}, [
    { 'spec.replicas': -1 },
    { 'spec.selector': {} },
    { 'spec.selector': { matchLabels: { app: 'y' } } },
    { 'spec.template': undefined },
    { 'spec.template.spec.restartPolicy': 'Never' },
    { 'spec.minReadySeconds': -1 },
    { 'spec.selector': undefined },
  ]),
  ...updates('replicasets', {}, [{ 'spec.selector.matchLabels': { app: 'y' } }, { 'spec.minReadySeconds': 9 }]),
  ...creates('controllerrevisions', {}, [
    { revision: -1 },
    { data: undefined },
    { revision: undefined },
    { data: 'x' },
  ]),
  ...updates('controllerrevisions', {}, [{ data: { a: 2 } }, { revision: 3 }]),
];

const batch: Case[] = [
  ...creates('jobs', {}, [
    { 'spec.parallelism': -1 },
    { 'spec.completions': -1 },
    { 'spec.backoffLimit': -1 },
    { 'spec.activeDeadlineSeconds': -1 },
    { 'spec.ttlSecondsAfterFinished': -1 },
    { 'spec.completionMode': 'X' },
    { 'spec.completionMode': 'Indexed' },
    {
      'spec.completionMode': 'Indexed',
      'spec.completions': 3,
      'spec.backoffLimitPerIndex': 1,
      'spec.maxFailedIndexes': 9,
    },
    { 'spec.backoffLimitPerIndex': 1 },
    { 'spec.maxFailedIndexes': 1 },
    { 'spec.template.spec.restartPolicy': 'Always' },
    { 'spec.template.spec.restartPolicy': undefined },
    { 'spec.manualSelector': true },
    { 'spec.selector': { matchLabels: { a: 'b' } } },
    { 'spec.podReplacementPolicy': 'X' },
    { 'spec.podReplacementPolicy': 'Failed' },
    { 'spec.managedBy': 'nope' },
    { 'spec.managedBy': 'example.com/x' },
    { 'spec.podFailurePolicy': { rules: [{ action: 'X', onExitCodes: { operator: 'In', values: [1] } }] } },
    { 'spec.podFailurePolicy': { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [0] } }] } },
    {
      'spec.podFailurePolicy': {
        rules: [
          {
            action: 'FailJob',
            onExitCodes: { operator: 'In', values: [2, 1, 1] },
            onPodConditions: [{ type: 'X', status: 'Y' }],
          },
        ],
      },
    },
    { 'spec.podFailurePolicy': { rules: [{ action: 'FailJob' }] } },
    {
      'spec.podFailurePolicy': {
        rules: [{ action: 'FailIndex', onExitCodes: { operator: 'NotIn', values: [3], containerName: 'zz' } }],
      },
    },
    { 'spec.podFailurePolicy': { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] }] } },
    { 'spec.successPolicy': { rules: [] } },
    { 'spec.completionMode': 'Indexed', 'spec.completions': 2, 'spec.successPolicy': { rules: [{}] } },
    {
      'spec.completionMode': 'Indexed',
      'spec.completions': 2,
      'spec.successPolicy': { rules: [{ succeededIndexes: '0-9', succeededCount: 5 }] },
    },
    {
      'spec.completionMode': 'Indexed',
      'spec.completions': 2,
      'spec.successPolicy': { rules: [{ succeededIndexes: '1,0' }] },
    },
    { 'spec.template': undefined },
  ]),
  ...updates('jobs', {}, [
    { 'spec.completions': 4 },
    { 'spec.parallelism': 4 },
    { 'spec.backoffLimit': 2 },
    { 'spec.completionMode': 'Indexed' },
    { 'spec.selector': { matchLabels: { a: 'b' } } },
    { 'spec.podReplacementPolicy': 'Failed' },
    { 'spec.ttlSecondsAfterFinished': 4 },
    { 'spec.managedBy': 'example.com/x' },
  ]),
  ...creates('cronjobs', {}, [
    { 'spec.schedule': '' },
    { 'spec.schedule': 'x' },
    { 'spec.schedule': '@hourly' },
    { 'spec.schedule': '@nope' },
    { 'spec.schedule': '60 * * * *' },
    { 'spec.schedule': '* * *' },
    { 'spec.schedule': '*/0 * * * *' },
    { 'spec.schedule': '5-1 * * * *' },
    { 'spec.schedule': '* * * JAN-MAR MON' },
    { 'spec.timeZone': 'Europe/Berlin' },
    { 'spec.timeZone': 'Nope/Nope' },
    { 'spec.timeZone': '' },
    { 'spec.timeZone': 'Local' },
    { 'spec.schedule': 'TZ=UTC 0 * * * *' },
    { 'spec.concurrencyPolicy': 'X' },
    { 'spec.startingDeadlineSeconds': -1 },
    { 'spec.successfulJobsHistoryLimit': -1, 'spec.failedJobsHistoryLimit': -1 },
    { 'spec.jobTemplate.spec.template.spec.restartPolicy': 'Always' },
    { 'spec.jobTemplate.spec.manualSelector': true },
    { 'spec.jobTemplate.spec.selector': { matchLabels: { a: 'b' } } },
    { 'spec.jobTemplate.spec.backoffLimit': -2 },
    { 'metadata.name': 'x'.repeat(53) },
    { 'metadata.name': 'a.b' },
    { 'spec.suspend': true },
    { spec: undefined },
  ]),
  ...updates('cronjobs', {}, [
    { 'spec.schedule': 'TZ=UTC 0 * * * *' },
    { 'spec.schedule': 'nope' },
    { 'spec.suspend': true },
    { 'spec.timeZone': 'X' },
  ]),
];

const autoscaling: Case[] = [
  ...creates(
    'horizontalpodautoscalers',
    {},
    [
      { 'spec.maxReplicas': 0 },
      { 'spec.minReplicas': 0 },
      { 'spec.minReplicas': 5 },
      { 'spec.scaleTargetRef': { kind: '', name: '' } },
      { 'spec.scaleTargetRef.kind': 'a/b' },
      { 'spec.scaleTargetRef.apiVersion': 'a/b/c' },
      { 'spec.metrics': [{ type: 'Nope' }] },
      { 'spec.metrics': [{ type: 'Resource' }] },
      { 'spec.metrics': [{ type: 'Resource', resource: { name: '', target: { type: 'X' } } }] },
      { 'spec.metrics': [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization' } } }] },
      {
        'spec.metrics': [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 0 } } },
        ],
      },
      {
        'spec.metrics': [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '100m' } } },
        ],
      },
      { 'spec.metrics': [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Value', value: '1' } } }] },
      {
        'spec.metrics': [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 5 } },
            pods: { metric: { name: 'x' }, target: { type: 'AverageValue', averageValue: '1' } },
          },
        ],
      },
      { 'spec.metrics': [{ type: 'Pods', pods: { metric: { name: '' }, target: { type: 'AverageValue' } } }] },
      {
        'spec.metrics': [
          {
            type: 'Object',
            object: {
              describedObject: { kind: '', name: '' },
              metric: { name: 'x' },
              target: { type: 'Value', value: '-1' },
            },
          },
        ],
      },
      {
        'spec.metrics': [
          {
            type: 'External',
            external: { metric: { name: 'x' }, target: { type: 'Value', value: '1', averageValue: '1' } },
          },
        ],
      },
      { 'spec.metrics': [{ type: 'External', external: { metric: { name: 'a/b' }, target: { type: 'Value' } } }] },
      {
        'spec.metrics': [
          {
            type: 'ContainerResource',
            containerResource: { name: 'cpu', container: '', target: { type: 'Utilization', averageUtilization: 5 } },
          },
        ],
      },
      { 'spec.behavior': { scaleUp: {} } },
      { 'spec.behavior': { scaleUp: { selectPolicy: 'X' } } },
      { 'spec.behavior': { scaleUp: { stabilizationWindowSeconds: -1 } } },
      { 'spec.behavior': { scaleDown: { stabilizationWindowSeconds: 4000 } } },
      { 'spec.behavior': { scaleDown: { policies: [{ type: 'X', value: 0, periodSeconds: 0 }] } } },
      { 'spec.behavior': { scaleDown: { policies: [{ type: 'Pods', value: 1, periodSeconds: 2000 }] } } },
      { 'spec.behavior': { scaleDown: { tolerance: '0.1' } } },
      { 'spec.behavior': { scaleDown: { policies: [] } } },
    ],
    'autoscaling/v2',
  ),
  ...creates(
    'horizontalpodautoscalers',
    {},
    [
      { 'spec.targetCPUUtilizationPercentage': 0 },
      { 'spec.targetCPUUtilizationPercentage': undefined },
      { 'spec.minReplicas': -1 },
      { 'metadata.annotations': { 'autoscaling.alpha.kubernetes.io/metrics': 'x' } },
    ],
    'autoscaling/v1',
  ),
  ...creates('poddisruptionbudgets', {}, [
    { 'spec.minAvailable': -1 },
    { 'spec.minAvailable': '120%' },
    { 'spec.minAvailable': 'x' },
    { 'spec.minAvailable': undefined, 'spec.maxUnavailable': '50%' },
    { 'spec.maxUnavailable': 1 },
    { 'spec.selector': undefined },
    { 'spec.selector': {} },
    { 'spec.selector': { matchLabels: { 'a b': 'c' } } },
    { 'spec.unhealthyPodEvictionPolicy': 'X' },
    { 'spec.unhealthyPodEvictionPolicy': 'AlwaysAllow' },
    { spec: {} },
  ]),
  ...updates('poddisruptionbudgets', {}, [{ 'spec.minAvailable': 2 }, { 'spec.selector.matchLabels': { b: 'c' } }]),
];

const networking: Case[] = [
  ...creates('ingresses', {}, [
    { 'spec.defaultBackend': undefined },
    { 'spec.defaultBackend': {} },
    { 'spec.defaultBackend.service.name': 'BAD_' },
    { 'spec.defaultBackend.service.port': {} },
    { 'spec.defaultBackend.service.port': { number: 70000 } },
    { 'spec.defaultBackend.service.port': { name: 'BAD_' } },
    { 'spec.defaultBackend.service.port': { name: 'x', number: 1 } },
    { 'spec.defaultBackend': { resource: { kind: 'X', name: 'x' } } },
    { 'spec.defaultBackend': { resource: { apiGroup: 'BAD_', kind: '', name: '' } } },
    {
      'spec.rules': [
        {
          host: '*.x.com',
          http: {
            paths: [{ path: 'x', pathType: 'Prefix', backend: { service: { name: 's', port: { number: 1 } } } }],
          },
        },
      ],
    },
    { 'spec.rules': [{ host: 'x.*.com' }] },
    { 'spec.rules': [{ host: '1.2.3.4' }] },
    { 'spec.rules': [{ host: 'BAD_' }] },
    { 'spec.rules': [{ http: { paths: [] } }] },
    { 'spec.rules': [{ http: { paths: [{ path: '/a//b', pathType: 'Exact', backend: {} }] } }] },
    { 'spec.rules': [{ http: { paths: [{ path: '/', backend: { service: { name: 's', port: { number: 1 } } } }] } }] },
    {
      'spec.rules': [
        { http: { paths: [{ path: '/x', pathType: 'X', backend: { service: { name: 's', port: { number: 1 } } } }] } },
      ],
    },
    {
      'spec.rules': [
        {
          http: {
            paths: [
              {
                path: 'x',
                pathType: 'ImplementationSpecific',
                backend: { service: { name: 's', port: { number: 1 } } },
              },
            ],
          },
        },
      ],
    },
    { 'spec.tls': [{ hosts: ['BAD_'] }] },
    { 'spec.tls': [{ hosts: ['*.x.com', '1.2.3.4'], secretName: 'BAD_' }] },
    { 'spec.ingressClassName': 'BAD_' },
    { 'spec.ingressClassName': 'x', 'metadata.annotations': { 'kubernetes.io/ingress.class': 'y' } },
  ]),
  ...updates('ingresses', {}, [
    { 'spec.ingressClassName': 'z' },
    { 'spec.rules': [{ host: 'x.y' }] },
    { 'status.loadBalancer': { ingress: [{ ip: 'x' }] } },
  ]),
  ...creates('ingressclasses', {}, [
    { 'spec.controller': '' },
    { 'spec.controller': 'x' },
    { 'spec.controller': `a.com/${'x'.repeat(260)}` },
    { 'spec.parameters': { kind: '', name: '' } },
    { 'spec.parameters': { kind: 'X', name: 'x', scope: 'Namespace' } },
    { 'spec.parameters': { kind: 'X', name: 'x', scope: 'Cluster', namespace: 'y' } },
    { 'spec.parameters': { kind: 'X', name: 'x', scope: 'Nope' } },
    { 'spec.parameters': { kind: 'X', name: 'x', apiGroup: 'BAD_' } },
    { 'metadata.annotations': { 'ingressclass.kubernetes.io/is-default-class': 'true' } },
  ]),
  ...updates('ingressclasses', {}, [
    { 'spec.controller': 'other.com/x' },
    { 'spec.parameters': { kind: 'X', name: 'x' } },
  ]),
  ...creates('networkpolicies', {}, [
    { 'spec.podSelector': { matchLabels: { 'a b': 'c' } } },
    { 'spec.policyTypes': ['X'] },
    { 'spec.policyTypes': ['Ingress', 'Ingress'] },
    { 'spec.policyTypes': ['Ingress', 'Egress', 'Ingress'] },
    { 'spec.ingress': [{ from: [{}] }] },
    { 'spec.ingress': [{ from: [{ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } }] }] },
    { 'spec.ingress': [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/9', '10.0.0.0/8', 'x'] } }] }] },
    { 'spec.ingress': [{ from: [{ ipBlock: { cidr: '10.0.0.1/8' } }] }] },
    { 'spec.ingress': [{ from: [{ ipBlock: { cidr: '' } }] }] },
    { 'spec.ingress': [{ ports: [{ port: 0 }, { port: 'BAD_' }, { protocol: 'X' }] }] },
    { 'spec.egress': [{ ports: [{ port: 80, endPort: 70 }, { endPort: 70 }, { port: 'x', endPort: 80 }] }] },
    { 'spec.egress': [{ to: [{ namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'X' }] } }] }] },
    { 'spec.egress': [] },
    { 'spec.egress': [{}], 'spec.policyTypes': ['Ingress'] },
    { spec: undefined },
  ]),
  ...creates('ipaddresses', {}, [
    { 'metadata.name': 'x' },
    { 'metadata.name': '010.0.0.1' },
    { 'spec.parentRef': undefined },
    { 'spec.parentRef': { resource: '', name: '' } },
    { 'spec.parentRef': { resource: 'BAD_', name: 'x', group: 'BAD_', namespace: 'BAD_' } },
    { 'metadata.name': '2001:db8::1' },
    { 'metadata.name': '2001:DB8::1' },
  ]),
  ...creates('servicecidrs', {}, [
    { 'spec.cidrs': [] },
    { 'spec.cidrs': ['x'] },
    { 'spec.cidrs': ['10.0.0.0/24', '10.1.0.0/24'] },
    { 'spec.cidrs': ['10.0.0.0/24', '2001:db8::/64'] },
    { 'spec.cidrs': ['10.0.0.1/24'] },
    { 'spec.cidrs': ['10.0.0.0/24', '2001:db8::/64', '10.2.0.0/24'] },
  ]),
  ...updates('servicecidrs', {}, [
    { 'spec.cidrs': ['10.97.0.0/24'] },
    { 'spec.cidrs': ['10.96.0.0/24', '2001:db8::/64'] },
  ]),
  ...creates('endpointslices', {}, [
    { addressType: 'X' },
    { addressType: undefined },
    { 'endpoints.0.addresses': [] },
    { 'endpoints.0.addresses': ['x'] },
    { 'endpoints.0.addresses': ['127.0.0.1'] },
    { 'endpoints.0.addresses': ['2001:db8::1'] },
    { addressType: 'IPv6', 'endpoints.0.addresses': ['10.0.0.1'] },
    { addressType: 'FQDN', 'endpoints.0.addresses': ['BAD_'] },
    { 'endpoints.0.hostname': 'BAD_' },
    { 'endpoints.0.nodeName': 'BAD_' },
    { 'endpoints.0.deprecatedTopology': { 'a b': 'c' } },
    { 'endpoints.0.conditions': { ready: true, serving: false } },
    { 'endpoints.0.hints': { forZones: [{ name: 'BAD_ ' }] } },
    { 'endpoints.0.hints': { forZones: [{ name: 'a' }, { name: 'a' }] } },
    { ports: [{ port: 0 }, { port: 70000, name: 'x' }] },
    {
      ports: [
        { name: 'a', port: 1 },
        { name: 'a', port: 2 },
      ],
    },
    { ports: [{ name: 'UP', port: 1, protocol: 'X', appProtocol: 'a b' }] },
    { endpoints: [{ addresses: Array.from({ length: 101 }, (_, n) => `10.0.0.${n}`) }] },
  ]),
  ...updates('endpointslices', {}, [{ addressType: 'IPv6' }, { endpoints: [] }]),
];

const rbac: Case[] = [
  ...creates('roles', {}, [
    { 'rules.0.verbs': [] },
    { 'rules.0.apiGroups': [] },
    { 'rules.0.resources': [] },
    { 'rules.0': { nonResourceURLs: ['/x'], verbs: ['get'] } },
    { 'rules.0': { apiGroups: [''], nonResourceURLs: ['/x'], verbs: ['get'], resources: ['x'] } },
    { 'metadata.name': 'system:x' },
    { 'metadata.name': 'a/b' },
    { 'metadata.name': '..' },
    { rules: undefined },
    { rules: [{}] },
  ]),
  ...creates('clusterroles', {}, [
    { 'rules.0': { nonResourceURLs: ['x'], verbs: ['get'] } },
    { 'rules.0': { nonResourceURLs: ['/x*y'], verbs: [] } },
    { aggregationRule: {} },
    { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { 'a b': 'c' } }] } },
    { aggregationRule: { clusterRoleSelectors: [{ matchExpressions: [{ key: 'a', operator: 'X' }] }] } },
  ]),
  ...creates('rolebindings', {}, [
    { 'roleRef.kind': 'X' },
    { 'roleRef.apiGroup': '' },
    { 'roleRef.apiGroup': 'x' },
    { 'roleRef.name': '' },
    { 'roleRef.name': 'a/b' },
    { roleRef: undefined },
    { subjects: [] },
    { subjects: [{ kind: 'X', name: 'x' }] },
    { subjects: [{ kind: 'User', name: '' }] },
    { subjects: [{ kind: 'User', name: 'x', apiGroup: 'y' }] },
    { subjects: [{ kind: 'ServiceAccount', name: 'x' }] },
    { subjects: [{ kind: 'ServiceAccount', name: 'BAD_', namespace: 'x', apiGroup: 'y' }] },
    { subjects: [{ kind: 'Group', name: 'x', namespace: 'y' }] },
  ]),
  ...updates('rolebindings', {}, [{ 'roleRef.name': 'edit' }, { subjects: null }]),
  ...creates('clusterrolebindings', {}, [
    { 'roleRef.kind': 'Role' },
    { subjects: [{ kind: 'ServiceAccount', name: 'x' }] },
    { subjects: [{ name: 'x' }] },
  ]),
  ...updates('clusterrolebindings', {}, [{ 'roleRef.name': 'edit' }, { subjects: [{ kind: 'User', name: 'v' }] }]),
];

const others: Case[] = [
  ...creates('leases', {}, [
    { 'spec.leaseDurationSeconds': 0 },
    { 'spec.leaseTransitions': -1 },
    { 'spec.holderIdentity': '' },
    { 'spec.acquireTime': 'x' },
    { 'spec.renewTime': '2026-01-02T03:04:05Z' },
    { 'spec.strategy': 'X' },
    { 'spec.strategy': 'OldestEmulationVersion' },
    { 'spec.preferredHolder': 'x' },
    { spec: undefined },
  ]),
  ...creates('priorityclasses', {}, [
    { value: undefined },
    { value: 2000000000 },
    { value: -5 },
    { value: 'x' },
    { preemptionPolicy: 'X' },
    { 'metadata.name': 'system-x' },
    { 'metadata.name': 'system-node-critical' },
    { description: 'x', preemptionPolicy: 'Never' },
    { globalDefault: true },
  ]),
  ...updates('priorityclasses', {}, [
    { value: 6 },
    { preemptionPolicy: 'Never' },
    { globalDefault: false },
    { description: 'z' },
  ]),
  ...creates('runtimeclasses', {}, [
    { handler: '' },
    { handler: 'BAD_' },
    { overhead: { podFixed: { cpu: '-1' } } },
    { overhead: { podFixed: { cpu: '1', 'example.com/x': '1.5' } } },
    { scheduling: { nodeSelector: { 'a b': 'c' } } },
    { scheduling: { tolerations: [{ key: 'a', operator: 'X' }] } },
    { scheduling: { tolerations: [{ key: 'a' }, { key: 'a' }] } },
    { 'metadata.name': 'BAD_' },
  ]),
  ...updates('runtimeclasses', {}, [{ handler: 'x' }, { overhead: { podFixed: { cpu: '1' } } }]),
  ...creates('flowschemas', {}, [
    { 'spec.priorityLevelConfiguration.name': '' },
    { 'spec.matchingPrecedence': 0 },
    { 'spec.matchingPrecedence': 10001 },
    { 'spec.matchingPrecedence': 1 },
    { 'spec.distinguisherMethod': { type: 'X' } },
    { 'spec.rules': [{}] },
    { 'spec.rules': [{ subjects: [{ kind: 'User', user: { name: 'x' } }] }] },
    { 'spec.rules': [{ subjects: [{ kind: 'User', group: { name: 'x' } }], resourceRules: [{}] }] },
    { 'spec.rules': [{ subjects: [{ kind: 'X' }], nonResourceRules: [{ verbs: [], nonResourceURLs: ['x'] }] }] },
    {
      'spec.rules': [
        {
          subjects: [{ kind: 'ServiceAccount', serviceAccount: { name: '', namespace: '' } }],
          nonResourceRules: [{ verbs: ['get', '*', 'nope'], nonResourceURLs: ['/x/*y', '*', '/x*'] }],
        },
      ],
    },
    {
      'spec.rules': [
        {
          subjects: [{ kind: 'Group', group: { name: '' } }],
          resourceRules: [{ verbs: ['get'], apiGroups: ['*', 'x'], resources: [], clusterScope: false }],
        },
      ],
    },
    {
      'spec.rules': [
        {
          subjects: [{ kind: 'Group', group: { name: 'g' } }],
          resourceRules: [{ verbs: ['get'], apiGroups: ['*'], resources: ['*'], namespaces: ['*', 'BAD_'] }],
        },
      ],
    },
    { spec: undefined },
  ]),
  ...creates('prioritylevelconfigurations', {}, [
    { 'spec.type': 'X' },
    { 'spec.type': 'Exempt' },
    { 'spec.limited': undefined },
    { 'spec.limited.nominalConcurrencyShares': -1 },
    { 'spec.limited.lendablePercent': 101 },
    { 'spec.limited.borrowingLimitPercent': -1 },
    { 'spec.limited.limitResponse': { type: 'Queue' } },
    { 'spec.limited.limitResponse': { type: 'Queue', queuing: { queues: 0, handSize: 0, queueLengthLimit: 0 } } },
    { 'spec.limited.limitResponse': { type: 'Queue', queuing: { queues: 4, handSize: 8, queueLengthLimit: -1 } } },
    { 'spec.limited.limitResponse': { type: 'Reject', queuing: {} } },
    { 'spec.limited.limitResponse': { type: 'X' } },
    { spec: undefined },
  ]),
  ...creates('apiservices', {}, [
    { 'spec.groupPriorityMinimum': 0 },
    { 'spec.groupPriorityMinimum': 30000 },
    { 'spec.versionPriority': 0 },
    { 'spec.versionPriority': 2000 },
    { 'spec.version': '' },
    { 'spec.version': 'BAD_' },
    { 'spec.group': '' },
    { 'spec.service': undefined },
    { 'spec.service': { name: '', namespace: '' } },
    { 'spec.service.port': 0 },
    { 'spec.service.port': 70000 },
    { 'spec.insecureSkipTLSVerify': undefined },
    { 'spec.caBundle': 'eA==' },
    { 'metadata.name': 'v2.other' },
  ]),
  ...creates('certificatesigningrequests', {}, [
    { 'spec.request': undefined },
    { 'spec.request': 'eA==' },
    { 'spec.signerName': '' },
    { 'spec.signerName': 'x' },
    { 'spec.signerName': 'a.b/c/d' },
    { 'spec.signerName': 'kubernetes.io/legacy-unknown' },
    { 'spec.signerName': 'kubernetes.io/kube-apiserver-client' },
    { 'spec.signerName': 'kubernetes.io/nope' },
    { 'spec.usages': [] },
    { 'spec.usages': ['nope'] },
    { 'spec.usages': ['client auth', 'client auth'] },
    { 'spec.expirationSeconds': 10 },
    { 'spec.expirationSeconds': 600 },
    { 'spec.username': 'mallory', 'spec.groups': ['system:masters'] },
    { 'status.certificate': 'eA==' },
    { 'status.conditions': [{ type: 'Approved', status: 'True' }] },
  ]),
  ...updates('certificatesigningrequests', {}, [
    { 'spec.usages': ['server auth'] },
    { 'status.conditions': [{ type: 'Approved', status: 'True' }] },
  ]),
  ...creates('resourceclaims', {}, [
    { 'spec.devices.requests': [{ name: 'BAD_', exactly: { deviceClassName: 'c' } }] },
    { 'spec.devices.requests': [{ name: 'a' }] },
    { 'spec.devices.requests': [{ name: 'a', exactly: { deviceClassName: '' } }] },
    { 'spec.devices.requests': [{ name: 'a', exactly: { deviceClassName: 'c', allocationMode: 'X' } }] },
    { 'spec.devices.requests': [{ name: 'a', exactly: { deviceClassName: 'c', count: -1 } }] },
    { 'spec.devices.requests': [{ name: 'a', exactly: { deviceClassName: 'c', allocationMode: 'All', count: 2 } }] },
    {
      'spec.devices.requests': [
        { name: 'a', exactly: { deviceClassName: 'c' } },
        { name: 'a', exactly: { deviceClassName: 'c' } },
      ],
    },
    {
      'spec.devices.requests': [
        { name: 'a', exactly: { deviceClassName: 'c', selectors: [{ cel: { expression: 'nope(' } }] } },
      ],
    },
    { 'spec.devices.requests': [{ name: 'a', exactly: { deviceClassName: 'c', selectors: [{}] } }] },
    { 'spec.devices.requests': [{ name: 'a', firstAvailable: [{ name: 'x', deviceClassName: 'c' }] }] },
    { 'spec.devices.constraints': [{ requests: ['zz'], matchAttribute: 'bad' }] },
    { 'spec.devices.config': [{ requests: ['r'], opaque: { driver: 'BAD_', parameters: 'x' } }] },
  ]),
  ...updates('resourceclaims', {}, [{ 'spec.devices.requests': [{ name: 'z', exactly: { deviceClassName: 'c' } }] }]),
  ...creates('deviceclasses', {}, [
    { 'spec.selectors': [{}] },
    { 'spec.selectors': [{ cel: { expression: '' } }] },
    { 'spec.selectors': [{ cel: { expression: 'device.nope' } }] },
    { 'spec.selectors': [{ cel: { expression: '1' } }] },
    { 'spec.config': [{}] },
    { 'spec.config': [{ opaque: { driver: 'x.example.com', parameters: { a: 1 } } }] },
    { 'spec.extendedResourceName': 'bad' },
    { 'spec.extendedResourceName': 'example.com/gpu' },
  ]),
  ...creates('resourceslices', {}, [
    { 'spec.driver': 'BAD_' },
    { 'spec.nodeName': undefined },
    { 'spec.nodeName': 'n', 'spec.allNodes': true },
    { 'spec.pool.generation': -1 },
    { 'spec.pool.resourceSliceCount': 0 },
    { 'spec.pool.name': '' },
    { 'spec.pool.name': 'a/BAD_' },
    { 'spec.devices': [{ name: 'd' }, { name: 'd' }] },
    { 'spec.devices': [{ name: 'BAD_' }] },
    { 'spec.devices': [{ name: 'd', attributes: { a: { int: 1, bool: true } } }] },
    { 'spec.devices': [{ name: 'd', attributes: { 'a b': { string: 'x' } }, capacity: { x: { value: '1' } } }] },
    { 'spec.devices': [{ name: 'd', attributes: { v: { version: 'nope' } } }] },
  ]),
  ...updates('resourceslices', {}, [
    { 'spec.driver': 'y.example.com' },
    { 'spec.nodeName': 'm' },
    { 'spec.pool.name': 'q' },
  ]),
];

export const fieldCases: readonly Case[] = [
  ...core,
  ...services,
  ...volumes,
  ...apps,
  ...batch,
  ...autoscaling,
  ...networking,
  ...rbac,
  ...others,
];
