import type { KubeClient, KubeObject, Resource } from '../../kube/index.ts';
import { isNotFound } from '../../kube/index.ts';
import { APPROVAL_KEY_FIELD, APPROVAL_KEY_SECRET } from '../../policies/approvals/index.ts';

interface Secret extends KubeObject {
  data?: Record<string, string>;
}

const secrets: Resource<Secret> = { group: '', version: 'v1', plural: 'secrets', kind: 'Secret', namespaced: true };

/** The key that the webhook seals with, as it is in its Secret; undefined where there is no such Secret. Rejects where it cannot be read. */
export async function readApprovalKey(
  client: Pick<KubeClient, 'get'>,
  namespace: string,
  signal?: AbortSignal,
): Promise<Uint8Array | undefined> {
  try {
    const options = signal === undefined ? {} : { signal };
    const secret = await client.get(secrets, { namespace, name: APPROVAL_KEY_SECRET }, options);
    return Buffer.from(secret.data?.[APPROVAL_KEY_FIELD] ?? '', 'base64');
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
