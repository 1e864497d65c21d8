import type { TaskRunToolCall } from '../api/index.ts';
import type { Clock } from '../kube/index.ts';
import { argumentsDigest, isSealed } from '../policies/approvals/index.ts';
import type { AnyPolicy, CompiledPolicySet } from '../policies/engine/index.ts';
import { checkPolicy, compilePolicies } from '../policies/engine/index.ts';
import type { World } from './admission/types.ts';
import { awaitsApproval, type Caches, INDEX } from './caches.ts';
import type { ParameterMaps } from './parameterMaps.ts';

export interface WorldOptions {
  readonly caches: Caches;
  readonly parameters: ParameterMaps;
  readonly sealKey: () => Uint8Array | undefined;
  readonly clock: Clock;
}

export interface CachedWorld extends World {
  /** Compiles again when policies are asked for next: a policy or a parameter has changed. */
  changed(): void;
}

/** The world as the caches know it. */
export function createWorld({ caches, parameters, sealKey, clock }: WorldOptions): CachedWorld {
  let compiled: CompiledPolicySet | undefined;
  let stale = true;
  const find =
    <T>(store: { get(key: string): T | undefined }) =>
    (namespace: string, name: string): T | undefined =>
      store.get(`${namespace}/${name}`);
  const toolCall = find(caches.toolCalls.store);
  const options = { configMaps: parameters.data };

  return {
    changed() {
      stale = true;
    },
    policies() {
      if (compiled !== undefined && !stale) return compiled;
      const all: AnyPolicy[] = [...caches.clusterPolicies.store.list(), ...caches.namespacePolicies.store.list()];
      parameters.follow(all);
      compiled = compilePolicies(all, { ...options, ...(compiled === undefined ? {} : { previous: compiled }) });
      stale = false;
      return compiled;
    },
    policy: ({ kind, name, namespace }) =>
      kind === 'ClusterAgentPolicy'
        ? caches.clusterPolicies.store.get(name)
        : caches.namespacePolicies.store.get(`${namespace}/${name}`),
    checkPolicy: (policy) =>
      checkPolicy(policy, { ...options, ...(compiled === undefined ? {} : { previous: compiled }) }),
    exceptions: (namespace) => caches.exceptions.store.byIndex(INDEX.namespace, namespace),
    namespace: (name) => caches.namespaces.store.get(name),
    agent: find(caches.agents.store),
    llm: find(caches.llms.store),
    tool: find(caches.tools.store),
    mcpServer: find(caches.mcpServers.store),
    task: find(caches.tasks.store),
    run: find(caches.runs.store),
    toolCall,
    callToDecide(namespace, name) {
      const call = toolCall(namespace, name);
      if (call === undefined) return undefined;
      return {
        name,
        uid: call.metadata.uid ?? '',
        argumentsDigest: argumentsDigest(call.spec.arguments),
        awaiting: awaitsApproval(call),
        state: stateOf(call),
        waitingSince: call.status?.approval?.requestedAt ?? call.metadata.creationTimestamp ?? '',
      };
    },
    approvalsOf(namespace, name, uid) {
      const key = sealKey();
      const all = caches.approvals.store.byIndex(INDEX.toolCall, `${namespace}/${name}`);
      return key === undefined ? [] : all.filter((approval) => isSealed([key], approval, uid));
    },
    sealKey,
    settled(holds, ms, signal) {
      if (holds() || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const done = (): void => {
          off();
          timer.cancel();
          signal.removeEventListener('abort', done);
          resolve();
        };
        const look = (): void => {
          if (holds()) done();
        };
        const timer = clock.after(ms, done);
        const off = caches.toolCalls.on({ add: () => queueMicrotask(look), update: look });
        signal.addEventListener('abort', done, { once: true });
      });
    },
  };
}

const stateOf = ({ status }: TaskRunToolCall): string => status?.status ?? status?.phase ?? 'new';
