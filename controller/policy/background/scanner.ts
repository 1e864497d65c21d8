import type { Registry } from 'prom-client';
import type { AgentPolicy, AgentPolicyException, ClusterAgentPolicy, TaskRunToolCall } from '../../../api/index.ts';
import type { Clock, EventRecorder, Informer, KubeClient, Logger, Timer } from '../../../kube/index.ts';
import { keyOf, messageOf } from '../../../kube/index.ts';
import type { CompiledPolicySet, ExceptionRef } from '../../../policies/engine/index.ts';
import { expiryOf, isExpired } from '../../../policies/engine/index.ts';
import type { FullObjects } from '../../fullObjects.ts';
import type { Informers } from '../../informers.ts';
import type { ProvenanceResolver } from '../../provenance/resolver.ts';
import { referenceTo } from '../../reference.ts';
import { writeStatus } from '../../writeStatus.ts';
import { createJudging } from './judging.ts';
import type { Totals } from './ledger.ts';
import { policyKey } from './ledger.ts';
import { registerScanMetrics } from './metrics.ts';
import type { ScannedKey, ScannedKind } from './objects.ts';
import { createLiveObjects } from './objects.ts';
import { createReportWriter } from './reports.ts';
import { exceptionStatus, policyStatus } from './statuses.ts';

/** All live objects are judged again so often, in milliseconds: rules may look at the time. */
const INTERVAL_MS = 300_000;
/** Changes that come together are looked at together. */
const PAUSE_MS = 1_000;
/** Tasks, their runs and calls come and go all the time: what they change is told less often. */
const TASK_PAUSE_MS = 30_000;
const PASSING: ReadonlySet<string> = new Set<ScannedKind>(['Task', 'TaskRun', 'TaskRunToolCall']);

/** The background scan: what live objects violate, in the statuses of policies and exceptions, in reports and in metrics. */
export interface PolicyScanner {
  policiesChanged(): void;
  /** An exception took a finding away from something that runs. */
  needed(exception: ExceptionRef): void;
  start(signal: AbortSignal): void;
}

export interface PolicyScannerOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly events: EventRecorder;
  readonly informers: Informers;
  readonly wholeCalls: Pick<FullObjects<TaskRunToolCall>, 'get'>;
  readonly policies: () => CompiledPolicySet | undefined;
  readonly provenance: ProvenanceResolver;
  readonly namespace?: string;
  readonly registry?: Registry;
}

