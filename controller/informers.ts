import type {
  Agent,
  AgentPolicy,
  AgentPolicyException,
  AgentRevision,
  Approval,
  ClusterAgentPolicy,
  ContactChannel,
  Kind,
  LLM,
  MCPServer,
  Task,
  TaskLedger,
  TaskRun,
  TaskRunToolCall,
  Tool,
} from '../api/index.ts';
import {
  agentPolicies,
  agentPolicyExceptions,
  agentRevisions,
  agents,
  approvals,
  clusterAgentPolicies,
  contactChannels,
  llms,
  mcpServers,
  taskLedgers,
  taskRuns,
  taskRunToolCalls,
  tasks,
  tools,
  withoutConversation,
} from '../api/index.ts';
import type { Clock, Informer, InformerMetrics, KubeClient, KubeObject, Logger, Resource } from '../kube/index.ts';
import { controllerOf, createInformer, withoutManagedFields } from '../kube/index.ts';
import { keyIn } from './keys.ts';
import { MANAGED } from './pods/parts.ts';
import type { Job, NetworkPolicy, Pod } from './pods/types.ts';
import { jobs, networkPolicies, pods } from './pods/types.ts';

/** Names of the informers' indexes. Values are `namespace/name` keys of what is referred to. */
export const INDEX = {
  agentsByDependency: 'agentsByDependency',
  toolsByAgent: 'toolsByAgent',
  tasksByAgent: 'tasksByAgent',
  runsByTask: 'runsByTask',
  runsByAgent: 'runsByAgent',
  runsByParentCall: 'runsByParentCall',
  callsByRun: 'callsByRun',
  callsByServer: 'callsByServer',
  serversByChannel: 'serversByChannel',
  revisionsByAgent: 'revisionsByAgent',
  approvalsByCall: 'approvalsByCall',
  /** The value is the namespace itself. */
  exceptionsByNamespace: 'exceptionsByNamespace',
  /** The value is the UID of what controls the Pod. */
  podsByOwner: 'podsByOwner',
} as const;

export interface Informers {
  readonly llms: Informer<LLM>;
  readonly agents: Informer<Agent>;
  readonly tools: Informer<Tool>;
  readonly mcpServers: Informer<MCPServer>;
  readonly contactChannels: Informer<ContactChannel>;
  readonly tasks: Informer<Task>;
  readonly taskLedgers: Informer<TaskLedger>;
  readonly taskRuns: Informer<TaskRun>;
  readonly toolCalls: Informer<TaskRunToolCall>;
  readonly revisions: Informer<AgentRevision>;
  readonly clusterPolicies: Informer<ClusterAgentPolicy>;
  readonly policies: Informer<AgentPolicy>;
  readonly exceptions: Informer<AgentPolicyException>;
  readonly approvals: Informer<Approval>;
  /** Whose labels policies select by. An operator for one namespace may not list them, and then selectors match. */
  readonly namespaces: Informer<KubeObject> | undefined;
  /** Those of MCP servers and container tools; undefined where these run as processes. */
  readonly pods: Informer<Pod> | undefined;
  readonly jobs: Informer<Job> | undefined;
  readonly networkPolicies: Informer<NetworkPolicy> | undefined;
}

