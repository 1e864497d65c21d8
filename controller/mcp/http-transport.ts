import { SSEClientTransport, SseError } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { FetchLike, Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/sdk/types.js';
import type { buildConnector, Dispatcher } from 'undici';
import { Agent, fetch as undiciFetch } from 'undici';
import { sleep } from '../../kube/clock.ts';
import type { Clock } from '../../kube/types.ts';
import { messageOf } from '../tools/outcome.ts';
import { HttpStatusError, NotSentError } from './errors.ts';
import type { McpLimits, McpServerSpec } from './types.ts';

export interface Dispatchers {
  readonly keepAlive: Dispatcher;
  /**
   * A connection for each request, used for calls of tools: one that was kept may be closed already, and then
   * nobody knows whether the call has left.
   */
  readonly fresh: Dispatcher;
}

/** No time limits, since event streams are silent for hours, and calls have limits of their own. */
export function createDispatchers(connect: buildConnector.connector): Dispatchers {
  const options = { connect, headersTimeout: 0, bodyTimeout: 0 };
  return { keepAlive: new Agent(options), fresh: new Agent({ ...options, pipelining: 0 }) };
}

export interface HttpTransportOptions {
  readonly spec: McpServerSpec;
  readonly kind: 'sse' | 'streamable-http';
  readonly limits: Pick<McpLimits, 'maxMessageBytes'>;
  readonly clock: Clock;
  readonly dispatchers: Dispatchers;
  /** The connection is over, though the SDK's transport goes on. */
  readonly onLost: (reason: string) => void;
}

/** Code and marker of the answer that stands in for one that will never come. */
export const NO_ANSWER = { code: -32000, data: { kubechain: 'no-answer' } } as const;
/** The parser needs a moment for what came last. */
const LAST_EVENTS_MS = 50;
/** What the SDK says when it gives up the stream of a server's own messages. */
const GAVE_UP = /Maximum reconnection attempts/;

/**
 * The SDK's transport over HTTP, on a `fetch` that bounds what is read, knows whether a request can have left, and notices
 * an answer that ends before it has answered, for which the SDK would wait until its time is over.
 */
export function createHttpTransport(options: HttpTransportOptions): Transport {
  const { spec, kind, onLost } = options;
  const url = new URL(spec.url ?? '');
  const headers = Object.fromEntries((spec.headers ?? []).map(({ name, value }) => [name, value]));
  const holder: { transport?: Transport } = {};
  const fetch = boundedFetch(options, (id) => {
    const error = { code: NO_ANSWER.code, message: 'the answer ended before it was complete', data: NO_ANSWER.data };
    holder.transport?.onmessage?.({ jsonrpc: '2.0', id, error } satisfies JSONRPCMessage);
  });
  const settings = { requestInit: { headers }, fetch };
  const transport: Transport =
    kind === 'sse' ? new SSEClientTransport(url, settings) : new StreamableHTTPClientTransport(url, settings);
  holder.transport = transport;
  // Set before the client adds its own handler, which calls this one first.
  transport.onerror = (error) => {
    // A stream that is opened anew belongs to a new session, of which the server was told nothing.
    if (kind === 'sse' && error instanceof SseError) onLost(`the event stream ended: ${messageOf(error)}`);
    if (GAVE_UP.test(error.message)) onLost('the event stream was lost and could not be opened again');
  };
  return transport;
}

/** Ends a session in good order: the server may forget it. Never rejects; waits for `ms` at most. */
export async function endSession(transport: Transport, clock: Clock, ms: number): Promise<void> {
  if (!(transport instanceof StreamableHTTPClientTransport)) return;
  const ended = new AbortController();
  transport.terminateSession().then(
    () => ended.abort(),
    () => ended.abort(),
  );
  await sleep(clock, ms, ended.signal);
}

function boundedFetch(options: HttpTransportOptions, onNoAnswer: (id: RequestId) => void): FetchLike {
  const { clock, dispatchers, limits } = options;
  return async (url, init) => {
    const request = requestOf(init?.body);
    const dispatcher = request?.method === 'tools/call' ? dispatchers.fresh : dispatchers.keepAlive;
    let response: Response;
    try {
      // The types of undici's fetch and of the runtime's are of different versions; the values are the same.
      const settings = { ...init, dispatcher } as Parameters<typeof undiciFetch>[1];
      response = (await undiciFetch(url, settings)) as unknown as Response;
    } catch (error) {
      if (neverConnected(error)) throw new NotSentError(messageOf(error));
      throw error;
    }
    if (init?.method === 'POST' && response.status >= 400) {
      throw new HttpStatusError(response.status, await statusText(response));
    }
    if (response.body === null) return response;
    let resumable = false;
    const stream = response.headers.get('content-type')?.includes('text/event-stream') ?? false;
    const body = boundedBody(response.body, limits.maxMessageBytes, stream, {
      onEventId: () => {
        resumable = true;
      },
      onEnd: () => {
        if (request === undefined || !stream || resumable) return;
        void sleep(clock, LAST_EVENTS_MS).then(() => onNoAnswer(request.id));
      },
    });
    const { status, statusText: phrase, headers } = response;
    const bounded = new Response(body, { status, statusText: phrase, headers });
    Object.defineProperty(bounded, 'url', { value: response.url });
    return bounded;
  };
}

/** The request in a POST's body; undefined when it holds a notification or an answer. */
function requestOf(body: unknown): { readonly id: RequestId; readonly method: string } | undefined {
  if (typeof body !== 'string') return undefined;
  const { id, method } = JSON.parse(body) as { id?: RequestId; method?: string };
  return id === undefined || method === undefined ? undefined : { id, method };
}

/** Errors from before the connection stood: of names, of connecting, of certificates. */
function neverConnected(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = String((error as NodeJS.ErrnoException).code ?? '');
  if (
    /^(ENOTFOUND|EAI_\w+|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|UND_ERR_CONNECT_TIMEOUT)$/.test(code) ||
    /^(ERR_TLS_\w+|ERR_SSL_\w+|CERT_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+)$/.test(
      code,
    )
  ) {
    return true;
  }
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(neverConnected);
  return neverConnected(error.cause);
}

const MAX_STATUS_TEXT = 2000;

async function statusText(response: Response): Promise<string> {
  let text = '';
  try {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length > MAX_STATUS_TEXT) break;
    }
  } catch {
    // The status is what counts.
  }
  const shown = text.trim().slice(0, MAX_STATUS_TEXT).toWellFormed();
  return `HTTP ${response.status}${shown === '' ? '' : `: ${shown}`}`;
}

