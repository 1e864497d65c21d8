import { goFloat, goQuote } from '../gofmt.ts';
import { fail, toil } from './failure.ts';

export { CelFailure, fail, NO_SUCH_OVERLOAD } from './failure.ts';

/** A value while an expression runs. CEL's int is a bigint, its double a number. */
export type CelValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | CelUint
  | CelTimestamp
  | CelDuration
  | CelType
  | CelOptional
  | CelList
  | CelMap
  | CelOpaque;

export class CelUint {
  readonly value: bigint;

  constructor(value: bigint) {
    this.value = value;
  }
}

/** Nanoseconds since 1970. */
export class CelTimestamp {
  readonly nanos: bigint;

  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

export class CelDuration {
  readonly nanos: bigint;

  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** The result of `type(x)`. */
export class CelType {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

export class CelOptional {
  static readonly NONE = new CelOptional(undefined);
  readonly value: CelValue | undefined;

  constructor(value: CelValue | undefined) {
    this.value = value;
  }
}

/** A value of a library's own type: quantity, IP address, URL and so on. */
export abstract class CelOpaque {
  abstract readonly typeName: string;
  /** Equality with a value of the same type. */
  abstract equals(other: CelOpaque): boolean;
  /** Size for cost accounting; 1 unless the type says otherwise. */
  get costSize(): number {
    return 1;
  }
}

export abstract class CelList {
  abstract readonly length: number;
  /** The item; undefined out of bounds. */
  abstract get(index: number): CelValue | undefined;

  *[Symbol.iterator](): IterableIterator<CelValue> {
    for (let i = 0; i < this.length; i++) yield this.get(i) as CelValue;
  }

  equals(other: CelList): boolean {
    if (this.length !== other.length) return false;
    for (let i = 0; i < this.length; i++) {
      if (!celEquals(this.get(i) as CelValue, other.get(i) as CelValue)) return false;
    }
    return true;
  }

  /** Concatenation; lists typed as sets or maps by their schema merge instead. */
  concat(other: CelList): CelList {
    return new ValueList([...this, ...other]);
  }
}

export class ValueList extends CelList {
  readonly items: readonly CelValue[];

  constructor(items: readonly CelValue[]) {
    super();
    this.items = items;
  }

  get length(): number {
    return this.items.length;
  }

  get(index: number): CelValue | undefined {
    return this.items[index];
  }
}

export abstract class CelMap {
  abstract readonly size: number;
  abstract keys(): readonly CelValue[];
  /** The value; undefined where there is no such key. */
  abstract get(key: CelValue): CelValue | undefined;

  equals(other: CelMap): boolean {
    if (this.size !== other.size) return false;
    for (const key of this.keys()) {
      const theirs = other.get(key);
      if (theirs === undefined || !celEquals(this.get(key) as CelValue, theirs)) return false;
    }
    return true;
  }
}

/** A map written in the expression or built by it. */
export class ValueMap extends CelMap {
  readonly #entries: ReadonlyMap<string, readonly [CelValue, CelValue]>;

  constructor(entries: ReadonlyMap<string, readonly [CelValue, CelValue]>) {
    super();
    this.#entries = entries;
  }

  static of(pairs: Iterable<readonly [CelValue, CelValue]>): ValueMap {
    const entries = new Map<string, readonly [CelValue, CelValue]>();
    for (const pair of pairs) entries.set(mapKey(pair[0]), pair);
    return new ValueMap(entries);
  }

  get size(): number {
    return this.#entries.size;
  }

