import { execFile } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { NOT_FOR_TOOLS, NOT_LOADED } from '../../controller/mcp/bridge/install.ts';
import { compile } from '../compile.ts';
import { withoutSymbols } from './elf.ts';
import {
  type Architecture,
  debianArchive,
  type ImageName,
  type Lock,
  nodeArchive,
  npmArchive,
  uvArchive,
} from './packages.ts';

const run = promisify(execFile);

export const ROOT = join(import.meta.dirname, '..', '..');
const PROGRAM = 'opt/kubechain';
/** What nothing reads at run time: documentation, conversions of glibc's iconv, zones with leap seconds. Copyright files stay. */
const NO_NEED =
  /^usr\/lib\/[a-z0-9_]+-linux-gnu\/gconv$|^usr\/share\/(zoneinfo\/(right|posix)$|man|info|locale|lintian|bug|doc-base|applications|pixmaps|menu|doc\/.*\/(?!copyright)[^/]+$)/;
/** Packages that an image's commands do not load. */
export const NOT_IN: { readonly [image in ImageName]: readonly string[] } = {
  kubechain: [],
  runner: NOT_FOR_TOOLS,
};
const CERTIFICATES = 'usr/share/ca-certificates';

/** A part of an image, for its bill of materials. */
export interface Component {
  readonly type: 'library' | 'application';
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly license?: string;
  readonly hash?: { readonly alg: 'SHA-256' | 'SHA-512'; readonly content: string };
}

/** Fills `root` with an image's files. Resolves with what they are. */
export async function buildRoot(
  image: ImageName,
  lock: Lock,
  root: string,
  architecture: Architecture = 'amd64',
): Promise<Component[]> {
  mkdirSync(root, { recursive: true });
  const components: Component[] = [];
  // What runs tools runs the program's bridge too: it has all that the other image has.
  const debian = image === 'runner' ? [...lock.debian.kubechain, ...lock.debian.runner] : lock.debian.kubechain;
  for (const each of debian) {
    const archive = await debianArchive(each, architecture);
    const { version, sha256 } = each[architecture];
    if (each.only === undefined) await run('dpkg-deb', ['--extract', archive, root]);
    else {
      const part = `${root}.${each.name}`;
      await run('dpkg-deb', ['--extract', archive, part]);
      for (const path of each.only) cpSync(join(part, path), join(root, path), { verbatimSymlinks: true });
      rmSync(part, { recursive: true });
    }
    components.push({
      type: 'library',
      name: each.name,
      version,
      purl: `pkg:deb/debian/${each.name}@${encodeURIComponent(version)}?arch=${architecture}&distro=bookworm`,
      hash: { alg: 'SHA-256', content: sha256 },
    });
  }
  prune(root, (path) => NO_NEED.test(path));
  writeCertificates(root);
  components.push(await copyNode(root, architecture), ...(await copyProgram(image, root)));
  if (image === 'runner') components.push(...(await addRunners(root, lock, architecture)));
  writeAccounts(root, image);
  return components;
}

/** Removes files whose path (relative to `root`) `unwanted` names, and folders that are empty then. */
function prune(root: string, unwanted: (path: string) => boolean, folder = root): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (unwanted(relative(root, path)) || (entry.isDirectory() && unwanted(`${relative(root, path)}/`))) {
      rmSync(path, { recursive: true });
    } else if (entry.isDirectory()) {
      prune(root, unwanted, path);
      if (readdirSync(path).length === 0) rmSync(path, { recursive: true });
    }
  }
}

/** What update-ca-certificates would make. */
function writeCertificates(root: string): void {
  const folder = join(root, CERTIFICATES, 'mozilla');
  const bundle = readdirSync(folder)
    .toSorted()
    .map((name) => readFileSync(join(folder, name), 'utf8').trimEnd())
    .join('\n');
  rmSync(join(root, CERTIFICATES), { recursive: true });
  rmSync(join(root, 'usr', 'sbin', 'update-ca-certificates'), { force: true });
  mkdirSync(join(root, 'etc', 'ssl', 'certs'), { recursive: true });
  writeFileSync(join(root, 'etc', 'ssl', 'certs', 'ca-certificates.crt'), `${bundle}\n`);
}

/** The Node that package.json pins. */
async function copyNode(root: string, architecture: Architecture): Promise<Component> {
  const { file, name, version } = await nodeArchive(architecture);
  const bin = join(root, 'usr', 'local', 'bin');
  mkdirSync(bin, { recursive: true });
  await run('tar', ['-xzf', file, '--strip-components=2', '--no-same-owner', '-C', bin, 'package/bin/node']);
  // A fifth of it are symbols, which nothing here reads.
  const program = join(bin, 'node');
  writeFileSync(program, withoutSymbols(readFileSync(program)));
  chmodSync(program, 0o755);
  return { type: 'application', name: 'node', version, purl: `pkg:npm/${name}@${version}`, license: 'MIT' };
}

