import type { SchemaProps } from '../types.ts';
import { escapeName } from './escape.ts';
import {
  BOOL,
  BYTES,
  type CelType,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  mapOf,
  STRING,
  struct,
  TIMESTAMP,
} from './types.ts';

/** The type of a schema node, with the bounds that cost estimates rest on. */
export interface DeclType {
  readonly type: CelType;
  /** Longest possible string, list or map; 0 for what has no length. */
  readonly maxElements: number;
  /** Bytes that the smallest value takes in JSON. */
  readonly minSerializedSize: number;
  readonly item?: DeclType;
  readonly key?: DeclType;
  readonly fields?: ReadonlyMap<string, DeclType>;
}

const MAX_REQUEST = 3 * 1024 * 1024;

function scalar(type: CelType, minSerializedSize: number, maxElements = 0): DeclType {
  return { type, maxElements, minSerializedSize };
}

const STRING_KEY = scalar(STRING, 2);

/** `self` at the root of a resource knows these, whatever its schema says. */
export function withResourceFields(schema: SchemaProps): SchemaProps {
  const text: SchemaProps = { type: 'string' };
  const metadata: SchemaProps = { type: 'object', properties: { name: text, generateName: text } };
  const properties = schema.properties ?? {};
  const known = Object.hasOwn(properties, 'metadata') ? properties.metadata : undefined;
  const complete =
    properties.kind?.type === 'string' &&
    properties.apiVersion?.type === 'string' &&
    known?.type === 'object' &&
    known.properties?.name?.type === 'string' &&
    known.properties.generateName?.type === 'string';
  return complete ? schema : { ...schema, properties: { ...properties, kind: text, apiVersion: text, metadata } };
}

/**
 * The declared type of a schema node, or undefined where CEL cannot see into it (no type, unknown fields preserved).
 * `name` is what its object types are called in messages.
 */
export function declType(schema: SchemaProps, isResourceRoot: boolean, name: string): DeclType | undefined {
  if (schema['x-kubernetes-int-or-string'] === true) {
    return scalar(DYN, 1, schema.maxLength === undefined ? MAX_REQUEST - 2 : Math.max(0, schema.maxLength) * 4);
  }
  switch (schema.type) {
    case 'array':
      return listType(schema, name);
    case 'object':
      return objectType(isResourceRoot ? withResourceFields(schema) : schema, name);
    case 'string':
      return stringType(schema);
    case 'boolean':
      return scalar(BOOL, 4);
    case 'number':
      return scalar(DOUBLE, 1);
    case 'integer':
      return scalar(INT, 1);
    default:
      return undefined;
  }
}

function nested(schema: SchemaProps, name: string): DeclType | undefined {
  return declType(schema, schema['x-kubernetes-embedded-resource'] === true, name);
}

function listType(schema: SchemaProps, name: string): DeclType | undefined {
  const item = schema.items === undefined ? undefined : nested(schema.items, `${name}.@idx`);
  if (item === undefined) return undefined;
  const maxElements =
    schema.maxItems === undefined
      ? Math.floor((MAX_REQUEST - 2) / (item.minSerializedSize + 1))
      : Math.max(0, schema.maxItems);
  return { type: listOf(item.type), maxElements, minSerializedSize: 2, item };
}

function objectType(schema: SchemaProps, name: string): DeclType | undefined {
  const { additionalProperties } = schema;
  if (typeof additionalProperties === 'object') {
    const item = nested(additionalProperties, `${name}.@elem`);
    if (item === undefined) return undefined;
    const maxElements =
      schema.maxProperties === undefined
        ? Math.floor((MAX_REQUEST - 2) / (item.minSerializedSize + 6))
        : Math.max(0, schema.maxProperties);
    return { type: mapOf(STRING, item.type), maxElements, minSerializedSize: 2, item, key: STRING_KEY };
  }
  const fields = new Map<string, DeclType>();
  const required = new Set(schema.required ?? []);
  let minSerializedSize = 2;
  for (const [property, propertySchema] of Object.entries(schema.properties ?? {})) {
    const escaped = escapeName(property);
    const declared = nested(propertySchema, `${name}.${escaped ?? property}`);
    if (declared === undefined) continue;
    if (escaped !== undefined) fields.set(escaped, declared);
    // Defaults are filled in by the server, so that they do not count as sent.
    if (required.has(property) && propertySchema.default === undefined) {
      minSerializedSize += new TextEncoder().encode(property).length + declared.minSerializedSize + 4;
    }
  }
  const types = new Map([...fields].map(([field, declared]) => [field, declared.type]));
  return { type: struct(name, types), maxElements: 0, minSerializedSize, fields };
}

function stringType(schema: SchemaProps): DeclType {
  const { maxLength, format } = schema;
  switch (format) {
    case 'byte':
      return scalar(BYTES, 2, maxLength === undefined ? MAX_REQUEST - 2 : Math.max(0, maxLength));
    case 'duration':
      return scalar(DURATION, 3, 32);
    case 'date':
      return scalar(TIMESTAMP, 12, 12);
    case 'date-time':
      return scalar(TIMESTAMP, 21, 32);
    default:
      break;
  }
  // A character takes up to four bytes.
  if (maxLength !== undefined) return scalar(STRING, 2, Math.max(0, maxLength) * 4);
  const names = (schema.enum ?? []).filter((value) => typeof value === 'string');
  if ((schema.enum ?? []).length === 0) return scalar(STRING, 2, MAX_REQUEST - 2);
  return scalar(STRING, 2, Math.max(0, ...names.map((value) => new TextEncoder().encode(value).length)));
}
