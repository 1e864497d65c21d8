import type { Agent, LLM, MCPServer, Task, TaskRun, TaskRunToolCall, Tool } from '../api/index.ts';
import { at, listAt, textAt } from './engine/json.ts';
import type { PolicyContext, PolicyObject, RunCounters } from './engine/types.ts';

/** Finds objects by namespace and name: in caches, among manifests. */
export interface Finder {
  agent(namespace: string, name: string): Agent | undefined;
  llm(namespace: string, name: string): LLM | undefined;
  tool(namespace: string, name: string): Tool | undefined;
  mcpServer(namespace: string, name: string): MCPServer | undefined;
  task(namespace: string, name: string): Task | undefined;
  run(namespace: string, name: string): TaskRun | undefined;
}

/** A finder over a list. Of two objects of one name the last counts. Namespaces are those that the objects name. */
export function finderOver(objects: readonly PolicyObject[]): Finder {
  const byKey = new Map<string, PolicyObject>();
  for (const object of objects)
    byKey.set(keyOf(object.kind, object.metadata?.namespace, object.metadata?.name), object);
  const find =
    <T>(kind: string) =>
    (namespace: string, name: string): T | undefined =>
      byKey.get(keyOf(kind, namespace, name)) as T | undefined;
  return {
    agent: find<Agent>('Agent'),
    llm: find<LLM>('LLM'),
    tool: find<Tool>('Tool'),
    mcpServer: find<MCPServer>('MCPServer'),
    task: find<Task>('Task'),
    run: find<TaskRun>('TaskRun'),
  };
}

const keyOf = (kind = '', namespace = '', name = ''): string => `${kind}\0${namespace}\0${name}`;

/** An Agent and what it refers to, as far as it is there. */
export function aroundAgent(finder: Finder, namespace: string, agent: Agent | undefined): PolicyContext {
  if (agent === undefined) return {};
  const llmName = textAt(agent, 'spec', 'llmRef', 'name');
  const llm = llmName === undefined ? undefined : finder.llm(namespace, llmName);
  const named = <T>(list: string, find: (namespace: string, name: string) => T | undefined): T[] =>
    listAt(agent, 'spec', list).flatMap((reference) => find(namespace, textAt(reference, 'name') ?? '') ?? []);
  return {
    agent,
    ...(llm === undefined ? {} : { llm }),
    tools: named('tools', finder.tool),
    mcpServers: named('mcpServers', finder.mcpServer),
  };
}

/** All that is known around a tool call. */
export function aroundCall(
  finder: Finder,
  namespace: string,
  call: Pick<TaskRunToolCall, 'spec'>,
  run: TaskRun | undefined,
): PolicyContext {
  const task = run === undefined ? undefined : finder.task(namespace, run.spec.taskRef.name);
  const agentName = run?.spec.agentRef?.name ?? task?.spec.agentRef.name ?? run?.status?.agent;
  const context = aroundAgent(
    finder,
    namespace,
    agentName === undefined ? undefined : finder.agent(namespace, agentName),
  );
  const { tool } = call.spec;
  // The Agent may have changed since: what is called counts, whether the Agent still names it or not.
  const object = tool?.kind === 'Tool' ? finder.tool(namespace, tool.name) : undefined;
  const server = tool?.kind === 'MCPServer' ? finder.mcpServer(namespace, tool.name) : undefined;
  return {
    ...context,
    tools: withOne(context.tools, object),
    mcpServers: withOne(context.mcpServers, server),
    ...(task === undefined ? {} : { task }),
    ...(run === undefined ? {} : { run }),
  };
}

/** What a call itself says of what its run has used: its number, and since when the run runs; undefined for other kinds. */
export function countersOf(object: PolicyObject, { run }: PolicyContext): RunCounters | undefined {
  if (object.kind !== 'TaskRunToolCall') return undefined;
  const number = /-toolcall-(\d{1,9})$/.exec(object.metadata?.name ?? '')?.[1];
  const startTime = run?.status?.startTime;
  return {
    ...(number === undefined ? {} : { toolCalls: Number(number) }),
    ...(startTime === undefined ? {} : { startTime }),
  };
}

/** All that is known around an object of any kind. The object must fit its kind's schema. */
export function aroundObject(finder: Finder, namespace: string, object: PolicyObject): PolicyContext {
  const agentNamed = (name: string | undefined): PolicyContext =>
    aroundAgent(finder, namespace, name === undefined ? undefined : finder.agent(namespace, name));
  switch (object.kind) {
    case 'Agent':
      return aroundAgent(finder, namespace, object as unknown as Agent);
    case 'LLM':
      return { llm: object as unknown as LLM };
    case 'MCPServer':
      return { mcpServers: [object as unknown as MCPServer] };
    case 'Tool':
      return { tools: [object as unknown as Tool] };
    case 'Task':
      return { ...agentNamed(textAt(object, 'spec', 'agentRef', 'name')), task: object as unknown as Task };
    case 'TaskRun': {
      const task = finder.task(namespace, textAt(object, 'spec', 'taskRef', 'name') ?? '');
      const name = textAt(object, 'spec', 'agentRef', 'name') ?? task?.spec.agentRef.name;
      return { ...agentNamed(name), ...(task === undefined ? {} : { task }), run: object as unknown as TaskRun };
    }
    case 'TaskRunToolCall': {
      if (at(object, 'spec') === undefined) return {};
      const run = finder.run(namespace, textAt(object, 'spec', 'taskRunRef', 'name') ?? '');
      return aroundCall(finder, namespace, object as unknown as TaskRunToolCall, run);
    }
    default:
      return {};
  }
}

export function withOne<T extends { readonly metadata: { readonly name?: string } }>(
  all: readonly T[] | undefined,
  one: T | undefined,
): readonly T[] {
  if (one === undefined) return all ?? [];
  return [...(all ?? []).filter(({ metadata }) => metadata.name !== one.metadata.name), one];
}
