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

/** A place in the order of a shelf; the two of an only place are itself. */
interface Place {
  readonly entry: Entry;
  readonly object: KubeObject;
  older: Place;
  newer: Place;
}

/**
 * Objects by entry, the oldest of which go when their texts are longer than `maxBytes` together. The order is in links: a Map's iterator that is
 * kept holds on to all that the map has ever held, and a new one for each eviction steps over what has been deleted before.
 */
class Shelf {
  private readonly places = new Map<Entry, Place>();
  private readonly maxBytes: number;
  private newest: Place | undefined;
  private bytes = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  get(entry: Entry): KubeObject | undefined {
    return this.places.get(entry)?.object;
  }

  /** Keeps an object, whatever its size, until others are kept. */
  put(entry: Entry, object: KubeObject): void {
    this.delete(entry);
    const place = { entry, object } as Place;
    place.older = this.newest ?? place;
    place.newer = this.newest?.newer ?? place;
    place.older.newer = place;
    place.newer.older = place;
    this.newest = place;
    this.places.set(entry, place);
    this.bytes += entry.json.length;
    // The links are a ring: after the newest comes the oldest.
    while (this.bytes > this.maxBytes && place.newer !== place) this.delete(place.newer.entry);
  }

  delete(entry: Entry): void {
    const place = this.places.get(entry);
    if (place === undefined) return;
    this.places.delete(entry);
    this.bytes -= entry.json.length;
    place.older.newer = place.newer;
    place.newer.older = place.older;
    if (this.newest === place) this.newest = place.older === place ? undefined : place.older;
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
