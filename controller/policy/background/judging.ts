import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { Clock } from '../../../kube/index.ts';
import type { CompiledPolicySet } from '../../../policies/engine/index.ts';
import { evaluate } from '../../../policies/engine/index.ts';
import { countersOf } from '../../../policies/surroundings.ts';
import type { Informers } from '../../informers.ts';
import { INDEX } from '../../informers.ts';
import { liveProvenance } from '../../provenance/live.ts';
import type { ProvenanceResolver } from '../../provenance/resolver.ts';
import type { Intern, ObjectRecord, Totals } from './ledger.ts';
import { createIntern, policyKey, recordOf, totalsOf, withoutPolicies, withVerdictOf } from './ledger.ts';
import type { ScanMetrics } from './metrics.ts';
import type { LiveObjects, ScannedKey } from './objects.ts';

/** So long, in milliseconds, the scan keeps the process from everything else. */
const SLICE_MS = 5;

/** What is to be judged: all objects, or some, by all policies. What changed of the policies is found by itself. */
export interface Due {
  readonly everything: boolean;
  readonly objects: ReadonlySet<ScannedKey>;
  /** As of when, in milliseconds since 1970. */
  readonly now: number;
}

/** The verdicts about all live objects, kept up to date with as little judging as a change needs. */
export interface Judging {
  /** Judges what is due. Resolves with the namespaces in which a record is another one. */
  update(set: CompiledPolicySet, due: Due, signal: AbortSignal): Promise<Set<string>>;
  records(): Iterable<ObjectRecord>;
  totals(set: CompiledPolicySet): Totals;
  /** Verdicts asked of the engine so far. */
  readonly asked: number;
}

export function createJudging(options: {
  readonly clock: Clock;
  readonly informers: Pick<Informers, 'exceptions' | 'namespaces'>;
  readonly live: LiveObjects;
  readonly provenance: ProvenanceResolver;
  readonly metrics: ScanMetrics | undefined;
}): Judging {
  const { clock, informers, live, provenance, metrics } = options;
  const records = new Map<ScannedKey, ObjectRecord>();
  /** The compiled key of each policy that the records are about. */
  let judgedBy = new Map<string, string>();
  let intern: Intern = createIntern();
  let asked = 0;

  async function judge(
    set: CompiledPolicySet,
    key: ScannedKey,
    now: number,
    signal: AbortSignal,
  ): Promise<ObjectRecord | undefined> {
    const found = await live.get(key, signal);
    if (found === undefined) return undefined;
    asked += 1;
    const asksForCommits = set.policies.some(({ rules }) => rules.includes('require.provenance'));
    const origin = asksForCommits ? await liveProvenance(found.object, found.context, provenance, signal) : undefined;
    const namespace = found.object.metadata?.namespace ?? '';
    const namespaceObject = informers.namespaces?.store.get(namespace);
    const counters = countersOf(found.object, found.context);
    const verdict = evaluate(set, {
      place: 'background',
      operation: 'CREATE',
      object: found.object,
      namespace,
      context: found.context,
      exceptions: informers.exceptions.store.byIndex(INDEX.exceptionsByNamespace, namespace),
      now,
      ...(counters === undefined ? {} : { counters }),
      ...(origin === undefined ? {} : { provenance: origin }),
      ...(namespaceObject === undefined ? {} : { namespaceObject }),
    });
    return recordOf(found.object, verdict, intern);
  }

  /** Calls `each` for the keys, in slices between which others get their turn. */
  async function inSlices(keys: Iterable<ScannedKey>, signal: AbortSignal, each: (key: ScannedKey) => Promise<void>) {
    let before = asked;
    let started = clock.monotonic();
    const told = (): void => {
      metrics?.judged(asked - before, (clock.monotonic() - started) / 1000);
      before = asked;
    };
    for (const key of keys) {
      if (signal.aborted) return;
      await each(key);
      if (clock.monotonic() - started < SLICE_MS) continue;
      told();
      await yieldToOthers();
      started = clock.monotonic();
    }
    told();
  }

  return {
    get asked() {
      return asked;
    },
    records: () => records.values(),
    totals: (set) =>
      totalsOf(
        records.values(),
        set.policies.map(({ ref }) => ref),
      ),
    async update(set, due, signal) {
      const touched = new Set<string>();
      const put = (key: ScannedKey, record: ObjectRecord | undefined): void => {
        touched.add(key.split('/', 2)[1] ?? '');
        if (record === undefined) records.delete(key);
        else records.set(key, record);
      };
      const keys = new Map(set.policies.map((policy) => [policyKey(policy.ref), policy.key]));
      const changed = set.policies.filter(({ ref, key }) => judgedBy.get(policyKey(ref)) !== key);
      const stale = new Set([
        ...changed.map(({ ref }) => policyKey(ref)),
        ...[...judgedBy.keys()].filter((key) => !keys.has(key)),
      ]);
      const everything = due.everything || judgedBy.size === 0;
      if (everything) {
        intern = createIntern();
        for (const key of records.keys()) if (!live.has(key)) put(key, undefined);
        await inSlices(live.keys(), signal, async (key) => put(key, await judge(set, key, due.now, signal)));
      } else {
        if (stale.size > 0) {
          for (const [key, record] of records) {
            if (record.policies.some((policy) => stale.has(policy)) || record.undecided.length > 0)
              put(key, withoutPolicies(record, stale, intern));
          }
          const only = { ...set, policies: changed };
          await inSlices(changed.length === 0 ? [] : live.keys(), signal, async (key) => {
            const fresh = await judge(only, key, due.now, signal);
            const before = records.get(key);
            const says = fresh !== undefined && (fresh.policies.length > 0 || fresh.undecided.length > 0);
            if (says || before === undefined)
              put(key, fresh === undefined ? undefined : withVerdictOf(before, fresh, stale, intern));
          });
        }
        await inSlices(due.objects, signal, async (key) => put(key, await judge(set, key, due.now, signal)));
      }
      if (!signal.aborted) judgedBy = keys;
      return touched;
    },
  };
}
