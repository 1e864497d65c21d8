import type { Clock } from './types.ts';

export interface InactivityTimer {
  /** From now on `ms` may pass without a byte. */
  allow(ms: number): void;
  watching(chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer>;
  cancel(): void;
}

/**
 * Calls `dead` when no byte came for so long: first within `initialMs`, then as `allow` says. One timer that is looked at
 * again when it fires, rather than re-armed at every chunk.
 */
export function createInactivityTimer(clock: Clock, initialMs: number, dead: (ms: number) => void): InactivityTimer {
  let limit = initialMs;
  let last = clock.monotonic();
  const check = (): void => {
    const left = last + limit - clock.monotonic();
    if (left > 0) timer = clock.after(left, check);
    else dead(limit);
  };
  let timer = clock.after(limit, check);
  return {
    allow(ms) {
      limit = ms;
      last = clock.monotonic();
      timer.cancel();
      timer = clock.after(limit, check);
    },
    async *watching(chunks) {
      for await (const chunk of chunks) {
        last = clock.monotonic();
        yield chunk;
      }
    },
    cancel: () => timer.cancel(),
  };
}
