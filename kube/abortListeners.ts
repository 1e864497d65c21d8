/** Listeners on the `abort` of signals that many wait for at once. */
export interface AbortListeners {
  /** `listener` runs once when the signal aborts, unless it is removed before. A signal that has aborted already tells nobody. */
  add(signal: AbortSignal, listener: () => void): void;
  remove(signal: AbortSignal, listener: () => void): void;
}

/**
 * One listener on each signal, however many wait for it: an EventTarget walks through all of its listeners for each that comes
 * or goes, and all calls and workers of a controller have the same signal. Nothing is left on a signal that nobody waits for.
 */
export function createAbortListeners(): AbortListeners {
  const bySignal = new Map<AbortSignal, { readonly listeners: Set<() => void>; readonly tell: () => void }>();
  return {
    add(signal, listener) {
      const known = bySignal.get(signal);
      if (known !== undefined) {
        known.listeners.add(listener);
        return;
      }
      const listeners = new Set([listener]);
      const tell = (): void => {
        for (const each of [...listeners]) if (listeners.delete(each)) each();
        bySignal.delete(signal);
      };
      bySignal.set(signal, { listeners, tell });
      signal.addEventListener('abort', tell, { once: true });
    },
    remove(signal, listener) {
      const known = bySignal.get(signal);
      if (known === undefined) return;
      known.listeners.delete(listener);
      if (known.listeners.size > 0) return;
      bySignal.delete(signal);
      signal.removeEventListener('abort', known.tell);
    },
  };
}
