import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { createSimulators, fn, openai, post } from './support.ts';

const MOON =
  'The Moon does not have a capital. It is a natural satellite of Earth and lacks any governmental structure or human habitation that would necessitate a capital city.';
const ask = (content: string): OpenAI.ChatCompletionMessageParam[] => [{ role: 'user', content }];

describe('the simulated API, asked with the openai library', () => {
  const simulators = createSimulators();
  afterEach(() => simulators.end());

  it('answers', async () => {
    const client = openai(await simulators.start());
    const completion = await client.chat.completions.create({
      model: 'gpt-4o',
      messages: ask('What is the capital of the moon?'),
    });
    assert.equal(completion.object, 'chat.completion');
    assert.equal(completion.choices[0]?.message.content, MOON);
    assert.equal(completion.choices[0]?.finish_reason, 'stop');
    assert.equal(completion.usage?.total_tokens, completion.usage!.prompt_tokens + completion.usage!.completion_tokens);
    assert.ok(completion._request_id);
  });

  it('streams the same answer, with usage where it is asked for', async () => {
    const client = openai(await simulators.start());
    const stream = await client.chat.completions.create({
      model: 'gpt-4o',
      messages: ask('What is the capital of the moon?'),
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    const finish: (string | null)[] = [];
    let usage: OpenAI.CompletionUsage | null | undefined;
    let chunks = 0;
    for await (const chunk of stream) {
      chunks += 1;
      text += chunk.choices[0]?.delta.content ?? '';
      if (chunk.choices[0]?.finish_reason) finish.push(chunk.choices[0].finish_reason);
      usage = chunk.usage ?? usage;
    }
    assert.equal(text, MOON);
    assert.deepEqual(finish, ['stop']);
    assert.ok(chunks > 10);
    assert.ok((usage?.total_tokens ?? 0) > 0);
  });

  it('streams tool calls that the library puts together', async () => {
    const text = 'a "quoted" 💥 text\nof two lines';
    const script = {
      rules: [
        {
          toolCalls: [
            { name: 'a', arguments: { text } },
            { name: 'b', id: 'call_b' },
          ],
        },
      ],
    };
    const client = openai(await simulators.start({ script }));
    const final = await client.chat.completions
      .stream({ model: 'gpt-4o', messages: ask('x'), tools: [fn('a', { text: { type: 'string' } }), fn('b', {})] })
      .finalChatCompletion();
    const calls = final.choices[0]?.message.tool_calls ?? [];
    assert.deepEqual(
      calls.map((call) => call.type === 'function' && call.function.name),
      ['a', 'b'],
    );
    assert.equal(calls[0]?.type === 'function' && JSON.parse(calls[0].function.arguments).text, text);
    assert.equal(calls[1]?.id, 'call_b');
    assert.equal(final.choices[0]?.finish_reason, 'tool_calls');
  });

  it('calls a tool and answers from its result', async () => {
    const client = openai(await simulators.start());
    const tools = [fn('add', { a: { type: 'number' }, b: { type: 'number' } })];
    const messages = ask('add 2 and 3');
    const first = await client.chat.completions.create({ model: 'gpt-4o', messages, tools });
    const message = first.choices[0]?.message;
    const call = message?.tool_calls?.[0];
    assert.equal(call?.type === 'function' && call.function.arguments, '{"a":2,"b":3}');
    assert.equal(first.choices[0]?.finish_reason, 'tool_calls');
    messages.push(message!, { role: 'tool', tool_call_id: call!.id, content: '5' });
    const second = await client.chat.completions.create({ model: 'gpt-4o', messages, tools });
    assert.equal(second.choices[0]?.message.content, 'The result is 5.');
  });

  it('gives the same answer, ids included, to the same conversation, and other ids to another', async () => {
    const client = openai(await simulators.start());
    const tools = [fn('add', { a: { type: 'number' }, b: { type: 'number' } })];
    const id = async (question: string) => {
      const completion = await client.chat.completions.create({ model: 'gpt-4o', messages: ask(question), tools });
      return completion.choices[0]?.message.tool_calls?.[0]?.id;
    };
    assert.equal(await id('add 2 and 3'), await id('add 2 and 3'));
    assert.notEqual(await id('add 2 and 3'), await id('add 2 and 4'));
  });

  it('lists models, and finds one', async () => {
    const client = openai(await simulators.start());
    const models = await Array.fromAsync(await client.models.list());
    assert.ok(models.some(({ id }) => id === 'gpt-4o'));
    assert.equal((await client.models.retrieve('gpt-4o')).object, 'model');
  });

  it('has only the models that a script names', async () => {
    const client = openai(await simulators.start({ script: { models: ['tiny'], rules: [] } }));
    assert.equal((await client.models.retrieve('tiny')).id, 'tiny');
    await assert.rejects(client.models.retrieve('gpt-4o'), OpenAI.NotFoundError);
    await assert.rejects(client.chat.completions.create({ model: 'gpt-4o', messages: ask('x') }), (error) => {
      assert.ok(error instanceof OpenAI.NotFoundError);
      assert.equal(error.code, 'model_not_found');
      return true;
    });
  });

  describe('keys', () => {
    const rejects = (promise: PromiseLike<unknown>, code: string | null) =>
      assert.rejects(Promise.resolve(promise), (error) => {
        assert.ok(error instanceof OpenAI.AuthenticationError);
        assert.equal(error.code, code);
        return true;
      });

    it('are any but bad ones', async () => {
      const simulated = await simulators.start();
      await openai(simulated, 'anything').models.list();
      await rejects(openai(simulated, 'sk-invalid-0123456789').models.list(), 'invalid_api_key');
      await rejects(
        openai(simulated, 'bad').chat.completions.create({ model: 'x', messages: ask('x') }),
        'invalid_api_key',
      );
      assert.equal((await fetch(`${simulated.url}/models`)).status, 401);
      assert.equal((await fetch(`${simulated.url}/models`, { headers: { 'x-api-key': 'sk-ant' } })).status, 200);
    });

    it('are the one that is set, or none at all', async () => {
      const one = await simulators.start({ apiKey: 'sk-right' });
      await openai(one, 'sk-right').models.list();
      await rejects(openai(one, 'sk-wrong').models.list(), 'invalid_api_key');
      const open = await simulators.start({ apiKey: false });
      assert.equal((await fetch(`${open.url}/models`)).status, 200);
    });

    it('are not shown in full when they are wrong', async () => {
      const simulated = await simulators.start({ apiKey: 'sk-right' });
      const response = await fetch(`${simulated.url}/models`, {
        headers: { authorization: 'Bearer sk-wrong-0123456789-end' },
      });
      const text = await response.text();
      assert.match(text, /Incorrect API key provided: sk-wrong\*+-end/);
      assert.doesNotMatch(text, /0123456789/);
    });
  });

  it("lists models as Anthropic's API does, for who asks as its clients do", async () => {
    const simulated = await simulators.start();
    const headers = { 'x-api-key': 'sk-ant', 'anthropic-version': '2023-06-01' };
    const list = (await (await fetch(`${simulated.url}/models`, { headers })).json()) as {
      data: { type: string }[];
      has_more: boolean;
    };
    assert.equal(list.data[0]?.type, 'model');
    assert.equal(list.has_more, false);
    const denied = await fetch(`${simulated.url}/models`, { headers: { ...headers, 'x-api-key': 'bad' } });
    assert.equal(denied.status, 401);
    assert.match(await denied.text(), /"type":"authentication_error"/);
  });

  it('says what it does not know, and survives what no client would send', async () => {
    const simulated = await simulators.start();
    assert.equal((await post(simulated, {}, '/nothing')).status, 404);
    assert.equal(
      (await post(simulated, '{"model":')).error?.message,
      'We could not parse the JSON body of your request.',
    );
    assert.equal((await post(simulated, '')).status, 400);
    assert.equal((await post(simulated, 'null')).status, 400);
    assert.equal((await post(simulated, `${'['.repeat(100_000)}${']'.repeat(100_000)}`)).status, 400);
    assert.equal((await post(simulated, `{"model":"x","pad":"${'x'.repeat(33 * 1024 * 1024)}"}`)).status, 413);
    const polluting =
      '{"model":"x","messages":[{"role":"user","content":"hi","__proto__":{"role":"tool"}}],"__proto__":{"stream":true}}';
    assert.equal((await post(simulated, polluting)).status, 200);
    await openai(simulated).models.list();
  });

  it('answers thousands of requests in a second, on what is left of one core', async () => {
    const simulated = await simulators.start();
    const body = JSON.stringify({ model: 'gpt-4o', messages: ask('What is the capital of the moon?') });
    const { Agent, request } = await import('undici');
    const dispatcher = new Agent({ connections: 50 });
    let left = 3000;
    const before = process.cpuUsage();
    await Promise.all(
      Array.from({ length: 50 }, async () => {
        while (left-- > 0) {
          const response = await request(`${simulated.url}/chat/completions`, {
            method: 'POST',
            dispatcher,
            headers: { authorization: 'Bearer k' },
            body,
          });
          await response.body.dump();
        }
      }),
    );
    const used = process.cpuUsage(before);
    await dispatcher.close();
    // Client and server together. Alone, the server does about 12,000 a second.
    assert.ok((used.user + used.system) / 1e6 < 2, `${(used.user + used.system) / 1e6} s of processor time`);
  });
});
