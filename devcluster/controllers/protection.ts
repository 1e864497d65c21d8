/** Lets claims and volumes go whose deletion has begun and that nothing uses. */
import { protectionFinalizers } from '../admission/protection.ts';
import { objects, text } from '../builtin/access.ts';
import type { Logger } from '../logger.ts';
import type { RegistryContext } from '../registry/call.ts';
import { modify, systemCall } from '../registry/internal.ts';
import type { KubeObject } from '../types.ts';
import type { Controllers } from './types.ts';

/** Starts the controller. */
export function startProtection(context: RegistryContext, logger: Logger): Controllers {
  const resources = Object.keys(protectionFinalizers);
  const review = (resource: string, key: string): void => {
    release(context, resource, key).catch((error: unknown) =>
      logger.error({ error, resource, key }, 'protection could not be lifted'),
    );
  };
  const reviewAll = (): void => {
    for (const resource of resources) for (const entry of context.store.list(resource)) review(resource, entry.key);
  };
  const stops = [
    ...resources.map((resource) =>
      context.store.subscribe(resource, ({ type, entry }) => {
        if (type !== 'DELETED') review(resource, entry.key);
      }),
    ),
    // A pod that goes or ends may have been the last user of a claim, and a claim that of a volume.
    ...['/pods', '/persistentvolumeclaims'].map((user) =>
      context.store.subscribe(user, ({ type, entry }) => {
        if (type === 'DELETED' || ended(context.store.object(entry))) reviewAll();
      }),
    ),
  ];
  reviewAll();
  return {
    close: () => {
      for (const stop of stops) stop();
    },
  };
}

function ended(pod: KubeObject): boolean {
  return ['Succeeded', 'Failed'].includes(text(pod, 'status.phase'));
}

async function release(context: RegistryContext, resource: string, key: string): Promise<void> {
  const entry = context.store.latest(resource, key);
  if (entry === undefined) return;
  const object = context.store.object(entry);
  const finalizer = protectionFinalizers[resource];
  if (object.metadata.deletionTimestamp === undefined || finalizer === undefined) return;
  if (!object.metadata.finalizers?.includes(finalizer) || inUse(context, resource, object)) return;
  const [group = '', plural = ''] = resource.split('/');
  const definition = context.resources.find(group, 'v1', plural);
  if (definition === undefined) return;
  const { namespace = '', name = '' } = object.metadata;
  await modify(context, systemCall(definition, namespace, name, { manager: 'kube-controller-manager' }), (live) => {
    const kept = (live.metadata.finalizers ?? []).filter((item) => item !== finalizer);
    if (kept.length > 0) live.metadata.finalizers = kept;
    else delete live.metadata.finalizers;
    return true;
  });
}

function inUse(context: RegistryContext, resource: string, object: KubeObject): boolean {
  const { namespace = '', name = '' } = object.metadata;
  if (resource === '/persistentvolumeclaims') {
    return context.store.list('/pods', `${namespace}/`).some((entry) => {
      const pod = context.store.object(entry);
      if (ended(pod) || text(pod, 'spec.nodeName') === '') return false;
      return objects(pod, 'spec.volumes').some((volume) => text(volume, 'persistentVolumeClaim.claimName') === name);
    });
  }
  return resource === '/persistentvolumes' && text(object, 'status.phase') === 'Bound';
}
