/** What FlowSchemas say of the priority levels that they name. */
import { at } from '../builtin/access.ts';
import type { Logger } from '../logger.ts';
import { type RegistryContext, timestamp } from '../registry/call.ts';
import { isObject } from '../registry/copy.ts';
import { systemCall } from '../registry/internal.ts';
import type { KubeObject } from '../types.ts';
import { applyStatus } from './apply.ts';
import { keyedQueue } from './queue.ts';
import type { Controllers } from './types.ts';

const schemas = 'flowcontrol.apiserver.k8s.io/flowschemas';
const levels = 'flowcontrol.apiserver.k8s.io/prioritylevelconfigurations';
const manager = 'api-priority-and-fairness-config-consumer-v1';

const DELAY_MS = 50;

/** Starts the controller. */
export function startFlowSchemas(context: RegistryContext, logger: Logger): Controllers {
  const { store } = context;
  const queue = keyedQueue(logger, 'a FlowSchema', (name) => reconcile(context, name));
  // The real server takes its time as well: a schema that has just been made says nothing yet.
  const soon = (key: string): void => queue.addAfter(key, DELAY_MS);
  const all = (): void => {
    for (const entry of store.list(schemas)) soon(entry.key);
  };
  const stops = [
    store.subscribe(schemas, ({ entry, type }) => {
      if (type !== 'DELETED') soon(entry.key);
    }),
    store.subscribe(levels, all),
  ];
  all();
  return {
    close: () => {
      for (const stop of stops) stop();
      queue.close();
    },
  };
}

async function reconcile(context: RegistryContext, name: string): Promise<void> {
  const { store, resources } = context;
  const definition = resources.find('flowcontrol.apiserver.k8s.io', 'v1', 'flowschemas');
  const entry = store.latest(schemas, name);
  if (entry === undefined || definition === undefined) return;
  const schema = store.object(entry);
  const level = String(at(schema, 'spec.priorityLevelConfiguration.name') ?? '');
  const found = store.latest(levels, level) !== undefined;
  if (danglingOf(schema) === (found ? 'False' : 'True')) return;
  const end = found ? 'and it exists' : 'but there is no such object';
  const condition = {
    type: 'Dangling',
    status: found ? 'False' : 'True',
    lastTransitionTime: timestamp(context.now()),
    reason: found ? 'Found' : 'NotFound',
    message: `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(level)} ${end}`,
  };
  await applyStatus(context, systemCall(definition, '', name, { subresource: 'status', manager }), {
    conditions: [condition],
  });
}

function danglingOf(schema: KubeObject): unknown {
  const conditions = at(schema, 'status.conditions');
  if (!Array.isArray(conditions)) return undefined;
  const found = conditions.find((item) => isObject(item) && item.type === 'Dangling');
  return isObject(found) ? found.status : undefined;
}
