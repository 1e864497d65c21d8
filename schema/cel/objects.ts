import { parseFormatDuration } from '../duration.ts';
import { isDate } from '../formats.ts';
import { deepEqual, identity, isJsonInteger, isObject, own, type PlainObject } from '../json.ts';
import type { SchemaProps } from '../types.ts';
import { withResourceFields } from './decl.ts';
import { escapeName, isReservedName } from './escape.ts';
import { parseTimestamp, timestampFromNanos } from './time.ts';
import {
  CelDuration,
  CelList,
  CelMap,
  CelOpaque,
  CelOptional,
  CelTimestamp,
  CelUint,
  type CelValue,
  celEquals,
  fail,
  NO_SUCH_OVERLOAD,
} from './values.ts';

/** Turns a JSON value into what an expression sees; objects and lists are wrapped, not copied. */
export type Converter = (value: unknown) => CelValue;

/** Compiles the conversion of values that a schema describes. */
export function compileConverter(schema: SchemaProps): Converter {
  const convert = compileTyped(schema);
  const nullable = schema.nullable === true;
  return (value) => {
    if (value !== null && value !== undefined) return convert(value);
    return nullable ? null : fail('invalid data, got null for schema with nullable=false');
  };
}

function wrongType(expected: string, value: unknown): never {
  return fail(`invalid data, expected ${expected}, got ${goTypeName(value)}`);
}

function goTypeName(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    case 'number':
      return isJsonInteger(value) ? 'int64' : 'float64';
    default:
      return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}';
  }
}

function toInt(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value;
  return typeof value === 'number' && isJsonInteger(value) ? BigInt(value) : undefined;
}

function compileTyped(schema: SchemaProps): Converter {
  if (schema['x-kubernetes-int-or-string'] === true) {
    return (value) => {
      if (typeof value === 'string') return value;
      return toInt(value) ?? fail('invalid data, expected XIntOrString value to be either a string or integer');
    };
  }
  switch (schema.type) {
    case 'object':
      return compileObject(schema);
    case 'array':
      return compileList(schema);
    case 'string':
      return compileString(schema);
    case 'number':
      return (value) =>
        typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : wrongType('float', value);
    case 'integer':
      return (value) => toInt(value) ?? wrongType('int', value);
    case 'boolean':
      return (value) => (typeof value === 'boolean' ? value : wrongType('bool', value));
    default:
      if (schema['x-kubernetes-preserve-unknown-fields'] === true) return (value) => new UnknownValue(value);
      return () =>
        fail(
          `invalid type, expected object, array, number, integer, boolean or string, or no type with x-kubernetes-int-or-string or x-kubernetes-preserve-unknown-fields is true, got ${schema.type ?? ''}`,
        );
  }
}

function compileString(schema: SchemaProps): Converter {
  const parse = stringParser(schema.format);
  return (value) => (typeof value === 'string' ? parse(value) : wrongType('string', value));
}

function stringParser(format: string | undefined): (text: string) => CelValue {
  switch (format) {
    case 'duration':
      return (text) => {
        const nanos = parseFormatDuration(text);
        return nanos === undefined
          ? fail(`Invalid duration ${text}: unable to parse ${text} as duration`)
          : new CelDuration(nanos);
      };
    case 'date':
      return (text) => {
        const nanos = isDate(text) ? parseTimestamp(`${text}T00:00:00Z`) : undefined;
        return nanos === undefined ? fail(`Invalid date formatted string ${text}`) : timestampFromNanos(nanos);
      };
    case 'date-time':
      return (text) => {
        const nanos = parseTimestamp(text, true);
        return nanos === undefined ? fail(`Invalid date-time formatted string ${text}`) : timestampFromNanos(nanos);
      };
    case 'byte':
      return (text) => {
        const urlSafe = /^[A-Za-z0-9_-]*={0,2}$/.test(text) && text.length % 4 === 0;
        return urlSafe
          ? Uint8Array.from(Buffer.from(text, 'base64url'))
          : fail(`Invalid byte formatted string ${text}: illegal base64 data`);
      };
    default:
      return (text) => text;
  }
}

