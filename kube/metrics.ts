import type { Registry } from 'prom-client';
import type { ControllerMetrics } from './types.ts';

export interface ClientMetrics {
  /** `code` is the HTTP status, or a `KubeError` code where no answer came. */
  request(verb: string, resource: string, code: string, seconds: number): void;
}

export interface InformerMetrics {
  relisted(resource: string): void;
  watchStarted(resource: string): void;
  failed(resource: string, code: string): void;
  objects(resource: string, count: number): void;
}

export interface QueueMetrics {
  depth(queue: string, length: number): void;
  added(queue: string): void;
  /** Seconds that a key waited for a worker. */
  waited(queue: string, seconds: number): void;
  worked(queue: string, seconds: number): void;
  retried(queue: string): void;
}

export interface LeaderMetrics {
  leading(lease: string, leads: boolean): void;
}

export interface EventMetrics {
  /** `result`: `written`, `failed`, `dropped` (queue full) or `filtered` (one object's spam). */
  event(result: 'written' | 'failed' | 'dropped' | 'filtered'): void;
}

export interface KubeMetrics {
  readonly client: ClientMetrics;
  readonly informer: InformerMetrics;
  readonly queue: QueueMetrics;
  readonly controller: ControllerMetrics;
  readonly leader: LeaderMetrics;
  readonly events: EventMetrics;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/**
 * Registers the runtime's metrics. Names and labels are those of client-go and controller-runtime where they have one, so
 * that their dashboards fit. prom-client is loaded here, not by everyone who imports a client.
 */
export async function createKubeMetrics(registry: Registry): Promise<KubeMetrics> {
  const { Counter, Gauge, Histogram } = await import('prom-client');
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Counter<L>({ name, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Gauge<L>({ name, help, labelNames, registers });
  const histogram = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Histogram<L>({ name, help, labelNames, buckets: SECONDS, registers });

  const requests = counter('rest_client_requests_total', 'Calls to the API server', ['verb', 'resource', 'code']);
  const latency = histogram('rest_client_request_duration_seconds', 'Duration of calls to the API server', [
    'verb',
    'resource',
  ]);
  const relists = counter('informer_relists_total', 'Lists after the first', ['resource']);
  const watches = counter('informer_watches_total', 'Watches started', ['resource']);
  const failures = counter('informer_failures_total', 'Failed lists and watches', ['resource', 'code']);
  const objects = gauge('informer_objects', 'Objects in the store', ['resource']);
  const depth = gauge('workqueue_depth', 'Keys that wait for a worker', ['name']);
  const adds = counter('workqueue_adds_total', 'Keys added', ['name']);
  const waits = histogram('workqueue_queue_duration_seconds', 'Time that a key waited for a worker', ['name']);
  const work = histogram('workqueue_work_duration_seconds', 'Time that a key was worked on', ['name']);
  const retries = counter('workqueue_retries_total', 'Keys added again after a failure', ['name']);
  const reconciles = counter('controller_runtime_reconcile_total', 'Reconciles by result', ['controller', 'result']);
  const errors = counter('controller_runtime_reconcile_errors_total', 'Reconciles that failed', ['controller']);
  const times = histogram('controller_runtime_reconcile_time_seconds', 'Duration of reconciles', ['controller']);
  const active = gauge('controller_runtime_active_workers', 'Workers at work', ['controller']);
  const leader = gauge('leader_election_master_status', '1 while this process leads', ['name']);
  const events = counter('event_recorder_events_total', 'Events by what became of them', ['result']);

  return {
    client: {
      request(verb, resource, code, seconds) {
        requests.inc({ verb, resource, code });
        latency.observe({ verb, resource }, seconds);
      },
    },
    informer: {
      relisted: (resource) => relists.inc({ resource }),
      watchStarted: (resource) => watches.inc({ resource }),
      failed: (resource, code) => failures.inc({ resource, code }),
      objects: (resource, count) => objects.set({ resource }, count),
    },
    queue: {
      depth: (name, length) => depth.set({ name }, length),
      added: (name) => adds.inc({ name }),
      waited: (name, seconds) => waits.observe({ name }, seconds),
      worked: (name, seconds) => work.observe({ name }, seconds),
      retried: (name) => retries.inc({ name }),
    },
    controller: {
      reconciled(controller, result, seconds) {
        reconciles.inc({ controller, result });
        if (result === 'error' || result === 'terminal_error') errors.inc({ controller });
        times.observe({ controller }, seconds);
      },
      active: (controller, workers) => active.set({ controller }, workers),
    },
    leader: { leading: (name, leads) => leader.set({ name }, leads ? 1 : 0) },
    events: { event: (result) => events.inc({ result }) },
  };
}
