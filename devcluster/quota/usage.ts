/** What an object counts for in a ResourceQuota. */
import { at, list, objects, record, text } from '../builtin/access.ts';
import { containerResources, isPodResource } from '../builtin/podresources.ts';
import { formatQuantity, parseQuantity, type Quantity } from '../builtin/quantity.ts';
import type { KubeObject, ResourceDefinition } from '../types.ts';

/** Quantities by the name of the resource that a quota limits: `pods`, `requests.cpu`, `count/configmaps`. */
export type Usage = Map<string, Quantity>;

const one: Quantity = { nano: 1_000_000_000n, format: 'decimal' };
export const zero: Quantity = { nano: 0n, format: 'decimal' };

export function add(left: Quantity, right: Quantity): Quantity {
  return { nano: left.nano + right.nano, format: left.nano === 0n ? right.format : left.format };
}

export function toUsage(quantities: { readonly [name: string]: unknown }): Usage {
  return new Map(
    Object.entries(quantities).flatMap(([name, value]) => {
      const quantity = parseQuantity(String(value));
      return quantity === undefined ? [] : [[name, quantity] as const];
    }),
  );
}

export function fromUsage(usage: Usage): { [name: string]: string } {
  return Object.fromEntries(
    [...usage].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => [name, formatQuantity(value)]),
  );
}

/** Resources of the core group that may be counted by their plain name. */
const plainCounts = new Set(['configmaps', 'resourcequotas', 'replicationcontrollers', 'secrets']);

/** `count/deployments.apps` */
export function countName(group: string, plural: string): string {
  return group === '' ? `count/${plural}` : `count/${plural}.${group}`;
}

/** The usage of one object. */
export function usageOf({ group, plural }: ResourceDefinition, object: KubeObject): Usage {
  const usage: Usage = new Map([[countName(group, plural), one]]);
  if (group === 'resource.k8s.io' && plural === 'resourceclaims') deviceUsage(object, usage);
  if (group !== '') return usage;
  if (plainCounts.has(plural)) usage.set(plural, one);
  if (plural === 'pods') podUsage(object, usage);
  if (plural === 'services') serviceUsage(object, usage);
  if (plural === 'persistentvolumeclaims') claimUsage(object, usage);
  return usage;
}

function serviceUsage(object: KubeObject, usage: Usage): void {
  const ports = objects(object, 'spec.ports').length;
  const type = text(object, 'spec.type');
  const without = at(object, 'spec.allocateLoadBalancerNodePorts') === false;
  const nodePorts = type === 'NodePort' || (type === 'LoadBalancer' && !without) ? ports : 0;
  usage.set('services', one);
  usage.set('services.nodeports', { nano: BigInt(nodePorts) * one.nano, format: 'decimal' });
  usage.set('services.loadbalancers', type === 'LoadBalancer' ? one : zero);
}

const devicesOfClass = '.deviceclass.resource.k8s.io/devices';
/** What a request for all devices may come to. */
const allDevices = 32;

/** Devices of each class that a ResourceClaim may be given: of alternatives the most that one takes. */
function deviceUsage(claim: KubeObject, usage: Usage): void {
  for (const request of objects(claim, 'spec.devices.requests')) {
    const most = new Map<string, number>();
    for (const asked of [...objects(request, 'firstAvailable'), record(request, 'exactly')]) {
      const mode = text(asked, 'allocationMode');
      const count = mode === 'All' ? allDevices : mode === 'ExactCount' ? Number(at(asked, 'count') ?? 0) : 0;
      const name = `${text(asked, 'deviceClassName')}${devicesOfClass}`;
      most.set(name, Math.max(most.get(name) ?? 0, count));
    }
    for (const [name, count] of most)
      usage.set(name, add(usage.get(name) ?? zero, { nano: BigInt(count) * one.nano, format: 'decimal' }));
  }
}

function claimUsage(object: KubeObject, usage: Usage): void {
  const storage = parseQuantity(text(object, 'spec.resources.requests.storage'));
  const annotated = object.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'];
  const storageClass = annotated ?? text(object, 'spec.storageClassName');
  usage.set('persistentvolumeclaims', one);
  if (storage !== undefined) usage.set('requests.storage', storage);
  if (storageClass === '') return;
  const prefix = `${storageClass}.storageclass.storage.k8s.io`;
  usage.set(`${prefix}/persistentvolumeclaims`, one);
  if (storage !== undefined) usage.set(`${prefix}/requests.storage`, storage);
}

/** What its containers ask for together, or the pod itself where it says so, and what running it takes. */
function podResources(pod: KubeObject, field: 'requests' | 'limits'): Usage {
  const sum = containerResources(pod.spec, field);
  for (const [name, value] of toUsage(record(pod, `spec.resources.${field}`)))
    if (isPodResource(name)) sum.set(name, value);
  for (const [name, value] of toUsage(record(pod, 'spec.overhead'))) {
    const known = sum.get(name);
    if (known !== undefined || field === 'requests') sum.set(name, add(known ?? zero, value));
  }
  return sum;
}

