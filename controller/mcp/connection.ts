import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  ErrorCode,
  McpError,
  ResultSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import type { Clock, Logger, Timer } from '../../kube/types.ts';
import type { ToolOutcome } from '../tools/index.ts';
import { messageOf } from '../tools/outcome.ts';
import { resultOutcome } from './content.ts';
import { ConnectError, HttpStatusError, NotSentError } from './errors.ts';
import type { Dispatchers } from './http-transport.ts';
import { createHttpTransport, endSession, NO_ANSWER } from './http-transport.ts';
import { redactionOf } from './secrets.ts';
import { StdioTransport } from './stdio-transport.ts';
import type { ToolList } from './tool-list.ts';
import { listTools, RefusedServerError } from './tool-list.ts';
import type { McpCallOptions, McpLimits, McpServerInfo, McpServerSpec } from './types.ts';
import type { Watchdog } from './watchdog.ts';

/** Key within `_meta` of a call: a server that knows it can tell a repetition from a second call. */
export const IDEMPOTENCY_META_KEY = 'kubechain.humanlayer.dev/idempotency-key';

const CLIENT_INFO = { name: 'kubechain', version: '0.1.0' };
/** The SDK's own timer is a fallback: it cannot be told apart from an answer of the server. */
const NO_TIMEOUT = 2 ** 31 - 1;
const LIST_CHANGED_QUIET_MS = 100;
const LIST_CHANGED_INTERVAL_MS = 1000;
const SESSION_END_MS = 1000;

export interface ConnectionOptions {
  readonly spec: McpServerSpec;
  readonly owner: string;
  readonly connectionId: string;
  readonly limits: McpLimits;
  readonly connectTimeoutMs: number;
  readonly pingTimeoutMs: number;
  readonly termGraceMs: number;
  readonly watchdog: Watchdog;
  readonly dispatchers: Dispatchers;
  readonly checkSchema: (schema: unknown) => string | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The list of tools is another. */
  readonly onTools: (list: ToolList) => void;
  /** Once, after the connection stood: it is over. `refused` when trying again would not help. */
  readonly onLost: (reason: string, refused: boolean) => void;
}

/** A server that answers. */
export interface Connection {
  readonly info: McpServerInfo;
  readonly list: ToolList;
  callTool(name: string, args: Readonly<Record<string, unknown>>, options: McpCallOptions): Promise<ToolOutcome>;
  /** Calls under way end as unknown. Resolves when nothing is left of the server's process. */
  close(): Promise<void>;
}

/**
 * Connects, shakes hands, lists the tools. Rejects with an Error whose message says what went wrong and what the
 * server said last, without secrets; with `RefusedServerError` when trying again would not help. Nothing is left then.
 */
export async function openConnection(options: ConnectionOptions, signal: AbortSignal): Promise<Connection> {
  const { spec } = options;
  if (spec.transport === 'stdio') return open(options, 'stdio', signal);
  if (spec.transport === 'sse') return open(options, 'sse', signal);
  try {
    return await open(options, 'streamable-http', signal);
  } catch (error) {
    if (spec.transport !== 'http' || !speaksOlderProtocol(error)) throw error;
    try {
      return await open(options, 'sse', signal);
    } catch (older) {
      if (older instanceof RefusedServerError) throw older;
      throw new ConnectError(`over streamable HTTP: ${messageOf(error)}; over SSE: ${messageOf(older)}`);
    }
  }
}

/** What MCP says of a server that knows SSE only: it answers the first POST with an error of the client's. */
function speaksOlderProtocol(error: unknown): boolean {
  const status = (error instanceof ConnectError && error.status) || 0;
  return status >= 400 && status < 500 && ![401, 403, 407, 429].includes(status);
}

