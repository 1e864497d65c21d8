/** Deletions and their options. */
import type { Case, Step } from '../../harness.ts';
import type { Fields } from '../../steps.ts';
import { apply, make, map, maps, one, patch } from './shared.ts';

const removal = (body?: unknown, query = ''): Step => ({
  method: 'DELETE',
  path: `${maps}/a${query}`,
  ...(body === undefined ? {} : { body }),
});

const options = (more: Fields): Fields => ({ apiVersion: 'v1', kind: 'DeleteOptions', ...more });

const named = (name: string, meta: Fields = {}): Step => make(maps, map({ name, ...meta }));

export const collections: Case[] = [
  one(
    'preconditions of deletes',
    make(maps, map()),
    removal(options({ preconditions: { uid: 'x' } })),
    removal(options({ preconditions: { resourceVersion: '1' } })),
    removal(options({ preconditions: { uid: '', resourceVersion: '' } })),
  ),
  one(
    'dry run of a delete',
    make(maps, map()),
    removal(undefined, '?dryRun=All'),
    removal(options({ dryRun: ['All'] })),
    removal(options({ dryRun: ['None'] })),
    { path: `${maps}/a` },
  ),
  one(
    'policies of deletes',
    make(maps, map()),
    removal(undefined, '?propagationPolicy=Nope'),
    removal(options({ propagationPolicy: 'Orphan', orphanDependents: true })),
    removal(options({ orphanDependents: true })),
    { path: `${maps}/a`, until: (answer) => answer.code === 404 },
  ),
  one(
    'grace of deletes',
    make(maps, map()),
    removal(undefined, '?gracePeriodSeconds=-1'),
    removal(undefined, '?gracePeriodSeconds=x'),
    removal(options({ gracePeriodSeconds: 0 })),
    removal(),
  ),
  one('foreground', make(maps, map()), removal(undefined, '?propagationPolicy=Foreground'), {
    path: `${maps}/a`,
    until: (answer) => answer.code === 404,
  }),
  one(
    'bodies of deletes',
    make(maps, map()),
    removal('{'),
    removal('[]'),
    removal({ kind: 'ConfigMap', apiVersion: 'v1' }),
    removal({ kind: 'DeleteOptions', apiVersion: 'v9' }),
    removal({ nope: 1 }),
    removal(),
  ),
  one(
    'deletecollection by label',
    named('b', { labels: { l: '1' } }),
    named('c', { labels: { l: '2' } }),
    { method: 'DELETE', path: `${maps}?labelSelector=l%3D1` },
    { path: `${maps}?labelSelector=l` },
  ),
  one(
    'deletecollection by field',
    named('b'),
    named('c'),
    { method: 'DELETE', path: `${maps}?fieldSelector=metadata.name%3Db` },
    { path: `${maps}?fieldSelector=metadata.name!%3Dkube-root-ca.crt` },
  ),
  one(
    'deletecollection as a dry run',
    named('b', { labels: { l: '1' } }),
    { method: 'DELETE', path: `${maps}?labelSelector=l&dryRun=All` },
    { path: `${maps}?labelSelector=l` },
  ),
  one(
    'deletecollection with options',
    named('b', { labels: { l: '1' } }),
    { method: 'DELETE', path: `${maps}?labelSelector=l`, body: options({ preconditions: { uid: 'x' } }) },
    { method: 'DELETE', path: `${maps}?labelSelector=l&propagationPolicy=Background` },
    { path: `${maps}?labelSelector=l` },
  ),
  one(
    'deletecollection of finalizers',
    named('b', { labels: { l: '1' }, finalizers: ['a.b/c'] }),
    { method: 'DELETE', path: `${maps}?labelSelector=l` },
    { path: `${maps}/b` },
    patch('merge', `${maps}/b`, { metadata: { finalizers: ['a.b/c', 'd.e/f'] } }),
    patch('merge', `${maps}/b`, { metadata: { finalizers: null } }),
    { path: `${maps}/b` },
  ),
  one(
    'deletecollection of a bad selector',
    { method: 'DELETE', path: `${maps}?labelSelector=a%3D%3D%3Db` },
    { method: 'DELETE', path: `${maps}?fieldSelector=data%3Db` },
    { method: 'DELETE', path: '/api/v1/namespaces' },
    { method: 'DELETE', path: '/api/v1/configmaps' },
  ),
  one(
    'updates of what is being deleted',
    make(maps, map({ finalizers: ['a.b/c'] })),
    removal(),
    patch('merge', `${maps}/a`, { data: { b: '2' } }),
    { path: maps, body: map() },
    apply(`${maps}/a`, map({}, { z: '1' })),
    patch('merge', `${maps}/a`, { metadata: { finalizers: ['x.y/z'] } }),
    removal(),
    patch('json', `${maps}/a`, [{ op: 'remove', path: '/metadata/finalizers' }]),
  ),
];
