import type { ContactChannel } from '../../api/index.ts';
import type { Clock, EventRecorder, KubeClient, ReconcileResult, WorkQueue } from '../../kube/index.ts';
import { keyOf } from '../../kube/index.ts';
import type { Informers } from '../informers.ts';
import type { SecretReader, SecretValue } from '../secrets.ts';
import type { Finding } from '../validation.ts';
import { applyFinding } from '../validation.ts';

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 60_000;

/** Whether a ContactChannel can be used: its Secret is there. */
export function decideContactChannel(channel: ContactChannel, secret: SecretValue, failures: number): Finding {
  const againAfterMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures, 16));
  if (secret.kind === 'missing') {
    return { ready: false, status: 'Error', detail: secret.message, reason: 'SecretNotFound', againAfterMs };
  }
  if (secret.kind === 'unavailable') {
    return { ready: false, status: 'Pending', detail: secret.message, reason: 'SecretUnavailable', againAfterMs };
  }
  return {
    ready: true,
    status: 'Ready',
    detail: `${channel.spec.type} channel validated successfully`,
    reason: 'SecretFound',
  };
}

export function createContactChannelController(options: {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly events: EventRecorder;
  readonly informers: Informers;
  readonly queue: WorkQueue;
  readonly secrets: SecretReader;
}) {
  const { informers, queue, secrets } = options;
  const failures = new Map<string, number>();

  return {
    async reconcile(key: string, signal: AbortSignal): Promise<ReconcileResult> {
      const channel = informers.contactChannels.store.get(key);
      if (channel === undefined) {
        failures.delete(key);
        return { kind: 'done' };
      }
      const secret = await secrets.read(channel.metadata.namespace ?? '', channel.spec.apiKeyFrom.secretKeyRef, signal);
      const failed = secret.kind === 'value' ? 0 : (failures.get(key) ?? 0);
      if (secret.kind === 'value') failures.delete(key);
      else failures.set(key, failed + 1);
      const finding = decideContactChannel(channel, secret, failed);
      return applyFinding({ ...options, informer: informers.contactChannels, object: channel, finding, signal });
    },
    wire() {
      informers.contactChannels.on({
        add: (channel) => queue.add(keyOf(channel)),
        update: (old, channel) => {
          if (old.metadata.generation !== channel.metadata.generation) queue.add(keyOf(channel));
        },
        delete: (channel) => queue.add(keyOf(channel)),
      });
    },
  };
}
