import { type Correlation, correlatedIndex, correlatedKey, unchanged } from './correlation.ts';
import { invalid, notSupported, required, tooLong, tooMany, typeInvalid } from './errors.ts';
import { isSupportedFormat, stringFormat } from './formats.ts';
import { goJson, goQuote, runeCount } from './gofmt.ts';
import { deepEqual, isJsonInteger, isObject } from './json.ts';
import { compileNumberChecks } from './numbers.ts';
import { compileRegExp } from './regex.ts';
import { Result } from './result.ts';
import type { FieldError, SchemaProps } from './types.ts';

/**
 * The OpenAPI part of validation, as k8s.io/kube-openapi does it. `path` is the validator's own path (`spec.x`,
 * with a leading dot for some names at the root, as there).
 */
type Check = (value: unknown, path: string, out: Result, at: Correlation | undefined) => void;

/** Validates a value against the compiled schema; `prefix` is where the value stands in its object. */
export type OpenApiValidator = (value: unknown, prefix: string, at?: Correlation) => FieldError[];

/** Compiles everything but list types, embedded metadata and CEL rules into closures. */
export function compileOpenApi(schema: SchemaProps): OpenApiValidator {
  const check = compileNode(schema);
  return (value, prefix, at) => {
    const out = new Result(prefix);
    check(value, '', out, at);
    return out.errors;
  };
}

/** JSON type and Go number format of a value, as the messages name them. */
function schemaType(value: unknown): readonly [type: string, format: string] {
  switch (typeof value) {
    case 'string':
      return ['string', ''];
    case 'boolean':
      return ['boolean', ''];
    case 'bigint':
      return ['integer', 'int64'];
    case 'number':
      return isJsonInteger(value) ? ['integer', 'int64'] : ['number', 'float64'];
    default:
      return [Array.isArray(value) ? 'array' : 'object', ''];
  }
}

function typeError(out: Result, path: string, expected: string, actual: string): void {
  out.add(typeInvalid(out.field(path), actual, `${path} in body must be of type ${expected}: ${goQuote(actual)}`));
}

/** A complaint about a combination of schemas: it names no field of its own. */
function composite(out: Result, message: string): void {
  out.add(invalid(out.field(''), '', message));
}

function compileNode(schema: SchemaProps): Check {
  const checkNode = compileUncorrelated(schema);
  return (value, path, out, at) => {
    if (at === undefined) {
      checkNode(value, path, out, undefined);
      return;
    }
    const before = out.errors.length;
    checkNode(value, path, out, at);
    // What was wrong before and did not change is forgiven.
    if (out.errors.length > before && unchanged(at)) out.truncate(before);
  };
}

function compileUncorrelated(schema: SchemaProps): Check {
  const types = typesOf(schema);
  const type = compileType(schema, types);
  const enumeration = compileEnum(schema);
  const combination = compileCombination(schema);
  const text = compileString(schema);
  const numeric = compileNumberChecks(schema, types);
  const list = compileList(schema);
  const object = compileObject(schema);
  return (value, path, out, at) => {
    if (value === null || value === undefined) {
      type?.(null, path, out, at);
      enumeration?.(null, path, out, at);
      return;
    }
    if (type !== undefined) {
      type(value, path, out, at);
      out.matches++;
    }
    combination?.(value, path, out, at);
    switch (typeof value) {
      case 'string':
        text?.(value, path, out);
        out.matches++;
        break;
      case 'number':
      case 'bigint':
        numeric(value, path, out);
        break;
      default:
        break;
    }
    if (Array.isArray(value)) {
      list?.(value, path, out, at);
      out.matches += 2;
    }
    enumeration?.(value, path, out, at);
    if (isObject(value)) object(value, path, out, at);
    // The checks without conditions of their own: combinations (twice), enum, and the node itself.
    out.matches += 4;
  };
}

function typesOf(schema: SchemaProps): readonly string[] {
  if (schema['x-kubernetes-int-or-string'] === true) return ['integer', 'string'];
  return schema.type === undefined || schema.type === '' ? [] : [schema.type];
}

/** The format as far as it is honoured: others are dropped, as on the real server. */
function formatOf(schema: SchemaProps, types: readonly string[]): string {
  const { format } = schema;
  if (format === undefined || format === '') return '';
  return isSupportedFormat(types.length === 1 ? types[0] : undefined, format) ? format : '';
}

