import type { Registry } from 'prom-client';
import { KINDS } from '../api/index.ts';
import type { InformerMetrics } from '../kube/index.ts';
import type { Finding } from '../policies/engine/index.ts';
import type { AdmissionRequest } from './server/review.ts';

/** What became of a review. */
export type ReviewOutcome = 'allowed' | 'denied' | 'malformed' | 'timeout' | 'error' | 'shed';

export interface WebhookMetrics {
  reviewed(
    review: {
      readonly webhook: string;
      /** Absent where it could not be read. */
      readonly request: Pick<AdmissionRequest, 'resource' | 'operation' | 'dryRun'> | undefined;
      readonly outcome: ReviewOutcome;
    },
    seconds: number,
  ): void;
  finding(finding: Pick<Finding, 'policy' | 'mode' | 'effect'>): void;
  ratcheted(policy: Finding['policy']): void;
  excepted(finding: Pick<Finding, 'policy' | 'exception'>): void;
  /** `result`: `loaded`, or `refused` where the last good one is kept. */
  certificate(result: 'loaded' | 'refused'): void;
  readonly informer: InformerMetrics;
}

/** What is read when the series are scraped. */
export interface WebhookGauges {
  inFlight(): number;
  /** Milliseconds since 1970; undefined without a certificate. */
  certificateNotAfter(): number | undefined;
  policies(): number;
  now(): number;
}

export interface RegisteredMetrics extends WebhookMetrics {
  /** Gives the gauges something to read. */
  observe(gauges: WebhookGauges): void;
}

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Names from outside are no label values, for there is no end to them. */
const KNOWN_RESOURCES: ReadonlySet<string> = new Set(KINDS.map(({ plural }) => plural));

/** Counts nothing. */
export const noMetrics: WebhookMetrics = {
  reviewed: () => undefined,
  finding: () => undefined,
  ratcheted: () => undefined,
  excepted: () => undefined,
  certificate: () => undefined,
  informer: {
    relisted: () => undefined,
    watchStarted: () => undefined,
    failed: () => undefined,
    objects: () => undefined,
  },
};

/** Registers the webhook's series. prom-client is loaded here, not by everyone who imports a webhook. */
export async function createWebhookMetrics(registry: Registry): Promise<RegisteredMetrics> {
  const { Counter, Gauge, Histogram } = await import('prom-client');
  const registers = [registry];
  const name = (suffix: string): string => `kubechain_webhook_${suffix}`;
  const counter = <L extends string>(suffix: string, help: string, labelNames: L[]) =>
    new Counter<L>({ name: name(suffix), help, labelNames, registers });
  const requests = counter('requests_total', 'Reviews by outcome', [
    'webhook',
    'resource',
    'operation',
    'outcome',
    'dry_run',
  ]);
  const durations = new Histogram({
    name: name('request_duration_seconds'),
    help: 'Time from a review’s headers to its answer',
    labelNames: ['webhook', 'resource'],
    buckets: SECONDS,
    registers,
  });
  const findings = counter('findings_total', 'Findings by policy, mode and effect', ['policy', 'mode', 'effect']);
  const ratchets = counter('ratcheted_total', 'Findings passed because the object had them before', ['policy']);
  const exceptions = counter('exceptions_used_total', 'Findings that exceptions took away', ['policy', 'exception']);
  const shed = counter('shed_total', 'Reviews answered by the failure policy, for too many were under way', [
    'webhook',
  ]);
  const certificates = counter('certificate_loads_total', 'Serving certificates loaded or refused', ['result']);
  const objects = new Gauge({
    name: name('cache_objects'),
    help: 'Objects in a cache',
    labelNames: ['resource'],
    registers,
  });
  const failures = counter('cache_failures_total', 'Failed lists and watches', ['resource', 'code']);
  const failingSince = new Map<string, number>();
  let gauges: WebhookGauges | undefined;
  const now = (): number => gauges?.now() ?? Date.now();

  const gauge = (suffix: string, help: string, read: (from: WebhookGauges) => number | undefined): void => {
    new Gauge({
      name: name(suffix),
      help,
      registers,
      collect() {
        const value = gauges === undefined ? undefined : read(gauges);
        if (value !== undefined) this.set(value);
      },
    });
  };
  gauge('in_flight', 'Reviews under way', (from) => from.inFlight());
  gauge('policies', 'Policies compiled', (from) => from.policies());
  gauge('certificate_expiry_seconds', 'When the serving certificate expires, seconds since 1970', (from) => {
    const at = from.certificateNotAfter();
    return at === undefined ? undefined : at / 1000;
  });
  new Gauge({
    name: name('cache_age_seconds'),
    help: 'How long a cache has not been followed; 0 while it is',
    labelNames: ['resource'],
    registers,
    collect() {
      for (const [resource, since] of failingSince) this.set({ resource }, since === 0 ? 0 : (now() - since) / 1000);
    },
  });

  return {
    reviewed({ webhook, request, outcome }, seconds) {
      const plural = request?.resource.resource ?? '';
      const resource = KNOWN_RESOURCES.has(plural) ? plural : 'other';
      const operation = request?.operation ?? 'unknown';
      requests.inc({ webhook, resource, operation, outcome, dry_run: String(request?.dryRun ?? false) });
      durations.observe({ webhook, resource }, seconds);
      if (outcome === 'shed') shed.inc({ webhook });
    },
    finding: ({ policy, mode, effect }) => findings.inc({ policy: labelOf(policy), mode, effect }),
    ratcheted: (policy) => ratchets.inc({ policy: labelOf(policy) }),
    excepted: ({ policy, exception }) =>
      exceptions.inc({
        policy: labelOf(policy),
        exception: exception === undefined ? '' : `${exception.namespace}/${exception.name}`,
      }),
    certificate: (result) => certificates.inc({ result }),
    informer: {
      relisted: () => undefined,
      watchStarted: (resource) => failingSince.set(resource, 0),
      failed(resource, code) {
        failures.inc({ resource, code });
        if (!failingSince.get(resource)) failingSince.set(resource, now());
      },
      objects: (resource, count) => objects.set({ resource }, count),
    },
    observe(from) {
      gauges = from;
    },
  };
}

/** `production`, or `team-a/production` of an AgentPolicy. */
const labelOf = ({ name, namespace }: Finding['policy']): string => (namespace ? `${namespace}/${name}` : name);
