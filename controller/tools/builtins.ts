import type { ToolOutcome } from './outcome.ts';
import { showValue } from './show-value.ts';

export type BuiltinName = 'add' | 'subtract' | 'multiply' | 'divide';

export interface Builtin {
  readonly name: BuiltinName;
  /** For the model, where the Tool has no description of its own. */
  readonly description: string;
  /** JSON Schema of the arguments, where the Tool has none of its own. */
  readonly parameters: {
    readonly type: 'object';
    readonly properties: Readonly<Record<'a' | 'b', { readonly type: 'number'; readonly description: string }>>;
    readonly required: readonly ['a', 'b'];
    readonly additionalProperties: false;
  };
}

const OPERATIONS: Readonly<Record<BuiltinName, (a: number, b: number) => number>> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
};

/** The builtin functions, in the words that a model reads. */
export const BUILTINS: Readonly<Record<BuiltinName, Builtin>> = {
  add: builtin('add', 'Adds two numbers: a + b.', 'The first summand.', 'The second summand.'),
  subtract: builtin('subtract', 'Subtracts b from a: a - b.', 'What is subtracted from.', 'What is subtracted.'),
  multiply: builtin('multiply', 'Multiplies two numbers: a × b.', 'The first factor.', 'The second factor.'),
  divide: builtin('divide', 'Divides a by b: a ÷ b.', 'The dividend.', 'The divisor, not zero.'),
};

/**
 * Runs a builtin. Pure; never throws. `a` and `b` are numbers, or strings that hold one as JSON writes numbers.
 * The result is the number as JSON writes it: `5`, `0.5`, `1e+21`.
 */
export function runBuiltin(name: string, args: Readonly<Record<string, unknown>>): ToolOutcome {
  if (!Object.hasOwn(OPERATIONS, name)) {
    return failed(`Unknown builtin "${name}": it must be one of ${Object.keys(OPERATIONS).join(', ')}`);
  }
  const a = operand(args, 'a');
  if (typeof a === 'string') return failed(a);
  const b = operand(args, 'b');
  if (typeof b === 'string') return failed(b);
  if (name === 'divide' && b === 0) return failed('Division by zero');
  const result = OPERATIONS[name as BuiltinName](a, b);
  if (!Number.isFinite(result)) return failed(`The result of ${name} with a ${a} and b ${b} is too large for a number`);
  return { kind: 'result', text: String(result), isError: false };
}

function builtin(name: BuiltinName, description: string, a: string, b: string): Builtin {
  return {
    name,
    description,
    parameters: {
      type: 'object',
      properties: { a: { type: 'number', description: a }, b: { type: 'number', description: b } },
      required: ['a', 'b'],
      additionalProperties: false,
    },
  };
}

/** The operand, or what is wrong with it. */
function operand(args: Readonly<Record<string, unknown>>, name: 'a' | 'b'): number | string {
  if (!Object.hasOwn(args, name)) return `Invalid arguments: ${name} is required, and must be a number`;
  const value = args[name];
  const number =
    typeof value === 'string' && /^\s*-?\d+(\.\d+)?([eE][-+]?\d+)?\s*$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  return `Invalid arguments: ${name} must be a number, not ${showValue(value)}`;
}

function failed(error: string): ToolOutcome {
  return { kind: 'failed', error };
}
