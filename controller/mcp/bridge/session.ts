import type { IncomingMessage, ServerResponse } from 'node:http';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/sdk/types.js';
import type { Clock, Logger, Timer } from '../../../kube/types.ts';
import { messageOf } from '../../tools/outcome.ts';
import type { Redactor } from '../../tools/redact.ts';
import { redactionOf } from '../secrets.ts';
import { StdioTransport } from '../stdio-transport.ts';
import type { McpLimits, McpServerSpec } from '../types.ts';
import type { Watchdog } from '../watchdog.ts';

/** What the SDK's client takes for a connection that was closed. */
const CONNECTION_CLOSED = -32000;

export interface SessionOptions {
  readonly id: string;
  readonly spec: McpServerSpec;
  readonly owner: string;
  readonly limits: Pick<McpLimits, 'maxMessageBytes' | 'maxRubbishLines'>;
  readonly termGraceMs: number;
  /** Milliseconds without a request under way and without an open stream, after which the client counts as gone. */
  readonly idleMs: number;
  readonly watchdog: Watchdog;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The session is over; its process may still be ending. */
  readonly onEnd: () => void;
}

/** One client and the one process that serves it. */
export interface Session {
  readonly id: string;
  /** Requests that the process has not answered. */
  pending(): number;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Resolves when the process and all that it started are gone. */
  close(): Promise<void>;
}

/** Starts the process. Rejects with what is wrong, without secrets; then nothing is left. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { id, spec, clock, logger } = options;
  const redact = redactionOf(spec);
  const child = new StdioTransport({ ...options, connectionId: id });
  const http = new StreamableHTTPServerTransport({ sessionIdGenerator: () => id });
  /** Requests of the client, by id: the method, for what becomes of them when the process ends. */
  const pending = new Map<RequestId, string>();
  /** Which request a progress token belongs to: progress goes the way of its answer. */
  const progressOf = new Map<string | number, RequestId>();
  let open = 0;
  let idle: Timer | undefined;
  let ended: Promise<void> | undefined;

  const end = (): Promise<void> => {
    ended ??= (async () => {
      idle?.cancel();
      options.onEnd();
      await answerPending();
      // What was called and not answered ends without an answer: it may have taken effect.
      await http.close();
      await child.close();
    })();
    return ended;
  };

  async function answerPending(): Promise<void> {
    const message = redact.message(child.epitaph() ?? 'the server is being stopped');
    for (const [request, method] of pending) {
      if (method === 'tools/call') continue;
      const answer: JSONRPCMessage = { jsonrpc: '2.0', id: request, error: { code: CONNECTION_CLOSED, message } };
      await http.send(answer, { relatedRequestId: request }).catch(() => undefined);
    }
    pending.clear();
  }

  const settle = (request: RequestId): void => {
    pending.delete(request);
    for (const [token, owner] of progressOf) if (owner === request) progressOf.delete(token);
  };

  child.onmessage = (raw) => {
    const message = redacted(raw, redact.result);
    const related = relatedRequest(message, progressOf);
    http
      .send(message, related === undefined ? {} : { relatedRequestId: related })
      // The client has gone away from this answer; whoever waits for it again knows that.
      .catch((error: unknown) => logger.debug({ session: id, error: messageOf(error) }, 'bridge: not delivered'));
    if (!('method' in message) && message.id !== undefined) settle(message.id);
  };
  child.onclose = () => {
    logger.info({ session: id, reason: redact.message(child.epitaph() ?? '') }, 'bridge: the session ended');
    void end();
  };
  child.onerror = (error) => logger.debug({ session: id, error: redact.message(messageOf(error)) }, 'bridge: process');
  http.onerror = (error) => logger.debug({ session: id, error: messageOf(error) }, 'bridge: request');
  http.onclose = () => void end();
  http.onmessage = (message) => {
    if ('method' in message && 'id' in message) {
      pending.set(message.id, message.method);
      const token = (message.params as { _meta?: { progressToken?: string | number } } | undefined)?._meta
        ?.progressToken;
      if (token !== undefined) progressOf.set(token, message.id);
    }
    if ('method' in message && message.method === 'notifications/cancelled') {
      const request = (message.params as { requestId?: RequestId } | undefined)?.requestId;
      if (request !== undefined) {
        settle(request);
        // Nobody waits for this answer; it ends the stream that it was to come over.
        const answer: JSONRPCMessage = {
          jsonrpc: '2.0',
          id: request,
          error: { code: CONNECTION_CLOSED, message: 'cancelled' },
        };
        http.send(answer, { relatedRequestId: request }).catch(() => undefined);
      }
    }
    // It rejects when the process has ended: then the session ends, and says so to all that wait.
    child.send(message).catch(() => void end());
  };

  try {
    await child.start();
  } catch (error) {
    await end();
    throw new Error(redact.message(messageOf(error)));
  }
  await http.start();

  const watchIdle = (): void => {
    idle?.cancel();
    if (open > 0 || ended !== undefined) return;
    idle = clock.after(options.idleMs, () => {
      logger.info({ session: id }, 'bridge: the client is gone');
      void end();
    });
  };
  watchIdle();

  return {
    id,
    pending: () => pending.size,
    async handle(request, response) {
      open += 1;
      idle?.cancel();
      response.once('close', () => {
        open -= 1;
        watchIdle();
      });
      await http.handleRequest(request, response);
    },
    close: end,
  };
}

function relatedRequest(
  message: JSONRPCMessage,
  progressOf: ReadonlyMap<string | number, RequestId>,
): RequestId | undefined {
  if (!('method' in message) || message.method !== 'notifications/progress') return undefined;
  const token = (message.params as { progressToken?: string | number } | undefined)?.progressToken;
  return token === undefined ? undefined : progressOf.get(token);
}

/** With the values of secrets hidden, wherever the process has put them. */
function redacted(message: JSONRPCMessage, redact: Redactor): JSONRPCMessage {
  return JSON.parse(JSON.stringify(message), (_key, value: unknown) =>
    typeof value === 'string' ? redact(value) : value,
  ) as JSONRPCMessage;
}
