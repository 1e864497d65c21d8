/** APIServices of what this server serves itself: those of builtin kinds from the start, those of definitions as they come and go. */
import type { Logger } from '../logger.ts';
import type { RegistryContext } from '../registry/call.ts';
import { isObject } from '../registry/copy.ts';
import { remove } from '../registry/delete.ts';
import { systemCall } from '../registry/internal.ts';
import type { KubeObject } from '../types.ts';
import { ensure } from './bootstrap.ts';
import { apiService, managed } from './localservices.ts';
import { keyedQueue } from './queue.ts';
import type { Controllers } from './types.ts';

const definitions = 'apiextensions.k8s.io/customresourcedefinitions';
/** Starts the controller. */
export function startApiServices(context: RegistryContext, logger: Logger): Controllers {
  const { store, resources } = context;
  const own = resources.find('apiregistration.k8s.io', 'v1', 'apiservices');
  const wanted = (): Set<string> => {
    const names = new Set<string>();
    for (const entry of store.list(definitions)) {
      const { spec } = store.object(entry);
      if (!isObject(spec) || !Array.isArray(spec.versions)) continue;
      for (const version of spec.versions)
        if (isObject(version) && version.served === true) names.add(`${String(version.name)}.${String(spec.group)}`);
    }
    return names;
  };
  const queue = keyedQueue(logger, 'an APIService', async (name) => {
    if (own === undefined) return;
    const entry = store.latest('apiregistration.k8s.io/apiservices', name);
    if (wanted().has(name)) {
      const dot = name.indexOf('.');
      if (entry === undefined) await ensure(context, apiService(name.slice(dot + 1), name.slice(0, dot), true));
    } else if (entry !== undefined && store.object(entry).metadata.labels?.[managed] === 'true')
      await remove(context, systemCall(own, '', name), {});
  });
  const namesOf = (object: KubeObject): string[] => {
    const { spec } = object;
    if (!isObject(spec) || !Array.isArray(spec.versions)) return [];
    return spec.versions.map((version) => `${String((version as { name?: unknown }).name)}.${String(spec.group)}`);
  };
  const stop = store.subscribe(definitions, ({ entry, previous }) => {
    const names = [entry, previous].flatMap((item) => (item === undefined ? [] : namesOf(store.object(item))));
    for (const name of new Set(names)) queue.add(name);
  });
  for (const name of wanted()) queue.add(name);
  return {
    close: () => {
      stop();
      queue.close();
    },
  };
}
