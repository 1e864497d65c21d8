/** Namespaces: what each gets when it appears, and how it is emptied when it goes. */
import { setTimeout } from 'node:timers/promises';
import type { Logger } from '../logger.ts';
import type { RegistryContext } from '../registry/call.ts';
import { timestamp } from '../registry/call.ts';
import { equalJson, isObject } from '../registry/copy.ts';
import { remove } from '../registry/delete.ts';
import { modify, systemCall } from '../registry/internal.ts';
import { storageName } from '../registry/resources.ts';
import { StatusError } from '../request/status.ts';
import { finalizeNamespace } from '../request/subresource.ts';
import type { KubeObject, ResourceDefinition } from '../types.ts';
import { ensure } from './bootstrap.ts';
import type { Controllers } from './types.ts';

interface Condition {
  type: string;
  status: string;
  lastTransitionTime: string;
  reason: string;
  message: string;
}

/**
 * How long what a namespace holds outlives its deletion. `kubectl delete -f` names the namespace and, right after it, what
 * is in it, and complains of whatever is gone already. kube-controller-manager waits for five seconds.
 */
const RETRY_MS = 100;
const manager = 'kube-controller-manager';
const GRACE_MS = 1000;

/** Starts the controller. */
export function startNamespaces(context: RegistryContext, logger: Logger, caPem: string): Controllers {
  const busy = new Set<string>();
  const again = new Set<string>();
  const leaving = new Set<string>();
  const closed = new AbortController();
  const graceOver = async (name: string): Promise<void> => {
    const entry = context.store.latest('/namespaces', name);
    if (entry === undefined) leaving.delete(name);
    if (entry === undefined || context.store.object(entry).metadata.deletionTimestamp === undefined) return;
    if (leaving.has(name)) return;
    leaving.add(name);
    await setTimeout(GRACE_MS, undefined, { ref: false, signal: closed.signal });
  };
  const sync = (name: string): void => {
    if (busy.has(name)) {
      again.add(name);
      return;
    }
    busy.add(name);
    graceOver(name)
      .then(() => reconcile(context, name, caPem))
      .then(async (whole) => {
        if (whole) return;
        // A quota whose status is not there yet refuses what it will let pass.
        again.add(name);
        await setTimeout(RETRY_MS, undefined, { ref: false, signal: closed.signal });
      })
      .catch((error: unknown) => {
        if (!closed.signal.aborted)
          logger.error({ error, namespace: name }, 'namespace could not be brought up to date');
      })
      .finally(() => {
        busy.delete(name);
        if (again.delete(name)) sync(name);
      });
  };
  const stops = [
    context.store.subscribe('/namespaces', (event) => sync(event.entry.key)),
    // Whatever goes may be the last thing that a terminating namespace waited for; its account and CA come back.
    context.store.subscribe('', (event) => {
      const { key, resource } = event.entry;
      const slash = key.indexOf('/');
      if (resource === '/configmaps' && event.type === 'MODIFIED' && key.endsWith('/kube-root-ca.crt')) {
        sync(key.slice(0, slash));
        return;
      }
      if (slash < 0 || event.type !== 'DELETED') return;
      const namespace = context.store.latest('/namespaces', key.slice(0, slash));
      if (namespace === undefined) return;
      const deleting = context.store.object(namespace).metadata.deletionTimestamp !== undefined;
      if (deleting || resource === '/serviceaccounts' || resource === '/configmaps') sync(key.slice(0, slash));
    }),
  ];
  for (const entry of context.store.list('/namespaces')) sync(entry.key);
  return {
    close: () => {
      closed.abort();
      for (const stop of stops) stop();
    },
  };
}

/** False where something could not be made that belongs there. */
async function reconcile(context: RegistryContext, name: string, caPem: string): Promise<boolean> {
  const entry = context.store.latest('/namespaces', name);
  if (entry === undefined) return true;
  const namespace = context.store.object(entry);
  if (namespace.metadata.deletionTimestamp !== undefined) {
    await empty(context, namespace);
    return true;
  }
  try {
    await ensure(
      context,
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: name } },
      manager,
    );
    await ensure(
      context,
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name: 'kube-root-ca.crt',
          namespace: name,
          annotations: {
            'kubernetes.io/description':
              'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.',
          },
        },
        data: { 'ca.crt': caPem },
      },
      manager,
    );
    await restoreAuthority(context, name, caPem);
  } catch (error) {
    // The namespace has gone, or started to go, in between.
    if (!(error instanceof StatusError) || (error.code !== 403 && error.code !== 404)) throw error;
    return error.code !== 403 || context.store.latest('/namespaces', name) === undefined;
  }
  return true;
}

