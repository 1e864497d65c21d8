import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { McpPool, McpPoolOptions, McpServerSpec, ServerState } from '../../controller/mcp/index.ts';
import { createMcpPool } from '../../controller/mcp/index.ts';
import { systemClock } from '../../kube/clock.ts';
import type { Logger } from '../../kube/types.ts';

const HOSTILE = fileURLToPath(new URL('./servers/hostile.ts', import.meta.url));

export function hostile(mode: string, argument = '', env: McpServerSpec['env'] = []): McpServerSpec {
  return { transport: 'stdio', command: process.execPath, args: [HOSTILE, mode, argument], env };
}

/** A pool, what it told, and waiting for what it will tell. */
export interface PoolHarness {
  readonly pool: McpPool;
  readonly log: string[];
  readonly states: [string, ServerState][];
  /** Resolves with the first state of this kind, from now on or standing. */
  until<K extends ServerState['kind']>(key: string, kind: K): Promise<ServerState & { kind: K }>;
  /** Resolves with the next state of this kind. */
  next<K extends ServerState['kind']>(key: string, kind: K): Promise<ServerState & { kind: K }>;
}

export function createHarness(options: Partial<McpPoolOptions> = {}): PoolHarness {
  const log: string[] = [];
  const states: [string, ServerState][] = [];
  const waiting = new Set<(key: string, state: ServerState) => void>();
  const note = (fields: object, message: string): void => {
    log.push(`${message} ${JSON.stringify(fields)}`);
  };
  const logger: Logger = { debug: note, info: note, warn: note, error: note, child: () => logger };
  const pool = createMcpPool({
    clock: systemClock,
    logger,
    connectTimeoutMs: 10_000,
    termGraceMs: 200,
    backoff: { firstMs: 20, longestMs: 50 },
    ...options,
    onChange(key, state) {
      states.push([key, state]);
      for (const waiter of [...waiting]) waiter(key, state);
    },
  });
  const next: PoolHarness['next'] = (key, kind) =>
    new Promise((resolve) => {
      const waiter = (changed: string, state: ServerState): void => {
        if (changed !== key || state.kind !== kind) return;
        waiting.delete(waiter);
        resolve(state as ServerState & { kind: typeof kind });
      };
      waiting.add(waiter);
    });
  return {
    pool,
    log,
    states,
    next,
    until(key, kind) {
      const state = pool.state(key);
      if (state?.kind === kind) return Promise.resolve(state as ServerState & { kind: typeof kind });
      return next(key, kind);
    },
  };
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A dead process that nobody has asked after is none.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Asks until it holds; for what the system tells nobody. */
export async function eventually(what: string, holds: () => boolean, withinMs: number): Promise<void> {
  const end = performance.now() + withinMs;
  while (!holds()) {
    assert(performance.now() < end, `not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Process ids that a server has written down, once there are `count`. */
export async function pidsIn(file: string, count: number): Promise<number[]> {
  const read = (): number[] => {
    try {
      return readFileSync(file, 'utf8').trim().split('\n').filter(Boolean).map(Number);
    } catch {
      return [];
    }
  };
  await eventually(`${count} process ids in ${file}`, () => read().length >= count, 10_000);
  return read();
}

export function temporaryDirectory(): { readonly path: string; file(name: string): string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'kubechain-mcp-'));
  return { path, file: (name) => join(path, name), remove: () => rmSync(path, { recursive: true, force: true }) };
}
