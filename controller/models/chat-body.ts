import type OpenAI from 'openai';
import { EndpointError, type ResolvedEndpoint } from './endpoint.ts';
import type { ChatRequest, Message, ModelParameters, ModelTool } from './types.ts';

type Body = OpenAI.ChatCompletionCreateParamsNonStreaming;
type BodyMessage = OpenAI.ChatCompletionMessageParam;
type BodyTool = OpenAI.ChatCompletionFunctionTool;

/** The request body of `POST /chat/completions`. Throws `EndpointError` where a parameter is no number. */
export function chatBody(request: ChatRequest, endpoint: ResolvedEndpoint): Body {
  const { parameters, provider } = request.endpoint;
  const body: Body & { top_k?: number } = {
    model: endpoint.model,
    messages: request.messages.map((message) => bodyMessage(message, provider === 'anthropic')),
  };
  if (request.tools.length > 0) body.tools = request.tools.map(bodyTool);
  const temperature = decimal(parameters, 'temperature');
  if (temperature !== undefined) body.temperature = temperature;
  const topP = decimal(parameters, 'topP');
  if (topP !== undefined) body.top_p = topP;
  const frequencyPenalty = decimal(parameters, 'frequencyPenalty');
  if (frequencyPenalty !== undefined) body.frequency_penalty = frequencyPenalty;
  const presencePenalty = decimal(parameters, 'presencePenalty');
  if (presencePenalty !== undefined) body.presence_penalty = presencePenalty;
  if (parameters.maxTokens !== undefined) body[endpoint.maxTokensField] = parameters.maxTokens;
  // Not OpenAI's, but that of vLLM, Ollama and most other servers that speak its API.
  if (parameters.topK !== undefined) body.top_k = parameters.topK;
  if (parameters.seed !== undefined) body.seed = parameters.seed;
  if (parameters.stop !== undefined && parameters.stop.length > 0) body.stop = parameters.stop;
  if (parameters.reasoningEffort !== undefined) {
    body.reasoning_effort = parameters.reasoningEffort as NonNullable<Body['reasoning_effort']>;
  }
  return body;
}

function bodyMessage(message: Message, argumentsMustBeObjects: boolean): BodyMessage {
  const named = message.name === undefined || message.role === 'tool' ? {} : { name: message.name };
  if (message.role === 'tool') {
    return { role: 'tool', content: message.content, tool_call_id: message.toolCallId ?? '' };
  }
  if (message.role === 'assistant' && message.toolCalls !== undefined && message.toolCalls.length > 0) {
    return {
      role: 'assistant',
      // Anthropic refuses empty texts; null is what OpenAI itself sends.
      content: message.content === '' ? null : message.content,
      tool_calls: message.toolCalls.map(({ id, function: { name, arguments: text } }) => ({
        id,
        type: 'function',
        function: { name, arguments: argumentsMustBeObjects ? objectText(text) : text },
      })),
      ...named,
    };
  }
  return { role: message.role, content: message.content, ...named };
}

/** Anthropic parses the arguments of earlier calls, and refuses the whole conversation for one that is no JSON object. */
function objectText(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return text;
  } catch {
    // no JSON: wrapped like other values that are no object
  }
  return JSON.stringify({ invalid_arguments: text });
}

function bodyTool({ name, description, parameters }: ModelTool): BodyTool {
  return {
    type: 'function',
    function: {
      name,
      ...(description === '' ? {} : { description }),
      // OpenAI refuses an object schema without `properties`, which MCP allows for tools without arguments.
      parameters: { type: 'object', properties: {}, ...parameters },
    },
  };
}

function decimal(
  parameters: ModelParameters,
  field: 'temperature' | 'topP' | 'frequencyPenalty' | 'presencePenalty',
): number | undefined {
  const text = parameters[field];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (Number.isFinite(value)) return value;
  throw new EndpointError(
    'InvalidEndpoint',
    `parameters.${field} must be a decimal number such as "0.7", it is ${JSON.stringify(text.slice(0, 40))}`,
  );
}
