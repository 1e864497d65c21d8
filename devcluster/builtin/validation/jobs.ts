/** Validation of Jobs and CronJobs. */
import { dns1123Label, dns1123Subdomain, qualifiedName } from '../../registry/names.ts';
import { at, list, number, objects, record, text } from '../access.ts';
import { goForm, goPodSpec, goTemplate } from '../goform.ts';
import { jobLabels } from '../joblabels.ts';
import {
  domainPrefixedPath,
  type Errors,
  fieldError,
  immutableText,
  internalForm,
  labelSelector,
  nonNegative,
  notSupported,
  problems,
  same,
  selectorForm,
  selectorMatches,
  stable,
  tooMany,
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
  if (at(spec, 'maxFailedIndexes') !== undefined && at(spec, 'backoffLimitPerIndex') === undefined)
    errors.push(fieldError.required(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'));
  managedBy(spec, `${path}.managedBy`, errors);
  notSupported(spec, path, 'completionMode', ['NonIndexed', 'Indexed'], errors);
  indexedFields(spec, path, errors);
  failurePolicy(spec, path, errors);
  successPolicy(spec, path, errors);
  notSupported(spec, path, 'podReplacementPolicy', replacementPolicies(spec), errors);
  podTemplate(at(spec, 'template') ?? {}, `${path}.template`, errors);
  const policy = text(spec, 'template.spec.restartPolicy');
  const here = `${path}.template.spec.restartPolicy`;
  if (policy === '' || policy === 'Always') {
    errors.push(fieldError.required(here, 'valid values: "OnFailure", "Never"'));
  } else if (policy !== 'OnFailure' && policy !== 'Never') {
    errors.push(fieldError.notSupported(here, policy, ['OnFailure', 'Never']));
  } else if (at(spec, 'podFailurePolicy') !== undefined && policy !== 'Never') {
    const detail = 'only "Never" is supported when podFailurePolicy is specified';
    errors.push(fieldError.invalid(here, policy, detail));
  }
}

function managedBy(spec: unknown, path: string, errors: Errors): void {
  const given = at(spec, 'managedBy');
  if (given === undefined) return;
  domainPrefixedPath(String(given), path, errors);
  if (Buffer.byteLength(String(given)) > 63) errors.push(fieldError.tooLong(path, 63));
}

function replacementPolicies(spec: unknown): string[] {
  return at(spec, 'podFailurePolicy') === undefined ? ['Failed', 'TerminatingOrFailed'] : ['Failed'];
}

/** What only Jobs with indexes have, and how much of it. */
function indexedFields(spec: unknown, path: string, errors: Errors): void {
  const mode = text(spec, 'completionMode');
  const failed = at(spec, 'maxFailedIndexes');
  const perIndex = at(spec, 'backoffLimitPerIndex');
  if (mode === 'NonIndexed' || mode === '') {
    for (const [field, value] of Object.entries({ backoffLimitPerIndex: perIndex, maxFailedIndexes: failed }))
      if (value !== undefined)
        errors.push(fieldError.invalid(`${path}.${field}`, value, 'requires indexed completion mode'));
    return;
  }
  if (mode !== 'Indexed') return;
  const completions = at(spec, 'completions');
  const parallelism = number(spec, 'parallelism');
  const atMost = (field: string, value: number, limit: number, when = ''): void => {
    if (value <= limit) return;
    errors.push(fieldError.invalid(`${path}.${field}`, value, `must be less than or equal to ${limit}${when}`));
  };
  if (completions === undefined)
    errors.push(fieldError.required(`${path}.completions`, 'when completion mode is Indexed'));
  atMost('parallelism', parallelism, 100000, ' when completion mode is Indexed');
  if (typeof completions === 'number' && typeof failed === 'number' && failed > completions)
    errors.push(fieldError.invalid(`${path}.maxFailedIndexes`, failed, 'must be less than or equal to completions'));
  if (typeof failed === 'number') atMost('maxFailedIndexes', failed, 100000);
  if (typeof completions !== 'number' || completions <= 100000 || perIndex === undefined) return;
  const many = ' when completions are above 100000 and used with backoff limit per index';
  if (failed === undefined)
    errors.push(fieldError.required(`${path}.maxFailedIndexes`, 'must be specified when completions is above 100000'));
  atMost('parallelism', parallelism, 10000, many);
  if (typeof failed === 'number') atMost('maxFailedIndexes', failed, 10000, many);
}

const failureActions = ['Count', 'FailIndex', 'FailJob', 'Ignore'];

/** Go prints a list of strings with blanks between them. */
const validValues = (values: readonly string[]): string =>
  `valid values: [${values.map((name) => JSON.stringify(name)).join(' ')}]`;

function failurePolicy(spec: unknown, path: string, errors: Errors): void {
  const containers = [...objects(spec, 'template.spec.containers'), ...objects(spec, 'template.spec.initContainers')];
  const names = containers.map((container) => text(container, 'name'));
  const rules = objects(spec, 'podFailurePolicy.rules');
  if (rules.length > 20) errors.push(tooMany(`${path}.podFailurePolicy.rules`, rules.length, 20));
  for (const [index, rule] of rules.entries()) {
    const here = `${path}.podFailurePolicy.rules[${index}]`;
    const action = text(rule, 'action');
    if (action === '') errors.push(fieldError.required(`${here}.action`, validValues(failureActions)));
    else if (action === 'FailIndex') {
      if (at(spec, 'backoffLimitPerIndex') === undefined)
        errors.push(fieldError.invalid(`${here}.action`, action, 'requires the backoffLimitPerIndex to be set'));
    } else notSupported(rule, here, 'action', failureActions, errors);
    const codes = at(rule, 'onExitCodes');
    if (codes !== undefined) exitCodes(codes, `${here}.onExitCodes`, names, errors);
    const conditions = objects(rule, 'onPodConditions');
    if (conditions.length > 20) errors.push(tooMany(`${here}.onPodConditions`, conditions.length, 20));
    for (const [at, condition] of conditions.entries()) {
      const place = `${here}.onPodConditions[${at}]`;
      problems(`${place}.type`, text(condition, 'type'), qualifiedName(text(condition, 'type')), errors);
      notSupported(condition, place, 'status', ['False', 'True', 'Unknown'], errors);
    }
    if (codes !== undefined && conditions.length > 0)
      errors.push(invalidWithoutValue(here, 'specifying both OnExitCodes and OnPodConditions is not supported'));
    if (codes === undefined && conditions.length === 0)
      errors.push(invalidWithoutValue(here, 'specifying one of OnExitCodes and OnPodConditions is required'));
  }
}

/** A violation that prints no value. */
function invalidWithoutValue(field: string, detail: string): ReturnType<typeof fieldError.invalid> {
  return { ...fieldError.invalid(field, '', detail), body: `Invalid value: ${detail}` };
}

function exitCodes(codes: unknown, path: string, names: readonly string[], errors: Errors): void {
  const operator = text(codes, 'operator');
  if (operator === '') errors.push(fieldError.required(`${path}.operator`, validValues(['In', 'NotIn'])));
  else notSupported(codes, path, 'operator', ['In', 'NotIn'], errors);
  const container = text(codes, 'containerName');
  if (at(codes, 'containerName') !== undefined && !names.includes(container)) {
    const detail = 'must be one of the container or initContainer names in the pod template';
    errors.push(fieldError.invalid(`${path}.containerName`, container, detail));
  }
  const values = list(codes, 'values').map(Number);
  if (values.length === 0) {
    const shown = Array.isArray(at(codes, 'values')) ? [] : null;
    errors.push(fieldError.invalid(`${path}.values`, shown, 'at least one value is required'));
  } else if (values.length > 255) errors.push(tooMany(`${path}.values`, values.length, 255));
  for (const [index, value] of values.entries()) {
    const here = `${path}.values[${index}]`;
    if (operator === 'In' && value === 0) errors.push(fieldError.invalid(here, 0, 'must not be 0 for the In operator'));
    if (values.indexOf(value) < index) errors.push(fieldError.duplicate(here, value));
  }
  if (values.some((value, index) => index > 0 && value < (values[index - 1] ?? 0)))
    errors.push(fieldError.invalid(`${path}.values`, values, 'must be ordered'));
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

/** A success policy as the real server's internal type prints it. */
function successForm(policy: unknown): unknown {
  const rules = objects(policy, 'rules').map((rule) => internalForm(rule, ['SucceededIndexes', 'SucceededCount']));
  return { Rules: Array.isArray(at(policy, 'rules')) ? rules : null };
}

function successPolicy(spec: unknown, path: string, errors: Errors): void {
  const policy = at(spec, 'successPolicy');
  if (policy === undefined || policy === null) return;
  const here = `${path}.successPolicy`;
  if (text(spec, 'completionMode') !== 'Indexed')
    return void errors.push(fieldError.invalid(here, successForm(policy), 'requires indexed completion mode'));
  const rules = objects(policy, 'rules');
  if (rules.length > 20) errors.push(tooMany(`${here}.rules`, rules.length, 20));
  if (rules.length === 0)
    errors.push(
      fieldError.required(`${here}.rules`, 'at least one rules must be specified when the successPolicy is specified'),
    );
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
    if (typeof indexes === 'string' && indexes.length > 65536)
      errors.push(fieldError.tooLong(`${place}.succeededIndexes`, 65536));
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
  const selector = at(spec, 'selector');
  const uid = text(object, 'metadata.uid');
  if (at(spec, 'manualSelector') === true || selector === undefined || selector === null || uid === '') return;
  const expected = jobLabels(text(object, 'metadata.name'), uid);
  const labels = record(spec, 'template.metadata.labels');
  for (const [label, value] of Object.entries(expected)) {
    const path = `spec.template.metadata.labels[${label}]`;
    if (labels[label] === undefined) errors.push(fieldError.required(path, `must be '${value}'`));
    else if (labels[label] !== value) errors.push(fieldError.invalid(path, sortedKeys(labels), `must be '${value}'`));
  }
  if (selectorMatches(selector, expected) === false)
    errors.push(fieldError.invalid('spec.selector', selectorForm(selector), '`selector` not auto-generated'));
}

const sortedKeys = (value: unknown): unknown => JSON.parse(stable(value) || 'null');

/** Pods of an indexed Job are called after it and their index. */
function indexedName(object: unknown, errors: Errors): void {
  const completions = number(object, 'spec.completions');
  if (text(object, 'spec.completionMode') !== 'Indexed' || completions <= 0) return;
  const name = text(object, 'metadata.name');
  const last = `${name}-${completions - 1}`;
  const detail = `will not able to create pod with invalid DNS label: ${last}`;
  if (dns1123Label(last).length > 0) errors.push(fieldError.invalid('metadata.name', name, detail));
}

/** A field of a Job as messages print it. */
function goField(field: string, value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (field === 'selector') return selectorForm(value);
  if (field === 'podFailurePolicy') return goForm('PodFailurePolicy', value);
  return field === 'successPolicy' ? successForm(value) : value;
}

export function job(object: unknown, errors: Errors, old?: unknown): void {
  const spec = at(object, 'spec');
  const selector = at(spec, 'selector');
  const absent = selector === undefined || selector === null;
  generatedSelector(object, errors);
  jobTemplate(spec, 'spec', errors);
  if (absent) errors.push(fieldError.required('spec.selector'));
  else labelSelector(spec, 'spec', 'selector', errors);
  const labels = at(spec, 'template.metadata.labels');
  if (absent || selectorMatches(selector, record(spec, 'template.metadata.labels')) === false) {
    const detail = '`selector` does not match template `labels`';
    errors.push(fieldError.invalid('spec.template.metadata.labels', sortedKeys(labels ?? null), detail));
  }
  indexedName(object, errors);
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
    errors.push(fieldError.invalid(`spec.${field}`, goField(field, at(spec, field)), immutableText));
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
    if (schedule.includes('TZ'))
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
    errors.push(fieldError.invalid(path, selectorForm(at(template, 'selector')), '`selector` will be auto-generated'));
  }
  jobTemplate(template ?? {}, 'spec.jobTemplate.spec', errors);
  nonNegative(spec, 'spec', 'successfulJobsHistoryLimit', errors);
  nonNegative(spec, 'spec', 'failedJobsHistoryLimit', errors);
}

/** Zones are files for the real server: their names are those of the database, in its case. */
function isTimeZone(zone: string): boolean {
  if (!/^[A-Z]/.test(zone)) return false;
  try {
    const known = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
    return known === zone || known.toLowerCase() !== zone.toLowerCase();
  } catch {
    return false;
  }
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
  else if (!isTimeZone(zone)) errors.push(fieldError.invalid(path, zone, `unknown time zone ${zone}`));
}

/** Names of CronJobs leave room for the suffix of their Jobs. */
export function cronJobName(name: string, prefix: boolean): string[] {
  const found = dns1123Subdomain(prefix && name.endsWith('-') ? `${name.slice(0, -1)}a` : name);
  return name.length > 52 && !prefix ? ['must be no more than 52 characters', ...found] : found;
}
