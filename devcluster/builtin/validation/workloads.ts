/** Validation of what makes pods. */

import { dns1123Label } from '../../registry/names.ts';
import type { JsonObject } from '../../types.ts';
import { at, child, list, number, objects, record, text } from '../access.ts';
import {
  atMost100Percent,
  type Errors,
  fieldError,
  immutable,
  internalForm,
  intOrPercent,
  isEmptySelector,
  labelSelector,
  nonNegative,
  notSupported,
  problems,
  same,
  selectorForm,
  selectorMatches,
} from './common.ts';
import { trimmedImage } from './containers.ts';
import { podAnnotations } from './podannotations.ts';
import { podSpec, podTemplate, podUpdate } from './pods.ts';
import { claimSpec } from './volumes.ts';

const zero = (value: unknown) => value === 0 || value === '0%' || value === undefined;

function selectorOfTemplate(object: unknown, word: string, errors: Errors): void {
  const selector = at(object, 'spec.selector');
  if (selector === undefined || selector === null) errors.push(fieldError.required('spec.selector'));
  else {
    labelSelector(at(object, 'spec'), 'spec', 'selector', errors);
    if (isEmptySelector(selector))
      errors.push(fieldError.invalid('spec.selector', selectorForm(selector), `empty selector is invalid for ${word}`));
  }
}

/**
 * Whether the selector can be read, and with it whether the template is worth looking at.
 * @param detail what an invalid selector is called
 */
function templateMatches(object: unknown, detail: string, errors: Errors): boolean {
  const selector = at(object, 'spec.selector');
  const absent = selector === undefined || selector === null;
  const matches = absent ? false : selectorMatches(selector, record(object, 'spec.template.metadata.labels'));
  if (matches === undefined) {
    errors.push(fieldError.invalid('spec.selector', selectorForm(selector), detail));
    return false;
  }
  if (!matches && (absent || !isEmptySelector(selector))) {
    errors.push(
      fieldError.invalid(
        'spec.template.metadata.labels',
        at(object, 'spec.template.metadata.labels') ?? null,
        '`selector` does not match template `labels`',
      ),
    );
  }
  return true;
}

function template(object: unknown, kind: string, errors: Errors): void {
  podTemplate(at(object, 'spec.template') ?? {}, 'spec.template', errors);
  const policy = text(object, 'spec.template.spec.restartPolicy');
  if (policy !== 'Always') errors.push(fieldError.notSupported('spec.template.spec.restartPolicy', policy, ['Always']));
  if (at(object, 'spec.template.spec.activeDeadlineSeconds') !== undefined) {
    errors.push(
      fieldError.forbidden(
        'spec.template.spec.activeDeadlineSeconds',
        `activeDeadlineSeconds in ${kind} is not Supported`,
      ),
    );
  }
}

