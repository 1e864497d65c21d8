import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type Clock,
  createLeaderElector,
  type KubeClient,
  KubeError,
  type LeaderElectorOptions,
  LeadershipLostError,
  type Lease,
  sleep,
} from '../../kube/index.ts';
import { createRecordingLogger } from '../support/logger.ts';
import { createManualClock, type ManualClock } from '../support/manualClock.ts';

/** One Lease with optimistic concurrency. `fault` decides what becomes of a call: how late it is, and whether the answer gets lost. */
function createLeaseServer(
  clock: Clock,
  fault: () => { delayMs?: number; refused?: boolean; lost?: boolean } = () => ({}),
) {
  let lease: Lease | undefined;
  let version = 0;
  const writes: Lease[] = [];
  const call = async <R>(task: () => R, options?: { signal?: AbortSignal; timeoutMs?: number }): Promise<R> => {
    const { delayMs = 0, refused, lost } = fault();
    const timeoutMs = options?.timeoutMs ?? 30_000;
    if (refused) throw new KubeError('Network', 'refused');
    if (delayMs > 0) await sleep(clock, Math.min(delayMs, timeoutMs), options?.signal);
    if (options?.signal?.aborted) throw new KubeError('Aborted', 'aborted');
    if (delayMs >= timeoutMs && lost) throw new KubeError('Timeout', 'timeout');
    const answer = task();
    if (delayMs >= timeoutMs || lost) throw new KubeError('Timeout', 'the answer got lost');
    return answer;
  };
  const write = (object: Lease): Lease => {
    lease = structuredClone({
      ...object,
      metadata: { ...object.metadata, uid: 'lease', resourceVersion: String(++version) },
    });
    writes.push(lease);
    return structuredClone(lease);
  };
  const client = {
    get: (_: unknown, __: unknown, options?: object) =>
      call(() => {
        if (lease === undefined) throw new KubeError('NotFound', 'no lease');
        return structuredClone(lease);
      }, options),
    create: (_: unknown, object: Lease, options?: object) =>
      call(() => {
        if (lease !== undefined) throw new KubeError('AlreadyExists', 'there is one');
        return write(object);
      }, options),
    replace: (_: unknown, object: Lease, options?: object) =>
      call(() => {
        if (object.metadata.resourceVersion !== lease?.metadata.resourceVersion)
          throw new KubeError('Conflict', 'it was modified');
        return write(object);
      }, options),
  };
  return {
    client: client as unknown as KubeClient,
    writes,
    get lease() {
      return lease;
    },
    steal(identity: string): void {
      write({ metadata: { ...lease?.metadata }, spec: { ...lease?.spec, holderIdentity: identity } });
    },
  };
}

function candidate(client: KubeClient, clock: Clock, identity: string, more: Partial<LeaderElectorOptions> = {}) {
  const elector = createLeaderElector({
    client,
    clock,
    logger: createRecordingLogger(),
    lease: { namespace: 'ns', name: 'lock' },
    identity,
    random: () => 0,
    ...more,
  });
  const stop = new AbortController();
  const state = { leading: false, signal: undefined as AbortSignal | undefined, ended: undefined as unknown };
  const run = (
    work: (signal: AbortSignal) => Promise<void> = (signal) =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve())),
  ) =>
    elector
      .run(async (signal) => {
        state.leading = true;
        state.signal = signal;
        try {
          await work(signal);
        } finally {
          state.leading = false;
        }
      }, stop.signal)
      .then(
        () => {
          state.ended = 'stopped';
        },
        (error: unknown) => {
          state.ended = error;
        },
      );
  return { elector, stop, state, run };
}

