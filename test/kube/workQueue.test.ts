import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createRateLimiter, createWorkQueue } from '../../kube/index.ts';
import { createManualClock } from '../support/manualClock.ts';
import { processorTime } from '../support/processorTime.ts';

describe('the work queue', () => {
  it('gives keys in the order they came, each once', async () => {
    const queue = createWorkQueue({ clock: createManualClock() });
    for (const key of ['a', 'b', 'a', 'c', 'b']) queue.add(key);
    assert.equal(queue.length, 3);
    assert.deepEqual([await queue.take(), await queue.take(), await queue.take()], ['a', 'b', 'c']);
  });

  it('keeps a key back while it is processed, then gives it once more', async () => {
    const queue = createWorkQueue({ clock: createManualClock() });
    queue.add('a');
    assert.equal(await queue.take(), 'a');
    queue.add('a');
    queue.add('a');
    assert.equal(queue.length, 0);
    const next = queue.take();
    queue.done('a');
    assert.equal(await next, 'a');
    queue.done('a');
    assert.equal(queue.length, 0);
  });

  it('of several delayed adds keeps the earliest, and fires once', async () => {
    const clock = createManualClock();
    const queue = createWorkQueue({ clock });
    queue.addAfter('a', 500);
    queue.addAfter('a', 100);
    queue.addAfter('a', 300);
    await clock.advance(99);
    assert.equal(queue.length, 0);
    await clock.advance(1);
    assert.equal(await queue.take(), 'a');
    queue.done('a');
    await clock.advance(1000);
    assert.equal(queue.length, 0);
  });

  it('backs off by key: doubling, bounded, forgotten on success', async () => {
    const waits = createRateLimiter({ random: () => 0 });
    assert.deepEqual(
      [1, 2, 3, 4].map(() => waits.next('a')),
      [5, 10, 20, 40],
    );
    assert.equal(waits.next('b'), 5);
    for (let i = 0; i < 100; i++) waits.next('a');
    assert.equal(waits.next('a'), 1_000_000);
    assert.equal(waits.failures('b'), 1);
    waits.forget('a');
    assert.equal(waits.next('a'), 5);
    const jittered = createRateLimiter({ random: () => 0.999 });
    assert(jittered.next('a') < 5 && jittered.next('a') > 7.9);

    const clock = createManualClock();
    const queue = createWorkQueue({ clock, rateLimiter: createRateLimiter({ baseMs: 100, random: () => 0 }) });
    queue.addRateLimited('a');
    await clock.advance(100);
    assert.equal(await queue.take(), 'a');
    queue.done('a');
    assert.equal(queue.failures('a'), 1);
    queue.addRateLimited('a');
    await clock.advance(199);
    assert.equal(queue.length, 0);
    await clock.advance(1);
    assert.equal(queue.length, 1);
    queue.forget('a');
    assert.equal(queue.failures('a'), 0);
  });

  it('lets go of those who wait at shutDown and at abort, and takes nothing more', async () => {
    const clock = createManualClock();
    const queue = createWorkQueue({ clock });
    const stop = new AbortController();
    const left = queue.take(stop.signal);
    stop.abort();
    assert.equal(await left, undefined);
    const waiting = queue.take();
    queue.add('for the one that still waits');
    assert.equal(await waiting, 'for the one that still waits');
    const last = queue.take();
    queue.addAfter('b', 10);
    queue.shutDown();
    assert.equal(await last, undefined);
    queue.add('a');
    await clock.advance(100);
    assert.equal(queue.length, 0);
    assert.equal(clock.pending, 0);
    assert.equal(await queue.take(), undefined);
  });

  it('takes 200,000 keys in linear time', async () => {
    const queue = createWorkQueue({ clock: createManualClock() });
    const spent = processorTime();
    for (let i = 0; i < 200_000; i++) queue.add(`k${i}`);
    for (let i = 0; i < 200_000; i++) queue.done((await queue.take()) ?? '');
    assert(spent() < 3000);
  });

  it('never has one key processed twice at once, and loses no add', async () => {
    const key = fc.constantFrom('a', 'b', 'c');
    const step = fc.oneof(
      fc.record({ op: fc.constant('add' as const), key }),
      fc.record({ op: fc.constant('addAfter' as const), key, ms: fc.integer({ min: -1, max: 50 }) }),
      fc.record({ op: fc.constant('addRateLimited' as const), key }),
      fc.record({ op: fc.constant('take' as const), abort: fc.boolean() }),
      fc.record({ op: fc.constant('done' as const), key }),
      fc.record({ op: fc.constant('advance' as const), ms: fc.integer({ min: 0, max: 40 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80, size: 'max' }), async (steps) => {
        const clock = createManualClock();
        const queue = createWorkQueue({ clock, rateLimiter: createRateLimiter({ maxMs: 50 }) });
        const processing = new Set<string>();
        /** Adds whose work has not begun since. */
        const owed = new Set<string>();
        const takers: AbortController[] = [];
        const began = (taken: string | undefined): void => {
          if (taken === undefined) return;
          assert(!processing.has(taken), `${taken} is processed twice at once`);
          processing.add(taken);
          owed.delete(taken);
        };
        const settle = () => new Promise((resolve) => setImmediate(resolve));
        for (const now of steps) {
          if (now.op === 'take') {
            const taker = new AbortController();
            takers.push(taker);
            void queue.take(taker.signal).then(began);
            if (now.abort) taker.abort();
          } else if (now.op === 'done') {
            if (processing.delete(now.key)) queue.done(now.key);
          } else if (now.op === 'advance') await clock.advance(now.ms);
          else {
            owed.add(now.key);
            if (now.op === 'addAfter') queue.addAfter(now.key, now.ms);
            else queue[now.op](now.key);
          }
          await Promise.resolve();
          await Promise.resolve();
        }
        // With time and workers enough, every key that was added is worked on after its add.
        for (let round = 0; round < 20 && (owed.size > 0 || processing.size > 0); round++) {
          for (const busy of [...processing]) {
            processing.delete(busy);
            queue.done(busy);
          }
          await clock.advance(100);
          void queue.take().then(began);
          await settle();
        }
        assert.deepEqual([...owed], []);
      }),
      { numRuns: 150 },
    );
  });
});
