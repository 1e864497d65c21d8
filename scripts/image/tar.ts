import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, createReadStream, lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** All files are as old as each other: 2026-01-01, in seconds. */
export const EPOCH = 1_767_225_600;

/** Packs a tree so that the same files give the same bytes: sorted, without owners, times and the builder's umask. */
export async function packTar(
  root: string,
  file: string,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  sameModes(root);
  await run('tar', [
    ...['--create', `--file=${file}`, `--directory=${root}`, '--format=gnu', '--sort=name', `--mtime=@${EPOCH}`],
    ...['--owner=0', '--group=0', '--numeric-owner', '.'],
  ]);
  const hash = createHash('sha256');
  for await (const part of createReadStream(file)) hash.update(part as Buffer);
  return { bytes: statSync(file).size, sha256: hash.digest('hex') };
}

/** Readable by all, writable by nobody but root; what may be run stays so, and sticky folders stay sticky. */
function sameModes(path: string): void {
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) return;
  if (!stat.isDirectory()) {
    chmodSync(path, stat.mode & 0o100 ? 0o755 : 0o644);
    return;
  }
  chmodSync(path, stat.mode & 0o1000 ? 0o1777 : 0o755);
  for (const name of readdirSync(path)) sameModes(join(path, name));
}
