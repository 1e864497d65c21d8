/** From a webhook's clientConfig to an address. */
import type { RegistryContext } from '../../registry/call.ts';
import { isObject } from '../../registry/copy.ts';
import type { KubeObject } from '../../types.ts';
import { CallFailure, type WebhookTarget } from './client.ts';
import type { ClientConfig, ServiceReference } from './config.ts';

/** Addresses of Services that no EndpointSlice knows, by `name.namespace`: `host:port`. */
export type ServiceAddresses = ReadonlyMap<string, { readonly host: string; readonly port: number }>;

/** Reads `name.namespace=host:port`. Throws on anything else. */
export function parseServiceAddress(text: string): [service: string, address: { host: string; port: number }] {
  const found = /^(?<service>[a-z0-9-]+\.[a-z0-9-]+)=(?<host>.+):(?<port>\d+)$/.exec(text)?.groups;
  const port = Number(found?.port);
  if (found === undefined || port < 1 || port > 65535) {
    throw new Error(
      `resolve: ${JSON.stringify(text)}: must be NAME.NAMESPACE=HOST:PORT, for example webhook.default=127.0.0.1:9443`,
    );
  }
  return [found.service ?? '', { host: (found.host ?? '').replace(/^\[|\]$/g, ''), port }];
}

/** Of configurations that name a URL, what they lead to: it is as fixed as they are, and asked for at each review. */
const fixed = new WeakMap<ClientConfig, { readonly query: string; readonly target: WebhookTarget }>();

/** Where to send reviews, with the query that tells the deadline. Throws `CallFailure`. */
export function webhookTarget(
  context: RegistryContext,
  addresses: ServiceAddresses,
  config: ClientConfig,
  timeoutSeconds: number,
): WebhookTarget {
  const query = `?timeout=${timeoutSeconds}s`;
  const known = fixed.get(config);
  if (known?.query === query) return known.target;
  const ca = config.caBundle ? Buffer.from(config.caBundle, 'base64').toString() : undefined;
  if (config.service === undefined) {
    const target = { url: new URL(`${config.url ?? ''}${query}`), ca };
    fixed.set(config, { query, target });
    return target;
  }
  const { name, namespace, path = '', port = 443 } = config.service;
  const serverName = `${name}.${namespace}.svc`;
  const base = `https://${serverName}:${port}`;
  const url = new URL(`${base}${path === '' ? '/' : path}${query}`);
  const connect = addresses.get(`${name}.${namespace}`) ?? serviceEndpoint(context, config.service, port);
  if (typeof connect === 'string')
    throw new CallFailure(`Post ${JSON.stringify(`${base}${path === '' ? '/' : path}${query}`)}: ${connect}`);
  return { url, ca, serverName, connect };
}

/** An endpoint of a Service's port out of its EndpointSlices, or its external name; a string says why there is none. */
function serviceEndpoint(
  context: RegistryContext,
  { name, namespace }: ServiceReference,
  port: number,
): { host: string; port: number } | string {
  const { store } = context;
  const entry = store.get('/services', `${namespace}/${name}`);
  if (entry === undefined) return `service ${JSON.stringify(name)} not found`;
  const { spec } = store.object(entry);
  const fields = isObject(spec) ? spec : {};
  if (fields.clusterIP === 'None') return 'cannot route to service with ClusterIP "None"';
  if (fields.type === 'ExternalName') return { host: String(fields.externalName), port };
  const ports = Array.isArray(fields.ports) ? fields.ports.filter(isObject) : [];
  const wanted = ports.find((item) => item.port === port);
  if (wanted === undefined) return `no service port ${port} found for service ${JSON.stringify(name)}`;
  const found: { host: string; port: number }[] = [];
  for (const item of store.list('discovery.k8s.io/endpointslices', `${namespace}/`)) {
    const slice = store.object(item);
    if (slice.metadata.labels?.['kubernetes.io/service-name'] === name) found.push(...endpoints(slice, wanted.name));
  }
  if (found.length === 0) return `no endpoints available for service ${JSON.stringify(name)}`;
  return found[Math.floor(context.random() * found.length)] as { host: string; port: number };
}

function endpoints(slice: KubeObject, portName: unknown): { host: string; port: number }[] {
  const ports = Array.isArray(slice.ports) ? slice.ports.filter(isObject) : [];
  const port = ports.find((item) => (item.name ?? '') === (portName ?? ''))?.port;
  if (typeof port !== 'number') return [];
  const list = Array.isArray(slice.endpoints) ? slice.endpoints.filter(isObject) : [];
  return list
    .filter((item) => !isObject(item.conditions) || item.conditions.ready !== false)
    .flatMap((item) => (Array.isArray(item.addresses) ? item.addresses : []))
    .map((host) => ({ host: String(host), port }));
}
