/** `/metrics`: what the server counts of its requests, under the real server's names, in Prometheus' text form. */
import { readdirSync } from 'node:fs';
import type { RequestInfo } from '../request/info.ts';
import type { Request, Response } from '../request/response.ts';
import type { Store } from '../storage/store.ts';

/** Upper bounds of the durations, in seconds. */
const bounds = [
  ...[0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60],
  Number.POSITIVE_INFINITY,
];

interface Durations {
  /** By bound, not cumulated. */
  readonly counts: number[];
  sum: number;
  count: number;
}

/** Labels are many where paths are made up: what comes beyond is not told apart. */
const maxSeries = 5000;
const knownVerbs = new Set(['APPLY', 'CONNECT', 'DELETE', 'GET', 'LIST', 'PATCH', 'POST', 'PUT', 'WATCH']);
const connecting = new Set(['attach', 'exec', 'portforward', 'proxy']);
const readOnly = new Set(['GET', 'HEAD']);

export class Metrics {
  private readonly store: Store;
  private readonly totals = new Map<string, number>();
  private readonly durations = new Map<string, Durations>();
  private readonly lasting = new Map<string, number>();
  private readonly inFlight = { mutating: 0, readOnly: 0 };
  private readonly started = Date.now() / 1000 - process.uptime();

  constructor(store: Store) {
    this.store = store;
  }

  /** Counts a request when it is answered; a watch when it ends. */
  observe(request: Request, response: Response, info: RequestInfo): void {
    const since = performance.now();
    const verb = verbOf(request, info);
    const labels = labelsOf(verb, info);
    const watching = verb === 'WATCH';
    const kind = readOnly.has(info.method) ? 'readOnly' : 'mutating';
    if (watching) add(this.lasting, labels, 1);
    else this.inFlight[kind]++;
    response.on('close', () => {
      if (watching) add(this.lasting, labels, -1);
      else this.inFlight[kind]--;
      add(this.totals, `code="${response.statusCode}",${labels}`, 1);
      if (!watching) this.time(labels, (performance.now() - since) / 1000);
    });
  }

  private time(labels: string, seconds: number): void {
    let durations = this.durations.get(labels);
    if (durations === undefined) {
      if (this.durations.size >= maxSeries) return;
      durations = { counts: bounds.map(() => 0), sum: 0, count: 0 };
      this.durations.set(labels, durations);
    }
    const bound = bounds.findIndex((limit) => seconds <= limit);
    durations.counts[bound] = (durations.counts[bound] ?? 0) + 1;
    durations.sum += seconds;
    durations.count++;
  }

  /** The whole text. */
  text(): string {
    const out: string[] = [];
    const family = (name: string, type: string, help: string, lines: readonly string[]): void => {
      if (lines.length > 0) out.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines);
    };
    family(
      'apiserver_current_inflight_requests',
      'gauge',
      '[STABLE] Maximal number of currently used inflight request limit of this apiserver per request kind in last second.',
      Object.entries(this.inFlight).map(
        ([kind, count]) => `apiserver_current_inflight_requests{request_kind="${kind}"} ${count}`,
      ),
    );
    family(
      'apiserver_longrunning_requests',
      'gauge',
      '[STABLE] Gauge of all active long-running apiserver requests broken out by verb, group, version, resource, scope and component. Not all requests are tracked this way.',
      series('apiserver_longrunning_requests', this.lasting).map((line) => line.replace('dry_run="",', '')),
    );
    family(
      'apiserver_request_duration_seconds',
      'histogram',
      '[STABLE] Response latency distribution in seconds for each verb, dry run value, group, version, resource, subresource, scope and component.',
      [...this.durations].sort(byKey).flatMap(([labels, durations]) => histogram(labels, durations)),
    );
    family(
      'apiserver_request_total',
      'counter',
      '[STABLE] Counter of apiserver requests broken out for each verb, dry run value, group, version, resource, scope, component, and HTTP response code.',
      series('apiserver_request_total', this.totals),
    );
    const stored = this.store.resources().map((resource) => {
      const [group = '', plural = ''] = resource.split('/');
      return { group, plural, count: this.store.count(resource) };
    });
    family(
      'apiserver_resource_objects',
      'gauge',
      '[ALPHA] Number of stored objects at the time of last check split by kind. In case of a fetching error, the value will be -1.',
      stored
        .map(({ group, plural, count }) => `apiserver_resource_objects{group="${group}",resource="${plural}"} ${count}`)
        .sort(),
    );
    family(
      'apiserver_storage_objects',
      'gauge',
      '[STABLE] (Deprecated since 1.34.0) [DEPRECATED, consider using apiserver_resource_objects instead] Number of stored objects at the time of last check split by kind. In case of a fetching error, the value will be -1.',
      stored
        .map(
          ({ group, plural, count }) =>
            `apiserver_storage_objects{resource="${group === '' ? plural : `${plural}.${group}`}"} ${count}`,
        )
        .sort(),
    );
    const { user, system } = process.cpuUsage();
    const gauge = (name: string, help: string, value: number, type = 'gauge'): void =>
      family(name, type, help, [`${name} ${value}`]);
    const cpu = (user + system) / 1e6;
    gauge('process_cpu_seconds_total', 'Total user and system CPU time spent in seconds.', cpu, 'counter');
    const open = openFiles();
    if (open !== undefined) gauge('process_open_fds', 'Number of open file descriptors.', open);
    gauge('process_resident_memory_bytes', 'Resident memory size in bytes.', process.memoryUsage.rss());
    gauge('process_start_time_seconds', 'Start time of the process since unix epoch in seconds.', this.started);
    return `${out.join('\n')}\n`;
  }
}

