/** Writes of every kind, and their refusals. */
import type { Case } from '../../harness.ts';
import { casesOf, create, pick, quiet, read, remove, replace } from '../../steps.ts';
import { apps, cm, dep, json, merge, ns, patchOf, ssa, strat, tmpl } from './shared.ts';

const one = casesOf('probes-writes', 'first: ');

export const writesFirst: readonly Case[] = [
  one(
    'unknown field strict',
    create(`${ns}/configmaps?fieldValidation=Strict`, { ...cm('a'), foo: 1, metadata: { name: 'a', bar: 2 } }),
  ),
  one(
    'unknown field warn',
    create(
      `${apps}/deployments?fieldValidation=Warn`,
      dep({ replicaz: 2, template: { ...tmpl, spec: { ...tmpl.spec, contaners: [] } } }),
    ),
  ),
  one('wrong type', create(`${apps}/deployments`, dep({ replicas: 'two' }))),
  one('wrong name type', create(`${ns}/configmaps`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 5 } })),
  one('already exists', quiet(create(`${ns}/configmaps`, cm('a'))), create(`${ns}/configmaps`, cm('a'))),
  one(
    'generateName',
    create(
      `${ns}/configmaps`,
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'x-' } },
      { view: pick('kind', 'metadata.generateName') },
    ),
  ),
  one('no name', create(`${ns}/configmaps`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: {} })),
  one(
    'conflict',
    quiet(create(`${ns}/configmaps`, cm('a'))),
    replace(`${ns}/configmaps/a`, cm('a', { b: '2' }, { resourceVersion: '1' })),
  ),
  one('put creates', replace(`${ns}/configmaps/new`, cm('new'))),
  one('put name mismatch', quiet(create(`${ns}/configmaps`, cm('a'))), replace(`${ns}/configmaps/a`, cm('b'))),
  one(
    'json patch test fails',
    quiet(create(`${ns}/configmaps`, cm('a'))),
    patchOf(`${ns}/configmaps/a`, json, [{ op: 'test', path: '/data/a', value: '9' }]),
    patchOf(`${ns}/configmaps/a`, json, [{ op: 'remove', path: '/data/zz' }]),
    patchOf(`${ns}/configmaps/a`, json, [{ op: 'copy', from: '/data/a', path: '/data/b' }]),
  ),
  one(
    'merge patch null',
    quiet(create(`${ns}/configmaps`, cm('a', { a: '1', b: '2' }))),
    patchOf(`${ns}/configmaps/a`, merge, { data: { a: null }, metadata: { labels: { x: 'y' } } }),
  ),
  one('patch of nothing', patchOf(`${ns}/configmaps/none`, merge, {})),
  one(
    'unsupported patch type',
    quiet(create(`${ns}/configmaps`, cm('a'))),
    patchOf(`${ns}/configmaps/a`, 'text/plain', {}),
  ),
  one(
    'strategic on custom',
    quiet(
      create('/apis/conformance.example.com/v1/namespaces/{ns}/widgets', {
        apiVersion: 'conformance.example.com/v1',
        kind: 'Widget',
        metadata: { name: 'w' },
        spec: { size: 1 },
      }),
    ),
    patchOf('/apis/conformance.example.com/v1/namespaces/{ns}/widgets/w', strat, { spec: { size: 2 } }),
  ),
  one(
    'apply and conflict',
    patchOf(`${ns}/configmaps/a?fieldManager=one`, ssa, cm('a', { a: '1', b: '1' })),
    patchOf(`${ns}/configmaps/a?fieldManager=two`, ssa, cm('a', { a: '2' })),
    patchOf(`${ns}/configmaps/a?fieldManager=two&force=true`, ssa, cm('a', { a: '2' })),
    patchOf(`${ns}/configmaps/a?fieldManager=one`, ssa, cm('a', { b: '1' })),
  ),
  one(
    'apply removes',
    patchOf(`${ns}/configmaps/a?fieldManager=one`, ssa, cm('a', { a: '1', b: '1' })),
    patchOf(`${ns}/configmaps/a?fieldManager=one`, ssa, cm('a', { b: '1' })),
  ),
  one(
    'apply deployment ports',
    patchOf(`${apps}/deployments/web?fieldManager=one`, ssa, dep()),
    patchOf(`${apps}/deployments/web?fieldManager=two`, ssa, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: {
        template: {
          spec: {
            containers: [
              { name: 'c', ports: [{ containerPort: 443, name: 'tls' }] },
              { name: 'side', image: 'x' },
            ],
          },
        },
      },
    }),
  ),
  one('apply without manager', patchOf(`${ns}/configmaps/a`, ssa, cm('a'))),
  one('dry run create', create(`${ns}/configmaps?dryRun=All`, cm('a')), read(`${ns}/configmaps/a`)),
  one('dry run bad', create(`${ns}/configmaps?dryRun=Some`, cm('a'))),
  one(
    'delete with wrong uid',
    quiet(create(`${ns}/configmaps`, cm('a'))),
    remove(`${ns}/configmaps/a`, { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: 'x' } }),
  ),
  one('delete none', remove(`${ns}/configmaps/none`)),
  one(
    'finalizer holds',
    quiet(create(`${ns}/configmaps`, cm('a', {}, { finalizers: ['x.io/y'] }))),
    remove(`${ns}/configmaps/a`),
    patchOf(`${ns}/configmaps/a`, merge, { metadata: { finalizers: ['x.io/y', 'z.io/y'] } }),
    patchOf(`${ns}/configmaps/a`, merge, { metadata: { finalizers: null } }),
    read(`${ns}/configmaps/a`),
  ),
  one(
    'bad finalizer and label',
    create(
      `${ns}/configmaps`,
      cm(
        'a',
        {},
        { finalizers: ['y'], labels: { 'a b': 'c', d: 'e f', ['x'.repeat(64)]: 'y' }, annotations: { '/x': 'y' } },
      ),
    ),
  ),
  one(
    'deletecollection',
    quiet(create(`${ns}/configmaps`, cm('a', {}, { labels: { x: '1' } }))),
    quiet(create(`${ns}/configmaps`, cm('b'))),
    { method: 'DELETE', path: `${ns}/configmaps?labelSelector=x%3D1` },
    read(`${ns}/configmaps?fieldSelector=metadata.name%3Db`),
  ),
  one(
    'immutable configmap',
    quiet(create(`${ns}/configmaps`, { ...cm('a'), immutable: true })),
    patchOf(`${ns}/configmaps/a`, merge, { data: { a: '2' } }),
    patchOf(`${ns}/configmaps/a`, merge, { immutable: false }),
  ),
  one(
    'scale',
    quiet(create(`${apps}/deployments`, dep())),
    replace(`${apps}/deployments/web/scale`, {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'web', namespace: '{ns}' },
      spec: { replicas: 4 },
    }),
    patchOf(`${apps}/deployments/web/scale`, merge, { spec: { replicas: -1 } }),
  ),
];
