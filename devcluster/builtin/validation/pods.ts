/** Validation of pod specs, in pods and in whatever has a template of them. */

import { dns1123Subdomain, labelValue, qualifiedName } from '../../registry/names.ts';
import type { JsonObject } from '../../types.ts';
import { at, child, list, number, objects, record, text } from '../access.ts';
import { emptyLists } from '../decode.ts';
import { goDiff } from '../godiff.ts';
import { goEqual, goPodSpec } from '../goform.ts';
import {
  type Errors,
  fieldError,
  labelSelector,
  labels,
  notSupported,
  oneOf,
  problems,
  requiredLabel,
  stable,
} from './common.ts';
import { fileKeyVolumes } from './containerenv.ts';
import { overhead, podResources } from './containerresources.ts';
import { containers, ephemeralContainers, initContainers } from './containers.ts';
import { affinity, dns, gates, hostAliases, hostName, hostPorts, matchKeys, podClaims } from './podfields.ts';
import { podVolumes } from './podvolumes.ts';
import { hostProcess, hostUsers, operatingSystem, podSecurity } from './security.ts';

export function tolerations(spec: unknown, path: string, errors: Errors): void {
  for (const [index, toleration] of objects(spec, 'tolerations').entries()) {
    const here = `${path}.tolerations[${index}]`;
    const key = text(toleration, 'key');
    const operator = text(toleration, 'operator');
    if (key !== '') problems(`${here}.key`, key, qualifiedName(key), errors);
    if (key === '' && operator !== 'Exists') {
      errors.push(
        fieldError.invalid(
          `${here}.operator`,
          operator,
          'operator must be Exists when `key` is empty, which means "match all values and all keys"',
        ),
      );
    }
    if (at(toleration, 'tolerationSeconds') !== undefined && text(toleration, 'effect') !== 'NoExecute') {
      errors.push(
        fieldError.invalid(
          `${here}.effect`,
          text(toleration, 'effect'),
          "effect must be 'NoExecute' when `tolerationSeconds` is set",
        ),
      );
    }
    if (operator === 'Exists' && text(toleration, 'value') !== '') {
      errors.push(
        fieldError.invalid(
          `${here}.operator`,
          text(toleration, 'value'),
          "value must be empty when `operator` is 'Exists'",
        ),
      );
    } else if (operator === '' || operator === 'Equal') {
      const found = labelValue(text(toleration, 'value'));
      if (found.length > 0)
        errors.push(fieldError.invalid(`${here}.operator`, text(toleration, 'value'), found.join(';')));
    } else if (operator !== 'Exists') {
      const compares = operator === 'Lt' || operator === 'Gt' ? ['Lt', 'Gt'] : [];
      errors.push(fieldError.notSupported(`${here}.operator`, operator, ['Equal', 'Exists', ...compares]));
    }
    if (text(toleration, 'effect') !== '')
      notSupported(toleration, here, 'effect', ['NoSchedule', 'PreferNoSchedule', 'NoExecute'], errors);
  }
}

