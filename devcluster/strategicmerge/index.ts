/**
 * Strategic merge patch: a merge patch whose lists of objects merge by key, with the directives `$patch`, `$retainKeys`,
 * `$setElementOrder/<list>` and `$deleteFromPrimitiveList/<list>`. Behaviour of the real server where the patch is applied to an
 * object (nulls that match nothing vanish).
 */
import { type Json, type JsonObject, type MergeType, StrategicMergeError } from '../types.ts';
import { orderItems } from './order.ts';
import { badPatchType, goValue, isMap, missingMergeKey, sameMergeKey, typeName } from './values.ts';

const patchDirective = '$patch';
const retainDirective = '$retainKeys';
const deletePrefix = '$deleteFromPrimitiveList';
const orderPrefix = '$setElementOrder';
const maxDepth = 500;

const unknown: MergeType = { shape: 'deduced' };

/** What a list or a map is merged by. */
interface Strategy {
  readonly type: MergeType;
  /** `merge`, `replace` or ''. */
  readonly strategy: string;
  readonly mergeKey: string;
}

function strategyOf(type: MergeType, field: string): Strategy {
  const fieldType = type.field?.(field) ?? type.element?.() ?? unknown;
  const strategies = (fieldType.patchStrategy ?? '').split(',').filter((word) => word !== '' && word !== 'retainKeys');
  return { type: fieldType, strategy: strategies[0] ?? '', mergeKey: fieldType.patchMergeKey ?? '' };
}

function put(object: JsonObject, key: string, value: Json): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

/** The name of the list that a directive is about. */
function directiveTarget(key: string, prefix: string): string {
  const slash = key.indexOf('/');
  if (slash < 0 || key.slice(0, slash) !== prefix) {
    throw new StrategicMergeError(
      400,
      prefix === deletePrefix
        ? 'invalid patch format of primitive list'
        : 'invalid patch format of setElementOrder list',
    );
  }
  return key.slice(slash + 1);
}

/** A patch value that meets nothing: without nulls and directives; undefined where it is a directive itself. */
function withoutDirectives(value: Json, depth: number): Json | undefined {
  if (depth > maxDepth) throw new StrategicMergeError(400, 'invalid JSON document');
  if (Array.isArray(value)) {
    const kept: Json[] = [];
    for (const item of value) {
      const left = withoutDirectives(item, depth + 1);
      if (left !== undefined) kept.push(left);
    }
    return kept;
  }
  if (!isMap(value)) return value;
  if (Object.hasOwn(value, patchDirective)) return undefined;
  const kept: JsonObject = {};
  for (const [key, item] of Object.entries(value)) {
    const left = item === null ? undefined : withoutDirectives(item, depth + 1);
    if (left !== undefined) put(kept, key, left);
  }
  return kept;
}

/** Clears from `live` what `$retainKeys` does not name. */
function retainKeys(live: JsonObject, patch: JsonObject): void {
  if (!Object.hasOwn(patch, retainDirective)) return;
  const keys = patch[retainDirective];
  delete patch[retainDirective];
  if (!Array.isArray(keys)) throw new StrategicMergeError(400, 'invalid patch format of retainKeys');
  for (const [key, value] of Object.entries(patch)) {
    if (value === null || key.startsWith(deletePrefix) || key.startsWith(orderPrefix)) continue;
    if (!keys.includes(key)) throw new StrategicMergeError(400, 'invalid patch format of retainKeys');
  }
  for (const key of Object.keys(live)) if (!keys.includes(key)) delete live[key];
}

/** Merges the lists that have a `$setElementOrder`, and takes them out of the patch. */
function mergeOrderedLists(live: JsonObject, patch: JsonObject, type: MergeType, depth: number): void {
  for (const key of Object.keys(patch)) {
    if (!key.startsWith(orderPrefix)) continue;
    const order = patch[key];
    delete patch[key];
    if (!Array.isArray(order))
      throw new StrategicMergeError(500, `expected a []interface {}, but received a ${typeName(order)}`);
    const field = directiveTarget(key, orderPrefix);
    const before = live[field];
    const change = patch[field];
    for (const value of [before, change]) {
      if (value !== undefined && !Array.isArray(value))
        throw new StrategicMergeError(500, `expected a []interface {}, but received a ${typeName(value)}`);
    }
    const strategy = strategyOf(type, field);
    if (Array.isArray(change)) checkOrder(change, order, strategy.mergeKey);
    if (before === undefined && change === undefined) continue;
    let merged: Json[];
    if (!Array.isArray(change)) merged = before as Json[];
    else if (!Array.isArray(before)) merged = withoutDirectives(change, depth) as Json[];
    else merged = mergeList(before, change, strategy, false, depth + 1);
    put(live, field, orderItems(merged, order, Array.isArray(before) ? before : [], strategy.mergeKey));
    delete patch[field];
  }
}

