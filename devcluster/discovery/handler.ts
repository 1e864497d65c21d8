/** Paths outside the resources: discovery, versions, health, OpenAPI, metrics, token issuer. */
import { issuer, type TokenIssuer } from '../authn/tokens.ts';
import type { OpenApi } from '../openapi/documents.ts';
import type { Resources } from '../registry/resources.ts';
import { parseAccept } from '../request/negotiate.ts';
import type { Exchange } from '../request/resource.ts';
import { sendObject, sendPlain } from '../request/response.ts';
import { aggregated, apiGroupDocument, apiGroupList, apiResourceList, apiVersions } from './documents.ts';

/** `/version`: the release whose behaviour this server has. */
export const version = {
  major: '1',
  minor: '36',
  emulationMajor: '1',
  emulationMinor: '36',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  gitVersion: 'v1.36.3',
  gitCommit: '',
  gitTreeState: '',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: 'go1.26.0',
  compiler: 'gc',
  platform: 'linux/amd64',
};

/** Serves what is not a resource. */
export class Discovery {
  private readonly resources: Resources;
  private readonly openApi: OpenApi;
  private readonly tokens: TokenIssuer;
  private readonly address: () => string;
  private readonly metrics: () => string;

  constructor(
    resources: Resources,
    openApi: OpenApi,
    tokens: TokenIssuer,
    address: () => string,
    metrics: () => string,
  ) {
    this.resources = resources;
    this.openApi = openApi;
    this.tokens = tokens;
    this.address = address;
    this.metrics = metrics;
  }

  /** True where the path is one of ours and has been answered. */
  async handle(exchange: Exchange): Promise<boolean> {
    const { request, response, info } = exchange;
    if (info.method !== 'GET' && info.method !== 'HEAD') return false;
    const path = info.path.length > 1 && info.path.endsWith('/') ? info.path.slice(0, -1) : info.path;
    const send = (document: object | undefined, mediaType?: string): boolean => {
      if (document === undefined) return false;
      sendObject(request, response, 200, document, info.query, mediaType);
      return true;
    };
    switch (path) {
      case '/':
        return send({ paths: this.paths() });
      case '/version':
        return send(version);
      case '/healthz':
      case '/readyz':
      case '/livez':
        sendPlain(response, 200, info.query.has('verbose') ? healthReport(path.slice(1)) : 'ok');
        return true;
      case '/metrics':
        sendPlain(response, 200, this.metrics());
        return true;
      case '/api':
      case '/apis':
        return send(this.root(exchange, path === '/api'), aggregatedType(exchange));
      case '/.well-known/openid-configuration':
        return send({
          issuer,
          jwks_uri: `${this.address()}/openid/v1/jwks`,
          response_types_supported: ['id_token'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['ES256'],
        });
      case '/openid/v1/jwks':
        return send(this.tokens.keySet(), 'application/jwk-set+json');
      default:
    }
    if (/^\/(healthz|readyz|livez)\//.test(path)) {
      sendPlain(response, 200, 'ok');
      return true;
    }
    if (path === '/openapi/v2' || path === '/openapi/v3' || path.startsWith('/openapi/v3/')) {
      return this.openApi.handle(exchange, path);
    }
    const parts = path.split('/').slice(1);
    if (parts[0] === 'api' && parts.length === 2) return send(apiResourceList(this.resources, '', parts[1] as string));
    if (parts[0] === 'apis' && parts.length === 2) return send(apiGroupDocument(this.resources, parts[1] as string));
    if (parts[0] === 'apis' && parts.length === 3) {
      return send(apiResourceList(this.resources, parts[1] as string, parts[2] as string));
    }
    return false;
  }

  private root(exchange: Exchange, core: boolean): object {
    if (aggregatedType(exchange) !== undefined) return aggregated(this.resources, core);
    return core ? apiVersions(this.address().replace('https://', '')) : apiGroupList(this.resources);
  }

  private paths(): string[] {
    const out = new Set(['/.well-known/openid-configuration', '/api', '/api/v1', '/apis', '/apis/']);
    for (const { group, version: name } of this.resources.all()) {
      if (group === '') continue;
      out.add(`/apis/${group}`);
      out.add(`/apis/${group}/${name}`);
    }
    for (const path of [
      '/healthz',
      '/livez',
      '/metrics',
      '/openapi/v2',
      '/openapi/v3',
      '/openid/v1/jwks',
      '/readyz',
      '/version',
    ]) {
      out.add(path);
    }
    return [...out].sort();
  }
}

const aggregatedMedia = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** The media type of aggregated discovery where the client prefers it; undefined for the legacy documents. */
function aggregatedType({ request }: Exchange): string | undefined {
  const accept = request.headers.accept;
  if (accept === undefined) return undefined;
  for (const { type, parameters } of parseAccept(accept)) {
    if (type !== 'application/json' && type !== '*/*') continue;
    if (!parameters.has('as')) return undefined;
    const wanted =
      parameters.get('g') === 'apidiscovery.k8s.io' &&
      parameters.get('v') === 'v2' &&
      parameters.get('as') === 'APIGroupDiscoveryList';
    if (wanted) return aggregatedMedia;
  }
  return undefined;
}

const checks = [
  'ping',
  'log',
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

/** The long form of a health endpoint. By the time a request is served, all that the checks stand for has been done. */
function healthReport(name: string): string {
  const all =
    name === 'readyz'
      ? [...checks.slice(0, 3), 'etcd-readiness', 'informer-sync', ...checks.slice(3), 'shutdown']
      : checks;
  return `${all.map((check) => `[+]${check} ok\n`).join('')}${name} check passed\n`;
}
