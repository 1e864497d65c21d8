/** Label and field selectors: parsing with the real server's errors (k8s.io/apimachinery/pkg/labels, pkg/fields), and matching. */
import { badRequest } from '../request/status.ts';
import { labelValue, qualifiedName } from './names.ts';

export type Labels = { readonly [key: string]: string };
type Operator = 'in' | 'notin' | '=' | '==' | '!=' | 'exists' | '!' | 'gt' | 'lt';

interface Requirement {
  readonly key: string;
  readonly operator: Operator;
  readonly values: readonly string[];
}

/** A selector; `empty` ones match everything. */
export interface Selector {
  readonly empty: boolean;
  matches(labels: Labels | undefined): boolean;
}

export const everything: Selector = { empty: true, matches: () => true };

function labelError(message: string): Error {
  return badRequest(`unable to parse requirement: ${message}`);
}

function parseError(message: string): Error {
  return badRequest(message);
}

/** Parses `a=b,c in (d,e),!f`. Throws 400 as the real server words it. */
export function parseLabelSelector(text: string): Selector {
  if (text.trim() === '') return everything;
  const requirements = new LabelParser(text).parse();
  if (requirements.length === 0) return everything;
  return { empty: false, matches: (labels) => requirements.every((item) => matchesRequirement(item, labels)) };
}

function matchesRequirement({ key, operator, values }: Requirement, labels: Labels | undefined): boolean {
  const value = labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'in':
    case '=':
    case '==':
      return value !== undefined && values.includes(value);
    case 'notin':
    case '!=':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    default: {
      if (value === undefined || !/^[+-]?\d+$/.test(value)) return false;
      const left = BigInt(value.replace(/^\+/, ''));
      const right = BigInt((values[0] ?? '0').replace(/^\+/, ''));
      return operator === 'gt' ? left > right : left < right;
    }
  }
}

interface Token {
  readonly kind: 'word' | 'end' | ')' | '(' | ',' | '!' | '=' | '==' | '!=' | '>' | '<' | 'in' | 'notin';
  readonly text: string;
}

class LabelParser {
  private readonly tokens: Token[];
  private at = 0;

  constructor(text: string) {
    this.tokens = lex(text);
  }

  parse(): Requirement[] {
    const out: Requirement[] = [];
    for (;;) {
      const token = this.peek();
      if (token.kind === 'word' || token.kind === '!' || token.kind === 'in' || token.kind === 'notin') {
        out.push(this.requirement());
        const next = this.take();
        if (next.kind === 'end') return out;
        if (next.kind !== ',') throw parseError(`found '${next.text}', expected: ',' or 'end of string'`);
        const after = this.peek();
        if (after.kind !== 'word' && after.kind !== '!' && after.kind !== 'in' && after.kind !== 'notin') {
          throw parseError(`found '${after.text}', expected: identifier after ','`);
        }
      } else if (token.kind === 'end') return out;
      else throw parseError(`found '${token.text}', expected: !, identifier, or 'end of string'`);
    }
  }

  private peek(): Token {
    return this.tokens[this.at] as Token;
  }

  private take(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.at++;
    return token;
  }

  private requirement(): Requirement {
    let negated = false;
    if (this.peek().kind === '!') {
      negated = true;
      this.take();
    }
    const word = this.take();
    if (word.kind !== 'word' && word.kind !== 'in' && word.kind !== 'notin') {
      throw labelError(`found '${word.text}', expected: identifier`);
    }
    const key = word.text;
    const problems = qualifiedName(key);
    if (problems.length > 0) throw labelError(`<nil>: Invalid value: ${JSON.stringify(key)}: ${problems.join('; ')}`);
    if (negated) return { key, operator: '!', values: [] };
    const next = this.peek();
    if (next.kind === 'end' || next.kind === ',') return { key, operator: 'exists', values: [] };
    const operator = this.take();
    switch (operator.kind) {
      case 'in':
      case 'notin':
        return this.checked(key, operator.kind, this.values());
      case '=':
      case '==':
      case '!=':
        return this.checked(key, operator.kind, [this.exact()]);
      case '>':
      case '<': {
        const value = this.exact();
        if (!/^[+-]?\d+$/.test(value)) {
          throw labelError(
            `values[0]: Invalid value: ${JSON.stringify(value)}: for 'Gt', 'Lt' operators, the value must be an integer`,
          );
        }
        return this.checked(key, operator.kind === '>' ? 'gt' : 'lt', [value]);
      }
      default:
        throw labelError(`found '${operator.text}', expected: in, notin, =, ==, !=, gt, lt`);
    }
  }

