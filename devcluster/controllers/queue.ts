/** One object after the other, each again where it changed meanwhile: the loop of small controllers. */
import type { Logger } from '../logger.ts';
import type { Controllers } from './types.ts';

export interface KeyedQueue extends Controllers {
  add(key: string): void;
  /** Adds it after some milliseconds. */
  addAfter(key: string, ms: number): void;
}

/** Calls `sync` for every key that is added; what fails is logged. */
export function keyedQueue(logger: Logger, what: string, sync: (key: string) => Promise<void>): KeyedQueue {
  const waiting = new Set<string>();
  const timers = new Set<NodeJS.Timeout>();
  let running = false;
  let closed = false;
  const run = async (): Promise<void> => {
    running = true;
    for (const key of waiting) {
      waiting.delete(key);
      if (closed) break;
      await sync(key).catch((error: unknown) => {
        if (!closed) logger.error({ error, key }, `${what} could not be brought up to date`);
      });
    }
    running = false;
  };
  const add = (key: string): void => {
    waiting.add(key);
    if (!running && !closed) void run();
  };
  return {
    add,
    addAfter: (key, ms) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        add(key);
      }, ms).unref();
      timers.add(timer);
    },
    close: () => {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
