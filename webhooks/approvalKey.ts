import { randomBytes } from 'node:crypto';
import type { Clock, KubeClient, Logger, ObjectKey } from '../kube/index.ts';
import { createBackoff, isAlreadyExists, messageOf, sleep } from '../kube/index.ts';
import { APPROVAL_KEY_FIELD, SEAL_KEY_BYTES } from '../policies/approvals/index.ts';
import { getSecret } from './certificates/selfSigned.ts';
import { secrets } from './resources.ts';

/** A key that somebody replaced is found this soon. */
const LOOK_AGAIN_MS = 60_000;

export interface ApprovalKey {
  current(): Uint8Array | undefined;
  /** Reads the key, makes one where there is none, and looks again now and then, until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** The key that seals Approvals, kept in a Secret. */
export function createApprovalKey(options: {
  readonly client: KubeClient;
  readonly secret: ObjectKey & { readonly namespace: string };
  readonly clock: Clock;
  readonly logger: Logger;
}): ApprovalKey {
  const { client, secret, clock, logger } = options;
  let key: Uint8Array | undefined;

  async function load(signal: AbortSignal): Promise<Uint8Array> {
    const found = await getSecret(client, secret, signal);
    if (found !== undefined) {
      const bytes = Buffer.from(found.data?.[APPROVAL_KEY_FIELD] ?? '', 'base64');
      if (bytes.length >= SEAL_KEY_BYTES) return bytes;
      throw new Error(
        `Secret ${secret.namespace}/${secret.name}: data.${APPROVAL_KEY_FIELD} has ${bytes.length} bytes, it needs ${SEAL_KEY_BYTES}; delete the Secret, a new one is made`,
      );
    }
    const data = { [APPROVAL_KEY_FIELD]: randomBytes(SEAL_KEY_BYTES).toString('base64') };
    try {
      await client.create(secrets, { metadata: { ...secret }, type: 'Opaque', data }, { signal });
    } catch (error) {
      // Another replica was first: its key is read next.
      if (!isAlreadyExists(error)) throw error;
    }
    return load(signal);
  }

  return {
    current: () => key,
    async run(signal) {
      const backoff = createBackoff({ baseMs: 200, maxMs: 10_000 });
      while (!signal.aborted) {
        let waitMs = LOOK_AGAIN_MS;
        try {
          key = await load(signal);
          backoff.reset();
        } catch (error) {
          if (signal.aborted) return;
          waitMs = backoff.next();
          logger.error({ error: messageOf(error), waitMs }, 'webhook: the key of Approvals could not be read');
        }
        await sleep(clock, waitMs, signal);
      }
    },
  };
}
