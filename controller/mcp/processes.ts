import { readdir, readFile } from 'node:fs/promises';

/** Marks all processes that one pool started, and what they start in turn: inherited, whatever else they do. */
export const OWNER_VARIABLE = 'KUBECHAIN_MCP_OWNER';
/** Marks the processes of one connection within the pool. */
export const CONNECTION_VARIABLE = 'KUBECHAIN_MCP_CONNECTION';

/** Sends a signal to a process group, 0 for none. Returns whether there was a group to send it to. */
export function signalGroup(groupId: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-groupId, signal);
    return true;
  } catch {
    // ESRCH: it is gone; EPERM: what is left of it is no longer ours.
    return false;
  }
}

/**
 * Ids of the processes whose environment holds `NAME=value`, as it was when they were started. Linux only: elsewhere
 * the list is empty. Reads `/proc` without blocking.
 */
export async function processesMarked(name: string, value: string): Promise<number[]> {
  if (process.platform !== 'linux') return [];
  const wanted = `${name}=${value}`;
  const entries = await readdir('/proc').catch(() => []);
  const found = await Promise.all(
    entries
      .filter((entry) => /^\d+$/.test(entry))
      .map(async (entry) => {
        // Unreadable: someone else's, or gone in the meantime.
        const environment = await readFile(`/proc/${entry}/environ`, 'latin1').catch(() => '');
        return environment.split('\0').includes(wanted) ? Number(entry) : undefined;
      }),
  );
  return found.filter((id) => id !== undefined);
}

/** Kills what `processesMarked` finds until it finds nothing more, or `rounds` are over: processes may fork meanwhile. */
export async function killMarked(name: string, value: string, rounds = 10): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    const ids = await processesMarked(name, value);
    if (ids.length === 0) return;
    for (const id of ids) {
      try {
        process.kill(id, 'SIGKILL');
      } catch {
        // It ended by itself.
      }
    }
  }
}
