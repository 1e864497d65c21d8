import type { Answer, Case, Step } from '../harness.ts';

const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const one = (name: string, ...steps: Step[]): Case => ({ area: 'crd', name, steps });

function crd(plural: string, kind: string, group: string, version: object, more: object = {}): object {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural, kind },
      versions: [{ name: 'v1', served: true, storage: true, ...version }],
      ...more,
    },
  };
}

const string = { type: 'string' };
const integer = { type: 'integer' };
const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

const widgetSchema = {
  type: 'object',
  required: ['spec'],
  properties: {
    spec: {
      type: 'object',
      required: ['size'],
      properties: {
        size: {
          type: 'integer',
          minimum: 1,
          'x-kubernetes-validations': [{ rule: 'self != 150', message: 'not that one' }],
        },
        replicas: integer,
        color: { type: 'string', default: 'red', enum: ['red', 'blue'] },
        note: { type: 'string', nullable: true },
        code: { type: 'string', pattern: '^[a-m]+$', maxLength: 10 },
        when: { type: 'string', format: 'date-time' },
        port: { 'x-kubernetes-int-or-string': true },
        tags: { type: 'array', maxItems: 3, items: string, 'x-kubernetes-list-type': 'set' },
        items: {
          type: 'array',
          items: { type: 'object', required: ['name'], properties: { name: string, value: string } },
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
        },
        anything: open,
        min: integer,
        max: integer,
      },
      'x-kubernetes-validations': [
        {
          rule: '!has(self.min) || !has(self.max) || self.min <= self.max',
          messageExpression: '"min " + "is above max"',
          reason: 'FieldValueForbidden',
          fieldPath: '.min',
        },
      ],
    },
    status: { type: 'object', properties: { phase: string, replicas: integer } },
  },
};

