import { apiKeySource, commonStatus, READY_STATES, UNSEEN } from './common.ts';
import { defineKind, STATUS_COLUMNS } from './kind.ts';
import type { TypeOf } from './schema.ts';
import { int, list, object, oneOf, str } from './schema.ts';

/** Numbers are decimal strings, as in the original: Kubernetes' conventions ask to keep floats out of specs. */
const UP_TO_ONE = '^(0(\\.[0-9]{1,10})?|1(\\.0{1,10})?)$';
const UP_TO_TWO = '^([01](\\.[0-9]{1,10})?|2(\\.0{1,10})?)$';
const MINUS_TWO_TO_TWO = '^-?([01](\\.[0-9]{1,10})?|2(\\.0{1,10})?)$';

/** The model asked when an LLM names none. */
export const DEFAULT_MODELS = { openai: 'gpt-4o', anthropic: 'claude-sonnet-4-6' } as const;

/**
 * Where a provider is when an LLM does not say. Provider `anthropic` goes through Anthropic's OpenAI-compatible endpoint,
 * not its Messages API: one wire format, one library and one set of failures for every provider. What that costs: prompt
 * caching, `topK`, `seed` and the penalties are ignored by that endpoint (https://docs.claude.com/en/api/openai-sdk).
 */
export const DEFAULT_BASE_URLS = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com/v1',
} as const;

const parameters = object(
  'How the model is asked.',
  {},
  {
    model: str(
      'The model, by the name its provider gives it: `gpt-4o`, `claude-sonnet-4-5`, `llama3.3`. Without it, the provider’s default of this program.',
      { minLength: 1, maxLength: 253 },
    ),
    baseUrl: str(
      'Where the provider’s API is, `/v1` included: an OpenAI-compatible server such as vLLM, Ollama or a gateway.',
      {
        maxLength: 2048,
        pattern: '^https?://[^\\s]+$',
      },
    ),
    temperature: str('Sampling temperature, `0` to `2`.', { pattern: UP_TO_TWO }),
    maxTokens: int('The longest answer, in tokens.', { minimum: 1 }),
    topP: str('Nucleus sampling, `0` to `1`.', { pattern: UP_TO_ONE }),
    topK: int('Sampling among the k likeliest tokens, where the provider knows it.', { minimum: 1 }),
    frequencyPenalty: str('`-2` to `2`.', { pattern: MINUS_TWO_TO_TWO }),
    presencePenalty: str('`-2` to `2`.', { pattern: MINUS_TWO_TO_TWO }),
    seed: int('Asks the provider for repeatable answers.'),
    stop: list('Texts that end an answer.', str('A text.', { minLength: 1, maxLength: 256 }), { maxItems: 4 }),
    reasoningEffort: oneOf('How long a reasoning model thinks.', ['minimal', 'low', 'medium', 'high']),
    timeoutSeconds: int('Seconds after which one model call counts as failed and is tried again; 600 when absent.', {
      minimum: 1,
      maximum: 86400,
    }),
    maxRetries: int('How often a failed model call is tried again before the run fails; 10 when absent.', {
      minimum: 0,
      maximum: 100,
    }),
    maxConcurrentRequests: int(
      'How many calls of this LLM may be under way at once; more wait their turn. No limit of its own when absent.',
      { minimum: 1 },
    ),
  },
);

const spec = object(
  'Which provider, which key, which parameters.',
  {
    provider: oneOf(
      'Who serves the model. `openai` is also every server that speaks its API (see `parameters.baseUrl`).',
      ['openai', 'anthropic'],
    ),
  },
  {
    apiKeyFrom: apiKeySource('Where the API key is. May be left out with a `parameters.baseUrl` that needs none.'),
    parameters,
    temperature: str('As `parameters.temperature`, which is to be preferred.', { pattern: UP_TO_ONE }),
    maxTokens: int('As `parameters.maxTokens`, which is to be preferred.', { minimum: 1 }),
    openai: object(
      'What only OpenAI knows.',
      {},
      {
        organization: str('Sent as OpenAI-Organization.', { maxLength: 253 }),
        project: str('Sent as OpenAI-Project.', { maxLength: 253 }),
      },
    ),
  },
  {
    'x-kubernetes-validations': [
      {
        rule: 'has(self.apiKeyFrom) || (has(self.parameters) && has(self.parameters.baseUrl))',
        message: 'apiKeyFrom is required, unless parameters.baseUrl names a server that needs no key',
        reason: 'FieldValueRequired',
        fieldPath: '.apiKeyFrom',
      },
      {
        rule: '!(has(self.temperature) && has(self.parameters) && has(self.parameters.temperature))',
        message: 'set temperature or parameters.temperature, not both',
      },
      {
        rule: '!(has(self.maxTokens) && has(self.parameters) && has(self.parameters.maxTokens))',
        message: 'set maxTokens or parameters.maxTokens, not both',
      },
      {
        rule: "!has(self.openai) || self.provider == 'openai'",
        message: 'openai may only be set with provider openai',
      },
    ],
  },
);

const status = object('What the controller found.', {}, commonStatus(READY_STATES));

export const llms = defineKind({
  kind: 'LLM',
  plural: 'llms',
  description: 'A model at a provider: provider, API key and parameters.',
  spec,
  status,
  initialStatus: UNSEEN,
  columns: [{ name: 'Provider', path: '.spec.provider' }, ...STATUS_COLUMNS],
});

export type LLMSpec = TypeOf<typeof spec>;
export type LLMParameters = TypeOf<typeof parameters>;
export type LLM = NonNullable<typeof llms.object>;
