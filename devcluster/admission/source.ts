/** Configuration objects out of storage, compiled once and kept until one of them changes. */
import type { RegistryContext } from '../registry/call.ts';
import type { KubeObject } from '../types.ts';

/** What the objects of a resource compile to, as of now. */
export interface ConfigurationSource<T> {
  /** By name of the object. The same list until something changes. */
  current(): readonly T[];
}

/**
 * Compiles the objects of `resource` (`admissionregistration.k8s.io/…`), in the order of their names. A change counts from its
 * commit on; an object that did not change is not compiled again.
 */
export function configurationSource<T>(
  context: () => RegistryContext,
  resource: string,
  compile: (object: KubeObject) => readonly T[],
): ConfigurationSource<T> {
  let list: readonly T[] | undefined;
  let subscribed = false;
  let compiled = new Map<string, { revision: number; items: readonly T[] }>();
  return {
    current: () => {
      if (list !== undefined) return list;
      const { store } = context();
      if (!subscribed) {
        subscribed = true;
        store.subscribe(resource, () => {
          list = undefined;
        });
      }
      const next = new Map<string, { revision: number; items: readonly T[] }>();
      const out: T[] = [];
      for (const entry of store.list(resource)) {
        const known = compiled.get(entry.key);
        const items = known?.revision === entry.revision ? known.items : compile(store.object(entry));
        next.set(entry.key, { revision: entry.revision, items });
        out.push(...items);
      }
      compiled = next;
      list = out;
      return list;
    },
  };
}
