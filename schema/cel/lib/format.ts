import { compareStrings, goFloat, goQuote } from '../../gofmt.ts';
import { toil } from '../failure.ts';
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
import { durationText } from './conversions.ts';

export type Verb = 's' | 'd' | 'f' | 'e' | 'b' | 'o' | 'x' | 'X';

/** A piece of a template: text, a clause for the next argument, or what is wrong from here on. */
export type Piece =
  | { readonly text: string }
  | { readonly verb: Verb; readonly precision: number | undefined }
  | { readonly error: string };

const VERBS = 'sdfebxXo';

/** Takes a template of `string.format` apart. */
export function parseTemplate(template: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  while (at < template.length) {
    const percent = template.indexOf('%', at);
    if (percent !== at) {
      const end = percent < 0 ? template.length : percent;
      pieces.push({ text: template.slice(at, end) });
      at = end;
      continue;
    }
    if (template[at + 1] === '%') {
      pieces.push({ text: '%' });
      at += 2;
      continue;
    }
    const clause = /^%(?:\.([0-9]*))?/.exec(template.slice(at)) as RegExpExecArray;
    const verb = template[at + clause[0].length];
    if (verb === undefined) {
      const inPrecision = clause[0].length > 1;
      const detail =
        'could not parse formatting clause: error while parsing precision: could not find end of precision specifier';
      return [...pieces, { error: inPrecision ? detail : 'unexpected end of string' }];
    }
    if (!VERBS.includes(verb)) {
      return [...pieces, { error: `could not parse formatting clause: unrecognized formatting clause "${verb}"` }];
    }
    if (clause[1] === '') {
      const detail = 'error while converting precision to integer: strconv.Atoi: parsing "": invalid syntax';
      return [...pieces, { error: `could not parse formatting clause: error while parsing precision: ${detail}` }];
    }
    pieces.push({ verb: verb as Verb, precision: clause[1] === undefined ? undefined : Number(clause[1]) });
    at += clause[0].length + 1;
  }
  return pieces;
}

/** CEL's `string.format`: `%s %d %f %e %b %o %x %X`, with a precision for `%f`. */
export function formatString(template: string, args: CelList): string {
  let out = '';
  let used = 0;
  for (const piece of parseTemplate(template)) {
    if ('text' in piece) out += piece.text;
    else {
      const value = args.get(used);
      if (value === undefined) fail(`index ${used} out of range`);
      if ('error' in piece) fail(piece.error);
      else {
        const written = CLAUSES[piece.verb](value as CelValue, piece.precision);
        toil(20 * written.length);
        out += written;
      }
      used++;
    }
    guardAllocation(out.length);
  }
  return out;
}

type Clause = (value: CelValue, precision: number | undefined) => string;

const DEFAULT_PRECISION = 6;
/** What JavaScript can print; Go has no such limit, and nobody a use for more. */
const MAX_PRECISION = 100;

/** What a clause says to a value that it cannot print. */
export const WRONG_VALUE: { readonly [verb in Verb]: string } = {
  s: 'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps',
  d: 'decimal clause can only be used on integers',
  f: 'fixed-point clause can only be used on doubles',
  e: 'scientific clause can only be used on doubles',
  b: 'only integers and bools can be formatted as binary',
  o: 'octal clause can only be used on integers',
  x: 'only integers, byte buffers, and strings can be formatted as hex',
  X: 'only integers, byte buffers, and strings can be formatted as hex',
};

function wrong(verb: Verb, value: CelValue): never {
  return fail(`error during formatting: ${WRONG_VALUE[verb]}, was given ${typeNameOf(value)}`);
}

const SPECIAL = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

function floating(value: CelValue, verb: Verb): number {
  if (typeof value === 'number') return value;
  const special = typeof value === 'string' ? SPECIAL.get(value) : undefined;
  return special ?? wrong(verb, value);
}

function notFinite(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return undefined;
  return value > 0 ? '∞' : '-∞';
}

/** Digits in groups of three, as the American locale that Kubernetes formats with has them. */
function grouped(text: string): string {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)(.*)$/s.exec(text) ?? [];
  return `${sign}${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${fraction}`;
}