/** As the real server names what is asked. */
function verbOf({ headers }: Request, info: RequestInfo): string {
  if (!info.resourceRequest) return knownVerbs.has(info.method) ? info.method : 'other';
  if (info.verb === 'list' || info.verb === 'watch') return info.verb.toUpperCase();
  if (connecting.has(info.subresource)) return 'CONNECT';
  if (info.method === 'HEAD') return 'GET';
  if (info.method === 'PATCH' && String(headers['content-type']).startsWith('application/apply-patch')) return 'APPLY';
  return knownVerbs.has(info.method) ? info.method : 'other';
}

function labelsOf(verb: string, info: RequestInfo): string {
  const { group, version, resource, subresource, namespace } = info;
  if (!info.resourceRequest) {
    const discovery = /^\/apis?(?:\/|$)/.test(info.path);
    const path = discovery ? info.path.split('/')[1] : knownPath(info.path);
    return `component="${discovery ? 'apiserver' : ''}",dry_run="",group="",resource="",scope="",subresource="${path}",verb="${verb}",version=""`;
  }
  const single = info.named || verb === 'POST' || verb === 'APPLY';
  const scope = single ? 'resource' : namespace === '' ? 'cluster' : 'namespace';
  const asked = info.query.getAll('dryRun');
  const dryRun = asked.length === 0 ? '' : asked.every((value) => value === 'All') ? 'All' : 'invalid';
  const text = (value: string): string => JSON.stringify(value.slice(0, 100));
  return `component="apiserver",dry_run="${dryRun}",group=${text(group)},resource=${text(resource)},scope="${scope}",subresource=${text(subresource)},verb="${verb}",version=${text(version)}`;
}

/** Paths that anybody could make up are one. */
function knownPath(path: string): string {
  const found = /^\/(healthz|livez|readyz|version|openapi\/v[23]|metrics)/.exec(path)?.[1];
  if (found === undefined) return '';
  return found.startsWith('openapi') ? found : `/${found}`;
}

function histogram(labels: string, { counts, sum, count }: Durations): string[] {
  let cumulated = 0;
  const name = 'apiserver_request_duration_seconds';
  const lines = bounds.map((bound, index) => {
    cumulated += counts[index] ?? 0;
    return `${name}_bucket{${labels},le="${bound === Number.POSITIVE_INFINITY ? '+Inf' : bound}"} ${cumulated}`;
  });
  return [...lines, `${name}_sum{${labels}} ${sum}`, `${name}_count{${labels}} ${count}`];
}

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

function series(name: string, counts: ReadonlyMap<string, number>): string[] {
  return [...counts].sort(byKey).map(([labels, count]) => `${name}{${labels}} ${count}`);
}

function add(counts: Map<string, number>, labels: string, by: number): void {
  const known = counts.get(labels);
  if (known === undefined && counts.size >= maxSeries) return;
  counts.set(labels, (known ?? 0) + by);
}

/** Undefined where the system does not tell. */
function openFiles(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return undefined;
  }
}
