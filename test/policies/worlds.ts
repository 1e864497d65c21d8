import fc from 'fast-check';
import type {
  AgentPolicyException,
  AgentRevision,
  LLM,
  PolicyMode,
  PolicyPlace,
  PolicySpec,
  TaskRun,
  TaskRunToolCall,
} from '../../api/index.ts';
import type { KubeObject } from '../../kube/index.ts';
import type { AnyPolicy, Verdict } from '../../policies/engine/index.ts';
import { custom, NOW } from '../webhooks/support/world.ts';
import { apiSpec, llmSpec, policySpec, serverSpec } from './arbitraries.ts';

export type Modes = { readonly [place in PolicyPlace]: PolicyMode };
/** Policies, exceptions, and objects that they are about, a run and its call with them. */
export interface World {
  /** Of the objects. */
  readonly namespace: string;
  /** Of the policies' names. */
  readonly prefix: string;
  /** As of when, in milliseconds since 1970. */
  readonly now: number;
  readonly policies: readonly { readonly spec: PolicySpec; readonly modes: Modes }[];
  readonly exceptions: readonly AgentPolicyException[];
  readonly objects: readonly KubeObject[];
  readonly call: TaskRunToolCall;
  readonly run: TaskRun;
  readonly revision: AgentRevision;
}

/** A finding as every place can tell it. */
export type Told = string;
export const told = (about: string, rule: string, message: string, effect: string): Told =>
  [about, rule, message, effect].join(' | ');

const RULES = [
  'defaultAction',
  'tools.deny',
  'llms.allow',
  'llms.baseURLs',
  'prompts.maxBytes',
  'secrets.allow',
  'named',
];
const EFFECTS = { Enforce: undefined, Warn: 'warn', Audit: 'audit', Off: 'off' } as const;
/** What not every place can know: what a run has used, who asks, and which commit an object will come from once it is applied. */
export const ELSEWHERE = /^(limits\.|require\.provenance$|ann$)/;

const modes = fc.record({
  admission: fc.constantFrom<PolicyMode>('Enforce', 'Warn', 'Audit', 'Off'),
  runtime: fc.constantFrom<PolicyMode>('Enforce', 'Warn', 'Audit', 'Off'),
  background: fc.constantFrom<PolicyMode>('Enforce', 'Warn', 'Audit', 'Off'),
  cli: fc.constantFrom<PolicyMode>('Enforce', 'Warn', 'Audit', 'Off'),
});

const exception = fc
  .record({
    rules: fc.uniqueArray(fc.constantFrom(...RULES), { minLength: 1, maxLength: 4 }),
    policy: fc.nat(1),
    object: fc.constantFrom(
      { kind: 'Agent', name: 'billing-bot' },
      { kind: 'LLM', name: 'gpt' },
      { kind: 'MCPServer', name: 'fetch' },
      { kind: 'TaskRunToolCall', name: 'run-1-toolcall-02' },
    ),
    // Around the instant at which it expires.
    endsIn: fc.constantFrom(-1000, 0, 1000, 3_600_000),
  })
  .map(
    ({ rules, policy, object, endsIn }): AgentPolicyException =>
      custom(
        'AgentPolicyException',
        `waiver-${rules.join('-').toLowerCase()}-${policy}-${object.kind.toLowerCase()}-${endsIn + 1000}`,
        {
          policies: [{ kind: 'ClusterAgentPolicy', name: `p${policy}`, rules }],
          objects: [object],
          reason: 'agreed',
          expiresAt: new Date(NOW + endsIn).toISOString(),
        },
        { creationTimestamp: new Date(NOW - 3_600_000).toISOString() },
      ) as unknown as AgentPolicyException,
  );

const KEY = { secretKeyRef: { name: 'openai', key: 'k' } };

