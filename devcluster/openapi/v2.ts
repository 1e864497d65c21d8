/** The Swagger 2 document of everything that is served: definitions, and paths as older kubectls and tools read them. */

import { groupVersion } from '../registry/resources.ts';
import type { BuiltinSchemas, JsonObject, ResourceDefinition } from '../types.ts';
import { customComponents } from './custom.ts';
import { groupPath, otherPaths, versionPath } from './documentPaths.ts';
import type { Operation, PathItem } from './operations.ts';
import type { Parameter } from './parameters.ts';
import { withEveryVersion } from './registered.ts';
import { resourcePaths } from './resourcePaths.ts';
import { reachable } from './v3.ts';

type Document = { [key: string]: unknown };

/** What is the same in every document: builtin paths with the parameters that they share, and the schemas that they need. */
interface Builtin {
  readonly paths: Document;
  readonly parameters: ReadonlyMap<string, Document>;
  readonly definitions: Document;
  /** All builtin schemas, for what custom resources refer to. */
  readonly pool: JsonObject;
}

let builtin: Builtin | undefined;

function builtinPart(definitions: readonly ResourceDefinition[], schemas: BuiltinSchemas): Builtin {
  let pool: JsonObject = { ...schemas.componentSchemas('') };
  const versions = new Set<string>(['v1', 'autoscaling/v1', ...definitions.map(groupVersion)]);
  for (const version of versions) Object.assign(pool, schemas.componentSchemas(version));
  pool = withEveryVersion(pool, false);
  const items: Map<string, PathItem> = resourcePaths(definitions);
  for (const { group, version } of definitions) {
    items.set(...versionPath(group, version));
    if (group !== '') items.set(...groupPath(group));
  }
  for (const path of otherPaths.values()) items.set(...path);
  const parameters = new Map<string, Document>();
  const paths = pathsOf(items, parameters);
  return { paths, parameters, definitions: needed([paths, [...parameters.values()]], pool), pool };
}

/** The whole document. */
export function swaggerDocument(definitions: readonly ResourceDefinition[], schemas: BuiltinSchemas): Document {
  builtin ??= builtinPart(
    definitions.filter(({ custom }) => !custom),
    schemas,
  );
  const custom = definitions.filter((definition) => definition.custom);
  const pool: JsonObject = { ...builtin.pool };
  for (const definition of custom) Object.assign(pool, customComponents(definition, forKubectl(definition), false));
  const parameters = new Map(builtin.parameters);
  const paths = pathsOf(resourcePaths(custom), parameters);
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: '1.36' },
    paths: sorted({ ...builtin.paths, ...paths }),
    definitions: sorted({ ...builtin.definitions, ...needed(paths, pool) }),
    parameters: sorted(Object.fromEntries(parameters)),
    securityDefinitions: {
      BearerToken: { description: 'Bearer Token authentication', type: 'apiKey', name: 'authorization', in: 'header' },
    },
    security: [{ BearerToken: [] }],
  };
}

const sorted = (map: Document): Document =>
  Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));

/** The schemas that a part of the document refers to. */
function needed(part: unknown, pool: JsonObject): Document {
  const text = JSON.stringify(part).replaceAll('#/definitions/', '#/components/schemas/');
  return convertEach(reachable(JSON.parse(text), pool));
}

function pathsOf(items: ReadonlyMap<string, PathItem>, parameters: Map<string, Document>): Document {
  return Object.fromEntries([...items].map(([path, item]) => [path, pathOf(item, parameters)]));
}

/** A custom resource's schema without what Swagger 2 and kubectl cannot take; null: any object. */
function forKubectl(definition: ResourceDefinition): JsonObject | null {
  const schema = definition.openApiSchema();
  if (Object.keys(schema).length === 0 || schema['x-kubernetes-preserve-unknown-fields'] === true) return null;
  return simplify(schema) as JsonObject;
}

type Schema = { [key: string]: unknown };

function simplify(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const out: Schema = { ...(value as Schema) };
  for (const key of ['allOf', 'oneOf', 'anyOf', 'not', 'default']) delete out[key];
  const preserve = out['x-kubernetes-preserve-unknown-fields'] === true;
  if (out.nullable === true) {
    delete out.type;
    delete out.items;
    delete out.properties;
  }
  delete out.nullable;
  if (preserve) {
    delete out.items;
    delete out.properties;
    if (out.type === 'object') delete out.type;
  }
  if (out.items === undefined && out.type === 'array') delete out.type;
  if (typeof out.properties === 'object' && out.properties !== null) {
    const properties = out.properties as { [name: string]: Schema };
    const nullable = Object.keys(properties).filter((name) => properties[name]?.nullable === true);
    if (Array.isArray(out.required) && nullable.length > 0) {
      const required = out.required.filter((name) => !nullable.includes(name as string));
      if (required.length > 0) out.required = required;
      else delete out.required;
    }
    out.properties = Object.fromEntries(Object.entries(properties).map(([name, item]) => [name, simplify(item)]));
  }
  if (out.items !== undefined) out.items = simplify(out.items);
  if (typeof out.additionalProperties === 'object') out.additionalProperties = simplify(out.additionalProperties);
  return out;
}

