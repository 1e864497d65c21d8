import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { JudgedKind } from '../../api/index.ts';
import { DEFAULT_BASE_URLS, DEFAULT_MODELS, JUDGED_KINDS, KINDS } from '../../api/index.ts';
import type { PolicyContext, PolicyObject, PolicyRequest, Verdict } from '../../policies/engine/index.ts';
import { evaluate } from '../../policies/engine/index.ts';
import type { SchemaProps } from '../../schema/types.ts';
import { CASES } from './fieldCases.ts';
import { agent, channel, clusterPolicy, compile, llm, NAMESPACE, NOW, server, task, tool } from './support.ts';

type Spec = Record<string, unknown>;

/**
 * What a field that may be left out comes to when it is.
 * `is`: this value; written out it gets the same verdict. So do fields that no section judges, whatever they are.
 * `adds`: it is about something that is not there then; written out it can only be found more.
 * `open`: as much as there is; no value that could be written is found more.
 * `nothing`: the object is not used at all then.
 */
type Omitted = (
  | { readonly is: unknown }
  | { readonly adds: unknown }
  | { readonly open: unknown }
  | { readonly nothing: true }
) & {
  /** What stands beside it, where that is not what stands there for the others of its kind. */
  readonly beside?: Spec;
};

const SECRET = { secretKeyRef: { name: 'other', key: 'k' } };
const LONG = 'x'.repeat(200);
/** No section of a policy judges these. */
const SAMPLE = { requests: { is: { cpu: '1' } }, limits: { is: { cpu: '1' } } };

const POD = (parent: string): Record<string, Omitted> =>
  Object.fromEntries(
    Object.entries({
      '': { is: {} },
      '.serviceAccountName': { is: 'default' },
      '.imagePullSecrets': { adds: [{ name: 'registry' }] },
      '.nodeSelector': { is: {} },
      '.tolerations': { adds: [{ operator: 'Exists' }] },
      '.tolerations[].key': { open: 'gpu' },
      '.tolerations[].operator': { is: 'Equal' },
      '.tolerations[].value': { is: '' },
      '.tolerations[].effect': { open: 'NoSchedule' },
      // How long a taint is tolerated, no section judges.
      '.tolerations[].tolerationSeconds': { is: 5 },
      // The cluster's own, which cannot be written out.
      '.runtimeClassName': { open: 'gvisor' },
      '.proxy': { is: {} },
      '.proxy.httpProxy': { adds: 'http://proxy.example:3128' },
      '.proxy.httpsProxy': { adds: 'http://proxy.example:3128' },
      '.proxy.noProxy': { is: '10.0.0.0/8' },
      '.caBundle': { adds: { name: 'ca', key: 'ca.crt' } },
    } satisfies Record<string, Omitted>).map(([name, each]) => [`${parent}${name}`, each]),
  );

const EGRESS = (parent: string): Record<string, Omitted> => ({
  [parent]: { is: [] },
  [`${parent}[].ports`]: { open: [{ port: 5432 }] },
  [`${parent}[].ports[].endPort`]: { is: 5432 },
  [`${parent}[].ports[].protocol`]: { is: 'TCP' },
});

const VARIABLES = (parent: string): Record<string, Omitted> => ({
  [parent]: { is: [] },
  [`${parent}[].value`]: { is: '', beside: { [parent]: [{ name: 'TOKEN' }] } },
  [`${parent}[].valueFrom`]: { adds: SECRET, beside: { [parent]: [{ name: 'TOKEN' }] } },
  [`${parent}[].valueFrom.secretKeyRef`]: {
    adds: SECRET.secretKeyRef,
    beside: { [parent]: [{ name: 'T', valueFrom: {} }] },
  },
});

const CONTAINER = 'execute.container';
const container = (more: Spec) => ({ execute: { container: { image: 'acme/report:v1', ...more } } });
const HTTP = { transport: 'http', command: undefined, url: 'https://evil.example/' };

