import { goQuote } from '../../gofmt.ts';
import type { CallCost, Library } from '../functions.ts';
import { actualSize, STRING_TRAVERSAL } from '../sizes.ts';
import { CelOpaque, type CelValue, fail } from '../values.ts';

/** A semantic version (semver.org, version 2). */
export class Semver extends CelOpaque {
  readonly typeName = 'kubernetes.Semver';
  readonly numbers: readonly [bigint, bigint, bigint];
  readonly prerelease: readonly string[];

  constructor(numbers: readonly [bigint, bigint, bigint], prerelease: readonly string[]) {
    super();
    this.numbers = numbers;
    this.prerelease = prerelease;
  }

  equals(other: CelOpaque): boolean {
    return other instanceof Semver && this.compare(other) === 0;
  }

  /** Precedence; build metadata does not count. */
  compare(other: Semver): number {
    for (const [i, number] of this.numbers.entries()) {
      const theirs = other.numbers[i] ?? 0n;
      if (number !== theirs) return number < theirs ? -1 : 1;
    }
    const [a, b] = [this.prerelease, other.prerelease];
    if (a.length === 0 || b.length === 0) return Math.sign(b.length - a.length);
    for (let i = 0; i < a.length && i < b.length; i++) {
      const order = compareIdentifiers(a[i] ?? '', b[i] ?? '');
      if (order !== 0) return order;
    }
    return Math.sign(a.length - b.length);
  }
}

const NUMERIC = /^[0-9]+$/;

function compareIdentifiers(a: string, b: string): number {
  const [aNumeric, bNumeric] = [NUMERIC.test(a), NUMERIC.test(b)];
  if (aNumeric && bNumeric) return Number(BigInt(a) > BigInt(b)) - Number(BigInt(a) < BigInt(b));
  if (aNumeric !== bNumeric) return aNumeric ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

const IDENTIFIER = /^[0-9A-Za-z-]+$/;

/** Parses a version; a string says what is wrong with the text, in blang/semver's words. */
export function parseSemver(text: string): Semver | string {
  if (text === '') return 'Version string empty';
  const parts = splitAt(text, '.', 3);
  if (parts.length !== 3) return 'No Major.Minor.Patch elements found';
  const [major = '', minor = '', rest = ''] = parts;
  const plus = rest.indexOf('+');
  const build = plus < 0 ? [] : rest.slice(plus + 1).split('.');
  const beforeBuild = plus < 0 ? rest : rest.slice(0, plus);
  const dash = beforeBuild.indexOf('-');
  const prerelease = dash < 0 ? [] : beforeBuild.slice(dash + 1).split('.');
  const patch = dash < 0 ? beforeBuild : beforeBuild.slice(0, dash);
  for (const [name, number] of [
    ['Major', major],
    ['Minor', minor],
    ['Patch', patch],
  ] as const) {
    if (number === '') return 'strconv.ParseUint: parsing "": invalid syntax';
    if (!NUMERIC.test(number)) return `Invalid character(s) found in ${name.toLowerCase()} number ${goQuote(number)}`;
    if (number.length > 1 && number.startsWith('0'))
      return `${name} number must not contain leading zeroes ${goQuote(number)}`;
    if (BigInt(number) >= 1n << 64n) return `strconv.ParseUint: parsing ${goQuote(number)}: value out of range`;
  }
  for (const identifier of prerelease) {
    if (identifier === '') return 'Prerelease is empty';
    if (NUMERIC.test(identifier)) {
      if (identifier.length > 1 && identifier.startsWith('0')) {
        return `Numeric PreRelease version must not contain leading zeroes ${goQuote(identifier)}`;
      }
    } else if (!IDENTIFIER.test(identifier)) return `Invalid character(s) found in prerelease ${goQuote(identifier)}`;
  }
  for (const identifier of build) {
    if (identifier === '') return 'Build meta data is empty';
    if (!IDENTIFIER.test(identifier)) return `Invalid character(s) found in build meta data ${goQuote(identifier)}`;
  }
  return new Semver([BigInt(major), BigInt(minor), BigInt(patch)], prerelease);
}

function splitAt(text: string, separator: string, limit: number): string[] {
  const parts = text.split(separator);
  return parts.length <= limit ? parts : [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(separator)];
}

/** Takes `v1.2` and `01.2.3` for what is meant by them. */
function parseLoosely(text: string): Semver | string {
  const parts = splitAt(text.startsWith('v') ? text.slice(1) : text, '.', 3).map((part) => {
    if (part.length <= 1) return part;
    const stripped = part.replace(/^0+/, '');
    return /^[0-9]/.test(stripped) ? stripped : `0${stripped}`;
  });
  if (parts.length < 3) {
    if (/[+-]/.test(parts[parts.length - 1] ?? '')) return 'short version cannot contain PreRelease/Build meta data';
    while (parts.length < 3) parts.push('0');
  }
  return parseSemver(parts.join('.'));
}

const cost: CallCost = ([text]) => Math.ceil(actualSize(text as CelValue) * STRING_TRAVERSAL);

/** Semantic versions. */
export const semvers: Library = (declare) => {
  const type = 'kubernetes.Semver';
  const parse = (text: string, loose = false) => (loose ? parseLoosely(text) : parseSemver(text));
  const make = (text: string, loose = false) => {
    const version = parse(text, loose);
    return typeof version === 'string' ? fail(version) : version;
  };
  const is = (text: string, loose = false) => typeof parse(text, loose) !== 'string';
  declare('string_to_semver', `semver(string) -> ${type}`, make, cost);
  declare('string_bool_to_semver', `semver(string, bool) -> ${type}`, make, cost);
  declare('is_semver_string', 'isSemver(string) -> bool', is, cost);
  declare('is_semver_string_bool', 'isSemver(string, bool) -> bool', is, cost);
  declare(
    'semver_is_greater_than',
    `${type}.isGreaterThan(${type}) -> bool`,
    (a: Semver, b: Semver) => a.compare(b) > 0,
  );
  declare('semver_is_less_than', `${type}.isLessThan(${type}) -> bool`, (a: Semver, b: Semver) => a.compare(b) < 0);
  declare('semver_compare_to', `${type}.compareTo(${type}) -> int`, (a: Semver, b: Semver) => BigInt(a.compare(b)));
  declare('semver_major', `${type}.major() -> int`, ({ numbers }: Semver) => numbers[0]);
  declare('semver_minor', `${type}.minor() -> int`, ({ numbers }: Semver) => numbers[1]);
  declare('semver_patch', `${type}.patch() -> int`, ({ numbers }: Semver) => numbers[2]);
};
