import { compareStrings } from '../../gofmt.ts';
import { guardAllocation, type Library } from '../functions.ts';
import { actualSize, STRING_TRAVERSAL } from '../sizes.ts';
import { timestampFromNanos } from '../time.ts';
import {
  CelDuration,
  type CelList,
  type CelMap,
  CelOptional,
  CelTimestamp,
  CelUint,
  type CelValue,
  celEquals,
  compareBytes,
  compareNumbers,
  fail,
  isNumeric,
  NO_SUCH_OVERLOAD,
} from '../values.ts';

const MAX_INT = (1n << 63n) - 1n;
const MIN_INT = -(1n << 63n);
const MAX_UINT = (1n << 64n) - 1n;

export function checkedInt(value: bigint): bigint {
  return value > MAX_INT || value < MIN_INT ? fail('integer overflow') : value;
}

export function checkedUint(value: bigint): CelUint {
  return value > MAX_UINT || value < 0n ? fail('unsigned integer overflow') : new CelUint(value);
}

export function checkedDuration(nanos: bigint): CelDuration {
  return nanos > MAX_INT || nanos < MIN_INT ? fail('integer overflow') : new CelDuration(nanos);
}

/** Order of two values of one type (or two numbers): negative, 0 or positive. Fails on what has no order. */
export function compare(a: CelValue, b: CelValue): number {
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  if (isNumeric(a) && isNumeric(b)) {
    const order = compareNumbers(a, b);
    return Number.isNaN(order) ? fail('NaN values cannot be ordered') : order;
  }
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (a instanceof CelTimestamp && b instanceof CelTimestamp)
    return Number(a.nanos > b.nanos) - Number(a.nanos < b.nanos);
  if (a instanceof CelDuration && b instanceof CelDuration)
    return Number(a.nanos > b.nanos) - Number(a.nanos < b.nanos);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareBytes(a, b);
  return fail(NO_SUCH_OVERLOAD);
}

const bothSizes = ([a, b]: readonly CelValue[]) =>
  Math.ceil((actualSize(a as CelValue) + actualSize(b as CelValue)) * STRING_TRAVERSAL);
const smallerSize = ([a, b]: readonly CelValue[]) =>
  Math.ceil(Math.min(actualSize(a as CelValue), actualSize(b as CelValue)) * STRING_TRAVERSAL);

const arithmetic: Library = (declare) => {
  declare('add_int64', '_+_(int, int) -> int', (a: bigint, b: bigint) => checkedInt(a + b));
  declare('subtract_int64', '_-_(int, int) -> int', (a: bigint, b: bigint) => checkedInt(a - b));
  declare('multiply_int64', '_*_(int, int) -> int', (a: bigint, b: bigint) => checkedInt(a * b));
  declare('divide_int64', '_/_(int, int) -> int', (a: bigint, b: bigint) =>
    b === 0n ? fail('division by zero') : checkedInt(a / b),
  );
  declare('modulo_int64', '_%_(int, int) -> int', (a: bigint, b: bigint) =>
    b === 0n ? fail('modulus by zero') : a % b,
  );
  declare('negate_int64', '-_(int) -> int', (a: bigint) => checkedInt(-a));
  declare('add_uint64', '_+_(uint, uint) -> uint', (a: CelUint, b: CelUint) => checkedUint(a.value + b.value));
  declare('subtract_uint64', '_-_(uint, uint) -> uint', (a: CelUint, b: CelUint) => checkedUint(a.value - b.value));
  declare('multiply_uint64', '_*_(uint, uint) -> uint', (a: CelUint, b: CelUint) => checkedUint(a.value * b.value));
  declare('divide_uint64', '_/_(uint, uint) -> uint', (a: CelUint, b: CelUint) =>
    b.value === 0n ? fail('division by zero') : new CelUint(a.value / b.value),
  );
  declare('modulo_uint64', '_%_(uint, uint) -> uint', (a: CelUint, b: CelUint) =>
    b.value === 0n ? fail('modulus by zero') : new CelUint(a.value % b.value),
  );
  declare('add_double', '_+_(double, double) -> double', (a: number, b: number) => a + b);
  declare('subtract_double', '_-_(double, double) -> double', (a: number, b: number) => a - b);
  declare('multiply_double', '_*_(double, double) -> double', (a: number, b: number) => a * b);
  declare('divide_double', '_/_(double, double) -> double', (a: number, b: number) => a / b);
  declare('negate_double', '-_(double) -> double', (a: number) => -a);
};

const concatenation: Library = (declare) => {
  declare(
    'add_string',
    '_+_(string, string) -> string',
    (a: string, b: string) => {
      guardAllocation(a.length + b.length);
      return a + b;
    },
    bothSizes,
  );
  declare(
    'add_bytes',
    '_+_(bytes, bytes) -> bytes',
    (a: Uint8Array, b: Uint8Array) => {
      guardAllocation(a.length + b.length);
      const sum = new Uint8Array(a.length + b.length);
      sum.set(a);
      sum.set(b, a.length);
      return sum;
    },
    bothSizes,
  );
  declare('add_list', '_+_(list(A), list(A)) -> list(A)', (a: CelList, b: CelList) => {
    guardAllocation(a.length + b.length);
    return a.concat(b);
  });
};

