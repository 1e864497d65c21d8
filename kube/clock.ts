import type { Clock } from './types.ts';

/** setTimeout fires at once for delays beyond 2^31-1 ms. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The machine's clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, task) {
    let handle: NodeJS.Timeout;
    const start = (left: number): void => {
      handle = setTimeout(
        () => (left > LONGEST_TIMEOUT_MS ? start(left - LONGEST_TIMEOUT_MS) : task()),
        Math.max(0, Math.min(left, LONGEST_TIMEOUT_MS)),
      );
      handle.unref();
    };
    start(ms);
    return { cancel: () => clearTimeout(handle) };
  },
};

/** Resolves after `ms`, or at once when `signal` aborts; never rejects. Leaves neither timer nor listener behind. */
export function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve();
      return;
    }
    const done = (): void => {
      timer.cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = clock.after(ms, done);
    signal?.addEventListener('abort', done, { once: true });
  });
}

/** As `sleep`, but rejects with the signal's reason when it aborts. */
export async function sleepOrAbort(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(clock, ms, signal);
  signal.throwIfAborted();
}
