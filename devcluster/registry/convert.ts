/** Between stored objects and objects of a served version. */

import { printJson } from '../request/json.ts';
import { unknownError } from '../request/status.ts';
import type { Entry } from '../storage/entry.ts';
import type { Store } from '../storage/store.ts';
import type { KubeObject, ResourceDefinition } from '../types.ts';
import { copyJson, equalJson } from './copy.ts';
import { groupVersion } from './resources.ts';

/** Texts that are known to be the full answer for a definition: entries written under it, or read through it before. */
const current = new WeakMap<Entry, { definition: ResourceDefinition; object: KubeObject | undefined }>();

/** Notes that an entry was written under this definition, so that reading it through the same one changes nothing. */
export function markCurrent(entry: Entry, definition: ResourceDefinition): void {
  current.set(entry, { definition, object: undefined });
}

/** What converters made of entries, for the definition that asked. */
const converted = new WeakMap<Entry, WeakMap<ResourceDefinition, KubeObject>>();

/**
 * Has the entries converted that `readEntry` could not read by itself. A promise only where somebody has to be asked; it rejects
 * with a Status error.
 */
export function convertEntries(
  store: Store,
  entries: readonly (Entry | undefined)[],
  definition: ResourceDefinition,
): undefined | Promise<void> {
  const { converter } = definition;
  if (converter === undefined) return undefined;
  const version = groupVersion(definition);
  const missing = entries.filter(
    (entry) =>
      entry !== undefined &&
      store.object(entry).apiVersion !== version &&
      converted.get(entry)?.has(definition) !== true,
  ) as Entry[];
  if (missing.length === 0) return undefined;
  return converter(
    missing.map((entry) => asStoredVersion(store.object(entry), definition)),
    version,
  ).then((objects) => {
    for (const [index, entry] of missing.entries()) {
      let known = converted.get(entry);
      if (known === undefined) {
        known = new WeakMap();
        converted.set(entry, known);
      }
      known.set(definition, objects[index] as KubeObject);
    }
  });
}

/** A copy of a stored custom resource as the schema of its own version has it. Throws where its definition knows that version no more. */
function asStoredVersion(stored: KubeObject, definition: ResourceDefinition): KubeObject {
  const copy = copyJson(stored);
  const { schemas } = definition;
  if (schemas === undefined) return copy;
  const schema = schemas.get(stored.apiVersion.slice(stored.apiVersion.indexOf('/') + 1));
  if (schema === undefined)
    throw unknownError(`request to convert CR from an invalid group/version: ${stored.apiVersion}`);
  schema.prune(copy as never);
  schema.applyDefaults(copy as never);
  return copy;
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
  const foreign = definition.converter !== undefined && !sameVersion;
  const source = foreign ? converted.get(entry)?.get(definition) : stored;
  if (source === undefined) throw unknownError(`${stored.kind} has not been converted to ${groupVersion(definition)}`);
  // Defaults are those of the version that is stored: what another one has of its own is not filled in.
  const object = sameVersion || foreign ? copyJson(source) : asStoredVersion(source, definition);
  toVersion(object, definition);
  if (definition.compiled !== undefined) {
    definition.compiled.prune(object as never);
    if (sameVersion) definition.compiled.applyDefaults(object as never);
  } else definition.applyDefaults?.(object);
  if (sameVersion && equalJson(object, stored)) {
    current.set(entry, { definition, object: undefined });
    return { object: stored, asStored: true };
  }
  current.set(entry, { definition, object });
  return { object, asStored: false };
}

/** The text of an entry in the version of `definition`; not read where it is known to be what is stored. */
export function entryText(store: Store, entry: Entry, definition: ResourceDefinition): string {
  const known = current.get(entry);
  if (known !== undefined && known.definition === definition && known.object === undefined) return entry.json;
  const { object, asStored } = readEntry(store, entry, definition);
  return asStored ? entry.json : printJson(object);
}

/** Turns a stored object into the served version, in place. */
export function toVersion(object: KubeObject, definition: ResourceDefinition): void {
  if (object.apiVersion === groupVersion(definition)) return;
  if (definition.convert !== undefined) definition.convert.fromStorage(object);
  else object.apiVersion = groupVersion(definition);
}

/** Turns an object of the served version into its stored form; a copy where that differs, a promise where somebody has to be asked. */
export function toStorage(object: KubeObject, definition: ResourceDefinition): KubeObject | Promise<KubeObject> {
  const { converter, storageVersion } = definition;
  if (converter !== undefined && storageVersion !== undefined && storageVersion !== definition.version) {
    const version = groupVersion({ group: definition.group, version: storageVersion });
    return converter([object], version).then((objects) =>
      prunedFor(storageVersion, objects[0] as KubeObject, definition),
    );
  }
  if (definition.convert !== undefined) {
    const copy = copyJson(object);
    definition.convert.toStorage(copy);
    return copy;
  }
  const version = definition.storageVersion ?? definition.version;
  if (version === definition.version) return object;
  const stored = {
    ...(definition.schemas === undefined ? object : copyJson(object)),
    apiVersion: groupVersion({ group: definition.group, version }),
    metadata: { ...object.metadata },
  };
  return prunedFor(version, stored, definition);
}

/** Takes out what the schema of a version has no place for, in place. */
function prunedFor(version: string, object: KubeObject, definition: ResourceDefinition): KubeObject {
  definition.schemas?.get(version)?.prune(object as never);
  return object;
}
