/** `variables` of policies: each computed once, when an expression first asks for it. */
import { CelMap, fail } from '../../../schema/cel/values.ts';
import { type CelProgram, type CelType, type CelValue, fromJson } from '../../../schema/index.ts';
import { type Budget, compileExpression, type Scope } from '../cel/environment.ts';
import type { Variable } from './types.ts';

/** Compiled variables, in order: each may use those before it. */
export type Variables = readonly { readonly name: string; readonly program: CelProgram | Error }[];

/** Compiles variables; the scope of what follows them. */
export function compileVariables(variables: readonly Variable[], scope: Scope): { variables: Variables; scope: Scope } {
  const types = new Map<string, CelType>();
  const compiled = variables.map(({ name, expression }) => {
    const program = compileExpression(expression, undefined, { ...scope, variables: new Map(types) });
    types.set(name, program instanceof Error ? dynamic : program.resultType);
    return { name, program };
  });
  return { variables: compiled, scope: { ...scope, variables: types } };
}

const dynamic: CelType = { kind: 'dyn', name: 'dyn', params: [] };

/** The value of `variables`. */
export class VariableValues extends CelMap {
  private readonly budget: Budget;
  private readonly variables: Variables;
  private readonly known = new Map<string, CelValue | { readonly failure: string }>();

  constructor(budget: Budget, variables: Variables) {
    super();
    this.budget = budget;
    this.variables = variables;
  }

  get size(): number {
    return this.variables.length;
  }

  keys(): readonly CelValue[] {
    return this.variables.map(({ name }) => name);
  }

  get(key: CelValue): CelValue | undefined {
    const variable = this.variables.find(({ name }) => name === key);
    if (variable === undefined) return undefined;
    if (!this.known.has(variable.name)) this.known.set(variable.name, this.compute(variable));
    const value = this.known.get(variable.name);
    if (typeof value === 'object' && value !== null && 'failure' in value) return fail(value.failure);
    return value as CelValue;
  }

  private compute({ name, program }: Variables[number]): CelValue | { readonly failure: string } {
    const quoted = JSON.stringify(name);
    if (program instanceof Error)
      return { failure: `composited variable ${quoted} fails to compile: ${program.message}` };
    const outcome = this.budget.evaluate(program);
    if (outcome.error === undefined) return outcome.value ?? fromJson(null);
    return { failure: `composited variable ${quoted} fails to evaluate: ${outcome.cause ?? outcome.error}` };
  }
}
