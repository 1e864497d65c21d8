import type {
  Agent,
  AgentPolicy,
  AgentPolicyException,
  Approval,
  ClusterAgentPolicy,
  Kind,
  LLM,
  MCPServer,
  Task,
  TaskRun,
  TaskRunToolCall,
  Tool,
} from '../api/index.ts';
import {
  agentPolicies,
  agentPolicyExceptions,
  agents,
  approvals,
  clusterAgentPolicies,
  llms,
  mcpServers,
  taskRuns,
  taskRunToolCalls,
  tasks,
  tools,
  withoutConversation,
} from '../api/index.ts';
import type { Clock, Informer, InformerMetrics, KubeClient, KubeObject, Logger, Resource } from '../kube/index.ts';
import { createInformer, withoutManagedFields } from '../kube/index.ts';
import { type Namespace, namespaces } from './resources.ts';

export const INDEX = { namespace: 'namespace', toolCall: 'toolCall' } as const;

/** One informer a kind that decisions look at. */
export interface Caches {
  readonly namespaces: Informer<Namespace>;
  readonly llms: Informer<LLM>;
  readonly agents: Informer<Agent>;
  readonly tools: Informer<Tool>;
  readonly mcpServers: Informer<MCPServer>;
  readonly tasks: Informer<Task>;
  readonly runs: Informer<TaskRun>;
  readonly toolCalls: Informer<TaskRunToolCall>;
  readonly approvals: Informer<Approval>;
  readonly clusterPolicies: Informer<ClusterAgentPolicy>;
  readonly namespacePolicies: Informer<AgentPolicy>;
  readonly exceptions: Informer<AgentPolicyException>;
}

export interface CacheOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: InformerMetrics;
}

/** The caches, not yet running. They hold what decisions need and drop what is long. */
export function createCaches(options: CacheOptions): Caches {
  const make = <T extends KubeObject>(
    resource: Resource<T> | Kind<T>,
    transform: (object: T) => T = (object) => object,
    indexers: Record<string, (object: T) => string[]> = {},
  ): Informer<T> =>
    createInformer<T>({
      ...options,
      resource: resource as Resource<T>,
      indexers,
      transform: (object) => transform(withoutManagedFields(object)),
    });
  return {
    namespaces: make(namespaces, ({ apiVersion, kind, metadata }) => ({ apiVersion, kind, metadata })),
    llms: make<LLM>(llms),
    agents: make<Agent>(agents),
    tools: make<Tool>(tools),
    mcpServers: make<MCPServer>(mcpServers),
    tasks: make<Task>(tasks, withoutOutput),
    runs: make<TaskRun>(taskRuns, withoutConversation),
    toolCalls: make<TaskRunToolCall>(taskRunToolCalls, withoutPayload),
    approvals: make<Approval>(approvals, undefined, {
      [INDEX.toolCall]: ({ metadata, spec }) => [`${metadata.namespace}/${spec.toolCallRef.name}`],
    }),
    clusterPolicies: make<ClusterAgentPolicy>(clusterAgentPolicies, withoutStatus),
    namespacePolicies: make<AgentPolicy>(agentPolicies, withoutStatus),
    exceptions: make<AgentPolicyException>(agentPolicyExceptions, withoutStatus, {
      [INDEX.namespace]: ({ metadata }) => [metadata.namespace ?? ''],
    }),
  };
}

/** Whether a call waits for a person. */
export const awaitsApproval = ({ status }: TaskRunToolCall): boolean =>
  status?.status === 'AwaitingHumanApproval' && status.completionTime === undefined;

function withoutStatus<T extends { status?: unknown }>(object: T): T {
  const { status: _, ...rest } = object;
  return rest as T;
}

function withoutOutput(task: Task): Task {
  if (task.status?.output === undefined) return task;
  const { output: _, ...status } = task.status;
  return { ...task, status };
}

/** Arguments may be a megabyte: those of calls that nobody decides about are dropped. */
function withoutPayload(call: TaskRunToolCall): TaskRunToolCall {
  const slim = awaitsApproval(call) ? { ...call } : { ...call, spec: { ...call.spec, arguments: '' } };
  if (slim.status?.result !== undefined) {
    const { result: _, ...status } = slim.status;
    slim.status = status;
  }
  return slim;
}
