import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { callsAllowed, createSlowStart } from '../../controller/models/index.ts';
import { createManualClock } from '../support/manualClock.ts';

describe('model calls of a young operator whose predecessor died in the middle of some', () => {
  /** Runs that wait for a model: whatever is admitted stays under way until it is ended. */
  function start(runs: number, interrupted = 1) {
    const clock = createManualClock();
    const underWay = new Set<string>();
    const ask = (key: string) => {
      if (slowStart.admit(key)) underWay.add(key);
    };
    const slowStart = createSlowStart({
      clock,
      underWay: () => underWay.size,
      wake: (key) => queueMicrotask(() => ask(key)),
    });
    slowStart.begin(interrupted);
    for (let run = 1; run <= runs; run += 1) ask(`run-${run}`);
    const end = (key: string) => {
      underWay.delete(key);
      slowStart.ended();
    };
    return { clock, underWay, slowStart, ask, end };
  }

  it('are one at first, twice as many with each half second, as many as wait in the end', async () => {
    const { clock, underWay, slowStart } = start(3_000);
    const counts = [underWay.size];
    for (let step = 0; step < 11; step += 1) {
      await clock.advance(500);
      counts.push(underWay.size);
    }
    assert.deepEqual(counts, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 3_000]);
    assert.equal(slowStart.waiting, 0);
    assert.equal(clock.pending, 0, 'a timer is left');
  });

  it('begin one when one has ended, in the order in which they came', async () => {
    const { clock, underWay, end } = start(3);
    assert.deepEqual([...underWay], ['run-1']);
    end('run-1');
    await clock.advance(0);
    assert.deepEqual([...underWay], ['run-2']);
    end('run-2');
    await clock.advance(0);
    assert.deepEqual([...underWay], ['run-3']);
  });

  it('are not held up by one that does not want to begin any more', async () => {
    const clock = createManualClock();
    const underWay = new Set<string>(['first']);
    const slowStart = createSlowStart({
      clock,
      underWay: () => underWay.size,
      // The second was cancelled while it waited.
      wake: (key) => key !== 'second' && slowStart.admit(key) && underWay.add(key),
    });
    slowStart.begin(1);
    assert.equal(slowStart.admit('second'), false);
    assert.equal(slowStart.admit('third'), false);
    underWay.clear();
    slowStart.ended();
    assert.deepEqual([...underWay], []);
    await clock.advance(500);
    assert.deepEqual([...underWay], ['third']);
  });

  it('all begin at once where it left none', async () => {
    const { clock, underWay } = start(3_000, 0);
    assert.equal(underWay.size, 3_000);
    assert.equal(clock.pending, 0);
  });

  it('are all let through when the operator is old', async () => {
    const { clock, ask, underWay } = start(0);
    await clock.advance(5_500);
    for (let run = 0; run < 100; run += 1) ask(`${run}`);
    assert.equal(underWay.size, 100);
    assert.equal(clock.pending, 0);
  });

  it('are never more than the age allows, and never fewer than they could be for longer than half a second', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fc.record({ advance: fc.nat(700) }), fc.record({ end: fc.nat(40) })), { maxLength: 30 }),
        async (steps) => {
          const { clock, underWay, slowStart, end } = start(40);
          let age = 0;
          for (const step of steps) {
            if ('advance' in step) {
              await clock.advance(step.advance);
              age += step.advance;
            } else {
              const key = `run-${step.end}`;
              if (underWay.has(key)) end(key);
              await clock.advance(0);
            }
            assert.ok(underWay.size <= callsAllowed(age));
            assert.ok(slowStart.waiting === 0 || underWay.size === callsAllowed(age));
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});