function fixedPoint(value: CelValue, precision = DEFAULT_PRECISION): string {
  const number = floating(value, 'f');
  const special = notFinite(number);
  if (special !== undefined) return special;
  const digits = Math.min(precision, MAX_PRECISION);
  if (Math.abs(number) < 1e21) return grouped(number.toFixed(digits));
  return grouped(`${BigInt(number)}${digits === 0 ? '' : `.${'0'.repeat(digits)}`}`);
}

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** `1.234500×10⁰³`. The precision is taken for a width, as in cel-go: it is six digits always. */
function scientific(value: CelValue): string {
  const number = floating(value, 'e');
  const special = notFinite(number);
  if (special !== undefined) return special;
  const [mantissa = '', exponent = '0'] = number.toExponential(DEFAULT_PRECISION).split('e');
  const digits = exponent.replace(/^[+-]/, '').padStart(2, '0');
  const raised = [...digits].map((digit) => SUPERSCRIPTS[Number(digit)]).join('');
  return `${mantissa}×10${exponent.startsWith('-') ? '⁻' : ''}${raised}`;
}

function integral(value: CelValue): bigint | undefined {
  if (typeof value === 'bigint') return value;
  return value instanceof CelUint ? value.value : undefined;
}

function binary(value: CelValue): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  return integral(value)?.toString(2) ?? wrong('b', value);
}

function hexadecimal(value: CelValue): string {
  const number = integral(value);
  if (number !== undefined) return number.toString(16);
  if (typeof value === 'string') return Buffer.from(value, 'utf8').toString('hex');
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return wrong('x', value);
}

/** `%s`: scalars as their conversion to string, containers as CEL literals. */
function text(value: CelValue): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'boolean':
    case 'bigint':
      return String(value);
    case 'number':
      return goFloat(value);
    default:
      break;
  }
  if (value === null) return 'null';
  if (value instanceof CelUint) return String(value.value);
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (value instanceof CelTimestamp) return formatTimestamp(value);
  if (value instanceof CelDuration) return durationText(value);
  if (value instanceof CelType) return value.name;
  if (value instanceof CelList) return `[${[...value].map(literal).join(', ')}]`;
  if (value instanceof CelMap) return mapText(value);
  return wrong('s', value);
}

function mapText(map: CelMap): string {
  const entries = map.keys().map((key) => {
    if (typeof key === 'number') fail('error during formatting: no formatting function for map key of type double');
    return [literal(key), literal(map.get(key) as CelValue)] as const;
  });
  return `{${entries
    .sort(([a], [b]) => compareStrings(a, b))
    .map(([key, value]) => `${key}:${value}`)
    .join(', ')}}`;
}

/** A member of a container, written so that CEL reads it back. */
function literal(value: CelValue): string {
  if (typeof value === 'string') return goQuote(value);
  if (typeof value === 'number') {
    if (Number.isNaN(value)) return '"NaN"';
    if (!Number.isFinite(value)) return value > 0 ? '"+Inf"' : '"-Inf"';
    return fixedPoint(value).replaceAll(',', '');
  }
  if (value instanceof Uint8Array) return `b${goQuote(text(value))}`;
  if (value instanceof CelTimestamp) return `timestamp(${goQuote(text(value))})`;
  if (value instanceof CelDuration) return `duration(${goQuote(text(value))})`;
  if (value === null || typeof value !== 'object' || value instanceof CelUint) return text(value);
  const printable = value instanceof CelList || value instanceof CelMap || value instanceof CelType;
  return printable ? text(value) : fail(`error during formatting: no formatting function for ${typeNameOf(value)}`);
}

const CLAUSES: { readonly [verb in Verb]: Clause } = {
  s: text,
  d: (value) => integral(value)?.toString() ?? wrong('d', value),
  f: fixedPoint,
  e: scientific,
  b: binary,
  o: (value) => integral(value)?.toString(8) ?? wrong('o', value),
  x: hexadecimal,
  X: (value) => hexadecimal(value).toUpperCase(),
};
