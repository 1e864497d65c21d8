import { goFloat, goQuote } from './gofmt.ts';
import { deepEqual, isObject, own } from './json.ts';
import type { SchemaProps } from './types.ts';

/**
 * A place in the new object together with the same place in the old one. Kubernetes forgives ("ratchets") what is
 * wrong at a place that an update did not change; which places are the same is decided by the schema: map keys and
 * fields by name, items of `x-kubernetes-list-type: map` by their keys, other items never.
 */
export interface Correlation {
  readonly value: unknown;
  readonly old: unknown;
  readonly schema: SchemaProps;
  children?: Map<string | number, Correlation | undefined>;
  oldItems?: MapList;
  equal?: boolean;
}

/** Correlates two whole objects. */
export function correlate(value: unknown, old: unknown, schema: SchemaProps): Correlation {
  return { value, old, schema };
}

/** The schema of a field or map value, if the schema describes it. */
export function fieldSchema(schema: SchemaProps, key: string): SchemaProps | undefined {
  const { properties, additionalProperties } = schema;
  if (properties !== undefined && Object.hasOwn(properties, key)) return properties[key];
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

/** The correlated field, or undefined when it is new or the schema does not describe it. */
export function correlatedKey(at: Correlation, key: string): Correlation | undefined {
  const known = at.children?.get(key);
  if (known !== undefined) return known;
  const { value, old } = at;
  if (!isObject(value) || !isObject(old) || !Object.hasOwn(value, key) || !Object.hasOwn(old, key)) return undefined;
  const schema = fieldSchema(at.schema, key);
  if (schema === undefined) return undefined;
  const found: Correlation = { value: value[key], old: old[key], schema };
  at.children ??= new Map();
  at.children.set(key, found);
  return found;
}

/** The correlated item, or undefined: only items of map lists have an old self. */
export function correlatedIndex(at: Correlation, index: number): Correlation | undefined {
  const known = at.children?.get(index);
  if (known !== undefined) return known;
  const { value, old, schema } = at;
  if (!Array.isArray(value) || !Array.isArray(old) || schema['x-kubernetes-list-type'] !== 'map') return undefined;
  at.oldItems ??= mapList(schema, old);
  const oldItem = at.oldItems(value[index]);
  if (oldItem === undefined || schema.items === undefined) return undefined;
  const found: Correlation = { value: value[index], old: oldItem, schema: schema.items };
  at.children ??= new Map();
  at.children.set(index, found);
  return found;
}

/**
 * True when nothing changed here. As in Kubernetes, a map list may have been reordered, and an object with a field
 * that the schema does not describe counts as changed.
 */
export function unchanged(at: Correlation | undefined): boolean {
  if (at === undefined) return false;
  at.equal ??= computeEqual(at);
  return at.equal;
}

function computeEqual(at: Correlation): boolean {
  const { value, old } = at;
  if (value === null || old === null) return value === old;
  if (Array.isArray(value)) {
    if (!Array.isArray(old) || value.length !== old.length) return false;
    for (let i = 0; i < value.length; i++) {
      const item = correlatedIndex(at, i);
      if (item === undefined) return at.oldItems === undefined && deepEqual(value, old);
      if (!unchanged(item)) return false;
    }
    return true;
  }
  if (isObject(value)) {
    if (!isObject(old)) return false;
    const keys = Object.keys(value);
    if (keys.length !== Object.keys(old).length) return false;
    return keys.every((key) => unchanged(correlatedKey(at, key)));
  }
  return value === old;
}

/** Looks an item of a map list up by the keys of another one. */
export type MapList = (item: unknown) => unknown;

const NO_ITEMS: MapList = () => undefined;

/** The lookup of old items by `x-kubernetes-list-map-keys`; always undefined for other lists. The first of equal keys wins. */
export function mapList(schema: SchemaProps, items: readonly unknown[]): MapList {
  const keys = schema['x-kubernetes-list-map-keys'];
  if (schema['x-kubernetes-list-type'] !== 'map' || keys === undefined || keys.length === 0 || items.length === 0) {
    return NO_ITEMS;
  }
  let byKey: Map<string, unknown> | undefined;
  return (item) => {
    const wanted = compositeKey(keys, item);
    if (wanted === undefined) return undefined;
    if (byKey === undefined) {
      byKey = new Map();
      for (const candidate of items) {
        const key = compositeKey(keys, candidate);
        if (key !== undefined && !byKey.has(key)) byKey.set(key, candidate);
      }
    }
    return byKey.get(wanted);
  };
}

function compositeKey(keys: readonly string[], item: unknown): string | undefined {
  if (!isObject(item)) return undefined;
  let composite = '';
  for (const key of keys) {
    const value = own(item, key);
    switch (typeof value) {
      case 'string':
        composite += `\0${goQuote(value)}`;
        break;
      case 'number':
        composite += `\0${goFloat(value)}`;
        break;
      case 'boolean':
      case 'bigint':
        composite += `\0${value}`;
        break;
      default:
        return undefined;
    }
  }
  return composite;
}
