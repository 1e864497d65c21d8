import type { IncomingHttpHeaders } from 'node:http';
import type { ApiError } from './chat.ts';

const HELP = 'You can find your API key at https://platform.openai.com/account/api-keys.';
const BAD = /^(?:sk-invalid|bad)/i;

/** The error for a key that is missing or wrong. Keys come as OpenAI, Azure or Anthropic want them. */
export function authError(headers: IncomingHttpHeaders, wanted: string | false | undefined): ApiError | undefined {
  if (wanted === false) return undefined;
  const key = keyOf(headers);
  if (key === '') {
    return unauthorized(
      `You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY). ${HELP}`,
      null,
    );
  }
  const fine = wanted === undefined ? !BAD.test(key) : key === wanted;
  return fine ? undefined : unauthorized(`Incorrect API key provided: ${starred(key)}. ${HELP}`, 'invalid_api_key');
}

/** Whether the caller talks Anthropic's own API, which words its errors and lists differently. */
export function isAnthropic(headers: IncomingHttpHeaders): boolean {
  return headers['anthropic-version'] !== undefined;
}

function keyOf(headers: IncomingHttpHeaders): string {
  const bearer = /^Bearer +(\S+)\s*$/i.exec(headers.authorization ?? '')?.[1];
  const own = headers['x-api-key'] ?? headers['api-key'];
  return bearer ?? (typeof own === 'string' ? own.trim() : '');
}

function unauthorized(message: string, code: string | null): ApiError {
  return { status: 401, message, type: 'invalid_request_error', param: null, code };
}

/** As OpenAI shows it: the start and the end of a long key. */
function starred(key: string): string {
  if (key.length < 12) return '*'.repeat(key.length);
  return `${key.slice(0, 8)}${'*'.repeat(Math.min(40, key.length - 12))}${key.slice(-4)}`;
}
