import { type CelEnvironment, createCelEnvironment } from './cel/environment.ts';
import { compileRuleValidator } from './cel/rules.ts';
import { type Correlation, correlate, correlatedKey } from './correlation.ts';
import { compileDefaults } from './defaults.ts';
import { invalid, ROOT } from './errors.ts';
import { compileListTypes } from './listtypes.ts';
import { compileEmbedded, compileEmbeddedDecode } from './objectmeta.ts';
import { compileOpenApi } from './openapi.ts';
import { compilePruner } from './prune.ts';
import type { CompiledSchema, FieldError, FieldErrorType, JsonObject, SchemaProps } from './types.ts';

/** Errors after which CEL rules are not evaluated: the object may not have the types that the rules rely on. */
const BLOCKING: ReadonlySet<FieldErrorType> = new Set<FieldErrorType>([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);

const UNCHECKED =
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';

export interface CompileOptions {
  /** Environment of CEL rules; give one to all schemas, since making one takes some milliseconds. */
  readonly environment?: CelEnvironment;
}

/**
 * Compiles a structural schema into what the API server does to every object of a custom resource. Compile once per
 * CRD version: compilation costs about a thousand times what validating an object costs.
 */
export function compileSchema(schema: SchemaProps, options: CompileOptions = {}): CompiledSchema {
  const defaults = compileDefaults(schema);
  const prune = compilePruner(schema);
  const openApi = compileOpenApi(schema);
  const status = schema.properties?.status;
  const statusOpenApi = status === undefined ? undefined : compileOpenApi(status);
  const embedded = compileEmbedded(schema);
  const unreadable = compileEmbeddedDecode(schema);
  const listTypes = compileListTypes(schema);
  const rules = compileRuleValidator(schema, options.environment ?? createCelEnvironment());

  const finish = (
    errors: FieldError[],
    object: JsonObject,
    at: Correlation | undefined,
    warn: ((message: string) => void) | undefined,
  ): FieldError[] => {
    const old = at?.old as JsonObject | undefined;
    if (listTypes !== undefined) {
      const found = listTypes(object, ROOT);
      // What already was in the list twice may stay.
      if (found.length > 0 && (old === undefined || listTypes(old, ROOT).length === 0)) errors.push(...found);
    }
    if (rules !== undefined) {
      if (errors.some((error) => BLOCKING.has(error.type))) errors.push(invalid(ROOT, null, UNCHECKED));
      else {
        const evaluate = (at: Correlation | undefined): FieldError[] => {
          const { errors, forgiven } = rules(object, old, ROOT, at);
          if (warn !== undefined) for (const message of forgiven) warn(message);
          return errors;
        };
        errors.push(...checked(evaluate, at));
      }
    }
    return errors;
  };

  return {
    applyDefaults: (object) => defaults?.(object),
    prune,
    unreadable: (object) => unreadable?.(object),
    validate(object, old, prior = [], warn) {
      const at = old === undefined ? undefined : correlate(object, old, schema);
      const errors = [...prior, ...checked((at) => openApi(object, '', at), at)];
      embedded?.(object, ROOT, errors);
      return finish(errors, object, at, warn);
    },
    validateStatus(object, old, prior = [], warn) {
      const at = correlate(object, old, schema);
      const errors = [...prior];
      if (statusOpenApi !== undefined && Object.hasOwn(object, 'status')) {
        const statusAt = correlatedKey(at, 'status');
        errors.push(...checked((at) => statusOpenApi(object.status, 'status', at), statusAt));
      }
      return finish(errors, object, at, warn);
    },
  };
}

/** Which errors an unchanged part of the object is forgiven is only worked out when there are errors at all. */
function checked(
  check: (at: Correlation | undefined) => FieldError[],
  at: Correlation | undefined,
): readonly FieldError[] {
  const errors = check(undefined);
  return errors.length === 0 || at === undefined ? errors : check(at);
}
