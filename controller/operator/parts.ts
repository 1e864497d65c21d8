import type { EventRecorder, WorkQueue } from '../../kube/index.ts';
import { createEventRecorder, createWorkQueue } from '../../kube/index.ts';
import type { Informers } from '../informers.ts';
import type { OperatorOptions } from './options.ts';

/** One queue a controller. */
export type Queues = ReturnType<typeof createQueues>;

/** What all that an operator consists of is made with. */
export interface Parts {
  readonly options: OperatorOptions;
  readonly informers: Informers;
  readonly queues: Queues;
  readonly recorders: Recorders;
  /** Aborts when the operator stops. */
  readonly signal: AbortSignal;
}

export interface Recorders {
  /** An event recorder that is closed with the others. */
  of(component: string): EventRecorder;
  /** Resolves when what they were given is written, as far as it can be. */
  close(): Promise<void>;
}

export function createQueues({ clock, metrics }: OperatorOptions) {
  const queue = (name: string): WorkQueue =>
    createWorkQueue({ clock, name, ...(metrics === undefined ? {} : { metrics: metrics.queue }) });
  return {
    llm: queue('llm'),
    agent: queue('agent'),
    tool: queue('tool'),
    mcpServer: queue('mcpserver'),
    contactChannel: queue('contactchannel'),
    task: queue('task'),
    taskRun: queue('taskrun'),
    toolCall: queue('taskruntoolcall'),
  };
}

export function createRecorders({ client, clock, logger, identity, metrics }: OperatorOptions): Recorders {
  const created: EventRecorder[] = [];
  return {
    of(component) {
      const recorder = createEventRecorder({
        client,
        clock,
        logger,
        component,
        instance: identity,
        ...(metrics === undefined ? {} : { metrics: metrics.events }),
      });
      created.push(recorder);
      return recorder;
    },
    async close() {
      await Promise.allSettled(created.map((recorder) => recorder.close()));
    },
  };
}
