import assert from 'node:assert/strict';
import { createSimulators, post } from './support.ts';

const chat = (content: string) => ({ model: 'gpt-4o', messages: [{ role: 'user', content }] });

describe('the record of requests', () => {
  const simulators = createSimulators();
  afterEach(() => simulators.end());

  async function recorded(simulated: { url: string }, query = '', method = 'GET') {
    const response = await fetch(`${simulated.url.replace('/v1', '')}/simulate/requests${query}`, { method });
    assert.equal(response.status, 200);
    return (await response.json()) as {
      total: number;
      kept: number;
      byStatus: object;
      byModel: object;
      requests?: { n: number; path: string; status: number; model?: string; idempotencyKey?: string; body: unknown }[];
    };
  }

  it('shows every request as it came, in order, refused ones too', async () => {
    const simulated = await simulators.start();
    await post(simulated, chat('one 💥'));
    await post(simulated, '{"broken');
    await fetch(`${simulated.url}/models?x=1`, { headers: { authorization: 'Bearer bad', 'idempotency-key': 'k1' } });
    const { requests, total, byStatus, byModel } = await recorded(simulated);
    assert.equal(total, 3);
    assert.deepEqual(byStatus, { 200: 1, 400: 1, 401: 1 });
    assert.deepEqual(byModel, { 'gpt-4o': 1 });
    assert.deepEqual(
      requests?.map(({ n, path, status, model, body, idempotencyKey }) => [
        n,
        path,
        status,
        model,
        body,
        idempotencyKey,
      ]),
      [
        [1, '/v1/chat/completions', 200, 'gpt-4o', chat('one 💥'), undefined],
        [2, '/v1/chat/completions', 400, undefined, '{"broken', undefined],
        [3, '/v1/models', 401, undefined, '', 'k1'],
      ],
    );
  });

  it('counts without bodies, and forgets when it is told', async () => {
    const simulated = await simulators.start();
    await post(simulated, chat('x'));
    const summary = await recorded(simulated, '?summary');
    assert.deepEqual([summary.total, summary.kept, summary.requests], [1, 1, undefined]);
    assert.equal((await recorded(simulated, '', 'DELETE')).total, 0);
    assert.deepEqual((await recorded(simulated)).requests, []);
  });

  it('counts what is under way', async () => {
    const simulated = await simulators.start({ latencyMs: 60_000 });
    const inFlightAre = async (count: number): Promise<void> => {
      while (simulated.summary().inFlight !== count) await new Promise((resolve) => setImmediate(resolve));
    };
    const away = new AbortController();
    const asked = Array.from({ length: 20 }, () => post(simulated, chat('x'), '/chat/completions', away.signal));
    await inFlightAre(20);
    away.abort();
    await Promise.allSettled(asked);
    await inFlightAre(0);
    assert.equal(simulated.summary().maxInFlight, 20);
  });

  it('keeps the latest only, by number and by size, and goes on counting', async () => {
    const simulated = await simulators.start({ record: { maxRequests: 3, maxCharacters: 2000 } });
    for (let n = 1; n <= 5; n += 1) await post(simulated, chat(`q${n}`));
    assert.deepEqual(
      simulated.requests().map(({ n }) => n),
      [3, 4, 5],
    );
    await post(simulated, chat('x'.repeat(1900)));
    assert.deepEqual(
      simulated.requests().map(({ n }) => n),
      [6],
    );
    assert.deepEqual([simulated.summary().total, simulated.summary().kept], [6, 1]);
  });
});
