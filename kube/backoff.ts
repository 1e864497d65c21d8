export interface BackoffOptions {
  /** Milliseconds of the first wait; 500 unless told. */
  readonly baseMs?: number;
  /** No wait is longer, in milliseconds; 30,000 unless told. */
  readonly maxMs?: number;
  readonly random?: () => number;
}

export interface Backoff {
  /** The next wait in milliseconds: doubles each time, and is drawn from the upper half so that clients spread out. */
  next(): number;
  reset(): void;
}

/** Exponential backoff with jitter. */
export function createBackoff(options: BackoffOptions = {}): Backoff {
  const { baseMs = 500, maxMs = 30_000, random = Math.random } = options;
  let attempt = 0;
  return {
    next() {
      const full = Math.min(maxMs, baseMs * 2 ** attempt);
      attempt = Math.min(attempt + 1, 60);
      return full * (0.5 + 0.5 * random());
    },
    reset() {
      attempt = 0;
    },
  };
}
