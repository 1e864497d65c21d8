/** Small questions about the values of a strategic merge patch, and its errors. */
import { goTypeOf } from '../../schema/gofmt.ts';
import { type Json, type JsonObject, StrategicMergeError } from '../types.ts';

export const isMap = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Go's name of a JSON value's type. */
export function typeName(value: unknown): string {
  return value === null || value === undefined ? '%!s(<nil>)' : goTypeOf(value);
}

/** A value as Go prints it. */
export function goValue(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map(goValue).join(' ')}]`;
  if (isMap(value)) {
    return `map[${Object.entries(value)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, item]) => `${key}:${goValue(item)}`)
      .join(' ')}]`;
  }
  return value === null || value === undefined ? '<nil>' : String(value);
}

export function badPatchType(directive: Json | undefined, map: JsonObject): StrategicMergeError {
  return new StrategicMergeError(
    500,
    `unknown patch type: ${typeof directive === 'string' ? directive : `%!s(${typeName(directive)}=${goValue(directive)})`} in map: ${goValue(map)}`,
  );
}

export function missingMergeKey(map: JsonObject, mergeKey: string): StrategicMergeError {
  return new StrategicMergeError(500, `map: ${goValue(map)} does not contain declared merge key: ${mergeKey}`);
}

/** Whether two items are the same one: by merge key, or by value where there is none. */
export function sameMergeKey(left: Json, right: Json, mergeKey: string): boolean {
  if (mergeKey === '') return left === right;
  if (!isMap(left)) return false;
  if (!isMap(right)) return false;
  if (!Object.hasOwn(left, mergeKey)) throw missingMergeKey(left, mergeKey);
  if (!Object.hasOwn(right, mergeKey)) throw missingMergeKey(right, mergeKey);
  return left[mergeKey] === right[mergeKey];
}
