/** Validation of what controllers report in status. */
import type { FieldError } from '../../types.ts';
import { at, number } from '../access.ts';
import { fieldError } from './common.ts';

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

/** Violations of a status update of `group/Kind`; undefined for kinds without rules. */
export function statusRules(kind: string): ((object: unknown) => FieldError[]) | undefined {
  const rules = counts[kind];
  if (rules === undefined) return undefined;
  return (object) => {
    const errors: FieldError[] = [];
    const value = (field: string): number => number(object, `status.${field}`);
    const add = (field: string, detail: string): void =>
      void errors.push(fieldError.invalid(`status.${field}`, value(field), detail));
    for (const field of rules.fields) {
      if (typeof at(object, `status.${field}`) === 'number' && value(field) < 0)
        add(field, 'must be greater than or equal to 0');
    }
    for (const field of rules.within)
      if (value(field) > value('replicas')) add(field, 'cannot be greater than status.replicas');
    if (value('availableReplicas') > value('readyReplicas'))
      add('availableReplicas', `cannot be greater than ${rules.ready}`);
    return errors;
  };
}
