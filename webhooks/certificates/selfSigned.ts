import type { Clock, KubeClient, Logger, ObjectKey } from '../../kube/index.ts';
import {
  createBackoff,
  createInformer,
  isAlreadyExists,
  isConflict,
  isNotFound,
  messageOf,
  sleep,
} from '../../kube/index.ts';
import { mutatingConfigurations, type Secret, secrets, validatingConfigurations } from '../resources.ts';
import type { KeyPair } from '../server/listener.ts';
import { injectCaBundle } from './inject.ts';
import { type Authority, type RotationTimes, rotate } from './rotation.ts';

export interface SelfSignedOptions {
  readonly client: KubeClient;
  /** The Secret that keeps authority and serving certificate: replicas share it. */
  readonly secret: ObjectKey & { readonly namespace: string };
  /** Name of the two configurations that the authority is written into. */
  readonly configuration: string;
  /** DNS names and addresses that the API server calls the webhook by. */
  readonly hosts: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called with each serving certificate that differs from the one before, once its authority is known to all. */
  readonly onPair: (pair: KeyPair) => void;
  readonly times?: RotationTimes;
}

export interface SelfSigned {
  /** Issues, stores, injects and renews until `signal` aborts. Failures are tried again; the last good certificate goes on. */
  run(signal: AbortSignal): Promise<void>;
  /** PEM of the authorities that count now; empty before the first round. */
  bundle(): string;
  /** Resolves when the first certificate is there. */
  readonly started: Promise<void>;
}

/** What another replica renewed is found this soon, and a configuration that lost its authority gets it back. */
const LOOK_AGAIN_MS = 60_000;

/** A certificate authority of our own, kept in a Secret. */
export function createSelfSigned(options: SelfSignedOptions): SelfSigned {
  const { client, clock, logger } = options;
  const started = Promise.withResolvers<void>();
  let bundle = '';
  let served = '';

  async function load(signal: AbortSignal): Promise<{ authority: Authority; until: number }> {
    for (;;) {
      const found = await getSecret(client, options.secret, signal);
      const rotation = rotate(found && authorityOf(found), options.hosts, clock.now(), options.times);
      if (rotation.kind === 'keep') return rotation;
      try {
        const secret = secretOf(rotation.authority, options.secret, found);
        await (found === undefined
          ? client.create(secrets, secret, { signal })
          : client.replace(secrets, secret, { signal }));
        logger.info({ secret: options.secret.name, why: rotation.why }, 'webhook: certificate issued');
      } catch (error) {
        // Another replica was first: what it made is as good.
        if (!isAlreadyExists(error) && !isConflict(error)) throw error;
      }
    }
  }

  async function round(signal: AbortSignal): Promise<number> {
    const { authority, until } = await load(signal);
    bundle = authority.bundle;
    await injectCaBundle(client, options.configuration, bundle, signal);
    const { serving } = authority;
    if (serving.cert !== served) {
      options.onPair(serving);
      served = serving.cert;
      started.resolve();
    }
    return Math.max(0, Math.min(LOOK_AGAIN_MS, until - clock.now()));
  }

  return {
    started: started.promise,
    bundle: () => bundle,
    async run(signal) {
      let wake = new AbortController();
      const poke = (): void => wake.abort();
      signal.addEventListener('abort', poke);
      const informers = [mutatingConfigurations, validatingConfigurations].map((resource) =>
        createInformer({ client, clock, logger, resource, fieldSelector: `metadata.name=${options.configuration}` }),
      );
      for (const informer of informers) {
        informer.on({
          add: poke,
          update: (_old, { webhooks = [] }) => {
            const expected = Buffer.from(bundle).toString('base64');
            if (webhooks.some(({ clientConfig }) => clientConfig?.caBundle !== expected)) poke();
          },
        });
      }
      const watching = informers.map((informer) => informer.run(signal));
      const backoff = createBackoff({ baseMs: 200, maxMs: 10_000 });
      while (!signal.aborted) {
        wake = new AbortController();
        let waitMs: number;
        try {
          waitMs = await round(signal);
          backoff.reset();
        } catch (error) {
          if (signal.aborted) break;
          waitMs = backoff.next();
          logger.error({ error: messageOf(error), waitMs }, 'webhook: the certificate could not be looked after');
        }
        await sleep(clock, waitMs, wake.signal);
      }
      signal.removeEventListener('abort', poke);
      await Promise.allSettled(watching);
    },
  };
}

const FIELDS = { bundle: 'ca.crt', key: 'ca.key', cert: 'tls.crt', servingKey: 'tls.key' } as const;

function authorityOf({ data = {} }: Secret): Authority {
  const text = (field: string): string => Buffer.from(data[field] ?? '', 'base64').toString();
  return {
    bundle: text(FIELDS.bundle),
    key: text(FIELDS.key),
    serving: { cert: text(FIELDS.cert), key: text(FIELDS.servingKey) },
  };
}

function secretOf(authority: Authority, key: ObjectKey & { readonly namespace: string }, found?: Secret): Secret {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  return {
    ...(found ?? { type: 'kubernetes.io/tls', metadata: { namespace: key.namespace, name: key.name } }),
    data: {
      ...found?.data,
      [FIELDS.bundle]: base64(authority.bundle),
      [FIELDS.key]: base64(authority.key),
      [FIELDS.cert]: base64(authority.serving.cert),
      [FIELDS.servingKey]: base64(authority.serving.key),
    },
  };
}

/** The Secret, or undefined where there is none. */
export async function getSecret(client: KubeClient, key: ObjectKey, signal: AbortSignal): Promise<Secret | undefined> {
  try {
    return await client.get(secrets, key, { signal });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
