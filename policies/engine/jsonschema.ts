import type { Options, ValidateFunction } from 'ajv';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import { compileRegExp } from '../../schema/regex.ts';
import type { JsonRecord } from './json.ts';
import { isRecord, sizeOf } from './json.ts';
import { oneLine } from './text.ts';

// The package is CommonJS with a default export: seen from ESM, the function is one level down.
const addFormats = addFormatsModule.default;

const MAX_BYTES = 64 * 1024;
const MAX_DEPTH = 64;
const MAX_NODES = 20_000;
/** What one validation may take: nodes of the schema times values. */
const MAX_WORK = 20_000_000;
const MAX_VALUES = 200_000;
/** `uniqueItems` compares all with all. */
const MAX_UNIQUE_VALUES = 2_000;

/** A JSON Schema of a policy, compiled. */
export interface ArgumentSchema {
  /** Nodes, references written out. */
  readonly nodes: number;
  /** Undefined where the value fits; else what does not, or why that cannot be told. */
  check(value: unknown): string | undefined;
}

/** Compiles JSON Schemas of policies. One for all policies of a set: the dialects are what takes time to set up. */
export interface ArgumentSchemaCompiler {
  compile(schema: unknown): ArgumentSchema | { readonly problem: string };
}

const META_2020 = 'https://json-schema.org/draft/2020-12/schema';

/** The library keeps something of every schema that it has compiled: after so many it is set up anew. */
const MAX_COMPILATIONS = 256;

export function createArgumentSchemaCompiler(): ArgumentSchemaCompiler {
  const dialects = new Map<boolean, { readonly ajv: Ajv; compiled: number }>();
  const validatorOf = (body: JsonRecord, draft07: boolean): ValidateFunction => {
    let dialect = dialects.get(draft07);
    if (dialect === undefined || dialect.compiled >= MAX_COMPILATIONS) {
      dialect = { ajv: newAjv(draft07), compiled: 0 };
      dialects.set(draft07, dialect);
    }
    dialect.compiled++;
    const isSchema = metaSchema(draft07);
    if (isSchema(body) !== true) throw new Error(`schema is invalid: ${dialect.ajv.errorsText(isSchema.errors)}`);
    try {
      return dialect.ajv.compile(body);
    } finally {
      dialect.ajv.removeSchema(body);
    }
  };
  return { compile: (schema) => compileArgumentSchema(schema, validatorOf) };
}

/**
 * Compiles a JSON Schema (2020-12, or draft-07 where `$schema` says so). Its time is bounded by construction, so that the
 * same question has the same answer on every machine: patterns are RE2 and linear, references stay within the schema
 * and do not recurse, and schema and values are limited in size and depth. Unknown keywords are errors: a misspelt one would
 * check nothing.
 */
function compileArgumentSchema(
  schema: unknown,
  validatorOf: (body: JsonRecord, draft07: boolean) => ValidateFunction,
): ArgumentSchema | { readonly problem: string } {
  if (!isRecord(schema)) return { problem: 'must be an object' };
  const size = sizeOf(schema, MAX_DEPTH, MAX_NODES);
  if (size.depth > MAX_DEPTH) return { problem: `is nested more than ${MAX_DEPTH} deep: make it flatter` };
  if (size.values > MAX_NODES) return { problem: `has more than ${MAX_NODES} values: make it smaller` };
  const text = JSON.stringify(schema);
  if (text.length > MAX_BYTES) return { problem: `is ${text.length} bytes long: at most ${MAX_BYTES} are allowed` };
  const references = expand(schema);
  if ('problem' in references) return references;
  const draft07 = dialectIs07(schema.$schema);
  if (draft07 === undefined)
    return {
      problem: '$schema: use https://json-schema.org/draft/2020-12/schema or http://json-schema.org/draft-07/schema#',
    };
  const { $schema: _, $id: _id, ...body } = schema;
  let validate: ValidateFunction;
  try {
    validate = validatorOf(body, draft07);
  } catch (error) {
    return { problem: `is no JSON Schema: ${oneLine(error instanceof Error ? error.message : String(error))}` };
  }
  // An asynchronous validator answers with a promise, which would pass for "valid".
  if ('$async' in validate) return { problem: '$async is not supported: remove it' };
  const unique = text.includes('"uniqueItems"');
  const { nodes } = references;
  return {
    nodes,
    check(value) {
      const { depth, values } = sizeOf(value, MAX_DEPTH, MAX_VALUES);
      if (
        depth > MAX_DEPTH ||
        values > MAX_VALUES ||
        values * nodes > MAX_WORK ||
        (unique && values > MAX_UNIQUE_VALUES)
      ) {
        return 'the arguments are too large or too deep to be judged by this schema';
      }
      try {
        if (validate(value) === true) return undefined;
      } catch (error) {
        return oneLine(error instanceof Error ? error.message : String(error));
      }
      const [first] = validate.errors ?? [];
      validate.errors = null;
      if (first === undefined) return 'the arguments do not fit the schema';
      const where = first.instancePath === '' ? 'args' : `args${first.instancePath.replaceAll('/', '.')}`;
      return oneLine(`${where} ${first.message ?? 'does not fit the schema'}`);
    },
  };
}

