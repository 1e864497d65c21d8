/**
 * JSON as the API server reads and writes it: 64-bit integers survive (as `bigint` beyond ±2^53), half of a surrogate pair is read as
 * U+FFFD, duplicate keys are reported. The fast path is JSON.parse; the careful parser runs only where a long run of digits or an escaped
 * surrogate stands, or duplicates are asked for.
 */
import { goQuote } from '../../schema/gofmt.ts';
import { defineOwn } from '../registry/copy.ts';

/** A body that is no JSON. `message` is worded as Go's decoder has it where clients see it. */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';
}

const maxDepth = 10_000;
const int64Max = 2n ** 63n - 1n;
const int64Min = -(2n ** 63n);

/** Parses JSON text. Integers beyond 2^53 within int64 become bigint. Throws `JsonSyntaxError`. */
export function parseJson(text: string): unknown {
  if (text.length >= 2 * maxDepth) checkDepth(text);
  if (hasLongDigits(text) || /\\u[dD][89a-fA-F]/.test(text)) return new Parser(text, undefined).parse();
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new JsonSyntaxError(goMessage(text, cause));
  }
}

/** Throws where more brackets are open at once than may be. Texts without that many brackets are not looked at closer. */
function checkDepth(text: string): void {
  let count = 0;
  for (const bracket of ['[', '{'])
    for (let at = text.indexOf(bracket); at >= 0 && count <= maxDepth; at = text.indexOf(bracket, at + 1)) count++;
  if (count <= maxDepth) return;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const c = text[at];
    if (c === '"') {
      for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === '\\') at++;
    } else if (c === '[' || c === '{') {
      if (++depth > maxDepth) throw new JsonSyntaxError(`invalid character '${c}' exceeded max depth`);
    } else if (c === ']' || c === '}') depth--;
  }
}

/** Whether sixteen digits stand in a row: such a run covers every sixteenth place once. */
function hasLongDigits(text: string): boolean {
  const digit = (at: number): boolean => {
    const code = text.charCodeAt(at);
    return code >= 48 && code <= 57;
  };
  for (let at = 15; at < text.length; at += 16) {
    if (!digit(at)) continue;
    let from = at;
    while (at - from < 16 && digit(from - 1)) from--;
    let to = at;
    while (to - from < 16 && digit(to + 1)) to++;
    if (to - from >= 15) return true;
  }
  return false;
}

/**
 * Parses JSON text and collects the paths of keys that stand twice (`spec.size`), as strict decoding reports them; the last one wins.
 * Telling for sure costs a parse of its own, so the cheap answer is none wherever the text is as it is printed again: parsing and printing
 * lose exactly the repeated keys.
 */
export function parseJsonStrict(text: string): { value: unknown; duplicates: string[] } {
  const value = parseJson(text);
  return { value, duplicates: repeatedKeys(text, value) };
}

/** The paths of keys that stand twice in a text, of which the value is known. */
export function repeatedKeys(text: string, parsed: unknown): string[] {
  const printed = printJson(parsed);
  if (printed.length === text.length || colons(printed) === colons(text)) return [];
  const duplicates: string[] = [];
  new Parser(text, duplicates).parse();
  return duplicates;
}

function colons(text: string): number {
  let count = 0;
  for (let at = text.indexOf(':'); at >= 0; at = text.indexOf(':', at + 1)) count++;
  return count;
}

/** Where each key of a text stands, by path; a path has several positions where its key is repeated. */
export function keyPositions(text: string): Map<string, number[]> {
  const positions = new Map<string, number[]>();
  new Parser(text, undefined, positions).parse();
  return positions;
}

/** JSON text of data that may hold bigint, indented by `indent` spaces where given. */
export function printJson(value: unknown, indent?: number): string {
  try {
    return JSON.stringify(value, null, indent);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? rawJson(item.toString()) : item), indent);
  }
}

function goMessage(text: string, cause: unknown): string {
  if (text.trim() === '') return 'EOF';
  try {
    new Parser(text, undefined).parse();
  } catch (error) {
    if (error instanceof JsonSyntaxError) return error.message;
  }
  return String((cause as Error).message);
}

class Parser {
  private readonly text: string;
  private readonly duplicates: string[] | undefined;
  private readonly positions: Map<string, number[]> | undefined;
  private at = 0;
  private depth = 0;

  constructor(text: string, duplicates: string[] | undefined, positions?: Map<string, number[]>) {
    this.text = text;
    this.duplicates = duplicates;
    this.positions = positions;
  }

  parse(): unknown {
    const value = this.value('');
    this.space();
    if (this.at < this.text.length) this.fail('after top-level value');
    return value;
  }

  private fail(context: string): never {
    if (this.at >= this.text.length) throw new JsonSyntaxError('unexpected end of JSON input');
    const character = String.fromCodePoint(this.text.codePointAt(this.at) ?? 0);
    const quoted = quoteRune(character);
    throw new JsonSyntaxError(`invalid character ${quoted} ${context}`);
  }

