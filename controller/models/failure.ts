import { APIConnectionError, APIConnectionTimeoutError, APIError } from 'openai';
import { EndpointError } from './endpoint.ts';
import type { Redactor } from './redact.ts';
import { retryAfterOf } from './retry.ts';
import type { ChatFailure, FatalReason, RetryReason } from './types.ts';

const CONTEXT_TOO_LONG =
  /context.length|maximum context|prompt is too long|too many (input )?tokens|input is too long/i;
const CONTENT_FILTERED = /content.?(filter|policy|management)|responsible.?ai/i;

/**
 * What a failed call means: 408, 409, 425, 429, 5xx, timeouts, network failures and unreadable answers may heal, any other
 * status won't. `where` (an origin) names the endpoint in network failures. Never throws.
 */
export function failureOf(
  error: unknown,
  context: { where: string; timeoutMs: number; redactor: Redactor; now: number },
): ChatFailure {
  const { where, redactor, now } = context;
  const retry = (reason: RetryReason, message: string): ChatFailure => ({
    kind: 'retry',
    reason,
    message: redactor.message(message),
  });
  const fatal = (reason: FatalReason, message: string): ChatFailure => ({
    kind: 'fatal',
    reason,
    message: redactor.message(message),
  });
  if (error instanceof EndpointError) return fatal(error.reason, error.message);
  if (error instanceof SyntaxError) return retry('InvalidAnswer', `the answer is no valid JSON: ${error.message}`);
  if (error instanceof APIConnectionTimeoutError) {
    const connecting = codesOf(error).includes('UND_ERR_CONNECT_TIMEOUT');
    return retry(
      'Timeout',
      connecting ? `cannot reach ${where}: no connection in time` : `no answer within ${context.timeoutMs / 1000} s`,
    );
  }
  if (error instanceof APIConnectionError) {
    if (codesOf(error).includes('UND_ERR_RES_EXCEEDED_MAX_SIZE')) {
      return fatal('AnswerTooLarge', `the answer of ${where} is larger than is read: lower parameters.maxTokens`);
    }
    return retry('Network', networkMessage(error, where));
  }
  if (error instanceof APIError && typeof error.status === 'number') {
    return statusFailure(error, error.status, redactor, now);
  }
  return retry('Network', `the call to ${where} failed: ${messageOf(error)}`);
}

function statusFailure(error: APIError, status: number, redactor: Redactor, now: number): ChatFailure {
  const message = redactor.message(statusMessage(error, status));
  const reason = healing(status, error);
  if (reason !== undefined) {
    const retryAfterMs = error.headers === undefined ? undefined : retryAfterOf(error.headers, now);
    return { kind: 'retry', reason, message, status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  }
  return { kind: 'fatal', reason: lasting(status, error), message, status };
}

function healing(status: number, error: APIError): RetryReason | undefined {
  if (status === 429) return error.code === 'insufficient_quota' ? 'QuotaExceeded' : 'RateLimited';
  if (status === 408) return 'Timeout';
  if (status === 409 || status === 425) return 'Conflict';
  return status >= 500 ? 'ServerError' : undefined;
}

function lasting(status: number, error: APIError): FatalReason {
  if (status === 401) return 'Unauthorized';
  if (status === 403) return 'Forbidden';
  if (status === 404) return 'NotFound';
  if (status >= 300 && status < 400) return 'InvalidEndpoint';
  const text = `${error.code ?? ''} ${error.message}`;
  if (status === 413 || CONTEXT_TOO_LONG.test(text)) return 'ContextTooLong';
  return CONTENT_FILTERED.test(text) ? 'ContentFiltered' : 'BadRequest';
}

/** The status and the provider's own words, which may be JSON, a page or nothing at all. */
function statusMessage(error: APIError, status: number): string {
  if (status >= 300 && status < 400) {
    const location = error.headers?.get('location') ?? 'nowhere';
    return `${status}: the endpoint redirects to ${location}; calls are not redirected, set parameters.baseUrl`;
  }
  // The library puts the status before the provider's message.
  const said = error.message.startsWith(`${status} `) ? error.message.slice(`${status} `.length) : error.message;
  if (said === 'status code (no body)' || said === '') return `${status} without a message`;
  const page = /^\s*<(!doctype|html)/i.test(said);
  return `${status} ${page ? `a page, not an API error: ${pageText(said)}` : said}`;
}

function pageText(page: string): string {
  return page
    .slice(0, 4000)
    .replace(/<(script|style)[^<]*<\/\1>/gi, ' ')
    .replace(/<[^<>]*>/g, ' ')
    .trim()
    .slice(0, 200);
}

function networkMessage(error: APIConnectionError, where: string): string {
  const codes = codesOf(error);
  if (codes.includes('ECONNREFUSED')) return `cannot reach ${where}: connection refused`;
  if (codes.includes('ENOTFOUND') || codes.includes('EAI_AGAIN')) return `cannot reach ${where}: its name is not known`;
  if (codes.includes('UND_ERR_SOCKET') || codes.includes('ECONNRESET') || codes.includes('EPIPE')) {
    return `the connection to ${where} was cut before the answer was complete`;
  }
  const deepest = causesOf(error).at(-1);
  return `the call to ${where} failed: ${messageOf(deepest)}${codes.length > 0 ? ` (${codes.at(-1)})` : ''}`;
}

/** The error, its cause, and so on, also through AggregateErrors of connections to several addresses. */
function causesOf(error: unknown): unknown[] {
  const found: unknown[] = [];
  let next: unknown = error;
  while (next !== undefined && next !== null && found.length < 8) {
    found.push(next);
    if (next instanceof AggregateError && next.errors.length > 0) next = next.errors[0];
    else next = next instanceof Error ? next.cause : undefined;
  }
  return found;
}

function codesOf(error: unknown): string[] {
  return causesOf(error).flatMap((cause) => {
    const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
    return typeof code === 'string' ? [code] : [];
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
