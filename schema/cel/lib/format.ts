import { compareStrings, goFloat } from '../../gofmt.ts';
import { guardAllocation } from '../functions.ts';
import { formatTimestamp } from '../time.ts';
import {
  CelDuration,
  CelList,
  CelMap,
  CelTimestamp,
  CelType,
  CelUint,
  type CelValue,
  fail,
  typeNameOf,
} from '../values.ts';

/** CEL's `string.format`: `%s %d %f %e %b %o %x %X`, with a precision for the floating ones. */
export function formatString(template: string, args: CelList): string {
  let out = '';
  let used = 0;
  let at = 0;
  while (at < template.length) {
    const percent = template.indexOf('%', at);
    if (percent < 0) break;
    out += template.slice(at, percent);
    at = percent + 1;
    if (template[at] === '%') {
      out += '%';
      at++;
      continue;
    }
    const clause = /^(?:\.(\d+))?(.?)/su.exec(template.slice(at));
    const verb = clause?.[2] ?? '';
    if (verb === '') fail('unexpected end of string');
    at += clause?.[0].length ?? 0;
    const format = CLAUSES.get(verb);
    if (format === undefined) fail(`could not parse formatting clause: unrecognized formatting clause "${verb}"`);
    const value = args.get(used);
    if (value === undefined) fail(`index ${used} out of range`);
    used++;
    const precision = clause?.[1] === undefined ? 6 : Number(clause[1]);
    out += (format as Clause)(value as CelValue, precision);
    guardAllocation(out.length);
  }
  return out + template.slice(at);
}

type Clause = (value: CelValue, precision: number) => string;

function wrong(clause: string, wanted: string, value: CelValue): never {
  return fail(
    `error during formatting: ${clause} clause can only be used on ${wanted}, was given ${typeNameOf(value)}`,
  );
}

function special(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return undefined;
  return value > 0 ? 'Infinity' : '-Infinity';
}

function floating(value: CelValue, clause: string): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof CelUint) return Number(value.value);
  if (value === 'NaN') return Number.NaN;
  if (value === 'Infinity') return Number.POSITIVE_INFINITY;
  if (value === '-Infinity') return Number.NEGATIVE_INFINITY;
  return wrong(clause, 'doubles', value);
}

// What JavaScript can print; Go has no such limit, and no use for it.
const MAX_PRECISION = 100;

function fixed(value: CelValue, precision: number): string {
  const number = floating(value, 'fixed-point');
  return special(number) ?? number.toFixed(Math.min(precision, MAX_PRECISION));
}

function scientific(value: CelValue, precision: number): string {
  const number = floating(value, 'scientific');
  const plain = special(number) ?? number.toExponential(Math.min(precision, MAX_PRECISION));
  return plain.replace(/e([+-])(\d)$/, 'e$10$2');
}

function integral(value: CelValue): bigint | undefined {
  if (typeof value === 'bigint') return value;
  return value instanceof CelUint ? value.value : undefined;
}

function decimal(value: CelValue): string {
  const number = integral(value);
  if (number !== undefined) return String(number);
  if (typeof value === 'number') {
    const text = special(value);
    if (text !== undefined) return text;
  }
  return wrong('decimal', 'integers', value);
}

function binary(value: CelValue): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  return integral(value)?.toString(2) ?? wrong('integer', 'integers and bools', value);
}

function octal(value: CelValue): string {
  return integral(value)?.toString(8) ?? wrong('octal', 'integers', value);
}

function hexadecimal(value: CelValue): string {
  const number = integral(value);
  if (number !== undefined) return number.toString(16);
  if (typeof value === 'string') return Buffer.from(value, 'utf8').toString('hex');
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return wrong('hex', 'integers, byte buffers, and strings', value);
}

/** `%s` of any value: strings bare, containers as CEL would write them. */
function text(value: CelValue): string {
  if (typeof value === 'string') return value;
  return printed(value);
}

function printed(value: CelValue): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'boolean':
    case 'bigint':
      return String(value);
    case 'number':
      return special(value) ?? goFloat(value);
    default:
      break;
  }
  if (value === null) return 'null';
  if (value instanceof CelUint) return String(value.value);
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (value instanceof CelTimestamp) return formatTimestamp(value);
  if (value instanceof CelDuration) return `${trimZeroes(value)}s`;
  if (value instanceof CelType) return value.name;
  if (value instanceof CelList) return `[${[...value].map(printed).join(', ')}]`;
  if (value instanceof CelMap) {
    const entries = value.keys().map((key) => `${printed(key)}: ${printed(value.get(key) as CelValue)}`);
    return `{${entries.sort(compareStrings).join(', ')}}`;
  }
  return fail(
    `error during formatting: string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps, was given ${typeNameOf(value)}`,
  );
}

function trimZeroes(duration: CelDuration): string {
  return String(Number(duration.nanos) / 1e9);
}

const CLAUSES = new Map<string, Clause>([
  ['s', text],
  ['d', decimal],
  ['f', fixed],
  ['e', scientific],
  ['b', binary],
  ['o', octal],
  ['x', hexadecimal],
  ['X', (value) => hexadecimal(value).toUpperCase()],
]);
