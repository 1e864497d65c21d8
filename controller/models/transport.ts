import type { Readable } from 'node:stream';
import type { ClientOptions } from 'openai';
import { Agent, type Dispatcher, EnvHttpProxyAgent, request } from 'undici';

export interface TransportOptions {
  /** Bytes of one response, above which it is dropped. */
  maxResponseBytes: number;
  /** As the environment variables HTTP_PROXY, HTTPS_PROXY and NO_PROXY have it. Absent: no proxy. */
  proxy?: { http?: string; https?: string; no?: string };
}

/** What the library and we read of a response; others are not copied. */
const HEADERS = [
  'content-type',
  'date',
  'location',
  'request-id',
  'retry-after',
  'retry-after-ms',
  'x-request-id',
  'x-should-retry',
];

/**
 * The connections of all model calls: as many at once as there are calls, kept open between calls. TCP keep-alive tells the
 * proxies and NAT gateways between here and a model that thinks for minutes that the silent connection is alive. HTTP/1.1
 * on purpose: one call a connection, so that one that breaks takes no other with it.
 */
export function createDispatcher({ maxResponseBytes, proxy }: TransportOptions): Dispatcher {
  const options = {
    allowH2: false,
    connections: null,
    pipelining: 1,
    connect: { timeout: 15_000, keepAlive: true, keepAliveInitialDelay: 30_000 },
    // The whole call has one time limit, which the library keeps.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: maxResponseBytes,
  };
  if (proxy === undefined) return new Agent(options);
  return new EnvHttpProxyAgent({
    ...options,
    httpProxy: proxy.http ?? '',
    httpsProxy: proxy.https ?? '',
    noProxy: proxy.no ?? '',
  });
}

/** A JSON body that is gone once it was read: so a call that waits minutes for its answer does not hold it in memory. */
export interface SentOnce extends AsyncIterable<string> {
  readonly headers: Record<'content-type' | 'content-length', string>;
}

export function sentOnce(json: string): SentOnce {
  let text: string | undefined = json;
  const headers = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(json)) };
  return {
    headers,
    [Symbol.asyncIterator]: () => ({
      next() {
        const value = text;
        text = undefined;
        return Promise.resolve(value === undefined ? { done: true, value } : { done: false, value });
      },
    }),
  };
}

/**
 * The `fetch` that the openai library calls through. Built on `undici.request`, which costs a third of the processor time of
 * undici's own fetch. Reads the whole body before it resolves: so the library's time limit covers all of the call, and
 * nothing is left open when it fails. Follows no redirects: they would carry the key elsewhere.
 */
export function createFetch(dispatcher: Dispatcher): NonNullable<ClientOptions['fetch']> {
  return async (input, init) => {
    const response = await request(input instanceof Request ? input.url : input, {
      dispatcher,
      method: (init?.method ?? 'GET') as Dispatcher.HttpMethod,
      headers: Object.fromEntries(init?.headers instanceof Headers ? init.headers : new Headers(init?.headers)),
      // The library makes a web stream of what can be iterated; undici takes any iterable, whatever its types say.
      body: (init?.body ?? null) as string | Readable | null,
      signal: init?.signal ?? null,
    });
    const text = await response.body.text();
    const status = response.statusCode;
    const headers = HEADERS.flatMap((name): [string, string][] => {
      const value = response.headers[name];
      return value === undefined ? [] : [[name, Array.isArray(value) ? (value[0] ?? '') : value]];
    });
    if (status < 200 || status > 599) throw new Error(`the server answered with HTTP status ${status}`);
    // A Response of these has no body, not even an empty one.
    const bodiless = status === 204 || status === 205 || status === 304;
    return new Response(bodiless ? null : text, { status, headers });
  };
}
