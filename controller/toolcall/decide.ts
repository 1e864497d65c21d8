import { isDeepStrictEqual } from 'node:util';
import type { TaskRunToolCall, TaskRunToolCallStatus } from '../../api/index.ts';
import type { ApprovalOutcome } from '../../policies/approvals/index.ts';
import { isLocked } from '../mcp/index.ts';
import { isTerminal, POLICY_DENIED } from '../phases.ts';
import { timestamp, withCondition } from '../status.ts';
import type { ToolOutcome } from '../tools/index.ts';
import { demandStatus } from './demand.ts';
import { UNKNOWN_OUTCOME } from './outcome.ts';
import type { CallDecision, CallEvent, CallState, Executor } from './state.ts';

const WAIT: CallDecision = { kind: 'wait' };

export const hasEnded = (call: TaskRunToolCall): boolean => call.status?.completionTime !== undefined;

/** What to do next with a tool call: intent, claim, execution, result. Pure. */
export function decideCall(state: CallState): CallDecision {
  const { call, run } = state;
  if (hasEnded(call) || call.metadata.deletionTimestamp !== undefined) return WAIT;
  if (run === undefined) return WAIT;
  if (run.spec.cancel === true || isTerminal(run.status?.phase)) return cancel(state);
  return call.status?.phase === 'Running' ? supervise(state) : begin(state);
}

function begin(state: CallState): CallDecision {
  const { call, run, executor, args, connection } = state;
  if (executor.kind === 'none') return fail(state, executor.message);
  if (!args.ok) return fail(state, args.message);
  if (run?.spec.suspend === true) return WAIT;
  const denial = deniedBy(state);
  if (denial !== undefined) return deny(state, denial);
  if (state.approval !== undefined && state.approval.kind !== 'approved') return awaitApproval(state, state.approval);
  if (executor.kind === 'mcp' && connection !== 'ready') {
    if (connection !== 'waiting') return fail(state, connection.refused);
    const detail = `Waiting for MCPServer "${executor.server.metadata.name}" to connect`;
    if (call.status?.statusDetail === detail) return WAIT;
    return {
      kind: 'write',
      set: { phase: 'Pending', ready: false, status: 'Pending', statusDetail: detail },
      events: [],
    };
  }
  if (state.drift !== undefined) return fail(state, state.drift, 'ToolSchemaDrift');
  if (executor.kind === 'agent') {
    const refusal = refuseDelegation(state, executor.agent);
    if (refusal !== undefined) return fail(state, refusal);
  }
  return claim(state);
}

/** The claim comes before the side effect, fenced by the resourceVersion: only one process ever begins a call. */
function claim({ call, executor, approval, identity, now }: CallState): CallDecision {
  const asked = call.status?.approval;
  const delegating = executor.kind === 'agent';
  return {
    kind: 'write',
    set: {
      phase: 'Running',
      ready: true,
      status: delegating ? 'AwaitingSubAgent' : 'Ready',
      statusDetail: delegating ? `Delegating to agent "${executor.agent}"` : 'Executing',
      holder: identity,
      startTime: timestamp(now),
      ...(approval?.kind === 'approved' && asked !== undefined
        ? { approval: { ...asked, approvedBy: [...approval.by] } }
        : {}),
    },
    events: delegating
      ? [{ type: 'Normal', reason: 'DelegatingToSubAgent', message: `Delegating to agent "${executor.agent}"` }]
      : [],
  };
}

function supervise(state: CallState): CallDecision {
  const { call, executor, effect, args } = state;
  if (executor.kind === 'agent') return superviseChild(state, executor.agent);
  if (effect.kind === 'settled') return record(state, effect.result);
  if (effect.kind === 'running') return WAIT;
  if (call.status?.holder === state.identity || isRepeatable(executor) || state.begun === true) {
    // Claimed by us and not begun yet; or cut off, and it goes on without us, or our own YAML says that a repetition does no harm.
    if (!args.ok) return fail(state, args.message);
    if (executor.kind === 'none') return fail(state, executor.message);
    const denial = deniedBy(state);
    if (denial !== undefined) return deny(state, denial);
    if (call.status?.holder !== state.identity) return claim(state);
    if (executor.kind === 'mcp' && state.connection !== 'ready') {
      return state.connection === 'waiting' ? WAIT : fail(state, state.connection.refused);
    }
    if (state.drift !== undefined) return fail(state, state.drift, 'ToolSchemaDrift');
    return { kind: 'execute', args: args.value };
  }
  return unknown(state, `${UNKNOWN_OUTCOME} (the process that executed it ended)`);
}

