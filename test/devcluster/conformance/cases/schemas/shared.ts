/** What the tables of this folder share. */
import type { Fields } from '../../steps.ts';

export const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

export const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

export const string = { type: 'string' };

export const integer = { type: 'integer' };

export const root = (properties: Fields, more: Fields = {}): Fields => ({ type: 'object', properties, ...more });

export const spec = (schema: Fields): Fields => root({ spec: schema });

export function crd(version: Fields, more: Fields = {}, name = 'things.conf5.example.com'): Fields {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name },
    spec: {
      group: 'conf5.example.com',
      scope: 'Namespaced',
      names: { plural: 'things', kind: 'Thing' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: open }, ...version }],
      ...more,
    },
  };
}

export const schema = (openAPIV3Schema: Fields, version: Fields = {}): Fields =>
  crd({ schema: { openAPIV3Schema }, ...version });
