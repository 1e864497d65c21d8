/** Validation of what a Job's controller reports: counts that only grow, and conditions that an end must have. */
import type { FieldError } from '../../types.ts';
import { at, list, number, objects, text } from '../access.ts';
import { fieldError } from './common.ts';

const isTrue = (job: unknown, type: string): boolean =>
  objects(job, 'status.conditions').some((item) => text(item, 'type') === type && text(item, 'status') === 'True');

/** An error that shows no value. */
function ofConditions(detail: string): FieldError {
  return { type: 'FieldValueInvalid', field: 'status.conditions', detail, body: `Invalid value: ${detail}` };
}

function counts(job: unknown): FieldError[] {
  return ['active', 'succeeded', 'failed', 'ready', 'terminating'].flatMap((field) => {
    const value = number(job, `status.${field}`);
    return value < 0 ? [fieldError.invalid(`status.${field}`, value, 'must be greater than or equal to 0')] : [];
  });
}

function ends(job: unknown): FieldError[] {
  const errors: FieldError[] = [];
  const [complete, failed] = [isTrue(job, 'Complete'), isTrue(job, 'Failed')];
  const [failing, succeeding] = [isTrue(job, 'FailureTarget'), isTrue(job, 'SuccessCriteriaMet')];
  if (complete && failed) errors.push(ofConditions('cannot set Complete=True and Failed=true conditions'));
  if (complete && failing) errors.push(ofConditions('cannot set Complete=True and FailureTarget=true conditions'));
  if (failed && !failing)
    errors.push(ofConditions('cannot set Failed=True condition without the FailureTarget=true condition'));
  if (complete && !succeeding)
    errors.push(ofConditions('cannot set Complete=True condition without the SuccessCriteriaMet=true condition'));
  if (succeeding && failed) errors.push(ofConditions('cannot set SuccessCriteriaMet=True and Failed=true conditions'));
  if (succeeding && failing)
    errors.push(ofConditions('cannot set SuccessCriteriaMet=True and FailureTarget=true conditions'));
  return [...errors, ...times(job, complete), ...(complete || failed ? leftovers(job) : [])];
}

function times(job: unknown, complete: boolean): FieldError[] {
  const [start, end] = [text(job, 'status.startTime'), text(job, 'status.completionTime')];
  const place = 'status.completionTime';
  const errors: FieldError[] = [];
  if (end !== '' && !complete)
    errors.push(fieldError.invalid(place, end, 'cannot set completionTime when there is no Complete=True condition'));
  if (end === '' && complete) errors.push(fieldError.required(place, 'completionTime is required for Complete jobs'));
  if (start !== '' && end !== '' && Date.parse(end) < Date.parse(start))
    errors.push(fieldError.invalid(place, end, 'must be equal to or after `startTime`'));
  return errors;
}

/** What a Job that has ended may not have any more. */
function leftovers(job: unknown): FieldError[] {
  const errors: FieldError[] = [];
  for (const field of ['active', 'terminating']) {
    const value = number(job, `status.${field}`);
    if (value > 0) errors.push(fieldError.invalid(`status.${field}`, value, `${field}>0 is invalid for finished job`));
  }
  if (text(job, 'status.startTime') === '')
    errors.push(fieldError.required('status.startTime', 'startTime is required for finished job'));
  const uncounted = ['failed', 'succeeded'].flatMap((field) => list(job, `status.uncountedTerminatedPods.${field}`));
  if (uncounted.length > 0) {
    const path = 'status.uncountedTerminatedPods';
    errors.push(fieldError.invalid(path, at(job, path), 'must be empty for finished job'));
  }
  return errors;
}

function changes(job: unknown, old: unknown): FieldError[] {
  const errors: FieldError[] = [];
  for (const type of ['Failed', 'Complete', 'FailureTarget'])
    if (isTrue(old, type) && !isTrue(job, type))
      errors.push(ofConditions(`cannot disable the terminal ${type}=True condition`));
  for (const field of ['failed', 'succeeded']) {
    const value = number(job, `status.${field}`);
    if (value < number(old, `status.${field}`))
      errors.push(fieldError.invalid(`status.${field}`, value, `cannot decrease the ${field} counter`));
  }
  const time = (from: unknown, field: string) => at(from, `status.${field}`) ?? null;
  const [end, endBefore] = [time(job, 'completionTime'), time(old, 'completionTime')];
  if (end !== null && endBefore !== null && end !== endBefore)
    errors.push(fieldError.invalid('status.completionTime', end, 'field is immutable'));
  const [start, startBefore] = [time(job, 'startTime'), time(old, 'startTime')];
  if (startBefore !== null && start !== startBefore && at(job, 'spec.suspend') !== true)
    errors.push(fieldError.invalid('status.startTime', start, 'field is immutable for unsuspended job once set'));
  if (isTrue(old, 'SuccessCriteriaMet') && !isTrue(job, 'SuccessCriteriaMet'))
    errors.push(ofConditions('cannot disable the SuccessCriteriaMet=True condition'));
  return errors;
}

/** Violations of a status update of a Job. */
export function jobStatus(job: unknown, old: unknown): FieldError[] {
  return [...counts(job), ...ends(job), ...changes(job, old)];
}
