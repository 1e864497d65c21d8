import type { Clock } from './types.ts';

/** Objects remembered; beyond, the one that was quiet longest is forgotten. */
const MAX_SUBJECTS = 4096;

/** A token bucket for each subject: `burst` at once, then one more each `everyMs`. True: let it pass. */
export function createSpamFilter(options: {
  readonly clock: Clock;
  readonly burst: number;
  readonly everyMs: number;
}): (subject: string) => boolean {
  const { clock, burst, everyMs } = options;
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (subject) => {
    const now = clock.monotonic();
    const bucket = buckets.get(subject) ?? { tokens: burst, at: now };
    buckets.delete(subject);
    buckets.set(subject, bucket);
    for (const oldest of buckets.keys()) {
      if (buckets.size <= MAX_SUBJECTS) break;
      buckets.delete(oldest);
    }
    bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.at) / everyMs);
    bucket.at = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  };
}
