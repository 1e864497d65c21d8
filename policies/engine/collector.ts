import type { PolicyMode } from '../../api/index.ts';
import type { ActiveException } from './exceptions.ts';
import { exceptionFor } from './exceptions.ts';
import type { CompiledPolicy } from './policy.ts';
import type { Scope } from './scope.ts';
import type { Report, Sink } from './sink.ts';
import { oneLine, shorten } from './text.ts';
import type { Finding, FindingEffect, NotEvaluable, PolicyRef, TraceStep } from './types.ts';

export interface Collected {
  readonly findings: Finding[];
  readonly excepted: Finding[];
  readonly notEvaluable: NotEvaluable[];
  readonly policies: PolicyRef[];
  readonly allowedBy: { policy: PolicyRef; rule: string; pattern: string }[];
}

/** `production`, or `team-a/production` for an AgentPolicy: how messages name a policy. */
export function policyLabel(ref: PolicyRef): string {
  return ref.namespace === undefined ? ref.name : `${ref.namespace}/${ref.name}`;
}

/** Collects what the policies say, one policy after the other. */
export class Collector implements Sink {
  readonly result: Collected = { findings: [], excepted: [], notEvaluable: [], policies: [], allowedBy: [] };
  readonly #scope: Scope;
  readonly #exceptions: readonly ActiveException[];
  #policy: CompiledPolicy | undefined;
  #mode: PolicyMode = 'Off';
  #steps: TraceStep[] | undefined;

  constructor(scope: Scope, exceptions: readonly ActiveException[]) {
    this.#scope = scope;
    this.#exceptions = exceptions;
  }

  /** What follows is said by this policy; `steps` receives the way to it, where that is asked for. */
  begin(policy: CompiledPolicy, mode: PolicyMode, steps: TraceStep[] | undefined): void {
    this.#policy = policy;
    this.#mode = mode;
    this.#steps = steps;
    this.result.policies.push(policy.ref);
  }

  report(report: Report): void {
    const policy = this.#current();
    const action = report.action ?? 'Deny';
    const docs = report.docs ?? policy.docs;
    const detail = report.fix === undefined ? report.detail : `${report.detail}; fix: ${report.fix}`;
    const head = `[${policy.label}/${report.rule}]${report.field === '' ? '' : ` ${report.field}:`}`;
    const finding: Finding = {
      policy: policy.ref,
      rule: report.rule,
      field: report.field,
      value: shorten(report.value),
      message: oneLine(`${head} ${detail}${docs === undefined ? '' : `; docs: ${docs}`}`),
      detail: oneLine(detail),
      action,
      mode: this.#mode,
      effect: effectOf(action, this.#mode),
      severity: report.severity ?? policy.severity,
      ...(docs === undefined ? {} : { docs }),
      ...(report.pattern === undefined ? {} : { pattern: report.pattern }),
      ...(report.tool?.[0] === undefined ? {} : { tool: report.tool[0].id }),
      ...(report.via === undefined ? {} : { via: report.via }),
    };
    const exception = exceptionFor(this.#exceptions, policy, finding, report.tool, this.#scope);
    if (exception === undefined) this.result.findings.push(finding);
    else this.result.excepted.push({ ...finding, exception });
    this.#steps?.push({
      rule: report.rule,
      outcome: exception !== undefined ? 'excepted' : action === 'Deny' ? 'deny' : 'requireApproval',
      detail: exception === undefined ? detail : `${detail}; taken away by AgentPolicyException ${exception.name}`,
      ...(report.pattern === undefined ? {} : { pattern: report.pattern }),
    });
  }

  allow(rule: string, pattern: string): void {
    this.result.allowedBy.push({ policy: this.#current().ref, rule, pattern });
    this.#steps?.push({ rule, outcome: 'allow', pattern, detail: `allowed by ${pattern}` });
  }

  notEvaluable(rule: string, reason: string): void {
    this.result.notEvaluable.push({ policy: this.#current().ref, rule, reason });
    this.#steps?.push({ rule, outcome: 'notEvaluable', detail: reason });
  }

  /** Nothing of the policy can be decided here. */
  skip(policy: PolicyRef, reason: string): void {
    this.result.notEvaluable.push({ policy, reason });
  }

  #current(): CompiledPolicy {
    if (this.#policy === undefined) throw new Error('a report before the first policy');
    return this.#policy;
  }
}

function effectOf(action: 'Deny' | 'RequireApproval', mode: PolicyMode): FindingEffect {
  if (mode === 'Enforce') return action === 'Deny' ? 'deny' : 'requireApproval';
  return mode === 'Warn' ? 'warn' : 'audit';
}
