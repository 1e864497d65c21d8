/** Validation of the sources of volumes that pods and persistent volumes share. */
import { dns1123Label, dns1123Subdomain } from '../../registry/names.ts';
import { at, list, number, record, text } from '../access.ts';
import { type Errors, fieldError, notSupported, problems, requiredLabel } from './common.ts';

/** Judges a source at `path`; `persistent` where it is that of a PersistentVolume. */
type JudgeSource = (source: unknown, path: string, persistent: boolean, errors: Errors) => void;

function requires(source: unknown, path: string, fields: readonly string[], errors: Errors): void {
  for (const field of fields)
    if (text(source, field) === '' && list(source, field).length === 0)
      errors.push(fieldError.required(`${path}.${field}`));
}

const requiring =
  (...fields: string[]): JudgeSource =>
  (source, path, _, errors) =>
    requires(source, path, fields, errors);

/** A disk with a partition. */
const partitioned =
  (field: string): JudgeSource =>
  (source, path, _, errors) => {
    requires(source, path, [field], errors);
    const partition = number(source, 'partition');
    if (partition < 0 || partition > 255)
      errors.push(fieldError.invalid(`${path}.partition`, partition, 'must be between 1 and 255, inclusive'));
  };

/** A reference to a Secret, which has a namespace where the volume has none. */
function secretReference(source: unknown, path: string, withNamespace: boolean, errors: Errors): void {
  if (at(source, 'secretRef') === undefined) return;
  for (const field of withNamespace ? ['name', 'namespace'] : ['name'])
    if (text(source, `secretRef.${field}`) === '') errors.push(fieldError.required(`${path}.secretRef.${field}`));
}

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

function withoutBacksteps(place: string, path: string, errors: Errors): void {
  if (place.split('/').includes('..')) errors.push(fieldError.invalid(path, place, "must not contain '..'"));
}

const iscsiForms = /^(iqn\.\d{4}-\d{2}\.([a-z0-9.-]+)(:[^,;*&$|\s]+)$|eui\.[0-9a-fA-F]{16}$|naa\.[0-9a-fA-F]{32}$)/;

const iscsi: JudgeSource = (source, path, persistent, errors) => {
  requires(source, path, ['targetPortal', 'iqn'], errors);
  const odd = persistent ? 'must be valid format' : 'must be valid format starting with iqn, eui, or naa';
  const judge = (name: string, field: string): void => {
    if (!/^(iqn|eui|naa)/.test(name)) errors.push(fieldError.invalid(`${path}.${field}`, name, odd));
    else if (!iscsiForms.test(name)) errors.push(fieldError.invalid(`${path}.${field}`, name, 'must be valid format'));
  };
  const name = text(source, 'iqn');
  if (name !== '') judge(name, 'iqn');
  const unit = number(source, 'lun');
  if (unit < 0 || unit > 255)
    errors.push(fieldError.invalid(`${path}.lun`, unit, 'must be between 0 and 255, inclusive'));
  const authenticates = at(source, 'chapAuthDiscovery') === true || at(source, 'chapAuthSession') === true;
  if (authenticates && at(source, 'secretRef') === undefined) errors.push(fieldError.required(`${path}.secretRef`));
  if (persistent) secretReference(source, path, false, errors);
  const initiator = at(source, 'initiatorName');
  if (initiator !== undefined) judge(String(initiator), 'initiatorname');
};

const fibreChannel: JudgeSource = (source, path, _, errors) => {
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
};

const azureDisk: JudgeSource = (source, path, _, errors) => {
  requires(source, path, ['diskName', 'diskURI'], errors);
  notSupported(source, path, 'cachingMode', ['None', 'ReadOnly', 'ReadWrite'], errors);
  notSupported(source, path, 'kind', ['Dedicated', 'Managed', 'Shared'], errors);
  const kind = at(source, 'kind');
  const place = text(source, 'diskURI');
  const managed = '/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}';
  const blob = 'https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd';
  if (kind === 'Managed' && !place.startsWith('/subscriptions/'))
    errors.push(fieldError.notSupported(`${path}.diskURI`, place, [managed]));
  if (kind !== undefined && kind !== 'Managed' && !place.startsWith('https://'))
    errors.push(fieldError.notSupported(`${path}.diskURI`, place, [blob]));
};

/** Whether Go's net.SplitHostPort takes it. */
const isHostAndPort = (pair: string): boolean => /^(\[[^[\]]*\]|[^:[\]]*):[^:[\]]*$/.test(pair);

