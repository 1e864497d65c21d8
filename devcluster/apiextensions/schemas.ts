/** Validation of the schema of one CRD version. */
import { fieldError } from '../request/status.ts';
import type { FieldError, SchemaProps } from '../types.ts';
import type { CrdSpec, CrdVersion } from './custom.ts';

/** Violations of a version's schema at `path`. */
export function validateVersionSchema(
  schema: SchemaProps,
  path: string,
  old: SchemaProps | undefined,
  version: CrdVersion,
  spec: CrdSpec,
): FieldError[] {
  void old;
  void version;
  void spec;
  const errors: FieldError[] = [];
  if (schema.type !== 'object') {
    if (schema.type === undefined) errors.push(fieldError.required(`${path}.type`, 'must not be empty at the root'));
    else errors.push(fieldError.invalid(`${path}.type`, schema.type, 'must be object at the root'));
  }
  return errors;
}
