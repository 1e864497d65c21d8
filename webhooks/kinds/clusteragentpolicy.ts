import { clusterAgentPolicies } from '../../api/index.ts';
import type { KindRules } from '../admission/types.ts';
import { checkPolicy } from './policy.ts';

export const clusterAgentPolicyRules: KindRules = {
  kind: clusterAgentPolicies,
  writers: 'anyone',
  stamped: true,
  check: checkPolicy,
};
