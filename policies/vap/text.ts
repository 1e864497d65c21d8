import { compileGlob } from '../engine/glob.ts';

/** A literal of CEL. */
export const quoted = (text: string): string => JSON.stringify(text);

export const listOf = (texts: readonly string[]): string => `[${texts.map(quoted).join(', ')}]`;

export const allOf = (parts: readonly string[]): string => parts.map(inParentheses).join(' && ') || 'true';
export const anyOf = (parts: readonly string[]): string => parts.map(inParentheses).join(' || ') || 'false';

const inParentheses = (part: string, _index: number, all: readonly string[]): string =>
  all.length > 1 && /&&|\|\||\?/.test(part) ? `(${part})` : part;

/** Whether the text of an expression matches one of the patterns, in which `*` stands for any text. */
export function matchesGlobs(expression: string, patterns: readonly string[]): string {
  const literals = patterns.filter((pattern) => compileGlob(pattern).literal !== undefined);
  const wild = patterns.filter((pattern) => !literals.includes(pattern));
  if (wild.some((pattern) => /^\*+$/.test(pattern))) return 'true';
  return anyOf([
    ...(literals.length === 0 ? [] : [`${expression} in ${listOf(literals)}`]),
    ...wild.map((pattern) => {
      const [first = '', ...rest] = pattern.split('*');
      if (rest.every((part) => part === '')) return `${expression}.startsWith(${quoted(first)})`;
      return `${expression}.matches(${quoted(`(?s)^${pattern.split('*').map(escapeRegExp).join('.*')}$`)})`;
    }),
  ]);
}

const escapeRegExp = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&').replaceAll('\\/', '/');
