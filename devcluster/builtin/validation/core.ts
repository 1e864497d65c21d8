/** Validation of the core group beyond pods. */
import { dns1123Label, dns1123Subdomain, qualifiedName } from '../../registry/names.ts';
import { at, list, number, objects, record, text } from '../access.ts';
import { parseQuantity } from '../quantity.ts';
import { addressProblem, specialAddressProblem } from './addresses.ts';
import {
  dataKeyProblems,
  type Errors,
  fieldError,
  immutable,
  immutableText,
  labelSelector,
  labels,
  nonNegativeQuantity,
  oneOf,
  portNumber,
  portOrName,
  problems,
  quantityOrder,
  requiredLabel,
  same,
} from './common.ts';

const dataLimit = 1024 * 1024;
const immutableData = 'field is immutable when `immutable` is set';

const decodedSize = (value: unknown) => Buffer.from(String(value), 'base64').length;

function immutableFields(object: unknown, old: unknown, fields: readonly string[], errors: Errors): void {
  if (at(old, 'immutable') !== true) return;
  if (at(object, 'immutable') !== true) errors.push(fieldError.forbidden('immutable', immutableData));
  for (const field of fields)
    if (!same(at(object, field), at(old, field))) errors.push(fieldError.forbidden(field, immutableData));
}

export function configMap(object: unknown, errors: Errors, old?: unknown): void {
  if (old !== undefined) immutableFields(object, old, ['data', 'binaryData'], errors);
  const data = record(object, 'data');
  const binary = record(object, 'binaryData');
  let size = 0;
  for (const [key, value] of Object.entries(data)) {
    problems(`data[${key}]`, key, dataKeyProblems(key), errors);
    if (Object.hasOwn(binary, key))
      errors.push(fieldError.invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'));
    size += Buffer.byteLength(String(value));
  }
  for (const [key, value] of Object.entries(binary)) {
    problems(`binaryData[${key}]`, key, dataKeyProblems(key), errors);
    size += decodedSize(value);
  }
  if (size > dataLimit) errors.push(fieldError.tooLong('[]', dataLimit));
}

const dockerKeys: { readonly [type: string]: string } = {
  'kubernetes.io/dockercfg': '.dockercfg',
  'kubernetes.io/dockerconfigjson': '.dockerconfigjson',
};

export function secret(object: unknown, errors: Errors, old?: unknown): void {
  if (old !== undefined) {
    immutable(object, old, 'type', errors);
    immutableFields(object, old, ['data'], errors);
  }
  const data = record(object, 'data');
  let size = 0;
  for (const [key, value] of Object.entries(data)) {
    problems(`data[${key}]`, key, dataKeyProblems(key), errors);
    size += decodedSize(value);
  }
  if (size > dataLimit) errors.push(fieldError.tooLong('data', dataLimit));
  const type = text(object, 'type');
  const need = (key: string) => {
    if (!Object.hasOwn(data, key)) errors.push(fieldError.required(`data[${key}]`));
  };
  const docker = dockerKeys[type];
  if (docker !== undefined) {
    if (!Object.hasOwn(data, docker)) need(docker);
    else dockerConfig(String(data[docker]), `data[${docker}]`, errors);
  } else if (type === 'kubernetes.io/service-account-token') {
    if (!record(object, 'metadata.annotations')['kubernetes.io/service-account.name']) {
      errors.push(fieldError.required('metadata.annotations[kubernetes.io/service-account.name]'));
    }
  } else if (type === 'kubernetes.io/basic-auth') {
    if (!Object.hasOwn(data, 'username') && !Object.hasOwn(data, 'password'))
      for (const key of ['username', 'password']) need(key);
  } else if (type === 'kubernetes.io/ssh-auth') {
    if (!data['ssh-privatekey']) errors.push(fieldError.required('data[ssh-privatekey]'));
  } else if (type === 'kubernetes.io/tls') for (const key of ['tls.crt', 'tls.key']) need(key);
}

function dockerConfig(encoded: string, path: string, errors: Errors): void {
  const content = Buffer.from(encoded, 'base64').toString('utf8');
  const redacted = '<secret contents redacted>';
  try {
    const parsed: unknown = JSON.parse(content);
    if (typeof parsed === 'object' && !Array.isArray(parsed)) return;
    const kind = Array.isArray(parsed) ? 'array' : typeof parsed === 'boolean' ? 'bool' : typeof parsed;
    errors.push(
      fieldError.invalid(
        path,
        redacted,
        `json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`,
      ),
    );
  } catch {
    const first = content.trimStart().charAt(0);
    const detail =
      first === '' ? 'unexpected end of JSON input' : `invalid character '${first}' looking for beginning of value`;
    errors.push(fieldError.invalid(path, redacted, detail));
  }
}

const protocols = ['SCTP', 'TCP', 'UDP'];
const serviceTypes = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];

