import { execFile } from 'node:child_process';
import { relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { CliError } from '../exit.ts';

const run = promisify(execFile);
const MAX_OUTPUT = 64 * 1024 * 1024;
/** A file that only stamps have changed for so many commits is not looked at further. */
const MOST_COMMITS = 500;

export interface Commit {
  readonly hash: string;
  /** Mail address. */
  readonly author: string;
  /** Seconds since 1970. */
  readonly time: number;
}

/** What a file in Git comes from. */
export interface Origin {
  /** From the root of the repository, with slashes. */
  readonly path: string;
  readonly commit: Commit;
}

/** A working tree, as far as stamps need it. */
export interface Repository {
  readonly root: string;
  /** Address of the remote, or undefined where there is none. */
  remote(): Promise<string | undefined>;
  /**
   * The last commit that changed what is in the file. `same` says whether two versions of it are no different; a version that is not
   * there is undefined. Throws `CliError` where the file is not in Git, or is not what was committed.
   */
  originOf(file: string, text: string, same: (a: string, b: string | undefined) => boolean): Promise<Origin>;
}

/** The repository that `folder` is in. Throws `CliError` where there is none, or where its history is cut off. */
export async function openRepository(folder: string): Promise<Repository> {
  const git = async (...args: string[]): Promise<string> => {
    const options = { maxBuffer: MAX_OUTPUT, env: { ...process.env, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' } };
    return (await run('git', ['-C', folder, ...args], options)).stdout;
  };
  let root: string;
  try {
    root = (await git('rev-parse', '--show-toplevel')).trimEnd();
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new CliError(missing ? 'git is not installed' : `${folder} is in no Git working tree`, { cause: error });
  }
  if ((await git('rev-parse', '--is-shallow-repository')).trim() === 'true') {
    throw new CliError(
      'the history is cut off, so that the last commit of a file cannot be told: fetch all of it (git fetch --unshallow; actions/checkout: fetch-depth: 0)',
    );
  }

  const show = (revision: string, path: string): Promise<string | undefined> =>
    git('show', `${revision}:${path}`).catch(() => undefined);

  async function commitsOf(path: string): Promise<Commit[]> {
    const format = '--format=%H%x09%ae%x09%ct';
    const out = await git('log', format, `--max-count=${MOST_COMMITS}`, '--', `:(top,literal)${path}`).catch(() => '');
    return out.split('\n').flatMap((line) => {
      const [hash, author, time] = line.split('\t');
      return hash === undefined || author === undefined || hash === '' ? [] : [{ hash, author, time: Number(time) }];
    });
  }

  return {
    root,
    async remote() {
      const names = (await git('remote')).split('\n').filter(Boolean);
      const name = names.includes('origin') ? 'origin' : names[0];
      return name === undefined ? undefined : (await git('remote', 'get-url', name)).trim();
    },
    async originOf(file, text, same) {
      const path = relative(root, file).split(sep).join('/');
      const commits = await commitsOf(path);
      const head = await show('HEAD', path);
      if (commits.length === 0 || head === undefined) throw new CliError(`${path} is not in Git: commit it first`);
      if (!same(text, head)) throw new CliError(`${path} is not what was committed: commit the changes first`);
      let newer = head;
      for (const [index, commit] of commits.entries()) {
        const before = commits[index + 1];
        const older = before === undefined ? undefined : await show(before.hash, path);
        if (older === undefined || !same(older, newer)) return { path, commit };
        newer = older;
      }
      throw new CliError(`${path}: its last ${MOST_COMMITS} commits changed nothing but stamps`);
    },
  };
}
