import { type Agent, agents } from '../../api/index.ts';
import { aroundAgent } from '../../policies/surroundings.ts';
import type { KindRules } from '../admission/types.ts';

export const agentRules: KindRules = {
  kind: agents,
  writers: 'anyone',
  stamped: true,
  definition: true,
  context: ({ object, namespace }, world) => ({
    context: aroundAgent(world, namespace, object as unknown as Agent),
  }),
};
