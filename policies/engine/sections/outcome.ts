import { fromJson } from '../../../schema/cel/index.ts';
import type { Expression, VariableName } from '../expression.ts';
import type { Scope } from '../scope.ts';
import { variablesOf } from '../scope.ts';

const RESOLVED: readonly VariableName[] = ['agent', 'llm', 'task', 'run', 'tool', 'mcpServer'];

/**
 * The value of a condition: true, false, why it has failed, or why it cannot be decided here. It cannot be where it asks
 * for a user and nobody is known, and where it asks for an object that is not there yet: that is asked again at run time,
 * when everything is there or the condition has failed.
 */
export function expressionOutcome(
  expression: Expression,
  scope: Scope,
  params: Readonly<Record<string, string>> | undefined,
): boolean | { readonly problem: string } | { readonly notEvaluable: string } {
  const { place, user } = scope.request;
  const variables =
    params !== undefined && expression.uses('params')
      ? { ...variablesOf(scope), params: fromJson(params) }
      : variablesOf(scope);
  const result = expression.evaluate(variables, scope.budget);
  if ('value' in result && typeof result.value === 'boolean') return result.value;
  if (user === undefined && expression.usesUser)
    return { notEvaluable: 'it looks at who asks, which is not known here' };
  const missing = RESOLVED.find((name) => expression.uses(name) && variables[name] === null);
  if (missing !== undefined && place !== 'runtime') {
    return { notEvaluable: `${missing} is not known yet: it is asked again at run time` };
  }
  return {
    problem: 'error' in result ? `${expression.source} failed: ${result.error}` : `${expression.source} gave no bool`,
  };
}
