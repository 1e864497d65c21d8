import type { CallCost, Library } from '../functions.ts';
import { actualSize, STRING_TRAVERSAL } from '../sizes.ts';
import { CelOpaque, type CelValue, fail } from '../values.ts';

/** `resource.Quantity`: `units` × 10^`scale`. Nothing is kept below 10^-9. */
export class Quantity extends CelOpaque {
  readonly typeName = 'kubernetes.Quantity';
  readonly units: bigint;
  readonly scale: number;
  /** False for quantities that Go keeps as big decimals: they never count as integers. */
  readonly small: boolean;

  constructor(units: bigint, scale: number, small: boolean) {
    super();
    this.units = units;
    this.scale = scale;
    this.small = small;
  }

  equals(other: CelOpaque): boolean {
    return other instanceof Quantity && this.compare(other) === 0n;
  }

  compare(other: Quantity): bigint {
    const [a, b] = align(this, other);
    return a < b ? -1n : a > b ? 1n : 0n;
  }

  plus(other: Quantity, sign: bigint): Quantity {
    const [a, b, scale] = align(this, other);
    const sum = a + sign * b;
    return new Quantity(sum, scale, this.small && other.small && fitsInt64(sum));
  }

  /** The value as an int64, when Go can say so without reducing it. */
  asInteger(): bigint | undefined {
    if (!this.small || this.scale < 0) return undefined;
    const value = this.units * 10n ** BigInt(this.scale);
    return fitsInt64(value) ? value : undefined;
  }
}

function fitsInt64(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value;
}

function align(a: Quantity, b: Quantity): readonly [bigint, bigint, number] {
  const scale = Math.min(a.scale, b.scale);
  return [a.units * 10n ** BigInt(a.scale - scale), b.units * 10n ** BigInt(b.scale - scale), scale];
}

const DECIMAL = new Map([
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['', 0],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
]);
const BINARY = new Map([
  ['Ki', 10n],
  ['Mi', 20n],
  ['Gi', 30n],
  ['Ti', 40n],
  ['Pi', 50n],
  ['Ei', 60n],
]);

const WRONG_FORMAT = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const WRONG_SUFFIX = "unable to parse quantity's suffix";
const MAX_DIGITS = 18;
/** Beyond this, Go caps a quantity at the largest int64. */
const MAX_EXPONENT = 1000;

/** Parses a quantity; a string says what is wrong with the text. */
export function parseQuantity(text: string): Quantity | string {
  const match = /^([+-]?)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)$/.exec(text);
  if (match === null || text === '') return WRONG_FORMAT;
  const [, sign = '', whole = '', fraction = '', suffix = ''] = match;
  if (whole === '' && match[3] === undefined && !/^[+-]?$/.test(text))
    return suffix === '' ? WRONG_FORMAT : WRONG_SUFFIX;
  const digits = whole.replace(/^0+/, '');
  let units = BigInt(`${digits}${fraction}` === '' ? '0' : `${digits}${fraction}`);
  if (sign === '-') units = -units;
  const binary = BINARY.get(suffix);
  if (binary !== undefined) {
    const small = fraction === '' && digits.length + Math.ceil(Number(binary) * 0.3) <= MAX_DIGITS;
    return cap(new Quantity(units * (1n << binary), -fraction.length, small));
  }
  const exponent = /^[eE]([+-]?[0-9]+)$/.exec(suffix);
  const scale = exponent === null ? DECIMAL.get(suffix) : Number(exponent[1]);
  if (scale === undefined || Math.abs(scale) > MAX_EXPONENT) return WRONG_SUFFIX;
  return cap(new Quantity(units, scale - fraction.length, digits.length + fraction.length <= MAX_DIGITS));
}

/** Rounds up to 10^-9, and keeps within what Go's decimals hold. */
function cap(quantity: Quantity): Quantity {
  const { units, scale } = quantity;
  if (scale >= -9) return quantity;
  const divisor = 10n ** BigInt(-9 - scale);
  const quotient = units / divisor;
  const rounded = units % divisor === 0n ? quotient : quotient + (units > 0n ? 1n : -1n);
  return new Quantity(rounded, -9, false);
}

const parseCost: CallCost = ([text]) => Math.ceil(actualSize(text as CelValue) * STRING_TRAVERSAL);

/** Kubernetes quantities. */
export const quantities: Library = (declare) => {
  const type = 'kubernetes.Quantity';
  declare(
    'string_to_quantity',
    `quantity(string) -> ${type}`,
    (text: string) => {
      const quantity = parseQuantity(text);
      return typeof quantity === 'string' ? fail(quantity) : quantity;
    },
    parseCost,
  );
  declare(
    'is_quantity_string',
    'isQuantity(string) -> bool',
    (text: string) => typeof parseQuantity(text) !== 'string',
    parseCost,
  );
  declare('quantity_sign', `sign(${type}) -> int`, ({ units }: Quantity) => (units > 0n ? 1n : units < 0n ? -1n : 0n));
  declare(
    'quantity_is_greater_than',
    `${type}.isGreaterThan(${type}) -> bool`,
    (a: Quantity, b: Quantity) => a.compare(b) > 0n,
  );
  declare(
    'quantity_is_less_than',
    `${type}.isLessThan(${type}) -> bool`,
    (a: Quantity, b: Quantity) => a.compare(b) < 0n,
  );
  declare('quantity_compare_to', `${type}.compareTo(${type}) -> int`, (a: Quantity, b: Quantity) => a.compare(b));
  declare('quantity_get_float', `${type}.asApproximateFloat() -> double`, (value: Quantity) =>
    Number(`${value.units}e${value.scale}`),
  );
  declare(
    'quantity_get_int',
    `${type}.asInteger() -> int`,
    (value: Quantity) => value.asInteger() ?? fail('cannot convert value to integer'),
  );
  declare('quantity_is_integer', `${type}.isInteger() -> bool`, (value: Quantity) => value.asInteger() !== undefined);
  declare('quantity_add', `${type}.add(${type}) -> ${type}`, (a: Quantity, b: Quantity) => a.plus(b, 1n));
  declare('quantity_add_int', `${type}.add(int) -> ${type}`, (a: Quantity, b: bigint) =>
    a.plus(new Quantity(b, 0, true), 1n),
  );
  declare('quantity_sub', `${type}.sub(${type}) -> ${type}`, (a: Quantity, b: Quantity) => a.plus(b, -1n));
  declare('quantity_sub_int', `${type}.sub(int) -> ${type}`, (a: Quantity, b: bigint) =>
    a.plus(new Quantity(b, 0, true), -1n),
  );
};
