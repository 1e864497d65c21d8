import type { Dirent, Stats } from 'node:fs';
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { CliError, EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import { isPathGlob, matchPaths } from './pathGlob.ts';

/** A text to read objects from. */
export interface Source {
  /** Relative to where the command was started, with `/`; `-` for standard input. */
  readonly file: string;
  readonly text: string;
}

/** What could not be read, and why. */
export interface Unreadable {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** What stands for standard input. */
export const STDIN = '-';

const YAML_FILE = /\.(ya?ml|json)$/i;
/** etcd takes 1.5 MiB; a file of many objects gets larger, one of this size is none of manifests. */
const MAX_BYTES = 8 * 1024 * 1024;
/** More files than this nobody means to check: a path such as `/`. */
const MAX_FILES = 50_000;

/**
 * The texts under `paths`: files, folders (their `.yaml`, `.yml` and `.json` files at any depth, hidden folders and node_modules left
 * out), globs, `-`. Each file once, in the order of their names. Symbolic links are followed within the folder that was named, and those
 * that a glob matches within the repository: one that leads out of it, or round in a circle, is passed over. With `within`, a folder,
 * what lies outside of it is not read, whatever way leads there.
 */
export async function readSources(
  paths: readonly string[],
  io: Io,
  within?: string,
): Promise<{ readonly sources: readonly Source[]; readonly unreadable: readonly Unreadable[] }> {
  const sources: Source[] = [];
  const unreadable: Unreadable[] = [];
  const seen = new Set<string>();
  const isOutside = (path: string, folder: string | undefined): boolean =>
    folder !== undefined && !isAtOrBelow(path, folder);
  const outside = `lies outside of ${within}, and is not read from here`;
  const bounds = within === undefined ? undefined : realpathSync(within);
  for (const path of paths) {
    // Before anything is looked at: whether it is there is nobody's business, either.
    if (isOutside(path === STDIN ? STDIN : resolve(io.cwd, path), within)) {
      unreadable.push(fault(path, outside));
      continue;
    }
    if (path === STDIN) {
      if (seen.has(STDIN)) continue;
      seen.add(STDIN);
      const text = await io.readInput();
      if (text.length > MAX_BYTES) unreadable.push(fault(STDIN, tooLarge(text.length)));
      else sources.push({ file: STDIN, text: withoutMark(text) });
      continue;
    }
    const found = filesAt(path, io.cwd);
    if ('problem' in found) {
      unreadable.push(fault(path, found.problem));
      continue;
    }
    for (const { path: folder, problem } of found.closed) unreadable.push(fault(shownAs(folder, io.cwd), problem));
    for (const file of found.files) {
      const real = realpathSync(file);
      if (isOutside(real, bounds)) {
        unreadable.push(fault(path, outside));
        break;
      }
      if (seen.has(real)) continue;
      seen.add(real);
      if (seen.size > MAX_FILES) {
        unreadable.push(fault(path, `there are more than ${MAX_FILES} files: name a smaller folder`));
        return { sources, unreadable };
      }
      const name = shownAs(file, io.cwd);
      const read = readText(file);
      if ('text' in read) sources.push({ file: name, text: read.text });
      else unreadable.push(fault(name, read.problem));
    }
  }
  return { sources, unreadable };
}

const fault = (file: string, message: string): Unreadable => ({ file, line: 1, column: 1, message });

/** Relative to where the command was started where that is shorter to read, with slashes. */
export function shownAs(file: string, cwd: string): string {
  const name = relative(cwd, file) || file;
  return sep === '/' ? name : name.replaceAll(sep, '/');
}

const tooLarge = (bytes: number): string =>
  `is ${bytes} bytes long: at most ${MAX_BYTES} are read; split it into several files`;

/** One file's text. */
export function readText(file: string): { readonly text: string } | { readonly problem: string } {
  try {
    const { size } = statSync(file);
    if (size > MAX_BYTES) return { problem: tooLarge(size) };
    return decode(readFileSync(file));
  } catch (error) {
    return { problem: whyNot(error) };
  }
}

/** `cannot be read: permission denied`, of an error of the file system. */
function whyNot(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return `cannot be read: ${/^E[A-Z]+: (.*?)(?:, \w+(?: '.*')?)?$/s.exec(message)?.[1] ?? message}`;
}

function decode(bytes: Buffer): { readonly text: string } | { readonly problem: string } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { problem: 'is not UTF-8: save it in that encoding' };
  }
}

