import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createCallLimiter } from '../../controller/models/index.ts';
import { processorTime } from '../support/processorTime.ts';

const forever = new AbortController().signal;
/** Lets promises that are resolved call their reactions. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

interface Call {
  llm: string;
  namespace: string;
  state: 'waiting' | 'held' | 'over';
  abort: AbortController;
  release?: () => void;
}

/** The limiter, seen by callers: who waits, who holds. */
function watched(limits: Parameters<typeof createCallLimiter>[0]) {
  const limiter = createCallLimiter(limits);
  const calls: Call[] = [];
  const granted: Call[] = [];
  return {
    limiter,
    calls,
    granted,
    ask(namespace: string, llm: string, limit?: number): Call {
      const call: Call = { llm, namespace, state: 'waiting', abort: new AbortController() };
      calls.push(call);
      limiter.acquire({ llm, namespace, signal: call.abort.signal, ...(limit === undefined ? {} : { limit }) }).then(
        (release) => {
          call.release = release;
          call.state = 'held';
          granted.push(call);
        },
        () => {
          call.state = 'over';
        },
      );
      return call;
    },
    end(call: Call) {
      call.state = 'over';
      call.release?.();
    },
    in: (state: Call['state']) => calls.filter((call) => call.state === state),
  };
}

const names = ['a', 'b', 'c', 'd'];
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('ask' as const),
      namespace: fc.constantFrom(...names),
      llm: fc.constantFrom('x', 'y', 'z'),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('end' as const), pick: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), pick: fc.nat() }) },
);
const llmLimits: Record<string, number | undefined> = { x: 1, y: 2, z: undefined };