function podUsage(pod: KubeObject, usage: Usage): void {
  const phase = text(pod, 'status.phase');
  if (phase === 'Failed' || phase === 'Succeeded') return;
  usage.set('pods', one);
  for (const [name, value] of podResources(pod, 'requests')) {
    if (name === 'cpu' || name === 'memory' || name === 'ephemeral-storage' || name.startsWith('hugepages-'))
      usage.set(name, value);
    usage.set(`requests.${name}`, value);
  }
  for (const [name, value] of podResources(pod, 'limits')) {
    if (name === 'cpu' || name === 'memory' || name === 'ephemeral-storage') usage.set(`limits.${name}`, value);
  }
}

const claimNames = ['persistentvolumeclaims', 'requests.storage'];
const serviceNames = ['services', 'services.nodeports', 'services.loadbalancers'];
const podNames = ['pods', 'cpu', 'memory', 'ephemeral-storage'];

/** Those of a quota's resources that objects of a kind may use. */
export function namesFor({ group, plural }: ResourceDefinition, hard: readonly string[]): string[] {
  const count = countName(group, plural);
  return hard.filter((name) => {
    if (name === count) return true;
    if (group === 'resource.k8s.io' && plural === 'resourceclaims') return name.endsWith(devicesOfClass);
    if (group !== '') return false;
    if (plainCounts.has(plural)) return name === plural;
    if (plural === 'services') return serviceNames.includes(name);
    if (plural === 'persistentvolumeclaims')
      return claimNames.includes(name) || name.includes('.storageclass.storage.k8s.io/');
    if (plural !== 'pods') return false;
    if (podNames.includes(name) || name.startsWith('hugepages-') || name.startsWith('limits.')) return true;
    return name.startsWith('requests.') && name !== 'requests.storage';
  });
}

const computed = ['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'];

/** What a pod must say for a quota that limits `names`; undefined where it says it all. */
export function missingRequests(pod: KubeObject, names: readonly string[]): string | undefined {
  const containers = [...objects(pod, 'spec.containers'), ...objects(pod, 'spec.initContainers')];
  const missing = new Map<string, string[]>();
  for (const name of names.filter((item) => computed.includes(item))) {
    const [kind, resource] = name.startsWith('limits.')
      ? ['limits', name.slice(7)]
      : ['requests', name.replace('requests.', '')];
    for (const container of containers) {
      if (record(container, `resources.${kind}`)[resource as string] !== undefined) continue;
      missing.set(name, [...(missing.get(name) ?? []), text(container, 'name')]);
    }
  }
  if (missing.size === 0) return undefined;
  const parts = [...missing].sort(([a], [b]) => (a < b ? -1 : 1));
  return `must specify ${parts.map(([name, names]) => `${name} for: ${[...new Set(names)].sort().join(',')}`).join('; ')}`;
}

/** Whether the scopes of a quota take a pod in; quotas with scopes concern pods alone. */
export function scopesMatch(quota: KubeObject, { group, plural }: ResourceDefinition, object: KubeObject): boolean {
  const named = list(quota, 'spec.scopes').map((scopeName) => ({
    scopeName: String(scopeName),
    operator: 'Exists',
    values: [],
  }));
  const selected = objects(quota, 'spec.scopeSelector.matchExpressions').map((item) => ({
    scopeName: text(item, 'scopeName'),
    operator: text(item, 'operator'),
    values: list(item, 'values').map(String),
  }));
  const all = [...named, ...selected];
  if (all.length === 0) return true;
  if (group !== '' || plural !== 'pods') return false;
  return all.every(({ scopeName, operator, values }) => {
    switch (scopeName) {
      case 'Terminating':
      case 'NotTerminating': {
        const deadline = at(object, 'spec.activeDeadlineSeconds');
        return (typeof deadline === 'number' && deadline >= 0) === (scopeName === 'Terminating');
      }
      case 'BestEffort':
      case 'NotBestEffort':
        return (text(object, 'status.qosClass') === 'BestEffort') === (scopeName === 'BestEffort');
      case 'PriorityClass': {
        const name = text(object, 'spec.priorityClassName');
        if (operator === 'In') return values.includes(name);
        if (operator === 'NotIn') return name !== '' && !values.includes(name);
        return (name !== '') === (operator === 'Exists');
      }
      case 'CrossNamespacePodAffinity':
        return looksAcrossNamespaces(object);
      default:
        return false;
    }
  });
}

/** Whether a term of a pod's affinity names other namespaces, or selects them. */
function looksAcrossNamespaces(pod: KubeObject): boolean {
  return ['podAffinity', 'podAntiAffinity'].some((kind) => {
    const required = objects(pod, `spec.affinity.${kind}.requiredDuringSchedulingIgnoredDuringExecution`);
    const preferred = objects(pod, `spec.affinity.${kind}.preferredDuringSchedulingIgnoredDuringExecution`);
    const terms = [...required, ...preferred.map((item) => record(item, 'podAffinityTerm'))];
    return terms.some((term) => list(term, 'namespaces').length > 0 || at(term, 'namespaceSelector') !== undefined);
  });
}
