import type { IncomingHttpHeaders } from 'node:http';
import { isAnthropic } from './auth.ts';
import type { ApiError } from './chat.ts';

/** Listed where a script names no models; any other is served too. */
const MODELS = ['gpt-4o', 'gpt-4o-mini', 'gpt-4.1', 'o4-mini', 'claude-sonnet-4-6', 'claude-haiku-4-5'];

/** The body of `GET /v1/models`. */
export function modelsBody(models: readonly string[] = MODELS, headers: IncomingHttpHeaders, now: number): string {
  const data = models.map((id) => model(id, headers, now));
  if (!isAnthropic(headers)) return JSON.stringify({ object: 'list', data });
  return JSON.stringify({ data, has_more: false, first_id: models[0] ?? null, last_id: models.at(-1) ?? null });
}

/** The body of `GET /v1/models/ID`. */
export function modelBody(id: string, headers: IncomingHttpHeaders, now: number): string {
  return JSON.stringify(model(id, headers, now));
}

/** An error's body, as the API that the caller talks writes it. */
export function errorBody({ status, message, type, param, code }: ApiError, headers: IncomingHttpHeaders): string {
  if (!isAnthropic(headers)) return JSON.stringify({ error: { message, type, param, code } });
  const kind = { 401: 'authentication_error', 404: 'not_found_error', 429: 'rate_limit_error' }[status];
  return JSON.stringify({
    type: 'error',
    error: { type: kind ?? (status >= 500 ? 'api_error' : 'invalid_request_error'), message },
  });
}

function model(id: string, headers: IncomingHttpHeaders, now: number): object {
  if (isAnthropic(headers)) {
    return { type: 'model', id, display_name: id, created_at: new Date(now).toISOString() };
  }
  return { id, object: 'model', created: Math.floor(now / 1000), owned_by: 'simulated' };
}
