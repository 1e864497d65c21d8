import { isDeepStrictEqual } from 'node:util';
import type {
  AgentPolicy,
  AgentPolicyException,
  AgentStatus,
  ClusterAgentPolicy,
  PolicyStatus,
} from '../../api/index.ts';
import type { Clock, EventRecorder, Informer, KubeClient, KubeObject, Logger, Timer } from '../../kube/index.ts';
import { keyOf, messageOf } from '../../kube/index.ts';
import type { CompiledPolicySet, PolicyObject } from '../../policies/engine/index.ts';
import { durationMs, exceptionState } from '../../policies/engine/index.ts';
import type { Informers } from '../informers.ts';
import { keyIn } from '../keys.ts';
import type { ProvenanceResolver } from '../provenance/resolver.ts';
import { referenceTo } from '../reference.ts';
import { stalled, timestamp, withCondition } from '../status.ts';
import { writeStatus } from '../writeStatus.ts';
import type { PolicyFigures, ScannedObject, ScanResult } from './scan.ts';
import { policyKey, scan } from './scan.ts';

/** All live objects are judged again so often, in milliseconds: clocks move, and exceptions expire. */
const INTERVAL_MS = 300_000;
/** Changes that come together are looked at together. */
const PAUSE_MS = 1_000;

/** The background scan: what live objects violate, in the statuses of the policies and their exceptions. */
export interface PolicyScanner {
  /** Asks for a scan soon. */
  soon(): void;
  start(signal: AbortSignal): void;
}

