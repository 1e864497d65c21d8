import type { Agent, Tool } from '../../api/index.ts';
import type { Finding } from '../validation.ts';

export interface ToolState {
  readonly tool: Tool;
  /** The agent that the tool delegates to, where it does and the agent is there. */
  readonly delegate: Agent | undefined;
  /** How the delegation comes back to this tool, if it does. */
  readonly cycle: string | undefined;
  /** Why the tool's JSON Schema is none; undefined when it is one. */
  readonly schemaFault: string | undefined;
  /** Why the external API cannot be called as it stands. */
  readonly apiFault: string | undefined;
  /** How container tools run here, and what keeps this one from it. */
  readonly container?: { readonly runsAs: 'Job' | 'Process'; readonly fault?: string };
}

/** Whether a Tool can be used, or why not. */
export function decideTool({ tool, delegate, cycle, schemaFault, apiFault, container }: ToolState): Finding {
  const { execute, agentRef } = tool.spec;
  const field = tool.spec.parameters === undefined ? 'spec.arguments' : 'spec.parameters';
  if (schemaFault !== undefined) return fault('InvalidSchema', `${field}: ${schemaFault}`);
  if (apiFault !== undefined) return fault('InvalidExternalAPI', `spec.execute.externalAPI: ${apiFault}`);
  if (agentRef !== undefined) {
    if (cycle !== undefined) return fault('DelegationCycle', `Delegation would never end: ${cycle}`);
    if (delegate === undefined) return wait(`Waiting for Agent "${agentRef.name}" to exist`);
    if (delegate.status?.observedGeneration !== delegate.metadata.generation || delegate.status?.ready !== true) {
      return wait(`Waiting for Agent "${agentRef.name}" to be ready${detailOf(delegate)}`);
    }
  } else if (execute?.container !== undefined) {
    if (container?.fault !== undefined) return fault('CannotRun', container.fault);
    return { ready: true, status: 'Ready', detail: CONTAINER_DETAIL[container?.runsAs ?? 'Process'], reason: 'Valid' };
  } else if (execute?.builtin === undefined && execute?.externalAPI === undefined) {
    // The CRD refuses this; an object may be older than the rule.
    return fault(
      'NothingToExecute',
      'Exactly one of execute.builtin, execute.externalAPI, execute.container and agentRef is required',
    );
  }
  return { ready: true, status: 'Ready', detail: 'Tool validation successful', reason: 'Valid' };
}

const CONTAINER_DETAIL = {
  Job: 'Each call runs as a Job of its own',
  Process:
    'Each call runs as a child process of the operator: image, resources, egress and podTemplate are not enforced',
} as const;

const fault = (reason: string, detail: string): Finding => ({ ready: false, status: 'Error', detail, reason });
const wait = (detail: string): Finding => ({ ready: false, status: 'Pending', detail, reason: 'AgentNotReady' });

function detailOf(agent: Agent): string {
  const detail = agent.status?.statusDetail;
  return detail === undefined || detail === '' ? '' : ` (${detail})`;
}
