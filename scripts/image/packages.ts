import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export const IMAGES = ['kubechain', 'runner'] as const;
export type ImageName = (typeof IMAGES)[number];

/** As Debian and OCI call them. */
export const ARCHITECTURES = ['amd64', 'arm64'] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

/** What else they are called. */
const ALSO_CALLED = {
  amd64: { npm: 'x64', wheel: 'manylinux_2_17_x86_64' },
  arm64: { npm: 'arm64', wheel: 'manylinux_2_17_aarch64' },
} as const;

/** A Debian package: which files of it are taken (all, where nothing is said), and for each machine its version and the hash of its archive. */
export type DebianPackage = {
  readonly name: string;
  readonly only?: readonly string[];
} & { readonly [architecture in Architecture]: { readonly version: string; readonly sha256: string } };

/** What images are made of beside the checkout; all of it pinned by hash. */
export interface Lock {
  readonly debian: Readonly<Record<ImageName, readonly DebianPackage[]>>;
  readonly npm: { readonly version: string; readonly integrity: string };
  readonly uv: { readonly version: string; readonly wheels: { readonly [architecture in Architecture]: string } };
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

/** Options by which apt keeps what it knows of another machine's packages apart from the system's own; the first time it asks for them. */
async function aptOptions(architecture: Architecture): Promise<string[]> {
  const { stdout } = await run('dpkg', ['--print-architecture']);
  if (stdout.trim() === architecture) return [];
  const state = join(CACHE, '..', `apt-${architecture}`);
  const set = {
    'APT::Architecture': architecture,
    'APT::Architectures': architecture,
    'Dir::State': state,
    'Dir::State::status': join(state, 'status'),
    'Dir::Cache': join(state, 'cache'),
    'APT::Sandbox::User': 'root',
  };
  const options = Object.entries(set).map(([key, value]) => `-o${key}=${value}`);
  if (!existsSync(join(state, 'status'))) {
    for (const folder of ['lists/partial', 'cache/archives/partial'])
      mkdirSync(join(state, folder), { recursive: true });
    await run('apt-get', [...options, '--quiet', 'update']);
    writeFileSync(join(state, 'status'), '');
  }
  return options;
}

/** The `.deb`, from Debian's archive by apt, which checks Debian's signatures. */
export function debianArchive(each: DebianPackage, architecture: Architecture): Promise<string> {
  const { name } = each;
  const { version, sha256 } = each[architecture];
  return archive(
    `${name}_${version.replaceAll(':', '%3a')}_${architecture}.deb`,
    async (cwd) => {
      try {
        await run('apt-get', [...(await aptOptions(architecture)), 'download', `${name}=${version}`], { cwd });
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

/** The package with the Node that package.json pins, by the hash that package-lock.json has of it. */
export async function nodeArchive(
  architecture: Architecture,
): Promise<{ file: string; name: string; version: string }> {
  const name = `node-linux-${ALSO_CALLED[architecture].npm}`;
  const { packages } = JSON.parse(
    await readFile(join(import.meta.dirname, '..', '..', 'package-lock.json'), 'utf8'),
  ) as {
    packages: Record<string, { version: string; integrity: string }>;
  };
  const locked = packages[`node_modules/${name}`];
  if (locked === undefined) throw new Error(`package-lock.json has no ${name}`);
  const { version, integrity } = locked;
  const file = await npmPackage(name, version, integrity);
  return { file, name, version };
}

/** The package npm, which brings npx, from the npm registry. */
export const npmArchive = ({ npm: { version, integrity } }: Lock): Promise<string> =>
  npmPackage('npm', version, integrity);

const npmPackage = (name: string, version: string, integrity: string): Promise<string> =>
  archive(
    `${name}-${version}.tgz`,
    (cwd) => run('npm', ['pack', '--silent', `${name}@${version}`], { cwd }),
    (bytes) => expected(integrity, `sha512-${hashOf('sha512', bytes, 'base64')}`),
  );

/** The wheel uv, which brings uvx, from PyPI. */
export function uvArchive({ uv: { version, wheels } }: Lock, architecture: Architecture): Promise<string> {
  return archive(
    `uv-${version}-${architecture}.whl`,
    (cwd) =>
      run('python3', [
        ...['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary', ':all:', '--dest', cwd],
        ...['--platform', ALSO_CALLED[architecture].wheel, `uv==${version}`],
      ]),
    (bytes) => expected(wheels[architecture], hashOf('sha256', bytes, 'hex')),
  );
}

const expected = (wanted: string, found: string): string | undefined =>
  wanted === found ? undefined : `its hash is ${found}, packages.json says ${wanted}`;

/** Pins the newest version of each Debian package that apt knows. npm and uv are pinned by hand. */
export async function updateLock(): Promise<void> {
  const lock = readLock();
  const newest = async (name: string, architecture: Architecture): Promise<DebianPackage[Architecture]> => {
    const options = await aptOptions(architecture);
    const { stdout } = await run('apt-cache', [...options, 'show', '--no-all-versions', name]);
    const field = (key: string): string => new RegExp(`^${key}: (.*)$`, 'm').exec(stdout)?.[1] ?? '';
    return { version: field('Version'), sha256: field('SHA256') };
  };
  const renew = (packages: readonly DebianPackage[]): Promise<DebianPackage[]> =>
    Promise.all(
      packages.map(async (each) => ({
        ...each,
        amd64: await newest(each.name, 'amd64'),
        arm64: await newest(each.name, 'arm64'),
      })),
    );
  // One after the other: the first asks for the lists.
  await aptOptions('arm64');
  const debian = { kubechain: await renew(lock.debian.kubechain), runner: await renew(lock.debian.runner) };
  writeFileSync(FILE, `${JSON.stringify({ ...lock, debian }, undefined, 2)}\n`);
}
