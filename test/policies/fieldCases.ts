import type { PolicySpec } from '../../api/index.ts';
import type { PolicyRequest } from '../../policies/engine/index.ts';
import { about, agent, api, call, exception, llm, NAMESPACE, NOW, server, task, tool } from './support.ts';

type Question = (spec: PolicySpec) => PolicyRequest;
/** Two policies that differ in the field alone, and what is asked of both. */
export type Case = readonly [one: PolicySpec, other: PolicySpec, question: Question];

const DENY: PolicySpec = { tools: { deny: ['github/*'] } };
const GITHUB = call('github/delete_repo');
const HELD: PolicySpec = { tools: { requireApproval: ['github/*'] } };
const held = (approval: PolicySpec['approval'], other: PolicySpec['approval']): Case => [
  { ...HELD, ...(approval === undefined ? {} : { approval }) },
  { ...HELD, ...(other === undefined ? {} : { approval: other }) },
  GITHUB,
];
const matched = (match: PolicySpec['match'], question: Question, other: PolicySpec['match'] = undefined): Case => [
  { ...DENY, match: match ?? {} },
  { ...DENY, match: other ?? {} },
  question,
];
const excluded = (exclude: PolicySpec['exclude'], question: Question): Case => [
  { ...DENY, exclude: exclude ?? {} },
  DENY,
  question,
];
const argument = (more: object, other: object): Case => {
  const fill = (given: object): object => ('schema' in given ? given : { cel: 'args.n < 5', ...given });
  const rule = { tools: ['github/*'], ...fill(more) };
  const otherRule = { tools: ['github/*'], ...fill(other) };
  return [
    { tools: { arguments: [rule] } } as PolicySpec,
    { tools: { arguments: [otherRule] } } as PolicySpec,
    call('github/x', { n: 7 }),
  ];
};
const rule = (more: object, other: object, question: Question = about(agent())): Case => {
  const base = { name: 'short', expression: "object.spec.system == 'x'", kinds: ['Agent'] };
  return [{ rules: [{ ...base, ...more }] }, { rules: [{ ...base, ...other }] }, question] as unknown as Case;
};
const counters = (more: object): Question => call('github/x', {}, { counters: more });
const limit = (limits: PolicySpec['limits'], more: object): Case => [
  { limits: limits ?? {} },
  { limits: {} },
  counters(more),
];
const stdio = (spec: object): Question => about(server(spec));
const NETWORK = { cidr: '10.20.0.0/16', ports: [{ port: 5432 }] };
/** A network that is allowed in two ways, asked about one that lies within. */
const network = (
  wrap: (networks: { networks: object[] }) => object,
  question: (egress: object[]) => Question,
): Record<string, Case> => {
  const pair = (one: object, other: object, asked: object = {}): Case => [
    wrap({ networks: [{ ...NETWORK, ...one }] }) as PolicySpec,
    wrap({ networks: [{ ...NETWORK, ...other }] }) as PolicySpec,
    question([{ cidr: '10.20.30.0/24', ports: [{ port: 5432, ...asked }] }]),
  ];
  return {
    'networks[].cidr': pair({ cidr: '10.30.0.0/16' }, {}),
    'networks[].ports[].port': pair({ ports: [{ port: 443 }] }, {}),
    'networks[].ports[].endPort': pair({}, { ports: [{ port: 5432, endPort: 5440 }] }, { endPort: 5435 }),
    'networks[].ports[].protocol': pair({ ports: [{ port: 5432, protocol: 'UDP' }] }, {}),
  };
};
/** What a Pod may ask for, by field, asked about a program of which `wrap` makes a policy. */
const pods = (
  wrap: (podTemplate: object) => PolicySpec,
  question: (podTemplate: object) => Question,
): Record<string, Case> => {
  const gpu = { key: 'gpu', operator: 'Equal', value: 'yes', effect: 'NoSchedule' };
  const taint = (one: object, other: object): Case => [
    wrap({ tolerations: [{ key: 'gpu', ...one }] }),
    wrap({ tolerations: [{ key: 'gpu', ...other }] }),
    question({ tolerations: [gpu] }),
  ];
  return {
    serviceAccountNames: [wrap({ serviceAccountNames: ['mcp-*'] }), wrap({}), question({})],
    runtimeClassNames: [wrap({ runtimeClassNames: ['gvisor'] }), wrap({}), question({ runtimeClassName: 'runc' })],
    nodeSelector: [
      wrap({ nodeSelector: { pool: 'agents*' } }),
      wrap({}),
      question({ nodeSelector: { pool: 'infra' } }),
    ],
    'tolerations[].key': taint({ key: 'disk' }, {}),
    'tolerations[].value': taint({ value: 'no' }, {}),
    'tolerations[].effect': taint({ effect: 'NoExecute' }, {}),
    proxies: [
      wrap({ proxies: ['http://proxy.internal:3128/'] }),
      wrap({}),
      question({ proxy: { httpsProxy: 'http://evil.example:3128' } }),
    ],
    caBundles: [wrap({ caBundles: [] }), wrap({}), question({ caBundle: { name: 'mine', key: 'ca.crt' } })],
  };
};
const hosts = (egressHosts: object[]): Question => stdio({ egressHosts });
const namespaceObject = { metadata: { name: NAMESPACE, labels: { env: 'prod' } } };
const user = { username: 'ann', groups: ['devs'] };
const builder = { username: 'system:serviceaccount:ci:builder' };
const subject = (kind: string, name: string, namespace?: string) =>
  ({ subjects: [{ kind, name, ...(namespace === undefined ? {} : { namespace }) }] }) as PolicySpec['match'];
