/** Validation of references from a pod to its own fields and to the resources of its containers. */
import { qualifiedName } from '../../registry/names.ts';
import { at, text } from '../access.ts';
import { formatQuantity, parseQuantity } from '../quantity.ts';
import { type Errors, fieldError, problems } from './common.ts';

/** Fields that can be had in a volume. */
export const volumeFieldPaths = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
];
/** Fields that can be had in an environment variable. */
export const variableFieldPaths = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
const fieldPaths = new Set([
  ...volumeFieldPaths,
  ...variableFieldPaths,
  'spec.restartPolicy',
  'spec.schedulerName',
  'spec.hostNetwork',
  'status.phase',
  'status.nominatedNodeName',
]);

/** A reference to a field of the pod itself, which must be one that can be asked for at this place. */
export function fieldReference(reference: unknown, path: string, supported: readonly string[], errors: Errors): void {
  const field = text(reference, 'fieldPath');
  const version = text(reference, 'apiVersion');
  if (field === '') return void errors.push(fieldError.required(`${path}.fieldPath`));
  if (version !== '' && version !== 'v1') {
    const detail = `error converting fieldPath: unsupported pod version: ${version}`;
    return void errors.push(fieldError.invalid(`${path}.fieldPath`, field, detail));
  }
  const [, map = '', key = ''] = /^([^[]+)\['(.*)'\]$/s.exec(field) ?? [];
  if (map === 'metadata.annotations') problems(path, key, qualifiedName(key.toLowerCase()), errors);
  else if (map === 'metadata.labels') problems(path, key, qualifiedName(key), errors);
  else if (map !== '' || !fieldPaths.has(field)) {
    const detail = `error converting fieldPath: field label ${map === '' ? `not supported: ${field}` : 'does not support subscript'}`;
    errors.push(fieldError.invalid(`${path}.fieldPath`, field, detail));
  } else if (!supported.includes(field)) errors.push(fieldError.notSupported(`${path}.fieldPath`, field, supported));
}

const askable = ['cpu', 'ephemeral-storage', 'memory'].flatMap((name) => [`limits.${name}`, `requests.${name}`]).sort();
const units = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'];

function divisor(resource: string, given: unknown, path: string, errors: Errors): void {
  const quantity = given === undefined ? undefined : parseQuantity(String(given));
  if (quantity === undefined || quantity.nano === 0n) return;
  const shown = formatQuantity(quantity);
  const kind = resource.replace(/^(limits|requests)\./, '');
  if (kind === 'cpu') {
    const detail = "only divisor's values 1m and 1 are supported with the cpu resource";
    if (shown !== '1' && shown !== '1m') errors.push(fieldError.invalid(path, resource, detail));
    return;
  }
  const words: { readonly [kind: string]: string } = {
    memory: 'memory',
    'ephemeral-storage': 'local ephemeral storage',
  };
  const called = words[kind] ?? (kind.startsWith('hugepages-') ? 'hugepages' : undefined);
  if (called !== undefined && !units.includes(shown))
    errors.push(
      fieldError.invalid(
        path,
        resource,
        `only divisor's values ${units.join(', ')} are supported with the ${called} resource`,
      ),
    );
}

/** A reference to a container's resources; in a volume it names the container. */
export function resourceReference(reference: unknown, path: string, inVolume: boolean, errors: Errors): void {
  const resource = text(reference, 'resource');
  if (inVolume && text(reference, 'containerName') === '') errors.push(fieldError.required(`${path}.containerName`));
  else if (resource === '') errors.push(fieldError.required(`${path}.resource`));
  else if (!askable.includes(resource) && !/^(limits|requests)\.hugepages-/.test(resource))
    errors.push(fieldError.notSupported(`${path}.resource`, resource, askable));
  divisor(resource, at(reference, 'divisor'), `${path}.divisor`, errors);
}
