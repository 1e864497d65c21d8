import { oneLine, type Redactor } from './redact.ts';
import type { ChatAnswer, ChatFailure, ChatOutcome, FatalReason, Message, ToolCall, Usage } from './types.ts';

/** Limits of one answer: it has to fit into a Kubernetes object. */
export interface AnswerLimits {
  /** Of content and tool call arguments together, in UTF-16 code units. */
  maxCharacters: number;
  maxToolCalls: number;
}

export const DEFAULT_ANSWER_LIMITS: AnswerLimits = { maxCharacters: 1_000_000, maxToolCalls: 128 };

const MAX_ID = 256;
const MAX_NAME = 64;

type Fields = Record<string, unknown>;

/**
 * Reads the body of `POST /chat/completions`, whatever the server made of it. What is merely untidy is put right (an id or
 * a type left out, arguments given as an object, content in parts); what can't be told is a `retry`; what the model
 * would do again is `fatal`. `earlierIds` are those of the conversation's tool calls: new ones must differ.
 */
export function readAnswer(
  body: unknown,
  earlierIds: readonly string[],
  redactor: Redactor,
  limits: AnswerLimits = DEFAULT_ANSWER_LIMITS,
): ChatOutcome {
  if (typeof body === 'string') return invalid(`the answer is no JSON: ${body.slice(0, 200)}`, redactor);
  if (!isFields(body)) return invalid(`the answer is ${kindOf(body)}, not an object`, redactor);
  const failure = failureInBody(body, redactor);
  if (failure !== undefined) return failure;
  if (!Array.isArray(body.choices) || body.choices.length === 0) return invalid('the answer has no choices', redactor);
  const choice: unknown = body.choices[0];
  if (!isFields(choice)) return invalid(`choices[0] is ${kindOf(choice)}, not an object`, redactor);
  const { message } = choice;
  if (!isFields(message)) return invalid(`choices[0].message is ${kindOf(message)}, not an object`, redactor);
  const finishReason = typeof choice.finish_reason === 'string' ? oneLine(choice.finish_reason, 64) : '';
  if (finishReason === 'content_filter') {
    return fatal('ContentFiltered', "the provider's content filter stopped the answer", redactor);
  }
  const content = contentOf(message);
  if (content === undefined) {
    return invalid(`choices[0].message.content is ${kindOf(message.content)}, not a text`, redactor);
  }
  const toolCalls = toolCallsOf(message, earlierIds, limits);
  if (typeof toolCalls === 'string') return invalid(toolCalls, redactor);
  const size = toolCalls.reduce((sum, call) => sum + call.function.arguments.length, content.length);
  if (size > limits.maxCharacters) {
    return fatal(
      'AnswerTooLarge',
      `the answer has ${size} characters, more than the ${limits.maxCharacters} that fit: lower parameters.maxTokens`,
      redactor,
    );
  }
  if (toolCalls.length === 0 && content.trim() === '') {
    if (finishReason === 'length') {
      return fatal(
        'OutputTruncated',
        'the model spent all its tokens before it answered: raise parameters.maxTokens',
        redactor,
      );
    }
    return invalid('the answer is empty: neither text nor tool calls', redactor);
  }
  const answer: ChatAnswer = {
    kind: 'answer',
    content: redactor.answer(content.toWellFormed()),
    toolCalls: toolCalls.map((call) => ({
      ...call,
      function: { name: call.function.name, arguments: redactor.answer(call.function.arguments.toWellFormed()) },
    })),
    usage: usageOf(body.usage),
    finishReason,
    model: typeof body.model === 'string' ? oneLine(body.model, 253) : '',
  };
  return answer;
}

/** Some gateways answer 200 and put the failure into the body. */
function failureInBody(body: Fields, redactor: Redactor): ChatFailure | undefined {
  if (!isFields(body.error) || Array.isArray(body.choices)) return undefined;
  const text = typeof body.error.message === 'string' ? body.error.message : JSON.stringify(body.error).slice(0, 400);
  return invalid(`the provider answered with an error: ${text}`, redactor);
}

/** The text of a message: content, its text parts, or the refusal that takes its place. Undefined where it is neither. */
function contentOf(message: Fields): string | undefined {
  const { content, refusal } = message;
  if (typeof content === 'string' && content !== '') return content;
  if (Array.isArray(content)) {
    const texts = content.map((part: unknown) => {
      if (typeof part === 'string') return part;
      return isFields(part) && typeof part.text === 'string' ? part.text : '';
    });
    return texts.join('');
  }
  if (content !== null && content !== undefined && content !== '') return undefined;
  return typeof refusal === 'string' ? refusal : '';
}

