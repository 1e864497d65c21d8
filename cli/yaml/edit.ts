import { isDeepStrictEqual } from 'node:util';
import type { Document, Pair, YAMLMap } from 'yaml';
import { isCollection, isMap, isNode, isScalar, isSeq, parseAllDocuments, stringify } from 'yaml';

/** A value that is written into a file. */
export type Written = string | readonly { readonly [field: string]: string }[];

/** One object of a file: a document, or an item of a List. */
export interface EditableObject {
  readonly node: YAMLMap;
  /** What stands there. */
  readonly value: Readonly<Record<string, unknown>>;
}

/** Replaces the characters from `start` to `end`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** More aliases than this nobody writes by hand. */
const MAX_ALIASES = 200;

/** The objects of a YAML or JSON text. Throws `SyntaxError` with line and column. */
export function editableObjects(text: string): EditableObject[] {
  return documentsOf(text).flatMap((document) => {
    const { contents } = document;
    if (!isMap(contents)) return [];
    const value = document.toJS({ maxAliasCount: MAX_ALIASES }) as Record<string, unknown>;
    const items = contents.get('items', true);
    const isList = typeof value.kind === 'string' && value.kind.endsWith('List') && isSeq(items);
    if (!isList) return [{ node: contents, value }];
    const values = value.items as Record<string, unknown>[];
    return items.items.flatMap((node, index) => (isMap(node) ? [{ node, value: values[index] ?? {} }] : []));
  });
}

function documentsOf(text: string): Document[] {
  const documents = [...parseAllDocuments(text, { uniqueKeys: true })] as Document[];
  for (const { errors } of documents) {
    const [fault] = errors;
    if (fault === undefined) continue;
    const at = fault.linePos?.[0];
    const where = at === undefined ? '' : `line ${at.line}, column ${at.col}: `;
    throw new SyntaxError(`${where}${fault.message.split('\n', 1)[0] ?? ''}`);
  }
  return documents;
}

/**
 * The edits that give an object's field at `path` the fields of `set`, and leave every other character of the file as it is:
 * comments, order, quotes. Maps that are missing on the way are made. Throws `TypeError` where the text cannot be edited so.
 */
export function setFields(
  text: string,
  object: EditableObject,
  path: readonly string[],
  set: Readonly<Record<string, Written>>,
): Edit[] {
  let map = object.node;
  for (const [depth, name] of path.entries()) {
    const pair = pairOf(map, name);
    if (isMap(pair?.value)) {
      map = pair.value;
      continue;
    }
    if (pair !== undefined && !isEmpty(pair)) throw new TypeError(`${path.join('.')} is no map that can be edited`);
    const rest = path.slice(depth + 1);
    const value = rest.reduceRight<unknown>((inner, field) => ({ [field]: inner }), set);
    return pair === undefined ? [insert(text, map, { [name]: value })] : [fill(text, map, pair, value)];
  }
  const edits: Edit[] = [];
  const absent: Record<string, Written> = {};
  for (const [name, value] of Object.entries(set)) {
    const pair = pairOf(map, name);
    if (pair === undefined) absent[name] = value;
    else if (isEmpty(pair)) edits.push(fill(text, map, pair, value));
    else if (!isDeepStrictEqual(plain(pair.value), value)) edits.push(replace(text, map, pair, value));
  }
  if (Object.keys(absent).length > 0) edits.push(insert(text, map, absent));
  return edits;
}

/**
 * The text with the edits made. Throws `TypeError` where what can be read in it afterwards is not `expected`: one value for
 * each object, in their order. Nothing is ever written that says something else than was meant.
 */
export function applyEdits(text: string, edits: readonly Edit[], expected: readonly unknown[]): string {
  const sorted = edits.toSorted((a, b) => b.start - a.start || b.end - a.end);
  const edited = sorted.reduce((so, { start, end, text: piece }) => so.slice(0, start) + piece + so.slice(end), text);
  const read = editableObjects(edited).map(({ value }) => value);
  if (!isDeepStrictEqual(read, expected)) throw new TypeError('it cannot be edited without changing something else');
  return edited;
}

function pairOf(map: YAMLMap, name: string): Pair | undefined {
  return map.items.find(({ key }) => isScalar(key) && key.value === name);
}

/** `annotations:` and nothing behind it, or `null`. */
const isEmpty = ({ value }: Pair): boolean => value === null || (isScalar(value) && value.value === null);

const plain = (node: unknown): unknown => (isCollection(node) || isScalar(node) ? node.toJSON() : undefined);