  private checked(key: string, operator: Operator, values: string[]): Requirement {
    values.forEach((value, index) => {
      const problems = labelValue(value);
      if (problems.length > 0) {
        throw labelError(`values[${index}][${key}]: Invalid value: ${JSON.stringify(value)}: ${problems.join('; ')}`);
      }
    });
    return { key, operator, values };
  }

  private exact(): string {
    const next = this.peek();
    if (next.kind === 'end' || next.kind === ',') return '';
    const token = this.take();
    if (token.kind !== 'word' && token.kind !== 'in' && token.kind !== 'notin') {
      throw labelError(`found '${token.text}', expected: identifier`);
    }
    return token.text;
  }

  private values(): string[] {
    const open = this.take();
    if (open.kind !== '(') throw labelError(`found '${open.text}' expected: '('`);
    const out: string[] = [];
    let expectValue = true;
    if (!['word', 'in', 'notin', ',', ')'].includes(this.peek().kind))
      throw labelError(`found '${this.peek().text}', expected: ',', ')' or identifier`);
    for (;;) {
      const token = this.take();
      if (token.kind === ')') {
        if (expectValue) out.push('');
        return [...new Set(out)].sort();
      }
      if (token.kind === ',') {
        if (expectValue) out.push('');
        expectValue = true;
      } else if (token.kind === 'word' || token.kind === 'in' || token.kind === 'notin') {
        if (!expectValue) throw labelError(`found '${token.text}', expected: ',' or ')'`);
        out.push(token.text);
        expectValue = false;
      } else throw labelError(`found '${token.text}', expected: ${expectValue ? "',', or identifier" : "',' or ')'"}`);
    }
  }
}

function lex(text: string): Token[] {
  const out: Token[] = [];
  let i = 0;
  while (i < text.length) {
    const c = text[i] as string;
    if (c === ' ' || c === '\t' || c === '\r' || c === '\n') {
      i++;
      continue;
    }
    if ('=!()<>,'.includes(c)) {
      const two = text.slice(i, i + 2);
      const symbol = two === '==' || two === '!=' ? two : c;
      out.push({ kind: symbol as Token['kind'], text: symbol });
      i += symbol.length;
      continue;
    }
    const start = i;
    while (i < text.length && !' \t\r\n=!()<>,'.includes(text[i] as string)) i++;
    const word = text.slice(start, i);
    out.push({ kind: word === 'in' || word === 'notin' ? word : 'word', text: word });
  }
  out.push({ kind: 'end', text: '' });
  return out;
}

/** One term of a field selector. */
export interface FieldTerm {
  readonly field: string;
  readonly value: string;
  readonly equal: boolean;
}

/** Parses `metadata.name=a,status.phase!=b`. Throws 400. */
export function parseFieldSelector(text: string): FieldTerm[] {
  const out: FieldTerm[] = [];
  for (const part of splitFieldTerms(text)) {
    if (part === '') continue;
    const found = splitFieldTerm(part);
    // Nothing that equals nothing, or does not, selects everything.
    if (found !== undefined && found.left === '' && found.right === '') continue;
    if (found === undefined) throw parseError(`invalid selector: '${text}'; can't understand '${part}'`);
    out.push({ field: found.left, equal: found.operator !== '!=', value: unescapeValue(found.right) });
  }
  return out;
}

function splitFieldTerms(text: string): string[] {
  const out: string[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === ',') {
      out.push(text.slice(start, i));
      start = i + 1;
    }
  }
  out.push(text.slice(start));
  return out;
}

function splitFieldTerm(part: string): { left: string; operator: string; right: string } | undefined {
  for (let i = 0; i < part.length; i++) {
    for (const operator of ['!=', '==', '=']) {
      if (part.startsWith(operator, i)) {
        return { left: part.slice(0, i), operator, right: part.slice(i + operator.length) };
      }
    }
  }
  return undefined;
}

function unescapeValue(value: string): string {
  let out = '';
  for (let i = 0; i < value.length; i++) {
    const c = value[i] as string;
    if (c === '\\') {
      const next = value[++i];
      if (next === undefined) throw parseError(`invalid field selector: invalid escape sequence: \\`);
      if (next !== '\\' && next !== ',' && next !== '=') {
        throw parseError(`invalid field selector: invalid escape sequence: \\${next}`);
      }
      out += next;
    } else if (c === '=') {
      throw parseError(`invalid field selector: unescaped character in value: ${c.charCodeAt(0)}`);
    } else out += c;
  }
  return out;
}
