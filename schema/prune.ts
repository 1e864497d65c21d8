import { compareStrings } from './gofmt.ts';
import { isObject, type PlainObject } from './json.ts';
import { pruneMetadata } from './objectmeta.ts';
import type { SchemaProps } from './types.ts';

/** Paths of what went away: by the schema, and from embedded metadata. The server reports them one after the other. */
interface Removed {
  readonly fields: string[];
  readonly metadata: string[];
}

type Pruner = (value: unknown, path: string, removed: Removed) => void;

/** What every resource has without its schema saying so. */
const RESOURCE_FIELDS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

/** Compiles the removal of fields that the schema does not specify. The pruner returns their paths, sorted. */
export function compilePruner(schema: SchemaProps): (object: PlainObject) => string[] {
  const prune = compileNode({ ...schema, 'x-kubernetes-embedded-resource': true });
  return (object) => {
    const removed: Removed = { fields: [], metadata: [] };
    prune(object, '', removed);
    const { fields, metadata } = removed;
    return fields.length + metadata.length < 2
      ? fields.concat(metadata)
      : [...fields.sort(compareStrings), ...metadata.sort(compareStrings)];
  };
}

/** The same for a value that is no resource: `metadata` is a field like any other then. */
export function compileNodePruner(schema: SchemaProps): (value: unknown) => void {
  const prune = compileNode(schema);
  return (value) => prune(value, '', { fields: [], metadata: [] });
}

/** Below `additionalProperties: true` or an array without items nothing is specified: all objects become empty. */
const pruneAll: Pruner = (value, path, removed) => {
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) pruneAll(value[i], `${path}[${i}]`, removed);
  } else if (isObject(value)) {
    for (const key of Object.keys(value)) {
      removed.fields.push(join(path, key));
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
        if (key === 'metadata' && path !== '') removed.metadata.push(...pruneMetadata(object[key], join(path, key)));
        continue;
      }
      const prune = properties.get(key) ?? additional;
      if (prune !== undefined) prune(object[key], join(path, key), removed);
      else if (!preserve) {
        if (path !== '' || !RESOURCE_FIELDS.has(key)) removed.fields.push(join(path, key));
        delete object[key];
      }
    }
  };
}
