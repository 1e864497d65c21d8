import { balance, type CallExpr, call, type Entry, type Expr, literal, type StructField } from './ast.ts';
import { Abort, TokenCursor } from './cursor.ts';
import { CelCompileError, type CelIssue, issueAt, issueWithAll } from './issues.ts';
import { type Token, tokenize } from './lexer.ts';
import { copyBudget, expandMacro } from './macros.ts';
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

class Parser {
  readonly #source: string;
  readonly #cursor: TokenCursor;
  readonly #copies = copyBudget();
  #depth = 0;
  /** How deep operators, selections, indexes and conditionals nest in what was parsed last. */
  #height = 0;

  constructor(source: string, tokens: readonly Token[], issues: CelIssue[]) {
    this.#source = source;
    this.#cursor = new TokenCursor(source, tokens, issues);
  }

  parse(): Expr {
    let expr: Expr | undefined;
    try {
      expr = this.#expression();
      if (this.#cursor.token.kind !== 'eof') {
        const extraneous = this.#cursor.peek(1).kind === 'eof';
        this.#cursor.syntax(
          this.#cursor.token,
          `${extraneous ? 'extraneous' : 'mismatched'} input '${this.#cursor.token.text}' expecting <EOF>`,
        );
      }
    } catch (error) {
      if (!(error instanceof Abort)) throw error;
    }
    if (this.#height > MAX_DEPTH) this.#cursor.issues.push(issueWithAll('max recursion depth exceeded'));
    if (this.#cursor.issues.length > 0 || expr === undefined) {
      const issues = [...this.#cursor.issues].sort((a, b) => a.offset - b.offset);
      throw new CelCompileError(issues, this.#source);
    }
    return expr;
  }

  #expression(): Expr {
    if (++this.#depth > MAX_DEPTH) {
      this.#cursor.issues.push(issueWithAll(`expression recursion limit exceeded: ${MAX_DEPTH}`));
      throw new Abort();
    }
    const condition = this.#logical('||');
    const question = this.#cursor.accept('?');
    let expr = condition;
    if (question !== undefined) {
      let height = this.#height;
      const yes = this.#logical('||');
      height = Math.max(height, this.#height);
      if (!this.#cursor.is(':'))
        this.#cursor.syntax(this.#cursor.token, `mismatched input '${this.#cursor.token.text}' expecting ':'`);
      this.#cursor.next();
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
    for (let token = this.#cursor.accept(operator); token !== undefined; token = this.#cursor.accept(operator)) {
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
    while (this.#cursor.token.kind === 'op' && isOperator(this.#cursor.token)) {
      const token = this.#cursor.next();
      const fn = token.text === 'in' ? '@in' : `_${token.text}_`;
      left = call(token.offset, fn, [left, operand()]);
      height = 1 + Math.max(height, this.#height);
    }
    this.#height = height;
    return left;
  }

  #unary(): Expr {
    const token = this.#cursor.token;
    if (!this.#cursor.is('!') && !this.#cursor.is('-')) return this.#member(this.#primary());
    // One minus right before a number belongs to the number.
    if (token.text === '-' && this.#cursor.peek(1).kind === 'number') return this.#member(this.#primary());
    let count = 0;
    while (this.#cursor.is(token.text)) {
      this.#cursor.next();
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
      const dot = this.#cursor.accept('.');
      if (dot !== undefined) {
        expr = this.#selection(expr, dot.offset);
        height = 1 + Math.max(height, this.#height);
        continue;
      }
      const bracket = this.#cursor.accept('[');
      if (bracket === undefined) {
        this.#height = height;
        return expr;
      }
      const optional = this.#cursor.accept('?') !== undefined;
      if (!optional && !this.#cursor.startsExpression(this.#cursor.token)) this.#cursor.unexpected(["'?'"]);
      const index = this.#expression();
      height = 1 + Math.max(height, this.#height);
      this.#cursor.expect(']');
      expr = call(bracket.offset, optional ? '_[?_]' : '_[_]', [expr, index]);
    }
  }

  #selection(operand: Expr, offset: number): Expr {
    const optional = this.#cursor.accept('?') !== undefined;
    const name = this.#cursor.token;
    if (name.kind === 'op' && name.text.startsWith('`')) {
      this.#cursor.report(name.offset, "unsupported syntax: '`'");
      throw new Abort();
    }
    if (name.kind !== 'ident') this.#cursor.syntax(name, "no viable alternative at input '.'");
    this.#cursor.next();
    if (optional) return call(offset, '_?._', [operand, literal(name.offset, name.text)]);
    const open = this.#cursor.accept('(');
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
    if (this.#cursor.accept(')') !== undefined) return args;
    if (!this.#cursor.startsExpression(this.#cursor.token)) this.#cursor.unexpected(["')'"]);
    do args.push(this.#part());
    while (this.#cursor.accept(',') !== undefined);
    this.#cursor.expect(')');
    return args;
  }

  #macro(expr: CallExpr): Expr {
    const { expanded, error } = expandMacro(expr, this.#copies);
    if (error !== undefined) this.#cursor.report(error.offset, error.message);
    return expanded ?? expr;
  }

  #primary(): Expr {
    this.#height = 0;
    const token = this.#cursor.token;
    switch (token.kind) {
      case 'literal':
        this.#cursor.next();
        return literal(token.offset, token.value as CelValue);
      case 'number':
        this.#cursor.next();
        return this.#number(token, false, token.offset);
      case 'ident':
        this.#cursor.next();
        return this.#named(token, '');
      case 'eof':
        return this.#cursor.unexpected();
      default:
        break;
    }
    switch (token.text) {
      case '-':
        if (this.#cursor.peek(1).kind !== 'number') return this.#cursor.unexpected();
        this.#cursor.next();
        return this.#number(this.#cursor.next(), true, token.offset);
      case '(': {
        this.#cursor.next();
        const inner = this.#expression();
        this.#cursor.expect(')');
        return inner;
      }
      case '[':
        this.#cursor.next();
        return this.#list(token.offset);
      case '{':
        this.#cursor.next();
        return { kind: 'map', offset: token.offset, entries: this.#entries() };
      case '.': {
        this.#cursor.next();
        const name = this.#cursor.token;
        if (name.kind !== 'ident') return this.#cursor.unexpected();
        this.#cursor.next();
        return this.#named(name, '.');
      }
      default:
        return this.#cursor.unexpected();
    }
  }

  #number(token: Token, negative: boolean, offset: number): Expr {
    const { value } = token;
    if (typeof value === 'bigint') {
      if (!negative && value === INT_LIMIT) this.#cursor.report(offset, 'invalid int literal');
      return literal(offset, negative ? -value : value);
    }
    if (typeof value === 'number') return literal(offset, negative ? -value : value);
    if (negative) return call(offset, '-_', [literal(token.offset, value as CelValue)]);
    return literal(offset, value as CelValue);
  }

  #named(token: Token, leadingDot: string): Expr {
    const braces = this.#structName(token);
    if (braces !== undefined) return this.#struct(leadingDot + braces);
    const open = this.#cursor.accept('(');
    if (open !== undefined) {
      const fn = leadingDot + token.text;
      return this.#macro({ kind: 'call', offset: open.offset, fn, target: undefined, args: this.#arguments() });
    }
    if (RESERVED.has(token.text)) {
      this.#cursor.report(token.offset, `reserved identifier: ${token.text}`);
      throw new Abort();
    }
    return { kind: 'ident', offset: token.offset, name: leadingDot + token.text };
  }

  /** The dotted name if `name.name{` follows; the tokens up to the brace are taken then. */
  #structName(first: Token): string | undefined {
    let name = first.text;
    let ahead = 0;
    while (
      this.#cursor.peek(ahead).text === '.' &&
      this.#cursor.peek(ahead).kind === 'op' &&
      this.#cursor.peek(ahead + 1).kind === 'ident'
    ) {
      name += `.${this.#cursor.peek(ahead + 1).text}`;
      ahead += 2;
    }
    const brace = this.#cursor.peek(ahead);
    if (brace.kind !== 'op' || brace.text !== '{') return undefined;
    this.#cursor.skip(ahead);
    return name;
  }

  #struct(typeName: string): Expr {
    const brace = this.#cursor.next();
    const fields: StructField[] = [];
    while (!this.#cursor.is('}')) {
      const optional = this.#cursor.accept('?') !== undefined;
      const name = this.#cursor.token;
      if (name.kind !== 'ident')
        this.#cursor.syntax(
          name,
          `mismatched input '${name.text}' expecting {${fields.length === 0 ? "'}', ',', '?', IDENTIFIER, ESC_IDENTIFIER" : "'}', '?', ',', IDENTIFIER"}}`,
        );
      this.#cursor.next();
      const colon = this.#cursor.expect(':');
      fields.push({ name: name.text, value: this.#part(), optional, offset: colon.offset });
      if (this.#cursor.accept(',') === undefined) break;
    }
    this.#cursor.expect('}', ["','"]);
    return { kind: 'struct', offset: brace.offset, typeName, fields };
  }

  #list(offset: number): Expr {
    const elements: Expr[] = [];
    const optional = new Set<number>();
    while (!this.#cursor.is(']')) {
      if (this.#cursor.accept('?') !== undefined) optional.add(elements.length);
      elements.push(this.#part());
      if (this.#cursor.accept(',') === undefined) break;
    }
    this.#cursor.expect(']', ["','"]);
    return { kind: 'list', offset, elements, optional };
  }

  #entries(): Entry[] {
    const entries: Entry[] = [];
    while (!this.#cursor.is('}')) {
      const optional = this.#cursor.accept('?') !== undefined;
      const key = this.#part();
      this.#cursor.expect(':');
      entries.push({ key, value: this.#part(), optional });
      if (this.#cursor.accept(',') === undefined) break;
    }
    this.#cursor.expect('}', ["','"]);
    return entries;
  }
}
