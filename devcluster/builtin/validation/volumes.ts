/** Validation of persistent volumes and the claims to them. */
import { dns1123Label, dns1123Subdomain } from '../../registry/names.ts';
import type { Json, JsonObject } from '../../types.ts';
import { at, list, objects, record, text } from '../access.ts';
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
  requiredLabel,
  same,
  selectorForm,
} from './common.ts';
import { driverName, sharedSource } from './volumesources.ts';

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
  notSupported(spec, path, 'volumeMode', ['Block', 'Filesystem'], errors);
  for (const field of ['dataSource', 'dataSourceRef']) dataSource(at(spec, field), `${path}.${field}`, errors);
  const [source, reference] = [at(spec, 'dataSource'), at(spec, 'dataSourceRef')];
  if (source !== undefined && reference !== undefined) {
    const differ =
      ['kind', 'name'].some((field) => text(source, field) !== text(reference, field)) ||
      at(source, 'apiGroup') !== at(reference, 'apiGroup');
    if (text(reference, 'namespace') !== '')
      errors.push(fieldError.invalid(path, {}, 'may not be specified when dataSourceRef.namespace is specified'));
    else if (differ) errors.push(fieldError.invalid(path, {}, 'must match dataSourceRef'));
  }
  const attributes = text(spec, 'volumeAttributesClassName');
  if (attributes !== '')
    problems(`${path}.volumeAttributesClassName`, attributes, dns1123Subdomain(attributes), errors);
}

/** What a claim is filled from. */
function dataSource(source: unknown, path: string, errors: Errors): void {
  if (source === undefined || source === null) return;
  for (const part of ['name', 'kind'])
    if (text(source, part) === '') errors.push(fieldError.required(`${path}.${part}`));
  const [group, kind] = [text(source, 'apiGroup'), text(source, 'kind')];
  if (group !== '') problems(`${path}.apiGroup`, group, dns1123Subdomain(group), errors);
  else if (kind !== 'PersistentVolumeClaim') {
    const detail = "must be 'PersistentVolumeClaim' when referencing the default apiGroup";
    errors.push(fieldError.invalid(path, kind, detail));
  }
  const namespace = text(source, 'namespace');
  if (namespace !== '') problems(`${path}.namespace`, namespace, dns1123Label(namespace), errors);
}

function claimUpdate(object: unknown, old: unknown, errors: Errors): void {
  const before = { ...record(old, 'spec') };
  const after = { ...record(object, 'spec') };
  for (const spec of [before, after])
    if (spec.selector !== undefined) spec.selector = selectorForm(spec.selector) as JsonObject;
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
  sizeOf(object, old, errors);
  immutableMode(object, old, errors);
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

/** In the order in which the real server looks at them. */
const volumeTypes = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'flocker',
  'nfs',
  'rbd',
  'quobyte',
  'cephfs',
  'iscsi',
  'cinder',
  'fc',
  'flexVolume',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'scaleIO',
  'local',
  'storageos',
  'csi',
];

export function persistentVolume(object: unknown, errors: Errors, old?: unknown): void {
  volumeSpec(object, errors);
  if (old === undefined) return;
  // An update looks at it twice.
  volumeSpec(object, errors);
  volumeUpdate(object, old, errors);
}

function volumeSpec(object: unknown, errors: Errors): void {
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
  notSupported(spec, 'spec', reclaim, ['Delete', 'Recycle', 'Retain'], errors);
  nodeAffinity(spec, errors);
  volumeSources(object, errors);
  volumePolicies(spec, errors);
}

function volumeUpdate(object: unknown, old: unknown, errors: Errors): void {
  const spec = at(object, 'spec');
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

/** A volume has one source; a flexible one is never too many. */
function volumeSources(object: unknown, errors: Errors): void {
  const spec = at(object, 'spec');
  let count = 0;
  for (const type of volumeTypes) {
    const source = at(spec, type);
    if (source === undefined || source === null) continue;
    if (count > 0 && type !== 'flexVolume') {
      const name = type === 'cephfs' ? 'cephFS' : type;
      errors.push(fieldError.forbidden(`spec.${name}`, 'may not specify more than 1 volume type'));
      continue;
    }
    count++;
    if (type === 'csi') csiSource(source, 'spec.csi', errors);
    else sharedSource(type, source, 'spec', true, errors);
    if (type === 'local' && (at(spec, 'nodeAffinity') ?? undefined) === undefined)
      errors.push(fieldError.required('spec.nodeAffinity', 'Local volume requires node affinity'));
    const portal = text(source, 'targetPortal');
    if (type === 'iscsi' && at(source, 'initiatorName') !== undefined) {
      const detail =
        'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.';
      if (`${text(object, 'metadata.name')}:${portal}`.length > 64)
        errors.push(fieldError.invalid('spec.iscsi.targetportal', portal, detail));
    }
  }
  if (count === 0) errors.push(fieldError.required('spec', 'must specify a volume type'));
}

const reclaim = 'persistentVolumeReclaimPolicy';

const sourcesOf = (spec: unknown) => Object.fromEntries(volumeTypes.map((type) => [type, at(spec, type)]));

function volumePolicies(spec: unknown, errors: Errors): void {
  if (text(spec, 'hostPath.path') === '/' && text(spec, reclaim) === 'Recycle') {
    const detail = "may not be 'recycle' for a hostPath mount of '/'";
    errors.push(fieldError.forbidden(`spec.${reclaim}`, detail));
  }
  const storageClass = text(spec, 'storageClassName');
  if (storageClass !== '') problems('spec.storageClassName', storageClass, dns1123Subdomain(storageClass), errors);
  notSupported(spec, 'spec', 'volumeMode', ['Block', 'Filesystem'], errors);
  const attributes = at(spec, 'volumeAttributesClassName');
  if (attributes === undefined) return;
  const path = 'spec.volumeAttributesClassName';
  if (attributes === '') errors.push(fieldError.required(path, 'an empty string is disallowed'));
  else problems(path, attributes, dns1123Subdomain(String(attributes)), errors);
  if (at(spec, 'csi') === undefined)
    errors.push(fieldError.required('spec.csi', 'has to be specified when using volumeAttributesClassName'));
}

function nodeAffinity(spec: unknown, errors: Errors): void {
  const affinity = at(spec, 'nodeAffinity');
  if (affinity === undefined || affinity === null) {
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

function csiSource(source: unknown, path: string, errors: Errors): void {
  driverName(text(source, 'driver'), `${path}.driver`, errors);
  if (text(source, 'volumeHandle') === '') errors.push(fieldError.required(`${path}.volumeHandle`));
  for (const secret of [
    'controllerPublishSecretRef',
    'controllerExpandSecretRef',
    'nodePublishSecretRef',
    'nodeExpandSecretRef',
  ]) {
    if (at(source, secret) === undefined) continue;
    const [name, namespace] = [text(source, `${secret}.name`), text(source, `${secret}.namespace`)];
    if (name === '') errors.push(fieldError.required(`${path}.${secret}.name`));
    else problems(`${path}.${secret}.name`, name, dns1123Subdomain(name), errors);
    requiredLabel(namespace, `${path}.${secret}.namespace`, errors);
  }
}
