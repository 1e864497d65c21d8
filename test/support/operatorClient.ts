import type { KubeClient, KubeObject, WatchEvent } from '../../kube/index.ts';

/** A write that the operator made. */
export interface Write {
  readonly verb: 'create' | 'replace' | 'patch' | 'delete';
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
  /** What was sent, as JSON: the operator's bytes on the wire. */
  readonly bytes: number;
  readonly body: unknown;
  /** When the API server had answered, by the monotonic clock in milliseconds; undefined until then. */
  at: number | undefined;
}

export interface OperatorClient extends KubeClient {
  readonly writes: Write[];
  /** The Secrets that were read. */
  readonly secretReads: string[];
  /** Called before each write is sent; what it throws, the operator gets instead of an answer. */
  beforeWrite: ((write: Write) => void | Promise<void>) | undefined;
  /** Called when the API server has answered; what it throws takes the answer's place: the write happened, and nobody was told. */
  afterWrite: ((write: Write) => void | Promise<void>) | undefined;
}

/**
 * The operator's client as a test wants it: it sees the namespaces that `inScope` names and no others, so that operators of
 * several test files work on one cluster side by side; and it counts.
 */
export function createOperatorClient(inner: KubeClient, inScope: (namespace: string) => boolean): OperatorClient {
  const visible = (object: KubeObject) => object.metadata.namespace === undefined || inScope(object.metadata.namespace);

  async function write<R>(facts: Omit<Write, 'bytes' | 'at'>, send: () => Promise<R>): Promise<R> {
    const made: Write = { ...facts, bytes: Buffer.byteLength(JSON.stringify(facts.body) ?? ''), at: undefined };
    await client.beforeWrite?.(made);
    client.writes.push(made);
    const answer = await send();
    made.at = performance.now();
    await client.afterWrite?.(made);
    return answer;
  }
  const named = (object: KubeObject) => ({
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name ?? object.metadata.generateName ?? '',
  });

  const client: OperatorClient = {
    writes: [],
    secretReads: [],
    beforeWrite: undefined,
    afterWrite: undefined,
    get(resource, key, options) {
      if (resource.plural === 'secrets') client.secretReads.push(`${key.namespace}/${key.name}`);
      return inner.get(resource, key, options);
    },
    async list(resource, options) {
      const list = await inner.list(resource, options);
      return { ...list, items: list.items.filter(visible) };
    },
    async *watch<T extends KubeObject>(...[resource, options]: Parameters<KubeClient['watch']>) {
      for await (const event of inner.watch(resource, options) as AsyncIterable<WatchEvent<T>>) {
        if (event.type === 'BOOKMARK' || visible(event.object)) yield event;
      }
    },
    create: (resource, object, options) =>
      write(
        {
          verb: 'create',
          resource: resource.plural,
          ...named(object),
          subresource: options?.subresource ?? '',
          body: object,
        },
        () => inner.create(resource, object, options),
      ),
    replace: (resource, object, options) =>
      write(
        {
          verb: 'replace',
          resource: resource.plural,
          ...named(object),
          subresource: options?.subresource ?? '',
          body: object,
        },
        () => inner.replace(resource, object, options),
      ),
    patch: (resource, key, patch, options) =>
      write(
        {
          verb: 'patch',
          resource: resource.plural,
          namespace: key.namespace ?? '',
          name: key.name,
          subresource: options?.subresource ?? '',
          body: patch.type === 'json' ? patch.operations : patch.body,
        },
        () => inner.patch(resource, key, patch, options),
      ),
    delete: (resource, key, options) =>
      write(
        {
          verb: 'delete',
          resource: resource.plural,
          namespace: key.namespace ?? '',
          name: key.name,
          subresource: '',
          body: options?.preconditions,
        },
        () => inner.delete(resource, key, options),
      ),
    request: (method, path, body, options) => inner.request(method, path, body, options),
    close: () => inner.close(),
  };
  return client;
}
