import { isIP } from 'node:net';
import { Agent, type Dispatcher, EnvHttpProxyAgent, ProxyAgent, Socks5ProxyAgent } from 'undici';
import type { CredentialSource, TlsOptions } from './credentials.ts';
import { createCredentialSource } from './credentials.ts';
import { errorFromAnswer, KubeError } from './errors.ts';
import type { KubeConfig } from './kubeConfig.ts';
import { type HttpText, requestText } from './requestText.ts';
import type { Clock } from './types.ts';

/**
 * Connections for calls. HTTP/1.1 on purpose: measured against kube-apiserver 1.36 it writes as fast as HTTP/2 for the same
 * CPU, and a connection that stalls holds up one call, not all of them.
 */
const CALL_CONNECTIONS = 64;
/** A connection is given up after this long without an answer to its handshake. */
const CONNECT_TIMEOUT_MS = 10_000;
/** First TCP keep-alive probe; the kernel then ends a half-open connection after some ten more seconds. */
const TCP_KEEP_ALIVE_MS = 30_000;
/** After a call without an answer the next ones go out on fresh connections, at most this often. */
const FRESH_CONNECTIONS_MS = 5000;

export interface TransportOptions {
  readonly kubeConfig: KubeConfig;
  readonly userAgent: string;
  readonly clock: Clock;
  /** Instead of own connections: for tests and proxies. Is not closed by us. */
  readonly dispatcher?: Dispatcher;
}

export interface HttpCall {
  readonly method: Dispatcher.HttpMethod;
  /** Path and query, as below the server's URL. */
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
  /** How errors name the call. */
  readonly what: string;
  readonly signal: AbortSignal;
}

/** An answer whose body is still to be read. */
export interface HttpStream {
  readonly status: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly body: Dispatcher.ResponseData['body'];
}

export interface Transport {
  /** Sends a call with our credentials, and reads all of the answer; renews them and asks once more after a 401. Rejects with `KubeError`. */
  send(call: HttpCall): Promise<HttpText>;
  /** The same for what lasts, on connections apart from those that calls use. */
  stream(call: HttpCall): Promise<HttpStream>;
  close(): Promise<void>;
}

interface Connections {
  readonly fingerprint: string;
  readonly calls: Dispatcher;
  readonly streams: Dispatcher;
}

/** HTTP to one API server. */
export function createTransport(options: TransportOptions): Transport {
  const { kubeConfig, clock } = options;
  const server = new URL(kubeConfig.cluster.server);
  const { origin } = server;
  const prefix = server.pathname === '/' ? '' : server.pathname.replace(/\/$/, '');
  const credentials: CredentialSource = createCredentialSource(kubeConfig, clock);
  const given: Connections | undefined = options.dispatcher && {
    fingerprint: '',
    calls: options.dispatcher,
    streams: options.dispatcher,
  };
  let connections: Connections | undefined;
  let lastTls: TlsOptions | undefined;
  let closed = false;
  let renewedAt = Number.NEGATIVE_INFINITY;

  const open = (fingerprint: string, tls: TlsOptions): Connections => ({
    fingerprint,
    calls: dispatcherFor(kubeConfig, tls, CALL_CONNECTIONS),
    streams: dispatcherFor(kubeConfig, tls, null),
  });

  /**
   * A call timed out without an answer. Its connection may be half-open (the server's machine died, a load balancer forgot
   * us), and so may be its idle neighbours: without this, each of them would cost one more timeout.
   */
  const suspect = (timedOut: Connections): void => {
    if (connections !== timedOut || lastTls === undefined || clock.monotonic() - renewedAt < FRESH_CONNECTIONS_MS)
      return;
    renewedAt = clock.monotonic();
    connections = { ...timedOut, calls: dispatcherFor(kubeConfig, lastTls, CALL_CONNECTIONS) };
    void timedOut.calls.close().catch(() => undefined);
  };

  const connect = (tls: TlsOptions): Connections => {
    if (connections !== undefined && lastTls === tls) return connections;
    lastTls = tls;
    const fingerprint = [tls.ca, tls.cert, tls.key].map((part) => part?.toString() ?? '').join('\n');
    if (connections?.fingerprint === fingerprint) return connections;
    const old = connections;
    connections = open(fingerprint, tls);
    // Renewed certificates: calls under way end on the connections they have; watches are cut and come back on new ones.
    void old?.calls.close().catch(() => undefined);
    void old?.streams.destroy().catch(() => undefined);
    return connections;
  };

  const attempt = async <A>(
    call: HttpCall,
    renew: boolean,
    ask: (connections: Connections, options: Dispatcher.RequestOptions, signal: AbortSignal) => Promise<A>,
  ): Promise<A> => {
    const { headers: auth, tls } = await credentials.get(renew);
    if (closed) throw new KubeError('Aborted', `${call.what}: the client is closed`);
    refuseCredentialsInTheClear(server, auth);
    const used = given ?? connect(tls);
    const headers: Record<string, string | string[]> = {
      accept: 'application/json',
      'user-agent': options.userAgent,
      ...auth,
    };
    if (call.body !== undefined) headers['content-type'] = call.contentType ?? 'application/json';
    try {
      const request = {
        origin,
        path: prefix + call.path,
        method: call.method,
        headers,
        body: call.body,
        // Deadlines are the caller's signal: one clock, not three.
        headersTimeout: 0,
        bodyTimeout: 0,
      };
      return await ask(used, request, call.signal);
    } catch (error) {
      if (call.signal.reason instanceof KubeError && call.signal.reason.code === 'Timeout') suspect(used);
      throw error;
    }
  };

  const stream = async ({ streams }: Connections, request: Dispatcher.RequestOptions, signal: AbortSignal) => {
    const { statusCode, headers, body } = await streams.request({ ...request, signal });
    return { status: statusCode, headers, body };
  };
  const text = ({ calls }: Connections, request: Dispatcher.RequestOptions, signal: AbortSignal) =>
    requestText(calls, request, signal);

  return {
    async send(call) {
      try {
        const answer = await attempt(call, false, text);
        return answer.status === 401 ? await attempt(call, true, text) : answer;
      } catch (error) {
        throw networkError(call.what, call.signal, error);
      }
    },
    async stream(call) {
      try {
        const answer = await attempt(call, false, stream);
        if (answer.status !== 401) return answer;
        await answer.body.dump();
        return await attempt(call, true, stream);
      } catch (error) {
        throw networkError(call.what, call.signal, error);
      }
    },
    async close() {
      closed = true;
      await Promise.all([connections?.calls.destroy(), connections?.streams.destroy()]);
    },
  };
}

