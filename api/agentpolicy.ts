import { UNSEEN } from './common.ts';
import { defineKind } from './kind.ts';
import { NAMESPACE_POLICY_RULES, POLICY_COLUMNS, policySpec, policyStatus } from './policyspec.ts';

export const agentPolicies = defineKind({
  kind: 'AgentPolicy',
  plural: 'agentpolicies',
  shortNames: ['agp'],
  description: 'What agents may do in its namespace. It can only tighten what ClusterAgentPolicies say.',
  spec: policySpec,
  status: policyStatus,
  initialStatus: UNSEEN,
  columns: POLICY_COLUMNS,
  rules: NAMESPACE_POLICY_RULES,
});

export type AgentPolicy = NonNullable<typeof agentPolicies.object>;
