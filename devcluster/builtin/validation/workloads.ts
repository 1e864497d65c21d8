/** Validation of what makes pods. */
import { dns1123Label, dns1123Subdomain } from '../../registry/names.ts';
import type { JsonObject } from '../../types.ts';
import { at, child, number, objects, record, text } from '../access.ts';
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
  selectorMatches,
} from './common.ts';
import { podSpec, podTemplate, podUpdate } from './pods.ts';
import { scheduleProblem } from './schedule.ts';

const zero = (value: unknown) => value === 0 || value === '0%' || value === undefined;

function selectorOfTemplate(object: unknown, word: string, errors: Errors): void {
  const selector = at(object, 'spec.selector');
  if (selector === undefined || selector === null) errors.push(fieldError.required('spec.selector'));
  else {
    labelSelector(at(object, 'spec'), 'spec', 'selector', errors);
    if (isEmptySelector(selector))
      errors.push(fieldError.invalid('spec.selector', selector, `empty selector is invalid for ${word}`));
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
    errors.push(fieldError.invalid('spec.selector', selector, detail));
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

function deploymentStrategy(spec: unknown, errors: Errors): void {
  const type = text(spec, 'strategy.type');
  const rolling = at(spec, 'strategy.rollingUpdate');
  const path = 'spec.strategy.rollingUpdate';
  if (type === 'Recreate') {
    if (rolling !== undefined)
      errors.push(fieldError.forbidden(path, "may not be specified when strategy `type` is 'Recreate'"));
  } else if (type !== 'RollingUpdate') {
    errors.push(
      fieldError.notSupported('spec.strategy', internalForm(at(spec, 'strategy'), ['Type', 'RollingUpdate']), [
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
  if (selectorMatches({ matchLabels: selector }, labels) === false) {
    errors.push(
      fieldError.invalid('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'),
    );
  }
  template(object, 'ReplicationController', errors);
}

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
        internalForm(at(spec, 'updateStrategy'), ['Type', 'RollingUpdate']),
        "must be 'RollingUpdate' or 'OnDelete'",
      ),
    );
  } else if (strategy === 'OnDelete' && at(spec, 'updateStrategy.rollingUpdate') !== undefined) {
    errors.push(
      fieldError.invalid(
        'spec.updateStrategy.rollingUpdate',
        at(spec, 'updateStrategy.rollingUpdate'),
        "only allowed for updateStrategy 'RollingUpdate'",
      ),
    );
  } else nonNegative(spec, 'spec', 'updateStrategy.rollingUpdate.partition', errors);
  nonNegative(spec, 'spec', 'replicas', errors);
  nonNegative(spec, 'spec', 'minReadySeconds', errors);
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
  if (claims.length === 0) {
    template(object, 'StatefulSet', errors);
    return;
  }
  const copy = structuredClone(object) as JsonObject;
  const spec = child(copy, 'spec.template.spec');
  if (spec !== undefined) spec.volumes = [...claims, ...objects(spec, 'volumes')];
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
    errors.push(fieldError.invalid('spec.selector', selector, 'empty selector is invalid for daemonset'));
  }
  template(object, 'DaemonSet', errors);
  nonNegative(spec, 'spec', 'minReadySeconds', errors);
  const strategy = text(spec, 'updateStrategy.type');
  if (strategy === 'RollingUpdate') {
    const rolling = at(spec, 'updateStrategy.rollingUpdate');
    const path = 'spec.updateStrategy.rollingUpdate';
    intOrPercent(rolling, path, 'maxUnavailable', errors);
    intOrPercent(rolling, path, 'maxSurge', errors);
    if (zero(at(rolling, 'maxUnavailable')) && zero(at(rolling, 'maxSurge'))) {
      errors.push(fieldError.required(`${path}.maxUnavailable`, 'cannot be 0 when maxSurge is 0'));
    }
  } else if (strategy !== 'OnDelete') {
    const value = internalForm(at(spec, 'updateStrategy'), ['Type', 'RollingUpdate']);
    errors.push(fieldError.notSupported('spec.updateStrategy', value, ['RollingUpdate', 'OnDelete']));
  }
  nonNegative(spec, 'spec', 'revisionHistoryLimit', errors);
}

function jobTemplate(spec: unknown, path: string, errors: Errors): void {
  for (const field of [
    'parallelism',
    'completions',
    'activeDeadlineSeconds',
    'backoffLimit',
    'ttlSecondsAfterFinished',
    'backoffLimitPerIndex',
    'maxFailedIndexes',
  ]) {
    nonNegative(spec, path, field, errors);
  }
  notSupported(spec, path, 'completionMode', ['NonIndexed', 'Indexed'], errors);
  if (text(spec, 'completionMode') === 'Indexed' && at(spec, 'completions') === undefined) {
    errors.push(fieldError.required(`${path}.completions`, 'when completion mode is Indexed'));
  }
  podTemplate(at(spec, 'template') ?? {}, `${path}.template`, errors);
  const policy = text(spec, 'template.spec.restartPolicy');
  if (policy === '' || policy === 'Always') {
    errors.push(fieldError.required(`${path}.template.spec.restartPolicy`, 'valid values: "OnFailure", "Never"'));
  } else if (policy !== 'OnFailure' && policy !== 'Never') {
    errors.push(fieldError.notSupported(`${path}.template.spec.restartPolicy`, policy, ['OnFailure', 'Never']));
  }
}

export function job(object: unknown, errors: Errors, old?: unknown): void {
  const spec = at(object, 'spec');
  const selector = at(spec, 'selector');
  if (selector === undefined || selector === null) errors.push(fieldError.required('spec.selector'));
  else labelSelector(spec, 'spec', 'selector', errors);
  const matches =
    selector === undefined || selector === null
      ? false
      : selectorMatches(selector, record(spec, 'template.metadata.labels'));
  if (matches === false) {
    errors.push(
      fieldError.invalid(
        'spec.template.metadata.labels',
        at(spec, 'template.metadata.labels') ?? null,
        '`selector` does not match template `labels`',
      ),
    );
  }
  jobTemplate(spec, 'spec', errors);
  if (old === undefined) return;
  for (const field of [
    'completions',
    'selector',
    'template',
    'completionMode',
    'podFailurePolicy',
    'backoffLimitPerIndex',
    'managedBy',
    'successPolicy',
  ]) {
    const suspended =
      field === 'template' && text(old, 'spec.suspend') === 'true' && at(old, 'status.startTime') === undefined;
    if (
      field === 'completions' &&
      text(spec, 'completionMode') === 'Indexed' &&
      at(spec, 'completions') === at(spec, 'parallelism')
    )
      continue;
    if (!suspended) immutable(object, old, `spec.${field}`, errors);
  }
}

export function cronJob(object: unknown, errors: Errors): void {
  const spec = at(object, 'spec');
  const schedule = text(spec, 'schedule');
  if (schedule === '') errors.push(fieldError.required('spec.schedule'));
  else {
    const problem = scheduleProblem(schedule);
    if (problem !== undefined) errors.push(fieldError.invalid('spec.schedule', schedule, problem));
    else if (schedule.includes('TZ'))
      errors.push(
        fieldError.invalid(
          'spec.schedule',
          schedule,
          'cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
        ),
      );
  }
  const zone = at(spec, 'timeZone');
  if (typeof zone === 'string') timeZone(zone, errors);
  nonNegative(spec, 'spec', 'startingDeadlineSeconds', errors);
  notSupported(spec, 'spec', 'concurrencyPolicy', ['Allow', 'Forbid', 'Replace'], errors);
  const template = at(spec, 'jobTemplate.spec');
  if (at(template, 'manualSelector') === true)
    errors.push(fieldError.notSupported('spec.jobTemplate.spec.manualSelector', true, ['nil', 'false']));
  jobTemplate(template ?? {}, 'spec.jobTemplate.spec', errors);
  nonNegative(spec, 'spec', 'successfulJobsHistoryLimit', errors);
  nonNegative(spec, 'spec', 'failedJobsHistoryLimit', errors);
}

function timeZone(zone: string, errors: Errors): void {
  const path = 'spec.timeZone';
  if (zone === '') errors.push(fieldError.invalid(path, zone, 'timeZone must be nil or non-empty string'));
  else if (zone.toLowerCase() === 'local')
    errors.push(
      fieldError.invalid(
        path,
        zone,
        'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
      ),
    );
  else {
    try {
      new Intl.DateTimeFormat('en', { timeZone: zone });
    } catch {
      errors.push(fieldError.invalid(path, zone, `unknown time zone ${zone}`));
    }
  }
}

export function pod(object: unknown, errors: Errors, old?: unknown): void {
  podSpec(at(object, 'spec') ?? {}, 'spec', errors);
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

export function autoscaler(object: unknown, errors: Errors): void {
  const spec = at(object, 'spec');
  const minimum = at(spec, 'minReplicas');
  const maximum = number(spec, 'maxReplicas');
  if (typeof minimum === 'number' && minimum < 1)
    errors.push(fieldError.invalid('spec.minReplicas', minimum, 'must be greater than or equal to 1'));
  if (maximum === 0) errors.push(fieldError.required('spec.maxReplicas', 'must be set and greater than 0'));
  else if (maximum < 1) errors.push(fieldError.invalid('spec.maxReplicas', maximum, 'must be greater than 0'));
  if (typeof minimum === 'number' && maximum < minimum) {
    errors.push(fieldError.invalid('spec.maxReplicas', maximum, 'must be greater than or equal to `minReplicas`'));
  }
  const external = objects(spec, 'metrics').some((metric) => metric.type === 'Object' || metric.type === 'External');
  if (minimum === 0 && !external) {
    errors.push(
      fieldError.forbidden(
        'spec.metrics',
        'must specify at least one Object or External metric to support scaling to zero replicas',
      ),
    );
  }
  if (!text(spec, 'scaleTargetRef.apiVersion').includes('/') && text(spec, 'scaleTargetRef.apiVersion') !== 'v1') {
    errors.push(
      fieldError.invalid(
        'spec.scaleTargetRef.apiVersion',
        text(spec, 'scaleTargetRef.apiVersion'),
        'apiVersion must specify API group',
      ),
    );
  }
  for (const field of ['kind', 'name']) {
    const value = text(spec, `scaleTargetRef.${field}`);
    if (value === '') errors.push(fieldError.required(`spec.scaleTargetRef.${field}`));
    else if (field === 'name')
      problems('spec.scaleTargetRef.name', value, value.includes('/') ? ["may not contain '/'"] : [], errors);
  }
}

/** Names of kinds whose pods are named after them. */
export const labelName = (name: string): string[] => dns1123Label(name);

/** Names of CronJobs leave room for the suffix of their Jobs. */
export function cronJobName(name: string, prefix: boolean): string[] {
  const found = dns1123Subdomain(prefix && name.endsWith('-') ? `${name.slice(0, -1)}a` : name);
  return name.length > 52 && !prefix ? ['must be no more than 52 characters', ...found] : found;
}
