import { randomUUID } from 'node:crypto';
import type { Registry } from 'prom-client';
import type { TaskRun, TaskRunToolCall } from '../api/index.ts';
import type {
  Clock,
  EventRecorder,
  KubeClient,
  KubeMetrics,
  Logger,
  ReconcileResult,
  WorkQueue,
} from '../kube/index.ts';
import { createEventRecorder, createWorkQueue, keyOf, runController } from '../kube/index.ts';
import type { StampKey } from '../policies/provenance/index.ts';
import { createAgentController } from './agent/controller.ts';
import { createContactChannelController } from './contactchannel/controller.ts';
import { createEffects } from './effects.ts';
import { createFreshReader } from './freshReader.ts';
import { createFullObjects } from './fullObjects.ts';
import { createInformers, INDEX, isWholeRun, isWholeToolCall } from './informers.ts';
import { createLLMController } from './llm/controller.ts';
import { createMcpPool } from './mcp/index.ts';
import { createMCPServerController } from './mcpserver/controller.ts';
import type { McpServersOptions } from './mcpserver/pod/pods.ts';
import { createServerPods, OPERATOR_LABELS } from './mcpserver/pod/pods.ts';
import { createServerWaiters } from './mcpserver/waiters.ts';
import { registerMetrics } from './metrics.ts';
import type { ModelResult } from './modelCalls.ts';
import { createModelCaller } from './modelCalls.ts';
import { createCallLimiter, createModelClient } from './models/index.ts';
import { createPolicyScanner } from './policy/background/scanner.ts';
import { createPolicyGate } from './policy/gate.ts';
import { createSealIdentity } from './policy/identity.ts';
import { createPolicySource } from './policy/source.ts';
import { createProvenanceResolver } from './provenance/resolver.ts';
import { createProvenanceSources } from './provenance/sources.ts';
import { createSecretReader } from './secrets.ts';
import { createTaskController } from './task/controller.ts';
import { createTaskLedgers } from './task/ledger.ts';
import { createTaskRunController } from './taskrun/controller.ts';
import { messageBytes } from './taskrun/window.ts';
import { createToolController } from './tool/controller.ts';
import { createToolJobs } from './toolcall/container/jobs.ts';
import { createToolProcesses } from './toolcall/container/processes.ts';
import { createToolCallController } from './toolcall/controller.ts';
import { createCallExecutor } from './toolcall/execute.ts';
import type { ToolOutcome } from './tools/index.ts';
import { createArgumentParser, createExternalApi } from './tools/index.ts';

export interface OperatorOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Names this process; `run` adds what tells it from an earlier process of the same name. */
  readonly identity: string;
  /** Watches this namespace only. */
  readonly namespace?: string;
  /** What external API tools may reach although its address is private: `host`, `host:port`, `*.suffix`, or a CIDR. */
  readonly externalApiAllow?: readonly string[];
  /** Model calls under way at once, all together; 2,000 when absent. */
  readonly maxModelCalls?: number;
  /** Model calls under way at once, of one namespace. No limit when absent. */
  readonly maxModelCallsPerNamespace?: number;
  /** Where the key that seals Approvals is: the namespace of operator and webhook; `kubechain-system` when absent. */
  readonly systemNamespace?: string;
  /** Who applies what is in Git, by the names that the API server knows them by; Argo CD and Flux unless told. */
  readonly gitops?: readonly string[];
  /** Public keys of signed stamps; none unless told. */
  readonly stampKeys?: readonly StampKey[];
  /** Where Argo CD is; `argocd` when absent. */
  readonly argocdNamespace?: string;
  /** Which Argo CD counts, where several share the cluster. */
  readonly argocdInstallation?: string;
  /** How MCP servers over stdio run; as processes when absent. */
  readonly mcpServers?: McpServersOptions;
  /** How many agents deep delegation may go; 5 when absent. */
  readonly maxDelegationDepth?: number;
  /** Gets the operator's own series. */
  readonly registry?: Registry;
  /** Counts what queues, caches and the event recorders do. */
  readonly metrics?: KubeMetrics;
  readonly random?: () => number;
}

