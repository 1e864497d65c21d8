export {
  CelCompileError,
  type CelEnvironment,
  CelEvaluationError,
  type CelIssue,
  type CelProgram,
  type CelType,
  type CelValue,
  createCelEnvironment,
  fromJson,
  toJson,
} from './cel/index.ts';
export { compileSchema } from './compile.ts';
export type {
  CompiledSchema,
  FieldError,
  FieldErrorType,
  Json,
  JsonObject,
  SchemaProps,
  ValidationRule,
} from './types.ts';
