import assert from 'node:assert/strict';
import { type SimulatedOpenAIOptions, startSimulatedOpenAI } from '../../cli/simulate-openai/index.ts';
import { chatBody } from '../../controller/models/chat-body.ts';
import { resolveEndpoint } from '../../controller/models/endpoint.ts';
import type { ChatRequest, Message, ModelTool } from '../../controller/models/index.ts';
import { startModelServer } from '../support/modelServer.ts';
import { GOOD_KEY } from '../support/objects.ts';
import { createCleanup, endpoint, modelClient, serve } from './support.ts';

const add: ModelTool = {
  name: 'add',
  description: 'Adds two numbers',
  parameters: { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } }, required: ['a', 'b'] },
};
const question = (content: string): Message[] => [
  { role: 'system', content: 'You are a helpful assistant.' },
  { role: 'user', content },
];

describe('calling a model', () => {
  const cleanup = createCleanup();
  afterEach(() => cleanup.run());

  async function simulate(options: SimulatedOpenAIOptions = {}) {
    const simulated = await startSimulatedOpenAI(options);
    cleanup.add(simulated.close);
    return simulated;
  }
  const request = (baseUrl: string, more: Partial<ChatRequest> = {}): ChatRequest => ({
    endpoint: endpoint(baseUrl),
    apiKey: 'sk-test',
    messages: question('What is the capital of the moon?'),
    tools: [],
    signal: new AbortController().signal,
    ...more,
  });

  it('gives its answer and what it cost', async () => {
    const { url } = await simulate();
    const outcome = await modelClient(cleanup).chat(request(url));
    assert.equal(outcome.kind, 'answer');
    if (outcome.kind !== 'answer') return;
    assert.match(outcome.content, /^The Moon does not have a capital\./);
    assert.equal(outcome.finishReason, 'stop');
    assert.equal(outcome.model, 'gpt-4o');
    assert.equal(outcome.requestId, 'req_simulated_1');
    assert.ok(outcome.usage.inputTokens > 0 && outcome.usage.outputTokens > 0);
    assert.equal(outcome.usage.totalTokens, outcome.usage.inputTokens + outcome.usage.outputTokens);
  });

  it('carries a whole conversation with a tool, of which the provider takes every turn', async () => {
    const { url, summary } = await simulate();
    const client = modelClient(cleanup);
    const messages = question('add 2 and 3');
    const first = await client.chat(request(url, { messages, tools: [add] }));
    assert.equal(first.kind, 'answer');
    if (first.kind !== 'answer') return;
    const [only] = first.toolCalls;
    assert.deepEqual(only?.function, { name: 'add', arguments: '{"a":2,"b":3}' });
    messages.push({ role: 'assistant', content: first.content, toolCalls: first.toolCalls });
    messages.push({ role: 'tool', content: '5', toolCallId: only?.id ?? '', name: 'add' });
    const second = await client.chat(request(url, { messages, tools: [add] }));
    assert.equal(second.kind === 'answer' && second.content, 'The result is 5.');
    assert.deepEqual(summary().byStatus, { 200: 2 });
  });

  it('sends every parameter, as the type that the API wants', async () => {
    const { url, requests } = await simulate();
    const parameters = {
      model: 'llama3.3',
      temperature: '0.5',
      maxTokens: 100,
      topP: '0.9',
      topK: 40,
      frequencyPenalty: '-0.5',
      presencePenalty: '1',
      seed: 42,
      stop: ['END'],
      reasoningEffort: 'low',
    };
    const given = endpoint(url, { parameters, openai: { organization: 'org-1', project: 'proj-1' } });
    assert.equal((await modelClient(cleanup).chat(request(url, { endpoint: given }))).kind, 'answer');
    const { messages: _, ...sent } = JSON.parse(requests()[0]?.text ?? '');
    assert.deepEqual(sent, {
      model: 'llama3.3',
      temperature: 0.5,
      max_tokens: 100,
      top_p: 0.9,
      top_k: 40,
      frequency_penalty: -0.5,
      presence_penalty: 1,
      seed: 42,
      stop: ['END'],
      reasoning_effort: 'low',
    });
  });

  it('leaves out what is not set: the provider has its own defaults', async () => {
    const { url, requests } = await simulate();
    await modelClient(cleanup).chat(request(url));
    assert.deepEqual(Object.keys(JSON.parse(requests()[0]?.text ?? '')), ['model', 'messages']);
  });

  it('refuses a parameter that is no number, by its name', async () => {
    const { url } = await simulate();
    const outcome = await modelClient(cleanup).chat(
      request(url, { endpoint: endpoint(url, { parameters: { temperature: 'warm' } }) }),
    );
    assert.equal(outcome.kind, 'fatal');
    assert.match(outcome.kind === 'fatal' ? outcome.message : '', /parameters\.temperature .* it is "warm"/);
  });

  it('sends headers: key, organisation, project, idempotency key and those of the LLM', async () => {
    const seen: NodeJS.Dict<string | string[]>[] = [];
    const url = await serve(cleanup, (req, res) => {
      seen.push({ ...req.headers, path: req.url ?? '' });
      req.resume().on('end', () => res.writeHead(500).end());
    });
    const given = endpoint(`${url}/?api-version=7`, {
      openai: { organization: 'org-1', project: 'proj-1' },
      headers: { 'x-team': 'payments' },
    });
    await modelClient(cleanup).chat(
      request(url, { endpoint: given, apiKey: ' sk-test\n', idempotencyKey: 'uid-1-turn-2' }),
    );
    assert.equal(seen[0]?.authorization, 'Bearer sk-test');
    assert.equal(seen[0]?.['openai-organization'], 'org-1');
    assert.equal(seen[0]?.['openai-project'], 'proj-1');
    assert.equal(seen[0]?.['idempotency-key'], 'uid-1-turn-2');
    assert.equal(seen[0]?.['x-team'], 'payments');
    assert.equal(seen[0]?.path, '/v1/chat/completions?api-version=7');
  });

  it("sends no server what is another's: neither of the operator's environment nor of the call before", async () => {
    const seen: NodeJS.Dict<string | string[]>[] = [];
    const url = await serve(cleanup, (req, res) => {
      seen.push(req.headers);
      req.resume().on('end', () => res.writeHead(500).end());
    });
    const environment = {
      OPENAI_API_KEY: 'CANARY-key',
      OPENAI_ADMIN_KEY: 'CANARY-admin',
      OPENAI_ORG_ID: 'CANARY-org',
      OPENAI_PROJECT_ID: 'CANARY-project',
      OPENAI_BASE_URL: 'http://CANARY.invalid/v1',
      OPENAI_CUSTOM_HEADERS: 'x-secret: CANARY-header\nAuthorization: CANARY-2',
    };
    const before = { ...process.env };
    Object.assign(process.env, environment);
    try {
      const client = modelClient(cleanup, { maxClients: 2 });
      for (const apiKey of ['a', 'b', undefined, 'c', 'a']) {
        await client.chat({ ...request(url), apiKey: apiKey ?? '' });
      }
    } finally {
      for (const name of Object.keys(environment)) delete process.env[name];
      Object.assign(process.env, before);
    }
    assert.deepEqual(
      seen.map(({ authorization }) => authorization),
      ['Bearer a', 'Bearer b', undefined, 'Bearer c', 'Bearer a'],
    );
    assert.doesNotMatch(JSON.stringify(seen), /CANARY/);
  });

  it('is cancelled by its signal, with the reason, and ends the connection', async () => {
    const { url, summary } = await simulate({ latencyMs: 60_000 });
    const abort = new AbortController();
    const call = modelClient(cleanup).chat(request(url, { signal: abort.signal }));
    while (summary().inFlight === 0) await new Promise((resolve) => setImmediate(resolve));
    abort.abort(new Error('run cancelled'));
    await assert.rejects(call, /run cancelled/);
    while (summary().inFlight > 0) await new Promise((resolve) => setImmediate(resolve));
    await assert.rejects(modelClient(cleanup).chat(request(url, { signal: abort.signal })), /run cancelled/);
  });

  it('has a thousand calls in flight in one process', async () => {
    const model = await startModelServer();
    cleanup.add(() => model[Symbol.asyncDispose]());
    const client = modelClient(cleanup);
    model.hold();
    const calls = Promise.all(
      Array.from({ length: 1000 }, () => client.chat(request(model.url, { apiKey: GOOD_KEY }))),
    );
    await model.untilHeld(1000);
    model.release();
    assert.ok((await calls).every(({ kind }) => kind === 'answer'));
  }).timeout(30_000);
});

