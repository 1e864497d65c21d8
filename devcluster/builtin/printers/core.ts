/** Table rows of the core group. */
import { type Loose, list, number, objects, record, text } from '../access.ts';
import { age, containerCells, labels, since, withMore } from './format.ts';
import type { Row } from './rows.ts';

const name = (object: Loose) => text(object, 'metadata.name');
const deleting = (object: Loose) => text(object, 'metadata.deletionTimestamp') !== '';

const accessModes: { readonly [mode: string]: string } = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

function modes(object: Loose, path: string): string {
  const given = new Set(list(object, path));
  return Object.entries(accessModes)
    .filter(([mode]) => given.has(mode))
    .map(([, short]) => short)
    .join(',');
}

const storageClass = (object: Loose) =>
  text(object, 'spec.storageClassName') ||
  String(record(object, 'metadata.annotations')['volume.beta.kubernetes.io/storage-class'] ?? '');

function externalIp(object: Loose): string {
  const external = list(object, 'spec.externalIPs').join(',');
  switch (text(object, 'spec.type')) {
    case 'ClusterIP':
    case 'NodePort':
      return external || '<none>';
    case 'LoadBalancer': {
      const balancer = [
        ...new Set(
          objects(object, 'status.loadBalancer.ingress').map((entry) => text(entry, 'ip') || text(entry, 'hostname')),
        ),
      ]
        .filter((address) => address !== '')
        .sort()
        .join(',');
      return [balancer, external].filter((part) => part !== '').join(',') || '<pending>';
    }
    case 'ExternalName':
      return text(object, 'spec.externalName');
    default:
      return '<unknown>';
  }
}

function servicePorts(object: Loose): string {
  const ports = objects(object, 'spec.ports').map((port) => {
    const node = number(port, 'nodePort');
    return `${text(port, 'port')}${node > 0 ? `:${node}` : ''}/${text(port, 'protocol')}`;
  });
  return ports.join(',') || '<none>';
}

function nodeRoles(object: Loose): string {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(record(object, 'metadata.labels'))) {
    if (key.startsWith('node-role.kubernetes.io/') && key.length > 24) roles.add(key.slice(24));
    else if (key === 'kubernetes.io/role' && value !== '') roles.add(String(value));
  }
  return [...roles].sort().join(',') || '<none>';
}

function nodeRow(object: Loose, now: Date): ReturnType<Row> {
  const ready = objects(object, 'status.conditions').find((condition) => text(condition, 'type') === 'Ready');
  const status = [ready === undefined ? 'Unknown' : text(ready, 'status') === 'True' ? 'Ready' : 'NotReady'];
  if (text(object, 'spec.unschedulable') === 'true') status.push('SchedulingDisabled');
  const address = (type: string) =>
    text(
      objects(object, 'status.addresses').find((entry) => text(entry, 'type') === type),
      'address',
    ) || '<none>';
  const info = (field: string) => text(object, `status.nodeInfo.${field}`);
  const architecture = info('architecture');
  return [
    name(object),
    status.join(','),
    nodeRoles(object),
    age(object, now),
    info('kubeletVersion'),
    address('InternalIP'),
    address('ExternalIP'),
    info('osImage') || '<unknown>',
    `${info('kernelVersion') || '<unknown>'}${architecture === '' ? '' : ` (${architecture})`}`,
    info('containerRuntimeVersion') || '<unknown>',
  ];
}