export function deployment(object: unknown, errors: Errors, old?: unknown): void {
  const spec = at(object, 'spec');
  nonNegative(spec, 'spec', 'replicas', errors);
  selectorOfTemplate(object, 'deployment', errors);
  if (templateMatches(object, 'invalid label selector', errors)) template(object, 'ReplicaSet', errors);
  deploymentStrategy(spec, errors);
  nonNegative(spec, 'spec', 'minReadySeconds', errors);
  nonNegative(spec, 'spec', 'revisionHistoryLimit', errors);
  nonNegative(spec, 'spec', 'progressDeadlineSeconds', errors);
  const deadline = at(spec, 'progressDeadlineSeconds');
  if (typeof deadline === 'number' && deadline <= number(spec, 'minReadySeconds')) {
    errors.push(fieldError.invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds'));
  }
  if (old !== undefined) immutable(object, old, 'spec.selector', errors);
}

/** A strategy as the real server's internal type prints it. */
function strategyForm(strategy: unknown, rolling: readonly string[]): unknown {
  const given = at(strategy, 'rollingUpdate') ?? undefined;
  return { Type: text(strategy, 'type'), RollingUpdate: given === undefined ? null : internalForm(given, rolling) };
}

function deploymentStrategy(spec: unknown, errors: Errors): void {
  const type = text(spec, 'strategy.type');
  const rolling = at(spec, 'strategy.rollingUpdate');
  const path = 'spec.strategy.rollingUpdate';
  if (type === 'Recreate') {
    if (rolling !== undefined)
      errors.push(fieldError.forbidden(path, "may not be specified when strategy `type` is 'Recreate'"));
  } else if (type !== 'RollingUpdate') {
    errors.push(
      fieldError.notSupported('spec.strategy', strategyForm(at(spec, 'strategy'), ['MaxUnavailable', 'MaxSurge']), [
        'Recreate',
        'RollingUpdate',
      ]),
    );
  } else {
    intOrPercent(rolling, path, 'maxUnavailable', errors);
    intOrPercent(rolling, path, 'maxSurge', errors);
    if (zero(at(rolling, 'maxUnavailable')) && zero(at(rolling, 'maxSurge'))) {
      errors.push(
        fieldError.invalid(
          `${path}.maxUnavailable`,
          at(rolling, 'maxUnavailable'),
          'may not be 0 when `maxSurge` is 0',
        ),
      );
    }
    atMost100Percent(rolling, path, 'maxUnavailable', errors);
  }
}

export function replicaSet(object: unknown, errors: Errors, old?: unknown): void {
  const spec = at(object, 'spec');
  nonNegative(spec, 'spec', 'replicas', errors);
  nonNegative(spec, 'spec', 'minReadySeconds', errors);
  selectorOfTemplate(object, 'deployment', errors);
  if (templateMatches(object, 'invalid label selector', errors)) template(object, 'ReplicaSet', errors);
  if (old !== undefined) immutable(object, old, 'spec.selector', errors);
}

export function replicationController(object: unknown, errors: Errors): void {
  const spec = at(object, 'spec');
  nonNegative(spec, 'spec', 'minReadySeconds', errors);
  const selector = record(object, 'spec.selector');
  if (Object.keys(selector).length === 0) errors.push(fieldError.required('spec.selector'));
  nonNegative(spec, 'spec', 'replicas', errors);
  if (at(object, 'spec.template') === undefined) {
    errors.push(fieldError.required('spec.template'));
    return;
  }
  const labels = record(object, 'spec.template.metadata.labels');
  if (Object.entries(selector).some(([key, value]) => labels[key] !== value)) {
    errors.push(
      fieldError.invalid(
        'spec.template.metadata.labels',
        at(object, 'spec.template.metadata.labels') ?? null,
        '`selector` does not match template `labels`',
      ),
    );
  }
  template(object, 'ReplicationController', errors);
}

const retentions = ['Retain', 'Delete'];

const statefulSetMutable = [
  'replicas',
  'template',
  'updateStrategy',
  'minReadySeconds',
  'ordinals',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
];

export function statefulSet(object: unknown, errors: Errors, old?: unknown): void {
  const spec = at(object, 'spec');
  const management = text(spec, 'podManagementPolicy');
  if (management !== 'OrderedReady' && management !== 'Parallel') {
    errors.push(fieldError.invalid('spec.podManagementPolicy', management, "must be 'OrderedReady' or 'Parallel'"));
  }
  const strategy = text(spec, 'updateStrategy.type');
  if (strategy !== 'RollingUpdate' && strategy !== 'OnDelete') {
    errors.push(
      fieldError.invalid(
        'spec.updateStrategy',
        strategyForm(at(spec, 'updateStrategy'), ['Partition', 'MaxUnavailable']),
        "must be 'RollingUpdate' or 'OnDelete'",
      ),
    );
  } else if (strategy === 'OnDelete' && at(spec, 'updateStrategy.rollingUpdate') !== undefined) {
    errors.push(
      fieldError.invalid(
        'spec.updateStrategy.rollingUpdate',
        internalForm(at(spec, 'updateStrategy.rollingUpdate'), ['Partition', 'MaxUnavailable']),
        "only allowed for updateStrategy 'RollingUpdate'",
      ),
    );
  } else nonNegative(spec, 'spec', 'updateStrategy.rollingUpdate.partition', errors);
  nonNegative(spec, 'spec', 'replicas', errors);
  nonNegative(spec, 'spec', 'minReadySeconds', errors);
  const start = number(spec, 'ordinals.start');
  if (start < 0) errors.push(fieldError.invalid('spec.ordinals.start', start, 'must be greater than or equal to 0'));
  const retention = at(spec, 'persistentVolumeClaimRetentionPolicy');
  for (const field of ['whenDeleted', 'whenScaled'])
    if (text(retention, field) !== '' && !retentions.includes(text(retention, field)))
      errors.push(
        fieldError.notSupported(
          `spec.persistentVolumeClaimRetentionPolicy.${field}`,
          text(retention, field),
          retentions,
        ),
      );
  // What cannot change is not judged again.
  for (const [index, template] of (old === undefined ? objects(spec, 'volumeClaimTemplates') : []).entries())
    claimSpec(template, `spec.volumeClaimTemplates[${index}].spec`, errors);
  const service = text(spec, 'serviceName');
  if (old === undefined && service !== '') problems('spec.serviceName', service, dns1123Label(service), errors);
  selectorOfTemplate(object, 'statefulset', errors);
  if (templateMatches(object, '', errors)) statefulTemplate(object, errors);
  if (old === undefined) return;
  const keep = (source: unknown) => {
    const copy = { ...record(source, 'spec') };
    for (const field of statefulSetMutable) delete copy[field];
    return copy;
  };
  if (!same(keep(object), keep(old))) {
    errors.push(
      fieldError.forbidden(
        'spec',
        "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
      ),
    );
  }
}

/** Claims of a StatefulSet are volumes that its template may mount. */
function statefulTemplate(object: unknown, errors: Errors): void {
  const claims = objects(object, 'spec.volumeClaimTemplates').map((claim) => ({
    name: text(claim, 'metadata.name'),
    persistentVolumeClaim: { claimName: text(claim, 'metadata.name') },
  }));
  const copy = structuredClone(object) as JsonObject;
  const spec = child(copy, 'spec.template.spec');
  if (spec !== undefined) {
    if (claims.length > 0) spec.volumes = [...claims, ...objects(spec, 'volumes')];
    // The pods have names of their own.
    delete spec.hostname;
    delete spec.subdomain;
  }
  template(copy, 'StatefulSet', errors);
}

export function daemonSet(object: unknown, errors: Errors, old?: unknown): void {
  const spec = at(object, 'spec');
  if (old !== undefined) immutable(object, old, 'spec.selector', errors);
  labelSelector(spec, 'spec', 'selector', errors);
  const selector = at(spec, 'selector');
  const labels = record(object, 'spec.template.metadata.labels');
  const matches = selector === undefined || selector === null ? false : selectorMatches(selector, labels);
  if (matches === false) {
    errors.push(
      fieldError.invalid(
        'spec.template.metadata.labels',
        at(object, 'spec.template.metadata.labels') ?? null,
        '`selector` does not match template `labels`',
      ),
    );
  }
  if (selector !== undefined && selector !== null && isEmptySelector(selector)) {
    errors.push(fieldError.invalid('spec.selector', selectorForm(selector), 'empty selector is invalid for daemonset'));
  }
  template(object, 'DaemonSet', errors);
  nonNegative(spec, 'spec', 'minReadySeconds', errors);
  const strategy = text(spec, 'updateStrategy.type');
  if (strategy === 'RollingUpdate') {
    const rolling = at(spec, 'updateStrategy.rollingUpdate');
    const path = 'spec.updateStrategy.rollingUpdate';
    for (const field of ['maxUnavailable', 'maxSurge']) {
      intOrPercent(rolling, path, field, errors);
      atMost100Percent(rolling, path, field, errors);
    }
    // What is no number counts as none.
    const none = (value: unknown) => zero(value) || (typeof value === 'string' && !/^[0-9]+%$/.test(value));
    if (none(at(rolling, 'maxUnavailable')) && none(at(rolling, 'maxSurge'))) {
      errors.push(fieldError.required(`${path}.maxUnavailable`, 'cannot be 0 when maxSurge is 0'));
    }
    if (!none(at(rolling, 'maxUnavailable')) && !none(at(rolling, 'maxSurge'))) {
      const detail = 'may not be set when maxUnavailable is non-zero';
      errors.push(fieldError.invalid(`${path}.maxSurge`, at(rolling, 'maxSurge'), detail));
    }
  } else if (strategy !== 'OnDelete') {
    const value = strategyForm(at(spec, 'updateStrategy'), ['MaxUnavailable', 'MaxSurge']);
    errors.push(fieldError.notSupported('spec.updateStrategy', value, ['RollingUpdate', 'OnDelete']));
  }
  nonNegative(spec, 'spec', 'revisionHistoryLimit', errors);
}

/** What holds of a pod on each of its endpoints. */
export function wholePod(object: unknown, errors: Errors, old?: unknown): void {
  podAnnotations(object, errors, old);
  podSpec(at(object, 'spec') ?? {}, 'spec', errors);
  if (text(object, 'spec.serviceAccountName') === '') {
    for (const [index, volume] of objects(object, 'spec.volumes').entries())
      for (const [at, source] of objects(volume, 'projected.sources').entries()) {
        const detail = 'must not be specified when serviceAccountName is not set';
        if (source.serviceAccountToken !== undefined)
          errors.push(
            fieldError.forbidden(`spec.volumes[${index}].projected.sources[${at}].serviceAccountToken`, detail),
          );
      }
  }
  for (const field of ['containers', 'initContainers'])
    for (const [index, container] of objects(object, `spec.${field}`).entries())
      trimmedImage(container, `spec.${field}[${index}]`, errors);
}

export function pod(object: unknown, errors: Errors, old?: unknown): void {
  wholePod(object, errors, old);
  if (old === undefined && list(object, 'spec.ephemeralContainers').length > 0)
    errors.push(fieldError.forbidden('spec.ephemeralContainers', 'cannot be set on create'));
  if (old === undefined && text(object, 'spec.nodeName') !== '' && list(object, 'spec.schedulingGates').length > 0)
    errors.push(fieldError.forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'));
  if (old !== undefined) podUpdate(object, old, errors);
}

export function podTemplateObject(object: unknown, errors: Errors): void {
  podTemplate(at(object, 'template') ?? {}, 'template', errors);
}

export function disruptionBudget(object: unknown, errors: Errors): void {
  const spec = at(object, 'spec');
  if (at(spec, 'minAvailable') !== undefined && at(spec, 'maxUnavailable') !== undefined) {
    errors.push(
      fieldError.invalid(
        'spec',
        internalForm(spec, ['MinAvailable', 'Selector', 'MaxUnavailable', 'UnhealthyPodEvictionPolicy']),
        'minAvailable and maxUnavailable cannot be both set',
      ),
    );
  }
  for (const field of ['minAvailable', 'maxUnavailable']) {
    intOrPercent(spec, 'spec', field, errors);
    atMost100Percent(spec, 'spec', field, errors);
  }
  labelSelector(spec, 'spec', 'selector', errors);
  notSupported(spec, 'spec', 'unhealthyPodEvictionPolicy', ['AlwaysAllow', 'IfHealthyBudget'], errors);
}

/** Names of kinds whose pods are named after them. */
export const labelName = (name: string): string[] => dns1123Label(name);
