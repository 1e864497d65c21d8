import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import type { Clock, Logger, Timer } from '../../kube/types.ts';
import { messageOf } from '../tools/outcome.ts';
import { OWNER_VARIABLE } from './processes.ts';

/**
 * Reads `+ GROUP` and `- GROUP` until its input ends, which it does when the process that holds the other end is gone,
 * whatever way it went. Then kills those process groups, and every process that carries the owner's mark,
 * until two looks in a row find none. A process that is about to become another has no environment for a moment,
 * hence the second look. No look-up of a process' children is needed: the mark is inherited.
 */
const SCRIPT = `
trap '' HUP INT TERM
groups=' '
while read -r sign id; do
  case $sign in
    +) groups="$groups$id " ;;
    -) groups="\${groups%% $id *} \${groups#* $id }" ;;
  esac
done
round=0
clean=0
while [ $round -lt 100 ] && [ $clean -lt 2 ]; do
  clean=$((clean + 1))
  if [ $round -lt 3 ]; then
    for group in $groups; do kill -9 -- "-$group" 2>/dev/null && clean=0; done
  fi
  for file in $(grep -ls "$0" /proc/[0-9]*/environ 2>/dev/null); do
    id=\${file#/proc/}
    kill -9 "\${id%/environ}" 2>/dev/null && clean=0
  done
  round=$((round + 1))
  sleep 0.05 2>/dev/null || sleep 1
done
`;

const RESTART_MS = 1000;
const LONGEST_RESTART_MS = 60_000;

/**
 * Ends the processes of a pool when the pool's own process dies without doing so. One small shell, started with the
 * first process group that it is told of. On systems without /proc it knows the groups only.
 */
export interface Watchdog {
  /** To be called before a group's first process is started: afterwards would be a moment too late. */
  start(): void;
  watch(groupId: number): void;
  /** The group is gone. */
  forget(groupId: number): void;
  /** Lets it make its last round, and resolves when it is over. */
  close(): Promise<void>;
}

/** `owner` is unique to the pool: a UUID. */
export function createWatchdog(owner: string, clock: Clock, logger: Logger): Watchdog {
  const groups = new Set<number>();
  let shell: ChildProcess | undefined;
  let restart: Timer | undefined;
  let restartMs = RESTART_MS;
  let closed = false;

  const tell = (line: string): void => {
    shell?.stdin?.write(`${line}\n`);
  };

  const start = (): void => {
    if (shell !== undefined || closed) return;
    restart?.cancel();
    // A group of its own: what ends this process' group must not end the watchdog with it.
    const started = spawn('/bin/sh', ['-c', SCRIPT, `${OWNER_VARIABLE}=${owner}`], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { PATH: process.env.PATH ?? '/usr/bin:/bin' },
      cwd: '/',
    });
    shell = started;
    const lost = (reason: string): void => {
      if (shell !== started) return;
      shell = undefined;
      if (closed) return;
      logger.warn({ reason }, 'the watchdog of MCP servers ended: starting another');
      restart = clock.after(restartMs, () => {
        if (groups.size > 0) start();
      });
      restartMs = Math.min(2 * restartMs, LONGEST_RESTART_MS);
    };
    started.on('error', (error) => lost(messageOf(error)));
    started.on('exit', (code, signal) => lost(`exit code ${code ?? 'none'}, signal ${signal ?? 'none'}`));
    started.stdin?.on('error', (error) => lost(messageOf(error)));
    // It must not keep this process alive.
    started.unref();
    for (const group of groups) tell(`+ ${group}`);
  };

  return {
    start,
    watch(groupId) {
      groups.add(groupId);
      tell(`+ ${groupId}`);
    },
    forget(groupId) {
      groups.delete(groupId);
      tell(`- ${groupId}`);
    },
    async close() {
      closed = true;
      restart?.cancel();
      const last = shell;
      if (last === undefined || last.exitCode !== null || last.signalCode !== null) return;
      last.ref();
      await new Promise<void>((resolve) => {
        last.once('exit', () => resolve());
        last.once('error', () => resolve());
        last.stdin?.end();
      });
    },
  };
}
