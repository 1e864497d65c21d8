import OpenAI, { APIError } from 'openai';
import type { Dispatcher } from 'undici';
import { type AnswerLimits, DEFAULT_ANSWER_LIMITS, readAnswer, toolCallIds } from './answer.ts';
import { chatBody } from './chat-body.ts';
import { type ResolvedEndpoint, resolveEndpoint, secretsOf } from './endpoint.ts';
import { failureOf } from './failure.ts';
import { createRedactor, oneLine, type Redactor } from './redact.ts';
import { createDispatcher, createFetch, type SentOnce, sentOnce, type TransportOptions } from './transport.ts';
import type { ChatFailure, ChatOutcome, ChatRequest, KeyCheck, ModelEndpoint } from './types.ts';

/** A key check is asked for while someone waits: it gets no ten minutes. */
const KEY_CHECK_TIMEOUT_MS = 15_000;
/** Anthropic's own API, whose list of models this is, wants its version. */
const ANTHROPIC_VERSION = '2023-06-01';

export interface ModelClientOptions {
  /** The connections; by default the client makes its own, which `close` ends. */
  dispatcher?: Dispatcher;
  proxy?: TransportOptions['proxy'];
  /** Bytes of one response; 8 MiB unless told. */
  maxResponseBytes?: number;
  answerLimits?: AnswerLimits;
  /** Client objects kept, one for each endpoint and key; 256 unless told. */
  maxClients?: number;
  /** Wall clock, milliseconds since the epoch. */
  now?: () => number;
}

export interface ModelClient {
  /**
   * Asks the model once: no retries, see `decideRetry`. Every failure is an outcome; it rejects for `request.signal` only, with the
   * signal's reason. No outcome holds the API key or the value of a header.
   */
  chat(request: ChatRequest): Promise<ChatOutcome>;
  /** Asks the provider for its models, which costs nothing and needs a key that it accepts. Rejects for `signal` only. */
  checkKey(endpoint: ModelEndpoint, apiKey: string | undefined, signal: AbortSignal): Promise<KeyCheck>;
  /** Ends all connections; calls under way fail. */
  close(): Promise<void>;
}

interface PreparedCall {
  readonly given: ModelEndpoint;
  readonly endpoint: ResolvedEndpoint;
  readonly redactor: Redactor;
  readonly body: SentOnce;
  readonly earlierIds: readonly string[];
  readonly idempotencyKey: string | undefined;
  readonly signal: AbortSignal;
}

/** The client of all model providers. One for the process: its connections and client objects are shared by all calls. */
export function createModelClient(options: ModelClientOptions = {}): ModelClient {
  const dispatcher =
    options.dispatcher ??
    createDispatcher({
      maxResponseBytes: options.maxResponseBytes ?? 8 * 1024 * 1024,
      ...(options.proxy === undefined ? {} : { proxy: options.proxy }),
    });
  const clients = createClientCache(createFetch(dispatcher), options.maxClients ?? 256);
  const now = options.now ?? Date.now;
  const limits = options.answerLimits ?? DEFAULT_ANSWER_LIMITS;

  /** All that the wait for the answer needs. The conversation is in the body alone, which lets go of it once it is sent. */
  function prepare(request: ChatRequest): PreparedCall | ChatFailure {
    const { endpoint: given, apiKey } = request;
    const redactor = createRedactor(secretsOf(given, apiKey));
    try {
      const endpoint = resolveEndpoint(given, apiKey);
      return {
        given,
        endpoint,
        redactor,
        body: sentOnce(JSON.stringify(chatBody(request, endpoint))),
        earlierIds: toolCallIds(request.messages),
        idempotencyKey: request.idempotencyKey,
        signal: request.signal,
      };
    } catch (error) {
      return failureOf(error, { where: originOf(given), timeoutMs: 0, redactor, now: now() });
    }
  }

  async function answerTo({ given, endpoint, redactor, body, ...prepared }: PreparedCall): Promise<ChatOutcome> {
    const { signal } = prepared;
    const call = ownSignal(signal);
    const { timeoutMs } = endpoint;
    try {
      // Not `chat.completions.create`, which would keep the messages and their JSON until the answer is there.
      const { data, response } = await clients
        .get(given, endpoint)
        .post('/chat/completions', {
          body,
          signal: call.signal,
          timeout: timeoutMs,
          headers: { ...body.headers, ...idempotencyHeaders(prepared.idempotencyKey) },
        })
        .withResponse();
      const outcome = readAnswer(data, prepared.earlierIds, redactor, limits);
      if (outcome.kind !== 'answer') return outcome;
      const requestId = response.headers.get('x-request-id') ?? response.headers.get('request-id');
      if (requestId !== null) outcome.requestId = redactor.message(oneLine(requestId, 128));
      if (outcome.model === '') outcome.model = endpoint.model;
      return outcome;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      return failureOf(error, { where: originOf(given), timeoutMs, redactor, now: now() });
    } finally {
      call.release();
    }
  }

  async function checkKey(given: ModelEndpoint, apiKey: string | undefined, signal: AbortSignal): Promise<KeyCheck> {
    signal.throwIfAborted();
    const redactor = createRedactor(secretsOf(given, apiKey));
    const call = ownSignal(signal);
    let timeoutMs = 0;
    try {
      const endpoint = resolveEndpoint(given, apiKey);
      timeoutMs = Math.min(endpoint.timeoutMs, KEY_CHECK_TIMEOUT_MS);
      const response = await clients
        .get(given, endpoint)
        .get('/models', { signal: call.signal, timeout: timeoutMs, headers: keyCheckHeaders(given, endpoint) })
        .asResponse();
      const type = response.headers.get('content-type') ?? '';
      if (/json/i.test(type)) return { kind: 'valid' };
      return {
        kind: 'unavailable',
        message: redactor.message(
          `${endpoint.baseUrl}/models answered ${response.status} but no JSON (${type || 'no content type'}): check parameters.baseUrl`,
        ),
        status: response.status,
      };
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (isMissingScope(error)) return { kind: 'valid' };
      return checkOf(failureOf(error, { where: originOf(given), timeoutMs, redactor, now: now() }));
    } finally {
      call.release();
    }
  }

  return {
    // Not async: its frame would hold the request, and with it the conversation, until the answer is there.
    chat(request) {
      if (request.signal.aborted) return Promise.reject(request.signal.reason);
      const prepared = prepare(request);
      return 'kind' in prepared ? Promise.resolve(prepared) : answerTo(prepared);
    },
    checkKey,
    async close() {
      clients.clear();
      await dispatcher.destroy();
    },
  };
}

