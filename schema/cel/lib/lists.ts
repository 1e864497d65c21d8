import { type CallCost, type Declare, guardAllocation, type Library } from '../functions.ts';
import { actualSize, traversalCost } from '../sizes.ts';
import {
  CelDuration,
  CelList,
  type CelMap,
  CelUint,
  type CelValue,
  celEquals,
  fail,
  ValueList,
  ValueMap,
} from '../values.ts';
import { checkedDuration, checkedInt, checkedUint, compare, optional } from './operators.ts';

const COMPARABLE = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'] as const;

const traversal: CallCost = ([list]) => traversalCost(list as CelValue);

function best(list: CelList, name: string, prefers: (order: number) => boolean): CelValue {
  let found: CelValue | undefined;
  for (const item of list) if (found === undefined || prefers(compare(found, item))) found = item;
  return found ?? (list.length > 0 ? null : fail(`${name} called on empty list`));
}

function isSorted(list: CelList): boolean {
  let previous: CelValue | undefined;
  for (const item of list) {
    if (previous !== undefined && compare(previous, item) > 0) return false;
    previous = item;
  }
  return true;
}

const SUMS: ReadonlyArray<readonly [type: string, sum: (list: CelList) => CelValue]> = [
  ['int', (list) => [...list].reduce<bigint>((sum, item) => checkedInt(sum + (item as bigint)), 0n)],
  [
    'uint',
    (list) =>
      [...list].reduce<CelUint>((sum, item) => checkedUint(sum.value + (item as CelUint).value), new CelUint(0n)),
  ],
  ['double', (list) => [...list].reduce<number>((sum, item) => sum + (item as number), 0)],
  [
    'duration',
    (list) =>
      [...list].reduce<CelDuration>(
        (sum, item) => checkedDuration(sum.nanos + (item as CelDuration).nanos),
        new CelDuration(0n),
      ),
  ],
];

/** Kubernetes' own list functions. */
const kubernetes: Library = (declare) => {
  for (const type of COMPARABLE) {
    declare(`list_${type}_is_sorted_bool`, `list(${type}).isSorted() -> bool`, isSorted, traversal);
    declare(
      `list_${type}_max_${type}`,
      `list(${type}).max() -> ${type}`,
      (list: CelList) => best(list, 'max', (order) => order < 0),
      traversal,
    );
    declare(
      `list_${type}_min_${type}`,
      `list(${type}).min() -> ${type}`,
      (list: CelList) => best(list, 'min', (order) => order > 0),
      traversal,
    );
  }
  for (const [type, sum] of SUMS) declare(`list_${type}_sum_${type}`, `list(${type}).sum() -> ${type}`, sum, traversal);
  declare(
    'list_a_index_of_int',
    'list(A).indexOf(A) -> int',
    (list: CelList, value: CelValue) => BigInt([...list].findIndex((item) => celEquals(item, value))),
    traversal,
  );
  declare(
    'list_a_last_index_of_int',
    'list(A).lastIndexOf(A) -> int',
    (list: CelList, value: CelValue) => BigInt([...list].findLastIndex((item) => celEquals(item, value))),
    traversal,
  );
};

function slice(list: CelList, start: bigint, end: bigint): CelList {
  if (start < 0n || end < 0n) fail(`cannot slice(${start}, ${end}), negative indexes not supported`);
  if (start > end) fail(`cannot slice(${start}, ${end}), start index must be less than or equal to end index`);
  if (end > BigInt(list.length)) fail(`cannot slice(${start}, ${end}), list is length ${list.length}`);
  return new ValueList([...list].slice(Number(start), Number(end)));
}

function flatten(list: CelList, depth: bigint): CelList {
  if (depth < 0n) fail('level must be non-negative');
  const items: CelValue[] = [];
  const add = (from: CelList, level: bigint): void => {
    for (const item of from) {
      if (item instanceof CelList && level > 0n) add(item, level - 1n);
      else items.push(item);
      guardAllocation(items.length);
    }
  };
  add(list, depth);
  return new ValueList(items);
}

function distinct(list: CelList): CelList {
  const items: CelValue[] = [];
  for (const item of list) if (!items.some((known) => celEquals(known, item))) items.push(item);
  return new ValueList(items);
}

function range(count: bigint): CelList {
  guardAllocation(count > 0n ? Number(count) : 0);
  return new ValueList(Array.from({ length: Math.max(0, Number(count)) }, (_, i) => BigInt(i)));
}

