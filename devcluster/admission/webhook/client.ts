/** HTTPS to webhooks: connections kept alive, deadlines that hold, errors in the words of the real server's client. */
import type { ClientRequest, IncomingMessage } from 'node:http';
import { Agent, type AgentOptions, request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';

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

/** An answer may be this long: more than twice what an object and its patch can take. */
export const maxAnswerBytes = 16 << 20;
const maxRedirects = 10;
const maxAgents = 200;
/** Connections kept for the next burst: a handshake costs more than a review. */
const maxFreeSockets = 256;

/** Calls webhooks. One per server: it holds the connections. */
export class WebhookClient {
  private readonly agents = new Map<string, Agent>();

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
    for (const agent of this.agents.values()) agent.destroy();
    this.agents.clear();
  }

  /** Posts, and goes where it is redirected. */
  private async follow(target: WebhookTarget, body: string, deadline: Deadline): Promise<WebhookAnswer> {
    let url = target.url;
    let current: WebhookTarget = target;
    let method = 'POST';
    for (let redirects = 0; ; redirects++) {
      const answer = await this.send(current, url, method, body, deadline);
      const location = answer.message.headers.location;
      const redirected = [301, 302, 303, 307, 308].includes(answer.code) && location !== undefined;
      if (!redirected) return answer;
      if (redirects === maxRedirects) {
        throw new CallFailure(
          `${method === 'POST' ? 'Post' : 'Get'} ${JSON.stringify(location)}: stopped after 10 redirects`,
        );
      }
      const next = new URL(location, url);
      if (next.protocol !== 'https:')
        throw failed(method, next, `unsupported protocol scheme ${JSON.stringify(next.protocol.slice(0, -1))}`);
      if (answer.code !== 307 && answer.code !== 308) method = 'GET';
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
  ): Promise<WebhookAnswer & { message: IncomingMessage }> {
    for (let attempt = 0; ; attempt++) {
      const exchange = new Exchange();
      try {
        return await exchange.run(this.agent(target), target, url, method, body, deadline);
      } catch (error) {
        // The other end closed an idle connection just as we took it: nothing was answered, so it is asked again.
        if (attempt < 3 && exchange.reused && !exchange.answered && !deadline.passed && isClosed(error)) continue;
        throw describe(error, method, url, deadline, exchange);
      }
    }
  }

  private agent(target: WebhookTarget): Agent {
    const key = `${target.serverName ?? ''} ${target.connect?.host ?? ''}:${target.connect?.port ?? ''} ${target.ca ?? ''}`;
    const known = this.agents.get(key);
    if (known !== undefined) return known;
    for (const [oldest, agent] of this.agents) {
      if (this.agents.size < maxAgents) break;
      agent.destroy();
      this.agents.delete(oldest);
    }
    const options: AgentOptions = { keepAlive: true, maxFreeSockets, scheduling: 'lifo' };
    // Made once: each connection would read the authorities again.
    if (target.ca !== undefined && target.ca !== '') options.secureContext = createSecureContext({ ca: target.ca });
    const agent = new Agent(options);
    this.agents.set(key, agent);
    return agent;
  }
}

/**
 * The moment at which a call ends whatever it waits for. `AbortSignal.timeout` would be a quarter of what a call costs, and fire
 * long after calls that have been answered.
 */
class Deadline {
  passed = false;
  private request: ClientRequest | undefined;
  private readonly timer: NodeJS.Timeout;

  constructor(ms: number) {
    this.timer = setTimeout(() => {
      this.passed = true;
      this.request?.destroy(new Error('the deadline has passed'));
    }, ms);
  }

  /** The request that ends with it, until the next one. */
  holds(request: ClientRequest): void {
    this.request = request;
    if (this.passed) request.destroy(new Error('the deadline has passed'));
  }

  end(): void {
    clearTimeout(this.timer);
  }
}

/** One request and its answer. */
class Exchange {
  reused = false;
  /** True from the first byte of the answer's head on. */
  answered = false;

  run(
    agent: Agent,
    target: WebhookTarget,
    url: URL,
    method: string,
    body: string,
    deadline: Deadline,
  ): Promise<WebhookAnswer & { message: IncomingMessage }> {
    const host = target.connect?.host ?? url.hostname.replace(/^\[|\]$/g, '');
    const name = target.serverName ?? url.hostname.replace(/^\[|\]$/g, '');
    return new Promise((resolve, reject) => {
      const request = httpsRequest({
        agent,
        method,
        host,
        port: target.connect?.port ?? (url.port === '' ? 443 : Number(url.port)),
        path: `${url.pathname}${url.search}`,
        ...(isIP(name) === 0 ? { servername: name } : { servername: '' }),
        // A list is sent as it is; a record becomes a map of headers first.
        headers: [
          ...['host', url.host, 'accept', 'application/json, */*', 'user-agent', 'kube-apiserver-admission'],
          ...(method === 'POST'
            ? ['content-type', 'application/json', 'content-length', String(Buffer.byteLength(body))]
            : []),
        ],
      });
      deadline.holds(request);
      request.on('socket', () => {
        this.reused = request.reusedSocket;
      });
      request.on('error', reject);
      request.on('response', (message) => {
        this.answered = true;
        this.read(message).then((text) => {
          resolve({
            code: message.statusCode ?? 0,
            contentType: message.headers['content-type'] ?? '',
            retryAfter: message.headers['retry-after'],
            body: text,
            message,
          });
        }, reject);
      });
      if (method === 'POST') request.end(body);
      else request.end();
    });
  }

  private read(message: IncomingMessage): Promise<string> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let size = 0;
      message.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > maxAnswerBytes) message.destroy(new Error(`the answer is longer than ${maxAnswerBytes} bytes`));
        else chunks.push(chunk);
      });
      message.on('error', reject);
      message.on('end', () => resolve(Buffer.concat(chunks).toString()));
    });
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

function describe(error: unknown, method: string, url: URL, deadline: Deadline, exchange: Exchange): CallFailure {
  const why = deadline.passed ? 'context deadline exceeded' : reason(error as ConnectionError, url);
  const early = why === 'EOF' ? 'unexpected EOF' : why;
  if (!exchange.answered) return failed(method, url, why);
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
      return error.code?.startsWith('HPE_') === true
        ? `net/http: HTTP/1.x transport connection broken: ${error.message}`
        : error.message;
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
