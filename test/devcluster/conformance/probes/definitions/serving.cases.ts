/** How custom resources are served: columns, selectable fields, subresources, conversion. */
import type { Case } from '../../harness.ts';
import {
  boolean,
  definition,
  definitions,
  integer,
  objectOf,
  patched,
  patchTypes,
  served,
  string,
  tables,
  thing,
  things,
  withDefinition,
} from '../../probes.things.ts';
import { at, code, create, includes, quiet, read, remove, replace } from '../../steps.ts';
import { name, one, plain, schema, state } from './shared.ts';

export const servingProbes: readonly Case[] = [
  one(
    'printer columns',
    ...withDefinition(
      plain,
      {
        version: {
          additionalPrinterColumns: [
            { name: 'A', type: 'string', jsonPath: '.spec.a' },
            { name: 'N', type: 'integer', jsonPath: '.status.n', priority: 1, format: 'int32', description: 'the n' },
            { name: 'When', type: 'date', jsonPath: '.metadata.creationTimestamp' },
            { name: 'All', type: 'string', jsonPath: '.spec' },
            { name: 'L', type: 'string', jsonPath: '.metadata.labels.x' },
          ],
        },
      },
      quiet(create(things, thing({ a: 'x' }))),
      read(things, { headers: tables }),
      read(`${things}/a?includeObject=Object`, { headers: tables }),
      read(`${things}/a?includeObject=None`, { headers: tables }),
    ),
  ),
  one(
    'column jsonPath refused',
    create(
      definitions,
      definition(plain, {
        version: {
          additionalPrinterColumns: [
            { name: 'A', type: 'text', jsonPath: 'spec.a' },
            { name: '', type: 'string', jsonPath: '.a b' },
            { name: 'C', type: 'string', jsonPath: '' },
            { name: 'D', type: 'string', jsonPath: '.x[?(@.y==1)].z', format: 'nope' },
          ],
        },
      }),
    ),
  ),
  one(
    'selectable fields',
    ...withDefinition(
      schema({ a: string, n: integer, b: boolean }),
      { version: { selectableFields: [{ jsonPath: '.spec.a' }, { jsonPath: '.spec.n' }, { jsonPath: '.spec.b' }] } },
      quiet(create(things, thing({ a: 'x', n: 1, b: true }))),
      quiet(create(things, thing({ a: 'y', n: 2, b: false }, 'b'))),
      quiet(create(things, thing({}, 'c'))),
      ...['spec.a=x', 'spec.n=2', 'spec.b=true', 'spec.a!=x', 'spec.a=', 'spec.z=1', 'metadata.name=a,spec.a=x'].map(
        (f) => read(`${things}?fieldSelector=${encodeURIComponent(f)}`),
      ),
    ),
  ),
  one(
    'selectable fields refused',
    create(
      definitions,
      definition(schema({ a: string, o: objectOf({ x: string }), l: { type: 'array', items: string } }), {
        version: {
          selectableFields: [
            { jsonPath: '.spec.o' },
            { jsonPath: '.spec.l' },
            { jsonPath: '.metadata.name' },
            { jsonPath: '.spec.zz' },
            { jsonPath: 'spec.a' },
            { jsonPath: '.spec.a' },
            { jsonPath: '.spec.a' },
          ],
        },
      }),
    ),
  ),
  one(
    'scale',
    ...withDefinition(
      objectOf({ spec: objectOf({ r: integer, s: string }), status: objectOf({ r: integer, sel: string }) }),
      {
        version: {
          subresources: {
            status: {},
            scale: { specReplicasPath: '.spec.r', statusReplicasPath: '.status.r', labelSelectorPath: '.status.sel' },
          },
        },
      },
      create(things, thing({ r: 3 })),
      read(`${things}/a/scale`),
      patched(`${things}/a/status`, { status: { r: 2, sel: 'a=b' } }),
      read(`${things}/a/scale`),
      patched(`${things}/a/scale`, { spec: { replicas: 7 } }),
      replace(`${things}/a/scale`, {
        apiVersion: 'autoscaling/v1',
        kind: 'Scale',
        metadata: { name: 'a', namespace: '{ns}' },
        spec: { replicas: -1 },
      }),
      read(`${things}/a`),
    ),
  ),
  one(
    'scale refused',
    create(
      definitions,
      definition(plain, {
        version: {
          subresources: {
            scale: { specReplicasPath: '.status.r', statusReplicasPath: '.spec.r', labelSelectorPath: 'x' },
          },
        },
      }),
    ),
    create(definitions, definition(plain, { version: { subresources: { scale: {} } } })),
  ),
  one(
    'scale without replicas',
    ...withDefinition(
      objectOf({ spec: objectOf({ r: integer }), status: objectOf({ r: integer }) }),
      { version: { subresources: { scale: { specReplicasPath: '.spec.r', statusReplicasPath: '.status.r' } } } },
      quiet(create(things, thing({}))),
      read(`${things}/a/scale`),
      patched(`${things}/a/scale`, { spec: { replicas: 1 } }),
    ),
  ),
  one(
    'status subresource',
    ...withDefinition(
      plain,
      { version: { subresources: { status: {} } } },
      create(things, { ...thing({ a: 'x' }), status: { phase: 'p' } }),
      patched(`${things}/a`, { status: { phase: 'q' } }),
      patched(`${things}/a/status`, {
        status: { phase: 'r' },
        spec: { a: 'ignored' },
        metadata: { labels: { l: 'm' } },
      }),
      patched(`${things}/a`, { spec: { a: 'y' } }),
      replace(`${things}/a/status`, thing({ a: 'no' })),
      read(`${things}/a`),
    ),
  ),
  one(
    'cluster scope',
    quiet(create(definitions, definition(plain, { scope: 'Cluster' }))),
    served('/apis/{ns}.probe.io/v1/things'),
    create('/apis/{ns}.probe.io/v1/things', thing({ a: 'x' })),
    create(things, thing({ a: 'x' })),
    read(things),
    read('/apis/{ns}.probe.io/v1/things/a'),
    create('/apis/{ns}.probe.io/v1/things', { ...thing({}), metadata: { name: 'b', namespace: 'default' } }),
    quiet(remove('/apis/{ns}.probe.io/v1/things/a')),
  ),
  one(
    'names refused',
    create(definitions, { ...definition(plain), metadata: { name: 'wrong.{ns}.probe.io' } }),
    create(
      definitions,
      definition(plain, {
        names: { kind: 'bad_Kind', plural: 'Things', singular: 'UP', shortNames: ['A B'], categories: ['Bad Cat'] },
      }),
    ),
    create(definitions, definition(plain, { names: { kind: '' } })),
  ),
  one(
    'a group that is protected',
    create(definitions, {
      ...definition(plain),
      metadata: { name: 'things.x-{ns}.k8s.io' },
      spec: { ...definition(plain).spec, group: 'x-{ns}.k8s.io' },
    }),
    create(definitions, {
      ...definition(plain),
      metadata: { name: 'things.x-{ns}.k8s.io', annotations: { 'api-approved.kubernetes.io': 'nope' } },
      spec: { ...definition(plain).spec, group: 'x-{ns}.k8s.io' },
    }),
    { path: `${definitions}/things.x-{ns}.k8s.io`, view: state },
  ),
  one(
    'approved group',
    create(definitions, {
      ...definition(plain),
      metadata: {
        name: 'things.y-{ns}.k8s.io',
        annotations: { 'api-approved.kubernetes.io': 'https://github.com/kubernetes/kubernetes/pull/1' },
      },
      spec: { ...definition(plain).spec, group: 'y-{ns}.k8s.io' },
    }),
    { path: `${definitions}/things.y-{ns}.k8s.io`, until: includes('InitialNamesAccepted'), view: state },
  ),
  one(
    'conversion webhook refused',
    create(definitions, definition(plain, { spec: { conversion: { strategy: 'Webhook' } } })),
    create(
      definitions,
      definition(plain, {
        spec: {
          conversion: {
            strategy: 'Webhook',
            webhook: { clientConfig: { url: 'http://x' }, conversionReviewVersions: [] },
          },
        },
      }),
    ),
    create(definitions, definition(plain, { spec: { conversion: { strategy: 'Nope' } } })),
    create(
      definitions,
      definition(plain, {
        spec: {
          conversion: {
            strategy: 'None',
            webhook: { clientConfig: { url: 'https://x' }, conversionReviewVersions: ['v1'] },
          },
        },
      }),
    ),
  ),
  one(
    'delete with instances',
    ...withDefinition(plain, {}),
    quiet(create(things, thing({ a: 'x' }, 'a', {}))),
    quiet(patched(`${things}/a`, { metadata: { finalizers: ['x.io/f'] } })),
    quiet(remove(name)),
    { path: name, until: includes('InstanceDeletionInProgress'), view: state },
    { path: things, body: thing({ a: 'y' }, 'b') },
    quiet({ path: `${things}/a`, until: ({ body }) => at(body, 'metadata.deletionTimestamp') !== undefined }),
    patched(`${things}/a`, { metadata: { finalizers: null } }),
    { path: name, until: code(404) },
  ),
  one('unknown field in strict', {
    path: things.replace(things, `${definitions}?fieldValidation=Strict`),
    body: {
      ...definition(plain),
      spec: { ...definition(plain).spec, foo: 1, names: { plural: 'things', kind: 'Thing', bar: 2 } },
    },
  }),
  one(
    'set and map lists',
    ...withDefinition(
      schema({
        s: { type: 'array', 'x-kubernetes-list-type': 'set', items: string },
        n: { type: 'array', 'x-kubernetes-list-type': 'set', items: integer },
        m: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['a', 'b'],
          items: { ...objectOf({ a: string, b: { type: 'integer', default: 1 }, v: string }), required: ['a'] },
        },
      }),
      {},
      create(things, thing({ s: ['a', 'b', 'a'] })),
      create(things, thing({ n: [1, 1, 1] })),
      create(things, thing({ m: [{ a: 'x' }, { a: 'x', b: 1 }] })),
      create(things, thing({ m: [{ b: 1 }] })),
      create(things, thing({ m: [{ a: 'x' }, { a: 'x', b: 2 }] })),
    ),
  ),
  one(
    'strategic merge on custom',
    ...withDefinition(
      plain,
      {},
      quiet(create(things, thing({ a: 'x' }))),
      patched(`${things}/a`, { spec: { a: 'y' } }, patchTypes.strategic),
    ),
  ),
];
