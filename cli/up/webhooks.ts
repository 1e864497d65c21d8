import type { Clock, KubeClient, Logger } from '../../kube/index.ts';
import { isNotFound } from '../../kube/index.ts';
import type { StampKey } from '../../policies/provenance/index.ts';
import {
  APPROVAL_KEY_SECRET,
  CONFIGURATION_NAME,
  createWebhook,
  DEFAULT_OPERATOR,
  validatingConfigurations,
} from '../../webhooks/index.ts';
import { WEBHOOK_CERT_SECRET } from '../defaults.ts';
import { CliError } from '../exit.ts';
import { ACCOUNTS, SYSTEM_NAMESPACE } from '../rbac.ts';
import { accountClient } from './accounts.ts';
import type { UpCluster } from './cluster.ts';
import { registerWebhooks } from './registration.ts';

export interface UpWebhooks {
  /** `https://127.0.0.1:PORT` */
  readonly url: string;
  /** Rejects when they fail. */
  readonly failed: Promise<never>;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
/** They start in a fraction of a second. */
const PATIENCE_MS = 60_000;

/**
 * Serves the webhooks in this process and registers them by url: first they serve and know what they need, then the API server
 * hears of them, with the authority that it is to trust. Ports change from start to start, so it hears of them at each.
 */
export async function startWebhooks(
  cluster: UpCluster,
  {
    clock,
    logger,
    stampKeys = [],
    signal,
  }: {
    readonly clock: Clock;
    readonly logger: Logger;
    readonly stampKeys?: readonly StampKey[];
    readonly signal: AbortSignal;
  },
): Promise<UpWebhooks> {
  const client = accountClient(cluster, ACCOUNTS.webhook, { clock, logger });
  const webhook = createWebhook({
    client,
    clock,
    logger,
    host: HOST,
    port: 0,
    certificate: {
      kind: 'selfSigned',
      secret: { namespace: SYSTEM_NAMESPACE, name: WEBHOOK_CERT_SECRET },
      configuration: CONFIGURATION_NAME,
      hosts: [HOST],
    },
    approvalKey: { namespace: SYSTEM_NAMESPACE, name: APPROVAL_KEY_SECRET },
    operators: [DEFAULT_OPERATOR],
    stampKeys,
  });
  const stop = new AbortController();
  const running = webhook.run(stop.signal);
  const failed = running.then(() => Promise.withResolvers<never>().promise);
  failed.catch(() => undefined);
  const close = async (): Promise<void> => {
    stop.abort();
    await running.catch(() => undefined);
    await client.close();
  };
  try {
    const { port } = await Promise.race([webhook.started, failed, tooLate(clock, signal, webhook.notReady)]);
    const url = `https://${HOST}:${port}`;
    const operators = [DEFAULT_OPERATOR];
    await registerWebhooks(cluster.client, { url, caBundle: webhook.caBundle(), operators }, signal);
    return { url, failed, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function tooLate(clock: Clock, signal: AbortSignal, notReady: () => readonly string[]): Promise<never> {
  return new Promise((_resolve, reject) => {
    const timer = clock.after(PATIENCE_MS, () =>
      reject(new CliError(`the webhooks are not ready after ${PATIENCE_MS / 1000} s: ${notReady().join('; ')}`)),
    );
    signal.addEventListener('abort', () => {
      timer.cancel();
      reject(signal.reason);
    });
  });
}

/** Whether somebody has registered webhooks of ours on this cluster. */
export async function hasWebhooks(client: KubeClient, signal: AbortSignal): Promise<boolean> {
  try {
    await client.get(validatingConfigurations, { name: CONFIGURATION_NAME }, { signal });
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}
