import { randomUUID } from 'node:crypto';
import { runController, unfilledCaches } from '../../kube/index.ts';
import { createFreshReader } from '../freshReader.ts';
import { createInformers } from '../informers.ts';
import { registerMetrics } from '../metrics.ts';
import { awaitsModel } from '../phases.ts';
import { createTaskLedgers } from '../task/ledger.ts';
import { createCalls } from './calls.ts';
import { createControllers } from './controllers.ts';
import { createGovernance } from './governance.ts';
import { createWholeObjects } from './objects.ts';
import type { OperatorOptions } from './options.ts';
import type { Parts } from './parts.ts';
import { createQueues, createRecorders } from './parts.ts';

export interface Operator {
  /** Runs the controllers until `signal` aborts; resolves after an orderly stop: child processes ended, events written. */
  run(signal: AbortSignal): Promise<void>;
  /** What is missing for it to be ready: the caches that are not filled yet. */
  notReady(): readonly string[];
}

/** The operator: one controller a kind over shared caches. */
export function createOperator(options: OperatorOptions): Operator {
  const { client, clock, logger, metrics } = options;
  const informers = createInformers({
    client,
    clock,
    logger,
    withPods: options.mcpServers?.runsAs === 'Pod',
    ...(metrics === undefined ? {} : { metrics: metrics.informer }),
    ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
  });
  const every = Object.values(informers).filter((informer) => informer !== undefined);

  async function run(signal: AbortSignal): Promise<void> {
    // Another name for every process: a call that an earlier one began is not this one's.
    const identity = `${options.identity}_${randomUUID()}`;
    const recorders = createRecorders(options);
    const parts: Parts = { options, informers, queues: createQueues(options), recorders, signal };
    const objects = createWholeObjects(parts);
    const calls = createCalls(parts);
    const governance = createGovernance(parts, objects.toolCalls);
    const ledgers = createTaskLedgers({
      client,
      clock,
      logger,
      informer: informers.taskLedgers,
      fresh: createFreshReader(client),
      exists: (key) => informers.tasks.store.get(key) !== undefined,
    });
    const controllers = createControllers(parts, objects, calls, governance, ledgers, identity);
    if (options.registry !== undefined) {
      registerMetrics({
        registry: options.registry,
        informers,
        modelCalls: calls.limiter,
        slowStart: calls.slowStart,
        toolCalls: calls.toolEffects,
      });
    }
    for (const { controller } of controllers) controller.wire();
    const watching = every.map((informer) => informer.run(signal));
    try {
      await Promise.all(every.map((informer) => informer.synced(signal)));
      await governance.start();
      calls.slowStart.begin(informers.taskRuns.store.list().filter(awaitsModel).length);
      logger.info({ identity }, 'operator: caches are filled, controllers start');
      await Promise.all(
        controllers.map(({ controller: { reconcile }, ...of }) =>
          runController(
            { ...of, clock, logger, reconcile, ...(metrics === undefined ? {} : { metrics: metrics.controller }) },
            signal,
          ),
        ),
      );
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      await Promise.allSettled(watching);
      await ledgers.close();
      await calls.close();
      await recorders.close();
      logger.info({ identity }, 'operator: stopped');
    }
  }

  return { run, notReady: () => unfilledCaches(every) };
}