const OMITTED: Readonly<Record<JudgedKind, Readonly<Record<string, Omitted>>>> = {
  LLM: {
    apiKeyFrom: { adds: SECRET },
    parameters: { is: {} },
    'parameters.model': { is: DEFAULT_MODELS.openai },
    'parameters.baseUrl': { is: DEFAULT_BASE_URLS.openai },
    // The providers' own, or that of the field that was there before.
    'parameters.temperature': { is: '1' },
    temperature: { is: '1' },
    'parameters.maxTokens': { open: 50 },
    maxTokens: { open: 50 },
    'parameters.topP': { is: '1' },
    'parameters.topK': { is: 5 },
    'parameters.frequencyPenalty': { is: '0' },
    'parameters.presencePenalty': { is: '0' },
    'parameters.seed': { is: 5 },
    'parameters.stop': { is: ['x'] },
    'parameters.reasoningEffort': { is: 'high' },
    'parameters.timeoutSeconds': { is: 5 },
    'parameters.maxRetries': { is: 5 },
    'parameters.maxConcurrentRequests': { is: 5 },
    openai: { is: {} },
    'openai.organization': { is: 'acme' },
    'openai.project': { is: 'books' },
  },
  Agent: {
    tools: { is: [] },
    mcpServers: { is: [] },
    maxTurns: { is: 5 },
    onUnknownOutcome: { is: 'TellModel' },
    onDefinitionChange: { is: 'Pin' },
    revisionHistoryLimit: { is: 5 },
  },
  Tool: {
    name: { is: 'reports' },
    description: { is: 'Makes reports.' },
    parameters: { is: { type: 'object' } },
    arguments: { is: { type: 'object' } },
    toolType: { is: 'container' },
    execute: { adds: { container: { image: 'acme/report:v1' } } },
    'execute.builtin': { adds: { name: 'add' } },
    'execute.externalAPI': { adds: { url: 'https://evil.example/' } },
    'execute.externalAPI.method': { is: 'GET' },
    'execute.externalAPI.requiresApproval': { is: false },
    'execute.externalAPI.credentialsFrom': { adds: { name: 'other', key: 'k' } },
    'execute.externalAPI.headers': { is: [] },
    'execute.externalAPI.timeoutSeconds': { is: 5 },
    'execute.externalAPI.maxResponseBytes': { is: 5 },
    [CONTAINER]: { adds: { image: 'acme/report:v1' } },
    [`${CONTAINER}.command`]: { is: ['sh'] },
    [`${CONTAINER}.args`]: { is: ['-c', 'true'] },
    ...VARIABLES(`${CONTAINER}.env`),
    [`${CONTAINER}.env[].value`]: { is: '', beside: container({ env: [{ name: 'TOKEN' }] }) },
    [`${CONTAINER}.env[].valueFrom`]: { adds: SECRET, beside: container({ env: [{ name: 'TOKEN' }] }) },
    [`${CONTAINER}.env[].valueFrom.secretKeyRef`]: {
      adds: SECRET.secretKeyRef,
      beside: container({ env: [{ name: 'T', valueFrom: {} }] }),
    },
    [`${CONTAINER}.resources`]: { is: {} },
    [`${CONTAINER}.resources.limits`]: SAMPLE.limits,
    [`${CONTAINER}.resources.requests`]: SAMPLE.requests,
    ...EGRESS(`${CONTAINER}.egress`),
    ...POD(`${CONTAINER}.podTemplate`),
    [`${CONTAINER}.timeoutSeconds`]: { is: 5 },
    agentRef: { adds: { name: 'helper' } },
    requiresApproval: { is: false },
    idempotent: { is: false },
    readOnly: { is: false },
  },
  MCPServer: {
    // Needed for stdio, and of no use elsewhere.
    command: { is: 'rm', beside: HTTP },
    args: { is: [] },
    ...VARIABLES('env'),
    url: { is: 'https://evil.example/' },
    ...VARIABLES('headers'),
    timeoutSeconds: { is: 5 },
    idempotentTools: { is: ['fetch'] },
    trustAnnotations: { is: false },
    lockedTools: { is: [{ name: 'fetch', digest: 'sha256:0' }] },
    toolSchemaDrift: { is: 'Block' },
    approvalContactChannel: { is: { name: 'ops' } },
    resources: { is: {} },
    'resources.limits': SAMPLE.limits,
    'resources.requests': SAMPLE.requests,
    // The operator chooses, not who wrote the object; see docs/policies.md.
    image: { adds: 'evil.example/fetch:latest' },
    ...EGRESS('egress'),
    egressHosts: { is: [] },
    'egressHosts[].ports': { is: [443] },
    'egressHosts[].private': { is: false },
    ...POD('podTemplate'),
  },
  ContactChannel: {
    slack: { is: { channelOrUserID: 'C1' } },
    'slack.contextAboutChannelOrUser': { is: 'us' },
    'slack.allowedResponderIDs': { is: ['U1'] },
    email: { is: { address: 'ops@example.com' } },
    'email.contextAboutUser': { is: 'us' },
    'email.subject': { is: 'help' },
  },
  Task: {
    goal: { is: '' },
    everythingThatHappenedSoFar: { is: [] },
    // Never told to the model.
    expect: { is: [{ cel: "output != ''" }] },
    'expect[].message': { is: 'says something', beside: { expect: [{ cel: "output != ''" }] } },
    suspend: { is: false },
    rerunPolicy: { is: 'OnChange' },
    runHistoryLimit: { is: 5 },
    ttlSecondsAfterFinished: { is: 5 },
  },
  TaskRun: {
    // That of its Task.
    agentRef: { is: { name: 'billing-bot' } },
    taskRunToolCallRef: { is: { name: 'run-1-toolcall-01' } },
    suspend: { is: false },
    cancel: { is: false },
    ttlSecondsAfterFinished: { is: 5 },
    onDefinitionChange: { is: 'Pin' },
    activeDeadlineSeconds: { is: 5 },
  },
  TaskRunToolCall: {
    // The operator runs no call that names no tool.
    tool: { nothing: true },
    'tool.tool': { is: '' },
    turn: { is: 5 },
  },
};