function compileType(schema: SchemaProps, types: readonly string[]): Check | undefined {
  const format = formatOf(schema, types);
  if (types.length === 0 && format === '') return undefined;
  const nullable = schema.nullable === true;
  const names = types.join(',');
  const numbers = types.includes('number');
  const integers = types.includes('integer');
  return (value, path, out) => {
    if (value === null) {
      if (types.length > 0 && !nullable) typeError(out, path, names, 'null');
      else out.matches++;
      return;
    }
    const [actual, actualFormat] = schemaType(value);
    const fits =
      types.includes(actual) ||
      (actual === 'integer' && numbers) ||
      (actual === 'number' && integers && Number.isSafeInteger(value));
    if (!fits) {
      const unbounded = typeof value === 'string' || Array.isArray(value);
      if (format !== '' && !unbounded) {
        if (actualFormat !== format) return typeError(out, path, format, actualFormat);
      }
      // A format hides the type of strings and lists from kube-openapi: it leaves them to the format's own check.
      const hidden = format !== '' && unbounded && !numbers && !integers;
      if (!hidden) return typeError(out, path, names, actual);
    }
    out.matches++;
  };
}

function compileEnum(schema: SchemaProps): Check | undefined {
  const values = schema.enum;
  if (values === undefined || values.length === 0) return undefined;
  const scalars = new Set(values.filter((item) => item !== null && typeof item !== 'object'));
  const compounds = values.filter((item) => item !== null && typeof item === 'object');
  const supported = values.map((item) => (typeof item === 'string' ? item : goJson(item)));
  return (value, path, out) => {
    // null is never found, not even if it is listed.
    if (value !== null) {
      if (scalars.has(value)) return;
      for (const item of compounds) if (deepEqual(item, value)) return;
    }
    out.add(notSupported(out.field(path), value, supported));
  };
}

function compileString(schema: SchemaProps): ((value: string, path: string, out: Result) => void) | undefined {
  const { minLength, maxLength, pattern } = schema;
  const format = formatOf(schema, typesOf(schema));
  const matchesFormat = format === '' ? undefined : stringFormat(format);
  const matches = pattern === undefined || pattern === '' ? undefined : compilePattern(pattern);
  if (minLength === undefined && maxLength === undefined && !matches && !matchesFormat) return undefined;
  return (value, path, out) => {
    // UTF-16 units are never fewer than code points, so that counting is needed only beyond the limit.
    if (maxLength !== undefined && value.length > maxLength && runeCount(value) > maxLength) {
      out.add(tooLong(out.field(path), maxLength));
    } else if (minLength !== undefined && runeCount(value) < minLength) {
      out.add(invalid(out.field(path), value, `${path} in body should be at least ${minLength} chars long`));
    } else {
      const mismatch = matches?.(value);
      if (mismatch !== undefined)
        out.add(invalid(out.field(path), value, `${path} in body should match '${mismatch}'`));
    }
    if (matchesFormat !== undefined) {
      out.matches++;
      if (!matchesFormat(value)) {
        const detail = `${path} in body must be of type ${format}: ${goQuote(value)}`;
        out.add(typeInvalid(out.field(path), value, detail));
      }
    }
  };
}

function compilePattern(pattern: string): (value: string) => string | undefined {
  try {
    const expression = compileRegExp(pattern);
    return (value) => (expression.test(value) ? undefined : pattern);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return () => `${pattern}, but pattern is invalid: ${reason}`;
  }
}

function compileList(
  schema: SchemaProps,
): ((value: readonly unknown[], path: string, out: Result, at: Correlation | undefined) => void) | undefined {
  const { items, minItems, maxItems, uniqueItems } = schema;
  if (!items && minItems === undefined && maxItems === undefined && !uniqueItems) return undefined;
  const checkItem = items === undefined ? undefined : compileNode(items);
  return (value, path, out, at) => {
    if (checkItem !== undefined) {
      for (let i = 0; i < value.length; i++) {
        checkItem(value[i], `${path}[${i}]`, out, at === undefined ? undefined : correlatedIndex(at, i));
      }
    }
    if (minItems !== undefined && value.length < minItems) {
      out.add(invalid(out.field(path), value.length, `${path} in body should have at least ${minItems} items`));
    }
    if (maxItems !== undefined && value.length > maxItems) out.add(tooMany(out.field(path), value.length, maxItems));
    if (uniqueItems === true && new Set(value.map((item) => goJson(item))).size < value.length) {
      out.add(invalid(out.field(path), '', `${path} in body shouldn't contain duplicates`));
    }
  };
}