export function createPolicyScanner(options: PolicyScannerOptions): PolicyScanner {
  const { client, clock, logger, events, informers, registry } = options;
  const live = createLiveObjects(informers, options.wholeCalls);
  const reports = createReportWriter({
    client,
    logger,
    ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
  });
  let totals: Totals | undefined;
  const metrics = registry === undefined ? undefined : registerScanMetrics(registry, informers, () => totals);
  const judging = createJudging({ clock, informers, live, provenance: options.provenance, metrics });

  /** What waits to be judged. */
  let everything = true;
  let objects = new Set<ScannedKey>();
  /** Namespaces whose report may be another one. */
  const unreported = new Set<string>();
  /** What each exception counted for when it was looked at last. */
  let exceptionsSeen = new Map<string, string>();
  /** When runs needed exceptions, in milliseconds since 1970. */
  const usedAt = new Map<string, number>();
  let fullAt = 0;
  /** The one instant, in milliseconds since 1970, that a look goes by: what has expired then has expired in all that it tells. */
  let lookedAt = 0;
  let stop: AbortSignal | undefined;
  let timer: { readonly at: number; readonly timer: Timer } | undefined;
  let running = false;

  /** Looks at what has changed after `ms`, or before. */
  function within(ms: number): void {
    if (stop === undefined || stop.aborted) return;
    const at = clock.monotonic() + ms;
    if (timer !== undefined && timer.at <= at) return;
    timer?.timer.cancel();
    timer = { at, timer: clock.after(ms, look) };
  }

  function look(): void {
    timer = undefined;
    const signal = stop;
    if (signal === undefined || signal.aborted) return;
    if (running) {
      within(PAUSE_MS);
      return;
    }
    running = true;
    run(signal)
      .catch((error: unknown) => {
        everything = true;
        if (!signal.aborted) logger.warn({ error: messageOf(error) }, 'policies: the background scan failed');
      })
      .finally(() => {
        running = false;
        within(untilNext());
      });
  }

  /** Until all is looked at again, or the next exception expires; at once where one expired since the look began. */
  function untilNext(): number {
    const ends = informers.exceptions.store
      .list()
      .map((exception) => expiryOf(exception) ?? 0)
      .filter((end) => end > lookedAt);
    return Math.max(0, Math.min(INTERVAL_MS, Math.min(...ends) - clock.now()));
  }

  async function run(signal: AbortSignal): Promise<void> {
    const set = options.policies();
    if (set === undefined) return;
    everything ||= clock.monotonic() - fullAt >= INTERVAL_MS;
    lookedAt = clock.now();
    noteExceptions();
    const due = { everything, objects, now: lookedAt };
    if (due.everything) fullAt = clock.monotonic();
    everything = false;
    objects = new Set();
    for (const namespace of await judging.update(set, due, signal)) unreported.add(namespace);
    if (signal.aborted) return;
    totals = judging.totals(set);
    await writeStatuses(set, totals, signal);
    if (due.everything) await reports.refresh(judging.records(), signal);
    const changed = new Set(unreported);
    unreported.clear();
    await reports.write(changed, judging.records(), signal);
  }

  /** Where an exception has come, changed, gone or expired, objects with findings in its namespace are judged again. */
  function noteExceptions(): void {
    const seen = new Map(
      informers.exceptions.store
        .list()
        .map((each) => [keyOf(each), `${each.metadata.uid} ${each.metadata.generation} ${isExpired(each, lookedAt)}`]),
    );
    const namespaces = new Set(
      [...seen.keys(), ...exceptionsSeen.keys()]
        .filter((key) => seen.get(key) !== exceptionsSeen.get(key))
        .map((key) => key.split('/', 1)[0]),
    );
    exceptionsSeen = seen;
    for (const key of usedAt.keys()) if (!seen.has(key)) usedAt.delete(key);
    if (namespaces.size === 0) return;
    for (const { kind, namespace, name, tallies } of judging.records()) {
      if (tallies.length > 0 && namespaces.has(namespace)) objects.add(`${kind}/${namespace}/${name}`);
    }
  }

  async function writeStatuses(set: CompiledPolicySet, figures: Totals, signal: AbortSignal): Promise<void> {
    const clusterPolicies = informers.clusterPolicies.store.list();
    const policies = informers.policies.store.list();
    for (const policy of clusterPolicies)
      await writePolicy(informers.clusterPolicies, policy, 'ClusterAgentPolicy', set, figures, signal);
    for (const policy of policies) await writePolicy(informers.policies, policy, 'AgentPolicy', set, figures, signal);
    // What comes from a list need not carry its kind.
    const all = [
      ...clusterPolicies.map((policy) => ({ ...policy, kind: 'ClusterAgentPolicy' as const })),
      ...policies.map((policy) => ({ ...policy, kind: 'AgentPolicy' as const })),
    ];
    for (const exception of informers.exceptions.store.list()) {
      await writeException(exception, all, set, figures, signal);
    }
  }

  async function writePolicy<T extends ClusterAgentPolicy | AgentPolicy>(
    informer: Informer<T>,
    policy: T,
    kind: 'ClusterAgentPolicy' | 'AgentPolicy',
    set: CompiledPolicySet,
    figures: Totals,
    signal: AbortSignal,
  ): Promise<void> {
    const { name = '', namespace } = policy.metadata;
    const key = policyKey({ kind, name, ...(namespace === undefined ? {} : { namespace }) });
    const problems = set.problems.filter(({ policy: ref, level }) => level === 'error' && policyKey(ref) === key);
    const generation = policy.metadata.generation ?? 1;
    const next = policyStatus(policy.status ?? {}, generation, problems, figures.policies.get(key), lookedAt);
    const outcome = await writeStatus(client, informer, policy, next, signal);
    if (outcome === 'written' && problems.length > 0 && policy.status?.observedGeneration !== generation) {
      events.event(
        referenceTo({ ...policy, kind }),
        'Warning',
        'PolicyBroken',
        `It denies all that it matches: ${problems[0]?.field}: ${problems[0]?.message}`,
      );
    }
    if (outcome === 'superseded') within(PAUSE_MS);
  }

  async function writeException(
    exception: AgentPolicyException,
    policies: readonly (ClusterAgentPolicy | AgentPolicy)[],
    set: CompiledPolicySet,
    figures: Totals,
    signal: AbortSignal,
  ): Promise<void> {
    const key = keyOf(exception);
    const findings = figures.exceptions.get(key) ?? 0;
    const next = exceptionStatus(exception, policies, set, findings, usedAt.get(key), lookedAt);
    const before = exception.status?.state;
    const outcome = await writeStatus(client, informers.exceptions, exception, next, signal);
    if (outcome === 'superseded') within(PAUSE_MS);
    if (outcome !== 'written' || next.state === before || next.state === 'Active') return;
    events.event(
      referenceTo({ ...exception, kind: 'AgentPolicyException' }),
      next.state === 'Unneeded' ? 'Normal' : 'Warning',
      `Exception${next.state}`,
      next.statusDetail ?? '',
    );
  }

  return {
    policiesChanged: () => within(PAUSE_MS),
    needed({ namespace, name }) {
      usedAt.set(`${namespace}/${name}`, clock.now());
      within(TASK_PAUSE_MS);
    },
    start(signal) {
      stop = signal;
      signal.addEventListener('abort', () => timer?.timer.cancel());
      fullAt = clock.monotonic();
      live.onChange((kind, object) => {
        for (const key of live.touchedBy(kind, object)) objects.add(key);
        within(PASSING.has(kind) ? TASK_PAUSE_MS : PAUSE_MS);
      });
      const soon = () => within(PAUSE_MS);
      informers.exceptions.on({
        add: soon,
        update: (old, exception) => {
          if (old.metadata.generation !== exception.metadata.generation) soon();
        },
        delete: soon,
      });
      // A policy may be written again as it was: nothing of the set changes then, but its status is to be.
      const written = {
        add: soon,
        update: (old: ClusterAgentPolicy | AgentPolicy, policy: ClusterAgentPolicy | AgentPolicy) => {
          if (old.metadata.generation !== policy.metadata.generation) soon();
        },
      };
      informers.clusterPolicies.on(written);
      informers.policies.on(written);
      informers.namespaces?.on({
        update(old, namespace) {
          if (JSON.stringify(old.metadata.labels) === JSON.stringify(namespace.metadata.labels)) return;
          for (const key of live.keysOf(namespace.metadata.name ?? '')) objects.add(key);
          soon();
        },
      });
      soon();
    },
  };
}