const times: Library = (declare) => {
  declare('add_duration_duration', '_+_(duration, duration) -> duration', (a: CelDuration, b: CelDuration) =>
    checkedDuration(a.nanos + b.nanos),
  );
  declare('add_duration_timestamp', '_+_(duration, timestamp) -> timestamp', (a: CelDuration, b: CelTimestamp) =>
    timestampFromNanos(a.nanos + b.nanos, 'timestamp overflow'),
  );
  declare('add_timestamp_duration', '_+_(timestamp, duration) -> timestamp', (a: CelTimestamp, b: CelDuration) =>
    timestampFromNanos(a.nanos + b.nanos, 'timestamp overflow'),
  );
  declare('subtract_duration_duration', '_-_(duration, duration) -> duration', (a: CelDuration, b: CelDuration) =>
    checkedDuration(a.nanos - b.nanos),
  );
  declare('subtract_timestamp_duration', '_-_(timestamp, duration) -> timestamp', (a: CelTimestamp, b: CelDuration) =>
    timestampFromNanos(a.nanos - b.nanos, 'timestamp overflow'),
  );
  declare('subtract_timestamp_timestamp', '_-_(timestamp, timestamp) -> duration', (a: CelTimestamp, b: CelTimestamp) =>
    checkedDuration(a.nanos - b.nanos),
  );
};

const RELATIONS = [
  ['_<_', 'less', (order: number) => order < 0],
  ['_<=_', 'less_equals', (order: number) => order <= 0],
  ['_>_', 'greater', (order: number) => order > 0],
  ['_>=_', 'greater_equals', (order: number) => order >= 0],
] as const;
const ORDERED = [
  ['bool', 'bool'],
  ['int64', 'int'],
  ['uint64', 'uint'],
  ['double', 'double'],
  ['string', 'string'],
  ['bytes', 'bytes'],
  ['timestamp', 'timestamp'],
  ['duration', 'duration'],
] as const;
const MIXED = [
  ['int64', 'int', 'double', 'double'],
  ['int64', 'int', 'uint64', 'uint'],
  ['uint64', 'uint', 'double', 'double'],
  ['uint64', 'uint', 'int64', 'int'],
  ['double', 'double', 'int64', 'int'],
  ['double', 'double', 'uint64', 'uint'],
] as const;

const relations: Library = (declare) => {
  for (const [operator, name, holds] of RELATIONS) {
    const run = (a: CelValue, b: CelValue) => holds(compare(a, b));
    for (const [id, type] of ORDERED) {
      const cost = id === 'string' || id === 'bytes' ? smallerSize : undefined;
      declare(`${name}_${id}`, `${operator}(${type}, ${type}) -> bool`, run, cost);
    }
    for (const [id, type, otherId, other] of MIXED) {
      declare(`${name}_${id}_${otherId}`, `${operator}(${type}, ${other}) -> bool`, run);
    }
  }
};

const equality: Library = (declare) => {
  // Opaque values compare at unit cost, all others as much as the smaller of them is long.
  declare('equals', '_==_(A, A) -> bool', celEquals, smallerSize);
  declare('not_equals', '_!=_(A, A) -> bool', (a: CelValue, b: CelValue) => !celEquals(a, b), smallerSize);
  declare('logical_not', '!_(bool) -> bool', (a: boolean) => !a);
  declare(
    'in_list',
    '@in(A, list(A)) -> bool',
    (value: CelValue, list: CelList) => {
      for (const item of list) if (celEquals(item, value)) return true;
      return false;
    },
    ([, list]) => actualSize(list as CelValue),
  );
  declare('in_map', '@in(A, map(A, B)) -> bool', (key: CelValue, map: CelMap) => map.get(key) !== undefined);
};

export function listItem(list: CelList, index: CelValue): CelValue {
  const at = indexOf(index);
  const item = at === undefined ? undefined : list.get(at);
  return item === undefined
    ? fail(`index out of bounds: ${String(index instanceof CelUint ? index.value : index)}`)
    : item;
}

/** A list index: any number without a fraction. */
export function indexOf(index: CelValue): number | undefined {
  const value = index instanceof CelUint ? index.value : index;
  if (typeof value === 'number')
    return Number.isInteger(value) ? value : fail(`unsupported index value ${value} in list`);
  if (typeof value !== 'bigint') return fail(NO_SUCH_OVERLOAD);
  return value >= 0n && value <= 0xffffffffn ? Number(value) : undefined;
}

/** `dyn` and `@not_strictly_false` are compiled in place; they are declared for the type checker alone. */
const intrinsics: Library = (declare) => {
  const intrinsic = () => fail('evaluated in place');
  declare('index_list', '_[_](list(A), int) -> A', intrinsic);
  declare('index_map', '_[_](map(A, B), A) -> B', intrinsic);
  declare('optional_list_index_int', '_[_](optional(list(V)), int) -> optional(V)', intrinsic);
  declare('optional_map_index_value', '_[_](optional(map(K, V)), K) -> optional(V)', intrinsic);
  declare('list_optindex_optional_int', '_[?_](list(V), int) -> optional(V)', intrinsic);
  declare('map_optindex_optional_value', '_[?_](map(K, V), K) -> optional(V)', intrinsic);
  declare('optional_list_optindex_optional_int', '_[?_](optional(list(V)), int) -> optional(V)', intrinsic);
  declare('optional_map_optindex_optional_value', '_[?_](optional(map(K, V)), K) -> optional(V)', intrinsic);
  declare('conditional', '_?_:_(bool, A, A) -> A', intrinsic);
  declare('logical_and', '_&&_(bool, bool) -> bool', intrinsic);
  declare('logical_or', '_||_(bool, bool) -> bool', intrinsic);
  declare('not_strictly_false', '@not_strictly_false(bool) -> bool', intrinsic);
};

export const operators: Library = (declare) => {
  for (const part of [arithmetic, concatenation, times, relations, equality, intrinsics]) part(declare);
};

export function optional(value: CelValue | undefined): CelOptional {
  return value === undefined ? CelOptional.NONE : new CelOptional(value);
}
