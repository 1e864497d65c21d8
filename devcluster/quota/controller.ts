/** Keeps the status of ResourceQuotas: limits as they are in spec, and what the namespace uses of them. */
import { record } from '../builtin/access.ts';
import type { Controllers } from '../controllers/types.ts';
import type { Logger } from '../logger.ts';
import type { RegistryContext } from '../registry/call.ts';
import { equalJson, isObject } from '../registry/copy.ts';
import { modify, systemCall } from '../registry/internal.ts';
import { storageName } from '../registry/resources.ts';
import type { KubeObject } from '../types.ts';
import { add, fromUsage, namesFor, scopesMatch, type Usage, usageOf, zero } from './usage.ts';

const resource = '/resourcequotas';
/** Kinds whose objects may come to use less. */
const changing = new Set(['/pods', '/services', '/persistentvolumeclaims']);

/** Starts the controller. */
export function startQuotas(context: RegistryContext, logger: Logger): Controllers {
  const waiting = new Set<string>();
  const running = new Set<string>();
  const sync = (key: string): void => {
    if (running.has(key)) {
      waiting.add(key);
      return;
    }
    running.add(key);
    recalculate(context, key)
      .catch((error: unknown) => logger.error({ error, quota: key }, 'quota could not be brought up to date'))
      .finally(() => {
        running.delete(key);
        if (waiting.delete(key)) sync(key);
      });
  };
  const stop = context.store.subscribe('', ({ type, entry }) => {
    if (entry.resource === resource) {
      // Counting anew while something that has been admitted is on its way to storage would lose it.
      if (type === 'DELETED') return;
      const quota = context.store.object(entry);
      if (!equalJson(record(quota, 'spec.hard'), record(quota, 'status.hard'))) sync(entry.key);
      return;
    }
    // What is made is counted as it is admitted; what goes, pods that end, and services of another type free what they used.
    const slash = entry.key.indexOf('/');
    if (slash < 0 || (type !== 'DELETED' && !changing.has(entry.resource))) return;
    for (const quota of context.store.list(resource, entry.key.slice(0, slash + 1))) sync(quota.key);
  });
  for (const entry of context.store.list(resource)) sync(entry.key);
  return { close: stop };
}

async function recalculate(context: RegistryContext, key: string): Promise<void> {
  const entry = context.store.latest(resource, key);
  const definition = context.resources.find('', 'v1', 'resourcequotas');
  if (entry === undefined || definition === undefined) return;
  const [namespace = '', name = ''] = key.split('/');
  const call = systemCall(definition, namespace, name, { subresource: 'status', manager: 'kube-controller-manager' });
  await modify(context, call, (live) => {
    const status = isObject(live.status) ? live.status : {};
    const hard = record(live, 'spec.hard');
    const used = fromUsage(usageIn(context, namespace, live, Object.keys(hard)));
    const next =
      Object.keys(hard).length === 0 ? {} : { hard: { ...hard }, ...(Object.keys(used).length > 0 ? { used } : {}) };
    if (equalJson(status, next)) return false;
    live.status = next;
    return true;
  });
}

/** What the objects of a namespace use of a quota's resources. */
function usageIn(context: RegistryContext, namespace: string, quota: KubeObject, hard: readonly string[]): Usage {
  const total: Usage = new Map();
  for (const definition of context.resources.stored()) {
    if (!definition.namespaced || !definition.verbs.includes('list')) continue;
    const names = namesFor(definition, hard);
    if (names.length === 0) continue;
    for (const name of names) if (!total.has(name)) total.set(name, zero);
    for (const entry of context.store.list(storageName(definition), `${namespace}/`)) {
      const object = context.store.object(entry);
      if (!scopesMatch(quota, definition, object)) continue;
      const usage = usageOf(definition, object);
      for (const name of names) {
        const value = usage.get(name);
        if (value !== undefined) total.set(name, add(total.get(name) ?? zero, value));
      }
    }
  }
  return total;
}
