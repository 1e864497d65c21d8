import type {
  Agent,
  AgentProvenance,
  AgentRevision,
  Condition,
  Message,
  Provenance,
  Task,
  TaskRun,
  TaskRunPhase,
  TaskRunStatus,
  TaskRunToolCall,
  ToolCall,
} from '../../api/index.ts';
import { childName } from '../../kube/index.ts';
import type { Verdict } from '../../policies/engine/index.ts';
import { definitionDigest, shortProvenance } from '../../policies/provenance/index.ts';
import type { EffectState } from '../effects.ts';
import { nameOf } from '../keys.ts';
import type { ModelResult } from '../modelCalls.ts';
import { retryDelay } from '../modelCalls.ts';
import { AWAITING_HUMAN, awaitsHuman, isTerminal } from '../phases.ts';
import { timestamp, withCondition } from '../status.ts';
import { resultText } from '../toolcall/outcome.ts';
import { firstMessages, preview } from './window.ts';

/** Everything that the next step of a run depends on. */
export interface RunState {
  /** The whole run, its conversation included. */
  readonly run: TaskRun;
  readonly task: Task | undefined;
  /** The Agent as the API server has it now; only looked up while the run has not begun. */
  readonly agent: Agent | undefined;
  /** The revision that the run is pinned to, or, before it has begun, the Agent's current one. */
  readonly revision: AgentRevision | undefined;
  /** The tool calls that the last answer asks for, in its order; undefined where none was created yet. */
  readonly calls: readonly (TaskRunToolCall | undefined)[];
  readonly model: EffectState<ModelResult>;
  /** What the policies say of the next model call; undefined where none is due. */
  readonly verdict: Verdict | undefined;
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

/** More than this in one answer is no plan but a fault. */
export const MAX_CALLS_PER_ANSWER = 128;
const DEFAULT_MAX_TURNS = 100;

const WAIT: Decision = { kind: 'wait' };

/** What to do next with a run. Pure: the same state gives the same decision. */
export function decide(state: RunState): Decision {
  const { run, now } = state;
  const status = run.status ?? {};
  const phase = status.phase ?? 'Pending';
  if (run.metadata.deletionTimestamp !== undefined) return WAIT;
  if (isTerminal(phase)) return expire(run, now);
  if (run.spec.cancel === true) return cancel(state);

  const deadline = deadlineOf(run);
  if (deadline !== undefined && now >= deadline) {
    return fail(state, 'DeadlineExceeded', `the run did not finish within ${run.spec.activeDeadlineSeconds} seconds`);
  }
  const decision = advance(state, phase, status);
  return decision.kind === 'wait' && deadline !== undefined
    ? { kind: 'wait', wakeAfterMs: Math.min(decision.wakeAfterMs ?? Infinity, deadline - now) }
    : decision;
}

function advance(state: RunState, phase: TaskRunPhase, status: TaskRunStatus): Decision {
  // An answer that was paid for is kept, also while the run is held.
  if (state.model.kind === 'settled') return recordResult(state, state.model.result);
  if (state.run.spec.suspend === true) return suspend(state, status);
  if (status.suspended === true) return resume(state, phase, status);
  switch (phase) {
    case 'ReadyForLLM':
    case 'SendContextWindowToLLM':
      return callModel(state, phase, status);
    case 'ErrorBackoff':
      return backoff(state, status);
    case 'ToolCallsPending':
      return collectToolCalls(state, status);
    default:
      return begin(state, status);
  }
}

function begin(state: RunState, status: TaskRunStatus): Decision {
  const { run, task, agent, revision, now } = state;
  if (task === undefined) {
    const detail = `Task "${run.spec.taskRef.name}" not found`;
    return hold(status, {}, 'Error', detail, { type: 'Warning', reason: 'ValidationFailed', message: detail });
  }
  const agentName = run.spec.agentRef?.name ?? task.spec.agentRef.name;
  if (agent === undefined)
    return waitFor(status, agentName, `Waiting for Agent to exist: agent "${agentName}" not found`);
  const current = agent.status?.observedGeneration === agent.metadata.generation;
  if (!current || agent.status?.ready !== true || revision === undefined) {
    const why = current && agent.status?.statusDetail !== undefined ? `: ${agent.status.statusDetail}` : '';
    return waitFor(status, agentName, `Waiting for agent "${agentName}" to become ready${why}`);
  }
  const found = agent.status.provenance;
  if (found !== undefined && found.definition !== definitionDigest(agent)) {
    return waitFor(status, agentName, `Waiting for agent "${agentName}": what it says of its commit has changed`);
  }
  if (found?.pending === true) {
    return waitFor(
      status,
      agentName,
      `Waiting for proof of where agent "${agentName}" comes from: ${found.detail ?? ''}`,
    );
  }
  const messages = firstMessages(revision.spec.system, task);
  const phase = state.slotFree ? 'SendContextWindowToLLM' : 'ReadyForLLM';
  return {
    kind: 'write',
    change: {
      begin: true,
      set: {
        ...inPhase(phase),
        observedGeneration: run.metadata.generation ?? 0,
        agent: agentName,
        agentRevision: nameOf(revision),
        ...(found === undefined ? {} : { provenance: frozen(found) }),
        startTime: timestamp(now),
        userMsgPreview: preview(task.spec.message),
        messageCount: messages.length,
        contextWindow: messages,
      },
    },
    events: [
      {
        type: 'Normal',
        reason: 'ValidationSucceeded',
        message: `Task validated successfully${found === undefined ? '' : `; agent "${agentName}" from ${shortProvenance(found)}`}`,
      },
    ],
  };
}

/** What is known when the run begins is what it ran, whatever the Agent becomes. */
function frozen({ definition: _definition, pending: _pending, ...provenance }: AgentProvenance): Provenance {
  return provenance;
}

/** The Agent's name is recorded too: it is what wakes the run. */
function waitFor(status: TaskRunStatus, agent: string, detail: string): Decision {
  return hold(status, { agent }, 'Pending', detail, { type: 'Normal', reason: 'Waiting', message: detail });
}

/** Says why the run cannot begin; once. */
function hold(
  status: TaskRunStatus,
  set: Partial<TaskRunStatus>,
  state: 'Pending' | 'Error',
  detail: string,
  event: RunEvent,
): Decision {
  if (status.statusDetail === detail && status.status === state && status.agent === set.agent) return WAIT;
  return {
    kind: 'write',
    change: { set: { ...set, phase: 'Pending', ready: false, status: state, statusDetail: detail } },
    events: [event],
  };
}

function callModel(state: RunState, phase: TaskRunPhase, status: TaskRunStatus): Decision {
  const { revision, model } = state;
  if (model.kind === 'running') {
    if (phase === 'ReadyForLLM' && model.stage === 'calling') {
      return { kind: 'write', change: { set: inPhase('SendContextWindowToLLM') }, events: [] };
    }
    return WAIT;
  }
  if (revision === undefined) return revisionGone(state);
  const maxTurns = revision.spec.maxTurns ?? DEFAULT_MAX_TURNS;
  if ((status.turns ?? 0) >= maxTurns) {
    return fail(
      state,
      'MaxTurnsReached',
      `the run made ${maxTurns} model calls, as many as its agent's maxTurns allows`,
    );
  }
  const refused = state.verdict?.effect === 'deny' ? state.verdict.decidedBy : undefined;
  if (refused !== undefined) {
    return fail(state, 'PolicyDenied', `Denied by policy ${refused.policy.name}/${refused.rule}: ${refused.detail}`);
  }
  return { kind: 'callModel', revision };
}

function backoff(state: RunState, status: TaskRunStatus): Decision {
  const due = Date.parse(status.attempt?.nextAttemptTime ?? '');
  if (Number.isFinite(due) && due > state.now) return { kind: 'wait', wakeAfterMs: due - state.now };
  return {
    kind: 'write',
    change: { set: inPhase(state.slotFree ? 'SendContextWindowToLLM' : 'ReadyForLLM') },
    events: [],
  };
}

/** The tool calls of the last answer, with the names their objects have. */
export function plannedCalls(run: TaskRun): PlannedCall[] {
  const asked = run.status?.contextWindow?.at(-1)?.toolCalls ?? [];
  const first = (run.status?.toolCallCount ?? asked.length) - asked.length + 1;
  return asked.map((call, index) => ({ name: toolCallName(run, first + index), call }));
}

export function toolCallName(run: TaskRun, number: number): string {
  return childName(nameOf(run), `toolcall-${String(number).padStart(2, '0')}`);
}

function collectToolCalls(state: RunState, status: TaskRunStatus): Decision {
  const { run, calls, revision } = state;
  const planned = plannedCalls(run);
  if (planned.length === 0)
    return fail(state, 'CheckpointLost', 'the last message of the context window asks for no tool call');
  const missing = planned.filter((_, index) => calls[index] === undefined);
  if (missing.length > 0) return { kind: 'createToolCalls', calls: missing, turn: status.turns ?? 1 };
  const answers: Message[] = [];
  for (const [index, { call }] of planned.entries()) {
    const toolCall = calls[index];
    const text = toolCall === undefined ? undefined : resultText(toolCall);
    if (toolCall === undefined || text === undefined) return waitForCalls(state, calls);
    if (toolCall.status?.phase === 'OutcomeUnknown' && revision?.spec.onUnknownOutcome === 'Fail') {
      return fail(
        state,
        'OutcomeUnknown',
        `tool call ${nameOf(toolCall)}: ${toolCall.status.error ?? 'its outcome is unknown'}`,
      );
    }
    answers.push({ role: 'tool', content: text, toolCallId: call.id });
  }
  return {
    kind: 'write',
    change: {
      set: {
        ...inPhase(state.slotFree ? 'SendContextWindowToLLM' : 'ReadyForLLM'),
        statusDetail: 'All tool calls completed, ready to send tool results to LLM',
        messageCount: (status.messageCount ?? 0) + answers.length,
        ...(awaitsHuman(run) ? { conditions: nobodyAwaited(run, state.now) } : {}),
      },
      append: answers,
    },
    events: [],
  };
}

/** Says for which human the run waits, once; nothing where its calls are simply under way. */
function waitForCalls(state: RunState, calls: readonly (TaskRunToolCall | undefined)[]): Decision {
  const { run, now } = state;
  const held = calls.filter((call) => call !== undefined && HUMAN_STATES.has(call.status?.status ?? ''));
  const [first] = held;
  if (first === undefined) {
    return awaitsHuman(run)
      ? {
          kind: 'write',
          change: { set: { ...inPhase('ToolCallsPending'), conditions: nobodyAwaited(run, now) } },
          events: [],
        }
      : WAIT;
  }
  const more = held.length > 1 ? ` and of ${held.length - 1} more` : '';
  const what = first.status?.status === 'AwaitingHumanInput' ? 'the answer to' : 'approval of';
  const detail = `Waiting for a human: ${what} ${first.spec.toolRef.name} (TaskRunToolCall ${nameOf(first)})${more}`;
  if (awaitsHuman(run) && run.status?.statusDetail === detail) return WAIT;
  return {
    kind: 'write',
    change: {
      set: { statusDetail: detail, conditions: condition(state, AWAITING_HUMAN, 'True', AWAITING_HUMAN, detail) },
    },
    events: [],
  };
}

const HUMAN_STATES: ReadonlySet<string> = new Set(['AwaitingHumanApproval', 'AwaitingHumanInput']);

/** A run's conditions once it waits for nobody any more. */
function nobodyAwaited(run: TaskRun, now: number): Condition[] {
  const conditions = run.status?.conditions ?? [];
  return conditions.map((condition) =>
    condition.type === AWAITING_HUMAN && condition.status === 'True'
      ? { ...condition, status: 'False', reason: 'Decided', message: '', lastTransitionTime: timestamp(now) }
      : condition,
  );
}

function recordResult(state: RunState, result: ModelResult): Decision {
  switch (result.kind) {
    case 'answer':
      return result.toolCalls.length > 0 ? recordToolCalls(state, result) : recordFinalAnswer(state, result);
    case 'retry':
      return recordRetry(state, result);
    default:
      return fail(state, result.reason, result.message, {
        type: 'Warning',
        reason: result.status !== undefined && result.status < 500 ? 'LLMRequestFailed4xx' : 'LLMRequestFailed',
        message: result.message,
      });
  }
}

type Answer = Extract<ModelResult, { kind: 'answer' }>;

function answered(state: RunState, answer: Answer, messages: number): Partial<TaskRunStatus> {
  const status = state.run.status ?? {};
  const before = status.usage ?? {};
  return {
    turns: (status.turns ?? 0) + 1,
    messageCount: (status.messageCount ?? 0) + messages,
    usage: {
      inputTokens: (before.inputTokens ?? 0) + answer.usage.inputTokens,
      outputTokens: (before.outputTokens ?? 0) + answer.usage.outputTokens,
      totalTokens: (before.totalTokens ?? 0) + answer.usage.totalTokens,
      modelCalls: (before.modelCalls ?? 0) + 1,
    },
  };
}

function recordFinalAnswer(state: RunState, answer: Answer): Decision {
  return {
    kind: 'write',
    change: {
      set: {
        ...inPhase('FinalAnswer'),
        ...answered(state, answer, 1),
        output: answer.content,
        completionTime: timestamp(state.now),
        conditions: finished(state, 'Complete', 'FinalAnswer', 'LLM final response received'),
      },
      remove: ['attempt'],
      append: [{ role: 'assistant', content: answer.content }],
    },
    events: [{ type: 'Normal', reason: 'LLMFinalAnswer', message: 'LLM response received successfully' }],
  };
}

function recordToolCalls(state: RunState, answer: Answer): Decision {
  const asked = answer.toolCalls.length;
  if (asked > MAX_CALLS_PER_ANSWER) {
    return fail(
      state,
      'TooManyToolCalls',
      `the model asked for ${asked} tool calls in one answer; at most ${MAX_CALLS_PER_ANSWER} are taken`,
    );
  }
  return {
    kind: 'write',
    change: {
      set: {
        ...inPhase('ToolCallsPending'),
        ...answered(state, answer, 1),
        toolCallCount: (state.run.status?.toolCallCount ?? 0) + asked,
        toolCallsBefore: state.run.status?.toolCallCount ?? 0,
      },
      remove: ['attempt'],
      append: [{ role: 'assistant', content: answer.content, toolCalls: [...answer.toolCalls] }],
    },
    events: [],
  };
}

function recordRetry(state: RunState, result: Extract<ModelResult, { kind: 'retry' }>): Decision {
  const count = (state.run.status?.attempt?.count ?? 0) + 1;
  const maxRetries = state.revision?.spec.llm.parameters?.maxRetries;
  const delay = retryDelay(result, count, state.random, typeof maxRetries === 'number' ? maxRetries : undefined);
  if (delay === undefined) {
    return fail(state, result.reason, `model call failed ${count} times; the last time: ${result.message}`);
  }
  const next = timestamp(Math.ceil((state.now + delay) / 1000) * 1000);
  return {
    kind: 'write',
    change: {
      set: {
        ...inPhase('ErrorBackoff'),
        statusDetail: `Model call failed (attempt ${count}): ${result.message}; next attempt at ${next}`,
        attempt: {
          count,
          reason: result.reason,
          message: result.message,
          nextAttemptTime: new Date(state.now + delay).toISOString(),
        },
      },
    },
    events: [
      {
        type: 'Warning',
        reason: result.reason === 'SecretFetchFailed' ? 'SecretFetchFailed' : 'LLMRequestFailed',
        message: result.message,
      },
    ],
  };
}

function suspend(state: RunState, status: TaskRunStatus): Decision {
  if (status.suspended === true) return WAIT;
  return {
    kind: 'write',
    change: {
      set: {
        suspended: true,
        observedGeneration: state.run.metadata.generation ?? 0,
        statusDetail: 'Suspended: nothing new is started until spec.suspend is false',
        conditions: condition(state, 'Suspended', 'True', 'Suspended', 'spec.suspend is true'),
      },
    },
    events: [{ type: 'Normal', reason: 'Suspended', message: 'The run is held by spec.suspend' }],
  };
}

function resume(state: RunState, phase: TaskRunPhase, status: TaskRunStatus): Decision {
  return {
    kind: 'write',
    change: {
      set: {
        ...(phase === 'Pending' ? { statusDetail: 'Resumed' } : inPhase(phase)),
        status: status.status ?? 'Pending',
        ready: status.ready ?? false,
        suspended: false,
        observedGeneration: state.run.metadata.generation ?? 0,
        conditions: condition(state, 'Suspended', 'False', 'Resumed', 'spec.suspend is false'),
      },
    },
    events: [{ type: 'Normal', reason: 'Resumed', message: 'The run goes on' }],
  };
}

function cancel(state: RunState): Decision {
  const detail = 'Cancelled by spec.cancel';
  return {
    kind: 'write',
    change: {
      set: {
        phase: 'Cancelled',
        observedGeneration: state.run.metadata.generation ?? 0,
        ready: false,
        status: 'Error',
        statusDetail: detail,
        completionTime: timestamp(state.now),
        conditions: finished(state, 'Cancelled', 'Cancelled', detail),
      },
    },
    events: [{ type: 'Normal', reason: 'Cancelled', message: detail }],
  };
}

function revisionGone(state: RunState): Decision {
  const name = state.run.status?.agentRevision ?? '';
  return fail(state, 'AgentRevisionGone', `AgentRevision "${name}", which this run is pinned to, was deleted`);
}

function fail(
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

/** The end of a run that the API server will not let go on, whatever is tried again: a name that is taken, say. */
export function failRun(state: RunState, reason: string, message: string): Extract<Decision, { kind: 'write' }> {
  return fail(state, reason, message);
}

function finished(state: RunState, type: 'Complete' | 'Failed' | 'Cancelled', reason: string, message: string) {
  const { run, now } = state;
  const conditions = awaitsHuman(run) ? nobodyAwaited(run, now) : (run.status?.conditions ?? []);
  return condition({ ...state, run: { ...run, status: { ...run.status, conditions } } }, type, 'True', reason, message);
}

function condition(state: RunState, type: string, status: 'True' | 'False', reason: string, message: string) {
  return withCondition(state.run.status?.conditions, {
    type,
    status,
    reason,
    message,
    observedGeneration: state.run.metadata.generation ?? 0,
    lastTransitionTime: timestamp(state.now),
  });
}

const DETAILS: Partial<Record<TaskRunPhase, string>> = {
  ReadyForLLM: 'Ready to send to LLM',
  SendContextWindowToLLM: 'Sending context window to LLM',
  ToolCallsPending: 'LLM response received, tool calls pending',
  FinalAnswer: 'LLM final response received',
  ErrorBackoff: 'Waiting to try the model call again',
};

function inPhase(phase: TaskRunPhase): Partial<TaskRunStatus> {
  const well = phase !== 'ErrorBackoff';
  return { phase, ready: well, status: well ? 'Ready' : 'Error', statusDetail: DETAILS[phase] ?? phase };
}

function expire(run: TaskRun, now: number): Decision {
  const ttl = run.spec.ttlSecondsAfterFinished;
  if (ttl === undefined) return WAIT;
  const left = Date.parse(run.status?.completionTime ?? run.metadata.creationTimestamp ?? '') + ttl * 1000 - now;
  return left > 0 ? { kind: 'wait', wakeAfterMs: left } : { kind: 'delete' };
}

function deadlineOf(run: TaskRun): number | undefined {
  const seconds = run.spec.activeDeadlineSeconds;
  if (seconds === undefined) return undefined;
  const start = Date.parse(run.status?.startTime ?? run.metadata.creationTimestamp ?? '');
  return Number.isFinite(start) ? start + seconds * 1000 : undefined;
}
