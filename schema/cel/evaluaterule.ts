import { type Correlation, unchanged } from '../correlation.ts';
import { duplicate, forbidden, invalid, OMIT_VALUE, ROOT, required } from '../errors.ts';
import { utf8Length } from '../gofmt.ts';
import type { FieldError } from '../types.ts';
import { CelEvaluationError, type CelProgram, PER_CALL_LIMIT } from './environment.ts';
import type { CompiledRule } from './rule.ts';
import { CelOptional, type CelValue } from './values.ts';

const MAX_MESSAGE_BYTES = 5 * 1024;

/** Where validation stands: the value, its old self, and what is known about changes above it. */
export interface Place {
  readonly path: string;
  readonly value: unknown;
  readonly old: unknown;
  readonly at: Correlation | undefined;
  /** The nearest correlated place above; undefined at the root. */
  readonly parent: Correlation | undefined;
}

/** What one validation of an object adds up. */
export interface Run {
  readonly errors: FieldError[];
  /** What is forgiven because nothing changed at its place, as it would stand in a message. */
  readonly forgiven: string[];
  /** What is left of the object's budget; negative when it has run out. */
  budget: number;
}

function isForgiven(place: Place): boolean {
  return unchanged(place.at ?? place.parent);
}

export const OUT_OF_BUDGET =
  'validation failed due to running out of cost budget, no further validation rules will be run';

/** `self` and `oldSelf`, for rules whose old self is optional and for others. */
export interface Activations {
  readonly plain: () => { self: CelValue; oldSelf?: CelValue };
  readonly optional: () => { self: CelValue; oldSelf: CelValue };
}

/** Values are converted when the first rule asks for them. */
export function activations(place: Place, convert: (value: unknown) => CelValue): Activations {
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

/** Evaluates a rule and reports what it finds. */
export function evaluateRule(compiled: CompiledRule, place: Place, type: string, values: Activations, run: Run): void {
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
    else run.forgiven.push(`${error.field}: ${error.body}`);
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
  report(violation(rule.reason, path, value, detail));
}

function violation(reason: CompiledRule['rule']['reason'], path: string, value: unknown, detail: string): FieldError {
  switch (reason) {
    case 'FieldValueForbidden':
      return forbidden(path, detail);
    case 'FieldValueRequired':
      return required(path, detail);
    case 'FieldValueDuplicate':
      return duplicate(path, value);
    default:
      return invalid(path, value, detail);
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
