/** What changed between two values of one type, as three sets of fields. */
import type { Json, JsonObject, MergeType } from '../types.ts';
import { type FieldSet, isEmpty, leaf, recursiveDifference, rootSet, setNode } from './fieldset.ts';
import { ElementError, equal, fieldType, isMap, itemElement, resolve } from './walk.ts';

export interface Comparison {
  /** Fields that only the new value has. */
  readonly added: FieldSet;
  /** Fields that both have, with different values. */
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

/** The three sets below one place while they are being collected. */
class Changes {
  added: Map<string, FieldSet> | undefined;
  modified: Map<string, FieldSet> | undefined;
  removed: Map<string, FieldSet> | undefined;
  /** How the place itself changed. */
  self: 'added' | 'modified' | 'removed' | undefined;

  /** Takes over what a child found. */
  join(element: string, below: Changes): void {
    for (const set of ['added', 'modified', 'removed'] as const) {
      const children = below[set];
      const node =
        children === undefined ? (below.self === set ? leaf : undefined) : setNode(below.self === set, children);
      if (node === undefined) continue;
      let into = this[set];
      if (into === undefined) {
        into = new Map();
        this[set] = into;
      }
      into.set(element, node);
    }
  }

  /** A child that has changed as a whole. */
  mark(set: 'added' | 'modified' | 'removed', element: string): void {
    let into = this[set];
    if (into === undefined) {
      into = new Map();
      this[set] = into;
    }
    into.set(element, leaf);
  }
}

const isScalar = (value: Json | undefined) => typeof value !== 'object' || value === null;
const isEmptyMap = (value: unknown) => value === undefined || !isMap(value) || Object.keys(value).length === 0;
const isEmptyList = (value: unknown) => !Array.isArray(value) || value.length === 0;

function compareLeaf(changes: Changes, left: unknown, right: unknown): void {
  if (left === undefined) changes.self = 'added';
  else if (right === undefined) changes.self = 'removed';
  else if (!equal(left, right)) changes.self = 'modified';
}

/** Goes through what the shape holds; false when the value turned out to be a leaf. */
function compareAs(type: MergeType, left: Json | undefined, right: Json | undefined, changes: Changes): boolean {
  if (type.shape === 'map') {
    if (type.atomic === true || (isEmptyMap(left) && isEmptyMap(right))) {
      compareLeaf(changes, left, right);
      return false;
    }
    compareMaps(type, isMap(left) ? left : {}, isMap(right) ? right : {}, changes);
    return true;
  }
  if (type.shape === 'list') {
    if (type.atomic === true || type.listType === undefined || (isEmptyList(left) && isEmptyList(right))) {
      compareLeaf(changes, left, right);
      return false;
    }
    compareLists(type, Array.isArray(left) ? left : [], Array.isArray(right) ? right : [], changes);
    return true;
  }
  compareLeaf(changes, left, right);
  return false;
}

function compareValues(type: MergeType, left: Json | undefined, right: Json | undefined): Changes | undefined {
  if (left === right) return undefined;
  const changes = new Changes();
  const leftType = resolve(type, left);
  const rightType = resolve(type, right);
  let descended: boolean;
  if (right === undefined) descended = compareAs(leftType, left, right, changes);
  else if (left === undefined || leftType === rightType) descended = compareAs(rightType, left, right, changes);
  else {
    // A value without a schema that changed its form: what was below is gone, and it counts as modified itself.
    compareAs(leftType, left, right, changes);
    descended = compareAs(rightType, left, right, changes);
  }
  if (descended) {
    if (left === undefined) changes.self = 'added';
    else if (right === undefined) changes.self = 'removed';
  }
  return changes;
}

function compareMaps(type: MergeType, left: JsonObject, right: JsonObject, changes: Changes): void {
  const visit = (key: string, a: Json | undefined, b: Json | undefined) => {
    // Whatever their type: nothing is below them.
    if (isScalar(a) && isScalar(b)) {
      if (a !== b) changes.mark(a === undefined ? 'added' : b === undefined ? 'removed' : 'modified', `f:${key}`);
      return;
    }
    const below = compareValues(fieldType(type, key) ?? { shape: 'deduced' }, a, b);
    if (below !== undefined) changes.join(`f:${key}`, below);
  };
  for (const key of Object.keys(left)) visit(key, left[key], Object.hasOwn(right, key) ? right[key] : undefined);
  for (const key of Object.keys(right)) if (!Object.hasOwn(left, key)) visit(key, undefined, right[key]);
}

/** Items by path element; those that cannot be named are left out. */
function byElement(type: MergeType, items: readonly Json[]): Map<string, Json[]> {
  const found = new Map<string, Json[]>();
  for (const item of items) {
    try {
      const element = itemElement(type, item);
      const known = found.get(element);
      if (known === undefined) found.set(element, [item]);
      else known.push(item);
    } catch (error) {
      if (!(error instanceof ElementError)) throw error;
    }
  }
  return found;
}

function compareLists(type: MergeType, left: readonly Json[], right: readonly Json[], changes: Changes): void {
  const element = type.element?.() ?? { shape: 'deduced' as const };
  const before = byElement(type, left);
  const after = byElement(type, right);
  const compareItem = (name: string, a: Json | undefined, b: Json | undefined) => {
    const below = compareValues(element, a, b);
    if (below !== undefined) changes.join(name, below);
  };
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const a = before.get(name) ?? [];
    const b = after.get(name) ?? [];
    if (a.length <= 1 && b.length <= 1) compareItem(name, a[0], b[0]);
    else if (a.length > 1 && b.length > 1) {
      if (!equal(a, b)) changes.mark('modified', name);
    } else if (a.length > 1) {
      if (b.length > 0) compareItem(name, undefined, b[0]);
      changes.mark('removed', name);
    } else {
      if (a.length > 0) compareItem(name, a[0], undefined);
      changes.mark('added', name);
    }
  }
}

/** Compares two objects of a kind. Unchanged subtrees cost one deep comparison, identical ones (`===`) nothing. */
export function compare(type: MergeType, left: JsonObject, right: JsonObject): Comparison {
  const changes = new Changes();
  if (left !== right) compareAs(resolve(type, right), left, right, changes);
  return {
    added: rootSet(changes.added ?? new Map()),
    modified: rootSet(changes.modified ?? new Map()),
    removed: rootSet(changes.removed ?? new Map()),
  };
}

/** The comparison without the fields of `ignored` and all below them. */
export function withoutFields(comparison: Comparison, ignored: FieldSet | undefined): Comparison {
  if (ignored === undefined || isEmpty(ignored)) return comparison;
  return {
    added: recursiveDifference(comparison.added, ignored),
    modified: recursiveDifference(comparison.modified, ignored),
    removed: recursiveDifference(comparison.removed, ignored),
  };
}
