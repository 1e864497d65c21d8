import { RE2JS } from 're2js';

/**
 * Regular expressions in Go's (RE2's) syntax, matched in time linear in the text whatever the pattern: JavaScript's
 * own engine backtracks, and one hostile `pattern` in a CRD would stop the whole server. RE2JS is a port of Go's
 * engine, so that syntax, errors and what matches are Go's.
 */
export interface GoRegExp {
  readonly source: string;
  /** True when any part of the text matches. */
  test(text: string): boolean;
  /** The leftmost match, or null. */
  find(text: string): string | null;
  /** The leftmost matches one after the other, at most `limit` of them (all when negative). */
  findAll(text: string, limit: number): string[];
}

/** Compiles a pattern. Throws an Error that reads as Go's: "error parsing regexp: missing closing ): `(`". */
export function compileRegExp(pattern: string): GoRegExp {
  const compiled = compile(pattern);
  return {
    source: pattern,
    test: (text) => compiled.test(text),
    find(text) {
      const matcher = compiled.matcher(text);
      return matcher.find() ? matcher.group() : null;
    },
    findAll(text, limit) {
      const found: string[] = [];
      if (limit === 0) return found;
      const matcher = compiled.matcher(text);
      while (matcher.find()) {
        found.push(matcher.group() ?? '');
        if (found.length === limit) break;
      }
      return found;
    },
  };
}

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    // Go quotes the rest of the pattern after every complaint, empty as it is here.
    if (error instanceof Error && error.message.endsWith('at end of expression'))
      throw new Error(`${error.message}: \`\``);
    throw error;
  }
}
