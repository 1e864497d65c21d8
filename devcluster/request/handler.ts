/** The request handler: identify, authorise, route. */
import { randomUUID } from 'node:crypto';
import { authenticate } from '../authn/authenticate.ts';
import { impersonate } from '../authn/impersonate.ts';
import type { TokenIssuer } from '../authn/tokens.ts';
import { authorize, denial } from '../authz/rbac.ts';
import type { Discovery } from '../discovery/handler.ts';
import type { Metrics } from '../discovery/metrics.ts';
import type { Logger } from '../logger.ts';
import type { RegistryContext } from '../registry/call.ts';
import { EntryTooLarge } from '../storage/store.ts';
import type { UserInfo } from '../types.ts';
import type { Scheduler } from './fairness/scheduler.ts';
import type { Flow } from './flows.ts';
import { hideKeepAlive, refusesHead, sendBadRequest } from './http1.ts';
import { parseRequest, type RequestInfo } from './info.ts';
import { handleResource } from './resource.ts';
import { type Request, type Response, sendBytes, sendError, sendPlain } from './response.ts';
import { badRequest, failure, forbidden, gatewayTimeout, notFound, StatusError } from './status.ts';

/** One request, as an audit log has it: who wanted to do what, and whether they may. */
export interface AuditEvent {
  readonly user: string;
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly allowed: boolean;
}

/** What the handler serves requests with. */
export interface HandlerParts {
  readonly context: RegistryContext;
  readonly tokens: TokenIssuer;
  readonly discovery: Discovery;
  readonly logger: Logger;
  readonly scheduler: Scheduler;
  readonly metrics: Metrics;
  readonly flowOf: (user: UserInfo, info: RequestInfo) => Flow | undefined;
  /** Aborts when the server closes. */
  readonly closing: AbortSignal;
  readonly audit: ((event: AuditEvent) => void) | undefined;
  /** Virtual resources (reviews), by `group/plural`. */
  readonly reviews: ReadonlyMap<
    string,
    (exchange: import('./exchange.ts').Exchange, definition: import('../types.ts').ResourceDefinition) => Promise<void>
  >;
}

/** Serves one request; never rejects. */
export async function handle(parts: HandlerParts, request: Request, response: Response): Promise<void> {
  hideKeepAlive(request, response);
  if (refusesHead(request, response)) return;
  const auditId = request.headers['audit-id'];
  response.setHeader('Audit-Id', typeof auditId === 'string' && auditId !== '' ? auditId : randomUUID());
  let info: RequestInfo;
  try {
    info = parseRequest(request.method ?? 'GET', request.url ?? '/');
  } catch {
    response.removeHeader('Audit-Id');
    sendBadRequest(response);
    return;
  }
  parts.metrics.observe(request, response, info);
  if (info.unclear) {
    response.statusCode = 500;
    response.setHeader('Content-Type', 'text/plain; charset=utf-8');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.end(
      `Internal Server Error: ${JSON.stringify(request.url)}: failed to create RequestInfo: unable to determine kind and namespace from url, ${info.path}\n`,
    );
    return;
  }
  try {
    await route(parts, request, response, info);
  } catch (error) {
    if (isPlainNotFound(error)) {
      sendPlain(response, 404, '404 page not found\n');
      return;
    }
    if (!(error instanceof StatusError || error instanceof EntryTooLarge))
      parts.logger.error({ error, method: info.method, path: info.path }, 'request failed');
    sendError(request, response, error, info.query);
  }
}

function isPlainNotFound(error: unknown): boolean {
  return error instanceof StatusError && (error as { plain?: boolean }).plain === true;
}