function endpoints(object: Loose): string {
  const entries = objects(object, 'subsets').flatMap((subset) => {
    const addresses = objects(subset, 'addresses').map((address) => text(address, 'ip'));
    const ports = objects(subset, 'ports').map((port) => text(port, 'port'));
    if (ports.length === 0) return addresses;
    return ports.flatMap((port) =>
      addresses.map((address) => (address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`)),
    );
  });
  return withMore(entries, 3, objects(object, 'subsets').length === 0 ? '<none>' : '');
}

function quotaRow(object: Loose, now: Date): ReturnType<Row> {
  const used = record(object, 'status.used');
  const cells: { requests: string[]; limits: string[] } = { requests: [], limits: [] };
  for (const [resource, hard] of Object.entries(record(object, 'status.hard')).sort(([left], [right]) =>
    left < right ? -1 : 1,
  )) {
    (resource.startsWith('limits.') ? cells.limits : cells.requests).push(
      `${resource}: ${used[resource] ?? 0}/${hard}`,
    );
  }
  return [name(object), cells.requests.join(', '), cells.limits.join(', '), age(object, now)];
}

/** Both events of core and of events.k8s.io, whose fields have other names. */
export function eventRow(object: Loose, now: Date): ReturnType<Row> {
  const first = (...paths: string[]) => paths.map((path) => text(object, path)).find((value) => value !== '') ?? '';
  const subject =
    record(object, 'involvedObject').kind === undefined && record(object, 'regarding').kind !== undefined
      ? 'regarding'
      : 'involvedObject';
  const firstSeen = since(first('firstTimestamp', 'deprecatedFirstTimestamp', 'eventTime'), now);
  const series = record(object, 'series');
  const inSeries = Object.keys(series).length > 0;
  const last = first('lastTimestamp', 'deprecatedLastTimestamp');
  const lastSeen = inSeries ? since(text(series, 'lastObservedTime'), now) : last === '' ? firstSeen : since(last, now);
  const count = inSeries ? number(series, 'count') : number(object, 'count') || number(object, 'deprecatedCount') || 1;
  const kind = text(object, `${subject}.kind`).toLowerCase();
  const target = text(object, `${subject}.name`);
  const component = first(
    'source.component',
    'deprecatedSource.component',
    'reportingComponent',
    'reportingController',
  );
  const instance = first('source.host', 'deprecatedSource.host', 'reportingInstance');
  return [
    lastSeen,
    text(object, 'type'),
    text(object, 'reason'),
    target === '' ? kind : `${kind}/${target}`,
    text(object, `${subject}.fieldPath`),
    instance === '' ? component : `${component}, ${instance}`,
    first('message', 'note').trim(),
    firstSeen,
    count,
    name(object),
  ];
}

export const coreRows: { readonly [kind: string]: Row } = {
  '/ComponentStatus': (object) => {
    const healthy = objects(object, 'conditions').find((condition) => text(condition, 'type') === 'Healthy');
    const status = healthy === undefined ? 'Unknown' : text(healthy, 'status') === 'True' ? 'Healthy' : 'Unhealthy';
    return [name(object), status, text(healthy, 'message'), text(healthy, 'error')];
  },
  '/ConfigMap': (object, now) => [
    name(object),
    Object.keys(record(object, 'data')).length + Object.keys(record(object, 'binaryData')).length,
    age(object, now),
  ],
  '/Endpoints': (object, now) => [name(object), endpoints(object), age(object, now)],
  '/Event': eventRow,
  '/LimitRange': (object) => [name(object), text(object, 'metadata.creationTimestamp')],
  '/Namespace': (object, now) => [name(object), text(object, 'status.phase'), age(object, now)],
  '/Node': nodeRow,
  '/PersistentVolumeClaim': (object, now) => {
    const bound = text(object, 'spec.volumeName') !== '';
    return [
      name(object),
      deleting(object) ? 'Terminating' : text(object, 'status.phase'),
      text(object, 'spec.volumeName'),
      bound ? text(object, 'status.capacity.storage') || '0' : '',
      bound ? modes(object, 'status.accessModes') : '',
      storageClass(object),
      text(object, 'spec.volumeAttributesClassName') || '<unset>',
      age(object, now),
      text(object, 'spec.volumeMode') || '<unset>',
    ];
  },
  '/PersistentVolume': (object, now) => [
    name(object),
    text(object, 'spec.capacity.storage') || '0',
    modes(object, 'spec.accessModes'),
    text(object, 'spec.persistentVolumeReclaimPolicy'),
    deleting(object) ? 'Terminating' : text(object, 'status.phase'),
    text(object, 'spec.claimRef.name') === ''
      ? ''
      : `${text(object, 'spec.claimRef.namespace')}/${text(object, 'spec.claimRef.name')}`,
    storageClass(object),
    text(object, 'spec.volumeAttributesClassName') || '<unset>',
    text(object, 'status.reason'),
    age(object, now),
    text(object, 'spec.volumeMode') || '<unset>',
  ],
  '/PodTemplate': (object) => [
    name(object),
    ...containerCells(object, 'template.spec.containers'),
    labels(record(object, 'template.metadata.labels')),
  ],
  '/ResourceQuota': quotaRow,
  '/Secret': (object, now) => [
    name(object),
    text(object, 'type'),
    Object.keys(record(object, 'data')).length,
    age(object, now),
  ],
  '/ServiceAccount': (object, now) => [name(object), age(object, now)],
  '/Service': (object, now) => [
    name(object),
    text(object, 'spec.type'),
    String(list(object, 'spec.clusterIPs')[0] ?? '<none>'),
    externalIp(object),
    servicePorts(object),
    age(object, now),
    labels(record(object, 'spec.selector')),
  ],
};
