import type { TaskRunPhase } from '../api/index.ts';

/** Whether a run has ended: its phase never changes again. */
export const isTerminal = (phase: TaskRunPhase | undefined): boolean =>
  phase === 'FinalAnswer' || phase === 'Failed' || phase === 'Cancelled';
