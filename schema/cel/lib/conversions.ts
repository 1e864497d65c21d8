import { parseGoDuration } from '../../duration.ts';
import { goFloat } from '../../gofmt.ts';
import type { Library } from '../functions.ts';
import { actualSize, STRING_TRAVERSAL } from '../sizes.ts';
import { formatTimestamp, parseTimestamp, timestampFromNanos } from '../time.ts';
import {
  CelDuration,
  type CelList,
  type CelMap,
  type CelTimestamp,
  CelType,
  CelUint,
  type CelValue,
  fail,
  typeNameOf,
} from '../values.ts';
import { checkedDuration, checkedInt, checkedUint } from './operators.ts';

const NANOS = 1_000_000_000n;
const INT_RANGE = 2 ** 63;
const UINT_RANGE = 2 ** 64;

function conversionError(from: string, to: string): never {
  return fail(`type conversion error from '${from}' to '${to}'`);
}

function parseInteger(text: string): bigint | undefined {
  return /^[+-]?[0-9]+$/.test(text) && text.length <= 40 ? BigInt(text.replace(/^\+/, '')) : undefined;
}

function toInt(text: string): bigint {
  const value = parseInteger(text);
  const inRange = value !== undefined && value >= -(1n << 63n) && value < 1n << 63n;
  return inRange ? value : conversionError('string', 'int');
}

function toUint(text: string): CelUint {
  const value = /^[0-9]+$/.test(text) ? parseInteger(text) : undefined;
  return value !== undefined && value < 1n << 64n ? new CelUint(value) : conversionError('string', 'uint');
}

// What Go's strconv.ParseFloat reads: underscores between digits and hexadecimal floats too.
const DOUBLE = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const HEX_DOUBLE = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?\d{1,5})$/;

function toDouble(written: string): number {
  const text = written.replace(/(?<=[0-9a-fA-F])_(?=[0-9a-fA-F])/g, '');
  if (DOUBLE.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : conversionError('string', 'double');
  }
  const hex = HEX_DOUBLE.exec(text);
  if (hex !== null && `${hex[2]}${hex[3]}` !== '') {
    const mantissa = Number(`0x${hex[2]}${hex[3]}`);
    return (hex[1] === '-' ? -1 : 1) * mantissa * 2 ** (Number(hex[4]) - 4 * (hex[3] ?? '').length);
  }
  const special = /^([+-]?)(?:inf|infinity)$/i.exec(text);
  if (special !== null) return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return /^nan$/i.test(text) ? Number.NaN : conversionError('string', 'double');
}

function toBool(text: string): boolean {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true;
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return false;
  return conversionError('string', 'bool');
}

function toText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return fail('invalid UTF-8 in bytes, cannot convert to string');
  }
}

/** Seconds with at most nine decimals: CEL's text form of a duration. */
export function durationText(duration: CelDuration): string {
  const { nanos } = duration;
  const magnitude = nanos < 0n ? -nanos : nanos;
  const fraction = String(magnitude % NANOS)
    .padStart(9, '0')
    .replace(/0+$/, '');
  return `${nanos < 0n ? '-' : ''}${magnitude / NANOS}${fraction === '' ? '' : `.${fraction}`}s`;
}

/** Go's `time.ParseDuration`; fails with CEL's words. */
export function toDuration(text: string): CelDuration {
  const nanos = parseGoDuration(text);
  return nanos === undefined ? conversionError('string', 'google.protobuf.Duration') : new CelDuration(nanos);
}

export function toTimestamp(text: string): CelTimestamp {
  const nanos = parseTimestamp(text);
  return nanos === undefined ? conversionError('string', 'google.protobuf.Timestamp') : timestampFromNanos(nanos);
}

const firstSize = ([first]: readonly CelValue[]) => Math.ceil(actualSize(first as CelValue) * STRING_TRAVERSAL);

