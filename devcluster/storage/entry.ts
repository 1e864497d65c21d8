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
  /** Encoded forms that watchers share: an event is serialised once for each form. */
  readonly encoded: Map<string, Buffer | undefined>;
}

/** `namespace/name` or `name`. */
export function entryKey(namespace: string, name: string): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}

/** Reads the objects of entries, keeping the most recently used ones parsed, up to `maxBytes` of their text. */
export class ObjectCache {
  private readonly parsed = new Map<Entry, KubeObject>();
  private readonly maxBytes: number;
  private order = this.parsed.keys();
  private bytes = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** The object of an entry: shared, so never to be changed. */
  object(entry: Entry, parse: (text: string) => unknown): KubeObject {
    const known = this.parsed.get(entry);
    if (known !== undefined) return known;
    const object = parse(entry.json) as KubeObject;
    this.remember(entry, object);
    return object;
  }

  /** Keeps an object that is at hand already, so that the next read need not parse: the larger it is, the dearer that is. */
  remember(entry: Entry, object: KubeObject): void {
    if (entry.json.length > this.maxBytes / 4) return;
    this.parsed.set(entry, object);
    this.bytes += entry.json.length;
    while (this.bytes > this.maxBytes) {
      // One iterator goes through all: each new one would step over what has been deleted since the map last grew.
      const oldest = this.order.next();
      if (oldest.done === true) this.order = this.parsed.keys();
      else this.forget(oldest.value);
    }
  }

  forget(entry: Entry): void {
    if (this.parsed.delete(entry)) this.bytes -= entry.json.length;
  }
}
