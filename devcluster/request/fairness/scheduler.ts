/**
 * Who works next. All requests share one thread, so each is given turns: what it does between two waits is one piece of work, paid for
 * with the time that it took. New requests are read from their sockets between turns.
 */
import { failure } from '../status.ts';
import { FairQueue, type Flow } from './queue.ts';

/** Sockets are looked at after so many milliseconds of turns; and a turn is over after as many, where its work can be interrupted. */
const sliceMs = 1.5;
/** Bodies from this size on are read a few at a time. */
const largeBody = 128 * 1024;
const largeBodiesAtOnce = 4;
/** Who takes longer than this to send a body gives its place up, and goes on sending. */
const placeMs = 500;
/** More may not wait for their turn, of one connection and of all together: then 429, as the real server. */
const maxWaitingOfOne = 512;
const maxWaiting = 4096;

/** What a request's work waits for. */
export interface Turn {
  /** Resolves when it is this request's turn. Rejects with 429 where too much waits already. */
  next(): Promise<void>;
  /** Within long work: undefined while there is time left in this turn, otherwise as `next`. */
  pause(): Promise<void> | undefined;
  /** Resolves when a body of this many bytes may be read; call what it resolves to when the body has been used. */
  place(bytes: number): Promise<() => void>;
}

export class Scheduler {
  private readonly queue = new FairQueue<() => void>();
  private readonly bodies = new FairQueue<() => void>();
  private reading = 0;
  private running = false;
  private sliceStart = 0;
  private turnStart = 0;

  /** Turns for a request of a flow. */
  turnsOf(flow: Flow): Turn {
    return {
      next: () => this.next(flow),
      pause: () => (performance.now() - this.turnStart < sliceMs ? undefined : this.next(flow)),
      place: (bytes) => this.place(flow, bytes),
    };
  }

  private next(flow: Flow): Promise<void> {
    const own = this.queue.waiting(flow);
    if (own >= maxWaitingOfOne || (own > 0 && this.queue.size >= maxWaiting)) return Promise.reject(tooMany());
    return new Promise((resolve) => {
      this.queue.push(flow, resolve);
      if (this.running) return;
      this.running = true;
      setImmediate(() => this.run());
    });
  }

  /** Gives turns until a slice is used up. */
  private run(): void {
    this.sliceStart = performance.now();
    this.step();
  }

  private step(): void {
    const taken = this.queue.take();
    if (taken === undefined) {
      this.running = false;
      return;
    }
    this.turnStart = performance.now();
    taken.item();
    // What waited runs in the microtasks that follow; a tick comes after the last of them.
    queueMicrotask(() =>
      process.nextTick(() => {
        const ended = performance.now();
        this.queue.charge(taken.flow, ended - this.turnStart);
        if (ended - this.sliceStart < sliceMs) this.step();
        else setImmediate(() => this.run());
      }),
    );
  }

  private async place(flow: Flow, bytes: number): Promise<() => void> {
    if (bytes < largeBody) return () => undefined;
    if (this.reading >= largeBodiesAtOnce) await new Promise<void>((resolve) => this.bodies.push(flow, resolve));
    else this.reading++;
    let held = true;
    const release = (): void => {
      if (!held) return;
      held = false;
      clearTimeout(timer);
      const taken = this.bodies.take();
      if (taken === undefined) this.reading--;
      else {
        this.bodies.charge(taken.flow, 1);
        taken.item();
      }
    };
    const timer = setTimeout(release, placeMs);
    return release;
  }
}

function tooMany(): Error {
  const message = 'too many requests, please try again later';
  return failure(429, 'TooManyRequests', message, { retryAfterSeconds: 1 });
}