const numbers: Library = (declare) => {
  const same = (value: CelValue) => value;
  declare('int64_to_int64', 'int(int) -> int', same);
  declare('uint64_to_int64', 'int(uint) -> int', (value: CelUint) => checkedInt(value.value));
  declare('double_to_int64', 'int(double) -> int', (value: number) =>
    value > -INT_RANGE && value < INT_RANGE ? BigInt(Math.trunc(value)) : fail('integer overflow'),
  );
  declare('string_to_int64', 'int(string) -> int', toInt);
  declare('timestamp_to_int64', 'int(timestamp) -> int', (value: CelTimestamp) => {
    const seconds = value.nanos / NANOS;
    return value.nanos % NANOS < 0n ? seconds - 1n : seconds;
  });
  declare('duration_to_int64', 'int(duration) -> int', (value: CelDuration) => value.nanos);
  declare('uint64_to_uint64', 'uint(uint) -> uint', same);
  declare('int64_to_uint64', 'uint(int) -> uint', (value: bigint) => checkedUint(value));
  declare('double_to_uint64', 'uint(double) -> uint', (value: number) =>
    value >= 0 && value < UINT_RANGE ? new CelUint(BigInt(Math.trunc(value))) : fail('unsigned integer overflow'),
  );
  declare('string_to_uint64', 'uint(string) -> uint', toUint);
  declare('double_to_double', 'double(double) -> double', same);
  declare('int64_to_double', 'double(int) -> double', (value: bigint) => Number(value));
  declare('uint64_to_double', 'double(uint) -> double', (value: CelUint) => Number(value.value));
  declare('string_to_double', 'double(string) -> double', toDouble);
  declare('bool_to_bool', 'bool(bool) -> bool', same);
  declare('string_to_bool', 'bool(string) -> bool', toBool);
};

const texts: Library = (declare) => {
  const same = (value: CelValue) => value;
  declare('string_to_string', 'string(string) -> string', same);
  declare('bool_to_string', 'string(bool) -> string', String);
  declare('int64_to_string', 'string(int) -> string', String);
  declare('uint64_to_string', 'string(uint) -> string', (value: CelUint) => String(value.value));
  declare('double_to_string', 'string(double) -> string', goFloat);
  declare('bytes_to_string', 'string(bytes) -> string', toText, firstSize);
  declare('timestamp_to_string', 'string(timestamp) -> string', formatTimestamp);
  declare('duration_to_string', 'string(duration) -> string', durationText);
  declare('bytes_to_bytes', 'bytes(bytes) -> bytes', same);
  declare('string_to_bytes', 'bytes(string) -> bytes', (value: string) => new TextEncoder().encode(value), firstSize);
  declare('timestamp_to_timestamp', 'timestamp(timestamp) -> timestamp', same);
  declare('string_to_timestamp', 'timestamp(string) -> timestamp', toTimestamp);
  declare('int64_to_timestamp', 'timestamp(int) -> timestamp', (value: bigint) => timestampFromNanos(value * NANOS));
  declare('duration_to_duration', 'duration(duration) -> duration', same);
  declare('string_to_duration', 'duration(string) -> duration', toDuration);
  declare('int64_to_duration', 'duration(int) -> duration', (value: bigint) => checkedDuration(value));
};

const sizes: Library = (declare) => {
  const size = (value: string | Uint8Array | CelList | CelMap) => BigInt(actualSize(value));
  for (const [name, type] of [
    ['string', 'string'],
    ['bytes', 'bytes'],
    ['list', 'list(A)'],
    ['map', 'map(A, B)'],
  ]) {
    declare(`size_${name}`, `size(${type}) -> int`, size);
    declare(`${name}_size`, `${type}.size() -> int`, size);
  }
  declare('type', 'type(A) -> type(A)', (value: CelValue) => new CelType(typeNameOf(value)));
  declare('to_dyn', 'dyn(A) -> dyn', (value: CelValue) => value);
};

export const conversions: Library = (declare) => {
  for (const part of [numbers, texts, sizes]) part(declare);
};
