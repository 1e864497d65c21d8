import { UNSEEN } from './common.ts';
import { defineKind } from './kind.ts';
import { CLUSTER_POLICY_RULES, POLICY_COLUMNS, policySpec, policyStatus } from './policyspec.ts';

export const clusterAgentPolicies = defineKind({
  kind: 'ClusterAgentPolicy',
  plural: 'clusteragentpolicies',
  shortNames: ['cap'],
  scope: 'Cluster',
  description: 'What agents may do, in all namespaces that it matches.',
  spec: policySpec,
  status: policyStatus,
  initialStatus: UNSEEN,
  columns: POLICY_COLUMNS,
  rules: CLUSTER_POLICY_RULES,
});

export type ClusterAgentPolicy = NonNullable<typeof clusterAgentPolicies.object>;
