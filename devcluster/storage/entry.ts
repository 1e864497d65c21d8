import type { KubeObject } from '../types.ts';

/** One stored object at one revision. Immutable; `json` is its text, resourceVersion included. */
export interface Entry {
  /** `group/plural` of the storage resource: `apps/deployments`, `/secrets`. */
  readonly resource: string;
  /** `namespace/name`, or `name` where there is no namespace: unique and sorted within the resource. */
  readonly key: string;
  readonly revision: number;
  readonly json: string;
}

/** A committed change, in order of revision. */
export interface StoreEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly revision: number;
  /** The object after the change; for DELETED its last state, carrying the revision of the deletion. */
  readonly entry: Entry;
  readonly previous: Entry | undefined;
  /** Length of the texts that history keeps for this event. */
  readonly bytes: number;
  /** Encoded forms that watchers share while the event is delivered: it is serialised once for each form. Gone afterwards. */
  encoded: Map<string, Buffer> | undefined;
}

/** `namespace/name` or `name`. */
export function entryKey(namespace: string, name: string): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}

/** Objects by entry, the oldest of which go when their texts are longer than `maxBytes` together. */
class Shelf {
  private readonly objects = new Map<Entry, KubeObject>();
  private readonly maxBytes: number;
  private order = this.objects.keys();
  private bytes = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  get(entry: Entry): KubeObject | undefined {
    return this.objects.get(entry);
  }

  /** Keeps an object, whatever its size, until others are kept. */
  put(entry: Entry, object: KubeObject): void {
    this.objects.set(entry, object);
    this.bytes += entry.json.length;
    while (this.bytes > this.maxBytes && this.objects.size > 1) {
      // One iterator goes through all: each new one would step over what has been deleted since the map last grew.
      const oldest = this.order.next();
      if (oldest.done === true) this.order = this.objects.keys();
      else this.delete(oldest.value);
    }
  }

  delete(entry: Entry): void {
    if (this.objects.delete(entry)) this.bytes -= entry.json.length;
  }
}

/**
 * Reads the objects of entries, and keeps some: those that were parsed, since who is read once is read again, and for a short while those that
 * were written, for whoever looks at the event. A flood of writes that nobody reads leaves little behind.
 */
export class ObjectCache {
  private readonly parsed: Shelf;
  private readonly written: Shelf;

  /** @param maxBytes of text; an eighth of it is for what was written */
  constructor(maxBytes: number) {
    this.parsed = new Shelf((maxBytes * 7) / 8);
    this.written = new Shelf(maxBytes / 8);
  }

  /** The object of an entry: shared, so never to be changed. */
  object(entry: Entry, parse: (text: string) => unknown): KubeObject {
    const known = this.written.get(entry) ?? this.parsed.get(entry);
    if (known !== undefined) return known;
    const object = parse(entry.json) as KubeObject;
    this.parsed.put(entry, object);
    return object;
  }

  /** Keeps an object that is at hand already, so that the next read need not parse: the larger it is, the dearer that is. */
  remember(entry: Entry, object: KubeObject): void {
    this.written.put(entry, object);
  }

  forget(entry: Entry): void {
    this.written.delete(entry);
    this.parsed.delete(entry);
  }
}