/** The kinds that all cases share. */
export const installCrds: readonly Step[] = [
  crd(
    'widgets',
    'Widget',
    'conformance.example.com',
    {
      schema: { openAPIV3Schema: widgetSchema },
      subresources: {
        status: {},
        scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
      },
      additionalPrinterColumns: [
        { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
        { name: 'Color', type: 'string', jsonPath: '.spec.color', description: 'The colour.' },
        { name: 'Tags', type: 'string', jsonPath: '.spec.tags', priority: 1 },
        { name: 'Nothing', type: 'date', jsonPath: '.status.when' },
      ],
      selectableFields: [{ jsonPath: '.spec.color' }],
    },
    { names: { plural: 'widgets', kind: 'Widget', shortNames: ['cwd'], categories: ['all'] } },
  ),
  crd('plains', 'Plain', 'conformance.example.com', { schema: { openAPIV3Schema: open } }),
  crd('gadgets', 'Gadget', 'conformance.example.com', { schema: { openAPIV3Schema: open } }, { scope: 'Cluster' }),
].map((body) => ({ path: crds, body }));

const schemaOf = (properties: object, more: object = {}): object => ({
  schema: { openAPIV3Schema: { type: 'object', properties, ...more } },
});
const rule = (text: string, more: object = {}): object =>
  schemaOf({
    spec: { type: 'object', properties: { a: integer }, 'x-kubernetes-validations': [{ rule: text, ...more }] },
  });

const refused: readonly [string, object][] = [
  [
    'a name that does not fit',
    {
      ...crd('things', 'Thing', 'conf2.example.com', { schema: { openAPIV3Schema: open } }),
      metadata: { name: 'other.example.com' },
    },
  ],
  ['a group that is none', crd('things', 'Thing', 'Bad_Group', { schema: { openAPIV3Schema: open } })],
  ['a group without a dot', crd('things', 'Thing', 'plain', { schema: { openAPIV3Schema: open } })],
  [
    'a scope that is none',
    crd('things', 'Thing', 'conf2.example.com', { schema: { openAPIV3Schema: open } }, { scope: 'Galaxy' }),
  ],
  ['no schema', crd('things', 'Thing', 'conf2.example.com', {})],
  [
    'no storage version',
    crd('things', 'Thing', 'conf2.example.com', { schema: { openAPIV3Schema: open }, storage: false }),
  ],
  ['a protected group', crd('things', 'Thing', 'x.k8s.io', { schema: { openAPIV3Schema: open } })],
  ['a kind that is none', crd('things', 'bad kind', 'conf2.example.com', { schema: { openAPIV3Schema: open } })],
  [
    'kind and listKind alike',
    crd(
      'things',
      'Thing',
      'conf2.example.com',
      { schema: { openAPIV3Schema: open } },
      { names: { plural: 'things', kind: 'Thing', listKind: 'Thing' } },
    ),
  ],
  [
    'bad short names',
    crd(
      'things',
      'Thing',
      'conf2.example.com',
      { schema: { openAPIV3Schema: open } },
      { names: { plural: 'things', kind: 'Thing', shortNames: ['Bad!'] } },
    ),
  ],
  ['a root that is no object', crd('things', 'Thing', 'conf2.example.com', { schema: { openAPIV3Schema: string } })],
  ['a field without a type', crd('things', 'Thing', 'conf2.example.com', schemaOf({ spec: {} }))],
  ['an array without items', crd('things', 'Thing', 'conf2.example.com', schemaOf({ spec: { type: 'array' } }))],
  [
    'properties and additionalProperties',
    crd(
      'things',
      'Thing',
      'conf2.example.com',
      schemaOf({ spec: { type: 'object', properties: { a: string }, additionalProperties: string } }),
    ),
  ],
  ['a type that is none', crd('things', 'Thing', 'conf2.example.com', schemaOf({ spec: { type: 'thing' } }))],
  [
    'a default of the wrong type',
    crd('things', 'Thing', 'conf2.example.com', schemaOf({ spec: { type: 'string', default: 1 } })),
  ],
  [
    'a default that is unknown',
    crd('things', 'Thing', 'conf2.example.com', schemaOf({ spec: { type: 'object', default: { a: 1 } } })),
  ],
  ['a bad pattern', crd('things', 'Thing', 'conf2.example.com', schemaOf({ spec: { type: 'string', pattern: '(' } }))],
  [
    'uniqueItems',
    crd(
      'things',
      'Thing',
      'conf2.example.com',
      schemaOf({ spec: { type: 'array', items: string, uniqueItems: true } }),
    ),
  ],
  ['$ref', crd('things', 'Thing', 'conf2.example.com', schemaOf({ spec: { $ref: '#/x' } }))],
  [
    'a map list without keys',
    crd(
      'things',
      'Thing',
      'conf2.example.com',
      schemaOf({
        spec: { type: 'array', 'x-kubernetes-list-type': 'map', items: { type: 'object', properties: { a: string } } },
      }),
    ),
  ],
  [
    'a map list with an unknown key',
    crd(
      'things',
      'Thing',
      'conf2.example.com',
      schemaOf({
        spec: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['b'],
          items: { type: 'object', properties: { a: string } },
        },
      }),
    ),
  ],
  ['a rule that does not compile', crd('things', 'Thing', 'conf2.example.com', rule('self.a +'))],
  ['a rule on an unknown field', crd('things', 'Thing', 'conf2.example.com', rule('self.z > 1'))],
  ['a rule that is no condition', crd('things', 'Thing', 'conf2.example.com', rule('self.a'))],
  ['an empty rule', crd('things', 'Thing', 'conf2.example.com', rule(''))],
  ['a bad reason', crd('things', 'Thing', 'conf2.example.com', rule('true', { reason: 'Because' }))],
  ['a bad fieldPath', crd('things', 'Thing', 'conf2.example.com', rule('true', { fieldPath: '.nope' }))],
  [
    'a bad column type',
    crd('things', 'Thing', 'conf2.example.com', {
      schema: { openAPIV3Schema: open },
      additionalPrinterColumns: [{ name: 'X', type: 'colour', jsonPath: '.x' }],
    }),
  ],
  [
    'a bad column path',
    crd('things', 'Thing', 'conf2.example.com', {
      schema: { openAPIV3Schema: open },
      additionalPrinterColumns: [{ name: 'X', type: 'string', jsonPath: 'x' }],
    }),
  ],
  [
    'a bad scale',
    crd('things', 'Thing', 'conf2.example.com', {
      schema: { openAPIV3Schema: open },
      subresources: { scale: { specReplicasPath: 'x', statusReplicasPath: '.spec.y' } },
    }),
  ],
  [
    'a selectable field that is missing',
    crd('things', 'Thing', 'conf2.example.com', {
      ...schemaOf({ spec: { type: 'object' } }),
      selectableFields: [{ jsonPath: '.spec.x' }],
    }),
  ],
  [
    'a version that is none',
    crd('things', 'Thing', 'conf2.example.com', { name: 'V_1', schema: { openAPIV3Schema: open } }),
  ],
];

const established = (answer: Answer): boolean => {
  const { status } = answer.body as { status?: { conditions?: { type: string; status: string }[] } };
  return (
    status?.conditions?.some((condition) => condition.type === 'Established' && condition.status === 'True') ?? false
  );
};

const lives: Case[] = [
  one(
    'a life',
    { path: crds, body: crd('lifes', 'Life', 'conf3.example.com', { schema: { openAPIV3Schema: open } }) },
    { path: `${crds}/lifes.conf3.example.com`, until: established },
    { path: '/apis/conf3.example.com/v1', until: (answer) => answer.code === 200 },
    { path: '/apis/conf3.example.com/v1/namespaces/{ns}/lifes', until: (answer) => answer.code === 200, quiet: true },
    {
      path: '/apis/conf3.example.com/v1/namespaces/{ns}/lifes',
      body: { apiVersion: 'conf3.example.com/v1', kind: 'Life', metadata: { name: 'a' } },
    },
    { method: 'DELETE', path: `${crds}/lifes.conf3.example.com`, quiet: true },
    { path: `${crds}/lifes.conf3.example.com`, until: (answer) => answer.code === 404 },
  ),
  one(
    'a cluster-scoped kind',
    { path: '/apis/conformance.example.com/v1/namespaces/{ns}/gadgets' },
    {
      path: '/apis/conformance.example.com/v1/gadgets',
      body: {
        apiVersion: 'conformance.example.com/v1',
        kind: 'Gadget',
        metadata: { name: 'g-{ns}', namespace: '{ns}' },
      },
    },
  ),
];

export const crdCases: readonly Case[] = [
  ...refused.map(([name, body]) => one(`refused: ${name}`, { path: `${crds}?dryRun=All`, body })),
  ...lives,
];
