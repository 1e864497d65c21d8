export interface RateLimiter {
  /** Milliseconds to wait before the key's next attempt; counts a failure. */
  next(key: string): number;
  failures(key: string): number;
  /** The key succeeded: its next failure is its first. */
  forget(key: string): void;
}

export interface RateLimiterOptions {
  /** Milliseconds after the first failure; 5 unless told. */
  readonly baseMs?: number;
  /** Milliseconds at most; 1,000,000 unless told. */
  readonly maxMs?: number;
  /** The part of a wait that is random, 0 to 1; 0.2 unless told. */
  readonly jitter?: number;
  readonly random?: () => number;
}

/** Per key: 5 ms, 10 ms, 20 ms, … up to 1,000 s, each up to a fifth shorter so that keys that failed together spread out. */
export function createRateLimiter(options: RateLimiterOptions = {}): RateLimiter {
  const { baseMs = 5, maxMs = 1_000_000, jitter = 0.2, random = Math.random } = options;
  const counts = new Map<string, number>();
  return {
    next(key) {
      const failed = counts.get(key) ?? 0;
      counts.set(key, failed + 1);
      return Math.min(maxMs, baseMs * 2 ** Math.min(failed, 60)) * (1 - jitter * random());
    },
    failures: (key) => counts.get(key) ?? 0,
    forget(key) {
      counts.delete(key);
    },
  };
}
