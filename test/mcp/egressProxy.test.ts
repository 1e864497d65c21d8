import assert from 'node:assert/strict';
import type { LookupAddress, lookup } from 'node:dns';
import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { type EgressProxy, startEgressProxy } from '../../controller/mcp/bridge/egressProxy.ts';
import { createRecordingLogger } from '../support/logger.ts';

describe('the proxy to hosts that are allowed', () => {
  let upstream: Server;
  let port = 0;
  let proxy: EgressProxy;
  let seen: IncomingMessage['headers'][] = [];
  /** All names are this machine. */
  const resolve = ((_name: string, _options: object, callback: (error: null, all: LookupAddress[]) => void) =>
    callback(null, [{ address: '127.0.0.1', family: 4 }])) as unknown as typeof lookup;

  before(async () => {
    upstream = createServer(async (asked, answer) => {
      seen.push(asked.headers);
      answer
        .writeHead(201, { 'x-answer': 'yes', connection: 'close, x-hop', 'x-hop': '1' })
        .end(`got ${await text(asked)}`);
    });
    upstream.listen(0, '127.0.0.1');
    await once(upstream, 'listening');
    port = (upstream.address() as AddressInfo).port;
    proxy = await startEgressProxy({
      host: '127.0.0.1',
      port: 0,
      allow: [`api.example.com:${port}`, `*.internal:${port}`, `rebound.example.com:${port}`, '169.254.169.254:80'],
      allowPrivate: [`api.example.com:${port}`, `*.internal:${port}`, '169.254.169.254:80'],
      logger: createRecordingLogger(),
      resolve,
    });
  });
  beforeEach(() => {
    seen = [];
  });
  after(async () => {
    await proxy.close();
    upstream.close();
  });

  async function forward(path: string, headers: Record<string, string> = {}, body?: string) {
    const asked = request(proxy.url, { path, headers, method: body === undefined ? 'GET' : 'POST' });
    asked.end(body);
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
  }

  /** What a client of CONNECT reads until the connection ends. */
  async function tunnel(target: string, then = ''): Promise<string> {
    const { hostname, port: at } = new URL(proxy.url);
    const socket = connect(Number(at), hostname);
    socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n${then}`);
    return text(socket);
  }

  it('forwards http, with the name that was judged and without what is between two hops', async () => {
    const answer = await forward(
      `http://api.example.com:${port}/a?b=c`,
      { host: 'evil.example', 'proxy-authorization': 'secret', connection: 'x-mine', 'x-mine': '1' },
      'hello',
    );
    assert.deepEqual([answer.status, answer.body, answer.headers['x-answer']], [201, 'got hello', 'yes']);
    assert.equal(answer.headers['x-hop'], undefined);
    assert.equal(seen[0]?.host, `api.example.com:${port}`);
    assert.deepEqual([seen[0]?.['proxy-authorization'], seen[0]?.['x-mine']], [undefined, undefined]);
  });

  it('tunnels, whatever the client sent along at once', async () => {
    const said = await tunnel(`db.internal:${port}`, `GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    assert.match(said, /^HTTP\/1\.1 200 .*\r\n\r\nHTTP\/1\.1 201 Created/);
    assert.match(said, /got /);
  });

  const refused: [string, () => string, RegExp][] = [
    ['another host', () => `other.example.com:${port}`, /403 .*other\.example\.com:\d+ is not among the hosts/s],
    ['another port', () => 'api.example.com:22', /403 .*api\.example\.com:22 is not among/s],
    ['the suffix itself', () => `internal:${port}`, /403/],
    ['a name that ends alike', () => `evilinternal:${port}`, /403/],
    ['a name with a dot at its end', () => `other.example.com.:${port}`, /403/],
    ['a name that leads to a private address', () => `rebound.example.com:${port}`, /403 .*leads to 127\.0\.0\.1/s],
    ['an address, though a name leads there', () => `127.0.0.1:${port}`, /403/],
    ['an address in another spelling', () => `0x7f000001:${port}`, /403/],
    ['metadata, though it is named', () => '169.254.169.254:80', /403 .*link-local/s],
    ['no port', () => 'api.example.com', /400/],
    ['no host', () => 'a b:443', /400/],
  ];
  for (const [name, target, says] of refused) {
    it(`refuses ${name}`, async () => {
      assert.match(await tunnel(target()), says);
      assert.deepEqual(seen, []);
    });
  }

  it('refuses the same of http', async () => {
    assert.equal((await forward(`http://rebound.example.com:${port}/`)).status, 403);
    assert.equal((await forward(`http://other.example.com:${port}/`)).status, 403);
    assert.equal((await forward(`http://api.example.com@other.example.com:${port}/`)).status, 403);
    assert.equal((await forward('https://api.example.com/')).status, 400);
    assert.equal((await forward('/etc/passwd')).status, 400);
    assert.deepEqual(seen, []);
  });

  it('answers probes, and says when a host cannot be reached', async () => {
    assert.equal((await forward('/readyz')).status, 200);
    const alone = await startEgressProxy({
      host: '127.0.0.1',
      port: 0,
      allow: ['gone.internal:1'],
      allowPrivate: ['gone.internal:1'],
      logger: createRecordingLogger(),
      resolve,
    });
    const asked = request(alone.url, { path: 'http://gone.internal:1/' });
    asked.end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    assert.equal(answer.statusCode, 502);
    assert.match(await text(answer), /no connection: .*ECONNREFUSED/);
    await alone.close();
  });
});
