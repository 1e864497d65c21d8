import type { SignalSource } from './signals.ts';

/** Where a command writes to. `columns` and `rows` are those of a terminal. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  on?(event: 'resize', listener: () => void): unknown;
  off?(event: 'resize', listener: () => void): unknown;
}

/** What a command sees of the process it runs in. Results go to `out`, all that is said about them to `err`. */
export interface Io {
  readonly out: Output;
  readonly err: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The whole of standard input, as text. */
  readInput(): Promise<string>;
  /** Asks the person at the terminal; absent where nobody sits there. */
  readonly ask?: (question: string) => Promise<string>;
  /** Where SIGINT, SIGTERM and SIGHUP come from: the process. */
  readonly signals: SignalSource;
  /** How the user starts this program: `./bin/kubechain`, `kubechain`, `kubectl kubechain`; printed in hints. */
  readonly programName: string;
}
