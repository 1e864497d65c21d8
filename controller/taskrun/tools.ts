import type { AgentRevision, RevisionTool } from '../../api/index.ts';
import type { Informers } from '../informers.ts';
import { keyIn } from '../keys.ts';
import { usableTools } from '../mcp/index.ts';
import type { ModelTool } from '../models/index.ts';
import { describeMcpTool, describeTool } from '../toolDefinitions.ts';

/** What the model is told of the tools of a revision. One that is gone since is not offered. */
export function offeredTools(
  informers: Pick<Informers, 'tools' | 'mcpServers' | 'agents'>,
  namespace: string | undefined,
  revision: AgentRevision,
): ModelTool[] {
  return revision.spec.tools.flatMap((tool) => {
    const definition = definitionOf(informers, namespace, tool);
    return definition === undefined ? [] : [{ ...definition, name: tool.functionName }];
  });
}

function definitionOf(
  informers: Pick<Informers, 'tools' | 'mcpServers' | 'agents'>,
  namespace: string | undefined,
  { kind, name, tool }: RevisionTool,
): Omit<ModelTool, 'name'> | undefined {
  const key = keyIn(namespace, name);
  if (kind === 'Tool') {
    const object = informers.tools.store.get(key);
    return object === undefined ? undefined : describeTool(object);
  }
  const server = informers.mcpServers.store.get(key);
  // A description that nobody reviewed is not shown to the model either: it is where the hostile ones give their orders.
  const offered = server === undefined ? undefined : usableTools(server).find((candidate) => candidate.name === tool);
  return offered === undefined ? undefined : describeMcpTool(offered);
}
