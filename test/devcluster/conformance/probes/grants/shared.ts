/** What the tables of this folder share. */
import type { Step } from '../../harness.ts';
import { role, roleBinding } from '../../probes.things.ts';
import { at, casesOf, create, type Fields, includes, quiet } from '../../steps.ts';

export const kindOf = (body: unknown): unknown => (at(body, 'kind') === 'Status' ? body : at(body, 'kind'));

export const one = casesOf('probes-access', 'asked: ');

export const rb = '/apis/rbac.authorization.k8s.io/v1',
  rn = `${rb}/namespaces/{ns}`;

export const user = (name: string) => ({ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name });

export const as = (name: string, step: Step, more: NonNullable<Step['headers']> = {}): Step => ({
  ...step,
  headers: { ...step.headers, 'impersonate-user': name, ...more },
});

export const rule = (verbs: string[], resources: string[], more: Fields = {}) => ({
  apiGroups: [''],
  resources,
  verbs,
  ...more,
});

export const may = (rules: readonly Fields[], name = 'jane'): Step[] => [
  quiet(create(`${rn}/roles`, role('r', rules))),
  quiet(create(`${rn}/rolebindings`, roleBinding('r', { kind: 'Role', name: 'r' }, user(name)))),
  {
    ...as(name, {
      path: '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
      body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace: '{ns}' } },
    }),
    until: includes(JSON.stringify(rules[0]?.resources)),
    quiet: true,
  },
];
