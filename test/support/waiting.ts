import { inspect } from 'node:util';
import type { KubeClient, KubeObject, ObjectKey, Resource } from '../../kube/index.ts';
import { isGone, isNotFound, isRetriable, sleep, systemClock } from '../../kube/index.ts';

/** Where nothing is said: long for a machine that does other things too, short for a test that hangs. */
const PATIENCE_MS = 30_000;

/**
 * Watches a collection until `find` returns something; no polling. Rejects after `timeoutMs` with what was there last.
 */
export async function untilAmong<T extends KubeObject, R>(
  client: KubeClient,
  resource: Resource<T>,
  where: { readonly namespace?: string; readonly fieldSelector?: string; readonly labelSelector?: string },
  find: (objects: readonly T[]) => R | undefined | false,
  options: { readonly timeoutMs?: number; readonly what?: string } = {},
): Promise<R> {
  const { timeoutMs = PATIENCE_MS, what = `${resource.plural} in ${where.namespace ?? 'all namespaces'}` } = options;
  const objects = new Map<string, T>();
  const idOf = ({ metadata }: T) => `${metadata.namespace}/${metadata.name}`;
  const signal = AbortSignal.timeout(timeoutMs);
  const late = () => {
    const shown = [...objects.values()].map(({ metadata, ...rest }) => ({ name: metadata.name, ...rest }));
    return new Error(
      `${what}: not so within ${timeoutMs} ms: ${inspect(shown, { depth: 4, maxStringLength: 300, maxArrayLength: 8 })}`,
    );
  };
  while (!signal.aborted) {
    try {
      const list = await client.list(resource, { ...where, signal });
      objects.clear();
      for (const object of list.items) objects.set(idOf(object), object);
      const found = find([...objects.values()]);
      if (found !== undefined && found !== false) return found;
      for await (const event of client.watch(resource, {
        ...where,
        resourceVersion: list.metadata.resourceVersion ?? '',
        signal,
      })) {
        if (event.type === 'BOOKMARK') continue;
        if (event.type === 'DELETED') objects.delete(idOf(event.object));
        else objects.set(idOf(event.object), event.object);
        const seen = find([...objects.values()]);
        if (seen !== undefined && seen !== false) return seen;
      }
    } catch (error) {
      if (signal.aborted) break;
      if (!isGone(error) && !isRetriable(error)) throw error;
      // The API server is away: a test may have killed it.
      if (!isGone(error)) await sleep(systemClock, 50, signal);
    }
  }
  throw late();
}

/** Watches one object until `predicate` holds, and returns it. */
export function until<T extends KubeObject>(
  client: KubeClient,
  resource: Resource<T>,
  key: ObjectKey,
  predicate: (object: T) => unknown,
  timeoutMs?: number,
): Promise<T> {
  return untilAmong(
    client,
    resource,
    {
      ...(key.namespace === undefined ? {} : { namespace: key.namespace }),
      fieldSelector: `metadata.name=${key.name}`,
    },
    ([object]) => (object !== undefined && predicate(object) ? object : undefined),
    { what: `${resource.kind} ${key.namespace}/${key.name}`, ...(timeoutMs === undefined ? {} : { timeoutMs }) },
  );
}

/** Watches until the object is gone. */
export async function untilGone(
  client: KubeClient,
  resource: Resource,
  key: ObjectKey,
  timeoutMs?: number,
): Promise<void> {
  await untilAmong(
    client,
    resource,
    {
      ...(key.namespace === undefined ? {} : { namespace: key.namespace }),
      fieldSelector: `metadata.name=${key.name}`,
    },
    (objects) => objects.length === 0,
    {
      what: `${resource.kind} ${key.namespace}/${key.name} to be gone`,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    },
  );
}

/** Asks until a kind is served: a real API server says `Established` a moment before. */
export async function untilServed(client: KubeClient, resource: Resource): Promise<void> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  for (;;) {
    try {
      await client.list(resource, { limit: 1 });
      return;
    } catch (error) {
      if (!isNotFound(error)) throw error;
      if (signal.aborted)
        throw new Error(`${resource.plural}.${resource.group} is not served within ${PATIENCE_MS} ms`);
    }
    await sleep(systemClock, 50, signal);
  }
}

/** The object, or undefined where there is none. */
export async function find<T extends KubeObject>(
  client: KubeClient,
  resource: Resource<T>,
  key: ObjectKey,
): Promise<T | undefined> {
  try {
    return await client.get(resource, key);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
