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
