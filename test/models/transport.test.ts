import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { createCleanup, endpoint, modelClient, serve } from './support.ts';

describe('connections to providers', () => {
  const cleanup = createCleanup();
  afterEach(() => cleanup.run());
  const signal = new AbortController().signal;
  const call = (baseUrl: string) => ({
    endpoint: endpoint(baseUrl),
    apiKey: 'sk-x',
    messages: [{ role: 'user' as const, content: 'hi' }],
    tools: [],
    signal,
  });

  it('are used again for the next call', async () => {
    const sockets = new Set<Socket>();
    const url = await serve(cleanup, (req, res) => {
      sockets.add(req.socket);
      req.resume().on('end', () => res.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
    });
    const client = modelClient(cleanup);
    for (let n = 0; n < 20; n += 1) await client.chat(call(url));
    // A second one may be opened while the first is not yet known to be free.
    assert.ok(sockets.size <= 2, `${sockets.size} connections for 20 calls in a row`);
  });

  it('are kept alive while a model thinks for minutes', async function () {
    if (process.platform !== 'linux') this.skip();
    const client = modelClient(cleanup);
    let arrived: (socket: Socket) => void = () => undefined;
    const asked = new Promise<Socket>((resolve) => {
      arrived = resolve;
    });
    const server = createServer((socket) => socket.on('error', () => undefined).once('data', () => arrived(socket)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const waiting = client.chat(call(`http://127.0.0.1:${port}/v1`));
    const socket = await asked;
    // The kernel's table: timer 02 is the keep-alive timer; the time left is in hundredths of a second, in hex.
    const hex = (n: number) => n.toString(16).toUpperCase().padStart(4, '0');
    const line = () =>
      readFileSync('/proc/net/tcp', 'utf8')
        .split('\n')
        .map((text) => text.trim().split(/\s+/))
        .find(
          ([, local, remote]) =>
            local?.endsWith(`:${hex(socket.remotePort ?? 0)}`) && remote?.endsWith(`:${hex(port)}`),
        );
    // Right after sending, the retransmission timer may have its place.
    while (!line()?.[5]?.startsWith('02:')) await new Promise((resolve) => setTimeout(resolve, 10));
    const left = Number.parseInt(line()?.[5]?.split(':')[1] ?? '', 16) / 100;
    assert.ok(left > 5 && left <= 30, `keep-alive probe in ${left} s`);
    socket.destroy();
    assert.equal((await waiting).kind, 'retry');
    await new Promise((resolve) => server.close(resolve));
  });

  it('go through a proxy where one is set, but not to hosts that are excepted', async () => {
    const seen: string[] = [];
    const proxy = createServer((socket) => {
      socket
        .on('error', () => undefined)
        .once('data', (data) => {
          seen.push(data.toString().split('\r\n', 1)[0] ?? '');
          socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
        });
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    cleanup.add(() => new Promise((resolve) => proxy.close(resolve)));
    const address = proxy.address();
    const http = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    const direct = await serve(cleanup, (_req, res) => res.writeHead(503).end());
    const client = modelClient(cleanup, { proxy: { http, https: http, no: '127.0.0.1' } });
    const local = await client.chat(call(direct));
    assert.equal(local.kind !== 'answer' && local.status, 503);
    assert.deepEqual(seen, []);
    await client.chat(call('http://models.example.com/v1'));
    await client.chat(call('https://models.example.com/v1'));
    assert.equal(seen.length, 2);
    assert.match(seen[1] ?? '', /^CONNECT models\.example\.com:443 /);
  });
});
