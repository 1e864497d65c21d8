import { randomBytes } from 'node:crypto';
import type { Agent, AgentSpec, LLMSpec, TaskRun, TaskSpec } from '../../api/index.ts';
import { agents, KINDS, taskRuns } from '../../api/index.ts';
import type { Script, SimulatedOpenAIOptions } from '../../cli/simulate-openai/index.ts';
import type { OperatorOptions } from '../../controller/index.ts';
import { createOperator } from '../../controller/index.ts';
import type { KubeClient, KubeConfig, KubeObject, Resource } from '../../kube/index.ts';
import { createKubeClient, systemClock } from '../../kube/index.ts';
import { openTestCluster } from './cluster.ts';
import type { RecordingLogger } from './logger.ts';
import { createRecordingLogger } from './logger.ts';
import type { ModelServer } from './modelServer.ts';
import { startModelServer } from './modelServer.ts';
import type { Event } from './objects.ts';
import { agent, events, GOOD_KEY, llm, namespaces, secret, secrets, task } from './objects.ts';
import type { OperatorClient } from './operatorClient.ts';
import { createOperatorClient } from './operatorClient.ts';
import { until, untilAmong } from './waiting.ts';

/** One operator in this process, on the API server of the tests. Every test gets a room in it: a namespace and a model. */
export interface Stage {
  readonly kubeConfig: KubeConfig;
  readonly client: KubeClient;
  readonly operator: OperatorClient;
  readonly logger: RecordingLogger;
  room(options?: RoomOptions): Promise<Room>;
  /** Ends the operator, in order, and starts another. */
  restart(): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface RoomOptions {
  readonly script?: Script;
  readonly model?: SimulatedOpenAIOptions;
  /** Name of the namespace after the stage's prefix; random unless told. */
  readonly suffix?: string;
}

/** A namespace with a model beside it. */
export interface Room {
  readonly namespace: string;
  readonly model: ModelServer;
  key(name: string): { namespace: string; name: string };
  create(...objects: KubeObject[]): Promise<void>;
  /** Creates Secret `openai`, LLM `gpt-4o` and Agent `assistant`, and waits until the Agent is ready. */
  agent(spec?: Partial<AgentSpec>, llmSpec?: Partial<LLMSpec>): Promise<Agent>;
  /** Creates a Task of the Agent `assistant` and waits until its first run has ended. */
  run(name: string, message: string, spec?: Partial<TaskSpec>): Promise<TaskRun>;
  until<T extends KubeObject>(resource: Resource<T>, name: string, predicate: (object: T) => unknown): Promise<T>;
  untilEnded(run: string, timeoutMs?: number): Promise<TaskRun>;
  /** The events about an object, by `reason`; waits until `reason` is among them. */
  untilEvent(reason: string, name?: string): Promise<Event>;
  events(name: string): Promise<Event[]>;
  /** What the operator wrote in this namespace. */
  writes(): OperatorClient['writes'];
}

export const ended = (run: TaskRun): boolean => run.status?.completionTime !== undefined;

const RESOURCES = new Map<string, Resource>([
  ...KINDS.map((kind) => [kind.kind, kind as Resource] as const),
  ['Secret', secrets],
]);

/** The resource of an object, by its kind. */
export function resourceOf(object: KubeObject): Resource {
  const resource = RESOURCES.get(object.kind ?? '');
  if (resource === undefined) throw new Error(`no resource for kind ${object.kind}`);
  return resource;
}

export async function startStage(options: Partial<OperatorOptions> = {}): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const cluster = stack.use(await openTestCluster());
  const prefix = `kc-${randomBytes(4).toString('hex')}-`;
  const inner = createKubeClient({ kubeConfig: cluster.kubeConfig, fieldManager: 'kubechain-operator' });
  stack.defer(() => inner.close());
  const operatorClient = createOperatorClient(inner, (namespace) => namespace.startsWith(prefix));
  const logger = createRecordingLogger();
  let running: { abort: AbortController; done: Promise<void> } | undefined;

  async function start(): Promise<void> {
    const abort = new AbortController();
    const operator = createOperator({
      client: operatorClient,
      clock: systemClock,
      logger,
      identity: 'test-operator',
      externalApiAllow: ['127.0.0.1'],
      ...options,
    });
    running = { abort, done: operator.run(abort.signal) };
  }
  async function stop(): Promise<void> {
    running?.abort.abort();
    await running?.done;
    running = undefined;
  }
  stack.defer(stop);
  await start();
  const made: string[] = [];
  stack.defer(async () => {
    await Promise.allSettled(made.map((name) => cluster.client.delete(namespaces, { name })));
  });
  const opened = stack.move();

  return {
    kubeConfig: cluster.kubeConfig,
    client: cluster.client,
    operator: operatorClient,
    logger,
    start,
    stop,
    async restart() {
      await stop();
      await start();
    },
    async room({ script, model, suffix = randomBytes(4).toString('hex') } = {}) {
      const namespace = `${prefix}${suffix}`;
      await cluster.client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
      made.push(namespace);
      const server = opened.use(await startModelServer(script, model));
      return createRoom(namespace, cluster.client, operatorClient, server);
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}

export function createRoom(
  namespace: string,
  client: KubeClient,
  operatorClient: Pick<OperatorClient, 'writes'>,
  model: ModelServer,
): Room {
  const key = (name: string) => ({ namespace, name });
  const room: Room = {
    namespace,
    model,
    key,
    async create(...objects) {
      for (const object of objects) await client.create(resourceOf(object), object);
    },
    async agent(spec = {}, llmSpec = {}) {
      await room.create(
        secret(namespace, 'openai', { OPENAI_API_KEY: GOOD_KEY }),
        llm(namespace, 'gpt-4o', model.url, llmSpec),
        agent(namespace, 'assistant', spec),
      );
      return room.until(agents, 'assistant', ({ status }) => status?.ready);
    },
    async run(name, message, spec) {
      await room.create(task(namespace, name, message, spec));
      return room.untilEnded(`${name}-1`);
    },
    until: (resource, name, predicate) => until(client, resource, key(name), predicate),
    untilEnded: (run, timeoutMs) => until(client, taskRuns, key(run), ended, timeoutMs),
    untilEvent: (reason, name) =>
      untilAmong(
        client,
        events,
        { namespace },
        (all) =>
          all.find((event) => event.reason === reason && (name === undefined || event.involvedObject.name === name)),
        { what: `event ${reason}` },
      ),
    async events(name) {
      const { items } = await client.list(events, { namespace, fieldSelector: `involvedObject.name=${name}` });
      return items;
    },
    writes: () => operatorClient.writes.filter((write) => write.namespace === namespace),
  };
  return room;
}