async function open(
  options: ConnectionOptions,
  kind: McpServerInfo['transport'],
  signal: AbortSignal,
): Promise<Connection> {
  const connection = new ClientConnection(options, kind);
  try {
    await connection.open(signal);
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

class ClientConnection implements Connection {
  info: McpServerInfo;
  list: ToolList = { tools: [], refusedTools: [] };

  readonly #options: ConnectionOptions;
  readonly #client: Client;
  readonly #transport: Transport;
  readonly #redact: ReturnType<typeof redactionOf>;
  #stands = false;
  #over = false;
  #lostReason: string | undefined;
  /** Aborted when the connection is lost and the transport goes on, so that requests would wait in vain. */
  readonly #lost = new AbortController();
  #closed = false;
  #callsUnderWay = 0;
  #relist: Timer | undefined;
  #listedAt = 0;
  #pinging = false;

  constructor(options: ConnectionOptions, kind: McpServerInfo['transport']) {
    this.#options = options;
    this.#redact = redactionOf(options.spec);
    this.info = { name: '', version: '', transport: kind };
    this.#transport =
      kind === 'stdio'
        ? new StdioTransport(options)
        : createHttpTransport({ ...options, kind, onLost: (reason) => this.#lose(reason) });
    this.#client = new Client(CLIENT_INFO, { capabilities: {} });
    this.#client.onerror = (error) => {
      options.logger.debug({ error: this.#redact.message(messageOf(error)) }, 'MCP connection');
    };
    this.#client.onclose = () => {
      this.#closed = true;
      this.#lose('the connection was closed');
    };
    this.#client.setNotificationHandler(ToolListChangedNotificationSchema, () => this.#listChanged());
  }

  async open(signal: AbortSignal): Promise<void> {
    const { connectTimeoutMs, clock } = this.#options;
    let phase = 'initialize';
    const deadline = new AbortController();
    const timer = clock.after(connectTimeoutMs, () =>
      deadline.abort(new Error(`no answer to ${phase} within ${connectTimeoutMs / 1000} s`)),
    );
    const cancelled = AbortSignal.any([deadline.signal, signal, this.#lost.signal]);
    const cut = new Promise<never>((_, reject) => {
      cancelled.addEventListener('abort', () => reject(cancelled.reason), { once: true });
    });
    // Whoever loses the races below must not count as unhandled.
    cut.catch(() => {});
    try {
      signal.throwIfAborted();
      await Promise.race([this.#client.connect(this.#transport, { timeout: NO_TIMEOUT }), cut]);
      this.#readInfo();
      phase = 'tools/list';
      this.list = await Promise.race([this.#listTools(), cut]);
      if (this.#over) throw new Error(this.#lostReason);
      this.#stands = true;
    } catch (error) {
      if (error instanceof RefusedServerError) throw new RefusedServerError(this.#redact.message(error.message));
      const status = error instanceof HttpStatusError ? error.status : undefined;
      throw new ConnectError(this.#redact.message(this.#explain(error, phase)), status);
    } finally {
      timer.cancel();
    }
  }

  async callTool(name: string, args: Readonly<Record<string, unknown>>, options: McpCallOptions): Promise<ToolOutcome> {
    const { clock, limits } = this.#options;
    const { signal, timeoutMs, idempotencyKey, onProgress } = options;
    if (signal?.aborted) return { kind: 'not-sent', error: 'The call was cancelled before it was sent' };
    if (this.#over) return { kind: 'not-sent', error: `The MCP server is not connected: ${this.#lostReason}` };

    const stop = new AbortController();
    let stopped: 'timeout' | 'cancelled' | undefined;
    const end = (why: 'timeout' | 'cancelled', words: string): void => {
      stopped ??= why;
      stop.abort(words);
    };
    const timer = clock.after(timeoutMs, () => end('timeout', `no answer within ${timeoutMs / 1000} s`));
    const cancel = (): void => end('cancelled', 'the call was cancelled');
    signal?.addEventListener('abort', cancel, { once: true });
    this.#callsUnderWay += 1;
    try {
      const params = { name, arguments: args, _meta: { [IDEMPOTENCY_META_KEY]: idempotencyKey } };
      const result = await this.#client.request({ method: 'tools/call', params }, ResultSchema, {
        signal: stop.signal,
        timeout: NO_TIMEOUT,
        ...(onProgress && { onprogress: onProgress }),
      });
      return resultOutcome(result, limits.maxResultBytes, this.#redact.result);
    } catch (error) {
      if (stopped !== undefined) return unknownOutcome(String(stop.signal.reason));
      const outcome = this.#outcomeOf(error);
      return outcome.kind === 'result' ? outcome : { ...outcome, error: this.#redact.message(outcome.error) };
    } finally {
      this.#callsUnderWay -= 1;
      timer.cancel();
      signal?.removeEventListener('abort', cancel);
      if (stopped === 'timeout') void this.#pingOrLose();
    }
  }

  async close(): Promise<void> {
    this.#lostReason ??= 'the connection was closed';
    this.#over = true;
    this.#relist?.cancel();
    await endSession(this.#transport, this.#options.clock, SESSION_END_MS);
    await this.#transport.close();
  }

  #readInfo(): void {
    const version = this.#client.getServerVersion();
    const instructions = this.#client.getInstructions();
    this.info = {
      ...this.info,
      name: version?.name ?? '',
      version: version?.version ?? '',
      ...(instructions !== undefined && { instructions: instructions.slice(0, 8192) }),
    };
  }

  async #listTools(): Promise<ToolList> {
    this.#listedAt = this.#options.clock.monotonic();
    // A server that offers no tools need not know the method.
    if (this.#client.getServerCapabilities()?.tools === undefined) return { tools: [], refusedTools: [] };
    return listTools(
      (cursor) =>
        this.#client.request(
          { method: 'tools/list', ...(cursor !== undefined && { params: { cursor } }) },
          ResultSchema,
          {
            timeout: NO_TIMEOUT,
          },
        ),
      this.#options.checkSchema,
      this.#options.limits,
    );
  }

  /** Lists again when the server has been quiet for a moment, and not more often than once in an interval. */
  #listChanged(): void {
    if (!this.#stands || this.#over) return;
    const { clock } = this.#options;
    const earliest = this.#listedAt + LIST_CHANGED_INTERVAL_MS - clock.monotonic();
    this.#relist?.cancel();
    this.#relist = clock.after(Math.max(LIST_CHANGED_QUIET_MS, earliest), () => void this.#listAgain());
  }

  async #listAgain(): Promise<void> {
    const { clock, connectTimeoutMs, onTools } = this.#options;
    const deadline = clock.after(connectTimeoutMs, () => this.#lose('no answer to tools/list, after the list changed'));
    try {
      const list = await this.#listTools();
      if (this.#over) return;
      const changed = fingerprintOf(list) !== fingerprintOf(this.list);
      this.list = list;
      if (changed) onTools(list);
    } catch (error) {
      this.#lose(messageOf(error), error instanceof RefusedServerError);
    } finally {
      deadline.cancel();
    }
  }

  /** After a call without answer: is anyone there? Not asked while other calls run: a busy server may answer later. */
  async #pingOrLose(): Promise<void> {
    if (this.#over || this.#pinging || this.#callsUnderWay > 0) return;
    this.#pinging = true;
    const { clock, pingTimeoutMs } = this.#options;
    const deadline = clock.after(pingTimeoutMs, () => {
      if (this.#callsUnderWay === 0) this.#lose('it answered neither a call nor a ping');
    });
    try {
      await this.#client.ping({ timeout: NO_TIMEOUT });
    } catch (error) {
      // An error is an answer as well; only silence counts, and lost connections are noticed elsewhere.
      this.#noticeLoss(error);
    } finally {
      deadline.cancel();
      this.#pinging = false;
    }
  }

  #outcomeOf(error: unknown): ToolOutcome {
    this.#noticeLoss(error);
    if (error instanceof NotSentError)
      return { kind: 'not-sent', error: `The MCP server could not be reached: ${error.message}` };
    if (error instanceof HttpStatusError) return this.#outcomeOfStatus(error);
    if (this.#over) return unknownOutcome(this.#lostReason ?? messageOf(error));
    if (error instanceof McpError) {
      if (error.data === NO_ANSWER.data) return unknownOutcome('the answer ended before it was complete');
      return { kind: 'failed', error: `The MCP server refused the call: ${error.message || `error ${error.code}`}` };
    }
    // Only redirects come as this error: all other statuses are ours.
    if (error instanceof StreamableHTTPError && (error.code ?? 0) >= 300) {
      return { kind: 'failed', error: `The MCP server did not take the call: ${error.message}` };
    }
    return unknownOutcome(messageOf(error));
  }

  #outcomeOfStatus(error: HttpStatusError): ToolOutcome {
    if (isSessionLost(error) || error.status === 429) {
      return { kind: 'not-sent', error: `The MCP server did not take the call (${error.message})` };
    }
    // A gateway's error says nothing about the server behind it, and a server's may come late in its work.
    if (error.status >= 500) return unknownOutcome(error.message);
    return { kind: 'failed', error: `The MCP server refused the call (${error.message})` };
  }

  /** Some errors of a single message mean that the whole connection is over. */
  #noticeLoss(error: unknown): void {
    if (error instanceof NotSentError) this.#lose(`it cannot be reached: ${error.message}`);
    else if (error instanceof HttpStatusError && isSessionLost(error)) {
      this.#lose(`it does not know the session any more (${error.message})`);
    }
  }

  #lose(reason: string, refused = false): void {
    if (this.#over) return;
    this.#over = true;
    this.#relist?.cancel();
    const explained = this.#redact.message(this.#epitaph() ?? reason);
    this.#lostReason = explained;
    if (!this.#closed) this.#lost.abort(new Error(explained));
    if (this.#stands) this.#options.onLost(explained, refused);
  }

  #epitaph(): string | undefined {
    return this.#transport instanceof StdioTransport ? this.#transport.epitaph() : undefined;
  }

  /** The reason of a failure, and what the process said last. */
  #explain(error: unknown, phase: string): string {
    const closed = error instanceof McpError && error.code === ErrorCode.ConnectionClosed;
    const epitaph = closed ? this.#epitaph() : undefined;
    if (epitaph !== undefined) return `during ${phase} ${epitaph}`;
    const words = this.#transport instanceof StdioTransport ? this.#transport.lastWords() : '';
    const reason = error instanceof McpError ? `${phase} failed: ${error.message}` : messageOf(error);
    return `${reason}${words}`;
  }
}

/** 404 is MCP's way to say so; several servers say 400. */
function isSessionLost({ status, message }: HttpStatusError): boolean {
  return status === 404 || (status === 400 && /session/i.test(message));
}

function unknownOutcome(reason: string): ToolOutcome {
  return {
    kind: 'unknown',
    error: `The call was sent to the MCP server, but its outcome is not known (${reason}): it may or may not have taken effect`,
  };
}

function fingerprintOf(list: ToolList): string {
  const tools = list.tools.map(({ digest }) => digest);
  const refused = list.refusedTools.map(({ name, reason }) => `${name} ${reason}`);
  return [...tools, ...refused].join('\n');
}
