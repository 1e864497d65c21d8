import { agentPolicies } from '../../api/index.ts';
import type { KindRules } from '../admission/types.ts';
import { checkPolicy } from './policy.ts';

export const agentPolicyRules: KindRules = {
  kind: agentPolicies,
  writers: 'anyone',
  stamped: true,
  check: checkPolicy,
};
