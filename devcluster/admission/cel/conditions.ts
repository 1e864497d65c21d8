/** `matchConditions` of webhooks and policies. */
import type { CelProgram } from '../../../schema/index.ts';
import { type Budget, compileExpression, type Scope } from './environment.ts';

/** One entry of `matchConditions`. */
export interface MatchCondition {
  readonly name: string;
  readonly expression: string;
}

/** Compiled conditions; an expression that does not compile is an error whenever it is asked. */
export type Conditions = readonly { readonly name: string; readonly program: CelProgram | Error }[];

/** Cost that the conditions of one webhook or policy may reach together. */
const budget = 2_500_000;

export function compileConditions(conditions: readonly MatchCondition[], scope: Scope = {}): Conditions {
  return conditions.map(({ name, expression }) => ({
    name,
    program: compileExpression(expression, ['bool'], scope),
  }));
}

/** Whether all conditions hold; an Error where that cannot be told and none is false. */
export function evaluateConditions(
  conditions: Conditions,
  evaluator: { budget(limit: number): Budget },
): boolean | Error {
  const spent = evaluator.budget(budget);
  const errors: string[] = [];
  for (const { program } of conditions) {
    const result = spent.evaluate(program);
    if (result.exhausted) return new Error(result.error);
    if (result.error !== undefined) errors.push(result.error);
    else if (result.value === false) return false;
  }
  if (errors.length === 0) return true;
  return new Error(errors.length === 1 ? errors[0] : `[${[...new Set(errors)].join(', ')}]`);
}
