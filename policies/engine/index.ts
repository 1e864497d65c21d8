export { policyLabel } from './collector.ts';
export { checkPolicy, compilePolicies, POLICY_INVALID, policyRef } from './compile.ts';
export { durationMs } from './duration.ts';
export { effectiveLlm } from './effective.ts';
export { effectiveLimits, evaluate, explain } from './evaluate.ts';
export { type ExceptionState, exceptionState, expiryOf, isExpired } from './exceptions.ts';
export { withoutEmptyLists } from './match.ts';
export type { CompiledPolicy } from './policy.ts';
export type { CompiledPolicySet, CompileOptions } from './policySet.ts';
export { evaluateUpdate, findingsNotIn, type UpdateVerdict } from './ratchet.ts';
export {
  checkLimits,
  evaluateModelCall,
  evaluateToolCall,
  type RunQuestion,
  type ToolCallQuestion,
  toolCallRequest,
} from './runtime.ts';
export { identityOfTool, parseToolId, RESERVED_SERVERS, toolId, toolNames } from './toolid.ts';
export type * from './types.ts';
