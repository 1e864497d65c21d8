/** Static types of CEL expressions, and the unification that the type checker works by. */

export type CelKind =
  | 'dyn'
  | 'error'
  | 'null'
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'timestamp'
  | 'duration'
  | 'list'
  | 'map'
  | 'struct'
  | 'opaque'
  | 'type'
  | 'param';

export interface CelType {
  readonly kind: CelKind;
  /** How type errors and `type()` name it. */
  readonly name: string;
  readonly params: readonly CelType[];
  /** Fields of a struct, by their escaped names. */
  readonly fields?: ReadonlyMap<string, CelType>;
}

const NONE: readonly CelType[] = [];

function simple(kind: CelKind, name: string): CelType {
  return { kind, name, params: NONE };
}

export const DYN = simple('dyn', 'dyn');
export const ERROR = simple('error', '!error!');
export const NULL = simple('null', 'null_type');
export const BOOL = simple('bool', 'bool');
export const INT = simple('int', 'int');
export const UINT = simple('uint', 'uint');
export const DOUBLE = simple('double', 'double');
export const STRING = simple('string', 'string');
export const BYTES = simple('bytes', 'bytes');
export const TIMESTAMP = simple('timestamp', 'google.protobuf.Timestamp');
export const DURATION = simple('duration', 'google.protobuf.Duration');

export function listOf(item: CelType): CelType {
  return { kind: 'list', name: 'list', params: [item] };
}

export function mapOf(key: CelType, value: CelType): CelType {
  return { kind: 'map', name: 'map', params: [key, value] };
}

export function optionalOf(value: CelType): CelType {
  return { kind: 'opaque', name: 'optional_type', params: [value] };
}

export function typeOf(value: CelType): CelType {
  return { kind: 'type', name: 'type', params: [value] };
}

export function opaque(name: string): CelType {
  return { kind: 'opaque', name, params: NONE };
}

/** A message-like type: fields by escaped name. Types of one name are one type. */
export function struct(name: string, fields: ReadonlyMap<string, CelType>): CelType {
  return { kind: 'struct', name, params: NONE, fields };
}

export function typeParam(name: string): CelType {
  return simple('param', name);
}

export function isOptional(type: CelType): boolean {
  return type.kind === 'opaque' && type.name === 'optional_type';
}

/** The type within an optional, or the type itself. */
export function unwrapOptional(type: CelType): CelType {
  return isOptional(type) ? (type.params[0] ?? DYN) : type;
}

const NAMED = new Map<string, CelType>([
  ['dyn', DYN],
  ['null', NULL],
  ['bool', BOOL],
  ['int', INT],
  ['uint', UINT],
  ['double', DOUBLE],
  ['string', STRING],
  ['bytes', BYTES],
  ['timestamp', TIMESTAMP],
  ['duration', DURATION],
]);

/**
 * Reads a type as function declarations write it: `list(map(string, A))`. Single capital letters are type parameters,
 * unknown names opaque types. Throws on malformed text: declarations are ours, not a user's.
 */
export function parseType(text: string): CelType {
  const open = text.indexOf('(');
  if (open < 0) {
    const name = text.trim();
    return NAMED.get(name) ?? (/^[A-Z]$/.test(name) ? typeParam(name) : opaque(name));
  }
  const name = text.slice(0, open).trim();
  const params = splitTop(text.slice(open + 1, text.lastIndexOf(')'))).map(parseType);
  const [first = DYN, second = DYN] = params;
  switch (name) {
    case 'list':
      return listOf(first);
    case 'map':
      return mapOf(first, second);
    case 'type':
      return typeOf(first);
    case 'optional':
      return optionalOf(first);
    default:
      throw new Error(`unknown parametrised type ${name}`);
  }
}

/** Splits at commas outside parentheses. */
export function splitTop(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++;
    else if (text[i] === ')') depth--;
    else if (text[i] === ',' && depth === 0) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** The type as cel-go's messages print it. */
export function formatType(type: CelType): string {
  switch (type.kind) {
    case 'null':
      return 'null';
    case 'timestamp':
      return 'timestamp';
    case 'duration':
      return 'duration';
    default:
      return type.params.length === 0 ? type.name : `${type.name}(${type.params.map(formatType).join(', ')})`;
  }
}

/** `(int, string)`, or `list(int).(string)` for a call on a receiver. */
export function formatSignature(args: readonly CelType[], isMember: boolean): string {
  const names = args.map(formatType);
  const target = isMember ? `${names.shift() ?? ''}.` : '';
  return `${target}(${names.join(', ')})`;
}

/** Same type in every part; structs and opaque types by name. */
export function isExactType(a: CelType, b: CelType): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind || a.params.length !== b.params.length) return false;
  if ((a.kind === 'param' || a.kind === 'struct' || a.kind === 'opaque') && a.name !== b.name) return false;
  return a.params.every((param, i) => {
    const other = b.params[i];
    return other !== undefined && isExactType(param, other);
  });
}