/** Of all tool calls that a conversation asks for, in its order. */
export function toolCallIds(conversation: readonly Message[]): string[] {
  return conversation.flatMap(({ toolCalls }) => toolCalls?.map(({ id }) => id) ?? []);
}

/** The tool calls in order, ids unique in the conversation; or, as text, what is wrong with them. */
function toolCallsOf(message: Fields, earlierIds: readonly string[], limits: AnswerLimits): ToolCall[] | string {
  const given = rawToolCalls(message);
  if (typeof given === 'string') return given;
  if (given.length > limits.maxToolCalls) {
    return `the answer asks for ${given.length} tool calls at once, at most ${limits.maxToolCalls} are allowed`;
  }
  if (given.length === 0) return [];
  const ids = new IdSource(earlierIds);
  const calls: ToolCall[] = [];
  for (const [index, raw] of given.entries()) {
    const where = `tool_calls[${index}]`;
    if (!isFields(raw)) return `${where} is ${kindOf(raw)}, not an object`;
    if (raw.type !== undefined && raw.type !== null && raw.type !== '' && raw.type !== 'function') {
      return `${where}.type is ${JSON.stringify(raw.type).slice(0, 40)}, only functions were offered`;
    }
    if (!isFields(raw.function)) return `${where}.function is ${kindOf(raw.function)}, not an object`;
    const { name } = raw.function;
    if (typeof name !== 'string' || name.trim() === '') return `${where}.function.name is missing`;
    const text = argumentsText(raw.function.arguments);
    if (text === undefined) return `${where}.function.arguments is neither a text nor an object`;
    calls.push({ id: ids.take(raw.id), type: 'function', function: { name: safeName(name), arguments: text } });
  }
  return calls;
}

function rawToolCalls(message: Fields): unknown[] | string {
  const { tool_calls: calls, function_call: legacy } = message;
  if (Array.isArray(calls)) return calls;
  if (calls !== undefined && calls !== null) return `choices[0].message.tool_calls is ${kindOf(calls)}, not a list`;
  // What servers from before tool_calls answer with.
  return isFields(legacy) ? [{ function: legacy }] : [];
}

function argumentsText(value: unknown): string | undefined {
  if (value === undefined || value === null) return '{}';
  if (typeof value === 'string') return value.trim() === '' ? '{}' : value;
  if (!isFields(value)) return undefined;
  try {
    return JSON.stringify(value);
  } catch {
    return undefined; // nested deeper than the stack
  }
}

/** A name that goes back to the provider with the next turn has to keep its rules, even one that was never offered. */
function safeName(name: string): string {
  return name
    .trim()
    .replace(/[^a-zA-Z0-9_-]/g, '_')
    .slice(0, MAX_NAME);
}

/** Gives out ids that occur once in a conversation: the model's own where possible, else `call_<n>`. */
class IdSource {
  readonly #taken: Set<string>;
  #next: number;

  constructor(earlier: readonly string[]) {
    this.#taken = new Set(earlier);
    this.#next = earlier.length + 1;
  }

  take(given: unknown): string {
    const own = typeof given === 'string' && /^[\x21-\x7e]+$/.test(given) && given.length <= MAX_ID ? given : undefined;
    let id = own;
    while (id === undefined || this.#taken.has(id)) {
      id = `call_${this.#next}`;
      this.#next += 1;
    }
    this.#taken.add(id);
    return id;
  }
}

function usageOf(value: unknown): Usage {
  const usage = isFields(value) ? value : {};
  const inputTokens = count(usage.prompt_tokens) ?? 0;
  const outputTokens = count(usage.completion_tokens) ?? 0;
  const details = usage.prompt_tokens_details;
  const cachedTokens = isFields(details) ? count(details.cached_tokens) : undefined;
  return {
    inputTokens,
    outputTokens,
    totalTokens: count(usage.total_tokens) ?? inputTokens + outputTokens,
    ...(cachedTokens === undefined ? {} : { cachedTokens }),
  };
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function invalid(message: string, redactor: Redactor): ChatFailure {
  return { kind: 'retry', reason: 'InvalidAnswer', message: redactor.message(message) };
}

function fatal(reason: FatalReason, message: string, redactor: Redactor): ChatFailure {
  return { kind: 'fatal', reason, message: redactor.message(message) };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