export interface Operator {
  /** Runs the controllers until `signal` aborts; resolves after an orderly stop: child processes ended, events written. */
  run(signal: AbortSignal): Promise<void>;
  /** Whether all caches are filled. */
  ready(): boolean;
}

const RUNS_IN_MEMORY = 16 * 1024 * 1024;
const CALLS_IN_MEMORY = 16 * 1024 * 1024;
/** An answer stands twice in a TaskRun, in the window and as output, and etcd takes 1.5 MiB: at three bytes a character this fits. */
const ANSWER_LIMITS = { maxCharacters: 200_000, maxToolCalls: 128 };
/** Reconciles wait for the API server only, never for models or tools: this many keep it busy. */
const WORKERS = 64;
const FEW_WORKERS = 8;

/** The operator: one controller a kind over shared caches. */
export function createOperator(options: OperatorOptions): Operator {
  const { client, clock, logger, metrics, random = Math.random } = options;
  const informers = createInformers({
    client,
    clock,
    logger,
    withPods: options.mcpServers?.runsAs === 'Pod',
    ...(metrics === undefined ? {} : { metrics: metrics.informer }),
    ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
  });
  const every = Object.values(informers).filter((informer) => informer !== undefined);
  const ready = () => every.every((informer) => informer.hasSynced());

  async function run(signal: AbortSignal): Promise<void> {
    // Another name for every process: a call that an earlier one began is not this one's.
    const identity = `${options.identity}_${randomUUID()}`;
    const stopped = signal;
    const recorders: EventRecorder[] = [];
    const recorder = (component: string): EventRecorder => {
      const created = createEventRecorder({
        client,
        clock,
        logger,
        component,
        instance: options.identity,
        ...(metrics === undefined ? {} : { metrics: metrics.events }),
      });
      recorders.push(created);
      return created;
    };
    const queueOf = (name: string) =>
      createWorkQueue({ clock, name, ...(metrics === undefined ? {} : { metrics: metrics.queue }) });
    const queues = {
      llm: queueOf('llm'),
      agent: queueOf('agent'),
      tool: queueOf('tool'),
      mcpServer: queueOf('mcpserver'),
      contactChannel: queueOf('contactchannel'),
      task: queueOf('task'),
      taskRun: queueOf('taskrun'),
      toolCall: queueOf('taskruntoolcall'),
    };

    const secrets = createSecretReader(client, clock);
    const models = createModelClient({ answerLimits: ANSWER_LIMITS });
    const limiter = createCallLimiter({
      maxInFlight: options.maxModelCalls ?? 2_000,
      ...(options.maxModelCallsPerNamespace === undefined
        ? {}
        : { maxPerNamespace: options.maxModelCallsPerNamespace }),
    });
    const caller = createModelCaller({
      secrets,
      limiter,
      chat: (request) => models.chat(request),
      onKeyRefused: (llm) => queues.llm.add(llm),
    });
    const parser = createArgumentParser();
    const waiters = createServerWaiters();
    const pool = createMcpPool({
      clock,
      logger,
      checkSchema: (schema) => parser.checkSchema(schema),
      onChange(key, state) {
        waiters.changed(key, state);
        const object = key.slice(0, key.lastIndexOf('/'));
        queues.mcpServer.add(object);
        for (const call of informers.toolCalls.store.byIndex(INDEX.callsByServer, object)) {
          if (call.status?.completionTime === undefined) queues.toolCall.add(keyOf(call));
        }
      },
    });

    const runs = createFullObjects<TaskRun>({
      isWhole: isWholeRun,
      client,
      informer: informers.taskRuns,
      maxBytes: RUNS_IN_MEMORY,
      sizeOf: (object) =>
        (object.status?.contextWindow ?? []).reduce((sum, message) => sum + messageBytes(message), 2_000),
    });
    const toolCalls = createFullObjects<TaskRunToolCall>({
      isWhole: isWholeToolCall,
      client,
      informer: informers.toolCalls,
      maxBytes: CALLS_IN_MEMORY,
      sizeOf: ({ spec, status }) => 2_000 + spec.arguments.length + (status?.result?.length ?? 0),
    });
    const crash = (error: unknown) => (error instanceof Error ? error.message : String(error));
    const modelCalls = createEffects<ModelResult>({
      signal: stopped,
      onProgress: (key) => queues.taskRun.add(key),
      onCrash: (error) => ({ kind: 'retry', reason: 'Internal', message: crash(error) }),
    });
    const toolEffects = createEffects<ToolOutcome>({
      signal: stopped,
      onProgress: (key) => queues.toolCall.add(key),
      onCrash: (error) => ({ kind: 'unknown', error: crash(error) }),
    });
    const { jobs } = informers;
    const processes = createToolProcesses({ clock, logger, secrets });
    const containers =
      jobs === undefined || informers.pods === undefined
        ? processes
        : createToolJobs({ client, clock, jobs, pods: informers.pods });
    const executor = createCallExecutor({
      containers,
      pool,
      secrets,
      whenReady: (key, abort) => waiters.whenReady(key, () => pool.state(key), abort),
      externalApi: createExternalApi({
        clock,
        allow: allowList(options.externalApiAllow ?? []),
      }),
    });

    const policies = createPolicySource({
      client,
      clock,
      logger,
      informers,
      // What was held back or refused may be allowed now, and the other way round.
      onChange: () => {
        wakeWaitingCalls();
        scanner.policiesChanged();
      },
    });
    const scanner = createPolicyScanner({
      client,
      clock,
      logger,
      informers,
      events: recorder('policy-controller'),
      wholeCalls: toolCalls,
      policies: policies.current,
      provenance: { resolve: (object, abort) => provenance.resolve(object, abort) },
      ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
      ...(options.registry === undefined ? {} : { registry: options.registry }),
    });
    const gate = createPolicyGate({ informers, clock, policies: policies.current, onExcepted: scanner.needed });
    const wakeWaitingCalls = () => {
      for (const call of informers.toolCalls.store.list()) {
        if (call.status?.status === 'AwaitingHumanApproval') queues.toolCall.add(keyOf(call));
      }
    };
    const systemNamespace = options.systemNamespace ?? 'kubechain-system';
    const seals = createSealIdentity({
      client,
      clock,
      logger,
      namespace: systemNamespace,
      onChange: wakeWaitingCalls,
    });
    const provenance = createProvenanceResolver({
      sources: createProvenanceSources({
        client,
        clock,
        argocdNamespace: options.argocdNamespace ?? 'argocd',
        ...(options.argocdInstallation === undefined ? {} : { argocdInstallation: options.argocdInstallation }),
      }),
      seals,
      ...(options.stampKeys === undefined ? {} : { keys: options.stampKeys }),
      ...(options.gitops === undefined ? {} : { gitops: options.gitops }),
    });
    informers.approvals.on({
      add: () => {
        seals
          .refresh(stopped)
          .catch((error: unknown) => logger.warn({ error: crash(error) }, 'approvals: no identity'));
      },
    });

    const ledgers = createTaskLedgers({
      client,
      clock,
      logger,
      informer: informers.taskLedgers,
      exists: (key) => informers.tasks.store.get(key) !== undefined,
    });
    const shared = { client, clock, informers };
    const controllers: { name: string; queue: WorkQueue; workers: number; controller: Controller }[] = [];
    const add = (name: string, queue: WorkQueue, workers: number, controller: Controller) =>
      controllers.push({ name, queue, workers, controller });

    add(
      'llm',
      queues.llm,
      WORKERS,
      createLLMController({
        ...shared,
        queue: queues.llm,
        events: recorder('llm-controller'),
        secrets,
        models,
        random,
      }),
    );
    add(
      'tool',
      queues.tool,
      FEW_WORKERS,
      createToolController({ ...shared, queue: queues.tool, events: recorder('tool-controller'), parser }),
    );
    const { pods, networkPolicies } = informers;
    const serverEvents = recorder('mcpserver-controller');
    add(
      'mcpserver',
      queues.mcpServer,
      FEW_WORKERS,
      createMCPServerController({
        ...shared,
        queue: queues.mcpServer,
        events: serverEvents,
        secrets,
        pool,
        pods:
          options.mcpServers === undefined || pods === undefined || networkPolicies === undefined
            ? undefined
            : createServerPods({
                client,
                clock,
                events: serverEvents,
                informers: { pods, networkPolicies },
                runnerImage: options.mcpServers.runnerImage,
                operator: {
                  namespace: systemNamespace,
                  labels: options.mcpServers.operatorLabels ?? OPERATOR_LABELS,
                },
                async key(abort) {
                  await seals.refresh(abort);
                  return seals.current().keys[0];
                },
              }),
      }),
    );
    add(
      'contactchannel',
      queues.contactChannel,
      FEW_WORKERS,
      createContactChannelController({
        ...shared,
        queue: queues.contactChannel,
        events: recorder('contactchannel-controller'),
        secrets,
      }),
    );
    add(
      'agent',
      queues.agent,
      FEW_WORKERS,
      createAgentController({ ...shared, queue: queues.agent, events: recorder('agent-controller'), provenance }),
    );
    add(
      'task',
      queues.task,
      WORKERS,
      createTaskController({ ...shared, queue: queues.task, events: recorder('task-controller'), runs, ledgers }),
    );
    add(
      'taskrun',
      queues.taskRun,
      WORKERS,
      createTaskRunController({
        ...shared,
        logger,
        queue: queues.taskRun,
        events: recorder('taskrun-controller'),
        runs,
        toolCalls,
        modelCalls,
        caller,
        fresh: createFreshReader(client),
        gate,
        random,
      }),
    );
    add(
      'taskruntoolcall',
      queues.toolCall,
      WORKERS,
      createToolCallController({
        ...shared,
        queue: queues.toolCall,
        events: recorder('taskruntoolcall-controller'),
        runs,
        toolCalls,
        effects: toolEffects,
        executor,
        containers,
        pool,
        parser,
        identity,
        gate,
        approvals: () => ({ ...seals.current(), stampKeys: options.stampKeys ?? [] }),
        maxDelegationDepth: options.maxDelegationDepth ?? 5,
      }),
    );

    if (options.registry !== undefined) {
      registerMetrics({ registry: options.registry, informers, modelCalls: limiter, toolCalls: toolEffects });
    }
    for (const { controller } of controllers) controller.wire();
    const watching = every.map((informer) => informer.run(stopped));
    try {
      await Promise.all(every.map((informer) => informer.synced(stopped)));
      // Nothing is judged before the policies are there.
      await policies.start(stopped);
      scanner.start(stopped);
      logger.info({ identity }, 'operator: caches are filled, controllers start');
      await Promise.all(
        controllers.map(({ name, queue, workers, controller }) =>
          runController(
            {
              name,
              queue,
              workers,
              clock,
              logger,
              reconcile: controller.reconcile,
              ...(metrics === undefined ? {} : { metrics: metrics.controller }),
            },
            stopped,
          ),
        ),
      );
    } catch (error) {
      if (!stopped.aborted) throw error;
    } finally {
      await Promise.allSettled(watching);
      await ledgers.close();
      await pool.close();
      await processes.close();
      await models.close();
      await Promise.allSettled(recorders.map((created) => created.close()));
      logger.info({ identity }, 'operator: stopped');
    }
  }

  return { run, ready };
}

/** A CIDR has a slash; a host has none. */
function allowList(entries: readonly string[]) {
  return {
    hosts: entries.filter((entry) => !entry.includes('/')),
    cidrs: entries.filter((entry) => entry.includes('/')),
  };
}

interface Controller {
  reconcile(key: string, signal: AbortSignal): Promise<ReconcileResult>;
  wire(): void;
}
