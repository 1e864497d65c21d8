import type { Agent, AgentStatus, LLM, MCPServer, Tool } from '../../api/index.ts';
import { nameOf } from '../keys.ts';
import { usableTools } from '../mcp/index.ts';
import type { Finding } from '../validation.ts';
import { nameClash } from './nameClash.ts';
import type { ResolvedAgent } from './revision.ts';

export interface AgentState {
  readonly agent: Agent;
  readonly llm: LLM | undefined;
  /** In the order of the spec; undefined where there is none of that name. */
  readonly tools: readonly (Tool | undefined)[];
  readonly servers: readonly (MCPServer | undefined)[];
}

export type AgentDecision =
  | { readonly kind: 'ready'; readonly resolved: ResolvedAgent; readonly finding: Finding }
  | { readonly kind: 'unready'; readonly finding: Finding };

/** More tools than this no model can be offered. */
export const MAX_TOOLS = 512;

/** Whether an Agent is ready, or what exactly it waits for. */
export function decideAgent({ agent, llm, tools, servers }: AgentState): AgentDecision {
  const waits: string[] = [];
  const faults: string[] = [];
  const look = (kind: string, name: string, object: LLM | Tool | MCPServer | undefined) => {
    if (object === undefined) {
      waits.push(`${kind} "${name}" to exist`);
    } else if (object.status?.observedGeneration !== object.metadata.generation || object.status?.ready !== true) {
      const { status, statusDetail } = object.status ?? {};
      const why = statusDetail === undefined || statusDetail === '' ? '' : ` (${statusDetail})`;
      (status === 'Error' ? faults : waits).push(`${kind} "${name}" to be ready${why}`);
    }
  };
  look('LLM', agent.spec.llmRef.name, llm);
  for (const [index, { name }] of (agent.spec.tools ?? []).entries()) look('Tool', name, tools[index]);
  for (const [index, { name }] of (agent.spec.mcpServers ?? []).entries()) look('MCPServer', name, servers[index]);

  const presentTools = tools.filter((tool) => tool !== undefined);
  const presentServers = servers.filter((server) => server !== undefined);
  if (faults.length > 0 || waits.length > 0) {
    return unready(
      faults.length > 0 ? 'Error' : 'Pending',
      'DependenciesNotReady',
      `Waiting for ${[...faults, ...waits].join('; ')}`,
    );
  }
  const clash = nameClash(presentTools);
  if (clash !== undefined) return unready('Error', 'ToolNameClash', clash);
  const count = presentTools.length + presentServers.reduce((sum, server) => sum + usableTools(server).length, 0);
  if (count > MAX_TOOLS) {
    return unready(
      'Error',
      'TooManyTools',
      `The agent has ${count} tools; at most ${MAX_TOOLS} are allowed: name fewer MCP servers`,
    );
  }
  if (llm === undefined)
    return unready('Pending', 'DependenciesNotReady', `Waiting for LLM "${agent.spec.llmRef.name}" to exist`);
  return {
    kind: 'ready',
    resolved: { agent, llm, tools: presentTools, servers: presentServers },
    finding: {
      ready: true,
      status: 'Ready',
      detail: 'All dependencies validated successfully',
      reason: 'DependenciesReady',
      extra: {
        validTools: presentTools.map((tool) => ({ kind: 'Tool' as const, name: nameOf(tool) })),
        validMCPServers: presentServers.map((server) => ({
          name: nameOf(server),
          tools: usableTools(server).map(({ name }) => name),
        })),
      } satisfies Partial<AgentStatus>,
    },
  };
}

function unready(status: 'Error' | 'Pending', reason: string, detail: string): AgentDecision {
  return { kind: 'unready', finding: { ready: false, status, detail, reason } };
}
