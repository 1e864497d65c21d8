import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { checkScript, parseScript, type Rule, ScriptError } from '../../cli/simulate-openai/index.ts';
import { processorTime } from '../support/processorTime.ts';
import { createSimulators, fn, openai, post } from './support.ts';

const chat = (content: string, more: object = {}) => ({
  model: 'gpt-4o',
  messages: [{ role: 'user', content }],
  ...more,
});

describe('a script', () => {
  const simulators = createSimulators();
  afterEach(() => simulators.end());

  const play = (...rules: Rule[]) => simulators.start({ script: { rules } });
  async function texts(simulated: { url: string }, ...bodies: object[]): Promise<(string | null | undefined)[]> {
    const all = await Promise.all(bodies.map((body) => post(simulated, body)));
    return all.map(({ text }) => JSON.parse(text).choices?.[0].message.content);
  }

  it('is played rule by rule, the first that matches', async () => {
    const simulated = await play(
      { when: { user: 'HELLO' }, text: 'one' },
      { when: { userMatches: '^x+y$' }, text: 'two' },
      { when: { model: 'other' }, text: 'three' },
      { when: { tools: ['add', 'sub'] }, text: 'four' },
      { when: { system: 'be brief' }, text: 'five' },
      { text: 'six' },
    );
    const add = fn('add', {});
    const system = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'z' },
    ];
    assert.deepEqual(
      await texts(
        simulated,
        chat('well, hello there'),
        chat('xxxy'),
        chat('z', { model: 'other' }),
        chat('z', { tools: [add, fn('sub', {})] }),
        chat('z', { messages: system }),
        chat('z', { tools: [add] }),
      ),
      ['one', 'two', 'three', 'four', 'five', 'six'],
    );
  });

  it('tells turns, last roles and tool results apart', async () => {
    const simulated = await play(
      { when: { turn: 1 }, text: 'first' },
      { when: { toolResult: 'denied' }, text: 'pity' },
      { when: { lastRole: 'tool' }, text: 'thanks' },
      { when: { turn: 2, lastRole: 'user' }, text: 'again' },
    );
    const user = { role: 'user', content: 'x' };
    const asks = {
      role: 'assistant',
      tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '' } }],
    };
    const tool = (content: string) => ({ role: 'tool', tool_call_id: 'a', content });
    const said = { role: 'assistant', content: 'x' };
    assert.deepEqual(
      await texts(
        simulated,
        ...[[user], [user, asks, tool('Permission denied')], [user, asks, tool('ok')], [user, said, user]].map(
          (messages) => chat('', { messages }),
        ),
      ),
      ['first', 'pity', 'thanks', 'again'],
    );
  });

  it('uses a rule as often as it says, and from the start again after a reset', async () => {
    const simulated = await play({ times: 2, text: 'a' }, { times: 1, text: 'b' }, { text: 'c' });
    const next = async () => (await texts(simulated, chat('x')))[0];
    const four = async () => [await next(), await next(), await next(), await next()];
    assert.deepEqual(await four(), ['a', 'a', 'b', 'c']);
    await fetch(`${simulated.url.replace('/v1', '')}/simulate/requests`, { method: 'DELETE' });
    assert.deepEqual(await four(), ['a', 'a', 'b', 'c']);
  });

  it('calls tools with arguments from the message, numbers as numbers', async () => {
    const simulated = await play({
      when: { userMatches: 'pay (\\d+) to (\\w+)' },
      toolCalls: [
        {
          name: 'pay',
          arguments: {
            amount: '{{number 1}}',
            to: '{{2}}',
            note: 'said: {{user}}',
            list: ['{{1}}'],
            none: '{{number 9}}',
          },
        },
        { name: 'raw', arguments: '{"broken": {{1}}', id: 'call_mine' },
        { name: 'bare' },
      ],
    });
    const completion = await openai(simulated).chat.completions.create({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: 'pay 12 to ann' }],
    });
    const calls = completion.choices[0]?.message.tool_calls ?? [];
    const sent = calls.map((call) => (call.type === 'function' ? call.function.arguments : ''));
    assert.deepEqual(JSON.parse(sent[0] ?? ''), {
      amount: 12,
      to: 'ann',
      note: 'said: pay 12 to ann',
      list: ['12'],
      none: null,
    });
    assert.deepEqual(sent.slice(1), ['{"broken": 12', '{}']);
    assert.equal(calls[1]?.id, 'call_mine');
    assert.equal(new Set(calls.map(({ id }) => id)).size, 3);
  });

  it('does not let a message play tricks with what it fills in', async () => {
    const simulated = await play({ when: { userMatches: '(.*)' }, text: '<{{1}}> $& {{user}}' });
    assert.deepEqual(await texts(simulated, chat('$& {{toolResult}} $1')), [
      '<$& {{toolResult}} $1> $& $& {{toolResult}} $1',
    ]);
  });

  it('sets usage and the reason of the end, also of the own answer', async () => {
    const simulated = await play({ usage: { inputTokens: 7, outputTokens: 8 }, finishReason: 'length' });
    const { choices, usage } = JSON.parse((await post(simulated, chat('What is the capital of the moon?'))).text);
    assert.match(choices[0].message.content, /^The Moon/);
    assert.equal(choices[0].finish_reason, 'length');
    assert.deepEqual([usage.prompt_tokens, usage.completion_tokens, usage.total_tokens], [7, 8, 15]);
  });

  it('answers errors with their headers, in OpenAI’s words or its own', async () => {
    const simulated = await play(
      { times: 1, fault: { status: 429, retryAfter: 3 } },
      {
        times: 1,
        fault: {
          status: 503,
          message: 'overloaded',
          type: 'busy',
          code: 'x',
          retryAfter: 'Sun, 22 Nov 2026 12:00:00 GMT',
        },
      },
      { fault: { status: 500 } },
    );
    const limited = await post(simulated, chat('x'));
    assert.deepEqual(
      [limited.status, limited.headers.get('retry-after'), limited.error?.code],
      [429, '3', 'rate_limit_exceeded'],
    );
    const busy = await post(simulated, chat('x'));
    assert.deepEqual([busy.status, busy.headers.get('retry-after')], [503, 'Sun, 22 Nov 2026 12:00:00 GMT']);
    assert.deepEqual(busy.error, { message: 'overloaded', type: 'busy', param: null, code: 'x' });
    assert.equal((await post(simulated, chat('x'))).error?.type, 'server_error');
  });

  it('cuts connections, before and within an answer, streamed or not', async () => {
    const simulated = await play({ times: 1, fault: { cut: 'before-headers' } }, { fault: { cut: 'mid-body' } });
    await assert.rejects(post(simulated, chat('x')), /fetch failed/);
    await assert.rejects(post(simulated, chat('x')), /terminated/);
    const response = await fetch(`${simulated.url}/chat/completions`, {
      method: 'POST',
      headers: { authorization: 'Bearer k' },
      body: JSON.stringify(chat('x', { stream: true })),
    });
    let received = '';
    await assert.rejects(async () => {
      for await (const chunk of response.body!) received += Buffer.from(chunk).toString();
    }, /terminated/);
    assert.match(received, /^data: \{/);
    assert.doesNotMatch(received, /\[DONE\]/);
    assert.deepEqual(simulated.summary().byStatus, { cut: 3 });
  });

  it('answers what is no answer', async () => {
    const simulated = await play(
      { times: 1, fault: { bodyText: '{"choices": [' } },
      { times: 1, fault: { body: { choices: null } } },
      { fault: { bodyText: '<html>', contentType: 'text/html' } },
    );
    assert.equal((await post(simulated, chat('x'))).text, '{"choices": [');
    assert.equal((await post(simulated, chat('x'))).text, '{"choices":null}');
    const page = await post(simulated, chat('x'));
    assert.deepEqual([page.status, page.headers.get('content-type'), page.text], [200, 'text/html', '<html>']);
  });

  it('takes its time: before the answer, or all through it', async () => {
    const script = {
      rules: [
        { when: { user: 'drip' }, latencyMs: 0, dribbleMs: 300, text: '💥'.repeat(50) },
        { when: { user: 'now' }, latencyMs: 0 },
      ],
    };
    const slow = await simulators.start({ latencyMs: 400 });
    const simulated = await simulators.start({ latencyMs: 600_000, script });
    const timed = async (message: string, at = simulated) => {
      const started = performance.now();
      const { text } = await post(at, chat(message));
      return { ms: performance.now() - started, said: JSON.parse(text).choices[0].message.content as string };
    };
    assert.ok((await timed('x', slow)).ms >= 395);
    // It comes at all: without the rule it would take ten minutes.
    assert.match((await timed('now')).said, /./);
    const dripped = await timed('drip');
    assert.ok(dripped.ms >= 250);
    assert.equal(dripped.said, '💥'.repeat(50));
  });

  it('is not stopped by a pattern that backtracks without end elsewhere', async () => {
    const simulated = await play({ when: { userMatches: '^(a+)+$' }, text: 'x' });
    const spent = processorTime();
    await post(simulated, chat(`${'a'.repeat(50_000)}!`));
    assert.ok(spent() < 3000, `${spent()} ms of processor time`);
  });

  describe('that is wrong', () => {
    const cases: [string, string, RegExp][] = [
      ['no YAML', 'rules: [', /no valid YAML or JSON/],
      ['nothing', '', /the script: must be object, it is null/],
      ['no rules', 'models: [a]', /the script: rules is required/],
      ['a field that is none', 'rules: [{txt: hello}]', /^rules\[0\]: unknown field "txt"; it knows name, when, times/],
      ['a wrong type', 'rules: [{text: a}, {times: often}]', /^rules\[1\]\.times: must be integer, it is "often"/],
      [
        'a number out of range',
        'rules: [{fault: {status: 200}}]',
        /^rules\[0\]\.fault\.status: must be >= 400, it is 200/,
      ],
      [
        'a role that is none',
        'rules: [{when: {lastRole: bot}}]',
        /lastRole: must be one of system, user, assistant, tool, it is "bot"/,
      ],
      [
        'a pattern that is none',
        'rules: [{when: {userMatches: "(a"}}]',
        /^rules\[0\]\.when\.userMatches: .*missing closing \)/,
      ],
      [
        'a pattern that only backtracking engines know',
        'rules: [{when: {userMatches: "(?=a)"}}]',
        /userMatches: .*Go's syntax/,
      ],
      [
        'two faults in one',
        'rules: [{fault: {status: 500, cut: mid-body}}]',
        /^rules\[0\]\.fault: must have one of .*, it has 2/,
      ],
      ['a fault of no kind', 'rules: [{fault: {retryAfter: 1}}]', /it has 0/],
      ['a fault and an answer', 'rules: [{fault: {status: 500}, text: hi}]', /has a fault and an answer/],
      [
        'a bomb of aliases',
        `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghi'].map((c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdefgh'[i]}`)}]`).join('\n')}`,
        /alias/i,
      ],
    ];
    for (const [what, text, message] of cases) {
      it(`says so: ${what}`, () =>
        assert.throws(
          () => parseScript(text),
          (error) => {
            assert.ok(error instanceof ScriptError);
            assert.match(error.message, message);
            return true;
          },
        ));
    }

    it('names every mistake at once', () => {
      assert.throws(
        () => checkScript({ rules: [{ txt: 1 }, { times: 0 }] }),
        ({ message }: Error) => message.split('\n').length === 2,
      );
    });

    it('is refused at the start', () => assert.rejects(play({ times: 0 }), ScriptError));
  });

  it('of the examples plays as its comments say', async () => {
    const script = parseScript(readFileSync('examples/simulate-openai/script.yaml', 'utf8'));
    const simulated = await simulators.start({ script });
    const tools = [fn('billing__pay_invoice', { invoice: { type: 'integer' } })];
    assert.equal((await post(simulated, chat('x'))).status, 429);
    assert.equal((await post(simulated, chat('x'))).status, 429);
    const asked = JSON.parse((await post(simulated, chat('Pay invoice 17', { tools }))).text).choices[0].message;
    assert.equal(asked.tool_calls[0].function.arguments, '{"invoice":17,"note":"asked for by: Pay invoice 17"}');
    const messages = [
      { role: 'user', content: 'Pay invoice 17' },
      asked,
      { role: 'tool', tool_call_id: asked.tool_calls[0].id, content: 'paid' },
    ];
    assert.deepEqual(await texts(simulated, chat('', { messages, tools })), ['Invoice 17: paid']);
    await assert.rejects(post(simulated, chat('are you there?')));
    assert.deepEqual(await texts(simulated, chat('are you there?')), ['I am.']);
    assert.deepEqual(Object.keys(simulated.summary().byRule), ['rate-limit', 'pay', 'paid', 'cut', 'slow']);
  });
});
