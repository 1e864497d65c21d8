import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type {
  Agent,
  AgentPolicyException,
  AgentRevision,
  LLM,
  PolicyMode,
  PolicyPlace,
  PolicySpec,
  TaskRun,
  TaskRunToolCall,
} from '../../api/index.ts';
import { POLICY_PLACES } from '../../api/index.ts';
import { runProgram } from '../../cli/runProgram.ts';
import type { Informers } from '../../controller/informers.ts';
import { INDEX } from '../../controller/informers.ts';
import { createJudging } from '../../controller/policy/background/judging.ts';
import { createLiveObjects } from '../../controller/policy/background/objects.ts';
import { createPolicyGate } from '../../controller/policy/gate.ts';
import type { ProvenanceResolver } from '../../controller/provenance/resolver.ts';
import type { KubeObject } from '../../kube/index.ts';
import { createStore } from '../../kube/index.ts';
import type { AnyPolicy, CompiledPolicySet, Verdict } from '../../policies/engine/index.ts';
import { judgeByPolicies } from '../../webhooks/admission/policy.ts';
import { rulesOf, subjectOf } from '../../webhooks/admission/subject.ts';
import { fakeIo } from '../cli/support/fakeIo.ts';
import { createManualClock } from '../support/manualClock.ts';
import { createAdmission, custom, NOW, OPERATOR, requestOf } from '../webhooks/support/world.ts';
import { apiSpec, llmSpec, policySpec, serverSpec } from './arbitraries.ts';
import { compile } from './support.ts';

/** How many worlds are made; each has eight things to be judged, in up to four places. `.ci/run` makes thousands. */
const WORLDS = Number(process.env.KUBECHAIN_WORLDS ?? 100);

type Modes = { readonly [place in PolicyPlace]: PolicyMode };
interface World {
  readonly policies: readonly { readonly spec: PolicySpec; readonly modes: Modes }[];
  readonly exceptions: readonly AgentPolicyException[];
  readonly objects: readonly KubeObject[];
  readonly call: TaskRunToolCall;
  readonly run: TaskRun;
  readonly revision: AgentRevision;
}

/** A finding as every place can tell it. */
type Told = string;
const told = (about: string, rule: string, message: string, effect: string): Told =>
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
const ELSEWHERE = /^(limits\.|require\.provenance$|ann$)/;

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

const world: fc.Arbitrary<World> = fc
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

function policiesOf({ policies }: World, enforced: boolean): AnyPolicy[] {
  return policies.map(({ spec, modes: own }, i) => ({
    apiVersion: 'kubechain.humanlayer.dev/v1alpha1',
    kind: 'ClusterAgentPolicy',
    metadata: { name: `p${i}` },
    spec: { ...spec, ...(enforced ? { mode: 'Enforce' as const, modes: {} } : { modes: own }) },
  })) as AnyPolicy[];
}

const ofVerdict = (about: string, { findings }: Verdict): Told[] =>
  findings
    .filter(({ rule }) => !ELSEWHERE.test(rule))
    .map(({ policy, rule, detail, effect }) => told(about, `${policy.name}/${rule}`, detail, effect));

const nameOf = ({ kind, metadata }: KubeObject): string => `${kind}/${metadata.name}`;

/** The program `kubechain policy check`, with everything on its standard input. */
async function fromCommandLine(each: World, policies: readonly AnyPolicy[]): Promise<Told[]> {
  const items = [...policies, ...each.exceptions, ...each.objects];
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  const { io, out } = fakeIo({ input });
  const now = new Date(NOW).toISOString();
  await runProgram(['policy', 'check', '-', '-o', 'json', '--now', now], io);
  const { findings } = JSON.parse(out()) as {
    findings: { object: string; rule: string; message: string; level: string; field: string }[];
  };
  const effects: Record<string, string> = { error: 'deny', warning: 'warn', notice: 'audit' };
  // Rule "policy" is advice on the policies themselves: the other places say it in the policies' statuses.
  const ours = findings.filter(
    ({ rule }) => rule !== 'policy' && !ELSEWHERE.test(rule.slice(rule.lastIndexOf('/') + 1)),
  );
  return ours.map(({ object, rule, message, level, field }) => {
    assert.notEqual(rule, 'schema', `${field}: ${message}`);
    return told(object.replace(' team', ''), rule, message, effects[level] ?? '');
  });
}

/** What the validating webhook decides by. */
function fromWebhook(each: World, policies: readonly AnyPolicy[]): Map<string, Told[]> {
  const admission = createAdmission({
    policies,
    objects: [...each.objects, ...each.exceptions, each.run],
  });
  return new Map(
    [...each.objects, each.run as KubeObject, each.call as KubeObject].map((object) => {
      const request = requestOf(object, { user: OPERATOR });
      const rules = rulesOf(request);
      const subject = subjectOf(request);
      assert.ok(rules && subject);
      const judgement = judgeByPolicies(rules, subject, admission);
      return [nameOf(object), judgement === undefined ? [] : ofVerdict(nameOf(object), judgement.verdict)];
    }),
  );
}