async function route(parts: HandlerParts, request: Request, response: Response, info: RequestInfo): Promise<void> {
  const { context } = parts;
  const caller = authenticate(context, parts.tokens, request, response);
  // Refusals of access are marked; a request that is let in is not.
  response.setHeader('X-Content-Type-Options', 'nosniff');
  const user = impersonate(context, request, caller, info);
  const flow = parts.flowOf(user, info);
  if (flow !== undefined) {
    response.setHeader('X-Kubernetes-Pf-Flowschema-Uid', flow.schema);
    response.setHeader('X-Kubernetes-Pf-Prioritylevel-Uid', flow.level);
  }
  const attributes = {
    user,
    verb: info.verb,
    resourceRequest: info.resourceRequest,
    group: info.group,
    resource: info.resource,
    subresource: info.subresource,
    name: info.name,
    namespace: info.namespace,
    path: info.path,
  };
  const decision = authorize(context, attributes);
  if (parts.audit !== undefined) {
    const { verb, group, resource, subresource, namespace, name } = info;
    parts.audit({
      user: user.username,
      verb,
      group,
      resource,
      subresource,
      namespace,
      name,
      allowed: decision.allowed,
    });
  }
  if (!decision.allowed) {
    const why = denial(attributes, decision.reason);
    if (!info.resourceRequest) throw failure(403, 'Forbidden', `forbidden: ${why}`, {});
    throw forbidden({ group: info.group, resource: info.resource }, info.name, why);
  }
  response.removeHeader('x-content-type-options');
  if (!checkTimeout(info)) {
    const { kind: _, apiVersion: __, ...status } = gatewayTimeout().status;
    sendBytes(request, response, 504, JSON.stringify(status), 'text/plain; charset=utf-8');
    return;
  }
  const turn = parts.scheduler.turnsOf({ user: caller.username, connection: connectionOf(request) });
  // Only a single slash begins a path that is served.
  if (info.path.startsWith('//')) {
    sendPlain(response, 404, '404 page not found\n');
    return;
  }
  const exchange = { request, response, info, user, turn, closing: parts.closing };
  // Those with a body wait when they have read it.
  if (info.method === 'GET' || info.method === 'HEAD') await turn.next();
  if (!info.resourceRequest) {
    if (await parts.discovery.handle(exchange)) return;
    sendPlain(response, 404, '404 page not found\n');
    return;
  }
  const definition = context.resources.find(info.group, info.version, info.resource);
  if (definition === undefined) {
    throw unknownResource(context, info);
  }
  if (
    definition.namespaced !== (info.namespace !== '') &&
    !(definition.group === '' && definition.plural === 'namespaces' && info.namespace === info.name)
  ) {
    // A list's name comes from its field selector, not from the path.
    const collection = info.verb === 'list' || info.verb === 'watch' || info.verb === 'deletecollection';
    const allNamespaces = definition.namespaced && (info.name === '' || (collection && !info.named));
    if (!allNamespaces) throw unknownResource(context, info);
  }
  // Only what is behind a proxy has paths of its own.
  if (info.rest.length > 0 && !definition.custom && info.subresource !== 'proxy') throw unknownResource(context, info);
  const review = parts.reviews.get(`${definition.group}/${definition.plural}`);
  if (review !== undefined) await review(exchange, definition);
  else await handleResource(context, exchange, definition);
}

/** What all requests of one client on one connection have in common. */
function connectionOf(request: Request): object {
  return ('stream' in request ? request.stream.session : undefined) ?? request.socket;
}

/** A resource that an existing group version does not have: a Status for builtin groups, plain text for others. */
function unknownResource(context: RegistryContext, info: RequestInfo): StatusError {
  const builtin = context.resources.all().some((item) => item.group === info.group && !item.custom);
  if (!builtin) return Object.assign(notFound({ group: '', resource: '' }, ''), { plain: true });
  return failure(404, 'NotFound', 'the server could not find the requested resource', {});
}

const duration = /^[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;

/** `timeout` of any request is a Go duration. False where none can be met. Throws 400. */
function checkTimeout(info: RequestInfo): boolean {
  const text = info.query.get('timeout') ?? '';
  if (text === '') return true;
  if (duration.test(text)) return info.verb === 'watch' || !/^\+?0*[1-9]\d{0,2}(?:ns|us|µs|μs)$/.test(text);
  const quoted = JSON.stringify(text);
  const why = /^[+-]?\d+\.?\d*$/.test(text) ? `missing unit in duration ${quoted}` : `invalid duration ${quoted}`;
  throw badRequest(`invalid timeout specified in the request URL - time: ${why}`);
}
