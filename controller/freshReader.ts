import type { KubeClient, KubeObject, ObjectKey, Resource } from '../kube/index.ts';

export interface FreshReader {
  /** The object as the API server has it now: the read begins after this call. Rejects as `KubeClient.get` does. */
  get<T extends KubeObject>(resource: Resource<T>, key: ObjectKey): Promise<T>;
}

/**
 * Reads that many ask for at once are made once: whoever asks while a read is under way shares the one that follows it,
 * never the one that began before they asked.
 */
export function createFreshReader(client: Pick<KubeClient, 'get'>): FreshReader {
  const underWay = new Map<string, Promise<unknown>>();
  const toFollow = new Map<string, Promise<unknown>>();

  return {
    get<T extends KubeObject>(resource: Resource<T>, key: ObjectKey): Promise<T> {
      const id = `${resource.group}/${resource.plural}/${key.namespace ?? ''}/${key.name}`;
      const shared = toFollow.get(id);
      if (shared !== undefined) return shared as Promise<T>;
      const before = underWay.get(id) ?? Promise.resolve();
      const read = before
        .catch(() => {})
        .then(() => {
          toFollow.delete(id);
          const present = client.get(resource, key);
          const settled = present
            .catch(() => {})
            .then(() => {
              if (underWay.get(id) === settled) underWay.delete(id);
            });
          underWay.set(id, settled);
          return present;
        });
      toFollow.set(id, read);
      return read;
    },
  };
}
