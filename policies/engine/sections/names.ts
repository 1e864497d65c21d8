import { canName, compileGlobs, type GlobSet, globProblem } from '../glob.ts';
import type { SectionContext } from '../policy.ts';

/** Patterns of names of objects: lower-case letters, digits, `-` and `.`. */
export function objectNames(patterns: readonly string[], field: string, context: SectionContext): GlobSet {
  for (const [i, pattern] of patterns.entries()) {
    const problem =
      globProblem(pattern) ??
      (canName(pattern) ? undefined : 'can match nothing: names are of lower-case letters, digits, "-" and "."');
    if (problem !== undefined) context.problem(`${field}[${i}]`, `${JSON.stringify(pattern)} ${problem}`);
  }
  return compileGlobs(patterns);
}
