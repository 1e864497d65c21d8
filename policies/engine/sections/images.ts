import { compileGlobs, type GlobSet, globProblem } from '../glob.ts';
import type { SectionContext } from '../policy.ts';

/** Patterns of images, which are compared with their registry written out; notes those that can match nothing. */
export function compileImages(patterns: readonly string[], field: string, context: SectionContext): GlobSet {
  for (const [i, pattern] of patterns.entries()) {
    const slash = pattern.indexOf('/');
    const registry = slash < 0 ? '' : pattern.slice(0, slash);
    const problem =
      globProblem(pattern) ??
      (/[.:*]/.test(registry) || registry === 'localhost' || pattern === '*'
        ? undefined
        : 'can match nothing: images are compared with their registry written out; write docker.io/library/… or ghcr.io/…');
    if (problem !== undefined) context.problem(`${field}[${i}]`, `${JSON.stringify(pattern)} ${problem}`);
  }
  return compileGlobs(patterns);
}
