export { CelProgramError } from './calls.ts';
export { type DeclType, declType } from './decl.ts';
export {
  type CelEnvironment,
  CelEvaluationError,
  type CelProgram,
  createCelEnvironment,
  type EnvironmentOptions,
  type Evaluation,
  PER_CALL_LIMIT,
} from './environment.ts';
export type { Library } from './functions.ts';
export { CelCompileError, type CelIssue } from './issues.ts';
export { compileConverter, fromJson, toJson } from './objects.ts';
export type { CelType } from './types.ts';
export * as celTypes from './types.ts';
export { CelList, CelMap, CelOpaque, CelOptional, type CelValue } from './values.ts';
