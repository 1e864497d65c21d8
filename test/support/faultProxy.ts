import { connect, createServer, type Socket } from 'node:net';

/** A TCP proxy that breaks in the ways networks do. TLS passes through it unseen. */
export interface FaultProxy {
  readonly port: number;
  /** Connections that are open now. */
  readonly connections: number;
  /** Accepted since the start. */
  readonly accepted: number;
  /** No byte passes in either direction from now on, also on new connections, and nobody is told: half-open. */
  freeze(): void;
  /** Bytes that were held back pass. */
  thaw(): void;
  /** Connections from now on work; those that were frozen stay so, for ever. */
  thawNew(): void;
  /** Every connection is reset. New ones are served. */
  reset(): void;
  /** Lets so many more bytes of answers pass on each connection, then resets it: cuts in the middle of whatever is said. */
  cutAfter(bytes: number): void;
  /** Answers arrive so many milliseconds late. */
  delay(ms: number): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Listens on a free loopback port and forwards to `target` (a port on loopback). */
export async function startFaultProxy(target: number): Promise<FaultProxy> {
  const pairs = new Set<{ client: Socket; server: Socket; left: number }>();
  let frozen = false;
  let late = 0;
  let accepted = 0;

  const listener = createServer((client) => {
    accepted++;
    const server = connect(target, '127.0.0.1');
    const pair = { client, server, left: Number.POSITIVE_INFINITY };
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', end);
      socket.on('close', end);
      if (frozen) socket.pause();
    }
    client.on('data', (bytes: Buffer) => {
      server.write(bytes);
    });
    const forward = (bytes: Buffer): void => {
      if (bytes.length < pair.left) {
        pair.left -= bytes.length;
        client.write(bytes);
        return;
      }
      client.write(bytes.subarray(0, pair.left), () => {
        client.resetAndDestroy();
        end();
      });
      pair.left = 0;
    };
    server.on('data', (bytes: Buffer) => {
      if (late === 0) forward(bytes);
      else setTimeout(forward, late, bytes);
    });
  });
  await new Promise<void>((resolve) => {
    listener.listen(0, '127.0.0.1', resolve);
  });
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');

  return {
    port: address.port,
    get connections() {
      return pairs.size;
    },
    get accepted() {
      return accepted;
    },
    freeze() {
      frozen = true;
      for (const { client, server } of pairs) {
        client.pause();
        server.pause();
      }
    },
    thaw() {
      frozen = false;
      for (const { client, server } of pairs) {
        client.resume();
        server.resume();
      }
    },
    thawNew() {
      frozen = false;
    },
    reset() {
      for (const { client } of pairs) client.resetAndDestroy();
    },
    cutAfter(bytes) {
      for (const pair of pairs) pair.left = bytes;
    },
    delay(ms) {
      late = ms;
    },
    async [Symbol.asyncDispose]() {
      for (const { client, server } of pairs) {
        client.destroy();
        server.destroy();
      }
      await new Promise<void>((resolve) => {
        listener.close(() => resolve());
      });
    },
  };
}
