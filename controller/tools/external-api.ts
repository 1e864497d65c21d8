import { STATUS_CODES } from 'node:http';
import type { Dispatcher } from 'undici';
import { Client } from 'undici';
import type { Clock } from '../../kube/types.ts';
import type { NetworkAllowList } from './addresses.ts';
import { createAddressGuard } from './addresses.ts';
import { createGuardedConnector, ForbiddenAddressError } from './guarded-connect.ts';
import type { ToolOutcome } from './outcome.ts';
import { messageOf } from './outcome.ts';
import type { Redactor } from './redact.ts';
import { createRedactor } from './redact.ts';
import { readTextBody } from './response-text.ts';
import { showValue } from './show-value.ts';
import type { UrlTemplate } from './url-template.ts';
import { parseUrlTemplate } from './url-template.ts';

export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** How a call proves who it is. The values are secret: they stand in no outcome. */
export type ApiCredentials =
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'header'; readonly name: string; readonly value: string }
  | { readonly kind: 'query'; readonly name: string; readonly value: string };

export interface ExternalApiSpec {
  /** See `parseUrlTemplate`. What the URL does not take goes into the query (GET, HEAD, DELETE) or the JSON body. */
  readonly url: string;
  /** GET unless told. */
  readonly method?: HttpMethod;
  readonly headers?: readonly { readonly name: string; readonly value: string }[];
  readonly credentials?: ApiCredentials;
  /** Milliseconds from the call to the last byte of the answer; 30,000 unless told. */
  readonly timeoutMs?: number;
  /** Bytes of the answer's body that are read; 262,144 unless told. */
  readonly maxResponseBytes?: number;
}

export interface ApiCallOptions {
  /** Sent as `Idempotency-Key`: the same for every repetition of a call. */
  readonly idempotencyKey: string;
  readonly signal?: AbortSignal;
}

