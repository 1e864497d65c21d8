import type { Finding, PolicyRequest, Verdict } from '../../policies/engine/index.ts';
import { evaluate, findingsNotIn } from '../../policies/engine/index.ts';
import { provenanceAtAdmission } from './provenance.ts';
import type { Admission, KindRules, Subject } from './types.ts';

export interface PolicyJudgement {
  /** What the object is refused for. */
  readonly denials: readonly Finding[];
  /** What it would be refused for, had it not been so before. */
  readonly ratcheted: readonly Finding[];
  readonly verdict: Verdict;
}

/**
 * What policies say of an object. An update is refused only for what the old object did not have: findings are the same
 * when policy, rule and value are.
 */
export function judgeByPolicies(rules: KindRules, subject: Subject, admission: Admission): PolicyJudgement | undefined {
  const { world, clock } = admission;
  const policies = world.policies();
  if (rules.context === undefined || policies.policies.length === 0) return undefined;
  const { operation, object, oldObject, user, namespace } = subject;
  const namespaceObject = world.namespace(namespace);
  const around = {
    place: 'admission',
    user,
    namespace,
    ...(namespaceObject === undefined ? {} : { namespaceObject }),
    exceptions: world.exceptions(namespace),
    now: clock.now(),
  } satisfies Partial<PolicyRequest>;
  const provenance = rules.definition === true ? provenanceAtAdmission(subject, admission) : undefined;
  const verdict = evaluate(policies, {
    ...around,
    ...(provenance === undefined ? {} : { provenance }),
    ...rules.context(subject, world),
    operation,
    object,
    ...(oldObject === undefined ? {} : { oldObject }),
  });
  const denials = verdict.findings.filter(({ effect }) => effect === 'deny');
  if (denials.length === 0 || oldObject === undefined) return { denials, ratcheted: [], verdict };
  const former = { ...subject, object: oldObject };
  const formerProvenance = rules.definition === true ? provenanceAtAdmission(former, admission) : undefined;
  // With what the old object referred to, not with what the new one does.
  const before = evaluate(policies, {
    ...around,
    ...(formerProvenance === undefined ? {} : { provenance: formerProvenance }),
    ...rules.context({ ...subject, object: oldObject, oldObject: undefined, operation: 'CREATE' }, world),
    operation: 'CREATE',
    object: oldObject,
  });
  const fresh = new Set(findingsNotIn(denials, before.findings));
  return {
    denials: denials.filter((finding) => fresh.has(finding)),
    ratcheted: denials.filter((finding) => !fresh.has(finding)),
    verdict,
  };
}
