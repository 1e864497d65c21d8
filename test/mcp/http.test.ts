import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { createEventScanner } from '../../controller/mcp/http-transport.ts';
import type { McpServerSpec } from '../../controller/mcp/index.ts';
import { IDEMPOTENCY_META_KEY } from '../../controller/mcp/index.ts';
import type { PoolHarness } from './harness.ts';
import { createHarness } from './harness.ts';

const require = createRequire(import.meta.url);
const everything = require.resolve('@modelcontextprotocol/server-everything/dist/index.js');

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

interface Rpc {
  id?: number;
  method?: string;
  params?: { name?: string; _meta?: Record<string, unknown> };
}

describe('MCP over HTTP', () => {
  let harness: PoolHarness;
  beforeEach(() => {
    harness = createHarness({ limits: { maxMessageBytes: 256 * 1024 }, connectTimeoutMs: 5000 });
  });
  afterEach(async () => harness.pool.close());

  const textOf = async (
    key: string,
    tool = 'echo',
    args: Record<string, unknown> = {},
    timeoutMs = 5000,
  ): Promise<string> => {
    const outcome = await harness.pool.callTool(key, tool, args, { timeoutMs, idempotencyKey: 'uid-1' });
    return outcome.kind === 'result' ? outcome.text : `${outcome.kind}: ${outcome.error}`;
  };

  describe('with server-everything', () => {
    const children: ChildProcess[] = [];
    const startEverything = async (kind: 'sse' | 'streamableHttp', port: number): Promise<ChildProcess> => {
      const child = spawn(process.execPath, [everything, kind], {
        env: { PATH: process.env.PATH, PORT: String(port) },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      children.push(child);
      await new Promise<void>((resolve) => {
        child.stderr!.on('data', (chunk) => {
          if (/port \d+/.test(String(chunk))) resolve();
        });
      });
      return child;
    };
    after(() => {
      for (const child of children) child.kill('SIGKILL');
    });

    const variants: [string, 'sse' | 'streamableHttp', McpServerSpec['transport'], string, string][] = [
      ['streamable HTTP', 'streamableHttp', 'streamable-http', '/mcp', 'streamable-http'],
      ['http, which is streamable HTTP', 'streamableHttp', 'http', '/mcp', 'streamable-http'],
      ['http, which falls back to SSE', 'sse', 'http', '/sse', 'sse'],
      ['SSE', 'sse', 'sse', '/sse', 'sse'],
    ];
    for (const [what, kind, transport, path, chosen] of variants) {
      it(`${what}: calls, and comes back when the server was started anew`, async () => {
        const port = await freePort();
        const first = await startEverything(kind, port);
        harness.pool.ensure('e', { transport, url: `http://127.0.0.1:${port}${path}` }, '1');
        const { serverInfo, tools } = await harness.until('e', 'ready');
        assert.equal(serverInfo.transport, chosen);
        assert(tools.some(({ name }) => name === 'get-sum'));
        assert.equal(await textOf('e', 'get-sum', { a: 2, b: 3 }), 'The sum of 2 and 3 is 5.');
        first.kill('SIGKILL');
        await new Promise((resolve) => first.once('exit', resolve));
        assert.match(await textOf('e', 'get-sum', { a: 1, b: 1 }), /^(not-sent|unknown): /);
        await startEverything(kind, port);
        const sum = async (): Promise<string> => {
          if (harness.pool.state('e')?.kind !== 'ready') await harness.next('e', 'ready');
          return textOf('e', 'get-sum', { a: 3, b: 4 });
        };
        let answer = await sum();
        // The loss may be noticed by the first call only.
        for (let tries = 0; tries < 5 && !answer.startsWith('The sum'); tries += 1) answer = await sum();
        assert.equal(answer, 'The sum of 3 and 4 is 7.');
      });
    }
  });

  describe('with servers that misbehave', () => {
    let server: Server;
    let url: string;
    let onCall: (request: Rpc, response: ServerResponse) => void;
    let onInitialize: ((response: ServerResponse) => void) | undefined;
    let seen: { headers: IncomingMessage['headers']; rpc: Rpc }[];
    let deleted: string[];
    /** Sessions of before are not known any more. */
    let session: string;
    let noSession: number;

    const json = (response: ServerResponse, body: object, status = 200): void => {
      response
        .writeHead(status, { 'content-type': 'application/json', 'mcp-session-id': session })
        .end(JSON.stringify(body));
    };
    const ok = (rpc: Rpc, text: string): object => ({
      jsonrpc: '2.0',
      id: rpc.id,
      result: { content: [{ type: 'text', text }] },
    });

    before(async () => {
      server = createServer(async (request, response) => {
        if (request.method === 'DELETE') {
          deleted.push(String(request.headers['mcp-session-id']));
          response.writeHead(200).end();
          return;
        }
        if (request.method !== 'POST') {
          response.writeHead(405).end();
          return;
        }
        const rpc = JSON.parse(await readText(request)) as Rpc;
        seen.push({ headers: request.headers, rpc });
        if (rpc.method !== 'initialize' && request.headers['mcp-session-id'] !== session) {
          json(response, { error: 'Session not found' }, noSession);
          return;
        }
        if (rpc.method === 'initialize') {
          if (onInitialize !== undefined) onInitialize(response);
          else
            json(response, {
              jsonrpc: '2.0',
              id: rpc.id,
              result: {
                protocolVersion: '2025-06-18',
                capabilities: { tools: {} },
                serverInfo: { name: 's', version: '1' },
              },
            });
        } else if (rpc.method === 'tools/list') {
          json(response, {
            jsonrpc: '2.0',
            id: rpc.id,
            result: { tools: [{ name: 'echo', inputSchema: { type: 'object' } }] },
          });
        } else if (rpc.method === 'tools/call') {
          onCall(rpc, response);
        } else {
          response.writeHead(202).end();
        }
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
    });
    beforeEach(() => {
      onCall = (rpc, response) => json(response, ok(rpc, 'fine'));
      onInitialize = undefined;
      seen = [];
      deleted = [];
      session = 'one';
      noSession = 404;
    });
    after(() => {
      server.closeAllConnections();
      server.close();
    });

    const connect = async (more: Partial<McpServerSpec> = {}): Promise<void> => {
      harness.pool.ensure('s', { transport: 'streamable-http', url, ...more }, JSON.stringify(more));
      await harness.until('s', 'ready');
    };

    it('headers are sent with each request, and stand in no message', async () => {
      const headers = [{ name: 'Authorization', value: 'Bearer canary-token' }];
      await connect({ headers });
      assert.equal(await textOf('s'), 'fine');
      assert.deepEqual(
        seen.map((one) => one.headers.authorization),
        seen.map(() => 'Bearer canary-token'),
      );
      assert.deepEqual(seen.at(-1)!.rpc.params!._meta, { [IDEMPOTENCY_META_KEY]: 'uid-1' });
      onCall = (_, response) => json(response, { why: 'bad token canary-token' }, 403);
      assert.match(
        await textOf('s'),
        /^failed: The MCP server refused the call \(HTTP 403: \{"why":"bad token <Authorization>"\}\)/,
      );
      onInitialize = (response) => json(response, { why: 'canary-token has expired' }, 401);
      harness.pool.reconnect('s');
      assert.match((await harness.next('s', 'backoff')).error, /HTTP 401: \{"why":"<Authorization> has expired"\}/);
      assert.doesNotMatch(JSON.stringify([harness.states, harness.log]), /canary/);
    });

    for (const status of [404, 400]) {
      it(`a session that the server forgot (${status}): not sent, and a new one`, async () => {
        await connect();
        session = 'two';
        noSession = status;
        assert.match(await textOf('s'), /^not-sent: .+Session not found/);
        await harness.next('s', 'ready');
        assert.equal(await textOf('s'), 'fine');
      });
    }

    it('sessions are ended when the server is removed', async () => {
      await connect();
      await harness.pool.remove('s');
      assert.deepEqual(deleted, ['one']);
    });

    const outcomes: [string, (rpc: Rpc, response: ServerResponse) => void, RegExp][] = [
      ['an error of the server', (_, response) => json(response, {}, 500), /^unknown: .+HTTP 500/],
      ['a gateway’s error', (_, response) => json(response, {}, 502), /^unknown: .+HTTP 502/],
      ['too many requests', (_, response) => json(response, {}, 429), /^not-sent: .+HTTP 429/],
      ['bad arguments', (_, response) => json(response, { e: 'bad' }, 422), /^failed: .+HTTP 422: \{"e":"bad"\}/],
      ['a cut connection', (_, response) => response.socket?.destroy(), /^unknown: .+may or may not/],
      ['no answer', () => {}, /^unknown: .+no answer within 0\.5 s/],
      [
        'an answer too large',
        (rpc, response) => json(response, ok(rpc, 'x'.repeat(300_000))),
        /^unknown: .+more than 262144 bytes/,
      ],
      [
        'an answer that is no JSON',
        (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('<'),
        /^unknown: /,
      ],
      [
        'an answer that is no MCP',
        (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>'),
        /^unknown: .+content type/i,
      ],
      [
        'an error of JSON-RPC',
        (rpc, response) => json(response, { jsonrpc: '2.0', id: rpc.id, error: { code: -32000, message: 'no money' } }),
        /^failed: The MCP server refused the call: .+no money/,
      ],
      [
        'a stream that ends without an answer',
        (_, response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(': nothing\n\n'),
        /^unknown: .+ended before it was complete/,
      ],
      [
        'a stream that breaks off',
        (_, response) => {
          response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: {"json');
          setTimeout(() => response.socket?.destroy(), 50);
        },
        /^unknown: .+ended before it was complete/,
      ],
      [
        'an event without end',
        (_, response) => {
          response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: ');
          const timer = setInterval(() => response.write('x'.repeat(65536)), 1);
          response.on('close', () => clearInterval(timer));
        },
        /^unknown: .+ended before it was complete/,
      ],
      [
        'a redirect to elsewhere',
        (_, response) => response.writeHead(307, { location: 'http://localhost:1/' }).end(),
        /^failed: .+Redirect to http:\/\/localhost:1\/ not followed/,
      ],
    ];
    for (const [what, answer, expected] of outcomes) {
      it(`${what}: ${String(expected).slice(2, 12)}`, async () => {
        await connect();
        onCall = answer;
        assert.match(await textOf('s', 'echo', {}, 500), expected);
        onCall = (rpc, response) => json(response, ok(rpc, 'fine'));
        await harness.until('s', 'ready');
        assert.equal(await textOf('s'), 'fine');
      });
    }

    it('an answer as a stream, with more events than a message may have bytes', async () => {
      await connect();
      onCall = (rpc, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const progress = JSON.stringify({
          jsonrpc: '2.0',
          method: 'notifications/message',
          params: { level: 'info', data: 'x'.repeat(50_000) },
        });
        for (let index = 0; index < 10; index += 1) response.write(`event: message\r\ndata: ${progress}\r\n\r\n`);
        response.end(`data: ${JSON.stringify(ok(rpc, 'at last'))}\n\n`);
      };
      assert.equal(await textOf('s'), 'at last');
    });

    it('nobody listens: tried again, until someone does', async () => {
      const port = await freePort();
      harness.pool.ensure('s', { transport: 'http', url: `http://127.0.0.1:${port}/mcp` }, 'x');
      assert.match((await harness.until('s', 'backoff')).error, /ECONNREFUSED/);
      const late = createServer((request, response) => server.emit('request', request, response)).listen(
        port,
        '127.0.0.1',
      );
      await harness.next('s', 'ready');
      assert.equal(await textOf('s'), 'fine');
      late.closeAllConnections();
      late.close();
    });

    it('nobody listens any more: the call was not sent', async () => {
      const gone = createServer((request, response) => server.emit('request', request, response)).listen(
        0,
        '127.0.0.1',
      );
      await new Promise((resolve) => gone.once('listening', resolve));
      await connect({ url: `http://127.0.0.1:${(gone.address() as AddressInfo).port}/mcp` });
      gone.closeAllConnections();
      await new Promise((resolve) => gone.close(resolve));
      assert.match(await textOf('s'), /^not-sent: The MCP server could not be reached: .*ECONNREFUSED/);
      assert.match((await harness.until('s', 'backoff')).error, /cannot be reached: .*ECONNREFUSED/);
    });

    it('metadata addresses are not reached', async () => {
      for (const host of ['169.254.169.254', '[::ffff:a9fe:a9fe]', '[fd00:ec2::254]']) {
        harness.pool.ensure(host, { transport: 'http', url: `http://${host}/mcp` }, 'x');
        assert.match((await harness.until(host, 'backoff')).error, /metadata addresses may not be reached/);
      }
    });
  });

  it('counts the bytes of an event wherever its pieces are cut', () => {
    const events = 'id: 1\ndata: abc\n\ndata: x\r\nidentity: y\r\n\r\n: c\r\rdata: open';
    for (const size of [1, 2, 3, 7, 100]) {
      let ids = 0;
      const scan = createEventScanner(() => {
        ids += 1;
      });
      let left = -1;
      for (let at = 0; at < events.length; at += size) left = scan(Buffer.from(events.slice(at, at + size)));
      assert.equal(left, 'data: open'.length, `pieces of ${size}`);
      assert.equal(ids, 1);
    }
  });
});
