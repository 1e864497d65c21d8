/** Server-side apply. */
import {
  ApplyConflictError,
  ApplyInvalidError,
  type FieldManager,
  type JsonObject,
  type KubeObject,
  type MergeType,
} from '../types.ts';
import { typeProblems } from './check.ts';
import { compare } from './compare.ts';
import {
  difference,
  type FieldSet,
  intersection,
  isEmpty,
  members,
  printPath,
  recursiveDifference,
  union,
} from './fieldset.ts';
import {
  decodeManaged,
  dropEmpty,
  type Entry,
  encodeManaged,
  entryOf,
  identity,
  type Managed,
  printManager,
} from './managed.ts';
import { ensureNamedFields, mergeObjects, removeFieldsOf } from './merge.ts';
import { toFieldSet } from './toset.ts';
import {
  type Conflict,
  emptyObject,
  parseReset,
  reconcileManaged,
  recordUpdate,
  setManagedFields,
  type TypeOf,
  takeOver,
  withoutManagedFields,
  withoutUnowned,
} from './update.ts';
import { equal, isMap } from './walk.ts';

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

export interface ApplyInput {
  readonly live: KubeObject | undefined;
  readonly patch: KubeObject;
  readonly by: FieldManager;
  readonly force: boolean;
  readonly typeOf: TypeOf;
  readonly resetFields: JsonObject | undefined;
}

/** `default/web; apps/v1, Kind=Deployment` */
function printIdentity(object: KubeObject): string {
  const [group, version] = object.apiVersion.includes('/') ? object.apiVersion.split('/') : ['', object.apiVersion];
  return `${object.metadata.namespace ?? ''}/${object.metadata.name ?? ''}; ${group === '' ? `/${version}` : `${group}/${version}`}, Kind=${object.kind}`;
}

/**
 * What the applier owned and no longer applies goes, unless somebody else owns it or it was never the applier's alone
 * (`dangling`: list items and maps that hold what others put there).
 */
function prune(merged: JsonObject, managed: Managed, last: Entry | undefined, typeOf: TypeOf): JsonObject {
  if (last === undefined || isEmpty(last.set)) return merged;
  const type = typeOf(last.apiVersion);
  if (type === undefined) return merged;
  const named = (set: FieldSet) => ensureNamedFields(type, set);
  let pruned = removeFieldsOf(type, merged, named(last.set));
  const versions = new Map<string, FieldSet>();
  for (const entry of managed.values())
    versions.set(entry.apiVersion, union(versions.get(entry.apiVersion) ?? {}, entry.set));
  const ordered = [...versions].sort(
    ([left], [right]) => Number(right === last.apiVersion) - Number(left === last.apiVersion),
  );
  for (const [apiVersion, owned] of ordered) {
    const versionType = typeOf(apiVersion);
    if (versionType === undefined) continue;
    const ensure = (set: FieldSet) => ensureNamedFields(versionType, set);
    const gone = difference(
      ensure(toFieldSet(versionType, merged)),
      union(ensure(toFieldSet(versionType, pruned)), ensure(owned)),
    );
    pruned = removeFieldsOf(versionType, merged, gone);
  }
  const dangling = difference(named(toFieldSet(type, merged)), named(toFieldSet(type, pruned)));
  return removeFieldsOf(type, merged, intersection(dangling, named(last.set)));
}

/** Conflicts as the real server words them, by manager. */
function conflictError(conflicts: readonly Conflict[]): ApplyConflictError {
  const sorted = [...conflicts].sort((left, right) => (identity(left.entry) < identity(right.entry) ? -1 : 1));
  const found = sorted.map(({ entry, set }) => ({ manager: printManager(entry), paths: members(set).map(printPath) }));
  const causes = found.flatMap(({ manager, paths }) =>
    paths.map((field) => ({ reason: 'FieldManagerConflict' as const, message: `conflict with ${manager}`, field })),
  );
  const [only] = causes;
  if (causes.length === 1 && only !== undefined) {
    return new ApplyConflictError(`Apply failed with 1 conflict: ${only.message}: ${only.field}`, causes);
  }
  const lines = found.flatMap(({ manager, paths }) => [
    `conflicts with ${manager}:`,
    ...paths.map((path) => `- ${path}`),
  ]);
  return new ApplyConflictError(`Apply failed with ${causes.length} conflicts: ${lines.join('\n')}`, causes);
}

interface Applied {
  readonly object: JsonObject;
  readonly managed: Managed;
  readonly conflicts: readonly Conflict[];
}

