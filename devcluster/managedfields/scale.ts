/**
 * Who owns the replicas when they are written through the scale subresource. The Scale object is tracked like any other; its
 * entries come from those of the scaled object that own the replicas, and go back there afterwards.
 */
import type { ManagedFieldsEntry } from '../types.ts';
import { childrenAt, difference, type FieldSet, fromPaths, isEmpty, isMember } from './fieldset.ts';
import { decodeManaged, type Entry, encodeManaged, type Managed } from './managed.ts';

const scaleVersion = 'autoscaling/v1';
const replicasOfScale = fromPaths([['f:spec', 'f:replicas']]);

/** `.spec.replicas` → `['f:spec', 'f:replicas']` */
function elements(path: string): string[] {
  return path
    .split('.')
    .filter((step) => step !== '')
    .map((step) => `f:${step}`);
}

function has(set: FieldSet, path: readonly string[]): boolean {
  let node: FieldSet | undefined = set;
  for (const element of path) node = node === undefined ? undefined : childrenAt(node, element);
  return node !== undefined && isMember(node);
}

function decode(entries: readonly ManagedFieldsEntry[] | undefined): Managed {
  try {
    return decodeManaged(entries, true);
  } catch {
    return new Map();
  }
}

/** Entries of the Scale: those of the object that own its replicas. */
export function toScaleEntries(
  entries: readonly ManagedFieldsEntry[] | undefined,
  replicasPath: string,
): ManagedFieldsEntry[] | undefined {
  const path = elements(replicasPath);
  const scale: Managed = new Map();
  for (const [id, entry] of decode(entries)) {
    if (has(entry.set, path)) scale.set(id, { ...entry, apiVersion: scaleVersion, set: replicasOfScale });
  }
  return encodeManaged(scale);
}

/** Entries of the object, once the Scale has been written: the replicas belong to whom the Scale's entries say. */
export function fromScaleEntries(input: {
  readonly entries: readonly ManagedFieldsEntry[] | undefined;
  readonly scaleEntries: readonly ManagedFieldsEntry[] | undefined;
  readonly replicasPath: string;
  readonly apiVersion: string;
}): ManagedFieldsEntry[] | undefined {
  const path = elements(input.replicasPath);
  const replicas = fromPaths([path]);
  const scale = decode(input.scaleEntries);
  const result: Managed = new Map();
  const put = (id: string, entry: Entry) => {
    if (!isEmpty(entry.set)) result.set(id, entry);
  };
  for (const [id, entry] of decode(input.entries)) {
    if (!has(entry.set, path)) put(id, entry);
    else if (scale.delete(id)) put(id, entry);
    else put(id, { ...entry, set: difference(entry.set, replicas) });
  }
  for (const [id, entry] of scale) {
    if (has(entry.set, ['f:spec', 'f:replicas']))
      put(id, { ...entry, apiVersion: input.apiVersion, time: undefined, set: replicas });
  }
  return encodeManaged(result);
}
