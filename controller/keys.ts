import { createHash } from 'node:crypto';
import { canonicalJson } from '../policies/engine/json.ts';

interface Named {
  metadata: { name?: string; namespace?: string; uid?: string };
}

/** `namespace/name`, as the informers' stores and the work queues have it. */
export function keyIn(namespace: string | undefined, name: string): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** What the client takes to find an object beside `object`, in its namespace. */
export function inNamespaceOf(object: Named, name: string): { name: string; namespace?: string } {
  const { namespace } = object.metadata;
  return namespace === undefined ? { name } : { name, namespace };
}

export function nameOf(object: Named): string {
  if (object.metadata.name === undefined) throw new TypeError('the object has no name');
  return object.metadata.name;
}

export function uidOf(object: Named): string {
  if (object.metadata.uid === undefined) throw new TypeError(`${object.metadata.name}: the object has no UID`);
  return object.metadata.uid;
}

/** SHA-256 over canonical JSON: the same for objects that say the same. Hexadecimal. */
export function digest(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
