import { CelFailure, COST_EXCEEDED } from './failure.ts';
import { type CelType, parseType, splitTop } from './types.ts';
import {
  CelDuration,
  CelList,
  CelMap,
  CelOpaque,
  CelOptional,
  CelTimestamp,
  CelType as CelTypeValue,
  CelUint,
  type CelValue,
} from './values.ts';

// Arguments have been matched with the declaration when an implementation runs, so that it may name their types.
// biome-ignore lint/suspicious/noExplicitAny: see above
export type Implementation = (...args: any[]) => CelValue;

/** What a call costs, from its arguments (receiver first) and its result. */
export type CallCost = (args: readonly CelValue[], result: CelValue) => number;

/** One signature of a function. */
export interface Overload {
  readonly id: string;
  readonly member: boolean;
  /** Receiver first, when it is a member. */
  readonly args: readonly CelType[];
  readonly result: CelType;
  /** Names of the type parameters. */
  readonly params: readonly string[];
  readonly run: Implementation;
  readonly cost: CallCost | undefined;
}

export type FunctionTable = ReadonlyMap<string, readonly Overload[]>;

/** A function library: adds its overloads to a table. */
export type Library = (declare: Declare) => void;

/**
 * Declares an overload. `signature` is `name(int, string) -> bool`, or `list(A).name(int) -> A` for a member; the
 * name of an operator is cel-go's (`_+_`).
 */
export type Declare = (id: string, signature: string, run: Implementation, cost?: CallCost) => void;

const SIGNATURE = /^(?:(?<receiver>.+?)\.(?=[@\w]+\())?(?<name>[^()\s]+)\((?<args>.*)\) -> (?<result>.+)$/;

/** Builds a table of the libraries' functions. Throws on a malformed declaration. */
export function functionTable(libraries: readonly Library[]): FunctionTable {
  const table = new Map<string, Overload[]>();
  const declare: Declare = (id, signature, run, cost) => {
    const { name, overload } = parseSignature(id, signature, run, cost);
    const known = table.get(name);
    if (known === undefined) table.set(name, [overload]);
    else known.push(overload);
  };
  for (const library of libraries) library(declare);
  return table;
}

// Namespaces of functions, which a receiver type could be taken for.
const NAMESPACES: ReadonlySet<string> = new Set([
  'optional',
  'sets',
  'strings',
  'lists',
  'format',
  'ip',
  'cel',
  'jsonpatch',
]);

function parseSignature(
  id: string,
  signature: string,
  run: Implementation,
  cost: CallCost | undefined,
): { name: string; overload: Overload } {
  const groups = SIGNATURE.exec(signature)?.groups;
  if (groups === undefined) throw new Error(`malformed CEL declaration: ${signature}`);
  const namespaced = groups.receiver !== undefined && NAMESPACES.has(groups.receiver);
  const member = groups.receiver !== undefined && !namespaced;
  const name = namespaced ? `${groups.receiver}.${groups.name}` : (groups.name ?? '');
  const args = [...(member ? [groups.receiver ?? ''] : []), ...splitTop(groups.args ?? '')].map(parseType);
  const result = parseType(groups.result ?? '');
  const params = new Set<string>();
  for (const type of [...args, result]) collectParams(type, params);
  return { name, overload: { id, member, args, result, params: [...params], run, cost } };
}

function collectParams(type: CelType, into: Set<string>): void {
  if (type.kind === 'param') into.add(type.name);
  for (const param of type.params) collectParams(param, into);
}

/** True when the value is of the type, as far as the runtime knows: of lists, the first item is looked at. */
export function isOfType(value: CelValue, type: CelType): boolean {
  switch (type.kind) {
    case 'dyn':
    case 'param':
    case 'error':
      return true;
    case 'null':
      return value === null;
    case 'bool':
      return typeof value === 'boolean';
    case 'int':
      return typeof value === 'bigint';
    case 'uint':
      return value instanceof CelUint;
    case 'double':
      return typeof value === 'number';
    case 'string':
      return typeof value === 'string';
    case 'bytes':
      return value instanceof Uint8Array;
    case 'timestamp':
      return value instanceof CelTimestamp;
    case 'duration':
      return value instanceof CelDuration;
    case 'list': {
      const [item] = type.params;
      if (!(value instanceof CelList)) return false;
      const first = item === undefined || item.kind === 'param' || item.kind === 'dyn' ? undefined : value.get(0);
      return first === undefined || isOfType(first, item as CelType);
    }
    case 'map':
    case 'struct':
      return value instanceof CelMap;
    case 'type':
      return value instanceof CelTypeValue;
    case 'opaque':
      return type.name === 'optional_type'
        ? value instanceof CelOptional
        : value instanceof CelOpaque && value.typeName === type.name;
  }
}

/** True when a runtime check can be skipped: the checker has proved the type. */
export function isProven(actual: CelType, declared: CelType): boolean {
  if (declared.kind === 'param' || declared.kind === 'dyn') return true;
  // Null is statically assignable to some types, so that only equal kinds prove anything.
  if (actual.kind !== declared.kind) return false;
  return declared.kind !== 'list' || isProven(actual.params[0] ?? actual, declared.params[0] ?? declared);
}

/** The most that one value built by a function may take, in characters or items. Far above what a budget allows. */
export const MAX_ALLOCATION = 50_000_000;

/** Ends the evaluation instead of building something huge: costs are counted only after a call. */
export function guardAllocation(size: number): void {
  if (size > MAX_ALLOCATION) throw new CelFailure(COST_EXCEEDED, true);
}
