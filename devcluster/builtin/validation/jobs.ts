/** Validation of Jobs and CronJobs. */
import { dns1123Subdomain, qualifiedName } from '../../registry/names.ts';
import { at, list, number, objects, record, text } from '../access.ts';
import { goPodSpec, goTemplate } from '../goform.ts';
import {
  type Errors,
  fieldError,
  immutableText,
  labelSelector,
  nonNegative,
  notSupported,
  problems,
  same,
  selectorMatches,
  stable,
} from './common.ts';
import { podTemplate } from './pods.ts';
import { scheduleProblem } from './schedule.ts';

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
  indexedFields(spec, path, errors);
  notSupported(spec, path, 'podReplacementPolicy', replacementPolicies(spec), errors);
  const manager = text(spec, 'managedBy');
  if (manager !== '' && !/^[^/]+\/.+$/.test(manager))
    errors.push(
      fieldError.invalid(`${path}.managedBy`, manager, 'must be a domain-prefixed path (such as "acme.io/foo")'),
    );
  failurePolicy(spec, path, errors);
  successPolicy(spec, path, errors);
  podTemplate(at(spec, 'template') ?? {}, `${path}.template`, errors);
  const policy = text(spec, 'template.spec.restartPolicy');
  if (policy === '' || policy === 'Always') {
    errors.push(fieldError.required(`${path}.template.spec.restartPolicy`, 'valid values: "OnFailure", "Never"'));
  } else if (policy !== 'OnFailure' && policy !== 'Never') {
    errors.push(fieldError.notSupported(`${path}.template.spec.restartPolicy`, policy, ['OnFailure', 'Never']));
  }
}

function replacementPolicies(spec: unknown): string[] {
  return at(spec, 'podFailurePolicy') === undefined ? ['Failed', 'TerminatingOrFailed'] : ['Failed'];
}

