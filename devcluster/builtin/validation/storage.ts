/** Validation of storage.k8s.io. */
import { dns1123Subdomain, qualifiedName } from '../../registry/names.ts';
import { at, list, objects, record, text } from '../access.ts';
import {
  type Errors,
  fieldError,
  immutable,
  immutableText,
  internalForm,
  labelSelector,
  nonNegative,
  nonNegativeQuantity,
  notSupported,
  problems,
  same,
  subdomain,
  unique,
} from './common.ts';
import { driverName } from './volumesources.ts';

const parameterLimit = 256 * 1024;
const parameterCount = 512;

export function storageClass(object: unknown, errors: Errors, old?: unknown): void {
  const provisioner = text(object, 'provisioner').toLowerCase();
  if (provisioner === '') errors.push(fieldError.required('provisioner'));
  else problems('provisioner', provisioner, qualifiedName(provisioner), errors);
  const parameters = Object.entries(record(object, 'parameters'));
  const size = parameters.reduce((sum, [key, value]) => sum + Buffer.byteLength(key + String(value)), 0);
  if (parameters.length > parameterCount) errors.push(fieldError.tooLong('parameters', parameterCount));
  else if (size > parameterLimit) errors.push(fieldError.tooLong('parameters', parameterLimit));
  if (parameters.some(([key]) => key === ''))
    errors.push(fieldError.invalid('parameters', '', 'field can not be empty.'));
  if (text(object, 'reclaimPolicy') !== '') notSupported(object, '', 'reclaimPolicy', ['Delete', 'Retain'], errors);
  notSupported(object, '', 'volumeBindingMode', ['Immediate', 'WaitForFirstConsumer'], errors);
  allowedTopologies(object, errors);
  if (old === undefined) return;
  for (const field of ['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode'])
    immutable(object, old, field, errors);
}

function allowedTopologies(object: unknown, errors: Errors): void {
  for (const [index, term] of objects(object, 'allowedTopologies').entries()) {
    const path = `allowedTopologies[${index}].matchLabelExpressions`;
    const expressions = objects(term, 'matchLabelExpressions');
    // One that asks for nothing is called a repetition.
    if (expressions.length === 0) errors.push(fieldError.duplicate(path, ''));
    for (const [at, expression] of expressions.entries()) {
      const key = text(expression, 'key');
      problems(`${path}[${at}].key`, key, qualifiedName(key), errors);
      const values = list(expression, 'values');
      if (values.length === 0) errors.push(fieldError.required(`${path}[${at}].values`));
      unique(values, (position) => `${path}[${at}].values[${position}]`, errors);
    }
  }
}

export function csiDriver(object: unknown, errors: Errors, old?: unknown): void {
  const modes = list(object, 'spec.volumeLifecycleModes').map(String);
  notSupported(at(object, 'spec'), 'spec', 'fsGroupPolicy', ['File', 'None', 'ReadWriteOnceWithFSType'], errors);
  for (const mode of modes) {
    if (mode !== 'Persistent' && mode !== 'Ephemeral')
      errors.push(fieldError.notSupported('spec.volumeLifecycleModes', mode, ['Persistent', 'Ephemeral']));
  }
  for (const [index, token] of objects(object, 'spec.tokenRequests').entries()) {
    const seconds = at(token, 'expirationSeconds');
    const path = `spec.tokenRequests[${index}].expirationSeconds`;
    if (typeof seconds === 'number' && seconds < 600)
      errors.push(fieldError.invalid(path, seconds, 'may not specify a duration less than 10 minutes'));
  }
  unique(
    objects(object, 'spec.tokenRequests').map((token) => text(token, 'audience')),
    (index) => `spec.tokenRequests[${index}].audience`,
    errors,
  );
  const period = at(object, 'spec.nodeAllocatableUpdatePeriodSeconds');
  if (typeof period === 'number' && period < 10) {
    const path = 'spec.nodeAllocatableUpdatePeriodSeconds';
    errors.push(fieldError.invalid(path, period, 'must be greater than or equal to 10 seconds'));
  }
  const inSecrets = at(object, 'spec.serviceAccountTokenInSecrets');
  if (inSecrets !== undefined && list(object, 'spec.tokenRequests').length === 0) {
    const detail = 'serviceAccountTokenInSecrets is set but no tokenRequests are specified';
    errors.push(fieldError.invalid('spec.serviceAccountTokenInSecrets', inSecrets, detail));
  }
  if (old === undefined) return;
  const required = at(object, 'spec.attachRequired');
  if (required !== at(old, 'spec.attachRequired'))
    errors.push(fieldError.invalid('spec.attachedRequired', required ?? null, immutableText));
  immutable(object, old, 'spec.volumeLifecycleModes', errors);
}