function applyOnce(input: ApplyInput, type: MergeType, before: JsonObject, managed: Managed): Applied {
  const { by, typeOf } = input;
  const ignored = parseReset(input.resetFields);
  reconcileManaged(managed, typeOf);
  const merged = mergeObjects(type, before, input.patch as unknown as JsonObject);
  const entry = entryOf(by, 'Apply');
  const id = identity(entry);
  const last = managed.get(id);
  const owned = toFieldSet(type, input.patch as unknown as JsonObject);
  managed.set(id, {
    ...entry,
    time: last?.time,
    set: ignored === undefined ? owned : recursiveDifference(owned, ignored),
  });
  const object = prune(merged, managed, last, typeOf);
  const { conflicts } = takeOver({
    before,
    after: object,
    apiVersion: by.apiVersion,
    managed,
    self: id,
    typeOf,
    ignored,
  });
  dropEmpty(managed);
  const mine = managed.get(id);
  if (mine !== undefined) {
    const set = withoutUnowned(mine.set);
    if (isEmpty(set)) managed.delete(id);
    else managed.set(id, { ...mine, set, time: equal(before, object) ? mine.time : by.time });
  }
  return { object, managed, conflicts };
}

/** Fields that kubectl's client-side apply set and that still hold what it set: kubectl may take those over without force. */
function ownedByLastApplied(live: KubeObject | undefined, type: MergeType, apiVersion: string): FieldSet | undefined {
  const annotation = live?.metadata.annotations?.[lastApplied];
  if (live === undefined || annotation === undefined || annotation === '') return undefined;
  let config: unknown;
  try {
    config = JSON.parse(annotation);
  } catch {
    return undefined;
  }
  if (!isMap(config) || config.apiVersion !== apiVersion || typeProblems(type, config) !== undefined) return undefined;
  const { added, modified, removed } = compare(type, config, live as unknown as JsonObject);
  return difference(difference(difference(toFieldSet(type, config), modified), added), removed);
}

/** JSON with sorted keys, as the real server encodes an object into the annotation. */
function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    isMap(item) ? Object.fromEntries(Object.entries(item).sort(([left], [right]) => (left < right ? -1 : 1))) : item,
  );
}

/** `kubectl apply --server-side` keeps the annotation of client-side apply current, so that one can go back. */
function updateLastApplied(object: KubeObject, patch: KubeObject): void {
  const { annotations } = object.metadata;
  if (!annotations?.[lastApplied]) return;
  const copy = structuredClone(patch);
  if (copy.metadata.annotations !== undefined) delete copy.metadata.annotations[lastApplied];
  object.metadata.annotations = { ...annotations, [lastApplied]: `${sortedJson(copy)}\n` };
}

/** See `ManagedFieldsApi.applyPatch`. */
export function applyPatch(input: ApplyInput): { readonly object: KubeObject; readonly unchanged: boolean } {
  const { live, patch, by, typeOf } = input;
  if (patch.metadata.managedFields !== undefined && patch.metadata.managedFields !== null) {
    throw new ApplyInvalidError(400, 'metadata.managedFields must be nil');
  }
  const type = typeOf(by.apiVersion);
  if (type === undefined)
    throw new ApplyInvalidError(500, `no corresponding type for ${by.apiVersion}, Kind=${patch.kind}`);
  const problems = typeProblems(type, patch as unknown as JsonObject);
  if (problems !== undefined)
    throw new ApplyInvalidError(500, `failed to create typed patch object (${printIdentity(patch)}): ${problems}`);
  const before =
    live === undefined
      ? { ...emptyObject(type), apiVersion: patch.apiVersion, kind: patch.kind }
      : withoutManagedFields(live);
  const start = (): Managed => {
    let managed: Managed;
    try {
      managed = decodeManaged(live?.metadata.managedFields, true);
    } catch (error) {
      throw new ApplyInvalidError(
        500,
        `failed to decode managed fields: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
    // Whoever wrote an untracked object comes to own all of it before the first applier.
    if (managed.size === 0 && live !== undefined) {
      recordUpdate({
        before: emptyObject(type),
        after: before,
        by: { ...by, manager: 'before-first-apply' },
        managed,
        typeOf,
        ignored: parseReset(input.resetFields),
      });
    }
    return managed;
  };
  let applied = applyOnce(input, type, before, start());
  if (applied.conflicts.length > 0 && !input.force) {
    const allowed = by.manager === 'kubectl' ? ownedByLastApplied(live, type, by.apiVersion) : undefined;
    const conflicts =
      allowed === undefined
        ? applied.conflicts
        : applied.conflicts
            .map(({ entry, set }) => ({ entry, set: difference(set, allowed) }))
            .filter(({ set }) => !isEmpty(set));
    if (conflicts.length > 0) throw conflictError(conflicts);
    applied = applyOnce({ ...input, force: true }, type, before, start());
  }
  const object = structuredClone(applied.object) as unknown as KubeObject;
  setManagedFields(object, encodeManaged(applied.managed));
  if (by.manager === 'kubectl') updateLastApplied(object, patch);
  return { object, unchanged: live !== undefined && equal(object, live) };
}
