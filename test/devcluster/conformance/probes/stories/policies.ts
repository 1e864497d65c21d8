/** Parts of policies, and objects that they judge. */
import type { Step } from '../../harness.ts';
import { constraints, group, map, maps } from '../../probes.admission.objects.ts';
import { type Fields, pick } from '../../steps.ts';

export const policyPath = `${group}/validatingadmissionpolicies/{ns}`;
export const on = (
  resources: readonly string[],
  apiGroups: readonly string[] = [''],
  operations: readonly string[] = ['*'],
  more: Fields = {},
): Fields => ({
  matchConstraints: {
    ...constraints,
    resourceRules: [{ operations, apiGroups, apiVersions: ['*'], resources }],
    ...more,
  },
});
export const data = pick('data', 'metadata.labels', 'metadata.annotations');
export const made = (name: string, values: Fields, labels: Fields = {}): Step => ({
  path: maps,
  body: map(name, labels, values),
  view: data,
});
export const validations = (...list: Fields[]): Fields => ({ validations: list });