/** What only Jobs with indexes have. */
function indexedFields(spec: unknown, path: string, errors: Errors): void {
  const indexed = text(spec, 'completionMode') === 'Indexed';
  const failed = at(spec, 'maxFailedIndexes');
  for (const field of ['backoffLimitPerIndex', 'maxFailedIndexes'])
    if (!indexed && at(spec, field) !== undefined)
      errors.push(fieldError.invalid(`${path}.${field}`, at(spec, field), 'requires indexed completion mode'));
  if (failed === undefined) return;
  if (at(spec, 'backoffLimitPerIndex') === undefined)
    errors.push(fieldError.required(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'));
  const completions = at(spec, 'completions');
  if (indexed && typeof completions === 'number' && Number(failed) > completions)
    errors.push(fieldError.invalid(`${path}.maxFailedIndexes`, failed, 'must be less than or equal to completions'));
}

const failureActions = ['Count', 'FailIndex', 'FailJob', 'Ignore'];

function failurePolicy(spec: unknown, path: string, errors: Errors): void {
  const containers = [...objects(spec, 'template.spec.containers'), ...objects(spec, 'template.spec.initContainers')];
  const names = containers.map((container) => text(container, 'name'));
  if (at(spec, 'podFailurePolicy') !== undefined && text(spec, 'template.spec.restartPolicy') !== 'Never')
    errors.push(
      fieldError.invalid(
        `${path}.template.spec.restartPolicy`,
        text(spec, 'template.spec.restartPolicy'),
        'only "Never" is supported when podFailurePolicy is specified',
      ),
    );
  for (const [index, rule] of objects(spec, 'podFailurePolicy.rules').entries()) {
    const here = `${path}.podFailurePolicy.rules[${index}]`;
    const action = text(rule, 'action');
    if (action === '')
      errors.push(
        fieldError.required(
          `${here}.action`,
          `valid values: ${failureActions.map((name) => JSON.stringify(name)).join(', ')}`,
        ),
      );
    else if (action === 'FailIndex' && at(spec, 'backoffLimitPerIndex') === undefined)
      errors.push(fieldError.invalid(`${here}.action`, action, 'requires the backoffLimitPerIndex to be set'));
    else notSupported(rule, here, 'action', failureActions, errors);
    const codes = at(rule, 'onExitCodes');
    if (codes !== undefined) exitCodes(codes, `${here}.onExitCodes`, names, errors);
    const conditions = objects(rule, 'onPodConditions');
    if (codes !== undefined && conditions.length > 0)
      errors.push(invalidWithoutValue(here, 'specifying both OnExitCodes and OnPodConditions is not supported'));
    if (codes === undefined && conditions.length === 0)
      errors.push(invalidWithoutValue(here, 'specifying one of OnExitCodes and OnPodConditions is required'));
    for (const [at, condition] of conditions.entries()) {
      const place = `${here}.onPodConditions[${at}]`;
      problems(`${place}.type`, text(condition, 'type'), qualifiedName(text(condition, 'type')), errors);
      notSupported(condition, place, 'status', ['False', 'True', 'Unknown'], errors);
    }
  }
}

/** A violation that prints no value. */
function invalidWithoutValue(field: string, detail: string): ReturnType<typeof fieldError.invalid> {
  return { ...fieldError.invalid(field, '', detail), body: `Invalid value: ${detail}` };
}

function exitCodes(codes: unknown, path: string, names: readonly string[], errors: Errors): void {
  const operator = text(codes, 'operator');
  if (operator === '') errors.push(fieldError.required(`${path}.operator`, 'valid values: "In", "NotIn"'));
  else notSupported(codes, path, 'operator', ['In', 'NotIn'], errors);
  const container = text(codes, 'containerName');
  if (at(codes, 'containerName') !== undefined && !names.includes(container)) {
    const detail = 'must be one of the container or initContainer names in the pod template';
    errors.push(fieldError.invalid(`${path}.containerName`, container, detail));
  }
  const values = list(codes, 'values').map(Number);
  if (values.length === 0) errors.push(fieldError.invalid(`${path}.values`, [], 'at least one value is required'));
  if (values.some((value, index) => index > 0 && value < (values[index - 1] ?? 0)))
    errors.push(fieldError.invalid(`${path}.values`, values, 'must be ordered'));
  for (const [index, value] of values.entries()) {
    const here = `${path}.values[${index}]`;
    if (operator === 'In' && value === 0) errors.push(fieldError.invalid(here, 0, 'must not be 0 for the In operator'));
    if (values.indexOf(value) < index) errors.push(fieldError.duplicate(here, value));
  }
}

/** How many indexes `0,2-4` names; or what is wrong with it. */
function indexCount(text: string, completions: number): number | string {
  let [count, previous] = [0, -1];
  for (const part of text.split(',')) {
    const bounds = part.split('-');
    for (const bound of bounds) {
      if (!/^\d+$/.test(bound)) return `cannot convert string to integer for index: ${JSON.stringify(bound)}`;
      if (Number(bound) >= completions) return `too large index: ${JSON.stringify(bound)}`;
    }
    const [first = 0, last = first] = bounds.map(Number);
    if (first <= previous) return `non-increasing order, previous: ${previous}, current: ${first}`;
    if (bounds.length > 1 && last <= first) return `non-increasing order, previous: ${first}, current: ${last}`;
    count += last - first + 1;
    previous = last;
  }
  return count;
}

function successPolicy(spec: unknown, path: string, errors: Errors): void {
  const policy = at(spec, 'successPolicy');
  if (policy === undefined || policy === null) return;
  const here = `${path}.successPolicy`;
  if (text(spec, 'completionMode') !== 'Indexed')
    return void errors.push(
      fieldError.invalid(here, { Rules: list(policy, 'rules') }, 'requires indexed completion mode'),
    );
  const rules = objects(policy, 'rules');
  if (rules.length === 0) errors.push(fieldError.required(`${here}.rules`, 'at least one rules must be specified'));
  const completions = number(spec, 'completions');
  for (const [index, rule] of rules.entries()) {
    const place = `${here}.rules[${index}]`;
    const indexes = at(rule, 'succeededIndexes');
    const wanted = at(rule, 'succeededCount');
    if (indexes === undefined && wanted === undefined) {
      const detail = 'at least one of succeededCount or succeededIndexes must be specified';
      errors.push(fieldError.required(place, detail));
      continue;
    }
    const counted = typeof indexes === 'string' ? indexCount(indexes, completions) : undefined;
    if (typeof counted === 'string') {
      const detail = `error parsing succeededIndexes: ${counted}`;
      errors.push(fieldError.invalid(`${place}.succeededIndexes`, indexes, detail));
    }
    if (typeof wanted !== 'number') continue;
    const found = `${place}.succeededCount`;
    const most = 'must be less than or equal to';
    if (wanted < 0) errors.push(fieldError.invalid(found, wanted, 'must be greater than or equal to 0'));
    if (wanted > completions)
      errors.push(fieldError.invalid(found, wanted, `${most} ${completions} (the number of specified completions)`));
    if (counted === undefined) continue;
    const total = typeof counted === 'number' ? counted : 0;
    if (wanted > total) {
      const detail = `${most} ${total} (the number of indexes in the specified succeededIndexes field)`;
      errors.push(fieldError.invalid(found, wanted, detail));
    }
  }
}

/** Selectors are made by the server unless a Job says otherwise. */
function generatedSelector(object: unknown, errors: Errors): void {
  const spec = at(object, 'spec');
  if (at(spec, 'manualSelector') === true) return;
  const uid = text(object, 'metadata.uid');
  const expected = { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } };
  if (uid !== '' && !same(at(spec, 'selector'), expected))
    errors.push(fieldError.invalid('spec.selector', sortedKeys(at(spec, 'selector')), '`selector` not auto-generated'));
}

const sortedKeys = (value: unknown): unknown => JSON.parse(stable(value) || 'null');

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
  generatedSelector(object, errors);
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
    if (same(at(spec, field), at(old, `spec.${field}`))) continue;
    if (field === 'completions' && text(spec, 'completionMode') === 'Indexed') {
      const detail = 'can only be modified in tandem with spec.parallelism';
      if (at(spec, field) !== at(spec, 'parallelism'))
        errors.push(fieldError.invalid('spec.completions', at(spec, field) ?? null, detail));
      continue;
    }
    if (field === 'template') {
      templateUpdate(spec, at(old, 'spec'), suspended, errors);
      continue;
    }
    errors.push(fieldError.invalid(`spec.${field}`, sortedKeys(at(spec, field) ?? null), immutableText));
  }
}

