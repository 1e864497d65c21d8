import { type CelIssue, issueAt } from './issues.ts';
import type { Token } from './lexer.ts';

/** What an expression may begin with, in the order in which ANTLR tells it. */
const STARTS = [
  "'['",
  "'{'",
  "'('",
  "'.'",
  "'-'",
  "'!'",
  "'true'",
  "'false'",
  "'null'",
  'NUM_FLOAT',
  'NUM_INT',
  'NUM_UINT',
  'STRING',
  'BYTES',
  'IDENTIFIER',
];

/** Ends parsing after an error from which nothing sensible can be read on. */
export class Abort {}

/** The place in an expression's tokens, and the syntax errors met there as ANTLR's parser for cel-go words them. */
export class TokenCursor {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  readonly issues: CelIssue[];
  #at = 0;

  constructor(source: string, tokens: readonly Token[], issues: CelIssue[]) {
    this.#source = source;
    this.#tokens = tokens;
    this.issues = issues;
  }

  get token(): Token {
    return this.peek(0);
  }

  peek(ahead: number): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)] as Token;
  }

  is(text: string): boolean {
    return this.token.kind === 'op' && this.token.text === text;
  }

  /** Passes over tokens that were looked at already. */
  skip(count: number): void {
    this.#at += count;
  }

  next(): Token {
    const token = this.token;
    this.#at++;
    return token;
  }

  /** Takes the token if it is this operator. */
  accept(text: string): Token | undefined {
    return this.is(text) ? this.next() : undefined;
  }

  /** Notes an error; parsing goes on. */
  report(offset: number, message: string): void {
    this.issues.push(issueAt(this.#source, offset, message));
  }

  /** Notes a syntax error and ends parsing. */
  syntax(token: Token, message: string): never {
    this.report(token.offset, `Syntax error: ${message}`);
    throw new Abort();
  }

  /** Takes a token that must be here, with ANTLR's guess at what went wrong if it is not. */
  expect(text: string, others: readonly string[] = []): Token {
    const found = this.accept(text);
    if (found !== undefined) return found;
    const token = this.token;
    const expecting = others.length === 0 ? `'${text}'` : `{'${text}', ${others.join(', ')}}`;
    const following = this.peek(1);
    if (following.kind === 'op' && following.text === text) {
      this.syntax(token, `extraneous input '${token.text}' expecting ${expecting}`);
    }
    const insertable = others.length === 0 && (text === ':' ? this.startsExpression(token) : true);
    if (insertable) this.syntax(token, `missing '${text}' at '${token.text}'`);
    this.syntax(token, `mismatched input '${token.text}' expecting ${expecting}`);
  }

  startsExpression(token: Token): boolean {
    return (
      token.kind === 'ident' ||
      token.kind === 'literal' ||
      token.kind === 'number' ||
      (token.kind === 'op' && '[{(.-!'.includes(token.text))
    );
  }

  /** No expression begins here; `others` could stand here too. */
  unexpected(others: readonly string[] = []): never {
    const token = this.token;
    const names = [...STARTS];
    if (others.includes("'?'")) names.splice(6, 0, "'?'");
    if (others.includes("')'")) names.splice(3, 0, "')'");
    const following = this.peek(1);
    const extraneous = token.kind !== 'eof' && this.startsExpression(following);
    this.syntax(
      token,
      `${extraneous ? 'extraneous' : 'mismatched'} input '${token.text}' expecting {${names.join(', ')}}`,
    );
  }
}
