import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { LineSplitter, readAtRate, Tail } from '../../controller/mcp/intake.ts';
import type { Clock } from '../../kube/types.ts';
import { canonicalJson } from '../../policies/engine/json.ts';

describe('what MCP servers write', () => {
  it('is split into the same lines wherever it is cut', () => {
    const text = fc.array(fc.string({ unit: 'grapheme' }).map((line) => line.replace(/[\r\n]/g, '')));
    fc.assert(
      fc.property(
        text,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        fc.boolean(),
        (lines, sizes, windows) => {
          const bytes = Buffer.from(lines.map((line) => `${line}${windows ? '\r\n' : '\n'}`).join(''));
          const splitter = new LineSplitter(1_000_000);
          const seen: string[] = [];
          for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
            const size = sizes[turn % sizes.length]!;
            const { lines: some, overflow } = splitter.push(bytes.subarray(at, at + size));
            assert.equal(overflow, false);
            seen.push(...some);
            at += size;
          }
          assert.deepEqual(seen, lines);
        },
      ),
    );
  });

  it('may have no longer lines than allowed, ended or not', () => {
    assert.deepEqual(new LineSplitter(3).push(Buffer.from('abc\nabcd')), { lines: ['abc'], overflow: true });
    assert.deepEqual(new LineSplitter(3).push(Buffer.from('abcd\n')), { lines: [], overflow: true });
    assert.deepEqual(new LineSplitter(3).push(Buffer.from('abc')), { lines: [], overflow: false });
  });

  it('is remembered by its end, without colours and control characters', () => {
    const tail = new Tail(30, 2);
    tail.push(Buffer.from(`${'x'.repeat(100)}\n`));
    tail.push(Buffer.from('one\n\n\u001b[31mtwo\u001b[0m\u0007\n  thr'));
    tail.push(Buffer.from('ee  \n'));
    assert.equal(String(tail), 'two\n  three');
    tail.push(Buffer.from('y'.repeat(1000)));
    assert.equal(String(tail), 'y'.repeat(30));
  });

  it('is read at a bounded rate', async () => {
    let now = 0;
    let resume: (() => void) | undefined;
    const clock: Clock = {
      now: () => now,
      monotonic: () => now,
      after: (_, task) => {
        resume = task;
        return { cancel: () => {} };
      },
    };
    const stream = new PassThrough();
    let taken = 0;
    readAtRate(stream, { windowMs: 100, maxBytes: 10 }, clock, (chunk) => {
      taken += chunk.length;
      return undefined;
    });
    const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    for (let index = 0; index < 6; index += 1) stream.write('12345');
    await settle();
    assert.equal(taken, 10);
    now = 100;
    resume?.();
    await settle();
    assert.equal(taken, 20);
  });

  it('as JSON has one canonical form, which says the same', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const canonical = canonicalJson(value);
        assert.deepEqual(JSON.parse(canonical), JSON.parse(JSON.stringify(value)));
        assert.equal(canonicalJson(reversed(value)), canonical);
      }),
    );
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, field]) => [key, reversed(field)]),
  );
}
