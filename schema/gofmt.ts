/**
 * How Go prints values: Kubernetes' messages carry values printed by `%v`, `%q` and `encoding/json`, and users
 * (and their tests) compare those messages word for word.
 */

const SIMPLE_ESCAPES = new Map<number, string>([
  [0x07, '\\a'],
  [0x08, '\\b'],
  [0x0c, '\\f'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x09, '\\t'],
  [0x0b, '\\v'],
  [0x5c, '\\\\'],
  [0x22, '\\"'],
]);

// Nothing to escape: printable ASCII but for `"` and `\`. The common case, kept on V8's fast path.
const PLAIN = /^[ !#-[\]-~]*$/;
const UNPRINTABLE = /[\p{C}\p{Z}]/u;

/** Go's `strconv.Quote`, i.e. `%q` of a string. */
export function goQuote(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  let out = '"';
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    const simple = SIMPLE_ESCAPES.get(code);
    if (simple !== undefined) out += simple;
    else if (code < 0x20 || code === 0x7f) out += `\\x${code.toString(16).padStart(2, '0')}`;
    else if (code < 0x7f) out += char;
    else if (code >= 0xd800 && code <= 0xdfff) out += '\\ufffd';
    else if (UNPRINTABLE.test(char))
      out += code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
    else out += char;
  }
  return `${out}"`;
}

/** Go's `%v` of a float64: shortest form, exponent below 1e-4 and from 1e6 on, at least two exponent digits. */
export function goFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const magnitude = Math.abs(value);
  if (magnitude < 1e-4 || magnitude >= 1e6) return twoDigitExponent(value.toExponential());
  return String(value);
}

function twoDigitExponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

const HTML_UNSAFE = /[<>&\u2028\u2029]/g;

function jsonString(text: string): string {
  const plain = JSON.stringify(text);
  return plain.replace(HTML_UNSAFE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * Go's `encoding/json` of a JSON value: keys sorted, `<`, `>` and `&` escaped. Values deeper than `maxDepth` are
 * printed as `null`, so that hostile nesting cannot overflow the stack.
 */
export function goJson(value: unknown, maxDepth = 1000): string {
  switch (typeof value) {
    case 'string':
      return jsonString(value);
    case 'number':
      return Number.isFinite(value) ? String(value) : 'null';
    case 'bigint':
    case 'boolean':
      return String(value);
    case 'object':
      break;
    default:
      return 'null';
  }
  if (value === null || maxDepth <= 0) return 'null';
  if (Array.isArray(value)) return `[${value.map((item) => goJson(item, maxDepth - 1)).join(',')}]`;
  const entries = Object.entries(value)
    .sort(([a], [b]) => compareStrings(a, b))
    .map(([key, item]) => `${jsonString(key)}:${goJson(item, maxDepth - 1)}`);
  return `{${entries.join(',')}}`;
}

/** Orders strings by code point, as Go's `sort.Strings` does (UTF-8 byte order). */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    const xSurrogate = x >= 0xd800 && x <= 0xdfff;
    const ySurrogate = y >= 0xd800 && y <= 0xdfff;
    // A surrogate half stands for a code point above every basic one.
    if (xSurrogate !== ySurrogate) return xSurrogate ? 1 : -1;
    return x < y ? -1 : 1;
  }
  return a.length < b.length ? -1 : 1;
}

/** Go's `%v` of a decoded JSON value (used inside messages such as `should be one of [a b]`). */
export function goValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      return Number.isInteger(value) && Math.abs(value) < 1e21 ? String(value) : goFloat(value);
    case 'object':
      if (value === null) return '<nil>';
      if (Array.isArray(value)) return `[${value.map(goValue).join(' ')}]`;
      return `map[${Object.entries(value)
        .sort(([a], [b]) => compareStrings(a, b))
        .map(([key, item]) => `${key}:${goValue(item)}`)
        .join(' ')}]`;
    default:
      return String(value);
  }
}

/** Number of bytes that the text takes in UTF-8 (lone surrogates count three, as the replacement character does). */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) continue;
    if (code < 0x800) bytes += 1;
    else if (code >= 0xd800 && code <= 0xdbff && isLowSurrogate(text.charCodeAt(i + 1))) {
      bytes += 2;
      i++;
    } else bytes += 2;
  }
  return bytes;
}

/** Number of Unicode code points in the text. */
export function runeCount(text: string): number {
  if (!/[\ud800-\udbff]/.test(text)) return text.length;
  let count = text.length;
  for (let i = 0; i + 1 < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0xd800 && code <= 0xdbff && isLowSurrogate(text.charCodeAt(i + 1))) {
      count--;
      i++;
    }
  }
  return count;
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}

/** The Go type that a parsed JSON value has, as %T prints it. Not for null. */
export function goTypeOf(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'object') return 'map[string]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  if (typeof value === 'bigint') return 'int64';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
