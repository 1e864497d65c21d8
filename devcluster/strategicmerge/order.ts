/** The order of a merged list: that of the patch for its items, that of the live list for the others. */
import type { Json } from '../types.ts';
import { isMap, missingMergeKey, sameMergeKey } from './values.ts';

function indexIn(list: readonly Json[], item: Json, mergeKey: string): number {
  return list.findIndex((other) => sameMergeKey(item, other, mergeKey));
}

/** Stable: items that the order does not name come last. */
function sortBy(items: Json[], order: readonly Json[], mergeKey: string): Json[] {
  const position = (item: Json) => {
    const index = indexIn(order, item, mergeKey);
    return index < 0 ? order.length : index;
  };
  return items
    .map((item) => ({ item, at: position(item) }))
    .sort((left, right) => left.at - right.at)
    .map(({ item }) => item);
}

/**
 * @param order the items of the patch (or of `$setElementOrder`), as they shall stand
 * @param before the live list
 */
export function orderItems(
  items: readonly Json[],
  order: readonly Json[],
  before: readonly Json[],
  mergeKey: string,
): Json[] {
  for (const item of items)
    if (mergeKey !== '' && isMap(item) && !Object.hasOwn(item, mergeKey)) throw missingMergeKey(item, mergeKey);
  const patched = sortBy(
    items.filter((item) => indexIn(order, item, mergeKey) >= 0),
    order,
    mergeKey,
  );
  const others = sortBy(
    items.filter((item) => indexIn(order, item, mergeKey) < 0),
    before,
    mergeKey,
  );
  const merged: Json[] = [];
  while (others.length > 0 || patched.length > 0) {
    const [other] = others;
    const [own] = patched;
    if (own === undefined || (other !== undefined && comesFirst(before, other, own, mergeKey)))
      merged.push(others.shift() as Json);
    else merged.push(patched.shift() as Json);
  }
  return merged;
}

function comesFirst(before: readonly Json[], other: Json, own: Json, mergeKey: string): boolean {
  const left = indexIn(before, other, mergeKey);
  const right = indexIn(before, own, mergeKey);
  return left >= 0 && right >= 0 && left < right;
}
