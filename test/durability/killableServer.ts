import type { ChildProcess } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { KubeConfig } from '../../kube/index.ts';
import { loadKubeConfig } from '../../kube/index.ts';
import { testsRealServer } from '../support/server.ts';

const PROGRAM = fileURLToPath(new URL('programs/apiServer.ts', import.meta.url));

/** An API server that can be killed, and comes back with what it had on disk, on the port it had. */
export interface KillableServer extends AsyncDisposable {
  readonly kubeConfig: KubeConfig;
  /** SIGKILL, at once. */
  kill(): void;
  /** Starts it again once it is gone; resolves when it listens. */
  start(): Promise<void>;
}

/**
 * The embedded one; or the one that KUBECONFIG names, where the commands in KUBECHAIN_TEST_KILL_API_SERVER and
 * KUBECHAIN_TEST_START_API_SERVER say how. Undefined for a real one that nobody says how to kill.
 */
export async function startKillableServer(): Promise<KillableServer | undefined> {
  if (testsRealServer) return realServer(process.env);
  const folder = await mkdtemp(join(tmpdir(), 'apiserver-'));
  let child: ChildProcess;
  let port = '0';
  async function start(): Promise<void> {
    if (child !== undefined && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    child = spawn(process.execPath, [PROGRAM, folder, port], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const gone = once(child, 'exit').then(([code]) => {
      throw new Error(`the API server ended with code ${code} before it listened`);
    });
    gone.catch(() => {});
    if (child.stdout !== null) await Promise.race([once(child.stdout, 'data'), gone]);
  }
  await start();
  const kubeConfig = loadKubeConfig({ path: join(folder, 'kubeconfig'), env: {} });
  port = new URL(kubeConfig.cluster.server).port;
  return {
    kubeConfig,
    kill: () => child.kill('SIGKILL'),
    start,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) {
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        await gone;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function realServer(env: NodeJS.ProcessEnv): KillableServer | undefined {
  const { KUBECHAIN_TEST_KILL_API_SERVER: killCommand, KUBECHAIN_TEST_START_API_SERVER: startCommand } = env;
  if (killCommand === undefined || startCommand === undefined) return undefined;
  const run = (command: string) => promisify(execFile)('/bin/sh', ['-c', command]);
  let killing: Promise<unknown> = Promise.resolve();
  return {
    kubeConfig: loadKubeConfig(),
    kill() {
      killing = run(killCommand);
    },
    async start() {
      await killing;
      await run(startCommand);
    },
    async [Symbol.asyncDispose]() {},
  };
}
