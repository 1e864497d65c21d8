/** Garbage collection. */
import type { Case } from '../../harness.ts';
import { aMap, map, maps, patched, podSpec, selector, template } from '../../probes.things.ts';
import {
  at,
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
import { clusterRole, clusterRoles, one, pod } from './shared.ts';

const own = (name: string, uid: string, more: Fields = {}): Fields => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  name,
  uid,
  ...more,
});

const brief = pick(
  'metadata.finalizers',
  'metadata.ownerReferences',
  'metadata.deletionGracePeriodSeconds',
  'metadata.generation',
);

export const collectionLives: readonly Case[] = [
  one(
    'gc: pod of a replica set, background',
    owning(
      create(`${ofGroup('apps/v1')}/replicasets`, {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: { name: 'rs' },
        spec: { replicas: 0, selector: selector, template: template },
      }),
      'u',
    ),
    quiet(
      pod('p', {
        meta: {
          labels: { app: 'x' },
          ownerReferences: [
            {
              apiVersion: 'apps/v1',
              kind: 'ReplicaSet',
              name: 'rs',
              uid: '{u}',
              controller: true,
              blockOwnerDeletion: true,
            },
          ],
        },
      }),
    ),
    remove(`${ofGroup('apps/v1')}/replicasets/rs`),
    { path: `${inNamespace}/pods/p`, until: gone },
  ),
  one(
    'gc: replica set of a deployment, orphan',
    owning(
      create(`${ofGroup('apps/v1')}/deployments`, {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'd' },
        spec: { replicas: 0, selector: selector, template: template },
      }),
      'u',
    ),
    quiet(
      create(`${ofGroup('apps/v1')}/replicasets`, {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: {
          name: 'rs',
          ownerReferences: [
            {
              apiVersion: 'apps/v1',
              kind: 'Deployment',
              name: 'd',
              uid: '{u}',
              controller: true,
              blockOwnerDeletion: true,
            },
          ],
        },
        spec: { replicas: 0, selector: selector, template: template },
      }),
    ),
    { ...remove(`${ofGroup('apps/v1')}/deployments/d?propagationPolicy=Orphan`), view: brief },
    { path: `${ofGroup('apps/v1')}/deployments/d`, until: gone },
    { ...read(`${ofGroup('apps/v1')}/replicasets/rs`), view: brief },
  ),
  one(
    'gc: job in the foreground',
    owning(
      create(`${ofGroup('batch/v1')}/jobs`, {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'j' },
        spec: { suspend: true, template: { spec: { ...podSpec, restartPolicy: 'Never' } } },
      }),
      'u',
    ),
    quiet(
      create(
        maps,
        map(
          'm',
          {},
          {
            ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'j', uid: '{u}', blockOwnerDeletion: true }],
            finalizers: ['x.io/h'],
          },
        ),
      ),
    ),
    { ...remove(`${ofGroup('batch/v1')}/jobs/j`, { propagationPolicy: 'Foreground' }), view: brief },
    { path: `${maps}/m`, until: ({ body }) => at(body, 'metadata.deletionTimestamp') !== undefined, view: brief },
    { ...read(`${ofGroup('batch/v1')}/jobs/j`), view: brief },
    quiet(patched(`${maps}/m`, { metadata: { finalizers: null } })),
    { path: `${ofGroup('batch/v1')}/jobs/j`, until: gone },
  ),
  one(
    'gc: job defaults to orphan in old versions',
    owning(
      create(`${ofGroup('batch/v1')}/jobs`, {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name: 'j' },
        spec: { suspend: true, template: { spec: { ...podSpec, restartPolicy: 'Never' } } },
      }),
      'u',
    ),
    { ...remove(`${ofGroup('batch/v1')}/jobs/j`), view: brief },
  ),
  one(
    'gc: dangling and living owner',
    owning(create(maps, map('a')), 'u'),
    quiet(
      create(
        maps,
        map('d', {}, { ownerReferences: [own('a', '{u}'), own('nope', 'ffffffff-0000-0000-0000-000000000000')] }),
      ),
    ),
    { path: `${maps}/d`, until: holds('metadata.ownerReferences.length', 1), view: brief },
  ),
  one(
    'gc: a ring',
    owning(create(maps, map('a')), 'ua'),
    owning(create(maps, map('b', {}, { ownerReferences: [own('a', '{ua}', { blockOwnerDeletion: true })] })), 'ub'),
    quiet(patched(aMap, { metadata: { ownerReferences: [own('b', '{ub}', { blockOwnerDeletion: true })] } })),
    quiet(remove(aMap, { propagationPolicy: 'Foreground' })),
    { path: aMap, until: gone },
    { path: `${maps}/b`, until: gone },
  ),
  one(
    'gc: an owner that is being deleted already',
    owning(create(maps, map('a', {}, { finalizers: ['x.io/h'] })), 'u'),
    quiet(create(maps, map('b', {}, { ownerReferences: [own('a', '{u}')] }))),
    quiet(remove(aMap, { propagationPolicy: 'Background' })),
    { ...read(`${maps}/b`), view: brief },
    quiet(patched(aMap, { metadata: { finalizers: null } })),
    { path: `${maps}/b`, until: gone },
  ),
  one(
    'gc: cluster owner of a namespaced one',
    owning({ ...clusterRole('o', {}) }, 'u'),
    quiet(
      create(
        maps,
        map(
          'b',
          {},
          {
            ownerReferences: [
              { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: 'o-{ns}', uid: '{u}' },
            ],
          },
        ),
      ),
    ),
    quiet(remove(`${clusterRoles}/o-{ns}`)),
    { path: `${maps}/b`, until: gone },
  ),
  one(
    'gc: event about a released dependent',
    owning(create(maps, map('a')), 'u'),
    quiet(
      create(
        maps,
        map('b', {}, { ownerReferences: [own('a', '{u}', { controller: true, blockOwnerDeletion: true })] }),
      ),
    ),
    quiet(remove(aMap, { propagationPolicy: 'Orphan' })),
    { path: `${maps}/b`, until: holds('metadata.ownerReferences', undefined), view: pick('metadata') },
  ),
];
