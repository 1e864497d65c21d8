/**
 * Sets of fields in the form in which `metadata.managedFields` stores them (FieldsV1): a trie in JSON whose keys are path
 * elements, `f:name` a field, `k:{"name":"x"}` a list item by its keys, `v:"x"` one by its value, `i:0` one by its index. `{}` is
 * a member; a node with children is a member where it also holds `.`. The encoding is the working form: nothing is decoded, and
 * subtrees are shared between sets, so a set must never be changed once made.
 */
import type { Json, JsonObject } from '../types.ts';

export interface FieldSet {
  readonly [element: string]: FieldSet;
}

/** A set with nothing in it. As a node it would be a member, hence only the root may be empty. */
export const emptySet: FieldSet = Object.freeze({});
/** A node that is a member and has no children. */
export const leaf: FieldSet = Object.freeze({});

/** Whether the node itself is a member of the set that holds it. */
export function isMember(node: FieldSet): boolean {
  if (Object.hasOwn(node, '.')) return true;
  for (const _ in node) return false;
  return true;
}

export function hasChildren(node: FieldSet): boolean {
  for (const key in node) if (key !== '.') return true;
  return false;
}

export function isEmpty(set: FieldSet): boolean {
  for (const _ in set) return false;
  return true;
}

/** `{"name":"x"}` as Go writes it: sorted keys, `<`, `>` and `&` escaped. */
function goJson(value: Json): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The path element of a list item by its keys. */
export function keyElement(keys: readonly (readonly [string, Json])[]): string {
  const sorted = [...keys].sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
  return `k:{${sorted.map(([key, value]) => `${goJson(key)}:${goJson(value)}`).join(',')}}`;
}

/** The path element of a member of a list that is a set. */
export function valueElement(value: Json): string {
  return `v:${goJson(value)}`;
}

function compareValues(left: Json, right: Json): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  const rank = (value: Json) =>
    typeof value === 'number' ? 0 : typeof value === 'string' ? 1 : typeof value === 'boolean' ? 2 : 3;
  if (rank(left) !== rank(right)) return rank(left) - rank(right);
  return left === right ? 0 : String(left) < String(right) ? -1 : 1;
}

function compareKeys(left: string, right: string): number {
  const leftEntries = Object.entries(JSON.parse(left) as JsonObject);
  const rightEntries = Object.entries(JSON.parse(right) as JsonObject);
  for (const [index, [name, value]] of leftEntries.entries()) {
    const other = rightEntries[index];
    if (other === undefined) return 1;
    if (name !== other[0]) return name < other[0] ? -1 : 1;
    const order = compareValues(value, other[1]);
    if (order !== 0) return order;
  }
  return leftEntries.length - rightEntries.length;
}

const ranks: { readonly [kind: string]: number } = { '.': 0, f: 1, k: 2, v: 3, i: 4 };

/** The order in which the real server writes path elements: `.`, fields by name, keys by value, values, indices. */
export function compareElements(left: string, right: string): number {
  if (left === right) return 0;
  if (left.startsWith('f:') && right.startsWith('f:')) return left < right ? -1 : 1;
  const rank = (ranks[left.charAt(0)] ?? 5) - (ranks[right.charAt(0)] ?? 5);
  if (rank !== 0) return rank;
  const [a, b] = [left.slice(2), right.slice(2)];
  switch (left.charAt(0)) {
    case 'k':
      return compareKeys(a, b);
    case 'v':
      return compareValues(JSON.parse(a) as Json, JSON.parse(b) as Json);
    case 'i':
      return Number(a) - Number(b);
    default:
      return a < b ? -1 : 1;
  }
}

function sorted(keys: string[]): string[] {
  for (let index = 1; index < keys.length; index += 1) {
    if (compareElements(keys[index - 1] as string, keys[index] as string) > 0) return keys.sort(compareElements);
  }
  return keys;
}

type Children = Map<string, FieldSet>;

/** A node with the given children, in order; undefined when it would say nothing. */
function node(member: boolean, children: Children): FieldSet | undefined {
  if (children.size === 0) return member ? leaf : undefined;
  const made: { [element: string]: FieldSet } = {};
  if (member) made['.'] = leaf;
  for (const key of sorted([...children.keys()])) made[key] = children.get(key) as FieldSet;
  return made;
}

/** A root node. */
export function rootSet(children: Children): FieldSet {
  return node(false, children) ?? emptySet;
}

/** A node as `rootSet` makes it, but which may be a member itself. */
export function setNode(member: boolean, children: Children): FieldSet | undefined {
  return node(member, children);
}

/** Members of either. */
export function union(left: FieldSet, right: FieldSet): FieldSet {
  if (left === right || isEmpty(right)) return left;
  if (isEmpty(left)) return right;
  return unionNode(left, right, false);
}

function unionNode(left: FieldSet, right: FieldSet, nested: boolean): FieldSet {
  if (left === right) return left;
  const member = nested && (isMember(left) || isMember(right));
  const children: Children = new Map();
  let same = member === (nested && isMember(left));
  for (const key in left) if (key !== '.') children.set(key, left[key] as FieldSet);
  for (const key in right) {
    if (key === '.') continue;
    const mine = children.get(key);
    const joined = mine === undefined ? (right[key] as FieldSet) : unionNode(mine, right[key] as FieldSet, true);
    if (joined !== mine) {
      same = false;
      children.set(key, joined);
    }
  }
  return same ? left : (node(member, children) ?? emptySet);
}

