/** A tool call that a model asks for. `arguments` is the text that the model wrote: JSON, if it did well. */
export interface ToolCall {
  id: string;
  type: 'function';
  function: { name: string; arguments: string };
}

/** One message of a conversation, as a run keeps it. */
export interface Message {
  role: 'system' | 'user' | 'assistant' | 'tool';
  content: string;
  /** Role `assistant`: the calls it asks for. */
  toolCalls?: ToolCall[];
  /** Role `tool`: the call that this answers. */
  toolCallId?: string;
  /** Who speaks, where the provider knows such a thing. Not sent for role `tool`. */
  name?: string;
}

/** How the model is asked. Decimal numbers are strings, as in the LLM's spec. */
export interface ModelParameters {
  /** Empty or absent: the provider's default of this program, see `DEFAULT_MODELS`. */
  model?: string;
  temperature?: string;
  maxTokens?: number;
  topP?: string;
  topK?: number;
  frequencyPenalty?: string;
  presencePenalty?: string;
  seed?: number;
  stop?: string[];
  reasoningEffort?: string;
  /** Seconds for one whole call, from connecting to the last byte; 600 when absent. */
  timeoutSeconds?: number;
  /** How often a failed call is tried again, see `decideRetry`. */
  maxRetries?: number;
}

/** Where a model is and how it is asked: all that a call needs but the key and the conversation. */
export interface ModelEndpoint {
  provider: 'openai' | 'anthropic';
  /** With its version (`/v1`). A query in it is sent with every call. */
  baseUrl?: string;
  parameters: ModelParameters;
  openai?: { organization?: string; project?: string };
  /** Sent with every call. Values are taken for secrets: they appear in no outcome. */
  headers?: Record<string, string>;
}

/** A tool as the model is told of it. `parameters` is a JSON Schema of an object. */
export interface ModelTool {
  name: string;
  description: string;
  parameters: object;
}

export interface ChatRequest {
  endpoint: ModelEndpoint;
  /** White space around it is ignored: secrets made with `echo` end in a newline. */
  apiKey?: string;
  messages: readonly Message[];
  tools: readonly ModelTool[];
  /** Sent as `Idempotency-Key`; the same for every attempt of the same turn. */
  idempotencyKey?: string;
  signal: AbortSignal;
}

/** Tokens. Zero where the provider does not say. */
export interface Usage {
  inputTokens: number;
  outputTokens: number;
  totalTokens: number;
  /** The part of `inputTokens` that the provider had cached, where it says so. */
  cachedTokens?: number;
}

export interface ChatAnswer {
  kind: 'answer';
  content: string;
  toolCalls: ToolCall[];
  usage: Usage;
  /** The provider's word: `stop`, `length`, `tool_calls`, … Empty where it has none. */
  finishReason: string;
  /** The model that answered, by the provider's name. */
  model: string;
  /** The provider's id of the call, for its support. */
  requestId?: string;
}

/** Failures that time may heal. */
export type RetryReason =
  | 'RateLimited'
  | 'QuotaExceeded'
  | 'Conflict'
  | 'ServerError'
  | 'Timeout'
  | 'Network'
  | 'InvalidAnswer';

/** Failures that the same request will meet again. */
export type FatalReason =
  | 'BadRequest'
  | 'InvalidEndpoint'
  | 'Unauthorized'
  | 'Forbidden'
  | 'NotFound'
  | 'ContextTooLong'
  | 'ContentFiltered'
  | 'OutputTruncated'
  | 'AnswerTooLarge';

export interface ChatRetry {
  kind: 'retry';
  reason: RetryReason;
  /** One line of at most `MAX_MESSAGE` characters, without any secret. */
  message: string;
  /** HTTP status, where there was one. */
  status?: number;
  /** Milliseconds that the provider asks to wait. */
  retryAfterMs?: number;
}

export interface ChatFatal {
  kind: 'fatal';
  reason: FatalReason;
  /** One line of at most `MAX_MESSAGE` characters, without any secret. */
  message: string;
  status?: number;
}

export type ChatFailure = ChatRetry | ChatFatal;
export type ChatOutcome = ChatAnswer | ChatFailure;

/** What the provider makes of a key. Down, slow or without a list of models is `unavailable`, never `rejected`. */
export type KeyCheck =
  | { kind: 'valid' }
  | { kind: 'rejected'; message: string; status?: number }
  | { kind: 'unavailable'; message: string; status?: number };
