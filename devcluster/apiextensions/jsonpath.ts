/** The JSONPath of printer columns and kubectl: fields, indices, wildcards, unions, slices, recursive descent and filters. */
import { isObject } from '../registry/copy.ts';

type Step = (values: unknown[]) => unknown[];

/** A path that does not parse. */
export class JsonPathError extends Error {
  override readonly name = 'JsonPathError';
}

/** Compiles `.spec.items[0].name`; the result finds all matching values. Throws `JsonPathError`. */
export function compileJsonPath(path: string): (root: unknown) => unknown[] {
  const steps = new PathParser(path).parse();
  return (root) => steps.reduce((values, step) => step(values), [root]);
}

function fieldOf(value: unknown, name: string): unknown[] {
  return isObject(value) && Object.hasOwn(value, name) && value[name] !== undefined ? [value[name]] : [];
}

const each = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];

function descend(value: unknown, name: string, out: unknown[]): void {
  out.push(...(name === '*' ? each(value) : fieldOf(value, name)));
  for (const child of each(value)) descend(child, name, out);
}

class PathParser {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    const trimmed = text.trim();
    this.text = trimmed.startsWith('{') && trimmed.endsWith('}') ? trimmed.slice(1, -1) : trimmed;
  }

  parse(): Step[] {
    const steps: Step[] = [];
    if (this.text[this.at] === '$' || this.text[this.at] === '@') this.at++;
    while (this.at < this.text.length) {
      const c = this.text[this.at];
      if (c === '.') {
        this.at++;
        if (this.text[this.at] === '.') {
          this.at++;
          const name = this.word();
          steps.push((values) => {
            const out: unknown[] = [];
            for (const value of values) descend(value, name, out);
            return out;
          });
        } else if (this.text[this.at] === '[') continue;
        else if (this.text[this.at] === '*') {
          this.at++;
          steps.push((values) => values.flatMap(each));
        } else {
          const name = this.word();
          if (name !== '') steps.push((values) => values.flatMap((value) => fieldOf(value, name)));
        }
      } else if (c === '[') steps.push(this.bracket());
      else {
        const name = this.word();
        if (name === '') throw new JsonPathError(`unrecognized character in action: U+${hex(c ?? '')}`);
        steps.push((values) => values.flatMap((value) => fieldOf(value, name)));
      }
    }
    return steps;
  }

  private word(): string {
    let out = '';
    while (this.at < this.text.length) {
      const c = this.text[this.at] as string;
      if (c === '\\') {
        out += this.text[this.at + 1] ?? '';
        this.at += 2;
      } else if (/[^.[\](){}\s|,'"=!<>?@$]/.test(c)) {
        out += c;
        this.at++;
      } else break;
    }
    return out;
  }

  private bracket(): Step {
    this.at++;
    if (this.text[this.at] === '?') return this.filter();
    const end = this.close('[', ']');
    const content = this.text.slice(this.at, end).trim();
    this.at = end + 1;
    const parts = splitTop(content, ',').map((part) => selector(part.trim()));
    return (values) => values.flatMap((value) => parts.flatMap((part) => part(value)));
  }

  private filter(): Step {
    this.at++;
    if (this.text[this.at] !== '(') throw new JsonPathError('unterminated filter');
    this.at++;
    const end = this.close('(', ')');
    const condition = compileCondition(this.text.slice(this.at, end));
    this.at = end + 1;
    if (this.text[this.at] !== ']') throw new JsonPathError('unclosed array expect ]');
    this.at++;
    return (values) =>
      values.flatMap((value) => (Array.isArray(value) ? value.filter(condition) : each(value).filter(condition)));
  }

  /** Position of the bracket that closes the one before `at`. */
  private close(open: string, shut: string): number {
    let depth = 1;
    let quote = '';
    for (let i = this.at; i < this.text.length; i++) {
      const c = this.text[i] as string;
      if (quote !== '') {
        if (c === '\\') i++;
        else if (c === quote) quote = '';
      } else if (c === '"' || c === "'") quote = c;
      else if (c === open) depth++;
      else if (c === shut && --depth === 0) return i;
    }
    throw new JsonPathError(open === '[' ? 'unterminated array' : 'unterminated filter');
  }
}

function hex(c: string): string {
  return (c.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
}

function splitTop(text: string, separator: string): string[] {
  const out: string[] = [];
  let quote = '';
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i] as string;
    if (quote !== '') {
      if (c === '\\') i++;
      else if (c === quote) quote = '';
    } else if (c === '"' || c === "'") quote = c;
    else if (c === separator) {
      out.push(text.slice(start, i));
      start = i + 1;
    }
  }
  out.push(text.slice(start));
  return out;
}

function selector(part: string): (value: unknown) => unknown[] {
  const quoted = /^(['"])(.*)\1$/.exec(part);
  if (quoted !== null) return (value) => fieldOf(value, (quoted[2] as string).replace(/\\(.)/g, '$1'));
  if (part === '*') return each;
  if (/^-?\d+$/.test(part)) {
    const index = Number(part);
    return (value) => (Array.isArray(value) && value.at(index) !== undefined ? [value.at(index)] : []);
  }
  const slice = /^(-?\d*):(-?\d*)(?::(-?\d+))?$/.exec(part);
  if (slice !== null) {
    const [, from, to, step] = slice;
    return (value) => {
      if (!Array.isArray(value)) return [];
      const items = value.slice(from === '' ? 0 : Number(from), to === '' ? undefined : Number(to));
      const every = Number(step ?? 1);
      return every > 1 ? items.filter((_, index) => index % every === 0) : items;
    };
  }
  throw new JsonPathError(`invalid array index ${part}`);
}

function compileCondition(text: string): (value: unknown) => boolean {
  const found = /^(.*?)(==|!=|<=|>=|<|>)(.*)$/s.exec(text);
  if (found === null) {
    const left = operand(text.trim());
    return (value) => left(value).length > 0;
  }
  const left = operand((found[1] as string).trim());
  const right = operand((found[3] as string).trim());
  const operator = found[2] as string;
  return (value) => {
    const [a] = left(value);
    const [b] = right(value);
    if (a === undefined || b === undefined) return false;
    if (operator === '==') return a === b;
    if (operator === '!=') return a !== b;
    if (typeof a !== typeof b || (typeof a !== 'number' && typeof a !== 'string')) return false;
    const [x, y] = [a, b as typeof a];
    if (operator === '<') return x < y;
    if (operator === '<=') return x <= y;
    if (operator === '>') return x > y;
    return x >= y;
  };
}

function operand(text: string): (value: unknown) => unknown[] {
  const quoted = /^(['"])(.*)\1$/s.exec(text);
  if (quoted !== null) return () => [(quoted[2] as string).replace(/\\(.)/g, '$1')];
  if (/^-?\d+(\.\d+)?$/.test(text)) return () => [Number(text)];
  if (text === 'true' || text === 'false') return () => [text === 'true'];
  return compileJsonPath(text.replace(/^@/, ''));
}