/** Whoever changes the authority's map finds it as it was. */
async function restoreAuthority(context: RegistryContext, namespace: string, caPem: string): Promise<void> {
  const entry = context.store.latest('/configmaps', `${namespace}/kube-root-ca.crt`);
  const definition = context.resources.find('', 'v1', 'configmaps');
  const wanted = { 'ca.crt': caPem };
  if (entry === undefined || definition === undefined || equalJson(context.store.object(entry).data, wanted)) return;
  await modify(context, systemCall(definition, namespace, 'kube-root-ca.crt', { manager }), (object) => {
    object.data = wanted;
    return true;
  });
}

async function empty(context: RegistryContext, namespace: KubeObject): Promise<void> {
  const name = namespace.metadata.name ?? '';
  const finalizers =
    isObject(namespace.spec) && Array.isArray(namespace.spec.finalizers) ? namespace.spec.finalizers : [];
  if (!finalizers.includes('kubernetes')) return;
  const remaining: { definition: ResourceDefinition; count: number; finalizers: Map<string, number> }[] = [];
  for (const definition of context.resources.stored()) {
    if (!definition.namespaced || !definition.verbs.includes('delete')) continue;
    const resource = storageName(definition);
    for (const item of context.store.list(resource, `${name}/`)) {
      const object = context.store.object(item);
      if (object.metadata.deletionTimestamp !== undefined) continue;
      const call = systemCall(definition, name, object.metadata.name ?? '');
      await remove(context, call, { propagationPolicy: 'Background', gracePeriodSeconds: 0 }).catch(() => undefined);
    }
    const left = context.store.list(resource, `${name}/`);
    if (left.length === 0) continue;
    const held = new Map<string, number>();
    for (const item of left) {
      for (const finalizer of context.store.object(item).metadata.finalizers ?? [])
        held.set(finalizer, (held.get(finalizer) ?? 0) + 1);
    }
    remaining.push({ definition, count: left.length, finalizers: held });
  }
  const definition = context.resources.find('', 'v1', 'namespaces');
  if (definition === undefined) return;
  const written = await modify(
    context,
    systemCall(definition, '', name, { subresource: 'status', manager: 'kube-controller-manager' }),
    (object) => setConditions(context, object, remaining),
  );
  if (written === undefined || remaining.length > 0) return;
  const call = systemCall(definition, '', name);
  try {
    const rest = finalizers.filter((item) => item !== 'kubernetes');
    await finalizeNamespace(context, call, { ...written.object, spec: { finalizers: rest } });
  } catch (error) {
    if (!(error instanceof StatusError) || error.code !== 404) throw error;
  }
}

function setConditions(
  context: RegistryContext,
  namespace: KubeObject,
  remaining: readonly { definition: ResourceDefinition; count: number; finalizers: Map<string, number> }[],
): boolean {
  const now = timestamp(context.now());
  const status = (isObject(namespace.status) ? namespace.status : {}) as { [key: string]: unknown };
  const before = JSON.stringify(status.conditions ?? null);
  const old = (Array.isArray(status.conditions) ? status.conditions : []) as Condition[];
  const condition = (type: string, value: boolean, reason: string, message: string): Condition => {
    const known = old.find((item) => item.type === type && item.status === (value ? 'True' : 'False'));
    return {
      type,
      status: value ? 'True' : 'False',
      lastTransitionTime: known?.lastTransitionTime ?? now,
      reason,
      message,
    };
  };
  const kinds = remaining.map(({ definition, count }) => {
    const resource = definition.group === '' ? `${definition.plural}.` : `${definition.plural}.${definition.group}`;
    return `${resource} has ${count} resource instances`;
  });
  const finalizers = new Map<string, number>();
  for (const item of remaining)
    for (const [key, count] of item.finalizers) finalizers.set(key, (finalizers.get(key) ?? 0) + count);
  const held = [...finalizers].map(([key, count]) => `${key} in ${count} resource instances`);
  status.conditions = [
    condition(
      'NamespaceDeletionDiscoveryFailure',
      false,
      'ResourcesDiscovered',
      'All resources successfully discovered',
    ),
    condition(
      'NamespaceDeletionGroupVersionParsingFailure',
      false,
      'ParsedGroupVersions',
      'All legacy kube types successfully parsed',
    ),
    condition(
      'NamespaceDeletionContentFailure',
      false,
      'ContentDeleted',
      'All content successfully deleted, may be waiting on finalization',
    ),
    kinds.length > 0
      ? condition(
          'NamespaceContentRemaining',
          true,
          'SomeResourcesRemain',
          `Some resources are remaining: ${kinds.sort().join(', ')}`,
        )
      : condition('NamespaceContentRemaining', false, 'ContentRemoved', 'All content successfully removed'),
    held.length > 0
      ? condition(
          'NamespaceFinalizersRemaining',
          true,
          'SomeFinalizersRemain',
          `Some content in the namespace has finalizers remaining: ${held.sort().join(', ')}`,
        )
      : condition(
          'NamespaceFinalizersRemaining',
          false,
          'ContentHasNoFinalizers',
          'All content-preserving finalizers finished',
        ),
  ];
  namespace.status = status;
  return JSON.stringify(status.conditions) !== before;
}
