import { balance, type CallExpr, call, type Entry, type Expr, literal, type StructField } from './ast.ts';
import { CelCompileError, type CelIssue, issueAt, issueWithAll } from './issues.ts';
import { type Token, tokenize } from './lexer.ts';
import { expandMacro } from './macros.ts';
import type { CelValue } from './values.ts';

/** cel-go's own limits. */
const MAX_DEPTH = 250;
const MAX_CODE_POINTS = 100_000;

const RESERVED: ReadonlySet<string> = new Set(
  'as break const continue else false for function if import in let loop package namespace null return true var void while'.split(
    ' ',
  ),
);

const RELATIONS: ReadonlySet<string> = new Set(['<', '<=', '>=', '>', '==', '!=', 'in']);
const INT_LIMIT = 1n << 63n;

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

/** Parses an expression and expands its macros. Throws CelCompileError with messages as cel-go words the common ones. */
export function parse(source: string): Expr {
  if (source.length > MAX_CODE_POINTS) {
    const size = [...source].length;
    if (size > MAX_CODE_POINTS) {
      const message = `expression code point size exceeds limit: size: ${size}, limit ${MAX_CODE_POINTS}`;
      throw new CelCompileError([issueAt(source, 0, message)], source);
    }
  }
  const { tokens, issues } = tokenize(source);
  return new Parser(source, tokens, issues).parse();
}

/** Ends parsing after an error from which nothing sensible can be read on. */
class Abort {}

class Parser {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  readonly #issues: CelIssue[];
  #at = 0;
  #depth = 0;
  /** How deep operators, selections, indexes and conditionals nest in what was parsed last. */
  #height = 0;

  constructor(source: string, tokens: readonly Token[], issues: CelIssue[]) {
    this.#source = source;
    this.#tokens = tokens;
    this.#issues = issues;
  }

  parse(): Expr {
    let expr: Expr | undefined;
    try {
      expr = this.#expression();
      if (this.#token.kind !== 'eof') {
        const extraneous = this.#peek(1).kind === 'eof';
        this.#syntax(
          this.#token,
          `${extraneous ? 'extraneous' : 'mismatched'} input '${this.#token.text}' expecting <EOF>`,
        );
      }
    } catch (error) {
      if (!(error instanceof Abort)) throw error;
    }
    if (this.#height > MAX_DEPTH) this.#issues.push(issueWithAll('max recursion depth exceeded'));
    if (this.#issues.length > 0 || expr === undefined) {
      const issues = [...this.#issues].sort((a, b) => a.offset - b.offset);
      throw new CelCompileError(issues, this.#source);
    }
    return expr;
  }

  get #token(): Token {
    return this.#peek(0);
  }

  #peek(ahead: number): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)] as Token;
  }

