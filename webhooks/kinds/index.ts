import type { KindRules } from '../admission/types.ts';
import { agentRules } from './agent.ts';
import { agentPolicyRules } from './agentpolicy.ts';
import { agentPolicyExceptionRules } from './agentpolicyexception.ts';
import { agentRevisionRules } from './agentrevision.ts';
import { approvalRules } from './approval.ts';
import { clusterAgentPolicyRules } from './clusteragentpolicy.ts';
import { contactChannelRules } from './contactchannel.ts';
import { contextPageRules } from './contextpage.ts';
import { llmRules } from './llm.ts';
import { mcpServerRules } from './mcpserver.ts';
import { taskRules } from './task.ts';
import { taskLedgerRules } from './taskledger.ts';
import { taskRunRules } from './taskrun.ts';
import { taskRunToolCallRules } from './taskruntoolcall.ts';
import { toolRules } from './tool.ts';

/** The rules of every kind of ours, by the name of its resource. */
export const KIND_RULES: ReadonlyMap<string, KindRules> = new Map(
  [
    agentRules,
    agentPolicyRules,
    agentPolicyExceptionRules,
    agentRevisionRules,
    approvalRules,
    clusterAgentPolicyRules,
    contactChannelRules,
    contextPageRules,
    llmRules,
    mcpServerRules,
    taskRules,
    taskLedgerRules,
    taskRunRules,
    taskRunToolCallRules,
    toolRules,
  ].map((rules) => [rules.kind.plural, rules]),
);
