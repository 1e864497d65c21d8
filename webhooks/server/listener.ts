import { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Express } from 'express';
import type { Clock } from '../../kube/index.ts';
import { sleep } from '../../kube/index.ts';

/** A certificate (with its chain) and its key, both PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

export interface Listener {
  readonly port: number;
  /** From the next handshake on; connections that stand go on. Throws on a pair that cannot be used, and keeps the old. */
  setCertificate(pair: KeyPair): void;
  /** Stops accepting, lets answers under way go out, then closes; what has not ended after `graceMs` is cut. */
  close(graceMs: number): Promise<void>;
}

export interface ListenOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly pair: KeyPair;
  readonly handler: Express | NonNullable<Parameters<typeof createServer>[1]>;
  readonly clock: Clock;
}

/** Longer than the 90 s after which Go's client drops idle connections, so that it never writes into one that we close. */
const KEEP_ALIVE_MS = 120_000;
const REQUEST_MS = 35_000;
const SWEEP_MS = 25;
const MIN_TLS: Pick<ServerOptions, 'minVersion'> = { minVersion: 'TLSv1.2' };

/** Starts an HTTPS server; rejects where the port is taken or the certificate is none. */
export async function listen(options: ListenOptions): Promise<Listener> {
  const { pair, handler } = options;
  const born = 'request' in handler ? bornFor(handler) : {};
  const server = createServer({ ...MIN_TLS, ...born, cert: pair.cert, key: pair.key }, handler);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = REQUEST_MS;
  server.requestTimeout = REQUEST_MS;
  const sockets = new Set<TLSSocket>();
  server.on('secureConnection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('tlsClientError', () => undefined);
  await started(server, options.port, options.host);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    setCertificate: ({ cert, key }) => server.setSecureContext({ ...MIN_TLS, cert, key }),
    async close(graceMs) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const done = new AbortController();
      void closed.then(() => done.abort());
      // A connection that was busy is idle after its answer, and clients would keep it.
      for (let left = graceMs; left > 0 && !done.signal.aborted; left -= SWEEP_MS) {
        server.closeIdleConnections();
        await sleep(options.clock, Math.min(left, SWEEP_MS), done.signal);
      }
      server.closeAllConnections();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function started(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/**
 * Requests and responses that have from the beginning the prototypes that express gives each of them: to change an object's
 * prototype makes V8 forget what it knew of it, which costs a twentieth of a review.
 */
function bornFor(app: Express): Pick<ServerOptions, 'IncomingMessage' | 'ServerResponse'> {
  return {
    IncomingMessage: madeLike(IncomingMessage, app.request),
    ServerResponse: madeLike(ServerResponse, app.response),
  };
}

/** A constructor of what `base` constructs, with another prototype, which has to have `base`'s among its own. */
function madeLike<T extends typeof IncomingMessage | typeof ServerResponse>(base: T, prototype: object): T {
  function made(...args: unknown[]): object {
    return Reflect.construct(base, args, made);
  }
  made.prototype = prototype;
  return made as unknown as T;
}
