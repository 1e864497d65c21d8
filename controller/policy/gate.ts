import type { Agent, AgentRevision, LLM, MCPServer, Task, TaskRun, TaskRunToolCall, Tool } from '../../api/index.ts';
import { API_VERSION } from '../../api/index.ts';
import type { Clock } from '../../kube/index.ts';
import type {
  CompiledPolicySet,
  ExceptionRef,
  PolicyContext,
  RunCounters,
  Verdict,
} from '../../policies/engine/index.ts';
import { evaluateModelCall, evaluateToolCall } from '../../policies/engine/index.ts';
import type { Informers } from '../informers.ts';
import { INDEX } from '../informers.ts';
import { keyIn } from '../keys.ts';

/** What the policies say at run time: webhooks can be down, and objects may come from a backup. */
export interface PolicyGate {
  /** Before a tool runs. */
  judgeToolCall(call: TaskRunToolCall, run: TaskRun, depth: number): Verdict;
  /** Before a model is asked. */
  judgeModelCall(run: TaskRun, revision: AgentRevision, depth: number): Verdict;
}

/** The verdict where no policy speaks. */
export const NOTHING_SAID: Verdict = {
  effect: 'allow',
  findings: [],
  warnings: [],
  excepted: [],
  notEvaluable: [],
  policies: [],
};

/** `policies` gives the set as it is now. Without any policy nothing is asked and nothing costs. */
export function createPolicyGate(options: {
  readonly informers: Informers;
  readonly clock: Clock;
  readonly policies: () => CompiledPolicySet | undefined;
  /** Told of each finding that an exception took away. */
  readonly onExcepted: (exception: ExceptionRef) => void;
}): PolicyGate {
  const { informers, clock } = options;

  function told(verdict: Verdict): Verdict {
    for (const { exception } of verdict.excepted) if (exception !== undefined) options.onExcepted(exception);
    return verdict;
  }

  function contextOf(run: TaskRun, revision: AgentRevision | undefined): PolicyContext {
    const { namespace } = run.metadata;
    const agent: Agent | undefined =
      run.status?.agent === undefined ? undefined : informers.agents.store.get(keyIn(namespace, run.status.agent));
    const llmName = revision?.spec.llm.name ?? agent?.spec.llmRef.name;
    const live: LLM | undefined =
      llmName === undefined ? undefined : informers.llms.store.get(keyIn(namespace, llmName));
    const llm = revision === undefined ? live : asPinned(live, revision, namespace);
    const task: Task | undefined = informers.tasks.store.get(keyIn(namespace, run.spec.taskRef.name));
    return {
      run,
      ...(agent === undefined ? {} : { agent }),
      ...(llm === undefined ? {} : { llm }),
      ...(task === undefined ? {} : { task }),
    };
  }

  /** What every question has in common; undefined where no policy is there, or the Agent is not known any more. */
  function questionOf(run: TaskRun, revision: AgentRevision | undefined, counters: RunCounters) {
    const set = options.policies();
    if (set === undefined || set.policies.length === 0) return undefined;
    const namespace = run.metadata.namespace ?? '';
    const namespaceObject = informers.namespaces?.store.get(namespace);
    const { agent, ...context } = contextOf(run, revision);
    return {
      set,
      question: {
        agent: agent ?? formerAgent(run, revision),
        context,
        counters,
        exceptions: informers.exceptions.store.byIndex(INDEX.exceptionsByNamespace, namespace),
        now: clock.now(),
        // Frozen when the run began: the Agent may come from another commit by now.
        ...(run.status?.provenance === undefined ? {} : { provenance: run.status.provenance }),
        ...(namespaceObject === undefined ? {} : { namespaceObject }),
      },
    };
  }

  const revisionOf = (run: TaskRun) =>
    run.status?.agentRevision === undefined
      ? undefined
      : informers.revisions.store.get(keyIn(run.metadata.namespace, run.status.agentRevision));

  return {
    judgeToolCall(call, run, depth) {
      const asked = questionOf(run, revisionOf(run), {
        ...counted(run, depth),
        toolCalls: numberOf(call) ?? run.status?.toolCallCount ?? 1,
        parallelToolCalls: positionOf(call, run),
      });
      if (asked === undefined) return NOTHING_SAID;
      const target = call.spec.tool;
      const key = target === undefined ? '' : keyIn(call.metadata.namespace, target.name);
      const server: MCPServer | undefined =
        target?.kind === 'MCPServer' ? informers.mcpServers.store.get(key) : undefined;
      const tool: Tool | undefined = target?.kind === 'Tool' ? informers.tools.store.get(key) : undefined;
      const context = {
        ...asked.question.context,
        ...(server === undefined ? {} : { mcpServers: [server] }),
        ...(tool === undefined ? {} : { tools: [tool] }),
      };
      return told(evaluateToolCall(asked.set, { ...asked.question, call, context }));
    },
    judgeModelCall(run, revision, depth) {
      const turns = (run.status?.turns ?? 0) + 1;
      const asked = questionOf(run, revision, { ...counted(run, depth), turns });
      if (asked === undefined) return NOTHING_SAID;
      const context = { ...asked.question.context, ...usedBy(revision, run) };
      return told(evaluateModelCall(asked.set, { ...asked.question, context }));
    },
  };

  /** The tools and servers of a revision, as they are now. */
  function usedBy(revision: AgentRevision, run: TaskRun): Pick<PolicyContext, 'tools' | 'mcpServers'> {
    const names = (kind: 'Tool' | 'MCPServer') => [
      ...new Set(
        revision.spec.tools.filter((tool) => tool.kind === kind).map(({ name }) => keyIn(run.metadata.namespace, name)),
      ),
    ];
    return {
      tools: names('Tool').flatMap((key) => informers.tools.store.get(key) ?? []),
      mcpServers: names('MCPServer').flatMap((key) => informers.mcpServers.store.get(key) ?? []),
    };
  }
}

