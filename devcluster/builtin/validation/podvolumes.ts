/** Validation of a pod's volumes. */
import { dns1123Subdomain } from '../../registry/names.ts';
import type { JsonObject } from '../../types.ts';
import { at, list, number, objects, record, text } from '../access.ts';
import { parseQuantity } from '../quantity.ts';
import { type Errors, fieldError, notSupported, problems, requiredLabel } from './common.ts';
import { fieldReference, resourceReference, volumeFieldPaths } from './podreferences.ts';
import { claimSpec, driverName, hostPathTypes, isIscsiName } from './volumes.ts';

const volumeSources = [
  'emptyDir',
  'hostPath',
  'gitRepo',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'secret',
  'nfs',
  'iscsi',
  'glusterfs',
  'persistentVolumeClaim',
  'rbd',
  'flexVolume',
  'cinder',
  'cephfs',
  'flocker',
  'downwardAPI',
  'fc',
  'configMap',
  'azureFile',
  'vsphereVolume',
  'quobyte',
  'azureDisk',
  'photonPersistentDisk',
  'portworxVolume',
  'scaleIO',
  'storageos',
  'projected',
  'csi',
  'ephemeral',
  'image',
];

/** What must not be empty, by source. */
const requiredOf: { readonly [source: string]: readonly string[] } = {
  awsElasticBlockStore: ['volumeID'],
  azureDisk: ['diskName', 'diskURI'],
  azureFile: ['secretName', 'shareName'],
  cephfs: ['monitors'],
  cinder: ['volumeID'],
  configMap: ['name'],
  csi: ['driver'],
  flexVolume: ['driver'],
  gcePersistentDisk: ['pdName'],
  gitRepo: ['repository'],
  glusterfs: ['endpoints', 'path'],
  hostPath: ['path'],
  iscsi: ['targetPortal', 'iqn'],
  nfs: ['server', 'path'],
  persistentVolumeClaim: ['claimName'],
  photonPersistentDisk: ['pdID'],
  portworxVolume: ['volumeID'],
  rbd: ['monitors', 'image'],
  secret: ['secretName'],
  vsphereVolume: ['volumePath'],
};

function fileMode(holder: unknown, field: string, path: string, errors: Errors): void {
  const mode = at(holder, field);
  if (typeof mode !== 'number' || (mode >= 0 && mode <= 511)) return;
  const detail = 'must be a number between 0 and 0777 (octal), both inclusive';
  errors.push(fieldError.invalid(`${path}.${field}`, mode, detail));
}

/** A path that stays below of where it starts. */
export function descendingPath(place: string, path: string, errors: Errors): void {
  if (place.startsWith('/')) errors.push(fieldError.invalid(path, place, 'must be a relative path'));
  if (place.split('/').includes('..')) errors.push(fieldError.invalid(path, place, "must not contain '..'"));
}

/** A path that a volume's item is written to. */
function itemPath(place: string, path: string, errors: Errors): void {
  descendingPath(place, path, errors);
  if (place.startsWith('..') && !place.split('/').includes('..'))
    errors.push(fieldError.invalid(path, place, "must not start with '..'"));
}

function keys(source: unknown, path: string, errors: Errors, written?: (place: string) => void): void {
  for (const [index, item] of objects(source, 'items').entries()) {
    const here = `${path}.items[${index}]`;
    const place = text(item, 'path');
    if (text(item, 'key') === '') errors.push(fieldError.required(`${here}.key`));
    if (place === '') errors.push(fieldError.required(`${here}.path`));
    itemPath(place, `${here}.path`, errors);
    fileMode(item, 'mode', here, errors);
    if (place !== '') written?.(place);
  }
}

