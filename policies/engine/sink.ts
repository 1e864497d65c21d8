import type { JudgedKind } from '../../api/index.ts';
import type { ToolName } from './toolid.ts';
import type { Severity } from './types.ts';

/** What a section has to say against an object. */
export interface Report {
  readonly rule: string;
  readonly field: string;
  /** What is there; shortened here. Never a secret. */
  readonly value: string;
  /** What is wrong, without head, fix and docs. */
  readonly detail: string;
  readonly fix?: string;
  /** Deny when absent. */
  readonly action?: 'Deny' | 'RequireApproval';
  readonly severity?: Severity | undefined;
  readonly docs?: string | undefined;
  readonly pattern?: string | undefined;
  readonly tool?: readonly ToolName[] | undefined;
  readonly via?: { readonly kind: JudgedKind; readonly name: string } | undefined;
}

/** Where sections report to. */
export interface Sink {
  report(report: Report): void;
  /** A list names the tool as allowed. */
  allow(rule: string, pattern: string): void;
  notEvaluable(rule: string, reason: string): void;
}
