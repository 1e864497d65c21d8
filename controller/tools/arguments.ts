import type { ErrorObject } from 'ajv';
import type { SchemaCompiler } from './json-schema.ts';
import { createSchemaCompiler } from './json-schema.ts';
import { childPath, inspectJson } from './json-walk.ts';
import { messageOf } from './outcome.ts';
import { showValue } from './show-value.ts';

export type ParsedArguments =
  | { readonly ok: true; readonly value: Record<string, unknown> }
  /** For the model: names the field, the value and the rule, so that the next call can be right. */
  | { readonly ok: false; readonly message: string };

export interface ArgumentParser {
  /**
   * Reads the arguments of a tool call as a model wrote them, and validates them against the tool's JSON Schema where
   * there is one. An empty text stands for no arguments: several models write that for `{}`. Never throws.
   */
  parseArguments(text: string, schema?: unknown): ParsedArguments;
  /** Undefined, or why `schema` cannot be a tool's schema. */
  checkSchema(schema: unknown): string | undefined;
}

export interface ArgumentLimits {
  readonly maxBytes: number;
  readonly maxDepth: number;
  readonly maxValues: number;
  /** Faults named in one message. */
  readonly maxFaults: number;
}

const DEFAULT_LIMITS: ArgumentLimits = { maxBytes: 1024 * 1024, maxDepth: 100, maxValues: 200_000, maxFaults: 8 };

/** Holds the compiled schemas; one for a process is enough. */
export function createArgumentParser(
  options: { readonly limits?: Partial<ArgumentLimits>; readonly schemas?: SchemaCompiler } = {},
): ArgumentParser {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const schemas = options.schemas ?? createSchemaCompiler();
  return {
    parseArguments(text, schema) {
      const parsed = parseObject(text, limits);
      if (!parsed.ok || schema === undefined || schema === null) return parsed;
      const validation = schemas.validate(schema, parsed.value);
      switch (validation.kind) {
        case 'valid':
          return parsed;
        case 'invalid':
          return refused(`Invalid arguments: ${describeFaults(validation.errors, limits.maxFaults)}`);
        case 'unusable':
          return refused(
            `This tool cannot be called: its parameters are described by a JSON Schema that cannot be used (${validation.message})`,
          );
      }
    },
    checkSchema: (schema) => schemas.check(schema),
  };
}

function parseObject(text: string, limits: ArgumentLimits): ParsedArguments {
  if (text.trim() === '') return { ok: true, value: {} };
  const bytes = Buffer.byteLength(text);
  if (bytes > limits.maxBytes) {
    return refused(`Invalid arguments JSON: ${bytes} bytes, of which at most ${limits.maxBytes} are allowed`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refused(`Invalid arguments JSON: ${messageOf(error)}. Send one JSON object, such as {"name": "value"}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refused(
      `Invalid arguments JSON: ${showValue(value)} is not a JSON object. Send one, such as {"name": "value"}`,
    );
  }
  const shape = inspectJson(value, limits) ?? inexactInteger(text);
  if (shape !== undefined) return refused(`Invalid arguments JSON: ${shape}`);
  return { ok: true, value: value as Record<string, unknown> };
}

/**
 * Finds an integer that a number cannot hold exactly: 12345678901234567890 would reach the tool as another
 * number, and the wrong order would be cancelled.
 */
function inexactInteger(text: string): string | undefined {
  if (!/\d{16}/.test(text)) return undefined;
  for (const token of numbersOf(text)) {
    if (token.length >= 16 && /^-?\d+$/.test(token) && BigInt(token) !== BigInt(Number(token))) {
      return `the number ${token.slice(0, 80)} has too many digits to be exact: send it as a string`;
    }
  }
  return undefined;
}

/** The numbers in a valid JSON text, as written. Strings are skipped; a pattern over long ones would run out of stack. */
function* numbersOf(text: string): Generator<string> {
  const number = /[-\d][\d.eE+-]*/y;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '"') {
      at += 1;
      while (at < text.length && text.charAt(at) !== '"') at += text.charAt(at) === '\\' ? 2 : 1;
    } else if (char === '-' || (char >= '0' && char <= '9')) {
      number.lastIndex = at;
      const token = number.exec(text)?.[0] ?? char;
      yield token;
      at += token.length - 1;
    }
  }
}

function describeFaults(errors: readonly ErrorObject[], max: number): string {
  const texts = [...new Set(errors.filter((error) => error.keyword !== 'if').map(describeFault))];
  const shown = texts.slice(0, max).join('; ');
  if (shown === '') return 'they do not fit the schema of the tool';
  return texts.length > max ? `${shown}; and ${texts.length - max} more` : shown;
}

/** One fault in words: the field, the rule, the value. */
function describeFault(error: ErrorObject): string {
  const path = pathOf(error.instancePath);
  const field = path === '' ? 'the arguments' : path;
  const params = error.params as Record<string, unknown>;
  const value = showValue(error.data);
  switch (error.keyword) {
    case 'required':
      return `${childPath(path, String(params.missingProperty), false)} is required`;
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return `${childPath(path, String(params.additionalProperty ?? params.unevaluatedProperty), false)} is not a known field`;
    case 'propertyNames':
      return `${childPath(path, String(params.propertyName), false)} is not an allowed name`;
    case 'type':
      return `${field} must be ${[params.type].flat().join(' or ')}, not ${value}`;
    case 'enum':
      return `${field} must be one of ${showValue(params.allowedValues, 400)}, not ${value}`;
    case 'const':
      return `${field} must be ${showValue(params.allowedValue)}, not ${value}`;
    case 'false schema':
      return `${field} is not allowed`;
    default:
      return `${field} ${(error.message ?? `breaks the rule ${error.keyword}`).slice(0, 300)}, but is ${value}`;
  }
}

/** From a JSON pointer. The pointer does not say which of its steps are into arrays: numbers are taken for that. */
function pathOf(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, part) => childPath(path, part, /^\d+$/.test(part)), '');
}

function refused(message: string): ParsedArguments {
  return { ok: false, message };
}
