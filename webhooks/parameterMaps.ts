import type { Clock, Informer, InformerMetrics, KubeClient, Logger } from '../kube/index.ts';
import { createInformer } from '../kube/index.ts';
import type { AnyPolicy } from '../policies/engine/index.ts';
import { type ConfigMap, configMaps } from './resources.ts';

export interface ParameterMaps {
  /** Follows the ConfigMaps that these policies name, and no others. */
  follow(policies: readonly AnyPolicy[]): void;
  data(namespace: string, name: string): Readonly<Record<string, string>> | undefined;
  hasSynced(): boolean;
}

/** ConfigMaps that policies take parameters from, each watched by its name: of all others nothing is read. */
export function createParameterMaps(
  options: {
    readonly client: KubeClient;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly metrics: InformerMetrics;
    readonly onChange: () => void;
  },
  signal: AbortSignal,
): ParameterMaps {
  const { onChange, ...rest } = options;
  const followed = new Map<string, { readonly informer: Informer<ConfigMap>; readonly abort: AbortController }>();

  function start(key: string, namespace: string, name: string): void {
    const informer = createInformer<ConfigMap>({
      ...rest,
      resource: configMaps,
      namespace,
      fieldSelector: `metadata.name=${name}`,
    });
    informer.on({ add: onChange, update: onChange, delete: onChange });
    const abort = new AbortController();
    void informer.run(AbortSignal.any([signal, abort.signal]));
    followed.set(key, { informer, abort });
  }

  return {
    follow(policies) {
      const wanted = new Map(policies.flatMap(referenceOf));
      for (const [key, { namespace, name }] of wanted) if (!followed.has(key)) start(key, namespace, name);
      for (const [key, { abort }] of followed) {
        if (wanted.has(key)) continue;
        abort.abort();
        followed.delete(key);
      }
    },
    data(namespace, name) {
      const key = `${namespace}/${name}`;
      return followed.get(key)?.informer.store.get(key)?.data;
    },
    hasSynced: () => [...followed.values()].every(({ informer }) => informer.hasSynced()),
  };
}

function referenceOf({ metadata, spec }: AnyPolicy): [string, { namespace: string; name: string }][] {
  const ref = spec?.params?.configMapRef;
  const namespace = metadata.namespace ?? ref?.namespace;
  return ref === undefined || !namespace ? [] : [[`${namespace}/${ref.name}`, { namespace, name: ref.name }]];
}
