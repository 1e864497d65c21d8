import type { Expr } from './ast.ts';
import type { Estimate } from './estimate.ts';
import type { CelType } from './types.ts';

/** A place in the declared type: a variable, then field names, `@items`, `@keys`, `@values`. */
export type Path = readonly string[];

/** An argument or receiver, as the cost of functions depends on it. */
export interface CostNode {
  readonly expr: Expr | undefined;
  readonly type: CelType;
  readonly path: Path;
  readonly size: Estimate | undefined;
}
