/** The Swagger 2 document of everything that is served: definitions, and paths as older kubectls and tools read them. */

import { groupVersion } from '../registry/resources.ts';
import type { BuiltinSchemas, JsonObject, ResourceDefinition } from '../types.ts';
import { customComponents, resourcePaths } from './v3.ts';

type Document = { [key: string]: unknown };

/** The whole document. */
export function swaggerDocument(definitions: readonly ResourceDefinition[], schemas: BuiltinSchemas): Document {
  const out: JsonObject = {};
  const versions = new Set<string>(['v1']);
  for (const definition of definitions) if (!definition.custom) versions.add(groupVersion(definition));
  for (const version of versions) Object.assign(out, schemas.componentSchemas(version));
  const paths: Document = {};
  for (const definition of definitions) {
    if (definition.custom) Object.assign(out, customComponents(definition, forKubectl(definition)));
    Object.assign(paths, resourcePaths(definition));
  }
  const document = {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: 'v1.36.3' },
    paths: swaggerPaths(paths),
    definitions: convertEach(out),
  };
  return document;
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
    } else if (key === 'nullable') continue;
    else if (key === 'oneOf' && source.format === 'int-or-string') continue;
    else if (key === 'properties' || key === 'patternProperties') out[key] = convertEach(source[key]);
    else if (key === 'default' || key === 'enum' || key === 'example') out[key] = source[key];
    else out[key] = convert(source[key]);
  }
  if (out.$ref !== undefined) delete out.default;
  if (source.format === 'int-or-string' && source.oneOf !== undefined) out.type = 'string';
  return out;
}

/** Converts the values of a map whose keys are names. */
function convertEach(map: unknown): Schema {
  return Object.fromEntries(Object.entries(map as Schema).map(([name, item]) => [name, convert(item)]));
}

function swaggerPaths(paths: Document): Document {
  const out: Document = {};
  for (const [path, operations] of Object.entries(paths)) {
    const converted: Document = {};
    for (const [method, operation] of Object.entries(operations as { [method: string]: Document })) {
      const { requestBody, responses, parameters, ...rest } = operation;
      const body = requestBody as { content: { 'application/json': { schema: unknown } } } | undefined;
      const query = ((parameters ?? []) as Document[]).map(({ schema, ...parameter }) => ({
        ...parameter,
        ...(schema as Document),
      }));
      converted[method] = {
        ...rest,
        consumes: ['application/json', 'application/yaml'],
        produces: ['application/json', 'application/yaml'],
        schemes: ['https'],
        ...(body === undefined && query.length === 0
          ? {}
          : {
              parameters: [
                ...(body === undefined
                  ? []
                  : [
                      {
                        name: 'body',
                        in: 'body',
                        required: true,
                        schema: convert(body.content['application/json'].schema),
                      },
                    ]),
                ...query,
              ],
            }),
        responses: swaggerResponses(responses as { [code: string]: Document }),
      };
    }
    out[path] = converted;
  }
  return out;
}

function swaggerResponses(responses: { [code: string]: Document }): Document {
  return Object.fromEntries(
    Object.entries(responses).map(([code, { content, ...rest }]) => {
      const json = (content as { 'application/json'?: { schema?: unknown } } | undefined)?.['application/json']?.schema;
      return [code, { ...rest, ...(json === undefined ? {} : { schema: convert(json) }) }];
    }),
  );
}
