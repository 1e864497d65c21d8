import type { Expectation } from '../../api/index.ts';
import {
  CelCompileError,
  CelEvaluationError,
  type CelProgram,
  celTypes,
  createCelEnvironment,
  PER_CALL_LIMIT,
} from '../../schema/cel/index.ts';

const { BOOL, STRING } = celTypes;

/** Cost that all expectations of one Task may reach together, in CEL's units of about 50 ns. */
const LIMIT = PER_CALL_LIMIT;

export interface ExpectationProblem {
  /** Of the expectation, in the order of the Task. */
  readonly index: number;
  readonly problem: string;
}

/** What is wrong with expectations as they are written: expressions that do not compile, or are no conditions. */
export function expectationProblems(expect: readonly Expectation[]): ExpectationProblem[] {
  if (expect.length === 0) return [];
  const compile = compiler();
  return expect.flatMap(({ cel }, index) => {
    const compiled = compile(cel);
    return 'problem' in compiled ? [{ index, problem: compiled.problem }] : [];
  });
}

/** Why an answer is not what is expected: the first expectation that does not hold, or cannot be decided. Undefined where all hold. */
export function unmetExpectation(expect: readonly Expectation[], output: string): string | undefined {
  if (expect.length === 0) return undefined;
  const compile = compiler();
  let left = LIMIT;
  for (const { cel, message } of expect) {
    const compiled = compile(cel);
    if ('problem' in compiled) return `${cel}: ${compiled.problem}`;
    try {
      const { value, cost } = compiled.evaluate({ output }, left);
      left = Math.max(1, left - cost);
      if (value !== true) return message ?? cel;
    } catch (error) {
      if (!(error instanceof CelEvaluationError)) throw error;
      return `${message ?? cel}: cannot be decided: ${firstLine(error)}`;
    }
  }
  return undefined;
}

function compiler(): (source: string) => CelProgram | { readonly problem: string } {
  const environment = createCelEnvironment({ variables: { output: STRING } });
  return (source) => {
    let program: CelProgram;
    try {
      program = environment.compile(source);
    } catch (error) {
      const [issue] = error instanceof CelCompileError ? error.issues : [];
      if (issue === undefined) return { problem: firstLine(error) };
      return { problem: `${issue.message.split('\n', 1)[0]} (line ${issue.line}, column ${issue.column})` };
    }
    const { kind, name } = program.resultType;
    if (kind !== BOOL.kind && kind !== 'dyn') return { problem: `must give a bool, it gives a ${name}` };
    if (program.estimate.min > LIMIT) return { problem: 'costs too much; make it simpler' };
    return program;
  };
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
