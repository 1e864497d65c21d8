/** HTTPS to webhooks: connections kept alive, deadlines that hold, errors in the words of the real server's client. */
import { isIP } from 'node:net';
import { AnswerReader, type WholeAnswer } from './answer.ts';
import { type Connection, Connections, type Origin } from './connections.ts';

/** Where a review goes. */
export interface WebhookTarget {
  /** As messages show it; host and port of the connection unless `connect` says otherwise. */
  readonly url: URL;
  /** PEM; undefined: the authorities that Node trusts. */
  readonly ca: string | undefined;
  /** Name that the certificate must be for, where it is not the URL's. */
  readonly serverName?: string;
  /** Where to connect instead, as `host:port` resolved from a Service. */
  readonly connect?: { readonly host: string; readonly port: number };
}

export interface WebhookAnswer {
  readonly code: number;
  readonly contentType: string;
  readonly retryAfter: string | undefined;
  readonly body: string;
}

/** The call failed below HTTP. The message is what stands after `failed to call webhook: `. */
export class CallFailure extends Error {
  override readonly name = 'CallFailure';
}

const maxRedirects = 10;

/** Calls webhooks. One per server: it holds the connections. */
export class WebhookClient {
  private readonly connections = new Connections();

  /** Posts JSON. Throws `CallFailure`; never later than `timeoutMs` from now. */
  async post(target: WebhookTarget, body: string, timeoutMs: number): Promise<WebhookAnswer> {
    const deadline = new Deadline(timeoutMs);
    try {
      return await this.follow(target, body, deadline);
    } finally {
      deadline.end();
    }
  }

  /** Ends all connections. */
  close(): void {
    this.connections.close();
  }

  /** Posts, and goes where it is redirected. */
  private async follow(target: WebhookTarget, body: string, deadline: Deadline): Promise<WebhookAnswer> {
    let url = target.url;
    let current: WebhookTarget = target;
    let method = 'POST';
    for (let redirects = 0; ; redirects++) {
      const { head, body: text } = await this.send(current, url, method, body, deadline);
      const { code, contentType, retryAfter, location } = head;
      const redirected = [301, 302, 303, 307, 308].includes(code) && location !== undefined;
      if (!redirected) return { code, contentType, retryAfter, body: text };
      if (redirects === maxRedirects) {
        throw new CallFailure(
          `${method === 'POST' ? 'Post' : 'Get'} ${JSON.stringify(location)}: stopped after 10 redirects`,
        );
      }
      const next = new URL(location, url);
      if (next.protocol !== 'https:')
        throw failed(method, next, `unsupported protocol scheme ${JSON.stringify(next.protocol.slice(0, -1))}`);
      if (code !== 307 && code !== 308) method = 'GET';
      if (next.host !== url.host) current = { url: next, ca: target.ca };
      url = next;
    }
  }

  private async send(
    target: WebhookTarget,
    url: URL,
    method: string,
    body: string,
    deadline: Deadline,
  ): Promise<WholeAnswer> {
    const { origin, head } = wayTo(target, url);
    const request = requestText(head, method, body);
    for (let attempt = 0; ; attempt++) {
      const reader = new AnswerReader();
      const connection = this.connections.take(origin);
      deadline.holds(connection);
      try {
        return await connection.exchange(request, reader);
      } catch (error) {
        // The other end closed an idle connection just as we took it: nothing was answered, so it is asked again.
        if (attempt < 3 && connection.used && !reader.begun && !deadline.passed && isClosed(error)) continue;
        throw describe(error, method, url, deadline, reader);
      }
    }
  }
}

interface Way {
  readonly url: URL;
  readonly origin: Origin;
  /** What stands between the method and what is said of the body. */
  readonly head: string;
}

/** The ways to targets that are asked again and again: to read a URL takes longer than to send a review there. */
const ways = new WeakMap<WebhookTarget, Way>();

function wayTo(target: WebhookTarget, url: URL): Way {
  const known = ways.get(target);
  if (known?.url === url) return known;
  const own = url.hostname.replace(/^\[|\]$/g, '');
  const name = target.serverName ?? own;
  const way: Way = {
    url,
    origin: {
      host: target.connect?.host ?? own,
      port: target.connect?.port ?? (url.port === '' ? 443 : Number(url.port)),
      serverName: isIP(name) === 0 ? name : '',
      ca: target.ca,
    },
    // All of it comes out of a URL, which holds neither blanks nor line ends.
    head: ` ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nAccept: application/json, */*\r\nUser-Agent: kube-apiserver-admission\r\n`,
  };
  ways.set(target, way);
  return way;
}