function servicePorts(spec: unknown, errors: Errors): void {
  const ports = objects(spec, 'ports');
  const names = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const here = `spec.ports[${index}]`;
    const name = text(port, 'name');
    if (ports.length > 1 && name === '') errors.push(fieldError.required(`${here}.name`));
    else if (name !== '') {
      requiredLabel(name, `${here}.name`, errors);
      if (names.has(name)) errors.push(fieldError.duplicate(`${here}.name`, name));
      names.add(name);
    }
    portNumber(port.port, `${here}.port`, errors);
    oneOf(port, here, 'protocol', protocols, errors);
    portOrName(port.targetPort, `${here}.targetPort`, errors);
    const application = text(port, 'appProtocol');
    if (application !== '') problems(`${here}.appProtocol`, application, qualifiedName(application), errors);
  }
}

function repeatedPorts(spec: unknown, errors: Errors): void {
  const ports = objects(spec, 'ports');
  if (text(spec, 'type') === 'ClusterIP') {
    for (const [index, port] of ports.entries()) {
      if (number(port, 'nodePort') !== 0)
        errors.push(
          fieldError.forbidden(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'"),
        );
    }
  }
  const node = new Set<string>();
  const own = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const nodePort = number(port, 'nodePort');
    if (nodePort === 0) continue;
    const key = `${text(port, 'protocol')}/${nodePort}`;
    if (node.has(key)) errors.push(fieldError.duplicate(`spec.ports[${index}].nodePort`, nodePort));
    node.add(key);
  }
  for (const [index, port] of ports.entries()) {
    const key = `${text(port, 'protocol')}/${number(port, 'port')}`;
    if (own.has(key)) {
      // The value is printed as the real server's internal type has it.
      const value = {
        Name: '',
        Protocol: text(port, 'protocol'),
        AppProtocol: null,
        Port: number(port, 'port'),
        TargetPort: 0,
        NodePort: 0,
      };
      errors.push(fieldError.duplicate(`spec.ports[${index}]`, value));
    }
    own.add(key);
  }
}

