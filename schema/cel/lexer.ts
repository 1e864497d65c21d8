import { type CelIssue, issueAt } from './issues.ts';
import { CelUint, type CelValue } from './values.ts';

export type TokenKind = 'ident' | 'literal' | 'number' | 'op' | 'eof';

export interface Token {
  readonly kind: TokenKind;
  /** As written; `<EOF>` at the end. */
  readonly text: string;
  readonly offset: number;
  /** Of literals. */
  readonly value?: CelValue;
}

const OPERATORS = [
  '==',
  '!=',
  '<=',
  '>=',
  '&&',
  '||',
  '<',
  '>',
  '+',
  '-',
  '*',
  '/',
  '%',
  '!',
  '?',
  ':',
  '.',
  ',',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
];
const SPACE = /(?:[ \t\r\n\f]+|\/\/[^\n]*)*/y;
const IDENTIFIER = /[A-Za-z_][A-Za-z0-9_]*/y;
const ESCAPED_IDENTIFIER = /`[A-Za-z0-9_.\-/ ]+`/y;
const FLOAT = /(?:[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|\.[0-9]+(?:[eE][+-]?[0-9]+)?)/y;
const INTEGER = /(0x[0-9a-fA-F]+|[0-9]+)([uU]?)/y;
const ESCAPE = String.raw`\\(?:[abfnrtv"'\\?\x60]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2})`;
const STRINGS: readonly RegExp[] = [
  '[bB]?[rR]"""[^]*?"""',
  "[bB]?[rR]'''[^]*?'''",
  String.raw`[bB]?[rR]"[^"\n\r]*"`,
  String.raw`[bB]?[rR]'[^'\n\r]*'`,
  String.raw`[bB]?"""(?:${ESCAPE}|[^\\])*?"""`,
  String.raw`[bB]?'''(?:${ESCAPE}|[^\\])*?'''`,
  String.raw`[bB]?"(?:${ESCAPE}|[^\\"\n\r])*"`,
  String.raw`[bB]?'(?:${ESCAPE}|[^\\'\n\r])*'`,
].map((source) => new RegExp(source, 'y'));
const INT_LIMIT = 1n << 63n;
const UINT_LIMIT = 1n << 64n;

/** Splits an expression into tokens. Characters that begin none are reported and skipped, as ANTLR does. */
export function tokenize(source: string): { tokens: Token[]; issues: CelIssue[] } {
  const tokens: Token[] = [];
  const issues: CelIssue[] = [];
  let at = 0;
  const match = (expression: RegExp): RegExpExecArray | null => {
    expression.lastIndex = at;
    return expression.exec(source);
  };
  for (;;) {
    at += match(SPACE)?.[0].length ?? 0;
    if (at >= source.length) break;
    const token = readString(match, at) ?? readWord(match, at) ?? readNumber(match, at, source, issues);
    if (token !== undefined) {
      tokens.push(token);
      at += token.text.length;
      continue;
    }
    const operator = OPERATORS.find((candidate) => source.startsWith(candidate, at));
    if (operator !== undefined) {
      tokens.push({ kind: 'op', text: operator, offset: at });
      at += operator.length;
      continue;
    }
    const end = unreadable(source, at);
    issues.push(issueAt(source, at, `Syntax error: token recognition error at: '${source.slice(at, end)}'`));
    at = end;
  }
  tokens.push({ kind: 'eof', text: '<EOF>', offset: source.length });
  return { tokens, issues };
}

/** Where the lexer gives up on a token: a string that does not end takes the rest of its line with it. */
function unreadable(source: string, at: number): number {
  const quote = source[at];
  if (quote === '"' || quote === "'") {
    let end = at + 1;
    while (end < source.length && source[end] !== '\n') {
      if (source[end] === '\\' && !new RegExp(ESCAPE, 'y').test(source.slice(end)))
        return Math.min(end + 2, source.length);
      end += 1;
    }
    return end;
  }
  // `=`, `&` and `|` are read on for their second half.
  const width = (source.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return quote !== undefined && '=&|'.includes(quote) ? Math.min(at + 2, source.length) : at + width;
}

type Match = (expression: RegExp) => RegExpExecArray | null;

function readWord(match: Match, offset: number): Token | undefined {
  const escaped = match(ESCAPED_IDENTIFIER);
  if (escaped !== null) return { kind: 'op', text: escaped[0], offset };
  const found = match(IDENTIFIER);
  if (found === null) return undefined;
  const [text] = found;
  switch (text) {
    case 'true':
    case 'false':
      return { kind: 'literal', text, offset, value: text === 'true' };
    case 'null':
      return { kind: 'literal', text, offset, value: null };
    case 'in':
      return { kind: 'op', text, offset };
    default:
      return { kind: 'ident', text, offset };
  }
}

function readNumber(match: Match, offset: number, source: string, issues: CelIssue[]): Token | undefined {
  const float = match(FLOAT);
  if (float !== null) {
    const value = Number(float[0]);
    if (!Number.isFinite(value)) issues.push(issueAt(source, offset, 'invalid double literal'));
    return { kind: 'number', text: float[0], offset, value };
  }
  const integer = match(INTEGER);
  if (integer === null) return undefined;
  const value = BigInt(integer[1] ?? '0');
  const [text] = integer;
  if (integer[2] !== '') {
    if (value >= UINT_LIMIT) issues.push(issueAt(source, offset, 'invalid uint literal'));
    return { kind: 'number', text, offset, value: new CelUint(value) };
  }
  // The smallest int is written as a negated literal: the parser checks the limit together with the sign.
  if (value > INT_LIMIT) issues.push(issueAt(source, offset, 'invalid int literal'));
  return { kind: 'number', text, offset, value };
}

function readString(match: Match, offset: number): Token | undefined {
  for (const expression of STRINGS) {
    const found = match(expression);
    if (found !== null) return { kind: 'literal', text: found[0], offset, value: unquote(found[0]) };
  }
  return undefined;
}

function unquote(text: string): string | Uint8Array {
  const prefix = /^[bBrR]*/.exec(text)?.[0].toLowerCase() ?? '';
  let body = text.slice(prefix.length);
  const width = body.startsWith('"""') || body.startsWith("'''") ? 3 : 1;
  body = body.slice(width, body.length - width);
  if (prefix.includes('b')) return toBytes(body, prefix.includes('r'));
  return prefix.includes('r') || !body.includes('\\') ? body : body.replace(new RegExp(ESCAPE, 'g'), unescapeOne);
}

const SIMPLE = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
]);

function unescapeOne(sequence: string): string {
  const kind = sequence[1] ?? '';
  const simple = SIMPLE.get(kind);
  if (simple !== undefined) return simple;
  const code = escapedCode(sequence);
  if (code === undefined) return kind;
  return code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? '\ufffd' : String.fromCodePoint(code);
}

function escapedCode(sequence: string): number | undefined {
  if (/^\\[xXuU]/.test(sequence)) return Number.parseInt(sequence.slice(2), 16);
  return /^\\[0-3]/.test(sequence) ? Number.parseInt(sequence.slice(1), 8) : undefined;
}

/** Bytes: characters in UTF-8, `\xFF` and `\377` one byte each. */
function toBytes(body: string, raw: boolean): Uint8Array {
  const encoder = new TextEncoder();
  if (raw) return encoder.encode(body);
  const bytes: number[] = [];
  for (const part of body.split(new RegExp(`(${ESCAPE})`))) {
    const code = part.startsWith('\\') ? escapedCode(part) : undefined;
    if (code !== undefined && code <= 0xff) bytes.push(code);
    else bytes.push(...encoder.encode(part.startsWith('\\') ? unescapeOne(part) : part));
  }
  return Uint8Array.from(bytes);
}
