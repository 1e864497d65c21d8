/** Health endpoints. By the time a request is served, all that the checks stand for has been done. */
import { type Response, sendPlain } from '../request/response.ts';

const checks = [
  'ping',
  'log',
  'loopback-serving-certificate',
  'etcd',
  ...[
    'start-apiserver-admission-initializer',
    'generic-apiserver-start-informers',
    'priority-and-fairness-config-consumer',
    'priority-and-fairness-filter',
    'storage-object-count-tracker-hook',
    'start-apiextensions-informers',
    'start-apiextensions-controllers',
    'crd-informer-synced',
    'start-system-namespaces-controller',
    'peer-endpoint-reconciler-controller',
    'start-cluster-authentication-info-controller',
    'start-kube-apiserver-identity-lease-controller',
    'start-kube-apiserver-identity-lease-garbage-collector',
    'storage-readiness',
    'start-legacy-token-tracking-controller',
    'start-service-ip-repair-controllers',
    'rbac/bootstrap-roles',
    'scheduling/bootstrap-system-priority-classes',
    'priority-and-fairness-config-producer',
    'bootstrap-controller',
    'start-kubernetes-service-cidr-controller',
    'start-kube-aggregator-informers',
    'apiservice-status-local-available-controller',
    'apiservice-status-remote-available-controller',
    'apiservice-registration-controller',
    'apiservice-discovery-controller',
    'kube-apiserver-autoregistration',
  ].map((hook) => `poststarthook/${hook}`),
  'autoregister-completion',
  'poststarthook/apiservice-openapi-controller',
  'poststarthook/apiservice-openapiv3-controller',
];

const endpoints = ['healthz', 'livez', 'readyz'];

function checksOf(endpoint: string): string[] {
  if (endpoint !== 'readyz') return checks;
  const [first, rest] = [checks.slice(0, 4), checks.slice(4)];
  const own = first.filter((name) => name !== 'loopback-serving-certificate');
  return [...own, 'etcd-readiness', 'informer-sync', ...rest, 'shutdown'];
}

/** All paths of health endpoints. */
export function healthPaths(): string[] {
  return endpoints.flatMap((endpoint) => [`/${endpoint}`, ...checksOf(endpoint).map((name) => `/${endpoint}/${name}`)]);
}

/** What `/metrics/slis` says of the checks. */
export function healthMetrics(): string {
  const head = ['# HELP kubernetes_healthcheck [STABLE] This metric records the result of a single healthcheck.'];
  head.push('# TYPE kubernetes_healthcheck gauge');
  const lines = endpoints.flatMap((type) =>
    checksOf(type).map((name) => `kubernetes_healthcheck{name="${name}",type="${type}"} 1`),
  );
  return `${[...head, ...lines].join('\n')}\n`;
}

/** Answers a health path; false for any other. */
export function serveHealth(response: Response, path: string, query: URLSearchParams): boolean {
  const [endpoint = '', ...rest] = path.slice(1).split('/');
  if (!endpoints.includes(endpoint)) return false;
  const check = rest.join('/');
  const known = checksOf(endpoint);
  if (rest.length > 0) {
    if (!known.includes(check)) return false;
    response.setHeader('Content-Type', 'text/plain; charset=utf-8');
    response.setHeader('Cache-Control', 'no-cache, private');
    response.end('ok');
    return true;
  }
  sendPlain(response, 200, query.has('verbose') ? report(endpoint, known, query.getAll('exclude')) : 'ok');
  return true;
}

function report(endpoint: string, known: readonly string[], excluded: readonly string[]): string {
  const lines = known.map((name) => `[+]${name} ${excluded.includes(name) ? 'excluded: ok' : 'ok'}\n`);
  const unknown = excluded.filter((name) => !known.includes(name)).map((name) => JSON.stringify(name));
  const warning =
    unknown.length === 0
      ? ''
      : `warn: some health checks cannot be excluded: no matches for ${unknown.sort().join(', ')}\n`;
  return `${lines.join('')}${warning}${endpoint} check passed\n`;
}
