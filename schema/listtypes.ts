import { child, duplicate, indexed, invalid, keyed } from './errors.ts';
import { goJson } from './gofmt.ts';
import { isObject, own, type PlainObject, setOwn } from './json.ts';
import type { FieldError, SchemaProps } from './types.ts';

type ListCheck = (value: unknown, path: string, errors: FieldError[]) => void;

/**
 * Compiles the uniqueness of sets and of the keys of map lists (`x-kubernetes-list-type`). Undefined when the schema
 * has no such list.
 */
export function compileListTypes(
  schema: SchemaProps,
): ((object: PlainObject, path: string) => FieldError[]) | undefined {
  const check = compileNode(schema);
  if (check === undefined) return undefined;
  return (object, path) => {
    const errors: FieldError[] = [];
    check(object, path, errors);
    return errors;
  };
}

function compileNode(schema: SchemaProps): ListCheck | undefined {
  const { additionalProperties, items } = schema;
  const properties = new Map<string, ListCheck>();
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const check = compileNode(property);
    if (check !== undefined) properties.set(name, check);
  }
  const additional = typeof additionalProperties === 'object' ? compileNode(additionalProperties) : undefined;
  const item = items === undefined ? undefined : compileNode(items);
  const listType = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const unique = listType === 'set' ? checkSet : listType === 'map' ? mapListCheck(keys) : undefined;
  if (properties.size === 0 && !additional && !item && !unique) return undefined;

  return (value, path, errors) => {
    if (Array.isArray(value)) {
      unique?.(value, path, errors);
      if (item !== undefined) for (let i = 0; i < value.length; i++) item(value[i], indexed(path, i), errors);
    } else if (isObject(value)) {
      if (additional !== undefined)
        for (const key of Object.keys(value)) additional(value[key], keyed(path, key), errors);
      for (const [name, check] of properties)
        if (Object.hasOwn(value, name)) check(value[name], child(path, name), errors);
    }
  };
}

/** Indices of the second appearance of each value that appears more than once. */
function repeated(values: readonly unknown[]): number[] {
  if (values.length <= 1) return [];
  const seen = new Map<unknown, number>();
  const indices: number[] = [];
  values.forEach((value, i) => {
    // Scalars compare by identity in a Map; compounds by their JSON, prefixed so that no scalar string equals it.
    const key = typeof value === 'object' && value !== null ? `\0${goJson(value)}` : value;
    const times = seen.get(key) ?? 0;
    seen.set(key, times + 1);
    if (times === 1) indices.push(i);
  });
  return indices;
}

function checkSet(values: readonly unknown[], path: string, errors: FieldError[]): void {
  for (const i of repeated(values)) errors.push(duplicate(indexed(path, i), values[i]));
}

function mapListCheck(
  keys: readonly string[],
): (values: readonly unknown[], path: string, errors: FieldError[]) => void {
  return (values, path, errors) => {
    for (let i = 0; i < values.length; i++) {
      if (values[i] !== null && !isObject(values[i])) {
        errors.push(invalid(indexed(path, i), values[i], 'must be an object for an array of list-type map'));
        return;
      }
    }
    if (values.length <= 1) return;
    const composites = values.map((value) => {
      const composite: PlainObject = {};
      if (isObject(value)) {
        for (const key of keys) if (Object.hasOwn(value, key)) setOwn(composite, key, own(value, key));
      }
      return composite;
    });
    for (const i of repeated(composites)) errors.push(duplicate(indexed(path, i), composites[i]));
  };
}