function sortBy(list: CelList, keys: CelList): CelList {
  if (list.length !== keys.length) {
    fail(
      `@sortByAssociatedKeys() expected a list of the same size as the associated keys list, but got ${list.length} and ${keys.length} elements respectively`,
    );
  }
  const pairs = [...list].map((item, i) => [item, keys.get(i) as CelValue] as const);
  return new ValueList(pairs.sort(([, a], [, b]) => compare(a, b)).map(([item]) => item));
}

const CALL = 1;
const LIST = 10;

/** The cost of comparing all items with each other. */
function selfComparison(list: CelList): number {
  const first = list.get(0);
  const factor = typeof first === 'string' || first instanceof Uint8Array ? 2.1 : 2;
  return Math.trunc(list.length * list.length * factor) + CALL + LIST;
}

const SORT_IDS = new Map([
  ['duration', 'google.protobuf.Duration'],
  ['timestamp', 'google.protobuf.Timestamp'],
]);

/** CEL's list extension, version 3. */
const extension: Library = (declare) => {
  const allocation: CallCost = (_args, result) => actualSize(result) + CALL + LIST;
  const depth: CallCost = ([list, levels]) => actualSize(list as CelValue) * Number(levels ?? 1) + CALL + LIST;
  for (const type of COMPARABLE) {
    const id = SORT_IDS.get(type) ?? type;
    declare(
      `list_${id}_sort`,
      `list(${type}).sort() -> list(${type})`,
      (list: CelList) => sortBy(list, list),
      ([list]) => selfComparison(list as CelList),
    );
    declare(
      `list_${id}_sortByAssociatedKeys`,
      `list(T).@sortByAssociatedKeys(list(${type})) -> list(T)`,
      sortBy,
      ([, keys]) => selfComparison(keys as CelList),
    );
  }
  declare('list_slice', 'list(T).slice(int, int) -> list(T)', slice, allocation);
  declare('list_flatten', 'list(list(T)).flatten() -> list(T)', (list: CelList) => flatten(list, 1n), depth);
  declare('list_flatten_int', 'list(dyn).flatten(int) -> list(dyn)', flatten, depth);
  declare('list_distinct', 'list(T).distinct() -> list(T)', distinct, ([list]) => selfComparison(list as CelList));
  declare(
    'list_reverse',
    'list(T).reverse() -> list(T)',
    (list: CelList) => new ValueList([...list].reverse()),
    allocation,
  );
  declare('list_first', 'list(V).first() -> optional(V)', (list: CelList) => optional(list.get(0)));
  declare('list_last', 'list(V).last() -> optional(V)', (list: CelList) => optional(list.get(list.length - 1)));
  declare('lists_range', 'lists.range(int) -> list(int)', range, allocation);
};

function subset(list: CelList, of: CelList): boolean {
  const items = [...of];
  for (const item of list) if (!items.some((other) => celEquals(item, other))) return false;
  return true;
}

function product(declare: Declare, id: string, name: string, run: (a: CelList, b: CelList) => boolean): void {
  declare(id, `sets.${name}(list(T), list(T)) -> bool`, run, ([a, b]) => {
    const cost = actualSize(a as CelValue) * actualSize(b as CelValue);
    return name === 'equivalent' ? cost * 2 + CALL : cost + CALL;
  });
}

/** CEL's set extension. */
const sets: Library = (declare) => {
  product(declare, 'list_sets_contains_list', 'contains', (list, part) => subset(part, list));
  product(declare, 'list_sets_equivalent_list', 'equivalent', (a, b) => subset(a, b) && subset(b, a));
  product(declare, 'list_sets_intersects_list', 'intersects', (a, b) => {
    const items = [...b];
    for (const item of a) if (items.some((other) => celEquals(item, other))) return true;
    return false;
  });
};

/** What the transformMap macros build their results with. */
const mapInsert: Library = (declare) => {
  const copy = (map: CelMap): ValueMap =>
    map instanceof ValueMap ? map : ValueMap.of(map.keys().map((key) => [key, map.get(key) as CelValue]));
  declare(
    '@mapInsert_map_key_value',
    'cel.@mapInsert(map(K, V), K, V) -> map(K, V)',
    (map: CelMap, key: CelValue, value: CelValue) => copy(map).insert(key, value),
  );
  declare('@mapInsert_map_map', 'cel.@mapInsert(map(K, V), map(K, V)) -> map(K, V)', (map: CelMap, other: CelMap) => {
    let result = copy(map);
    for (const key of other.keys()) result = result.insert(key, other.get(key) as CelValue);
    return result;
  });
};

export const lists: Library = (declare) => {
  for (const part of [kubernetes, extension, sets, mapInsert]) part(declare);
};
