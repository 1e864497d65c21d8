/** What a watch sends: in order, no faster than its client reads, and not for ever to one that does not. */
import type { Response } from './response.ts';

/** A client may lag by this much before its watch is closed: events waiting beyond the socket's own buffer. */
const maxQueued = 4000;
const maxQueuedBytes = 8 << 20;
const highWater = 1 << 20;
/** What is there already is sent as fast as the client reads, this much ahead of it. */
const lowWater = 256 * 1024;

/** Writes to one client; holds back when it does not read, and gives up on it when too much waits. */
export class Sender {
  private readonly response: Response;
  private readonly queue: Buffer[] = [];
  private queuedBytes = 0;
  private blocked = false;
  private draining = false;
  private waiting: (() => void) | undefined;
  /** Nothing more will be sent. */
  done = false;
  private closed: () => void = () => undefined;

  constructor(response: Response) {
    this.response = response;
    response.on('close', () => {
      this.done = true;
      this.queue.length = 0;
      this.waiting?.();
      this.closed();
    });
    response.on('error', () => undefined);
    response.on('drain', () => this.drain());
  }

  onClosed(listener: () => void): void {
    this.closed = listener;
    if (this.done) listener();
  }

  send(buffer: Buffer): void {
    if (this.done) return;
    if (!this.blocked) {
      this.write(buffer);
      return;
    }
    this.queue.push(buffer);
    this.queuedBytes += buffer.length;
    if (this.queue.length > maxQueued || this.queuedBytes > maxQueuedBytes) this.abandon();
  }

  /** Undefined where the client keeps up; otherwise resolves when it has read what it was sent, or is gone. */
  room(): Promise<void> | undefined {
    if (this.done || !this.draining || this.response.writableLength < lowWater) return undefined;
    return new Promise((resolve) => {
      this.waiting = resolve;
    });
  }

  /** Gives up on a client that does not read. */
  abandon(): void {
    this.done = true;
    this.queue.length = 0;
    this.waiting?.();
    this.response.destroy();
  }

  end(): void {
    if (this.done) return;
    this.done = true;
    for (const buffer of this.queue) this.response.write(buffer);
    this.response.end();
  }

  private write(buffer: Buffer): void {
    this.draining = !this.response.write(buffer);
    if (this.response.writableLength > highWater) this.blocked = true;
  }

  private drain(): void {
    this.draining = false;
    this.blocked = false;
    let sent = 0;
    while (sent < this.queue.length && !this.blocked) {
      const buffer = this.queue[sent++] as Buffer;
      this.queuedBytes -= buffer.length;
      this.write(buffer);
    }
    this.queue.splice(0, sent);
    this.waiting?.();
  }
}

/** Keeps the order of what is sent at once and of what has to wait for something first. */
export class InTurn {
  private readonly fail: (error: unknown) => void;
  private readonly tooMuch: () => void;
  private last: Promise<void> | undefined;
  private count = 0;
  private bytes = 0;

  /** @param fail told of what goes wrong later on  @param tooMuch called where too much waits */
  constructor(fail: (error: unknown) => void, tooMuch: () => void) {
    this.fail = fail;
    this.tooMuch = tooMuch;
  }

  /** True where nothing waits. */
  get free(): boolean {
    return this.last === undefined;
  }

  /** Does something at once, or after all that waits; `bytes` is what it holds on to meanwhile. */
  next(action: () => void, bytes: number): void {
    if (this.last === undefined) {
      action();
      return;
    }
    this.count++;
    this.bytes += bytes;
    if (this.count > maxQueued || this.bytes > maxQueuedBytes) this.tooMuch();
    this.wait(
      this.last.then(() => {
        this.count--;
        this.bytes -= bytes;
        action();
      }),
    );
  }

  /** Does something once `promise` is settled and all that waits is done; what comes later waits for it. */
  after(promise: Promise<void>, action: () => void): void {
    this.wait(Promise.all([this.last, promise]).then(action));
  }

  private wait(promise: Promise<void>): void {
    const last = promise.catch(this.fail).then(() => {
      if (this.last === last) this.last = undefined;
    });
    this.last = last;
  }
}