export function csiNode(object: unknown, errors: Errors, old?: unknown): void {
  const names = new Set<string>();
  for (const [index, driver] of objects(object, 'spec.drivers').entries()) {
    const path = `spec.drivers[${index}]`;
    const name = text(driver, 'name');
    driverName(name, `${path}.name`, errors);
    if (text(driver, 'nodeID') === '') errors.push(fieldError.required(`${path}.nodeID`));
    if (names.has(name)) errors.push(fieldError.duplicate(`${path}.name`, name));
    names.add(name);
    const id = text(driver, 'nodeID');
    if (Buffer.byteLength(id) > 256)
      errors.push(fieldError.invalid(`${path}.nodeID`, id, 'must be 256 characters or less'));
    const keys = list(driver, 'topologyKeys').map(String);
    for (const key of keys) {
      if (key === '') errors.push(fieldError.required(path));
      problems(path, key, qualifiedName(key), errors);
    }
    unique(keys, () => path, errors);
    nonNegative(driver, path, 'allocatable.count', errors);
    const before = objects(old, 'spec.drivers').find((other) => text(other, 'name') === name);
    if (before !== undefined && !same(before, driver)) {
      const printed = internalForm(driver, ['Name', 'NodeID', 'TopologyKeys', 'Allocatable']);
      errors.push(fieldError.invalid('spec.drivers', { ...printed, NodeID: id }, immutableText));
    }
  }
}

export function csiStorageCapacity(object: unknown, errors: Errors, old?: unknown): void {
  const topology: Errors = [];
  problems(
    'storageClassName',
    text(object, 'storageClassName'),
    dns1123Subdomain(text(object, 'storageClassName')),
    errors,
  );
  labelSelector(object, '', 'nodeTopology', topology);
  for (const problem of topology) errors.push({ ...problem, field: problem.field.replace(/^\./, '') });
  if (at(object, 'capacity') !== undefined) nonNegativeQuantity(at(object, 'capacity'), 'capacity', errors);
  if (old === undefined) return;
  for (const field of ['nodeTopology', 'storageClassName']) immutable(object, old, field, errors);
}

export function volumeAttachment(object: unknown, errors: Errors, old?: unknown): void {
  const attacher = text(object, 'spec.attacher');
  const node = text(object, 'spec.nodeName');
  if (attacher === '') errors.push(fieldError.required('spec.attacher'));
  else {
    if (attacher.length > 63) errors.push(fieldError.tooLong('spec.attacher', 63));
    subdomain(attacher, 'spec.attacher', errors);
  }
  const inline = at(object, 'spec.source.inlineVolumeSpec');
  const volume = at(object, 'spec.source.persistentVolumeName');
  const exactlyOne = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';
  if (inline === undefined && volume === undefined) errors.push(fieldError.required('spec.source', exactlyOne));
  else if (inline !== undefined && volume !== undefined) errors.push(fieldError.forbidden('spec.source', exactlyOne));
  else if (volume !== undefined) {
    const path = 'spec.source.persistentVolumeName';
    if (volume === '') errors.push(fieldError.required(path, 'must specify non empty persistentVolumeName'));
    subdomain(String(volume), path, errors);
  }
  problems('spec.nodeName', node, dns1123Subdomain(node), errors);
  if (old === undefined || same(at(object, 'spec'), at(old, 'spec'))) return;
  const source = internalForm(at(object, 'spec.source'), ['PersistentVolumeName', 'InlineVolumeSpec']);
  errors.push(fieldError.invalid('spec', { Attacher: attacher, Source: source, NodeName: node }, immutableText));
}

export function volumeAttributesClass(object: unknown, errors: Errors, old?: unknown): void {
  const driver = text(object, 'driverName');
  const parameters = record(object, 'parameters');
  if (driver === '') errors.push(fieldError.required('driverName'));
  else problems('driverName', driver.toLowerCase(), qualifiedName(driver.toLowerCase()), errors);
  if (Object.keys(parameters).length === 0)
    errors.push(fieldError.required('parameters', 'must contain at least one key/value pair'));
  if (Object.hasOwn(parameters, '')) errors.push(fieldError.invalid('parameters', '', 'field can not be empty.'));
  if (old === undefined) return;
  for (const field of ['driverName', 'parameters']) {
    if (!same(at(object, field), at(old, field)))
      errors.push(fieldError.forbidden(field, `updates to ${field} are forbidden.`));
  }
}
