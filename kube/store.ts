import { keyOf } from './resources.ts';
import type { KubeObject, Store } from './types.ts';

/** The index values of an object; none: it is in no bucket of that index. */
export type IndexFunction<T> = (object: T) => readonly string[];

/** A store that its informer writes. */
export interface WritableStore<T extends KubeObject> extends Store<T> {
  /** Returns what was there before. */
  set(object: T): T | undefined;
  delete(key: string): T | undefined;
}

/**
 * Objects by key, with indexes kept at every write. An index function that throws puts its object into no bucket and is
 * reported to `onIndexError`: one odd object must not stop the rest.
 */
export function createStore<T extends KubeObject>(
  indexers: Readonly<Record<string, IndexFunction<T>>> = {},
  onIndexError: (index: string, key: string, error: unknown) => void = () => undefined,
): WritableStore<T> {
  const objects = new Map<string, T>();
  const guarded =
    (index: string, values: IndexFunction<T>): IndexFunction<T> =>
    (object) => {
      try {
        return values(object);
      } catch (error) {
        onIndexError(index, keyOf(object), error);
        return [];
      }
    };
  const indexes = new Map(
    Object.entries(indexers).map(([name, values]) => [
      name,
      { values: guarded(name, values), buckets: new Map<string, Set<string>>() },
    ]),
  );

  const leave = (key: string, object: T): void => {
    for (const { values, buckets } of indexes.values()) {
      for (const value of values(object)) {
        const bucket = buckets.get(value);
        bucket?.delete(key);
        if (bucket?.size === 0) buckets.delete(value);
      }
    }
  };
  const enter = (key: string, object: T): void => {
    for (const { values, buckets } of indexes.values()) {
      for (const value of values(object)) {
        const bucket = buckets.get(value);
        if (bucket === undefined) buckets.set(value, new Set([key]));
        else bucket.add(key);
      }
    }
  };

  return {
    get: (key) => objects.get(key),
    list: () => [...objects.values()],
    keys: () => [...objects.keys()],
    byIndex(index, value) {
      const found = indexes.get(index);
      if (found === undefined)
        throw new Error(
          `store: there is no index ${JSON.stringify(index)}; it has: ${[...indexes.keys()].join(', ') || 'none'}`,
        );
      const bucket = found.buckets.get(value);
      if (bucket === undefined) return [];
      const list: T[] = [];
      for (const key of bucket) {
        const object = objects.get(key);
        if (object !== undefined) list.push(object);
      }
      return list;
    },
    get size() {
      return objects.size;
    },
    set(object) {
      const key = keyOf(object);
      const old = objects.get(key);
      if (old !== undefined) leave(key, old);
      objects.set(key, object);
      enter(key, object);
      return old;
    },
    delete(key) {
      const old = objects.get(key);
      if (old === undefined) return undefined;
      leave(key, old);
      objects.delete(key);
      return old;
    },
  };
}
