import type { SchemaProps, ValidationRule } from '../types.ts';
import { CelProgramError } from './calls.ts';
import type { DeclType } from './decl.ts';
import type { CelEnvironment, CelProgram } from './environment.ts';
import { normalizeFieldPath } from './fieldpath.ts';
import { CelCompileError } from './issues.ts';
import { BOOL, type CelType, isExactType, optionalOf, STRING } from './types.ts';

/** What the type of `self` is called in messages. A real server puts a random number behind it. */
export const SELF_TYPE = 'selfType1';

/** A rule ready to run, or why it cannot. */
export interface CompiledRule {
  readonly rule: ValidationRule;
  readonly program?: CelProgram | undefined;
  readonly error?: string | undefined;
  readonly message?: CelProgram | undefined;
  readonly messageError?: string | undefined;
  /** `fieldPath` as it is appended to the path of the value. */
  readonly fieldPath: string;
  readonly usesOldSelf: boolean;
}

/** Compiles the rules of one schema node; `self` and `oldSelf` have the node's declared type. */
export function compileRules(schema: SchemaProps, declared: DeclType, base: CelEnvironment): CompiledRule[] {
  const environmentOf = (oldSelf: CelType) =>
    base.extend({ variables: { self: declared.type, oldSelf }, root: declared });
  const plain = environmentOf(declared.type);
  const optional = environmentOf(optionalOf(declared.type));
  return (schema['x-kubernetes-validations'] ?? []).map((rule) => {
    return compileRule(rule, schema, rule.optionalOldSelf === true ? optional : plain);
  });
}

function compileRule(rule: ValidationRule, schema: SchemaProps, environment: CelEnvironment): CompiledRule {
  const fieldPath =
    rule.fieldPath === undefined || rule.fieldPath === ''
      ? ''
      : (normalizeFieldPath(rule.fieldPath, schema).path ?? '');
  const empty: CompiledRule = { rule, fieldPath, usesOldSelf: false };
  if (rule.rule.trim() === '') return empty;
  const compiled = compileTyped(environment, rule.rule, BOOL, 'compilation failed: ', 'program instantiation failed: ');
  if (typeof compiled === 'string')
    return { ...empty, error: compiled === '' ? 'cel expression must evaluate to a bool' : compiled };
  const result: CompiledRule = { ...empty, program: compiled, usesOldSelf: compiled.uses('oldSelf') };
  if (rule.messageExpression === undefined || rule.messageExpression === '') return result;
  const prefix = 'messageExpression compilation failed: ';
  const message = compileTyped(
    environment,
    rule.messageExpression,
    STRING,
    prefix,
    'messageExpression instantiation failed: ',
  );
  if (typeof message !== 'string') return { ...result, message };
  return { ...result, messageError: message === '' ? 'messageExpression must evaluate to a string' : message };
}

/** The program, or what is wrong with it; an empty string when its type is. */
function compileTyped(
  environment: CelEnvironment,
  source: string,
  type: CelType,
  compileError: string,
  programError: string,
): CelProgram | string {
  try {
    const program = environment.compile(source);
    return isExactType(program.resultType, type) ? program : '';
  } catch (error) {
    if (error instanceof CelCompileError) return `${compileError}${error.message}`;
    if (error instanceof CelProgramError) return `${programError}${error.message}`;
    throw error;
  }
}
