import { CelFailure, COST_EXCEEDED } from './failure.ts';
import type { CelValue } from './values.ts';

/** One evaluation: variables and locals by slot, and what it has cost so far. */
export interface Frame {
  readonly slots: (CelValue | CelFailure | undefined)[];
  cost: number;
  readonly limit: number;
}

export type Run = (frame: Frame) => CelValue;

/** A compiled piece of an expression. */
export interface Node {
  readonly run: Run;
  /** A variable, or a chain of selections from one: selecting on costs one unit less then. */
  readonly attribute: boolean;
  /** What a conditional does not pay when this is the branch it takes: it resolves variables without reading them. */
  readonly refund?: number;
  readonly constant?: CelValue;
}

/** Adds to the cost; ends the evaluation when that exceeds the limit. */
export function charge(frame: Frame, cost: number): void {
  frame.cost += cost;
  if (frame.cost > frame.limit) throw new CelFailure(COST_EXCEEDED, true);
}

export function constant(value: CelValue): Node {
  return { run: () => value, attribute: false, constant: value };
}

/** The failure that was thrown, unless nothing may swallow it. */
export function failureOf(error: unknown): CelFailure {
  if (error instanceof CelFailure && !error.fatal) return error;
  throw error;
}
