import {
  CelCompileError,
  type CelEnvironment,
  CelEvaluationError,
  type CelProgram,
  type CelValue,
  celTypes,
  createCelEnvironment,
} from '../../schema/cel/index.ts';
import { freeNames } from './celnames.ts';
import type { Budget, Expression, Variables } from './expression.ts';
import { VARIABLES } from './expression.ts';
import { oneLine } from './text.ts';

const { BOOL, STRING } = celTypes;

/** Cost that one expression, and all expressions of one evaluation, may reach: CEL's units, about 50 ns each. */
const EXPRESSION_LIMIT = 200_000;
const EVALUATION_LIMIT = 2_000_000;

export const newBudget = (): Budget => ({ left: EVALUATION_LIMIT });

export interface ExpressionProblem {
  readonly problem: string;
  readonly line?: number;
  readonly column?: number;
}

/** Compiles expressions of policies. One for all policies of a set: the environment is built once. */
export interface ExpressionCompiler {
  /** Compiles an expression whose value is to be a bool or a text; else all that is wrong with it. */
  compile(source: string, result: 'bool' | 'string'): Expression | { readonly problems: readonly ExpressionProblem[] };
}

export function createExpressionCompiler(): ExpressionCompiler {
  let environment: CelEnvironment | undefined;
  return {
    compile(source, result) {
      environment ??= createCelEnvironment({ variables: VARIABLES });
      let program: CelProgram;
      try {
        program = environment.compile(source);
      } catch (error) {
        return { problems: problemsOf(error) };
      }
      const type = program.resultType;
      const wanted = result === 'bool' ? BOOL : STRING;
      if (type.kind !== wanted.kind && type.kind !== 'dyn') {
        return { problems: [{ problem: `must give a ${result}, it gives a ${type.name}`, line: 1, column: 1 }] };
      }
      if (program.estimate.min > EXPRESSION_LIMIT) {
        const problem = `costs at least ${program.estimate.min} units: at most ${EXPRESSION_LIMIT} are allowed; make it simpler`;
        return { problems: [{ problem }] };
      }
      const names = freeNames(source);
      return {
        source,
        uses: (name) => names.has(name),
        usesUser: names.has('request') && source.includes('userInfo'),
        evaluate: (variables, budget) => evaluate(program, variables, budget),
      };
    },
  };
}

function evaluate(
  program: CelProgram,
  variables: Variables,
  budget: Budget,
): { readonly value: CelValue } | { readonly error: string } {
  if (budget.left <= 0)
    return { error: 'the policies of this object cost too much in all: make their expressions simpler' };
  try {
    const { value, cost } = program.evaluate(variables, Math.min(EXPRESSION_LIMIT, budget.left));
    budget.left -= cost;
    return { value };
  } catch (error) {
    if (!(error instanceof CelEvaluationError)) throw error;
    budget.left -= error.cost;
    return { error: oneLine(error.message) };
  }
}

/** More help nobody, and each mistake may bring about further ones. */
const MAX_PROBLEMS = 5;

function problemsOf(error: unknown): ExpressionProblem[] {
  if (error instanceof CelCompileError && error.issues.length > 0) {
    return error.issues
      .slice(0, MAX_PROBLEMS)
      .map(({ message, line, column }) => ({ problem: oneLine(message), line, column }));
  }
  return [{ problem: oneLine(error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error)) }];
}