/** What says where pods run may change while a Job that has not begun is suspended; so may what its containers ask for. */
function templateUpdate(spec: unknown, old: unknown, suspended: boolean, errors: Errors): void {
  const template = at(spec, 'template');
  if (!suspended) {
    errors.push(fieldError.invalid('spec.template', goTemplate(template), immutableText));
    return;
  }
  const directives = ['nodeSelector', 'tolerations', 'schedulingGates'];
  const rest = (from: unknown) => {
    const { affinity, ...kept } = { ...record(from, 'template.spec') };
    for (const field of directives) delete kept[field];
    for (const field of ['containers', 'initContainers'])
      if (kept[field] !== undefined)
        kept[field] = objects(kept, field).map(({ resources: _, ...container }) => container);
    const { nodeAffinity: _, ...others } = record({ affinity }, 'affinity');
    return { ...kept, affinity: others };
  };
  if (same(rest(spec), rest(old))) return;
  errors.push(fieldError.invalid('spec.template.spec', goPodSpec(at(template, 'spec')), immutableText));
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
  if (at(template, 'selector') !== undefined) {
    const path = 'spec.jobTemplate.spec.selector';
    errors.push(fieldError.invalid(path, at(template, 'selector'), '`selector` will be auto-generated'));
  }
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

/** Names of CronJobs leave room for the suffix of their Jobs. */
export function cronJobName(name: string, prefix: boolean): string[] {
  const found = dns1123Subdomain(prefix && name.endsWith('-') ? `${name.slice(0, -1)}a` : name);
  return name.length > 52 && !prefix ? ['must be no more than 52 characters', ...found] : found;
}
