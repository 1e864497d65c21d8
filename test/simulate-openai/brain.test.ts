import assert from 'node:assert/strict';
import fc from 'fast-check';
import { answerFor } from '../../cli/simulate-openai/brain.ts';
import type { ChatMessage, ChatTool } from '../../cli/simulate-openai/chat.ts';
import { processorTime } from '../support/processorTime.ts';
import { fn as openaiFn } from './support.ts';

const fn = (...args: Parameters<typeof openaiFn>) => openaiFn(...args) as ChatTool;
const number = { type: 'number' };
const text = { type: 'string' };

const tools = [
  fn('add', { a: number, b: number }),
  fn('calculator__subtract', { a: number, b: number }),
  fn('multiply', { a: { type: ['number', 'null'] }, b: { anyOf: [{ type: 'integer' }, { type: 'null' }] } }),
  fn(
    'fetch__fetch',
    {
      url: { type: 'string', format: 'uri' },
      max_length: { type: 'integer', default: 5000 },
      raw: { type: 'boolean' },
    },
    ['url'],
  ),
  fn('billing__pay_invoice', { invoice: text, amount: number }, ['invoice']),
  fn('delegate_to_poet', { message: text }, ['message'], 'Delegates work to the agent poet'),
  fn('fs__list_directory', { path: text }),
  fn('fs__read_file', { path: text }),
  fn('everything__echo', { message: text }),
  fn('weather', { city: text, unit: { enum: ['celsius', 'fahrenheit'] }, days: { type: 'array', items: number } }, [
    'city',
    'unit',
  ]),
];

function called(message: string, offered = tools) {
  const { toolCalls } = answerFor({ model: 'x', messages: [{ role: 'user', content: message }], tools: offered });
  const [only] = toolCalls;
  return only === undefined ? undefined : [only.name, JSON.parse(only.arguments)];
}

describe('what the simulated model says by itself', () => {
  const calls: [string, string, Record<string, unknown>][] = [
    ['add 2 and 3', 'add', { a: 2, b: 3 }],
    ['What is 2 + -3.5?', 'add', { a: 2, b: -3.5 }],
    ['Please compute the sum of 10 and 20.', 'add', { a: 10, b: 20 }],
    ['subtract 2 from 9', 'calculator__subtract', { a: 9, b: 2 }],
    ['what is 7-4', 'calculator__subtract', { a: 7, b: 4 }],
    ['6 times 7', 'multiply', { a: 6, b: 7 }],
    ['What is on the front page of planetscale.com?', 'fetch__fetch', { url: 'https://planetscale.com' }],
    ['Summarise https://example.com/a?b=1, please.', 'fetch__fetch', { url: 'https://example.com/a?b=1' }],
    ['Pay invoice INV-17', 'billing__pay_invoice', { invoice: 'INV-17' }],
    ['pay the invoices: invoice 18 with amount 12.5', 'billing__pay_invoice', { invoice: '18', amount: 12.5 }],
    ['Ask the poet to write a haiku about pods', 'delegate_to_poet', { message: 'write a haiku about pods' }],
    ['list the directory /tmp/x', 'fs__list_directory', { path: '/tmp/x' }],
    ['read the file notes.md', 'fs__read_file', { path: 'notes.md' }],
    ['echo hello there', 'everything__echo', { message: 'hello there' }],
    ['use everything__echo with "two words"', 'everything__echo', { message: 'two words' }],
    ['weather for "Bern" in celsius', 'weather', { city: 'Bern', unit: 'celsius' }],
  ];
  for (const [message, name, values] of calls) {
    it(`"${message}" calls ${name}`, () => assert.deepEqual(called(message), [name, values]));
  }

  const silent = [
    'What is the capital of the moon?',
    'Tell me about 2 and 3',
    'add 2',
    'What is in README.md?',
    'hello',
    'fetch me a coffee',
    '',
  ];
  for (const message of silent) it(`"${message}" calls nothing`, () => assert.equal(called(message), undefined));

  it('calls nothing that is not offered', () => {
    assert.equal(called('add 2 and 3', []), undefined);
    assert.equal(called('add 2 and 3', [tools[3]!]), undefined);
  });

  it('answers from the results of the last turn, all of them', () => {
    const ask = (id: string, name: string) => ({ id, type: 'function', function: { name, arguments: '{}' } });
    const after = (...results: string[]): ChatMessage[] => [
      { role: 'user', content: 'add 2 and 3' },
      { role: 'assistant', tool_calls: results.map((_, n) => ask(`c${n}`, `tool_${n}`)) },
      ...results.map((content, n) => ({ role: 'tool', tool_call_id: `c${n}`, content })),
    ];
    const say = (...results: string[]) => answerFor({ model: 'x', messages: after(...results), tools }).text;
    assert.equal(say('5'), 'The result is 5.');
    assert.equal(say('Error: Division by zero'), 'tool_0 answered: Error: Division by zero');
    assert.equal(say(''), 'tool_0 answered nothing.');
    assert.equal(say('one', 'two'), 'tool_0 answered: one\n\ntool_1 answered: two');
    assert.ok(say('x'.repeat(100_000)).length < 2000);
  });

  it('says what it is where it has no answer', () => {
    const { text: said } = answerFor({ model: 'x', messages: [{ role: 'user', content: 'Why?' }], tools });
    assert.match(said, /simulated model/);
    assert.match(said, /"Why\?"/);
  });

  it('always has an answer, quickly, whatever is asked and offered', () => {
    const schema = fc.oneof(
      fc.constantFrom(
        { type: 'object', properties: { url: text, ['__proto__']: number }, required: ['__proto__', 'url'] },
        { type: 'object', properties: { constructor: number }, required: ['constructor', 'missing'] },
      ),
      fc.record({
        type: fc.constant('object'),
        properties: fc.dictionary(fc.string(), fc.jsonValue()),
        required: fc.jsonValue(),
      }),
    );
    const offered = fc.array(fc.record({ name: fc.stringMatching(/^[a-z_]{1,12}$/), parameters: schema }));
    const question = fc.oneof(
      fc.string({ maxLength: 500 }),
      fc.constantFrom('add 1 and 2 https://x.org', 'ask the agent to'),
    );
    fc.assert(
      fc.property(question, offered, (content, fns) => {
        const chat = {
          model: 'x',
          messages: [{ role: 'user', content }],
          tools: fns.map((f) => ({ type: 'function', function: f as ChatTool['function'] })),
        };
        const reply = answerFor(chat);
        assert.ok(reply.text !== '' || reply.toolCalls.length > 0);
        for (const { arguments: json } of reply.toolCalls) JSON.parse(json);
        assert.deepEqual(answerFor(chat), reply);
      }),
    );
    const spent = processorTime();
    for (const unit of ['a.', '1 ', '"', 'https://', 'subtract from ', "'a ", '1-', 'x='])
      answerFor({ model: 'x', messages: [{ role: 'user', content: unit.repeat(500_000) }], tools });
    const took = spent();
    assert.ok(took < 2000, `${took} ms`);
  });
});
