/** Table rows of everything that is neither core nor a workload. */
import { at, type Loose, list, number, objects, record, text } from '../access.ts';
import { eventRow } from './core.ts';
import { age, humanDuration, labelSelector, withMore } from './format.ts';
import type { Row } from './rows.ts';

const name = (object: Loose) => text(object, 'metadata.name');
const created: Row = (object) => [name(object), text(object, 'metadata.creationTimestamp')];
const nameAndAge: Row = (object, now) => [name(object), age(object, now)];
const flag = (object: Loose, path: string, initial: boolean) => {
  const value = at(object, path);
  return typeof value === 'boolean' ? value : initial;
};
const countRow =
  (path: string): Row =>
  (object, now) => [name(object), list(object, path).length, age(object, now)];
const isDefault = (object: Loose, key: string) =>
  record(object, 'metadata.annotations')[key] === 'true' ? `${name(object)} (default)` : name(object);

function paramKind(object: Loose): string {
  return at(object, 'spec.paramKind') === undefined
    ? '<unset>'
    : `${text(object, 'spec.paramKind.apiVersion')}/${text(object, 'spec.paramKind.kind')}`;
}

const policyBinding: Row = (object, now) => {
  const param = text(object, 'spec.paramRef.name');
  const namespace = text(object, 'spec.paramRef.namespace');
  let shown = '<unset>';
  if (param !== '') shown = `${namespace === '' ? '*' : namespace}/${param}`;
  else if (at(object, 'spec.paramRef.selector') !== undefined) shown = labelSelector(object, 'spec.paramRef.selector');
  return [name(object), text(object, 'spec.policyName'), shown, age(object, now)];
};

const roleBinding: Row = (object, now) => {
  const subjects = objects(object, 'subjects');
  const of = (kind: string, show: (subject: Loose) => string) =>
    subjects
      .filter((subject) => text(subject, 'kind') === kind)
      .map(show)
      .join(', ');
  return [
    name(object),
    `${text(object, 'roleRef.kind')}/${text(object, 'roleRef.name')}`,
    age(object, now),
    of('User', (subject) => text(subject, 'name')),
    of('Group', (subject) => text(subject, 'name')),
    of('ServiceAccount', (subject) => `${text(subject, 'namespace')}/${text(subject, 'name')}`),
  ];
};

function metric(spec: Loose, status: Loose | undefined): string {
  const type = text(spec, 'type');
  const field = `${type.charAt(0).toLowerCase()}${type.slice(1)}`;
  if (at(spec, field) === undefined) return '<unknown type>';
  const current = (key: string) => text(status, `${field}.current.${key}`) || '<unknown>';
  const target = (key: string) => text(spec, `${field}.target.${key}`);
  const average = target('averageValue');
  if (type === 'Resource' || type === 'ContainerResource') {
    const resource = text(spec, `${field}.name`);
    if (average !== '') return `${resource}: ${current('averageValue')}/${average}`;
    const percent = (value: string, none: string) => (value === '' || value === '<unknown>' ? none : `${value}%`);
    return `${resource}: ${percent(current('averageUtilization'), '<unknown>')}/${percent(target('averageUtilization'), '<auto>')}`;
  }
  if (type === 'Pods') return `${current('averageValue')}/${average}`;
  return average !== '' ? `${current('averageValue')}/${average} (avg)` : `${current('value')}/${target('value')}`;
}

function autoscalerRow(object: Loose, now: Date): ReturnType<Row> {
  const statuses = objects(object, 'status.currentMetrics');
  const metrics = objects(object, 'spec.metrics').map((spec, index) => metric(spec, statuses[index]));
  return [
    name(object),
    `${text(object, 'spec.scaleTargetRef.kind')}/${text(object, 'spec.scaleTargetRef.name')}`,
    withMore(metrics, 2, '<none>', ', '),
    text(object, 'spec.minReplicas') || '<unset>',
    number(object, 'spec.maxReplicas'),
    number(object, 'status.currentReplicas'),
    age(object, now),
  ];
}

function signingState(object: Loose): string {
  const types = objects(object, 'status.conditions').map((condition) => text(condition, 'type'));
  const state = [types.includes('Denied') ? 'Denied' : types.includes('Approved') ? 'Approved' : 'Pending'];
  if (types.includes('Failed')) state.push('Failed');
  if (text(object, 'status.certificate') !== '') state.push('Issued');
  return state.join(',');
}

