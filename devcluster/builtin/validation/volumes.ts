/** Validation of persistent volumes and the claims to them. */
import { dns1123Subdomain } from '../../registry/names.ts';
import type { Json } from '../../types.ts';
import { at, list, number, objects, record, text } from '../access.ts';
import { goDiff } from '../godiff.ts';
import { goEqual, goForm } from '../goform.ts';
import { parseQuantity } from '../quantity.ts';
import {
  type Errors,
  fieldError,
  immutableText,
  labelSelector,
  nodeSelectorTerm,
  notSupported,
  problems,
  quantityOrder,
  same,
} from './common.ts';

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

export function claim(object: unknown, errors: Errors, old?: unknown): void {
  claimSpec(object, 'spec', errors);
  if (old !== undefined) claimUpdate(object, old, errors);
}

/** The claim of an object with a `spec`, or of a template, at `path`. */
export function claimSpec(object: unknown, path: string, errors: Errors): void {
  const spec = at(object, 'spec') ?? {};
  const modes = list(spec, 'accessModes').map(String);
  if (modes.length === 0) errors.push(fieldError.required(`${path}.accessModes`, 'at least 1 access mode is required'));
  labelSelector(spec, path, 'selector', errors);
  for (const mode of modes)
    if (!accessModes.includes(mode)) errors.push(fieldError.notSupported(`${path}.accessModes`, mode, accessModes));
  if (modes.includes('ReadWriteOncePod') && modes.length > 1) {
    errors.push(fieldError.forbidden(`${path}.accessModes`, 'may not use ReadWriteOncePod with other access modes'));
  }
  const size = at(spec, 'resources.requests.storage');
  if (size === undefined) errors.push(fieldError.required(`${path}.resources[storage]`));
  else if ((parseQuantity(String(size))?.nano ?? 1n) <= 0n)
    errors.push(fieldError.invalid(`${path}.resources[storage]`, size, 'must be greater than zero'));
  const storageClass = text(spec, 'storageClassName');
  if (storageClass !== '') problems(`${path}.storageClassName`, storageClass, dns1123Subdomain(storageClass), errors);
  const mode = text(spec, 'volumeMode');
  if (mode !== '' && mode !== 'Block' && mode !== 'Filesystem')
    errors.push(fieldError.notSupported(`${path}.volumeMode`, mode, ['Block', 'Filesystem']));
  for (const field of ['dataSource', 'dataSourceRef']) {
    const source = at(spec, field);
    if (source === undefined || source === null) continue;
    for (const part of ['name', 'kind'])
      if (text(source, part) === '') errors.push(fieldError.required(`${path}.${field}.${part}`));
  }
  const [source, reference] = [at(spec, 'dataSource'), at(spec, 'dataSourceRef')];
  const differ = ['kind', 'name', 'apiGroup'].some((field) => text(source, field) !== text(reference, field));
  if (source !== undefined && reference !== undefined && at(reference, 'namespace') === undefined && differ)
    errors.push(fieldError.invalid(path, {}, 'must match dataSourceRef'));
}

function claimUpdate(object: unknown, old: unknown, errors: Errors): void {
  const before = { ...record(old, 'spec') };
  const after = { ...record(object, 'spec') };
  // The volume may be named once, and a claim that has no class yet may be given one.
  if (text(old, 'spec.volumeName') === '' && after.volumeName !== undefined) before.volumeName = after.volumeName;
  if (before.storageClassName === undefined) delete after.storageClassName;
  if (text(object, 'status.phase') === 'Bound') {
    const requests = record(after, 'resources.requests');
    const size = at(old, 'spec.resources.requests.storage');
    if (size !== undefined && Object.keys(requests).length > 0)
      after.resources = { ...record(after, 'resources'), requests: { ...requests, storage: size as Json } };
    delete after.volumeAttributesClassName;
    if (before.volumeAttributesClassName !== undefined)
      after.volumeAttributesClassName = before.volumeAttributesClassName;
  }
  const [was, is] = [goForm('PersistentVolumeClaimSpec', before), goForm('PersistentVolumeClaimSpec', after)];
  if (!goEqual(was, is)) {
    const rule =
      'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';
    errors.push(fieldError.forbidden('spec', `${rule}\n${goDiff(was, is)}`));
  }
  immutableMode(object, old, errors);
  sizeOf(object, old, errors);
}

function immutableMode(object: unknown, old: unknown, errors: Errors): void {
  const mode = at(object, 'spec.volumeMode');
  if (!same(mode, at(old, 'spec.volumeMode')))
    errors.push(fieldError.invalid('volumeMode', mode ?? null, immutableText));
}

