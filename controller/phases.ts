import type { TaskRun, TaskRunPhase } from '../api/index.ts';

/** Whether a run has ended: its phase never changes again. */
export const isTerminal = (phase: TaskRunPhase | undefined): boolean =>
  phase === 'FinalAnswer' || phase === 'Failed' || phase === 'Cancelled';

/** Whether a run's model has been asked, as far as its status says: the answer is not written yet. */
export const awaitsModel = (run: TaskRun): boolean => run.status?.phase === 'SendContextWindowToLLM';

/** The condition of a run one of whose tool calls waits for a human, and the reason that its Task's `Ready` has meanwhile. */
export const AWAITING_HUMAN = 'AwaitingHuman';

/** The condition of a tool call that policy did not let run, and of a run that had one; reason and event of the same. */
export const POLICY_DENIED = 'PolicyDenied';

export const awaitsHuman = (run: TaskRun): boolean =>
  run.status?.conditions?.some(({ type, status }) => type === AWAITING_HUMAN && status === 'True') === true;
