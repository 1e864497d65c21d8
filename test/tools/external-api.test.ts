import assert from 'node:assert/strict';
import type { LookupAddress, lookup } from 'node:dns';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { Client } from 'undici';
import { createGuardedConnector } from '../../controller/tools/guarded-connect.ts';
import type { ExternalApiSpec, ToolOutcome } from '../../controller/tools/index.ts';
import {
  checkExternalApi,
  createAddressGuard,
  createExternalApi,
  externalApiParameters,
} from '../../controller/tools/index.ts';
import { parseUrlTemplate } from '../../controller/tools/url-template.ts';
import { systemClock } from '../../kube/clock.ts';

interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

describe('external APIs', () => {
  let server: Server;
  let base: string;
  let seen: Seen[] = [];
  let connections = 0;
  let answer: (request: Seen, response: ServerResponse) => void;

  before(async () => {
    server = createServer(async (request, response) => {
      const { method = '', url = '', headers } = request;
      const one = { method, url, headers, body: String(await buffer(request)) };
      seen.push(one);
      answer(one, response);
    });
    server.on('connection', () => {
      connections += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    seen = [];
    connections = 0;
    answer = (_, response) => response.setHeader('content-type', 'application/json').end('{"ok":true}');
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const call = (
    spec: Partial<ExternalApiSpec> & { url: string },
    args: Record<string, unknown> = {},
    options: { signal?: AbortSignal; allow?: boolean } = {},
  ): Promise<ToolOutcome> => {
    const hosts = options.allow === false ? [] : ['127.0.0.1', 'localhost'];
    const api = createExternalApi({ clock: systemClock, allow: { hosts } });
    const { signal } = options;
    return api.call(spec, args, { idempotencyKey: 'call-uid', ...(signal && { signal }) });
  };
  const textOf = async (...args: Parameters<typeof call>): Promise<string> => {
    const outcome = await call(...args);
    return outcome.kind === 'result' ? outcome.text : `${outcome.kind}: ${outcome.error}`;
  };

  describe('requests', () => {
    it('fill the URL, and put the other arguments into the query of a GET', async () => {
      const args = { id: 'a/b c?d#e', q: 'ü', tags: ['x', 'y'], none: null, page: 2, where: { a: 1 } };
      assert.equal(await textOf({ url: `${base}/orders/{id}?q={q}&sort={sort}&fixed=1` }, args), '{"ok":true}');
      const url = new URL(seen[0]!.url, base);
      assert.equal(url.pathname, '/orders/a%2Fb%20c%3Fd%23e');
      assert.deepEqual(
        [...url.searchParams],
        [
          ['q', 'ü'],
          ['fixed', '1'],
          ['tags', 'x'],
          ['tags', 'y'],
          ['page', '2'],
          ['where', '{"a":1}'],
        ],
      );
      assert.equal(seen[0]!.headers['idempotency-key'], 'call-uid');
      assert.equal(seen[0]!.body, '');
    });

    it('put the other arguments into the JSON body of a POST', async () => {
      const spec = { url: `${base}/orders/{id}`, method: 'POST', headers: [{ name: 'X-Team', value: 'a' }] } as const;
      await call(spec, { id: 7, amount: 5, note: 'line\nbreak' });
      const [one] = seen;
      assert.equal(`${one!.method} ${one!.url}`, 'POST /orders/7');
      assert.deepEqual(JSON.parse(one!.body), { amount: 5, note: 'line\nbreak' });
      assert.equal(one!.headers['content-type'], 'application/json');
      assert.equal(one!.headers['x-team'], 'a');
    });

    it('are not made when an argument of the path is missing, empty or climbs', async () => {
      for (const [id, error] of [
        [undefined, /id is required/],
        [null, /id is required/],
        ['', /id must not be empty/],
        ['..', /must not hold "\." or "\.\."/],
        ['%2e%2E', /must not hold/],
        ['a/../../b', /must not hold/],
        [{ a: 1 }, /must be a string, a number or a boolean/],
      ] as const) {
        const outcome = await call({ url: `${base}/orders/{id}`, method: 'DELETE' }, { id });
        assert(outcome.kind === 'failed');
        assert.match(outcome.error, error);
      }
      assert.equal(seen.length, 0);
    });

    it('are not made when template and argument make up dots together', async () => {
      assert.match(await textOf({ url: `${base}/a/%2{x}%2E/b` }, { x: 'e' }), /^failed: .+must not be "\." or "\.\."/);
      assert.equal(seen.length, 0);
    });

    it('never leave their place in the template, whatever the arguments', () => {
      const template = parseUrlTemplate('https://api.example.com:8443/v1/{a}/x{b}/fixed?c={c}');
      assert(!('error' in template));
      const value = fc.oneof(
        fc.string(),
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom('..', '.', '%2e%2e', '\\', '//evil', '@evil', '\ud800', '?x#y&z=1'),
      );
      fc.assert(
        fc.property(value, value, value, (a, b, c) => {
          const expanded = template.expand({ a, b, c });
          if ('error' in expanded) return;
          const { url } = expanded;
          assert.equal(url.origin, 'https://api.example.com:8443');
          assert.match(url.pathname, /^\/v1\/[^/]+\/x[^/]+\/fixed$/);
          assert.deepEqual([...url.searchParams.keys()], ['c']);
          assert.equal(url.hash, '');
        }),
        { numRuns: 1000 },
      );
    });
  });

  describe('specs', () => {
    const wrong: [Partial<ExternalApiSpec>, RegExp][] = [
      [{ url: 'ftp://x/' }, /must be http/],
      [{ url: 'https://{host}/x' }, /placeholder in its host/],
      [{ url: 'https://x.{tld}:8080/' }, /placeholder in its host/],
      [{ url: 'https://user:pw@x/' }, /user or password/],
      [{ url: 'https://x/{a b}' }, /brace that is no placeholder/],
      [{ url: 'https://x/{a' }, /brace that is no placeholder/],
      [{ url: 'https://x/#{a}' }, /fragment/],
      [{ url: 'https://x:99999/' }, /host or port/],
      [{ method: 'TRACE' as 'GET' }, /method "TRACE" must be one of/],
      [{ headers: [{ name: 'Host', value: 'x' }] }, /Host cannot be set/],
      [{ headers: [{ name: 'a b', value: 'x' }] }, /no name of a header/],
      [{ headers: [{ name: 'a', value: 'x\r\ny: z' }] }, /value of a holds a control character/],
      [{ credentials: { kind: 'bearer', token: ' \n' } }, /credentials are empty/],
      [{ credentials: { kind: 'bearer', token: 'a\nb' } }, /credentials hold a control character/],
    ];
    for (const [spec, expected] of wrong) {
      it(`refuse ${JSON.stringify(spec)}`, async () => {
        const whole = { url: 'https://example.com/', ...spec };
        assert.match(String(checkExternalApi(whole)), expected);
        assert.match(await textOf(whole), /^failed: This tool cannot be called: /);
      });
    }
    it('say which arguments their URL asks for', () => {
      assert.deepEqual(externalApiParameters('https://x/{id}/{id}?q={q}'), {
        type: 'object',
        properties: { id: { type: ['string', 'number'] }, q: { type: ['string', 'number'] } },
        required: ['id'],
      });
      assert.equal(externalApiParameters('https://{x}/'), undefined);
    });
    it('take what is right', () =>
      assert.equal(checkExternalApi({ url: 'https://example.com/{a.b}?c={d}' }), undefined));
  });

  describe('credentials', () => {
    const token = 'canary+secret/0123456789==';
    const echo = (request: Seen, response: ServerResponse): void => {
      response.setHeader('content-type', 'text/plain').end(`${request.url} ${JSON.stringify(request.headers)}`);
    };
    for (const credentials of [
      { kind: 'bearer', token: `${token}\n` },
      { kind: 'header', name: 'X-Api-Key', value: token },
      { kind: 'query', name: 'key', value: token },
    ] as const) {
      it(`are sent as ${credentials.kind}, and never shown, not even when the server echoes them`, async () => {
        answer = echo;
        const text = await textOf({ url: `${base}/x?a={a}`, credentials }, { a: 1, key: 'from the model' });
        const [one] = seen;
        const sent = {
          bearer: one!.headers.authorization?.slice('Bearer '.length),
          header: one!.headers['x-api-key'],
          query: new URL(one!.url, base).searchParams.getAll('key').join(),
        };
        assert.equal(sent[credentials.kind], token);
        assert.match(text, /<credentials>/);
        assert.doesNotMatch(text, /canary/);
      });
    }
  });

  describe('answers', () => {
    it('of an error carry the status, for the model', async () => {
      answer = (_, response) =>
        response.writeHead(429, { 'retry-after': '30', 'content-type': 'text/plain' }).end('slow down');
      const outcome = await call({ url: `${base}/` });
      assert.deepEqual(outcome, {
        kind: 'result',
        text: 'HTTP 429 Too Many Requests\nRetry-After: 30\nslow down',
        isError: true,
      });
    });

    it('without a body are not empty', async () => {
      answer = (_, response) => response.writeHead(204).end();
      assert.equal(await textOf({ url: `${base}/`, method: 'DELETE' }), 'HTTP 204 No Content');
    });

    it('are cut at the limit', async () => {
      answer = (_, response) => response.setHeader('content-type', 'text/plain').end('x'.repeat(1_000_000));
      const text = await textOf({ url: `${base}/`, maxResponseBytes: 100 });
      assert.equal(text, `${'x'.repeat(100)}\n(cut: the first 100 bytes)`);
    });

    it('that never end are cut off in time, and what came is shown', async () => {
      answer = (_, response) => response.setHeader('content-type', 'text/plain').write('begun');
      const text = await textOf({ url: `${base}/`, timeoutMs: 200 });
      assert.match(text, /^begun\n\(the answer broke off after 5 bytes: no answer within 0\.2 s\)$/);
    });

    it('that are no text are described', async () => {
      answer = (_, response) => response.setHeader('content-type', 'image/png').end(Buffer.from([0x89, 0x50]));
      assert.equal(await textOf({ url: `${base}/` }), '(the answer is no text, but image/png: not shown)');
      answer = (_, response) => response.end(Buffer.from([1, 0, 2]));
      assert.match(await textOf({ url: `${base}/` }), /binary data/);
    });

    it('are decoded by their charset', async () => {
      answer = (_, response) =>
        response.setHeader('content-type', 'text/plain; charset=iso-8859-1').end(Buffer.from([0xfc]));
      assert.equal(await textOf({ url: `${base}/` }), 'ü');
    });

    it('that redirect are followed within the host, and nowhere else', async () => {
      answer = (request, response) =>
        request.url === '/a' ? response.writeHead(302, { location: '/b' }).end() : response.end('here');
      assert.equal(await textOf({ url: `${base}/a` }), 'here');
      seen = [];
      const elsewhere = base.replace('127.0.0.1', 'localhost');
      answer = (_, response) => response.writeHead(307, { location: `${elsewhere}/b?token=1` }).end();
      const text = await textOf({ url: `${base}/a`, credentials: { kind: 'bearer', token: 'secret-token' } });
      assert.match(text, /^HTTP 307 Temporary Redirect: it leads to http:\/\/localhost:\d+\/b, and was not followed/);
      assert.equal(seen.length, 1);
    });

    it('that redirect in circles come to an end', async () => {
      answer = (_, response) => response.writeHead(302, { location: '/' }).end();
      assert.match(await textOf({ url: `${base}/` }), /not followed/);
      assert.equal(seen.length, 4);
    });

    it('to a POST are not turned into a GET', async () => {
      answer = (_, response) => response.writeHead(303, { location: '/b' }).end();
      assert.match(await textOf({ url: `${base}/`, method: 'POST' }), /^HTTP 303 See Other: it leads to/);
      assert.deepEqual(
        seen.map(({ method }) => method),
        ['POST'],
      );
    });
  });

  describe('outcomes', () => {
    it('are not-sent when nobody listens', async () => {
      const closed = createTcpServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => closed.once('listening', resolve));
      const { port } = closed.address() as AddressInfo;
      await new Promise((resolve) => closed.close(resolve));
      assert.match(
        await textOf({ url: `http://127.0.0.1:${port}/`, method: 'POST' }),
        /^not-sent: 127\.0\.0\.1:\d+ could not be reached \(.*ECONNREFUSED/,
      );
    });

    it('are not-sent when the name leads nowhere', async () => {
      assert.match(
        await textOf({ url: 'http://nowhere.invalid/' }),
        /^not-sent: nowhere\.invalid could not be reached/,
      );
    });

    it('are unknown when the connection is cut after the request', async () => {
      answer = (_, response) => response.socket?.destroy();
      assert.match(await textOf({ url: `${base}/`, method: 'POST' }), /^unknown: .+may or may not have taken effect/);
      assert.equal(seen.length, 1, 'sent again');
    });

    it('are unknown when no answer comes in time, or the call is cancelled', async () => {
      answer = () => {};
      assert.match(await textOf({ url: `${base}/`, timeoutMs: 100 }), /^unknown: .+no answer within 0\.1 s/);
      const cancel = new AbortController();
      answer = () => cancel.abort();
      assert.match(await textOf({ url: `${base}/` }, {}, { signal: cancel.signal }), /^unknown: .+cancelled/);
      assert.match(await textOf({ url: `${base}/` }, {}, { signal: cancel.signal }), /^not-sent: .+cancelled before/);
    });

    it('are unknown when the answer is no HTTP', async () => {
      const rubbish = createTcpServer((socket) => socket.on('error', () => {}).end('rubbish\r\n\r\n')).listen(
        0,
        '127.0.0.1',
      );
      await new Promise((resolve) => rubbish.once('listening', resolve));
      const { port } = rubbish.address() as AddressInfo;
      assert.match(await textOf({ url: `http://127.0.0.1:${port}/` }), /^unknown: /);
      rubbish.close();
    });
  });

  describe('private addresses', () => {
    for (const host of ['127.0.0.1', 'localhost', '2130706433', '0x7f.1', '[::1]', '[::ffff:127.0.0.1]', '0']) {
      it(`are not reached as ${host}`, async () => {
        const { port } = new URL(base);
        const text = await textOf({ url: `http://${host}:${port}/` }, {}, { allow: false });
        assert.match(text, /^failed: The request was not sent: .+only public addresses may be reached/);
        // Not even a connection: whether it can be made tells what listens where.
        assert.equal(connections, 0);
      });
    }

    it('are not reached by a name that changes its address between look-ups', async () => {
      const answers = ['93.184.216.34', '127.0.0.1'];
      const asked: string[] = [];
      const rebinding = ((name: string, _: object, done: (error: null, all: LookupAddress[]) => void) => {
        asked.push(name);
        done(null, [{ address: answers[Math.min(asked.length, 1)]!, family: 4 }]);
      }) as unknown as typeof lookup;
      rebinding('rebind.example', {}, () => {});
      const { port } = new URL(base);
      const connect = createGuardedConnector(createAddressGuard(), 1000, rebinding);
      const client = new Client(`http://rebind.example:${port}`, { connect });
      await assert.rejects(client.request({ path: '/', method: 'GET' }), /leads to 127\.0\.0\.1, which is loopback/);
      await client.destroy();
      assert.equal(connections, 0);
    });

    it('are not reached beside a public address of the same name', async () => {
      const both = ((_: string, __: object, done: (error: null, all: LookupAddress[]) => void) =>
        done(null, [
          { address: '127.0.0.1', family: 4 },
          { address: '::1', family: 6 },
        ])) as unknown as typeof lookup;
      const guard = createAddressGuard({ cidrs: ['127.0.0.1'] });
      const { port } = new URL(base);
      const client = new Client(`http://both.example:${port}`, { connect: createGuardedConnector(guard, 1000, both) });
      const response = await client.request({ path: '/', method: 'GET' });
      await response.body.dump();
      assert.equal(response.statusCode, 200);
      await client.destroy();
    });
  });
});
