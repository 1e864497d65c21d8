import type { Agent, PolicyPlace, TaskRun, TaskRunToolCall } from '../../api/index.ts';
import { API_VERSION } from '../../api/index.ts';
import { collect } from './evaluate.ts';
import type { CompiledPolicySet } from './policySet.ts';
import { toolId } from './toolid.ts';
import type { PolicyContext, PolicyObject, PolicyRequest, RunCounters, ToolIdentity, Verdict } from './types.ts';
import { toVerdict } from './verdict.ts';

/** What all questions at run time have in common. */
export interface RunQuestion {
  /** `runtime` when absent; others to ask what would be said there. */
  readonly place?: PolicyPlace;
  readonly agent: Agent;
  /** What the Agent refers to, and the run and its task, as far as they are known. */
  readonly context?: Omit<PolicyContext, 'agent'>;
  readonly counters?: RunCounters;
  readonly namespaceObject?: PolicyRequest['namespaceObject'];
  readonly user?: PolicyRequest['user'];
  readonly exceptions?: PolicyRequest['exceptions'];
  /** Of the Agent that the run runs, as it was when the run began. */
  readonly provenance?: PolicyRequest['provenance'];
  readonly now: number;
}

export interface ToolCallQuestion extends RunQuestion {
  /** The call; or `tool` and `arguments`, where there is none yet. */
  readonly call?: TaskRunToolCall;
  readonly tool?: ToolIdentity;
  /** JSON text. */
  readonly arguments?: string;
}

/** May this tool be called, with these arguments, by this agent, in this run, now? */
export function evaluateToolCall(set: CompiledPolicySet, question: ToolCallQuestion): Verdict {
  return toVerdict(set.policies, [collect(set, toolCallRequest(question), 'all')]);
}

/** The request that `evaluateToolCall` asks: for `explain`. */
export function toolCallRequest(question: ToolCallQuestion): PolicyRequest {
  const { call, tool, agent } = question;
  const text = question.arguments ?? call?.spec.arguments ?? '';
  // What comes from a list need not carry its kind.
  const object =
    call === undefined ? callObject(tool, text, agent, question.context?.run) : { ...call, kind: 'TaskRunToolCall' };
  return {
    ...common(question),
    object: object as PolicyObject,
    ...(tool === undefined ? {} : { toolCall: { tool, arguments: text } }),
    ...(question.counters === undefined ? {} : { counters: question.counters }),
  };
}

/** May this agent ask its model once more? Judges the Agent with all that it uses, the run, and its limits. */
export function evaluateModelCall(set: CompiledPolicySet, question: RunQuestion): Verdict {
  const base = common(question);
  const { counters, context } = question;
  const limits = counters === undefined ? {} : { counters };
  const run = context?.run;
  const agent: PolicyRequest = { ...base, object: { ...question.agent, kind: 'Agent' } };
  if (run === undefined) return toVerdict(set.policies, [collect(set, { ...agent, ...limits }, 'all')]);
  return toVerdict(set.policies, [
    collect(set, agent, 'all'),
    collect(set, { ...base, object: { ...run, kind: 'TaskRun' }, ...limits }, 'all'),
  ]);
}

/** Has the run come to a limit? `counters` as in `RunCounters`. Nothing else is judged. */
export function checkLimits(
  set: CompiledPolicySet,
  question: RunQuestion & { readonly counters: RunCounters },
): Verdict {
  const { agent, counters, context } = question;
  const object: PolicyObject =
    context?.run === undefined ? { ...agent, kind: 'Agent' } : { ...context.run, kind: 'TaskRun' };
  const request = { ...common(question), object, counters };
  return toVerdict(set.policies, [collect(set, request, 'limits')]);
}

function common(question: RunQuestion): Omit<PolicyRequest, 'object'> {
  const { place = 'runtime', agent, context, namespaceObject, user, exceptions, provenance, now } = question;
  const namespace = agent.metadata.namespace;
  return {
    place,
    operation: 'CREATE',
    now,
    context: { ...context, agent: { ...agent, kind: 'Agent' } },
    ...(namespace === undefined ? {} : { namespace }),
    ...(namespaceObject === undefined ? {} : { namespaceObject }),
    ...(user === undefined ? {} : { user }),
    ...(exceptions === undefined ? {} : { exceptions }),
    ...(provenance === undefined ? {} : { provenance }),
  };
}

/** A call as it would be written for this tool. */
function callObject(
  tool: ToolIdentity | undefined,
  text: string,
  agent: Agent,
  run: TaskRun | undefined,
): PolicyObject {
  const namespace = agent.metadata.namespace;
  return {
    apiVersion: API_VERSION,
    kind: 'TaskRunToolCall',
    metadata: namespace === undefined ? {} : { namespace },
    spec: {
      taskRunRef: { name: run?.metadata.name ?? '' },
      toolRef: { name: tool === undefined ? '' : toolId(tool) },
      ...(tool === undefined ? {} : { tool: toolSpec(tool) }),
      arguments: text,
    },
  };
}

function toolSpec(tool: ToolIdentity): { kind: string; name: string; tool?: string } {
  return tool.kind === 'MCPServer'
    ? { kind: 'MCPServer', name: tool.server, tool: tool.name }
    : { kind: tool.kind, name: tool.name };
}
