import { runeCount } from '../../gofmt.ts';
import { compileRegExp, type GoRegExp } from '../../regex.ts';
import { type CallCost, guardAllocation, type Library } from '../functions.ts';
import { actualSize, REGEX_LENGTH, STRING_TRAVERSAL, traversalCost } from '../sizes.ts';
import { type CelList, type CelValue, fail, printValue, ValueList } from '../values.ts';
import { formatString } from './format.ts';

/** Text as a list of code points, which CEL's offsets count. */
function runes(text: string): string[] {
  return [...text];
}

function outOfRange(index: bigint): never {
  return fail(`index out of range: ${index}`);
}

function charAt(text: string, index: bigint): string {
  if (index < 0n || index > BigInt(text.length)) outOfRange(index);
  let left = Number(index);
  for (const char of text) if (left-- === 0) return char;
  return left > 0 ? outOfRange(index) : '';
}

function indexOf(text: string, part: string, offset = 0n): bigint {
  if (part === '') return offset;
  if (offset < 0n) outOfRange(offset);
  const chars = runes(text);
  if (offset >= BigInt(chars.length)) return -1n;
  const start = chars.slice(0, Number(offset)).join('').length;
  const at = text.indexOf(part, start);
  return at < 0 ? -1n : BigInt(runeCount(text.slice(0, at)));
}

function lastIndexOf(text: string, part: string, offset?: bigint): bigint {
  if (part === '') return offset ?? BigInt(runeCount(text));
  const chars = runes(text);
  if (offset !== undefined && offset < 0n) outOfRange(offset);
  const from = offset ?? BigInt(chars.length - 1);
  if (offset !== undefined && offset >= BigInt(chars.length)) return -1n;
  const start = chars.slice(0, Number(from)).join('').length;
  const at = text.length < part.length ? -1 : text.lastIndexOf(part, start);
  return at < 0 ? -1n : BigInt(runeCount(text.slice(0, at)));
}

function substring(text: string, start: bigint, end?: bigint): string {
  const chars = runes(text);
  const length = BigInt(chars.length);
  const stop = end ?? length;
  if (end !== undefined && start > end) fail(`invalid substring range. start: ${start}, end: ${end}`);
  if (start < 0n || start > length) outOfRange(start);
  if (stop < 0n || stop > length) outOfRange(stop);
  return chars.slice(Number(start), Number(stop)).join('');
}

function replace(text: string, old: string, replacement: string, limit = -1n): string {
  if (limit === 0n || old === replacement) return text;
  const times = limit < 0n || limit > 0xffffffffn ? Number.POSITIVE_INFINITY : Number(limit);
  const pieces = old === '' ? ['', ...runes(text), ''] : text.split(old);
  const joints = Math.min(times, pieces.length - 1);
  guardAllocation(text.length + joints * replacement.length);
  const head = pieces.slice(0, joints + 1).join(replacement);
  const tail = pieces.slice(joints + 1);
  return tail.length === 0 ? head : `${head}${old}${tail.join(old)}`;
}

function split(text: string, separator: string, limit = -1n): CelList {
  if (limit === 0n) return new ValueList([]);
  const parts = separator === '' ? runes(text) : text.split(separator);
  const max = limit < 0n ? parts.length : Number(limit);
  if (parts.length <= max) return new ValueList(parts);
  return new ValueList([...parts.slice(0, max - 1), parts.slice(max - 1).join(separator)]);
}

function join(list: CelList, separator = ''): string {
  const parts: string[] = [];
  let size = 0;
  for (const item of list) {
    if (typeof item !== 'string') fail(`join: invalid input: ${printValue(item)}`);
    size += (item as string).length + separator.length;
    parts.push(item as string);
  }
  guardAllocation(size);
  return parts.join(separator);
}

const QUOTES = new Map([
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['\\', '\\\\'],
  ['"', '\\"'],
]);

function quote(text: string): string {
  return `"${runes(text.toWellFormed())
    .map((char) => QUOTES.get(char) ?? char)
    .join('')}"`;
}

const traversal =
  (factor: number): CallCost =>
  ([text]) =>
    Math.ceil(actualSize(text as CelValue) * factor * STRING_TRAVERSAL);

const regexCost: CallCost = ([text, pattern]) =>
  Math.ceil((1 + actualSize(text as CelValue)) * STRING_TRAVERSAL) *
  Math.ceil(actualSize(pattern as CelValue) * REGEX_LENGTH);

/** Compiles a pattern while an expression runs; patterns that are literals are compiled once, with the expression. */
export function runtimePattern(pattern: string, problem: (reason: string) => string): GoRegExp {
  try {
    return compileRegExp(pattern);
  } catch (error) {
    return fail(problem(error instanceof Error ? error.message : String(error)));
  }
}