export function createPolicyScanner(options: {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly events: EventRecorder;
  readonly informers: Informers;
  readonly policies: () => CompiledPolicySet | undefined;
  readonly provenance: ProvenanceResolver;
}): PolicyScanner {
  const { client, clock, logger, events, informers } = options;
  let stop: AbortSignal | undefined;
  let timer: Timer | undefined;
  let running = false;
  let again = false;

  function objects(): ScannedObject[] {
    const found: ScannedObject[] = [];
    for (const agent of informers.agents.store.list()) {
      const { namespace } = agent.metadata;
      const llm = informers.llms.store.get(keyIn(namespace, agent.spec.llmRef.name));
      const tools = (agent.spec.tools ?? []).flatMap(
        ({ name }) => informers.tools.store.get(keyIn(namespace, name)) ?? [],
      );
      const mcpServers = (agent.spec.mcpServers ?? []).flatMap(
        ({ name }) => informers.mcpServers.store.get(keyIn(namespace, name)) ?? [],
      );
      found.push({
        object: asObject(agent, 'Agent'),
        context: { tools, mcpServers, ...(llm === undefined ? {} : { llm }) },
      });
    }
    for (const llm of informers.llms.store.list()) found.push({ object: asObject(llm, 'LLM'), context: {} });
    for (const tool of informers.tools.store.list()) found.push({ object: asObject(tool, 'Tool'), context: {} });
    for (const server of informers.mcpServers.store.list())
      found.push({ object: asObject(server, 'MCPServer'), context: {} });
    for (const task of informers.tasks.store.list()) {
      const agent = informers.agents.store.get(keyIn(task.metadata.namespace, task.spec.agentRef.name));
      found.push({ object: asObject(task, 'Task'), context: agent === undefined ? {} : { agent } });
    }
    return found;
  }

  /** Of Agents it is in their status already. */
  function withProvenance(scanned: readonly ScannedObject[], signal: AbortSignal): Promise<ScannedObject[]> {
    return Promise.all(
      scanned.map(async (each) => {
        const { object } = each;
        const status = object.kind === 'Agent' ? (object.status as AgentStatus | undefined) : undefined;
        const found =
          status?.provenance ?? (await options.provenance.resolve(object as KubeObject, signal))?.provenance;
        return found === undefined ? each : { ...each, provenance: found };
      }),
    );
  }

  async function run(signal: AbortSignal): Promise<void> {
    const set = options.policies();
    if (set === undefined) return;
    const none = set.policies.length === 0 && informers.exceptions.store.size === 0;
    if (none) return;
    const scanned = set.policies.length === 0 ? [] : objects();
    const asksForCommits = set.policies.some(({ rules }) => rules.includes('require.provenance'));
    const result = scan(set, asksForCommits ? await withProvenance(scanned, signal) : scanned, {
      exceptions: informers.exceptions.store.list(),
      namespaceObject: (name) => informers.namespaces?.store.get(name),
      now: clock.now(),
    });
    for (const policy of informers.clusterPolicies.store.list()) {
      await writePolicy(informers.clusterPolicies, policy, 'ClusterAgentPolicy', set, result, signal);
    }
    for (const policy of informers.policies.store.list()) {
      await writePolicy(informers.policies, policy, 'AgentPolicy', set, result, signal);
    }
    const all = [...informers.clusterPolicies.store.list(), ...informers.policies.store.list()];
    for (const exception of informers.exceptions.store.list()) await writeException(exception, all, result, signal);
  }

  async function writePolicy<T extends ClusterAgentPolicy | AgentPolicy>(
    informer: Informer<T>,
    policy: T,
    kind: 'ClusterAgentPolicy' | 'AgentPolicy',
    set: CompiledPolicySet,
    result: ScanResult,
    signal: AbortSignal,
  ): Promise<void> {
    const { name = '', namespace } = policy.metadata;
    const key = policyKey({ kind, name, ...(namespace === undefined ? {} : { namespace }) });
    const problems = set.problems.filter(({ policy: ref, level }) => level === 'error' && policyKey(ref) === key);
    const figures = result.policies.get(key);
    const next = policyStatus(policy.status ?? {}, policy.metadata.generation ?? 1, problems, figures, clock.now());
    const outcome = await writeStatus(client, informer, policy, next, signal);
    if (
      outcome === 'written' &&
      problems.length > 0 &&
      policy.status?.observedGeneration !== policy.metadata.generation
    ) {
      events.event(
        referenceTo({ ...policy, kind }),
        'Warning',
        'PolicyBroken',
        `It denies all that it matches: ${problems[0]?.field}: ${problems[0]?.message}`,
      );
    }
    if (outcome === 'superseded') soon();
  }

  async function writeException(
    exception: AgentPolicyException,
    policies: readonly (ClusterAgentPolicy | AgentPolicy)[],
    result: ScanResult,
    signal: AbortSignal,
  ): Promise<void> {
    const { state, detail } = exceptionState(exception, policies.map(withKind), clock.now(), durationMs);
    const findings = result.exceptions.get(keyOf(exception)) ?? 0;
    const unneeded = state === 'Active' && findings === 0;
    const before = exception.status ?? {};
    const next = {
      ...before,
      observedGeneration: exception.metadata.generation ?? 1,
      state: unneeded ? ('Unneeded' as const) : state,
      statusDetail: unneeded ? 'nothing was found that it takes away: delete it' : detail,
      findings,
      ...(findings > 0 && before.findings !== findings ? { lastNeededTime: timestamp(clock.now()) } : {}),
    };
    const outcome = await writeStatus(client, informers.exceptions, exception, next, signal);
    if (outcome === 'written' && state === 'Expired' && before.state !== 'Expired') {
      events.event(referenceTo({ ...exception, kind: 'AgentPolicyException' }), 'Warning', 'ExceptionExpired', detail);
    }
  }

  function soon(): void {
    again = true;
    const signal = stop;
    if (signal === undefined || signal.aborted || running) return;
    running = true;
    clock.after(PAUSE_MS, () => {
      const work = async () => {
        while (again && !signal.aborted) {
          again = false;
          await run(signal);
        }
      };
      work()
        .catch((error: unknown) => logger.warn({ error: messageOf(error) }, 'policies: the background scan failed'))
        .finally(() => {
          running = false;
          timer?.cancel();
          timer = clock.after(INTERVAL_MS, soon);
        });
    });
  }

  return {
    soon,
    start(signal) {
      stop = signal;
      signal.addEventListener('abort', () => timer?.cancel());
      const changed = (old: { metadata: { generation?: number } }, object: { metadata: { generation?: number } }) => {
        if (old.metadata.generation !== object.metadata.generation) soon();
      };
      const handler = { add: soon, update: changed, delete: soon };
      informers.exceptions.on(handler);
      informers.agents.on({
        ...handler,
        update: (old, agent) => {
          if (old.status?.provenance?.trust !== agent.status?.provenance?.trust) soon();
          else changed(old, agent);
        },
      });
      informers.llms.on(handler);
      informers.tools.on(handler);
      informers.mcpServers.on(handler);
      soon();
    },
  };
}

function policyStatus(
  before: PolicyStatus,
  generation: number,
  problems: readonly { field: string; message: string }[],
  figures: PolicyFigures | undefined,
  now: number,
): PolicyStatus {
  const broken = problems.length > 0;
  const ready = withCondition(before.conditions, {
    type: 'Ready',
    status: broken ? 'False' : 'True',
    reason: broken ? 'Broken' : 'Compiled',
    message: broken
      ? `It denies all that it matches: ${problems.map(({ field, message }) => `${field}: ${message}`).join('; ')}`
      : 'The policy is in force',
    observedGeneration: generation,
    lastTransitionTime: timestamp(now),
  });
  const conditions = stalled(ready, broken);
  if (figures === undefined) return { ...before, observedGeneration: generation, conditions };
  const { scanTime, ...known } = before.summary ?? {};
  const same = isDeepStrictEqual(known, figures.summary) && scanTime !== undefined;
  return {
    ...before,
    observedGeneration: generation,
    conditions,
    summary: { ...figures.summary, scanTime: same ? scanTime : timestamp(now) },
    violations: figures.violations,
  };
}

/** What comes from a list need not carry its kind. */
function withKind<T extends ClusterAgentPolicy | AgentPolicy>(policy: T): T {
  return { ...policy, kind: policy.metadata.namespace === undefined ? 'ClusterAgentPolicy' : 'AgentPolicy' };
}

function asObject(object: object, kind: string): PolicyObject {
  return { ...object, kind };
}
