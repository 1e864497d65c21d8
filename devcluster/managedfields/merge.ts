/** Merging an applied configuration into the live object, and taking fields out of an object. */
import type { Json, JsonObject, MergeType } from '../types.ts';
import { childrenAt, type FieldSet, hasChildren, isMember, setNode } from './fieldset.ts';
import { fieldType, isMap, isNamedField, itemElement, resolve } from './walk.ts';

const isEmptyMap = (value: unknown) => !isMap(value) || Object.keys(value).length === 0;
const isEmptyList = (value: unknown) => !Array.isArray(value) || value.length === 0;

/** The applied value laid over the live one; undefined: nothing there. Values are shared with the inputs, never changed. */
function mergeValues(type: MergeType, live: Json | undefined, applied: Json | undefined): Json | undefined {
  const keep = () => (applied === undefined ? live : applied);
  const shape = applied === undefined ? resolve(type, live) : resolve(type, applied);
  if (shape.shape === 'map') {
    if (shape.atomic === true || (isEmptyMap(live) && isEmptyMap(applied))) return keep();
    const merged = mergeMaps(shape, isMap(live) ? live : {}, isMap(applied) ? applied : {});
    return Object.keys(merged).length === 0 ? undefined : merged;
  }
  if (shape.shape === 'list') {
    if (shape.atomic === true || shape.listType === undefined || (isEmptyList(live) && isEmptyList(applied)))
      return keep();
    const merged = mergeLists(shape, Array.isArray(live) ? live : [], Array.isArray(applied) ? applied : []);
    return merged.length === 0 ? undefined : merged;
  }
  return keep();
}

function mergeMaps(type: MergeType, live: JsonObject, applied: JsonObject): JsonObject {
  const merged: JsonObject = {};
  const put = (key: string, value: Json | undefined) => {
    if (value !== undefined)
      Object.defineProperty(merged, key, { value, writable: true, enumerable: true, configurable: true });
  };
  const typeOf = (key: string) => fieldType(type, key) ?? { shape: 'deduced' as const };
  for (const key of Object.keys(live)) {
    put(key, Object.hasOwn(applied, key) ? mergeValues(typeOf(key), live[key], applied[key]) : live[key]);
  }
  for (const key of Object.keys(applied))
    if (!Object.hasOwn(live, key)) put(key, mergeValues(typeOf(key), undefined, applied[key]));
  return merged;
}

interface Item {
  readonly name: string;
  readonly value: Json;
}

function named(type: MergeType, items: readonly Json[]): Item[] {
  return items.map((value) => ({ name: itemElement(type, value), value }));
}

/**
 * Items in an order that keeps both the applied order and, between the shared items, the live one: live items that were not
 * applied stay where they are relative to their neighbours.
 */
function mergeLists(type: MergeType, live: readonly Json[], applied: readonly Json[]): Json[] {
  const element = type.element?.() ?? { shape: 'deduced' as const };
  const left = named(type, live);
  const right = named(type, applied);
  const leftBy = new Map<string, Json>();
  for (const { name, value } of left) leftBy.set(name, leftBy.has(name) ? null : value);
  const rightBy = new Map(right.map(({ name, value }) => [name, value]));
  const shared = right.map(({ name }) => name).filter((name) => leftBy.has(name));
  let nextShared = shared.shift();
  const merged: Json[] = [];
  const done = new Set<string>();
  const put = (a: Json | undefined, b: Json | undefined) => {
    const value = mergeValues(element, a, b);
    if (value !== undefined) merged.push(value);
  };
  const take = (name: string) => {
    done.add(name);
    put(leftBy.get(name), rightBy.get(name));
  };
  let l = 0;
  let r = 0;
  while (l < left.length || r < right.length) {
    const a = left[l];
    const b = right[r];
    if (a !== undefined && b !== undefined) {
      if (a.name === b.name) {
        take(a.name);
        l += 1;
        r += 1;
        nextShared = shared.shift();
        continue;
      }
      if (rightBy.has(a.name) && nextShared !== undefined && nextShared !== a.name) {
        l += 1;
        continue;
      }
    }
    if (a !== undefined) {
      if (!rightBy.has(a.name)) {
        put(a.value, undefined);
        l += 1;
        continue;
      }
      if (done.has(a.name)) l += 1;
    }
    if (b !== undefined) {
      take(b.name);
      r += 1;
      if (nextShared === b.name) nextShared = shared.shift();
    }
  }
  return merged;
}