function dispatcherFor(config: KubeConfig, tls: TlsOptions, connections: number | null): Dispatcher {
  const socket = { keepAlive: true, keepAliveInitialDelay: TCP_KEEP_ALIVE_MS, timeout: CONNECT_TIMEOUT_MS };
  const pool = { connections, pipelining: 1, allowH2: false, keepAliveTimeout: 30_000, keepAliveMaxTimeout: 300_000 };
  const proxy = config.cluster.proxyUrl;
  if (proxy?.startsWith('socks')) return new Socks5ProxyAgent(proxy, { ...pool, requestTls: tls });
  if (proxy !== undefined)
    return new ProxyAgent({ ...pool, uri: proxy, requestTls: { ...tls, ...socket }, proxyTunnel: true });
  const inEnvironment = process.env.HTTPS_PROXY ?? process.env.https_proxy;
  if (inEnvironment && !isLoopback(new URL(config.cluster.server).hostname))
    return new EnvHttpProxyAgent({ ...pool, requestTls: { ...tls, ...socket }, connect: { ...tls, ...socket } });
  return new Agent({ ...pool, connect: { ...tls, ...socket } });
}

function refuseCredentialsInTheClear(server: URL, headers: Readonly<Record<string, string | string[]>>): void {
  if (server.protocol === 'http:' && headers.authorization !== undefined && !isLoopback(server.hostname)) {
    throw new KubeError(
      'BadRequest',
      `cluster.server ${server.origin}: credentials are not sent over http to another machine; use https`,
    );
  }
}

function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** undici's and Node's errors in our words. Neither carries a header, so both may be a cause. */
export function networkError(what: string, signal: AbortSignal, error: unknown): KubeError {
  if (error instanceof KubeError) return error;
  if (signal.aborted)
    return signal.reason instanceof KubeError
      ? signal.reason
      : new KubeError('Aborted', `${what}: aborted`, { cause: signal.reason });
  const { code, message } = causeOf(error);
  if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED')
    return new KubeError('Aborted', `${what}: the client is closed`, { cause: error });
  if (code === 'UND_ERR_CONNECT_TIMEOUT')
    return new KubeError('Timeout', `${what}: no connection within ${CONNECT_TIMEOUT_MS / 1000} s`, { cause: error });
  return new KubeError(
    'Network',
    `${what}: ${code === undefined || message.includes(code) ? message : `${message} (${code})`}`,
    { cause: error },
  );
}

/** A connect to several addresses fails with an AggregateError whose own message is empty. */
function causeOf(error: unknown): { code: string | undefined; message: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return causeOf(error.errors[0]);
  if (!(error instanceof Error)) return { code: undefined, message: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return { code, message: error.message };
}

/** An answer that is an error, as one. */
export function errorOf(call: HttpCall, { status, headers, text }: HttpText): KubeError {
  const retryAfter = headers['retry-after'];
  return errorFromAnswer(call.what, status, parseOrText(text), Array.isArray(retryAfter) ? retryAfter[0] : retryAfter);
}

/** JSON where it is JSON, the text itself where not. */
export function parseOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
