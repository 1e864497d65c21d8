import { invalid, invalidPrinted } from './errors.ts';
import { goFloat } from './gofmt.ts';
import { isJsonInteger } from './json.ts';
import type { Result } from './result.ts';
import type { FieldError, SchemaProps } from './types.ts';

const MAX_FLOAT32 = 3.4028234663852886e38;

function isInteger(value: number | bigint): boolean {
  return typeof value === 'bigint' || isJsonInteger(value);
}

/** The bounds and formats of numbers, with kube-openapi's habit of converting limits to the type of the value. */
export function compileNumberChecks(
  schema: SchemaProps,
  types: readonly string[],
): (value: number | bigint, path: string, out: Result) => void {
  const type = types.length === 1 ? types[0] : undefined;
  const format = type === 'integer' || type === 'number' ? (schema.format ?? '') : '';
  const { multipleOf, maximum, minimum } = schema;

  const inRange = (value: number | bigint): boolean => {
    if (type === 'integer') {
      if (!isInteger(value)) return false;
      return format !== 'int32' || (value >= -2147483648 && value <= 2147483647);
    }
    return format !== 'float' || (value >= -MAX_FLOAT32 && value <= MAX_FLOAT32);
  };
  const complain = (prefix: string, path: string, out: Result): void => {
    const known = ['int32', 'int64', 'float', 'double'].includes(format);
    const kind = known ? `with format ${format}` : '(default format)';
    out.add(invalid(out.field(''), '', `${prefix} value must be of type ${type ?? ''} ${kind} in ${path}`));
  };
  /** The limit as the value's own type has it: integers compare with the limit cut to an integer. */
  const limitFor = (value: number | bigint, limit: number): number =>
    isInteger(value) && inRange(limit) ? Math.trunc(limit) : limit;
  /** A value that a limit of another type was compared with is printed as that type has it. */
  const complaint = (field: string, value: number | bigint, limit: number, detail: string): FieldError =>
    inRange(limit) ? invalid(field, value, detail) : invalidPrinted(field, value, goFloat(Number(value)), detail);
  const print = (value: number | bigint, limit: number): string =>
    isInteger(value) && inRange(limit) ? String(limit) : goFloat(limit);

  return (value, path, out) => {
    out.matches += 2;
    if (!inRange(value)) complain('Checked', path, out);
    const field = out.field(path);
    if (multipleOf !== undefined) {
      if (!inRange(multipleOf)) complain('MultipleOf', path, out);
      const factor = limitFor(value, multipleOf);
      if (factor <= 0) {
        out.add(invalid(field, factor, `factor MultipleOf declared for ${path} must be positive: ${goFloat(factor)}`));
      } else if (!isMultiple(value, factor)) {
        out.add(complaint(field, value, multipleOf, `${path} in body should be a multiple of ${print(value, factor)}`));
      }
    }
    if (minimum !== undefined) {
      if (!inRange(minimum)) complain('Minimum boundary', path, out);
      const limit = limitFor(value, minimum);
      const exclusive = schema.exclusiveMinimum === true;
      if (exclusive ? value <= limit : value < limit) {
        const than = exclusive ? 'greater than' : 'greater than or equal to';
        out.add(complaint(field, value, minimum, `${path} in body should be ${than} ${print(value, limit)}`));
      }
    }
    if (maximum !== undefined) {
      if (!inRange(maximum)) complain('Maximum boundary', path, out);
      const limit = limitFor(value, maximum);
      const exclusive = schema.exclusiveMaximum === true;
      if (exclusive ? value >= limit : value > limit) {
        const than = exclusive ? 'less than' : 'less than or equal to';
        out.add(complaint(field, value, maximum, `${path} in body should be ${than} ${print(value, limit)}`));
      }
    }
  };
}

function isMultiple(value: number | bigint, factor: number): boolean {
  if (typeof value === 'bigint') return value % BigInt(Math.trunc(factor)) === 0n;
  if (isJsonInteger(value) && Number.isInteger(factor)) return value % factor === 0;
  const quotient = factor < 1 ? (1 / factor) * value : value / factor;
  return isNearlyInteger(quotient);
}

/** go-openapi's test for a float that stands for an integer: within a relative error of 1e-9. */
function isNearlyInteger(value: number): boolean {
  if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) return false;
  const nearest = Math.trunc(value);
  if (value === nearest) return true;
  const difference = Math.abs(value - nearest);
  const sum = Math.abs(value) + Math.abs(nearest);
  return nearest === 0
    ? difference < 1e-9 * 2.2250738585072014e-308
    : difference / Math.min(sum, Number.MAX_VALUE) < 1e-9;
}
