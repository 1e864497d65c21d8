import { systemClock } from './clock.ts';
import { KubeError, messageOf } from './errors.ts';
import { holdProcess } from './processHold.ts';
import { type ReflectorOptions, type ReflectorSink, runReflector } from './reflector.ts';
import { isNewerVersion, keyOf } from './resources.ts';
import { createStore, type IndexFunction } from './store.ts';
import type { Clock, Informer, InformerHandler, KubeObject } from './types.ts';

export interface InformerOptions<T extends KubeObject> extends Omit<ReflectorOptions<T>, 'clock'> {
  readonly clock?: Clock;
  /** Indexes by name: the values under which `store.byIndex` finds an object. */
  readonly indexers?: Readonly<Record<string, IndexFunction<T>>>;
}

/**
 * Keeps a store equal to the server's state and tells handlers what changed. Handlers run one after the other, after the
 * store was written; what they throw is logged.
 *
 * `transform` runs before an object is stored and must return an object with the same name, namespace, uid and
 * resourceVersion; it must not edit the object it is given, which may be the caller's own. What it returns is stored as a copy
 * of its own, so that nothing of what it dropped stays in memory.
 */
export function createInformer<T extends KubeObject>(options: InformerOptions<T>): Informer<T> {
  const { resource, metrics } = options;
  const transform = options.transform && compacting(options.transform);
  const clock = options.clock ?? systemClock;
  const logger = options.logger.child({ informer: resource.plural });
  const store = createStore<T>(options.indexers, (index, key, error) =>
    logger.error({ index, key, error: messageOf(error) }, 'informer: an index function threw'),
  );
  const handlers = new Set<InformerHandler<T>>();
  /** Of the last list or watch event: what is older and not in the store is gone. */
  let seenVersion = '';
  /** Keys observed since the list under way was asked for; what was observed before, the list has. */
  const observedDuringList = new Set<string>();
  let listing = false;
  let started = false;
  const firstList = Promise.withResolvers<void>();
  let synced = false;

  const call = (handler: InformerHandler<T>, task: () => unknown): void => {
    if (!handlers.has(handler)) return;
    const threw = (error: unknown): void =>
      logger.error(
        { error: messageOf(error), stack: error instanceof Error ? error.stack : undefined },
        'informer: a handler threw',
      );
    try {
      const result = task();
      // An async function fits the type too; left alone, its rejection would end the process.
      if (result instanceof Promise) result.catch(threw);
    } catch (error) {
      threw(error);
    }
  };
  const tell = (task: (handler: InformerHandler<T>) => unknown): void => {
    for (const handler of [...handlers]) call(handler, () => task(handler));
  };

  const upsert = (object: T): void => {
    const old = store.get(keyOf(object));
    if (old === undefined) {
      store.set(object);
      tell((handler) => handler.add?.(object));
    } else if (old.metadata.uid !== object.metadata.uid) {
      store.delete(keyOf(old));
      tell((handler) => handler.delete?.(old));
      store.set(object);
      tell((handler) => handler.add?.(object));
    } else {
      store.set(object);
      tell((handler) => handler.update?.(old, object));
    }
  };
  const remove = (key: string, last?: T): void => {
    const old = store.delete(key);
    if (old === undefined) return;
    const final = last !== undefined && last.metadata.uid === old.metadata.uid ? last : old;
    tell((handler) => handler.delete?.(final));
  };
  const sameVersion = (a: T | undefined, b: T): boolean =>
    a?.metadata.resourceVersion !== undefined &&
    a.metadata.resourceVersion === b.metadata.resourceVersion &&
    a.metadata.uid === b.metadata.uid;
  const newer = (a: T | undefined, b: T): boolean =>
    isNewerVersion(a?.metadata.resourceVersion, b.metadata.resourceVersion);

  const sink: ReflectorSink<T> = {
    listStarted() {
      observedDuringList.clear();
      listing = true;
    },
    replace(objects, resourceVersion) {
      const listed = new Set<string>();
      for (const object of objects) {
        const key = keyOf(object);
        listed.add(key);
        const held = store.get(key);
        // What we wrote after the list was asked for may be newer than the list. Apart from that the list is the truth,
        // even where its versions are lower: the server's data may have been replaced by a backup.
        if (sameVersion(held, object) || (observedDuringList.has(key) && newer(held, object))) continue;
        upsert(object);
      }
      for (const key of store.keys()) {
        if (listed.has(key)) continue;
        const held = store.get(key);
        if (observedDuringList.has(key) && isNewerVersion(held?.metadata.resourceVersion, resourceVersion)) continue;
        remove(key);
      }
      observedDuringList.clear();
      listing = false;
      seenVersion = resourceVersion;
      metrics?.objects(resource.plural, store.size);
      if (!synced) {
        synced = true;
        firstList.resolve();
      }
    },
    knows(object) {
      const held = store.get(keyOf(object));
      return sameVersion(held, object) || newer(held, object);
    },
    changed(object) {
      upsert(object);
      metrics?.objects(resource.plural, store.size);
    },
    deleted(object) {
      const key = keyOf(object);
      if (newer(store.get(key), object)) return;
      remove(key, object);
      metrics?.objects(resource.plural, store.size);
    },
    progressed(resourceVersion) {
      seenVersion = resourceVersion;
    },
  };

  return {
    resource,
    store,
    on(handler) {
      handlers.add(handler);
      for (const object of store.list()) call(handler, () => handler.add?.(object));
      return () => handlers.delete(handler);
    },
    async run(signal) {
      if (started) throw new Error(`informer ${resource.plural}: run was called twice`);
      started = true;
      using _alive = holdProcess();
      await runReflector({ ...options, transform, clock, logger }, sink, signal);
    },
    hasSynced: () => synced,
    synced(signal) {
      if (signal === undefined || synced) return firstList.promise;
      return new Promise((resolve, reject) => {
        const abort = (): void =>
          reject(
            new KubeError('Aborted', `informer ${resource.plural}: aborted before its first list was complete`, {
              cause: signal.reason,
            }),
          );
        if (signal.aborted) return abort();
        signal.addEventListener('abort', abort, { once: true });
        firstList.promise.then(() => {
          signal.removeEventListener('abort', abort);
          resolve();
        }, reject);
      });
    },
    observe(object) {
      const key = keyOf(object);
      const held = store.get(key);
      // Before the first list nothing is known, and the list will have it.
      if (!synced) return;
      // Our write let go of the last finalizer: the object is gone already, which the watch will say.
      if (object.metadata.deletionTimestamp !== undefined && !object.metadata.finalizers?.length) return;
      if (held === undefined ? !isNewerVersion(object.metadata.resourceVersion, seenVersion) : !newer(object, held))
        return;
      let own = object;
      try {
        if (transform !== undefined) own = transform(object);
      } catch {
        return;
      }
      if (listing) observedDuringList.add(key);
      upsert(own);
    },
  };
}

/** What to say of informers whose first list is not complete: one line that names them, or none. */
export function unfilledCaches(informers: readonly Pick<Informer<KubeObject>, 'resource' | 'hasSynced'>[]): string[] {
  const names = informers.filter((informer) => !informer.hasSynced()).map(({ resource }) => resource.plural);
  return names.length === 0 ? [] : [`caches are not filled yet: ${names.join(', ')}`];
}

/**
 * V8 makes `big.slice(0, 50)` a view of `big`: 50 characters that keep 64 KiB alive. Through text and back, every string
 * is its own; for what a transform leaves over that is cheap (10,000 objects of 64 KiB each: 6 MiB held instead of 630).
 */
const compacting =
  <T extends KubeObject>(transform: (object: T) => T) =>
  (object: T): T =>
    JSON.parse(JSON.stringify(transform(object)));
