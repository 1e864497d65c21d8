import { createAbortListeners } from './abortListeners.ts';
import type { QueueMetrics } from './metrics.ts';
import { createRateLimiter, type RateLimiter } from './rateLimiter.ts';
import type { Clock, Timer, WorkQueue } from './types.ts';

export interface WorkQueueOptions {
  readonly clock: Clock;
  readonly rateLimiter?: RateLimiter;
  /** For metrics. */
  readonly name?: string;
  readonly metrics?: QueueMetrics;
}

/**
 * client-go's delaying, rate-limited work queue: first in, first out; a key is in it once; a key added while it is
 * processed waits until that is done; of several delayed adds the earliest counts.
 */
export function createWorkQueue(options: WorkQueueOptions): WorkQueue {
  const { clock, metrics, name = '', rateLimiter = createRateLimiter() } = options;
  const fifo = createFifo<string>();
  /** Key → when it was queued. */
  const queued = new Map<string, number>();
  /** Key → when its work began. */
  const processing = new Map<string, number>();
  /** Added while being processed. */
  const again = new Set<string>();
  const delayed = new Map<string, { readonly at: number; readonly timer: Timer }>();
  const takers = createFifo<(key: string | undefined) => void>();
  const gone = new Set<(key: string | undefined) => void>();
  const aborts = createAbortListeners();
  let closed = false;

  const start = (key: string): string => {
    const now = clock.monotonic();
    metrics?.waited(name, (now - (queued.get(key) ?? now)) / 1000);
    queued.delete(key);
    processing.set(key, now);
    metrics?.depth(name, queued.size);
    return key;
  };
  const nextTaker = (): ((key: string | undefined) => void) | undefined => {
    for (let taker = takers.shift(); taker !== undefined; taker = takers.shift()) if (!gone.delete(taker)) return taker;
    return undefined;
  };
  const enqueue = (key: string): void => {
    queued.set(key, clock.monotonic());
    metrics?.depth(name, queued.size);
    const taker = nextTaker();
    if (taker !== undefined) taker(start(key));
    else fifo.push(key);
  };
  const add = (key: string): void => {
    if (closed || queued.has(key) || again.has(key)) return;
    metrics?.added(name);
    if (processing.has(key)) again.add(key);
    else enqueue(key);
  };
  const addAfter = (key: string, ms: number): void => {
    if (closed) return;
    if (!(ms > 0)) {
      add(key);
      return;
    }
    const at = clock.monotonic() + ms;
    const waiting = delayed.get(key);
    if (waiting !== undefined && waiting.at <= at) return;
    waiting?.timer.cancel();
    const timer = clock.after(ms, () => {
      delayed.delete(key);
      add(key);
    });
    delayed.set(key, { at, timer });
  };

  return {
    add,
    addAfter,
    addRateLimited(key) {
      if (closed) return;
      metrics?.retried(name);
      addAfter(key, rateLimiter.next(key));
    },
    forget: (key) => rateLimiter.forget(key),
    failures: (key) => rateLimiter.failures(key),
    get length() {
      return queued.size;
    },
    take(signal) {
      if (closed || signal?.aborted) return Promise.resolve(undefined);
      const key = fifo.shift();
      if (key !== undefined) return Promise.resolve(start(key));
      return new Promise((resolve) => {
        const taker = (taken: string | undefined): void => {
          if (signal !== undefined) aborts.remove(signal, leave);
          resolve(taken);
        };
        const leave = (): void => {
          gone.add(taker);
          resolve(undefined);
        };
        if (signal !== undefined) aborts.add(signal, leave);
        takers.push(taker);
      });
    },
    done(key) {
      const began = processing.get(key);
      if (began === undefined) return;
      processing.delete(key);
      metrics?.worked(name, (clock.monotonic() - began) / 1000);
      if (again.delete(key) && !closed) enqueue(key);
    },
    shutDown() {
      closed = true;
      for (const { timer } of delayed.values()) timer.cancel();
      delayed.clear();
      for (let taker = nextTaker(); taker !== undefined; taker = nextTaker()) taker(undefined);
    },
  };
}

interface Fifo<T> {
  push(item: T): void;
  shift(): T | undefined;
}

/** Array.shift is linear on long arrays; this one moves a mark and drops what lies before it from time to time. */
function createFifo<T>(): Fifo<T> {
  let items: T[] = [];
  let head = 0;
  return {
    push(item) {
      items.push(item);
    },
    shift() {
      const item = items[head];
      if (head < items.length) head++;
      if (head === items.length) {
        items = [];
        head = 0;
      } else if (head > 1024 && head * 2 > items.length) {
        items = items.slice(head);
        head = 0;
      }
      return item;
    },
  };
}