const requirement = (operator: string, values?: string[], key = 'env') => ({
  matchExpressions: [{ key, operator: operator as 'In', ...(values === undefined ? {} : { values }) }],
});
const labelled = about(agent({ mcpServers: [{ name: 'github' }] }, { labels: { env: 'prod' } }));
const wholeServer: PolicySpec = { tools: { deny: ['github/*'] } };
const excepted = (exceptions: PolicySpec['exceptions'], other: PolicySpec['exceptions']): Case => [
  { ...DENY, exceptions: exceptions ?? {} },
  { ...DENY, exceptions: other ?? {} },
  call('github/x', {}, { exceptions: [exception({})] }),
];
const mode = (modes: PolicySpec['modes'], place: PolicyRequest['place']): Case => [
  { ...DENY, modes: modes ?? {} },
  DENY,
  call('github/x', {}, { place }),
];

const selectors = (
  wrap: (selector: object) => { one: PolicySpec; other: PolicySpec },
  question: Question,
): Record<string, Case> => {
  const of = (selector: object): Case => {
    const { one, other } = wrap(selector);
    return [one, other, question];
  };
  const pair = (one: object, other: object): Case => [wrap(one).one, wrap(other).one, question];
  return {
    matchLabels: of({ matchLabels: { env: 'dev' } }),
    'matchExpressions[].key': pair(requirement('Exists'), requirement('Exists', undefined, 'tier')),
    'matchExpressions[].operator': pair(requirement('Exists'), requirement('DoesNotExist')),
    'matchExpressions[].values': pair(requirement('In', ['prod']), requirement('In', ['dev'])),
  };
};

const prefixed = (prefix: string, cases: Record<string, Case>): Record<string, Case> =>
  Object.fromEntries(Object.entries(cases).map(([name, each]) => [`${prefix}.${name}`, each]));