  keys(): readonly CelValue[] {
    return [...this.#entries.values()].map(([key]) => key);
  }

  get(key: CelValue): CelValue | undefined {
    return this.#entries.get(mapKey(key))?.[1];
  }

  /** A copy with one more entry. Fails on a key that is there. */
  insert(key: CelValue, value: CelValue): ValueMap {
    const id = mapKey(key);
    if (this.#entries.has(id)) fail(`insert failed: key ${printValue(key)} already exists`);
    const entries = new Map(this.#entries);
    entries.set(id, [key, value]);
    return new ValueMap(entries);
  }
}

/** Equal for keys that CEL takes as equal: 1, 1u and 1.0 are one key. */
export function mapKey(key: CelValue): string {
  switch (typeof key) {
    case 'string':
      return `"${key}`;
    case 'bigint':
      return `#${key}`;
    case 'number':
      return Number.isInteger(key) ? `#${BigInt(key)}` : `#${key}`;
    case 'boolean':
      return String(key);
    default:
      if (key instanceof CelUint) return `#${key.value}`;
      return fail(`unsupported key type: ${typeNameOf(key)}`);
  }
}

/** CEL equality: numbers by value whatever their type, values of different types are unequal. */
export function celEquals(a: CelValue, b: CelValue): boolean {
  if (typeof a !== 'object' || a === null) {
    if (a === b) return true;
    return isNumeric(a) && isNumeric(b) ? compareNumbers(a, b) === 0 : false;
  }
  toil(10);
  if (typeof b !== 'object' || b === null) return a instanceof CelUint && isNumeric(b) && compareNumbers(a, b) === 0;
  if (a instanceof CelList) return b instanceof CelList && a.equals(b);
  if (a instanceof CelMap) return b instanceof CelMap && a.equals(b);
  if (a instanceof CelUint) return b instanceof CelUint && a.value === b.value;
  if (a instanceof CelTimestamp) return b instanceof CelTimestamp && a.nanos === b.nanos;
  if (a instanceof CelDuration) return b instanceof CelDuration && a.nanos === b.nanos;
  if (a instanceof CelType) return b instanceof CelType && a.name === b.name;
  if (a instanceof CelOptional) {
    if (!(b instanceof CelOptional)) return false;
    if (a.value === undefined || b.value === undefined) return a.value === b.value;
    return celEquals(a.value, b.value);
  }
  if (a instanceof Uint8Array) return b instanceof Uint8Array && compareBytes(a, b) === 0;
  return b instanceof CelOpaque && a.typeName === b.typeName && a.equals(b);
}

type Numeric = bigint | number | CelUint;

export function isNumeric(value: CelValue): value is Numeric {
  return typeof value === 'bigint' || typeof value === 'number' || value instanceof CelUint;
}

/** -1, 0 or 1; NaN where either is not a number. JavaScript compares bigint and number by their exact values. */
export function compareNumbers(a: Numeric, b: Numeric): number {
  const x = a instanceof CelUint ? a.value : a;
  const y = b instanceof CelUint ? b.value : b;
  if (x < y) return -1;
  if (x > y) return 1;
  // biome-ignore lint/suspicious/noDoubleEquals: 1n == 1 is what is asked here
  return x == y ? 0 : Number.NaN;
}

export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference < 0 ? -1 : 1;
  }
  return Math.sign(a.length - b.length);
}

/** The runtime type's name, as `type(x)` and conversion errors print it. */
export function typeNameOf(value: CelValue): string {
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return 'double';
    case 'string':
      return 'string';
    default:
      break;
  }
  if (value === null) return 'null_type';
  if (value instanceof CelList) return 'list';
  if (value instanceof CelMap) return 'map';
  if (value instanceof CelUint) return 'uint';
  if (value instanceof CelTimestamp) return 'google.protobuf.Timestamp';
  if (value instanceof CelDuration) return 'google.protobuf.Duration';
  if (value instanceof CelType) return 'type';
  if (value instanceof CelOptional) return 'optional_type';
  if (value instanceof Uint8Array) return 'bytes';
  return (value as CelOpaque).typeName;
}

/** The value as error messages print it. */
export function printValue(value: CelValue): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return goFloat(value);
  if (value instanceof CelUint) return String(value.value);
  if (value === null || typeof value !== 'object') return String(value);
  if (value instanceof CelType) return value.name;
  if (value instanceof CelList) return `[${[...value].map(quoted).join(', ')}]`;
  if (value instanceof CelMap) {
    return `{${value
      .keys()
      .map((key) => `${quoted(key)}: ${quoted(value.get(key) as CelValue)}`)
      .join(', ')}}`;
  }
  return typeNameOf(value);
}

function quoted(value: CelValue): string {
  return typeof value === 'string' ? goQuote(value) : printValue(value);
}