  #is(text: string): boolean {
    return this.#token.kind === 'op' && this.#token.text === text;
  }

  #next(): Token {
    const token = this.#token;
    this.#at++;
    return token;
  }

  #accept(text: string): Token | undefined {
    return this.#is(text) ? this.#next() : undefined;
  }

  #report(offset: number, message: string): void {
    this.#issues.push(issueAt(this.#source, offset, message));
  }

  #syntax(token: Token, message: string): never {
    this.#report(token.offset, `Syntax error: ${message}`);
    throw new Abort();
  }

  /** Takes a token that must be here, with ANTLR's guess at what went wrong if it is not. */
  #expect(text: string, others: readonly string[] = []): Token {
    const found = this.#accept(text);
    if (found !== undefined) return found;
    const token = this.#token;
    const expecting = others.length === 0 ? `'${text}'` : `{'${text}', ${others.join(', ')}}`;
    const following = this.#peek(1);
    if (following.kind === 'op' && following.text === text) {
      this.#syntax(token, `extraneous input '${token.text}' expecting ${expecting}`);
    }
    const insertable = others.length === 0 && (text === ':' ? this.#startsExpression(token) : true);
    if (insertable) this.#syntax(token, `missing '${text}' at '${token.text}'`);
    this.#syntax(token, `mismatched input '${token.text}' expecting ${expecting}`);
  }

  #startsExpression(token: Token): boolean {
    return (
      token.kind === 'ident' ||
      token.kind === 'literal' ||
      token.kind === 'number' ||
      (token.kind === 'op' && '[{(.-!'.includes(token.text))
    );
  }

  #expression(): Expr {
    if (++this.#depth > MAX_DEPTH) {
      this.#issues.push(issueWithAll(`expression recursion limit exceeded: ${MAX_DEPTH}`));
      throw new Abort();
    }
    const condition = this.#logical('||');
    const question = this.#accept('?');
    let expr = condition;
    if (question !== undefined) {
      let height = this.#height;
      const yes = this.#logical('||');
      height = Math.max(height, this.#height);
      if (!this.#is(':')) this.#syntax(this.#token, `mismatched input '${this.#token.text}' expecting ':'`);
      this.#next();
      const no = this.#expression();
      this.#height = 1 + Math.max(height, this.#height);
      expr = call(question.offset, '_?_:_', [condition, yes, no]);
    }
    this.#depth--;
    return expr;
  }

  #logical(operator: '||' | '&&'): Expr {
    const operand = () => (operator === '||' ? this.#logical('&&') : this.#relation());
    const terms = [operand()];
    const offsets: number[] = [];
    let height = this.#height;
    for (let token = this.#accept(operator); token !== undefined; token = this.#accept(operator)) {
      offsets.push(token.offset);
      terms.push(operand());
      height = Math.max(height, this.#height);
    }
    this.#height = height;
    return balance(operator === '||' ? '_||_' : '_&&_', terms, offsets);
  }

  #relation(): Expr {
    return this.#chain(
      (token) => RELATIONS.has(token.text),
      () => this.#sum(),
    );
  }

  #sum(): Expr {
    return this.#chain(
      ({ text }) => text === '+' || text === '-',
      () => this.#product(),
    );
  }

  #product(): Expr {
    return this.#chain(
      ({ text }) => text === '*' || text === '/' || text === '%',
      () => this.#unary(),
    );
  }

  /** Operators that group from the left: such a chain nests as deep as it is long. */
  #chain(isOperator: (token: Token) => boolean, operand: () => Expr): Expr {
    let left = operand();
    let height = this.#height;
    while (this.#token.kind === 'op' && isOperator(this.#token)) {
      const token = this.#next();
      const fn = token.text === 'in' ? '@in' : `_${token.text}_`;
      left = call(token.offset, fn, [left, operand()]);
      height = 1 + Math.max(height, this.#height);
    }
    this.#height = height;
    return left;
  }

  #unary(): Expr {
    const token = this.#token;
    if (!this.#is('!') && !this.#is('-')) return this.#member(this.#primary());
    // One minus right before a number belongs to the number.
    if (token.text === '-' && this.#peek(1).kind === 'number') return this.#member(this.#primary());
    let count = 0;
    while (this.#is(token.text)) {
      this.#next();
      count++;
    }
    const operand = this.#member(this.#primary());
    return count % 2 === 0 ? operand : call(token.offset, `${token.text}_`, [operand]);
  }

  #member(primary: Expr): Expr {
    let expr = primary;
    let height = this.#height;
    for (;;) {
      this.#height = 0;
      const dot = this.#accept('.');
      if (dot !== undefined) {
        expr = this.#selection(expr, dot.offset);
        height = 1 + Math.max(height, this.#height);
        continue;
      }
      const bracket = this.#accept('[');
      if (bracket === undefined) {
        this.#height = height;
        return expr;
      }
      const optional = this.#accept('?') !== undefined;
      if (!optional && !this.#startsExpression(this.#token)) this.#unexpected(["'?'"]);
      const index = this.#expression();
      height = 1 + Math.max(height, this.#height);
      this.#expect(']');
      expr = call(bracket.offset, optional ? '_[?_]' : '_[_]', [expr, index]);
    }
  }

  #selection(operand: Expr, offset: number): Expr {
    const optional = this.#accept('?') !== undefined;
    const name = this.#token;
    if (name.kind === 'op' && name.text.startsWith('`')) {
      this.#report(name.offset, "unsupported syntax: '`'");
      throw new Abort();
    }
    if (name.kind !== 'ident') this.#syntax(name, "no viable alternative at input '.'");
    this.#next();
    if (optional) return call(offset, '_?._', [operand, literal(name.offset, name.text)]);
    const open = this.#accept('(');
    if (open === undefined) return { kind: 'select', offset, operand, field: name.text, testOnly: false };
    return this.#macro({ kind: 'call', offset: open.offset, fn: name.text, target: operand, args: this.#arguments() });
  }

  /** One of several expressions: the deepest of them counts. */
  #part(): Expr {
    const height = this.#height;
    const expr = this.#expression();
    this.#height = Math.max(height, this.#height);
    return expr;
  }

  #arguments(): Expr[] {
    const args: Expr[] = [];
    this.#height = 0;
    if (this.#accept(')') !== undefined) return args;
    if (!this.#startsExpression(this.#token)) this.#unexpected(["')'"]);
    do args.push(this.#part());
    while (this.#accept(',') !== undefined);
    this.#expect(')');
    return args;
  }

  #macro(expr: CallExpr): Expr {
    const { expanded, error } = expandMacro(expr);
    if (error !== undefined) this.#report(error.offset, error.message);
    return expanded ?? expr;
  }

  #unexpected(others: readonly string[] = []): never {
    const token = this.#token;
    const names = [...STARTS];
    if (others.includes("'?'")) names.splice(6, 0, "'?'");
    if (others.includes("')'")) names.splice(3, 0, "')'");
    const following = this.#peek(1);
    const extraneous = token.kind !== 'eof' && this.#startsExpression(following);
    this.#syntax(
      token,
      `${extraneous ? 'extraneous' : 'mismatched'} input '${token.text}' expecting {${names.join(', ')}}`,
    );
  }

  #primary(): Expr {
    this.#height = 0;
    const token = this.#token;
    switch (token.kind) {
      case 'literal':
        this.#next();
        return literal(token.offset, token.value as CelValue);
      case 'number':
        this.#next();
        return this.#number(token, false, token.offset);
      case 'ident':
        this.#next();
        return this.#named(token, '');
      case 'eof':
        return this.#unexpected();
      default:
        break;
    }
    switch (token.text) {
      case '-':
        if (this.#peek(1).kind !== 'number') return this.#unexpected();
        this.#next();
        return this.#number(this.#next(), true, token.offset);
      case '(': {
        this.#next();
        const inner = this.#expression();
        this.#expect(')');
        return inner;
      }
      case '[':
        this.#next();
        return this.#list(token.offset);
      case '{':
        this.#next();
        return { kind: 'map', offset: token.offset, entries: this.#entries() };
      case '.': {
        this.#next();
        const name = this.#token;
        if (name.kind !== 'ident') return this.#unexpected();
        this.#next();
        return this.#named(name, '.');
      }
      default:
        return this.#unexpected();
    }
  }

  #number(token: Token, negative: boolean, offset: number): Expr {
    const { value } = token;
    if (typeof value === 'bigint') {
      if (!negative && value === INT_LIMIT) this.#report(offset, 'invalid int literal');
      return literal(offset, negative ? -value : value);
    }
    if (typeof value === 'number') return literal(offset, negative ? -value : value);
    if (negative) return call(offset, '-_', [literal(token.offset, value as CelValue)]);
    return literal(offset, value as CelValue);
  }

  #named(token: Token, leadingDot: string): Expr {
    const braces = this.#structName(token);
    if (braces !== undefined) return this.#struct(leadingDot + braces);
    const open = this.#accept('(');
    if (open !== undefined) {
      const fn = leadingDot + token.text;
      return this.#macro({ kind: 'call', offset: open.offset, fn, target: undefined, args: this.#arguments() });
    }
    if (RESERVED.has(token.text)) {
      this.#report(token.offset, `reserved identifier: ${token.text}`);
      throw new Abort();
    }
    return { kind: 'ident', offset: token.offset, name: leadingDot + token.text };
  }

  /** The dotted name if `name.name{` follows; the tokens up to the brace are taken then. */
  #structName(first: Token): string | undefined {
    let name = first.text;
    let ahead = 0;
    while (
      this.#peek(ahead).text === '.' &&
      this.#peek(ahead).kind === 'op' &&
      this.#peek(ahead + 1).kind === 'ident'
    ) {
      name += `.${this.#peek(ahead + 1).text}`;
      ahead += 2;
    }
    const brace = this.#peek(ahead);
    if (brace.kind !== 'op' || brace.text !== '{') return undefined;
    this.#at += ahead;
    return name;
  }

  #struct(typeName: string): Expr {
    const brace = this.#next();
    const fields: StructField[] = [];
    while (!this.#is('}')) {
      const optional = this.#accept('?') !== undefined;
      const name = this.#token;
      if (name.kind !== 'ident')
        this.#syntax(
          name,
          `mismatched input '${name.text}' expecting {${fields.length === 0 ? "'}', ',', '?', IDENTIFIER, ESC_IDENTIFIER" : "'}', '?', ',', IDENTIFIER"}}`,
        );
      this.#next();
      const colon = this.#expect(':');
      fields.push({ name: name.text, value: this.#part(), optional, offset: colon.offset });
      if (this.#accept(',') === undefined) break;
    }
    this.#expect('}', ["','"]);
    return { kind: 'struct', offset: brace.offset, typeName, fields };
  }

  #list(offset: number): Expr {
    const elements: Expr[] = [];
    const optional = new Set<number>();
    while (!this.#is(']')) {
      if (this.#accept('?') !== undefined) optional.add(elements.length);
      elements.push(this.#part());
      if (this.#accept(',') === undefined) break;
    }
    this.#expect(']', ["','"]);
    return { kind: 'list', offset, elements, optional };
  }

  #entries(): Entry[] {
    const entries: Entry[] = [];
    while (!this.#is('}')) {
      const optional = this.#accept('?') !== undefined;
      const key = this.#part();
      this.#expect(':');
      entries.push({ key, value: this.#part(), optional });
      if (this.#accept(',') === undefined) break;
    }
    this.#expect('}', ["','"]);
    return entries;
  }
}
