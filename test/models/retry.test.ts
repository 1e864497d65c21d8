import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type ChatRetry, DEFAULT_RETRY_POLICY, decideRetry } from '../../controller/models/index.ts';
import { retryAfterOf } from '../../controller/models/retry.ts';

const failure = (more: Partial<ChatRetry> = {}): ChatRetry => ({
  kind: 'retry',
  reason: 'ServerError',
  message: 'down',
  ...more,
});
const delay = (decision: ReturnType<typeof decideRetry>): number => {
  assert.notEqual(decision, 'give-up');
  return decision === 'give-up' ? Number.NaN : decision.afterMs;
};
const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const headers = (fields: Record<string, string>) => new Headers(fields);

describe('retrying model calls', () => {
  it('waits longer with each attempt, up to the cap', () => {
    const most = (attempt: number) => delay(decideRetry(failure(), attempt, () => 0.999999));
    assert.deepEqual([1, 2, 3, 4, 7, 10].map(most), [1000, 2000, 4000, 8000, 60_000, 60_000]);
  });

  it('spreads the waits over nearly the whole range', () => {
    assert.equal(delay(decideRetry(failure(), 5, () => 0)), 800);
    assert.equal(delay(decideRetry(failure(), 5, () => 0.5)), 8400);
  });

  it('never calls before the provider allows it, nor much later', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), fraction, fc.nat(7_200_000), (attempt, random, retryAfterMs) => {
        const after = delay(decideRetry(failure({ retryAfterMs }), attempt, () => random));
        const asked = Math.min(retryAfterMs, DEFAULT_RETRY_POLICY.retryAfterCapMs);
        assert.ok(after >= asked, `${after} < ${asked}`);
        assert.ok(after <= asked + DEFAULT_RETRY_POLICY.capMs);
        assert.ok(Number.isInteger(after) && after > 0);
      }),
    );
  });

  it('spreads runs out that were all told to come back at the same time', () => {
    const at = (random: number) => delay(decideRetry(failure({ retryAfterMs: 30_000 }), 6, () => random));
    assert.ok(at(0.9) - at(0.1) > 10_000);
  });

  it('gives up after the retries that the LLM allows', () => {
    assert.notEqual(decideRetry(failure(), 10, Math.random), 'give-up');
    assert.equal(decideRetry(failure(), 11, Math.random), 'give-up');
    assert.equal(decideRetry(failure(), 1, Math.random, { maxRetries: 0 }), 'give-up');
    assert.equal(decideRetry(failure(), 3, Math.random, { maxRetries: 2 }), 'give-up');
    assert.notEqual(decideRetry(failure(), 3, Math.random, { maxRetries: undefined }), 'give-up');
  });

  it('gives up sooner on a model that only answers nonsense, and at once on what is fatal', () => {
    assert.notEqual(decideRetry(failure({ reason: 'InvalidAnswer' }), 3, Math.random), 'give-up');
    assert.equal(decideRetry(failure({ reason: 'InvalidAnswer' }), 4, Math.random), 'give-up');
    assert.equal(decideRetry({ kind: 'fatal', reason: 'Unauthorized', message: '' }, 1, Math.random), 'give-up');
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-11-22T12:00:00Z');
  const cases: [string, Record<string, string>, number | undefined][] = [
    ['seconds', { 'retry-after': '7' }, 7000],
    ['fractions of a second', { 'retry-after': ' 1.5 ' }, 1500],
    ['milliseconds, which are more exact', { 'retry-after': '2', 'retry-after-ms': '1700' }, 1700],
    ['an HTTP date', { 'retry-after': 'Sun, 22 Nov 2026 12:00:30 GMT' }, 30_000],
    [
      "an HTTP date, by the server's own clock",
      { 'retry-after': 'Sun, 22 Nov 2026 13:00:30 GMT', date: 'Sun, 22 Nov 2026 13:00:00 GMT' },
      30_000,
    ],
    ['an old form of date', { 'retry-after': 'Sunday, 22-Nov-26 12:00:30 GMT' }, 30_000],
    ['a date that is over', { 'retry-after': 'Sun, 22 Nov 2026 11:00:00 GMT' }, 0],
    ['nothing', {}, undefined],
    ['a negative number', { 'retry-after': '-5' }, undefined],
    ['an endless number', { 'retry-after': '1e999' }, undefined],
    ['words', { 'retry-after': 'soon' }, undefined],
    ['an empty value', { 'retry-after': '' }, undefined],
  ];
  for (const [what, fields, expected] of cases) {
    it(`reads ${what}`, () => assert.equal(retryAfterOf(headers(fields), now), expected));
  }

  it('reads any value as nothing or as a time to wait', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const after = retryAfterOf({ get: (name) => (name === 'retry-after' ? value : null) }, now);
        assert.ok(after === undefined || (after >= 0 && Number.isFinite(after)));
      }),
    );
  });
});
