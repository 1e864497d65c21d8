import { isKey } from './access.ts';
import { charge, failureOf, type Node, type Run } from './frame.ts';
import { CelFailure, CelOptional, type CelValue, fail, mapKey, NO_SUCH_OVERLOAD, ValueList } from './values.ts';

/** `&&` is decided by false, `||` by true, on whichever side that is. */
export function logical(left: Node, right: Node, deciding: boolean): Node {
  const run: Run = (frame) => {
    let failure: CelFailure | undefined;
    try {
      const value = left.run(frame);
      if (value === deciding) return deciding;
      if (typeof value !== 'boolean') failure = new CelFailure(NO_SUCH_OVERLOAD);
    } catch (error) {
      failure = failureOf(error);
    }
    // A failure on the left does not matter if the right side decides alone.
    if (failure === undefined) {
      const value = right.run(frame);
      return typeof value === 'boolean' ? value : fail(NO_SUCH_OVERLOAD);
    }
    try {
      if (right.run(frame) === deciding) return deciding;
    } catch (error) {
      failureOf(error);
    }
    throw failure;
  };
  return { run, attribute: false };
}

export function conditional(condition: Node, yes: Node, no: Node): Node {
  const run: Run = (frame) => {
    const value = condition.run(frame);
    if (typeof value !== 'boolean') return fail(NO_SUCH_OVERLOAD);
    const branch = value ? yes : no;
    frame.cost -= branch.refund ?? 0;
    return branch.run(frame);
  };
  return { run, attribute: true };
}

export function indexed(operand: Node, index: Node, read: (value: CelValue, index: CelValue) => CelValue): Node {
  const cost = operand.attribute ? 1 : 2;
  const run: Run = (frame) => {
    const value = operand.run(frame);
    const at = index.run(frame);
    const item = read(value, at);
    charge(frame, item === CelOptional.NONE ? cost - 1 : cost);
    return item;
  };
  return { run, attribute: true, refund: 1 };
}

/** What a quantifier goes on for: anything but false, a failure too. */
export function notStrictlyFalse(operand: Node): Node {
  const run: Run = (frame) => {
    charge(frame, 1);
    try {
      return operand.run(frame) !== false;
    } catch (error) {
      failureOf(error);
      return true;
    }
  };
  return { run, attribute: false };
}

/** `x in ['a', 'b']`: one look-up, free of charge. */
export function membership(value: Node, list: Node): Node | undefined {
  if (!(list.constant instanceof ValueList) || !list.constant.items.every(isKey)) return undefined;
  const keys = new Set(list.constant.items.map(mapKey));
  const run: Run = (frame) => {
    const item = value.run(frame);
    return isKey(item) && keys.has(mapKey(item));
  };
  return { run, attribute: false };
}

/** `a.orValue(b)` evaluates b only when it is needed, and costs nothing itself. */
export function fallback(first: Node, second: Node, unwraps: boolean): Node {
  const run: Run = (frame) => {
    const value = first.run(frame);
    if (!(value instanceof CelOptional)) return fail(NO_SUCH_OVERLOAD);
    if (value.value === undefined) return second.run(frame);
    return unwraps ? value.value : value;
  };
  return { run, attribute: false };
}
