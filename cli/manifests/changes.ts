import { execFile, spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { CliError, EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import type { Source } from './files.ts';

/** What a branch changes. */
export interface Changes {
  /** Whether a file, named as in `Source`, is new or changed. */
  has(file: string): boolean;
  /** A file with an exception, a ConfigMap or a Namespace was changed or deleted: that can concern every object. */
  readonly concernsAll: boolean;
  /** What the changed and deleted files held before. */
  readonly before: readonly Source[];
}

const run = promisify(execFile);
const CONCERNING_ALL = /"?kind"?\s*:\s*"?(AgentPolicyException|ConfigMap|Namespace)\b/;
const YAML_FILE = /\.(ya?ml|json)$/i;
/** What `git` may answer, in bytes. */
const MAX_ANSWER = 64 * 1024 * 1024;

/**
 * The files that differ from where the branch left `ref`, as in a pull request: committed or not, new ones that git does not ignore
 * included. Throws `CliError` where there is no git, no repository, no such commit.
 */
export async function changesSince(ref: string, io: Io): Promise<Changes> {
  const git = async (...args: string[]): Promise<string> => {
    const { stdout } = await run('git', args, { cwd: io.cwd, maxBuffer: MAX_ANSWER, encoding: 'utf8' });
    return stdout;
  };
  const usage = (message: string, cause?: unknown) =>
    new CliError(`--base ${ref}: ${message}`, { exitCode: EXIT.usage, cause });
  let top: string;
  try {
    top = (await git('rev-parse', '--show-toplevel')).trimEnd();
  } catch (error) {
    throw usage(`${io.cwd} is no git repository, or git is not installed`, error);
  }
  let base: string;
  try {
    const commit = (await git('rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`)).trim();
    // A branch that shares no history with it, as after a shallow clone, is compared with the commit itself.
    base = await git('merge-base', commit, 'HEAD').then(
      (text) => text.trim(),
      () => commit,
    );
  } catch (error) {
    throw usage('there is no such commit; fetch it first (actions/checkout: fetch-depth: 0)', error);
  }
  const [changed, deleted, added] = await Promise.all([
    git('-C', top, 'diff', '--name-only', '--no-renames', '-z', '--diff-filter=d', base, '--'),
    git('-C', top, 'diff', '--name-only', '--no-renames', '-z', '--diff-filter=D', base, '--'),
    git('-C', top, 'ls-files', '--others', '--exclude-standard', '-z'),
  ]);
  const names = (text: string) => text.split('\0').filter((name) => name !== '');
  const touched = new Set([...names(changed), ...names(added)].map((name) => join(top, name)));
  const before = textsAt(
    [...names(changed), ...names(deleted)].filter((name) => YAML_FILE.test(name) && !name.includes('\n')),
    base,
    top,
  );
  const concernsAll = before.some(({ text }) => CONCERNING_ALL.test(text));

  return { has: (file) => file === '-' || touched.has(resolve(io.cwd, file)), concernsAll, before };
}

/** What files held at a commit. */
function textsAt(names: readonly string[], commit: string, top: string): Source[] {
  if (names.length === 0) return [];
  const { stdout } = spawnSync('git', ['-C', top, 'cat-file', '--batch'], {
    input: names.map((name) => `${commit}:${name}\n`).join(''),
    maxBuffer: MAX_ANSWER,
  });
  const texts: Source[] = [];
  let at = 0;
  for (const name of names) {
    const end = stdout.indexOf('\n', at);
    if (end < 0) break;
    const [, type, size] = stdout.toString('utf8', at, end).split(' ');
    at = end + 1;
    // A file that was not there then has a line, and no text.
    if (type !== 'blob') continue;
    const length = Number(size);
    texts.push({ file: name, text: stdout.toString('utf8', at, at + length) });
    at += length + 1;
  }
  return texts;
}
