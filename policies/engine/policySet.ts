import type { CompiledSchema } from '../../schema/index.ts';
import type { ExpressionCompiler } from './cel.ts';
import type { ArgumentSchemaCompiler } from './jsonschema.ts';
import type { CompiledPolicy } from './policy.ts';
import type { PolicyProblem, PolicyRef } from './types.ts';

export interface CompileOptions {
  /** The `data` of a ConfigMap, for `params.configMapRef`; undefined where there is none. */
  readonly configMaps?: (namespace: string, name: string) => Readonly<Record<string, string>> | undefined;
  /** What was compiled before: policies of the same spec and parameters are taken from it. */
  readonly previous?: CompiledPolicySet;
}

/** Policies, compiled. Immutable; safe to share. */
export interface CompiledPolicySet {
  readonly policies: readonly CompiledPolicy[];
  readonly problems: readonly PolicyProblem[];
  /** `sha256:…` over all specs and parameters: the same policies in any order give the same. */
  readonly digest: string;
  /** What the next set is compiled with. */
  readonly toolkit: Toolkit;
}

/** What policies are compiled with: built once, when it is needed first. */
export interface Toolkit {
  readonly expressions: ExpressionCompiler;
  readonly argumentSchemas: ArgumentSchemaCompiler;
  schemaOf(kind: PolicyRef['kind']): CompiledSchema;
}