export function mergeObjects(type: MergeType, live: JsonObject, applied: JsonObject): JsonObject {
  return mergeMaps(resolve(type, applied), live, applied);
}

/** The value without the fields of `remove`; undefined when nothing is left of it. */
function removeFrom(type: MergeType, value: Json, remove: FieldSet): Json | undefined {
  const shape = resolve(type, value);
  if (shape.shape === 'scalar') return value;
  if (shape.shape === 'list') {
    if (!Array.isArray(value) || value.length === 0) return undefined;
    if (shape.atomic === true || shape.listType === undefined) return undefined;
    return removeItems(shape, value, remove);
  }
  if (!isMap(value) || Object.keys(value).length === 0 || shape.atomic === true) return undefined;
  return removeFields(shape, value, remove);
}

/** Takes what is below a path out of a value; what that empties becomes null, as in the real server (defaulting takes care of it). */
function removeBelow(type: MergeType, value: Json, remove: FieldSet): Json {
  return removeFrom(type, value, remove) ?? null;
}

function removeFields(type: MergeType, value: JsonObject, remove: FieldSet): JsonObject | undefined {
  const left: JsonObject = {};
  for (const key of Object.keys(value)) {
    const node = childrenAt(remove, `f:${key}`);
    if (node !== undefined && isMember(node)) continue;
    let item = value[key] as Json;
    if (node !== undefined && hasChildren(node))
      item = removeBelow(fieldType(type, key) ?? { shape: 'deduced' }, item, node);
    Object.defineProperty(left, key, { value: item, writable: true, enumerable: true, configurable: true });
  }
  return Object.keys(left).length > 0 ? left : undefined;
}

function removeItems(type: MergeType, items: readonly Json[], remove: FieldSet): Json[] | undefined {
  const element = type.element?.() ?? { shape: 'deduced' as const };
  const left: Json[] = [];
  for (const item of items) {
    const node = childrenAt(remove, itemElement(type, item));
    if (node !== undefined && isMember(node)) continue;
    left.push(node !== undefined && hasChildren(node) ? removeBelow(element, item, node) : item);
  }
  return left.length > 0 ? left : undefined;
}

/** The object without the members of `remove`. */
export function removeFieldsOf(type: MergeType, object: JsonObject, remove: FieldSet): JsonObject {
  return removeFields(resolve(type, object), object, remove) ?? {};
}

/**
 * The set with all named fields on the way to a member as members themselves: a struct that an owner filled is the owner's to
 * keep, though the stored sets do not say so.
 */
export function ensureNamedFields(type: MergeType | undefined, set: FieldSet): FieldSet {
  return ensureNode(type, set, false) ?? set;
}

function ensureNode(type: MergeType | undefined, node: FieldSet, member: boolean): FieldSet | undefined {
  const children = new Map<string, FieldSet>();
  for (const key in node) {
    if (key === '.') continue;
    const below = node[key] as FieldSet;
    let belowType: MergeType | undefined;
    let named = false;
    if (type !== undefined && key.startsWith('f:') && (type.shape === 'map' || type.shape === 'deduced')) {
      const name = key.slice(2);
      named = isNamedField(type, name);
      belowType = type.shape === 'deduced' ? type : fieldType(type, name);
    } else if (type?.shape === 'list' && key.startsWith('k:')) belowType = type.element?.();
    const made = ensureNode(belowType, below, isMember(below) || (named && hasChildren(below)));
    if (made !== undefined) children.set(key, made);
  }
  return setNode(member, children);
}
