import { findPaths, findQuoted, findUrls } from './words.ts';

type Schema = Record<string, unknown>;
type Fields = Record<string, unknown>;

/** What a message offers to fill arguments from; things are taken out as they are used. */
export interface Material {
  /** The user's message. */
  readonly message: string;
  /** The part of the message after the tool's name was mentioned; the whole of it where it was not. */
  readonly rest: string;
  readonly numbers: number[];
  readonly urls: string[];
  readonly quoted: string[];
  readonly paths: string[];
}

const MAX_DEPTH = 5;

/** Collects numbers, URLs, quoted texts and paths of a message. */
export function materialOf(message: string, rest = message): Material {
  const urls = findUrls(message);
  // A number within a URL is none of the message's numbers.
  const bare = urls.reduce((text, { as }) => text.replace(as, ' '), message);
  return {
    message,
    rest,
    numbers: [...bare.matchAll(/(?<![\w.])-?\d{1,15}(?:\.\d{1,15})?(?![\w])/g)].map(([text]) => Number(text)),
    urls: urls.map(({ url }) => url),
    quoted: findQuoted(message),
    paths: findPaths(bare),
  };
}

/**
 * Arguments that fit a JSON Schema of an object, made of what the message says; undefined where a required one, such as a URL or
 * a number, is nowhere in it. Optional ones are left out, unless the message names them with a value.
 */
export function argumentsFor(schema: Schema, material: Material, depth = 0): Fields | undefined {
  const properties = isFields(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required.filter((name) => typeof name === 'string') : [];
  // A null prototype: a property may be called __proto__.
  const result: Fields = Object.create(null);
  for (const name of required) {
    const property = properties[name];
    const value = valueFor(name, isFields(property) ? property : {}, material, depth);
    if (value === undefined) return undefined;
    result[name] = value;
  }
  for (const [name, property] of Object.entries(properties)) {
    if (required.includes(name) || !isFields(property)) continue;
    const value = namedValue(name, property, material);
    if (value !== undefined) result[name] = value;
  }
  return result;
}

function valueFor(name: string, given: Schema, material: Material, depth: number): unknown {
  const schema = firstAlternative(given);
  if (schema.const !== undefined) return schema.const;
  const named = namedValue(name, schema, material);
  if (named !== undefined) return named;
  if (Array.isArray(schema.enum)) {
    return schema.enum.find((value) => mentions(material.message, value)) ?? schema.enum[0];
  }
  switch (typeOf(schema)) {
    case 'integer':
    case 'number':
      return material.numbers.shift() ?? schema.default;
    case 'boolean':
      return schema.default ?? true;
    case 'array':
      return listFor(name, isFields(schema.items) ? schema.items : {}, material, depth);
    case 'object':
      return depth < MAX_DEPTH ? argumentsFor(schema, material, depth + 1) : {};
    case 'null':
      return null;
    default:
      return textFor(name, schema, material);
  }
}

function listFor(name: string, items: Schema, material: Material, depth: number): unknown[] | undefined {
  const type = typeOf(items);
  if (type === 'number' || type === 'integer') return material.numbers.splice(0);
  if (type === 'string' && material.quoted.length > 0) return material.quoted.splice(0);
  const value = depth < MAX_DEPTH ? valueFor(name, items, material, depth + 1) : undefined;
  return value === undefined ? undefined : [value];
}

function textFor(name: string, schema: Schema, material: Material): string | undefined {
  const what = name.toLowerCase();
  if (isUrlProperty(name, schema)) return material.urls.shift();
  if (/^(path|file|filename|dir|directory|folder)$|_?(path|file|dir|directory)$/.test(what)) {
    return material.paths.shift() ?? (/dir|folder|path/.test(what) ? '.' : undefined);
  }
  const quoted = material.quoted.shift();
  if (quoted !== undefined) return quoted;
  if (typeof schema.default === 'string') return schema.default;
  return material.rest.trim() || material.message.trim();
}

/** Whether a property holds a web address. */
export function isUrlProperty(name: string, schema: unknown): boolean {
  if (!isFields(schema)) return false;
  const { format } = schema;
  if (format === 'uri' || format === 'url') return true;
  return /^(url|uri|link|href|website|web_?address)$/i.test(name) && typeOf(firstAlternative(schema)) === 'string';
}

/** The numeric properties of a schema, the required ones first. */
export function numericProperties(schema: Schema | undefined): string[] {
  const properties = schema !== undefined && isFields(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema?.required) ? schema.required : [];
  const names = Object.keys(properties).filter((name) => {
    const property = properties[name];
    return isFields(property) && ['number', 'integer'].includes(typeOf(firstAlternative(property)));
  });
  return [...names.filter((name) => required.includes(name)), ...names.filter((name) => !required.includes(name))];
}

/** The value after a property's name: `invoice 17`, `limit=5`, `priority: high`. */
function namedValue(name: string, schema: Schema, material: Material): unknown {
  const word = name.replace(/[^a-zA-Z0-9]/g, '').slice(0, 40);
  if (word.length < 3) return undefined;
  const type = typeOf(firstAlternative(schema));
  if (type === 'number' || type === 'integer') {
    const pattern = new RegExp(
      `\\b${word}(?:\\s{0,3}[=:#]|\\s+(?:is|of|to|number))?\\s{0,3}#?(-?\\d{1,15}(?:\\.\\d{1,15})?)\\b`,
      'i',
    );
    const text = pattern.exec(material.message)?.[1];
    if (text === undefined) return undefined;
    const value = Number(text);
    const at = material.numbers.indexOf(value);
    if (at !== -1) material.numbers.splice(at, 1);
    return value;
  }
  if (type !== 'string') return undefined;
  // A word that holds a digit, or one that is set apart by `=` or `:`: "invoice INV-17", "priority: high".
  const set = new RegExp(`\\b${word}\\s{0,3}[=:]\\s{0,3}["']?([\\w@./-]{1,200})`, 'i').exec(material.message)?.[1];
  return set ?? new RegExp(`\\b${word}\\s{1,3}#?([\\w-]{0,60}\\d[\\w-]{0,60})`, 'i').exec(material.message)?.[1];
}

function firstAlternative(schema: Schema): Schema {
  for (const key of ['anyOf', 'oneOf', 'allOf']) {
    const list = schema[key];
    const first: unknown = Array.isArray(list)
      ? list.find((entry: unknown) => isFields(entry) && entry.type !== 'null')
      : undefined;
    if (isFields(first)) return { ...schema, ...first };
  }
  return schema;
}

function typeOf(schema: Schema): string {
  const { type } = schema;
  if (typeof type === 'string') return type;
  const first: unknown = Array.isArray(type) ? type.find((name) => name !== 'null') : undefined;
  if (typeof first === 'string') return first;
  return isFields(schema.properties) ? 'object' : 'string';
}

function mentions(message: string, value: unknown): boolean {
  return typeof value === 'string' && value !== '' && message.toLowerCase().includes(value.toLowerCase());
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
