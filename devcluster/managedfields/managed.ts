/** The entries of `metadata.managedFields` while they are being worked on. */
import type { FieldManager, ManagedFieldsEntry } from '../types.ts';
import { type FieldSet, isEmpty, parseFieldSet, union } from './fieldset.ts';

export interface Entry {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time: string | undefined;
  readonly set: FieldSet;
}

/** Entries by identity: one manager has one entry per operation, subresource and, for updates, version. */
export type Managed = Map<string, Entry>;

export function identity(entry: Pick<Entry, 'manager' | 'operation' | 'apiVersion' | 'subresource'>): string {
  return JSON.stringify({
    ...(entry.manager !== '' ? { manager: entry.manager } : {}),
    operation: entry.operation,
    ...(entry.operation === 'Update' ? { apiVersion: entry.apiVersion } : {}),
    ...(entry.subresource !== '' ? { subresource: entry.subresource } : {}),
  });
}

export function entryOf(by: FieldManager, operation: 'Apply' | 'Update'): Omit<Entry, 'set' | 'time'> {
  return {
    manager: by.manager === '' ? 'unknown' : by.manager,
    operation,
    apiVersion: by.apiVersion,
    subresource: by.subresource,
  };
}

/**
 * Entries as stored or sent. `canonical`: ours, which need not be parsed.
 * @throws Error for an entry that cannot be read
 */
export function decodeManaged(entries: readonly ManagedFieldsEntry[] | undefined, canonical: boolean): Managed {
  const managed: Managed = new Map();
  for (const [index, raw] of (entries ?? []).entries()) {
    if (raw.operation !== 'Apply' && raw.operation !== 'Update')
      throw new Error('operation must be `Apply` or `Update`');
    if (!raw.apiVersion) throw new Error('apiVersion must not be empty');
    if (raw.fieldsType !== 'FieldsV1') {
      throw new Error(
        raw.fieldsType
          ? `invalid fieldsType ${JSON.stringify(raw.fieldsType)} in managed fields entry ${index}`
          : `missing fieldsType in managed fields entry ${index}`,
      );
    }
    const set = canonical ? ((raw.fieldsV1 ?? {}) as FieldSet) : parseFieldSet(raw.fieldsV1 ?? {});
    const entry: Entry = {
      manager: raw.manager ?? '',
      operation: raw.operation,
      apiVersion: raw.apiVersion,
      subresource: raw.subresource ?? '',
      time: raw.time ?? undefined,
      set,
    };
    managed.set(identity(entry), entry);
  }
  return managed;
}

const seconds = (time: string | undefined) => (time === undefined ? 0 : Math.floor(Date.parse(time) / 1000) || 0);
const order = (left: string, right: string) => (left < right ? -1 : left > right ? 1 : 0);

/** Apply entries first, then by second, manager, version, subresource; undefined when nobody owns anything. */
export function encodeManaged(managed: Managed): ManagedFieldsEntry[] | undefined {
  if (managed.size === 0) return undefined;
  return [...managed.values()]
    .sort(
      (left, right) =>
        order(left.operation, right.operation) ||
        seconds(left.time) - seconds(right.time) ||
        order(left.manager, right.manager) ||
        order(left.apiVersion, right.apiVersion) ||
        order(left.subresource, right.subresource),
    )
    .map((entry) => ({
      ...(entry.manager !== '' ? { manager: entry.manager } : {}),
      operation: entry.operation,
      apiVersion: entry.apiVersion,
      ...(entry.time !== undefined ? { time: entry.time } : {}),
      fieldsType: 'FieldsV1' as const,
      fieldsV1: entry.set as ManagedFieldsEntry['fieldsV1'] & object,
      ...(entry.subresource !== '' ? { subresource: entry.subresource } : {}),
    }));
}

const maxUpdateManagers = 10;

/** Beyond ten entries of updates the oldest of a version are joined under `ancient-changes`. */
export function capUpdateManagers(managed: Managed): void {
  const updates = [...managed.entries()].filter(([, entry]) => entry.operation === 'Update');
  let count = updates.length;
  if (count <= maxUpdateManagers) return;
  updates.sort(
    ([leftId, left], [rightId, right]) => seconds(left.time) - seconds(right.time) || order(leftId, rightId),
  );
  const firstOfVersion = new Map<string, string>();
  for (const [id, entry] of updates) {
    if (count <= maxUpdateManagers) return;
    const first = firstOfVersion.get(entry.apiVersion);
    if (first === undefined) {
      firstOfVersion.set(entry.apiVersion, id);
      continue;
    }
    const bucket = {
      manager: 'ancient-changes',
      operation: 'Update' as const,
      apiVersion: entry.apiVersion,
      subresource: '',
    };
    const bucketId = identity(bucket);
    let into = managed.get(bucketId);
    if (into === undefined) {
      into = managed.get(first);
      managed.delete(first);
    }
    managed.set(bucketId, { ...bucket, time: entry.time, set: union(entry.set, into?.set ?? {}) });
    if (id !== bucketId) managed.delete(id);
    count -= 1;
  }
}

/** Drops entries that own nothing. */
export function dropEmpty(managed: Managed): void {
  for (const [id, entry] of managed) if (isEmpty(entry.set)) managed.delete(id);
}

/** An entry as conflicts name it: `"kubectl" using v1`, an applier without its version. */
export function printManager(entry: Entry): string {
  const subresource = entry.subresource === '' ? '' : ` with subresource ${JSON.stringify(entry.subresource)}`;
  return `${JSON.stringify(entry.manager)}${subresource}${entry.operation === 'Update' ? ` using ${entry.apiVersion}` : ''}`;
}
