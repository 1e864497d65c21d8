import { createHash } from 'node:crypto';
import vm from 'node:vm';
import type { ErrorObject, Options, ValidateFunction } from 'ajv';
import { Ajv } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import { inspectJson } from './json-walk.ts';
import { messageOf } from './outcome.ts';
import { showValue } from './show-value.ts';

// The package is CommonJS with a default export: seen from ESM, the function is one level down.
const addFormats = addFormatsModule.default;

export interface SchemaLimits {
  /** Schemas kept compiled. */
  readonly maxCached: number;
  /** Length of one schema's JSON. */
  readonly maxSchemaBytes: number;
  /** How long compiling one schema may take, in milliseconds; the second and last try gets twice that. */
  readonly compileMs: number;
  /** How long validating one value may take, in milliseconds; the second and last try gets twice that. */
  readonly validateMs: number;
}

export const DEFAULT_SCHEMA_LIMITS: SchemaLimits = {
  maxCached: 500,
  maxSchemaBytes: 256 * 1024,
  compileMs: 400,
  validateMs: 200,
};

export type Validation =
  | { readonly kind: 'valid' }
  | { readonly kind: 'invalid'; readonly errors: readonly ErrorObject[] }
  /** The schema itself cannot be used: why. */
  | { readonly kind: 'unusable'; readonly message: string };

/** Compiles JSON Schemas that strangers wrote, and validates values against them. */
export interface SchemaCompiler {
  /** Undefined, or why `schema` cannot be used: in words that name the place, the rule and the fix. */
  check(schema: unknown): string | undefined;
  validate(schema: unknown, value: unknown): Validation;
}

type Dialect = '2020-12' | '2019-09' | 'draft-07';
type Compiled = { validate: ValidateFunction; cheap: boolean } | { unusable: string };

const SCHEMA_WALK = { maxDepth: 64, maxValues: 20_000 };

const OPTIONS: Options = {
  strict: false,
  logger: false,
  allErrors: true,
  // The value stands in the error, for the message.
  verbose: true,
  // Without it `required: ["constructor"]` holds for every object.
  ownProperties: true,
};

/**
 * A compiler for the dialects 2020-12 (which holds where `$schema` is absent, as MCP says), 2019-09 and draft-07
 * (draft-06 and draft-04 are read as draft-07).
 *
 * Nothing is ever fetched: a `$ref` must stay within its schema. Each schema is compiled by an instance of its own, so
 * that no `$id` of one reaches another. Compiling and validating are cut off after a time, which bounds patterns
 * that backtrack without end, `$ref` cycles and everything else; a schema that was cut off once is not run again.
 */
export function createSchemaCompiler(limits: SchemaLimits = DEFAULT_SCHEMA_LIMITS): SchemaCompiler {
  const cache = new Map<string, Compiled>();
  const metaSchemas = new Map<Dialect, Ajv>();
  const runWithin = createTimeLimit();

  const metaSchema = (dialect: Dialect): Ajv => {
    let found = metaSchemas.get(dialect);
    if (found === undefined) {
      found = newAjv(dialect, { ...OPTIONS, allErrors: false });
      // Compiles the meta-schema: ours, and slow, so not on the time of the schema that came first.
      found.validateSchema({});
      metaSchemas.set(dialect, found);
    }
    return found;
  };

  const metaError = (schema: object, dialect: Dialect): string | undefined => {
    const ajv = metaSchema(dialect);
    const { $schema: _, ...rest } = schema as { $schema?: unknown };
    // `$schema` is left out: an address that only resembles the dialect's is unknown to the library.
    if (runWithin(limits.compileMs, () => ajv.validateSchema(rest)) === true) return undefined;
    const [error] = ajv.errors ?? [];
    return error === undefined ? 'it is no JSON Schema' : `${error.instancePath || 'the schema'} ${error.message}`;
  };

  const compile = (schema: unknown, text: string): Compiled => {
    if (typeof schema === 'boolean') return { unusable: 'the schema must be an object, not true or false' };
    if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
      return {
        unusable: `the schema must be an object, not ${Array.isArray(schema) ? 'an array' : showValue(schema)}`,
      };
    }
    if (text.length > limits.maxSchemaBytes) {
      return { unusable: `the schema is ${text.length} bytes long: at most ${limits.maxSchemaBytes} are allowed` };
    }
    const shape = inspectJson(schema, SCHEMA_WALK);
    if (shape !== undefined) return { unusable: `the schema ${shape}` };
    const declared = dialectOf((schema as { $schema?: unknown }).$schema);
    if (declared === undefined) {
      return { unusable: '$schema names a dialect that is not known: use 2020-12, 2019-09 or draft-07' };
    }
    // Many servers write draft-07 and do not say so: what is no 2020-12 may yet be that.
    const candidates: readonly Dialect[] = declared === 'unsaid' ? ['2020-12', 'draft-07'] : [declared];
    let problem: string | undefined;
    for (const dialect of candidates) {
      const error = metaError(schema, dialect);
      if (error === undefined) return compileIn(schema, dialect);
      problem ??= error;
    }
    return { unusable: `not a JSON Schema: ${problem}` };
  };

  const compileIn = (schema: object, dialect: Dialect): Compiled => {
    const validate = runWithin(limits.compileMs, () => {
      const ajv = newAjv(dialect, { ...OPTIONS, meta: false, validateSchema: false });
      const { $schema: _, ...rest } = schema as { $schema?: unknown };
      return ajv.compile(rest);
    });
    // An asynchronous validator answers with a promise, which would pass for "valid".
    if ('$async' in validate) return { unusable: '$async is not supported' };
    return { validate, cheap: isCheap(schema) };
  };

  const compiled = (schema: unknown): { key: string; entry: Compiled } => {
    let text: string;
    try {
      text = JSON.stringify(schema) ?? String(schema);
    } catch {
      return { key: '', entry: { unusable: 'the schema cannot be written as JSON' } };
    }
    const key = createHash('sha256').update(text).digest('base64');
    let entry = cache.get(key);
    if (entry === undefined) {
      try {
        entry = compile(schema, text);
      } catch (error) {
        entry = { unusable: compileError(error, limits) };
      }
      const oldest = cache.keys().next();
      if (cache.size >= limits.maxCached && !oldest.done) cache.delete(oldest.value);
    } else {
      // Last used, last out.
      cache.delete(key);
    }
    cache.set(key, entry);
    return { key, entry };
  };

  return {
    check(schema) {
      const { entry } = compiled(schema);
      return 'unusable' in entry ? entry.unusable : undefined;
    },
    validate(schema, value) {
      const { key, entry } = compiled(schema);
      if ('unusable' in entry) return { kind: 'unusable', message: entry.unusable };
      try {
        // The time limit is a thread of its own for each call: a millisecond, which most schemas can do without.
        const valid: unknown = entry.cheap
          ? entry.validate(value)
          : runWithin(limits.validateMs, () => entry.validate(value));
        if (valid === true) return { kind: 'valid' };
        const errors = entry.validate.errors ?? [];
        entry.validate.errors = null;
        return { kind: 'invalid', errors };
      } catch (error) {
        if (!isTimeout(error)) return { kind: 'unusable', message: messageOf(error) };
        const message = `validating took longer than ${limits.validateMs} ms: the schema has a pattern that backtracks without end, or is too costly; simplify it`;
        cache.set(key, { unusable: message });
        return { kind: 'unusable', message };
      }
    },
  };
}