interface LockEntry {
  readonly version?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
}

/** The program, compiled: half the memory and the time to start of a Node that strips types. And of node_modules what production needs. */
async function copyProgram(image: ImageName, root: string): Promise<Component[]> {
  const target = join(root, PROGRAM);
  mkdirSync(target, { recursive: true });
  compile('tsconfig.build.json', join(target, 'dist'));
  for (const path of ['package.json', 'LICENSE', 'bin']) {
    cpSync(join(ROOT, path), join(target, path), { recursive: true });
  }
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockEntry>;
  };
  const components: Component[] = [];
  for (const [path, entry] of Object.entries(packages)) {
    if (!path.startsWith('node_modules/') || entry.link) continue;
    if (entry.dev || entry.optional || entry.devOptional || !existsSync(join(ROOT, path))) continue;
    if (NOT_IN[image].some((name) => path === `node_modules/${name}`)) continue;
    const nested = join(ROOT, path, 'node_modules');
    cpSync(join(ROOT, path), join(target, path), {
      recursive: true,
      filter: (from) => from !== nested && !from.startsWith(`${nested}/`),
    });
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const { version = '' } = entry;
    components.push({
      type: 'library',
      name,
      version,
      purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
      ...(entry.license === undefined ? {} : { license: entry.license }),
      ...(entry.integrity?.startsWith('sha512-')
        ? { hash: { alg: 'SHA-512', content: Buffer.from(entry.integrity.slice(7), 'base64').toString('hex') } }
        : {}),
    });
  }
  prune(join(target, 'node_modules'), (path) => NOT_LOADED.test(path));
  const { version } = readPackage(ROOT);
  return [
    { type: 'application', name: 'kubechain', version, purl: `pkg:npm/kubechain@${version}`, license: 'Apache-2.0' },
    ...components,
  ];
}

/** npx and uvx, and the shell that packages expect. */
async function addRunners(root: string, lock: Lock, architecture: Architecture): Promise<Component[]> {
  const bin = join(root, 'usr', 'local', 'bin');
  const npm = join(root, 'usr', 'local', 'lib', 'node_modules', 'npm');
  mkdirSync(npm, { recursive: true });
  await run('tar', ['-xzf', await npmArchive(lock), '--strip-components=1', '--no-same-owner', '-C', npm]);
  prune(npm, (path) => NOT_LOADED.test(path) || /^(docs|man)\//.test(path));
  for (const name of ['npm', 'npx']) symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(bin, name));
  const wheel = `${root}.uv`;
  await run('python3', ['-m', 'zipfile', '-e', await uvArchive(lock, architecture), wheel]);
  for (const name of ['uv', 'uvx']) {
    cpSync(join(wheel, `uv-${lock.uv.version}.data`, 'scripts', name), join(bin, name));
    chmodSync(join(bin, name), 0o755);
  }
  rmSync(wheel, { recursive: true });
  if (!existsSync(join(root, 'bin', 'sh'))) symlinkSync('dash', join(root, 'bin', 'sh'));
  if (!existsSync(join(root, 'usr', 'bin', 'python3'))) symlinkSync('python3.11', join(root, 'usr', 'bin', 'python3'));
  return [
    {
      type: 'application',
      name: 'npm',
      version: lock.npm.version,
      purl: `pkg:npm/npm@${lock.npm.version}`,
      license: 'Artistic-2.0',
    },
    {
      type: 'application',
      name: 'uv',
      version: lock.uv.version,
      purl: `pkg:pypi/uv@${lock.uv.version}`,
      hash: { alg: 'SHA-256', content: lock.uv.wheels[architecture] },
    },
  ];
}

/** The accounts, and the folders that containers mount something on. */
function writeAccounts(root: string, image: ImageName): void {
  const home = image === 'runner' ? '/home/runner' : '/tmp';
  const etc = join(root, 'etc');
  mkdirSync(etc, { recursive: true });
  writeFileSync(join(etc, 'passwd'), `root:x:0:0:root:/:/nonexistent\nkubechain:x:65532:65532::${home}:/nonexistent\n`);
  writeFileSync(join(etc, 'group'), 'root:x:0:\nkubechain:x:65532:\n');
  writeFileSync(join(etc, 'nsswitch.conf'), 'hosts: files dns\n');
  for (const folder of ['tmp', 'proc', 'sys', 'dev', 'tls', 'var/run/secrets/kubernetes.io/serviceaccount', home]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  chmodSync(join(root, 'tmp'), 0o1777);
  if (image === 'runner') chmodSync(join(root, home), 0o1777);
}

function readPackage(folder: string): { readonly version: string } {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
}

/** Bytes of all files below a folder. */
export function bytesOf(path: string): number {
  const stat = lstatSync(path);
  if (!stat.isDirectory()) return stat.size;
  return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0);
}
