import { createAbortListeners } from './abortListeners.ts';
import { KubeError } from './errors.ts';

/** One call under way: its signal aborts when the caller's does, at `abort`, and when the client closes. */
export interface CallScope extends Disposable {
  readonly signal: AbortSignal;
  abort(error: KubeError): void;
}

export interface CallScopes {
  /** Throws `Aborted` once closed. Dispose of it when the call is over: it leaves no listener behind. */
  open(what: string, signal: AbortSignal | undefined): CallScope;
  /** Aborts what is under way and refuses what comes. */
  close(): void;
}

/** The calls of one client. AbortSignal.any would cost more, and hold on to what is over. */
export function createCallScopes(): CallScopes {
  const open = new Set<AbortController>();
  const callers = createAbortListeners();
  let closed = false;
  return {
    open(what, signal) {
      if (closed) throw new KubeError('Aborted', `${what}: the client is closed`);
      const controller = new AbortController();
      const abort = (): void =>
        controller.abort(new KubeError('Aborted', `${what}: aborted`, { cause: signal?.reason }));
      if (signal?.aborted) abort();
      else if (signal !== undefined) callers.add(signal, abort);
      open.add(controller);
      return {
        signal: controller.signal,
        abort: (error) => controller.abort(error),
        [Symbol.dispose]() {
          open.delete(controller);
          if (signal !== undefined) callers.remove(signal, abort);
        },
      };
    },
    close() {
      closed = true;
      for (const controller of open) controller.abort(new KubeError('Aborted', 'the client is closed'));
    },
  };
}
