import assert from 'node:assert/strict';
import {
  createRateLimiter,
  createWorkQueue,
  KubeError,
  type ReconcileResult,
  runController,
  TerminalError,
} from '../../kube/index.ts';
import { createRecordingLogger } from '../support/logger.ts';
import { createManualClock } from '../support/manualClock.ts';
import { until } from './scriptedServer.ts';

const DONE: ReconcileResult = { kind: 'done' };

function start(reconcile: (key: string, signal: AbortSignal) => Promise<ReconcileResult>, workers = 2) {
  const clock = createManualClock();
  const logger = createRecordingLogger();
  const queue = createWorkQueue({ clock, rateLimiter: createRateLimiter({ baseMs: 100, random: () => 0 }) });
  const stop = new AbortController();
  const running = runController({ name: 'test', queue, workers, reconcile, logger, clock }, stop.signal);
  return { clock, logger, queue, stop, running };
}

describe('a controller', () => {
  it('runs as many keys at once as it has workers, and one key never twice', async () => {
    const running: string[] = [];
    let most = 0;
    let doubles = 0;
    const allBusy = Promise.withResolvers<void>();
    const {
      queue,
      stop,
      running: ended,
    } = start(async (key) => {
      if (running.includes(key)) doubles++;
      running.push(key);
      most = Math.max(most, running.length);
      if (running.length === 4) allBusy.resolve();
      await allBusy.promise;
      await new Promise((resolve) => setTimeout(resolve, 3));
      running.splice(running.indexOf(key), 1);
      return DONE;
    }, 4);
    for (let i = 0; i < 40; i++) {
      queue.add(`k${i % 8}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => queue.length === 0 && running.length === 0, 'all work');
    stop.abort();
    await ended;
    assert.deepEqual([most, doubles], [4, 0]);
  });

  it('brings back a key that failed, later each time, and logs it by name', async () => {
    const at: number[] = [];
    const { clock, logger, queue, stop, running } = start(async () => {
      at.push(clock.monotonic());
      if (at.length < 4) throw new Error('no luck');
      return DONE;
    });
    queue.add('ns/a');
    await clock.advance(2000);
    assert.deepEqual(at, [0, 100, 300, 700]);
    assert.equal(queue.failures('ns/a'), 0, 'success forgets');
    assert.deepEqual(
      logger.entries.map(({ level, fields }) => [level, fields.key, fields.error, fields.controller]),
      Array.from({ length: 3 }, () => ['error', 'ns/a', 'no luck', 'test']),
    );
    stop.abort();
    await running;
  });

  it('leaves a key alone after a TerminalError, until something changes', async () => {
    let runs = 0;
    const { clock, queue, stop, running } = start(async () => {
      runs++;
      throw new TerminalError('the spec is wrong');
    });
    queue.add('a');
    await clock.advance(3_600_000);
    assert.equal(runs, 1);
    queue.add('a');
    await clock.advance(1);
    assert.equal(runs, 2);
    stop.abort();
    await running;
  });

  it('comes back after as long as was asked for, and waits as long as the server asked', async () => {
    const at: number[] = [];
    const { clock, queue, stop, running } = start(async () => {
      at.push(clock.monotonic());
      if (at.length === 1) return { kind: 'requeue', afterMs: 250 };
      if (at.length === 2) throw new KubeError('TooManyRequests', 'busy', { retryAfterMs: 3000 });
      return DONE;
    });
    queue.add('a');
    await clock.advance(10_000);
    assert.deepEqual(at, [0, 250, 3250]);
    stop.abort();
    await running;
  });

  it('takes a conflict for what it is: again, and no error in the log', async () => {
    let runs = 0;
    const { clock, logger, queue, stop, running } = start(async () => {
      if (runs++ === 0) throw new KubeError('Conflict', 'the object has been modified');
      return DONE;
    });
    queue.add('a');
    await clock.advance(1000);
    assert.equal(runs, 2);
    assert.deepEqual(
      logger.entries.map(({ level }) => level),
      ['debug'],
    );
    stop.abort();
    await running;
  });

  it('outlives a reconcile that throws before its first await, or throws nothing', async () => {
    let runs = 0;
    const { clock, queue, stop, running } = start(() => {
      runs++;
      if (runs === 1) throw new TypeError('cannot read properties of undefined');
      if (runs === 2) return Promise.reject(undefined);
      return Promise.resolve(DONE);
    });
    queue.add('a');
    await clock.advance(1000);
    assert.equal(runs, 3);
    stop.abort();
    await running;
  });

  it('stops by waiting for the work under way, which hears of it, and starts nothing more', async () => {
    let heard = false;
    let finished = false;
    const begun: string[] = [];
    const { queue, stop, running } = start(async (key, signal) => {
      begun.push(key);
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      heard = true;
      await new Promise((resolve) => setTimeout(resolve, 20));
      finished = true;
      return DONE;
    }, 1);
    queue.add('a');
    queue.add('b');
    await until(() => begun.length === 1, 'the first key');
    stop.abort();
    await running;
    assert.deepEqual([heard, finished, begun], [true, true, ['a']]);
  });

  it('leaves room for the rest of the process, though a reconcile asks for itself at once for ever', async () => {
    let runs = 0;
    const { queue, stop, running } = start(async () => {
      runs++;
      return { kind: 'requeue', afterMs: 0 };
    });
    queue.add('a');
    // Its timers are the rest of the process.
    await until(() => runs > 1, 'a second run');
    stop.abort();
    await running;
  });
});
