import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { CliError } from '../exit.ts';

/** Below the range that systems take the ports of outgoing connections from: what we pick is likely free at the next start too. */
const LOWEST = 20_000;
const HIGHEST = 29_999;
const TRIES = 20;

/** Fails as a server would: a port that is known to be taken costs no start of one. */
function probe(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(port, '127.0.0.1', () => server.close(() => resolve()));
  });
}

const isTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES');

/**
 * Starts a server on the port it had last time, or on one that is likely to be free next time as well.
 *
 * @param wanted the port that the user asked for: that one or an error
 */
export async function startOnPort<S>(
  start: (port: number) => Promise<S>,
  ports: { readonly wanted: number | undefined; readonly saved: number | undefined; readonly option: string },
): Promise<{ server: S; moved: boolean }> {
  const { wanted, saved, option } = ports;
  if (wanted !== undefined) {
    try {
      if (wanted !== 0) await probe(wanted);
      return { server: await start(wanted), moved: false };
    } catch (error) {
      if (!isTaken(error)) throw error;
      throw new CliError(
        `port ${wanted} is taken by another program or not allowed; give another one with ${option}, or leave it out to have one picked`,
        { cause: error },
      );
    }
  }
  for (let attempt = 0; ; attempt++) {
    const port = attempt === 0 && saved !== undefined ? saved : attempt < TRIES ? randomInt(LOWEST, HIGHEST + 1) : 0;
    try {
      if (port !== 0) await probe(port);
      return { server: await start(port), moved: saved !== undefined && port !== saved };
    } catch (error) {
      if (!isTaken(error) || port === 0) throw error;
    }
  }
}
