import { sleep } from './clock.ts';
import { isNotFound, messageOf } from './errors.ts';
import type { LeaderMetrics } from './metrics.ts';
import { holdProcess } from './processHold.ts';
import type { Clock, KubeClient, KubeObject, Logger, Resource, Timer } from './types.ts';

export interface Lease extends KubeObject {
  spec?: {
    holderIdentity?: string;
    leaseDurationSeconds?: number;
    acquireTime?: string;
    renewTime?: string;
    leaseTransitions?: number;
  };
}

export const LEASES: Resource<Lease> = {
  group: 'coordination.k8s.io',
  version: 'v1',
  plural: 'leases',
  kind: 'Lease',
  namespaced: true,
};

export interface LeaderElectorOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly lease: { readonly namespace: string; readonly name: string };
  /** Unique among the candidates, e.g. pod name and a random suffix. */
  readonly identity: string;
  /** Milliseconds that others wait after the last renewal that they saw; 15,000 unless told. Whole seconds on the wire. */
  readonly leaseDurationMs?: number;
  /** Milliseconds without a renewal after which we stop leading; 10,000 unless told. Must be less than the lease's duration. */
  readonly renewDeadlineMs?: number;
  /** Milliseconds between attempts; 2,000 unless told. */
  readonly retryPeriodMs?: number;
  readonly metrics?: LeaderMetrics;
  readonly random?: () => number;
}

