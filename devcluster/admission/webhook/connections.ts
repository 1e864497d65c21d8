/**
 * Connections to webhooks: HTTP/1.1 over TLS, one exchange at a time, kept for the next. Node's own client would take four times the
 * processor time of an exchange, of which a write may have three.
 */
import { connect, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import type { AnswerReader, WholeAnswer } from './answer.ts';

/** What connections have in common that can stand for each other. */
export interface Origin {
  readonly host: string;
  readonly port: number;
  /** Name that the certificate must be for; empty where that is the host, an address. */
  readonly serverName: string;
  /** PEM; undefined: the authorities that Node trusts. */
  readonly ca: string | undefined;
}

const maxOrigins = 200;
/** Connections kept for the next burst: a handshake costs more than a review. */
const maxIdle = 256;

interface Waiting {
  readonly reader: AnswerReader;
  readonly resolve: (answer: WholeAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/** The connections to one origin. */
class Group {
  readonly origin: Origin;
  readonly idle: Connection[] = [];
  readonly context: SecureContext | undefined;
  session: Buffer | undefined;
  closed = false;

  constructor(origin: Origin) {
    this.origin = origin;
    // Made once: each connection would read the authorities again.
    if (origin.ca !== undefined && origin.ca !== '') this.context = createSecureContext({ ca: origin.ca });
  }

  close(): void {
    this.closed = true;
    for (const connection of this.idle.splice(0)) connection.destroy();
  }
}

/** One connection. It is taken from `Connections` for one exchange, and gives itself back. */
export class Connection {
  /** Whether it has carried an exchange before. */
  used = false;
  private readonly group: Group;
  private readonly socket: TLSSocket;
  private waiting: Waiting | undefined;

  constructor(group: Group) {
    this.group = group;
    const { host, port, serverName } = group.origin;
    const { context, session } = group;
    this.socket = connect({
      host,
      port,
      servername: serverName,
      ALPNProtocols: ['http/1.1'],
      ...(context === undefined ? {} : { secureContext: context }),
      ...(session === undefined ? {} : { session }),
    });
    this.socket.setNoDelay(true).setKeepAlive(true, 30_000);
    this.socket.on('session', (ticket) => {
      group.session = ticket;
    });
    this.socket.on('data', (bytes: Buffer) => this.onData(bytes));
    this.socket.on('error', (error) => this.fail(error));
    this.socket.on('end', () => this.onEnd());
    this.socket.on('close', () => this.fail(hungUp()));
  }

  /** Sends a request as it is and reads its answer into `reader`. */
  exchange(request: string, reader: AnswerReader): Promise<WholeAnswer> {
    return new Promise((resolve, reject) => {
      this.waiting = { reader, resolve, reject };
      this.socket.ref();
      if (this.socket.destroyed) this.fail(hungUp());
      else this.socket.write(request);
    });
  }

  /** Ends it; an exchange under way fails with `error`. */
  destroy(error: Error = hungUp()): void {
    this.fail(error);
  }

  private onData(bytes: Buffer): void {
    const { waiting } = this;
    // Nobody has asked.
    if (waiting === undefined) {
      this.destroy();
      return;
    }
    let answer: WholeAnswer | undefined;
    try {
      answer = waiting.reader.take(bytes);
    } catch (error) {
      this.fail(error);
      return;
    }
    if (answer !== undefined) this.settle(waiting, answer);
  }

  private onEnd(): void {
    const { waiting } = this;
    const answer = waiting?.reader.end();
    if (waiting !== undefined && answer !== undefined) this.settle(waiting, answer);
    else this.fail(hungUp());
  }

  private settle(waiting: Waiting, answer: WholeAnswer): void {
    const { group } = this;
    this.waiting = undefined;
    this.used = true;
    if (answer.reusable && !group.closed && group.idle.length < maxIdle) {
      group.idle.push(this);
      // What rests does not keep the process.
      this.socket.unref();
    } else this.socket.destroy();
    waiting.resolve(answer);
  }

  private fail(error: unknown): void {
    const { waiting, group } = this;
    this.waiting = undefined;
    const place = group.idle.lastIndexOf(this);
    if (place >= 0) group.idle.splice(place, 1);
    this.socket.destroy();
    waiting?.reject(error);
  }
}

/** All connections of one client. */
export class Connections {
  /** By authorities, then by name and address. */
  private readonly groups = new Map<string, Map<string, Group>>();
  private size = 0;

  /** A connection to an origin: the one that was used last of those that rest, else a new one. */
  take(origin: Origin): Connection {
    const group = this.group(origin);
    return group.idle.pop() ?? new Connection(group);
  }

  close(): void {
    for (const groups of this.groups.values()) for (const group of groups.values()) group.close();
    this.groups.clear();
    this.size = 0;
  }

  private group(origin: Origin): Group {
    const ca = origin.ca ?? '';
    const key = `${origin.serverName} ${origin.host}:${origin.port}`;
    const known = this.groups.get(ca)?.get(key);
    if (known !== undefined) return known;
    if (this.size >= maxOrigins) this.close();
    const group = new Group(origin);
    const groups = this.groups.get(ca) ?? new Map<string, Group>();
    this.groups.set(ca, groups.set(key, group));
    this.size += 1;
    return group;
  }
}

/** What Node's client says where the other end closes before it has answered. */
function hungUp(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
}
