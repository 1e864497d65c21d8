import type { ServerState } from '../mcp/index.ts';

/** Those who wait for an MCP server to be connected. */
export interface ServerWaiters {
  changed(key: string, state: ServerState): void;
  /** True when the server is connected; false when it is refused for good, or `signal` aborts. */
  whenReady(key: string, present: () => ServerState | undefined, signal: AbortSignal): Promise<boolean>;
}

export function createServerWaiters(): ServerWaiters {
  const waiting = new Map<string, Set<(ready: boolean) => void>>();

  return {
    changed(key, state) {
      if (state.kind !== 'ready' && state.kind !== 'refused') return;
      const waiters = waiting.get(key);
      waiting.delete(key);
      for (const wake of waiters ?? []) wake(state.kind === 'ready');
    },
    whenReady(key, present, signal) {
      const state = present();
      if (signal.aborted || state === undefined || state.kind === 'refused') return Promise.resolve(false);
      if (state.kind === 'ready') return Promise.resolve(true);
      return new Promise((resolve) => {
        const waiters = waiting.get(key) ?? new Set();
        waiting.set(key, waiters);
        const wake = (ready: boolean) => {
          signal.removeEventListener('abort', abort);
          resolve(ready);
        };
        const abort = () => {
          waiters.delete(wake);
          resolve(false);
        };
        waiters.add(wake);
        signal.addEventListener('abort', abort, { once: true });
      });
    },
  };
}
