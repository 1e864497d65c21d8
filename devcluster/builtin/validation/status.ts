/** Validation of what controllers report in status. */

import { dns1123Subdomain, qualifiedName } from '../../registry/names.ts';
import type { FieldError } from '../../types.ts';
import { at, list, number, objects, record, text } from '../access.ts';
import { addressProblem } from './addresses.ts';
import { fieldError, nonNegative, nonNegativeQuantity, notSupported, problems, wholeQuantity } from './common.ts';
import { jobStatus } from './jobstatus.ts';
import { quotaEntry } from './quotas.ts';
import { signingStatus } from './signing.ts';

interface Counts {
  /** Numbers that may not be negative. */
  readonly fields: readonly string[];
  /** Those that may not be above `replicas`. */
  readonly within: readonly string[];
  readonly ready: string;
}

const workload = (fields: readonly string[], within: readonly string[], ready = 'readyReplicas'): Counts => ({
  fields: ['replicas', ...fields],
  within,
  ready,
});

const counts: { readonly [kind: string]: Counts } = {
  '/ReplicationController': workload(
    ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration'],
    ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'],
  ),
  'apps/Deployment': workload(
    [
      'updatedReplicas',
      'readyReplicas',
      'availableReplicas',
      'unavailableReplicas',
      'terminatingReplicas',
      'observedGeneration',
      'collisionCount',
    ],
    ['updatedReplicas', 'readyReplicas', 'availableReplicas'],
  ),
  'apps/ReplicaSet': workload(
    ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'terminatingReplicas', 'observedGeneration'],
    ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'],
  ),
  'apps/StatefulSet': workload(
    [
      'readyReplicas',
      'currentReplicas',
      'updatedReplicas',
      'availableReplicas',
      'observedGeneration',
      'collisionCount',
    ],
    ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'],
    'status.readyReplicas',
  ),
};

const negative = 'must be greater than or equal to 0';

/** Numbers that may not be negative, and nothing else. */
const notNegative: { readonly [kind: string]: readonly string[] } = {
  'apps/DaemonSet': [
    'currentNumberScheduled',
    'numberMisscheduled',
    'desiredNumberScheduled',
    'numberReady',
    'observedGeneration',
    'updatedNumberScheduled',
    'numberAvailable',
    'numberUnavailable',
    'collisionCount',
  ],
  'autoscaling/HorizontalPodAutoscaler': ['currentReplicas', 'desiredReplicas'],
  'policy/PodDisruptionBudget': ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'],
};

function numbers(object: unknown, fields: readonly string[]): FieldError[] {
  return fields.flatMap((field) => {
    const value = number(object, `status.${field}`);
    return value < 0 ? [fieldError.invalid(`status.${field}`, value, negative)] : [];
  });
}

/** Addresses of load balancers; how they are reached is said of those of Services. */
function balancer(object: unknown, ofService: boolean): FieldError[] {
  const errors: FieldError[] = [];
  const entries = objects(object, 'status.loadBalancer.ingress');
  if (ofService && entries.length > 0 && text(object, 'spec.type') !== 'LoadBalancer') {
    const detail = "may only be used when `spec.type` is 'LoadBalancer'";
    return [fieldError.forbidden('status.loadBalancer.ingress', detail)];
  }
  for (const [index, entry] of entries.entries()) {
    const here = `status.loadBalancer.ingress[${index}]`;
    const [ip, hostname, mode] = [text(entry, 'ip'), text(entry, 'hostname'), text(entry, 'ipMode')];
    if (ip !== '') problems(`${here}.ip`, ip, addressProblem(ip), errors);
    if (mode !== '' && ip === '')
      errors.push(fieldError.forbidden(`${here}.ipMode`, 'may not be specified when `ip` is not set'));
    else if (mode !== '' && mode !== 'VIP' && mode !== 'Proxy')
      errors.push(fieldError.notSupported(`${here}.ipMode`, mode, ['Proxy', 'VIP']));
    if (hostname === '') continue;
    problems(`${here}.hostname`, hostname, dns1123Subdomain(hostname), errors);
    if (addressProblem(hostname).length === 0)
      errors.push(fieldError.invalid(`${here}.hostname`, hostname, 'must be a DNS name, not an IP address'));
  }
  return errors;
}