/** What the fields of a kind stand in, in turn without and with each of them. */
const BASES: Readonly<Record<JudgedKind, Spec>> = {
  LLM: { provider: 'openai', parameters: {}, openai: {} },
  Agent: { llmRef: { name: 'gpt' }, system: LONG },
  Tool: {
    execute: {
      externalAPI: { url: 'https://api.example.com/admin' },
      container: {
        image: 'acme/report:v1',
        resources: {},
        egress: [{ cidr: '10.20.30.0/24', ports: [{ port: 5432 }] }],
        podTemplate: { tolerations: [{ operator: 'Exists' }], proxy: {} },
      },
    },
  },
  MCPServer: {
    transport: 'stdio',
    command: 'uvx',
    resources: {},
    egress: [{ cidr: '10.20.30.0/24', ports: [{ port: 5432 }] }],
    egressHosts: [{ host: 'evil.example' }],
    podTemplate: { tolerations: [{ operator: 'Exists' }], proxy: {} },
  },
  ContactChannel: { type: 'slack', apiKeyFrom: SECRET, slack: { channelOrUserID: 'C1' }, email: { address: 'a@b.c' } },
  Task: { agentRef: { name: 'billing-bot' }, message: LONG },
  TaskRun: { taskRef: { name: 'close-month' } },
  TaskRunToolCall: {
    toolCallId: 'c',
    taskRunRef: { name: 'run-1' },
    toolRef: { name: 'x' },
    arguments: '{"n": 7}',
    tool: { kind: 'MCPServer', name: 'github' },
  },
};

/** The fields that may be left out: `egress[].ports[].protocol`. */
function optional(schema: SchemaProps, path = ''): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const here = path === '' ? name : `${path}.${name}`;
    const inner = property.properties === undefined ? property.items : property;
    const below = inner?.properties === undefined ? [] : optional(inner, inner === property ? here : `${here}[]`);
    return schema.required?.includes(name) ? below : [here, ...below];
  });
}

/** The object with a value at a path, of lists at their first item; without it where the value is undefined. */
function put(spec: Spec, path: string, value: unknown): Spec {
  const copy = structuredClone(spec);
  const steps = path.split('.').flatMap((step) => (step.endsWith('[]') ? [step.slice(0, -2), '0'] : [step]));
  let at = copy;
  for (const step of steps.slice(0, -1)) {
    const next = at[step];
    assert.ok(typeof next === 'object' && next !== null, `${path}: nothing stands at ${step}`);
    at = next as Spec;
  }
  const last = steps.at(-1) ?? '';
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}

const made = (kind: JudgedKind, spec: Spec): PolicyObject => {
  const names: Partial<Record<JudgedKind, PolicyObject>> = {
    LLM: llm() as never,
    Agent: agent() as never,
    Tool: tool({}) as never,
    MCPServer: server() as never,
    ContactChannel: channel({}),
    Task: task(),
  };
  const metadata = { name: 'run-1', namespace: NAMESPACE };
  return { ...(names[kind] ?? { apiVersion: 'kubechain.humanlayer.dev/v1alpha1', metadata }), kind, spec };
};

