/** Validation of a pod's volumes. */
import { dns1123Subdomain, qualifiedName } from '../../registry/names.ts';
import type { JsonObject } from '../../types.ts';
import { at, number, objects, record, text } from '../access.ts';
import { parseQuantity } from '../quantity.ts';
import { type Errors, fieldError, labels, oneOf, problems, requiredLabel } from './common.ts';
import { fieldReference, resourceReference, volumeFieldPaths } from './podreferences.ts';
import { claimSpec } from './volumes.ts';
import { driverName, sharedSource } from './volumesources.ts';

/** In the order in which the real server looks at them. */
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
  'flocker',
  'persistentVolumeClaim',
  'rbd',
  'cinder',
  'cephfs',
  'quobyte',
  'downwardAPI',
  'fc',
  'flexVolume',
  'configMap',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'storageos',
  'projected',
  'scaleIO',
  'csi',
  'ephemeral',
  'image',
];

/** How a second source is called where that is not its name. */
const extraNames: { readonly [source: string]: string } = { cephfs: 'cephFS', downwardAPI: 'downwarAPI' };

/** What must not be empty in the sources that only pods have. */
const requiredOf: { readonly [source: string]: string } = {
  configMap: 'name',
  gitRepo: 'repository',
  persistentVolumeClaim: 'claimName',
  secret: 'secretName',
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

/** Metadata of a claim that is made of a template: all but labels and annotations, in Go's order. */
const notOfTemplates = [
  'name',
  'generateName',
  'namespace',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'ownerReferences',
  'finalizers',
  'managedFields',
];

function claimTemplate(source: unknown, path: string, errors: Errors): void {
  const template = at(source, 'volumeClaimTemplate');
  const here = `${path}.volumeClaimTemplate`;
  if (template === undefined) return void errors.push(fieldError.required(here));
  const metadata = record(template, 'metadata');
  for (const key of Object.keys(record(metadata, 'annotations')))
    problems(`${here}.metadata.annotations`, key, qualifiedName(key.toLowerCase()), errors);
  labels(metadata.labels, `${here}.metadata.labels`, errors);
  for (const field of notOfTemplates) {
    const value = metadata[field];
    if (value === undefined || value === null || value === '' || value === 0) continue;
    errors.push(fieldError.forbidden(`${here}.metadata.${field === 'uid' ? 'uID' : field}`, 'cannot be set'));
  }
  claimSpec(template, `${here}.spec`, errors);
}

/** What is inside of a source that only pods have. */
function sourceParts(kind: string, source: unknown, path: string, errors: Errors): void {
  const needed = requiredOf[kind];
  if (needed !== undefined && text(source, needed) === '') errors.push(fieldError.required(`${path}.${needed}`));
  fileMode(source, 'defaultMode', path, errors);
  switch (kind) {
    case 'emptyDir': {
      const limit = at(source, 'sizeLimit');
      if (limit !== undefined && (parseQuantity(String(limit))?.nano ?? 0n) < 0n)
        errors.push(fieldError.forbidden(`${path}.sizeLimit`, 'SizeLimit field must be a valid resource quantity'));
      break;
    }
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
      oneOf(source, path, 'pullPolicy', ['Always', 'IfNotPresent', 'Never'], errors);
      break;
    default:
  }
}

function volumeSource(volume: JsonObject, path: string, errors: Errors): void {
  const given = volumeSources.filter((source) => volume[source] !== undefined && volume[source] !== null);
  for (const source of given.slice(1))
    errors.push(
      fieldError.forbidden(`${path}.${extraNames[source] ?? source}`, 'may not specify more than 1 volume type'),
    );
  const [kind] = given;
  if (kind === undefined) errors.push(fieldError.required(path, 'must specify a volume type'));
  else {
    sharedSource(kind, volume[kind], path, false, errors);
    sourceParts(kind, volume[kind], `${path}.${kind}`, errors);
  }
}

/** The volumes of a pod spec at `path`; answers with those that may be mounted, by name. */
export function podVolumes(spec: unknown, path: string, errors: Errors): Map<string, JsonObject> {
  const names = new Set<string>();
  const mountable = new Map<string, JsonObject>();
  for (const [index, volume] of objects(spec, 'volumes').entries()) {
    const here = `${path}.volumes[${index}]`;
    const name = text(volume, 'name');
    const before = errors.length;
    volumeSource(volume, here, errors);
    requiredLabel(name, `${here}.name`, errors);
    if (names.has(name)) errors.push(fieldError.duplicate(`${here}.name`, name));
    // A volume that is wrong cannot be mounted.
    if (errors.length > before) continue;
    names.add(name);
    mountable.set(name, volume);
  }
  return mountable;
}
