import type { LLM } from '../../../api/index.ts';
import type { KubeClient, KubeObject } from '../../../kube/index.ts';

/**
 * A client for an operator that has no internet: LLMs that name no `parameters.baseUrl` are at `url`, as the provider's own would be.
 * What is stored stays as it is.
 */
export function reachingModelAt(client: KubeClient, url: string): KubeClient {
  const move = <T extends KubeObject>(object: T): T => {
    if (object.kind !== 'LLM') return object;
    const { spec } = object as unknown as LLM;
    return { ...object, spec: { ...spec, parameters: { baseUrl: url, ...spec.parameters } } };
  };
  return {
    get: async (resource, key, options) => move(await client.get(resource, key, options)),
    list: async (resource, options) => {
      const list = await client.list(resource, options);
      // Items of a list carry no kind of their own.
      const items = list.items.map((item) => ({ ...item, kind: item.kind ?? resource.kind }));
      return { ...list, items: items.map(move) };
    },
    async *watch(resource, options) {
      for await (const event of client.watch(resource, options)) {
        yield event.type === 'BOOKMARK' ? event : { ...event, object: move(event.object) };
      }
    },
    create: (resource, object, options) => client.create(resource, object, options),
    replace: (resource, object, options) => client.replace(resource, object, options),
    patch: async (resource, key, patch, options) => move(await client.patch(resource, key, patch, options)),
    delete: (resource, key, options) => client.delete(resource, key, options),
    request: (method, path, body, options) => client.request(method, path, body, options),
    close: () => client.close(),
  };
}