function informersOf(each: World): Informers {
  const stored = <T>(kind: string, indexers = {}) => {
    const store = createStore<KubeObject>(indexers);
    const all = [...each.objects, ...each.exceptions, each.run, each.revision, each.call] as unknown as KubeObject[];
    for (const object of all) if (object.kind === kind) store.set(object);
    return { store } as T;
  };
  return {
    agents: stored('Agent'),
    llms: stored('LLM'),
    tools: stored('Tool'),
    mcpServers: stored('MCPServer'),
    contactChannels: stored('ContactChannel'),
    tasks: stored('Task'),
    taskRuns: stored('TaskRun'),
    toolCalls: stored('TaskRunToolCall'),
    revisions: stored('AgentRevision'),
    exceptions: stored('AgentPolicyException', {
      [INDEX.exceptionsByNamespace]: ({ metadata }: KubeObject) => [metadata.namespace ?? ''],
    }),
    namespaces: undefined,
  } as unknown as Informers;
}

/** What the operator finds when it scans live objects: findings alike are counted there, and so they are here. */
async function fromBackground(each: World, set: CompiledPolicySet): Promise<Told[]> {
  const informers = informersOf(each);
  const judging = createJudging({
    clock: createManualClock(NOW),
    informers,
    live: createLiveObjects(informers, { get: async () => undefined }),
    provenance: { resolve: async () => undefined } as unknown as ProvenanceResolver,
    metrics: undefined,
  });
  await judging.update(set, { everything: true, objects: new Set(), now: NOW }, new AbortController().signal);
  return [...judging.records()].flatMap(({ kind, name, tallies }) =>
    tallies
      .filter(({ effect, rule }) => effect !== 'excepted' && !ELSEWHERE.test(rule))
      .flatMap(({ policy, rule, effect, count, message }) =>
        Array.from({ length: count }, (_, i) =>
          told(`${kind}/${name}`, `${policy.split('/')[2]}/${rule}`, i === 0 ? message : '', effect),
        ),
      ),
  );
}

/** What the operator finds before it asks the model, and before it calls the tool. */
function atRunTime(each: World, set: CompiledPolicySet): { agent: Told[]; call: Told[] } {
  const gate = createPolicyGate({
    informers: informersOf(each),
    clock: createManualClock(NOW),
    policies: () => set,
    onExcepted: () => undefined,
  });
  const agent = each.objects.find(({ kind }) => kind === 'Agent') as Agent;
  return {
    agent: ofVerdict(nameOf(agent), gate.judgeModelCall(each.run, each.revision, 0)),
    call: ofVerdict(nameOf(each.call as KubeObject), gate.judgeToolCall(each.call, each.run, 0)),
  };
}

/** Findings alike as the background tells them: the first in full, of the others that they are there. */
function counted(all: readonly Told[]): Told[] {
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
function inModes(each: World, place: PolicyPlace, enforced: readonly Told[]): Told[] {
  return enforced.flatMap((finding) => {
    const [about = '', rule = '', message = '', effect = ''] = finding.split(' | ');
    const mode = each.policies[Number(/^p(\d)/.exec(rule)?.[1])]?.modes[place] ?? 'Off';
    return mode === 'Off' ? [] : [told(about, rule, message, EFFECTS[mode] ?? effect)];
  });
}

/** What the command line says of objects: it names a policy that is invalid once, with exit code 3, not at each object again. */
const atObjects = (all: readonly Told[]): Told[] => all.filter((finding) => !finding.includes('/policyInvalid |'));

const sorted = (all: Iterable<Told>): Told[] => [...all].sort();

describe('the four places', () => {
  it('find the same in whatever there is, with the effect that each place’s mode says', async function () {
    this.timeout(120_000 + WORLDS * 500);
    let findings = 0;
    await fc.assert(
      fc.asyncProperty(world, async (each) => {
        const strict = policiesOf(each, true);
        const webhook = fromWebhook(each, strict);
        const calls = webhook.get(nameOf(each.call as KubeObject)) ?? [];
        const runs = webhook.get(nameOf(each.run as KubeObject)) ?? [];
        const objects = [...webhook].flatMap(([name, all]) => (name.startsWith('TaskRun') ? [] : all));
        const agents = objects.filter((finding) => finding.startsWith('Agent/'));
        findings += objects.length + runs.length + calls.length;

        // Enforced everywhere: all find the same.
        const set = compile(...strict);
        const live = atRunTime(each, set);
        assert.deepEqual(sorted(await fromCommandLine(each, strict)), sorted(atObjects(objects)), 'command line');
        assert.deepEqual(
          sorted(await fromBackground(each, set)),
          sorted(counted([...objects, ...runs, ...calls])),
          'background',
        );
        assert.deepEqual(sorted(live.agent), sorted(agents), 'run time, the agent');
        assert.deepEqual(sorted(live.call), sorted(calls), 'run time, the call');

        // Each in its own mode: the same findings, the effect of the mode.
        const own = policiesOf(each, false);
        const ownSet = compile(...own);
        const admitted = fromWebhook(each, own);
        const running = atRunTime(each, ownSet);
        const expected = (place: PolicyPlace, of: readonly Told[]): Told[] => sorted(inModes(each, place, of));
        assert.deepEqual(sorted([...admitted.values()].flat()), expected('admission', [...objects, ...runs, ...calls]));
        assert.deepEqual(sorted(await fromCommandLine(each, own)), expected('cli', atObjects(objects)));
        assert.deepEqual(
          sorted(await fromBackground(each, ownSet)),
          sorted(counted(inModes(each, 'background', [...objects, ...runs, ...calls]))),
        );
        assert.deepEqual(sorted(running.agent), expected('runtime', agents));
        assert.deepEqual(sorted(running.call), expected('runtime', calls));
      }),
      { numRuns: WORLDS },
    );
    assert.equal(POLICY_PLACES.length, 4);
    assert.ok(findings > WORLDS, 'the worlds are too tame to tell anything');
  });
});
