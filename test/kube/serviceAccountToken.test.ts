import assert from 'node:assert/strict';
import { createTokenSource, KubeError } from '../../kube/index.ts';
import { createManualClock } from '../support/manualClock.ts';

describe('tokens of a service account', () => {
  const HOUR = 3_600_000;
  const clock = createManualClock();
  let asked = 0;
  let away = false;
  const client = {
    async request(method: string, path: string, body: unknown) {
      asked += 1;
      assert.equal(`${method} ${path}`, 'POST /api/v1/namespaces/ns/serviceaccounts/bot/token');
      assert.deepEqual((body as { spec: object }).spec, { expirationSeconds: 3600 });
      if (away) throw new KubeError('Unavailable', 'away');
      return { status: { token: `t${asked}`, expirationTimestamp: new Date(clock.now() + HOUR).toISOString() } };
    },
  };
  const source = createTokenSource({ client: client as never, clock, namespace: 'ns', name: 'bot' });

  it('are kept for four fifths of their time, then renewed', async () => {
    assert.deepEqual(await Promise.all([source(false), source(false)]), ['t1', 't1']);
    await clock.advance(0.79 * HOUR);
    assert.equal(await source(false), 't1');
    await clock.advance(0.02 * HOUR);
    assert.equal(await source(false), 't2');
  });

  it('go on while the server is away, until they expire', async () => {
    away = true;
    await clock.advance(0.9 * HOUR);
    assert.equal(await source(false), 't2');
    await clock.advance(0.11 * HOUR);
    await assert.rejects(source(false), /away/);
    away = false;
    assert.match(await source(false), /^t\d$/);
  });

  it('are asked for anew when the server refuses the last one', async () => {
    const before = await source(false);
    assert.notEqual(await source(true), before);
    away = true;
    await assert.rejects(source(true), /away/);
  });
});
