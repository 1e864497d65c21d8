/** A pattern in which `*` stands for any text, the empty one included, and which the whole text must match. */
export interface Glob {
  readonly source: string;
  /** The one text that matches, where there is no `*`. */
  readonly literal?: string;
  test(text: string): boolean;
}

/** What other pattern languages give a meaning, and this one does not. */
const FOREIGN = /[?[\]{}\\]/;

/** Whether a pattern can match a name of an object: lower-case letters, digits, `-` and `.`, each part between dots begun and ended by a letter or digit. */
export function canName(pattern: string): boolean {
  return /^[a-z0-9.*-]+$/.test(pattern) && !/^[-.]|[-.]$|\.[-.]|-\./.test(pattern);
}

/** Why a pattern is likely not what its author means; undefined when it is fine. */
export function globProblem(pattern: string): string | undefined {
  if (pattern === '') return 'is empty and matches nothing: remove it';
  if (pattern !== pattern.trim()) return 'begins or ends with white space and can match nothing: remove the space';
  const foreign = FOREIGN.exec(pattern);
  return foreign === null
    ? undefined
    : `has "${foreign[0]}": "*" is the only wildcard; write one pattern for each case`;
}

/** Compiles a pattern. Matching takes time linear in pattern and text, whatever they are: nothing backtracks. */
export function compileGlob(pattern: string): Glob {
  const parts = pattern.split('*');
  if (parts.length === 1) return { source: pattern, literal: pattern, test: (text) => text === pattern };
  const first = parts[0] as string;
  const last = parts[parts.length - 1] as string;
  const inner = parts.slice(1, -1).filter((part) => part !== '');
  const shortest = first.length + last.length;
  if (inner.length === 0) {
    if (last === '') return { source: pattern, test: (text) => text.startsWith(first) };
    return {
      source: pattern,
      test: (text) => text.length >= shortest && text.startsWith(first) && text.endsWith(last),
    };
  }
  const finders = inner.map(finder);
  return {
    source: pattern,
    test(text) {
      const end = text.length - last.length;
      if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false;
      // The leftmost place for each part leaves the most room for those after it.
      let from = first.length;
      for (const find of finders) {
        const next = find(text, from, end);
        if (next < 0) return false;
        from = next;
      }
      return true;
    },
  };
}

/** Finds a part at or after `from`, ending by `end`; answers where it ends, or -1. Knuth, Morris and Pratt: no restarts. */
function finder(part: string): (text: string, from: number, end: number) => number {
  const fallback = new Uint16Array(part.length);
  for (let i = 1, k = 0; i < part.length; i++) {
    while (k > 0 && part[i] !== part[k]) k = fallback[k - 1] as number;
    if (part[i] === part[k]) k++;
    fallback[i] = k;
  }
  return (text, from, end) => {
    let matched = 0;
    for (let i = from; i < end; i++) {
      while (matched > 0 && text[i] !== part[matched]) matched = fallback[matched - 1] as number;
      if (text[i] === part[matched]) matched++;
      if (matched === part.length) return i + 1;
    }
    return -1;
  };
}

/** Several patterns, asked at once. */
export interface GlobSet {
  readonly sources: readonly string[];
  /** The first pattern that matches, undefined when none does. Literal ones are looked up, not tried. */
  match(text: string): string | undefined;
}

export function compileGlobs(patterns: readonly string[]): GlobSet {
  const globs = patterns.map(compileGlob);
  const literals = new Set(globs.flatMap(({ literal }) => literal ?? []));
  const wild = globs.filter(({ literal }) => literal === undefined);
  return {
    sources: patterns,
    match(text) {
      if (literals.size > 0 && literals.has(text)) return text;
      for (const glob of wild) if (glob.test(text)) return glob.source;
      return undefined;
    },
  };
}
