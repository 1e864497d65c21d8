/** Definitions, and custom resources that they judge. */
import type { Case } from '../../harness.ts';
import { casesOf, create, pick, quiet, read } from '../../steps.ts';
import { crd, crds, defined, foo, foos, merge, obj, patchOf, ssa, table } from './shared.ts';

const one = casesOf('probes-crds', 'first: ');

export const crdsFirst: readonly Case[] = [
  one(
    'pruning and defaulting',
    ...defined(
      obj({ a: { type: 'string', default: 'x' }, n: { type: 'integer' } }),
      {},
      create(foos, foo({ z: 1, n: 3 })),
    ),
  ),
  one(
    'types',
    ...defined(
      obj(
        {
          a: { type: 'string', maxLength: 2, pattern: '^a' },
          n: { type: 'integer', minimum: 2, multipleOf: 2 },
          l: { type: 'array', items: { type: 'string' }, maxItems: 1 },
          e: { type: 'string', enum: ['p', 'q'] },
        },
        { required: ['r'] },
      ),
      {},
      create(foos, foo({ a: 'bbb', n: 1, l: ['1', '2'], e: 'z' })),
      create(foos, foo({ a: 1, n: 'x', l: {}, e: null })),
    ),
  ),
  one(
    'cel runtime error',
    ...defined(
      obj(
        { a: { type: 'integer' }, b: { type: 'integer' } },
        { 'x-kubernetes-validations': [{ rule: 'self.a / self.b > 1' }] },
      ),
      {},
      create(foos, foo({ a: 1, b: 0 })),
      create(foos, foo({ a: 1 })),
    ),
  ),
  one(
    'status subresource',
    ...defined(
      obj({ a: { type: 'string' } }),
      { subresources: { status: {} } },
      create(foos, { ...foo({ a: 'x' }), status: { p: 1 } }),
      patchOf(`${foos}/a/status`, merge, { status: { p: 2 }, spec: { a: 'y' } }),
      patchOf(`${foos}/a`, merge, { spec: { a: 'z' }, status: { p: 3 } }),
    ),
  ),
  one(
    'columns',
    ...defined(
      obj({ a: { type: 'string' }, n: { type: 'integer' }, t: { type: 'string', format: 'date-time' } }),
      {
        additionalPrinterColumns: [
          { name: 'A', type: 'string', jsonPath: '.spec.a' },
          { name: 'N', type: 'integer', jsonPath: '.spec.n', priority: 1 },
          { name: 'T', type: 'date', jsonPath: '.spec.t' },
        ],
      },
      quiet(create(foos, foo({ a: 'x', n: 2, t: '2020-01-01T00:00:00Z' }))),
      read(foos, { headers: table, view: pick('columnDefinitions', 'rows.*.cells.1', 'rows.*.cells.2') }),
    ),
  ),
  one(
    'list map and set',
    ...defined(
      obj({
        m: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['k'],
          items: obj({ k: { type: 'string' }, v: { type: 'string' } }, { required: ['k'] }),
        },
        s: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
      }),
      {},
      create(foos, foo({ m: [{ k: 'a' }, { k: 'a' }], s: ['x', 'x'] })),
      patchOf(`${foos}/a?fieldManager=one`, ssa, foo({ m: [{ k: 'a', v: '1' }], s: ['x'] })),
      patchOf(`${foos}/a?fieldManager=two`, ssa, foo({ m: [{ k: 'b', v: '1' }], s: ['y'] })),
    ),
  ),
  one(
    'scale',
    ...defined(
      obj({ r: { type: 'integer' } }),
      {
        subresources: {
          status: {},
          scale: { specReplicasPath: '.spec.r', statusReplicasPath: '.status.r', labelSelectorPath: '.status.sel' },
        },
      },
      quiet(create(foos, foo({ r: 2 }))),
      read(`${foos}/a/scale`),
      patchOf(`${foos}/a/scale`, merge, { spec: { replicas: 7 } }),
    ),
  ),
  one(
    'selectable',
    ...defined(
      obj({ color: { type: 'string' } }),
      { selectableFields: [{ jsonPath: '.spec.color' }] },
      quiet(create(foos, foo({ color: 'red' }))),
      { path: `${foos}?fieldSelector=spec.color%3Dred`, view: pick('items.*.metadata.name') },
      read(`${foos}?fieldSelector=spec.size%3Dred`),
    ),
  ),
  one(
    'nullable, intorstring, embedded',
    ...defined(
      obj({
        n: { type: 'string', nullable: true, default: 'd' },
        p: { 'x-kubernetes-int-or-string': true },
        e: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
      }),
      {},
      create(
        foos,
        foo({
          n: null,
          p: '50%',
          e: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', foo: 1 }, spec: { a: 1 } },
        }),
      ),
      create(foos, foo({ p: true, e: { kind: 'Pod' } }, { name: 'b' })),
    ),
  ),
  one(
    'not structural',
    create(
      crds,
      crd({
        type: 'object',
        properties: {
          a: { anyOf: [{ type: 'string' }] },
          b: { type: 'array' },
          c: { type: 'object', properties: {}, additionalProperties: true },
        },
      }),
    ),
  ),
];
