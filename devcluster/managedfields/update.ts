/** Who owns what after a create, an update or a patch, and what an apply is in conflict with. */
import type { FieldManager, JsonObject, KubeObject, ManagedFieldsEntry, MergeType } from '../types.ts';
import { type Comparison, compare, withoutFields } from './compare.ts';
import { difference, type FieldSet, fromPaths, intersection, isEmpty, parseFieldSet, union } from './fieldset.ts';
import {
  capUpdateManagers,
  decodeManaged,
  dropEmpty,
  type Entry,
  encodeManaged,
  entryOf,
  identity,
  type Managed,
} from './managed.ts';
import { reconcile } from './reconcile.ts';
import { equal } from './walk.ts';

export type TypeOf = (apiVersion: string) => MergeType | undefined;

const serverOwned = [
  'name',
  'namespace',
  'creationTimestamp',
  'selfLink',
  'uid',
  'clusterName',
  'generation',
  'managedFields',
  'resourceVersion',
];

/** Fields of the object's identity and of the server, which nobody owns. */
const unowned = fromPaths([
  ['f:apiVersion'],
  ['f:kind'],
  ['f:metadata'],
  ...serverOwned.map((field) => ['f:metadata', `f:${field}`]),
]);

export function withoutUnowned(set: FieldSet): FieldSet {
  return difference(set, unowned);
}

/** The object without its managed fields; the rest is shared. */
export function withoutManagedFields(object: KubeObject): JsonObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...(object as unknown as JsonObject), metadata: metadata as JsonObject };
}

/** The empty object of a kind, which a create starts from. */
export function emptyObject(type: MergeType): JsonObject {
  return type.zero?.() ?? {};
}

/** Field sets come as plain JSON; `resetFields` of a resource never changes, so it is read once. */
const parsedResets = new WeakMap<JsonObject, FieldSet>();

export function parseReset(resetFields: JsonObject | undefined): FieldSet | undefined {
  if (resetFields === undefined) return undefined;
  let parsed = parsedResets.get(resetFields);
  if (parsed === undefined) {
    parsed = parseFieldSet(resetFields);
    parsedResets.set(resetFields, parsed);
  }
  return parsed;
}

/** Entries of versions that are gone vanish; sets follow the schema. Changes `managed`. */
export function reconcileManaged(managed: Managed, typeOf: TypeOf): void {
  for (const [id, entry] of managed) {
    const type = typeOf(entry.apiVersion);
    if (type === undefined) {
      managed.delete(id);
      continue;
    }
    const set = reconcile(type, entry.set);
    if (set !== entry.set) managed.set(id, { ...entry, set });
  }
}

export interface Conflict {
  readonly entry: Entry;
  readonly set: FieldSet;
}

/**
 * Takes what changed away from everybody but `self`. Changes `managed`.
 * @returns the change as the writer's version sees it, and what it took from whom
 */
export function takeOver(input: {
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly apiVersion: string;
  readonly managed: Managed;
  readonly self: string | undefined;
  readonly typeOf: TypeOf;
  readonly ignored: FieldSet | undefined;
}): { readonly comparison: Comparison; readonly conflicts: Conflict[] } {
  const { before, after, managed, self, typeOf, ignored } = input;
  const comparisons = new Map<string, Comparison>();
  const comparisonAt = (apiVersion: string): Comparison | undefined => {
    const known = comparisons.get(apiVersion);
    if (known !== undefined) return known;
    const type = typeOf(apiVersion);
    if (type === undefined) return undefined;
    const made = withoutFields(compare(type, before, after), ignored);
    comparisons.set(apiVersion, made);
    return made;
  };
  const comparison = comparisonAt(input.apiVersion) ?? { added: {}, modified: {}, removed: {} };
  const conflicts: Conflict[] = [];
  for (const [id, entry] of managed) {
    if (id === self) continue;
    const seen = comparisonAt(entry.apiVersion);
    if (seen === undefined) {
      managed.delete(id);
      continue;
    }
    const taken = intersection(entry.set, union(seen.modified, seen.added));
    if (!isEmpty(taken)) conflicts.push({ entry, set: taken });
    const left = difference(difference(entry.set, taken), seen.removed);
    if (left !== entry.set) managed.set(id, { ...entry, set: left });
  }
  return { comparison, conflicts };
}

/** Records an update by `by`. Changes `managed`. */
export function recordUpdate(input: {
  readonly before: JsonObject;
  readonly after: JsonObject;
  readonly by: FieldManager;
  readonly managed: Managed;
  readonly typeOf: TypeOf;
  readonly ignored: FieldSet | undefined;
}): void {
  const { by, managed } = input;
  reconcileManaged(managed, input.typeOf);
  const { comparison } = takeOver({ ...input, apiVersion: by.apiVersion, self: undefined });
  dropEmpty(managed);
  const set = withoutUnowned(union(comparison.modified, comparison.added));
  if (isEmpty(set)) return;
  const entry = entryOf(by, 'Update');
  const id = identity(entry);
  managed.set(id, { ...entry, time: by.time, set: union(set, managed.get(id)?.set ?? {}) });
  capUpdateManagers(managed);
}

function isReset(entries: readonly ManagedFieldsEntry[] | undefined): boolean {
  if (entries === undefined) return false;
  return entries.length === 0 || (entries.length === 1 && Object.keys(entries[0] as object).length === 0);
}

/** The entries that a write starts from: those it sent, where they can be read, else the stored ones. */
function startingPoint(live: KubeObject | undefined, updated: KubeObject, subresource: string): Managed {
  const stored = () => {
    try {
      return decodeManaged(live?.metadata.managedFields, true);
    } catch {
      return new Map<string, Entry>();
    }
  };
  const sent = updated.metadata.managedFields ?? undefined;
  if (subresource !== '' || sent === undefined) return stored();
  if (isReset(sent)) return new Map();
  if (sent === live?.metadata.managedFields || equal(sent, live?.metadata.managedFields)) return stored();
  try {
    const decoded = decodeManaged(sent, false);
    return decoded.size === 0 ? stored() : decoded;
  } catch {
    return stored();
  }
}

export function setManagedFields(object: KubeObject, entries: ManagedFieldsEntry[] | undefined): void {
  if (entries === undefined) delete object.metadata.managedFields;
  else object.metadata.managedFields = entries;
}

/** See `ManagedFieldsApi.trackUpdate`. */
export function trackUpdate(input: {
  readonly live: KubeObject | undefined;
  readonly updated: KubeObject;
  readonly by: FieldManager;
  readonly typeOf: TypeOf;
  readonly resetFields: JsonObject | undefined;
}): void {
  const { live, updated, by, typeOf } = input;
  const type = typeOf(by.apiVersion);
  const managed = startingPoint(live, updated, by.subresource);
  // An object that was once written without tracking stays untracked until its first apply.
  if (type === undefined || (managed.size === 0 && live !== undefined)) {
    setManagedFields(updated, encodeManaged(managed));
    return;
  }
  const before = live === undefined ? emptyObject(type) : withoutManagedFields(live);
  recordUpdate({
    before,
    after: withoutManagedFields(updated),
    by,
    managed,
    typeOf,
    ignored: parseReset(input.resetFields),
  });
  setManagedFields(updated, encodeManaged(managed));
}
