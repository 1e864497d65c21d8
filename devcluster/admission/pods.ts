/** What the real server's own plugins refuse about pods and claims, and fill into them: LimitRanger, Priority, RuntimeClass. */
import { objects, record, text } from '../builtin/access.ts';
import { tolerateAbsence } from '../builtin/prepare.ts';
import { compareQuantity, formatQuantity, parseQuantity, type Quantity } from '../builtin/quantity.ts';
import { add, toUsage, type Usage, zero } from '../quota/usage.ts';
import type { RegistryContext } from '../registry/call.ts';
import { forbidden } from '../request/status.ts';
import type { JsonObject, KubeObject } from '../types.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './chain.ts';

const isCreateOf = (plural: string, { operation, definition, subresource }: AdmissionAttributes): boolean =>
  operation === 'CREATE' && subresource === '' && definition.group === '' && definition.plural === plural;

function refuse({ definition, name }: AdmissionAttributes, object: KubeObject, why: string): Error {
  return forbidden({ group: definition.group, resource: definition.plural }, object.metadata.name ?? name, why);
}

/** Priority: the number of a pod's class. */
export function podPriority(context: () => RegistryContext): AdmissionPlugin {
  return {
    name: 'Priority',
    handles: (attributes) => isCreateOf('pods', attributes),
    mutate: (attributes) => {
      const pod = attributes.object as KubeObject;
      const spec = pod.spec as JsonObject | undefined;
      if (spec === undefined) return undefined;
      const { store } = context();
      const name = text(spec, 'priorityClassName');
      let value = 0;
      let preemption = 'PreemptLowerPriority';
      const classes = store.list('scheduling.k8s.io/priorityclasses').map((entry) => store.object(entry));
      const found =
        name === ''
          ? classes.find((item) => item.globalDefault === true)
          : classes.find((item) => item.metadata.name === name);
      if (found === undefined && name !== '')
        throw refuse(attributes, pod, `no PriorityClass with name ${name} was found`);
      if (found !== undefined) {
        value = typeof found.value === 'number' ? found.value : 0;
        preemption = text(found, 'preemptionPolicy') || preemption;
        if (name === '') spec.priorityClassName = found.metadata.name ?? '';
      }
      if (typeof spec.priority === 'number' && spec.priority !== value) {
        const why = `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`;
        throw refuse(attributes, pod, why);
      }
      const stated = spec.preemptionPolicy;
      if (typeof stated === 'string' && stated !== preemption) {
        const why = `the string value of PreemptionPolicy (${stated}) must not be provided in pod spec; priority admission controller computed ${preemption} from the given PriorityClass name`;
        throw refuse(attributes, pod, why);
      }
      spec.priority = value;
      spec.preemptionPolicy ??= preemption;
      return undefined;
    },
  };
}

/** DefaultTolerationSeconds: before webhooks see the pod. */
export function podTolerations(): AdmissionPlugin {
  return {
    name: 'DefaultTolerationSeconds',
    handles: ({ operation, definition, subresource }) =>
      (operation === 'CREATE' || operation === 'UPDATE') &&
      subresource === '' &&
      definition.group === '' &&
      definition.plural === 'pods',
    mutate: ({ object }) => {
      const spec = object?.spec;
      if (typeof spec === 'object' && spec !== null && !Array.isArray(spec)) tolerateAbsence(spec as JsonObject);
      return undefined;
    },
  };
}

const containersOf = (pod: unknown): JsonObject[] => [
  ...objects(pod, 'spec.initContainers'),
  ...objects(pod, 'spec.containers'),
];

/** LimitRanger: defaults and bounds of what pods and claims ask for. */
export function limitRanges(context: () => RegistryContext): AdmissionPlugin {
  const limitsFor = ({ namespace }: AdmissionAttributes): KubeObject[] => {
    const { store } = context();
    return store.list('/limitranges', `${namespace}/`).map((entry) => store.object(entry));
  };
  const handles = (attributes: AdmissionAttributes): boolean =>
    isCreateOf('pods', attributes) ||
    ((attributes.operation === 'CREATE' || attributes.operation === 'UPDATE') &&
      attributes.subresource === '' &&
      attributes.definition.group === '' &&
      attributes.definition.plural === 'persistentvolumeclaims');
  return {
    name: 'LimitRanger',
    handles,
    mutate: (attributes) => {
      if (attributes.definition.plural !== 'pods') return undefined;
      for (const range of limitsFor(attributes)) fillDefaults(attributes.object as KubeObject, range);
      return undefined;
    },
    validate: (attributes) => {
      const object = attributes.object as KubeObject;
      for (const range of limitsFor(attributes)) {
        const problems = objects(range, 'spec.limits').flatMap((limit) =>
          attributes.definition.plural === 'pods' ? podProblems(object, limit) : claimProblems(object, limit),
        );
        if (problems.length > 0)
          throw refuse(
            attributes,
            object,
            problems.length === 1 ? (problems[0] as string) : `[${problems.join(', ')}]`,
          );
      }
      return undefined;
    },
  };
}

