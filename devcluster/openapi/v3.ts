/** OpenAPI v3 documents: one for each group version, each group, and what lies outside the API. */
import { groupVersion } from '../registry/resources.ts';
import type { BuiltinSchemas, JsonObject, ResourceDefinition } from '../types.ts';
import { customComponents } from './custom.ts';
import { groupPath, otherPaths, versionPath } from './documentPaths.ts';
import type { Operation, PathItem, Paths } from './operations.ts';
import type { Parameter } from './parameters.ts';
import { withEveryVersion } from './registered.ts';
import { resourcePaths } from './resourcePaths.ts';

type Document = { [key: string]: unknown };

/** The document of all definitions of one group version. */
export function versionDocument(definitions: readonly ResourceDefinition[], schemas: BuiltinSchemas): Document {
  const first = definitions[0] as ResourceDefinition;
  const paths = resourcePaths(definitions);
  if (first.custom) {
    const builtin = { ...schemas.componentSchemas('autoscaling/v1'), ...schemas.componentSchemas('v1') };
    const pool: JsonObject = withEveryVersion(builtin, true);
    for (const definition of definitions) Object.assign(pool, customComponents(definition));
    return {
      openapi: '3.0.0',
      info: { title: 'Kubernetes CRD Swagger', version: 'v0.1.0' },
      paths: pathsOf(paths),
      components: { schemas: reachable(pathsOf(paths), pool) },
    };
  }
  const [path, item] = versionPath(first.group, first.version);
  paths.set(path, item);
  return builtinDocument(paths, schemas.componentSchemas(groupVersion(first)));
}

/** The document of a builtin group, or of a path outside of all groups; undefined where there is none. */
export function otherDocument(
  name: string,
  groups: ReadonlySet<string>,
  schemas: BuiltinSchemas,
): Document | undefined {
  const group = /^apis\/([^/]+)$/.exec(name)?.[1];
  const path = group !== undefined && groups.has(group) ? groupPath(group) : otherPaths.get(name);
  if (path === undefined) return undefined;
  return builtinDocument(new Map([path]), schemas.componentSchemas(''));
}

function builtinDocument(paths: Paths, pool: JsonObject): Document {
  const written = pathsOf(paths);
  const schemas = reachable(written, pool);
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: '1.36' },
    paths: written,
    components: {
      ...(Object.keys(schemas).length > 0 ? { schemas } : {}),
      securitySchemes: {
        BearerToken: {
          type: 'apiKey',
          description: 'Bearer Token authentication',
          name: 'authorization',
          in: 'header',
        },
      },
    },
  };
}

const prefix = '#/components/schemas/';

/** Those schemas of a pool that a document refers to, by itself or through others. */
export function reachable(from: unknown, pool: JsonObject): JsonObject {
  const names = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      for (const item of value) visit(item);
      return;
    }
    for (const [key, item] of Object.entries(value)) {
      if (key !== '$ref' || typeof item !== 'string') visit(item);
      else if (item.startsWith(prefix)) {
        const name = item.slice(prefix.length);
        if (names.has(name)) continue;
        names.add(name);
        visit(pool[name]);
      }
    }
  };
  visit(from);
  return Object.fromEntries(
    [...names].sort().flatMap((name) => (pool[name] === undefined ? [] : [[name, pool[name]]])),
  );
}

function pathsOf(paths: Paths): Document {
  return Object.fromEntries(
    [...paths].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, item]) => [path, pathOf(item)]),
  );
}

function pathOf({ operations, parameters }: PathItem): Document {
  return {
    ...Object.fromEntries(operations.map((operation) => [operation.method, operationOf(operation)])),
    ...(parameters.length > 0 ? { parameters: parameters.map(parameterOf) } : {}),
  };
}

function parameterOf({ name, in: place, description, type }: Parameter): Document {
  return {
    name,
    in: place,
    description,
    ...(place === 'path' ? { required: true } : {}),
    schema: { type, uniqueItems: true },
  };
}

const schemaOf = (name: string): Document => (name === 'string' ? { type: 'string' } : { $ref: `${prefix}${name}` });

function contentOf(types: readonly string[], schema: string): Document {
  return Object.fromEntries([...types].sort().map((type) => [type, { schema: schemaOf(schema) }]));
}

function operationOf(operation: Operation): Document {
  const { tag, description, id, parameters, body, responses, action, kind, consumes, produces } = operation;
  return {
    tags: [tag],
    description,
    operationId: id,
    ...(parameters.length > 0 ? { parameters: parameters.map(parameterOf) } : {}),
    ...(body === undefined
      ? {}
      : { requestBody: { content: contentOf(consumes, body.schema), ...(body.required ? { required: true } : {}) } }),
    responses: Object.fromEntries(
      Object.entries(responses).map(([code, [text, schema]]) => [
        code,
        { description: text, ...(schema === undefined ? {} : { content: contentOf(produces, schema) }) },
      ]),
    ),
    ...(action === undefined ? {} : { 'x-kubernetes-action': action }),
    ...(kind === undefined ? {} : { 'x-kubernetes-group-version-kind': kind }),
  };
}
