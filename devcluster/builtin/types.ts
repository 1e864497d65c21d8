/**
 * The wire types of the builtin kinds: what `generated/types.json` says (see `scripts/generate-builtin.ts`), parsed when first
 * asked for, one definition at a time.
 */
import { readFileSync } from 'node:fs';
import type { Json } from '../types.ts';

/** Values without fields of their own: numbers, strings, and the types with a JSON form of their own (`time`, `quantity`, …). */
export interface ScalarType {
  readonly kind: 'scalar';
  readonly name: string;
}
export interface StructRef {
  readonly kind: 'struct';
  /** OpenAPI definition name, `io.k8s.api.core.v1.PodSpec`. */
  readonly name: string;
}
export interface ListType {
  readonly kind: 'list';
  readonly element: WireType;
}
export interface MapType {
  readonly kind: 'map';
  readonly element: WireType;
}
export type WireType = ScalarType | StructRef | ListType | MapType;

/** One field of a struct. */
export interface FieldType {
  readonly name: string;
  readonly type: WireType;
  readonly required: boolean;
  /** A zero value that was given is kept. */
  readonly pointer: boolean;
  /** Printed even when empty, null or zero. */
  readonly keep: boolean;
  readonly omitZero: boolean;
  readonly listType?: 'atomic' | 'set' | 'map';
  readonly listMapKeys?: readonly string[];
  readonly patchStrategy?: string;
  readonly patchMergeKey?: string;
  readonly atomicMap: boolean;
  /** Merged field by field, although values of its type are not elsewhere. */
  readonly granular: boolean;
  readonly enum?: readonly string[];
  readonly default?: Json;
  /** Go's name of the type, where it does not follow from the type. */
  readonly goType?: string;
  /** The embedded Go struct that the field stands in. */
  readonly embeddedIn?: string;
}

export interface StructType {
  readonly name: string;
  readonly fields: ReadonlyMap<string, FieldType>;
  readonly atomic: boolean;
  /** Fields that are printed although nothing was given for them, with what is printed then. */
  readonly always: readonly FieldType[];
}

type Source = { [definition: string]: { [field: string]: string } };

let source: Source | undefined;
const structs = new Map<string, StructType>();

function load(): Source {
  source ??= JSON.parse(readFileSync(new URL('./generated/types.json', import.meta.url), 'utf8')) as Source;
  return source;
}

/** All definition names. */
export function definitionNames(): string[] {
  return Object.keys(load());
}

function parseType(text: string): WireType {
  if (text.startsWith('[]')) return { kind: 'list', element: parseType(text.slice(2)) };
  if (text.startsWith('{}')) return { kind: 'map', element: parseType(text.slice(2)) };
  return text.includes('.') ? { kind: 'struct', name: text } : { kind: 'scalar', name: text };
}

function parseField(name: string, text: string): FieldType {
  const [type = 'any', ...flags] = text.split(' ');
  const value = (key: string) => flags.find((flag) => flag.startsWith(`${key}=`))?.slice(key.length + 1);
  const [listType, keys] = (value('list') ?? '').split(':');
  const [strategy, mergeKey] = (value('patch') ?? '').split(':');
  const initial = value('default');
  const allowed = value('enum');
  return {
    name,
    type: parseType(type),
    required: flags.includes('req'),
    pointer: flags.includes('ptr'),
    keep: flags.includes('keep'),
    omitZero: flags.includes('omitzero'),
    atomicMap: value('map') === 'atomic',
    granular: value('map') === 'granular',
    ...(listType ? { listType: listType as 'atomic' | 'set' | 'map' } : {}),
    ...(keys ? { listMapKeys: keys.split(',') } : {}),
    ...(strategy ? { patchStrategy: strategy } : {}),
    ...(mergeKey ? { patchMergeKey: mergeKey } : {}),
    ...(allowed !== undefined ? { enum: allowed.split('|').map(decodeURIComponent) } : {}),
    ...(value('go') !== undefined ? { goType: value('go') as string } : {}),
    ...(value('in') !== undefined ? { embeddedIn: value('in') as string } : {}),
    ...(initial !== undefined ? { default: JSON.parse(initial) as Json } : {}),
  };
}

/** @throws Error for a name that no definition has: a mistake in our own tables. */
export function structType(name: string): StructType {
  const known = structs.get(name);
  if (known !== undefined) return known;
  const definition = load()[name];
  if (definition === undefined) throw new Error(`no builtin type ${name}`);
  const fields = new Map<string, FieldType>();
  for (const [field, text] of Object.entries(definition)) if (field !== '') fields.set(field, parseField(field, text));
  const always = [...fields.values()].filter(
    (field) => field.keep || (!field.pointer && !field.omitZero && isStructLike(field.type)),
  );
  const struct = { name, fields, always, atomic: (definition[''] ?? '').includes('map=atomic') };
  structs.set(name, struct);
  return struct;
}

/** Structs, and the scalars that are structs to the real server: they are printed unless they are pointers. */
function isStructLike(type: WireType): boolean {
  return (
    type.kind === 'struct' ||
    (type.kind === 'scalar' && ['time', 'microtime', 'quantity', 'intstr', 'raw', 'json'].includes(type.name))
  );
}

/** What stands for a value that was not given, where it is printed all the same. */
export function zeroValue(type: WireType, pointer: boolean): Json {
  if (pointer) return null;
  if (type.kind === 'struct') return zeroStruct(structType(type.name));
  if (type.kind !== 'scalar') return null;
  switch (type.name) {
    case 'string':
      return '';
    case 'boolean':
      return false;
    case 'int32':
    case 'int64':
    case 'integer':
    case 'double':
    case 'intstr':
      return 0;
    case 'quantity':
      return '0';
    default:
      return null;
  }
}

export function zeroStruct(struct: StructType): { [field: string]: Json } {
  const object: { [field: string]: Json } = {};
  for (const field of struct.always) object[field.name] = zeroValue(field.type, field.pointer);
  return object;
}
