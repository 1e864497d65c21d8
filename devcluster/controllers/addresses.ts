/** IPAddresses: one object for each address that a Service has been given. */
import { list } from '../builtin/access.ts';
import type { Logger } from '../logger.ts';
import type { RegistryContext } from '../registry/call.ts';
import { remove } from '../registry/delete.ts';
import { systemCall } from '../registry/internal.ts';
import { StatusError } from '../request/status.ts';
import type { KubeObject } from '../types.ts';
import { ensure } from './bootstrap.ts';
import { keyedQueue } from './queue.ts';
import type { Controllers } from './types.ts';

const addresses = 'networking.k8s.io/ipaddresses';

/** Addresses of a Service that has some of its own. */
function addressesOf(service: KubeObject): string[] {
  return list(service, 'spec.clusterIPs')
    .map(String)
    .filter((address) => address !== '' && address !== 'None');
}

/** Starts the controller. */
export function startAddresses(context: RegistryContext, logger: Logger): Controllers {
  const { store, resources } = context;
  const definition = resources.find('networking.k8s.io', 'v1', 'ipaddresses');
  const owners = new Map<string, { readonly namespace: string; readonly name: string }>();
  const queue = keyedQueue(logger, 'an IPAddress', async (address) => {
    if (definition === undefined) return;
    const owner = owners.get(address);
    if (owner !== undefined) {
      await ensure(context, {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'IPAddress',
        metadata: {
          name: address,
          labels: {
            'ipaddress.kubernetes.io/ip-family': address.includes(':') ? 'IPv6' : 'IPv4',
            'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
          },
        },
        spec: { parentRef: { name: owner.name, namespace: owner.namespace, resource: 'services' } },
      } as KubeObject);
    } else if (store.latest(addresses, address) !== undefined) {
      await remove(context, systemCall(definition, '', address), {}).catch((error: unknown) => {
        if (!(error instanceof StatusError) || error.code !== 404) throw error;
      });
    }
  });
  const claim = (service: KubeObject): void => {
    const { namespace = '', name = '' } = service.metadata;
    for (const address of addressesOf(service)) {
      if (owners.has(address)) continue;
      owners.set(address, { namespace, name });
      queue.add(address);
    }
  };
  const stop = store.subscribe('/services', ({ type, entry, previous }) => {
    const before = previous === undefined ? [] : addressesOf(store.object(previous));
    const now = type === 'DELETED' ? [] : addressesOf(store.object(entry));
    for (const address of before) if (!now.includes(address) && owners.delete(address)) queue.add(address);
    if (type !== 'DELETED') claim(store.object(entry));
  });
  for (const entry of store.list('/services')) claim(store.object(entry));
  return {
    close: () => {
      stop();
      queue.close();
    },
  };
}
