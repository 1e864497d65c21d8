import { sleepOrAbort } from './clock.ts';
import type { Clock } from './types.ts';

export interface TokenBucket {
  /** Resolves when one more call may go; in the order asked. Rejects with the signal's reason. */
  take(signal: AbortSignal): Promise<void>;
}

/** `perSecond` on average, up to `burst` at once. */
export function createTokenBucket(options: {
  readonly clock: Clock;
  readonly perSecond: number;
  readonly burst: number;
}): TokenBucket {
  const { clock, perSecond, burst } = options;
  let tokens = burst;
  let countedAt = clock.monotonic();
  return {
    async take(signal) {
      const now = clock.monotonic();
      tokens = Math.min(burst, tokens + ((now - countedAt) / 1000) * perSecond);
      countedAt = now;
      // Below zero: tokens promised to those who wait.
      tokens -= 1;
      if (tokens < 0) await sleepOrAbort(clock, (-tokens / perSecond) * 1000, signal);
    },
  };
}