function rangeOf(node: unknown): readonly [number, number] {
  const range = isNode(node) ? node.range : undefined;
  if (range === undefined || range === null) throw new TypeError('a part of it has no place in the text');
  return [range[0], range[1]];
}

const isFlow = (map: YAMLMap): boolean => map.flow === true;

const eolOf = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n');

/** What can stand without quotes as a key of a YAML map. */
const PLAIN_KEY = /^[A-Za-z][\w./-]*$/;

/** One line, with a space after colons and commas: for maps in braces. JSON where the whole file is. */
function flowText(text: string, value: unknown): string {
  const json = /^\s*[[{]/.test(text);
  const of = (part: unknown): string => {
    if (Array.isArray(part)) return `[${part.map(of).join(', ')}]`;
    if (typeof part !== 'object' || part === null) return JSON.stringify(part) ?? 'null';
    const fields = Object.entries(part).map(
      ([name, field]) => `${!json && PLAIN_KEY.test(name) ? name : JSON.stringify(name)}: ${of(field)}`,
    );
    return `{${fields.join(', ')}}`;
  };
  return of(value);
}

function blockLines(value: unknown, indent: number, eol: string): string {
  return stringify(value, { lineWidth: 0 })
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? line : `${' '.repeat(indent)}${line}`))
    .join(eol);
}

/** Adds fields at the end of a map. */
function insert(text: string, map: YAMLMap, fields: Readonly<Record<string, unknown>>): Edit {
  const eol = eolOf(text);
  if (isFlow(map)) {
    const end = rangeOf(map)[1] - 1;
    if (text[end] !== '}') throw new TypeError('a map in braces has no end');
    const before = text.slice(0, end).trimEnd();
    const separator = map.items.length === 0 || before.endsWith(',') ? '' : ',';
    const space = map.items.length === 0 ? '' : ' ';
    return {
      start: before.length,
      end: before.length,
      text: `${separator}${space}${flowText(text, fields).slice(1, -1)}`,
    };
  }
  const [first] = map.items;
  const last = map.items.at(-1);
  if (first === undefined || last === undefined) throw new TypeError('a map is empty');
  const indent = columnOf(text, rangeOf(first.key)[0]);
  const end = Math.max(rangeOf(last.key)[1], isNode(last.value) ? rangeOf(last.value)[1] : 0);
  const at = afterLine(text, end);
  const lines = blockLines(fields, indent, eol);
  const complete = at === 0 || text[at - 1] === '\n';
  return { start: at, end: at, text: complete ? `${lines}${eol}` : `${eol}${lines}` };
}

/** Gives a key that stands there with nothing behind it a value. */
function fill(text: string, map: YAMLMap, pair: Pair, value: unknown): Edit {
  const key = rangeOf(pair.key);
  const colon = text.indexOf(':', key[1]);
  const [start, end] = isNode(pair.value) && pair.value.range ? rangeOf(pair.value) : [colon + 1, colon + 1];
  const begin = Math.max(start, colon + 1);
  return { start: colon + 1, end: Math.max(begin, end), text: valueText(text, map, pair, value) };
}

function replace(text: string, map: YAMLMap, pair: Pair, value: Written): Edit {
  const [start, valueEnd] = rangeOf(pair.value);
  const colon = text.indexOf(':', rangeOf(pair.key)[1]);
  // A block ends with its last character, not with the line breaks that follow.
  const end = start + text.slice(start, valueEnd).trimEnd().length;
  return { start: colon + 1, end, text: valueText(text, map, pair, value) };
}

/** What follows the colon of a key. */
function valueText(text: string, map: YAMLMap, pair: Pair, value: unknown): string {
  if (isFlow(map)) return ` ${flowText(text, value)}`;
  if (typeof value === 'string') return ` ${stringify(value, { lineWidth: 0 }).trimEnd()}`;
  if (Array.isArray(value) && value.length === 0) return ' []';
  const eol = eolOf(text);
  const column = columnOf(text, rangeOf(pair.key)[0]);
  return `${eol}${blockLines(value, column + 2, eol)}`;
}

const columnOf = (text: string, position: number): number =>
  position - (text.lastIndexOf('\n', Math.max(0, position - 1)) + 1);

/** Where the line ends that `position` is on or has just ended. */
function afterLine(text: string, position: number): number {
  if (position > 0 && text[position - 1] === '\n') return position;
  const end = text.indexOf('\n', position);
  return end < 0 ? text.length : end + 1;
}
