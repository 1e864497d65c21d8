import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createSealIdentity } from '../../controller/policy/identity.ts';
import type { KubeClient } from '../../kube/index.ts';
import { KubeError, systemClock } from '../../kube/index.ts';
import { createRecordingLogger } from '../support/logger.ts';
import { createManualClock } from '../support/manualClock.ts';

describe('the key that seals Approvals, as the operator reads it', () => {
  async function keysOf(key: Buffer): Promise<readonly Uint8Array[]> {
    const client = {
      get: async () => ({ metadata: {}, data: { key: key.toString('base64') } }),
      request: async () => ({ status: { userInfo: { username: 'operator' } } }),
    } as unknown as KubeClient;
    const logger = createRecordingLogger();
    const { signal } = new AbortController();
    const identity = createSealIdentity({
      client,
      clock: systemClock,
      logger,
      namespace: 'n',
      onChange: () => {},
      signal,
    });
    await identity.refresh(signal);
    assert.ok(identity.current().isOperator('operator'));
    return identity.current().keys;
  }

  it('counts for nothing where it is too short, instead of stopping the calls that wait', async () => {
    assert.deepEqual(await keysOf(Buffer.alloc(8)), []);
    assert.equal((await keysOf(Buffer.alloc(32))).length, 1);
  });

  /** `answers` are those to the reads of the Secret, in order; the last one stands. */
  async function readTwiceAtOnce(...answers: (() => object)[]) {
    const clock = createManualClock();
    const stop = new AbortController();
    let [reads, changes] = [0, 0];
    const client = {
      get: async () => answers[Math.min(reads++, answers.length - 1)]?.(),
      request: async () => ({ status: { userInfo: { username: 'operator' } } }),
    } as unknown as KubeClient;
    const identity = createSealIdentity({
      client,
      clock,
      logger: createRecordingLogger(),
      namespace: 'n',
      onChange: () => changes++,
      signal: stop.signal,
    });
    await identity.refresh(stop.signal);
    await identity.refresh(stop.signal);
    return { clock, identity, stop, counts: () => ({ reads, changes, pending: clock.pending }) };
  }
  const absent = (): object => {
    throw new KubeError('NotFound', 'secrets "key" not found', { status: 404, reason: 'NotFound' });
  };
  const away = (): object => {
    throw new Error('connect ECONNREFUSED');
  };
  const present = (): object => ({ metadata: {}, data: { key: Buffer.alloc(32).toString('base64') } });

  it('is read again for an Approval that came a moment after it was found absent', async () => {
    const { clock, identity, counts } = await readTwiceAtOnce(absent, present);
    assert.deepEqual(identity.current().keys, []);
    await clock.advance(2_000);
    assert.equal(identity.current().keys.length, 1);
    assert.deepEqual(counts(), { reads: 2, changes: 1, pending: 0 });
  });

  it('is read until it can be', async () => {
    const { clock, identity, counts } = await readTwiceAtOnce(away, away, away, present);
    await clock.advance(4_000);
    assert.deepEqual(identity.current().keys, []);
    await clock.advance(2_000);
    assert.equal(identity.current().keys.length, 1);
    assert.deepEqual(counts(), { reads: 4, changes: 1, pending: 0 });
  });

  it('is not read by an operator that has ended', async () => {
    const { clock, stop, counts } = await readTwiceAtOnce(absent);
    stop.abort();
    await clock.advance(10_000);
    assert.equal(counts().reads, 1);
  });
});
