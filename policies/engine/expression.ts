import { type CelType, type CelValue, celTypes } from '../../schema/cel/index.ts';

const { DYN, STRING, TIMESTAMP, mapOf } = celTypes;

/** What expressions may name. */
export const VARIABLES = {
  object: DYN,
  oldObject: DYN,
  request: DYN,
  agent: DYN,
  llm: DYN,
  task: DYN,
  run: DYN,
  tool: DYN,
  mcpServer: DYN,
  toolCall: DYN,
  args: DYN,
  namespaceObject: DYN,
  params: mapOf(STRING, STRING),
  now: TIMESTAMP,
} as const satisfies Record<string, CelType>;
export type VariableName = keyof typeof VARIABLES;
export type Variables = { readonly [name in VariableName]?: CelValue };

/** What is left to spend in an evaluation. */
export interface Budget {
  left: number;
}

/** An expression of a policy. */
export interface Expression {
  readonly source: string;
  uses(name: VariableName): boolean;
  /** May look at who asks. */
  readonly usesUser: boolean;
  /** Its value, or why there is none. */
  evaluate(variables: Variables, budget: Budget): { readonly value: CelValue } | { readonly error: string };
}
