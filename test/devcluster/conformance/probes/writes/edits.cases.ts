/** Preconditions, finalizers, immutable fields, patches and replacement. */
import type { Case, Step } from '../../harness.ts';
import {
  aMap,
  map,
  maps,
  objectOf,
  patched,
  patchTypes,
  string,
  thing,
  things,
  withDefinition,
} from '../../probes.things.ts';
import { create, inNamespace, ofGroup, quiet, read, remove, replace } from '../../steps.ts';
import { deployment, deployments, one } from './shared.ts';

/** Of a refusal only why: the object that it shows has its fields in another order there. */
const why = (step: Step): Step => ({
  ...step,
  view: (body) => (body as { message: string }).message.split('": ').at(-1),
});

export const editProbes: readonly Case[] = [
  one(
    'preconditions on delete',
    quiet({ ...create(maps, map()), keep: { u: 'metadata.uid', v: 'metadata.resourceVersion' } }),
    remove(aMap, { preconditions: { uid: '00000000-0000-0000-0000-000000000000' } }),
    remove(aMap, { preconditions: { resourceVersion: '1' } }),
    remove(aMap, { preconditions: { uid: '{u}', resourceVersion: '{v}' } }),
  ),
  one(
    'delete options odd',
    quiet(create(maps, map())),
    remove(aMap, { kind: 'DeleteOptions', apiVersion: 'v2' }),
    remove(aMap, { foo: 1 }),
    remove(aMap, { gracePeriodSeconds: -5 }),
    quiet(create(maps, map())),
    remove(aMap, { propagationPolicy: 'Sideways' }),
    remove(aMap, { propagationPolicy: 'Orphan', orphanDependents: true }),
    remove(`${aMap}?gracePeriodSeconds=x`),
    remove(`${aMap}?propagationPolicy=Nope`),
    remove(`${aMap}?dryRun=All`),
    remove(aMap, { dryRun: ['All'] }),
    remove(aMap, { dryRun: ['Some'] }),
    remove(`${aMap}?orphanDependents=true`, { propagationPolicy: 'Foreground' }),
  ),
  one(
    'finalizers on update',
    quiet(create(maps, map('a', {}, { finalizers: ['x.io/a'] }))),
    remove(aMap),
    patched(aMap, { metadata: { finalizers: ['x.io/a', 'x.io/b'] } }),
    patched(aMap, { data: { n: '1' } }),
    patched(aMap, { metadata: { finalizers: [] } }),
    read(aMap),
  ),
  one(
    'immutable config map',
    quiet(create(maps, { ...map(), immutable: true })),
    patched(aMap, { data: { k: 'w' } }),
    patched(aMap, { immutable: false }),
    patched(aMap, { metadata: { labels: { a: 'b' } } }),
    patched(aMap, { binaryData: { z: 'YQ==' } }),
    patched(aMap, { immutable: null }),
  ),
  one(
    'immutable secret',
    quiet(
      create(`${inNamespace}/secrets`, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'a' },
        immutable: true,
        type: 'Opaque',
        stringData: { a: 'b' },
      }),
    ),
    patched(`${inNamespace}/secrets/a`, { stringData: { a: 'c' } }),
    patched(`${inNamespace}/secrets/a`, { type: 'x/y' }),
    patched(`${inNamespace}/secrets/a`, { stringData: { a: 'b' } }),
  ),
  one(
    'JSON patch tests',
    quiet(create(maps, map('a', { k: 'v', 'a.b': 'x' }))),
    patched(
      aMap,
      [
        { op: 'test', path: '/data/k', value: 'v' },
        { op: 'add', path: '/data/n', value: 'new' },
      ],
      patchTypes.json,
    ),
    patched(aMap, [{ op: 'test', path: '/data/k', value: 'z' }], patchTypes.json),
    patched(
      aMap,
      [
        { op: 'copy', from: '/data/k', path: '/data/c' },
        { op: 'move', from: '/data/n', path: '/data/m' },
      ],
      patchTypes.json,
    ),
    patched(aMap, [{ op: 'remove', path: '/data/zz' }], patchTypes.json),
    patched(aMap, [{ op: 'add', path: '/metadata/labels/x', value: 'y' }], patchTypes.json),
    patched(aMap, [{ op: 'add', path: '/metadata/labels', value: { x: 'y' } }], patchTypes.json),
    patched(aMap, [{ op: 'replace', path: '/kind', value: 'Secret' }], patchTypes.json),
    patched(aMap, [{ op: 'frob', path: '/data' }], patchTypes.json),
    patched(aMap, '[{', patchTypes.json),
  ),
  one('JSON patch too many', quiet(create(maps, map())), {
    ...patched(
      aMap,
      Array.from({ length: 10001 }, () => ({ op: 'test', path: '/data/k', value: 'v' })),
      patchTypes.json,
    ),
  }),
  one(
    'patch with the wrong type',
    quiet(create(maps, map())),
    patched(aMap, { data: { z: '1' } }, 'application/json'),
    patched(aMap, { data: { z: '1' } }, 'text/plain'),
    patched(aMap, { data: {} }, 'application/yaml'),
    { method: 'PATCH', path: aMap, body: '{}', type: '' },
  ),
  one(
    'patch resourceVersion',
    quiet({ ...create(maps, map()), keep: { v: 'metadata.resourceVersion' } }),
    patched(aMap, { metadata: { resourceVersion: '1' }, data: { b: 'c' } }),
    patched(aMap, { metadata: { resourceVersion: '{v}' }, data: { b: 'c' } }),
    patched(aMap, { metadata: { resourceVersion: 'x' }, data: { b: 'd' } }),
    patched(aMap, { metadata: { resourceVersion: 5 } }),
  ),
  one(
    'merge patch null and types',
    quiet(create(maps, map('a', { k: 'v' }, { labels: { a: 'b' }, annotations: { c: 'd' } }))),
    patched(aMap, { metadata: { labels: null }, data: null }),
    patched(aMap, { data: { k: 5 } }),
    patched(aMap, { data: ['x'] }),
    patched(aMap, { metadata: { name: 'other' } }),
    patched(aMap, { metadata: { namespace: 'other' } }),
    patched(aMap, { metadata: { uid: 'x' } }),
  ),
  one(
    'merge patch of kind and version',
    quiet(create(maps, map())),
    ...[['X'], 5, true, { a: 1 }].map((kind) => why(patched(aMap, { kind }))),
    ...[['X'], 7].map((apiVersion) => why(patched(aMap, { apiVersion }))),
    why(patched(aMap, { apiVersion: 7, kind: 8 })),
    ...[null, ''].map((kind) => patched(aMap, { kind, data: { k: 'w' } })),
    ...[null, ''].map((apiVersion) => patched(aMap, { apiVersion })),
    why(patched(aMap, [{ op: 'replace', path: '/kind', value: ['X'] }], patchTypes.json)),
    patched(aMap, [{ op: 'remove', path: '/kind' }], patchTypes.json),
    patched(aMap, [{ op: 'remove', path: '/apiVersion' }], patchTypes.json),
  ),
  one(
    'custom: merge patch of kind and version',
    ...withDefinition(
      objectOf({ spec: objectOf({ s: string }) }),
      {},
      quiet(create(things, thing({ s: 'a' }))),
      ...[['X'], 5, true, { a: 1 }, 'Other'].map((kind) => why(patched(`${things}/a`, { kind }))),
      ...[['X'], 7].map((apiVersion) => why(patched(`${things}/a`, { apiVersion }))),
    ),
  ),
  one(
    'PUT create and errors',
    replace(aMap, map()),
    replace(`${ofGroup('coordination.k8s.io/v1')}/leases/l`, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'l' },
      spec: { holderIdentity: 'me', leaseDurationSeconds: 0 },
    }),
    replace(`${ofGroup('coordination.k8s.io/v1')}/leases/l`, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: 'l' },
      spec: { holderIdentity: 'me', leaseDurationSeconds: 15 },
    }),
    quiet(create(maps, map())),
    replace(aMap, { ...map(), metadata: { name: 'a', resourceVersion: '0' } }),
    replace(aMap, { ...map(), metadata: { name: 'a', resourceVersion: '' } }),
    replace(aMap, {
      ...map(),
      metadata: { name: 'a', creationTimestamp: '2020-01-01T00:00:00Z', generation: 9, selfLink: '/x' },
    }),
  ),
  one(
    'POST with resourceVersion',
    create(maps, map('a', {}, { resourceVersion: '5' })),
    create(deployments, deployment('a', {}, { resourceVersion: '5' })),
    create(maps, map('b', {}, { deletionTimestamp: '2020-01-01T00:00:00Z', deletionGracePeriodSeconds: 5 })),
  ),
];
