import type { Agent, JudgedKind, MCPServer } from '../../../api/index.ts';
import type { Informer, KubeObject } from '../../../kube/index.ts';
import type { PolicyContext, PolicyObject } from '../../../policies/engine/index.ts';
import type { Informers } from '../../informers.ts';
import { dependencyKey, INDEX } from '../../informers.ts';
import { keyIn, nameOf } from '../../keys.ts';

/**
 * Kinds whose objects are judged in the background. TaskRuns and their tool calls are not: they are judged where they run, each time,
 * with their counters and arguments, and come and go too quickly for a scan to say anything of them.
 */
export const SCANNED_KINDS = [
  'Agent',
  'LLM',
  'MCPServer',
  'Tool',
  'ContactChannel',
  'Task',
] as const satisfies JudgedKind[];
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
  /** Undefined where it is gone. */
  get(key: ScannedKey): LiveObject | undefined;
  /** The object itself, and those that refer to it. */
  touchedBy(kind: ScannedKind, object: KubeObject): ScannedKey[];
  /** Calls back at each change that a policy could see. Returns what ends it. */
  onChange(changed: (kind: ScannedKind, object: KubeObject) => void): () => void;
}

export const scannedKey = (kind: string, { metadata }: KubeObject): ScannedKey =>
  `${kind}/${metadata.namespace ?? ''}/${metadata.name ?? ''}`;

export function createLiveObjects(informers: Informers): LiveObjects {
  const stores: Readonly<Record<ScannedKind, Informer<KubeObject>>> = {
    Agent: informers.agents,
    LLM: informers.llms,
    MCPServer: informers.mcpServers,
    Tool: informers.tools,
    ContactChannel: informers.contactChannels,
    Task: informers.tasks,
  } as unknown as Record<ScannedKind, Informer<KubeObject>>;

  function aroundAgent({ metadata: { namespace }, spec }: Agent): PolicyContext {
    const llm = informers.llms.store.get(keyIn(namespace, spec.llmRef.name));
    const named = <T extends KubeObject>(informer: Informer<T>, list: readonly { name: string }[] = []): T[] =>
      list.flatMap(({ name }) => informer.store.get(keyIn(namespace, name)) ?? []);
    return {
      tools: named(informers.tools, spec.tools),
      mcpServers: named(informers.mcpServers, spec.mcpServers),
      ...(llm === undefined ? {} : { llm }),
    };
  }

  function contextOf(kind: ScannedKind, object: KubeObject): PolicyContext {
    if (kind === 'Agent') return aroundAgent(object as Agent);
    if (kind !== 'Task') return {};
    const task = object as { metadata: { namespace?: string }; spec: { agentRef: { name: string } } };
    const agent = informers.agents.store.get(keyIn(task.metadata.namespace, task.spec.agentRef.name));
    return agent === undefined ? {} : { ...aroundAgent(agent), agent };
  }

  return {
    keys: () => SCANNED_KINDS.flatMap((kind) => stores[kind].store.list().map((object) => scannedKey(kind, object))),
    keysOf: (namespace) =>
      SCANNED_KINDS.flatMap((kind) =>
        stores[kind].store
          .list()
          .filter((object) => object.metadata.namespace === namespace)
          .map((object) => scannedKey(kind, object)),
      ),
    get(key) {
      const slash = key.indexOf('/');
      const kind = key.slice(0, slash) as ScannedKind;
      const object = stores[kind].store.get(key.slice(slash + 1));
      // What comes from a list need not carry its kind.
      return object === undefined ? undefined : { object: { ...object, kind }, context: contextOf(kind, object) };
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
      }
      return keys;
    },
    onChange(changed) {
      const removers = SCANNED_KINDS.map((kind) =>
        stores[kind].on({
          add: (object) => changed(kind, object),
          update: (old, object) => {
            if (differs(old, object)) changed(kind, object);
          },
          delete: (last) => changed(kind, last),
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
