import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

/** A `kubechain` process of a benchmark. */
export interface Program {
  readonly pid: number;
  /** Resolves with the first line of either output that matches. */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  stop(): Promise<void>;
}

/**
 * Starts `kubechain ARGS` on the Node that runs this, with nothing of OPENAI_API_KEY or KUBECONFIG in its environment, and with
 * the allocator's setting of bin/kubechain and of the image.
 */
export function startProgram(args: readonly string[], env: Record<string, string> = {}): Program {
  const { OPENAI_API_KEY: _key, KUBECONFIG: _config, ...rest } = process.env;
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...rest, NODE_ENV: 'production', MALLOC_ARENA_MAX: '2', ...env },
  });
  const lines: string[] = [];
  const listeners = new Set<(line: string) => void>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      if (lines.length < 2_000) lines.push(line);
      for (const listener of listeners) listener(line);
    });
  }
  return {
    pid: child.pid ?? 0,
    line: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (line: string) => {
          const match = pattern.exec(line);
          if (match === null) return;
          listeners.delete(look);
          resolve(match);
        };
        listeners.add(look);
        child.once('exit', (code) => reject(new Error(`kubechain ${args[0]} ended (${code}):\n${lines.join('\n')}`)));
        for (const line of lines) look(line);
      }),
    stop: () => stop(child),
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

/** Resident memory of a process, bytes. Linux. */
export function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}

/** CPU time that a process has used so far, seconds. Linux: 100 ticks a second. */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** A process' command line, its words apart by blanks. Throws when it has ended. Linux. */
export function commandLine(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
}

/** Processes of this machine whose command line matches: the parts of a real control plane, say. Linux. */
export function processesLike(pattern: RegExp): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((entry) => {
      try {
        return pattern.test(commandLine(Number(entry)));
      } catch {
        return false; // it has ended meanwhile
      }
    })
    .map(Number);
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
