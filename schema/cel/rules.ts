import { type Correlation, correlatedIndex, correlatedKey, mapList, unchanged } from '../correlation.ts';
import { child, duplicate, forbidden, indexed, invalid, keyed, OMIT_VALUE, ROOT, required } from '../errors.ts';
import { utf8Length } from '../gofmt.ts';
import { isObject, own } from '../json.ts';
import type { FieldError, SchemaProps, ValidationRule } from '../types.ts';
import { type DeclType, declType, withResourceFields } from './decl.ts';
import {
  type CelEnvironment,
  CelEvaluationError,
  type CelProgram,
  CelProgramError,
  PER_CALL_LIMIT,
} from './environment.ts';
import { escapeName } from './escape.ts';
import { normalizeFieldPath } from './fieldpath.ts';
import { CelCompileError } from './issues.ts';
import { compileConverter } from './objects.ts';
import { BOOL, type CelType, isExactType, optionalOf, STRING } from './types.ts';
import { CelOptional, type CelValue } from './values.ts';

/** What all rules of one object may cost together. */
export const OBJECT_BUDGET = 10_000_000;

/** What the type of `self` is called in messages. A real server puts a random number behind it. */
export const SELF_TYPE = 'selfType1';

const MAX_MESSAGE_BYTES = 5 * 1024;

/** A rule ready to run, or why it cannot. */
export interface CompiledRule {
  readonly rule: ValidationRule;
  readonly program?: CelProgram | undefined;
  readonly error?: string | undefined;
  readonly message?: CelProgram | undefined;
  readonly messageError?: string | undefined;
  /** `fieldPath` as it is appended to the path of the value. */
  readonly fieldPath: string;
  readonly usesOldSelf: boolean;
}

/** Compiles the rules of one schema node; `self` and `oldSelf` have the node's declared type. */
export function compileRules(schema: SchemaProps, declared: DeclType, base: CelEnvironment): CompiledRule[] {
  const environmentOf = (oldSelf: CelType) =>
    base.extend({ variables: { self: declared.type, oldSelf }, root: declared });
  const plain = environmentOf(declared.type);
  const optional = environmentOf(optionalOf(declared.type));
  return (schema['x-kubernetes-validations'] ?? []).map((rule) => {
    return compileRule(rule, schema, rule.optionalOldSelf === true ? optional : plain);
  });
}

function compileRule(rule: ValidationRule, schema: SchemaProps, environment: CelEnvironment): CompiledRule {
  const fieldPath =
    rule.fieldPath === undefined || rule.fieldPath === ''
      ? ''
      : (normalizeFieldPath(rule.fieldPath, schema).path ?? '');
  const empty: CompiledRule = { rule, fieldPath, usesOldSelf: false };
  if (rule.rule.trim() === '') return empty;
  const compiled = compileTyped(environment, rule.rule, BOOL, 'compilation failed: ', 'program instantiation failed: ');
  if (typeof compiled === 'string')
    return { ...empty, error: compiled === '' ? 'cel expression must evaluate to a bool' : compiled };
  const result: CompiledRule = { ...empty, program: compiled, usesOldSelf: compiled.uses('oldSelf') };
  if (rule.messageExpression === undefined || rule.messageExpression === '') return result;
  const prefix = 'messageExpression compilation failed: ';
  const message = compileTyped(
    environment,
    rule.messageExpression,
    STRING,
    prefix,
    'messageExpression instantiation failed: ',
  );
  if (typeof message !== 'string') return { ...result, message };
  return { ...result, messageError: message === '' ? 'messageExpression must evaluate to a string' : message };
}

/** The program, or what is wrong with it; an empty string when its type is. */
function compileTyped(
  environment: CelEnvironment,
  source: string,
  type: CelType,
  compileError: string,
  programError: string,
): CelProgram | string {
  try {
    const program = environment.compile(source);
    return isExactType(program.resultType, type) ? program : '';
  } catch (error) {
    if (error instanceof CelCompileError) return `${compileError}${error.message}`;
    if (error instanceof CelProgramError) return `${programError}${error.message}`;
    throw error;
  }
}

/** Where validation stands: the value, its old self, and what is known about changes above it. */
interface Place {
  readonly path: string;
  readonly value: unknown;
  readonly old: unknown;
  readonly at: Correlation | undefined;
  /** The nearest correlated place above; undefined at the root. */
  readonly parent: Correlation | undefined;
}