export const world: fc.Arbitrary<World> = fc
  .record({
    policies: fc.array(fc.record({ spec: policySpec, modes }), { minLength: 1, maxLength: 2 }),
    exceptions: fc.uniqueArray(exception, { maxLength: 2, selector: ({ metadata }) => metadata.name }),
    llm: llmSpec,
    server: serverSpec,
    api: apiSpec,
    labels: fc.constantFrom({}, { env: 'prod' }, { team: 'x' }),
    agent: fc.constantFrom('billing-bot', 'sales-bot'),
    system: fc.constantFrom('Bill.', 'You keep the books of the house.', 'Use sk-abcdefghijklmnopqrstuvwx12345678'),
    call: fc.constantFrom(
      { kind: 'MCPServer' as const, name: 'fetch', tool: 'fetch' },
      { kind: 'MCPServer' as const, name: 'github', tool: 'delete_repo' },
      { kind: 'Tool' as const, name: 'orders' },
    ),
    args: fc.constantFrom({}, { n: 1 }, { n: 4 }, { n: 9 }, { n: 'x' }),
  })
  .map((made) => {
    const spec = { apiKeyFrom: KEY, ...made.llm } as LLM['spec'];
    const mcpServers = [
      custom('MCPServer', 'fetch', made.server, {}, { status: { tools: [{ name: 'fetch' }] } }),
      custom('MCPServer', 'github', { transport: 'stdio', command: 'npx', args: ['abc'] }),
    ];
    const metadata = { labels: made.labels };
    const objects = [
      custom('LLM', 'gpt', spec),
      ...mcpServers,
      custom('Tool', 'orders', { description: 'Orders.', execute: { externalAPI: made.api } }),
      custom(
        'Agent',
        made.agent,
        {
          llmRef: { name: 'gpt' },
          system: made.system,
          tools: [{ name: 'orders' }],
          mcpServers: [{ name: 'fetch' }, { name: 'github' }],
        },
        metadata,
      ),
      custom('Task', 'run', { agentRef: { name: made.agent }, message: made.system }, metadata),
    ] as unknown as KubeObject[];
    const tools = [
      { functionName: 'orders', kind: 'Tool', name: 'orders', digest: '' },
      { functionName: 'fetch', kind: 'MCPServer', name: 'fetch', tool: 'fetch', digest: '' },
      { functionName: 'del', kind: 'MCPServer', name: 'github', tool: 'delete_repo', digest: '' },
    ];
    return {
      namespace: 'team',
      prefix: '',
      now: NOW,
      policies: made.policies,
      exceptions: made.exceptions,
      objects,
      run: custom('TaskRun', 'run-1', { taskRef: { name: 'run' } }, {}, { status: { agent: made.agent, turns: 0 } }),
      revision: custom('AgentRevision', 'r', {
        agent: made.agent,
        system: made.system,
        llm: { name: 'gpt', ...spec },
        tools,
      }),
      call: custom('TaskRunToolCall', 'run-1-toolcall-02', {
        toolCallId: 'c',
        taskRunRef: { name: 'run-1' },
        toolRef: { name: 'x' },
        tool: made.call,
        arguments: JSON.stringify(made.args),
      }),
    } as unknown as World;
  });

/** The same world in another namespace, at another time, with policies whose names begin with the namespace's. */
export function movedTo(each: World, namespace: string, now: number): World {
  const prefix = `${namespace}-`;
  const move = <T extends KubeObject>(object: T): T => ({ ...object, metadata: { ...object.metadata, namespace } });
  const time = (text: string): string => new Date(Date.parse(text) - each.now + now).toISOString();
  return {
    ...each,
    namespace,
    prefix,
    now,
    exceptions: each.exceptions.map(({ metadata, spec, ...rest }) => ({
      ...rest,
      metadata: { ...metadata, namespace },
      spec: {
        ...spec,
        expiresAt: time(spec.expiresAt),
        policies: spec.policies.map((policy) => ({ ...policy, name: `${prefix}${policy.name}` })),
      },
    })),
    objects: each.objects.map(move),
    run: move(each.run),
    revision: move(each.revision),
    call: move(each.call),
  };
}

/** All policies in mode Enforce, or each in its own modes. */
export function policiesOf({ policies, prefix }: World, enforced: boolean): AnyPolicy[] {
  return policies.map(({ spec, modes: own }, i) => ({
    apiVersion: 'kubechain.humanlayer.dev/v1alpha1',
    kind: 'ClusterAgentPolicy',
    metadata: { name: `${prefix}p${i}` },
    spec: { ...spec, ...(enforced ? { mode: 'Enforce' as const, modes: {} } : { modes: own }) },
  })) as AnyPolicy[];
}

export const ofVerdict = (about: string, { findings }: Verdict): Told[] =>
  findings
    .filter(({ rule }) => !ELSEWHERE.test(rule))
    .map(({ policy, rule, detail, effect }) => told(about, `${policy.name}/${rule}`, detail, effect));

export const nameOf = ({ kind, metadata }: KubeObject): string => `${kind}/${metadata.name}`;

/** Findings alike as the background tells them: the first in full, of the others that they are there. */
export function counted(all: readonly Told[]): Told[] {
  const seen = new Set<string>();
  return all.map((each) => {
    const [about = '', rule = '', , effect = ''] = each.split(' | ');
    const key = `${about} ${rule} ${effect}`;
    if (!seen.has(key)) {
      seen.add(key);
      return each;
    }
    return told(about, rule, '', effect);
  });
}

/** What becomes of findings where each policy has a mode of its own. */
export function inModes(each: World, place: PolicyPlace, enforced: readonly Told[]): Told[] {
  return enforced.flatMap((finding) => {
    const [about = '', rule = '', message = '', effect = ''] = finding.split(' | ');
    const mode = each.policies[Number(rule.slice(each.prefix.length + 1, rule.indexOf('/')))]?.modes[place] ?? 'Off';
    return mode === 'Off' ? [] : [told(about, rule, message, EFFECTS[mode] ?? effect)];
  });
}

/** What the command line says of objects: it names a policy that is invalid once, with exit code 3, not at each object again. */
export const atObjects = (all: readonly Told[]): Told[] =>
  all.filter((finding) => !finding.includes('/policyInvalid |'));

export const sorted = (all: Iterable<Told>): Told[] => [...all].sort();