function superviseChild(state: CallState, agent: string): CallDecision {
  const { task, run } = state.child;
  if (task === undefined) {
    const message = state.args.ok ? messageOf(state.args.value) : undefined;
    return message === undefined
      ? fail(state, 'Invalid arguments: "message" must be a text that is not empty')
      : { kind: 'createChild', agent, message };
  }
  if (state.child.runDeleted === true) {
    return fail(state, `The run of agent "${agent}" was deleted before it answered`, 'SubAgentFailed');
  }
  switch (run?.status?.phase) {
    case 'FinalAnswer':
      return succeed(state, run.status.output ?? '', {
        reason: 'SubAgentCompleted',
        message: `Agent "${agent}" answered`,
      });
    case 'Failed':
      return fail(state, `Agent "${agent}" failed: ${run.status.error ?? 'no reason given'}`, 'SubAgentFailed');
    case 'Cancelled':
      return fail(state, `The run of agent "${agent}" was cancelled`, 'SubAgentFailed');
    default:
      return WAIT;
  }
}

function record(state: CallState, outcome: ToolOutcome): CallDecision {
  switch (outcome.kind) {
    case 'result':
      if (outcome.isError) return { ...fail(state, outcome.text), endsEffect: true };
      return {
        ...succeed(state, outcome.text, {
          reason: 'ExecutionSucceeded',
          message: state.executor.kind === 'mcp' ? 'MCP tool executed successfully' : 'Tool executed successfully',
        }),
        endsEffect: true,
      };
    case 'unknown':
      return { ...unknown(state, `${UNKNOWN_OUTCOME} (${outcome.error})`), endsEffect: true };
    default:
      return { ...fail(state, outcome.error), endsEffect: true };
  }
}

type Write = Extract<CallDecision, { kind: 'write' }>;

function succeed(state: CallState, result: string, event: { reason: string; message: string }): Write {
  return end(
    state,
    {
      phase: 'Succeeded',
      ready: true,
      status: 'Ready',
      statusDetail: event.message,
      result: result || '(the tool returned no content)',
    },
    { type: 'Normal', ...event },
  );
}

function fail(state: CallState, message: string, reason = 'ExecutionFailed'): Write {
  const error = message || 'The tool call failed.';
  return end(
    state,
    { phase: 'Failed', ready: false, status: 'Error', statusDetail: firstLine(error), error },
    { type: 'Warning', reason, message: firstLine(error) },
  );
}

/** The policies say no: text for the model, an event and a condition. */
function deny(state: CallState, message: string): Write {
  const { call, now } = state;
  const denied = { type: POLICY_DENIED, status: 'True', reason: 'DeniedAtRunTime', message } as const;
  const decision = fail(state, message, POLICY_DENIED);
  return { ...decision, set: { ...decision.set, conditions: withCondition(call.status?.conditions, denied, now) } };
}

/** The end of a call that the API server will not let go on, whatever is tried again: a name that is taken, say. */
export const failCall = (state: CallState, message: string): Write => ({ ...fail(state, message), endsEffect: true });

function unknown(state: CallState, error: string): Write {
  return end(
    state,
    { phase: 'OutcomeUnknown', ready: false, status: 'Error', statusDetail: error, error },
    { type: 'Warning', reason: 'OutcomeUnknown', message: error },
  );
}

function cancel(state: CallState): CallDecision {
  const { call, executor, child } = state;
  const begun = call.status?.phase === 'Running';
  // The child's run is about to be created, and would go on without anybody who waits for it.
  if (executor.kind === 'agent' && child.task !== undefined && child.run === undefined && child.runDeleted !== true) {
    return WAIT;
  }
  if (
    begun &&
    executor.kind === 'agent' &&
    child.run !== undefined &&
    !isTerminal(child.run.status?.phase) &&
    child.run.spec.cancel !== true
  ) {
    return { kind: 'cancelChild' };
  }
  const error =
    begun && executor.kind !== 'agent'
      ? 'The run was cancelled while this call was under way: it may or may not have taken effect.'
      : 'The run was cancelled.';
  return {
    ...end(
      state,
      { phase: 'Cancelled', ready: false, status: 'Error', statusDetail: error, error },
      { type: 'Normal', reason: 'Cancelled', message: error },
    ),
    endsEffect: true,
  };
}

function end(state: CallState, set: TaskRunToolCallStatus, event: CallEvent): Write {
  const time = timestamp(state.now);
  return {
    kind: 'write',
    set: {
      ...set,
      observedGeneration: state.call.metadata.generation ?? 0,
      ...(state.call.status?.startTime === undefined ? { startTime: time } : {}),
      completionTime: time,
    },
    events: [event],
  };
}

