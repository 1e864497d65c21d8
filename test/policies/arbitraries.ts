import fc from 'fast-check';
import type { PolicySpec } from '../../api/index.ts';

/** Parts of policies that say something about the objects below: few words, so that they often meet. */
const toolPattern = fc.constantFrom(
  '*',
  'github/*',
  'github/delete_*',
  '*/read',
  'fetch/fetch',
  'builtin/add',
  'tool/*',
  'agent/*',
);
const list = <T>(items: fc.Arbitrary<T>) => fc.uniqueArray(items, { maxLength: 3 });
const optional = <T>(item: fc.Arbitrary<T>) => fc.option(item, { nil: undefined });

const parts = {
  mode: fc.constantFrom('Enforce', 'Enforce', 'Enforce', 'Warn', 'Audit', 'Off'),
  match: fc.constantFrom(
    {},
    { agents: ['billing-*'] },
    { agents: ['sales-*'] },
    { kinds: ['Agent', 'LLM'] },
    { objectSelector: { matchLabels: { env: 'prod' } } },
  ),
  exclude: fc.constantFrom({}, { kinds: ['MCPServer'] }, { agents: ['sales-*'] }),
  defaultAction: fc.constantFrom('Allow', 'Deny', 'RequireApproval'),
  tools: fc.record(
    {
      allow: list(toolPattern),
      requireApproval: list(toolPattern),
      deny: list(toolPattern),
      arguments: list(
        fc.constantFrom(
          { tools: ['github/*'], cel: 'args.n < 5' },
          { tools: ['*'], schema: { required: ['n'] }, action: 'RequireApproval' },
        ),
      ),
    },
    { requiredKeys: [] },
  ),
  approval: fc.constantFrom(
    {},
    { minApprovals: 2 },
    { approvers: { groups: ['leads'] } },
    { expiresAfter: '1h', onTimeout: 'Fail' },
  ),
  llms: fc.record(
    {
      allow: list(fc.constantFrom('openai/*', 'openai/gpt-4o', 'anthropic/*')),
      deny: list(fc.constantFrom('openai/gpt-4o', '*/claude*')),
      baseURLs: list(fc.constantFrom('https://api.openai.com/', 'https://api.anthropic.com/v1', 'https://*.internal/')),
      maxTemperature: fc.constantFrom('0', '0.5', '1', '2'),
      maxTokens: fc.constantFrom(1, 1000),
    },
    { requiredKeys: [] },
  ),
  mcpServers: fc.record(
    {
      transports: list(fc.constantFrom('stdio', 'http', 'sse')),
      commands: fc.constantFrom(
        [],
        [{ command: 'uvx' }],
        [{ command: 'uvx', args: [] }],
        [{ command: 'uvx', args: ['a*'] }],
      ),
      urls: list(fc.constantFrom('https://*.internal/')),
      egress: fc.record(
        {
          networks: list(fc.constantFrom({ cidr: '10.0.0.0/8' }, { cidr: '0.0.0.0/0', ports: [{ port: 443 }] })),
          hosts: list(fc.constantFrom('api.example.com', '**.example.com', '**')),
          privateHosts: fc.constantFrom([], ['*.internal:8443']),
        },
        { requiredKeys: [] },
      ),
      podTemplate: fc.constantFrom(
        {},
        { serviceAccountNames: ['default'], caBundles: [] },
        { tolerations: [{ key: 'gpu*', effect: 'NoSchedule' as const }], runtimeClassNames: ['gvisor'] },
        { proxies: ['http://proxy.internal:3128/'], nodeSelector: { pool: 'agents' } },
      ),
      env: fc.constantFrom({}, { denyLiteralSecrets: true }, { allow: [] }),
    },
    { requiredKeys: [] },
  ),
  externalAPIs: fc.record(
    { urls: list(fc.constantFrom('https://api.example.com/')), methods: list(fc.constantFrom('GET', 'POST')) },
    { requiredKeys: [] },
  ),
  containers: fc.constantFrom(
    {},
    { images: [] },
    { images: ['ghcr.io/acme/*'] },
    { egress: { networks: [] } },
    { egress: { networks: [{ cidr: '10.0.0.0/8' }] } },
    { podTemplate: { serviceAccountNames: ['reports'], tolerations: [] } },
  ),
  secrets: fc.constantFrom(
    { allow: [] },
    { allow: [{ name: 'openai', hosts: ['api.openai.com'] }] },
    { allow: [{ name: '*', mcpServers: ['fetch'] }] },
  ),
  prompts: fc.constantFrom({ maxBytes: 10 }, { denySecretPatterns: true }),
  limits: fc.constantFrom({ maxTurns: 3 }, { maxToolCalls: 2, maxDepth: 1 }),
  require: fc.constantFrom({ labels: ['team'] }, { provenance: true }, { provenanceTrust: 'Verified' as const }),
  rules: list(
    fc.constantFrom(
      { name: 'named', expression: "object.metadata.name != 'billing-bot'" },
      { name: 'small', expression: 'args.n < 3', action: 'RequireApproval' },
      { name: 'ann', expression: "request.userInfo.username == 'ann'", kinds: ['Agent'] },
    ),
  ),
  exceptions: fc.constantFrom({}, { allow: true }),
};

