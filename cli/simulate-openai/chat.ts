/** The part of a chat request that the simulated model reads. Checked by `checkChat`. */
export interface ChatBody {
  model: string;
  messages: ChatMessage[];
  tools?: ChatTool[];
  stream?: boolean | null;
  stream_options?: { include_usage?: boolean } | null;
}

export interface ChatMessage {
  role: string;
  content?: unknown;
  tool_calls?: { id: string; type: string; function: { name: string; arguments: string } }[];
  tool_call_id?: string;
}

export interface ChatTool {
  type: string;
  function: { name: string; description?: string; parameters?: Record<string, unknown> };
}

/** What the model says. */
export interface Reply {
  text: string;
  toolCalls: { name: string; arguments: string; id?: string }[];
  finishReason?: string;
  usage?: { inputTokens?: number; outputTokens?: number };
}

/** The text of a message: its content, or the text parts of it. */
export function textOf(message: ChatMessage | undefined): string {
  const content = message?.content;
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part: unknown) =>
      typeof part === 'object' && part !== null && 'text' in part && typeof part.text === 'string' ? part.text : '',
    )
    .join('');
}

/** The last message of a role. */
export function lastOf(messages: readonly ChatMessage[], role: string): ChatMessage | undefined {
  return messages.findLast((message) => message.role === role);
}

/** An error as OpenAI's API answers it. */
export interface ApiError {
  status: number;
  message: string;
  type: string;
  param: string | null;
  code: string | null;
}

/** A refused request, status 400. */
export function invalidRequest(message: string, param: string | null, code: string | null = null): ApiError {
  return { status: 400, message, type: 'invalid_request_error', param, code };
}
