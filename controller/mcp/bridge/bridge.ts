import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sleep } from '../../../kube/clock.ts';
import type { Clock, Logger } from '../../../kube/types.ts';
import { messageOf } from '../../tools/outcome.ts';
import type { McpLimits, McpServerSpec } from '../types.ts';
import { DEFAULT_MCP_LIMITS } from '../types.ts';
import { createWatchdog } from '../watchdog.ts';
import type { Session } from './session.ts';
import { openSession } from './session.ts';

export interface BridgeOptions {
  readonly host: string;
  /** 0 for one that is free. */
  readonly port: number;
  /** SHA-256, in hex, of the token that clients must show. The token itself is nowhere near the server. */
  readonly tokenSha256: string;
  /** The server over stdio: command, arguments, environment. */
  readonly spec: McpServerSpec;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits?: Partial<McpLimits>;
  /** Sessions at once, each with a process of its own; 8 when absent. */
  readonly maxSessions?: number;
  /** Milliseconds; 120,000 when absent. */
  readonly idleMs?: number;
  /** Milliseconds between SIGTERM and SIGKILL of a process; 2,000 when absent. */
  readonly termGraceMs?: number;
}

export interface Bridge {
  readonly url: string;
  /** Takes no new session and waits for answers that are owed, for `ms` at most; then ends all processes. */
  drain(ms: number): Promise<void>;
}

const MAX_SESSIONS = 8;
const IDLE_MS = 120_000;
const TERM_GRACE_MS = 2000;
const DRAIN_LOOK_MS = 50;
export const BRIDGE_PATH = '/mcp';

/**
 * Serves an MCP server over stdio as streamable HTTP at `/mcp`. Each session gets a process of its own, so that one that
 * is stuck, or what it remembers, is nobody else's; a process that ends takes its session with it, and the client, which
 * is told so, begins another, after a time that it doubles.
 */
export async function startBridge(options: BridgeOptions): Promise<Bridge> {
  const { clock, logger, host } = options;
  const owner = randomUUID();
  const watchdog = createWatchdog(owner, clock, logger);
  const sessions = new Map<string, Session>();
  const ending = new Set<Promise<void>>();
  const expected = Buffer.from(options.tokenSha256, 'hex');
  let starting = 0;
  let draining = false;

  const say = (response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void => {
    response.writeHead(status, {
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
      ...headers,
    });
    response.end(`${text}\n`);
  };

  function isAllowed(request: IncomingMessage): boolean {
    const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined) return false;
    return timingSafeEqual(createHash('sha256').update(token).digest(), expected);
  }

  async function openFor(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (draining) return say(response, 503, 'the server is being stopped', { 'retry-after': '5' });
    if (sessions.size + starting >= (options.maxSessions ?? MAX_SESSIONS)) {
      return say(response, 503, `there are ${sessions.size} sessions already`, { 'retry-after': '30' });
    }
    const id = randomUUID();
    starting += 1;
    let session: Session;
    try {
      session = await openSession({
        id,
        owner,
        spec: options.spec,
        limits: { ...DEFAULT_MCP_LIMITS, ...options.limits },
        termGraceMs: options.termGraceMs ?? TERM_GRACE_MS,
        idleMs: options.idleMs ?? IDLE_MS,
        watchdog,
        clock,
        logger,
        onEnd() {
          const over = sessions.get(id);
          sessions.delete(id);
          if (over !== undefined) finish(over);
        },
      });
    } catch (error) {
      return say(response, 502, messageOf(error));
    } finally {
      starting -= 1;
    }
    sessions.set(id, session);
    logger.info({ session: id }, 'bridge: a session began');
    await session.handle(request, response);
    // Refused: it was no request to initialize.
    if (response.statusCode >= 400) await session.close();
  }

  /** Remembers a session until its process is gone. */
  function finish(session: Session): void {
    const gone: Promise<void> = Promise.resolve()
      .then(() => session.close())
      .catch((error: unknown) => logger.error({ error: messageOf(error) }, 'bridge: a process could not be ended'))
      .finally(() => ending.delete(gone));
    ending.add(gone);
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').split('?', 1)[0];
    if (path === '/healthz') return say(response, 200, 'ok');
    if (path === '/readyz') return draining ? say(response, 503, 'it is being stopped') : say(response, 200, 'ok');
    if (!isAllowed(request)) return say(response, 401, 'no valid token', { 'www-authenticate': 'Bearer' });
    if (path !== BRIDGE_PATH) return say(response, 404, `not found; there are: ${BRIDGE_PATH} /healthz /readyz`);
    const id = request.headers['mcp-session-id'];
    if (id === undefined && request.method === 'POST') return openFor(request, response);
    const session = typeof id === 'string' ? sessions.get(id) : undefined;
    if (session === undefined) return say(response, 404, 'no such session');
    await session.handle(request, response);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      logger.error({ error: messageOf(error) }, 'bridge: a request failed');
      if (response.headersSent) response.destroy();
      else say(response, 500, 'the bridge failed');
    });
  });
  server.headersTimeout = 10_000;
  // Streams are silent for hours.
  server.requestTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, host, resolve);
  });
  const { address, port } = server.address() as AddressInfo;

  return {
    url: `http://${address.includes(':') ? `[${address}]` : address}:${port}${BRIDGE_PATH}`,
    async drain(ms) {
      draining = true;
      const last = clock.monotonic() + ms;
      const owed = () => [...sessions.values()].reduce((sum, session) => sum + session.pending(), starting);
      while (owed() > 0 && clock.monotonic() < last) await sleep(clock, DRAIN_LOOK_MS);
      await Promise.all([...sessions.values()].map((session) => session.close()));
      await Promise.all(ending);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      await watchdog.close();
    },
  };
}