export interface LeaderElector {
  /** Whether we lead now, by the monotonic clock: false already before the loss was noticed, e.g. after the machine slept. */
  isLeader(): boolean;
  /** Whether it has come to know the lease, as who leads or as who stands by. */
  knowsLease(): boolean;
  /**
   * Waits for the lease, runs `onLeading`, and renews. When `signal` aborts, the leading signal does too; once `onLeading`
   * has ended, the lease is released and `run` resolves, as it does when `onLeading` ends by itself. Rejects with
   * `LeadershipLostError` the moment the lease is lost: end the process, for work under way may not heed its signal.
   */
  run(onLeading: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void>;
}

export class LeadershipLostError extends Error {
  override readonly name = 'LeadershipLostError';
}

/**
 * Leader election on a Lease. Clocks of different machines are never compared: a candidate counts the lease's duration
 * from when it saw the last change itself, a leader counts its deadline from before it sent the last renewal.
 */
export function createLeaderElector(options: LeaderElectorOptions): LeaderElector {
  const { client, clock, logger, lease, identity, metrics, random = Math.random } = options;
  const { leaseDurationMs = 15_000, renewDeadlineMs = 10_000, retryPeriodMs = 2000 } = options;
  if (!(retryPeriodMs > 0 && retryPeriodMs < renewDeadlineMs && renewDeadlineMs < leaseDurationMs)) {
    throw new RangeError(
      `leader election: retryPeriodMs ${retryPeriodMs} < renewDeadlineMs ${renewDeadlineMs} < leaseDurationMs ${leaseDurationMs} must hold`,
    );
  }
  const leaseDurationSeconds = Math.max(1, Math.ceil(leaseDurationMs / 1000));
  const name = `${lease.namespace}/${lease.name}`;
  /** The lease as last seen, and when that state was first seen, by the monotonic clock. */
  let observed: Lease | undefined;
  let observedAt = 0;
  /** Before the last successful renewal was sent; undefined: we do not lead. */
  let renewedAt: number | undefined;

  const leads = (): boolean => renewedAt !== undefined && clock.monotonic() - renewedAt < renewDeadlineMs;
  const see = (seen: Lease): void => {
    if (
      observed?.metadata.resourceVersion !== seen.metadata.resourceVersion ||
      observed?.metadata.uid !== seen.metadata.uid
    )
      observedAt = clock.monotonic();
    observed = seen;
  };
  const timeoutMs = Math.max(500, Math.min(renewDeadlineMs / 2, 5000));

  /** One attempt to take or renew the lease. False: another holds it. */
  async function attempt(signal: AbortSignal): Promise<boolean> {
    const sentAt = clock.monotonic();
    const callOptions = { signal, timeoutMs };
    const now = microTime(clock.now());
    const mine = { holderIdentity: identity, leaseDurationSeconds, renewTime: now };
    const renewing = renewedAt !== undefined && observed?.spec?.holderIdentity === identity;
    if (!renewing) {
      try {
        see(await client.get(LEASES, lease, callOptions));
      } catch (error) {
        if (!isNotFound(error)) throw error;
        see(
          await client.create(
            LEASES,
            { metadata: { ...lease }, spec: { ...mine, acquireTime: now, leaseTransitions: 0 } },
            callOptions,
          ),
        );
        renewedAt = sentAt;
        return true;
      }
      const holder = observed?.spec?.holderIdentity ?? '';
      const lastsMs = (observed?.spec?.leaseDurationSeconds ?? leaseDurationSeconds) * 1000;
      if (holder !== '' && holder !== identity && clock.monotonic() - observedAt < lastsMs) return false;
    }
    const held = observed as Lease;
    const kept = held.spec?.holderIdentity === identity;
    const spec = {
      ...mine,
      acquireTime: kept ? held.spec?.acquireTime : now,
      leaseTransitions: (held.spec?.leaseTransitions ?? 0) + (kept ? 0 : 1),
    };
    try {
      // The resourceVersion is the fence: of two who find the lease free, one gets a Conflict.
      see(await client.replace(LEASES, { ...held, spec }, callOptions));
    } catch (error) {
      // What we know of the lease may be old: look before the next attempt.
      observed = observed && {
        ...observed,
        spec: {
          ...observed.spec,
          holderIdentity: observed.spec?.holderIdentity === identity ? '' : observed.spec?.holderIdentity,
        },
      };
      throw error;
    }
    renewedAt = sentAt;
    return true;
  }

  async function acquire(signal: AbortSignal): Promise<boolean> {
    let waiting = false;
    while (!signal.aborted) {
      try {
        if (await attempt(signal)) return true;
        if (!waiting)
          logger.info(
            { lease: name, holder: observed?.spec?.holderIdentity },
            'leader election: waiting for the lease',
          );
        waiting = true;
      } catch (error) {
        if (!signal.aborted)
          logger.warn({ lease: name, error: messageOf(error) }, 'leader election: an attempt failed');
      }
      await sleep(clock, retryPeriodMs * (1 + 0.2 * random()), signal);
    }
    return false;
  }

  /**
   * Renews until `stop` aborts, and then lets a renewal under way end, for `release` has to know what it wrote; `gone` aborts
   * that too. `lost` is called once when the deadline passes or another holds the lease.
   */
  async function renew(stop: AbortSignal, gone: AbortSignal, lost: (why: string) => void): Promise<void> {
    let deadline: Timer | undefined;
    const arm = (): void => {
      deadline?.cancel();
      const left = (renewedAt ?? 0) + renewDeadlineMs - clock.monotonic();
      deadline = clock.after(left, () => lost(`no renewal within ${renewDeadlineMs} ms`));
    };
    arm();
    try {
      let waitMs = retryPeriodMs;
      while (!stop.aborted) {
        await sleep(clock, waitMs, stop);
        if (stop.aborted) return;
        waitMs = retryPeriodMs;
        try {
          if (!(await attempt(gone))) return lost(`${observed?.spec?.holderIdentity} holds it`);
          arm();
        } catch (error) {
          if (stop.aborted) return;
          waitMs = retryPeriodMs / 4;
          logger.warn({ lease: name, error: messageOf(error) }, 'leader election: a renewal failed');
        }
      }
    } finally {
      deadline?.cancel();
    }
  }

  async function release(): Promise<void> {
    if (renewedAt === undefined) return;
    renewedAt = undefined;
    try {
      // Not ours as far as we know: a renewal failed, and may have been written all the same.
      const held =
        observed?.spec?.holderIdentity === identity ? observed : await client.get(LEASES, lease, { timeoutMs });
      if (held.spec?.holderIdentity !== identity) return;
      const now = microTime(clock.now());
      await client.replace(
        LEASES,
        {
          ...held,
          spec: { ...held.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: now, acquireTime: now },
        },
        { timeoutMs },
      );
      logger.info({ lease: name }, 'leader election: the lease is released');
    } catch (error) {
      logger.warn(
        { lease: name, error: messageOf(error) },
        'leader election: the lease could not be released and will run out',
      );
    }
  }

  return {
    isLeader: leads,
    knowsLease: () => observed !== undefined,
    async run(onLeading, signal) {
      using _alive = holdProcess();
      metrics?.leading(name, false);
      if (!(await acquire(signal))) return;
      logger.info({ lease: name, identity }, 'leader election: leading');
      metrics?.leading(name, true);
      const leading = new AbortController();
      const renewing = new AbortController();
      const gone = new AbortController();
      const loss = Promise.withResolvers<never>();
      const lost = (why: string): void => {
        if (renewing.signal.aborted) return;
        renewedAt = undefined;
        metrics?.leading(name, false);
        const error = new LeadershipLostError(`leader election: the lease ${name} is lost: ${why}`);
        renewing.abort();
        gone.abort();
        leading.abort(error);
        logger.error({ lease: name }, error.message);
        loss.reject(error);
      };
      const stop = (): void => leading.abort(signal.reason);
      if (signal.aborted) stop();
      signal.addEventListener('abort', stop, { once: true });
      const renewals = renew(renewing.signal, gone.signal, lost);
      try {
        // Renewed while the work ends, so that nobody takes over what is still being written.
        await Promise.race([onLeading(leading.signal), loss.promise]);
      } finally {
        signal.removeEventListener('abort', stop);
        renewing.abort();
        leading.abort();
        await renewals;
        await release();
        metrics?.leading(name, false);
      }
    },
  };
}

/** Kubernetes' MicroTime: RFC 3339 with six decimals; the API server refuses fewer. */
export function microTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000Z');
}