function requestText(head: string, method: string, body: string): string {
  if (method !== 'POST') return `${method}${head}\r\n`;
  return `${method}${head}Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/**
 * The moment at which a call ends whatever it waits for. `AbortSignal.timeout` would be a quarter of what a call costs, and fire
 * long after calls that have been answered.
 */
class Deadline {
  passed = false;
  private connection: Connection | undefined;
  private readonly timer: NodeJS.Timeout;

  constructor(ms: number) {
    this.timer = setTimeout(() => {
      this.passed = true;
      this.connection?.destroy(new Error('the deadline has passed'));
    }, ms);
  }

  /** The connection that ends with it, until the next one. */
  holds(connection: Connection): void {
    this.connection = connection;
    if (this.passed) connection.destroy();
  }

  end(): void {
    clearTimeout(this.timer);
  }
}

function isClosed(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code === 'ECONNRESET' || code === 'EPIPE';
}

function failed(method: string, url: URL, why: string): CallFailure {
  const verb = method === 'POST' ? 'Post' : 'Get';
  return new CallFailure(`${verb} ${JSON.stringify(String(url))}: ${why}`);
}

function describe(error: unknown, method: string, url: URL, deadline: Deadline, reader: AnswerReader): CallFailure {
  const why = deadline.passed ? 'context deadline exceeded' : reason(error as ConnectionError, url);
  const early = why === 'EOF' ? 'unexpected EOF' : why;
  if (reader.head === undefined) return failed(method, url, why);
  return new CallFailure(`unexpected error when reading response body. Please retry. Original error: ${early}`);
}

interface ConnectionError extends Error {
  readonly code?: string;
  readonly address?: string;
  readonly port?: number;
  readonly hostname?: string;
  readonly reason?: string;
}

const certificatePrefix = 'tls: failed to verify certificate: x509: ';

/** A connection error as Go's HTTP client words it. */
function reason(error: ConnectionError, url: URL): string {
  const port = error.port ?? (url.port === '' ? 443 : Number(url.port));
  const address = `${error.address ?? url.hostname}:${port}`;
  switch (error.code) {
    case 'ECONNREFUSED':
      return `dial tcp ${address}: connect: connection refused`;
    case 'EHOSTUNREACH':
      return `dial tcp ${address}: connect: no route to host`;
    case 'ENETUNREACH':
      return `dial tcp ${address}: connect: network is unreachable`;
    case 'ETIMEDOUT':
      return `dial tcp ${address}: connect: connection timed out`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `dial tcp: lookup ${error.hostname ?? url.hostname}: no such host`;
    case 'ECONNRESET':
    case 'EPIPE':
      return 'EOF';
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `${certificatePrefix}${nameMismatch(error, url)}`;
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return `${certificatePrefix}certificate has expired or is not yet valid: ${error.message}`;
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'CERT_SIGNATURE_FAILURE':
      return `${certificatePrefix}certificate signed by unknown authority`;
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
      return /wrong version number|packet length/i.test(error.message)
        ? 'http: server gave HTTP response to HTTPS client'
        : `tls: ${error.message.trim()}`;
    default:
      return error.message;
  }
}

function nameMismatch(error: ConnectionError, url: URL): string {
  const name = url.hostname.replace(/^\[|\]$/g, '');
  const certificate = (error as { cert?: { subjectaltname?: string } }).cert?.subjectaltname ?? '';
  const wantsAddress = isIP(name) !== 0;
  const valid = certificate
    .split(', ')
    .filter((item) => item.startsWith(wantsAddress ? 'IP Address:' : 'DNS:'))
    .map((item) => item.slice(item.indexOf(':') + 1));
  if (valid.length > 0) return `certificate is valid for ${valid.join(', ')}, not ${name}`;
  return wantsAddress
    ? `cannot validate certificate for ${name} because it doesn't contain any IP SANs`
    : `certificate is not valid for any names, but wanted to match ${name}`;
}
