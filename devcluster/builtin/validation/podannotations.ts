/** Validation of the annotations that say something of a pod. */
import { at, objects, record, text } from '../access.ts';
import { type Errors, fieldError } from './common.ts';

const mirror = 'kubernetes.io/config.mirror';
const cost = 'controller.kubernetes.io/pod-deletion-cost';
const tolerations = 'scheduler.alpha.kubernetes.io/tolerations';
const appArmor = 'container.apparmor.security.beta.kubernetes.io/';

function isInt32(value: string): boolean {
  return /^(0|-?[1-9][0-9]*)$/.test(value) && Math.abs(Number(value)) <= 2147483647;
}

/** The annotations of a pod; with `old` those that an update changes. */
export function podAnnotations(pod: unknown, errors: Errors, old?: unknown): void {
  const given = record(pod, 'metadata.annotations');
  const place = (key: string) => `metadata.annotations[${key}]`;
  if (old !== undefined) changes(given, record(old, 'metadata.annotations'), errors);
  for (const [key, item] of Object.entries(given)) {
    const value = String(item);
    if (key === mirror && text(pod, 'spec.nodeName') === '') {
      const detail = 'must set spec.nodeName if mirror pod annotation is set';
      errors.push(fieldError.invalid(place(key), value, detail));
    } else if (key === cost && !isInt32(value))
      errors.push(fieldError.invalid(place(key), value, 'must be a 32bit integer'));
    else if (key === tolerations && value !== '' && !value.trimStart().startsWith('[')) {
      const detail = `invalid character '${value.trimStart()[0] ?? ''}' looking for beginning of value`;
      errors.push(fieldError.invalid('metadata.annotations', key, detail));
    } else if (key.startsWith(appArmor)) {
      const name = key.slice(appArmor.length);
      const known = ['initContainers', 'containers', 'ephemeralContainers'].some((field) =>
        objects(at(pod, 'spec'), field).some((container) => text(container, 'name') === name),
      );
      if (!known) errors.push(fieldError.invalid(place(key), name, 'container not found'));
      if (value !== '' && value !== 'runtime/default' && value !== 'unconfined' && !value.startsWith('localhost/'))
        errors.push(fieldError.invalid(place(key), value, `invalid AppArmor profile name: ${JSON.stringify(value)}`));
    }
  }
}

type Annotations = { readonly [key: string]: unknown };

function changes(given: Annotations, before: Annotations, errors: Errors): void {
  const guarded = (key: string) => (key === mirror ? 'mirror pod annotation' : 'AppArmor annotations');
  for (const key of new Set([...Object.keys(given), ...Object.keys(before)])) {
    if ((key !== mirror && !key.startsWith(appArmor)) || given[key] === before[key]) continue;
    const verb = Object.hasOwn(before, key) ? 'remove or update' : 'add';
    errors.push(fieldError.forbidden(`metadata.annotations[${key}]`, `may not ${verb} ${guarded(key)}`));
  }
}
