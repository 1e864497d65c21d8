import type { CelType } from './types.ts';
import type { CelValue } from './values.ts';

/** What the checker found out about a node. */
interface Checked {
  /** Offset of the node in the expression (of its operator, where it has one). */
  readonly offset: number;
  type?: CelType;
}

export interface LiteralExpr extends Checked {
  readonly kind: 'literal';
  readonly value: CelValue;
}

export interface IdentExpr extends Checked {
  readonly kind: 'ident';
  readonly name: string;
}

export interface SelectExpr extends Checked {
  readonly kind: 'select';
  readonly operand: Expr;
  readonly field: string;
  /** `has(operand.field)`. */
  readonly testOnly: boolean;
  /** Set when the chain names one declared variable or type (`net.IP`). */
  qualified?: string;
}

export interface CallExpr extends Checked {
  readonly kind: 'call';
  fn: string;
  target: Expr | undefined;
  readonly args: readonly Expr[];
  /** Ids of the overloads that may apply. */
  overloads?: readonly string[];
}

export interface ListExpr extends Checked {
  readonly kind: 'list';
  readonly elements: readonly Expr[];
  /** Indices of elements written `?element`. */
  readonly optional: ReadonlySet<number>;
}

export interface Entry {
  readonly key: Expr;
  readonly value: Expr;
  readonly optional: boolean;
}

export interface MapExpr extends Checked {
  readonly kind: 'map';
  readonly entries: readonly Entry[];
}

export interface StructField {
  readonly name: string;
  readonly value: Expr;
  readonly optional: boolean;
  readonly offset: number;
}

/** `Object.spec{replicas: 3}`. */
export interface StructExpr extends Checked {
  readonly kind: 'struct';
  readonly typeName: string;
  readonly fields: readonly StructField[];
}

/** What macros such as `all` and `map` expand to: a fold over a list or map. */
export interface ComprehensionExpr extends Checked {
  readonly kind: 'comprehension';
  readonly range: Expr;
  readonly iterVar: string;
  readonly iterVar2: string | undefined;
  readonly accuVar: string;
  readonly init: Expr;
  readonly condition: Expr;
  readonly step: Expr;
  readonly result: Expr;
}

export type Expr =
  | LiteralExpr
  | IdentExpr
  | SelectExpr
  | CallExpr
  | ListExpr
  | MapExpr
  | StructExpr
  | ComprehensionExpr;

/** Calls `visit` for the node and all below it, parents first. */
export function walk(expr: Expr, visit: (expr: Expr) => void): void {
  visit(expr);
  for (const child of children(expr)) walk(child, visit);
}

export function children(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'literal':
    case 'ident':
      return [];
    case 'select':
      return expr.qualified === undefined ? [expr.operand] : [];
    case 'call':
      return expr.target === undefined ? expr.args : [expr.target, ...expr.args];
    case 'list':
      return expr.elements;
    case 'map':
      return expr.entries.flatMap((entry) => [entry.key, entry.value]);
    case 'struct':
      return expr.fields.map((field) => field.value);
    case 'comprehension':
      return [expr.range, expr.init, expr.condition, expr.step, expr.result];
  }
}

export function literal(offset: number, value: CelValue): Expr {
  return { kind: 'literal', offset, value };
}

export function call(offset: number, fn: string, args: readonly Expr[]): Expr {
  return { kind: 'call', offset, fn, target: undefined, args };
}

/** A tree of `a && b && c …` no deeper than it must be: long chains must not nest long. */
export function balance(fn: string, terms: readonly Expr[], offsets: readonly number[]): Expr {
  const build = (from: number, to: number): Expr => {
    if (from === to) return terms[from] as Expr;
    // Each operator stands between its left and its right half.
    const middle = (from + to - 1) >> 1;
    return call(offsets[middle] ?? 0, fn, [build(from, middle), build(middle + 1, to)]);
  };
  return build(0, terms.length - 1);
}