function fillDefaults(pod: KubeObject, range: KubeObject): void {
  const defaults: { readonly [field: string]: JsonObject } = { requests: {}, limits: {} };
  for (const limit of objects(range, 'spec.limits')) {
    if (limit.type !== 'Container') continue;
    Object.assign(defaults.requests as JsonObject, record(limit, 'defaultRequest'));
    Object.assign(defaults.limits as JsonObject, record(limit, 'default'));
  }
  const said: string[] = [];
  for (const [kind, container] of [
    ...objects(pod, 'spec.containers').map((item) => ['container', item] as const),
    ...objects(pod, 'spec.initContainers').map((item) => ['init container', item] as const),
  ]) {
    const resources = record(container, 'resources');
    for (const field of ['requests', 'limits'] as const) {
      const given = record(resources, field);
      const set = Object.keys(defaults[field] ?? {})
        .filter((name) => given[name] === undefined)
        .sort();
      if (set.length === 0) continue;
      resources[field] = { ...defaults[field], ...given };
      container.resources = resources;
      const word = field === 'requests' ? 'request' : 'limit';
      said.push(`${set.join(', ')} ${word} for ${kind} ${text(container, 'name')}`);
    }
  }
  if (said.length === 0) return;
  const annotations = { ...pod.metadata.annotations };
  annotations['kubernetes.io/limit-ranger'] = `LimitRanger plugin set: ${said.join('; ')}`;
  pod.metadata.annotations = annotations;
}

function bounds(limit: JsonObject, requests: Usage, limits: Usage): string[] {
  const type = text(limit, 'type');
  const out: string[] = [];
  const order = (field: string): [string, Quantity][] =>
    [...toUsage(record(limit, field))].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, least] of order('min')) {
    const request = requests.get(name);
    const top = limits.get(name);
    const asked = `minimum ${name} usage per ${type} is ${formatQuantity(least)}`;
    if (request === undefined) out.push(`${asked}.  No request is specified`);
    else if (compareQuantity(request, least) < 0) out.push(`${asked}, but request is ${formatQuantity(request)}`);
    else if (top !== undefined && compareQuantity(top, least) < 0)
      out.push(`${asked}, but limit is ${formatQuantity(top)}`);
  }
  for (const [name, most] of order('max')) {
    const request = requests.get(name);
    const top = limits.get(name);
    const asked = `maximum ${name} usage per ${type} is ${formatQuantity(most)}`;
    if (top === undefined) out.push(`${asked}.  No limit is specified`);
    else if (compareQuantity(top, most) > 0) out.push(`${asked}, but limit is ${formatQuantity(top)}`);
    else if (request !== undefined && compareQuantity(request, most) > 0)
      out.push(`${asked}, but request is ${formatQuantity(request)}`);
  }
  for (const [name, ratio] of order('maxLimitRequestRatio')) {
    const request = requests.get(name) ?? zero;
    const top = limits.get(name) ?? zero;
    const asked = `${name} max limit to request ratio per ${type} is ${formatQuantity(ratio)}`;
    if (request.nano === 0n) out.push(`${asked}, but no request is specified or request is 0`);
    else if (top.nano === 0n) out.push(`${asked}, but no limit is specified or limit is 0`);
    else if (Number(top.nano) / Number(request.nano) > Number(ratio.nano) / 1e9)
      out.push(`${asked}, but provided ratio is ${(Number(top.nano) / Number(request.nano)).toFixed(6)}`);
  }
  return out;
}

function podProblems(pod: KubeObject, limit: JsonObject): string[] {
  if (limit.type === 'Container') {
    return containersOf(pod).flatMap((container) =>
      bounds(limit, toUsage(record(container, 'resources.requests')), toUsage(record(container, 'resources.limits'))),
    );
  }
  if (limit.type !== 'Pod') return [];
  const sum = (field: string): Usage => {
    const total: Usage = new Map();
    const containers = objects(pod, 'spec.containers');
    for (const container of containers)
      for (const [name, value] of toUsage(record(container, `resources.${field}`)))
        total.set(name, add(total.get(name) ?? zero, value));
    for (const container of objects(pod, 'spec.initContainers'))
      for (const [name, value] of toUsage(record(container, `resources.${field}`)))
        if (compareQuantity(value, total.get(name) ?? zero) > 0) total.set(name, value);
    return total;
  };
  return bounds(limit, sum('requests'), sum('limits'));
}

function claimProblems(claim: KubeObject, limit: JsonObject): string[] {
  if (limit.type !== 'PersistentVolumeClaim') return [];
  const request = parseQuantity(text(claim, 'spec.resources.requests.storage')) ?? zero;
  const out: string[] = [];
  for (const [field, word] of [
    ['min', 'minimum'],
    ['max', 'maximum'],
  ] as const) {
    const bound = parseQuantity(text(limit, `${field}.storage`));
    if (bound === undefined) continue;
    const beyond = field === 'min' ? compareQuantity(request, bound) < 0 : compareQuantity(request, bound) > 0;
    if (beyond)
      out.push(
        `${word} storage usage per PersistentVolumeClaim is ${formatQuantity(bound)}, but request is ${formatQuantity(request)}`,
      );
  }
  return out;
}
