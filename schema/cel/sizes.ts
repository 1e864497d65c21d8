import { runeCount } from '../gofmt.ts';
import { CelList, CelMap, CelOpaque, CelOptional, type CelValue } from './values.ts';

/** Cost of walking one character of a string. */
export const STRING_TRAVERSAL = 0.1;
/** Cost of one character of a regular expression. */
export const REGEX_LENGTH = 0.25;

/** The size of a value for cost accounting: characters, bytes, items or entries; 1 for scalars. */
export function actualSize(value: CelValue): number {
  if (typeof value === 'string') return runeCount(value);
  if (value === null || typeof value !== 'object') return 1;
  if (value instanceof CelList || value instanceof Uint8Array) return value.length;
  if (value instanceof CelMap) return value.size;
  if (value instanceof CelOptional) return value.value === undefined ? 1 : actualSize(value.value);
  return value instanceof CelOpaque ? value.costSize : 1;
}

/** The cost of walking through a whole value. */
export function traversalCost(value: CelValue): number {
  if (typeof value === 'string') return Math.trunc(actualSize(value) * STRING_TRAVERSAL);
  if (value === null || typeof value !== 'object') return 1;
  if (value instanceof Uint8Array) return Math.trunc(value.length * STRING_TRAVERSAL);
  if (value instanceof CelList) {
    let sum = 0;
    for (const item of value) sum += traversalCost(item);
    return sum;
  }
  if (value instanceof CelMap) {
    let sum = 0;
    for (const key of value.keys()) sum += traversalCost(key) + traversalCost(value.get(key) as CelValue);
    return sum;
  }
  return 1;
}