describe('the call limiter', () => {
  it('keeps all limits, lets nobody wait who could go, and serves everyone in the end', async () => {
    const scenario = fc.record({
      maxInFlight: fc.integer({ min: 1, max: 5 }),
      maxPerNamespace: fc.integer({ min: 1, max: 3 }),
      steps: fc.array(step, { maxLength: 60 }),
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ maxInFlight, maxPerNamespace, steps }) => {
        const { limiter, calls, ask, end, in: those } = watched({ maxInFlight, maxPerNamespace });
        const check = () => {
          const held = those('held');
          const of = (field: 'llm' | 'namespace', value: string) => held.filter((call) => call[field] === value).length;
          assert.ok(held.length <= maxInFlight);
          for (const name of names) assert.ok(of('namespace', name) <= maxPerNamespace);
          for (const llm of ['x', 'y', 'z']) assert.ok(of('llm', llm) <= (llmLimits[llm] ?? Infinity));
          for (const { llm, namespace } of those('waiting')) {
            const blocked =
              held.length === maxInFlight ||
              of('namespace', namespace) === maxPerNamespace ||
              of('llm', llm) === (llmLimits[llm] ?? Infinity);
            assert.ok(blocked, `a call of ${namespace} to ${llm} waits for nothing`);
          }
          assert.equal(limiter.inFlight, held.length);
          assert.equal(limiter.waiting, those('waiting').length);
        };
        for (const one of steps) {
          if (one.do === 'ask') ask(one.namespace, one.llm, llmLimits[one.llm]);
          else {
            const some = those(one.do === 'end' ? 'held' : 'waiting');
            const call = some[one.pick % Math.max(1, some.length)];
            if (call !== undefined && one.do === 'end') end(call);
            call?.abort.abort();
          }
          await settle();
          check();
        }
        while (those('held').length > 0) {
          end(those('held')[0]!);
          await settle();
          check();
        }
        assert.ok(
          calls.every(({ state }) => state === 'over'),
          'someone still waits',
        );
      }),
      { numRuns: 150 },
    );
  });

  it('lets a second team through after one more call of the first, whatever its burst', async () => {
    const { ask, end, granted } = watched({ maxInFlight: 2 });
    const burst = Array.from({ length: 500 }, () => ask('burst', 'x'));
    const late = ask('late', 'y');
    await settle();
    assert.equal(late.state, 'waiting');
    end(burst[0]!);
    end(burst[1]!);
    await settle();
    assert.equal(late.state, 'held');
    assert.equal(granted.length, 4);
  });

  it('takes turns between teams', async () => {
    const { ask, end, granted, in: those } = watched({ maxInFlight: 1 });
    for (const [namespace, count] of [
      ['a', 6],
      ['b', 3],
      ['c', 3],
    ] as const) {
      for (let n = 0; n < count; n += 1) ask(namespace, 'x');
    }
    for (let n = 0; n < 12; n += 1) {
      await settle();
      end(those('held')[0]!);
    }
    assert.equal(granted.map(({ namespace }) => namespace).join(''), 'aabcabcabcaa');
  });

  it('takes turns for an LLM that several teams share, also when one of them has other work', async () => {
    const { ask, end, granted, in: those } = watched({ maxInFlight: 100 });
    for (let n = 0; n < 20; n += 1) {
      ask('a', 'x', 1);
      ask('a', 'other', 1);
      if (n < 5) ask('b', 'x', 1);
    }
    for (let n = 0; n < 10; n += 1) {
      await settle();
      for (const call of those('held')) end(call);
    }
    const turns = granted.filter(({ llm }) => llm === 'x').map(({ namespace }) => namespace);
    assert.equal(turns.slice(0, 10).filter((namespace) => namespace === 'b').length, 5);
  });

  it('takes turns between the LLMs of one team', async () => {
    const { ask, end, granted, in: those } = watched({ maxInFlight: 1 });
    for (const llm of ['x', 'y']) for (let n = 0; n < 4; n += 1) ask('a', llm);
    for (let n = 0; n < 8; n += 1) {
      await settle();
      end(those('held')[0]!);
    }
    assert.equal(granted.map(({ llm }) => llm).join(''), 'xxyxyxyy');
  });

  it('lets a full LLM hold up no other LLM of the same team', async () => {
    const { ask } = watched({ maxInFlight: 10 });
    ask('a', 'slow', 1);
    ask('a', 'slow', 1);
    const other = ask('a', 'fast', 1);
    await settle();
    assert.equal(other.state, 'held');
  });

  it('starts more at once when the limit of an LLM is raised', async () => {
    const { ask, in: those } = watched({ maxInFlight: 10 });
    for (let n = 0; n < 6; n += 1) ask('a', 'x', 1);
    await settle();
    assert.equal(those('held').length, 1);
    ask('a', 'x', 4);
    await settle();
    assert.equal(those('held').length, 4);
  });

  it('forgets who is cancelled while waiting, with the reason of the signal', async () => {
    const limiter = createCallLimiter({ maxInFlight: 1 });
    const release = await limiter.acquire({ llm: 'x', namespace: 'a', signal: forever });
    const abort = new AbortController();
    const waiting = limiter.acquire({ llm: 'x', namespace: 'a', signal: abort.signal });
    abort.abort(new Error('run cancelled'));
    await assert.rejects(waiting, /run cancelled/);
    await assert.rejects(limiter.acquire({ llm: 'x', namespace: 'a', signal: abort.signal }), /run cancelled/);
    release();
    assert.equal(limiter.inFlight, 0);
    (await limiter.acquire({ llm: 'x', namespace: 'a', signal: forever }))();
  });

  it('takes a slot back once, however often it is given', async () => {
    const limiter = createCallLimiter({ maxInFlight: 2 });
    const release = await limiter.acquire({ llm: 'x', namespace: 'a', signal: forever });
    await limiter.acquire({ llm: 'x', namespace: 'a', signal: forever });
    release();
    release();
    assert.equal(limiter.inFlight, 1);
  });

  it('serves 20,000 waiters of 500 teams without a noticeable cost', async () => {
    const limiter = createCallLimiter({ maxInFlight: 1000, maxPerNamespace: 50 });
    const spent = processorTime();
    let served = 0;
    const one = async (n: number) => {
      const release = await limiter.acquire({
        llm: `llm-${n % 700}`,
        namespace: `team-${n % 500}`,
        limit: 5,
        signal: new AbortController().signal,
      });
      served += 1;
      setImmediate(release);
    };
    await Promise.all(Array.from({ length: 20_000 }, (_, n) => one(n)));
    assert.equal(served, 20_000);
    assert.ok(spent() < 5000);
  });

  it('refuses limits that would stop everything', () => {
    assert.throws(
      () => createCallLimiter({ maxInFlight: 0 }),
      /maxInFlight must be a whole number of at least 1, it is 0/,
    );
  });
});