/** One library client for each endpoint and key, the least recently used ones dropped: making one costs more than a call. */
function createClientCache(fetch: ReturnType<typeof createFetch>, size: number) {
  const clients = new Map<string, OpenAI>();
  return {
    get({ openai }: ModelEndpoint, endpoint: ResolvedEndpoint): OpenAI {
      const { baseUrl, query, headers, apiKey } = endpoint;
      const { organization, project } = openai ?? {};
      const key = JSON.stringify([baseUrl, query, headers, apiKey, organization, project]);
      let client = clients.get(key);
      clients.delete(key);
      // Everything is said here, or the library would read it from the environment of this process, whose key is not the tenant's.
      client ??= new OpenAI({
        apiKey: apiKey ?? 'none',
        adminAPIKey: null,
        organization: organization ?? null,
        project: project ?? null,
        webhookSecret: null,
        baseURL: baseUrl,
        defaultQuery: query,
        defaultHeaders: {
          ...environmentHeaders(process.env.OPENAI_CUSTOM_HEADERS),
          authorization: apiKey === undefined ? null : `Bearer ${apiKey}`,
          ...headers,
        },
        maxRetries: 0,
        fetch,
        logLevel: 'off',
      });
      clients.set(key, client);
      const oldest = clients.keys().next().value;
      if (clients.size > size && oldest !== undefined) clients.delete(oldest);
      return client;
    },
    clear() {
      clients.clear();
    },
  };
}

/** Takes back what the library adds to every request from the environment variable OPENAI_CUSTOM_HEADERS: a line a header. */
function environmentHeaders(variable = ''): Record<string, null> {
  const names = variable.split('\n').map((line) => line.split(':', 1)[0]?.trim().toLowerCase() ?? '');
  return Object.fromEntries(names.filter((name) => name !== '').map((name) => [name, null]));
}

/** A signal of this call alone: the library leaves listeners on the one it gets, and the caller's may outlive thousands of calls. */
function ownSignal(signal: AbortSignal): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const abort = () => controller.abort(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  return { signal: controller.signal, release: () => signal.removeEventListener('abort', abort) };
}

function idempotencyHeaders(key: string | undefined): Record<string, string> {
  return key !== undefined && /^[\x21-\x7e]{1,255}$/.test(key) ? { 'Idempotency-Key': key } : {};
}

function keyCheckHeaders({ provider }: ModelEndpoint, { apiKey }: ResolvedEndpoint): Record<string, string | null> {
  if (provider !== 'anthropic') return {};
  if (apiKey === undefined) return { 'anthropic-version': ANTHROPIC_VERSION };
  return { 'anthropic-version': ANTHROPIC_VERSION, 'x-api-key': apiKey, Authorization: null };
}

/** OpenAI's restricted keys may be good for chat and yet not for the list of models; then it says so with 403, not 401. */
function isMissingScope(error: unknown): boolean {
  return error instanceof APIError && error.status === 403 && /missing scopes?/i.test(error.message);
}

function checkOf(failure: ChatFailure): KeyCheck {
  const { message, status } = failure;
  const rejected = failure.kind === 'fatal' && (failure.reason === 'Unauthorized' || failure.reason === 'Forbidden');
  return { kind: rejected ? 'rejected' : 'unavailable', message, ...(status === undefined ? {} : { status }) };
}

function originOf({ baseUrl, provider }: ModelEndpoint): string {
  if (baseUrl === undefined || !URL.canParse(baseUrl)) return `provider ${provider}`;
  return new URL(baseUrl).origin;
}