const standard: Library = (declare) => {
  const affixCost: CallCost = ([text]) => Math.ceil(actualSize(text as CelValue) * STRING_TRAVERSAL);
  declare(
    'starts_with_string',
    'string.startsWith(string) -> bool',
    (text: string, part: string) => text.startsWith(part),
    affixCost,
  );
  declare(
    'ends_with_string',
    'string.endsWith(string) -> bool',
    (text: string, part: string) => text.endsWith(part),
    affixCost,
  );
  declare(
    'contains_string',
    'string.contains(string) -> bool',
    (text: string, part: string) => text.includes(part),
    ([text, part]) =>
      Math.ceil(actualSize(text as CelValue) * STRING_TRAVERSAL) *
      Math.ceil(actualSize(part as CelValue) * STRING_TRAVERSAL),
  );
  const matches = (text: string, pattern: string) => runtimePattern(pattern, (reason) => reason).test(text);
  declare('matches', 'matches(string, string) -> bool', matches, regexCost);
  declare('matches_string', 'string.matches(string) -> bool', matches, regexCost);
};

const extended: Library = (declare) => {
  // Kubernetes charges these as it does those on lists: rounded down.
  const walk: CallCost = ([text]) => traversalCost(text as CelValue);
  declare('string_char_at_int', 'string.charAt(int) -> string', charAt);
  declare(
    'string_index_of_string',
    'string.indexOf(string) -> int',
    (text: string, part: string) => indexOf(text, part),
    walk,
  );
  declare('string_index_of_string_int', 'string.indexOf(string, int) -> int', indexOf, walk);
  declare(
    'string_last_index_of_string',
    'string.lastIndexOf(string) -> int',
    (text: string, part: string) => lastIndexOf(text, part),
    walk,
  );
  declare('string_last_index_of_string_int', 'string.lastIndexOf(string, int) -> int', lastIndexOf, walk);
  const lower = (text: string) => text.replace(/[A-Z]+/g, (part) => part.toLowerCase());
  const upper = (text: string) => text.replace(/[a-z]+/g, (part) => part.toUpperCase());
  declare('string_lower_ascii', 'string.lowerAscii() -> string', lower, traversal(1));
  declare('string_upper_ascii', 'string.upperAscii() -> string', upper, traversal(1));
  declare(
    'string_replace_string_string',
    'string.replace(string, string) -> string',
    (text: string, old: string, replacement: string) => replace(text, old, replacement),
    traversal(2),
  );
  declare('string_replace_string_string_int', 'string.replace(string, string, int) -> string', replace, traversal(2));
  declare(
    'string_split_string',
    'string.split(string) -> list(string)',
    (text: string, by: string) => split(text, by),
    traversal(2),
  );
  declare('string_split_string_int', 'string.split(string, int) -> list(string)', split, traversal(2));
  declare(
    'string_substring_int',
    'string.substring(int) -> string',
    (text: string, start: bigint) => substring(text, start),
    traversal(1),
  );
  declare('string_substring_int_int', 'string.substring(int, int) -> string', substring, traversal(1));
  // Unicode white space, as Go's unicode.IsSpace has it.
  const space = '[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
  const leading = new RegExp(`^${space}+`);
  const trailing = new RegExp(`${space}$`);
  declare(
    'string_trim',
    'string.trim() -> string',
    (text: string) => {
      const start = text.replace(leading, '');
      let end = start.length;
      while (end > 0 && trailing.test(start[end - 1] ?? '')) end--;
      return start.slice(0, end);
    },
    traversal(1),
  );
  const joinCost: CallCost = (_args, result) => Math.ceil(actualSize(result) * 2 * STRING_TRAVERSAL);
  declare('list_join', 'list(string).join() -> string', (list: CelList) => join(list), joinCost);
  declare('list_join_string', 'list(string).join(string) -> string', join, joinCost);
  declare('strings_quote', 'strings.quote(string) -> string', quote, traversal(1));
  declare('string_format', 'string.format(list(dyn)) -> string', formatString, traversal(1));
};

const regex: Library = (declare) => {
  const compile = (pattern: string) => runtimePattern(pattern, (reason) => `Illegal regex: ${reason}`);
  declare(
    'string_find_string',
    'string.find(string) -> string',
    (text: string, pattern: string) => compile(pattern).find(text) ?? '',
    regexCost,
  );
  const findAll = (text: string, pattern: string, limit = -1n) =>
    new ValueList(compile(pattern).findAll(text, Number(limit < 0n ? -1n : limit)));
  declare('string_find_all_string', 'string.findAll(string) -> list(string)', findAll, regexCost);
  declare('string_find_all_string_int', 'string.findAll(string, int) -> list(string)', findAll, regexCost);
};

/** CEL's string functions, its string extension (version 2) and Kubernetes' find and findAll. */
export const strings: Library = (declare) => {
  for (const part of [standard, extended, regex]) part(declare);
};
