import { CelTimestamp, fail } from './values.ts';

const NANOS = 1_000_000_000n;
/** 0001-01-01 and 9999-12-31T23:59:59.999999999 in nanoseconds since 1970. */
const MIN_TIMESTAMP = -62_135_596_800n * NANOS;
const MAX_TIMESTAMP = 253_402_300_800n * NANOS - 1n;

/** Makes a timestamp; fails outside of the years 1 to 9999. */
export function timestampFromNanos(nanos: bigint, message = 'range error converting timestamp'): CelTimestamp {
  return nanos < MIN_TIMESTAMP || nanos > MAX_TIMESTAMP ? fail(message) : new CelTimestamp(nanos);
}

const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:[.,](\d+))?(Z|([+-])(\d{2}):(\d{2}))?$/;

/**
 * Parses RFC 3339 as Go's `time.RFC3339` layout does; undefined where Go fails. With `local`, the zone may be missing
 * (UTC is meant), as in the ISO 8601 layout of the date-time format.
 */
export function parseTimestamp(text: string, local = false): bigint | undefined {
  const match = RFC3339.exec(text);
  if (match === null || (match[8] === undefined && !local)) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const days = daysSinceEpoch(year, month, day);
  if (days === undefined) return undefined;
  let offset = 0;
  if (match[9] !== undefined) {
    const [hours, minutes] = [Number(match[10]), Number(match[11])];
    if (hours > 24 || minutes > 60) return undefined;
    offset = (hours * 3600 + minutes * 60) * (match[9] === '-' ? -1 : 1);
  }
  const fraction = BigInt((match[7] ?? '').slice(0, 9).padEnd(9, '0'));
  return BigInt(days * 86_400 + hour * 3600 + minute * 60 + second - offset) * NANOS + fraction;
}

/** Days of a calendar date since 1970, or undefined when there is no such date. */
export function daysSinceEpoch(year: number, month: number, day: number): number | undefined {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const valid = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return valid ? Math.round(date.getTime() / 86_400_000) : undefined;
}

/** `2006-01-02T15:04:05.999999999Z`, without trailing zeroes. */
export function formatTimestamp(timestamp: CelTimestamp): string {
  const { nanos } = timestamp;
  const fraction = ((nanos % NANOS) + NANOS) % NANOS;
  const seconds = (nanos - fraction) / NANOS;
  const iso = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  const digits = fraction === 0n ? '' : `.${String(fraction).padStart(9, '0').replace(/0+$/, '')}`;
  return `${iso}${digits}Z`;
}

/** The parts of a timestamp's date and time in a zone. `month` counts from 0, `weekday` from Sunday, `yearDay` from 0. */
export interface DateParts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  readonly yearDay: number;
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
  readonly milliseconds: number;
}

/** Zone is UTC, an offset (`+02:00`, `-8:30`) or an IANA name; fails on an unknown one. */
export function dateParts(timestamp: CelTimestamp, zone: string): DateParts {
  const millis = Number(floorDivide(timestamp.nanos, 1_000_000n));
  const local = new Date(millis + zoneOffset(millis, zone));
  const year = local.getUTCFullYear();
  const start = daysSinceEpoch(year, 1, 1) ?? 0;
  return {
    year,
    month: local.getUTCMonth(),
    day: local.getUTCDate(),
    weekday: local.getUTCDay(),
    yearDay: Math.floor(local.getTime() / 86_400_000) - start,
    hours: local.getUTCHours(),
    minutes: local.getUTCMinutes(),
    seconds: local.getUTCSeconds(),
    milliseconds: local.getUTCMilliseconds(),
  };
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

/** Milliseconds to add to UTC. */
function zoneOffset(millis: number, zone: string): number {
  if (zone === '' || zone === 'UTC') return 0;
  const fixed = /^([+-]?)(\d{1,2}):(\d{2})$/.exec(zone);
  if (fixed !== null) return (Number(fixed[2]) * 60 + Number(fixed[3])) * 60_000 * (fixed[1] === '-' ? -1 : 1);
  const formatter = zoneFormatter(zone);
  const parts = new Map(formatter.formatToParts(millis).map((part) => [part.type, part.value]));
  const number = (name: Intl.DateTimeFormatPartTypes) => Number(parts.get(name));
  const local = new Date(0);
  const year = parts.get('era') === 'BC' ? 1 - number('year') : number('year');
  local.setUTCFullYear(year, number('month') - 1, number('day'));
  local.setUTCHours(number('hour'), number('minute'), number('second'), new Date(millis).getUTCMilliseconds());
  return local.getTime() - millis;
}

function zoneFormatter(zone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      era: 'short',
    });
  } catch {
    return fail(`unknown time zone ${zone}`);
  }
}
