/**
 * What etcd is to the real server: objects under revisions, compare-and-swap, a window of history for watches and consistent
 * lists. All live objects are in memory as JSON text; a `Journal` makes writes durable. A write is visible to later writes at once
 * (so that they queue up behind it), to readers and watchers only when it is durable.
 */
import type { KubeObject } from '../types.ts';
import { type Entry, ObjectCache, type StoreEvent } from './entry.ts';
import { Table } from './table.ts';

/** Makes changes durable, in order. `append` resolves when the change would survive a crash. */
export interface Journal {
  /** False: nothing to wait for, changes commit at once. */
  readonly durable: boolean;
  append(change: JournalChange): Promise<void>;
  close(): Promise<void>;
}

/** One change as the journal keeps it; `json` undefined: deleted. */
export interface JournalChange {
  readonly revision: number;
  readonly resource: string;
  readonly key: string;
  readonly json: string | undefined;
}

/** The stored object is not at the revision that the writer expected. */
export class RevisionConflict extends Error {
  override readonly name = 'RevisionConflict';
}

/** etcd's limit for one write, less what it adds to it. */
const maxEntryBytes = 1.5 * 1024 * 1024 - 64;

/** The object is too large to be stored. */
export class EntryTooLarge extends Error {
  override readonly name = 'EntryTooLarge';
  constructor() {
    super('etcdserver: request is too large');
  }
}

/** The history asked for is gone (410). */
export class Compacted extends Error {
  override readonly name = 'Compacted';
  readonly compactedRevision: number;
  constructor(compactedRevision: number) {
    super(`history before revision ${compactedRevision} is compacted`);
    this.compactedRevision = compactedRevision;
  }
}

export interface StoreOptions {
  readonly journal: Journal;
  readonly parse: (text: string) => unknown;
  readonly print: (value: unknown) => string;
  /** History kept for watches: at most this many events (default 20,000) and bytes of text (default 24 MiB). */
  readonly maxEvents?: number;
  readonly maxEventBytes?: number;
}

type Listener = (event: StoreEvent) => void;

export class Store {
  private readonly options: StoreOptions;
  private readonly tables = new Map<string, Table>();
  /** Writes on their way to disk, by `resource key`: undefined value means deleted. */
  private readonly pending = new Map<string, { entry: Entry | undefined; count: number }>();
  private readonly cache = new ObjectCache(8 << 20);
  private readonly listeners = new Map<string, Set<Listener>>();
  private events: StoreEvent[] = [];
  private firstEvent = 0;
  private eventBytes = 0;
  private assigned = 1;
  /** Set when the journal has failed: nothing may be written any more. */
  private failure: Error | undefined;
  /** Revision of the last durable change. */
  revision = 1;
  /** Watches and lists from before this revision are refused. */
  compactedRevision = 1;

  constructor(options: StoreOptions) {
    this.options = options;
  }

  /** Takes what the journal had on disk. `replayed` are recent changes, oldest first, which become history. */
  restore(revision: number, entries: Iterable<Entry>, replayed: Iterable<JournalChange>): void {
    let floor = 1;
    for (const entry of entries) {
      this.table(entry.resource).put(entry);
      if (entry.revision > floor) floor = entry.revision;
    }
    this.assigned = floor;
    this.revision = floor;
    this.compactedRevision = floor;
    for (const change of replayed) {
      const current = this.table(change.resource).get(change.key);
      // A snapshot is taken while writes go on: it may already hold this change, or a later one.
      if (change.revision <= floor && (current?.revision ?? 0) >= change.revision) continue;
      this.assigned = Math.max(this.assigned, change.revision);
      if (change.json === undefined && current === undefined) {
        this.revision = Math.max(this.revision, change.revision);
        continue;
      }
      const entry: Entry = {
        resource: change.resource,
        key: change.key,
        revision: change.revision,
        json: change.json ?? this.deletedText(current as Entry, change.revision),
      };
      if (change.revision > this.revision) this.commit(entry, change.json === undefined);
      else this.settle(entry, change.json === undefined);
    }
    this.assigned = Math.max(this.assigned, revision);
    this.revision = this.assigned;
  }

  /** The object as readers see it: durable. */
  get(resource: string, key: string): Entry | undefined {
    return this.tables.get(resource)?.get(key);
  }