const quobyte: JudgeSource = (source, path, _, errors) => {
  const registry = text(source, 'registry');
  const detail = 'must be a host:port pair or multiple pairs separated by commas';
  if (registry === '') errors.push(fieldError.required(`${path}.registry`, detail));
  else if (text(source, 'tenant').length >= 65)
    errors.push(fieldError.required(`${path}.tenant`, 'must be a UUID and may not exceed a length of 64 characters'));
  else
    for (const pair of registry.split(','))
      if (!isHostAndPort(pair)) errors.push(fieldError.invalid(`${path}.registry`, registry, detail));
  requires(source, path, ['volume'], errors);
};

const flocker: JudgeSource = (source, path, _, errors) => {
  const [name, id] = [text(source, 'datasetName'), text(source, 'datasetUUID')];
  if (name === '' && id === '')
    errors.push(fieldError.required(path, 'one of datasetName and datasetUUID is required'));
  const both = 'datasetName and datasetUUID can not be specified simultaneously';
  if (name !== '' && id !== '') errors.push(fieldError.invalid(path, 'resource', both));
  if (name.includes('/')) errors.push(fieldError.invalid(`${path}.datasetName`, name, "must not contain '/'"));
};

const flexVolume: JudgeSource = (source, path, _, errors) => {
  requires(source, path, ['driver'], errors);
  for (const key of Object.keys(record(source, 'options'))) {
    const detail = 'kubernetes.io and k8s.io namespaces are reserved';
    if (/\.(kubernetes|k8s)\.io$/i.test(`.${key.split('/')[0]}`))
      errors.push(fieldError.invalid(`${path}.options[${key}]`, key, detail));
  }
};

const storageos: JudgeSource = (source, path, persistent, errors) => {
  requiredLabel(text(source, 'volumeName'), `${path}.volumeName`, errors);
  const namespace = text(source, 'volumeNamespace');
  if (namespace !== '') problems(`${path}.volumeNamespace`, namespace, dns1123Label(namespace), errors);
  secretReference(source, path, persistent, errors);
};

const glusterfs: JudgeSource = (source, path, persistent, errors) => {
  requires(source, path, ['endpoints', 'path'], errors);
  const namespace = at(source, 'endpointsNamespace');
  if (!persistent || namespace === undefined) return;
  const here = `${path}.endpointsNamespace`;
  if (namespace === '') {
    const detail = 'if the endpointnamespace is set, it must be a valid namespace name';
    errors.push(fieldError.invalid(here, '', detail));
  } else problems(here, namespace, dns1123Label(String(namespace)), errors);
};

const judges: { readonly [type: string]: JudgeSource } = {
  awsElasticBlockStore: partitioned('volumeID'),
  azureDisk,
  azureFile: (source, path, persistent, errors) => {
    requires(source, path, ['secretName', 'shareName'], errors);
    if (persistent && at(source, 'secretNamespace') === '') errors.push(fieldError.required(`${path}.secretNamespace`));
  },
  cephfs: requiring('monitors'),
  cinder: (source, path, persistent, errors) => {
    requires(source, path, ['volumeID'], errors);
    secretReference(source, path, persistent, errors);
  },
  fc: fibreChannel,
  flexVolume,
  flocker,
  gcePersistentDisk: partitioned('pdName'),
  glusterfs,
  hostPath: (source, path, _, errors) => {
    const place = text(source, 'path');
    if (place === '') return void errors.push(fieldError.required(`${path}.path`));
    withoutBacksteps(place, `${path}.path`, errors);
    notSupported(source, path, 'type', hostPathTypes, errors);
  },
  iscsi,
  local: (source, path, _, errors) => {
    requires(source, path, ['path'], errors);
    withoutBacksteps(text(source, 'path'), `${path}.path`, errors);
  },
  nfs: (source, path, _, errors) => {
    requires(source, path, ['server', 'path'], errors);
    const place = text(source, 'path');
    if (!place.startsWith('/')) errors.push(fieldError.invalid(`${path}.path`, place, 'must be an absolute path'));
  },
  photonPersistentDisk: requiring('pdID'),
  portworxVolume: requiring('volumeID'),
  quobyte,
  rbd: requiring('monitors', 'image'),
  scaleIO: requiring('gateway', 'system', 'volumeName'),
  storageos,
  vsphereVolume: requiring('volumePath'),
};

/** One source of a volume, of those that both kinds of volumes know; `holder` is its path without the source's name. */
export function sharedSource(type: string, source: unknown, holder: string, persistent: boolean, errors: Errors): void {
  judges[type]?.(source, `${holder}.${type === 'gcePersistentDisk' ? 'persistentDisk' : type}`, persistent, errors);
}

/** A CSI driver's name at `path`. */
export function driverName(name: string, path: string, errors: Errors): void {
  if (name === '') return void errors.push(fieldError.required(path));
  if (name.length > 63) errors.push(fieldError.tooLong(path, 63));
  problems(path, name, dns1123Subdomain(name.toLowerCase()), errors);
}
