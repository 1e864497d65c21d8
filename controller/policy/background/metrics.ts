import type { Registry } from 'prom-client';
import { Counter, Gauge } from 'prom-client';
import type { Informers } from '../../informers.ts';
import type { Totals } from './ledger.ts';

/** Told of what the background scan does. */
export interface ScanMetrics {
  /** Objects judged in a step, and how long that took, in seconds. */
  judged(objects: number, seconds: number): void;
}

const EFFECTS = ['violations', 'warnings', 'audited', 'excepted', 'notEvaluable'] as const;

/** Series of the background scan: by policy, read when they are scraped. */
export function registerScanMetrics(
  registry: Registry,
  informers: Pick<Informers, 'exceptions'>,
  totals: () => Totals | undefined,
): ScanMetrics {
  const registers = [registry];
  const labels = ['policy_kind', 'policy_namespace', 'policy'] as const;
  const byPolicy = (key: string) => {
    const [policy_kind = '', policy_namespace = '', policy = ''] = key.split('/');
    return { policy_kind, policy_namespace, policy };
  };
  new Gauge({
    name: 'kubechain_policy_findings',
    help: 'Findings of policies in live objects, by what the mode of the background makes of them',
    labelNames: [...labels, 'effect'],
    registers,
    collect() {
      this.reset();
      for (const [key, { summary }] of totals()?.policies ?? []) {
        for (const effect of EFFECTS) this.set({ ...byPolicy(key), effect }, summary[effect] ?? 0);
      }
    },
  });
  new Gauge({
    name: 'kubechain_policy_objects',
    help: 'Live objects that a policy is about',
    labelNames: labels,
    registers,
    collect() {
      this.reset();
      for (const [key, { summary }] of totals()?.policies ?? []) this.set(byPolicy(key), summary.objects ?? 0);
    },
  });
  new Gauge({
    name: 'kubechain_policy_exceptions',
    help: 'AgentPolicyExceptions by state',
    labelNames: ['state'],
    registers,
    collect() {
      this.reset();
      for (const { status } of informers.exceptions.store.list()) this.inc({ state: status?.state ?? 'New' });
    },
  });
  const judged = new Counter({
    name: 'kubechain_policy_scan_objects_total',
    help: 'Verdicts of the background scan',
    registers,
  });
  const seconds = new Counter({
    name: 'kubechain_policy_scan_seconds_total',
    help: 'Seconds that the background scan spent judging',
    registers,
  });
  return {
    judged(objects, spent) {
      judged.inc(objects);
      seconds.inc(spent);
    },
  };
}
