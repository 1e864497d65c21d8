import assert from 'node:assert/strict';
import { createBackoff, sleep, systemClock } from '../../kube/index.ts';
import { createManualClock } from '../support/manualClock.ts';

describe('time', () => {
  it('beyond what setTimeout can count does not come at once', async () => {
    let fired = false;
    const timer = systemClock.after(2 ** 31 + 5, () => {
      fired = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    timer.cancel();
    assert.equal(fired, false);
  });

  it('slept through leaves nothing behind, whether it passed or the signal aborted', async () => {
    const clock = createManualClock();
    const stop = new AbortController();
    const passed = sleep(clock, 100, stop.signal);
    const cut = sleep(clock, 1e9, stop.signal);
    await clock.advance(100);
    await passed;
    stop.abort();
    await cut;
    assert.equal(clock.pending, 0);
    await sleep(clock, 1e9, stop.signal);
  });

  it('between attempts doubles up to the limit, and is spread', () => {
    const backoff = createBackoff({ baseMs: 100, maxMs: 1000, random: () => 1 });
    assert.deepEqual(
      Array.from({ length: 6 }, () => backoff.next()),
      [100, 200, 400, 800, 1000, 1000],
    );
    backoff.reset();
    assert.equal(backoff.next(), 100);
    assert.equal(createBackoff({ baseMs: 100, random: () => 0 }).next(), 50);
  });
});
