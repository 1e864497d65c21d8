/** Probes of controllers: collection of what belongs to something. */
import type { Case, Step } from '../../harness.ts';
import {
  aMap,
  map,
  maps,
  objectOf,
  patched,
  podSpec,
  selector,
  string,
  template,
  thing,
  things,
  withDefinition,
} from '../../probes.things.ts';
import {
  applied,
  at,
  casesOf,
  create,
  type Fields,
  gone,
  holds,
  inNamespace,
  ofGroup,
  owning,
  pick,
  quiet,
  read,
  remove,
} from '../../steps.ts';

const one = casesOf('probes-controllers', 'owners: ');
const own = (name: string, uid: string, more: Fields = {}): Fields => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  name,
  uid,
  ...more,
});
const owned = (name: string, owners: readonly Fields[], meta: Fields = {}): Fields =>
  map(name, { k: 'v' }, { ownerReferences: owners, ...meta });
const brief = pick(
  'metadata.finalizers',
  'metadata.ownerReferences',
  'metadata.deletionGracePeriodSeconds',
  'metadata.generation',
);
const deleting = (answer: { readonly body: unknown }): boolean =>
  at(answer.body, 'metadata.deletionTimestamp') !== undefined;
const at2 = (name: string): string => `${maps}/${name}`;
const root = owning(create(maps, map('a')), 'u');
const child = (name: string, more: Fields = {}, meta: Fields = {}): Step =>
  quiet(create(maps, owned(name, [own('a', '{u}', more)], meta)));
const simple = (
  path: string,
  apiVersion: string,
  kind: string,
  name: string,
  fields: Fields,
  meta: Fields = {},
): Step => create(path, { apiVersion, kind, metadata: { name, ...meta }, ...fields });
const pod = (name: string, spec: Fields = {}, meta: Fields = {}): Step =>
  simple(`${inNamespace}/pods`, 'v1', 'Pod', name, { spec: { ...podSpec, ...spec } }, meta);

