import type { PolicyMode, PolicyPlace } from '../../api/index.ts';
import type { ExpressionCompiler } from './cel.ts';
import type { ArgumentSchemaCompiler } from './jsonschema.ts';
import type { Matcher } from './match.ts';
import type { Scope } from './scope.ts';
import type { Sink } from './sink.ts';
import type { ApprovalDemand, PolicyProblem, PolicyRef, Severity } from './types.ts';

/** What a section of a policy does with an object. */
export interface Judge {
  /** Kinds that it has something to say about; all when absent. */
  readonly kinds?: ReadonlySet<string>;
  /** It judges what runs have used, and so counts for all that belongs to a run. */
  readonly ofRuns?: true;
  /** Rules that it may report. */
  readonly rules: readonly string[];
  /** `notAsked` where the rules have nothing to do with the object: a call of another tool, say. */
  judge(scope: Scope, sink: Sink): undefined | 'notAsked';
}

/** The limits of a policy, in milliseconds and counts. */
export interface Limits {
  readonly maxTurns?: number;
  readonly maxToolCalls?: number;
  readonly maxTokens?: number;
  readonly maxDurationMs?: number;
  readonly maxDepth?: number;
  readonly maxParallelToolCalls?: number;
}

export type ApprovalTerms = Omit<ApprovalDemand, 'demandedBy' | 'approverGroups'> & {
  readonly approverGroups?: readonly string[];
};

export interface CompiledPolicy {
  readonly ref: PolicyRef;
  /** As messages name it. */
  readonly label: string;
  /** Equal for policies of the same spec and parameters. */
  readonly key: string;
  readonly mode: PolicyMode;
  readonly modes: Readonly<Record<PolicyPlace, PolicyMode>>;
  /** Has an error: denies what it matches. */
  readonly broken: boolean;
  readonly severity: Severity;
  readonly docs: string | undefined;
  readonly matcher: Matcher;
  /** By kind of the judged object. */
  readonly judges: ReadonlyMap<string, readonly Judge[]>;
  readonly limits: Limits;
  readonly approval: ApprovalTerms;
  readonly exceptions: { readonly allow: boolean; readonly maxDurationMs: number | undefined };
  readonly problems: readonly PolicyProblem[];
  /** Names of all rules that a finding of it may carry: for coverage. */
  readonly rules: readonly string[];
  /** May look at who asks: such rules are not evaluable where nobody is known. */
  readonly usesUser: boolean;
}

/** What sections are compiled with. */
export interface SectionContext {
  readonly ref: PolicyRef;
  readonly expressions: ExpressionCompiler;
  readonly schemas: ArgumentSchemaCompiler;
  /** `params` of expressions; undefined where the ConfigMap is missing. */
  readonly params: Readonly<Record<string, string>> | undefined;
  readonly kinds: readonly string[];
  /** Notes what is wrong, at a field below `spec`. */
  problem(field: string, message: string, position?: { readonly line?: number; readonly column?: number }): void;
  advice(field: string, message: string, position?: { readonly line?: number; readonly column?: number }): void;
  /** Notes that rules look at who asks. */
  usesUser(): void;
}
