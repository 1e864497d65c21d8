import { networks } from './mcppod.ts';
import { patterns } from './policymatch.ts';
import { podTemplates } from './policypods.ts';
import { PROVENANCE_TRUST } from './provenance.ts';
import type { TypeOf } from './schema.ts';
import { anyObject, bool, int, list, listByKey, object, oneOf, str } from './schema.ts';

/** A Go duration of whole numbers: `90s`, `1h30m`. */
export const DURATION_PATTERN = '^([0-9]{1,9}(h|m|s|ms)){1,4}$';
const UP_TO_TWO = '^([01](\\.[0-9]{1,10})?|2(\\.0{1,10})?)$';

export const TOOL_ACTIONS = ['Allow', 'Deny', 'RequireApproval'] as const;
const FAILED_ACTIONS = ['Deny', 'RequireApproval'] as const;

/** DNS label: what names of rules look like, so that they can never be mistaken for those of sections. */
const RULE_NAME = { minLength: 1, maxLength: 63, pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$' } as const;
const CEL = { minLength: 1, maxLength: 10_240 } as const;

export const severity = (description: string) => oneOf(description, ['info', 'low', 'medium', 'high', 'critical']);
export const docsUrl = (description: string) => str(description, { maxLength: 2048, pattern: '^https?://[^\\s]+$' });
const message = str('What the finding says instead of a text of ours: one line.', { minLength: 1, maxLength: 1024 });

const argumentRule = object(
  'What must hold for the arguments of a call. When it does not hold, cannot be decided, or the arguments are no JSON object, the action follows.',
  { tools: patterns('Tools whose calls are judged.') },
  {
    name: str('Name of the rule, for messages and exceptions; its index when absent.', RULE_NAME),
    cel: str('A CEL expression over `args` (and all that `rules` may use) that must be true.', CEL),
    schema: anyObject('A JSON Schema that the arguments must fit. References stay within it; patterns are RE2.'),
    action: oneOf('What follows when it does not hold; Deny when absent.', FAILED_ACTIONS),
    message,
    severity: severity('How bad that is.'),
    docs: docsUrl('Where people read more.'),
  },
  {
    'x-kubernetes-validations': [
      { rule: 'has(self.cel) != has(self.schema)', message: 'exactly one of cel and schema is required' },
    ],
  },
);
export type ArgumentRule = TypeOf<typeof argumentRule>;

export const tools = object(
  'Which tools may be called. Tools are named `<mcpserver>/<tool>`, `builtin/<name>`, `tool/<Tool>`, `agent/<Agent>`, `human/<ContactChannel>`; patterns are split at the first slash, and `*` in the tool’s part matches slashes too.',
  {},
  {
    allow: patterns('Tools that may be called. Limits nothing by itself: `defaultAction` says what becomes of others.'),
    requireApproval: patterns('Tools each call of which a human has to approve.'),
    deny: patterns('Tools that may not be called, whatever else allows them.'),
    arguments: list('What must hold for arguments.', argumentRule, { maxItems: 256 }),
  },
);
export type ToolSection = TypeOf<typeof tools>;

const groups = (description: string) =>
  list(description, str('A group.', { minLength: 1, maxLength: 512 }), { maxItems: 64 });

export const approval = object(
  'How a call that this policy holds back is approved.',
  {},
  {
    minApprovals: int('How many people have to approve; 1 when absent.', { minimum: 1, maximum: 16 }),
    approvers: object(
      'Who counts; anybody whom RBAC lets approve when absent.',
      { groups: groups('One of these groups.') },
      {},
    ),
    notRequester: bool('Whether who asked for the run may not approve its calls; true when absent.'),
    allowServiceAccounts: bool('Whether service accounts may approve; false when absent.'),
    expiresAfter: str('How long a call waits; without end when absent. `30m`, `72h`.', {
      maxLength: 40,
      pattern: DURATION_PATTERN,
    }),
    onTimeout: oneOf(
      'What follows when nobody decided in time: the call is rejected (Reject, when absent), the run fails (Fail), or `escalateTo` may decide too (Escalate).',
      ['Reject', 'Fail', 'Escalate'],
    ),
    escalateTo: object('Who may decide after the time, too.', { groups: groups('One of these groups.') }, {}),
  },
  {
    'x-kubernetes-validations': [
      {
        rule: "(has(self.onTimeout) && self.onTimeout == 'Escalate') == has(self.escalateTo)",
        message: 'escalateTo is required with onTimeout Escalate, and only there',
        fieldPath: '.escalateTo',
      },
      {
        rule: '!has(self.onTimeout) || has(self.expiresAfter)',
        message: 'onTimeout needs expiresAfter',
        fieldPath: '.expiresAfter',
        reason: 'FieldValueRequired',
      },
    ],
  },
);
export type ApprovalSection = TypeOf<typeof approval>;

export const llms = object(
  'Which models may be asked. An LLM that leaves a field out is judged by what the program would use.',
  {},
  {
    allow: patterns('`<provider>/<model>`: only these may be asked.'),
    deny: patterns('`<provider>/<model>`: these may not be asked.'),
    baseURLs: patterns(
      'Where models may be: `https://api.openai.com/`, `https://*.internal:8443/v1/`. Scheme, host, port and the beginning of the path must match; a `*` stands for one label of the host, a leading `**.` for several.',
      256,
    ),
    maxTemperature: str('The highest sampling temperature, `0` to `2`; an LLM that sets none is asked with 1.', {
      pattern: UP_TO_TWO,
    }),
    maxTokens: int('The longest answer that an LLM may ask for; one that sets no limit asks for more.', { minimum: 1 }),
  },
);
export type LlmSection = TypeOf<typeof llms>;

export const mcpServers = object(
  'Which MCP servers there may be.',
  {},
  {
    allow: patterns('Names of MCPServers: only these.'),
    deny: patterns('Names of MCPServers: not these.'),
    transports: list('Transports: only these.', oneOf('A transport.', ['stdio', 'http', 'sse']), {
      maxItems: 8,
      'x-kubernetes-list-type': 'set',
    }),
    commands: list(
      'Programs that stdio servers may run: only these.',
      object(
        'A program.',
        { command: str('The command, exactly as the server has it.', { minLength: 1, maxLength: 4096 }) },
        {
          args: list(
            'Its arguments, one pattern each, all of them; any arguments when absent.',
            str('A pattern; `*` stands for any text without a `..` path segment.', { maxLength: 4096 }),
            { maxItems: 256 },
          ),
        },
      ),
      { maxItems: 256 },
    ),
    images: patterns(
      'Images that servers may run in as Pods (`spec.image`), or through docker, podman or nerdctl: `ghcr.io/acme/*@sha256:*`. Judged with the registry written out (`docker.io/library/…`); what cannot be read for certain is refused.',
    ),
    urls: patterns('Where http and sse servers may be, as `llms.baseURLs`.', 256),
    egress: object(
      'Where stdio servers that run as Pods may connect to. Each list limits what it is about; of what has no list nothing is said.',
      {},
      {
        networks: networks(
          'Networks and ports, as in `spec.egress` of the server, each of which has to lie within one of these. Empty: none.',
        ),
        hosts: patterns(
          'Hosts of `spec.egressHosts`, with port where it is not 443: `api.example.com`, `*.example.com:8443`, `**.example.com`. A server’s own `*.example.com` stands for names of any depth, and needs the last one. Empty: none.',
          256,
        ),
        privateHosts: patterns(
          'Of these, the ones that may lead to addresses that are not public (`private: true`). Empty: none.',
          256,
        ),
      },
    ),
    podTemplate: podTemplates('stdio servers that run as Pods'),
    env: object(
      'Environment variables and headers.',
      {},
      {
        allow: patterns('Names of environment variables of stdio servers: only these.', 256),
        denyLiteralSecrets: bool(
          'Whether a value that looks like a secret, or whose name does, must come from a Secret.',
        ),
      },
    ),
  },
);
export type McpServerSection = TypeOf<typeof mcpServers>;

export const externalAPIs = object(
  'Which HTTP APIs Tools may call.',
  {},
  {
    urls: patterns('Where they may be, as `llms.baseURLs`.', 256),
    methods: list('HTTP methods: only these.', oneOf('A method.', ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']), {
      maxItems: 8,
      'x-kubernetes-list-type': 'set',
    }),
  },
);
export type ExternalApiSection = TypeOf<typeof externalAPIs>;

export const containers = object(
  'Which containers Tools may run.',
  {},
  {
    images: patterns(
      'Images: only these: `ghcr.io/acme/*@sha256:*`. Judged with the registry written out (`docker.io/library/…`).',
    ),
    egress: object(
      'Where they may connect to.',
      {},
      {
        networks: networks(
          'Networks and ports, as in `egress` of the container, each of which has to lie within one of these. Empty: none.',
        ),
      },
    ),
    podTemplate: podTemplates('container Tools'),
  },
);
export type ContainerSection = TypeOf<typeof containers>;

export const secrets = object(
  'Which Secret may go where, so that no address carries a key away.',
  {
    allow: list(
      'What may be used, and where: only these.',
      object(
        'A Secret.',
        { name: str('Its name; `*` stands for any text.', { minLength: 1, maxLength: 253 }) },
        {
          hosts: patterns(
            'Hosts that it may be sent to, with port where it is not the scheme’s own; with `hosts` or `mcpServers`, nowhere else.',
            256,
          ),
          mcpServers: patterns('Names of stdio MCPServers that may be given it as an environment variable.', 256),
        },
      ),
      { maxItems: 256 },
    ),
  },
  {},
);
export type SecretSection = TypeOf<typeof secrets>;

export const prompts = object(
  'What prompts may be: system prompts of Agents; message, goal and history of Tasks.',
  {},
  {
    maxBytes: int('The longest text, in bytes of UTF-8.', { minimum: 1 }),
    denySecretPatterns: bool('Whether a text that looks as if it holds a key or a password is refused.'),
  },
);
export type PromptSection = TypeOf<typeof prompts>;

export const limits = object(
  'Where runs end. The lowest limit of all policies counts.',
  {},
  {
    maxTurns: int('Model calls of a run.', { minimum: 1 }),
    maxToolCalls: int('Tool calls of a run.', { minimum: 0 }),
    maxTokens: int('Tokens of a run, as the models report them.', { minimum: 1 }),
    maxDuration: str('Time since the start of a run: `30m`, `2h`.', { maxLength: 40, pattern: DURATION_PATTERN }),
    maxDepth: int('How deep agents may delegate to agents; 0 is not at all.', { minimum: 0, maximum: 64 }),
    maxParallelToolCalls: int('Tool calls of a run under way at once; further ones wait their turn or are refused.', {
      minimum: 1,
    }),
  },
);
export type LimitSection = TypeOf<typeof limits>;

export const require = object(
  'What Agents, LLMs, MCPServers, Tools and ContactChannels have to carry; Tasks too, where `match.kinds` names them.',
  {},
  {
    labels: list('Labels that must be there and not empty.', str('A label.', { minLength: 1, maxLength: 317 }), {
      maxItems: 64,
      'x-kubernetes-list-type': 'set',
    }),
    provenance: bool('Whether the commit it comes from must be known: from `kubechain stamp`, Argo CD or Flux.'),
    provenanceTrust: oneOf(
      'How well that commit must be known; asks for provenance by itself. Claimed: the object says so (as `provenance: true`). Verified: a signed stamp, or a GitOps identity changed it last and its Application lists it.',
      PROVENANCE_TRUST,
    ),
  },
);
export type RequireSection = TypeOf<typeof require>;

export const rules = listByKey(
  'Any other rule, in CEL.',
  'name',
  object(
    'A rule. When the expression is not true or fails, the action follows.',
    {
      name: str('Its name.', RULE_NAME),
      expression: str(
        'What must be true. Variables: `object`, `oldObject` (null unless it is an update), `request` (operation, kind, name, namespace, userInfo where known), `agent`, `llm`, `task`, `run`, `tool`, `mcpServer` (null where there is none), `toolCall` (id, server, name), `args`, `namespaceObject`, `params`, `now`. A rule that names `toolCall` or `args` is for tool calls only, one that names `run` for what has one.',
        CEL,
      ),
    },
    {
      when: str('The rule counts only where this CEL expression is true; where it fails, the rule has failed.', CEL),
      kinds: list('Kinds it is for; all that the policy matches when absent.', str('A kind.', { maxLength: 63 }), {
        maxItems: 16,
        'x-kubernetes-list-type': 'set',
      }),
      action: oneOf(
        'What follows: Deny (when absent), RequireApproval (tool calls only; other objects are not judged).',
        FAILED_ACTIONS,
      ),
      message,
      messageExpression: str('A CEL expression that makes the message: one line of text.', CEL),
      severity: severity('How bad that is.'),
      docs: docsUrl('Where people read more.'),
    },
  ),
  { maxItems: 128 },
);
export type PolicyRule = TypeOf<typeof rules>[number];