/** OpenAPI 3 references and wrappers in their Swagger 2 form. */
function convert(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(convert);
  const source = value as Schema;
  const out: Schema = {};
  for (const key of Object.keys(source)) {
    if (key === '$ref') out.$ref = String(source.$ref).replace('#/components/schemas/', '#/definitions/');
    else if (key === 'allOf' && Array.isArray(source.allOf) && source.allOf.length === 1) {
      Object.assign(out, convert(source.allOf[0]));
    } else if (key === 'nullable' || key === 'default') continue;
    else if (key === 'oneOf' && (source.format === 'int-or-string' || scalars(source.oneOf))) continue;
    else if (key === 'properties' || key === 'patternProperties') out[key] = convertEach(source[key]);
    else if (key === 'enum' || key === 'example') out[key] = source[key];
    else out[key] = convert(source[key]);
  }
  if (source.oneOf !== undefined && out.oneOf === undefined) out.type = 'string';
  return out;
}

/** A choice between a text and a number: written as a text. */
function scalars(choice: unknown): boolean {
  return JSON.stringify(choice) === '[{"type":"string"},{"type":"number"}]';
}

/** Converts the values of a map whose keys are names. */
function convertEach(map: unknown): Schema {
  return Object.fromEntries(Object.entries(map as Schema).map(([name, item]) => [name, convert(item)]));
}

function pathOf({ operations, parameters }: PathItem, shared: Map<string, Document>): Document {
  return {
    ...Object.fromEntries(operations.map((operation) => [operation.method, operationOf(operation, shared)])),
    ...(parameters.length > 0 ? { parameters: parameters.map((item) => share(parameterOf(item), shared)) } : {}),
  };
}

const schemaOf = (name: string): Document =>
  name === 'string' ? { type: 'string' } : { $ref: `#/definitions/${name}` };

/** Keys in the order in which they are written: the names of shared parameters hang on it. */
function parameterOf({ name, in: place, description, type }: Parameter): Document {
  return {
    uniqueItems: true,
    type,
    description,
    name,
    in: place,
    ...(place === 'path' ? { required: true } : {}),
  };
}

function operationOf(operation: Operation, shared: Map<string, Document>): Document {
  const { tag, description, id, parameters, body, responses, action, kind, consumes, produces } = operation;
  const all: Document[] = parameters.map(parameterOf);
  if (body !== undefined)
    all.push({
      name: 'body',
      in: 'body',
      ...(body.required ? { required: true } : {}),
      schema: schemaOf(body.schema),
    });
  all.sort((a, b) => (String(a.name) < String(b.name) ? -1 : 1));
  return {
    description,
    ...(consumes.length > 0 ? { consumes } : {}),
    produces,
    schemes: ['https'],
    tags: [tag],
    operationId: id,
    ...(all.length > 0 ? { parameters: all.map((item) => share(item, shared)) } : {}),
    responses: Object.fromEntries(
      Object.entries(responses).map(([code, [text, schema]]) => [
        code,
        { description: text, ...(schema === undefined ? {} : { schema: schemaOf(schema) }) },
      ]),
    ),
    ...(action === undefined ? {} : { 'x-kubernetes-action': action }),
    ...(kind === undefined ? {} : { 'x-kubernetes-group-version-kind': kind }),
  };
}

/** A reference to a parameter in the list of shared ones, or the parameter itself where the real server shares none of its sort. */
function share(parameter: Document, shared: Map<string, Document>): Document {
  const { name, schema } = parameter;
  if (name === 'name' || name === 'fieldValidation' || name === 'dryRun') return parameter;
  const reference = (schema as { $ref?: string } | undefined)?.$ref ?? '';
  if (name === 'body' && !reference.startsWith('#/definitions/io.k8s.apimachinery')) return parameter;
  const text = JSON.stringify(parameter);
  // There are some fifty of them, each used a thousand times.
  const key = sharedNames.get(text) ?? `${String(name)}-${hashOf(text)}`;
  sharedNames.set(text, key);
  shared.set(key, parameter);
  return { $ref: `#/parameters/${key}` };
}

const sharedNames = new Map<string, string>();

/** Eight letters out of the FNV-1 hash of a text. */
function hashOf(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(text)) hash = BigInt.asUintN(64, hash * 0x100000001b3n) ^ BigInt(byte);
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(hash);
  return bytes.subarray(0, 6).toString('base64url');
}
