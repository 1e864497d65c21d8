/** What the tables of this folder share. */
import type { Case, Step } from '../../harness.ts';
import { map, maps } from '../../probes.things.ts';
import { casesOf, create, type Fields, quiet, refused } from '../../steps.ts';

interface PolicyParts {
  readonly mc?: Fields;
  readonly v?: readonly Fields[];
  readonly more?: Fields;
}

export const one = casesOf('probes-admission', 'refused and allowed: ');

export const registration = '/apis/admissionregistration.k8s.io/v1';

export const scope = { matchLabels: { 'kubernetes.io/metadata.name': '{ns}' } };

export const rule = (more: Fields = {}) => ({
  apiGroups: [''],
  apiVersions: ['v1'],
  operations: ['CREATE', 'UPDATE', 'DELETE'],
  resources: ['configmaps'],
  scope: '*',
  ...more,
});

const policy = (spec: PolicyParts, name = 'p'): Step =>
  quiet(
    create(`${registration}/validatingadmissionpolicies`, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: `${name}-{ns}` },
      spec: {
        matchConstraints: { resourceRules: [rule({ operations: ['CREATE', 'UPDATE'] })], ...(spec.mc ?? {}) },
        validations: spec.v ?? [],
        ...(spec.more ?? {}),
      },
    }),
  );

const binding = (more: Fields = {}, name = 'p') =>
  quiet(
    create(`${registration}/validatingadmissionpolicybindings`, {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: `${name}-{ns}` },
      spec: {
        policyName: 'p-{ns}',
        validationActions: ['Deny'],
        matchResources: { namespaceSelector: scope },
        ...more,
      },
    }),
  );

export const wait = (until: NonNullable<Step['until']>, body: Fields = map('probe-wait', { bad: 'y' })) => ({
  path: `${maps}?dryRun=All`,
  body,
  until,
  quiet: true,
});

export const denied = wait(refused);

export const withPolicy = (name: string, spec: PolicyParts, b: Fields, ...steps: Step[]): Case =>
  one(name, policy(spec), binding(b), ...steps);