export function service(object: unknown, errors: Errors, old?: unknown): void {
  const spec = at(object, 'spec');
  const type = text(spec, 'type');
  const addresses = list(spec, 'clusterIPs');
  const headless = addresses[0] === 'None';
  if (old !== undefined) addressUpdate(spec, at(old, 'spec'), errors);
  if (list(spec, 'ports').length === 0 && !headless && type !== 'ExternalName')
    errors.push(fieldError.required('spec.ports'));
  if (headless && (type === 'LoadBalancer' || type === 'NodePort')) {
    errors.push(fieldError.invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`));
  }
  if (type === 'ExternalName') {
    if (addresses.length > 0)
      errors.push(fieldError.forbidden('spec.clusterIPs', 'may not be set for ExternalName services'));
    const name = text(spec, 'externalName').replace(/\.$/, '');
    if (name === '') errors.push(fieldError.required('spec.externalName'));
    else problems('spec.externalName', name, dns1123Subdomain(name), errors);
  }
  servicePorts(spec, errors);
  labels(at(spec, 'selector'), 'spec.selector', errors);
  oneOf(spec, 'spec', 'sessionAffinity', ['ClientIP', 'None'], errors);
  const timeout = at(spec, 'sessionAffinityConfig.clientIP.timeoutSeconds');
  if (typeof timeout === 'number' && (timeout <= 0 || timeout > 86400)) {
    errors.push(
      fieldError.invalid(
        'spec.sessionAffinityConfig.clientIP.timeoutSeconds',
        timeout,
        'must be greater than 0 and less than 86400',
      ),
    );
  }
  for (const [index, address] of addresses.entries()) {
    if (address !== 'None' && old === undefined)
      problems(`spec.clusterIPs[${index}]`, address, addressProblem(String(address)), errors);
  }
  for (const [index, address] of list(spec, 'externalIPs').entries())
    problems(`spec.externalIPs[${index}]`, address, addressProblem(String(address)), errors);
  oneOf(spec, 'spec', 'type', serviceTypes, errors);
  repeatedPorts(spec, errors);
  if (list(spec, 'loadBalancerSourceRanges').length > 0 && type !== 'LoadBalancer') {
    errors.push(
      fieldError.forbidden('spec.LoadBalancerSourceRanges', "may only be used when `type` is 'LoadBalancer'"),
    );
  }
  if (at(spec, 'allocateLoadBalancerNodePorts') !== undefined && type !== 'LoadBalancer') {
    errors.push(
      fieldError.forbidden('spec.allocateLoadBalancerNodePorts', "may only be used when `type` is 'LoadBalancer'"),
    );
  }
  const traffic = text(spec, 'externalTrafficPolicy');
  if (traffic !== '' && type !== 'LoadBalancer' && type !== 'NodePort' && list(spec, 'externalIPs').length === 0) {
    errors.push(
      fieldError.invalid('spec.externalTrafficPolicy', traffic, 'may only be set for externally-accessible services'),
    );
  } else if (traffic !== '' && traffic !== 'Cluster' && traffic !== 'Local') {
    errors.push(fieldError.notSupported('spec.externalTrafficPolicy', traffic, ['Cluster', 'Local']));
  }
  const internal = text(spec, 'internalTrafficPolicy');
  if (internal !== '' && internal !== 'Cluster' && internal !== 'Local') {
    errors.push(fieldError.notSupported('spec.internalTrafficPolicy', internal, ['Cluster', 'Local']));
  }
}

/** Cluster addresses stay, unless the service becomes or was an ExternalName. */
function addressUpdate(spec: unknown, old: unknown, errors: Errors): void {
  if (text(spec, 'type') === 'ExternalName' || text(old, 'type') === 'ExternalName') return;
  const before = list(old, 'clusterIPs');
  const after = list(spec, 'clusterIPs');
  if (before.length === 0 || same(before[0], after[0])) return;
  errors.push(fieldError.invalid('spec.clusterIPs[0]', after, 'may not change once set'));
}

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

export function claim(object: unknown, errors: Errors, old?: unknown): void {
  const spec = at(object, 'spec');
  const modes = list(spec, 'accessModes').map(String);
  if (modes.length === 0) errors.push(fieldError.required('spec.accessModes', 'at least 1 access mode is required'));
  labelSelector(spec, 'spec', 'selector', errors);
  for (const mode of modes)
    if (!accessModes.includes(mode)) errors.push(fieldError.notSupported('spec.accessModes', mode, accessModes));
  if (modes.includes('ReadWriteOncePod') && modes.length > 1) {
    errors.push(fieldError.forbidden('spec.accessModes', 'may not use ReadWriteOncePod with other access modes'));
  }
  const size = at(spec, 'resources.requests.storage');
  if (size === undefined) errors.push(fieldError.required('spec.resources[storage]'));
  else if ((parseQuantity(String(size))?.nano ?? 1n) <= 0n)
    errors.push(fieldError.invalid('spec.resources[storage]', size, 'must be greater than zero'));
  const storageClass = text(spec, 'storageClassName');
  if (storageClass !== '') problems('spec.storageClassName', storageClass, dns1123Subdomain(storageClass), errors);
  const mode = text(spec, 'volumeMode');
  if (mode !== '' && mode !== 'Block' && mode !== 'Filesystem')
    errors.push(fieldError.notSupported('spec.volumeMode', mode, ['Block', 'Filesystem']));
  if (old !== undefined) claimUpdate(object, old, errors);
}

function claimUpdate(object: unknown, old: unknown, errors: Errors): void {
  const keep = (source: unknown) => {
    const { volumeName, resources, volumeAttributesClassName, ...rest } = record(source, 'spec');
    const bound = text(object, 'status.phase') === 'Bound';
    const named = text(old, 'spec.volumeName') === '' ? {} : { volumeName };
    return { ...rest, ...named, ...(bound ? {} : { resources, volumeAttributesClassName }) };
  };
  if (!same(keep(object), keep(old))) {
    errors.push(
      fieldError.forbidden(
        'spec',
        'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
      ),
    );
  }
  const [after, before] = [at(object, 'spec.resources.requests.storage'), at(old, 'spec.resources.requests.storage')];
  if (before !== undefined && quantityOrder(after ?? '0', before) < 0) {
    const capacity = at(old, 'status.capacity.storage') ?? '0';
    if (quantityOrder(after ?? '0', capacity) <= 0)
      errors.push(
        fieldError.forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity'),
      );
  }
}

const quotaScopes = [
  'BestEffort',
  'CrossNamespacePodAffinity',
  'NotBestEffort',
  'NotTerminating',
  'PriorityClass',
  'Terminating',
  'VolumeAttributesClass',
];

const quotaResources = [
  'cpu',
  'memory',
  'ephemeral-storage',
  'requests.cpu',
  'requests.memory',
  'requests.storage',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'persistentvolumeclaims',
  'configmaps',
  'services.nodeports',
  'services.loadbalancers',
];

const standardLimits = ['Container', 'PersistentVolumeClaim', 'Pod'];

export function limitRange(object: unknown, errors: Errors): void {
  const types = new Set<string>();
  for (const [index, limit] of objects(object, 'spec.limits').entries()) {
    const path = `spec.limits[${index}]`;
    const type = text(limit, 'type');
    const named = qualifiedName(type);
    problems(`${path}.type`, type, named, errors);
    if (named.length === 0 && !type.includes('/') && !standardLimits.includes(type))
      errors.push(fieldError.invalid(`${path}.type`, type, 'must be a standard limit type or fully qualified'));
    if (types.has(type)) errors.push(fieldError.duplicate(`${path}.type`, type));
    types.add(type);
    if (type === 'Pod') {
      for (const field of ['default', 'defaultRequest']) {
        if (Object.keys(record(limit, field)).length > 0)
          errors.push(fieldError.forbidden(`${path}.${field}`, "may not be specified when `type` is 'Pod'"));
      }
    }
    if (
      type === 'PersistentVolumeClaim' &&
      at(limit, 'min.storage') === undefined &&
      at(limit, 'max.storage') === undefined
    ) {
      const detail = 'either minimum or maximum storage value is required, but neither was provided';
      errors.push(fieldError.required(`${path}.limits`, detail));
    }
    for (const resource of limitedResources(limit)) limitOrder(limit, resource, path, errors);
  }
}

const limitFields = ['max', 'min', 'default', 'defaultRequest'] as const;

function limitedResources(limit: unknown): Set<string> {
  return new Set(limitFields.flatMap((field) => Object.keys(record(limit, field))));
}

/** The bounds of one resource must be in order. */
function limitOrder(limit: unknown, resource: string, path: string, errors: Errors): void {
  const [max, min, standard, request] = limitFields.map((field) => record(limit, field)[resource]);
  const order = (small: unknown, large: unknown, field: string, value: unknown, words: readonly [string, string]) => {
    if (small === undefined || large === undefined || quantityOrder(small, large) <= 0) return;
    const detail = `${words[0]} value ${small} is greater than ${words[1]} value ${large}`;
    errors.push(fieldError.invalid(`${path}.${field}[${resource}]`, value, detail));
  };
  order(min, max, 'min', min, ['min', 'max']);
  order(min, request, 'defaultRequest', request, ['min', 'default request']);
  order(request, max, 'defaultRequest', request, ['default request', 'max']);
  order(request, standard, 'defaultRequest', request, ['default request', 'default limit']);
  order(min, standard, 'default', standard, ['min', 'default']);
  order(standard, max, 'default', standard, ['default', 'max']);
}

const standardQuota = (name: string) => quotaResources.includes(name) || /^(requests\.)?hugepages-/.test(name);

export function resourceQuota(object: unknown, errors: Errors): void {
  for (const [resource, value] of Object.entries(record(object, 'spec.hard'))) {
    const path = `spec.hard[${resource}]`;
    const named = qualifiedName(resource);
    problems(path, resource, named, errors);
    if (!resource.includes('/') && !standardQuota(resource)) {
      if (named.length === 0)
        errors.push(fieldError.invalid(path, resource, 'must be a standard resource type or fully qualified'));
      errors.push(fieldError.invalid(path, resource, 'must be a standard resource for quota'));
    }
    nonNegativeQuantity(value, path, errors);
  }
  const scopes = list(object, 'spec.scopes').map(String);
  for (const scope of scopes) {
    if (!quotaScopes.includes(scope)) errors.push(fieldError.invalid('spec.scopes', scopes, 'unsupported scope'));
  }
}

const volumeTypes = [
  'awsElasticBlockStore',
  'azureDisk',
  'azureFile',
  'cephfs',
  'cinder',
  'csi',
  'fc',
  'flexVolume',
  'flocker',
  'gcePersistentDisk',
  'glusterfs',
  'hostPath',
  'iscsi',
  'local',
  'nfs',
  'photonPersistentDisk',
  'portworxVolume',
  'quobyte',
  'rbd',
  'scaleIO',
  'storageos',
  'vsphereVolume',
];

export function persistentVolume(object: unknown, errors: Errors): void {
  const spec = at(object, 'spec');
  const modes = list(spec, 'accessModes').map(String);
  if (modes.length === 0) errors.push(fieldError.required('spec.accessModes'));
  for (const mode of modes)
    if (!accessModes.includes(mode)) errors.push(fieldError.notSupported('spec.accessModes', mode, accessModes));
  const capacity = record(spec, 'capacity');
  if (Object.keys(capacity).length === 0) errors.push(fieldError.required('spec.capacity'));
  if (capacity.storage === undefined || Object.keys(capacity).length > 1) {
    errors.push(fieldError.notSupported('spec.capacity', at(spec, 'capacity') ?? null, ['storage']));
  }
  const given = volumeTypes.filter((type) => at(spec, type) !== undefined);
  if (given.length === 0) errors.push(fieldError.required('spec', 'must specify a volume type'));
  for (const type of given.slice(1))
    errors.push(fieldError.forbidden(`spec.${type}`, 'may not specify more than 1 volume type'));
}

function endpointAddress(address: unknown, path: string, errors: Errors): void {
  const ip = text(address, 'ip');
  problems(`${path}.ip`, ip, addressProblem(ip), errors);
  const hostname = text(address, 'hostname');
  if (hostname !== '') problems(`${path}.hostname`, hostname, dns1123Label(hostname), errors);
  const special = addressProblem(ip).length > 0 ? ['must be a valid IP address'] : specialAddressProblem(ip);
  problems(`${path}.ip`, ip, special, errors);
}

export function endpoints(object: unknown, errors: Errors): void {
  for (const [index, subset] of objects(object, 'subsets').entries()) {
    const path = `subsets[${index}]`;
    const ready = objects(subset, 'addresses');
    const notReady = objects(subset, 'notReadyAddresses');
    if (ready.length + notReady.length === 0)
      errors.push(fieldError.required(path, 'must specify `addresses` or `notReadyAddresses`'));
    for (const [at, address] of ready.entries()) endpointAddress(address, `${path}.addresses[${at}]`, errors);
    for (const [at, address] of notReady.entries())
      endpointAddress(address, `${path}.notReadyAddresses[${at}]`, errors);
    const ports = objects(subset, 'ports');
    for (const [at, port] of ports.entries()) {
      const here = `${path}.ports[${at}]`;
      const name = text(port, 'name');
      if (ports.length > 1 && name === '') errors.push(fieldError.required(`${here}.name`));
      else if (name !== '') problems(`${here}.name`, name, dns1123Label(name), errors);
      portNumber(port.port, `${here}.port`, errors);
      oneOf(port, here, 'protocol', protocols, errors);
      const application = text(port, 'appProtocol');
      if (application !== '') problems(`${here}.appProtocol`, application, qualifiedName(application), errors);
    }
  }
}

/** A reference as the real server's internal type prints it. */
function internalReference(reference: unknown): unknown {
  if (reference === undefined || reference === null) return null;
  const names = ['Kind', 'Namespace', 'Name', 'UID', 'APIVersion', 'ResourceVersion', 'FieldPath'];
  const field = (name: string) =>
    name === 'UID' ? 'uid' : name.replace(/^[A-Z]+(?=[A-Z]|$)|^[A-Z]/, (start) => start.toLowerCase());
  return Object.fromEntries(names.map((name) => [name, text(reference, field(name))]));
}

/** [name in events.k8s.io, name in error messages, in their order] */
const fixedEventFields: readonly (readonly [string, string])[] = [
  ['regarding', 'involvedObject'],
  ['reason', 'reason'],
  ['note', 'message'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
  ['reason', 'reason'],
  ['type', 'type'],
  ['eventTime', 'eventTime'],
  ['action', 'action'],
  ['related', 'related'],
  ['reportingController', 'reportingController'],
  ['reportingInstance', 'reportingInstance'],
];

function eventUpdate(object: unknown, old: unknown, errors: Errors): void {
  for (const [field, shown] of fixedEventFields) {
    const value = at(object, field);
    if (same(value, at(old, field))) continue;
    const printed = field === 'regarding' || field === 'related' ? internalReference(value) : (value ?? '');
    errors.push(fieldError.invalid(shown, printed, immutableText));
  }
}

export function event(object: unknown, errors: Errors, old?: unknown): void {
  const core = at(object, 'apiVersion') === 'v1';
  if (old !== undefined && !core) {
    eventUpdate(object, old, errors);
    return;
  }
  const time = at(object, 'eventTime');
  if (time === undefined || time === null) {
    const namespace = text(object, core ? 'involvedObject.namespace' : 'regarding.namespace');
    const own = text(object, 'metadata.namespace');
    if (namespace === '' ? own !== 'default' && own !== '' : namespace !== own) {
      errors.push(fieldError.invalid('involvedObject.namespace', namespace, 'does not match event.namespace'));
    }
    if (core) return;
    errors.push(fieldError.required('eventTime'));
  } else {
    const field = core ? 'reportingComponent' : 'reportingController';
    const controller = text(object, field);
    if (controller === '' && !core) errors.push(fieldError.required(field));
    else problems(field, controller, qualifiedName(controller), errors);
    for (const name of ['reportingInstance', 'action', 'reason'])
      if (text(object, name) === '') errors.push(fieldError.required(name));
    if (core) return;
  }
  const type = text(object, 'type');
  if (type !== 'Normal' && type !== 'Warning')
    errors.push(fieldError.invalid('type', '', `has invalid value: ${type}`));
}