/** A container that has ended for good does not run again. `policy`: how containers of the list are restarted. */
function endings(object: unknown, old: unknown, field: string, policy: string, errors: FieldError[]): void {
  if (policy === 'Always') return;
  for (const [index, before] of objects(old, `status.${field}`).entries()) {
    if (at(before, 'state.terminated') === undefined) continue;
    if (policy === 'OnFailure' && number(before, 'state.terminated.exitCode') !== 0) continue;
    const name = text(before, 'name');
    const init = field === 'initContainerStatuses' ? 'initContainers' : 'containers';
    const container = objects(old, `spec.${init}`).find((item) => text(item, 'name') === name);
    if (text(container, 'restartPolicy') === 'Always' || list(container, 'restartPolicyRules').length > 0) continue;
    for (const now of objects(object, `status.${field}`))
      if (text(now, 'name') === name && at(now, 'state.terminated') === undefined)
        errors.push(
          fieldError.forbidden(`status.${field}[${index}].state`, 'may not be transitioned to non-terminated state'),
        );
  }
}

function pod(object: unknown, old: unknown): FieldError[] {
  const errors: FieldError[] = [];
  const policy = text(old, 'spec.restartPolicy');
  endings(object, old, 'containerStatuses', policy, errors);
  endings(object, old, 'initContainerStatuses', policy, errors);
  endings(object, old, 'ephemeralContainerStatuses', 'Never', errors);
  for (const [index, condition] of objects(object, 'status.conditions').entries()) {
    const type = text(condition, 'type');
    problems(`status.conditions[${index}].Type`, type, qualifiedName(type), errors);
  }
  for (const field of ['podIPs', 'hostIPs'])
    for (const [index, address] of objects(object, `status.${field}`).entries())
      problems(`status.${field}[${index}]`, text(address, 'ip'), addressProblem(text(address, 'ip')), errors);
  const generation = number(object, 'status.observedGeneration');
  if (generation < 0)
    errors.push(fieldError.invalid('status.observedGeneration', generation, 'must be a non-negative integer'));
  const nominated = text(object, 'status.nominatedNodeName');
  if (nominated !== '' && nominated !== text(old, 'status.nominatedNodeName') && text(old, 'spec.nodeName') !== '')
    errors.push(
      fieldError.forbidden('status.nominatedNodeName', 'may not be set on pods that are already bound to a node'),
    );
  if (nominated !== '') problems('status.nominatedNodeName', nominated, dns1123Subdomain(nominated), errors);
  const quality = text(object, 'status.qosClass');
  if (quality !== text(old, 'status.qosClass'))
    errors.push(fieldError.invalid('status.qosClass', quality, 'field is immutable'));
  return errors;
}

function namespace(object: unknown): FieldError[] {
  const phase = text(object, 'status.phase');
  const expected = text(object, 'metadata.deletionTimestamp') === '' ? 'Active' : 'Terminating';
  const when = expected === 'Active' ? 'is empty' : 'is not empty';
  if (phase === expected) return [];
  return [fieldError.invalid('status.Phase', phase, `may only be '${expected}' if \`deletionTimestamp\` ${when}`)];
}

function node(object: unknown): FieldError[] {
  const errors: FieldError[] = [];
  for (const field of ['capacity', 'allocatable'])
    for (const [name, value] of Object.entries(record(object, `status.${field}`))) {
      const path = `status.${field}.${name}`;
      nonNegativeQuantity(value, path, errors);
      if (name.includes('/') && !name.includes('kubernetes.io/')) wholeQuantity(value, path, errors);
    }
  const known = new Set<string>();
  for (const [index, address] of objects(object, 'status.addresses').entries()) {
    const printed = { Type: text(address, 'type'), Address: text(address, 'address') };
    const key = JSON.stringify(printed);
    if (known.has(key)) errors.push(fieldError.duplicate(`status.addresses[${index}]`, printed));
    known.add(key);
  }
  return errors;
}

