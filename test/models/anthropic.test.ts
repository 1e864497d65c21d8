import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import type { ChatRequest } from '../../controller/models/index.ts';
import { createCleanup, endpoint, modelClient, serve } from './support.ts';

const KEY = 'sk-ant-api03-right';

interface Seen {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: { messages: Record<string, unknown>[] } & Record<string, unknown>;
}

/**
 * Anthropic's endpoint that speaks OpenAI's API, as its documentation has it (docs: "OpenAI SDK compatibility", "Errors",
 * "List models"): a bearer for chat, `x-api-key` and `anthropic-version` for the models, errors in Anthropic's own shape. It is
 * strict where that API is: about empty texts, arguments that are no objects, results that answer no call.
 */
async function anthropic(cleanup: ReturnType<typeof createCleanup>, answer?: (res: ServerResponse) => void) {
  const seen: Seen[] = [];
  const fail = (res: ServerResponse, status: number, type: string, message: string, headers = {}) =>
    res
      .writeHead(status, { 'content-type': 'application/json', 'request-id': 'req_011', ...headers })
      .end(JSON.stringify({ type: 'error', error: { type, message }, request_id: 'req_011' }));
  const url = await serve(cleanup, async (req, res) => {
    if (req.url === '/v1/models') {
      if (req.headers['anthropic-version'] === undefined)
        return fail(res, 400, 'invalid_request_error', 'anthropic-version: header is required');
      if (req.headers['x-api-key'] !== KEY) return fail(res, 401, 'authentication_error', 'invalid x-api-key');
      return res.writeHead(200, { 'content-type': 'application/json' }).end('{"data":[],"has_more":false}');
    }
    if (req.method !== 'POST' || req.url !== '/v1/chat/completions')
      return fail(res, 404, 'not_found_error', `Not Found: ${req.url}`);
    if (req.headers.authorization !== `Bearer ${KEY}`)
      return fail(res, 401, 'authentication_error', 'invalid x-api-key');
    const body = (await json(req)) as Seen['body'];
    seen.push({ path: req.url, headers: req.headers, body });
    const fault = faultOf(body.messages);
    if (fault !== undefined) return fail(res, 400, 'invalid_request_error', fault);
    if (answer !== undefined) return answer(res);
    const message = { role: 'assistant', content: 'Paris', refusal: null };
    return res.writeHead(200, { 'content-type': 'application/json', 'request-id': 'req_012' }).end(
      JSON.stringify({
        id: 'msg_01',
        object: 'chat.completion',
        model: 'claude-x',
        choices: [{ index: 0, message, finish_reason: 'stop' }],
        usage: { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 },
      }),
    );
  });
  return { url, seen, fail };
}

function faultOf(messages: Seen['body']['messages']): string | undefined {
  const open = new Set<unknown>();
  for (const [index, message] of messages.entries()) {
    if (message.content === '') return `messages.${index}: text content blocks must be non-empty`;
    for (const call of (message.tool_calls ?? []) as { id: string; function: { arguments: string } }[]) {
      const args: unknown = JSON.parse(call.function.arguments);
      if (typeof args !== 'object' || args === null) return `messages.${index}: tool_use.input: must be an object`;
      open.add(call.id);
    }
    if (message.role === 'tool' && !open.delete(message.tool_call_id))
      return `messages.${index}: unexpected tool_use_id: ${message.tool_call_id}`;
  }
  return undefined;
}

describe("Anthropic's endpoint", () => {
  const cleanup = createCleanup();
  afterEach(() => cleanup.run());
  const request = (url: string, more: Partial<ChatRequest> = {}): ChatRequest => ({
    endpoint: endpoint(url, { provider: 'anthropic', parameters: { model: 'claude-x', maxTokens: 64 } }),
    apiKey: KEY,
    messages: [{ role: 'user', content: 'Capital of France?' }],
    tools: [],
    idempotencyKey: 'run-1',
    signal: new AbortController().signal,
    ...more,
  });

  it('is asked as it wants to be, whatever the model said before', async () => {
    const { url, seen } = await anthropic(cleanup);
    const call = (id: string, text: string) => ({
      id,
      type: 'function' as const,
      function: { name: 'add', arguments: text },
    });
    const outcome = await modelClient(cleanup).chat(
      request(url, {
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'Capital of France?' },
          { role: 'assistant', content: '', toolCalls: [call('a', '{"a":1}'), call('b', 'no json'), call('c', '[1]')] },
          ...['a', 'b', 'c'].map((id) => ({ role: 'tool' as const, content: 'done', toolCallId: id })),
        ],
        tools: [{ name: 'add', description: 'Adds.', parameters: { type: 'object' } }],
      }),
    );
    assert.equal(outcome.kind, 'answer', JSON.stringify(outcome));
    assert.equal(outcome.content, 'Paris');
    assert.equal(outcome.requestId, 'req_012');
    assert.deepEqual(outcome.usage, { inputTokens: 9, outputTokens: 1, totalTokens: 10 });
    const [sent] = seen;
    assert.equal(sent?.headers['content-type'], 'application/json');
    assert.equal(sent?.headers['transfer-encoding'], undefined, 'the length is said beforehand');
    assert.equal(sent?.body.max_tokens, 64);
    assert.equal(sent?.body.max_completion_tokens, undefined);
  });

  const failures: [number, string, string, Record<string, string>, string, number | undefined][] = [
    [
      400,
      'invalid_request_error',
      'prompt is too long: 213000 tokens > 200000 maximum',
      {},
      'ContextTooLong',
      undefined,
    ],
    [403, 'permission_error', 'Your API key may not use this model', {}, 'Forbidden', undefined],
    [404, 'not_found_error', 'model: claude-x', {}, 'NotFound', undefined],
    [413, 'request_too_large', 'Request exceeds the maximum size', {}, 'ContextTooLong', undefined],
    [429, 'rate_limit_error', 'This request would exceed your rate limit', { 'retry-after': '7' }, 'RateLimited', 7000],
    [500, 'api_error', 'Internal server error', {}, 'ServerError', undefined],
    [529, 'overloaded_error', 'Overloaded', {}, 'ServerError', undefined],
  ];
  for (const [status, type, message, headers, reason, retryAfterMs] of failures) {
    it(`is understood when it answers ${status} ${type}`, async () => {
      const { url, fail } = await anthropic(cleanup, (res) => fail(res, status, type, message, headers));
      const outcome = await modelClient(cleanup).chat(request(url));
      assert.ok(outcome.kind !== 'answer');
      assert.equal(outcome.reason, reason, JSON.stringify(outcome));
      assert.equal(outcome.message, `${status} ${message}`);
      assert.equal('retryAfterMs' in outcome ? outcome.retryAfterMs : undefined, retryAfterMs);
    });
  }

  it('tells a good key from a bad one, by its own headers', async () => {
    const { url } = await anthropic(cleanup);
    const check = (key: string) =>
      modelClient(cleanup).checkKey(endpoint(url, { provider: 'anthropic' }), key, new AbortController().signal);
    assert.deepEqual(await check(KEY), { kind: 'valid' });
    assert.deepEqual(await check('sk-ant-wrong'), { kind: 'rejected', message: '401 invalid x-api-key', status: 401 });
    const outcome = await modelClient(cleanup).chat(request(url, { apiKey: 'sk-ant-wrong' }));
    assert.equal(outcome.kind === 'fatal' && outcome.reason, 'Unauthorized');
  });
});
