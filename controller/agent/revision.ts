import type {
  Agent,
  AgentRevision,
  AgentRevisionSpec,
  LLM,
  LLMParameters,
  MCPServer,
  RevisionTool,
  Tool,
} from '../../api/index.ts';
import { API_VERSION, DEFAULT_MODELS, LABELS } from '../../api/index.ts';
import { childName, labelValue } from '../../kube/index.ts';
import { childAnnotations } from '../childAnnotations.ts';
import { digest, inNamespaceOf, nameOf } from '../keys.ts';
import { effectiveParameters } from '../llm/parameters.ts';
import { usableTools } from '../mcp/index.ts';
import { functionNames } from '../models/index.ts';
import { describeTool } from '../toolDefinitions.ts';

export interface ResolvedAgent {
  readonly agent: Agent;
  readonly llm: LLM;
  readonly tools: readonly Tool[];
  readonly servers: readonly MCPServer[];
}

/**
 * The revision that an Agent and its dependencies make. The same content gives the same name, so that a revert brings
 * the old revision back: neither who nor when is part of it. The model is written out, so that another default of a later
 * release changes no run that has begun.
 * `current` is the Agent's current revision: one that says the same without the model, as earlier releases wrote it, is kept, since a new name
 * would end the runs that are not to outlive a change.
 */
export function revisionOf(resolved: ResolvedAgent, current?: string): AgentRevision {
  const parameters = effectiveParameters(resolved.llm);
  if (parameters.model) return revisionWith(resolved, parameters);
  const asBefore = current === undefined ? undefined : revisionWith(resolved, parameters);
  if (asBefore !== undefined && nameOf(asBefore) === current) return asBefore;
  return revisionWith(resolved, { ...parameters, model: DEFAULT_MODELS[resolved.llm.spec.provider] });
}

function revisionWith({ agent, llm, tools, servers }: ResolvedAgent, parameters: LLMParameters): AgentRevision {
  const spec: AgentRevisionSpec = {
    agent: nameOf(agent),
    system: agent.spec.system,
    llm: {
      name: nameOf(llm),
      provider: llm.spec.provider,
      ...(llm.spec.apiKeyFrom === undefined ? {} : { apiKeyFrom: llm.spec.apiKeyFrom }),
      ...(Object.keys(parameters).length === 0 ? {} : { parameters: { ...parameters } }),
      ...(llm.spec.openai === undefined ? {} : { openai: { ...llm.spec.openai } }),
    },
    tools: revisionTools(tools, servers),
    ...(agent.spec.maxTurns === undefined ? {} : { maxTurns: agent.spec.maxTurns }),
    ...(agent.spec.onUnknownOutcome === undefined ? {} : { onUnknownOutcome: agent.spec.onUnknownOutcome }),
  };
  return {
    apiVersion: API_VERSION,
    kind: 'AgentRevision',
    metadata: {
      ...inNamespaceOf(agent, childName(nameOf(agent), digest(spec).slice(0, 10))),
      labels: { [LABELS.agent]: labelValue(nameOf(agent)) },
      ...childAnnotations(agent),
    },
    spec,
  };
}

function revisionTools(tools: readonly Tool[], servers: readonly MCPServer[]): RevisionTool[] {
  const found: Omit<RevisionTool, 'functionName'>[] = [];
  const named: { server: string; tool: string }[] = [];
  for (const tool of tools) {
    named.push({ server: '', tool: tool.spec.name ?? nameOf(tool) });
    found.push({ kind: 'Tool', name: nameOf(tool), digest: digest(describeTool(tool)) });
  }
  for (const server of servers) {
    for (const tool of usableTools(server)) {
      named.push({ server: nameOf(server), tool: tool.name });
      found.push({ kind: 'MCPServer', name: nameOf(server), tool: tool.name, digest: digest(tool) });
    }
  }
  const names = functionNames(named);
  return found.map((tool, index) => ({ functionName: names[index] ?? '', ...tool }));
}

/**
 * The revisions that may go: of those that no unfinished run uses and that are not the Agent's current one, all but the `limit` newest.
 */
export function surplusRevisions(
  revisions: readonly AgentRevision[],
  keep: ReadonlySet<string>,
  limit: number,
): AgentRevision[] {
  return revisions
    .filter((revision) => !keep.has(nameOf(revision)))
    .sort((a, b) => (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? ''))
    .slice(limit);
}
