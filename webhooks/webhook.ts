import type { Clock, KubeClient, Logger, ObjectKey } from '../kube/index.ts';
import { sleep, unfilledCaches } from '../kube/index.ts';
import type { StampKey } from '../policies/provenance/index.ts';
import { createAccess } from './access.ts';
import { createIdentities, type IdentityOptions } from './admission/identities.ts';
import { mutate } from './admission/mutate.ts';
import type { Admission } from './admission/types.ts';
import { validate } from './admission/validate.ts';
import { createApprovalKey } from './approvalKey.ts';
import { createCaches } from './caches.ts';
import { followCertificateFiles } from './certificates/files.ts';
import type { RotationTimes } from './certificates/rotation.ts';
import { createSelfSigned } from './certificates/selfSigned.ts';
import { checkPair } from './certificates/x509.ts';
import { noMetrics, type RegisteredMetrics } from './metrics.ts';
import { createParameterMaps } from './parameterMaps.ts';
import { createAdmissionRoute, type Decide } from './server/admissionRoute.ts';
import { createApp } from './server/app.ts';
import { createInFlightLimit } from './server/inFlight.ts';
import type { KeyPair, Listener } from './server/listener.ts';
import { listen } from './server/listener.ts';
import { createWorld } from './world.ts';

export type CertificateChoice =
  | { readonly kind: 'files'; readonly certFile: string; readonly keyFile: string; readonly pollMs?: number }
  | {
      readonly kind: 'selfSigned';
      /** The Secret that keeps authority and certificate. */
      readonly secret: ObjectKey & { readonly namespace: string };
      /** Name of the two configurations that the authority is written into. */
      readonly configuration: string;
      /** DNS names and addresses that the API server calls us by. */
      readonly hosts: readonly string[];
      readonly times?: RotationTimes;
    };

export interface WebhookOptions extends IdentityOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly certificate: CertificateChoice;
  /** The Secret with the key that seals Approvals; made when it is not there. */
  readonly approvalKey: ObjectKey & { readonly namespace: string };
  /** Public keys of signed stamps; none unless told. */
  readonly stampKeys?: readonly StampKey[];
  /** Reviews under way at once; more are answered by the failure policy. 256 unless told. */
  readonly maxInFlight?: number;
  /** Milliseconds that it goes on serving after it said that it is not ready any more. */
  readonly drainMs?: number;
  readonly metrics?: RegisteredMetrics;
}

export interface Webhook {
  /** Serves until `signal` aborts, then drains. Rejects where it cannot listen. */
  run(signal: AbortSignal): Promise<void>;
  /** Resolves when it serves and knows what it needs to decide; the port that it listens on. */
  readonly started: Promise<{ readonly port: number }>;
  /** What is missing for it to be ready; nothing when it is. */
  notReady(): readonly string[];
  /** PEM of the authorities that its certificate may be of; empty where they are somebody else's. */
  caBundle(): string;
}

const MAX_IN_FLIGHT = 256;
/** How long answers under way may take to go out at the end. */
const GRACE_MS = 10_000;

