/** Validation of what containers and pods ask for of their nodes. */
import { dns1123Label, qualifiedName } from '../../registry/names.ts';
import { at, objects, record, text } from '../access.ts';
import { containerResources, isPodResource } from '../podresources.ts';
import { formatQuantity, parseQuantity } from '../quantity.ts';
import { type Errors, fieldError, nonNegativeQuantity, notFound, problems, quantityOrder } from './common.ts';

const standardResources = ['cpu', 'memory', 'ephemeral-storage'];

/** Resources that are standard, but not those of a container. */
const otherResources =
  /^(storage|pods|services|replicationcontrollers|resourcequotas|secrets|configmaps|persistentvolumeclaims|services\.(nodeports|loadbalancers)|((requests|limits)\.(cpu|memory|storage|ephemeral-storage|hugepages-.*)))$/;

/** A qualified name; without a prefix one of the standard resources. */
function anyResourceName(name: string, path: string, errors: Errors): void {
  const found = qualifiedName(name);
  problems(path, name, found, errors);
  if (found.length > 0 || name.includes('/') || isOfContainers(name) || otherResources.test(name)) return;
  errors.push(fieldError.invalid(path, name, 'must be a standard resource type or fully qualified'));
}

const isOfContainers = (name: string): boolean => standardResources.includes(name) || name.startsWith('hugepages-');

/** The name of a resource that a container may ask for. */
export function containerResourceName(name: string, path: string, errors: Errors): void {
  anyResourceName(name, path, errors);
  if (!name.includes('/')) {
    if (!isOfContainers(name))
      errors.push(fieldError.invalid(path, name, 'must be a standard resource for containers'));
    return;
  }
  const isExtended = !name.startsWith('requests.') && qualifiedName(`requests.${name}`).length === 0;
  if (!name.includes('kubernetes.io/') && !isExtended)
    errors.push(fieldError.invalid(path, name, "doesn't follow extended resource name standard"));
}

/** Whether a resource may be promised to more than there is of it. */
function isShared(name: string): boolean {
  return (!name.includes('/') || name.includes('kubernetes.io/')) && !name.startsWith('hugepages-');
}

/** The value of one resource at `path`. */
function resourceValue(name: string, value: unknown, path: string, errors: Errors): void {
  nonNegativeQuantity(value, path, errors);
  const quantity = parseQuantity(String(value));
  if (quantity === undefined) return;
  const shown = formatQuantity(quantity);
  if (name.includes('/') && !name.includes('kubernetes.io/') && quantity.nano % 1_000_000_000n !== 0n)
    errors.push(fieldError.invalid(path, shown, 'must be an integer'));
  const page = name.startsWith('hugepages-') ? parseQuantity(name.slice('hugepages-'.length)) : undefined;
  if (name.startsWith('hugepages-') && (page === undefined || page.nano <= 0n || quantity.nano % page.nano !== 0n))
    errors.push(fieldError.invalid(path, shown, `${shown} is not positive integer multiple of ${name}`));
}

type JudgeName = (name: string, path: string, errors: Errors) => void;

/** Limits and requests of a container or a pod at `path`. */
function requirements(holder: unknown, path: string, judgeName: JudgeName, errors: Errors): void {
  const limits = record(holder, 'limits');
  const requests = record(holder, 'requests');
  for (const [name, value] of Object.entries(limits)) {
    judgeName(name, `${path}.limits[${name}]`, errors);
    resourceValue(name, value, `${path}.limits[${name}]`, errors);
  }
  for (const [name, value] of Object.entries(requests)) {
    judgeName(name, `${path}.requests[${name}]`, errors);
    resourceValue(name, value, `${path}.requests[${name}]`, errors);
    const limit = limits[name];
    const order = limit === undefined ? 0 : quantityOrder(value, limit);
    if (limit !== undefined && order !== 0 && !isShared(name))
      errors.push(fieldError.invalid(`${path}.requests`, value, `must be equal to ${name} limit of ${limit}`));
    else if (order > 0) {
      const detail = `must be less than or equal to ${name} limit of ${limit}`;
      errors.push(fieldError.invalid(`${path}.requests`, value, detail));
    }
  }
  exclusive(limits, requests, path, errors);
}

/** `resources` of a container; its claims are to be among those of the pod. */
export function resources(container: unknown, path: string, claims: readonly string[], errors: Errors): void {
  requirements(at(container, 'resources'), `${path}.resources`, containerResourceName, errors);
  claimNames(container, path, claims, errors);
}