export interface ExternalApi {
  /** Never rejects. */
  call(spec: ExternalApiSpec, args: Readonly<Record<string, unknown>>, options: ApiCallOptions): Promise<ToolOutcome>;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_MAX_RESPONSE_BYTES = 262_144;
const CONNECT_TIMEOUT_MS = 10_000;
const MAX_REDIRECTS = 3;
const METHODS: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const METHODS_WITH_BODY: readonly string[] = ['POST', 'PUT', 'PATCH'];
const TOKEN = /^[-!#$%&'*+.^_`|~0-9a-zA-Z]+$/;
/** What a header's value may hold; the rest would end the header. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Headers that frame the message or say whose it is. */
const RESERVED_HEADERS = new Set([
  ...['host', 'connection', 'content-length', 'transfer-encoding', 'te', 'trailer', 'upgrade', 'keep-alive', 'expect'],
  ...['proxy-authorization', 'proxy-connection', 'accept-encoding', 'idempotency-key'],
]);

/** Undefined, or what is wrong with a spec: the field, the value, the rule. */
export function checkExternalApi(spec: ExternalApiSpec): string | undefined {
  const template = parseUrlTemplate(spec.url);
  return 'error' in template ? template.error : checkRequest(spec);
}

/**
 * The JSON Schema of the arguments that the URL asks for: what a model is told where the Tool has no parameters of its
 * own. Undefined when the URL is malformed.
 */
export function externalApiParameters(url: string): object | undefined {
  const template = parseUrlTemplate(url);
  if ('error' in template) return undefined;
  const properties = Object.fromEntries([...template.names].map((name) => [name, { type: ['string', 'number'] }]));
  return { type: 'object', properties, required: [...template.required] };
}

/**
 * Calls HTTP APIs for models.
 *
 * Only public addresses are reached, and what `allow` names. Redirects are followed within scheme, host and port only.
 * Each call has a connection of its own, so that it is known whether the request can have left. No proxy is used.
 * Throws when `allow` is malformed.
 */
export function createExternalApi(options: { readonly clock: Clock; readonly allow?: NetworkAllowList }): ExternalApi {
  const guard = createAddressGuard(options.allow);
  const connect = createGuardedConnector(guard, CONNECT_TIMEOUT_MS);

  return {
    async call(spec, args, { idempotencyKey, signal }) {
      const redact = createRedactor(secretsOf(spec.credentials));
      const template = parseUrlTemplate(spec.url);
      const problem = 'error' in template ? template.error : checkRequest(spec);
      if ('error' in template || problem !== undefined) {
        return { kind: 'failed', error: `This tool cannot be called: ${redact(String(problem))}` };
      }
      const request = buildRequest(spec, template, args, idempotencyKey);
      if ('error' in request) return { kind: 'failed', error: redact(request.error) };
      if (signal?.aborted) return { kind: 'not-sent', error: 'The call was cancelled before it was sent' };

      const timeoutMs = spec.timeoutMs ?? DEFAULT_TIMEOUT_MS;
      const ended = new AbortController();
      const timer = options.clock.after(timeoutMs, () =>
        ended.abort(new Error(`no answer within ${timeoutMs / 1000} s`)),
      );
      const cancel = (): void => ended.abort(new Error('the call was cancelled'));
      signal?.addEventListener('abort', cancel, { once: true });
      try {
        const maxBytes = spec.maxResponseBytes ?? DEFAULT_MAX_RESPONSE_BYTES;
        return redactOutcome(await send(request, connect, maxBytes, ended.signal), redact);
      } finally {
        timer.cancel();
        signal?.removeEventListener('abort', cancel);
      }
    },
  };
}

interface ApiRequest {
  readonly url: URL;
  readonly method: HttpMethod;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
}

function checkRequest(spec: ExternalApiSpec): string | undefined {
  if (spec.method !== undefined && !METHODS.includes(spec.method)) {
    return `method ${showValue(spec.method)} must be one of ${METHODS.join(', ')}`;
  }
  const credentials = spec.credentials;
  const secretHeader = credentials?.kind === 'header' ? [{ name: credentials.name, value: '' }] : [];
  for (const { name, value } of [...(spec.headers ?? []), ...secretHeader]) {
    if (!TOKEN.test(name)) return `headers: ${showValue(name)} is no name of a header`;
    if (RESERVED_HEADERS.has(name.toLowerCase())) return `headers: ${name} cannot be set: it is set with each call`;
    if (!HEADER_VALUE.test(value)) return `headers: the value of ${name} holds a control character or a line break`;
  }
  if (credentials === undefined) return undefined;
  const value = secretValue(credentials);
  if (value === '') return 'credentials are empty';
  if (credentials.kind !== 'query' && !HEADER_VALUE.test(value)) {
    return 'credentials hold a control character or a line break';
  }
  if (credentials.kind === 'query' && credentials.name === '') return 'credentials: name must not be empty';
  return undefined;
}

function buildRequest(
  spec: ExternalApiSpec,
  template: UrlTemplate,
  args: Readonly<Record<string, unknown>>,
  idempotencyKey: string,
): ApiRequest | { readonly error: string } {
  const expanded = template.expand(args);
  if ('error' in expanded) return expanded;
  const { url, rest } = expanded;
  const method = spec.method ?? 'GET';
  const headers: Record<string, string> = {
    accept: 'application/json, text/*;q=0.9, */*;q=0.1',
    'user-agent': 'kubechain',
  };
  let body: string | undefined;
  if (METHODS_WITH_BODY.includes(method)) {
    body = JSON.stringify(rest);
    headers['content-type'] = 'application/json';
  } else {
    appendToQuery(url, rest);
  }
  for (const { name, value } of spec.headers ?? []) headers[name.toLowerCase()] = value;
  headers['accept-encoding'] = 'identity';
  headers['idempotency-key'] = idempotencyKey;

  const credentials = spec.credentials;
  if (credentials?.kind === 'bearer') headers.authorization = `Bearer ${secretValue(credentials)}`;
  if (credentials?.kind === 'header') headers[credentials.name.toLowerCase()] = secretValue(credentials);
  // Set last: an argument of the same name does not take its place.
  if (credentials?.kind === 'query') url.searchParams.set(credentials.name, secretValue(credentials));
  return { url, method, headers, body };
}

/** Lists as repeated parameters, objects as JSON; null and absent are left out. */
function appendToQuery(url: URL, args: Readonly<Record<string, unknown>>): void {
  const pairs = Object.entries(args).flatMap(([name, value]) => [value].flat().map((one) => [name, one] as const));
  const wanted = pairs.filter(([, value]) => value !== null && value !== undefined);
  // Untouched, the query keeps the encoding it has.
  for (const [name, value] of wanted) {
    url.searchParams.append(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
  }
}

async function send(
  first: ApiRequest,
  connect: ReturnType<typeof createGuardedConnector>,
  maxBytes: number,
  signal: AbortSignal,
): Promise<ToolOutcome> {
  let request = first;
  for (let redirects = 0; ; redirects += 1) {
    let connected = false;
    const client = new Client(request.url.origin, {
      // A redirect means that the server has had the request, so only the first connection can fail without effect.
      connect: (options, callback) =>
        connect(options, (...result) => {
          connected ||= result[0] === null;
          callback(...result);
        }),
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    try {
      const { url, method, headers, body } = request;
      const path = url.pathname + url.search;
      const response = await client.request({ path, method, headers, body: body ?? null, signal });
      const next = redirects < MAX_REDIRECTS ? redirectedRequest(request, response) : undefined;
      if (next === undefined) return await outcomeOf(request, response, maxBytes, signal);
      request = next;
    } catch (error) {
      return failureOf(error, connected || redirects > 0, request.url.host, signal);
    } finally {
      await client.destroy();
    }
  }
}

function failureOf(error: unknown, sent: boolean, host: string, signal: AbortSignal): ToolOutcome {
  const forbidden = findForbidden(error);
  if (forbidden !== undefined) return { kind: 'failed', error: `The request was not sent: ${forbidden.message}` };
  const reason = messageOf(signal.aborted ? signal.reason : error);
  return sent
    ? {
        kind: 'unknown',
        error: `The request was sent to ${host}, but its outcome is not known (${reason}): it may or may not have taken effect`,
      }
    : { kind: 'not-sent', error: `${host} could not be reached (${reason}); nothing was sent` };
}

function findForbidden(error: unknown): ForbiddenAddressError | undefined {
  if (error instanceof ForbiddenAddressError) return error;
  return error instanceof Error && error.cause !== undefined ? findForbidden(error.cause) : undefined;
}

/** The request that a redirect within the same origin leads to; undefined when the answer is no such redirect. */
function redirectedRequest(request: ApiRequest, response: Dispatcher.ResponseData): ApiRequest | undefined {
  const target = redirectTarget(request, response);
  if (target === undefined || target.origin !== request.url.origin) return undefined;
  const keepsMethod = response.statusCode === 307 || response.statusCode === 308;
  if (!keepsMethod && request.method !== 'GET' && request.method !== 'HEAD') return undefined;
  return { ...request, url: target };
}

function redirectTarget(request: ApiRequest, response: Dispatcher.ResponseData): URL | undefined {
  const location = response.headers.location;
  if (![301, 302, 303, 307, 308].includes(response.statusCode) || typeof location !== 'string') return undefined;
  return URL.canParse(location, request.url) ? new URL(location, request.url) : undefined;
}

async function outcomeOf(
  request: ApiRequest,
  response: Dispatcher.ResponseData,
  maxBytes: number,
  signal: AbortSignal,
): Promise<ToolOutcome> {
  const { statusCode: status, headers } = response;
  const phrase = STATUS_CODES[status];
  const title = `HTTP ${status}${phrase === undefined ? '' : ` ${phrase}`}`;
  const target = redirectTarget(request, response);
  if (target !== undefined) {
    const text = `${title}: it leads to ${target.origin}${target.pathname}, and was not followed: redirects are followed within the same host only, and where they do not change the method`;
    return { kind: 'result', text, isError: true };
  }
  const isError = status < 200 || status >= 400;
  const notes = [
    ...(typeof headers['retry-after'] === 'string' ? [`Retry-After: ${headers['retry-after'].slice(0, 100)}`] : []),
    // What a gateway says is not said by the one who does the work.
    ...(status === 502 || status === 504
      ? ['(a gateway answered: the request may have taken effect all the same)']
      : []),
  ];
  const body = await readTextBody(response.body, headers, maxBytes, signal);
  const parts = isError || body === '' ? [title, ...notes, body] : [body];
  return { kind: 'result', text: parts.filter((part) => part !== '').join('\n'), isError };
}

function secretValue(credentials: ApiCredentials): string {
  // Secrets that were made from a file end in a line break more often than not.
  return (credentials.kind === 'bearer' ? credentials.token : credentials.value).trim();
}

function secretsOf(credentials: ApiCredentials | undefined): { name: string; value: string }[] {
  return credentials === undefined ? [] : [{ name: 'credentials', value: secretValue(credentials) }];
}

function redactOutcome(outcome: ToolOutcome, redact: Redactor): ToolOutcome {
  return outcome.kind === 'result'
    ? { ...outcome, text: redact(outcome.text) }
    : { ...outcome, error: redact(outcome.error) };
}
