/** Paths outside the resources: discovery, versions, health, OpenAPI, metrics, token issuer. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { issuer, type TokenIssuer } from '../authn/tokens.ts';
import type { OpenApi } from '../openapi/documents.ts';
import { encodeProtobuf } from '../protobuf/encode.ts';
import type { Resources } from '../registry/resources.ts';
import type { Exchange } from '../request/exchange.ts';
import { parseJson, printJson } from '../request/json.ts';
import { negotiateDocument, negotiateWhole, notRepresentable, parseAccept } from '../request/negotiate.ts';
import { type Request, type Response, sendBytes, sendObject, sendText } from '../request/response.ts';
import { failure, methodNotAllowed, notAcceptable } from '../request/status.ts';
import { printYaml } from '../request/yamlprint.ts';
import { aggregated, apiGroupDocument, apiGroupList, apiResourceList, apiVersions } from './documents.ts';
import { healthMetrics, healthPaths, serveHealth } from './health.ts';

/** `/version`: the release whose behaviour this server has. */
export const version = {
  major: '1',
  minor: '36',
  emulationMajor: '1',
  emulationMinor: '36',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  gitVersion: 'v1.36.3',
  gitCommit: '$Format:%H$',
  gitTreeState: '',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: 'go1.26.8',
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

  /** True where the path is one of ours and has been answered. Throws 405, and 406 where the client takes none of its forms. */
  async handle(exchange: Exchange): Promise<boolean> {
    const { request, response, info } = exchange;
    const { path } = info;
    if (path === '/metrics' && request.method === 'DELETE') {
      response.setHeader('Content-Type', 'text/plain; charset=utf-8');
      response.setHeader('Cache-Control', 'no-cache, private');
      response.end('metrics reset\n');
      return true;
    }
    // Meant for people: neither is offered to programs.
    if (path === '/statusz' || path === '/flagz')
      throw notAcceptable(['application/json', 'application/yaml', 'text/plain']);
    if (path.startsWith('/version/') && path !== '/version/')
      throw failure(404, 'NotFound', 'the server could not find the requested resource', {});
    if (path === '/metrics' || path === '/metrics/slis') {
      const type = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores';
      sendScraped(request, response, type, path === '/metrics' ? this.metrics() : healthMetrics());
      return true;
    }
    if (serveHealth(response, path, info.query)) return true;
    if (path === '/' || path === '/index.html') {
      sendText(request, response, 200, printJson({ paths: this.paths() }, 2), info.query);
      return true;
    }
    if (path === '/openapi/v2' || path === '/openapi/v3' || path.startsWith('/openapi/v3/')) {
      this.openApi.handle(exchange, path);
      return true;
    }
    return this.document(exchange, path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path);
  }

  /** Documents in a negotiated form; those of the builtin versions are for GET alone. */
  private document(exchange: Exchange, path: string): boolean {
    const { request, response, info } = exchange;
    const readOnly = (): void => {
      if (info.method !== 'GET') throw methodNotAllowed();
    };
    const send = (document: object, mediaType?: string): boolean => {
      sendObject(request, response, 200, document, info.query, mediaType);
      return true;
    };
    switch (path) {
      case '/version':
        readOnly();
        accepts(request, ['application/json']);
        sendText(request, response, 200, printJson(version, 2), info.query);
        return true;
      case '/api':
      case '/apis':
        if (path === '/api') readOnly();
        if (info.path === '/apis/' && wantedDiscovery(request.headers.accept) !== undefined)
          throw notAcceptable(['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf']);
        if (this.aggregated(exchange, path === '/api')) return true;
        return send(
          path === '/api' ? apiVersions(this.address().replace('https://', '')) : apiGroupList(this.resources),
          path === '/api' ? negotiateDocument(request.headers.accept) : negotiateWhole(request.headers.accept),
        );
      case '/.well-known/openid-configuration':
        readOnly();
        accepts(request, ['application/json']);
        sendPublic(response, 'application/json', {
          issuer,
          jwks_uri: `${this.address()}/openid/v1/jwks`,
          response_types_supported: ['id_token'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['ES256'],
        });
        return true;
      case '/openid/v1/jwks':
        readOnly();
        accepts(request, ['application/jwk-set+json']);
        sendPublic(response, 'application/jwk-set+json', this.tokens.keySet());
        return true;
      default:
    }
    const [root = '', group = '', versionName, ...rest] = path.split('/').slice(1);
    if (rest.length > 0 || (root !== 'api' && root !== 'apis') || group === '') return false;
    if (root === 'api' && versionName !== undefined) return false;
    if (root === 'apis' && versionName === undefined) {
      const document = apiGroupDocument(this.resources, group);
      if (document === undefined) return false;
      return send(document, negotiateWhole(request.headers.accept));
    }
    const names = root === 'api' ? ['', group] : [group, versionName ?? ''];
    const list = apiResourceList(this.resources, names[0] as string, names[1] as string);
    const builtin = this.resources.all().some((item) => item.group === names[0] && !item.custom);
    if (list === undefined) {
      if (builtin) throw failure(404, 'NotFound', 'the server could not find the requested resource', {});
      return false;
    }
    if (!builtin) return send(list, negotiateWhole(request.headers.accept));
    readOnly();
    return send(list, negotiateDocument(request.headers.accept));
  }

  /** True where the client wanted aggregated discovery, and has it. */
  private aggregated({ request, response, info }: Exchange, core: boolean): boolean {
    const wanted = wantedDiscovery(request.headers.accept);
    if (wanted === undefined) return false;
    const text = printJson(aggregated(this.resources, core));
    const tag = `"${createHash('sha512').update(text).digest('hex').toUpperCase()}"`;
    response.setHeader('Etag', tag);
    response.setHeader('Vary', 'Accept');
    if (request.headers['if-none-match'] === tag) {
      response.statusCode = 304;
      response.end();
    } else if (wanted === 'application/vnd.kubernetes.protobuf') {
      sendBytes(request, response, 200, encodeProtobuf(JSON.parse(text)), wanted + aggregatedForm, 'public');
    } else if (wanted === 'application/yaml') {
      sendBytes(request, response, 200, printYaml(parseJson(text)), wanted + aggregatedForm, 'public');
    } else sendText(request, response, 200, text, info.query, wanted + aggregatedForm, 'public');
    return true;
  }

  private paths(): string[] {
    const out = new Set(['/.well-known/openid-configuration', '/api', '/api/v1', '/apis', '/apis/']);
    for (const { group, version: name } of this.resources.all()) {
      if (group === '') continue;
      out.add(`/apis/${group}`);
      out.add(`/apis/${group}/${name}`);
    }
    const others = [
      '/flagz',
      '/metrics',
      '/metrics/slis',
      '/openapi/v2',
      '/openapi/v3',
      '/openapi/v3/',
      '/openid/v1/jwks',
      '/statusz',
      '/version',
    ];
    for (const path of [...others, ...healthPaths()]) out.add(path);
    return [...out].sort();
  }
}

/** Throws 406 where the client takes none of the media types. */
function accepts({ headers }: Request, types: readonly string[]): void {
  const { accept } = headers;
  if (accept === undefined || accept === '') return;
  const taken = parseAccept(accept).some(({ type }) => type === '*/*' || types.includes(type));
  if (!taken) throw notRepresentable(types);
}

function sendPublic(response: Response, type: string, document: object): void {
  response.setHeader('Content-Type', type);
  response.setHeader('Cache-Control', 'public, max-age=3600');
  response.end(printJson(document));
}

/** What is scraped is compressed for who takes that, however short. */
function sendScraped(request: Request, response: Response, type: string, text: string): void {
  response.setHeader('Content-Type', type);
  response.setHeader('Cache-Control', 'no-cache, private');
  const compressed = String(request.headers['accept-encoding'] ?? '').includes('gzip');
  if (compressed) response.setHeader('Content-Encoding', 'gzip');
  if (request.method === 'HEAD') response.end();
  else response.end(compressed ? gzipSync(text) : text);
}

const aggregatedTypes = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'] as const;
const aggregatedForm = ';g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** The media type in which a client takes aggregated discovery; undefined where it wants the legacy documents. */
function wantedDiscovery(accept: string | undefined): (typeof aggregatedTypes)[number] | undefined {
  for (const { type, parameters } of parseAccept(accept ?? '')) {
    const media = aggregatedTypes.find((name) => name === (type === '*/*' ? 'application/json' : type));
    if (media === undefined) continue;
    const wanted =
      parameters.get('g') === 'apidiscovery.k8s.io' &&
      parameters.get('v') === 'v2' &&
      parameters.get('as') === 'APIGroupDiscoveryList';
    if (wanted) return media;
  }
  return undefined;
}
