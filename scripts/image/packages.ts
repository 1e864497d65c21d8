import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const IMAGES = ['kubechain', 'runner'] as const;
export type ImageName = (typeof IMAGES)[number];

/** A Debian package: its version, the hash of its archive, and which files of it are taken (all, where nothing is said). */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
  readonly only?: readonly string[];
}

/** What images are made of beside the checkout; all of it pinned by hash. */
export interface Lock {
  readonly debian: Readonly<Record<ImageName, readonly DebianPackage[]>>;
  readonly npm: { readonly version: string; readonly integrity: string };
  readonly uv: { readonly version: string; readonly sha256: string };
}

const FILE = join(import.meta.dirname, 'packages.json');
const CACHE = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'kubechain-image', 'archives');

export const readLock = (): Lock => JSON.parse(readFileSync(FILE, 'utf8')) as Lock;

const hashOf = (algorithm: string, bytes: Uint8Array, encoding: 'hex' | 'base64'): string =>
  createHash(algorithm).update(bytes).digest(encoding);

/** An archive from the cache, or by `download` into a folder of its own; refused where its hash is another one. */
async function archive(
  name: string,
  download: (folder: string) => Promise<unknown>,
  check: (bytes: Uint8Array) => string | undefined,
): Promise<string> {
  const file = join(CACHE, name);
  const cached = await readFile(file).catch(() => undefined);
  if (cached !== undefined && check(cached) === undefined) return file;
  const folder = join(CACHE, `${name}.${process.pid}`);
  mkdirSync(folder, { recursive: true });
  await download(folder);
  const [only = ''] = await readdir(folder);
  const problem = check(await readFile(join(folder, only)));
  if (problem !== undefined) throw new Error(`${name}: ${problem}`);
  await rename(join(folder, only), file);
  return file;
}

/** The `.deb`, from Debian's archive by apt, which checks Debian's signatures. */
export function debianArchive({ name, version, sha256 }: DebianPackage): Promise<string> {
  return archive(
    `${name}_${version.replaceAll(':', '%3a')}.deb`,
    async (cwd) => {
      try {
        await run('apt-get', ['download', `${name}=${version}`], { cwd });
      } catch (cause) {
        throw new Error(
          `${name}=${version} is not in Debian's archive (any more): run apt-get update, then node scripts/image/build.ts --update`,
          { cause },
        );
      }
    },
    (bytes) => expected(sha256, hashOf('sha256', bytes, 'hex')),
  );
}

/** The package npm, which brings npx, from the npm registry. */
export function npmArchive({ npm }: Lock): Promise<string> {
  return archive(
    `npm-${npm.version}.tgz`,
    (cwd) => run('npm', ['pack', '--silent', `npm@${npm.version}`], { cwd }),
    (bytes) => expected(npm.integrity, `sha512-${hashOf('sha512', bytes, 'base64')}`),
  );
}

/** The wheel uv, which brings uvx, from PyPI. */
export function uvArchive({ uv }: Lock): Promise<string> {
  return archive(
    `uv-${uv.version}.whl`,
    (cwd) =>
      run('python3', [
        ...['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary', ':all:', '--dest', cwd],
        ...['--platform', 'manylinux_2_17_x86_64', `uv==${uv.version}`],
      ]),
    (bytes) => expected(uv.sha256, hashOf('sha256', bytes, 'hex')),
  );
}

const expected = (wanted: string, found: string): string | undefined =>
  wanted === found ? undefined : `its hash is ${found}, packages.json says ${wanted}`;

/** Pins the newest version of each Debian package that apt knows. npm and uv are pinned by hand. */
export async function updateLock(): Promise<void> {
  const lock = readLock();
  const newest = async ({ name, only }: DebianPackage): Promise<DebianPackage> => {
    const { stdout } = await run('apt-cache', ['show', '--no-all-versions', name]);
    const field = (key: string): string => new RegExp(`^${key}: (.*)$`, 'm').exec(stdout)?.[1] ?? '';
    return { name, version: field('Version'), sha256: field('SHA256'), ...(only === undefined ? {} : { only }) };
  };
  const debian = {
    kubechain: await Promise.all(lock.debian.kubechain.map(newest)),
    runner: await Promise.all(lock.debian.runner.map(newest)),
  };
  writeFileSync(FILE, `${JSON.stringify({ ...lock, debian }, undefined, 2)}\n`);
}
