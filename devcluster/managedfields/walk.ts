/** What the walkers over typed values share: resolving a shape against a value, and naming list items. */
import type { Json, JsonObject, MergeType } from '../types.ts';
import { keyElement, valueElement } from './fieldset.ts';

export const isMap = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const deduced: MergeType = { shape: 'deduced' };
const deducedMap: MergeType = { shape: 'map', element: () => deduced };
const untypedAtomic: MergeType = { shape: 'deduced', atomic: true };
const atomicMap: MergeType = { shape: 'map', atomic: true, element: () => untypedAtomic };
const atomicList: MergeType = { shape: 'list', atomic: true, element: () => untypedAtomic };
const anyScalar: MergeType = { shape: 'scalar', scalar: 'untyped' };

/** Shape of a value without a schema: maps are granular (unless the type is atomic), lists atomic. Other types stay as they are. */
export function resolve(type: MergeType, value: unknown): MergeType {
  if (type.shape !== 'deduced') return type;
  if (Array.isArray(value)) return atomicList;
  if (isMap(value)) return type.atomic === true ? atomicMap : deducedMap;
  // Nothing given: a map shape comes first, as the real one tries maps, then scalars, then lists.
  return value === undefined || value === null ? (type.atomic === true ? atomicMap : deducedMap) : anyScalar;
}

/** The type of a map's value; undefined where the schema does not know the field. */
export function fieldType(type: MergeType, key: string): MergeType | undefined {
  return type.field?.(key) ?? type.element?.();
}

/** Whether the field is one that the schema names, as against a key of a free map. */
export function isNamedField(type: MergeType, key: string): boolean {
  return type.field?.(key) !== undefined;
}

/** Says why a list item has no path element. */
export class ElementError extends Error {}

/** The path element of an item of an associative list. @throws ElementError */
export function itemElement(type: MergeType, item: Json): string {
  const keys = type.listMapKeys;
  if (keys === undefined) {
    if (Array.isArray(item)) throw new ElementError('not supported: associative list with lists as elements');
    if (isMap(item)) throw new ElementError("associative list without keys has an element that's a map type");
    if (item === null) throw new ElementError("associative list without keys has an element that's an explicit null");
    return valueElement(item);
  }
  if (item === null) throw new ElementError('associative list with keys may not have a null element');
  if (!isMap(item)) throw new ElementError('associative list with keys may not have non-map elements');
  const found: (readonly [string, Json])[] = [];
  for (const key of keys) {
    const value = Object.hasOwn(item, key) ? item[key] : type.keyDefaults?.[key];
    if (value !== undefined) found.push([key, value]);
  }
  if (found.length === 0) {
    throw new ElementError(
      `associative list with keys has an element that omits all key fields [${keys.map((key) => JSON.stringify(key)).join(' ')}] (and doesn't have default values for any key fields)`,
    );
  }
  return keyElement(found);
}

/** Deep equality of JSON; order of keys does not matter. */
export function equal(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left)) {
    if (!Array.isArray(right) || left.length !== right.length) return false;
    for (let index = 0; index < left.length; index += 1) if (!equal(left[index], right[index])) return false;
    return true;
  }
  if (Array.isArray(right)) return false;
  const [a, b] = [left as JsonObject, right as JsonObject];
  let count = 0;
  for (const key in a) {
    if (!Object.hasOwn(b, key) || !equal(a[key], b[key])) return false;
    count += 1;
  }
  for (const _ in b) count -= 1;
  return count === 0;
}
