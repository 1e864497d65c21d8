import type { Informer, KubeClient, KubeObject } from '../kube/index.ts';
import { isNotFound, keyOf, splitKey } from '../kube/index.ts';
import { createTurnstile } from './turnstile.ts';

/**
 * Whole objects beside an informer that drops the long fields: the ones just written are remembered, the others are
 * read from the API server when they are needed.
 */
export interface FullObjects<T extends KubeObject> {
  /** The whole object, at least as new as the informer's. Undefined when it is gone. */
  get(key: string, signal: AbortSignal): Promise<T | undefined>;
  /** Remembers what our own write returned, and shows it to the informer at once. */
  put(object: T): void;
  /** Forgets an object: after a conflict, say, or when it has ended. */
  drop(key: string): void;
}

/**
 * Whole objects read at once. What lives short is cheap to collect; sixty-four answers of 64 KiB side by side live long, and
 * after a restart with a thousand runs under way they would be a hundred megabytes of garbage.
 */
const READS_AT_ONCE = 8;

export function createFullObjects<T extends KubeObject>(options: {
  readonly client: KubeClient;
  readonly informer: Informer<T>;
  /** Roughly how many bytes of objects may be remembered. */
  readonly maxBytes: number;
  /** Roughly how many bytes an object takes. */
  readonly sizeOf: (object: T) => number;
  /** Whether the informer's object has lost nothing. */
  readonly isWhole: (object: T) => boolean;
}): FullObjects<T> {
  const { client, informer } = options;
  const objects = new Map<string, { readonly object: T; readonly bytes: number }>();
  const reads = createTurnstile(READS_AT_ONCE);
  let bytes = 0;

  function drop(key: string): void {
    const entry = objects.get(key);
    if (entry === undefined) return;
    objects.delete(key);
    bytes -= entry.bytes;
  }

  function put(object: T): void {
    const key = keyOf(object);
    drop(key);
    const entry = { object, bytes: options.sizeOf(object) };
    objects.set(key, entry);
    bytes += entry.bytes;
    // A Map keeps the order of insertion: the first key is the one that was written longest ago.
    for (const oldest of objects.keys()) {
      if (bytes <= options.maxBytes || oldest === key) break;
      drop(oldest);
    }
    informer.observe(object);
  }

  informer.on({ delete: (last) => drop(keyOf(last)) });

  return {
    async get(key, signal) {
      const seen = informer.store.get(key);
      const known = objects.get(key)?.object;
      if (
        known !== undefined &&
        (seen === undefined ||
          (seen.metadata.uid === known.metadata.uid &&
            seen.metadata.resourceVersion === known.metadata.resourceVersion))
      ) {
        return known;
      }
      if (seen !== undefined && options.isWhole(seen)) return seen;
      try {
        const object = await reads.pass(() => client.get(informer.resource, splitKey(key), { signal }));
        put(object);
        return object;
      } catch (error) {
        if (isNotFound(error)) {
          drop(key);
          return undefined;
        }
        throw error;
      }
    },
    put,
    drop,
  };
}
