import {
  type AgentPolicyException,
  agentPolicies,
  agentPolicyExceptions,
  clusterAgentPolicies,
  GROUP,
} from '../../api/index.ts';
import { durationMs } from '../../policies/engine/index.ts';
import type { KindRules, Opinion, Refusal, Subject, World } from '../admission/types.ts';

/** The verb on a policy that lets one make exceptions from it. */
export const EXCEPT_VERB = 'except';

/** Takes findings away, so it is asked of each policy whether it lets anybody, and whether RBAC lets this one. */
export const agentPolicyExceptionRules: KindRules = {
  kind: agentPolicyExceptions,
  writers: 'anyone',
  stamped: true,
  check: (subject, { world, clock }) => checkException(subject, world, clock.now()),
  async consult({ object, oldObject, user, namespace }, { access }, signal) {
    const { spec } = object as unknown as AgentPolicyException;
    if (oldObject !== undefined && JSON.stringify(oldObject.spec) === JSON.stringify(spec)) return {};
    const refusals: Refusal[] = [];
    for (const [index, { kind, name }] of spec.policies.entries()) {
      const { plural: resource } = kind === 'ClusterAgentPolicy' ? clusterAgentPolicies : agentPolicies;
      const question = {
        verb: EXCEPT_VERB,
        group: GROUP,
        resource,
        name,
        ...(kind === 'ClusterAgentPolicy' ? {} : { namespace }),
      };
      if (await access.allowed(user, [question], signal)) continue;
      refusals.push({
        rule: 'exceptions',
        field: `spec.policies[${index}].name`,
        message: `${JSON.stringify(user.username)} may not make exceptions from ${kind} ${JSON.stringify(name)}; fix: ask who may, or get a role with the verb "${EXCEPT_VERB}" on ${resource}`,
      });
    }
    return { refusals };
  },
};

function checkException({ object, namespace }: Subject, world: World, now: number): Opinion {
  const { spec, metadata } = object as unknown as AgentPolicyException;
  const refusals: Refusal[] = [];
  const warnings: string[] = [];
  const expires = Date.parse(spec.expiresAt);
  const created = Date.parse(metadata.creationTimestamp ?? '');
  const lasts = expires - (Number.isNaN(created) ? now : created);
  if (!(expires > now)) {
    refusals.push({
      rule: 'exceptions',
      field: 'spec.expiresAt',
      message: `${JSON.stringify(spec.expiresAt)} is past; fix: give an instant to come`,
      code: 422,
    });
  }
  for (const [index, { kind, name }] of spec.policies.entries()) {
    const policy = world.policy({ kind, name, ...(kind === 'AgentPolicy' ? { namespace } : {}) });
    const field = `spec.policies[${index}].name`;
    if (policy === undefined) {
      warnings.push(`[kubechain/exceptions] ${field}: there is no ${kind} ${JSON.stringify(name)} (yet)`);
      continue;
    }
    const { allow = false, maxDuration } = policy.spec.exceptions ?? {};
    if (!allow) {
      refusals.push({
        rule: 'exceptions',
        field,
        message: `${kind} ${JSON.stringify(name)} allows no exceptions; fix: mend what it finds, or ask its owners for spec.exceptions.allow`,
      });
    }
    const longest = maxDuration === undefined ? undefined : durationMs(maxDuration);
    if (longest !== undefined && lasts > longest) {
      refusals.push({
        rule: 'exceptions',
        field: 'spec.expiresAt',
        message: `${JSON.stringify(spec.expiresAt)} is later than ${kind} ${JSON.stringify(name)} allows: ${maxDuration} after the exception was made; fix: give ${new Date(expires - lasts + longest).toISOString()} at the latest`,
      });
    }
  }
  return { refusals, warnings };
}
