/** Definitions of custom resources. */
import type { Case } from '../../harness.ts';
import { crd, one, schemaOf, withQuery } from './shared.ts';

export const theDefinitions: Case[] = [
  one(
    'definition: names',
    ...[
      { plural: 'Things', kind: 'Thing' },
      { plural: 'things', kind: 'thing_x' },
      { plural: 'things' },
      { plural: 'others', kind: 'Thing' },
      { plural: 'things', kind: 'Thing', shortNames: ['Bad Name'] },
      { plural: 'things', kind: 'Thing', singular: 'A b' },
      { plural: 'things', kind: 'Thing', listKind: 'Thing' },
      { plural: 'things', kind: 'Thing', categories: ['A b'] },
    ].map((names) => withQuery(crd(schemaOf({}), {}, { names }), 'dryRun=All')),
  ),
  one(
    'definition: versions',
    ...[
      { versions: [] },
      { versions: [{ name: 'V1', served: true, storage: true, schema: { openAPIV3Schema: schemaOf({}) } }] },
      { versions: [{ name: 'v1', served: true, storage: false, schema: { openAPIV3Schema: schemaOf({}) } }] },
      {
        versions: [1, 2].map(() => ({
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: schemaOf({}) },
        })),
      },
      { versions: [{ name: 'v1', served: true, storage: true }] },
      { scope: 'Nope' },
      { group: 'Bad_Group' },
      { conversion: { strategy: 'Webhook' } },
      { conversion: { strategy: 'Nope' } },
      { preserveUnknownFields: true },
    ].map((spec) => withQuery(crd(schemaOf({}), {}, spec), 'dryRun=All')),
  ),
  one(
    'definition: schemas',
    ...[
      { type: 'string' },
      {},
      { type: 'object', properties: { a: {} } },
      { type: 'object', properties: { a: { type: 'nope' } } },
      { type: 'object', properties: { a: { type: 'array' } } },
      { type: 'object', properties: { a: { type: 'string', pattern: '(' } } },
      { type: 'object', properties: { a: { type: 'string', default: 5 } } },
      { type: 'object', properties: { a: { type: 'integer', minimum: 5, maximum: 1, default: 9 } } },
      { type: 'object', properties: { a: { $ref: '#/x' } } },
      {
        type: 'object',
        properties: {
          a: { type: 'object', additionalProperties: { type: 'string' }, properties: { b: { type: 'string' } } },
        },
      },
      { type: 'object', properties: { metadata: { type: 'object', properties: { labels: { type: 'object' } } } } },
      { type: 'object', 'x-kubernetes-preserve-unknown-fields': false },
      {
        type: 'object',
        properties: { a: { type: 'array', items: { type: 'object' }, 'x-kubernetes-list-type': 'map' } },
      },
      {
        type: 'object',
        properties: {
          a: {
            type: 'array',
            items: { type: 'object', properties: { k: { type: 'string' } } },
            'x-kubernetes-list-type': 'map',
            'x-kubernetes-list-map-keys': ['k'],
          },
        },
      },
      { type: 'object', required: ['zz'], properties: { a: { type: 'string', nullable: true, enum: ['x', 5] } } },
      { type: 'object', properties: { a: { oneOf: [{ type: 'string' }], 'x-kubernetes-int-or-string': true } } },
    ].map((schema) => withQuery(crd(schema), 'dryRun=All')),
  ),
  one(
    'definition: rules',
    ...[
      'self.a >',
      'self.b == 1',
      'self.a + 1',
      '1',
      'oldSelf.a == self.a',
      'self.a.matches("(")',
      'self.l.all(x, self.l.all(y, self.l.all(z, x == y)))',
      'has(self.a) && self.a == self.a',
      'self.a == "x" ? true : 1',
      'size(self.l) < 5',
      'quantity(self.a).isGreaterThan(quantity("1"))',
      'self.a.startsWith("x") && isURL(self.a) && ip.isCanonical(self.a)',
    ].map((rule) =>
      withQuery(
        crd(
          schemaOf({
            properties: { a: { type: 'string' }, l: { type: 'array', items: { type: 'string' } } },
            'x-kubernetes-validations': [{ rule }],
          }),
        ),
        'dryRun=All',
      ),
    ),
  ),
  one(
    'definition: rules with messages',
    ...[
      { rule: 'true', messageExpression: '5' },
      { rule: 'true', messageExpression: '"a" + self.a' },
      { rule: 'true', message: '' },
      { rule: 'true', message: 'a\nb' },
      { rule: 'true', reason: 'Nope' },
      { rule: 'true', fieldPath: '.zz' },
      { rule: 'true', fieldPath: 'a' },
      { rule: '' },
      { rule: 'a\n' },
      { rule: 'oldSelf == self', optionalOldSelf: true },
    ].map((rule) =>
      withQuery(
        crd(schemaOf({ properties: { a: { type: 'string', maxLength: 5 } }, 'x-kubernetes-validations': [rule] })),
        'dryRun=All',
      ),
    ),
  ),
  one(
    'definition: columns',
    ...[
      [{ name: 'A', type: 'string', jsonPath: '.spec.a' }],
      [{ name: '', type: 'string', jsonPath: '.spec.a' }],
      [{ name: 'A', type: 'nope', jsonPath: '.spec.a' }],
      [{ name: 'A', type: 'string', jsonPath: 'spec' }],
      [{ name: 'A', type: 'integer', format: 'nope', jsonPath: '.spec.a' }],
      [{ name: 'A', type: 'string' }],
    ].map((additionalPrinterColumns) => withQuery(crd(schemaOf({}), { additionalPrinterColumns }), 'dryRun=All')),
  ),
  one(
    'definition: subresources',
    ...[
      { scale: {} },
      { scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' } },
      { scale: { specReplicasPath: 'x', statusReplicasPath: '.spec.y' } },
      {
        status: {},
        scale: { specReplicasPath: '.spec.a[0]', statusReplicasPath: '.status.b', labelSelectorPath: 'x' },
      },
      { status: 5 },
    ].map((subresources) => withQuery(crd(schemaOf({}), { subresources }), 'dryRun=All')),
  ),
  one(
    'definition: selectable fields',
    ...[
      [{ jsonPath: '.spec.a' }],
      [{ jsonPath: '.spec.zz' }],
      [{ jsonPath: 'x' }],
      [{ jsonPath: '.spec.a' }, { jsonPath: '.spec.a' }],
      [{ jsonPath: '.metadata.name' }],
      [{}],
    ].map((selectableFields) =>
      withQuery(crd(schemaOf({ properties: { a: { type: 'string' } } }), { selectableFields }), 'dryRun=All'),
    ),
  ),
];
