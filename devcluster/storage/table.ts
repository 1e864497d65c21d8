import type { Entry } from './entry.ts';

/** The live entries of one resource, in order of key. */
export class Table {
  private readonly byKey = new Map<string, Entry>();
  private readonly sorted: Entry[] = [];
  /** Length of all texts together. */
  bytes = 0;

  get size(): number {
    return this.byKey.size;
  }

  get(key: string): Entry | undefined {
    return this.byKey.get(key);
  }

  put(entry: Entry): void {
    const old = this.byKey.get(entry.key);
    this.byKey.set(entry.key, entry);
    const at = this.position(entry.key);
    if (old === undefined) this.sorted.splice(at, 0, entry);
    else this.sorted[at] = entry;
    this.bytes += entry.json.length - (old?.json.length ?? 0);
  }

  remove(key: string): void {
    const old = this.byKey.get(key);
    if (old === undefined) return;
    this.byKey.delete(key);
    this.sorted.splice(this.position(key), 1);
    this.bytes -= old.json.length;
  }

  /** Entries whose key starts with `prefix` (`namespace/`, or '' for all), in order of key. */
  list(prefix: string): Entry[] {
    if (prefix === '') return this.sorted.slice();
    const from = this.position(prefix);
    // '/' is followed by '0': the first key that no longer has the prefix.
    const to = this.position(`${prefix.slice(0, -1)}0`);
    return this.sorted.slice(from, to);
  }

  /** Index of the first entry whose key is not below `key`. */
  private position(key: string): number {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.sorted[middle] as Entry).key < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
