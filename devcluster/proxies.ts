/**
 * The proxies to nodes, pods and services. Nothing runs behind them here: they say what the real server says of what is missing, and that
 * there is no way to what has an address.
 */
import { at, objects, text } from './builtin/access.ts';
import type { RegistryContext } from './registry/call.ts';
import { isObject } from './registry/copy.ts';
import type { Exchange } from './request/exchange.ts';
import { badRequest, failure, methodNotAllowed, notFound, type StatusError, unknownError } from './request/status.ts';
import type { KubeObject, ResourceDefinition } from './types.ts';

type Handler = (exchange: Exchange, definition: ResourceDefinition) => Promise<void>;

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** What stands for a node, a pod or a service in the path of a proxy: `[SCHEME:]NAME[:PORT]`. */
export interface Target {
  readonly scheme: '' | 'http' | 'https';
  readonly name: string;
  readonly port: string;
}

/** Reads a target (SplitSchemeNamePort of k8s.io/apimachinery); undefined where it is none. */
export function parseTarget(segment: string): Target | undefined {
  const parts = segment.split(':');
  const [first = '', second = '', third = ''] = parts;
  if (parts.length > 3) return undefined;
  if (parts.length < 3) return first === '' ? undefined : { scheme: '', name: first, port: second };
  if ((first !== '' && first !== 'http' && first !== 'https') || second === '') return undefined;
  return { scheme: first, name: second, port: third };
}

/** Handlers by `group/plural/subresource`. */
export function proxyHandlers(context: () => RegistryContext): Map<string, Handler> {
  const proxy =
    (kind: string, plural: string, refusal: (object: KubeObject, target: Target) => StatusError): Handler =>
    async ({ info }) => {
      if (!methods.includes(info.method)) throw methodNotAllowed();
      const target = parseTarget(info.name);
      if (target === undefined) throw badRequest(`invalid ${kind} request ${JSON.stringify(info.name)}`);
      const { store } = context();
      const entry = store.get(`/${plural}`, kind === 'node' ? target.name : `${info.namespace}/${target.name}`);
      if (entry === undefined) throw notFound({ group: '', resource: plural }, target.name);
      throw refusal(store.object(entry), target);
    };
  return new Map<string, Handler>([
    ['/nodes/proxy', proxy('node', 'nodes', toNode)],
    ['/pods/proxy', proxy('pod', 'pods', toPod)],
    ['/services/proxy', proxy('service', 'services', (service, target) => toService(context(), service, target))],
  ]);
}

const unreachable = (what: string): StatusError =>
  failure(503, 'ServiceUnavailable', `error trying to reach service: ${what} is on no network of this API server`);

function toNode(node: KubeObject): StatusError {
  const addresses = objects(node, 'status.addresses');
  if (addresses.length === 0) return unknownError('no preferred addresses found; known addresses: []');
  return unreachable(`node ${node.metadata.name ?? ''}`);
}

function toPod(pod: KubeObject): StatusError {
  const address = text(pod, 'status.podIP');
  // Neither nothing nor the server's own machine may be reached through it.
  if (address === '' || address.startsWith('127.') || address === '::1') return badRequest('address not allowed');
  return unreachable(`pod ${pod.metadata.name ?? ''}`);
}

function toService({ store }: RegistryContext, service: KubeObject, { port }: Target): StatusError {
  const { name = '', namespace = '' } = service.metadata;
  const quoted = JSON.stringify(name);
  let wanted = port;
  if (/^\d+$/.test(port)) {
    const found = objects(service, 'spec.ports').find((item) => item.port === Number(port));
    if (found === undefined)
      return failure(503, 'ServiceUnavailable', `no service port ${port} found for service ${quoted}`);
    wanted = text(found, 'name');
  }
  const slices = store
    .list('discovery.k8s.io/endpointslices', `${namespace}/`)
    .map((entry) => store.object(entry))
    .filter((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === name);
  if (slices.length === 0) return notFound({ group: '', resource: 'services' }, name);
  const ready = slices.some(
    (slice) =>
      objects(slice, 'ports').some((item) => text(item, 'name') === wanted) &&
      objects(slice, 'endpoints').some((endpoint) => isObject(endpoint) && at(endpoint, 'conditions.ready') !== false),
  );
  if (!ready) return failure(503, 'ServiceUnavailable', `no endpoints available for service ${quoted}`);
  return unreachable(`service ${name}`);
}