/** The admission webhooks: certificate, caches and server, put together. */
export function createWebhook(options: WebhookOptions): Webhook {
  const { client, clock, logger, certificate } = options;
  const metrics = options.metrics ?? noMetrics;
  const inner = new AbortController();
  const caches = createCaches({ client, clock, logger, metrics: metrics.informer });
  const key = createApprovalKey({ client, clock, logger, secret: options.approvalKey });
  const parameters = createParameterMaps(
    { client, clock, logger, metrics: metrics.informer, onChange: () => world.changed() },
    inner.signal,
  );
  const world = createWorld({ caches, parameters, sealKey: key.current, clock });
  const admission: Admission = {
    world,
    identities: createIdentities(options),
    access: createAccess({ client, clock, logger }),
    stampKeys: options.stampKeys ?? [],
    clock,
    logger,
    metrics,
  };
  const limit = createInFlightLimit(options.maxInFlight ?? MAX_IN_FLIGHT);
  const informers = Object.values(caches);
  const synced = Promise.all(informers.map((informer) => informer.synced(inner.signal)));
  let cachesFilled = false;
  synced.then(
    () => {
      cachesFilled = true;
    },
    () => undefined,
  );
  const filled = (): boolean => cachesFilled && parameters.hasSynced();
  const listening = Promise.withResolvers<Listener>();
  listening.promise.catch(() => undefined);
  let draining = false;
  let listener: Listener | undefined;
  let newest: KeyPair | undefined;
  let notAfter: number | undefined;

  /** Before the caches are filled nothing can be said; the deadline says how long that is waited for. */
  const whenFilled =
    (
      decide: (request: Parameters<Decide>[0], admission: Admission, signal: AbortSignal) => ReturnType<Decide>,
    ): Decide =>
    (request, signal) =>
      filled() ? decide(request, admission, signal) : synced.then(() => decide(request, admission, signal));
  const route = (name: string, failurePolicy: 'Fail' | 'Ignore', decide: Decide) =>
    createAdmissionRoute({ name, failurePolicy, decide, limit, metrics, clock, logger, draining: () => draining });
  const app = createApp({
    mutate: route('mutate', 'Ignore', whenFilled(mutate)),
    validate: route('validate', 'Fail', whenFilled(validate)),
  });

  function serve(pair: KeyPair): void {
    const { validToDate } = checkPair(pair);
    const first = newest === undefined;
    newest = pair;
    if (listener === undefined) {
      if (first) void open(pair);
      return;
    }
    listener.setCertificate(pair);
    notAfter = validToDate.getTime();
    metrics.certificate('loaded');
  }
  async function open(pair: KeyPair): Promise<void> {
    try {
      listener = await listen({ host: options.host, port: options.port, pair, handler: app, clock });
      notAfter = checkPair(pair).validToDate.getTime();
      metrics.certificate('loaded');
      if (newest !== undefined && newest !== pair) serve(newest);
      listening.resolve(listener);
    } catch (error) {
      listening.reject(error);
    }
  }

  const selfSigned =
    certificate.kind === 'selfSigned'
      ? createSelfSigned({ ...certificate, client, clock, logger, onPair: serve })
      : undefined;
  const follow = (signal: AbortSignal): Promise<void> =>
    certificate.kind === 'files'
      ? followCertificateFiles(
          { ...certificate, clock, logger, onPair: serve, onRefused: () => metrics.certificate('refused') },
          signal,
        )
      : (selfSigned?.run(signal) ?? Promise.resolve());

  options.metrics?.observe({
    inFlight: () => limit.inFlight,
    certificateNotAfter: () => notAfter,
    policies: () => world.policies().policies.length,
    now: clock.now,
  });
  const policyHandler = { add: () => world.changed(), update: () => world.changed(), delete: () => world.changed() };
  caches.clusterPolicies.on(policyHandler);
  caches.namespacePolicies.on(policyHandler);

  const ready = Promise.withResolvers<{ port: number }>();
  ready.promise.catch(() => undefined);

  async function whenReady(): Promise<void> {
    const [{ port }] = await Promise.all([listening.promise, synced]);
    // Compiled before the first review needs them.
    world.policies();
    while (notReady().length > 0) await sleep(clock, 10, inner.signal);
    ready.resolve({ port });
  }
  function notReady(): string[] {
    const missing: string[] = [];
    if (draining) missing.push('it is being stopped');
    if (listener === undefined) missing.push('there is no serving certificate yet');
    if (notAfter !== undefined && notAfter <= clock.now()) missing.push('the serving certificate has expired');
    missing.push(...unfilledCaches(informers));
    if (!parameters.hasSynced()) missing.push('parameters of policies are not read yet');
    if (key.current() === undefined) missing.push('the key of Approvals is not read yet');
    return missing;
  }

  return {
    started: ready.promise,
    notReady,
    caBundle: () => selfSigned?.bundle() ?? '',
    async run(signal) {
      const working = [follow(inner.signal), key.run(inner.signal), ...informers.map((each) => each.run(inner.signal))];
      const stopped = Promise.withResolvers<void>();
      if (signal.aborted) stopped.resolve();
      signal.addEventListener('abort', () => stopped.resolve(), { once: true });
      const failed = listening.promise.then(() => new Promise<never>(() => undefined));
      try {
        whenReady().catch(ready.reject);
        await Promise.race([stopped.promise, failed]);
        draining = true;
        await sleep(clock, options.drainMs ?? 0);
        await listener?.close(GRACE_MS);
      } finally {
        inner.abort();
        await Promise.allSettled(working);
      }
    },
  };
}
