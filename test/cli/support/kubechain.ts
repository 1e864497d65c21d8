import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..', '..', '..');

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Options {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
}

/** A `kubechain` that runs. Killed when it is disposed of and still there. */
export interface Running {
  readonly child: ChildProcess;
  out(): string;
  err(): string;
  /** Resolves with the match when standard output (or error) shows it; rejects when the process ends before. */
  shows(pattern: RegExp, where?: 'out' | 'err'): Promise<RegExpExecArray>;
  readonly ended: Promise<Finished>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** The environment without what would point the program at a cluster or a model of the developer's. */
function environment(env: Options['env'] = {}): NodeJS.ProcessEnv {
  const { KUBECONFIG: _1, OPENAI_API_KEY: _2, FORCE_COLOR: _3, NODE_OPTIONS: _4, ...rest } = process.env;
  return { ...rest, ...env };
}

/** Starts `bin/kubechain` on this Node. */
export function startKubechain(args: readonly string[], options: Options = {}): Running {
  const child = spawn(process.execPath, [join(ROOT, 'bin', 'kubechain'), ...args], {
    cwd: options.cwd ?? ROOT,
    env: environment(options.env),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const text = { out: '', err: '' };
  const listeners = new Set<() => void>();
  const collect = (where: 'out' | 'err') => (part: string) => {
    text[where] += part;
    for (const listener of [...listeners]) listener();
  };
  child.stdout.setEncoding('utf8').on('data', collect('out'));
  child.stderr.setEncoding('utf8').on('data', collect('err'));
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const ended = once(child, 'close').then(([code]) => ({ code, ...text }));
  return {
    child,
    out: () => text.out,
    err: () => text.err,
    ended,
    shows: (pattern, where = 'out') =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(text[where]);
          if (match === null) return;
          listeners.delete(look);
          resolve(match);
        };
        listeners.add(look);
        look();
        void ended.then(({ code }) =>
          reject(
            new Error(
              `kubechain ${args.join(' ')} ended with ${code} and never showed ${pattern}:\n${text.out}\n${text.err}`,
            ),
          ),
        );
      }),
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Runs `bin/kubechain` to its end. */
export function kubechain(args: readonly string[], options: Options = {}): Promise<Finished> {
  return startKubechain(args, options).ended;
}
