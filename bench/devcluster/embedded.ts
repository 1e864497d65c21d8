import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('program.js', import.meta.url));

/** An embedded API server in a process of its own. */
export interface Embedded {
  readonly pid: number;
  readonly kubeconfig: string;
  /** From the start of the process to its first answer to be expected, milliseconds. */
  readonly startMs: number;
  stop(): Promise<void>;
}

/** Compiles what the package ships: the servers that are started then are what its users get. */
export function buildPackage(): void {
  execFileSync(process.execPath, [fileURLToPath(new URL('../../scripts/build-devcluster.ts', import.meta.url))]);
}

export async function startEmbedded(folder: string, durability: 'fsync' | 'none'): Promise<Embedded> {
  const started = performance.now();
  const child = spawn(process.execPath, [PROGRAM, folder, durability], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_ENV: 'production', NODE_NO_WARNINGS: '1' },
  });
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`the server ended with ${code}`))),
  ]);
  const startMs = performance.now() - started;
  return {
    pid: child.pid ?? 0,
    kubeconfig: join(folder, 'kubeconfig'),
    startMs,
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}
