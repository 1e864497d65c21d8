import { agents } from './agent.ts';
import { agentPolicies } from './agentpolicy.ts';
import { agentPolicyExceptions } from './agentpolicyexception.ts';
import { agentRevisions } from './agentrevision.ts';
import { approvals } from './approval.ts';
import { clusterAgentPolicies } from './clusteragentpolicy.ts';
import { contactChannels } from './contactchannel.ts';
import { contextPages } from './contextpage.ts';
import type { Kind } from './kind.ts';
import { llms } from './llm.ts';
import { mcpServers } from './mcpserver.ts';
import { tasks } from './task.ts';
import { taskLedgers } from './taskledger.ts';
import { taskRuns } from './taskrun.ts';
import { taskRunToolCalls } from './taskruntoolcall.ts';
import { tools } from './tool.ts';

export * from './agent.ts';
export * from './agentpolicy.ts';
export * from './agentpolicyexception.ts';
export * from './agentrevision.ts';
export * from './approval.ts';
export * from './clusteragentpolicy.ts';
export * from './common.ts';
export * from './contactchannel.ts';
export * from './contextpage.ts';
export type { Expectation } from './expectation.ts';
export type { Column, Custom, CustomResourceDefinition, Kind, Metadata } from './kind.ts';
export { toCustomResourceDefinition } from './kind.ts';
export * from './llm.ts';
export type { Egress, PodTemplate } from './mcppod.ts';
export { METADATA_NETWORKS } from './mcppod.ts';
export * from './mcpserver.ts';
export type { Message, ToolCall } from './message.ts';
export type { JudgedKind, LabelSelector, PolicyMatch, PolicySubject } from './policymatch.ts';
export { JUDGED_KINDS } from './policymatch.ts';
export type { PodTemplateSection } from './policypods.ts';
export type {
  ApprovalSection,
  ArgumentRule,
  ContainerSection,
  ExternalApiSection,
  LimitSection,
  LlmSection,
  McpServerSection,
  PolicyRule,
  PromptSection,
  RequireSection,
  SecretSection,
  ToolSection,
} from './policysections.ts';
export type { PolicyMode, PolicyPlace, PolicySpec, PolicyStatus } from './policyspec.ts';
export { POLICY_MODES, POLICY_PLACES } from './policyspec.ts';
export * from './provenance.ts';
export * from './stamps.ts';
export * from './task.ts';
export * from './taskledger.ts';
export * from './taskrun.ts';
export * from './taskruntoolcall.ts';
export * from './tool.ts';
export type { ToolContainer } from './toolcontainer.ts';

/** Every kind, in the order in which their CRDs are printed and installed. */
export const KINDS: readonly Kind<unknown>[] = [
  llms,
  agents,
  tools,
  mcpServers,
  contactChannels,
  tasks,
  taskRuns,
  taskRunToolCalls,
  agentRevisions,
  contextPages,
  taskLedgers,
  clusterAgentPolicies,
  agentPolicies,
  agentPolicyExceptions,
  approvals,
];
