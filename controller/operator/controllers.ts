import type { ReconcileResult, WorkQueue } from '../../kube/index.ts';
import { createAgentController } from '../agent/controller.ts';
import { createContactChannelController } from '../contactchannel/controller.ts';
import { createFreshReader } from '../freshReader.ts';
import { keyIn } from '../keys.ts';
import { createLLMController } from '../llm/controller.ts';
import { createMCPServerController } from '../mcpserver/controller.ts';
import type { ServerPods } from '../mcpserver/pod/pods.ts';
import { createServerPods, OPERATOR_LABELS } from '../mcpserver/pod/pods.ts';
import { commitFields } from '../provenance/fields.ts';
import { createTaskController } from '../task/controller.ts';
import type { TaskLedgers } from '../task/ledger.ts';
import { createTaskRunController } from '../taskrun/controller.ts';
import { createToolController } from '../tool/controller.ts';
import { createToolCallController } from '../toolcall/controller.ts';
import type { Calls } from './calls.ts';
import type { Governance } from './governance.ts';
import type { WholeObjects } from './objects.ts';
import { systemNamespaceOf } from './options.ts';
import type { Parts } from './parts.ts';

/** Reconciles wait for the API server only, never for models or tools: this many keep it busy. */
const WORKERS = 64;
const FEW_WORKERS = 8;

export interface RunningController {
  readonly name: string;
  readonly queue: WorkQueue;
  readonly workers: number;
  readonly controller: {
    reconcile(key: string, signal: AbortSignal): Promise<ReconcileResult>;
    wire(): void;
  };
  /** What log lines say of a key. */
  readonly about?: (key: string) => Readonly<Record<string, unknown>>;
}

/** One controller a kind. `identity` is this process' own. */
export function createControllers(
  parts: Parts,
  objects: WholeObjects,
  calls: Calls,
  governance: Governance,
  ledgers: TaskLedgers,
  identity: string,
): RunningController[] {
  const { options, informers, queues, recorders } = parts;
  const { client, clock, logger, random = Math.random } = options;
  const { secrets, models, pool, parser } = calls;
  const { gate, seals, provenance } = governance;
  const shared = { client, clock, informers };
  const serverEvents = recorders.of('mcpserver-controller');

  const llm = createLLMController({
    ...shared,
    queue: queues.llm,
    events: recorders.of('llm-controller'),
    secrets,
    models,
    random,
  });
  const tool = createToolController({
    ...shared,
    queue: queues.tool,
    events: recorders.of('tool-controller'),
    parser,
  });
  const mcpServer = createMCPServerController({
    ...shared,
    queue: queues.mcpServer,
    events: serverEvents,
    secrets,
    pool,
    pods: serverPods(parts, governance, serverEvents),
  });
  const contactChannel = createContactChannelController({
    ...shared,
    queue: queues.contactChannel,
    events: recorders.of('contactchannel-controller'),
    secrets,
  });
  const agent = createAgentController({
    ...shared,
    queue: queues.agent,
    events: recorders.of('agent-controller'),
    provenance,
  });
  const task = createTaskController({
    ...shared,
    queue: queues.task,
    events: recorders.of('task-controller'),
    runs: objects.runs,
    ledgers,
  });
  const taskRun = createTaskRunController({
    ...shared,
    ...objects,
    logger,
    queue: queues.taskRun,
    events: recorders.of('taskrun-controller'),
    modelCalls: calls.modelCalls,
    slowStart: calls.slowStart,
    caller: calls.caller,
    fresh: createFreshReader(client),
    gate,
    ledgers,
    random,
  });
  const toolCall = createToolCallController({
    ...shared,
    ...objects,
    queue: queues.toolCall,
    events: recorders.of('taskruntoolcall-controller'),
    effects: calls.toolEffects,
    executor: calls.executor,
    containers: calls.containers,
    pool,
    parser,
    identity,
    gate,
    approvals: () => ({ ...seals.current(), stampKeys: options.stampKeys ?? [] }),
    maxDelegationDepth: options.maxDelegationDepth ?? 5,
  });
  const commitOfRun = (key: string) => commitFields(informers.taskRuns.store.get(key)?.status?.provenance);
  function commitOfCall(key: string): Readonly<Record<string, unknown>> {
    const call = informers.toolCalls.store.get(key);
    if (call === undefined) return {};
    const run = keyIn(call.metadata.namespace, call.spec.taskRunRef.name);
    return { taskRun: run, ...commitOfRun(run) };
  }
  return [
    { name: 'llm', queue: queues.llm, workers: WORKERS, controller: llm },
    { name: 'tool', queue: queues.tool, workers: FEW_WORKERS, controller: tool },
    { name: 'mcpserver', queue: queues.mcpServer, workers: FEW_WORKERS, controller: mcpServer },
    { name: 'contactchannel', queue: queues.contactChannel, workers: FEW_WORKERS, controller: contactChannel },
    { name: 'agent', queue: queues.agent, workers: FEW_WORKERS, controller: agent },
    { name: 'task', queue: queues.task, workers: WORKERS, controller: task },
    { name: 'taskrun', queue: queues.taskRun, workers: WORKERS, controller: taskRun, about: commitOfRun },
    { name: 'taskruntoolcall', queue: queues.toolCall, workers: WORKERS, controller: toolCall, about: commitOfCall },
  ];
}

/** The Pods of MCP servers; undefined where servers run as processes. */
function serverPods(
  { options, informers: { pods, networkPolicies } }: Parts,
  { seals }: Governance,
  events: ReturnType<Parts['recorders']['of']>,
): ServerPods | undefined {
  const { client, clock, mcpServers } = options;
  if (mcpServers === undefined || pods === undefined || networkPolicies === undefined) return undefined;
  return createServerPods({
    client,
    clock,
    events,
    informers: { pods, networkPolicies },
    runnerImage: mcpServers.runnerImage,
    operator: {
      namespace: systemNamespaceOf(options),
      labels: mcpServers.operatorLabels ?? OPERATOR_LABELS,
    },
    async key(abort) {
      await seals.refresh(abort);
      return seals.current().keys[0];
    },
  });
}