function dialectIs07(declared: unknown): boolean | undefined {
  if (declared === undefined) return false;
  if (typeof declared !== 'string') return undefined;
  if (/^https?:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/.test(declared)) return false;
  return /^https?:\/\/json-schema\.org\/draft-07\/schema#?$/.test(declared) ? true : undefined;
}

const META: Options = { strict: false, logger: false };
const metaSchemas = new Map<boolean, ValidateFunction>();

/** Whether something is a schema of a dialect, once for the process: it is always the same, and takes 25 ms to compile. */
function metaSchema(draft07: boolean): ValidateFunction {
  let found = metaSchemas.get(draft07);
  if (found === undefined) {
    // Formats that meta-schemas name and that nobody needs are let be.
    const ajv = draft07 ? new Ajv(META) : new Ajv2020(META);
    found = ajv.getSchema(draft07 ? 'http://json-schema.org/draft-07/schema' : META_2020) as ValidateFunction;
    metaSchemas.set(draft07, found);
  }
  return found;
}

function newAjv(draft07: boolean): Ajv {
  const regExp = Object.assign(
    (pattern: string) => {
      const { test } = compileRegExp(pattern);
      return { test: (text: string) => test(text), toString: () => pattern };
    },
    { code: 'compilePolicyPattern' },
  );
  const options: Options = {
    strict: true,
    strictTypes: false,
    strictTuples: false,
    strictRequired: false,
    logger: false,
    // Without it `required: ["constructor"]` holds for every object.
    ownProperties: true,
    // No schema is known to another by its $id.
    addUsedSchema: false,
    // Said by `metaSchema` instead.
    meta: false,
    validateSchema: false,
    code: { regExp: regExp as unknown as NonNullable<NonNullable<Options['code']>['regExp']> },
  };
  const ajv = draft07 ? new Ajv(options) : new Ajv2020(options);
  addFormats(ajv as Ajv);
  return ajv as Ajv;
}

/** The number of nodes with all references written out, or what is wrong with them. */
function expand(root: JsonRecord): { readonly nodes: number } | { readonly problem: string } {
  const open = new Set<unknown>();
  const known = new Map<unknown, number>();
  const count = (node: unknown): number => {
    if (typeof node !== 'object' || node === null) return 1;
    const before = known.get(node);
    if (before !== undefined) return before;
    if (open.has(node))
      throw new SchemaProblem('a $ref leads back to where it stands: recursive schemas are not supported');
    open.add(node);
    let nodes = 1;
    for (const [key, child] of Object.entries(node)) {
      if (
        ['$dynamicRef', '$recursiveRef', '$anchor', '$dynamicAnchor', '$recursiveAnchor'].includes(key) &&
        !Array.isArray(node)
      ) {
        throw new SchemaProblem(`${key} is not supported: use $ref with a path such as #/$defs/name`);
      }
      if (key === '$id' && node !== root && typeof child === 'string')
        throw new SchemaProblem('$id within the schema is not supported: remove it');
      nodes += key === '$ref' && typeof child === 'string' ? count(resolve(root, child)) : count(child);
      if (nodes > MAX_NODES)
        throw new SchemaProblem(`has more than ${MAX_NODES} values with its references written out: make it smaller`);
    }
    open.delete(node);
    known.set(node, nodes);
    return nodes;
  };
  try {
    return { nodes: count(root) };
  } catch (error) {
    if (error instanceof SchemaProblem) return { problem: error.message };
    throw error;
  }
}

class SchemaProblem extends Error {}

function resolve(root: JsonRecord, reference: string): unknown {
  if (!reference.startsWith('#')) {
    throw new SchemaProblem(
      `$ref ${JSON.stringify(reference.slice(0, 100))} leads out of the schema: nothing is ever fetched; use #/$defs/name`,
    );
  }
  let here: unknown = root;
  let pointer: string;
  try {
    pointer = decodeURIComponent(reference.slice(1));
  } catch {
    throw new SchemaProblem(`$ref ${JSON.stringify(reference.slice(0, 100))} is not well encoded`);
  }
  if (pointer !== '' && !pointer.startsWith('/'))
    throw new SchemaProblem(`$ref ${JSON.stringify(reference.slice(0, 100))}: use a path such as #/$defs/name`);
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) {
      throw new SchemaProblem(`$ref ${JSON.stringify(reference.slice(0, 100))} leads nowhere within the schema`);
    }
    here = (here as JsonRecord)[key];
  }
  return here;
}
