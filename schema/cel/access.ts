import { indexOf as listIndex, listItem } from './lib/operators.ts';
import {
  CelList,
  CelMap,
  CelOptional,
  type CelValue,
  fail,
  isNumeric,
  NO_SUCH_OVERLOAD,
  printValue,
  typeNameOf,
} from './values.ts';

/** True for what can be found by its key: equal values have equal keys. */
export function isKey(value: CelValue): boolean {
  return typeof value === 'string' || typeof value === 'boolean' || isNumeric(value);
}

/** The entry of a map. Null is a value like any other; undefined means that the key is not there. */
export function entry(map: CelMap, key: CelValue): CelValue {
  const value = map.get(key);
  return value === undefined ? fail(`no such key: ${printValue(key)}`) : value;
}

/** A field of what is no map. */
export function selectOther(value: CelValue, field: string): CelValue {
  if (value instanceof CelList) return fail("unsupported index type 'string' in list");
  if (!(value instanceof CelOptional) || value.value === undefined) return fail(`no such key: ${field}`);
  return optionalIndex(value.value, field);
}

/** `has(value.field)`. */
export function hasField(value: CelValue, field: string): boolean {
  if (value instanceof CelMap) return value.get(field) !== undefined;
  return value instanceof CelOptional && value.value !== undefined && hasField(value.value, field);
}

/** `value[index]`. */
export function indexInto(value: CelValue, index: CelValue): CelValue {
  if (value instanceof CelList) return listItem(value, index);
  if (value instanceof CelMap) return entry(value, index);
  if (value instanceof CelOptional) return value.value === undefined ? value : optionalIndex(value.value, index);
  return fail(`no such key: ${printValue(index)}`);
}

/** `value[?index]`, or the same of what an optional holds. */
export function optionalIndex(value: CelValue, index: CelValue): CelValue {
  if (value instanceof CelOptional) return value.value === undefined ? value : optionalIndex(value.value, index);
  let item: CelValue | undefined;
  if (value instanceof CelMap) item = value.get(index);
  else if (value instanceof CelList) {
    const at = listIndex(index);
    item = at === undefined ? undefined : value.get(at);
  } else return fail(NO_SUCH_OVERLOAD);
  return item === undefined ? CelOptional.NONE : new CelOptional(item);
}

/** Go's name for the kind of a scalar. */
export function goKind(value: CelValue): string {
  const name = typeNameOf(value)
    .replace(/^google\.protobuf\./, '')
    .replace(/_type$/, '');
  return name.charAt(0).toUpperCase() + name.slice(1);
}
