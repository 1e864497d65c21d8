/** What the tables of this folder share. */
import type { Case, Step } from '../../harness.ts';
import type { Fields } from '../../steps.ts';

export const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

export const one = (name: string, ...steps: Step[]): Case => ({ area: 'crds', name, steps });

export const string = { type: 'string' };

export const integer = { type: 'integer' };

export const group = 'd-{ns}.example.com';

export const things = `/apis/${group}/v1/namespaces/{ns}/things`;

/** A definition whose objects have this schema as their spec. */
export function definition(spec: Fields, version: Fields = {}, more: Fields = {}): Fields {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `things.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'things', kind: 'Thing' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: { spec, status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
            },
          },
          ...version,
        },
      ],
      ...more,
    },
  };
}

export const thing = (spec: unknown, meta: Fields = {}): Fields => ({
  apiVersion: `${group}/v1`,
  kind: 'Thing',
  metadata: { name: 'a', ...meta },
  spec,
});

/** Makes the definition and waits until it is served, which one that was refused never is. */
export const made = (body: Fields): Step[] => [
  { path: crds, body, quiet: true },
  { path: things, until: (answer, before) => answer.code === 200 || before?.code !== 201, quiet: true },
];

export const object = (properties: Fields, ...rules: Fields[]): Fields => ({
  type: 'object',
  properties,
  ...(rules.length === 0 ? {} : { 'x-kubernetes-validations': rules }),
});
