import type { ApiError, ChatBody, ChatMessage } from './chat.ts';
import { invalidRequest } from './chat.ts';

const ROLES = ['system', 'assistant', 'user', 'function', 'tool', 'developer'];
const NAME = /^[a-zA-Z0-9_-]+$/;
const MAX_NAME = 64;
const MAX_TOOLS = 128;
const RANGES: readonly [field: string, minimum: number, maximum: number][] = [
  ['temperature', 0, 2],
  ['top_p', 0, 1],
  ['frequency_penalty', -2, 2],
  ['presence_penalty', -2, 2],
];

type Fields = Record<string, unknown>;

/**
 * Refuses what OpenAI's API refuses, in its words as far as they are known: above all the order of messages, by which a
 * client shows that it lost or doubled a tool's answer. Gives back the request, or the error to answer.
 */
export function checkChat(body: unknown): { chat: ChatBody } | { error: ApiError } {
  const error = findError(body);
  return error === undefined ? { chat: body as ChatBody } : { error };
}

function findError(body: unknown): ApiError | undefined {
  if (!isFields(body)) {
    return invalidRequest('Invalid body: expected a JSON object.', null);
  }
  if (body.model === undefined || body.model === null || body.model === '') {
    return invalidRequest('you must provide a model parameter', null);
  }
  if (typeof body.model !== 'string') return wrongType('model', 'a string', body.model);
  return parametersError(body) ?? messagesError(body.messages) ?? toolsError(body.tools);
}

function parametersError(body: Fields): ApiError | undefined {
  for (const [field, minimum, maximum] of RANGES) {
    const value = body[field];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'number') return wrongType(field, 'a decimal', value);
    if (value < minimum) return outOfRange(field, 'below minimum', `>= ${minimum}`, value);
    if (value > maximum) return outOfRange(field, 'above maximum', `<= ${maximum}`, value);
  }
  for (const field of ['max_tokens', 'max_completion_tokens', 'seed']) {
    const value = body[field];
    if (value === undefined || value === null) continue;
    if (!Number.isInteger(value)) return wrongType(field, 'an integer', value);
  }
  if (body.stream !== undefined && body.stream !== null && typeof body.stream !== 'boolean') {
    return wrongType('stream', 'a boolean', body.stream);
  }
  return undefined;
}

function messagesError(messages: unknown): ApiError | undefined {
  if (messages === undefined) {
    return invalidRequest("Missing required parameter: 'messages'.", 'messages', 'missing_required_parameter');
  }
  if (!Array.isArray(messages)) return wrongType('messages', 'an array of objects', messages);
  if (messages.length === 0) {
    return invalidRequest(
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      'messages',
      'empty_array',
    );
  }
  for (const [index, message] of messages.entries()) {
    const error = messageError(message, `messages[${index}]`);
    if (error !== undefined) return error;
  }
  return orderError(messages);
}

function messageError(message: unknown, at: string): ApiError | undefined {
  if (!isFields(message)) return wrongType(at, 'an object', message);
  const { role, content } = message;
  if (typeof role !== 'string' || !ROLES.includes(role)) {
    const given = typeof role === 'string' ? role : JSON.stringify(role);
    const all = ROLES.map((name) => `'${name}'`);
    return invalidRequest(
      `Invalid value: '${given}'. Supported values are: ${all.slice(0, -1).join(', ')}, and ${all.at(-1)}.`,
      `${at}.role`,
      'invalid_value',
    );
  }
  const calls = message.tool_calls;
  if (role === 'assistant' && calls !== undefined && calls !== null) {
    const error = toolCallsError(calls, `${at}.tool_calls`);
    if (error !== undefined) return error;
  }
  const mayBeEmpty = role === 'assistant' && Array.isArray(calls);
  if (content === undefined || content === null) {
    return mayBeEmpty
      ? undefined
      : invalidRequest(
          `Invalid value for 'content': expected a string, got ${content === null ? 'null' : 'nothing'}.`,
          `${at}.content`,
        );
  }
  if (typeof content !== 'string' && !Array.isArray(content)) {
    return wrongType(`${at}.content`, 'one of a string or array of objects', content);
  }
  if (role === 'tool' && typeof message.tool_call_id !== 'string') {
    return invalidRequest(
      `Missing required parameter: '${at}.tool_call_id'.`,
      `${at}.tool_call_id`,
      'missing_required_parameter',
    );
  }
  return undefined;
}

function toolCallsError(calls: unknown, at: string): ApiError | undefined {
  if (!Array.isArray(calls)) return wrongType(at, 'an array of objects', calls);
  if (calls.length === 0) {
    return invalidRequest(
      `Invalid '${at}': empty array. Expected an array with minimum length 1, but got an empty array instead.`,
      at,
      'empty_array',
    );
  }
  for (const [index, call] of calls.entries()) {
    const where = `${at}[${index}]`;
    if (!isFields(call)) return wrongType(where, 'an object', call);
    if (typeof call.id !== 'string') return missing(`${where}.id`);
    if (call.type !== 'function') return missing(`${where}.type`);
    if (!isFields(call.function)) return missing(`${where}.function`);
    const error = nameError(call.function.name, `${where}.function.name`);
    if (error !== undefined) return error;
    if (typeof call.function.arguments !== 'string') {
      return wrongType(`${where}.function.arguments`, 'a string', call.function.arguments);
    }
  }
  return undefined;
}

