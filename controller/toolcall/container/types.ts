import type { TaskRunToolCall, Tool } from '../../../api/index.ts';
import type { ToolOutcome } from '../../tools/index.ts';

/** What runs container tools. */
export interface ToolContainers {
  /**
   * Runs a claimed call, or goes on with one that an earlier process began. When `signal` aborts, what runs in the cluster goes on; rejects then.
   */
  run(call: TaskRunToolCall, tool: Tool, args: Record<string, unknown>, signal: AbortSignal): Promise<ToolOutcome>;
  /** Whether the call was begun and can be gone on with. */
  isThere(call: TaskRunToolCall): boolean;
  /** Ends what still runs of a call that is over: cancelled, say. */
  cleanUp(call: TaskRunToolCall, signal: AbortSignal): Promise<void>;
  /** Calls back with the key of the call whose Job came or went. */
  watch(onJob: (call: string) => void): void;
}
