import { goJson } from './gofmt.ts';

/** A JSON object, as opposed to an array, a scalar or null. */
export type PlainObject = { [key: string]: unknown };

/** True for JSON objects only. */
export function isObject(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The own property of that name, or undefined: `constructor` and `__proto__` are keys like any other. */
export function own(object: PlainObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Sets an own property whatever its name: plain assignment to `__proto__` would set the prototype. */
export function setOwn(object: PlainObject, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    object[key] = value;
  }
}

/** A deep copy of a JSON value. */
export function cloneJson(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(cloneJson);
  const copy: PlainObject = {};
  for (const key of Object.keys(value)) setOwn(copy, key, cloneJson((value as PlainObject)[key]));
  return copy;
}

/** Structural equality of JSON values (Go's `reflect.DeepEqual` on decoded JSON). */
export function deepEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!deepEqual(a[i], b[i])) return false;
    return true;
  }
  if (Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  for (const key of keys) {
    if (!Object.hasOwn(b, key) || !deepEqual((a as PlainObject)[key], (b as PlainObject)[key])) return false;
  }
  return true;
}

/** A string equal for equal JSON values and different for different ones: a key for sets and maps of values. */
export function identity(value: unknown): string {
  return typeof value === 'string' ? `"${value}` : goJson(value);
}

/** True for numbers that JSON decoding in Kubernetes takes as int64; larger ones become float64. */
export function isJsonInteger(value: number): boolean {
  return Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63;
}
