import type {
  Agent,
  AgentPolicyException,
  ClusterAgentPolicy,
  LLM,
  MCPServer,
  PolicySpec,
  Tool,
} from '../../api/index.ts';
import { API_VERSION } from '../../api/index.ts';
import type {
  AnyPolicy,
  CompiledPolicySet,
  PolicyObject,
  PolicyRequest,
  Verdict,
} from '../../policies/engine/index.ts';
import { compilePolicies, evaluate, parseToolId, toolCallRequest } from '../../policies/engine/index.ts';

export const NOW = Date.parse('2026-05-01T12:00:00Z');
export const NAMESPACE = 'team-a';

const object = (kind: string, name: string, spec: unknown, more: object = {}): never =>
  ({ apiVersion: API_VERSION, kind, metadata: { name, namespace: NAMESPACE, ...more }, spec }) as never;

export function clusterPolicy(spec: PolicySpec, name = 'production'): ClusterAgentPolicy {
  return { apiVersion: API_VERSION, kind: 'ClusterAgentPolicy', metadata: { name }, spec };
}

export const namespacePolicy = (spec: PolicySpec, name = 'local', namespace = NAMESPACE) => ({
  apiVersion: API_VERSION,
  kind: 'AgentPolicy',
  metadata: { name, namespace },
  spec,
});

export const agent = (spec: object = {}, more: object = {}, name = 'billing-bot'): Agent =>
  object('Agent', name, { llmRef: { name: 'gpt' }, system: 'You keep the books.', ...spec }, more);
export const llm = (spec: object = {}, name = 'gpt'): LLM =>
  object('LLM', name, { provider: 'openai', apiKeyFrom: { secretKeyRef: { name: 'openai', key: 'k' } }, ...spec });
export const server = (spec: object = {}, name = 'fetch', tools?: string[]): MCPServer => {
  const made: object = object('MCPServer', name, { transport: 'stdio', command: 'uvx', ...spec });
  return {
    ...made,
    ...(tools === undefined ? {} : { status: { tools: tools.map((each) => ({ name: each })) } }),
  } as MCPServer;
};
export const tool = (spec: object = {}, name = 'orders'): Tool => object('Tool', name, spec);
export const api = (externalAPI: object, name = 'orders'): Tool => tool({ execute: { externalAPI } }, name);
export const task = (spec: object = {}, more: object = {}): PolicyObject =>
  object('Task', 'close-month', { agentRef: { name: 'billing-bot' }, message: 'Close the month.', ...spec }, more);
export const channel = (spec: object): PolicyObject => object('ContactChannel', 'ops', spec);

export type Asked = Partial<PolicyRequest>;

/** Asks about an object, as an admission of its creation. */
export const about =
  (judged: unknown, more: Asked = {}): ((spec: PolicySpec) => PolicyRequest) =>
  () => ({ place: 'admission', operation: 'CREATE', now: NOW, object: judged as PolicyObject, ...more });

/** Asks about a call of a tool by the agent. */
export const call =
  (id: string, args: unknown = {}, more: Asked & { as?: Agent } = {}): ((spec: PolicySpec) => PolicyRequest) =>
  () => {
    const identity = parseToolId(id);
    if (identity === undefined) throw new Error(id);
    const { as = agent(), context, ...rest } = more;
    const text = typeof args === 'string' ? args : JSON.stringify(args);
    const question = {
      agent: as,
      tool: identity,
      arguments: text,
      now: NOW,
      ...(context === undefined ? {} : { context }),
    };
    return { ...toolCallRequest(question), ...rest };
  };

/** Compilers are built once: they are what takes time. */
const EMPTY = compilePolicies([]);

export function compile(...policies: unknown[]): CompiledPolicySet {
  return compilePolicies(policies as AnyPolicy[], {
    previous: EMPTY,
    configMaps: (ns, name) => CONFIG_MAPS[`${ns}/${name}`],
  });
}

/** The verdict of a policy of that spec, which must be free of errors. */
export function ask(spec: PolicySpec, question: (spec: PolicySpec) => PolicyRequest): Verdict {
  const set = compile(clusterPolicy(spec));
  const errors = set.problems.filter(({ level }) => level === 'error');
  if (errors.length > 0) throw new Error(JSON.stringify(errors));
  return evaluate(set, question(spec));
}

const CONFIG_MAPS: Record<string, Record<string, string>> = {
  'platform/limits': { most: '100', host: 'api.example.com' },
  'platform/other': { most: '1', host: 'other.example.com' },
  'other/limits': { most: '1' },
};

export function exception(spec: object, more: object = {}): AgentPolicyException {
  return object(
    'AgentPolicyException',
    'waiver',
    {
      policies: [{ kind: 'ClusterAgentPolicy', name: 'production', rules: ['tools.deny'] }],
      objects: [{ kind: 'Agent', name: 'billing-bot' }],
      reason: 'until the migration is done',
      expiresAt: '2026-06-01T00:00:00Z',
      ...spec,
    },
    { creationTimestamp: '2026-05-01T00:00:00Z', ...more },
  );
}

/** What of a verdict people see. */
export const seen = ({ effect, findings, approval, excepted, notEvaluable, warnings }: Verdict): unknown => ({
  effect,
  findings,
  approval,
  excepted,
  notEvaluable,
  warnings,
});

export const rulesOf = (verdict: Verdict): string[] => verdict.findings.map(({ rule }) => rule);
