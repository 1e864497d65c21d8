import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { type Fault, startSimulatedOpenAI } from '../../cli/simulate-openai/index.ts';
import type { ChatFailure, ChatRequest, ModelClientOptions } from '../../controller/models/index.ts';
import { closedPort, createCleanup, endpoint, modelClient, serve } from './support.ts';

const CANARY = 'sk-proj-CANARY0123456789abcdefCANARY';

describe('failures of a model call', () => {
  const cleanup = createCleanup();
  afterEach(() => cleanup.run());

  /** Calls once; fails the test if the answer, or what is thrown, holds the key. */
  async function fail(
    baseUrl: string,
    more: Partial<ChatRequest> = {},
    options?: ModelClientOptions,
  ): Promise<ChatFailure> {
    const outcome = await modelClient(cleanup, options).chat({
      endpoint: endpoint(baseUrl, { parameters: { timeoutSeconds: 5 } }),
      apiKey: CANARY,
      messages: [{ role: 'user', content: 'hi' }],
      tools: [],
      signal: new AbortController().signal,
      ...more,
    });
    assert.doesNotMatch(JSON.stringify(outcome), /CANARY/);
    assert.notEqual(outcome.kind, 'answer');
    return outcome as ChatFailure;
  }

  async function faulty(fault: Fault) {
    const simulated = await startSimulatedOpenAI({ script: { rules: [{ fault }] } });
    cleanup.add(simulated.close);
    return simulated;
  }

  describe('by status', () => {
    const cases: [number, Partial<Fault>, ChatFailure['kind'], string][] = [
      [400, {}, 'fatal', 'BadRequest'],
      [
        400,
        { message: "This model's maximum context length is 128000 tokens.", code: 'context_length_exceeded' },
        'fatal',
        'ContextTooLong',
      ],
      [400, { message: 'prompt is too long: 210000 tokens > 200000 maximum' }, 'fatal', 'ContextTooLong'],
      [
        400,
        {
          message: "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
          code: 'content_filter',
        },
        'fatal',
        'ContentFiltered',
      ],
      [401, {}, 'fatal', 'Unauthorized'],
      [402, {}, 'fatal', 'BadRequest'],
      [403, {}, 'fatal', 'Forbidden'],
      [404, {}, 'fatal', 'NotFound'],
      [408, {}, 'retry', 'Timeout'],
      [409, {}, 'retry', 'Conflict'],
      [413, {}, 'fatal', 'ContextTooLong'],
      [418, {}, 'fatal', 'BadRequest'],
      [422, {}, 'fatal', 'BadRequest'],
      [425, {}, 'retry', 'Conflict'],
      [429, {}, 'retry', 'RateLimited'],
      [429, { code: 'insufficient_quota' }, 'retry', 'QuotaExceeded'],
      [500, {}, 'retry', 'ServerError'],
      [503, {}, 'retry', 'ServerError'],
      [529, {}, 'retry', 'ServerError'],
    ];
    for (const [status, fault, kind, reason] of cases) {
      it(`${status} ${fault.code ?? fault.message?.slice(0, 20) ?? ''} is ${kind} ${reason}, asked once`, async () => {
        const simulated = await faulty({ status, message: 'said the provider', ...fault });
        const outcome = await fail(simulated.url);
        assert.deepEqual([outcome.kind, outcome.reason, outcome.status], [kind, reason, status]);
        assert.ok(outcome.message.startsWith(`${status} ${fault.message ?? 'said the provider'}`), outcome.message);
        assert.equal(simulated.summary().total, 1);
      });
    }

    it('keeps what Retry-After says', async () => {
      const { url } = await faulty({ status: 429, retryAfter: 7 });
      const outcome = await fail(url);
      assert.equal(outcome.kind === 'retry' && outcome.retryAfterMs, 7000);
    });

    it('says something about an error without a body, and little about a page', async () => {
      const empty = await serve(cleanup, (_req, res) => res.writeHead(502).end());
      assert.equal((await fail(empty)).message, '502 without a message');
      const page = await serve(cleanup, (_req, res) =>
        res
          .writeHead(404, { 'content-type': 'text/html' })
          .end('<html><style>x{}</style><h1>404 Not Found</h1>nginx</html>'),
      );
      assert.equal((await fail(page)).message, '404 a page, not an API error: 404 Not Found nginx');
    });

    it('follows no redirect, which would carry the key elsewhere', async () => {
      let asked = 0;
      const elsewhere = await serve(cleanup, (_req, res) => {
        asked += 1;
        res.end();
      });
      const url = await serve(cleanup, (_req, res) => res.writeHead(308, { location: elsewhere }).end());
      const outcome = await fail(url);
      assert.deepEqual([outcome.kind, outcome.reason], ['fatal', 'InvalidEndpoint']);
      assert.ok(outcome.message.includes(elsewhere));
      assert.equal(asked, 0);
    });
  });

  describe('of the network', () => {
    const network = async (url: string, message: RegExp, reason = 'Network') => {
      const outcome = await fail(url);
      assert.deepEqual([outcome.kind, outcome.reason], ['retry', reason]);
      assert.match(outcome.message, message);
    };

    it('connection refused', async () => {
      const port = await closedPort();
      await network(
        `http://127.0.0.1:${port}/v1`,
        new RegExp(`^cannot reach http://127.0.0.1:${port}: connection refused$`),
      );
    });

    it('a name that does not exist', () => network('http://no-such-host.invalid/v1', /its name is not known/));

    it('a connection that is cut before the answer', async () => {
      await network((await faulty({ cut: 'before-headers' })).url, /was cut before the answer was complete/);
    });

    it('a connection that is cut within the answer', async () => {
      await network((await faulty({ cut: 'mid-body' })).url, /was cut before the answer was complete/);
    });

    it('a server that speaks something else', async () => {
      const server = createServer((socket) =>
        socket
          .on('error', () => undefined)
          .resume()
          .end('220 smtp.example.com ESMTP\r\n'),
      );
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      cleanup.add(() => new Promise((resolve) => server.close(resolve)));
      const address = server.address();
      await network(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/v1`, /failed/);
    });
  });

  describe('of time', () => {
    const late = async (rule: { latencyMs?: number; dribbleMs?: number }) => {
      const simulated = await startSimulatedOpenAI({ script: { rules: [{ ...rule, text: 'late' }] } });
      cleanup.add(simulated.close);
      const outcome = await fail(simulated.url, {
        endpoint: endpoint(simulated.url, { parameters: { timeoutSeconds: 0.2 } }),
      });
      assert.deepEqual([outcome.kind, outcome.reason], ['retry', 'Timeout']);
      assert.equal(outcome.message, 'no answer within 0.2 s');
    };

    it('no answer', () => late({ latencyMs: 10_000 }));
    it('an answer that trickles without an end', () => late({ dribbleMs: 10_000 }));
  });

  describe('of what is answered', () => {
    const cases: [string, Fault, string, RegExp][] = [
      ['broken JSON', { bodyText: '{"choices": [' }, 'InvalidAnswer', /no valid JSON/],
      ['nothing', { bodyText: '' }, 'InvalidAnswer', /missing/],
      ['a page', { bodyText: '<html>login</html>', contentType: 'text/html' }, 'InvalidAnswer', /no JSON: <html>login/],
      ['the wrong shape', { body: { choices: [{ message: null }] } }, 'InvalidAnswer', /message is null/],
    ];
    for (const [what, fault, reason, message] of cases) {
      it(what, async () => {
        const outcome = await fail((await faulty(fault)).url);
        assert.deepEqual([outcome.kind, outcome.reason], ['retry', reason]);
        assert.match(outcome.message, message);
      });
    }

    it('more than is read', async () => {
      const { url } = await faulty({ body: { choices: [], padding: 'x'.repeat(200_000) } });
      const outcome = await fail(url, {}, { maxResponseBytes: 100_000 });
      assert.deepEqual([outcome.kind, outcome.reason], ['fatal', 'AnswerTooLarge']);
    });

    it('a flood without an end', async () => {
      const url = await serve(cleanup, (_req, res) => {
        res.writeHead(200, { 'content-type': 'application/json' });
        const more = () => {
          while (!res.destroyed && res.write('x'.repeat(65_536)));
        };
        res.on('drain', more);
        more();
      });
      const outcome = await fail(url, {}, { maxResponseBytes: 1_000_000 });
      assert.deepEqual([outcome.kind, outcome.reason], ['fatal', 'AnswerTooLarge']);
    });
  });

  describe('of the endpoint itself', () => {
    const cases: [string, Partial<ChatRequest>, string, RegExp][] = [
      ['no URL', { endpoint: endpoint('vllm') }, 'InvalidEndpoint', /parameters\.baseUrl is no URL/],
      ['no HTTP', { endpoint: endpoint('ftp://x/v1') }, 'InvalidEndpoint', /must begin with https/],
      [
        'a password in the URL',
        { endpoint: endpoint(`https://me:${CANARY}@x/v1`) },
        'InvalidEndpoint',
        /no user name or password/,
      ],
      ['no key', { endpoint: endpoint(undefined), apiKey: ' \n' }, 'Unauthorized', /no API key/],
      [
        'a key of two lines',
        { apiKey: `${CANARY}\n${CANARY}` },
        'Unauthorized',
        /characters that no HTTP header can carry/,
      ],
      ['a key that is no ASCII', { apiKey: `${CANARY}…` }, 'Unauthorized', /characters that no HTTP header/],
      [
        'a header that is none',
        { endpoint: endpoint('http://x/v1', { headers: { 'x-a': `${CANARY}\r\nx: y` } }) },
        'InvalidEndpoint',
        /"x-a"/,
      ],
    ];
    for (const [what, more, reason, message] of cases) {
      it(what, async () => {
        const outcome = await fail('http://127.0.0.1:9/v1', more);
        assert.deepEqual([outcome.kind, outcome.reason], ['fatal', reason]);
        assert.match(outcome.message, message);
      });
    }
  });

  it('never hold the key or a header, wherever the server repeats them', async () => {
    const repeats = [
      (key: string) => ({
        status: 401,
        body: JSON.stringify({ error: { message: `Incorrect API key provided: ${key}` } }),
      }),
      (key: string) => ({ status: 400, body: `you sent ${key}` }),
      (key: string) => ({ status: 500, body: JSON.stringify({ error: { message: { nested: key } } }) }),
      (key: string) => ({ status: 200, body: `{"choices": ${key}` }),
      (key: string) => ({ status: 200, body: JSON.stringify(key) }),
      (key: string) => ({ status: 200, body: JSON.stringify({ error: { key } }) }),
      (key: string) => ({ status: 302, body: key }),
    ];
    for (const repeat of repeats) {
      const url = await serve(cleanup, (req, res) => {
        const secrets = `${req.headers.authorization} ${req.headers['x-gateway-key']}`;
        const { status, body } = repeat(secrets);
        res.writeHead(status, { 'content-type': 'application/json', location: `http://x/?key=${secrets}` }).end(body);
      });
      await fail(url, { endpoint: endpoint(url, { headers: { 'x-gateway-key': 'CANARY-of-the-gateway' } }) });
    }
  });
});