/** The claims in the `resources` of what is at `path`. */
function claimNames(holder: unknown, path: string, claims: readonly string[], errors: Errors): void {
  const seen = new Set<string>();
  for (const [index, claim] of objects(holder, 'resources.claims').entries()) {
    const here = `${path}.resources.claims[${index}]`;
    const name = text(claim, 'name');
    if (name === '') {
      errors.push(fieldError.required(here));
      continue;
    }
    const request = text(claim, 'request');
    const key = request === '' ? name : `${name}/${request}`;
    if (seen.has(name)) errors.push(fieldError.duplicate(here, name));
    else {
      if (request !== '') problems(`${here}.request`, request, dns1123Label(request), errors);
      if (seen.has(key)) errors.push(fieldError.duplicate(here, key));
      // The whole claim is more than a request of it that was named before.
      else if (request === '')
        for (const other of seen) if (other.startsWith(`${name}/`)) errors.push(fieldError.duplicate(here, name));
      seen.add(key);
    }
    if (claims.includes(name)) continue;
    const known = claims.length === 0 ? ' which is empty' : `: ${[...claims].sort().join(', ')}`;
    const detail = `must be one of the names in pod.spec.resourceClaims${known}`;
    errors.push({ ...notFound(here, name), detail, body: `Not found: ${JSON.stringify(name)}: ${detail}` });
  }
}

function podResourceName(name: string, path: string, errors: Errors): void {
  const before = errors.length;
  anyResourceName(name, path, errors);
  if (errors.length === before && !isPodResource(name))
    errors.push(fieldError.notSupported(path, name, ['cpu', 'hugepages-', 'memory']));
}

/** What a pod states for itself has to be enough for its containers. */
function consistent(spec: unknown, given: unknown, path: string, errors: Errors): void {
  const level = (field: 'requests' | 'limits', name: string) => record(given, field)[name];
  const judge = (field: 'requests' | 'limits', only: (name: string) => boolean): void => {
    for (const [name, sum] of containerResources(spec, field)) {
      const own = level(field, name);
      const shown = formatQuantity(sum);
      if (own === undefined || !only(name) || quantityOrder(shown, own) <= 0) continue;
      const detail = `must be greater than or equal to aggregate container ${field} of ${shown}`;
      errors.push(fieldError.invalid(`${path}.${field}[${name}]`, own, detail));
    }
  };
  judge('requests', () => true);
  judge('limits', (name) => name.startsWith('hugepages-'));
  for (const [index, container] of objects(spec, 'containers').entries())
    for (const [name, limit] of Object.entries(record(container, 'resources.limits'))) {
      const own = level('limits', name);
      if (own === undefined || quantityOrder(limit, own) <= 0) continue;
      const detail = `must be less than or equal to pod limits of ${own}`;
      errors.push(fieldError.invalid(`${path}.containers[${index}][${name}].limits`, limit, detail));
    }
}

/** `resources` of a pod spec at `path`. */
export function podResources(spec: unknown, path: string, errors: Errors): void {
  const given = at(spec, 'resources');
  if (given === undefined || given === null) return;
  const here = `${path}.resources`;
  if (text(spec, 'os.name') === 'windows')
    return void errors.push(fieldError.forbidden(here, 'may not be set for a windows pod'));
  if (at(given, 'claims') !== undefined)
    errors.push(fieldError.forbidden(`${here}.claims`, 'claims may not be set for Resources at pod-level'));
  requirements(given, here, podResourceName, errors);
  const claims = objects(spec, 'resourceClaims').map((claim) => text(claim, 'name'));
  claimNames(spec, path, claims, errors);
  consistent(spec, given, here, errors);
}

/** What running the pod takes beside its containers: judged as the limits of one. */
export function overhead(spec: unknown, path: string, errors: Errors): void {
  const given = at(spec, 'overhead');
  if (given !== undefined && given !== null)
    requirements({ limits: given }, `${path}${path === '' ? '' : '.'}overhead`, containerResourceName, errors);
}

/** Resources that are not shared are limited to what they request. */
function exclusive(
  limits: { readonly [name: string]: unknown },
  requests: { readonly [name: string]: unknown },
  path: string,
  errors: Errors,
): void {
  for (const name of Object.keys(requests)) {
    if (!isShared(name) && limits[name] === undefined)
      errors.push(fieldError.required(`${path}.limits`, 'Limit must be set for non overcommitable resources'));
  }
  const all = [...Object.keys(limits), ...Object.keys(requests)];
  if (all.some((name) => name.startsWith('hugepages-')) && !all.includes('cpu') && !all.includes('memory'))
    errors.push(fieldError.forbidden(path, 'HugePages require cpu or memory'));
}
