import { agentRevisions } from '../../api/index.ts';
import type { KindRules } from '../admission/types.ts';

/** What an Agent was. Policies judge the Agent, not this: one that was admitted before a policy came goes on. */
export const agentRevisionRules: KindRules = { kind: agentRevisions, writers: 'operator', stamped: false };
