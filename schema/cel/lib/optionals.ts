import type { Library } from '../functions.ts';
import {
  CelDuration,
  CelList,
  CelMap,
  CelOptional,
  CelTimestamp,
  CelUint,
  type CelValue,
  fail,
  ValueList,
} from '../values.ts';
import { optional } from './operators.ts';

function isZero(value: CelValue): boolean {
  if (value === null || value === false || value === 0n || value === 0 || value === '') return true;
  if (typeof value !== 'object') return false;
  if (value instanceof CelList || value instanceof Uint8Array) return value.length === 0;
  if (value instanceof CelMap) return value.size === 0;
  if (value instanceof CelUint) return value.value === 0n;
  if (value instanceof CelDuration) return value.nanos === 0n;
  return value instanceof CelTimestamp && value.nanos === -62_135_596_800_000_000_000n;
}

function unwrap(list: CelList): CelList {
  const items: CelValue[] = [];
  for (const item of list) {
    if (!(item instanceof CelOptional)) fail('value is not optional');
    else if (item.value !== undefined) items.push(item.value);
  }
  return new ValueList(items);
}

/** Optional values. `or` and `orValue` evaluate both sides, as cel-go's do when they are functions. */
export const optionals: Library = (declare) => {
  declare('optional_of', 'optional.of(V) -> optional(V)', (value: CelValue) => optional(value));
  declare('optional_ofNonZeroValue', 'optional.ofNonZeroValue(V) -> optional(V)', (value: CelValue) =>
    isZero(value) ? CelOptional.NONE : optional(value),
  );
  declare('optional_none', 'optional.none() -> optional(V)', () => CelOptional.NONE);
  declare(
    'optional_value',
    'optional(V).value() -> V',
    (value: CelOptional) => value.value ?? (value.value === null ? null : fail('optional.none() dereference')),
  );
  declare('optional_hasValue', 'optional(V).hasValue() -> bool', (value: CelOptional) => value.value !== undefined);
  declare(
    'optional_or_optional',
    'optional(V).or(optional(V)) -> optional(V)',
    (value: CelOptional, other: CelOptional) => (value.value === undefined ? other : value),
  );
  declare('optional_orValue_value', 'optional(V).orValue(V) -> V', (value: CelOptional, other: CelValue) =>
    value.value === undefined ? other : value.value,
  );
  declare('optional_unwrap', 'optional.unwrap(list(optional(V))) -> list(V)', unwrap);
  declare('optional_unwrapOpt', 'list(optional(V)).unwrapOpt() -> list(V)', unwrap);
};