interface Run {
  readonly errors: FieldError[];
  /** What is left of the object's budget; negative when it has run out. */
  budget: number;
}

type Validator = (place: Place, run: Run) => void;

/** Evaluates all rules of a schema; undefined when it has none. */
export type RuleValidator = (
  object: unknown,
  old: unknown,
  path: string,
  at: Correlation | undefined,
  budget?: number,
) => { errors: FieldError[]; cost: number };

/** Compiles every rule of the schema and below. */
export function compileRuleValidator(
  schema: SchemaProps,
  base: CelEnvironment,
  isResourceRoot = true,
): RuleValidator | undefined {
  if (!hasRules(schema)) return undefined;
  const validate = compileNode(schema, schema, isResourceRoot, declType(schema, isResourceRoot, SELF_TYPE), base);
  if (validate === undefined) return undefined;
  return (value, old, path, at, budget = OBJECT_BUDGET) => {
    const run: Run = { errors: [], budget };
    validate({ path, value, old, at, parent: undefined }, run);
    return { errors: run.errors, cost: budget - run.budget };
  };
}

function hasRules(schema: SchemaProps): boolean {
  if ((schema['x-kubernetes-validations'] ?? []).length > 0) return true;
  if (schema.items !== undefined && hasRules(schema.items)) return true;
  if (typeof schema.additionalProperties === 'object' && hasRules(schema.additionalProperties)) return true;
  return Object.values(schema.properties ?? {}).some(hasRules);
}

/** `validation` holds the rules: the node itself, or one of its `allOf`. */
function compileNode(
  validation: SchemaProps,
  node: SchemaProps,
  isResourceRoot: boolean,
  declared: DeclType | undefined,
  base: CelEnvironment,
): Validator | undefined {
  const rules = compileOwnRules(validation, node, isResourceRoot, declared, base);
  const item = compileItem(validation, node, declared, base);
  const fields = new Map<string, Validator>();
  for (const [name, property] of Object.entries(validation.properties ?? {})) {
    const validator = compileField(name, property, node, declared, base);
    if (validator !== undefined) fields.set(name, validator);
  }
  const additional = compileAdditional(validation, node, declared, base);
  const allOf = (validation.allOf ?? [])
    .map((branch) => compileNode(branch, node, isResourceRoot, declared, base))
    .filter((validator) => validator !== undefined);
  if (!rules && !item && fields.size === 0 && !additional && allOf.length === 0) return undefined;

  return (place, run) => {
    if (place.value === null || place.value === undefined) return;
    rules?.(place, run);
    for (const validator of allOf) {
      if (run.budget < 0) return;
      // What an allOf complains about is not forgiven for being unchanged, unless something above it is.
      validator({ ...place, at: undefined }, run);
    }
    if (run.budget < 0) return;
    if (Array.isArray(place.value)) {
      if (item !== undefined) validateItems(place, place.value, node, item, run);
    } else if (isObject(place.value)) validateFields(place, place.value, fields, additional, run);
  };
}

function validateItems(
  place: Place,
  items: readonly unknown[],
  node: SchemaProps,
  validate: Validator,
  run: Run,
): void {
  const oldItem = mapList(node, Array.isArray(place.old) ? place.old : []);
  for (let i = 0; i < items.length && run.budget >= 0; i++) {
    const value = items[i];
    const at = place.at === undefined ? undefined : correlatedIndex(place.at, i);
    validate({ path: indexed(place.path, i), value, old: oldItem(value), at, parent: place.at ?? place.parent }, run);
  }
}

function validateFields(
  place: Place,
  object: { [key: string]: unknown },
  fields: ReadonlyMap<string, Validator>,
  additional: Validator | undefined,
  run: Run,
): void {
  const old = isObject(place.old) ? place.old : undefined;
  const visit = (validate: Validator, key: string, path: string): void => {
    const place1 = below(place, key);
    validate({ path, value: object[key], old: old === undefined ? undefined : own(old, key), ...place1 }, run);
  };
  if (additional !== undefined) {
    for (const key of Object.keys(object)) {
      if (run.budget < 0) return;
      visit(additional, key, keyed(place.path, key));
    }
  }
  for (const [name, validate] of fields) {
    if (run.budget < 0) return;
    if (Object.hasOwn(object, name)) visit(validate, name, child(place.path, name));
  }
}

