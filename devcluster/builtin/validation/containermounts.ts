/** Validation of what a container mounts. */
import type { JsonObject } from '../../types.ts';
import { at, objects, text } from '../access.ts';
import { type Errors, fieldError, notFound, notSupported } from './common.ts';
import { descendingPath } from './podvolumes.ts';

/** The volumes of a pod that can be mounted, by name. */
export type MountableVolumes = ReadonlyMap<string, JsonObject>;

export function devices(container: unknown, path: string, volumes: MountableVolumes, errors: Errors): void {
  const [places, names] = [new Set<string>(), new Set<string>()];
  const mounted = objects(container, 'volumeMounts');
  for (const [index, device] of objects(container, 'volumeDevices').entries()) {
    const here = `${path}.volumeDevices[${index}]`;
    const name = text(device, 'name');
    const place = text(device, 'devicePath');
    const volume = volumes.get(name);
    if (name === '') errors.push(fieldError.required(`${here}.name`));
    if (names.has(name)) errors.push(fieldError.invalid(`${here}.name`, name, 'must be unique'));
    if (volume === undefined) errors.push(notFound(`${here}.name`, name));
    else if (volume.persistentVolumeClaim === undefined && volume.ephemeral === undefined) {
      const detail = 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode';
      errors.push(fieldError.invalid(`${here}.name`, name, detail));
    }
    if (place === '') errors.push(fieldError.required(`${here}.devicePath`));
    if (places.has(place)) errors.push(fieldError.invalid(`${here}.devicePath`, place, 'must be unique'));
    if (place.split('/').includes('..'))
      errors.push(fieldError.invalid(`${here}.devicePath`, place, "can not contain backsteps ('..')"));
    else places.add(place);
    if (mounted.some((mount) => text(mount, 'name') === name))
      errors.push(fieldError.invalid(`${here}.name`, name, 'must not already exist in volumeMounts'));
    if (mounted.some((mount) => text(mount, 'mountPath') === place))
      errors.push(fieldError.invalid(`${here}.devicePath`, place, 'must not already exist as a path in volumeMounts'));
    if (name !== '') names.add(name);
  }
}

export function mounts(container: unknown, path: string, volumes: MountableVolumes, errors: Errors): void {
  const places = new Set<string>();
  const given = objects(container, 'volumeDevices');
  for (const [index, mount] of objects(container, 'volumeMounts').entries()) {
    const here = `${path}.volumeMounts[${index}]`;
    const name = text(mount, 'name');
    const place = text(mount, 'mountPath');
    if (name === '') errors.push(fieldError.required(`${here}.name`));
    if (!volumes.has(name)) errors.push(notFound(`${here}.name`, name));
    if (place === '') errors.push(fieldError.required(`${here}.mountPath`));
    if (places.has(place)) errors.push(fieldError.invalid(`${here}.mountPath`, place, 'must be unique'));
    places.add(place);
    if (given.some((device) => text(device, 'name') === name))
      errors.push(fieldError.invalid(`${here}.name`, name, 'must not already exist in volumeDevices'));
    if (given.some((device) => text(device, 'devicePath') === place))
      errors.push(fieldError.invalid(`${here}.mountPath`, place, 'must not already exist as a path in volumeDevices'));
    subPaths(mount, `${path}.volumeMounts`, here, errors);
    propagation(container, mount, `${path}.volumeMounts`, errors);
    readOnly(mount, `${path}.volumeMounts.recursiveReadOnly`, errors);
  }
}

function propagation(container: unknown, mount: unknown, path: string, errors: Errors): void {
  notSupported(mount, path, 'mountPropagation', ['Bidirectional', 'HostToContainer', 'None'], errors);
  if (text(mount, 'mountPropagation') !== 'Bidirectional') return;
  const detail = 'Bidirectional mount propagation is available only to privileged containers';
  if (at(container, 'securityContext.privileged') !== true)
    errors.push(fieldError.forbidden(`${path}.mountPropagation`, detail));
}

function subPaths(mount: unknown, path: string, here: string, errors: Errors): void {
  const below = text(mount, 'subPath');
  const expression = text(mount, 'subPathExpr');
  if (below !== '') descendingPath(below, `${path}.subPath`, errors);
  if (expression === '') return;
  if (below !== '') {
    const detail = 'subPathExpr and subPath are mutually exclusive';
    errors.push(fieldError.invalid(`${here}.subPathExpr`, expression, detail));
  }
  descendingPath(expression, `${path}.subPathExpr`, errors);
}

function readOnly(mount: unknown, path: string, errors: Errors): void {
  const depth = at(mount, 'recursiveReadOnly');
  if (depth === undefined || depth === 'Disabled') return;
  if (depth !== 'Enabled' && depth !== 'IfPossible')
    return void errors.push(fieldError.notSupported(path, depth, ['Disabled', 'Enabled', 'IfPossible']));
  if (at(mount, 'readOnly') !== true)
    errors.push(fieldError.forbidden(path, 'may only be specified when readOnly is true'));
  const propagation = text(mount, 'mountPropagation');
  if (propagation !== '' && propagation !== 'None')
    errors.push(fieldError.forbidden(path, 'may only be specified when mountPropagation is None or not specified'));
}
