import type { Agent, AgentPolicyException, MCPServer, Task, TaskRun, Tool } from '../../api/index.ts';
import type { ManifestObject } from '../manifests/parse.ts';

/** A name of another object in the same namespace. */
export interface Reference {
  readonly field: string;
  readonly kind: string;
  readonly name: string;
  /** The object works without it, or it is likely made elsewhere. */
  readonly soft?: true;
}

/** What an object refers to. It must fit its kind's schema. */
export function referencesOf(object: ManifestObject): readonly Reference[] {
  switch (object.kind) {
    case 'Agent': {
      const { spec } = object as unknown as Agent;
      return [
        { field: 'spec.llmRef.name', kind: 'LLM', name: spec.llmRef.name },
        ...(spec.tools ?? []).map(({ name }, i) => ({ field: `spec.tools[${i}].name`, kind: 'Tool', name })),
        ...(spec.mcpServers ?? []).map(({ name }, i) => ({
          field: `spec.mcpServers[${i}].name`,
          kind: 'MCPServer',
          name,
        })),
      ];
    }
    case 'Task':
      return named('spec.agentRef.name', 'Agent', (object as unknown as Task).spec.agentRef.name);
    case 'Tool':
      return named('spec.agentRef.name', 'Agent', (object as unknown as Tool).spec.agentRef?.name);
    case 'MCPServer': {
      const { approvalContactChannel } = (object as unknown as MCPServer).spec;
      return named('spec.approvalContactChannel.name', 'ContactChannel', approvalContactChannel?.name);
    }
    case 'TaskRun': {
      const { taskRef, agentRef } = (object as unknown as TaskRun).spec;
      return [
        ...named('spec.taskRef.name', 'Task', taskRef.name),
        ...named('spec.agentRef.name', 'Agent', agentRef?.name),
      ];
    }
    case 'AgentPolicyException': {
      const { policies, objects } = (object as unknown as AgentPolicyException).spec;
      return [
        ...policies.map(({ kind, name }, i) => ({ field: `spec.policies[${i}].name`, kind, name })),
        ...objects.map(({ kind, name }, i) => ({ field: `spec.objects[${i}].name`, kind, name })),
      ].map((reference) => ({ ...reference, soft: true as const }));
    }
    default:
      return [];
  }
}

const named = (field: string, kind: string, name: string | undefined): Reference[] =>
  name === undefined ? [] : [{ field, kind, name }];
