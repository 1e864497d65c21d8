import type { ChatFailure } from './types.ts';

/** How failed calls are tried again. Milliseconds. */
export interface RetryPolicy {
  /** Calls after the first one. */
  maxRetries: number;
  /** The most to wait before the second call; doubles with each further one. */
  baseMs: number;
  /** The most to wait where the provider asks for nothing. */
  capMs: number;
  /** The most to wait where the provider asks for more. */
  retryAfterCapMs: number;
}

export const DEFAULT_RETRY_POLICY: RetryPolicy = {
  maxRetries: 10,
  baseMs: 1_000,
  capMs: 60_000,
  retryAfterCapMs: 3_600_000,
};

/** A rejected answer costs tokens each time, and a model that fails three times in a row won't do better. */
const MAX_INVALID_ANSWERS = 3;
/** Nobody calls again at once, however small the random number. */
const FLOOR = 0.05;

/**
 * Whether a failed call is made again, and in how many milliseconds: exponential with full jitter
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), never before the provider's
 * Retry-After, and then spread out too, so that a thousand waiting runs don't return at the same moment.
 * `attempt` is the number of calls made so far, this one included (1 after the first failure): the caller counts, in
 * durable state. `random` yields numbers in [0, 1).
 */
export function decideRetry(
  outcome: ChatFailure,
  attempt: number,
  random: () => number,
  policy: Partial<RetryPolicy> = {},
): { afterMs: number } | 'give-up' {
  const { maxRetries, baseMs, capMs, retryAfterCapMs } = { ...DEFAULT_RETRY_POLICY, ...definedOf(policy) };
  if (outcome.kind === 'fatal') return 'give-up';
  if (attempt > maxRetries) return 'give-up';
  if (outcome.reason === 'InvalidAnswer' && attempt > MAX_INVALID_ANSWERS) return 'give-up';
  const ceiling = Math.min(capMs, baseMs * 2 ** Math.max(0, attempt - 1));
  const jitter = ceiling * (FLOOR + (1 - FLOOR) * random());
  const asked = Math.min(retryAfterCapMs, Math.max(0, outcome.retryAfterMs ?? 0));
  return { afterMs: Math.ceil(asked + (asked > 0 ? Math.min(jitter, asked) : jitter)) };
}

/**
 * Milliseconds of a response's Retry-After, or undefined where it is absent or nonsense. Reads `retry-after-ms` (Azure),
 * seconds and HTTP dates (RFC 9110, 10.2.3). Dates count from the response's own `date`, where it has one: clocks differ.
 */
export function retryAfterOf(headers: { get(name: string): string | null }, now: number): number | undefined {
  const milliseconds = numberOf(headers.get('retry-after-ms'));
  if (milliseconds !== undefined) return milliseconds;
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const seconds = numberOf(value);
  if (seconds !== undefined) return seconds * 1000;
  const until = dateOf(value);
  if (until === undefined) return undefined;
  return Math.max(0, until - (dateOf(headers.get('date')) ?? now));
}

function numberOf(value: string | null): number | undefined {
  return value !== null && /^\s*\d{1,12}(\.\d{1,6})?\s*$/.test(value) ? Number(value) : undefined;
}

function dateOf(value: string | null): number | undefined {
  // All three forms of an HTTP date begin with a day's name; Date.parse alone would take much more.
  if (value === null || value.length > 64 || !/^\s*[A-Za-z]{3,9},?\s/.test(value)) return undefined;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}

function definedOf(policy: Partial<RetryPolicy>): Partial<RetryPolicy> {
  return Object.fromEntries(Object.entries(policy).filter(([, value]) => value !== undefined));
}
