import assert from 'node:assert/strict';
import fc from 'fast-check';
import { checkChat } from '../../cli/simulate-openai/check.ts';
import { createSimulators, post } from './support.ts';

const user = { role: 'user', content: 'hi' };
const call = (id: string) => ({ id, type: 'function', function: { name: 'add', arguments: '{}' } });
const asks = (...ids: string[]) => ({ role: 'assistant', content: null, tool_calls: ids.map(call) });
const result = (id: string) => ({ role: 'tool', tool_call_id: id, content: '5' });
const conversation = (...messages: unknown[]) => ({ model: 'gpt-4o', messages });
const offering = (parameters: unknown, name: unknown = 'add') => ({
  ...conversation(user),
  tools: [{ type: 'function', function: { name, parameters } }],
});

const UNANSWERED =
  "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ";
const NOT_ASKED =
  "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.";

describe('what the simulated API refuses', () => {
  const refused: [string, unknown, string | RegExp, string | null][] = [
    ['no model', { messages: [user] }, 'you must provide a model parameter', null],
    ['no messages', { model: 'x' }, "Missing required parameter: 'messages'.", 'messages'],
    ['empty messages', { model: 'x', messages: [] }, /empty array/, 'messages'],
    [
      'messages of another type',
      { model: 'x', messages: 'hi' },
      /expected an array of objects, but got a string/,
      'messages',
    ],
    [
      'an unknown role',
      conversation(user, { role: 'robot', content: 'x' }),
      "Invalid value: 'robot'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.",
      'messages[1].role',
    ],
    [
      'content that is null',
      conversation({ role: 'user', content: null }),
      /expected a string, got null/,
      'messages[0].content',
    ],
    [
      'content that is a number',
      conversation({ role: 'user', content: 5 }),
      /string or array of objects/,
      'messages[0].content',
    ],
    ['a call without an answer', conversation(user, asks('a')), `${UNANSWERED}a`, 'messages.[2].role'],
    [
      'calls of which one has no answer',
      conversation(user, asks('a', 'b'), result('a'), user),
      `${UNANSWERED}b`,
      'messages.[3].role',
    ],
    [
      'a message between call and answer',
      conversation(user, asks('a'), user, result('a')),
      `${UNANSWERED}a`,
      'messages.[2].role',
    ],
    ['an answer to nothing', conversation(user, result('a')), NOT_ASKED, 'messages.[1].role'],
    [
      'an answer that comes late',
      conversation(user, asks('a'), result('a'), user, result('a')),
      NOT_ASKED,
      'messages.[4].role',
    ],
    [
      'an answer to another call',
      conversation(user, asks('a'), result('z')),
      /'tool_call_id' of 'z' not found/,
      'messages.[2].tool_call_id',
    ],
    [
      'a call answered twice',
      conversation(user, asks('a', 'b'), result('a'), result('a')),
      /^Duplicate value for 'tool_call_id' of 'a'/,
      'messages.[3].tool_call_id',
    ],
    [
      'an answer without an id',
      conversation(user, asks('a'), { role: 'tool', content: '5' }),
      /tool_call_id/,
      'messages[2].tool_call_id',
    ],
    [
      'a call whose arguments are no text',
      conversation(
        user,
        { role: 'assistant', tool_calls: [{ ...call('a'), function: { name: 'add', arguments: {} } }] },
        result('a'),
      ),
      /expected a string, but got an object/,
      'messages[1].tool_calls[0].function.arguments',
    ],
    [
      'an empty list of calls',
      conversation(user, { role: 'assistant', content: 'x', tool_calls: [] }),
      /empty array/,
      'messages[1].tool_calls',
    ],
    ['an empty list of tools', { ...conversation(user), tools: [] }, /empty array/, 'tools'],
    [
      'a name with a dot',
      offering({ type: 'object', properties: {} }, 'a.b'),
      /does not match pattern/,
      'tools[0].function.name',
    ],
    [
      'a name of 65 characters',
      offering({ type: 'object', properties: {} }, 'a'.repeat(65)),
      /maximum length 64, but got a string with length 65/,
      'tools[0].function.name',
    ],
    [
      'no name',
      { ...conversation(user), tools: [{ type: 'function', function: {} }] },
      /Missing required parameter: 'tools\[0\]\.function\.name'/,
      'tools[0].function.name',
    ],
    [
      'a schema without a type',
      offering({}),
      `Invalid schema for function 'add': schema must be a JSON Schema of 'type: "object"', got 'type: "None"'.`,
      'tools[0].function.parameters',
    ],
    ['a schema of a string', offering({ type: 'string' }), /got 'type: "string"'/, 'tools[0].function.parameters'],
    [
      'a schema without properties',
      offering({ type: 'object' }),
      /object schema missing properties/,
      'tools[0].function.parameters',
    ],
    [
      'a list without items',
      offering({ type: 'object', properties: { x: { type: 'array' } } }),
      /array schema missing items/,
      'tools[0].function.parameters',
    ],
    [
      'a temperature that is a text',
      { ...conversation(user), temperature: '0.5' },
      /expected a decimal, but got a string/,
      'temperature',
    ],
    [
      'a temperature of 3',
      { ...conversation(user), temperature: 3 },
      /Expected a value <= 2, but got 3/,
      'temperature',
    ],
  ];
  for (const [what, body, message, param] of refused) {
    it(what, () => {
      const checked = checkChat(body);
      assert.ok('error' in checked, 'it was accepted');
      const { error } = checked;
      if (typeof message === 'string') assert.equal(error.message, message);
      else assert.match(error.message, message);
      assert.equal(error.param, param);
      assert.equal(error.status, 400);
      assert.equal(error.type, 'invalid_request_error');
    });
  }

  const accepted: [string, unknown][] = [
    ['one question', conversation(user)],
    [
      'a whole conversation',
      conversation(
        { role: 'system', content: 's' },
        user,
        asks('a', 'b'),
        result('b'),
        result('a'),
        { role: 'assistant', content: 'x' },
        user,
      ),
    ],
    ['calls in turn after turn', conversation(user, asks('a'), result('a'), asks('a'), result('a'))],
    ['content in parts', conversation({ role: 'user', content: [{ type: 'text', text: 'hi' }] })],
    ['a tool without parameters', { ...conversation(user), tools: [{ type: 'function', function: { name: 'now' } }] }],
  ];
  for (const [what, body] of accepted) it(`but not ${what}`, () => assert.ok('chat' in checkChat(body)));

  it('is decided for any JSON, without a crash', () => {
    const messages = fc.array(
      fc.oneof(fc.constantFrom(user, asks('a'), asks('a', 'b'), result('a'), result('b')), fc.jsonValue()),
    );
    const body = fc.oneof(
      fc.jsonValue(),
      fc.record({ model: fc.constant('x'), messages, tools: fc.option(fc.jsonValue()) }),
    );
    fc.assert(
      fc.property(body, (value) => {
        const checked = checkChat(value);
        assert.ok('chat' in checked || checked.error.message.length > 0);
      }),
    );
  });

  describe('over HTTP', () => {
    const simulators = createSimulators();
    afterEach(() => simulators.end());

    it("is worded as OpenAI's API does", async () => {
      const { status, error } = await post(await simulators.start(), conversation(user, asks('a')));
      assert.equal(status, 400);
      assert.deepEqual(error, {
        message: `${UNANSWERED}a`,
        type: 'invalid_request_error',
        param: 'messages.[2].role',
        code: null,
      });
    });
  });
});