describe('leader election', () => {
  let clock: ManualClock;
  beforeEach(() => {
    clock = createManualClock();
  });

  it('writes the lease as Kubernetes wants it, and renews it', async () => {
    const server = createLeaseServer(clock);
    const one = candidate(server.client, clock, 'one');
    void one.run();
    await clock.advance(0);
    assert.equal(one.state.leading && one.elector.isLeader(), true);
    const time = '2026-01-01T00:00:00.000000Z';
    assert.deepEqual(server.lease?.spec, {
      holderIdentity: 'one',
      leaseDurationSeconds: 15,
      renewTime: time,
      acquireTime: time,
      leaseTransitions: 0,
    });
    await clock.advance(2000);
    assert.equal(server.lease?.spec?.renewTime, '2026-01-01T00:00:02.000000Z');
    assert.equal(server.lease?.spec?.acquireTime, time);
    one.stop.abort();
    await clock.advance(0);
  });

  it('hands over at once on a clean stop, once the work has ended', async () => {
    const server = createLeaseServer(clock);
    const one = candidate(server.client, clock, 'one');
    const two = candidate(server.client, clock, 'two');
    let finish = (): void => undefined;
    void one.run((signal) => new Promise((resolve) => signal.addEventListener('abort', () => (finish = resolve))));
    await clock.advance(0);
    void two.run();
    await clock.advance(30_000);
    assert.deepEqual([one.state.leading, two.state.leading], [true, false]);
    one.stop.abort();
    await clock.advance(20_000);
    assert.equal(two.state.leading, false, 'the lease is renewed while the work ends');
    finish();
    await clock.advance(2000);
    assert.equal(one.state.ended, 'stopped');
    assert.equal(two.state.leading, true);
    assert.equal(server.lease?.spec?.leaseTransitions, 1);
    two.stop.abort();
    await clock.advance(0);
    assert.equal(server.lease?.spec?.holderIdentity, '');
  });

  it('releases the lease on a stop in the middle of a renewal, late or of unknown outcome', async () => {
    for (const fault of [{ delayMs: 300 }, { lost: true }]) {
      let renewals: typeof fault | undefined;
      const server = createLeaseServer(clock, () => {
        const now = renewals ?? {};
        renewals = undefined;
        return now;
      });
      const one = candidate(server.client, clock, 'one');
      assert.equal(one.elector.knowsLease(), false);
      void one.run();
      await clock.advance(0);
      assert.equal(one.elector.knowsLease(), true);
      renewals = fault;
      await clock.advance(2100);
      one.stop.abort();
      await clock.advance(300);
      assert.equal(one.state.ended, 'stopped', JSON.stringify(fault));
      assert.equal(server.lease?.spec?.holderIdentity, '', JSON.stringify(fault));
    }
  });

  it('takes over from a leader that died, not before the lease ran out as seen here', async () => {
    const server = createLeaseServer(clock);
    const dead = candidate(server.client, clock, 'dead');
    void dead.run();
    await clock.advance(0);
    const frozen = structuredClone(server.lease);
    // Its clock is hours ahead of ours, which must not matter.
    if (frozen?.spec) frozen.spec.renewTime = '2026-01-01T09:00:00.000000Z';
    const after = createLeaseServer(clock);
    await after.client.create({} as never, frozen as Lease as never);
    const two = candidate(after.client, clock, 'two');
    void two.run();
    await clock.advance(14_900);
    assert.equal(two.state.leading, false);
    await clock.advance(2200);
    assert.equal(two.state.leading, true);
    dead.stop.abort();
    two.stop.abort();
    await clock.advance(0);
  });

  it('lost for want of renewal aborts the work at once and rejects', async () => {
    let down = false;
    const server = createLeaseServer(clock, () => ({ refused: down }));
    const one = candidate(server.client, clock, 'one');
    // Work that does not heed its signal.
    void one.run(() => new Promise(() => undefined));
    await clock.advance(4000);
    down = true;
    await clock.advance(9900);
    assert.equal(one.state.signal?.aborted, false);
    assert.equal(one.elector.isLeader(), true);
    await clock.advance(200);
    assert.equal(one.state.signal?.aborted, true);
    assert.equal(one.elector.isLeader(), false);
    assert(one.state.ended instanceof LeadershipLostError);
  });

  it('survives a short outage', async () => {
    let down = false;
    const server = createLeaseServer(clock, () => ({ refused: down }));
    const one = candidate(server.client, clock, 'one');
    void one.run();
    await clock.advance(4000);
    down = true;
    await clock.advance(8000);
    down = false;
    await clock.advance(30_000);
    assert.equal(one.state.leading && one.elector.isLeader(), true);
    assert.equal(server.lease?.spec?.leaseTransitions, 0);
    one.stop.abort();
    await clock.advance(0);
  });

  it('is lost when another took the lease', async () => {
    const server = createLeaseServer(clock);
    const one = candidate(server.client, clock, 'one');
    void one.run();
    await clock.advance(1000);
    server.steal('thief');
    await clock.advance(3000);
    assert(one.state.ended instanceof LeadershipLostError, String(one.state.ended));
    assert.equal(server.lease?.spec?.holderIdentity, 'thief', 'what is not ours is not released');
  });

  it('knows that it does not lead after the process was asleep', async () => {
    const server = createLeaseServer(clock);
    let asleep = 0;
    const own: Clock = {
      ...clock,
      now: clock.now,
      after: clock.after.bind(clock),
      monotonic: () => clock.monotonic() + asleep,
    };
    const one = candidate(server.client, own, 'one');
    void one.run();
    await clock.advance(1000);
    assert.equal(one.elector.isLeader(), true);
    asleep = 20_000;
    assert.equal(one.elector.isLeader(), false);
    one.stop.abort();
    await clock.advance(0);
  });

  it('ends when the work ends, and passes on what it threw, lease released', async () => {
    const server = createLeaseServer(clock);
    const one = candidate(server.client, clock, 'one');
    void one.run(() => Promise.reject(new Error('the work failed')));
    await clock.advance(10);
    assert.equal((one.state.ended as Error).message, 'the work failed');
    assert.equal(server.lease?.spec?.holderIdentity, '');
    const never = candidate(server.client, clock, 'never');
    never.stop.abort();
    await never.run();
    assert.equal(never.state.ended, 'stopped');
  });

  it('refuses periods that cannot be safe', () => {
    const server = createLeaseServer(clock);
    assert.throws(
      () => candidate(server.client, clock, 'x', { renewDeadlineMs: 20_000 }),
      /renewDeadlineMs 20000 < leaseDurationMs 15000/,
    );
  });

  it('never has two leaders, whatever is slow, lost or skewed, and always finds one in the end', async () => {
    const faults = fc.array(
      fc.record({
        delayMs: fc.constantFrom(0, 0, 0, 10, 900, 4000, 12_000, 30_000),
        refused: fc.constantFrom(false, false, false, true),
        lost: fc.constantFrom(false, false, true),
      }),
      { minLength: 20, maxLength: 200, size: 'max' },
    );
    await fc.assert(
      fc.asyncProperty(
        faults,
        fc.array(fc.integer({ min: -7_200_000, max: 7_200_000 }), { minLength: 2, maxLength: 4 }),
        async (script, skews) => {
          const time = createManualClock();
          let calm = false;
          let at = 0;
          const server = createLeaseServer(time, () => (calm ? {} : (script[at++ % script.length] ?? {})));
          const candidates = skews.map((skew, index) => {
            const own: Clock = { now: () => time.now() + skew, monotonic: time.monotonic, after: time.after };
            return candidate(server.client, own, `c${index}`, { random: Math.random });
          });
          // As a Pod does: who lost or failed starts again.
          const stopping = new AbortController();
          const lives = candidates.map(async (one) => {
            while (!stopping.signal.aborted && !one.stop.signal.aborted) {
              await one.run();
              await sleep(time, 500, stopping.signal);
            }
          });
          for (let step = 0; step < 120; step++) {
            if (step === 80) calm = true;
            await time.advance(500);
            const leaders = candidates.filter((one) => one.elector.isLeader());
            assert(leaders.length <= 1, `${leaders.length} leaders at ${time.monotonic()}`);
          }
          assert.equal(candidates.filter((one) => one.elector.isLeader()).length, 1);
          stopping.abort();
          for (const one of candidates) one.stop.abort();
          await time.advance(1000);
          await Promise.all(lives);
        },
      ),
      { numRuns: Number(process.env.KUBE_RUNS ?? 25) },
    );
  });
});