function below(place: Place, key: string): Pick<Place, 'at' | 'parent'> {
  if (place.at === undefined) return { at: undefined, parent: place.parent };
  // Old and new are made of one group and kind before validation: a change of those is not to be seen.
  if (place.parent === undefined && (key === 'apiVersion' || key === 'kind'))
    return { at: undefined, parent: undefined };
  return { at: correlatedKey(place.at, key), parent: place.at };
}

function isForgiven(place: Place): boolean {
  return unchanged(place.at ?? place.parent);
}

function compileItem(
  validation: SchemaProps,
  node: SchemaProps,
  declared: DeclType | undefined,
  base: CelEnvironment,
): Validator | undefined {
  if (validation.items === undefined || node.items === undefined) return undefined;
  return compileNode(
    validation.items,
    node.items,
    node.items['x-kubernetes-embedded-resource'] === true,
    declared?.item,
    base,
  );
}

function compileAdditional(
  validation: SchemaProps,
  node: SchemaProps,
  declared: DeclType | undefined,
  base: CelEnvironment,
): Validator | undefined {
  const [rules, described] = [validation.additionalProperties, node.additionalProperties];
  if (typeof rules !== 'object' || typeof described !== 'object') return undefined;
  return compileNode(rules, described, described['x-kubernetes-embedded-resource'] === true, declared?.item, base);
}

function compileField(
  name: string,
  rules: SchemaProps,
  node: SchemaProps,
  declared: DeclType | undefined,
  base: CelEnvironment,
): Validator | undefined {
  const described =
    node.properties !== undefined && Object.hasOwn(node.properties, name) ? node.properties[name] : undefined;
  if (described === undefined) return undefined;
  const isResource = described['x-kubernetes-embedded-resource'] === true;
  const escaped = escapeName(name);
  // A name that cannot be escaped is not part of its parent's type, yet its own rules hold.
  const fieldType = escaped === undefined ? declType(described, isResource, SELF_TYPE) : declared?.fields?.get(escaped);
  return fieldType === undefined ? undefined : compileNode(rules, described, isResource, fieldType, base);
}

function compileOwnRules(
  validation: SchemaProps,
  node: SchemaProps,
  isResourceRoot: boolean,
  declared: DeclType | undefined,
  base: CelEnvironment,
): Validator | undefined {
  if ((validation['x-kubernetes-validations'] ?? []).length === 0) return undefined;
  const type = node.type ?? '';
  if (declared === undefined) {
    const detail = 'rule compiler initialization error: failed to convert to declType for CEL validation rules';
    return (place, run) => run.errors.push(invalid(place.path, type, detail));
  }
  const rules = compileRules(
    { ...node, 'x-kubernetes-validations': validation['x-kubernetes-validations'] ?? [] },
    declared,
    base,
  );
  const convert = compileConverter(isResourceRoot ? withResourceFields(node) : node);
  return (place, run) => {
    if (run.budget <= 0) {
      run.errors.push(invalid(place.path, type, OUT_OF_BUDGET));
      run.budget = -1;
      return;
    }
    const values = activations(place, convert);
    for (const compiled of rules) {
      evaluateRule(compiled, place, type, values, run);
      if (run.budget < 0) return;
    }
  };
}

const OUT_OF_BUDGET = 'validation failed due to running out of cost budget, no further validation rules will be run';

interface Activations {
  readonly plain: () => { self: CelValue; oldSelf?: CelValue };
  readonly optional: () => { self: CelValue; oldSelf: CelValue };
}

/** Values are converted when the first rule asks for them. */
function activations(place: Place, convert: (value: unknown) => CelValue): Activations {
  const hasOld = place.old !== null && place.old !== undefined;
  let self: CelValue | undefined;
  let old: CelValue | undefined;
  const getSelf = (): CelValue => {
    self ??= convert(place.value);
    return self;
  };
  const getOld = (): CelValue => {
    old ??= convert(place.old);
    return old;
  };
  return {
    plain: () => (hasOld ? { self: getSelf(), oldSelf: getOld() } : { self: getSelf() }),
    optional: () => ({ self: getSelf(), oldSelf: hasOld ? new CelOptional(getOld()) : CelOptional.NONE }),
  };
}

