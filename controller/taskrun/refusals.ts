import type { TaskRunToolCall } from '../../api/index.ts';
import { POLICY_DENIED } from '../phases.ts';

/**
 * Tool calls that admission refused. There is no object of them: what the model is to read is kept here until it is in the
 * checkpoint. A process that starts anew asks admission again, which may answer otherwise by then.
 */
export interface Refusals {
  /** Notes refusals of calls of a run. */
  note(run: string): (call: TaskRunToolCall, text: string) => void;
  /** The call as if it had failed. */
  find(run: string, call: string): TaskRunToolCall | undefined;
  forget(run: string): void;
}

/** @param timestamp the time of now, as statuses have it */
export function createRefusals(timestamp: () => string): Refusals {
  const refused = new Map<string, Map<string, TaskRunToolCall>>();
  return {
    note: (run) => (call, text) => {
      const calls = refused.get(run) ?? new Map<string, TaskRunToolCall>();
      refused.set(run, calls);
      const now = timestamp();
      const status = {
        phase: 'Failed',
        ready: false,
        status: 'Error',
        error: text,
        completionTime: now,
        conditions: [
          { type: POLICY_DENIED, status: 'True', reason: 'DeniedByAdmission', message: text, lastTransitionTime: now },
        ],
      } satisfies TaskRunToolCall['status'];
      calls.set(call.metadata.name ?? '', { ...call, status });
    },
    find: (run, call) => refused.get(run)?.get(call),
    forget: (run) => void refused.delete(run),
  };
}