  /** The object as the next write will find it, durable or on its way. */
  latest(resource: string, key: string): Entry | undefined {
    const pending = this.pending.get(`${resource} ${key}`);
    return pending === undefined ? this.get(resource, key) : pending.entry;
  }

  /** Parsed object of an entry; shared, never to be changed. */
  object(entry: Entry): KubeObject {
    return this.cache.object(entry, this.options.parse);
  }

  list(resource: string, prefix = ''): Entry[] {
    return this.tables.get(resource)?.list(prefix) ?? [];
  }

  count(resource: string): number {
    return this.tables.get(resource)?.size ?? 0;
  }

  /** Names of all resources that hold, or held, objects. */
  resources(): string[] {
    return [...this.tables.keys()];
  }

  /** The state at an earlier revision. Throws `Compacted` where history does not reach that far. */
  listAt(resource: string, prefix: string, revision: number): Entry[] {
    if (revision >= this.revision) return this.list(resource, prefix);
    if (revision < this.compactedRevision) throw new Compacted(this.compactedRevision);
    const before = new Map<string, Entry | undefined>();
    for (let i = this.eventAfter(revision); i < this.events.length; i++) {
      const event = this.events[i] as StoreEvent;
      if (event.entry.resource !== resource || before.has(event.entry.key)) continue;
      if (event.entry.key.startsWith(prefix)) before.set(event.entry.key, event.previous);
    }
    const out = this.list(resource, prefix).filter((entry) => !before.has(entry.key));
    for (const entry of before.values()) if (entry !== undefined) out.push(entry);
    return out.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /**
   * Writes an object if the stored one is still at `expected` (0: nothing there), else throws `RevisionConflict`. The stored
   * object carries the new revision; throws `EntryTooLarge` beyond 1.5 MiB. `object` belongs to the store from then on. Resolves when durable.
   */
  put(resource: string, key: string, object: KubeObject, expected: number): Promise<Entry> {
    this.check(resource, key, expected);
    const revision = this.assigned + 1;
    const stored = canonical(object, revision);
    const json = this.options.print(stored);
    if (json.length > maxEntryBytes / 3 && Buffer.byteLength(json) + key.length > maxEntryBytes)
      throw new EntryTooLarge();
    this.assigned = revision;
    const entry: Entry = { resource, key, revision, json };
    this.cache.remember(entry, stored);
    return this.submit(entry, false);
  }

  /** Deletes an object if it is still at `expected`. Resolves to its last state, carrying the deletion's revision. */
  delete(resource: string, key: string, expected: number): Promise<Entry> {
    const current = this.check(resource, key, expected);
    if (current === undefined) throw new RevisionConflict(`${resource} ${key} is gone`);
    const revision = ++this.assigned;
    const entry: Entry = { resource, key, revision, json: this.deletedText(current, revision) };
    return this.submit(entry, true);
  }

  /** Called with every durable change of a resource ('' for all), in order. Returns the function that ends it. */
  subscribe(resource: string, listener: Listener): () => void {
    let set = this.listeners.get(resource);
    if (set === undefined) {
      set = new Set();
      this.listeners.set(resource, set);
    }
    set.add(listener);
    return () => void set.delete(listener);
  }

  /** Changes of a resource after a revision. Throws `Compacted`. */
  since(resource: string, revision: number): StoreEvent[] {
    if (revision < this.compactedRevision) throw new Compacted(this.compactedRevision);
    const out: StoreEvent[] = [];
    for (let i = this.eventAfter(revision); i < this.events.length; i++) {
      const event = this.events[i] as StoreEvent;
      if (event.entry.resource === resource) out.push(event);
    }
    return out;
  }

  /** Forgets history up to a revision (inclusive of its predecessors), as etcd's compaction does. */
  compact(revision: number): void {
    while (this.firstEvent < this.events.length && (this.events[this.firstEvent] as StoreEvent).revision <= revision) {
      this.dropEvent();
    }
    this.trim();
  }

  /** Live entries of all resources, for a snapshot. */
  *entries(): Iterable<Entry> {
    for (const table of this.tables.values()) yield* table.list('');
  }

  /** Length of all live texts. */
  liveBytes(): number {
    let bytes = 0;
    for (const table of this.tables.values()) bytes += table.bytes;
    return bytes;
  }

  async close(): Promise<void> {
    await this.options.journal.close();
  }

  private check(resource: string, key: string, expected: number): Entry | undefined {
    if (this.failure !== undefined) throw this.failure;
    const current = this.latest(resource, key);
    if ((current?.revision ?? 0) !== expected) throw new RevisionConflict(`${resource} ${key} has changed`);
    return current;
  }

  private submit(entry: Entry, deleted: boolean): Promise<Entry> {
    const { journal } = this.options;
    if (!journal.durable) {
      this.commit(entry, deleted);
      return Promise.resolve(entry);
    }
    const id = `${entry.resource} ${entry.key}`;
    const pending = this.pending.get(id);
    if (pending === undefined) this.pending.set(id, { entry: deleted ? undefined : entry, count: 1 });
    else {
      pending.entry = deleted ? undefined : entry;
      pending.count++;
    }
    const change = { revision: entry.revision, resource: entry.resource, key: entry.key };
    return journal.append({ ...change, json: deleted ? undefined : entry.json }).then(
      () => {
        this.commit(entry, deleted);
        const now = this.pending.get(id);
        if (now !== undefined && --now.count === 0) this.pending.delete(id);
        return entry;
      },
      (error: Error) => {
        this.failure = error;
        throw error;
      },
    );
  }

  private commit(entry: Entry, deleted: boolean): void {
    const previous = this.settle(entry, deleted);
    this.revision = entry.revision;
    const type = deleted ? 'DELETED' : previous === undefined ? 'ADDED' : 'MODIFIED';
    // The state before is kept for this event alone, unless history has the event that made it.
    const kept = previous === undefined || previous.revision > this.compactedRevision ? 0 : previous.json.length;
    const bytes = entry.json.length + kept;
    const event: StoreEvent = { type, revision: entry.revision, entry, previous, bytes, encoded: new Map() };
    this.events.push(event);
    this.eventBytes += bytes;
    const { maxEvents = 20_000, maxEventBytes = 24 << 20 } = this.options;
    while (this.events.length - this.firstEvent > maxEvents || this.eventBytes > maxEventBytes) {
      if (this.events.length - this.firstEvent <= 1) break;
      this.dropEvent();
    }
    this.trim();
    for (const listener of this.listeners.get(entry.resource) ?? []) listener(event);
    for (const listener of this.listeners.get('') ?? []) listener(event);
    event.encoded = undefined;
    if (previous !== undefined) this.cache.forget(previous);
  }

  private settle(entry: Entry, deleted: boolean): Entry | undefined {
    const table = this.table(entry.resource);
    const previous = table.get(entry.key);
    if (deleted) table.remove(entry.key);
    else table.put(entry);
    return previous;
  }

  private dropEvent(): void {
    const event = this.events[this.firstEvent] as StoreEvent;
    delete this.events[this.firstEvent++];
    this.eventBytes -= event.bytes;
    this.compactedRevision = event.revision;
  }

  /** Gives the dropped head of the list back once it outweighs the rest. */
  private trim(): void {
    if (this.firstEvent < 64 || this.firstEvent * 2 < this.events.length) return;
    this.events = this.events.slice(this.firstEvent);
    this.firstEvent = 0;
  }

  private eventAfter(revision: number): number {
    let low = this.firstEvent;
    let high = this.events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.events[middle] as StoreEvent).revision <= revision) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private deletedText(current: Entry, revision: number): string {
    const object = this.object(current);
    const metadata = { ...object.metadata, resourceVersion: String(revision) };
    return this.options.print({ ...object, metadata });
  }

  private table(resource: string): Table {
    let table = this.tables.get(resource);
    if (table === undefined) {
      table = new Table();
      this.tables.set(resource, table);
    }
    return table;
  }
}

/** The object under its revision, its keys in the order in which texts are kept: apiVersion, kind, metadata, the rest. */
function canonical(object: KubeObject, revision: number): KubeObject {
  const { apiVersion, kind, metadata, ...rest } = object;
  return { apiVersion, kind, metadata: { ...metadata, resourceVersion: String(revision) }, ...rest };
}

/** Keeps nothing: state lives as long as the process. */
export const memoryJournal: Journal = {
  durable: false,
  append: () => Promise.resolve(),
  close: () => Promise.resolve(),
};
