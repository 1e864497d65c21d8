import { isAbsolute, relative } from 'node:path';

/** A path as one would type it in `cwd`, quoted for a shell where it has to be. */
export function shownPath(path: string, cwd: string): string {
  const near = relative(cwd, path);
  const shown = near === '' || near.startsWith('..') || isAbsolute(near) ? path : near;
  return shellQuote(shown);
}

/** One word of a POSIX shell. */
export const shellQuote = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