function evaluateRule(compiled: CompiledRule, place: Place, type: string, values: Activations, run: Run): void {
  const { rule, program, error } = compiled;
  if (error !== undefined) {
    run.errors.push(invalid(place.path, type, `rule compile error: ${error}`));
    return;
  }
  if (program === undefined) return;
  const optional = rule.optionalOldSelf === true;
  // A rule about a transition says nothing where there is no old value.
  if (compiled.usesOldSelf && (place.old === null || place.old === undefined) && !optional) return;
  const variables = () =>
    compiled.usesOldSelf || optional ? (optional ? values.optional() : values.plain()) : { self: values.plain().self };
  const name = rule.message !== undefined && rule.message !== '' ? rule.message.trim() : rule.rule.trim();
  let holds: CelValue;
  try {
    const result = program.evaluate(variables(), PER_CALL_LIMIT);
    if (!spend(run, result.cost, place, type)) return;
    holds = result.value;
  } catch (failure) {
    const { message, cost, limitExceeded } = evaluationError(failure);
    if (!spend(run, cost, place, type)) return;
    if (limitExceeded) {
      const detail = `'${message}': no further validation rules will be run due to call cost exceeds limit for rule: ${name}`;
      run.errors.push(invalid(place.path, type, detail));
      run.budget = -1;
    } else if (message.startsWith('no such overload')) {
      const detail = `'${message}': call arguments did not match a supported operator, function or macro signature for rule: ${name}`;
      run.errors.push(invalid(place.path, type, detail));
    } else run.errors.push(invalid(place.path, type, `${message} evaluating rule: ${name}`));
    return;
  }
  if (holds === true) return;
  reportViolation(compiled, place, type, variables, name, run);
}

function spend(run: Run, cost: number, place: Place, type: string): boolean {
  if (cost > run.budget) {
    run.errors.push(invalid(place.path, type, OUT_OF_BUDGET));
    run.budget = -1;
    return false;
  }
  run.budget -= cost;
  return true;
}

function evaluationError(failure: unknown): CelEvaluationError {
  if (failure instanceof CelEvaluationError) return failure;
  // The value itself could not be converted: that comes before any cost.
  const message =
    failure instanceof Error ? failure.message : String((failure as { message?: unknown }).message ?? failure);
  return new CelEvaluationError(message, 0, false);
}

function reportViolation(
  compiled: CompiledRule,
  place: Place,
  type: string,
  variables: () => { self: CelValue },
  name: string,
  run: Run,
): void {
  const { rule } = compiled;
  const path = compiled.fieldPath === '' ? place.path : join(place.path, compiled.fieldPath);
  const report = (error: FieldError): void => {
    if (compiled.usesOldSelf || !isForgiven(place)) run.errors.push(error);
  };
  const written = rule.message === undefined || rule.message === '' ? `failed rule: ${name}` : rule.message.trim();
  const evaluated = compiled.message === undefined ? undefined : evaluateMessage(compiled.message, variables, run);
  if (evaluated !== undefined && 'stop' in evaluated) {
    report(invalid(path, type, evaluated.stop));
    run.budget = -1;
    return;
  }
  const detail = evaluated?.message ?? written;
  const value = type === 'object' || type === 'array' ? OMIT_VALUE : place.value;
  switch (rule.reason) {
    case 'FieldValueForbidden':
      return report(forbidden(path, detail));
    case 'FieldValueRequired':
      return report(required(path, detail));
    case 'FieldValueDuplicate':
      return report(duplicate(path, value));
    default:
      return report(invalid(path, value, detail));
  }
}

function join(path: string, fieldPath: string): string {
  return path === ROOT || path === '' ? fieldPath.replace(/^\./, '') : `${path}.${fieldPath}`;
}

/** The message; nothing when it could not be had (the written one is used then); or why validation stops. */
function evaluateMessage(
  program: CelProgram,
  variables: () => { self: CelValue },
  run: Run,
): { message?: string } | { stop: string } {
  let value: CelValue;
  try {
    const result = program.evaluate(variables(), PER_CALL_LIMIT);
    if (result.cost > run.budget) return { stop: MESSAGE_OUT_OF_BUDGET };
    run.budget -= result.cost;
    value = result.value;
  } catch (failure) {
    const { cost, limitExceeded } = evaluationError(failure);
    if (cost > run.budget) return { stop: MESSAGE_OUT_OF_BUDGET };
    if (limitExceeded) {
      const source = JSON.stringify(program.source);
      return {
        stop: `no further validation rules will be run due to call cost exceeds limit for messageExpression: ${source}`,
      };
    }
    run.budget -= cost;
    return {};
  }
  const message = typeof value === 'string' ? value.trim() : '';
  const usable = message !== '' && utf8Length(message) <= MAX_MESSAGE_BYTES && !message.includes('\n');
  return usable ? { message } : {};
}

const MESSAGE_OUT_OF_BUDGET =
  'messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run';
