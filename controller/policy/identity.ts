import type { Clock, KubeClient, Logger, Timer } from '../../kube/index.ts';
import { messageOf } from '../../kube/index.ts';
import { SEAL_KEY_BYTES } from '../../policies/approvals/index.ts';
import { readApprovalKey } from './approvalKey.ts';

/** What seals are checked with, and who this operator is. */
export interface SealIdentity {
  current(): { readonly keys: readonly Uint8Array[]; readonly isOperator: (username: string) => boolean };
  /**
   * Reads the key again. Where it was read a moment ago that answer holds, and it is read once more when the moment is over, as it is after a
   * read that failed: an Approval may be sealed with a key that came in between. `onChange` is called when it is another one.
   */
  refresh(signal: AbortSignal): Promise<void>;
}

const PATIENCE_MS = 2_000;

/**
 * The key is created by the webhook and read by name when there is an Approval to judge. Without it no Approval counts: that is
 * what a cluster without the webhook is like.
 */
export function createSealIdentity(options: {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly namespace: string;
  readonly onChange: () => void;
  /** Ends what is still to be read. */
  readonly signal: AbortSignal;
}): SealIdentity {
  const { client, clock, logger } = options;
  let key: Uint8Array | undefined;
  let username = '';
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> = Promise.resolve();
  let later: Timer | undefined;

  async function readKey(signal: AbortSignal): Promise<Uint8Array | undefined> {
    try {
      const bytes = await readApprovalKey(client, options.namespace, signal);
      if (bytes === undefined || bytes.length >= SEAL_KEY_BYTES) return bytes;
      // Nothing can be sealed with it, and asking would throw.
      logger.warn(
        { bytes: bytes.length },
        `approvals: the key is shorter than ${SEAL_KEY_BYTES} bytes and counts for nothing`,
      );
      return undefined;
    } catch (error) {
      logger.warn({ error: messageOf(error) }, 'approvals: the key cannot be read');
      readLater();
      return key;
    }
  }

  async function readUsername(signal: AbortSignal): Promise<string> {
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const answer = (await client.request('POST', path, review, { signal })) as {
      status?: { userInfo?: { username?: string } };
    };
    return answer.status?.userInfo?.username ?? '';
  }

  async function read(signal: AbortSignal): Promise<void> {
    if (username === '') username = await readUsername(signal);
    const next = await readKey(signal);
    const same = Buffer.compare(next ?? new Uint8Array(), key ?? new Uint8Array()) === 0;
    key = next;
    if (!same) options.onChange();
  }

  function refresh(signal: AbortSignal): Promise<void> {
    if (clock.monotonic() - readAt < PATIENCE_MS) {
      readLater();
      return reading;
    }
    readAt = clock.monotonic();
    reading = read(signal).catch((error: unknown) => {
      readLater();
      throw error;
    });
    return reading;
  }

  function readLater(): void {
    if (later !== undefined || options.signal.aborted) return;
    later = clock.after(readAt + PATIENCE_MS - clock.monotonic(), () => {
      later = undefined;
      if (options.signal.aborted) return;
      refresh(options.signal).catch((error: unknown) =>
        logger.warn({ error: messageOf(error) }, 'approvals: no identity'),
      );
    });
  }

  return {
    current: () => ({
      keys: key === undefined ? [] : [key],
      isOperator: (name) => username !== '' && name === username,
    }),
    refresh,
  };
}
