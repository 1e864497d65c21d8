import type { Agent } from '../../api/index.ts';
import type { PolicyContext } from '../../policies/engine/index.ts';
import type { World } from '../admission/types.ts';

/** An Agent and what it refers to, as far as it is there. */
export function aroundAgent(world: World, namespace: string, agent: Agent | undefined): PolicyContext {
  if (agent === undefined) return {};
  const spec: Partial<Agent['spec']> = agent.spec ?? {};
  const llm = spec.llmRef?.name === undefined ? undefined : world.llm(namespace, spec.llmRef.name);
  return {
    agent,
    ...(llm === undefined ? {} : { llm }),
    tools: named(spec.tools, (name) => world.tool(namespace, name)),
    mcpServers: named(spec.mcpServers, (name) => world.mcpServer(namespace, name)),
  };
}

function named<T>(refs: readonly { readonly name: string }[] | undefined, find: (name: string) => T | undefined): T[] {
  return (refs ?? []).flatMap(({ name }) => find(name) ?? []);
}
