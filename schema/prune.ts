import { compareStrings } from './gofmt.ts';
import { isObject, type PlainObject } from './json.ts';
import { pruneMetadata } from './objectmeta.ts';
import type { SchemaProps } from './types.ts';

type Pruner = (value: unknown, path: string, removed: string[]) => void;

/** What every resource has without its schema saying so. */
const RESOURCE_FIELDS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

/** Compiles the removal of fields that the schema does not specify. The pruner returns their paths, sorted. */
export function compilePruner(schema: SchemaProps): (object: PlainObject) => string[] {
  const prune = compileNode({ ...schema, 'x-kubernetes-embedded-resource': true });
  return (object) => {
    const removed: string[] = [];
    prune(object, '', removed);
    return removed.length > 1 ? removed.sort(compareStrings) : removed;
  };
}

/** Below `additionalProperties: true` or an array without items nothing is specified: all objects become empty. */
const pruneAll: Pruner = (value, path, removed) => {
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) pruneAll(value[i], `${path}[${i}]`, removed);
  } else if (isObject(value)) {
    for (const key of Object.keys(value)) {
      removed.push(join(path, key));
      delete value[key];
    }
  }
};

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function compileNode(schema: SchemaProps): Pruner {
  const preserve = schema['x-kubernetes-preserve-unknown-fields'] === true;
  const embedded = schema['x-kubernetes-embedded-resource'] === true;
  const properties = new Map<string, Pruner>();
  for (const [name, property] of Object.entries(schema.properties ?? {})) properties.set(name, compileNode(property));
  const { additionalProperties, items } = schema;
  let additional: Pruner | undefined;
  if (typeof additionalProperties === 'object') additional = compileNode(additionalProperties);
  else if (additionalProperties === true) additional = pruneAll;
  let pruneItem = items === undefined ? pruneAll : compileNode(items);
  // A list that preserves unknown fields hands that on to its items: they are walked as if they said so themselves.
  if (preserve)
    pruneItem =
      items === undefined ? () => {} : compileNode({ ...items, 'x-kubernetes-preserve-unknown-fields': true });

  return (value, path, removed) => {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) pruneItem(value[i], `${path}[${i}]`, removed);
      return;
    }
    const object = value as PlainObject;
    for (const key of Object.keys(object)) {
      if (embedded && RESOURCE_FIELDS.has(key)) {
        // The server looks after the metadata of the root itself.
        if (key === 'metadata' && path !== '') removed.push(...pruneMetadata(object[key], join(path, key)));
        continue;
      }
      const prune = properties.get(key) ?? additional;
      if (prune !== undefined) prune(object[key], join(path, key), removed);
      else if (!preserve) {
        if (path !== '' || !RESOURCE_FIELDS.has(key)) removed.push(join(path, key));
        delete object[key];
      }
    }
  };
}