/** Members of `left` that are not members of `right`. */
export function difference(left: FieldSet, right: FieldSet): FieldSet {
  if (isEmpty(right)) return left;
  return differenceNode(left, right, false, false) ?? emptySet;
}

/** Members of `left` that are neither members of `right` nor below one. */
export function recursiveDifference(left: FieldSet, right: FieldSet): FieldSet {
  if (isEmpty(right)) return left;
  return differenceNode(left, right, false, true) ?? emptySet;
}

function differenceNode(left: FieldSet, right: FieldSet, nested: boolean, recursive: boolean): FieldSet | undefined {
  const removed = nested && isMember(right);
  if (removed && recursive) return undefined;
  const member = nested && isMember(left) && !removed;
  let same = member === (nested && isMember(left));
  const children: Children = new Map();
  for (const key in left) {
    if (key === '.') continue;
    const mine = left[key] as FieldSet;
    const other = Object.hasOwn(right, key) ? (right[key] as FieldSet) : undefined;
    const rest = other === undefined ? mine : differenceNode(mine, other, true, recursive);
    if (rest !== mine) same = false;
    if (rest !== undefined) children.set(key, rest);
  }
  return same ? left : node(member, children);
}

/** Members of both. */
export function intersection(left: FieldSet, right: FieldSet): FieldSet {
  return intersectionNode(left, right, false) ?? emptySet;
}

function intersectionNode(left: FieldSet, right: FieldSet, nested: boolean): FieldSet | undefined {
  if (left === right) return left;
  const children: Children = new Map();
  for (const key in left) {
    if (key === '.' || !Object.hasOwn(right, key)) continue;
    const both = intersectionNode(left[key] as FieldSet, right[key] as FieldSet, true);
    if (both !== undefined) children.set(key, both);
  }
  return node(nested && isMember(left) && isMember(right), children);
}

/** The child at an element; the empty set when there is none. A member without children has an empty child set. */
export function childrenAt(set: FieldSet, element: string): FieldSet | undefined {
  return Object.hasOwn(set, element) ? set[element] : undefined;
}

/** Every member, as paths of elements; those of one level before what is below them, as the real server lists conflicts. */
export function members(set: FieldSet): string[][] {
  const found: string[][] = [];
  const visit = (current: FieldSet, path: string[]) => {
    const keys = Object.keys(current).filter((key) => key !== '.');
    for (const key of keys) if (isMember(current[key] as FieldSet)) found.push([...path, key]);
    for (const key of keys) visit(current[key] as FieldSet, [...path, key]);
  };
  visit(set, []);
  return found;
}

/** A set from paths of elements. */
export function fromPaths(paths: readonly (readonly string[])[]): FieldSet {
  let set = emptySet;
  for (const path of paths) {
    let branch: FieldSet = leaf;
    for (const element of [...path].reverse()) branch = { [element]: branch };
    set = union(set, branch);
  }
  return set;
}

/** A path as conflicts print it: `.spec.containers[name="x"].image`, `.metadata.finalizers[="a"]`. */
export function printPath(path: readonly string[]): string {
  return path
    .map((element) => {
      const rest = element.slice(2);
      switch (element.charAt(0)) {
        case 'f':
          return `.${rest}`;
        case 'k':
          return `[${Object.entries(JSON.parse(rest) as JsonObject)
            .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
            .join(',')}]`;
        case 'v':
          return `[=${rest}]`;
        default:
          return `[${rest}]`;
      }
    })
    .join('');
}

const maxDepth = 500;

/**
 * Reads FieldsV1 as a client may have written it into canonical form: keys in order, unknown kinds of elements dropped.
 * @throws Error where an element cannot be read, as the real server then ignores the whole
 */
export function parseFieldSet(value: unknown): FieldSet {
  return parseNode(value, 0, false) ?? emptySet;
}

function parseElement(key: string): string | undefined {
  if (key.length < 2 || key.charAt(1) !== ':') throw new Error(`missing colon: ${key}`);
  switch (key.charAt(0)) {
    case 'f':
      return key;
    case 'v':
      return valueElement(JSON.parse(key.slice(2)) as Json);
    case 'k': {
      const keys: unknown = JSON.parse(key.slice(2));
      if (typeof keys !== 'object' || keys === null || Array.isArray(keys)) throw new Error(`not a key: ${key}`);
      return keyElement(Object.entries(keys as JsonObject));
    }
    case 'i':
      if (!/^i:-?\d+$/.test(key)) throw new Error(`not an index: ${key}`);
      return `i:${Number(key.slice(2))}`;
    default:
      return undefined;
  }
}

function parseNode(value: unknown, depth: number, nested: boolean): FieldSet | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('a field set is a JSON object');
  if (depth > maxDepth) throw new Error('field set too deep');
  const children: Children = new Map();
  let member = false;
  for (const [key, below] of Object.entries(value)) {
    if (key === '.') {
      member = true;
      continue;
    }
    const element = parseElement(key);
    const parsed = element === undefined ? undefined : parseNode(below, depth + 1, true);
    if (element === undefined || parsed === undefined) continue;
    const known = children.get(element);
    children.set(element, known === undefined ? parsed : unionNode(known, parsed, true));
  }
  // What has no children left is a member, as in the real server.
  return node(nested && (member || children.size === 0), children);
}
