import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import type { Message } from '../../api/index.ts';
import { changeOperations } from '../../controller/taskrun/apply.ts';
import type { StatusChange } from '../../controller/taskrun/decision.ts';
import {
  firstMessages,
  messageBytes,
  PAGE_BYTES,
  paginate,
  preview,
  WINDOW_BYTES,
  windowBytes,
} from '../../controller/taskrun/window.ts';
import { applyOperations, runOf, system, taskOf, toolCall, user } from './state.ts';

const message = (limit: number): fc.Arbitrary<Message> =>
  fc.record(
    {
      role: fc.constantFrom('system', 'user', 'assistant', 'tool'),
      content: fc.nat(limit).map((length) => 'x'.repeat(length)),
    },
    { noNullPrototype: true },
  );
/** Messages that can be told apart, so that an order can be seen. */
const numbered = (messages: readonly Message[]): Message[] =>
  messages.map((one, index) => ({ ...one, content: `${index}:${one.content}` }));

describe('the context window', () => {
  it('loses nothing, reorders nothing, keeps the last message, and stays within its bounds', () => {
    fc.assert(
      fc.property(
        fc.array(message(400), { maxLength: 30 }),
        fc.array(message(400), { minLength: 1, maxLength: 10 }),
        fc.integer({ min: 100, max: 3000 }),
        (before, more, limit) => {
          const all = numbered([...before, ...more]);
          const window = all.slice(0, before.length);
          const added = all.slice(before.length);
          const { pages, removed, appended } = paginate(window, added, limit);
          const next = [...window.slice(removed), ...appended];
          assert.deepEqual([...pages.flat(), ...next], all);
          assert.deepEqual(next.at(-1), all.at(-1));
          assert.ok(removed <= window.length);
          const last = all.at(-1);
          if (windowBytes(all) <= limit) assert.deepEqual(pages, []);
          else assert.ok(windowBytes(next) <= limit / 2 || (next.length === 1 && last !== undefined));
          for (const page of pages) assert.ok(page.length > 0);
        },
      ),
    );
  });

  it('splits pages where they would get too large, and gives a longer message a page of its own', () => {
    const big = (size: number): Message => ({ role: 'tool', content: 'x'.repeat(size) });
    const { pages, appended } = paginate([], [big(300_000), big(300_000), big(900_000), big(10), big(10)]);
    assert.deepEqual(
      pages.map((page) => page.map(({ content }) => content.length)),
      [[300_000], [300_000], [900_000]],
    );
    assert.deepEqual(
      appended.map(({ content }) => content.length),
      [10, 10],
    );
    for (const page of pages) assert.ok(windowBytes(page) <= PAGE_BYTES || page.length === 1);
  });

  it('stays as it is while it is small, to the byte', () => {
    const filler = (bytes: number): Message => ({
      role: 'user',
      content: 'x'.repeat(bytes - messageBytes({ role: 'user', content: '' })),
    });
    assert.equal(paginate([filler(WINDOW_BYTES - 100)], [filler(100)]).pages.length, 0);
    assert.equal(paginate([filler(WINDOW_BYTES - 100)], [filler(101)]).pages.length, 1);
  });

  it('counts the bytes that JSON needs, near enough, also for characters of several bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (content) => {
        const one: Message = { role: 'assistant', content, toolCalls: [toolCall('call_1')] };
        const real = Buffer.byteLength(JSON.stringify(one));
        // Escapes (a control character takes six bytes) are not counted.
        const plain = Buffer.byteLength(content);
        assert.ok(messageBytes(one) >= plain);
        assert.ok(Math.abs(messageBytes(one) - real) <= 60 + 5 * content.length);
      }),
    );
  });

  it('begins with the prompt, what is known, and the message', () => {
    assert.deepEqual(firstMessages('s', taskOf()), [
      { role: 'system', content: 's' },
      { role: 'user', content: 'Do it.' },
    ]);
    assert.deepEqual(firstMessages('s', taskOf({ goal: 'G', everythingThatHappenedSoFar: ['one', 'two'] })), [
      { role: 'system', content: 's' },
      { role: 'user', content: 'Goal: G\n\nEverything that happened so far:\n- one\n- two' },
      { role: 'user', content: 'Do it.' },
    ]);
    assert.equal(firstMessages('s', taskOf({ goal: '', everythingThatHappenedSoFar: [] })).length, 2);
  });

  it('shows fifty characters of a message, never half a one', () => {
    assert.equal(preview('  two\n\twords '), 'two words');
    assert.equal(preview('x'.repeat(50)), 'x'.repeat(50));
    assert.equal(preview('x'.repeat(51)), `${'x'.repeat(47)}...`);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 120 }), (text) => {
        const shown = preview(text);
        assert.ok([...shown].length <= 50);
      }),
    );
    assert.ok(preview('🦜'.repeat(300)).isWellFormed());
  });
});

describe('the patch of a change', () => {
  const change: StatusChange = {
    set: { phase: 'ToolCallsPending', turns: 3, statusDetail: 'x' },
    remove: ['attempt', 'error'],
    append: [{ role: 'assistant', content: '', toolCalls: [toolCall('call_9')] }],
  };

  it('gives the status that was decided, whatever moved into pages', () => {
    fc.assert(
      fc.property(
        fc.array(message(300), { maxLength: 12 }),
        fc.array(message(300), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 200, max: 1500 }),
        fc.boolean(),
        (before, append, limit, paged) => {
          const window = numbered(before);
          const run = runOf({
            phase: 'SendContextWindowToLLM',
            contextWindow: window,
            attempt: { count: 1, reason: 'r', message: 'm' },
            ...(paged ? { contextPages: [{ name: 'work-1-page-001', messages: 4 }] } : {}),
          });
          const paging = paginate(window, append, limit);
          const pages = paging.pages.map((page, index) => ({ name: `page-${index}`, messages: page.length }));
          const operations = changeOperations(run, { ...change, append }, paging, pages);
          const { status } = applyOperations(run, operations);
          assert.deepEqual(status?.contextWindow, [...window.slice(paging.removed), ...paging.appended]);
          assert.equal(status?.phase, 'ToolCallsPending');
          assert.equal(status?.turns, 3);
          assert.equal(status?.attempt, undefined);
          assert.deepEqual(status?.contextPages ?? [], [...(run.status?.contextPages ?? []), ...pages]);
        },
      ),
    );
  });

  it('replaces the whole status when the run begins', () => {
    const run = runOf({
      phase: 'Pending',
      statusDetail: 'Waiting',
      agent: 'x',
      contextPages: [{ name: 'old', messages: 1 }],
    });
    const begin: StatusChange = {
      begin: true,
      set: { phase: 'SendContextWindowToLLM', contextWindow: [system, user] },
    };
    const operations = changeOperations(run, begin, paginate([], [system, user]), []);
    assert.deepEqual(applyOperations(run, operations).status, {
      phase: 'SendContextWindowToLLM',
      contextWindow: [system, user],
    });
  });

  it('costs the same however long the conversation is', () => {
    const size = (length: number) => {
      const window = Array.from({ length }, (_, index): Message => ({ role: 'user', content: `message ${index}` }));
      const run = runOf({ phase: 'ToolCallsPending', contextWindow: window });
      const paging = paginate(window, change.append ?? []);
      assert.equal(paging.pages.length, 0);
      return JSON.stringify(changeOperations(run, change, paging, [])).length;
    };
    assert.equal(size(2), size(400));
  });
});