/** The items of a patch must stand in the order that `$setElementOrder` gives. */
function checkOrder(items: readonly Json[], order: readonly Json[], mergeKey: string): void {
  const kept = items.filter((item) => !(isMap(item) && Object.hasOwn(item, patchDirective)));
  if (kept.length === 0 || order.length === 0) return;
  let next = 0;
  for (const item of order) {
    if (next >= kept.length) return;
    if (sameMergeKey(kept[next] as Json, item, mergeKey)) next += 1;
  }
  if (next < kept.length) {
    throw new StrategicMergeError(
      500,
      `The order in patch list:\n${goValue([...items])}\n doesn't match ${orderPrefix} list:\n${goValue([...order])}\n`,
    );
  }
}

/** Merges `patch` into `live` (both copies that may be changed) and returns the result. */
function mergeMap(live: JsonObject, patch: JsonObject, type: MergeType, depth: number): JsonObject {
  if (depth > maxDepth) throw new StrategicMergeError(400, 'invalid JSON document');
  if (Object.hasOwn(patch, patchDirective)) {
    const directive = patch[patchDirective];
    if (directive === 'replace') {
      delete patch[patchDirective];
      return patch;
    }
    if (directive === 'delete') return {};
    throw badPatchType(directive, patch);
  }
  retainKeys(live, patch);
  mergeOrderedLists(live, patch, type, depth);
  for (const [key, change] of Object.entries(patch)) {
    const deletion = key.startsWith(deletePrefix);
    const field = deletion ? directiveTarget(key, deletePrefix) : key;
    if (change === null) {
      delete live[field];
      continue;
    }
    const before = Object.hasOwn(live, field) ? live[field] : undefined;
    if (isMap(before) && isMap(change) && !deletion) {
      const strategy = strategyOf(type, field);
      put(live, field, strategy.strategy === 'replace' ? change : mergeMap(before, change, strategy.type, depth + 1));
    } else if (Array.isArray(before) && Array.isArray(change)) {
      put(live, field, mergeList(before, change, strategyOf(type, field), deletion, depth + 1));
    } else if (!deletion) {
      const taken = withoutDirectives(change, depth);
      if (taken === undefined) delete live[field];
      else put(live, field, taken);
    }
  }
  return live;
}

function checkElements(lists: readonly (readonly Json[])[]): 'map' | 'scalar' {
  const items = lists.flat();
  const first = items[0] ?? null;
  if (Array.isArray(first)) throw new StrategicMergeError(422, 'lists of lists are not supported');
  if (items.some((item) => typeName(item) !== typeName(first))) {
    throw new StrategicMergeError(
      500,
      `list element types are not identical: ${goValue(lists.map((list) => [...list]))}`,
    );
  }
  return isMap(first) ? 'map' : 'scalar';
}

function mergeList(
  before: Json[],
  change: Json[],
  { type, strategy, mergeKey }: Strategy,
  deletion: boolean,
  depth: number,
): Json[] {
  if (strategy !== 'merge' && !deletion) return change;
  if (before.length === 0 && change.length === 0) return before;
  if (checkElements([before, change]) === 'scalar') {
    if (deletion) return before.filter((item) => !change.includes(item));
    return orderItems([...new Set([...before, ...change])], change, before, mergeKey);
  }
  if (mergeKey === '') throw new StrategicMergeError(500, 'cannot merge lists without merge key');
  const { kept, items } = listDirectives(before as JsonObject[], change as JsonObject[], mergeKey);
  const element = type.element?.() ?? unknown;
  const merged = [...kept];
  for (const item of items) {
    if (!Object.hasOwn(item, mergeKey)) throw missingMergeKey(item, mergeKey);
    const index = merged.findIndex((other) => Object.hasOwn(other, mergeKey) && other[mergeKey] === item[mergeKey]);
    const known = merged[index];
    if (known === undefined) merged.push(item);
    else merged[index] = mergeMap(known, item, element, depth + 1);
  }
  return orderItems(merged, items, kept, mergeKey);
}

/** Carries out `$patch` items of a list: what is left of the list, and the items that are to be merged in. */
function listDirectives(
  before: JsonObject[],
  change: JsonObject[],
  mergeKey: string,
): { kept: JsonObject[]; items: JsonObject[] } {
  let kept = before;
  let replace = false;
  const items: JsonObject[] = [];
  for (const item of change) {
    if (!Object.hasOwn(item, patchDirective)) {
      items.push(item);
      continue;
    }
    switch (item[patchDirective]) {
      case 'delete':
        if (!Object.hasOwn(item, mergeKey)) throw missingMergeKey(item, mergeKey);
        kept = kept.filter((other) => other[mergeKey] !== item[mergeKey]);
        break;
      case 'replace':
        replace = true;
        break;
      case 'merge':
        throw new StrategicMergeError(500, 'merging lists cannot yet be specified in the patch');
      default:
        throw badPatchType(item[patchDirective], item);
    }
  }
  return replace ? { kept: items, items: [] } : { kept, items };
}

/**
 * Applies a strategic merge patch. Neither argument is changed.
 * @throws StrategicMergeError with the status code and words of the real server
 */
export function strategicMerge(live: JsonObject, patch: JsonObject, type: MergeType): JsonObject {
  return mergeMap(structuredClone(live), structuredClone(patch), type, 0);
}
