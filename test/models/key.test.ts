import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { startSimulatedOpenAI } from '../../cli/simulate-openai/index.ts';
import type { KeyCheck } from '../../controller/models/index.ts';
import { closedPort, createCleanup, endpoint, modelClient, serve } from './support.ts';

const signal = new AbortController().signal;

describe('checking a key', () => {
  const cleanup = createCleanup();
  afterEach(() => cleanup.run());

  const check = (baseUrl: string, apiKey: string | undefined, more: Parameters<typeof endpoint>[1] = {}) =>
    modelClient(cleanup).checkKey(endpoint(baseUrl, { parameters: { timeoutSeconds: 5 }, ...more }), apiKey, signal);
  async function answering(status: number, body: unknown, type = 'application/json') {
    return serve(cleanup, (_req, res) =>
      res.writeHead(status, { 'content-type': type }).end(typeof body === 'string' ? body : JSON.stringify(body)),
    );
  }
  const assertKind = (result: KeyCheck, kind: KeyCheck['kind'], message?: RegExp) => {
    assert.equal(result.kind, kind, JSON.stringify(result));
    if (message !== undefined) assert.match('message' in result ? result.message : '', message);
  };

  it('accepts a key that the provider accepts, and rejects another without showing it', async () => {
    const { url, close } = await startSimulatedOpenAI({ apiKey: 'sk-right' });
    cleanup.add(close);
    assertKind(await check(url, 'sk-right'), 'valid');
    assertKind(await check(url, 'sk-right\n'), 'valid');
    const wrong = await check(url, 'sk-wrong-CANARY-1234567890');
    assertKind(wrong, 'rejected', /^401 Incorrect API key provided: \[redacted\]/);
    assert.doesNotMatch(JSON.stringify(wrong), /CANARY|7890/);
  });

  it('accepts a server that asks for no key', async () => {
    const { url, close } = await startSimulatedOpenAI({ apiKey: false });
    cleanup.add(close);
    assertKind(await check(url, undefined), 'valid');
  });

  it("asks Anthropic with Anthropic's headers", async () => {
    let seen: IncomingHttpHeaders = {};
    const url = await serve(cleanup, (req, res) => {
      seen = req.headers;
      res.writeHead(200, { 'content-type': 'application/json' }).end('{"data":[]}');
    });
    assertKind(await check(url, 'sk-ant-1', { provider: 'anthropic' }), 'valid');
    assert.equal(seen['x-api-key'], 'sk-ant-1');
    assert.equal(seen['anthropic-version'], '2023-06-01');
    assert.equal(seen.authorization, undefined);
  });

  it('does not take a provider that is down for a bad key', async () => {
    assertKind(await check(`http://127.0.0.1:${await closedPort()}/v1`, 'k'), 'unavailable', /connection refused/);
    assertKind(await check(await answering(500, {}), 'k'), 'unavailable', /^500/);
    assertKind(await check(await answering(429, {}), 'k'), 'unavailable', /^429/);
    assertKind(await check(await answering(404, {}), 'k'), 'unavailable', /^404/);
    assertKind(await check(await answering(302, ''), 'k'), 'unavailable', /redirects/);
    assertKind(
      await check(await answering(200, '<html>', 'text/html'), 'k'),
      'unavailable',
      /no JSON \(text\/html\): check parameters\.baseUrl/,
    );
    const silent = await serve(cleanup, () => undefined);
    assertKind(
      await check(silent, 'k', { parameters: { timeoutSeconds: 0.2 } }),
      'unavailable',
      /no answer within 0.2 s/,
    );
  });

  it('rejects with 401 and 403', async () => {
    assertKind(await check(await answering(401, { error: { message: 'no' } }), 'k'), 'rejected', /^401 no/);
    assertKind(await check(await answering(403, { error: { message: 'no' } }), 'k'), 'rejected', /^403 no/);
  });

  it('accepts a restricted key that may not list models', async () => {
    const message = 'You have insufficient permissions for this operation. Missing scopes: api.model.read.';
    assertKind(await check(await answering(403, { error: { message } }), 'k'), 'valid');
  });

  it('rejects, without asking, a key that cannot be sent and no key where one is needed', async () => {
    assertKind(await check('http://127.0.0.1:9/v1', 'a\nb'), 'rejected', /no HTTP header/);
    assertKind(await modelClient(cleanup).checkKey(endpoint(undefined), '', signal), 'rejected', /no API key/);
  });

  it('is cancelled by its signal', async () => {
    const silent = await serve(cleanup, () => undefined);
    const abort = new AbortController();
    const checking = modelClient(cleanup).checkKey(endpoint(silent), 'k', abort.signal);
    abort.abort(new Error('stop'));
    await assert.rejects(checking, /stop/);
  });
});
