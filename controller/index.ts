/** The operator: what advances runs. */
export type { Operator, OperatorOptions } from './operator.ts';
export { createOperator } from './operator.ts';
