import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('programs/operator.ts', import.meta.url));

/** An operator in a process of its own. */
export interface OperatorProcess {
  readonly pid: number;
  readonly alive: boolean;
  /** Resolves when its caches are filled and its controllers run; rejects when it ends before. */
  readonly started: Promise<void>;
  /** When that was, in milliseconds since the epoch. */
  readonly startedAt: number | undefined;
  readonly exited: Promise<void>;
  readonly logs: { level: string; message: string }[];
  /** SIGKILL. */
  kill(): void;
  /** SIGTERM; resolves when it has ended. */
  stop(): Promise<void>;
}

export function startOperatorProcess(
  kubeconfig: string,
  namespace: string,
  identity: string,
  lease?: string,
): OperatorProcess {
  const child: ChildProcess = spawn(
    process.execPath,
    [PROGRAM, kubeconfig, namespace, identity, ...(lease === undefined ? [] : [lease])],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const started = Promise.withResolvers<void>();
  started.promise.catch(() => {});
  const exited = Promise.withResolvers<void>();
  let alive = true;
  child.once('exit', (code, signal) => {
    alive = false;
    started.reject(new Error(`the operator ended before it had started: ${signal ?? `exit code ${code}`}`));
    exited.resolve();
  });
  const logs: { level: string; message: string }[] = [];
  let startedAt: number | undefined;
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const entry = JSON.parse(line) as { level: string; message: string; at: number };
      logs.push(entry);
      if (entry.message.includes('controllers start')) {
        startedAt = entry.at;
        started.resolve();
      }
    });
  }
  return {
    pid: child.pid ?? -1,
    get alive() {
      return alive;
    },
    started: started.promise,
    get startedAt() {
      return startedAt;
    },
    exited: exited.promise,
    logs,
    kill: () => child.kill('SIGKILL'),
    async stop() {
      if (alive) child.kill('SIGTERM');
      await exited.promise;
    },
  };
}