function quota(object: unknown): FieldError[] {
  const errors: FieldError[] = [];
  for (const field of ['hard', 'used'])
    for (const [name, value] of Object.entries(record(object, `status.${field}`)))
      quotaEntry(name, value, `status.${field}[${name}]`, errors);
  return errors;
}

/** metav1.Condition: complete, and of a form that programs can read. */
function conditions(object: unknown): FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, condition] of objects(object, 'status.conditions').entries()) {
    const path = `status.conditions[${index}]`;
    const type = text(condition, 'type');
    const reason = text(condition, 'reason');
    problems(`${path}.type`, type, qualifiedName(type), errors);
    notSupported({ status: '', ...condition }, path, 'status', ['False', 'True', 'Unknown'], errors);
    nonNegative(condition, path, 'observedGeneration', errors);
    if ((at(condition, 'lastTransitionTime') ?? undefined) === undefined)
      errors.push(fieldError.required(`${path}.lastTransitionTime`));
    if (reason === '') errors.push(fieldError.required(`${path}.reason`));
    else if (!/^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/.test(reason)) {
      const detail =
        "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_' (e.g. 'MyReason',  or 'ReasonA,ReasonB',  or 'ReasonC:ReasonD', regex used for validation is '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?')";
      errors.push(fieldError.invalid(`${path}.reason`, reason, detail));
    } else if (reason.length > 1024) errors.push(fieldError.tooLong(`${path}.reason`, 1024));
    if (text(condition, 'message').length > 32768) errors.push(fieldError.tooLong(`${path}.message`, 32768));
  }
  return errors;
}

/** What type checking found in a policy. */
function policyStatus(object: unknown): FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, warning] of objects(object, 'status.typeChecking.expressionWarnings').entries())
    for (const field of ['fieldRef', 'warning'])
      if (text(warning, field) === '')
        errors.push(fieldError.required(`status.typeChecking.expressionWarnings[${index}].${field}`));
  return [...errors, ...conditions(object)];
}

/** A claim is reserved once it has been allocated. */
function claimStatus(object: unknown): FieldError[] {
  if (list(object, 'status.reservedFor').length === 0 || at(object, 'status.allocation') !== undefined) return [];
  return [fieldError.forbidden('status.reservedFor', 'may not be specified when `allocated` is not set')];
}

type Rules = (object: unknown, old: unknown) => FieldError[];

const others: { readonly [kind: string]: Rules } = {
  '/Namespace': namespace,
  '/Node': node,
  '/Pod': pod,
  '/ResourceQuota': quota,
  '/Service': (object) => balancer(object, true),
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': policyStatus,
  'batch/Job': jobStatus,
  'resource.k8s.io/ResourceClaim': claimStatus,
  'certificates.k8s.io/CertificateSigningRequest': (object, old) => signingStatus(object, old, false),
  'networking.k8s.io/Ingress': (object) => balancer(object, false),
};

/** Violations of a status update of `group/Kind`; undefined for kinds without rules. */
export function statusRules(kind: string): Rules | undefined {
  const plain = notNegative[kind];
  if (plain !== undefined)
    return (object) => [
      ...(kind === 'policy/PodDisruptionBudget' ? conditions(object) : []),
      ...numbers(object, plain),
    ];
  return others[kind] ?? replicaRules(kind);
}

function replicaRules(kind: string): ((object: unknown) => FieldError[]) | undefined {
  const rules = counts[kind];
  if (rules === undefined) return undefined;
  return (object) => {
    const errors: FieldError[] = [];
    const value = (field: string): number => number(object, `status.${field}`);
    const add = (field: string, detail: string): void =>
      void errors.push(fieldError.invalid(`status.${field}`, value(field), detail));
    for (const field of rules.fields) {
      if (typeof at(object, `status.${field}`) === 'number' && value(field) < 0) add(field, negative);
    }
    for (const field of rules.within)
      if (value(field) > value('replicas')) add(field, 'cannot be greater than status.replicas');
    if (value('availableReplicas') > value('readyReplicas'))
      add('availableReplicas', `cannot be greater than ${rules.ready}`);
    return errors;
  };
}
