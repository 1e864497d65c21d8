import { existsSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { packageRoot } from './version.ts';

/**
 * What to type to start this program again: `./bin/kubechain` in a checkout, `kubectl kubechain` as kubectl's plugin,
 * else `kubechain`. `KUBECHAIN_STARTED_AS` is the path that bin/kubechain was started by.
 */
export function programName(env: Readonly<Record<string, string | undefined>>, cwd: string): string {
  if (basename(env.KUBECHAIN_STARTED_AS ?? '').startsWith('kubectl-kubechain')) return 'kubectl kubechain';
  const local = join(cwd, 'bin', 'kubechain');
  return existsSync(local) && realpathSync(local) === join(packageRoot(), 'bin', 'kubechain')
    ? './bin/kubechain'
    : 'kubechain';
}