function compileObject(schema: SchemaProps): Converter {
  const embedded = schema['x-kubernetes-embedded-resource'] === true;
  const described = embedded ? withResourceFields(schema) : schema;
  const { properties, additionalProperties } = described;
  if (properties !== undefined) {
    const fields = new Map<string, ObjectField>();
    for (const [name, property] of Object.entries(properties)) {
      const field = { name, convert: compileConverter(property) };
      const escaped = escapeName(name) ?? name;
      fields.set(escaped, field);
      if (isReservedName(name)) fields.set(name, field);
    }
    const names = new Set(Object.keys(properties));
    return (value) => (isObject(value) ? new JsonObject(value, fields, names) : notAMap());
  }
  if (typeof additionalProperties === 'object') {
    const convert = compileConverter(additionalProperties);
    return (value) => (isObject(value) ? new JsonMap(value, convert) : notAMap());
  }
  return (value) => (isObject(value) ? new JsonObject(value, new Map(), new Set()) : notAMap());
}

function notAMap(): never {
  return fail('invalid data, expected a map for the provided schema with type=object');
}

function compileList(schema: SchemaProps): Converter {
  const { items } = schema;
  if (items === undefined) return () => fail('invalid array type, expected Items with a non-empty Schema');
  const convert = compileConverter(items);
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const kind = schema['x-kubernetes-list-type'];
  const make = (value: readonly unknown[]): CelList => {
    if (kind === 'set') return new JsonSet(value, convert);
    return kind === 'map' ? new JsonMapList(value, convert, keys) : new JsonList(value, convert);
  };
  return (value) =>
    Array.isArray(value)
      ? make(value)
      : fail('invalid data, expected an array for the provided schema with type=array');
}

/** Data that no schema describes: it can be compared, and nothing else. */
class UnknownValue extends CelOpaque {
  readonly typeName = 'unknown';
  readonly value: unknown;

  constructor(value: unknown) {
    super();
    this.value = value;
  }

  equals(other: CelOpaque): boolean {
    return other instanceof UnknownValue && deepEqual(this.value, other.value);
  }
}

interface ObjectField {
  readonly name: string;
  readonly convert: Converter;
}

/** An object whose fields the schema lists. A null field counts as absent. */
class JsonObject extends CelMap {
  readonly raw: PlainObject;
  readonly #fields: ReadonlyMap<string, ObjectField>;
  readonly #names: ReadonlySet<string>;

  constructor(raw: PlainObject, fields: ReadonlyMap<string, ObjectField>, names: ReadonlySet<string>) {
    super();
    this.raw = raw;
    this.#fields = fields;
    this.#names = names;
  }

  get size(): number {
    return Object.keys(this.raw).length;
  }

  keys(): readonly CelValue[] {
    return Object.keys(this.raw)
      .filter((key) => this.#names.has(key))
      .map((key) => escapeName(key) ?? key);
  }

  get(key: CelValue): CelValue | undefined {
    if (typeof key !== 'string') return fail(NO_SUCH_OVERLOAD);
    const field = this.#fields.get(key);
    if (field === undefined || !Object.hasOwn(this.raw, field.name)) return undefined;
    const value = this.raw[field.name];
    return value === null ? undefined : field.convert(value);
  }

  override equals(other: CelMap): boolean {
    if (this.size !== other.size) return false;
    for (const key of Object.keys(this.raw)) {
      if (this.#names.has(key)) {
        const escaped = escapeName(key) ?? key;
        const [mine, theirs] = [this.get(escaped), other.get(escaped)];
        if (mine === undefined || theirs === undefined) {
          if (mine !== theirs) return false;
        } else if (!celEquals(mine, theirs)) return false;
      } else if (
        other instanceof JsonObject &&
        Object.hasOwn(other.raw, key) &&
        !deepEqual(this.raw[key], other.raw[key])
      )
        return false;
    }
    return true;
  }
}

/** An object with arbitrary keys and values of one schema. */
class JsonMap extends CelMap {
  readonly raw: PlainObject;
  readonly #convert: Converter;

  constructor(raw: PlainObject, convert: Converter) {
    super();
    this.raw = raw;
    this.#convert = convert;
  }

  get size(): number {
    return Object.keys(this.raw).length;
  }

  keys(): readonly CelValue[] {
    return Object.keys(this.raw);
  }

