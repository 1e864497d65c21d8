import type { Collected } from './collector.ts';
import { policyLabel } from './collector.ts';
import type { CompiledPolicy } from './policy.ts';
import { compareText } from './text.ts';
import type { ApprovalDemand, Effect, Finding, NotEvaluable, PolicyRef, Verdict } from './types.ts';

const RANK: Readonly<Record<Finding['effect'], number>> = { deny: 0, requireApproval: 1, warn: 2, audit: 3 };
const TIMEOUTS = ['Fail', 'Reject', 'Escalate'] as const;
/** An AdmissionReview carries a bounded number of warnings; nobody reads more. */
const MAX_WARNINGS = 50;

/** Makes one verdict of what was collected, by one question or several about the same thing. */
export function toVerdict(policies: readonly CompiledPolicy[], collected: readonly Collected[]): Verdict {
  const findings = distinct(collected.flatMap((each) => each.findings));
  const [first] = findings;
  const effect: Effect = first?.effect === 'deny' || first?.effect === 'requireApproval' ? first.effect : 'allow';
  const warnings = new Set(findings.filter((finding) => finding.effect === 'warn').map(({ message }) => message));
  // Policies are asked in one order, whatever order they came in.
  const allowedBy = collected.find((each) => each.allowedBy.length > 0)?.allowedBy[0];
  return {
    effect,
    findings,
    ...(effect === 'allow' || first === undefined ? {} : { decidedBy: first }),
    ...(allowedBy === undefined ? {} : { allowedBy }),
    warnings: [...warnings].slice(0, MAX_WARNINGS),
    excepted: distinct(collected.flatMap((each) => each.excepted)),
    notEvaluable: distinctNotEvaluable(collected.flatMap((each) => each.notEvaluable)),
    ...(effect === 'requireApproval' ? { approval: approvalOf(policies, findings) } : {}),
    policies: distinctRefs(
      collected.flatMap((each) => each.policies),
      collected.length > 1,
    ),
  };
}

/** The findings that count, in the one order, each once. */
export function distinct(findings: readonly Finding[]): Finding[] {
  if (findings.length < 2) return [...findings];
  const seen = new Map<string, Finding>();
  for (const finding of findings) {
    const { policy, rule, field, value, effect, via, tool } = finding;
    const key = [policy.kind, policyLabel(policy), rule, field, value, effect, via?.kind, via?.name, tool].join('\0');
    if (!seen.has(key)) seen.set(key, finding);
  }
  return [...seen.values()].sort(compareFindings);
}

function compareFindings(a: Finding, b: Finding): number {
  return (
    RANK[a.effect] - RANK[b.effect] ||
    compareRefs(a.policy, b.policy) ||
    compareText(a.rule, b.rule) ||
    compareText(a.field, b.field) ||
    compareText(a.value, b.value) ||
    compareText(a.message, b.message)
  );
}

function compareRefs(a: PolicyRef, b: PolicyRef): number {
  return compareText(policyLabel(a), policyLabel(b)) || compareText(a.kind, b.kind);
}

function distinctNotEvaluable(all: readonly NotEvaluable[]): NotEvaluable[] {
  const seen = new Map(
    all.map((each) => [[each.policy.kind, policyLabel(each.policy), each.rule, each.reason].join('\0'), each]),
  );
  return [...seen.values()];
}

function distinctRefs(all: readonly PolicyRef[], mayRepeat: boolean): PolicyRef[] {
  if (all.length < 2 || !mayRepeat) return [...all];
  return [...new Map(all.map((ref) => [`${ref.kind}\0${policyLabel(ref)}`, ref])).values()];
}

function isSame(a: PolicyRef, b: PolicyRef): boolean {
  return a.kind === b.kind && a.name === b.name && a.namespace === b.namespace;
}

/** All demands together: the most approvals, everybody's groups, the shortest time, the strictest end. */
function approvalOf(policies: readonly CompiledPolicy[], findings: readonly Finding[]): ApprovalDemand {
  const held = findings.filter(({ effect }) => effect === 'requireApproval');
  const terms = policies
    .filter(({ ref }) => held.some(({ policy }) => isSame(policy, ref)))
    .map(({ approval }) => approval);
  const times = terms.flatMap(({ expiresAfterMs }) => expiresAfterMs ?? []);
  const onTimeout = TIMEOUTS.find((end) => terms.some((each) => each.onTimeout === end));
  return {
    minApprovals: Math.max(1, ...terms.map(({ minApprovals }) => minApprovals)),
    approverGroups: terms.flatMap(({ approverGroups }) => (approverGroups === undefined ? [] : [approverGroups])),
    notRequester: terms.some(({ notRequester }) => notRequester),
    allowServiceAccounts: terms.every(({ allowServiceAccounts }) => allowServiceAccounts),
    ...(times.length === 0 ? {} : { expiresAfterMs: Math.min(...times) }),
    ...(onTimeout === undefined ? {} : { onTimeout }),
    // Somebody who may decide only by one policy's escalation does not meet another's demand.
    escalateTo: onTimeout === 'Escalate' ? [...new Set(terms.flatMap(({ escalateTo }) => escalateTo))] : [],
    demandedBy: held.map(({ policy, rule }) => ({ policy, rule })),
  };
}