export const policySpec: fc.Arbitrary<PolicySpec> = fc.record(parts, { requiredKeys: [] }).map((spec) => {
  const { rules, ...rest } = spec;
  const unique = rules === undefined ? {} : { rules: [...new Map(rules.map((rule) => [rule.name, rule])).values()] };
  return { ...rest, ...unique } as unknown as PolicySpec;
});

const clean = <T extends object>(record: fc.Arbitrary<T>): fc.Arbitrary<object> =>
  record.map((each) => Object.fromEntries(Object.entries(each).filter(([, value]) => value !== undefined)));

export const llmSpec = clean(
  fc.record({
    provider: fc.constantFrom('openai', 'anthropic'),
    apiKeyFrom: optional(fc.constantFrom({ secretKeyRef: { name: 'openai', key: 'k' } })),
    parameters: optional(
      clean(
        fc.record({
          model: optional(fc.constantFrom('gpt-4o', 'gpt-5', 'claude-sonnet-4-6')),
          baseUrl: optional(
            fc.constantFrom('https://api.openai.com/v1', 'https://vllm.internal/v1', 'https://evil.example/'),
          ),
          temperature: optional(fc.constantFrom('0', '0.7', '1', '1.5')),
          maxTokens: optional(fc.constantFrom(100, 5000)),
        }),
      ),
    ),
  }),
);

export const serverSpec = fc.oneof(
  clean(
    fc.record({
      transport: fc.constant('stdio'),
      command: fc.constantFrom('uvx', 'npx'),
      args: optional(fc.constantFrom([], ['abc'])),
      env: optional(fc.constantFrom([], [{ name: 'TOKEN', value: 'x' }])),
      egress: optional(
        fc.constantFrom([], [{ cidr: '0.0.0.0/0' }], [{ cidr: '10.1.0.0/16', ports: [{ port: 443 }, { port: 80 }] }]),
      ),
      egressHosts: optional(
        fc.constantFrom([{ host: '*.example.com' }], [{ host: 'a.internal', ports: [8443], private: true }]),
      ),
      podTemplate: optional(
        fc.constantFrom(
          {},
          { serviceAccountName: 'admin', tolerations: [{ operator: 'Exists' }] },
          { tolerations: [{ key: 'gpu', operator: 'Exists', effect: 'NoSchedule' }], runtimeClassName: 'gvisor' },
          { nodeSelector: { pool: 'agents' }, caBundle: { name: 'ca', key: 'ca.crt' } },
        ),
      ),
    }),
  ),
  clean(
    fc.record({
      transport: fc.constantFrom('http', 'sse'),
      url: fc.constantFrom('https://a.internal/mcp', 'https://evil.example/mcp'),
      headers: optional(fc.constantFrom([], [{ name: 'Authorization', value: 'x' }])),
    }),
  ),
);

export const apiSpec = clean(
  fc.record({
    url: fc.constantFrom('https://api.example.com/v1', 'https://evil.example/'),
    method: optional(fc.constantFrom('GET', 'POST')),
  }),
);

export const toolCall = fc.record({
  id: fc.constantFrom('github/delete_repo', 'github/read', 'fetch/fetch', 'builtin/add', 'agent/helper', 'tool/orders'),
  args: fc.constantFrom({}, { n: 1 }, { n: 4 }, { n: 9 }, { n: 'x' }),
  counters: fc.constantFrom({}, { turns: 4, toolCalls: 3, depth: 2 }),
});
