import type { Informer, KubeClient } from '../../kube/index.ts';
import { controllerOf, isAlreadyExists, keyOf } from '../../kube/index.ts';
import { inNamespaceOf, nameOf } from '../keys.ts';
import { TEMPLATE_ANNOTATION } from './parts.ts';
import type { NetworkPolicy } from './types.ts';
import { networkPolicies } from './types.ts';

/** Creates a NetworkPolicy of ours, or makes it what it is to be; `taken` where somebody else has one of that name. */
export async function applyNetworkPolicy(
  client: KubeClient,
  informer: Informer<NetworkPolicy>,
  wanted: NetworkPolicy,
  signal: AbortSignal,
): Promise<'applied' | 'taken'> {
  const found = informer.store.get(keyOf(wanted));
  if (found === undefined) {
    try {
      informer.observe(await client.create(networkPolicies, wanted, { signal }));
      return 'applied';
    } catch (error) {
      if (isAlreadyExists(error)) return 'taken';
      throw error;
    }
  }
  if (controllerOf(found)?.uid !== controllerOf(wanted)?.uid) return 'taken';
  const template = ({ metadata }: NetworkPolicy) => metadata.annotations?.[TEMPLATE_ANNOTATION];
  if (template(found) === template(wanted)) return 'applied';
  const { annotations } = wanted.metadata;
  informer.observe(
    await client.patch(
      networkPolicies,
      inNamespaceOf(wanted, nameOf(wanted)),
      { type: 'merge', body: { metadata: { annotations }, spec: wanted.spec } },
      { signal },
    ),
  );
  return 'applied';
}
