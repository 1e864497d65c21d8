import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readAnswer, toolCallIds } from '../../controller/models/answer.ts';
import type { ChatAnswer, Message } from '../../controller/models/index.ts';
import { createRedactor } from '../../controller/models/redact.ts';

const none = createRedactor([]);
const read = (body: unknown, conversation: Message[] = []) => readAnswer(body, toolCallIds(conversation), none);
const withMessage = (message: unknown, more: object = {}) => ({
  choices: [{ index: 0, message, finish_reason: 'stop', ...more }],
});
const withCalls = (...calls: unknown[]) => withMessage({ role: 'assistant', content: null, tool_calls: calls });
const call = (more: object = {}) => ({
  id: 'call_a',
  type: 'function',
  function: { name: 'add', arguments: '{}' },
  ...more,
});

function answered(body: unknown, conversation: Message[] = []): ChatAnswer {
  const outcome = read(body, conversation);
  assert.equal(outcome.kind, 'answer', JSON.stringify(outcome));
  return outcome as ChatAnswer;
}

describe('answers of a model', () => {
  it('are read with their usage', () => {
    const body = {
      ...withMessage({ role: 'assistant', content: 'Hello' }),
      model: 'gpt-4o-2024-08-06',
      usage: { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15, prompt_tokens_details: { cached_tokens: 8 } },
    };
    assert.deepEqual(answered(body), {
      kind: 'answer',
      content: 'Hello',
      toolCalls: [],
      usage: { inputTokens: 12, outputTokens: 3, totalTokens: 15, cachedTokens: 8 },
      finishReason: 'stop',
      model: 'gpt-4o-2024-08-06',
    });
  });

  describe('that are untidy are put right', () => {
    const same = { id: 'call_a', type: 'function', function: { name: 'add', arguments: '{"a":1}' } };
    const cases: [string, unknown][] = [
      ['arguments given as an object', { ...same, function: { name: 'add', arguments: { a: 1 } } }],
      ['a type left out', { id: 'call_a', function: same.function }],
      ['a name with white space around it', { ...same, function: { name: ' add\n', arguments: '{"a":1}' } }],
    ];
    for (const [what, given] of cases) {
      it(what, () => assert.deepEqual(answered(withCalls(given)).toolCalls, [same]));
    }

    it('arguments left out', () => {
      for (const value of [undefined, null, '', '  ']) {
        const [only] = answered(withCalls(call({ function: { name: 'add', arguments: value } }))).toolCalls;
        assert.equal(only?.function.arguments, '{}');
      }
    });

    it('arguments that are no JSON are left to the tool, which tells the model', () => {
      const [only] = answered(withCalls(call({ function: { name: 'add', arguments: '{"a":' } }))).toolCalls;
      assert.equal(only?.function.arguments, '{"a":');
    });

    it('ids left out, empty, doubled or used in an earlier turn', () => {
      const earlier: Message[] = [
        { role: 'user', content: 'x' },
        {
          role: 'assistant',
          content: '',
          toolCalls: [{ id: 'call_a', type: 'function', function: { name: 'add', arguments: '{}' } }],
        },
        { role: 'tool', content: '1', toolCallId: 'call_a' },
      ];
      const body = withCalls(
        call({ id: undefined }),
        call({ id: '' }),
        call({ id: 'b' }),
        call({ id: 'b' }),
        call(),
        call({ id: 7 }),
      );
      const ids = answered(body, earlier).toolCalls.map(({ id }) => id);
      assert.deepEqual(ids, ['call_2', 'call_3', 'b', 'call_4', 'call_5', 'call_6']);
      assert.deepEqual(
        answered(body, earlier).toolCalls.map(({ id }) => id),
        ids,
        'the same when it is read again',
      );
    });

    it('a name that no provider would take back', () => {
      const [only] = answered(withCalls(call({ function: { name: 'files.read file!', arguments: '{}' } }))).toolCalls;
      assert.equal(only?.function.name, 'files_read_file_');
    });

    it('content in parts, a refusal, a call in the old form', () => {
      const parts = [{ type: 'text', text: 'Hel' }, { type: 'text', text: 'lo' }, { type: 'image_url' }];
      assert.equal(answered(withMessage({ content: parts })).content, 'Hello');
      assert.equal(answered(withMessage({ content: null, refusal: "I can't." })).content, "I can't.");
      const old = answered(withMessage({ content: null, function_call: { name: 'add', arguments: '{}' } }));
      assert.deepEqual(old.toolCalls, [{ id: 'call_1', type: 'function', function: { name: 'add', arguments: '{}' } }]);
    });

    it('usage that is missing or nonsense', () => {
      for (const usage of [undefined, null, 'much', { prompt_tokens: -1, completion_tokens: 1.5, total_tokens: 'x' }]) {
        const { usage: read } = answered({ ...withMessage({ content: 'x' }), usage });
        assert.deepEqual(read, { inputTokens: 0, outputTokens: 0, totalTokens: 0 });
      }
    });
  });

  describe('of the wrong shape are asked for again', () => {
    const cases: [string, unknown, RegExp][] = [
      ['text instead of JSON', '<html>nginx</html>', /no JSON: <html>nginx/],
      ['null', null, /is null/],
      ['nothing', undefined, /is missing/],
      ['a list', [], /is a list/],
      ['no choices', { id: 'x' }, /no choices/],
      ['empty choices', { choices: [] }, /no choices/],
      ['a null choice', { choices: [null] }, /choices\[0\] is null/],
      ['a null message', withMessage(null), /choices\[0\]\.message is null/],
      ['a message that is a text', withMessage('hi'), /message is a string/],
      ['content that is a number', withMessage({ content: 5 }), /content is a number/],
      ['an empty message', withMessage({}), /neither text nor tool calls/],
      ['blank content', withMessage({ content: ' \n' }), /neither text nor tool calls/],
      ['an empty list of calls', withMessage({ content: '', tool_calls: [] }), /neither text nor tool calls/],
      ['calls that are no list', withMessage({ content: 'x', tool_calls: {} }), /tool_calls is an object, not a list/],
      ['a call that is null', withCalls(null), /tool_calls\[0\] is null/],
      ['a call without a function', withCalls({ id: 'a' }), /tool_calls\[0\]\.function is missing/],
      [
        'a call without a name',
        withCalls(call(), call({ function: { arguments: '{}' } })),
        /tool_calls\[1\]\.function\.name is missing/,
      ],
      [
        'arguments that are a list',
        withCalls(call({ function: { name: 'a', arguments: [1] } })),
        /arguments is neither/,
      ],
      ['a call of another type', withCalls(call({ type: 'custom' })), /type is "custom"/],
      [
        'a flood of calls',
        withCalls(...Array.from({ length: 129 }, () => call())),
        /129 tool calls at once, at most 128/,
      ],
      [
        'an error with status 200',
        { error: { message: 'upstream is down', code: 502 } },
        /answered with an error: upstream is down/,
      ],
    ];
    for (const [what, body, message] of cases) {
      it(what, () => {
        const outcome = read(body);
        assert.equal(outcome.kind, 'retry');
        if (outcome.kind !== 'retry') return;
        assert.equal(outcome.reason, 'InvalidAnswer');
        assert.match(outcome.message, message);
      });
    }
  });

  describe('that the model would give again end the run', () => {
    const cases: [string, unknown, string][] = [
      ['filtered', withMessage({ content: 'half' }, { finish_reason: 'content_filter' }), 'ContentFiltered'],
      ['all tokens spent on thinking', withMessage({ content: '' }, { finish_reason: 'length' }), 'OutputTruncated'],
      ['too large for an object', withMessage({ content: 'x'.repeat(1_000_001) }), 'AnswerTooLarge'],
    ];
    for (const [what, body, reason] of cases) {
      it(what, () => {
        const outcome = read(body);
        assert.equal(outcome.kind, 'fatal');
        assert.equal(outcome.kind === 'fatal' && outcome.reason, reason);
      });
    }

    it('but an answer that was merely cut is an answer', () => {
      assert.equal(answered(withMessage({ content: 'half' }, { finish_reason: 'length' })).finishReason, 'length');
    });
  });

  it('never throw, whatever the JSON, and always keep what the next turn needs', () => {
    const json = fc.jsonValue({ maxDepth: 4 });
    const messy = fc.oneof(
      json,
      json.map((message) => withMessage(message)),
      fc
        .record(
          {
            content: json,
            tool_calls: fc.array(
              fc.record(
                {
                  id: json,
                  type: fc.constantFrom('function', undefined, 'custom'),
                  function: fc.record({ name: fc.oneof(fc.string(), json), arguments: json }),
                },
                { requiredKeys: [] },
              ),
              { maxLength: 4 },
            ),
            refusal: json,
          },
          { requiredKeys: [] },
        )
        .map((message) => withMessage(message)),
    );
    fc.assert(
      fc.property(messy, (body) => {
        const outcome = read(body);
        if (outcome.kind !== 'answer') {
          assert.ok(outcome.message.length > 0 && outcome.message.length <= 1000);
          return;
        }
        assert.equal(typeof outcome.content, 'string');
        assert.ok(outcome.content.trim() !== '' || outcome.toolCalls.length > 0);
        const ids = outcome.toolCalls.map(({ id }) => id);
        assert.equal(new Set(ids).size, ids.length);
        for (const { id, function: fn } of outcome.toolCalls) {
          assert.ok(id.length > 0);
          assert.match(fn.name, /^[a-zA-Z0-9_-]{1,64}$/);
          assert.equal(typeof fn.arguments, 'string');
        }
      }),
      { numRuns: 500 },
    );
  });

  it('nested without end are no crash', () => {
    let deep: unknown = {};
    for (let n = 0; n < 200_000; n += 1) deep = { deep };
    assert.notEqual(read(withCalls(call({ function: { name: 'add', arguments: deep } }))).kind, 'answer');
  });

  it('lose a key that the model repeats', () => {
    const redactor = createRedactor(['sk-canary-0123456789']);
    const body = withMessage({
      content: 'your key is sk-canary-0123456789',
      tool_calls: [call({ function: { name: 'add', arguments: '{"k":"sk-canary-0123456789"}' } })],
    });
    const outcome = readAnswer(body, [], redactor);
    assert.ok(!JSON.stringify(outcome).includes('canary'));
    assert.equal(outcome.kind === 'answer' && outcome.toolCalls[0]?.function.arguments, '{"k":"[redacted]"}');
  });
});
