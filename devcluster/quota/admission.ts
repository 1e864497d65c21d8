/** ResourceQuota: refuses what goes beyond a namespace's quotas, and counts what does not. */

import type { AdmissionAttributes, AdmissionPlugin } from '../admission/chain.ts';
import { at, record } from '../builtin/access.ts';
import { compareQuantity, formatQuantity } from '../builtin/quantity.ts';
import type { RegistryContext } from '../registry/call.ts';
import { isObject } from '../registry/copy.ts';
import { modify, systemCall } from '../registry/internal.ts';
import { forbidden } from '../request/status.ts';
import type { KubeObject } from '../types.ts';
import { add, fromUsage, missingRequests, namesFor, scopesMatch, toUsage, type Usage, usageOf, zero } from './usage.ts';

const resource = '/resourcequotas';
const updatable = new Set(['pods', 'services', 'persistentvolumeclaims']);

/** The plugin; it comes last of all, so that only what will be stored is counted. */
export function resourceQuotas(context: () => RegistryContext): AdmissionPlugin {
  // One check at a time for each namespace: what one is granted the next must see.
  const queues = new Map<string, Promise<void>>();
  return {
    name: 'ResourceQuota',
    handles: ({ operation, definition, subresource, namespace, dryRun }) => {
      if (namespace === '' || subresource !== '' || !definition.namespaced) return false;
      if (
        operation !== 'CREATE' &&
        !(operation === 'UPDATE' && definition.group === '' && updatable.has(definition.plural))
      )
        return false;
      void dryRun;
      return context().store.list(resource, `${namespace}/`).length > 0;
    },
    validate: (attributes) => {
      const before = queues.get(attributes.namespace) ?? Promise.resolve();
      const turn = before.catch(() => undefined).then(() => charge(context(), attributes));
      queues.set(attributes.namespace, turn);
      return turn.finally(() => {
        if (queues.get(attributes.namespace) === turn) queues.delete(attributes.namespace);
      });
    },
  };
}

async function charge(context: RegistryContext, attributes: AdmissionAttributes): Promise<void> {
  const { definition, namespace, object, oldObject } = attributes;
  if (object === undefined || !isReviewless(attributes)) return;
  const grants: { quota: KubeObject; requested: Usage }[] = [];
  for (const entry of context.store.list(resource, `${namespace}/`)) {
    const quota = context.store.object(entry);
    if (!scopesMatch(quota, definition, object)) continue;
    const requested = check(attributes, quota, object, oldObject);
    if (requested.size > 0) grants.push({ quota, requested });
  }
  if (attributes.dryRun) return;
  const quotas = context.resources.find('', 'v1', 'resourcequotas');
  if (quotas === undefined) return;
  for (const { quota, requested } of grants) {
    const call = systemCall(quotas, namespace, quota.metadata.name ?? '', { subresource: 'status' });
    await modify(context, call, (live) => {
      const status = isObject(live.status) ? live.status : {};
      const used = toUsage(record(status, 'used'));
      for (const [name, value] of requested) used.set(name, add(used.get(name) ?? zero, value));
      live.status = { ...status, used: fromUsage(used) };
      return true;
    });
  }
}

/** Kinds that are stored count; questions do not. */
function isReviewless({ definition }: AdmissionAttributes): boolean {
  return definition.verbs.includes('list');
}

/** What the object adds to a quota. Throws 403 where that is too much. */
function check(
  { definition, name, operation }: AdmissionAttributes,
  quota: KubeObject,
  object: KubeObject,
  old: KubeObject | undefined,
): Usage {
  const refuse = (why: string): Error => {
    const subject = { group: definition.group, resource: definition.plural };
    return forbidden(subject, object.metadata.name ?? name, why);
  };
  const quotaName = quota.metadata.name ?? '';
  const hard = toUsage(record(quota, 'status.hard'));
  const used = toUsage(record(quota, 'status.used'));
  const names = namesFor(definition, [...hard.keys()]);
  if (names.length === 0) return new Map();
  if (definition.group === '' && definition.plural === 'pods' && operation === 'CREATE') {
    const missing = missingRequests(object, names);
    if (missing !== undefined) throw refuse(`failed quota: ${quotaName}: ${missing}`);
  }
  if (names.some((item) => !used.has(item)) || at(quota, 'status.hard') === undefined)
    throw refuse(`status unknown for quota: ${quotaName}, resources: ${[...names].sort().join(',')}`);
  const requested = delta(usageOf(definition, object), old === undefined ? new Map() : usageOf(definition, old), names);
  const exceeded: Usage[] = [new Map(), new Map(), new Map()];
  for (const [item, value] of requested) {
    const limit = hard.get(item) ?? zero;
    const before = used.get(item) ?? zero;
    if (compareQuantity(add(before, value), limit) <= 0) continue;
    for (const [index, quantity] of [value, before, limit].entries()) exceeded[index]?.set(item, quantity);
  }
  if ((exceeded[0]?.size ?? 0) > 0) {
    const [asked, taken, limited] = exceeded.map(listed);
    throw refuse(`exceeded quota: ${quotaName}, requested: ${asked}, used: ${taken}, limited: ${limited}`);
  }
  return requested;
}

function delta(now: Usage, before: Usage, names: readonly string[]): Usage {
  const out: Usage = new Map();
  for (const name of names) {
    const value = now.get(name);
    if (value === undefined) continue;
    const nano = value.nano - (before.get(name)?.nano ?? 0n);
    if (nano > 0n) out.set(name, { ...value, nano });
  }
  return out;
}

function listed(usage: Usage): string {
  return [...usage]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${formatQuantity(value)}`)
    .join(',');
}