describe('what a provider is sent', () => {
  const body = (
    baseUrl: string | undefined,
    more: Partial<ChatRequest>,
    provider: 'openai' | 'anthropic' = 'openai',
  ) => {
    const given = endpoint(baseUrl, { provider, parameters: { maxTokens: 5 } });
    const call = {
      endpoint: given,
      messages: question('hi'),
      tools: [],
      signal: new AbortController().signal,
      ...more,
    };
    return chatBody(call, resolveEndpoint(given, 'sk-x'));
  };

  it('is the limit of tokens under the name that it knows', () => {
    assert.equal(body(undefined, {}).max_completion_tokens, 5);
    assert.equal(body('https://eu.api.openai.com/v1', {}).max_completion_tokens, 5);
    assert.equal(body('https://team.openai.azure.com/openai/v1', {}).max_completion_tokens, 5);
    assert.equal(body('http://ollama:11434/v1', {}).max_tokens, 5);
    assert.equal(body('https://openai.com.evil.example/v1', {}).max_tokens, 5);
    assert.equal(body(undefined, {}, 'anthropic').max_tokens, 5);
  });

  it("is the provider's default model, at its default address, where the LLM names none", () => {
    const openai = resolveEndpoint(endpoint(undefined), 'sk-x');
    assert.equal(`${openai.model} ${openai.baseUrl}`, 'gpt-4o https://api.openai.com/v1');
    const anthropic = resolveEndpoint(endpoint(undefined, { provider: 'anthropic' }), 'sk-x');
    assert.match(`${anthropic.model} ${anthropic.baseUrl}`, /^claude-\S+ https:\/\/api\.anthropic\.com\/v1$/);
  });

  it('is an object schema with properties for a tool that has none: OpenAI refuses it otherwise', () => {
    const [tool] =
      body(undefined, { tools: [{ name: 'now', description: '', parameters: { type: 'object' } }] }).tools ?? [];
    assert.deepEqual(tool, {
      type: 'function',
      function: { name: 'now', parameters: { type: 'object', properties: {} } },
    });
  });

  it('is, to Anthropic only, no earlier call with arguments that are no JSON object', () => {
    const messages: Message[] = [
      ...question('hi'),
      {
        role: 'assistant',
        content: '',
        toolCalls: ['{"a":1}', '{"a":', '[1]'].map((text, n) => ({
          id: `c${n}`,
          type: 'function',
          function: { name: 'add', arguments: text },
        })),
      },
    ];
    const sent = (provider: 'openai' | 'anthropic') => {
      const message = body(undefined, { messages }, provider).messages[2];
      assert.ok(message?.role === 'assistant');
      assert.equal(message.content, null);
      return message.tool_calls?.map((call) => (call.type === 'function' ? call.function.arguments : ''));
    };
    assert.deepEqual(sent('openai'), ['{"a":1}', '{"a":', '[1]']);
    assert.deepEqual(sent('anthropic'), [
      '{"a":1}',
      '{"invalid_arguments":"{\\"a\\":"}',
      '{"invalid_arguments":"[1]"}',
    ]);
  });
});