  private space(): void {
    for (;;) {
      const c = this.text.charCodeAt(this.at);
      if (c !== 32 && c !== 10 && c !== 13 && c !== 9) return;
      this.at++;
    }
  }

  private value(path: string): unknown {
    this.space();
    const c = this.text[this.at];
    if (c === '{') return this.object(path);
    if (c === '[') return this.array(path);
    if (c === '"') return this.string();
    if (c === 't') return this.word('true', true);
    if (c === 'f') return this.word('false', false);
    if (c === 'n') return this.word('null', null);
    if (c === '-' || (c !== undefined && c >= '0' && c <= '9')) return this.number();
    return this.fail('looking for beginning of value');
  }

  private word(word: string, value: unknown): unknown {
    for (let i = 0; i < word.length; i++) {
      if (this.text[this.at] !== word[i]) this.fail(`in literal ${word} (expecting '${word[i]}')`);
      this.at++;
    }
    return value;
  }

  private number(): number | bigint {
    const match = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
    match.lastIndex = this.at;
    const found = match.exec(this.text);
    if (found === null) {
      this.at++;
      return this.fail('in numeric literal');
    }
    this.at += found[0].length;
    const number = Number(found[0]);
    if (found[1] === undefined && found[2] === undefined && !Number.isSafeInteger(number)) {
      const big = BigInt(found[0]);
      if (big <= int64Max && big >= int64Min) return big;
    }
    return number;
  }

  private string(): string {
    const start = this.at;
    let i = start + 1;
    for (; i < this.text.length; i++) {
      const c = this.text.charCodeAt(i);
      if (c === 92) i++;
      else if (c === 34) {
        this.at = i + 1;
        const raw = this.text.slice(start, this.at);
        try {
          return (JSON.parse(raw) as string).toWellFormed();
        } catch {
          throw new JsonSyntaxError(stringProblem(raw));
        }
      }
    }
    throw new JsonSyntaxError('unexpected end of JSON input');
  }

  private array(path: string): unknown[] {
    this.enter();
    const out: unknown[] = [];
    this.at++;
    this.space();
    if (this.text[this.at] === ']') {
      this.leave();
      return out;
    }
    for (;;) {
      out.push(this.value(`${path}[${out.length}]`));
      this.space();
      if (this.text[this.at] === ',') this.at++;
      else if (this.text[this.at] === ']') {
        this.leave();
        return out;
      } else this.fail('after array element');
    }
  }

  private object(path: string): Record<string, unknown> {
    this.enter();
    const out: Record<string, unknown> = {};
    this.at++;
    this.space();
    if (this.text[this.at] === '}') {
      this.leave();
      return out;
    }
    for (;;) {
      this.space();
      if (this.text[this.at] !== '"') this.fail('looking for beginning of object key string');
      const key = this.string();
      const here = path === '' ? key : `${path}.${key}`;
      if (this.positions !== undefined) this.positions.set(here, [...(this.positions.get(here) ?? []), this.at]);
      this.space();
      if (this.text[this.at] !== ':') this.fail('after object key');
      this.at++;
      if (this.duplicates !== undefined && Object.hasOwn(out, key)) this.duplicates.push(here);
      const value = this.value(here);
      if (key === '__proto__') defineOwn(out, key, value);
      else out[key] = value;
      this.space();
      if (this.text[this.at] === ',') this.at++;
      else if (this.text[this.at] === '}') {
        this.leave();
        return out;
      } else this.fail('after object key:value pair');
    }
  }

  private enter(): void {
    if (++this.depth > maxDepth) this.fail('exceeded max depth');
  }

  private leave(): void {
    this.depth--;
    this.at++;
  }
}

/** What is wrong with the text of a string, as Go's decoder has it. */
function stringProblem(raw: string): string {
  for (let at = 1; at < raw.length - 1; at++) {
    if (raw.charCodeAt(at) < 32) return `invalid character ${quoteRune(raw[at] as string)} in string literal`;
    if (raw[at] !== '\\') continue;
    const next = raw[++at] as string;
    if (!'"\\/bfnrtu'.includes(next)) return `invalid character ${quoteRune(next)} in string escape code`;
    if (next !== 'u') continue;
    for (let digit = 0; digit < 4; digit++) {
      const character = raw[++at] as string;
      if (!/[0-9a-f]/i.test(character))
        return `invalid character ${quoteRune(character)} in \\u hexadecimal character escape`;
    }
  }
  return 'invalid character in string literal';
}

/** `JSON.rawJSON`, which TypeScript's library does not declare yet: text that JSON.stringify prints as it stands. */
export function rawJson(text: string): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(text);
}

/** A character as Go's strconv.QuoteRune prints it. */
function quoteRune(character: string): string {
  if (character === "'") return "'\\''";
  if (character === '"') return `'"'`;
  // Go's parser goes by bytes.
  const first = Buffer.from(character)[0] ?? 0;
  return `'${goQuote(character > '\u00ff' ? String.fromCharCode(first) : character).slice(1, -1)}'`;
}