/** Errors of the items have the path of their source: their index is not in it. */
function downwardFiles(source: unknown, path: string, errors: Errors, written?: (place: string) => void): void {
  for (const item of objects(source, 'items')) {
    const place = text(item, 'path');
    if (place === '') errors.push(fieldError.required(`${path}.path`));
    itemPath(place, `${path}.path`, errors);
    const field = at(item, 'fieldRef');
    const resource = at(item, 'resourceFieldRef');
    if (field !== undefined) {
      fieldReference(field, `${path}.fieldRef`, volumeFieldPaths, errors);
      const detail = 'fieldRef and resourceFieldRef can not be specified simultaneously';
      if (resource !== undefined) errors.push(fieldError.invalid(path, 'resource', detail));
    } else if (resource !== undefined) resourceReference(resource, `${path}.resourceFieldRef`, true, errors);
    else errors.push(fieldError.required(path, 'one of fieldRef and resourceFieldRef is required'));
    fileMode(item, 'mode', path, errors);
    if (place !== '') written?.(place);
  }
}

function token(source: unknown, place: string, path: string, errors: Errors): void {
  const seconds = number(source, 'expirationSeconds');
  if (seconds < 600)
    errors.push(
      fieldError.invalid(`${path}.expirationSeconds`, seconds, 'may not specify a duration less than 10 minutes'),
    );
  if (seconds > 2 ** 32)
    errors.push(
      fieldError.invalid(`${path}.expirationSeconds`, seconds, 'may not specify a duration larger than 2^32 seconds'),
    );
  if (text(source, 'path') === '') errors.push(fieldError.required(`${place}.path`));
  else itemPath(text(source, 'path'), `${place}.path`, errors);
}

const projections = ['secret', 'configMap', 'downwardAPI', 'serviceAccountToken'];

function projected(volume: unknown, path: string, errors: Errors): void {
  const taken = new Set<string>();
  const write = (place: string, shown = place): void => {
    if (taken.has(place)) errors.push(fieldError.invalid(path, shown, 'conflicting duplicate paths'));
    taken.add(place);
  };
  for (const [index, source] of objects(volume, 'sources').entries()) {
    const here = `${path}.sources[${index}]`;
    for (const kind of ['secret', 'configMap'] as const) {
      const items = at(source, kind);
      if (items === undefined) continue;
      const name = text(items, 'name');
      if (name === '') errors.push(fieldError.required(`${here}.${kind}.name`));
      keys(items, `${here}.${kind}`, errors, (place) => write(place, name));
    }
    if (at(source, 'downwardAPI') !== undefined)
      downwardFiles(at(source, 'downwardAPI'), `${here}.downwardAPI`, errors, write);
    if (at(source, 'serviceAccountToken') !== undefined)
      token(at(source, 'serviceAccountToken'), path, `${here}.serviceAccountToken`, errors);
    if (projections.filter((kind) => at(source, kind) !== undefined).length > 1)
      errors.push(fieldError.forbidden(here, 'may not specify more than 1 volume type per source'));
  }
}

function claimTemplate(source: unknown, path: string, errors: Errors): void {
  const template = at(source, 'volumeClaimTemplate');
  const here = `${path}.volumeClaimTemplate`;
  if (template === undefined) return void errors.push(fieldError.required(here));
  const named = ['name', 'generateName', 'namespace', 'uid', 'resourceVersion', 'ownerReferences', 'finalizers'];
  for (const field of named)
    if (record(template, 'metadata')[field] !== undefined)
      errors.push(fieldError.forbidden(`${here}.metadata.${field}`, 'cannot be set'));
  claimSpec(template, `${here}.spec`, errors);
}

