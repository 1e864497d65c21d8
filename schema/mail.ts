import { parseIp } from './net.ts';

const ATEXT = /[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]/;

/**
 * True for what Go's `net/mail.ParseAddress` accepts: `a@b`, `"odd local"@b`, `Name <a@b>`, each with comments in
 * parentheses after it. Groups (`name: a@b;`) are not taken.
 */
export function isMailAddress(text: string): boolean {
  const scanner = { text, at: 0 };
  skipSpace(scanner);
  if (scanner.at >= text.length) return false;
  const start = scanner.at;
  if (!addressSpec(scanner)) {
    scanner.at = start;
    if (text[scanner.at] !== '<' && !phrase(scanner)) return false;
    skipSpace(scanner);
    if (text[scanner.at] !== '<') return false;
    scanner.at++;
    if (!addressSpec(scanner) || text[scanner.at] !== '>') return false;
    scanner.at++;
  }
  return comments(scanner) && scanner.at === text.length;
}

interface Scanner {
  readonly text: string;
  at: number;
}

function skipSpace(scanner: Scanner): void {
  while (scanner.text[scanner.at] === ' ' || scanner.text[scanner.at] === '\t') scanner.at++;
}

function comments(scanner: Scanner): boolean {
  for (;;) {
    skipSpace(scanner);
    if (scanner.text[scanner.at] !== '(') return true;
    let depth = 0;
    do {
      const char = scanner.text[scanner.at];
      if (char === undefined) return false;
      if (char === '(') depth++;
      else if (char === ')') depth--;
      else if (char === '\\') scanner.at++;
      scanner.at++;
    } while (depth > 0);
  }
}

function isAtomChar(char: string | undefined): boolean {
  return char !== undefined && (char === '.' || char > '\x7f' || ATEXT.test(char));
}

function atom(scanner: Scanner, permissive: boolean): boolean {
  const start = scanner.at;
  while (isAtomChar(scanner.text[scanner.at])) scanner.at++;
  const value = scanner.text.slice(start, scanner.at);
  if (value === '') return false;
  return permissive || !(value.startsWith('.') || value.endsWith('.') || value.includes('..'));
}

function quotedString(scanner: Scanner): string | undefined {
  scanner.at++;
  let value = '';
  for (;;) {
    let char = scanner.text[scanner.at++];
    if (char === '"') return value;
    if (char === '\\') char = scanner.text[scanner.at++];
    if (char === undefined || (char < ' ' && char !== '\t') || char === '\x7f') return undefined;
    value += char;
  }
}

function addressSpec(scanner: Scanner): boolean {
  skipSpace(scanner);
  if (scanner.text[scanner.at] === '"') {
    if (!quotedString(scanner)) return false;
  } else if (!atom(scanner, false)) return false;
  if (scanner.text[scanner.at] !== '@') return false;
  scanner.at++;
  skipSpace(scanner);
  if (scanner.text[scanner.at] !== '[') return atom(scanner, false);
  const end = scanner.text.indexOf(']', scanner.at);
  if (end < 0 || parseIp(scanner.text.slice(scanner.at + 1, end)) === undefined) return false;
  scanner.at = end + 1;
  return true;
}

function phrase(scanner: Scanner): boolean {
  let words = 0;
  for (;;) {
    if (words > 0 && !comments(scanner)) return false;
    skipSpace(scanner);
    const start = scanner.at;
    const ok = scanner.text[start] === '"' ? quotedString(scanner) !== undefined : atom(scanner, true);
    if (!ok) {
      scanner.at = start;
      return words > 0;
    }
    words++;
  }
}
