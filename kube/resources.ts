import { KubeError } from './errors.ts';
import type { KubeObject, ObjectKey, Resource } from './types.ts';

/** An object's key in stores and queues: `namespace/name`, or `name` when cluster-scoped. */
export function keyOf(object: { readonly metadata: { readonly namespace?: string; readonly name?: string } }): string {
  const { namespace, name = '' } = object.metadata;
  return namespace ? `${namespace}/${name}` : name;
}

/** The reverse of `keyOf`. */
export function splitKey(key: string): ObjectKey {
  const slash = key.indexOf('/');
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** The wire's `apiVersion`: `v1`, `group/v1`. */
export function apiVersionOf(resource: Pick<Resource, 'group' | 'version'>): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

/** The URL path of a collection; of all namespaces when the kind is namespaced and `namespace` is absent. */
export function collectionPath<T extends KubeObject>(resource: Resource<T>, namespace?: string): string {
  const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  if (!resource.namespaced || namespace === undefined) return `${root}/${resource.plural}`;
  return `${root}/namespaces/${segment('namespace', namespace, resource.kind)}/${resource.plural}`;
}

/** The URL path of one object. */
export function objectPath<T extends KubeObject>(resource: Resource<T>, key: ObjectKey, subresource?: string): string {
  if (resource.namespaced && !key.namespace) {
    throw new KubeError(
      'BadRequest',
      `${resource.kind} ${key.name}: metadata.namespace is empty; the kind is namespaced, name one`,
    );
  }
  const path = `${collectionPath(resource, key.namespace)}/${segment('metadata.name', key.name, resource.kind)}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
}

/** `.` and `..` would be folded by URL parsers, `/` would name something else. */
function segment(field: string, value: string, kind: string): string {
  if (value === '' || value === '.' || value === '..' || value.includes('/')) {
    throw new KubeError(
      'BadRequest',
      `${kind}: ${field} ${JSON.stringify(value)} cannot be part of a URL path; give the object's name`,
    );
  }
  return encodeURIComponent(value);
}

/** How messages name a call: `patch TaskRun default/a (status)`, `list TaskRun in default`. */
export function describeCall(verb: string, kind: string, key?: Partial<ObjectKey>, subresource?: string): string {
  const name =
    key?.name === undefined
      ? key?.namespace && `in ${key.namespace}`
      : key.namespace
        ? `${key.namespace}/${key.name}`
        : key.name;
  return `${verb} ${kind}${name ? ` ${name}` : ''}${subresource === undefined ? '' : ` (${subresource})`}`;
}

/**
 * Whether resourceVersion `a` is newer than `b`: both decimal, of any length, of the same resource.
 * Anything else cannot be compared and counts as not newer.
 * Source: Kubernetes API concepts, "Resource versions are strings that are comparable as integers" (since 1.35).
 */
export function isNewerVersion(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined || !DECIMAL.test(a) || !DECIMAL.test(b)) return false;
  return a.length === b.length ? a > b : a.length > b.length;
}

/** Without leading zeros, so that the longer one is the bigger one. */
const DECIMAL = /^(?:0|[1-9][0-9]*)$/;

/** An object without its managed fields, which are half of it and which nobody who watches reads. */
export function withoutManagedFields<T extends KubeObject>(object: T): T {
  if (object.metadata.managedFields === undefined) return object;
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}
