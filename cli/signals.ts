import { constants } from 'node:os';

/** Where signals come from: the process, or a test. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  off(signal: NodeJS.Signals, listener: () => void): unknown;
}

export interface ShutdownOptions {
  readonly source: SignalSource;
  /** A second signal: gives up on good order. */
  readonly force: (exitCode: number) => void;
  readonly now?: () => number;
}

export interface Shutdown {
  /** Aborts at the first SIGINT, SIGTERM or SIGHUP; its reason is the signal's name. */
  readonly signal: AbortSignal;
  /** Stops listening. */
  dispose(): void;
}

const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** A Ctrl-C reaches the whole foreground group, and npm passes it on once more: that is one, not two. */
const ECHO_MS = 300;

/** The exit code by which a shell tells that a signal ended a program. */
export const signalExitCode = (signal: NodeJS.Signals): number => 128 + constants.signals[signal];

/** Turns signals into an orderly shutdown; the second one forces. */
export function listenForShutdown({
  source,
  force,
  now = performance.now.bind(performance),
}: ShutdownOptions): Shutdown {
  const controller = new AbortController();
  let firstAt = 0;
  const listeners = SIGNALS.map((name) => {
    const listener = (): void => {
      if (!controller.signal.aborted) {
        firstAt = now();
        controller.abort(name);
      } else if (now() - firstAt > ECHO_MS) {
        force(signalExitCode(name));
      }
    };
    source.on(name, listener);
    return { name, listener };
  });
  return {
    signal: controller.signal,
    dispose: () => {
      for (const { name, listener } of listeners) source.off(name, listener);
    },
  };
}