/** For each field of a policy, by its path: two policies that differ in it, and what tells them apart. */
export const CASES: Record<string, Case> = {
  mode: [{ ...DENY, mode: 'Warn' }, DENY, GITHUB],
  'modes.admission': mode({ admission: 'Audit' }, 'admission'),
  'modes.runtime': mode({ runtime: 'Warn' }, 'runtime'),
  'modes.background': mode({ background: 'Off' }, 'background'),
  'modes.cli': mode({ cli: 'Warn' }, 'cli'),
  'match.namespaces': matched({ namespaces: ['team-b*'] }, GITHUB),
  ...prefixed('match.namespaceSelector', {
    ...selectors(
      (namespaceSelector) => ({ one: { ...DENY, match: { namespaceSelector } }, other: DENY }),
      call('github/x', {}, { namespaceObject }),
    ),
  }),
  ...prefixed('match.objectSelector', {
    ...selectors(
      (objectSelector) => ({ one: { ...wholeServer, match: { objectSelector } }, other: wholeServer }),
      labelled,
    ),
  }),
  'match.agents': matched({ agents: ['sales-*'] }, GITHUB),
  'match.kinds': matched({ kinds: ['Agent'] }, GITHUB),
  'match.subjects[].kind': matched(subject('Group', 'ann'), call('github/x', {}, { user }), subject('User', 'ann')),
  'match.subjects[].name': matched(subject('User', 'bob'), call('github/x', {}, { user }), subject('User', 'a*')),
  'match.subjects[].namespace': matched(
    subject('ServiceAccount', 'builder', 'cd'),
    call('github/x', {}, { user: builder }),
    subject('ServiceAccount', 'builder', 'ci'),
  ),
  'exclude.namespaces': excluded({ namespaces: ['team-a'] }, GITHUB),
  ...prefixed('exclude.namespaceSelector', {
    ...selectors(
      (namespaceSelector) => ({
        one: { ...DENY, exclude: { namespaceSelector } },
        other: { ...DENY, exclude: { namespaceSelector: {} } },
      }),
      call('github/x', {}, { namespaceObject }),
    ),
  }),
  ...prefixed('exclude.objectSelector', {
    ...selectors(
      (objectSelector) => ({
        one: { ...wholeServer, exclude: { objectSelector } },
        other: { ...wholeServer, exclude: { objectSelector: {} } },
      }),
      labelled,
    ),
  }),
  'exclude.agents': excluded({ agents: ['billing-*'] }, GITHUB),
  'exclude.kinds': excluded({ kinds: ['TaskRunToolCall'] }, GITHUB),
  'exclude.subjects[].kind': [
    { ...DENY, exclude: subject('Group', 'ann') as object },
    { ...DENY, exclude: subject('User', 'ann') as object },
    call('github/x', {}, { user }),
  ],
  'exclude.subjects[].name': excluded(subject('Group', 'devs'), call('github/x', {}, { user })),
  'exclude.subjects[].namespace': [
    { ...DENY, exclude: subject('ServiceAccount', 'builder', 'ci') as object },
    { ...DENY, exclude: subject('ServiceAccount', 'builder', 'cd') as object },
    call('github/x', {}, { user: builder }),
  ],
  defaultAction: [{ defaultAction: 'Deny' }, {}, GITHUB],
  'tools.allow': [{ defaultAction: 'Deny', tools: { allow: ['github/*'] } }, { defaultAction: 'Deny' }, GITHUB],
  'tools.requireApproval': [HELD, {}, GITHUB],
  'tools.deny': [DENY, {}, GITHUB],
  'tools.arguments[].tools': argument({}, { tools: ['gitlab/*'] }),
  'tools.arguments[].name': argument({ name: 'few' }, {}),
  'tools.arguments[].cel': argument({}, { cel: 'args.n < 50' }),
  'tools.arguments[].schema': argument(
    { schema: { properties: { n: { maximum: 5 } } } },
    { schema: { properties: { n: { maximum: 50 } } } },
  ),
  'tools.arguments[].action': argument({ action: 'RequireApproval' }, {}),
  'tools.arguments[].message': argument({ message: 'at most four' }, {}),
  'tools.arguments[].severity': argument({ severity: 'low' }, {}),
  'tools.arguments[].docs': argument({ docs: 'https://docs.example.com/n' }, {}),
  'approval.minApprovals': held({ minApprovals: 2 }, {}),
  'approval.approvers.groups': held({ approvers: { groups: ['leads'] } }, {}),
  'approval.notRequester': held({ notRequester: false }, {}),
  'approval.allowServiceAccounts': held({ allowServiceAccounts: true }, {}),
  'approval.expiresAfter': held({ expiresAfter: '30m' }, {}),
  'approval.onTimeout': held({ expiresAfter: '30m', onTimeout: 'Fail' }, { expiresAfter: '30m' }),
  'approval.escalateTo.groups': held(
    { expiresAfter: '30m', onTimeout: 'Escalate', escalateTo: { groups: ['a'] } },
    { expiresAfter: '30m', onTimeout: 'Escalate', escalateTo: { groups: ['b'] } },
  ),
  'llms.allow': [{ llms: { allow: ['openai/gpt-5*'] } }, {}, about(llm())],
  'llms.deny': [{ llms: { deny: ['*/gpt-4*'] } }, {}, about(llm())],
  'llms.baseURLs': [{ llms: { baseURLs: ['https://models.internal/'] } }, {}, about(llm())],
  'llms.maxTemperature': [{ llms: { maxTemperature: '0.5' } }, {}, about(llm({ temperature: '0.7' }))],
  'llms.maxTokens': [{ llms: { maxTokens: 100 } }, {}, about(llm({ maxTokens: 101 }))],
  'mcpServers.allow': [{ mcpServers: { allow: ['git*'] } }, {}, about(server())],
  'mcpServers.deny': [{ mcpServers: { deny: ['fetch'] } }, {}, about(server())],
  'mcpServers.transports': [{ mcpServers: { transports: ['http'] } }, {}, about(server())],
  'mcpServers.commands[].command': [
    { mcpServers: { commands: [{ command: 'npx' }] } },
    { mcpServers: { commands: [{ command: 'uvx' }] } },
    about(server()),
  ],
  'mcpServers.commands[].args': [
    { mcpServers: { commands: [{ command: 'uvx', args: ['mcp-server-*'] }] } },
    { mcpServers: { commands: [{ command: 'uvx' }] } },
    stdio({ args: ['evil'] }),
  ],
  'mcpServers.images': [
    { mcpServers: { images: ['ghcr.io/acme/*@sha256:*'] } },
    {},
    stdio({ command: 'docker', args: ['run', '-i', '--rm', 'ghcr.io/acme/fetch:latest'] }),
  ],
  'mcpServers.urls': [
    { mcpServers: { urls: ['https://*.internal/'] } },
    {},
    about(server({ transport: 'http', url: 'https://evil.example/', command: undefined })),
  ],
  ...prefixed('mcpServers.egress', {
    ...network(
      (egress) => ({ mcpServers: { egress } }),
      (egress) => stdio({ egress }),
    ),
    hosts: [{ mcpServers: { egress: { hosts: ['*.example.com'] } } }, {}, hosts([{ host: 'evil.example' }])],
    privateHosts: [
      { mcpServers: { egress: { privateHosts: [] } } },
      {},
      hosts([{ host: 'mirror.internal', private: true }]),
    ],
  }),
  ...prefixed(
    'mcpServers.podTemplate',
    pods(
      (podTemplate) => ({ mcpServers: { podTemplate } }),
      (podTemplate) => stdio({ podTemplate }),
    ),
  ),
  'mcpServers.env.allow': [
    { mcpServers: { env: { allow: ['LOG_*'] } } },
    {},
    stdio({ env: [{ name: 'NODE_OPTIONS', value: '--require=/tmp/x.js' }] }),
  ],
  'mcpServers.env.denyLiteralSecrets': [
    { mcpServers: { env: { denyLiteralSecrets: true } } },
    {},
    stdio({ env: [{ name: 'GITHUB_TOKEN', value: 'x' }] }),
  ],
  'externalAPIs.urls': [
    { externalAPIs: { urls: ['https://api.example.com/v1'] } },
    {},
    about(api({ url: 'https://api.example.com/admin' })),
  ],
  'externalAPIs.methods': [
    { externalAPIs: { methods: ['GET'] } },
    {},
    about(api({ url: 'https://api.example.com/', method: 'DELETE' })),
  ],
  'containers.images': [
    { containers: { images: ['ghcr.io/acme/*'] } },
    {},
    about(tool({ execute: { container: { image: 'acme/report:v1' } } })),
  ],
  ...prefixed('containers.egress', {
    ...network(
      (egress) => ({ containers: { egress } }),
      (egress) => about(tool({ execute: { container: { image: 'acme/report:v1', egress } } })),
    ),
  }),
  ...prefixed(
    'containers.podTemplate',
    pods(
      (podTemplate) => ({ containers: { podTemplate } }),
      (podTemplate) => about(tool({ execute: { container: { image: 'acme/report:v1', podTemplate } } })),
    ),
  ),
  'secrets.allow[].name': [
    { secrets: { allow: [{ name: 'slack*' }] } },
    { secrets: { allow: [{ name: 'open*' }] } },
    about(llm()),
  ],
  'secrets.allow[].hosts': [
    { secrets: { allow: [{ name: 'openai', hosts: ['models.internal'] }] } },
    { secrets: { allow: [{ name: 'openai' }] } },
    about(llm()),
  ],
  'secrets.allow[].mcpServers': [
    { secrets: { allow: [{ name: 'gh', mcpServers: ['github'] }] } },
    { secrets: { allow: [{ name: 'gh', mcpServers: ['fetch'] }] } },
    stdio({ env: [{ name: 'T', valueFrom: { secretKeyRef: { name: 'gh', key: 't' } } }] }),
  ],
  'prompts.maxBytes': [{ prompts: { maxBytes: 10 } }, {}, about(task())],
  'prompts.denySecretPatterns': [
    { prompts: { denySecretPatterns: true } },
    {},
    about(agent({ system: `Use AKIA${'A'.repeat(16)} for the bucket.` })),
  ],
  'limits.maxTurns': limit({ maxTurns: 3 }, { turns: 4 }),
  'limits.maxToolCalls': limit({ maxToolCalls: 3 }, { toolCalls: 4 }),
  'limits.maxTokens': limit({ maxTokens: 300 }, { tokens: 300 }),
  'limits.maxDuration': limit({ maxDuration: '30m' }, { startTime: new Date(NOW - 1_800_000).toISOString() }),
  'limits.maxDepth': limit({ maxDepth: 1 }, { depth: 2 }),
  'limits.maxParallelToolCalls': limit({ maxParallelToolCalls: 2 }, { parallelToolCalls: 3 }),
  'require.labels': [{ require: { labels: ['team'] } }, {}, about(agent())],
  'require.provenance': [{ require: { provenance: true } }, {}, about(agent())],
  'require.provenanceTrust': [
    { require: { provenanceTrust: 'Verified' } },
    { require: { provenanceTrust: 'Claimed' } },
    (spec) => ({ ...about(agent())(spec), provenance: { trust: 'Claimed' } }),
  ],
  'rules[].name': rule({}, { name: 'long' }),
  'rules[].expression': rule({}, { expression: 'true' }),
  'rules[].when': rule({ when: "object.metadata.name == 'sales-bot'" }, {}),
  'rules[].kinds': rule({}, { kinds: ['Tool'], expression: "object.metadata.name == 'x'" }),
  'rules[].action': rule(
    { kinds: ['TaskRunToolCall'], expression: 'args.n == 1', action: 'RequireApproval' },
    { kinds: ['TaskRunToolCall'], expression: 'args.n == 1' },
    call('github/x', { n: 2 }),
  ),
  'rules[].message': rule({ message: 'too long' }, {}),
  'rules[].messageExpression': rule({ messageExpression: "object.metadata.name + ' talks too much'" }, {}),
  'rules[].severity': rule({ severity: 'critical' }, {}),
  'rules[].docs': rule({ docs: 'https://docs.example.com/short' }, {}),
  'params.configMapRef.name': [
    {
      params: { configMapRef: { name: 'limits', namespace: 'platform' } },
      rules: [{ name: 'r', expression: 'args.n < int(params.most)' }],
    },
    {
      params: { configMapRef: { name: 'other', namespace: 'platform' } },
      rules: [{ name: 'r', expression: 'args.n < int(params.most)' }],
    },
    call('github/x', { n: 7 }),
  ],
  'params.configMapRef.namespace': [
    {
      params: { configMapRef: { name: 'limits', namespace: 'platform' } },
      rules: [{ name: 'r', expression: 'args.n < int(params.most)' }],
    },
    {
      params: { configMapRef: { name: 'limits', namespace: 'other' } },
      rules: [{ name: 'r', expression: 'args.n < int(params.most)' }],
    },
    call('github/x', { n: 7 }),
  ],
  'params.values': [
    { params: { values: { most: '5' } }, rules: [{ name: 'r', expression: 'args.n < int(params.most)' }] },
    { params: { values: { most: '10' } }, rules: [{ name: 'r', expression: 'args.n < int(params.most)' }] },
    call('github/x', { n: 7 }),
  ],
  'exceptions.allow': excepted({ allow: true }, {}),
  'exceptions.maxDuration': excepted({ allow: true, maxDuration: '720h' }, { allow: true }),
  severity: [{ ...DENY, severity: 'low' }, DENY, GITHUB],
  docs: [{ ...DENY, docs: 'https://docs.example.com/' }, DENY, GITHUB],
};
