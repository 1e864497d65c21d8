const text = { type: 'string', maxLength: 1_000_000 };
const short = { type: 'string', minLength: 1, maxLength: 1000 };
const milliseconds = { type: 'integer', minimum: 0, maximum: 2 ** 31 - 1 };
const tokens = { type: 'integer', minimum: 0 };

const when = {
  type: 'object',
  additionalProperties: false,
  properties: {
    user: short,
    userMatches: short,
    system: short,
    toolResult: short,
    model: short,
    tools: { type: 'array', items: short, minItems: 1, maxItems: 128 },
    turn: { type: 'integer', minimum: 1 },
    lastRole: { enum: ['system', 'user', 'assistant', 'tool'] },
  },
};

const toolCall = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name: text,
    // An object, or the very text, which need not be JSON.
    arguments: { type: ['object', 'string'] },
    id: text,
  },
};

const fault = {
  type: 'object',
  additionalProperties: false,
  properties: {
    status: { type: 'integer', minimum: 400, maximum: 599 },
    retryAfter: { type: ['number', 'string'] },
    message: text,
    type: short,
    code: short,
    cut: { enum: ['before-headers', 'mid-body'] },
    body: {},
    bodyText: text,
    contentType: short,
  },
};

const rule = {
  type: 'object',
  additionalProperties: false,
  properties: {
    name: short,
    when,
    times: { type: 'integer', minimum: 1 },
    latencyMs: milliseconds,
    dribbleMs: milliseconds,
    text,
    toolCalls: { type: 'array', items: toolCall, minItems: 1, maxItems: 1000 },
    finishReason: short,
    usage: {
      type: 'object',
      additionalProperties: false,
      properties: { inputTokens: tokens, outputTokens: tokens },
    },
    fault,
  },
};

/** JSON Schema of a script. */
export const scriptSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['rules'],
  properties: {
    models: { type: 'array', items: short, minItems: 1 },
    rules: { type: 'array', items: rule, maxItems: 10_000 },
  },
};
