import type { CostNode } from './costNode.ts';
import { add, type Estimate, fixed, MAX_COST, multiply, scale, UNKNOWN_SIZE } from './estimate.ts';
import { REGEX_LENGTH, STRING_TRAVERSAL } from './sizes.ts';
import { type CelType, DYN } from './types.ts';

export interface CallEstimate {
  readonly cost: Estimate;
  /** Size of the result, where something is known about it. */
  readonly size?: Estimate | undefined;
}

type SizeOf = (node: Pick<CostNode, 'path'>) => Estimate | undefined;

const ONE: CallEstimate = { cost: fixed(1) };
const LIST_CALL = fixed(11);

/** The estimated cost of one overload of a function, without that of its arguments. */
export function estimateCall(
  fn: string,
  overload: string,
  target: CostNode | undefined,
  args: readonly CostNode[],
  declared: SizeOf,
): CallEstimate {
  const sizeOf = (node: CostNode | undefined): Estimate =>
    node === undefined ? UNKNOWN_SIZE : (node.size ?? declared(node) ?? UNKNOWN_SIZE);
  // Without sizes from the schema: cel-go's own functions look at nothing else.
  const known = (node: CostNode | undefined): Estimate => node?.size ?? UNKNOWN_SIZE;
  const [first, second] = args;
  const traversal = (node: CostNode | undefined, factor = 1): CallEstimate => ({
    cost: scale(sizeOf(node), factor * STRING_TRAVERSAL),
  });
  switch (overload) {
    case 'list_slice': {
      const start = intLiteral(first) ?? 0;
      const end = intLiteral(second) ?? sizeOf(target).max;
      // cel-go subtracts unsigned numbers: a range the wrong way round is unbounded.
      return listCall(1, fixed(end < start ? MAX_COST : end - start));
    }
    case 'lists_range':
      return listCall(1, fixed(intLiteral(first) ?? MAX_COST));
    case 'list_reverse':
    case 'list_flatten':
      return listCall(1, sizeOf(target));
    case 'list_flatten_int':
      return listCall(intLiteral(first) ?? MAX_COST, sizeOf(target));
    case 'list_distinct':
      return listCall(2, multiply(sizeOf(target), sizeOf(target)));
    case 'list_sets_contains_list':
    case 'list_sets_intersects_list':
      return { cost: add(multiply(sizeOf(first), sizeOf(second)), fixed(1)) };
    case 'list_sets_equivalent_list':
      return { cost: add(scale(multiply(sizeOf(first), sizeOf(second)), 2), fixed(1)) };
    default:
      break;
  }
  switch (fn) {
    case 'sort':
      return sorting(target, target, sizeOf);
    case '@sortByAssociatedKeys':
      return sorting(first, first, sizeOf);
    case 'isSorted':
    case 'sum':
    case 'max':
    case 'min':
    case 'indexOf':
    case 'lastIndexOf':
      return target === undefined ? ONE : searching(target, sizeOf, declared);
    case 'url':
      return { ...traversal(first), size: sizeOf(first) };
    case 'lowerAscii':
    case 'upperAscii':
    case 'substring':
    case 'trim':
      return { ...traversal(target), size: sizeOf(target) };
    case 'replace':
      return { ...traversal(target, 2), size: replacedSize(sizeOf(target), sizeOf(first), sizeOf(second)) };
    case 'split':
      return { ...traversal(target, 2), size: { min: 0, max: intLiteral(second) ?? sizeOf(target).max } };
    case 'join':
      return joining(target, first, sizeOf, declared);
    case 'find':
    case 'findAll': {
      const text = scale(add(sizeOf(target), fixed(1)), STRING_TRAVERSAL);
      return { cost: multiply(text, scale(sizeOf(first), REGEX_LENGTH)), size: { min: 0, max: sizeOf(target).max } };
    }
    case 'cidr':
    case 'isIP':
    case 'isCIDR':
    case 'quantity':
    case 'isQuantity':
    case 'semver':
    case 'isSemver':
      return traversal(first);
    case 'ip':
      return overload === 'cidr_ip' ? ONE : traversal(first);
    case 'ip.isCanonical':
      return traversal(first, 2);
    case 'containsIP':
    case 'containsCIDR': {
      const address: Estimate = { min: 4, max: 16 };
      let cost = scale(add(address, address), STRING_TRAVERSAL);
      if (fn === 'containsCIDR') cost = add(add(cost, scale(address, STRING_TRAVERSAL)), fixed(1));
      return { cost: overload.endsWith('_string') ? add(cost, scale(sizeOf(first), STRING_TRAVERSAL)) : cost };
    }
    case 'validate':
      return { cost: scale(scale(sizeOf(first), STRING_TRAVERSAL), 128 * REGEX_LENGTH) };
    case '_==_': {
      const special = opaqueEquality(first, second);
      if (special !== undefined) return special;
      break;
    }
    default:
      break;
  }
  return standardCall(overload, target, args, known);
}

