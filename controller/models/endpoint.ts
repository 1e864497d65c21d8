import { DEFAULT_BASE_URLS, DEFAULT_MODELS } from '../../api/index.ts';
import type { ModelEndpoint } from './types.ts';

const DEFAULT_TIMEOUT_SECONDS = 600;
/** Node's timers hold no more than this. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** An endpoint as the HTTP client needs it. */
export interface ResolvedEndpoint {
  /** Without query and without a slash at its end. */
  baseUrl: string;
  query: Record<string, string>;
  model: string;
  apiKey: string | undefined;
  headers: Record<string, string>;
  timeoutMs: number;
  /** OpenAI's newer models refuse `max_tokens`; most servers that copy its API know nothing else. */
  maxTokensField: 'max_tokens' | 'max_completion_tokens';
}

/** An endpoint or a key that no call can be made with. The message holds no secret. */
export class EndpointError extends Error {
  readonly reason: 'InvalidEndpoint' | 'Unauthorized';

  constructor(reason: 'InvalidEndpoint' | 'Unauthorized', message: string) {
    super(message);
    this.name = 'EndpointError';
    this.reason = reason;
  }
}

/** Fills in what the endpoint leaves open. Throws `EndpointError`, naming the field, where nothing can be sent. */
export function resolveEndpoint(endpoint: ModelEndpoint, apiKey: string | undefined): ResolvedEndpoint {
  const { provider, parameters } = endpoint;
  const url = parseBaseUrl(endpoint.baseUrl || DEFAULT_BASE_URLS[provider]);
  const key = apiKey?.trim() || undefined;
  if (key === undefined && !endpoint.baseUrl && !hasCredentials(endpoint.headers)) {
    throw new EndpointError(
      'Unauthorized',
      `no API key: provider ${provider} needs one in apiKeyFrom, unless parameters.baseUrl names a server that needs none`,
    );
  }
  if (key !== undefined && !isHeaderValue(key)) {
    throw new EndpointError(
      'Unauthorized',
      'the API key holds characters that no HTTP header can carry (a line break or a non-ASCII character inside it): check the Secret',
    );
  }
  for (const [name, value] of Object.entries(endpoint.headers ?? {})) {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) || !isHeaderValue(value)) {
      throw new EndpointError(
        'InvalidEndpoint',
        `headers: ${JSON.stringify(name)} or its value is no valid HTTP header`,
      );
    }
  }
  const seconds = parameters.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS;
  if (!(seconds > 0)) {
    throw new EndpointError('InvalidEndpoint', `parameters.timeoutSeconds must be more than 0, it is ${seconds}`);
  }
  return {
    baseUrl: `${url.origin}${url.pathname.replace(/\/+$/, '')}`,
    query: Object.fromEntries(url.searchParams),
    model: parameters.model || DEFAULT_MODELS[provider],
    apiKey: key,
    headers: endpoint.headers ?? {},
    timeoutMs: Math.max(1, Math.min(MAX_TIMEOUT_MS, Math.ceil(seconds * 1000))),
    maxTokensField: isOpenAI(provider, url) ? 'max_completion_tokens' : 'max_tokens',
  };
}

/** What must appear in no message: the key, and the values of headers that carry one. */
export function secretsOf(endpoint: ModelEndpoint, apiKey: string | undefined): string[] {
  const secrets = apiKey === undefined ? [] : [apiKey];
  for (const value of Object.values(endpoint.headers ?? {})) {
    secrets.push(value);
    const token = /^\s*\S+\s+(\S+)\s*$/.exec(value)?.[1];
    if (token !== undefined) secrets.push(token);
  }
  const userInfo = /^\s*https?:\/\/([^/?#]*)@/i.exec(endpoint.baseUrl ?? '')?.[1];
  if (userInfo !== undefined) secrets.push(userInfo, ...userInfo.split(':'));
  return secrets;
}

function parseBaseUrl(text: string): URL {
  if (!URL.canParse(text)) {
    throw new EndpointError('InvalidEndpoint', `parameters.baseUrl is no URL: write it as https://host/v1`);
  }
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new EndpointError('InvalidEndpoint', `parameters.baseUrl must begin with https:// or http://`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new EndpointError(
      'InvalidEndpoint',
      'parameters.baseUrl must hold no user name or password: put the key into a Secret and name it in apiKeyFrom',
    );
  }
  return url;
}

function isOpenAI(provider: ModelEndpoint['provider'], url: URL): boolean {
  if (provider !== 'openai') return false;
  return /(^|\.)(openai\.com|openai\.azure\.com)$/.test(url.hostname);
}

function hasCredentials(headers: Record<string, string> | undefined): boolean {
  return Object.keys(headers ?? {}).some((name) => /^(authorization|api-key|x-api-key)$/i.test(name));
}

/** Visible ASCII, blanks between. */
function isHeaderValue(value: string): boolean {
  return /^[\x21-\x7e]([\x20-\x7e\t]*[\x21-\x7e])?$/.test(value.trim());
}
