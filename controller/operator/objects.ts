import type { TaskRun, TaskRunToolCall } from '../../api/index.ts';
import type { FullObjects } from '../fullObjects.ts';
import { createFullObjects } from '../fullObjects.ts';
import { isWholeRun, isWholeToolCall } from '../informers.ts';
import { messageBytes } from '../taskrun/window.ts';
import type { Parts } from './parts.ts';

const RUNS_IN_MEMORY = 16 * 1024 * 1024;
const CALLS_IN_MEMORY = 16 * 1024 * 1024;

/** The conversations, which the informers leave out: the last ones used are held, up to so many bytes. */
export interface WholeObjects {
  readonly runs: FullObjects<TaskRun>;
  readonly toolCalls: FullObjects<TaskRunToolCall>;
}

export function createWholeObjects({ options: { client }, informers }: Parts): WholeObjects {
  return {
    runs: createFullObjects<TaskRun>({
      isWhole: isWholeRun,
      client,
      informer: informers.taskRuns,
      maxBytes: RUNS_IN_MEMORY,
      sizeOf: (object) =>
        (object.status?.contextWindow ?? []).reduce((sum, message) => sum + messageBytes(message), 2_000),
    }),
    toolCalls: createFullObjects<TaskRunToolCall>({
      isWhole: isWholeToolCall,
      client,
      informer: informers.toolCalls,
      maxBytes: CALLS_IN_MEMORY,
      sizeOf: ({ spec, status }) => 2_000 + spec.arguments.length + (status?.result?.length ?? 0),
    }),
  };
}