/** Of an `enum` that is compared with each value. */
const FEW = 64;
/** Keywords whose cost grows with the value alone: no pattern, no `$ref`, nothing that tries alternatives. */
const CHEAP = new Set([
  ...['$schema', 'title', 'description', 'default', 'examples', 'type', 'required'],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength'],
  ...['minItems', 'maxItems', 'minProperties', 'maxProperties'],
]);

/** Whether validating against a schema takes time in proportion to the value, so that it needs no time limit. */
function isCheap(schema: unknown): boolean {
  if (typeof schema === 'boolean') return true;
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return false;
  return Object.entries(schema).every(([keyword, argument]) => {
    if (keyword === 'enum') return Array.isArray(argument) && argument.length <= FEW && argument.every(isScalar);
    if (keyword === 'const') return isScalar(argument);
    if (keyword === 'properties') return Object.values(argument as object).every(isCheap);
    if (keyword === 'items' || keyword === 'additionalProperties') return isCheap(argument);
    return CHEAP.has(keyword);
  });
}

const isScalar = (value: unknown): boolean => typeof value !== 'object' || value === null;

/**
 * Runs a function, and ends it by force when it takes longer than `ms`. The engine checks for that within regular
 * expressions too, which nothing else in the language can interrupt. The function's own errors pass through.
 * A function that was cut off gets one more try, of twice the time: on a busy machine the first may have waited only.
 */
function createTimeLimit(): <T>(ms: number, task: () => T) => T {
  const context = vm.createContext({ run: () => undefined });
  const script = new vm.Script('run()');
  const once = <T>(ms: number, task: () => T): T => {
    let result: { value: T } | undefined;
    context.run = () => {
      result = { value: task() };
    };
    try {
      script.runInContext(context, { timeout: ms });
    } finally {
      context.run = () => undefined;
    }
    // Assigned within the script, which the type-checker cannot see.
    return (result as unknown as { value: T }).value;
  };
  return (ms, task) => {
    try {
      return once(ms, task);
    } catch (error) {
      if (!isTimeout(error)) throw error;
      return once(2 * ms, task);
    }
  };
}

function isTimeout(error: unknown): boolean {
  // It is an Error of the script's realm, which is no instance of ours.
  return (
    typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
  );
}

function compileError(error: unknown, limits: SchemaLimits): string {
  if (isTimeout(error)) return `the schema takes longer than ${limits.compileMs} ms to compile: simplify it`;
  if (error instanceof Error && 'missingRef' in error) {
    return `$ref ${JSON.stringify(error.missingRef)} leads nowhere within the schema; references to other documents are not followed`;
  }
  return `not a JSON Schema: ${messageOf(error)}`;
}

/** The dialect that `$schema` names, `unsaid` when absent, undefined when it is none that we know. */
function dialectOf(declared: unknown): Dialect | 'unsaid' | undefined {
  if (declared === undefined) return 'unsaid';
  if (typeof declared !== 'string') return undefined;
  if (/^https?:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/.test(declared)) return '2020-12';
  if (/^https?:\/\/json-schema\.org\/draft\/2019-09\/schema#?$/.test(declared)) return '2019-09';
  if (/^https?:\/\/json-schema\.org\/(draft-0[467]\/)?schema#?$/.test(declared)) return 'draft-07';
  return undefined;
}

function newAjv(dialect: Dialect, options: Options): Ajv {
  const ajv =
    dialect === '2020-12' ? new Ajv2020(options) : dialect === '2019-09' ? new Ajv2019(options) : new Ajv(options);
  addFormats(ajv);
  // Draft-04 wrote `id`; the library throws at the sight of it, and nothing here resolves by it.
  ajv.removeKeyword('id');
  return ajv as Ajv;
}
