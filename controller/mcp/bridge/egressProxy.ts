import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect, isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from '../../../kube/index.ts';
import { createAddressGuard, ForbiddenAddressError, guardedLookup, hostRule } from '../../tools/index.ts';

const CONNECT_MS = 10_000;
const MAX_CONNECTIONS = 512;
const HOP_BY_HOP = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer'],
  ...['transfer-encoding', 'upgrade'],
]);

export interface EgressProxyOptions {
  readonly host: string;
  readonly port: number;
  /** What may be reached: `api.example.com:443`, `*.example.com:443`; everything else is refused. */
  readonly allow: readonly string[];
  /** Of these, the ones that may lead to addresses that are not public. */
  readonly allowPrivate?: readonly string[];
  readonly logger: Logger;
  /** Stands in for the system's resolver in tests. */
  readonly resolve?: Parameters<typeof guardedLookup>[2];
}

export interface EgressProxy {
  readonly url: string;
  close(): Promise<void>;
}

interface Target {
  readonly host: string;
  readonly port: number;
}

type Answer = (status: number, text: string) => void;

/**
 * An HTTP proxy (CONNECT, and absolute URLs of http) to some hosts only. It looks names up itself, and asks about the very address that it is
 * about to connect to: a name that leads to a private address gains nothing.
 */
export async function startEgressProxy(options: EgressProxyOptions): Promise<EgressProxy> {
  const { logger } = options;
  const rules = options.allow.map(hostRule);
  const guard = createAddressGuard({ hosts: options.allowPrivate ?? [] });
  const open = new Set<Duplex>();
  const track = <S extends Duplex>(socket: S): S => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    return socket;
  };

  const refusal = (host: string, port: number): string | undefined => {
    const name = host.toLowerCase().replace(/\.$/, '');
    if (!rules.some((rule) => rule(name, port)))
      return `${host}:${port} is not among the hosts that egressHosts allows`;
    return isIP(host) === 0 ? undefined : guard.refusal(host, port, host);
  };
  const lookupFor = (port: number) => guardedLookup(guard, port, options.resolve);
  const told = (outcome: string, host: string, port: number): void => {
    logger.info({ host, port, outcome }, 'egress');
  };
  /** Where a request leads; undefined once it has been refused. */
  const targetOf = (url: URL | null, usage: string, answer: Answer): Target | undefined => {
    if (url === null) {
      answer(400, usage);
      return undefined;
    }
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const port = Number(url.port || 80);
    const refused = refusal(host, port);
    if (refused === undefined) return { host, port };
    told('refused', host, port);
    answer(403, refused);
    return undefined;
  };
  const unreachable = (error: Error, { host, port }: Target, answer: Answer): void => {
    const forbidden = error instanceof ForbiddenAddressError;
    const text = forbidden ? error.message : `no connection: ${error.message}`;
    told(text, host, port);
    answer(forbidden ? 403 : 502, text);
  };

  function tunnel(request: IncomingMessage, client: Duplex, head: Buffer): void {
    track(client);
    client.on('error', () => client.destroy());
    const answer = (status: number, text: string): void => {
      const length = Buffer.byteLength(text);
      client.end(
        `HTTP/1.1 ${status} ${status === 403 ? 'Forbidden' : status === 400 ? 'Bad Request' : 'Bad Gateway'}\r\nContent-Type: text/plain\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n${text}`,
      );
    };
    const { url = '' } = request;
    const authority = /:\d{1,5}$/.test(url) ? URL.parse(`http://${url}/`) : null;
    const target = targetOf(authority, 'CONNECT needs host:port', answer);
    if (target === undefined) return;
    const { host, port } = target;
    const upstream = track(connect({ host, port, lookup: lookupFor(port), timeout: CONNECT_MS }));
    let through = false;
    upstream.once('connect', () => {
      through = true;
      upstream.setTimeout(0);
      told('connected', host, port);
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      if (head.length > 0) upstream.write(head);
      upstream.pipe(client);
      client.pipe(upstream);
    });
    upstream.once('timeout', () => upstream.destroy(new Error(`none within ${CONNECT_MS / 1000} s`)));
    upstream.once('error', (error) => {
      if (through) {
        client.destroy();
        return;
      }
      unreachable(error, target, answer);
    });
    upstream.once('close', () => {
      if (through) client.end();
    });
    client.once('close', () => upstream.destroy());
  }

  function forward(request: IncomingMessage, response: ServerResponse): void {
    const answer = (status: number, text: string): void => {
      if (response.headersSent) response.destroy();
      else response.writeHead(status, { 'content-type': 'text/plain', connection: 'close' }).end(text);
    };
    if (request.url === '/healthz' || request.url === '/readyz') {
      answer(200, 'ok');
      return;
    }
    const parsed = URL.parse(request.url ?? '');
    const url = parsed?.protocol === 'http:' ? parsed : null;
    const target = targetOf(url, 'this is a proxy: ask for an absolute http:// URL, or CONNECT', answer);
    if (url === null || target === undefined) return;
    const { host, port } = target;
    const headers = withoutHops(request.headers);
    // The name that was judged is the one that the server is told.
    headers.host = url.host;
    const upstream = httpRequest({
      host,
      port,
      path: `${url.pathname}${url.search}`,
      method: request.method ?? 'GET',
      headers,
      lookup: lookupFor(port),
      agent: false,
    });
    upstream.once('socket', (socket) => track(socket));
    upstream.once('response', (answered) => {
      told('forwarded', host, port);
      response.writeHead(answered.statusCode ?? 502, withoutHops(answered.headers));
      answered.pipe(response);
      answered.once('error', () => response.destroy());
    });
    upstream.once('error', (error) => unreachable(error, target, answer));
    response.once('close', () => upstream.destroy());
    request.once('error', () => upstream.destroy());
    request.pipe(upstream);
  }

  const server = createServer(forward);
  server.maxConnections = MAX_CONNECTIONS;
  server.on('connect', tunnel);
  server.on('connection', (socket: Socket) => track(socket));
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const { address, port, family } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

function withoutHops(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  const named = new Set(
    String(headers.connection ?? '')
      .toLowerCase()
      .split(',')
      .map((name) => name.trim()),
  );
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name) && !named.has(name)));
}
