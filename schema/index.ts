export {
  CelCompileError,
  type CelEnvironment,
  CelEvaluationError,
  type CelIssue,
  CelList,
  CelMap,
  CelOpaque,
  CelOptional,
  type CelProgram,
  type CelType,
  type CelValue,
  celTypes,
  createCelEnvironment,
  type EnvironmentOptions,
  fromJson,
  type Library,
  toJson,
} from './cel/index.ts';
export { type CompileOptions, compileSchema } from './compile.ts';
export { isSupportedFormat } from './formats.ts';
export { checkStructuralSchema, type SchemaCheckOptions } from './schemacheck.ts';
export type {
  CompiledSchema,
  FieldError,
  FieldErrorType,
  Json,
  JsonObject,
  SchemaProps,
  ValidationRule,
} from './types.ts';