  get(key: CelValue): CelValue | undefined {
    if (typeof key !== 'string') return fail(NO_SUCH_OVERLOAD);
    return Object.hasOwn(this.raw, key) ? this.#convert(this.raw[key]) : undefined;
  }
}

class JsonList extends CelList {
  readonly raw: readonly unknown[];
  protected readonly convert: Converter;

  constructor(raw: readonly unknown[], convert: Converter) {
    super();
    this.raw = raw;
    this.convert = convert;
  }

  get length(): number {
    return this.raw.length;
  }

  get(index: number): CelValue | undefined {
    return index >= 0 && index < this.raw.length ? this.convert(this.raw[index]) : undefined;
  }

  override concat(other: CelList): CelList {
    return new JsonList([...this.raw, ...rawItems(other)], this.convert);
  }
}

function rawItems(list: CelList): readonly unknown[] {
  return list instanceof JsonList ? list.raw : [...list].map(toJson);
}

/** `x-kubernetes-list-type: set`: order does not matter, and `+` is union. */
class JsonSet extends JsonList {
  override equals(other: CelList): boolean {
    if (this.length !== other.length) return false;
    const items = new Set(this.raw.map(identity));
    return rawItems(other).every((item) => items.has(identity(item)));
  }

  override concat(other: CelList): CelList {
    const items = new Set(this.raw.map(identity));
    const added = rawItems(other).filter((item) => {
      const id = identity(item);
      return !items.has(id) && items.add(id);
    });
    return new JsonSet([...this.raw, ...added], this.convert);
  }
}

/** `x-kubernetes-list-type: map`: order does not matter, and `+` replaces items of the same keys. */
class JsonMapList extends JsonList {
  readonly #keys: readonly string[];

  constructor(raw: readonly unknown[], convert: Converter, keys: readonly string[]) {
    super(raw, convert);
    this.#keys = keys;
  }

  #keyOf(item: unknown): string {
    return isObject(item) ? this.#keys.map((key) => identity(own(item, key) ?? null)).join('\0') : '';
  }

  override equals(other: CelList): boolean {
    if (this.length !== other.length) return false;
    const byKey = new Map(this.raw.map((item) => [this.#keyOf(item), item]));
    const theirs = rawItems(other);
    for (let i = 0; i < theirs.length; i++) {
      const mine = byKey.get(this.#keyOf(theirs[i]));
      if (mine === undefined || !celEquals(this.convert(mine), other.get(i) as CelValue)) return false;
    }
    return true;
  }

  override concat(other: CelList): CelList {
    const merged = [...this.raw];
    const positions = new Map(merged.map((item, i) => [this.#keyOf(item), i]));
    for (const item of rawItems(other)) {
      const position = positions.get(this.#keyOf(item));
      if (position === undefined) merged.push(item);
      else merged[position] = item;
    }
    return new JsonMapList(merged, this.convert, this.#keys);
  }
}

/** Converts JSON of no known schema: whole numbers are ints, others doubles. */
export const fromJson: Converter = (value) => {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'bigint':
      return value;
    case 'number':
      return isJsonInteger(value) ? BigInt(value) : value;
    default:
      if (value === null || value === undefined) return null;
      return Array.isArray(value) ? new JsonList(value, fromJson) : new JsonMap(value as PlainObject, fromJson);
  }
};

/** The JSON of a value: ints beyond 2^53 stay bigint, times become text, bytes base64. */
export function toJson(value: CelValue): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof JsonList || value instanceof JsonObject || value instanceof JsonMap) return value.raw;
  if (value instanceof CelList) return [...value].map(toJson);
  if (value instanceof CelMap) {
    const object: PlainObject = {};
    for (const key of value.keys()) {
      Object.defineProperty(object, String(toJson(key)), {
        value: toJson(value.get(key) as CelValue),
        writable: true,
        enumerable: true,
        configurable: true,
      });
    }
    return object;
  }
  if (value instanceof CelUint) return toJson(value.value);
  if (value instanceof CelOptional) return value.value === undefined ? null : toJson(value.value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof CelTimestamp) return new Date(Number(value.nanos / 1_000_000n)).toISOString();
  if (value instanceof CelDuration) return `${Number(value.nanos) / 1e9}s`;
  return value instanceof UnknownValue ? value.value : String(value);
}
