/** What the tables of this folder share. */
import type { Step } from '../../harness.ts';
import { body, pathOf } from '../../probes.objects.ts';
import { casesOf, type Fields } from '../../steps.ts';

export const one = casesOf('probes-mixed');

export const map = (data: Fields = { a: '1' }, meta: Fields = {}): Step => ({
  path: pathOf('ConfigMap'),
  body: { ...body('ConfigMap', {}, meta), data },
});

export const withQuery = (step: Step, query: string): Step => ({
  ...step,
  path: `${step.path}${step.path.includes('?') ? '&' : '?'}${query}`,
});

export const group = 'm-{ns}.example.com';

export const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

export const things = `/apis/${group}/v1/namespaces/{ns}/things`;

export const crd = (schema: Fields, version: Fields = {}, spec: Fields = {}): Step => ({
  path: crds,
  body: {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `things.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'things', kind: 'Thing', shortNames: ['th'], categories: ['all'] },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema }, ...version }],
      ...spec,
    },
  },
});

export const schemaOf = (spec: Fields, more: Fields = {}): Fields => ({
  type: 'object',
  properties: {
    spec: { type: 'object', ...spec },
    status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  },
  ...more,
});

export const rbac = '/apis/rbac.authorization.k8s.io/v1';