const withoutMark = (text: string): string => (text.startsWith('\ufeff') ? text.slice(1) : text);

/** The files that a path names, whole paths, for commands that write to them. Throws `CliError` where there is none. */
export function filesNamed(path: string, cwd: string): readonly string[] {
  const found = filesAt(path, cwd);
  if ('problem' in found) throw new CliError(`${path}: it ${found.problem}`, { exitCode: EXIT.usage });
  const [first] = found.closed;
  if (first !== undefined) {
    throw new CliError(`${shownAs(first.path, cwd)}: it ${first.problem}`, { exitCode: EXIT.usage });
  }
  return found.files;
}

/** The repository that a folder lies in: the nearest folder above that has `.git`. */
export function repositoryOf(folder: string): string | undefined {
  if (existsSync(join(folder, '.git'))) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : repositoryOf(parent);
}

const isAtOrBelow = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

interface Found {
  readonly files: readonly string[];
  /** Folders that we may not look into. */
  readonly closed: readonly Closed[];
}
interface Closed {
  readonly path: string;
  readonly problem: string;
}

function filesAt(path: string, cwd: string): Found | { readonly problem: string } {
  const full = resolve(cwd, path);
  let stat: Stats | undefined;
  try {
    stat = statSync(full, { throwIfNoEntry: false });
  } catch (error) {
    return { problem: whyNot(error) };
  }
  if (stat?.isFile()) return { files: [full], closed: [] };
  if (stat?.isDirectory()) return filesUnder(full);
  if (stat !== undefined) return { problem: 'is neither a file nor a folder' };
  if (!isPathGlob(path)) return { problem: 'does not exist' };
  const matched = matchPaths(path, cwd);
  if ('problem' in matched) return matched;
  const repository = repositoryOf(cwd);
  const below = matched.paths
    .filter((match) => !leadsOut(match, repository))
    .map((match): Found => {
      const kind = statSync(match, { throwIfNoEntry: false });
      if (kind?.isDirectory()) return filesUnder(match);
      return { files: kind?.isFile() ? [match] : [], closed: [] };
    });
  const files = below.flatMap((each) => each.files);
  const closed = below.flatMap((each) => each.closed);
  return files.length + closed.length === 0 ? { problem: 'matches no file' } : { files, closed };
}

function filesUnder(folder: string): Found {
  const root = realpathSync(folder);
  const visited = new Set<string>();
  const files: string[] = [];
  const closed: Closed[] = [];
  const walk = (at: string): void => {
    const real = realpathSync(at);
    if (visited.has(real)) return;
    visited.add(real);
    let entries: Dirent[];
    try {
      entries = readdirSync(at, { withFileTypes: true });
    } catch (error) {
      closed.push({ path: at, problem: whyNot(error) });
      return;
    }
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const child = join(at, entry.name);
      const kind = entry.isSymbolicLink() ? linked(child, root) : entry;
      if (kind?.isDirectory()) {
        if (entry.name !== 'node_modules' && !entry.name.startsWith('.')) walk(child);
      } else if (kind?.isFile() && YAML_FILE.test(entry.name) && files.length <= MAX_FILES) files.push(child);
    }
  };
  walk(folder);
  return { files, closed };
}

/** Whether a path within the repository is really outside of it: a pattern does not mean what a pull request links there. */
function leadsOut(path: string, repository: string | undefined): boolean {
  if (repository === undefined || !isAtOrBelow(path, repository)) return false;
  try {
    return !isAtOrBelow(realpathSync(path), realpathSync(repository));
  } catch {
    return true;
  }
}

/** What a link leads to; undefined where that is nothing, or outside of the folder. */
function linked(link: string, root: string) {
  try {
    const target = realpathSync(link);
    return isAtOrBelow(target, root) ? statSync(target) : undefined;
  } catch {
    // It leads nowhere, or to itself.
    return undefined;
  }
}
