import { policyLabel } from './collector.ts';
import { collect } from './evaluate.ts';
import type { CompiledPolicySet } from './policySet.ts';
import type { Finding, PolicyRequest, Verdict } from './types.ts';
import { toVerdict } from './verdict.ts';

/** What a finding is compared by: the policy, the rule, the value. Where in the object it stands may change. */
function keyOf({ policy, rule, value, tool, via }: Finding): string {
  return [policy.kind, policyLabel(policy), rule, value, tool, via?.kind, via?.name].join('\0');
}

/** The findings that were not there before. */
export function findingsNotIn(findings: readonly Finding[], before: readonly Finding[]): Finding[] {
  const known = new Set(before.map(keyOf));
  return findings.filter((finding) => !known.has(keyOf(finding)));
}

export interface UpdateVerdict {
  /** Without the findings that the old object has as well. */
  readonly verdict: Verdict;
  /** Those: they stood there before the policy did, and do not block the mending of anything else. */
  readonly ratcheted: readonly Finding[];
}

/**
 * Judges an update by what it makes worse: findings that the old object has as well, seen as if it were created now, do not
 * count. Without `oldObject` this is `evaluate`.
 */
export function evaluateUpdate(set: CompiledPolicySet, request: PolicyRequest): UpdateVerdict {
  const collected = collect(set, request, 'all');
  const { oldObject } = request;
  if (oldObject === undefined || oldObject === null || collected.findings.length === 0) {
    return { verdict: toVerdict(set.policies, [collected]), ratcheted: [] };
  }
  const before = collect(set, { ...request, operation: 'CREATE', object: oldObject, oldObject: null }, 'all');
  const fresh = findingsNotIn(collected.findings, before.findings);
  const kept = new Set(fresh);
  return {
    verdict: toVerdict(set.policies, [{ ...collected, findings: fresh }]),
    ratcheted: collected.findings.filter((finding) => !kept.has(finding)),
  };
}
