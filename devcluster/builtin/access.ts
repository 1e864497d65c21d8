/** Reading fields of loosely typed objects: absent and wrongly typed values read as empty ones. */
import type { Json, JsonObject } from '../types.ts';

export type Loose = { readonly [field: string]: unknown };

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value at a dotted path (`spec.template.spec`); undefined when anything on the way is absent. */
export function at(object: unknown, path: string): unknown {
  let value: unknown = object;
  for (const step of path.split('.')) {
    if (!isObject(value) || !Object.hasOwn(value, step)) return undefined;
    value = value[step];
  }
  return value;
}

export function text(object: unknown, path: string): string {
  const value = at(object, path);
  return typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : '';
}

export function number(object: unknown, path: string): number {
  const value = at(object, path);
  return typeof value === 'number' ? value : 0;
}

export function list(object: unknown, path: string): Json[] {
  const value = at(object, path);
  return Array.isArray(value) ? (value as Json[]) : [];
}

/** The map at a path; an empty one when absent. */
export function record(object: unknown, path: string): JsonObject {
  const value = at(object, path);
  return isObject(value) ? value : {};
}

/** The map at a path, for changing it; undefined when absent. */
export function child(object: unknown, path: string): JsonObject | undefined {
  const value = at(object, path);
  return isObject(value) ? value : undefined;
}

/** The objects in the list at a path. */
export function objects(object: unknown, path: string): JsonObject[] {
  return list(object, path).filter(isObject);
}
