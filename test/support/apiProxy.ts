import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent } from 'undici';
import { createCredentialSource } from '../../kube/credentials.ts';
import type { KubeConfig } from '../../kube/index.ts';
import { systemClock } from '../../kube/index.ts';

/** A write that passes the proxy. */
export interface ProxiedWrite {
  /** Counts from 1; events and leases are not counted. */
  readonly n: number;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly body: string;
}

/** What becomes of a write: it is never sent; it is sent and nobody hears of it; it passes. */
export type Fate = 'before' | 'after' | 'pass';

/** An HTTP proxy in front of the API server that knows writes from reads. Its clients need no credentials. */
export interface ApiProxy {
  /** Names the proxy as the cluster. */
  readonly kubeconfigPath: string;
  readonly writes: ProxiedWrite[];
  /** Decides what becomes of each write that counts. `before` and `after` cut the connection once `onFate` has run. */
  fateOf: (write: ProxiedWrite) => Fate;
  /** Runs when a write meets its fate, before the connection is cut: what kills the client, say. */
  onFate: (write: ProxiedWrite, fate: Fate) => void;
  /** Milliseconds by which answers to watches arrive late, by path. */
  watchDelay: (path: string) => number;
  /** Cuts all connections and refuses new ones, as an API server that is down. */
  stop(): Promise<void>;
  /** Is there again, at the same address. */
  start(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function startApiProxy(kubeConfig: KubeConfig): Promise<ApiProxy> {
  const credentials = await createCredentialSource(kubeConfig, systemClock).get();
  const agent = new Agent({ connect: credentials.tls, allowH2: false, pipelining: 1 });
  const origin = new URL(kubeConfig.cluster.server).origin;
  let count = 0;

  async function forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/';
    const plain = path.split('?', 1)[0] ?? path;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const { method = 'GET' } = request;
    const counts = method !== 'GET' && !/\/(events|leases)(\/|$)/.test(plain);
    let fate: Fate = 'pass';
    let write: ProxiedWrite | undefined;
    if (counts) {
      count += 1;
      write = { n: count, method, path: plain, body };
      proxy.writes.push(write);
      fate = proxy.fateOf(write);
    }
    if (write !== undefined && fate === 'before') {
      proxy.onFate(write, fate);
      response.destroy();
      return;
    }
    const abort = new AbortController();
    response.on('close', () => {
      // A write that has left is not called back, whoever goes away.
      if (method === 'GET') abort.abort();
    });
    const { authorization: _a, host: _h, connection: _c, 'transfer-encoding': _t, ...headers } = request.headers;
    const answer = await agent.request({
      origin,
      path,
      method: method as 'GET',
      headers: { ...headers, ...credentials.headers },
      body: body === '' ? null : body,
      headersTimeout: 0,
      bodyTimeout: 0,
      signal: abort.signal,
    });
    if (write !== undefined && fate === 'after') {
      await answer.body.dump();
      proxy.onFate(write, fate);
      response.destroy();
      return;
    }
    response.writeHead(answer.statusCode, answer.headers as Record<string, string | string[]>);
    const late = /[?&]watch=/.test(path) ? () => proxy.watchDelay(plain) : () => 0;
    for await (const chunk of answer.body) {
      const ms = late();
      if (ms > 0) setTimeout(() => response.write(chunk), ms);
      else response.write(chunk);
    }
    response.end();
  }

  const server = createServer((request, response) => {
    forward(request, response).catch(() => response.destroy());
  });
  let port = 0;
  const start = () =>
    new Promise<void>((resolve) => server.listen({ port, host: '127.0.0.1', backlog: 512 }, () => resolve()));
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await start();
  port = (server.address() as AddressInfo).port;
  const url = `http://127.0.0.1:${port}`;
  const folder = await mkdtemp(join(tmpdir(), 'api-proxy-'));
  const kubeconfigPath = join(folder, 'kubeconfig');
  await writeFile(
    kubeconfigPath,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'proxy',
      clusters: [{ name: 'proxy', cluster: { server: url } }],
      users: [{ name: 'proxy', user: {} }],
      contexts: [{ name: 'proxy', context: { cluster: 'proxy', user: 'proxy' } }],
    }),
  );
  const proxy: ApiProxy = {
    kubeconfigPath,
    writes: [],
    fateOf: () => 'pass',
    onFate: () => {},
    watchDelay: () => 0,
    stop,
    start,
    async [Symbol.asyncDispose]() {
      await stop();
      await agent.destroy();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return proxy;
}
