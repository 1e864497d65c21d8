import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TEST_CACHE } from './kubectl.ts';

const run = promisify(execFile);
/** How long a download may take. */
const PATIENCE_MS = 60_000;

/**
 * A program out of a Debian package, which is downloaded and unpacked, not installed; or why there is none: no Debian, no
 * network.
 */
export async function debianProgram(
  name: string,
  path: string,
): Promise<{ readonly program: string } | { readonly reason: string }> {
  const folder = join(TEST_CACHE, `debian-${name}`);
  const program = join(folder, path);
  if (await stat(program).catch(() => undefined)) return { program };
  try {
    await mkdir(TEST_CACHE, { recursive: true });
    const partial = await mkdtemp(`${folder}.`);
    await run('apt-get', ['download', name], { cwd: partial, timeout: PATIENCE_MS });
    const [archive = ''] = await readdir(partial);
    await run('dpkg-deb', ['-x', archive, partial], { cwd: partial, timeout: PATIENCE_MS });
    await rm(join(partial, archive));
    await rename(partial, folder).catch(() => rm(partial, { recursive: true }));
    return { program };
  } catch (error) {
    return { reason: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) };
  }
}
