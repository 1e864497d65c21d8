/** Custom resources: lives, rules, ratcheting, lists. */
import type { Case, Step } from '../../harness.ts';
import { table } from '../../probes.objects.ts';
import { type Fields, merge, quiet } from '../../steps.ts';
import { crd, crds, group, one, schemaOf, things } from './shared.ts';

const served: Step = { path: things, until: (answer) => answer.code === 200, quiet: true };

const thing = (spec: unknown, more: Fields = {}, query = ''): Step => ({
  path: `${things}${query}`,
  body: { apiVersion: `${group}/v1`, kind: 'Thing', metadata: { name: 'a' }, spec, ...more },
});

export const customResources: Case[] = [
  one(
    'custom: a life',
    quiet(
      crd(schemaOf({ properties: { n: { type: 'integer', default: 3 }, s: { type: 'string', maxLength: 3 } } }), {
        subresources: { status: {} },
        additionalPrinterColumns: [{ name: 'N', type: 'integer', jsonPath: '.spec.n' }],
      }),
    ),
    served,
    thing({ s: 'a', zz: 1 }),
    table({ path: `${things}/a` }),
    { method: 'PATCH', path: `${things}/a`, body: { spec: { s: 'long' } }, type: merge },
    { method: 'PATCH', path: `${things}/a/status`, body: { status: { ok: true }, spec: { n: 9 } }, type: merge },
    { method: 'PATCH', path: `${things}/a`, body: { spec: { n: 'x' } }, type: merge },
    { method: 'PATCH', path: `${things}/a`, body: {}, type: 'application/strategic-merge-patch+json' },
    { method: 'DELETE', path: `${things}/a` },
  ),
  one(
    'custom: judged',
    quiet(
      crd(
        schemaOf({
          required: ['r'],
          properties: {
            r: { type: 'string', enum: ['a', 'b'] },
            n: { type: 'number', minimum: 1, exclusiveMinimum: true, multipleOf: 2 },
            l: { type: 'array', maxItems: 2, items: { type: 'string', format: 'ipv4' } },
            m: { type: 'object', maxProperties: 1, additionalProperties: { type: 'integer' } },
            d: { type: 'string', format: 'date-time' },
            x: { 'x-kubernetes-int-or-string': true },
            e: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
          },
        }),
      ),
    ),
    served,
    ...[
      {},
      { r: 'c' },
      { r: 'a', n: 1 },
      { r: 'a', n: 3 },
      { r: 'a', l: ['1.2.3.4', 'x', '::1'] },
      { r: 'a', m: { a: 1, b: 'x' } },
      { r: 'a', d: 'x' },
      { r: 'a', x: true },
      { r: 'a', x: '5%' },
      { r: 'a', e: {} },
      { r: 'a', e: { apiVersion: 'v1', kind: 'X', metadata: { name: 'Bad Name' } } },
      { r: null },
    ].map((spec) => thing(spec, {}, '?dryRun=All')),
  ),
  one(
    'custom: ratcheting',
    quiet(crd(schemaOf({ properties: { s: { type: 'string' } } }))),
    served,
    quiet(thing({ s: 'longer' })),
    {
      method: 'PATCH',
      path: `${crds}/things.${group}`,
      body: [
        { op: 'add', path: '/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/s/maxLength', value: 3 },
      ],
      type: 'application/json-patch+json',
      quiet: true,
    },
    { ...thing({ s: 'longer' }, { metadata: { name: 'b' } }, '?dryRun=All'), until: (answer) => answer.code === 422 },
    { method: 'PATCH', path: `${things}/a`, body: { metadata: { labels: { a: 'b' } } }, type: merge },
    { method: 'PATCH', path: `${things}/a`, body: { spec: { s: 'longer still' } }, type: merge },
  ),
  one(
    'custom: sets and maps',
    quiet(
      crd(
        schemaOf({
          properties: {
            s: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
            m: {
              type: 'array',
              items: { type: 'object', required: ['k'], properties: { k: { type: 'string' }, v: { type: 'string' } } },
              'x-kubernetes-list-type': 'map',
              'x-kubernetes-list-map-keys': ['k'],
            },
          },
        }),
      ),
    ),
    served,
    thing({ s: ['a', 'a'] }, {}, '?dryRun=All'),
    thing({ m: [{ k: 'a' }, { k: 'a' }] }, {}, '?dryRun=All'),
    {
      method: 'PATCH',
      path: `${things}/a?fieldManager=one`,
      body: {
        apiVersion: `${group}/v1`,
        kind: 'Thing',
        metadata: { name: 'a' },
        spec: { m: [{ k: 'a', v: '1' }], s: ['x'] },
      },
      type: 'application/apply-patch+yaml',
    },
    {
      method: 'PATCH',
      path: `${things}/a?fieldManager=two`,
      body: {
        apiVersion: `${group}/v1`,
        kind: 'Thing',
        metadata: { name: 'a' },
        spec: { m: [{ k: 'a', v: '2' }], s: ['y'] },
      },
      type: 'application/apply-patch+yaml',
    },
    {
      method: 'PATCH',
      path: `${things}/a?fieldManager=two&force=true`,
      body: {
        apiVersion: `${group}/v1`,
        kind: 'Thing',
        metadata: { name: 'a' },
        spec: { m: [{ k: 'a', v: '2' }, { k: 'b' }], s: ['y'] },
      },
      type: 'application/apply-patch+yaml',
    },
  ),
  one(
    'custom: transition rules',
    quiet(
      crd(
        schemaOf({
          properties: { n: { type: 'integer' }, s: { type: 'string' } },
          'x-kubernetes-validations': [
            {
              rule: '!has(oldSelf.n) || self.n >= oldSelf.n',
              message: 'only up',
              reason: 'FieldValueForbidden',
              fieldPath: '.n',
            },
            { rule: 'self.s != "bad"', messageExpression: '"not " + self.s' },
          ],
        }),
      ),
    ),
    served,
    quiet(thing({ n: 5, s: 'ok' })),
    { method: 'PATCH', path: `${things}/a`, body: { spec: { n: 4 } }, type: merge },
    { method: 'PATCH', path: `${things}/a`, body: { spec: { s: 'bad' } }, type: merge },
    { method: 'PATCH', path: `${things}/a`, body: { spec: { n: 6 } }, type: merge },
  ),
];
