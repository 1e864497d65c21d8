import type { Agent, MCPServer, TaskRun, TaskRunToolCall } from '../../../api/index.ts';
import { JUDGED_KINDS } from '../../../api/index.ts';
import type { Informer, KubeObject } from '../../../kube/index.ts';
import type { PolicyContext, PolicyObject } from '../../../policies/engine/index.ts';
import { aroundObject, type Finder } from '../../../policies/surroundings.ts';
import type { FullObjects } from '../../fullObjects.ts';
import type { Informers } from '../../informers.ts';
import { dependencyKey, INDEX, isWholeToolCall } from '../../informers.ts';
import { keyIn, nameOf } from '../../keys.ts';

/** Kinds whose objects are judged in the background: all that policies are about. */
export const SCANNED_KINDS = JUDGED_KINDS;
export type ScannedKind = (typeof SCANNED_KINDS)[number];

/** `Agent/team-a/writer`. */
export type ScannedKey = string;

export interface LiveObject {
  readonly object: PolicyObject;
  readonly context: PolicyContext;
}

/** The live objects, with what is known around each, and which others an object matters to. */
export interface LiveObjects {
  keys(): ScannedKey[];
  keysOf(namespace: string): ScannedKey[];
  has(key: ScannedKey): boolean;
  /** Undefined where it is gone. */
  get(key: ScannedKey, signal: AbortSignal): Promise<LiveObject | undefined>;
  /** The object itself, and those that refer to it. */
  touchedBy(kind: ScannedKind, object: KubeObject): ScannedKey[];
  /** Calls back at each change that a policy could see. Returns what ends it. */
  onChange(changed: (kind: ScannedKind, object: KubeObject) => void): () => void;
}

export const scannedKey = (kind: string, { metadata }: KubeObject): ScannedKey =>
  `${kind}/${metadata.namespace ?? ''}/${metadata.name ?? ''}`;

/** Whether an object is to be judged: a run or a call that has ended is history, which `kubechain policy replay` judges. */
export function isLive(kind: string, object: object): boolean {
  if (kind !== 'TaskRun' && kind !== 'TaskRunToolCall') return true;
  return (object as TaskRun | TaskRunToolCall).status?.completionTime === undefined;
}

export function createLiveObjects(
  informers: Informers,
  wholeCalls: Pick<FullObjects<TaskRunToolCall>, 'get'>,
): LiveObjects {
  const stores: Readonly<Record<ScannedKind, Informer<KubeObject>>> = {
    Agent: informers.agents,
    LLM: informers.llms,
    MCPServer: informers.mcpServers,
    Tool: informers.tools,
    ContactChannel: informers.contactChannels,
    Task: informers.tasks,
    TaskRun: informers.taskRuns,
    TaskRunToolCall: informers.toolCalls,
  } as unknown as Record<ScannedKind, Informer<KubeObject>>;
  const finder: Finder = {
    agent: (namespace, name) => informers.agents.store.get(keyIn(namespace, name)),
    llm: (namespace, name) => informers.llms.store.get(keyIn(namespace, name)),
    tool: (namespace, name) => informers.tools.store.get(keyIn(namespace, name)),
    mcpServer: (namespace, name) => informers.mcpServers.store.get(keyIn(namespace, name)),
    task: (namespace, name) => informers.tasks.store.get(keyIn(namespace, name)),
    run: (namespace, name) => informers.taskRuns.store.get(keyIn(namespace, name)),
  };
  const liveOf = (kind: ScannedKind): KubeObject[] => stores[kind].store.list().filter((each) => isLive(kind, each));

  function cached(key: ScannedKey): { kind: ScannedKind; storeKey: string; object: KubeObject | undefined } {
    const slash = key.indexOf('/');
    const kind = key.slice(0, slash) as ScannedKind;
    const storeKey = key.slice(slash + 1);
    const object = stores[kind].store.get(storeKey);
    return { kind, storeKey, object: object !== undefined && isLive(kind, object) ? object : undefined };
  }

  return {
    keys: () => SCANNED_KINDS.flatMap((kind) => liveOf(kind).map((object) => scannedKey(kind, object))),
    keysOf: (namespace) =>
      SCANNED_KINDS.flatMap((kind) =>
        liveOf(kind)
          .filter((object) => object.metadata.namespace === namespace)
          .map((object) => scannedKey(kind, object)),
      ),
    has: (key) => cached(key).object !== undefined,
    async get(key, signal) {
      const { kind, storeKey, object } = cached(key);
      // Long arguments are not in the cache.
      const partial = kind === 'TaskRunToolCall' && object !== undefined && !isWholeToolCall(object as TaskRunToolCall);
      const whole = partial ? await wholeCalls.get(storeKey, signal) : object;
      if (whole === undefined) return undefined;
      // What comes from a list need not carry its kind.
      const judged: PolicyObject = { ...whole, kind };
      return { object: judged, context: aroundObject(finder, whole.metadata.namespace ?? '', judged) };
    },
    touchedBy(kind, object) {
      const { namespace } = object.metadata;
      const name = nameOf(object);
      const keys = [scannedKey(kind, object)];
      if (kind === 'LLM' || kind === 'Tool' || kind === 'MCPServer') {
        for (const agent of informers.agents.store.byIndex(
          INDEX.agentsByDependency,
          dependencyKey(kind, namespace, name),
        )) {
          keys.push(scannedKey('Agent', agent));
        }
      }
      if (kind === 'Agent') {
        for (const task of informers.tasks.store.byIndex(INDEX.tasksByAgent, keyIn(namespace, name))) {
          keys.push(scannedKey('Task', task));
        }
        for (const run of informers.taskRuns.store.byIndex(INDEX.runsByAgent, keyIn(namespace, name))) {
          if (isLive('TaskRun', run)) keys.push(scannedKey('TaskRun', run));
        }
      }
      return keys;
    },
    onChange(changed) {
      const removers = SCANNED_KINDS.map((kind) =>
        stores[kind].on({
          add: (object) => {
            if (isLive(kind, object)) changed(kind, object);
          },
          update: (old, object) => {
            if (isLive(kind, old) && (!isLive(kind, object) || differs(old, object))) changed(kind, object);
          },
          delete: (last) => {
            if (isLive(kind, last)) changed(kind, last);
          },
        }),
      );
      return () => {
        for (const remove of removers) remove();
      };
    },
  };
}

/** Whether a policy could see the difference: specs, labels, annotations, the tools of a server, what is known of an Agent's commit; the rest of a status it reads at the next interval. */
function differs(old: KubeObject, object: KubeObject): boolean {
  const seen = ({ metadata, ...rest }: KubeObject): string =>
    JSON.stringify([
      metadata.generation,
      metadata.labels,
      metadata.annotations,
      (rest as Partial<MCPServer>).status?.tools,
      (rest as Partial<Agent>).status?.provenance?.trust,
    ]);
  return seen(old) !== seen(object);
}
