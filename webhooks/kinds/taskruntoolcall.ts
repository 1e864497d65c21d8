import { type TaskRun, type TaskRunToolCall, taskRunToolCalls } from '../../api/index.ts';
import type { PolicyContext, RunCounters } from '../../policies/engine/index.ts';
import type { KindRules, World } from '../admission/types.ts';
import { aroundAgent } from './context.ts';

/** Every tool call is an object, so every tool call is judged: this tool, with these arguments, for this agent, in this run, now. */
export const taskRunToolCallRules: KindRules = {
  kind: taskRunToolCalls,
  writers: 'operator',
  stamped: false,
  context({ object, namespace }, world) {
    const call = object as unknown as TaskRunToolCall;
    const run = world.run(namespace, call.spec.taskRunRef.name);
    return { context: aroundCall(world, namespace, call, run), counters: countersOf(call, run) };
  },
};

/** All that is known around a tool call. */
export function aroundCall(
  world: World,
  namespace: string,
  call: TaskRunToolCall,
  run: TaskRun | undefined,
): PolicyContext {
  const task = run === undefined ? undefined : world.task(namespace, run.spec.taskRef.name);
  const agentName = run?.spec.agentRef?.name ?? task?.spec.agentRef.name ?? run?.status?.agent;
  const context = aroundAgent(
    world,
    namespace,
    agentName === undefined ? undefined : world.agent(namespace, agentName),
  );
  const { tool } = call.spec;
  // The Agent may have changed since: what is called counts, whether the Agent still names it or not.
  const object = tool?.kind === 'Tool' ? world.tool(namespace, tool.name) : undefined;
  const server = tool?.kind === 'MCPServer' ? world.mcpServer(namespace, tool.name) : undefined;
  return {
    ...context,
    tools: withOne(context.tools, object),
    mcpServers: withOne(context.mcpServers, server),
    ...(task === undefined ? {} : { task }),
    ...(run === undefined ? {} : { run }),
  };
}

/** The number in a call's name counts the calls of its run. */
function countersOf(call: TaskRunToolCall, run: TaskRun | undefined): RunCounters {
  const number = /-toolcall-(\d{1,9})$/.exec(call.metadata.name ?? '')?.[1];
  const startTime = run?.status?.startTime;
  return {
    ...(number === undefined ? {} : { toolCalls: Number(number) }),
    ...(startTime === undefined ? {} : { startTime }),
  };
}

function withOne<T extends { readonly metadata: { readonly name?: string } }>(
  all: readonly T[] | undefined,
  one: T | undefined,
): readonly T[] {
  if (one === undefined) return all ?? [];
  return [...(all ?? []).filter(({ metadata }) => metadata.name !== one.metadata.name), one];
}
