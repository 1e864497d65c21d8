/** Nanoseconds of each unit of Go's `time.ParseDuration`. Both micro signs are accepted, as in Go. */
const UNITS = new Map<string, bigint>([
  ['ns', 1n],
  ['us', 1_000n],
  ['µs', 1_000n],
  ['μs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
]);

const MAX_NANOS = 1n << 63n;

/** Go's `time.ParseDuration`: nanoseconds, or undefined where Go reports an error (overflow included). */
export function parseGoDuration(text: string): bigint | undefined {
  let rest = text;
  let negative = false;
  if (rest[0] === '-' || rest[0] === '+') {
    negative = rest[0] === '-';
    rest = rest.slice(1);
  }
  if (rest === '0') return 0n;
  if (rest === '') return undefined;
  const part = /([0-9]*)(\.[0-9]*)?([^.0-9]+)/y;
  let total = 0n;
  while (part.lastIndex < rest.length) {
    const match = part.exec(rest);
    if (match === null) return undefined;
    const whole = match[1] ?? '';
    const fraction = (match[2] ?? '').slice(1);
    if (whole === '' && fraction === '') return undefined;
    const unit = UNITS.get(match[3] ?? '');
    if (unit === undefined || whole.length > 20) return undefined;
    total += BigInt(whole === '' ? '0' : whole) * unit;
    if (fraction !== '') {
      const digits = fraction.slice(0, 18);
      total += (BigInt(digits) * unit) / 10n ** BigInt(digits.length);
    }
    if (total > MAX_NANOS) return undefined;
  }
  if (!negative && total === MAX_NANOS) return undefined;
  return negative ? -total : total;
}

const WORDS: ReadonlyArray<readonly [variants: readonly string[], nanos: bigint]> = [
  [['ns', 'nano'], 1n],
  [['us', 'µs', 'micro'], 1_000n],
  [['ms', 'milli'], 1_000_000n],
  [['s', 'sec'], 1_000_000_000n],
  [['m', 'min'], 60_000_000_000n],
  [['h', 'hr', 'hour'], 3_600_000_000_000n],
  [['d', 'day'], 86_400_000_000_000n],
  [['w', 'wk', 'week'], 604_800_000_000_000n],
];

/**
 * The `duration` format of OpenAPI in Kubernetes: Go's syntax, or numbers with unit words anywhere in the text
 * (`3 days`, `2 hours 5 min`). Nanoseconds wrapped to 64 bits, or undefined.
 */
export function parseFormatDuration(text: string): bigint | undefined {
  const direct = parseGoDuration(text);
  if (direct !== undefined) return direct;
  let total = 0n;
  let found = false;
  // The unit is optional here, so that no digits are tried twice.
  for (const match of text.matchAll(/([0-9]+)(?:[\t\n\f\r ]*([A-Za-zµ]+))?/g)) {
    if (match[2] === undefined) continue;
    const digits = match[1] ?? '';
    if (digits.length > 19) return undefined;
    const factor = BigInt(digits);
    if (factor >= MAX_NANOS) return undefined;
    const unit = match[2].toLowerCase();
    for (const [variants, nanos] of WORDS) {
      variants.forEach((variant, i) => {
        const last = i === variants.length - 1;
        if ((last && unit.startsWith(variant)) || unit === variant) {
          found = true;
          total = BigInt.asIntN(64, total + factor * nanos);
        }
      });
    }
  }
  return found ? total : undefined;
}

/** Go's `time.Duration.String()`: `1h15m30.918273645s`, `1.5ms`, `0s`. */
export function formatGoDuration(nanos: bigint): string {
  if (nanos === 0n) return '0s';
  const sign = nanos < 0n ? '-' : '';
  const magnitude = nanos < 0n ? -nanos : nanos;
  if (magnitude < 1_000n) return `${sign}${magnitude}ns`;
  if (magnitude < 1_000_000n) return `${sign}${decimal(magnitude, 3)}µs`;
  if (magnitude < 1_000_000_000n) return `${sign}${decimal(magnitude, 6)}ms`;
  const seconds = decimal(magnitude % 60_000_000_000n, 9);
  const minutes = magnitude / 60_000_000_000n;
  if (minutes === 0n) return `${sign}${seconds}s`;
  const hours = minutes / 60n;
  if (hours === 0n) return `${sign}${minutes}m${seconds}s`;
  return `${sign}${hours}h${minutes % 60n}m${seconds}s`;
}

function decimal(value: bigint, places: number): string {
  const scale = 10n ** BigInt(places);
  const fraction = String(value % scale)
    .padStart(places, '0')
    .replace(/0+$/, '');
  return fraction === '' ? String(value / scale) : `${value / scale}.${fraction}`;
}
