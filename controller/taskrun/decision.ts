import type {
  Agent,
  AgentRevision,
  Condition,
  Message,
  Task,
  TaskRun,
  TaskRunPhase,
  TaskRunStatus,
  TaskRunToolCall,
  ToolCall,
} from '../../api/index.ts';
import type { Verdict } from '../../policies/engine/index.ts';
import type { EffectState } from '../effects.ts';
import type { ModelResult } from '../modelCalls.ts';
import { AWAITING_HUMAN, awaitsHuman } from '../phases.ts';
import { timestamp, withCondition } from '../status.ts';

/** Everything that the next step of a run depends on. */
export interface RunState {
  /** The whole run, its conversation included. */
  readonly run: TaskRun;
  readonly task: Task | undefined;
  /** The Agent as the API server has it now; only looked up while the run has not begun. */
  readonly agent: Agent | undefined;
  /** The revision that the run is pinned to, or, before it has begun, the Agent's current one. */
  readonly revision: AgentRevision | undefined;
  /** The revision that the run's Agent has got since, where the run is not to go on then. */
  readonly supersededBy?: string | undefined;
  /** Whether the run that delegated to this one has ended, or is to: nobody waits for this one. */
  readonly delegatorOver?: boolean;
  /** The tool calls that the last answer asks for, in its order; undefined where none was created yet. */
  readonly calls: readonly (TaskRunToolCall | undefined)[];
  readonly model: EffectState<ModelResult>;
  /** What the policies say of the next model call; undefined where none is due. */
  readonly verdict: Verdict | undefined;
  /** What has to be written down before the run begins is not, and why it could not be the last time. */
  readonly unrecorded?: { readonly problem?: string };
  /** Whether a model call would begin at once. */
  readonly slotFree: boolean;
  readonly now: number;
  /** 0 to 1, for jitter. */
  readonly random: number;
}

export interface StatusChange {
  /** Fields that get a value. */
  readonly set: Partial<TaskRunStatus>;
  readonly remove?: readonly (keyof TaskRunStatus)[];
  /** Messages that the conversation goes on with. */
  readonly append?: readonly Message[];
  /** Replaces the whole status: the run begins. */
  readonly begin?: boolean;
}

export interface RunEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

export interface PlannedCall {
  readonly name: string;
  readonly call: ToolCall;
}

/** The next step. After a write or a creation the decider is asked again. */
export type Decision =
  | { readonly kind: 'wait'; readonly wakeAfterMs?: number }
  | { readonly kind: 'write'; readonly change: StatusChange; readonly events: readonly RunEvent[] }
  | { readonly kind: 'callModel'; readonly revision: AgentRevision }
  | { readonly kind: 'createToolCalls'; readonly calls: readonly PlannedCall[]; readonly turn: number }
  | { readonly kind: 'delete' };

export const WAIT: Decision = { kind: 'wait' };

/** The end of a run that cannot go on. */
export function fail(
  state: RunState,
  reason: string,
  message: string,
  event: RunEvent = { type: 'Warning', reason, message },
): Extract<Decision, { kind: 'write' }> {
  return {
    kind: 'write',
    change: {
      set: {
        phase: 'Failed',
        ready: false,
        status: 'Error',
        statusDetail: message,
        error: message,
        completionTime: timestamp(state.now),
        conditions: finished(state, 'Failed', reason, message),
      },
    },
    events: [event],
  };
}

export function finished(state: RunState, type: 'Complete' | 'Failed' | 'Cancelled', reason: string, message: string) {
  const { run, now } = state;
  const conditions = awaitsHuman(run) ? nobodyAwaited(run, now) : (run.status?.conditions ?? []);
  return condition({ ...state, run: { ...run, status: { ...run.status, conditions } } }, type, 'True', reason, message);
}

export function condition(state: RunState, type: string, status: 'True' | 'False', reason: string, message: string) {
  const observedGeneration = state.run.metadata.generation ?? 0;
  return withCondition(state.run.status?.conditions, { type, status, reason, message, observedGeneration }, state.now);
}

const DETAILS: Partial<Record<TaskRunPhase, string>> = {
  ReadyForLLM: 'Ready to send to LLM',
  SendContextWindowToLLM: 'Sending context window to LLM',
  ToolCallsPending: 'LLM response received, tool calls pending',
  FinalAnswer: 'LLM final response received',
  ErrorBackoff: 'Waiting to try the model call again',
};

export function inPhase(phase: TaskRunPhase): Partial<TaskRunStatus> {
  const well = phase !== 'ErrorBackoff';
  return { phase, ready: well, status: well ? 'Ready' : 'Error', statusDetail: DETAILS[phase] ?? phase };
}

/** A run's conditions once it waits for nobody any more. */
export function nobodyAwaited(run: TaskRun, now: number): Condition[] {
  const conditions = run.status?.conditions ?? [];
  return conditions.map((condition) =>
    condition.type === AWAITING_HUMAN && condition.status === 'True'
      ? { ...condition, status: 'False', reason: 'Decided', message: '', lastTransitionTime: timestamp(now) }
      : condition,
  );
}
