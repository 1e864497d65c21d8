import { existsSync, realpathSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { shownPath } from './paths.ts';
import { packageRoot } from './version.ts';

/**
 * What to type in `cwd` to start this program again: `./bin/kubechain` in a checkout, `kubectl kubechain` as kubectl's plugin,
 * `kubechain` where that is on the PATH, else the path that it was started by.
 */
export function programName(env: Readonly<Record<string, string | undefined>>, cwd: string): string {
  const ours = join(packageRoot(), 'bin', 'kubechain');
  const isOurs = (path: string): boolean => existsSync(path) && realpathSync(path) === ours;
  // Set by bin/kubechain.
  const startedAs = env.KUBECHAIN_STARTED_AS;
  if (startedAs !== undefined && basename(startedAs).startsWith('kubectl-kubechain')) return 'kubectl kubechain';
  if (isOurs(join(cwd, 'bin', 'kubechain'))) return './bin/kubechain';
  if ((env.PATH ?? '').split(delimiter).some((folder) => folder !== '' && isOurs(join(folder, 'kubechain'))))
    return 'kubechain';
  return startedAs === undefined ? 'kubechain' : shownPath(startedAs, cwd);
}