/**
 * Passes a body on, and errors when one message is longer than `maxBytes`: the whole of it, or, of an event stream,
 * one event.
 */
function boundedBody(
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
  eventStream: boolean,
  on: { onEventId: () => void; onEnd: () => void },
): ReadableStream<Uint8Array> {
  const scanner = createEventScanner(on.onEventId);
  async function* bounded(): AsyncGenerator<Uint8Array> {
    let length = 0;
    try {
      for await (const chunk of body) {
        length = eventStream ? scanner(chunk) : length + chunk.length;
        if (length > maxBytes) throw new Error(`a message of more than ${maxBytes} bytes`);
        yield chunk;
      }
    } finally {
      on.onEnd();
    }
  }
  return ReadableStream.from(bounded());
}

/**
 * Counts the bytes of an event as they come; returns those of the event that is not complete yet. Reports lines that
 * begin with `id:`, which make a stream one that can be resumed.
 */
export function createEventScanner(onEventId: () => void): (chunk: Uint8Array) => number {
  let eventBytes = 0;
  /** The first bytes of the line, for its field's name. */
  let lineStart = '';
  let lineLength = 0;
  let afterCarriageReturn = false;
  return (chunk) => {
    for (const byte of chunk) {
      eventBytes += 1;
      const isLineFeed = byte === 0x0a;
      const ends = isLineFeed ? !afterCarriageReturn : byte === 0x0d;
      if (ends) {
        if (lineLength === 0) eventBytes = 0;
        lineStart = '';
        lineLength = 0;
      } else if (!isLineFeed) {
        lineLength += 1;
        if (lineStart.length < 3) {
          lineStart += String.fromCharCode(byte);
          if (lineStart === 'id:') onEventId();
        }
      }
      afterCarriageReturn = byte === 0x0d;
    }
    return eventBytes;
  };
}
