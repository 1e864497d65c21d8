/**
 * Whether APIServices of other servers are available. Their services are looked at as the real server does; what has a service that could
 * answer stays unavailable all the same, for this server forwards nothing.
 */
import { at, list, objects, text } from '../builtin/access.ts';
import type { Logger } from '../logger.ts';
import { type RegistryContext, timestamp } from '../registry/call.ts';
import { modify, systemCall } from '../registry/internal.ts';
import type { KubeObject } from '../types.ts';
import { keyedQueue } from './queue.ts';
import type { Controllers } from './types.ts';

const apiServices = 'apiregistration.k8s.io/apiservices';
const services = '/services';
const slices = 'discovery.k8s.io/endpointslices';

/** Why an APIService is not available. */
export interface Unavailable {
  readonly reason: string;
  readonly message: string;
}

/** What the service of an APIService lacks; `endpoints` are the slices that name it. */
export function unavailableBecause(
  apiService: KubeObject,
  service: KubeObject | undefined,
  endpoints: readonly KubeObject[],
): Unavailable {
  const [name, namespace] = [text(apiService, 'spec.service.name'), text(apiService, 'spec.service.namespace')];
  const named = `service/${name} in ${JSON.stringify(namespace)}`;
  if (service === undefined) return { reason: 'ServiceNotFound', message: `${named} is not present` };
  if (text(service, 'spec.type') !== 'ExternalName') {
    const wanted = at(apiService, 'spec.service.port') ?? 443;
    const port = objects(service, 'spec.ports').find((item) => item.port === wanted);
    if (port === undefined)
      return { reason: 'ServicePortError', message: `${named} is not listening on port ${wanted}` };
    if (endpoints.length === 0)
      return { reason: 'EndpointsNotFound', message: `cannot find endpointslices for ${named}` };
    const portName = String(port.name ?? '');
    const answering = endpoints.some(
      (slice) =>
        objects(slice, 'ports').some((item) => (item.name ?? '') === portName) &&
        objects(slice, 'endpoints').some((endpoint) => list(endpoint, 'addresses').length > 0),
    );
    if (!answering)
      return {
        reason: 'MissingEndpoints',
        message: `endpointslices for ${named} have no addresses with port name ${JSON.stringify(portName)}`,
      };
  }
  return {
    reason: 'FailedDiscoveryCheck',
    message: `this API server does not forward requests to other API servers; ${named} is not asked`,
  };
}

/** Starts the controller. */
export function startAvailability(context: RegistryContext, logger: Logger): Controllers {
  const { store, resources } = context;
  const definition = resources.find('apiregistration.k8s.io', 'v1', 'apiservices');
  const queue = keyedQueue(logger, 'an APIService', async (name) => {
    const entry = store.latest(apiServices, name);
    if (entry === undefined || definition === undefined) return;
    const apiService = store.object(entry);
    const key = serviceOf(apiService);
    if (key === undefined) return;
    const found = store.latest(services, key);
    const why = unavailableBecause(
      apiService,
      found === undefined ? undefined : store.object(found),
      store
        .list(slices)
        .map((slice) => store.object(slice))
        .filter((slice) => sliceOf(slice) === key),
    );
    await modify(context, systemCall(definition, '', name, { subresource: 'status' }), (live) => {
      const [known] = objects(live, 'status.conditions').filter((item) => item.type === 'Available');
      if (known?.status === 'False' && known.reason === why.reason && known.message === why.message) return false;
      const since = known?.status === 'False' ? known.lastTransitionTime : timestamp(context.now());
      live.status = { conditions: [{ type: 'Available', status: 'False', lastTransitionTime: since, ...why }] };
      return true;
    });
  });
  const about = (key: string | undefined): void => {
    for (const entry of store.list(apiServices)) if (serviceOf(store.object(entry)) === key) queue.add(entry.key);
  };
  const stops = [
    store.subscribe(apiServices, ({ type, entry }) => {
      if (type !== 'DELETED') queue.add(entry.key);
    }),
    store.subscribe(services, ({ entry }) => about(entry.key)),
    store.subscribe(slices, ({ entry, previous }) => {
      for (const slice of [entry, previous]) if (slice !== undefined) about(sliceOf(store.object(slice)));
    }),
  ];
  for (const entry of store.list(apiServices)) queue.add(entry.key);
  return {
    close: () => {
      for (const stop of stops) stop();
      queue.close();
    },
  };
}

/** The store's key of the service that an APIService names; undefined where this server serves it itself. */
function serviceOf(apiService: KubeObject): string | undefined {
  const name = at(apiService, 'spec.service.name');
  return name === undefined ? undefined : `${text(apiService, 'spec.service.namespace')}/${String(name)}`;
}

/** The store's key of the service that a slice is of. */
function sliceOf(slice: KubeObject): string {
  return `${slice.metadata.namespace ?? ''}/${slice.metadata.labels?.['kubernetes.io/service-name'] ?? ''}`;
}