/** What type parameters stand for, found while checking one expression. What was tried in vain can be taken back. */
export class Substitutions {
  readonly #known: Map<string, CelType>;
  #replaced: [name: string, type: CelType | undefined][] = [];

  constructor(known: Iterable<readonly [string, CelType]> = []) {
    this.#known = new Map(known);
  }

  get(name: string): CelType | undefined {
    return this.#known.get(name);
  }

  set(name: string, type: CelType): void {
    this.#replaced.push([name, this.#known.get(name)]);
    this.#known.set(name, type);
  }

  /** From here on, `undo` takes back. */
  mark(): void {
    this.#replaced = [];
  }

  undo(): void {
    for (const [name, type] of this.#replaced.reverse()) {
      if (type === undefined) this.#known.delete(name);
      else this.#known.set(name, type);
    }
    this.#replaced = [];
  }
}

function isWild(type: CelType): boolean {
  return type.kind === 'dyn' || type.kind === 'error';
}

/** True when `a` takes `b`; then the substitutions that this needs are added to `subs`, else they stay as they are. */
export function assignable(subs: Substitutions, a: readonly CelType[], b: readonly CelType[]): boolean {
  subs.mark();
  if (assignAll(subs, a, b)) return true;
  subs.undo();
  return false;
}

function assignAll(subs: Substitutions, a: readonly CelType[], b: readonly CelType[]): boolean {
  if (a.length !== b.length) return false;
  return a.every((type, i) => {
    const other = b[i];
    return other !== undefined && assign(subs, type, other);
  });
}

function assign(subs: Substitutions, a: CelType, b: CelType): boolean {
  if (b.kind === 'param') {
    const { valid, bound } = bind(subs, a, b);
    if (valid) return true;
    if (bound) return false;
  }
  if (a.kind === 'param') return bind(subs, b, a).valid;
  if (isWild(a) || isWild(b)) return true;
  if (a.kind === 'null') return takesNull(b);
  if (b.kind === 'null') return takesNull(a);
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case 'type':
      return true;
    case 'list':
    case 'map':
      return assignAll(subs, a.params, b.params);
    case 'opaque':
      return a.name === b.name && assignAll(subs, a.params, b.params);
    case 'struct':
      return a.name === b.name;
    default:
      return true;
  }
}

/** Objects, timestamps, durations and the like may be null in the eyes of the checker; lists, maps and scalars not. */
function takesNull(type: CelType): boolean {
  return ['opaque', 'struct', 'duration', 'timestamp', 'null'].includes(type.kind);
}

function bind(subs: Substitutions, type: CelType, param: CelType): { valid: boolean; bound: boolean } {
  if (type.kind === 'param' && type.name === param.name) return { valid: true, bound: true };
  const known = subs.get(param.name);
  if (known !== undefined) {
    if (isExactType(type, known)) return { valid: true, bound: true };
    if (!assign(subs, type, known)) return { valid: false, bound: true };
    const general = mostGeneral(type, known);
    if (!refersTo(subs, param, general)) subs.set(param.name, general);
    return { valid: true, bound: true };
  }
  if (refersTo(subs, param, type)) return { valid: false, bound: false };
  subs.set(param.name, type);
  return { valid: true, bound: false };
}

function refersTo(subs: Substitutions, param: CelType, within: CelType): boolean {
  if (within.kind === 'param') {
    if (within.name === param.name) return true;
    const known = subs.get(within.name);
    return known !== undefined && refersTo(subs, param, known);
  }
  return within.params.some((type) => refersTo(subs, param, type));
}

/** Of two types that unify, the less specific. */
export function mostGeneral(a: CelType, b: CelType): CelType {
  return isLessSpecific(a, b) ? a : b;
}

function isLessSpecific(a: CelType, b: CelType): boolean {
  if (a.kind === 'dyn' || a.kind === 'param') return true;
  if (b.kind === 'dyn' || b.kind === 'param' || a.kind !== b.kind) return false;
  switch (a.kind) {
    case 'type':
      return true;
    case 'list':
    case 'map':
    case 'opaque':
      return (
        a.name === b.name &&
        a.params.length === b.params.length &&
        a.params.every((param, i) => isLessSpecific(param, b.params[i] ?? DYN))
      );
    default:
      return isExactType(a, b);
  }
}

/** Replaces bound parameters by what they stand for; with `toDyn`, unbound ones by dyn. */
export function substitute(subs: Substitutions, type: CelType, toDyn: boolean): CelType {
  if (type.kind === 'param') {
    const known = subs.get(type.name);
    if (known !== undefined) return substitute(subs, known, toDyn);
    return toDyn ? DYN : type;
  }
  if (type.params.length === 0) return type;
  return { ...type, params: type.params.map((param) => substitute(subs, param, toDyn)) };
}
