import type { KubeClient, Resource } from '../../kube/index.ts';
import { isConflict, isNotFound } from '../../kube/index.ts';
import type { WebhookConfiguration } from '../resources.ts';
import { mutatingConfigurations, validatingConfigurations } from '../resources.ts';

/**
 * Writes the authorities into both configurations of that name, where they have others. One that is not there is
 * nobody's fault: it is filled in when it comes. Rejects with `KubeError`.
 */
export async function injectCaBundle(
  client: KubeClient,
  name: string,
  bundle: string,
  signal: AbortSignal,
): Promise<'unchanged' | 'injected'> {
  const results = await Promise.all(
    [mutatingConfigurations, validatingConfigurations].map((resource) =>
      inject(client, resource, name, bundle, signal),
    ),
  );
  return results.includes('injected') ? 'injected' : 'unchanged';
}

async function inject(
  client: KubeClient,
  resource: Resource<WebhookConfiguration>,
  name: string,
  bundle: string,
  signal: AbortSignal,
): Promise<'unchanged' | 'injected'> {
  const caBundle = Buffer.from(bundle).toString('base64');
  for (;;) {
    try {
      const { webhooks = [], metadata } = await client.get(resource, { name }, { signal });
      const operations = webhooks.flatMap(({ clientConfig }, index) =>
        clientConfig === undefined || clientConfig.caBundle === caBundle
          ? []
          : [{ op: 'add' as const, path: `/webhooks/${index}/clientConfig/caBundle`, value: caBundle }],
      );
      if (operations.length === 0) return 'unchanged';
      // The places of the list are those of this version: another one is read again.
      const guard = { op: 'replace' as const, path: '/metadata/resourceVersion', value: metadata.resourceVersion };
      await client.patch(resource, { name }, { type: 'json', operations: [guard, ...operations] }, { signal });
      return 'injected';
    } catch (error) {
      if (isNotFound(error)) return 'unchanged';
      if (!isConflict(error)) throw error;
    }
  }
}