/** A claim may shrink down to what it has got. */
function sizeOf(object: unknown, old: unknown, errors: Errors): void {
  const [after, before] = [at(object, 'spec.resources.requests.storage'), at(old, 'spec.resources.requests.storage')];
  if (before !== undefined && quantityOrder(after ?? '0', before) < 0) {
    const capacity = at(old, 'status.capacity.storage') ?? '0';
    if (quantityOrder(after ?? '0', capacity) <= 0)
      errors.push(
        fieldError.forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity'),
      );
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

export function persistentVolume(object: unknown, errors: Errors, old?: unknown): void {
  const spec = at(object, 'spec');
  const modes = list(spec, 'accessModes').map(String);
  if (modes.length === 0) errors.push(fieldError.required('spec.accessModes'));
  for (const mode of modes)
    if (!accessModes.includes(mode)) errors.push(fieldError.notSupported('spec.accessModes', mode, accessModes));
  if (modes.includes('ReadWriteOncePod') && modes.length > 1)
    errors.push(fieldError.forbidden('spec.accessModes', 'may not use ReadWriteOncePod with other access modes'));
  const capacity = record(spec, 'capacity');
  if (Object.keys(capacity).length === 0) errors.push(fieldError.required('spec.capacity'));
  if (capacity.storage === undefined || Object.keys(capacity).length > 1) {
    const printed = Object.fromEntries(Object.entries(capacity).sort(([a], [b]) => (a < b ? -1 : 1)));
    errors.push(
      fieldError.notSupported('spec.capacity', at(spec, 'capacity') === undefined ? null : printed, ['storage']),
    );
  }
  for (const [name, value] of Object.entries(capacity)) {
    const quantity = parseQuantity(String(value));
    if (quantity === undefined || quantity.nano > 0n) continue;
    const path = `spec.capacity[${name}]`;
    errors.push(fieldError.invalid(path, value, 'must be greater than zero'));
    if (quantity.nano < 0n)
      errors.push(
        fieldError.invalid(path, Number(quantity.nano / 1_000_000_000n), 'must be a valid resource quantity'),
      );
  }
  const given = volumeTypes.filter((type) => at(spec, type) !== undefined);
  if (given.length === 0) errors.push(fieldError.required('spec', 'must specify a volume type'));
  for (const type of given.slice(1))
    errors.push(fieldError.forbidden(`spec.${type}`, 'may not specify more than 1 volume type'));
  const source = given[0];
  if (source !== undefined) volumeSource(source, at(spec, source), errors);
  volumePolicies(spec, errors);
  nodeAffinity(spec, errors);
  if (old === undefined) return;
  if (!same(sourcesOf(spec), sourcesOf(at(old, 'spec')))) {
    const source = (from: unknown) => goForm('PersistentVolumeSource', at(from, 'spec'));
    const detail = `spec.persistentvolumesource is immutable after creation\n${goDiff(source(old), source(object))}`;
    errors.push(fieldError.forbidden('spec.persistentvolumesource', detail));
  }
  immutableMode(object, old, errors);
  const affinity = at(old, 'spec.nodeAffinity');
  if (affinity !== undefined && !same(affinity, at(spec, 'nodeAffinity'))) {
    const detail = 'field is immutable, except for updating from beta label to GA';
    errors.push(fieldError.invalid('nodeAffinity', goNodeAffinity(at(spec, 'nodeAffinity')), detail));
  }
}

/** The required terms of a volume's affinity. */
function goNodeAffinity(affinity: unknown): unknown {
  return affinity === undefined ? null : { Required: goForm('NodeSelector', at(affinity, 'required')) };
}

const sourcesOf = (spec: unknown) => Object.fromEntries(volumeTypes.map((type) => [type, at(spec, type)]));

function volumePolicies(spec: unknown, errors: Errors): void {
  const policy = 'persistentVolumeReclaimPolicy';
  notSupported(spec, 'spec', policy, ['Delete', 'Recycle', 'Retain'], errors);
  if (text(spec, 'hostPath.path') === '/' && text(spec, policy) === 'Recycle') {
    const detail = "may not be 'recycle' for a hostPath mount of '/'";
    errors.push(fieldError.forbidden(`spec.${policy}`, detail));
  }
  const storageClass = text(spec, 'storageClassName');
  if (storageClass !== '') problems('spec.storageClassName', storageClass, dns1123Subdomain(storageClass), errors);
  notSupported(spec, 'spec', 'volumeMode', ['Block', 'Filesystem'], errors);
  if (at(spec, 'volumeAttributesClassName') !== undefined && at(spec, 'csi') === undefined)
    errors.push(fieldError.required('spec.csi', 'has to be specified when using volumeAttributesClassName'));
}

function nodeAffinity(spec: unknown, errors: Errors): void {
  const affinity = at(spec, 'nodeAffinity');
  if (affinity === undefined || affinity === null) {
    if (at(spec, 'local') !== undefined)
      errors.push(fieldError.required('spec.nodeAffinity', 'Local volume requires node affinity'));
    return;
  }
  const path = 'spec.nodeAffinity.required';
  const required = at(affinity, 'required');
  if (required === undefined || required === null)
    return void errors.push(fieldError.required(path, 'must specify required node constraints'));
  const terms = objects(required, 'nodeSelectorTerms');
  if (terms.length === 0)
    errors.push(fieldError.required(`${path}.nodeSelectorTerms`, 'must have at least one node selector term'));
  for (const [index, term] of terms.entries()) nodeSelectorTerm(term, `${path}.nodeSelectorTerms[${index}]`, errors);
}

/** What sources of volumes require, by the names that messages have for them. */
const requiredOf: { readonly [type: string]: readonly string[] } = {
  awsElasticBlockStore: ['volumeID'],
  azureDisk: ['diskName', 'diskURI'],
  azureFile: ['secretName', 'shareName'],
  cephfs: ['monitors'],
  cinder: ['volumeID'],
  csi: ['driver', 'volumeHandle'],
  gcePersistentDisk: ['pdName'],
  glusterfs: ['endpoints', 'path'],
  hostPath: ['path'],
  iscsi: ['targetPortal', 'iqn'],
  local: ['path'],
  nfs: ['server', 'path'],
  rbd: ['monitors', 'image'],
  vsphereVolume: ['volumePath'],
};
export const hostPathTypes = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
];

function volumeSource(type: string, source: unknown, errors: Errors): void {
  const path = `spec.${type === 'gcePersistentDisk' ? 'persistentDisk' : type}`;
  for (const field of requiredOf[type] ?? [])
    if (text(source, field) === '' && list(source, field).length === 0)
      errors.push(fieldError.required(`${path}.${field}`));
  const place = text(source, 'path');
  if ((type === 'hostPath' || type === 'local') && place.split('/').includes('..'))
    errors.push(fieldError.invalid(`${path}.path`, place, "must not contain '..'"));
  if (type === 'hostPath') notSupported(source, path, 'type', hostPathTypes, errors);
  else if (type === 'nfs') {
    if (place !== '' && !place.startsWith('/'))
      errors.push(fieldError.invalid(`${path}.path`, place, 'must be an absolute path'));
  } else if (type === 'csi') csiSource(source, path, errors);
  else if (type === 'fc') {
    if (list(source, 'targetWWNs').length > 0 === list(source, 'wwids').length > 0) {
      const detail = 'must specify either targetWWNs or wwids, but not both';
      errors.push(fieldError.required(`${path}.targetWWNs`, detail));
    }
  } else if (type === 'iscsi') {
    {
      const name = text(source, 'iqn');
      if (name !== '' && !isIscsiName(name))
        errors.push(fieldError.invalid(`${path}.iqn`, name, 'must be valid format'));
    }
    const unit = number(source, 'lun');
    if (unit < 0 || unit > 255)
      errors.push(fieldError.invalid(`${path}.lun`, unit, 'must be between 0 and 255, inclusive'));
  } else if (type === 'azureDisk' && !/^https:/.test(text(source, 'diskURI'))) {
    const form = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd';
    errors.push(fieldError.notSupported(`${path}.diskURI`, text(source, 'diskURI'), [form]));
  }
}

const iscsiForms = /^(iqn\.\d{4}-\d{2}\.([a-z0-9.-]+)(:[^,;*&$|\s]+)$|eui\.[0-9a-fA-F]{16}$|naa\.[0-9a-fA-F]{32}$)/;

/** Whether a name is one that iSCSI knows a node by. */
export function isIscsiName(name: string): boolean {
  return iscsiForms.test(name);
}

/** A CSI driver's name at `path`, if any. */
export function driverName(name: string, path: string, errors: Errors): void {
  if (name === '') return;
  if (name.length > 63) errors.push(fieldError.tooLong(path, 63));
  problems(path, name, dns1123Subdomain(name.toLowerCase()), errors);
}

function csiSource(source: unknown, path: string, errors: Errors): void {
  driverName(text(source, 'driver'), `${path}.driver`, errors);
  for (const secret of [
    'controllerPublishSecretRef',
    'controllerExpandSecretRef',
    'nodePublishSecretRef',
    'nodeStageSecretRef',
    'nodeExpandSecretRef',
  ]) {
    if (at(source, secret) === undefined) continue;
    for (const field of ['name', 'namespace'])
      if (text(source, `${secret}.${field}`) === '') errors.push(fieldError.required(`${path}.${secret}.${field}`));
  }
}