function compileObject(
  schema: SchemaProps,
): (value: { [key: string]: unknown }, path: string, out: Result, at: Correlation | undefined) => void {
  const { minProperties, maxProperties, required: requiredNames, additionalProperties } = schema;
  const properties = new Map<string, Check>();
  for (const [name, property] of Object.entries(schema.properties ?? {})) properties.set(name, compileNode(property));
  const additional = typeof additionalProperties === 'object' ? compileNode(additionalProperties) : undefined;
  const closed = additionalProperties === false;
  const visits = properties.size > 0 || additional !== undefined || closed;
  return (value, path, out, at) => {
    const keys = visits || minProperties !== undefined || maxProperties !== undefined ? Object.keys(value) : [];
    if (minProperties !== undefined && keys.length < minProperties) {
      out.add(
        invalid(out.field(path), keys.length, `${path} in body should have at least ${minProperties} properties`),
      );
    }
    if (maxProperties !== undefined && keys.length > maxProperties) {
      out.add(tooMany(out.field(path), keys.length, maxProperties));
    }
    if (visits) {
      for (const key of keys) {
        const property = properties.get(key);
        // The group and kind of old and new are made equal before validation, so that nothing is forgiven there.
        const child =
          at === undefined || (path === '' && (key === 'kind' || key === 'apiVersion'))
            ? undefined
            : correlatedKey(at, key);
        if (property !== undefined) property(value[key], path === '' ? key : `${path}.${key}`, out, child);
        else if (additional !== undefined) additional(value[key], `${path}.${key}`, out, child);
        else if (closed) out.add(invalid(out.field(path), key, `${path}.${key} in body is a forbidden property`));
      }
    }
    if (requiredNames !== undefined) {
      for (const name of requiredNames) {
        if (!Object.hasOwn(value, name)) out.add(required(out.field(`${path}.${name}`)));
      }
    }
    out.matches++;
  };
}

function compileCombination(schema: SchemaProps): Check | undefined {
  const anyOf = schema.anyOf?.map(compileUncorrelated) ?? [];
  const oneOf = schema.oneOf?.map(compileUncorrelated) ?? [];
  const allOf = schema.allOf?.map(compileUncorrelated) ?? [];
  const not = schema.not === undefined ? undefined : compileUncorrelated(schema.not);
  if (anyOf.length === 0 && oneOf.length === 0 && allOf.length === 0 && not === undefined) return undefined;
  return (value, path, out, at) => {
    const run = (check: Check): Result => {
      const result = out.fork();
      check(value, path, result, at);
      return result;
    };
    if (anyOf.length > 0) {
      const { success, best } = firstOf(anyOf, run);
      if (success === undefined) composite(out, `${goQuote(path)} must validate at least one schema (anyOf)`);
      const kept = success ?? best;
      if (kept !== undefined) out.merge(kept);
    }
    if (oneOf.length > 0) checkOneOf(oneOf.map(run), path, out);
    if (allOf.length > 0) {
      let valid = 0;
      for (const check of allOf) {
        const result = run(check);
        if (result.errors.length === 0) valid++;
        out.merge(result);
      }
      if (valid !== allOf.length) {
        composite(
          out,
          `${goQuote(path)} must validate all the schemas (allOf)${valid === 0 ? '. None validated' : ''}`,
        );
      }
    }
    if (not !== undefined && run(not).errors.length === 0) {
      composite(out, `${goQuote(path)} must not validate the schema (not)`);
    }
  };
}

function firstOf(checks: readonly Check[], run: (check: Check) => Result): { success?: Result; best?: Result } {
  let best: Result | undefined;
  for (const check of checks) {
    const result = run(check);
    if (result.errors.length === 0) return { success: result };
    if (best === undefined || result.matches > best.matches) best = result;
  }
  return best === undefined ? {} : { best };
}

function checkOneOf(results: readonly Result[], path: string, out: Result): void {
  let best: Result | undefined;
  let success: Result | undefined;
  let valid = 0;
  for (const result of results) {
    if (result.errors.length === 0) {
      valid++;
      best = undefined;
      success ??= result;
    } else if (valid === 0 && (best === undefined || result.matches > best.matches)) best = result;
  }
  if (valid === 1) {
    if (success !== undefined) out.merge(success);
    return;
  }
  const found = valid === 0 ? 'Found none valid' : `Found ${valid} valid alternatives`;
  composite(out, `${goQuote(path)} must validate one and only one schema (oneOf). ${found}`);
  if (best !== undefined) out.merge(best);
}
