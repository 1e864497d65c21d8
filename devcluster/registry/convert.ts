/** Between stored objects and objects of a served version. */
import type { Entry } from '../storage/entry.ts';
import type { Store } from '../storage/store.ts';
import type { KubeObject, ResourceDefinition } from '../types.ts';
import { copyJson } from './copy.ts';
import { groupVersion } from './resources.ts';

/** Texts that are known to be the full answer for a definition: entries written under it, or read through it before. */
const current = new WeakMap<Entry, { definition: ResourceDefinition; object: KubeObject | undefined }>();

/** Notes that an entry was written under this definition, so that reading it through the same one changes nothing. */
export function markCurrent(entry: Entry, definition: ResourceDefinition): void {
  current.set(entry, { definition, object: undefined });
}

/**
 * The object of an entry in the version of `definition`, defaulted and pruned by its present schema. Shared: never to be
 * changed. `asStored` is true where it is what `entry.json` says.
 */
export function readEntry(
  store: Store,
  entry: Entry,
  definition: ResourceDefinition,
): { readonly object: KubeObject; readonly asStored: boolean } {
  const known = current.get(entry);
  if (known !== undefined && known.definition === definition) {
    if (known.object !== undefined) return { object: known.object, asStored: false };
    return { object: store.object(entry), asStored: true };
  }
  const stored = store.object(entry);
  const sameVersion = stored.apiVersion === groupVersion(definition);
  if (sameVersion && definition.compiled === undefined && definition.applyDefaults === undefined) {
    current.set(entry, { definition, object: undefined });
    return { object: stored, asStored: true };
  }
  const object = copyJson(stored);
  toVersion(object, definition);
  if (definition.compiled !== undefined) {
    definition.compiled.prune(object as never);
    definition.compiled.applyDefaults(object as never);
  } else definition.applyDefaults?.(object);
  current.set(entry, { definition, object });
  return { object, asStored: false };
}

/** Turns a stored object into the served version, in place. */
export function toVersion(object: KubeObject, definition: ResourceDefinition): void {
  if (object.apiVersion === groupVersion(definition)) return;
  if (definition.convert !== undefined) definition.convert.fromStorage(object);
  else object.apiVersion = groupVersion(definition);
}

/** Turns an object of the served version into its stored form; a copy where that differs. */
export function toStorage(object: KubeObject, definition: ResourceDefinition): KubeObject {
  if (definition.convert !== undefined) {
    const copy = copyJson(object);
    definition.convert.toStorage(copy);
    return copy;
  }
  const version = definition.storageVersion ?? definition.version;
  if (version === definition.version) return object;
  return {
    ...object,
    apiVersion: groupVersion({ group: definition.group, version }),
    metadata: { ...object.metadata },
  };
}
