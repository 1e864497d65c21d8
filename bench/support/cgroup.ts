import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

/** A control group of memory, as a container has one. */
export interface MemoryGroup extends Disposable {
  /** A command that runs another one within the group. */
  readonly wrap: (command: string, args: readonly string[]) => { command: string; args: string[] };
  /** What `kubectl top` and the kubelet's evictions go by, in bytes: all that is charged but for inactive pages of files. */
  workingSet(): number;
}

const V1 = '/sys/fs/cgroup/memory';
const V2 = '/sys/fs/cgroup';

/** A new group; undefined where this process may not make one. The group has to be empty when it is disposed of. */
export function createMemoryGroup(name: string): MemoryGroup | undefined {
  const old = existsSync(V1);
  const parent = old ? V1 : V2;
  const folder = join(parent, `kubechain-${name}-${process.pid}`);
  try {
    accessSync(parent, constants.W_OK);
    mkdirSync(folder);
    readFileSync(join(folder, old ? 'memory.usage_in_bytes' : 'memory.current'));
  } catch {
    return undefined;
  }
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
  return {
    wrap: (command, args) => ({
      command: 'sh',
      args: ['-c', 'echo $$ >"$0"/cgroup.procs && exec "$@"', folder, command, ...args],
    }),
    workingSet() {
      const used = Number(read(old ? 'memory.usage_in_bytes' : 'memory.current'));
      const field = old ? 'total_inactive_file' : 'inactive_file';
      return used - Number(new RegExp(`^${field} (\\d+)$`, 'm').exec(read('memory.stat'))?.[1] ?? 0);
    },
    [Symbol.dispose]: () => rmdirSync(folder),
  };
}
