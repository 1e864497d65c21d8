/** Kubernetes' resource quantities: `1500m`, `1Gi`, `1e3`. Printed in canonical form as the real server does. */

const pattern = /^([+-]?)(\d{0,40})(?:\.(\d{0,40}))?(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][+-]?\d{1,4})?$/;
const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const decimal: { readonly [suffix: string]: number } = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};

export const quantityError =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

/** A quantity as nano-units, with the family of suffixes that it was written in. */
export interface Quantity {
  readonly nano: bigint;
  readonly format: 'binary' | 'decimal' | 'exponent';
}

const giga = 1_000_000_000n;

/** Division that rounds away from zero, as the real one does where a value is finer than nano. */
function divideUp(value: bigint, by: bigint): bigint {
  return (value + by - 1n) / by;
}

/** Undefined where the text is no quantity. */
export function parseQuantity(text: string): Quantity | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', suffix = ''] = match;
  if (whole === '' && fraction === '') return undefined;
  const digits = BigInt(`${whole}${fraction}` || '0');
  const negative = sign === '-';
  let nano: bigint;
  let format: Quantity['format'] = 'decimal';
  if (suffix.endsWith('i')) {
    format = 'binary';
    nano = divideUp(digits * 1024n ** BigInt(binary.indexOf(suffix)) * giga, 10n ** BigInt(fraction.length));
  } else {
    let exponent = decimal[suffix];
    if (exponent === undefined) {
      format = 'exponent';
      exponent = Number(suffix.slice(1));
      if (Math.abs(exponent) > 40) return undefined;
    }
    const power = exponent + 9 - fraction.length;
    nano = power >= 0 ? digits * 10n ** BigInt(power) : divideUp(digits, 10n ** BigInt(-power));
  }
  return { nano: negative ? -nano : nano, format };
}

/** Canonical text: no fractional digits, the largest suffix that loses nothing. */
export function formatQuantity({ nano, format }: Quantity): string {
  if (nano === 0n) return '0';
  const sign = nano < 0n ? '-' : '';
  let value = nano < 0n ? -nano : nano;
  if (format === 'binary' && value % giga === 0n && value / giga >= 1024n) {
    value /= giga;
    let index = 0;
    while (index < 6 && value % 1024n === 0n) {
      value /= 1024n;
      index += 1;
    }
    return `${sign}${value}${binary[index] ?? ''}`;
  }
  let exponent = -9;
  while (value % 1000n === 0n && exponent < 18) {
    value /= 1000n;
    exponent += 3;
  }
  if (format === 'exponent') return exponent === 0 ? `${sign}${value}` : `${sign}${value}e${exponent}`;
  const suffix = Object.keys(decimal).find((key) => decimal[key] === exponent) ?? '';
  return `${sign}${value}${suffix}`;
}

const milli = 1_000_000n;

/** Rounded to what amounts of resources may differ by: thousandths, away from zero. */
export function wholeMilli({ nano, format }: Quantity): Quantity {
  const size = divideUp(nano < 0n ? -nano : nano, milli) * milli;
  return { nano: nano < 0n ? -size : size, format };
}

export function compareQuantity(left: Quantity, right: Quantity): number {
  return left.nano < right.nano ? -1 : left.nano > right.nano ? 1 : 0;
}