function standardCall(
  overload: string,
  target: CostNode | undefined,
  args: readonly CostNode[],
  known: (node: CostNode | undefined) => Estimate,
): CallEstimate {
  const [first, second] = args;
  switch (overload) {
    case 'string_format':
      return { cost: scale(known(target), STRING_TRAVERSAL) };
    case 'string_to_bytes': {
      const size = known(first);
      return { cost: scale(size, STRING_TRAVERSAL), size: { min: size.min, max: Math.min(size.max * 4, MAX_COST) } };
    }
    case 'bytes_to_string': {
      const size = known(first);
      return { cost: scale(size, STRING_TRAVERSAL), size: { min: Math.floor(size.min / 4), max: size.max } };
    }
    case 'strings_quote': {
      const size = known(first);
      return {
        cost: scale(size, STRING_TRAVERSAL),
        size: { min: size.min + 2, max: Math.min(size.max * 2 + 2, MAX_COST) },
      };
    }
    case 'starts_with_string':
    case 'ends_with_string':
      return { cost: scale(known(first), STRING_TRAVERSAL) };
    case 'in_list':
      return { cost: known(second) };
    case 'matches_string': {
      const text = scale(add(known(target), fixed(1)), STRING_TRAVERSAL);
      return { cost: multiply(text, scale(known(first), REGEX_LENGTH)) };
    }
    case 'contains_string':
      return { cost: multiply(scale(known(target), STRING_TRAVERSAL), scale(known(first), STRING_TRAVERSAL)) };
    case 'equals':
    case 'not_equals':
      return comparison(known(first), known(second));
    default:
      return /^(less|greater)(_equals)?_(string|bytes)$/.test(overload) ? comparison(known(first), known(second)) : ONE;
  }
}

/** As long as the shorter of the two. */
function comparison(a: Estimate, b: Estimate): CallEstimate {
  const max = Math.min(a.max, b.max);
  return { cost: scale({ min: max > 0 ? 1 : 0, max }, STRING_TRAVERSAL) };
}

function intLiteral(node: CostNode | undefined): number | undefined {
  const expr = node?.expr;
  if (expr?.kind !== 'literal' || typeof expr.value !== 'bigint') return undefined;
  return Math.max(0, Number(expr.value));
}

function listCall(factor: number, size: Estimate): CallEstimate {
  return { cost: add(scale(size, factor), LIST_CALL), size };
}

function elementType(node: CostNode | undefined): CelType {
  return node?.type.params[0] ?? DYN;
}

function sorting(
  node: CostNode | undefined,
  keys: CostNode | undefined,
  sizeOf: (node: CostNode | undefined) => Estimate,
): CallEstimate {
  const { kind } = elementType(keys);
  const size = sizeOf(node);
  return listCall(kind === 'string' || kind === 'bytes' ? 2 + STRING_TRAVERSAL : 2, multiply(size, size));
}

function elementSize(list: CostNode, declared: SizeOf): Estimate {
  const path = list.path.length === 0 ? list.path : [...list.path, '@items'];
  return declared({ path }) ?? UNKNOWN_SIZE;
}

function searching(target: CostNode, sizeOf: (node: CostNode) => Estimate, declared: SizeOf): CallEstimate {
  if (target.type.params.length === 0) return { cost: scale(sizeOf(target), STRING_TRAVERSAL) };
  const { kind } = elementType(target);
  let each = fixed(1);
  if (kind === 'string' || kind === 'bytes') each = add(each, scale(elementSize(target, declared), STRING_TRAVERSAL));
  return { cost: multiply(sizeOf(target), each) };
}

function joining(
  target: CostNode | undefined,
  separator: CostNode | undefined,
  sizeOf: (node: CostNode) => Estimate,
  declared: SizeOf,
): CallEstimate {
  if (target === undefined) return ONE;
  const count = sizeOf(target);
  let size = target.type.params.length === 0 ? fixed(0) : multiply(count, elementSize(target, declared));
  if (separator !== undefined) {
    const gaps = { min: Math.max(0, count.min - 1), max: Math.max(0, count.max - 1) };
    size = add(size, multiply(sizeOf(separator), gaps));
  }
  return { cost: scale(size, STRING_TRAVERSAL), size };
}

/** The length of a text after replacements: shortest and longest of what is possible. */
function replacedSize(text: Estimate, old: Estimate, replacement: Estimate): Estimate {
  let [countMax, keptMax] = [0, 0];
  if (old.min === 0) [countMax, keptMax] = [text.max + 1, text.max];
  else if (replacement.max <= old.min) keptMax = text.max;
  else countMax = Math.ceil(text.max / old.min);
  let [countMin, keptMin] = [0, 0];
  if (old.max === 0) [countMin, keptMin] = [text.min + 1, text.min];
  else if (old.max <= replacement.min) keptMin = text.min;
  else countMin = Math.ceil(text.min / old.max);
  return add(multiply({ min: countMin, max: countMax }, replacement), { min: keptMin, max: keptMax });
}

const UNIT_EQUALITY: ReadonlySet<string> = new Set(['net.IP', 'net.CIDR', 'kubernetes.Quantity', 'kubernetes.Semver']);

function opaqueEquality(a: CostNode | undefined, b: CostNode | undefined): CallEstimate | undefined {
  if (a?.type.kind !== 'opaque' || b?.type.kind !== 'opaque' || a.type.name !== b.type.name) return undefined;
  if (UNIT_EQUALITY.has(a.type.name)) return ONE;
  if (a.type.name === 'kubernetes.NamedFormat') return { cost: scale({ min: 1, max: 64 }, STRING_TRAVERSAL) };
  return a.type.name === 'kubernetes.URL'
    ? { cost: scale({ min: 1, max: b.size?.max ?? 1 }, STRING_TRAVERSAL) }
    : undefined;
}