/** Each tool call is answered once, right after the message that asks for it, and nothing else is answered. */
function orderError(messages: ChatMessage[]): ApiError | undefined {
  let open: Set<string> | undefined;
  let asked = new Set<string>();
  for (const [index, message] of messages.entries()) {
    if (message.role === 'tool') {
      const id = message.tool_call_id ?? '';
      if (open === undefined) {
        return invalidRequest(
          "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
          `messages.[${index}].role`,
        );
      }
      if (!asked.has(id)) {
        return invalidRequest(
          `Invalid parameter: 'tool_call_id' of '${id}' not found in 'tool_calls' of previous message.`,
          `messages.[${index}].tool_call_id`,
        );
      }
      if (!open.delete(id)) {
        return invalidRequest(
          `Duplicate value for 'tool_call_id' of '${id}' in message[${index}]`,
          `messages.[${index}].tool_call_id`,
        );
      }
      continue;
    }
    if (open !== undefined && open.size > 0) return unanswered(open, index);
    open = undefined;
    if (message.role === 'assistant' && Array.isArray(message.tool_calls)) {
      asked = new Set(message.tool_calls.map(({ id }) => id));
      open = new Set(asked);
    }
  }
  return open !== undefined && open.size > 0 ? unanswered(open, messages.length) : undefined;
}

function unanswered(ids: ReadonlySet<string>, index: number): ApiError {
  return invalidRequest(
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. " +
      `The following tool_call_ids did not have response messages: ${[...ids].join(', ')}`,
    `messages.[${index}].role`,
  );
}

function toolsError(tools: unknown): ApiError | undefined {
  if (tools === undefined || tools === null) return undefined;
  if (!Array.isArray(tools)) return wrongType('tools', 'an array of objects', tools);
  if (tools.length === 0) {
    return invalidRequest(
      "Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      'tools',
      'empty_array',
    );
  }
  if (tools.length > MAX_TOOLS) {
    return invalidRequest(
      `Invalid 'tools': array too long. Expected an array with maximum length ${MAX_TOOLS}, but got an array with length ${tools.length} instead.`,
      'tools',
      'array_above_max_length',
    );
  }
  for (const [index, tool] of tools.entries()) {
    const error = toolError(tool, `tools[${index}]`);
    if (error !== undefined) return error;
  }
  return undefined;
}

function toolError(tool: unknown, at: string): ApiError | undefined {
  if (!isFields(tool)) return wrongType(at, 'an object', tool);
  if (tool.type === undefined) return missing(`${at}.type`);
  if (tool.type !== 'function') {
    return invalidRequest(
      `Invalid value: '${String(tool.type)}'. Supported values are: 'function' and 'custom'.`,
      `${at}.type`,
      'invalid_value',
    );
  }
  if (!isFields(tool.function)) return missing(`${at}.function`);
  const { name, parameters } = tool.function;
  const error = nameError(name, `${at}.function.name`);
  if (error !== undefined) return error;
  if (parameters === undefined || parameters === null) return undefined;
  const problem = schemaProblem(parameters);
  if (problem === undefined) return undefined;
  return invalidRequest(
    `Invalid schema for function '${String(name)}': ${problem}`,
    `${at}.function.parameters`,
    'invalid_function_parameters',
  );
}

function schemaProblem(schema: unknown): string | undefined {
  if (!isFields(schema)) return `${JSON.stringify(schema)?.slice(0, 100)} is not of type 'object', 'boolean'.`;
  if (schema.type !== 'object') {
    const got = schema.type === undefined ? 'None' : String(schema.type);
    return `schema must be a JSON Schema of 'type: "object"', got 'type: "${got}"'.`;
  }
  if (schema.properties === undefined) return 'In context=(), object schema missing properties.';
  if (!isFields(schema.properties)) {
    return `In context=('properties',), ${JSON.stringify(schema.properties)?.slice(0, 100)} is not of type 'object'.`;
  }
  for (const [name, property] of Object.entries(schema.properties)) {
    if (isFields(property) && property.type === 'array' && property.items === undefined) {
      return `In context=('properties', '${name}'), array schema missing items.`;
    }
  }
  return undefined;
}

function nameError(name: unknown, at: string): ApiError | undefined {
  if (name === undefined) return missing(at);
  if (typeof name !== 'string') return wrongType(at, 'a string', name);
  if (name === '') {
    return invalidRequest(
      `Invalid '${at}': empty string. Expected a string with minimum length 1, but got an empty string instead.`,
      at,
      'empty_string',
    );
  }
  if (name.length > MAX_NAME) {
    return invalidRequest(
      `Invalid '${at}': string too long. Expected a string with maximum length ${MAX_NAME}, but got a string with length ${name.length} instead.`,
      at,
      'string_above_max_length',
    );
  }
  if (NAME.test(name)) return undefined;
  return invalidRequest(
    `Invalid '${at}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
    at,
    'invalid_value',
  );
}

function missing(at: string): ApiError {
  return invalidRequest(`Missing required parameter: '${at}'.`, at, 'missing_required_parameter');
}

function wrongType(at: string, expected: string, value: unknown): ApiError {
  return invalidRequest(
    `Invalid type for '${at}': expected ${expected}, but got ${kindOf(value)} instead.`,
    at,
    'invalid_type',
  );
}

function outOfRange(at: string, how: string, expected: string, value: number): ApiError {
  return invalidRequest(
    `Invalid '${at}': decimal ${how} value. Expected a value ${expected}, but got ${value} instead.`,
    at,
    how === 'above maximum' ? 'decimal_above_max_value' : 'decimal_below_min_value',
  );
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'an integer' : 'a decimal';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
