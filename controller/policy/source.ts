import type { AgentPolicy, ClusterAgentPolicy } from '../../api/index.ts';
import type { Clock, KubeClient, KubeObject, Logger, Resource, Timer } from '../../kube/index.ts';
import { isNotFound, messageOf } from '../../kube/index.ts';
import type { CompiledPolicySet } from '../../policies/engine/index.ts';
import { compilePolicies } from '../../policies/engine/index.ts';
import type { Informers } from '../informers.ts';

/** The policies of the cluster, compiled. */
export interface PolicySource {
  /** The set as it is now; undefined until the first one is compiled. */
  current(): CompiledPolicySet | undefined;
  /** Compiles for the first time; resolves when that is done. */
  start(signal: AbortSignal): Promise<void>;
}

interface ConfigMap extends KubeObject {
  data?: Record<string, string>;
}

const configMaps: Resource<ConfigMap> = {
  group: '',
  version: 'v1',
  plural: 'configmaps',
  kind: 'ConfigMap',
  namespaced: true,
};

/** ConfigMaps are not watched: those that policies name are read again so often, in milliseconds. */
const PARAMETERS_MS = 60_000;

/** Keeps the policies compiled: again after each change of one, and each minute where parameters come from ConfigMaps. */
export function createPolicySource(options: {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly informers: Informers;
  readonly onChange: () => void;
}): PolicySource {
  const { client, clock, logger, informers } = options;
  let set: CompiledPolicySet | undefined;
  let running = false;
  let again = false;
  let timer: Timer | undefined;

  async function parameters(policies: readonly (ClusterAgentPolicy | AgentPolicy)[], signal: AbortSignal) {
    const found = new Map<string, Readonly<Record<string, string>>>();
    for (const policy of policies) {
      const ref = policy.spec.params?.configMapRef;
      const namespace = policy.metadata.namespace ?? ref?.namespace;
      if (ref === undefined || namespace === undefined) continue;
      try {
        const { data } = await client.get(configMaps, { namespace, name: ref.name }, { signal });
        found.set(`${namespace}/${ref.name}`, data ?? {});
      } catch (error) {
        // A policy without its parameters is broken, and a broken policy denies.
        if (!isNotFound(error)) logger.warn({ error: messageOf(error) }, 'policies: a ConfigMap cannot be read');
      }
    }
    return found;
  }

  async function compile(signal: AbortSignal): Promise<void> {
    if (running) {
      again = true;
      return;
    }
    running = true;
    try {
      do {
        again = false;
        const policies = [...informers.clusterPolicies.store.list(), ...informers.policies.store.list()];
        const found = await parameters(policies, signal);
        const next = compilePolicies(policies, {
          configMaps: (namespace, name) => found.get(`${namespace}/${name}`),
          ...(set === undefined ? {} : { previous: set }),
        });
        const changed = set?.digest !== next.digest;
        set = next;
        timer?.cancel();
        if (found.size > 0) timer = clock.after(PARAMETERS_MS, () => void compile(signal));
        if (!changed) continue;
        for (const { policy, level, field, message } of next.problems) {
          if (level === 'error') logger.error({ policy, field }, `policies: ${message}`);
        }
        options.onChange();
      } while (again && !signal.aborted);
    } finally {
      running = false;
    }
  }

  return {
    current: () => set,
    async start(signal) {
      await compile(signal);
      const changed = () => {
        if (!signal.aborted) void compile(signal);
      };
      const handler = {
        add: changed,
        update: (old: KubeObject, policy: KubeObject) => {
          if (old.metadata.generation !== policy.metadata.generation) changed();
        },
        delete: changed,
      };
      informers.clusterPolicies.on(handler);
      informers.policies.on(handler);
      signal.addEventListener('abort', () => timer?.cancel());
    },
  };
}
