import type { Clock, KubeClient, Logger } from '../../kube/index.ts';
import { createKubeClient, createTokenSource } from '../../kube/index.ts';
import { SYSTEM_NAMESPACE } from '../rbac.ts';
import type { UpCluster } from './cluster.ts';

/**
 * A client that is a service account and nobody else: RBAC, policies and webhooks see it as they see it in a cluster. Its
 * tokens come from `cluster`’s own client.
 *
 * @param name the account’s name, which it writes under too
 */
export function accountClient(
  { client, kubeConfig }: UpCluster,
  name: string,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): KubeClient {
  const tokenSource = createTokenSource({ client, clock, namespace: SYSTEM_NAMESPACE, name });
  return createKubeClient({
    kubeConfig: { ...kubeConfig, user: { name, tokenSource } },
    fieldManager: name,
    logger,
  });
}
