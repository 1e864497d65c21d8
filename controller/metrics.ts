import type { Registry } from 'prom-client';
import { Counter, Gauge } from 'prom-client';
import type { TaskRun } from '../api/index.ts';
import { TASK_RUN_PHASES } from '../api/index.ts';
import type { Informers } from './informers.ts';
import { isTerminal } from './phases.ts';

/**
 * The operator's own series. What can be read from the caches and the limiter is read when it is scraped; only what passes is counted.
 */
export function registerMetrics(options: {
  readonly registry: Registry;
  readonly informers: Informers;
  readonly modelCalls: { readonly inFlight: number; readonly waiting: number };
  /** What a young operator does not begin yet. */
  readonly slowStart: { readonly waiting: number };
  readonly toolCalls: { readonly size: number };
}): void {
  const { informers, modelCalls, slowStart, toolCalls } = options;
  const registers = [options.registry];

  new Gauge({
    name: 'kubechain_taskruns',
    help: 'TaskRuns by phase',
    labelNames: ['phase'],
    registers,
    collect() {
      const counts = new Map<string, number>(TASK_RUN_PHASES.map((phase) => [phase, 0]));
      for (const run of informers.taskRuns.store.list()) {
        const phase = run.status?.phase ?? 'Pending';
        counts.set(phase, (counts.get(phase) ?? 0) + 1);
      }
      for (const [phase, count] of counts) this.set({ phase }, count);
    },
  });
  new Gauge({
    name: 'kubechain_model_calls_in_flight',
    help: 'Model calls under way',
    registers,
    collect() {
      this.set(modelCalls.inFlight);
    },
  });
  new Gauge({
    name: 'kubechain_model_calls_waiting',
    help: 'Model calls that wait for a slot, or for the operator to be older',
    registers,
    collect() {
      this.set(modelCalls.waiting + slowStart.waiting);
    },
  });
  new Gauge({
    name: 'kubechain_tool_calls_in_flight',
    help: 'Tool calls under way in this process',
    registers,
    collect() {
      this.set(toolCalls.size);
    },
  });

  const finished = new Counter({
    name: 'kubechain_taskruns_finished_total',
    help: 'TaskRuns that ended, by phase',
    labelNames: ['namespace', 'phase'],
    registers,
  });
  const tokens = new Counter({
    name: 'kubechain_tokens_total',
    help: 'Tokens of TaskRuns that ended, as the models reported them',
    labelNames: ['namespace', 'direction'],
    registers,
  });
  const count = (run: TaskRun) => {
    const namespace = run.metadata.namespace ?? '';
    finished.inc({ namespace, phase: run.status?.phase ?? '' });
    tokens.inc({ namespace, direction: 'input' }, run.status?.usage?.inputTokens ?? 0);
    tokens.inc({ namespace, direction: 'output' }, run.status?.usage?.outputTokens ?? 0);
  };
  informers.taskRuns.on({
    update(old, run) {
      if (!isTerminal(old.status?.phase) && isTerminal(run.status?.phase)) count(run);
    },
  });
}
