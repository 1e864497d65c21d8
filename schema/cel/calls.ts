import { compileRegExp } from '../regex.ts';
import type { CallExpr } from './ast.ts';
import { toil } from './failure.ts';
import { charge, type Frame, type Node, type Run } from './frame.ts';
import { type Implementation, isOfType, type Overload } from './functions.ts';
import { type CelValue, fail, NO_SUCH_OVERLOAD, typeNameOf, ValueList } from './values.ts';

/** An expression that type-checks, yet can never run: a constant part of it fails. */
export class CelProgramError extends Error {}

/** Runs a function, counting the strings that it reads and what it makes. */
function apply(implementation: Implementation, values: readonly CelValue[]): CelValue {
  for (const value of values) if (typeof value === 'string') toil(value.length);
  const result = implementation(...values);
  if (typeof result === 'string') toil(4 * result.length);
  else if (result instanceof ValueList) toil(4 * result.length);
  return result;
}

/** A call whose argument types the checker has proved. */
export function callDirectly(overload: Pick<Overload, 'id' | 'run' | 'cost'>, args: readonly Node[]): Node {
  const { run: implementation, cost } = overload;
  const [first, second] = args as [Node, Node];
  const weight = overload.id.includes('size') ? 1 : 50;
  const finish = (frame: Frame, values: CelValue[]): CelValue => {
    const result = apply(implementation, values);
    charge(frame, cost === undefined ? 1 : cost(values, result));
    return result;
  };
  let run: Run;
  if (cost === undefined && args.length === 1) {
    run = (frame) => {
      const value = first.run(frame);
      charge(frame, 1);
      // URLs, quantities and the like: parsing is more than counting.
      if (typeof value === 'string') toil(value.length * weight);
      return implementation(value);
    };
  } else if (cost === undefined && args.length === 2) {
    run = (frame) => {
      const left = first.run(frame);
      const right = second.run(frame);
      charge(frame, 1);
      if (typeof left === 'string') return apply(implementation, [left, right]);
      return implementation(left, right);
    };
  } else if (args.length === 2) run = (frame) => finish(frame, [first.run(frame), second.run(frame)]);
  else
    run = (frame) =>
      finish(
        frame,
        args.map((arg) => arg.run(frame)),
      );
  return { run, attribute: false };
}

/** A call whose argument types are known only while it runs. */
export function callByTypes(fn: string, overloads: readonly Overload[], args: readonly Node[]): Node {
  const run: Run = (frame) => {
    const values = args.map((arg) => arg.run(frame));
    const overload = overloads.find(({ args: types }) => {
      return types.length === values.length && types.every((type, i) => isOfType(values[i] as CelValue, type));
    });
    if (overload === undefined) {
      charge(frame, 1);
      return fail(noOverload(fn, values));
    }
    const result = apply(overload.run, values);
    charge(frame, overload.cost === undefined ? 1 : overload.cost(values, result));
    return result;
  };
  return { run, attribute: false };
}

/** Functions whose failure to apply names neither them nor their arguments. */
const NAMELESS: ReadonlySet<string> = new Set([
  'contains',
  'startsWith',
  'endsWith',
  'matches',
  'find',
  'findAll',
  '@in',
]);

function noOverload(fn: string, values: readonly CelValue[]): string {
  if (fn === 'size' || fn === '_%_') return `${NO_SUCH_OVERLOAD}: ${fn}`;
  if (NAMELESS.has(fn) || fn.includes('_')) return NO_SUCH_OVERLOAD;
  return `${NO_SUCH_OVERLOAD}: ${fn}(${values.map(typeNameOf).join(', ')})`;
}

const PATTERNS: ReadonlySet<string> = new Set(['matches', 'find', 'findAll']);

/** A pattern that is written out is compiled with the expression. */
export function withPattern(
  expr: CallExpr,
  overload: Overload,
  args: readonly Node[],
): Pick<Overload, 'id' | 'run' | 'cost'> {
  const pattern = PATTERNS.has(expr.fn) ? args[1]?.constant : undefined;
  if (typeof pattern !== 'string') return overload;
  let run: Implementation;
  try {
    const compiled = compileRegExp(pattern);
    if (expr.fn === 'matches') run = (text: string) => compiled.test(text);
    else if (expr.fn === 'find') run = (text: string) => compiled.find(text) ?? '';
    else
      run = (text: string, _pattern: string, limit = -1n) =>
        new ValueList(compiled.findAll(text, Number(limit < 0n ? -1n : limit)));
  } catch (error) {
    throw new CelProgramError(error instanceof Error ? error.message : String(error));
  }
  return { id: overload.id, run, cost: overload.cost };
}