export const ownerProbes: readonly Case[] = [
  one(
    'three children of one, in the background',
    root,
    child('b'),
    child('c', { controller: true }),
    child('d', { blockOwnerDeletion: true }),
    { ...remove(aMap), view: pick('status', 'details.kind') },
    ...['b', 'c', 'd'].map((name): Step => ({ path: at2(name), until: gone })),
  ),
  one(
    'in the foreground: those that block are waited for',
    root,
    child('b', { blockOwnerDeletion: true }, { finalizers: ['x.io/f'] }),
    child('c', {}, { finalizers: ['x.io/f'] }),
    { ...remove(aMap, { propagationPolicy: 'Foreground' }), view: brief },
    { path: at2('b'), until: deleting, view: brief },
    { path: at2('c'), until: deleting, view: brief },
    { ...read(aMap), view: brief },
    quiet(patched(at2('b'), { metadata: { finalizers: null } })),
    { path: aMap, until: gone },
    { ...read(at2('c')), view: brief },
    quiet(patched(at2('c'), { metadata: { finalizers: null } })),
    { path: at2('c'), until: gone },
  ),
  one(
    'orphaned: children stay, grandchildren too',
    root,
    owning(create(maps, owned('b', [own('a', '{u}', { controller: true })])), 'v'),
    quiet(create(maps, owned('c', [own('b', '{v}')]))),
    { ...remove(aMap, { propagationPolicy: 'Orphan' }), view: brief },
    { path: aMap, until: gone },
    { path: at2('b'), until: holds('metadata.ownerReferences', undefined), view: brief },
    { ...read(at2('c')), view: brief },
  ),
  one(
    'first orphaned, then asked for again',
    quiet(create(maps, map('a', {}, { finalizers: ['x.io/f'] }))),
    {
      ...remove(aMap, { propagationPolicy: 'Orphan' }),
      view: (body) => [...((at(body, 'metadata.finalizers') as string[] | undefined) ?? [])].sort(),
    },
    { path: aMap, until: holds('metadata.finalizers', ['x.io/f']), view: brief },
    { ...remove(aMap, { propagationPolicy: 'Background' }), view: brief },
    quiet(patched(aMap, { metadata: { finalizers: null } })),
    { path: aMap, until: gone },
  ),
  one(
    'two owners, one of them never there',
    owning(create(maps, map('a')), 'u'),
    quiet(create(maps, owned('b', [own('a', '{u}'), own('ghost', 'ffffffff-0000-0000-0000-000000000000')]))),
    { path: at2('b'), until: holds('metadata.ownerReferences.length', 1), view: brief },
    quiet(remove(aMap)),
    { path: at2('b'), until: gone },
  ),
  one(
    'an owner of another kind, by another version',
    owning(
      simple(`${ofGroup('apps/v1')}/deployments`, 'apps/v1', 'Deployment', 'd', {
        spec: { replicas: 0, selector, template },
      }),
      'u',
    ),
    quiet(create(maps, owned('b', [{ apiVersion: 'apps/v1beta1', kind: 'Deployment', name: 'd', uid: '{u}' }]))),
    quiet(create(maps, owned('c', [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'd', uid: '{u}' }]))),
    { ...remove(`${ofGroup('apps/v1')}/deployments/d`), view: pick('status') },
    { path: at2('c'), until: gone },
    { ...read(at2('b')), view: brief },
  ),
  one(
    'a controller and two owners, changed',
    root,
    child('b', { controller: true }),
    owning(create(maps, map('x')), 'v'),
    patched(at2('b'), {
      metadata: { ownerReferences: [own('a', '{u}', { controller: true }), own('x', '{v}', { controller: true })] },
    }),
    {
      ...patched(at2('b'), { metadata: { ownerReferences: [own('a', '{u}', { controller: true }), own('x', '{v}')] } }),
      view: brief,
    },
    quiet(remove(aMap)),
    { path: at2('b'), until: holds('metadata.ownerReferences.length', 1), view: brief },
  ),
  one(
    'custom resources: owned, orphaned, collected',
    ...withDefinition(
      objectOf({ spec: objectOf({ a: string }) }),
      {},
      owning(create(things, thing({ a: 'x' })), 'u'),
      quiet(
        create(
          maps,
          owned('b', [
            { apiVersion: '{ns}.probe.io/v1', kind: 'Thing', name: 'a', uid: '{u}', blockOwnerDeletion: true },
          ]),
        ),
      ),
      { ...remove(`${things}/a?propagationPolicy=Foreground`), view: pick('metadata.finalizers') },
      { path: `${things}/a`, until: gone },
      { path: at2('b'), until: gone },
    ),
  ),
  one(
    'a Job and its pods',
    owning(
      simple(`${ofGroup('batch/v1')}/jobs`, 'batch/v1', 'Job', 'j', {
        spec: { suspend: true, template: { spec: { ...podSpec, restartPolicy: 'Never' } } },
      }),
      'u',
    ),
    quiet(
      pod(
        'p',
        {},
        {
          ownerReferences: [
            { apiVersion: 'batch/v1', kind: 'Job', name: 'j', uid: '{u}', controller: true, blockOwnerDeletion: true },
          ],
        },
      ),
    ),
    { ...remove(`${ofGroup('batch/v1')}/jobs/j`, { propagationPolicy: 'Background' }), view: pick('status') },
    { path: `${inNamespace}/pods/p`, until: gone },
  ),
  one(
    'a StatefulSet is orphaned with what it has',
    owning(
      simple(`${ofGroup('apps/v1')}/statefulsets`, 'apps/v1', 'StatefulSet', 's', {
        spec: { serviceName: 'x', replicas: 0, selector, template },
      }),
      'u',
    ),
    quiet(pod('p', {}, { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 's', uid: '{u}' }] })),
    quiet(remove(`${ofGroup('apps/v1')}/statefulsets/s?propagationPolicy=Orphan`)),
    { path: `${ofGroup('apps/v1')}/statefulsets/s`, until: gone },
    { ...read(`${inNamespace}/pods/p`), view: pick('metadata.ownerReferences', 'metadata.deletionTimestamp') },
  ),
  one(
    'who may block',
    root,
    {
      ...create(maps, owned('b', [own('a', '{u}', { blockOwnerDeletion: true })])),
      headers: { 'impersonate-user': 'nobody', 'impersonate-group': 'system:authenticated' },
    },
    patched(aMap, { metadata: { ownerReferences: [own('a', '{u}')] } }),
    { path: aMap, view: (body) => at(body, 'metadata.name') },
  ),
  one(
    'applied owners',
    root,
    { ...applied(at2('b'), owned('b', [own('a', '{u}')])), view: brief },
    { ...applied(at2('b'), map('b')), view: brief },
    quiet(remove(aMap)),
    { ...read(at2('b')), view: brief },
  ),
];