function ingressHosts(object: Loose): string {
  const rules = objects(object, 'spec.rules');
  const hosts = rules.map((rule) => text(rule, 'host')).filter((host) => host !== '');
  if (hosts.length === 0) return '*';
  const shown = hosts.slice(0, 3).join(',');
  return hosts.length > 3 ? `${shown} + ${rules.length - 3} more...` : shown;
}

function available(object: Loose): string {
  const condition = objects(object, 'status.conditions').find((entry) => text(entry, 'type') === 'Available');
  if (condition === undefined) return 'Unknown';
  const reason = text(condition, 'reason');
  return text(condition, 'status') === 'True' || reason === ''
    ? text(condition, 'status')
    : `${text(condition, 'status')} (${reason})`;
}

export const otherRows: { readonly [kind: string]: Row } = {
  'admissionregistration.k8s.io/MutatingAdmissionPolicy': (object, now) => [
    name(object),
    list(object, 'spec.mutations').length,
    paramKind(object),
    age(object, now),
  ],
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding': policyBinding,
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': countRow('webhooks'),
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': (object, now) => [
    name(object),
    list(object, 'spec.validations').length,
    paramKind(object),
    age(object, now),
  ],
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': policyBinding,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': countRow('webhooks'),
  'apiextensions.k8s.io/CustomResourceDefinition': created,
  'apiregistration.k8s.io/APIService': (object, now) => [
    name(object),
    at(object, 'spec.service') === undefined
      ? 'Local'
      : `${text(object, 'spec.service.namespace')}/${text(object, 'spec.service.name')}`,
    available(object),
    age(object, now),
  ],
  'autoscaling/HorizontalPodAutoscaler': autoscalerRow,
  'certificates.k8s.io/CertificateSigningRequest': (object, now) => {
    const seconds = at(object, 'spec.expirationSeconds');
    return [
      name(object),
      age(object, now),
      text(object, 'spec.signerName') || '<none>',
      text(object, 'spec.username'),
      typeof seconds === 'number' ? humanDuration(seconds * 1000) : '<none>',
      signingState(object),
    ];
  },
  'coordination.k8s.io/Lease': (object, now) => [name(object), text(object, 'spec.holderIdentity'), age(object, now)],
  'discovery.k8s.io/EndpointSlice': (object, now) => [
    name(object),
    text(object, 'addressType'),
    withMore(
      objects(object, 'ports').map(
        (port) => text(port, 'port') || (at(port, 'name') === undefined ? '*' : text(port, 'name')),
      ),
      3,
      '<unset>',
    ) || '<unset>',
    withMore(
      objects(object, 'endpoints').flatMap((endpoint) => list(endpoint, 'addresses').map(String)),
      3,
      '<unset>',
    ),
    age(object, now),
  ],
  'events.k8s.io/Event': eventRow,
  'flowcontrol.apiserver.k8s.io/FlowSchema': (object, now) => [
    name(object),
    text(object, 'spec.priorityLevelConfiguration.name'),
    number(object, 'spec.matchingPrecedence'),
    text(object, 'spec.distinguisherMethod.type') || '<none>',
    age(object, now),
    text(
      objects(object, 'status.conditions').find((condition) => text(condition, 'type') === 'Dangling'),
      'status',
    ) || '?',
  ],
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration': (object, now) => {
    const queuing = 'spec.limited.limitResponse.queuing';
    const cell = (path: string) => (at(object, path) === undefined ? '<none>' : number(object, path));
    return [
      name(object),
      text(object, 'spec.type'),
      cell('spec.limited.nominalConcurrencyShares'),
      cell(`${queuing}.queues`),
      cell(`${queuing}.handSize`),
      cell(`${queuing}.queueLengthLimit`),
      age(object, now),
    ];
  },
  'networking.k8s.io/IngressClass': (object, now) => {
    const group = text(object, 'spec.parameters.apiGroup');
    const parameters = `${text(object, 'spec.parameters.kind')}${group === '' ? '' : `.${group}`}/${text(object, 'spec.parameters.name')}`;
    return [
      isDefault(object, 'ingressclass.kubernetes.io/is-default-class'),
      text(object, 'spec.controller'),
      at(object, 'spec.parameters') === undefined ? '<none>' : parameters,
      age(object, now),
    ];
  },
  'networking.k8s.io/Ingress': (object, now) => [
    name(object),
    text(object, 'spec.ingressClassName') || '<none>',
    ingressHosts(object),
    [
      ...new Set(
        objects(object, 'status.loadBalancer.ingress').map((entry) => text(entry, 'ip') || text(entry, 'hostname')),
      ),
    ]
      .sort()
      .join(','),
    list(object, 'spec.tls').length > 0 ? '80, 443' : '80',
    age(object, now),
  ],
  'networking.k8s.io/IPAddress': (object, now) => {
    const group = text(object, 'spec.parentRef.group');
    const namespace = text(object, 'spec.parentRef.namespace');
    const resource = `${text(object, 'spec.parentRef.resource')}${group === '' ? '' : `.${group}`}`.toLowerCase();
    const parent = `${resource}${namespace === '' ? '' : `/${namespace}`}/${text(object, 'spec.parentRef.name')}`;
    return [name(object), at(object, 'spec.parentRef') === undefined ? '<none>' : parent, age(object, now)];
  },
  'networking.k8s.io/NetworkPolicy': (object, now) => [
    name(object),
    labelSelector(object, 'spec.podSelector'),
    age(object, now),
  ],
  'networking.k8s.io/ServiceCIDR': (object, now) => [
    name(object),
    list(object, 'spec.cidrs').join(','),
    age(object, now),
  ],
  'node.k8s.io/RuntimeClass': (object, now) => [name(object), text(object, 'handler'), age(object, now)],
  'rbac.authorization.k8s.io/ClusterRoleBinding': roleBinding,
  'rbac.authorization.k8s.io/ClusterRole': created,
  'rbac.authorization.k8s.io/RoleBinding': roleBinding,
  'rbac.authorization.k8s.io/Role': created,
  'resource.k8s.io/DeviceClass': nameAndAge,
  'resource.k8s.io/ResourceClaim': (object, now) => {
    const states = [
      text(object, 'metadata.deletionTimestamp') === '' ? '' : 'deleted',
      at(object, 'status.allocation') === undefined ? 'pending' : 'allocated',
      list(object, 'status.reservedFor').length > 0 ? 'reserved' : '',
    ];
    return [name(object), states.filter((state) => state !== '').join(','), age(object, now)];
  },
  'resource.k8s.io/ResourceClaimTemplate': nameAndAge,
  'resource.k8s.io/ResourceSlice': (object, now) => [
    name(object),
    text(object, 'spec.nodeName'),
    text(object, 'spec.driver'),
    text(object, 'spec.pool.name'),
    age(object, now),
  ],
  'scheduling.k8s.io/PriorityClass': (object, now) => [
    name(object),
    number(object, 'value'),
    flag(object, 'globalDefault', false),
    age(object, now),
    text(object, 'preemptionPolicy'),
  ],
  'storage.k8s.io/CSIDriver': (object, now) => [
    name(object),
    flag(object, 'spec.attachRequired', true),
    flag(object, 'spec.podInfoOnMount', false),
    flag(object, 'spec.storageCapacity', false),
    at(object, 'spec.tokenRequests') === undefined
      ? '<unset>'
      : objects(object, 'spec.tokenRequests')
          .map((request) => text(request, 'audience'))
          .join(','),
    flag(object, 'spec.requiresRepublish', false),
    list(object, 'spec.volumeLifecycleModes').join(',') || '<none>',
    age(object, now),
  ],
  'storage.k8s.io/CSINode': countRow('spec.drivers'),
  'storage.k8s.io/CSIStorageCapacity': created,
  'storage.k8s.io/StorageClass': (object, now) => [
    isDefault(object, 'storageclass.kubernetes.io/is-default-class'),
    text(object, 'provisioner'),
    text(object, 'reclaimPolicy') || 'Delete',
    text(object, 'volumeBindingMode') || 'Immediate',
    flag(object, 'allowVolumeExpansion', false),
    age(object, now),
  ],
  'storage.k8s.io/VolumeAttachment': (object, now) => [
    name(object),
    text(object, 'spec.attacher'),
    text(object, 'spec.source.persistentVolumeName'),
    text(object, 'spec.nodeName'),
    flag(object, 'status.attached', false),
    age(object, now),
  ],
  'storage.k8s.io/VolumeAttributesClass': (object, now) => [name(object), text(object, 'driverName'), age(object, now)],
};
