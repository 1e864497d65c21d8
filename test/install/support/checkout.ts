import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../../cli/support/kubechain.ts';

const run = promisify(execFile);

/** A release as its users have it: the program and its manifests, in a folder of its own. */
export interface Checkout extends Disposable {
  readonly folder: string;
  readonly commit: string;
}

/**
 * What a release was, out of this repository's history: that of its tag, else of the commit that its fixtures were made at. With the
 * dependencies of today. A `reason` where there is no history: a shallow clone, an archive.
 */
export async function checkOut(release: string): Promise<Checkout | { readonly reason: string }> {
  const git = (...args: string[]) => run('git', args, { cwd: ROOT, maxBuffer: 64 * 1024 * 1024, encoding: 'buffer' });
  const kept = readFileSync(join(ROOT, 'test', 'upgrade', release, 'commit'), 'utf8').trim();
  const tagged = await git('rev-parse', '--quiet', '--verify', `refs/tags/${release}^{commit}`).catch(() => undefined);
  const commit = tagged?.stdout.toString().trim() ?? kept;
  const folder = mkdtempSync(join(tmpdir(), `kubechain-${release}-`));
  try {
    await git('archive', '--format=tar', `--output=${join(folder, 'release.tar')}`, commit);
    await run('tar', ['-xf', 'release.tar'], { cwd: folder });
  } catch (error) {
    rmSync(folder, { recursive: true });
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).trim().split('\n').reverse();
    return { reason };
  }
  rmSync(join(folder, 'release.tar'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return { folder, commit, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}