/** What is inside of one source of a volume. */
function sourceParts(kind: string, source: unknown, path: string, errors: Errors): void {
  for (const field of requiredOf[kind] ?? [])
    if (text(source, field) === '' && list(source, field).length === 0)
      errors.push(fieldError.required(`${path}.${field}`));
  fileMode(source, 'defaultMode', path, errors);
  const place = text(source, 'path');
  switch (kind) {
    case 'emptyDir': {
      const limit = at(source, 'sizeLimit');
      if (limit !== undefined && (parseQuantity(String(limit))?.nano ?? 0n) < 0n)
        errors.push(fieldError.forbidden(`${path}.sizeLimit`, 'SizeLimit field must be a valid resource quantity'));
      break;
    }
    case 'hostPath':
      if (place === '') break;
      if (place.split('/').includes('..'))
        errors.push(fieldError.invalid(`${path}.path`, place, "must not contain '..'"));
      notSupported(source, path, 'type', hostPathTypes, errors);
      break;
    case 'nfs':
      if (!place.startsWith('/')) errors.push(fieldError.invalid(`${path}.path`, place, 'must be an absolute path'));
      break;
    case 'iscsi': {
      const name = text(source, 'iqn');
      if (name !== '' && !/^(iqn|eui|naa)/.test(name))
        errors.push(fieldError.invalid(`${path}.iqn`, name, 'must be valid format starting with iqn, eui, or naa'));
      else if (name !== '' && !isIscsiName(name))
        errors.push(fieldError.invalid(`${path}.iqn`, name, 'must be valid format'));
      const unit = number(source, 'lun');
      if (unit < 0 || unit > 255)
        errors.push(fieldError.invalid(`${path}.lun`, unit, 'must be between 0 and 255, inclusive'));
      break;
    }
    case 'fc':
      fibreChannel(source, path, errors);
      break;
    case 'gitRepo':
      if (text(source, 'directory') !== '') descendingPath(text(source, 'directory'), `${path}.directory`, errors);
      break;
    case 'secret':
    case 'configMap':
      keys(source, path, errors);
      break;
    case 'downwardAPI':
      downwardFiles(source, path, errors);
      break;
    case 'projected':
      projected(source, path, errors);
      break;
    case 'csi': {
      driverName(text(source, 'driver'), `${path}.driver`, errors);
      const secret = at(source, 'nodePublishSecretRef');
      if (secret === undefined) break;
      if (text(secret, 'name') === '') errors.push(fieldError.required(`${path}.nodePublishSecretRef.name`));
      else problems(`${path}.name`, text(secret, 'name'), dns1123Subdomain(text(secret, 'name')), errors);
      break;
    }
    case 'ephemeral':
      claimTemplate(source, path, errors);
      break;
    case 'image':
      if (text(source, 'reference') === '' && path.startsWith('spec.volumes'))
        errors.push(fieldError.required(`${path}.reference`));
      notSupported(source, path, 'pullPolicy', ['Always', 'IfNotPresent', 'Never'], errors);
      break;
    default:
  }
}

function fibreChannel(source: unknown, path: string, errors: Errors): void {
  const names = list(source, 'targetWWNs');
  const ids = list(source, 'wwids');
  if (names.length === 0 && ids.length === 0)
    errors.push(fieldError.required(`${path}.targetWWNs`, 'must specify either targetWWNs or wwids, but not both'));
  if (names.length > 0 && ids.length > 0) {
    const detail = 'targetWWNs and wwids can not be specified simultaneously';
    errors.push(fieldError.invalid(`${path}.targetWWNs`, names, detail));
  }
  if (names.length === 0) return;
  const unit = at(source, 'lun');
  if (unit === undefined) errors.push(fieldError.required(`${path}.lun`, 'lun is required if targetWWNs is specified'));
  else if (Number(unit) < 0 || Number(unit) > 255)
    errors.push(fieldError.invalid(`${path}.lun`, unit, 'must be between 0 and 255, inclusive'));
}

function volumeSource(volume: JsonObject, path: string, errors: Errors): void {
  const given = volumeSources.filter((source) => volume[source] !== undefined && volume[source] !== null);
  for (const source of given.slice(1))
    errors.push(fieldError.forbidden(`${path}.${source}`, 'may not specify more than 1 volume type'));
  const [kind] = given;
  if (kind === undefined) errors.push(fieldError.required(path, 'must specify a volume type'));
  else sourceParts(kind, volume[kind], `${path}.${kind === 'gcePersistentDisk' ? 'persistentDisk' : kind}`, errors);
}

/** The volumes of a pod spec at `path`; answers with the names of those that may be mounted. */
export function podVolumes(spec: unknown, path: string, errors: Errors): Set<string> {
  const names = new Set<string>();
  for (const [index, volume] of objects(spec, 'volumes').entries()) {
    const here = `${path}.volumes[${index}]`;
    const name = text(volume, 'name');
    const before = errors.length;
    volumeSource(volume, here, errors);
    requiredLabel(name, `${here}.name`, errors);
    if (names.has(name)) errors.push(fieldError.duplicate(`${here}.name`, name));
    // A volume that is wrong cannot be mounted.
    if (errors.length === before) names.add(name);
  }
  return names;
}
