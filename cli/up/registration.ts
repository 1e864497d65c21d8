import type { KubeClient, KubeObject, Resource } from '../../kube/index.ts';
import { createKubeClient, isNotFound, loadKubeConfig } from '../../kube/index.ts';
import { CONFIGURATION_NAME, type Configuration, webhookConfigurations } from '../../webhooks/configurations.ts';
import { mutatingConfigurations, validatingConfigurations } from '../../webhooks/resources.ts';

const FIELD_MANAGER = 'kubechain-up';
/** Tells the registration of `up` from one that somebody else has made under the same name. */
const LABELS = { 'app.kubernetes.io/managed-by': FIELD_MANAGER };

/** Registers webhooks that are served in this process by url; what was registered there before is replaced. */
export async function registerWebhooks(
  client: KubeClient,
  webhooks: { readonly url: string; readonly caBundle: string; readonly operators: readonly string[] },
  signal: AbortSignal,
): Promise<void> {
  const { url, ...more } = webhooks;
  const { mutating, validating } = webhookConfigurations({ reach: { url }, labels: LABELS, ...more });
  const apply = (resource: Resource, body: Configuration): Promise<KubeObject> =>
    client.patch(
      resource,
      { name: CONFIGURATION_NAME },
      { type: 'apply', body },
      { fieldManager: FIELD_MANAGER, force: true, signal },
    );
  await Promise.all([apply(mutatingConfigurations, mutating), apply(validatingConfigurations, validating)]);
}

/**
 * Takes back what `registerWebhooks` has registered, for an API server that runs without `up`. The process that served these webhooks is gone:
 * whoever asks holds the lock of its folder.
 */
export async function withdrawWebhooks(kubeconfigPath: string): Promise<void> {
  const kubeConfig = loadKubeConfig({ path: kubeconfigPath, env: {} });
  const client = createKubeClient({ kubeConfig, fieldManager: FIELD_MANAGER });
  try {
    await Promise.all([mutatingConfigurations, validatingConfigurations].map((resource) => withdraw(client, resource)));
  } finally {
    await client.close();
  }
}

async function withdraw(client: KubeClient, resource: Resource): Promise<void> {
  try {
    const { metadata } = await client.get(resource, { name: CONFIGURATION_NAME });
    if (metadata.labels?.['app.kubernetes.io/managed-by'] !== FIELD_MANAGER) return;
    await client.delete(resource, { name: CONFIGURATION_NAME });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
