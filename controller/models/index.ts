export type { AnswerLimits } from './answer.ts';
export { DEFAULT_ANSWER_LIMITS } from './answer.ts';
export type { ModelClient, ModelClientOptions } from './client.ts';
export { createModelClient } from './client.ts';
export type { CallLimiter, CallLimits, CallSlot } from './limiter.ts';
export { createCallLimiter } from './limiter.ts';
export type { NamedTool } from './names.ts';
export { functionNames, MAX_FUNCTION_NAME } from './names.ts';
export type { RetryPolicy } from './retry.ts';
export { DEFAULT_RETRY_POLICY, decideRetry } from './retry.ts';
export type { SlowStart } from './slowStart.ts';
export { callsAllowed, createSlowStart } from './slowStart.ts';
export type {
  ChatAnswer,
  ChatFailure,
  ChatFatal,
  ChatOutcome,
  ChatRequest,
  ChatRetry,
  FatalReason,
  KeyCheck,
  Message,
  ModelEndpoint,
  ModelParameters,
  ModelTool,
  RetryReason,
  ToolCall,
  Usage,
} from './types.ts';
