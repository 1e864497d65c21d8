import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { RE2JS } from 're2js';

const WILD = /[*?[{]/;
/** What shells with extended patterns understand, and we do not. */
const EXTENDED = /[?*+@!]\(/;
const MAX_ALTERNATIVES = 256;
/** Entries of folders that are looked at: more nobody means, such as those below `/`. */
const MAX_ENTRIES = 500_000;

/** Whether a path is a pattern. */
export const isPathGlob = (path: string): boolean => WILD.test(path);

/**
 * What a pattern of paths matches, whole paths in the order of their names: `*`, `?` and `[a-z]` within a name, `**` for folders at any
 * depth (hidden ones and node_modules left out), `{a,b}`. Patterns come from suites, and so from pull requests: the time it takes is
 * linear in what is there, whatever the pattern.
 */
export function matchPaths(
  pattern: string,
  cwd: string,
): { readonly paths: readonly string[] } | { readonly problem: string } {
  if (EXTENDED.test(pattern)) return { problem: 'has a parenthesis: only *, **, ?, [a-z] and {a,b} are understood' };
  const alternatives = expandBraces(pattern);
  if (alternatives === undefined)
    return { problem: `stands for more than ${MAX_ALTERNATIVES} patterns: write fewer { }` };
  const found = new Set<string>();
  const budget = { left: MAX_ENTRIES };
  for (const alternative of alternatives) {
    const problem = matchOne(alternative, cwd, found, budget);
    if (problem !== undefined) return { problem };
  }
  return { paths: [...found].sort() };
}

/** The patterns that one with `{a,b}` stands for; undefined where they are too many. */
function expandBraces(pattern: string): string[] | undefined {
  let done: string[] = [''];
  for (const part of pattern.split(/(\{[^{}]*\})/)) {
    const options = part.startsWith('{') && part.includes(',') ? part.slice(1, -1).split(',') : [part];
    if (done.length * options.length > MAX_ALTERNATIVES) return undefined;
    done = done.flatMap((head) => options.map((option) => head + option));
  }
  return done;
}

function matchOne(pattern: string, cwd: string, found: Set<string>, budget: { left: number }): string | undefined {
  const names = pattern.split('/');
  const firstWild = names.findIndex(isPathGlob);
  if (firstWild < 0) {
    const path = resolve(cwd, pattern);
    if (statSync(path, { throwIfNoEntry: false }) !== undefined) found.add(path);
    return undefined;
  }
  const steps: Step[] = [];
  for (const name of names.slice(firstWild)) {
    if (name === '..') return 'has .. behind a wildcard: begin with it';
    if (name === '' || name === '.' || (name === '**' && steps.at(-1) === ANY_DEPTH)) continue;
    const step = name === '**' ? ANY_DEPTH : stepOf(name);
    if (step === undefined) return `has ${JSON.stringify(name)}, which is no pattern`;
    steps.push(step);
  }
  const head = names.slice(0, firstWild).join('/');
  const root = resolve(cwd, head === '' && pattern.startsWith('/') ? '/' : head);

  /** The folder and all below it, once: `at` are the steps that an entry may be at. */
  const walk = (folder: string, at: readonly number[]): void => {
    for (const entry of entriesOf(folder)) {
      if (--budget.left < 0) return;
      const path = join(folder, entry.name);
      const next = new Set<number>();
      for (const step of at) {
        if (steps[step] === ANY_DEPTH) {
          if (entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules') next.add(step);
        } else if (steps[step]?.(entry.name) === true) next.add(step + 1);
      }
      if (closed(next).includes(steps.length)) found.add(path);
      const further = closed(next).filter((step) => step < steps.length);
      if (
        further.length > 0 &&
        (entry.isDirectory() ||
          (entry.isSymbolicLink() && isFolder(path) && !further.some((step) => steps[step] === ANY_DEPTH)))
      )
        walk(path, further);
    }
  };
  /** `**` stands for no folder, too. */
  const closed = (at: Iterable<number>): number[] => [
    ...new Set([...at].flatMap((step) => (steps[step] === ANY_DEPTH ? [step, step + 1] : [step]))),
  ];
  walk(root, closed([0]));
  return budget.left < 0 ? `looks at more than ${MAX_ENTRIES} entries: name a smaller folder` : undefined;
}

type Step = (name: string) => boolean;
const ANY_DEPTH: Step = () => true;

/** A name with wildcards; names that begin with a dot have to be asked for by one. */
function stepOf(name: string): Step | undefined {
  const source = name.replaceAll(/\[[!^]?\]?[^\]]*\]|[\s\S]/g, (part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    if (part.length > 1) return part.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
    return part.replace(/[\\^$.|+()[\]{}]/, '\\$&');
  });
  try {
    const expression = RE2JS.compile(`^(?:${source})$`, RE2JS.DOTALL);
    const dotted = name.startsWith('.');
    return (text) => text.startsWith('.') === dotted && expression.matches(text);
  } catch {
    return undefined;
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // It is gone, no folder, or not to be read: a pattern matches what is there.
    return [];
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
