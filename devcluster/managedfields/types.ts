/** The shapes of custom resources, from their structural schemas. */
import type { Json, JsonObject, MergeType, SchemaProps } from '../types.ts';

const deduced: MergeType = { shape: 'deduced' };
const scalarNames: { readonly [type: string]: MergeType['scalar'] } = {
  integer: 'numeric',
  number: 'numeric',
  boolean: 'boolean',
};

/** `metadata` of any object, and of embedded resources. */
const text: MergeType = { shape: 'scalar', scalar: 'string' };
const untyped: MergeType = { shape: 'scalar', scalar: 'untyped' };
const numeric: MergeType = { shape: 'scalar', scalar: 'numeric' };
const flag: MergeType = { shape: 'scalar', scalar: 'boolean' };
const texts: MergeType = { shape: 'map', element: () => text };

function struct(fields: { readonly [name: string]: MergeType }, extra: Partial<MergeType> = {}): MergeType {
  return { shape: 'map', field: (name) => (Object.hasOwn(fields, name) ? fields[name] : undefined), ...extra };
}

const ownerReference = struct(
  { apiVersion: text, blockOwnerDeletion: flag, controller: flag, kind: text, name: text, uid: text },
  { atomic: true },
);
const managedFields: MergeType = {
  shape: 'list',
  atomic: true,
  element: () =>
    struct({
      apiVersion: text,
      fieldsType: text,
      fieldsV1: deduced,
      manager: text,
      operation: text,
      subresource: text,
      time: untyped,
    }),
};

const metadata = struct({
  annotations: texts,
  creationTimestamp: untyped,
  deletionGracePeriodSeconds: numeric,
  deletionTimestamp: untyped,
  finalizers: { shape: 'list', listType: 'set', element: () => text },
  generateName: text,
  generation: numeric,
  labels: texts,
  managedFields,
  name: text,
  namespace: text,
  ownerReferences: { shape: 'list', listType: 'map', listMapKeys: ['uid'], element: () => ownerReference },
  resourceVersion: text,
  selfLink: text,
  uid: text,
});

const known = new WeakMap<SchemaProps, MergeType>();

function typeOfSchema(schema: SchemaProps): MergeType {
  let made = known.get(schema);
  if (made === undefined) {
    made = makeType(schema);
    known.set(schema, made);
  }
  return made;
}

function keyDefaults(schema: SchemaProps): { readonly [key: string]: Json } | undefined {
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const found = keys.flatMap((key) => {
    const initial = schema.items?.properties?.[key]?.default;
    return initial === undefined ? [] : [[key, initial as Json] as const];
  });
  return found.length === 0 ? undefined : Object.fromEntries(found);
}

function makeList(schema: SchemaProps): MergeType {
  const { items } = schema;
  const element = () => (items === undefined ? deduced : typeOfSchema(items));
  const listType = schema['x-kubernetes-list-type'];
  if (listType !== 'set' && listType !== 'map') return { shape: 'list', atomic: true, element };
  const defaults = keyDefaults(schema);
  return {
    shape: 'list',
    listType,
    element,
    ...(listType === 'map' ? { listMapKeys: schema['x-kubernetes-list-map-keys'] ?? [] } : {}),
    ...(defaults !== undefined ? { keyDefaults: defaults } : {}),
  };
}

function makeMap(schema: SchemaProps): MergeType {
  const { properties, additionalProperties } = schema;
  const embedded = schema['x-kubernetes-embedded-resource'] === true;
  const preserve = schema['x-kubernetes-preserve-unknown-fields'] === true;
  const field = (name: string): MergeType | undefined => {
    if (embedded && name === 'metadata') return metadata;
    if (embedded && (name === 'apiVersion' || name === 'kind')) return text;
    const property = properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined;
    return property === undefined ? undefined : typeOfSchema(property);
  };
  let element: (() => MergeType) | undefined;
  if (typeof additionalProperties === 'object') element = () => typeOfSchema(additionalProperties);
  else if (additionalProperties === true || preserve) element = () => deduced;
  else if (additionalProperties === undefined && Object.keys(properties ?? {}).length === 0 && !embedded)
    element = () => deduced;
  return {
    shape: 'map',
    ...(schema['x-kubernetes-map-type'] === 'atomic' ? { atomic: true } : {}),
    ...(properties !== undefined || embedded ? { field } : {}),
    ...(element !== undefined ? { element } : {}),
  };
}

function makeType(schema: SchemaProps): MergeType {
  if (schema['x-kubernetes-int-or-string'] === true) return untyped;
  switch (schema.type) {
    case 'object':
      return makeMap(schema);
    case 'array':
      return makeList(schema);
    case 'integer':
    case 'number':
    case 'boolean':
      return { shape: 'scalar', scalar: scalarNames[schema.type] ?? 'untyped' };
    case 'string':
      return schema.format === undefined || schema.format === '' || schema.format === 'byte' ? text : untyped;
    default:
      return deduced;
  }
}

/** The shape of a custom resource; without a schema, or where it keeps unknown fields, what is there decides. */
export function mergeTypeFromSchema(schema: SchemaProps | undefined): MergeType {
  const body = schema === undefined ? undefined : makeMap(schema);
  const root: { readonly [field: string]: MergeType } = { apiVersion: text, kind: text, metadata };
  return {
    shape: 'map',
    field: (name) => (Object.hasOwn(root, name) ? root[name] : body?.field?.(name)),
    ...(body === undefined || body.element !== undefined ? { element: body?.element ?? (() => deduced) } : {}),
    zero: (): JsonObject => ({}),
  };
}
