import type {
  AgentProvenance,
  Message,
  Provenance,
  TaskRun,
  TaskRunPhase,
  TaskRunStatus,
  TaskRunToolCall,
} from '../../api/index.ts';
import { childName } from '../../kube/index.ts';
import { expectationProblems } from '../../policies/expectations/index.ts';
import { definitionDigest, shortProvenance } from '../../policies/provenance/index.ts';
import { nameOf } from '../keys.ts';
import { AWAITING_HUMAN, awaitsHuman, isTerminal, POLICY_DENIED } from '../phases.ts';
import { timestamp } from '../status.ts';
import { isOfEarlierTask } from '../task/decide.ts';
import { LEDGER } from '../task/ledgerBook.ts';
import { resultText } from '../toolcall/outcome.ts';
import type { Decision, PlannedCall, RunEvent, RunState } from './decision.ts';
import { condition, fail, finished, inPhase, nobodyAwaited, WAIT } from './decision.ts';
import { recordResult } from './results.ts';
import { firstMessages, preview } from './window.ts';

const DEFAULT_MAX_TURNS = 100;

/** What to do next with a run. Pure: the same state gives the same decision. */
export function decide(state: RunState): Decision {
  const { run, now } = state;
  const status = run.status ?? {};
  const phase = status.phase ?? 'Pending';
  if (run.metadata.deletionTimestamp !== undefined) return WAIT;
  if (isTerminal(phase)) return expire(run, now);
  if (run.spec.cancel === true) return cancel(state, 'Cancelled by spec.cancel');
  // Those under way are cancelled by their call; one that has not begun must not begin before that is seen.
  if (phase === 'Pending' && state.delegatorOver === true)
    return cancel(state, 'Cancelled: the run that delegated to it is over');

  const deadline = deadlineOf(run);
  if (deadline !== undefined && now >= deadline) {
    return fail(state, 'DeadlineExceeded', `the run did not finish within ${run.spec.activeDeadlineSeconds} seconds`);
  }
  if (state.supersededBy !== undefined) return superseded(state, state.supersededBy);
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
  if (isOfEarlierTask(run, task)) {
    const detail = `Task "${nameOf(task)}" of this run was deleted, and the run goes with it: the one that has its name now gets another`;
    return hold(status, {}, 'Pending', detail, { type: 'Normal', reason: 'Waiting', message: detail });
  }
  const agentName = run.spec.agentRef?.name ?? task.spec.agentRef.name;
  const userMsgPreview = preview(task.spec.message);
  // The Agent's name is recorded too: it is what wakes the run.
  const waitFor = (detail: string): Decision =>
    hold(status, { agent: agentName, userMsgPreview }, 'Pending', detail, {
      type: 'Normal',
      reason: 'Waiting',
      message: detail,
    });
  if (agent === undefined) return waitFor(`Waiting for Agent to exist: agent "${agentName}" not found`);
  const current = agent.status?.observedGeneration === agent.metadata.generation;
  if (!current || agent.status?.ready !== true || revision === undefined) {
    const why = current && agent.status?.statusDetail !== undefined ? `: ${agent.status.statusDetail}` : '';
    return waitFor(`Waiting for agent "${agentName}" to become ready${why}`);
  }
  const found = agent.status.provenance;
  if (found !== undefined && found.definition !== definitionDigest(agent)) {
    return waitFor(`Waiting for agent "${agentName}": what it says of its commit has changed`);
  }
  if (found?.pending === true) {
    return waitFor(`Waiting for proof of where agent "${agentName}" comes from: ${found.detail ?? ''}`);
  }
  const [broken] = expectationProblems(task.spec.expect ?? []);
  if (broken !== undefined) {
    const field = `spec.expect[${broken.index}].cel`;
    return fail(state, 'InvalidExpectation', `Task "${nameOf(task)}": ${field}: ${broken.problem}`);
  }
  if (state.unrecorded !== undefined) {
    const { problem } = state.unrecorded;
    // Mostly a matter of milliseconds.
    return problem === undefined ? WAIT : waitFor(`Waiting until TaskLedger "${LEDGER}" tells of this run: ${problem}`);
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
        ...(task.spec.expect === undefined ? {} : { expect: task.spec.expect }),
        startTime: timestamp(now),
        userMsgPreview,
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

function superseded(state: RunState, revision: string): Decision {
  const { agent, agentRevision } = state.run.status ?? {};
  return fail(
    state,
    'AgentChanged',
    `agent "${agent}" is revision ${revision} by now, and this run, which began with ${agentRevision}, does not go on then (onDefinitionChange: Abort)`,
  );
}

/** What is known when the run begins is what it ran, whatever the Agent becomes. */
function frozen({ definition: _definition, pending: _pending, ...provenance }: AgentProvenance): Provenance {
  return provenance;
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
    // Slots were free when it was decided to call, and others of the same moment took them.
    if (phase === 'SendContextWindowToLLM' && model.stage === 'waiting') {
      return { kind: 'write', change: { set: inPhase('ReadyForLLM') }, events: [] };
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
    return fail(state, POLICY_DENIED, `Denied by policy ${refused.policy.name}/${refused.rule}: ${refused.detail}`);
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
    const { approval } = toolCall.status ?? {};
    if (approval?.timedOut === true && approval.onTimeout === 'Fail') {
      const by = (approval.demandedBy ?? []).join(', ');
      return fail(
        state,
        'ApprovalTimedOut',
        `tool call ${nameOf(toolCall)}: nobody decided by ${approval.expiresAt}, as ${by} asks for`,
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
        ...afterCalls(state, calls),
      },
      append: answers,
    },
    events: [],
  };
}

/** A run that waited for a human does so no more; one whose calls policy denied says which. */
function afterCalls(state: RunState, calls: RunState['calls']): Partial<TaskRunStatus> {
  const { run, now } = state;
  const denied = calls.flatMap((call) => {
    const why = call?.status?.conditions?.find(({ type, status }) => type === POLICY_DENIED && status === 'True');
    return call === undefined || why === undefined ? [] : [{ ...why, message: `${nameOf(call)}: ${why.message}` }];
  });
  const [first] = denied;
  if (first === undefined) return awaitsHuman(run) ? { conditions: nobodyAwaited(run, now) } : {};
  const more = denied.length > 1 ? ` (and ${denied.length - 1} more of this answer)` : '';
  const conditions = awaitsHuman(run) ? nobodyAwaited(run, now) : (run.status?.conditions ?? []);
  const after = { ...state, run: { ...run, status: { ...run.status, conditions } } };
  return { conditions: condition(after, POLICY_DENIED, 'True', first.reason, `${first.message}${more}`) };
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

function cancel(state: RunState, detail: string): Decision {
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
