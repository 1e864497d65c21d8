/** Field ownership: server-side apply, and the tracking of every other write. */
import type { JsonObject, KubeObject } from '../types.ts';
import { equal } from './walk.ts';

export { applyPatch } from './apply.ts';
export { fromScaleEntries, toScaleEntries } from './scale.ts';
export { mergeTypeFromSchema } from './types.ts';
export { trackUpdate } from './update.ts';

/**
 * A write that changes nothing but timestamps of managed fields is no change: puts the old entries back, so that the registry
 * sees equal objects and writes nothing. To be called after admission, when the object is as it would be stored.
 */
export function keepTimestamps(live: KubeObject, updated: KubeObject): void {
  const before = live.metadata.managedFields;
  const after = updated.metadata.managedFields;
  if (before === undefined || after === undefined || before.length !== after.length) return;
  const timeless = (entries: typeof before) => entries.map(({ time: _, ...entry }) => entry);
  if (!equal(timeless(before), timeless(after))) return;
  const rest = (object: KubeObject): JsonObject => {
    const { managedFields: _, ...metadata } = object.metadata;
    return { ...(object as unknown as JsonObject), metadata: metadata as JsonObject };
  };
  if (equal(rest(live), rest(updated))) updated.metadata.managedFields = before;
}