const namespaces: Resource = { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace', namespaced: false };

/** What a dependency of an Agent is looked up by. */
export const dependencyKey = (kind: string, namespace: string | undefined, name: string) =>
  `${kind}/${keyIn(namespace, name)}`;

/**
 * One informer a kind. They hold what decisions need and drop what is long: conversations, outputs and arguments,
 * so that ten thousand runs fit in memory. `FullObjects` has the whole object when it is needed.
 */
export function createInformers(options: {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly namespace?: string;
  /** MCP servers and container tools run as Pods. */
  readonly withPods?: boolean;
  readonly metrics?: InformerMetrics;
}): Informers {
  const make = <T extends KubeObject>(
    kind: Kind<T> | Resource<T>,
    indexers: Record<string, (object: T) => string[]> = {},
    transform: (object: T) => T = (object) => object,
    pageSize?: number,
    labelSelector?: string,
  ): Informer<T> =>
    createInformer<T>({
      client: options.client,
      clock: options.clock,
      logger: options.logger,
      resource: kind,
      indexers,
      transform: (object) => transform(withoutManagedFields(object)),
      ...(options.namespace === undefined || !kind.namespaced ? {} : { namespace: options.namespace }),
      ...(options.metrics === undefined ? {} : { metrics: options.metrics }),
      ...(pageSize === undefined ? {} : { pageSize }),
      ...(labelSelector === undefined ? {} : { labelSelector }),
    });
  const selector = Object.entries(MANAGED).map(([name, value]) => `${name}=${value}`);
  const ours = <T extends KubeObject>(
    resource: Resource<T>,
    indexers: Record<string, (object: T) => string[]> = {},
  ): Informer<T> | undefined =>
    options.withPods === true ? make<T>(resource, indexers, undefined, undefined, selector.join()) : undefined;

  return {
    llms: make<LLM>(llms),
    agents: make<Agent>(agents, {
      [INDEX.agentsByDependency]: ({ metadata: { namespace }, spec }) => [
        dependencyKey('LLM', namespace, spec.llmRef.name),
        ...(spec.tools ?? []).map(({ name }) => dependencyKey('Tool', namespace, name)),
        ...(spec.mcpServers ?? []).map(({ name }) => dependencyKey('MCPServer', namespace, name)),
      ],
    }),
    tools: make<Tool>(tools, {
      [INDEX.toolsByAgent]: ({ metadata: { namespace }, spec }) =>
        spec.agentRef === undefined ? [] : [keyIn(namespace, spec.agentRef.name)],
    }),
    mcpServers: make<MCPServer>(mcpServers, {
      [INDEX.serversByChannel]: ({ metadata: { namespace }, spec }) =>
        spec.approvalContactChannel === undefined ? [] : [keyIn(namespace, spec.approvalContactChannel.name)],
    }),
    contactChannels: make<ContactChannel>(contactChannels),
    taskLedgers: make<TaskLedger>(taskLedgers),
    tasks: make<Task>(tasks, {
      [INDEX.tasksByAgent]: ({ metadata: { namespace }, spec }) => [keyIn(namespace, spec.agentRef.name)],
    }),
    // A page of a hundred runs of 64 KiB is 6 MiB of JSON: what is parsed at once when the operator starts.
    taskRuns: make<TaskRun>(
      taskRuns,
      {
        [INDEX.runsByTask]: ({ metadata: { namespace }, spec }) => [keyIn(namespace, spec.taskRef.name)],
        [INDEX.runsByAgent]: ({ metadata: { namespace }, status }) =>
          status?.agent === undefined ? [] : [keyIn(namespace, status.agent)],
        [INDEX.runsByParentCall]: ({ metadata: { namespace }, spec }) =>
          spec.taskRunToolCallRef === undefined ? [] : [keyIn(namespace, spec.taskRunToolCallRef.name)],
      },
      withoutConversation,
      100,
    ),
    toolCalls: make<TaskRunToolCall>(
      taskRunToolCalls,
      {
        [INDEX.callsByRun]: ({ metadata: { namespace }, spec }) => [keyIn(namespace, spec.taskRunRef.name)],
        [INDEX.callsByServer]: ({ metadata: { namespace }, spec }) =>
          spec.tool?.kind === 'MCPServer' ? [keyIn(namespace, spec.tool.name)] : [],
      },
      withoutPayload,
      100,
    ),
    revisions: make<AgentRevision>(agentRevisions, {
      [INDEX.revisionsByAgent]: ({ metadata: { namespace }, spec }) => [keyIn(namespace, spec.agent)],
    }),
    clusterPolicies: make<ClusterAgentPolicy>(clusterAgentPolicies),
    policies: make<AgentPolicy>(agentPolicies),
    exceptions: make<AgentPolicyException>(agentPolicyExceptions, {
      [INDEX.exceptionsByNamespace]: ({ metadata }) => [metadata.namespace ?? ''],
    }),
    approvals: make<Approval>(approvals, {
      [INDEX.approvalsByCall]: ({ metadata: { namespace }, spec }) => [keyIn(namespace, spec.toolCallRef.name)],
    }),
    namespaces: options.namespace === undefined ? make<KubeObject>(namespaces) : undefined,
    pods: ours(pods, { [INDEX.podsByOwner]: (pod) => [controllerOf(pod)?.uid ?? ''] }),
    jobs: ours(jobs),
    networkPolicies: ours(networkPolicies),
  };
}

/** A run that has not begun has no conversation that could be missing. */
export const isWholeRun = (run: TaskRun): boolean => run.status?.startTime === undefined;

/** Up to how many characters a call's arguments and its result stay in the cache. */
const SHORT = 512;

function withoutPayload(call: TaskRunToolCall): TaskRunToolCall {
  const { arguments: text } = call.spec;
  const slim: TaskRunToolCall = { ...call, spec: { ...call.spec, arguments: text.length > SHORT ? '' : text } };
  if (call.status !== undefined) {
    const { result, ...status } = call.status;
    slim.status = result === undefined || result.length > SHORT ? status : { ...status, result };
  }
  return slim;
}

/** Arguments that are empty may have been dropped; a call that ended has a result or an error. */
export function isWholeToolCall({ spec, status }: TaskRunToolCall): boolean {
  if (spec.arguments === '') return false;
  return status?.completionTime === undefined || status.result !== undefined || status.error !== undefined;
}
