import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import fc from 'fast-check';
import { type ApiServer, startApiServer } from '../../devcluster/index.ts';
import { FairQueue, type Flow } from '../../devcluster/request/fairness/queue.ts';
import { type Connection, connectTo } from './conformance/harness.ts';

/** Takes everything, at one unit of cost each, and says whose turn it was. */
function order(queue: FairQueue<string>, cost = 1): string[] {
  const out: string[] = [];
  for (let next = queue.take(); next !== undefined; next = queue.take()) {
    queue.charge(next.flow, cost);
    out.push(next.item);
  }
  return out;
}

describe('fair queue', () => {
  const flow = (user: string, connection: object = {}): Flow => ({ user, connection });

  it('serves users in turn, however many connections each has', () => {
    const queue = new FairQueue<string>();
    for (let i = 0; i < 4; i++) queue.push(flow('flood'), `flood ${i}`);
    const calm = flow('calm');
    for (let i = 0; i < 2; i++) queue.push(calm, `calm ${i}`);
    assert.deepEqual(order(queue), ['flood 0', 'calm 0', 'flood 1', 'calm 1', 'flood 2', 'flood 3']);
  });

  it('serves the connections of one user in turn', () => {
    const queue = new FairQueue<string>();
    const [flooding, calm] = [flow('me'), flow('me')];
    for (let i = 0; i < 3; i++) queue.push(flooding, `flood ${i}`);
    queue.push(calm, 'calm');
    assert.deepEqual(order(queue), ['flood 0', 'calm', 'flood 1', 'flood 2']);
  });

  it('makes up for the cost of what has been served, also to those who ask again and again', () => {
    const queue = new FairQueue<string>();
    const [dear, cheap] = [flow('dear'), flow('cheap')];
    const served = { dear: 0, cheap: 0 };
    queue.push(dear, 'dear');
    queue.push(cheap, 'cheap');
    for (let i = 0; i < 110; i++) {
      const next = queue.take();
      assert.ok(next !== undefined);
      served[next.item as 'dear' | 'cheap']++;
      queue.charge(next.flow, next.item === 'dear' ? 10 : 1);
      queue.push(next.flow, next.item);
    }
    assert.deepEqual(served, { dear: 10, cheap: 100 });
  });

  it('owes nothing to those who were away', () => {
    const queue = new FairQueue<string>();
    const [busy, late] = [flow('busy'), flow('late')];
    for (let i = 0; i < 50; i++) queue.push(busy, 'busy');
    for (let i = 0; i < 50; i++) queue.charge(queue.take()?.flow ?? busy, 1);
    for (let i = 0; i < 4; i++) {
      queue.push(busy, 'busy');
      queue.push(late, 'late');
    }
    assert.ok(order(queue).slice(0, 4).includes('busy'));
  });

  it('loses and doubles nothing, and keeps the order of each connection', () => {
    const step = fc.record({ user: fc.nat(3), connection: fc.nat(3), take: fc.nat(2), cost: fc.nat(5) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const queue = new FairQueue<number>();
        const connections = Array.from({ length: 4 }, () => ({}));
        const taken = new Map<string, number[]>();
        const note = (next: ReturnType<typeof queue.take>, cost: number): void => {
          if (next === undefined) return;
          const key = `${next.flow.user} ${connections.indexOf(next.flow.connection)}`;
          taken.set(key, [...(taken.get(key) ?? []), next.item]);
          queue.charge(next.flow, cost);
        };
        for (const [index, { user, connection, take, cost }] of steps.entries()) {
          queue.push({ user: String(user), connection: connections[connection] ?? {} }, index);
          for (let i = 0; i < take; i++) note(queue.take(), cost);
        }
        while (queue.size > 0) note(queue.take(), 1);
        const all = [...taken.values()];
        assert.deepEqual(
          all.flat().sort((a, b) => a - b),
          steps.map((_, index) => index),
        );
        for (const items of all)
          assert.deepEqual(
            items,
            items.toSorted((a, b) => a - b),
          );
      }),
    );
  });
});

describe('a client that floods', () => {
  let server: ApiServer;
  let connection: Connection;
  const path = '/api/v1/namespaces/default/configmaps';

  before(async () => {
    server = await startApiServer({ inMemory: true });
    connection = connectTo(server.kubeconfig);
  });
  after(() => server.close());

  const ask = async (session: ReturnType<typeof connectHttp2>, method: string, body?: object): Promise<number> => {
    const headers = {
      ':path': method === 'GET' ? `${path}?limit=1` : path,
      ':method': method,
      ...(body && { 'content-type': 'application/json' }),
    };
    const stream = session.request(headers);
    stream.end(body && JSON.stringify(body));
    const [answer] = await once(stream, 'response');
    stream.resume();
    await once(stream, 'end');
    return Number(answer[':status']);
  };
  const map = (bytes: number) => ({ metadata: { generateName: 'flood-' }, data: { value: 'x'.repeat(bytes) } });

  it('does not keep others waiting, is told so when too much of it waits, and gets the rest done', async () => {
    const [flooding, calm] = [
      connectHttp2(connection.url, connection.tls),
      connectHttp2(connection.url, connection.tls),
    ];
    try {
      await Promise.all([once(flooding, 'connect'), once(calm, 'connect')]);
      await ask(calm, 'GET');
      let done = 0;
      const flood = Array.from({ length: 900 }, () =>
        ask(flooding, 'POST', map(2000)).then((code) => {
          done++;
          return code;
        }),
      );
      const codes: number[] = [];
      let before = 0;
      while (done < flood.length) {
        codes.push(await ask(calm, 'GET'));
        if (done < flood.length) before++;
      }
      assert.deepEqual(new Set(codes), new Set([200]));
      assert.ok(before >= 5, `${before} of the others' requests were answered meanwhile`);
      const answers = await Promise.all(flood);
      assert.deepEqual(
        answers.filter((code) => code !== 201 && code !== 429),
        [],
      );
      assert.ok(answers.filter((code) => code === 201).length >= 512);
    } finally {
      flooding.destroy();
      calm.destroy();
    }
  });
});