/** The Agent of a run as the revision tells of it, where the object is gone. */
function formerAgent(run: TaskRun, revision: AgentRevision | undefined): Agent {
  const { namespace } = run.metadata;
  return {
    apiVersion: API_VERSION,
    kind: 'Agent',
    metadata: { name: run.status?.agent ?? '', ...(namespace === undefined ? {} : { namespace }) },
    spec: { llmRef: { name: revision?.spec.llm.name ?? '' }, system: revision?.spec.system ?? '' },
  };
}

function counted(run: TaskRun, depth: number): RunCounters {
  return {
    depth,
    tokens: run.status?.usage?.totalTokens ?? 0,
    toolCalls: run.status?.toolCallCount ?? 0,
    ...(run.status?.startTime === undefined ? {} : { startTime: run.status.startTime }),
  };
}

/**
 * The LLM as the run is pinned to it: what is judged is what is asked, not what the LLM has become since. Also where it is gone:
 * the run goes on with what it is pinned to, and is judged by it.
 */
function asPinned(live: LLM | undefined, revision: AgentRevision, namespace: string | undefined): LLM {
  const { name, apiKeyFrom, parameters, openai, provider } = revision.spec.llm;
  return {
    apiVersion: API_VERSION,
    kind: 'LLM',
    metadata: live?.metadata ?? { name, ...(namespace === undefined ? {} : { namespace }) },
    spec: {
      provider: provider === 'anthropic' ? 'anthropic' : 'openai',
      ...(apiKeyFrom === undefined ? {} : { apiKeyFrom }),
      ...(parameters === undefined ? {} : { parameters }),
      ...(openai === undefined ? {} : { openai }),
    },
  };
}

/** The number at the end of a call's name: how many tool calls the run has asked for, this one included. */
function numberOf(call: TaskRunToolCall): number | undefined {
  const number = /-toolcall-(\d{2,9})$/.exec(call.metadata.name ?? '')?.[1];
  return number === undefined ? undefined : Number(number);
}

/**
 * Which of the calls of its answer a call is, from 1: so many are under way at once when it starts. It follows from the run's status, so
 * that all calls of one answer are judged alike, whatever has been executed meanwhile.
 */
function positionOf(call: TaskRunToolCall, run: TaskRun): number {
  const number = numberOf(call);
  const before = run.status?.toolCallsBefore;
  return number === undefined || before === undefined ? 1 : Math.max(1, number - before);
}