/** The object by itself, and where an Agent or a call uses it. */
function questionsOf(kind: JudgedKind, spec: Spec): PolicyRequest[] {
  const object = made(kind, spec);
  const base = { place: 'admission', operation: 'CREATE', now: NOW, namespace: NAMESPACE } as const;
  const { name } = object.metadata ?? {};
  const user = agent({ tools: [{ name }], mcpServers: [{ name }] });
  const context = {
    agent: user,
    task: task(),
    [CONTEXT[kind]?.key ?? 'none']: CONTEXT[kind]?.list ? [object] : object,
  } as unknown as PolicyContext;
  const questions: PolicyRequest[] = [
    { ...base, object, context: { ...context, ...(kind === 'Agent' ? { agent: object as never } : {}) } },
  ];
  if (CONTEXT[kind] !== undefined) questions.push({ ...base, object: user as never, context });
  if (kind === 'Tool' || kind === 'MCPServer') {
    const call = made('TaskRunToolCall', { ...BASES.TaskRunToolCall, tool: { kind, name, tool: 'fetch' } });
    questions.push({ ...base, object: call, context });
  }
  return questions;
}

const CONTEXT: Partial<Record<JudgedKind, { readonly key: keyof PolicyContext; readonly list?: true }>> = {
  LLM: { key: 'llm' },
  Tool: { key: 'tools', list: true },
  MCPServer: { key: 'mcpServers', list: true },
};

describe('omission never bypasses, whatever field it is and whatever policy', () => {
  // For each field of policies two that say something about it.
  const specs = new Map(
    Object.values(CASES).flatMap(([one, other]) => [one, other].map((spec) => [JSON.stringify(spec), spec])),
  );
  const set = compile(
    ...[...specs.values()].map((spec, i) => clusterPolicy({ ...spec, mode: 'Enforce', modes: {} }, `p${i}`)),
  );
  const found = ({ findings }: Verdict): string[] =>
    findings
      .map(({ policy, rule, value, via, action }) => JSON.stringify([policy.name, rule, value, via, action]))
      .sort();
  const rules = (verdict: Verdict): Set<string> =>
    new Set(verdict.findings.map(({ policy, rule, via }) => JSON.stringify([policy.name, rule, via])));

  for (const kind of JUDGED_KINDS) {
    const definition = KINDS.find((each) => each.kind === kind)?.definition.spec ?? {};
    const table = OMITTED[kind];

    it(`of ${kind}: there is a line for each field that may be left out`, () => {
      const missing = `say in OMITTED what a new field of ${kind} comes to when it is left out`;
      assert.deepEqual(Object.keys(table).sort(), optional(definition).sort(), missing);
    });

    it(`of ${kind}: what is left out is judged by what it comes to`, () => {
      for (const [path, omitted] of Object.entries(table)) {
        if ('nothing' in omitted) continue;
        const base = { ...BASES[kind], ...omitted.beside };
        const written = 'is' in omitted ? omitted.is : 'adds' in omitted ? omitted.adds : omitted.open;
        const without = questionsOf(kind, put(base, path, undefined)).map((question) => evaluate(set, question));
        const withIt = questionsOf(kind, put(base, path, written)).map((question) => evaluate(set, question));
        for (const [i, absent] of without.entries()) {
          const present = withIt[i] as Verdict;
          const what = `${kind}.${path}, question ${i}`;
          if ('is' in omitted) assert.deepEqual(found(absent), found(present), what);
          else if ('adds' in omitted)
            assert.deepEqual(
              found(absent).filter((each) => !found(present).includes(each)),
              [],
              what,
            );
          else
            assert.deepEqual(
              [...rules(present)].filter((each) => !rules(absent).has(each)),
              [],
              what,
            );
        }
      }
    });
  }

  it('nor does a text that is empty', () => {
    const cases: [JudgedKind, string][] = [
      ['LLM', 'parameters.model'],
      ['LLM', 'parameters.baseUrl'],
      ['LLM', 'parameters.temperature'],
      ['LLM', 'temperature'],
      ['MCPServer', 'image'],
    ];
    for (const [kind, path] of cases) {
      const [absent, empty] = [undefined, ''].map((value) =>
        questionsOf(kind, put(BASES[kind], path, value)).map((question) => found(evaluate(set, question))),
      );
      assert.deepEqual(empty, absent, `${kind}.${path}`);
    }
  });

  it('and the policies say something of these objects', () => {
    const said = new Set(
      JUDGED_KINDS.flatMap((kind) =>
        questionsOf(kind, BASES[kind]).flatMap((question) => evaluate(set, question).findings),
      ).map(({ rule }) => rule),
    );
    for (const rule of [
      'llms.baseURLs',
      'mcpServers.egress.hosts',
      'mcpServers.podTemplate.serviceAccountNames',
      'containers.images',
      'containers.podTemplate.tolerations',
      'externalAPIs.urls',
      'secrets.allow',
      'prompts.maxBytes',
    ])
      assert.ok(said.has(rule), rule);
  });
});