/** What the model reads where a policy forbids the call; undefined where none does. */
function deniedBy({ verdict }: CallState): string | undefined {
  if (verdict.effect !== 'deny' || verdict.decidedBy === undefined) return undefined;
  const { policy, rule, detail } = verdict.decidedBy;
  return `Denied by policy ${policy.name}/${rule}: ${detail}`;
}

function awaitApproval(state: CallState, outcome: Exclude<ApprovalOutcome, { kind: 'approved' }>): CallDecision {
  const { call, executor } = state;
  switch (outcome.kind) {
    case 'rejected': {
      const because = outcome.reason === '' ? '' : `: ${outcome.reason}`;
      return reject(state, `Rejected by ${outcome.by}${because}`, { rejectedBy: outcome.by });
    }
    case 'expired':
      return reject(state, 'Rejected: nobody decided about this call in time', { timedOut: true });
    case 'waiting': {
      const channel = executor.kind === 'mcp' ? executor.server.spec.approvalContactChannel?.name : undefined;
      const via = channel === undefined ? '' : ` via contact channel ${channel}`;
      const more = outcome.missing > 1 ? ` (${outcome.missing} more)` : outcome.escalated ? ' (escalated)' : '';
      const detail = `Waiting for human approval${via}${more}`;
      const asked = call.status?.approval;
      const approval = demandStatus(state, asked?.requestedAt ?? timestamp(state.now));
      const waits = call.status?.status === 'AwaitingHumanApproval' && call.status.statusDetail === detail;
      if (waits && isDeepStrictEqual(asked, approval)) {
        return outcome.inMs === undefined ? WAIT : { kind: 'wait', wakeAfterMs: outcome.inMs };
      }
      return {
        kind: 'write',
        set: { phase: 'Pending', ready: false, status: 'AwaitingHumanApproval', statusDetail: detail, approval },
        events: waits ? [] : [{ type: 'Normal', reason: 'AwaitingHumanApproval', message: detail }],
      };
    }
  }
}

/** A rejection is an answer: the model reads it and goes on. */
function reject(state: CallState, text: string, by: { rejectedBy?: string; timedOut?: boolean }): Write {
  const { approval } = state.call.status ?? {};
  return end(
    state,
    {
      phase: 'Failed',
      ready: false,
      status: 'ToolCallRejected',
      statusDetail: text,
      error: text,
      ...(approval === undefined ? {} : { approval: { ...approval, ...by } }),
    },
    { type: 'Normal', reason: 'ToolCallRejected', message: text },
  );
}

/**
 * Whether a call that was cut off may run again: builtins, and what our own YAML declares idempotent or read-only.
 * What a server says of itself counts only where it was reviewed, or the MCPServer says to trust it.
 */
export function isRepeatable(executor: Executor): boolean {
  switch (executor.kind) {
    case 'builtin':
    case 'none':
      return true;
    case 'externalAPI':
    case 'container':
    case 'agent':
      return executor.tool.spec.idempotent === true || executor.tool.spec.readOnly === true;
    case 'mcp': {
      const { idempotentTools = [], trustAnnotations } = executor.server.spec;
      if (idempotentTools.includes('*') || idempotentTools.includes(executor.tool)) return true;
      const tool = executor.server.status?.tools?.find(({ name }) => name === executor.tool);
      if (tool === undefined || !(trustAnnotations === true || isLocked(executor.server.spec, tool))) return false;
      const hints = tool.annotations;
      return hints?.readOnlyHint === true || hints?.idempotentHint === true;
    }
  }
}

/** Why this agent may not be delegated to from here; undefined when it may. */
function refuseDelegation(state: CallState, agent: string): string | undefined {
  if (state.delegate === undefined) return `Agent "${agent}" does not exist`;
  if (state.ancestors.includes(agent)) {
    return `Agent "${agent}" already waits for this answer (${[...state.ancestors].reverse().join(' → ')}): delegating to it would never end`;
  }
  if (state.ancestors.length > state.maxDepth) {
    return `Delegation is ${state.ancestors.length} agents deep; at most ${state.maxDepth} are allowed`;
  }
  if (state.args.ok && messageOf(state.args.value) === undefined) {
    return 'Invalid arguments: "message" must be a text that is not empty';
  }
  return undefined;
}

/** What the other agent is told: the argument `message`, or all arguments where the Tool has a schema of its own. */
function messageOf(args: Record<string, unknown>): string | undefined {
  const message = Object.hasOwn(args, 'message') ? args.message : undefined;
  if (typeof message === 'string') return message.trim() === '' ? undefined : message;
  return Object.keys(args).length === 0 ? undefined : JSON.stringify(args);
}

function firstLine(text: string): string {
  const line = text.split('\n', 1)[0] ?? '';
  return line.length <= 1000 ? line : `${line.slice(0, 997)}...`;
}
