import type { Agent, Tool } from '../../api/index.ts';
import { keyIn, nameOf } from '../keys.ts';

/**
 * The way from a delegating Tool back to itself, as text (`agent a → tool x → agent b → tool y → agent a`); undefined
 * where there is none. `seen` bounds the walk, however large the graph.
 */
export function delegationCycle(
  tool: Tool,
  stores: {
    readonly agents: { get(key: string): Agent | undefined };
    readonly tools: { get(key: string): Tool | undefined };
  },
): string | undefined {
  const { namespace } = tool.metadata;
  const target = tool.spec.agentRef?.name;
  if (target === undefined) return undefined;
  const seen = new Set<string>();

  const walk = (agent: string, path: readonly string[]): readonly string[] | undefined => {
    if (seen.has(agent)) return undefined;
    seen.add(agent);
    for (const { name } of stores.agents.get(keyIn(namespace, agent))?.spec.tools ?? []) {
      const here = [...path, `tool ${name}`];
      if (name === nameOf(tool)) return here;
      const next = stores.tools.get(keyIn(namespace, name))?.spec.agentRef?.name;
      const found = next === undefined ? undefined : walk(next, [...here, `agent ${next}`]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const back = walk(target, [`agent ${target}`]);
  return back === undefined ? undefined : [...back, `agent ${target}`].join(' → ');
}