function spreadConstraints(spec: unknown, path: string, errors: Errors): void {
  const all = objects(spec, 'topologySpreadConstraints');
  for (const [index, constraint] of all.entries()) {
    const here = `${path}.topologySpreadConstraints[${index}]`;
    if (number(constraint, 'maxSkew') <= 0)
      errors.push(fieldError.invalid(`${here}.maxSkew`, number(constraint, 'maxSkew'), 'must be greater than zero'));
    if (text(constraint, 'topologyKey') === '')
      errors.push(fieldError.required(`${here}.topologyKey`, 'can not be empty'));
    const domains = at(constraint, 'minDomains');
    const action = text(constraint, 'whenUnsatisfiable');
    if (typeof domains === 'number' && domains <= 0)
      errors.push(fieldError.invalid(`${here}.minDomains`, domains, 'must be greater than zero'));
    if (domains !== undefined && action !== 'DoNotSchedule') {
      const detail = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`;
      errors.push(fieldError.invalid(`${here}.minDomains`, domains, detail));
    }
    const alike = (other: unknown) =>
      text(other, 'topologyKey') === text(constraint, 'topologyKey') && text(other, 'whenUnsatisfiable') === action;
    if (all.slice(index + 1).some(alike)) {
      const pair = `{${text(constraint, 'topologyKey')}, ${action}}`;
      errors.push(fieldError.duplicate(`${here}.{topologyKey, whenUnsatisfiable}`, pair));
    }
    for (const policy of ['nodeAffinityPolicy', 'nodeTaintsPolicy'])
      notSupported(constraint, here, policy, ['Honor', 'Ignore'], errors);
    matchKeys(constraint, here, errors);
    notSupported(
      { whenUnsatisfiable: '', ...constraint },
      here,
      'whenUnsatisfiable',
      ['DoNotSchedule', 'ScheduleAnyway'],
      errors,
    );
    labelSelector(constraint, here, 'labelSelector', errors);
  }
}

const named = (spec: unknown, path: string, field: string, errors: Errors): void => {
  const value = text(spec, field);
  if (value !== '') problems(`${path}.${field}`, value, dns1123Subdomain(value), errors);
};

/** A pod spec at `path`, part by part in the order of the real server. */
export function podSpec(spec: unknown, path: string, errors: Errors): void {
  const mountable = podVolumes(spec, path, errors);
  podClaims(spec, path, errors);
  containers(spec, path, mountable, errors);
  initContainers(spec, path, mountable, errors);
  ephemeralContainers(spec, path, mountable, errors);
  podResources(spec, path, errors);
  hostPorts(spec, path, errors);
  oneOf(spec, path, 'restartPolicy', ['Always', 'OnFailure', 'Never'], errors);
  oneOf(spec, path, 'dnsPolicy', ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'], errors);
  labels(at(spec, 'nodeSelector'), `${path}.nodeSelector`, errors);
  podSecurity(spec, path, errors);
  affinity(spec, path, errors);
  dns(spec, path, errors);
  gates(spec, path, errors);
  spreadConstraints(spec, path, errors);
  hostProcess(spec, path, errors);
  hostUsers(spec, path, errors);
  hostName(spec, path, errors);
  named(spec, path, 'serviceAccountName', errors);
  named(spec, path, 'nodeName', errors);
  const deadline = at(spec, 'activeDeadlineSeconds');
  if (typeof deadline === 'number' && (deadline < 1 || deadline > 2147483647)) {
    errors.push(
      fieldError.invalid(`${path}.activeDeadlineSeconds`, deadline, 'must be between 1 and 2147483647, inclusive'),
    );
  }
  for (const field of ['hostname', 'subdomain'])
    if (text(spec, field) !== '') requiredLabel(text(spec, field), `${path}.${field}`, errors);
  tolerations(spec, path, errors);
  hostAliases(spec, path, errors);
  named(spec, path, 'priorityClassName', errors);
  const runtimeClass = at(spec, 'runtimeClassName');
  if (runtimeClass !== undefined)
    problems(`${path}.runtimeClassName`, runtimeClass, dns1123Subdomain(String(runtimeClass)), errors);
  if (at(spec, 'preemptionPolicy') !== undefined)
    oneOf(spec, path, 'preemptionPolicy', ['PreemptLowerPriority', 'Never'], errors);
  overhead(spec, path, errors);
  operatingSystem(spec, path, errors);
  fileKeyVolumes(spec, path, errors);
}

/** A pod template at `path`. */
export function podTemplate(template: unknown, path: string, errors: Errors): void {
  labels(at(template, 'metadata.labels'), `${path}.labels`, errors);
  for (const key of Object.keys(record(template, 'metadata.annotations'))) {
    problems(`${path}.annotations`, key, qualifiedName(key.toLowerCase()), errors);
  }
  podSpec(at(template, 'spec') ?? {}, `${path}.spec`, errors);
  if (list(template, 'spec.ephemeralContainers').length > 0) {
    errors.push(
      fieldError.forbidden(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template'),
    );
  }
}

const updatable =
  '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** The spec with everything that may change taken from the old one. */
function withoutUpdatable(spec: JsonObject, old: JsonObject): JsonObject {
  const copy = structuredClone(spec);
  for (const field of ['containers', 'initContainers']) {
    for (const [index, container] of objects(copy, field).entries()) {
      const image = objects(old, field)[index]?.image;
      if (image !== undefined) container.image = image;
    }
  }
  const grace = old.terminationGracePeriodSeconds;
  if (typeof grace === 'number' && grace < 0 && copy.terminationGracePeriodSeconds === 1)
    copy.terminationGracePeriodSeconds = grace;
  for (const field of ['activeDeadlineSeconds', 'schedulingGates', 'tolerations']) {
    if (old[field] === undefined) delete copy[field];
    else copy[field] = old[field];
  }
  return copy;
}

function gatesAndDeadline(pod: unknown, old: unknown, errors: Errors): boolean {
  const deadline = at(pod, 'spec.activeDeadlineSeconds');
  const before = at(old, 'spec.activeDeadlineSeconds');
  const path = 'spec.activeDeadlineSeconds';
  if (typeof deadline === 'number') {
    if (deadline < 0 || deadline > 2147483647) {
      errors.push(fieldError.invalid(path, deadline, 'must be between 0 and 2147483647, inclusive'));
      return false;
    }
    if (typeof before === 'number' && before < deadline) {
      errors.push(fieldError.invalid(path, deadline, 'must be less than or equal to previous value'));
      return false;
    }
  } else if (before !== undefined)
    errors.push(fieldError.invalid(path, null, 'must not update from a positive integer to nil value'));
  const kept = objects(pod, 'spec.tolerations').map(({ tolerationSeconds: _, ...rest }) => stable(rest));
  for (const { tolerationSeconds: _, ...rest } of objects(old, 'spec.tolerations')) {
    if (kept.includes(stable(rest))) continue;
    const detail = 'existing toleration can not be modified except its tolerationSeconds';
    errors.push(fieldError.forbidden('spec.tolerations', detail));
    break;
  }
  const gates = objects(old, 'spec.schedulingGates').map((gate) => text(gate, 'name'));
  for (const [index, gate] of objects(pod, 'spec.schedulingGates').entries()) {
    const name = text(gate, 'name');
    if (gates.includes(name)) continue;
    const detail = `only deletion is allowed, but found new scheduling gate '${name}'`;
    errors.push(fieldError.forbidden(`spec.schedulingGates[${index}].name`, detail));
  }
  return true;
}

/** A pod that waits for its gates may be narrowed down to fewer nodes. What is judged here is taken back in `spec`. */
function gatedUpdate(spec: JsonObject, before: JsonObject, errors: Errors): void {
  const [after, old] = [record(spec, 'nodeSelector'), record(before, 'nodeSelector')];
  if (Object.entries(old).some(([key, value]) => after[key] !== value)) {
    const detail = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)';
    errors.push(fieldError.invalid('spec.nodeSelector', spec.nodeSelector ?? null, detail));
  }
  if (before.nodeSelector === undefined) delete spec.nodeSelector;
  else spec.nodeSelector = before.nodeSelector;
  // Terms of an affinity that was not there may come.
  if (at(before, 'affinity.nodeAffinity') !== undefined || at(spec, 'affinity.nodeAffinity') === undefined) return;
  const { nodeAffinity: _, ...affinity } = record(spec, 'affinity');
  if (Object.keys(affinity).length === 0 && before.affinity === undefined) delete spec.affinity;
  else spec.affinity = affinity;
}

/** What an update of a pod may not change. */
export function podUpdate(pod: unknown, old: unknown, errors: Errors): void {
  for (const field of ['containers', 'initContainers']) {
    if (list(pod, `spec.${field}`).length !== list(old, `spec.${field}`).length) {
      errors.push(fieldError.forbidden(`spec.${field}`, 'pod updates may not add or remove containers'));
      return;
    }
    for (const [index, container] of objects(pod, `spec.${field}`).entries()) {
      const image = text(container, 'image');
      const here = `spec.${field}[${index}].image`;
      if (image === '') errors.push(fieldError.required(here));
      if (image !== image.trim())
        errors.push(fieldError.invalid(here, image, 'must not have leading or trailing whitespace'));
    }
  }
  if (!gatesAndDeadline(pod, old, errors)) return;
  const spec = child(pod, 'spec');
  const before = child(old, 'spec');
  if (spec === undefined || before === undefined) return;
  const updated = withoutUpdatable(spec, before);
  if (list(before, 'schedulingGates').length > 0) gatedUpdate(updated, before, errors);
  const kept = goPodSpec(updated, emptyLists(spec));
  const was = goPodSpec(before);
  if (goEqual(kept, was)) return;
  const detail = `pod updates may not change fields other than ${updatable}\n${goDiff(was, kept)}`;
  errors.push(fieldError.forbidden('spec', detail));
}
