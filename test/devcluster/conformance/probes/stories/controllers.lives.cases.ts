/** Probes of controllers met in passing: what comes by itself, goes by itself, and is kept. */
import type { Case, Step } from '../../harness.ts';
import { aMap, map, maps, patched, podSpec } from '../../probes.things.ts';
import {
  at,
  casesOf,
  code,
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

const one = casesOf('probes-controllers', 'passing: ');
const simple = (
  path: string,
  apiVersion: string,
  kind: string,
  name: string,
  fields: Fields = {},
  meta: Fields = {},
): Step => create(path, { apiVersion, kind, metadata: { name, ...meta }, ...fields });
const owner = (kind: string, apiVersion: string, name: string, uid: string, more: Fields = {}): Fields => ({
  kind,
  apiVersion,
  name,
  uid,
  ...more,
});
const brief = pick('metadata.finalizers', 'metadata.ownerReferences', 'metadata.generation');
const secrets = `${inNamespace}/secrets`;
const quota = `${inNamespace}/resourcequotas`;
const chain = (policy: string): Case =>
  one(
    `a chain of four kinds, ${policy}`,
    owning(
      simple(`${ofGroup('batch/v1')}/cronjobs`, 'batch/v1', 'CronJob', 'c', {
        spec: {
          schedule: '@yearly',
          jobTemplate: { spec: { template: { spec: { ...podSpec, restartPolicy: 'Never' } } } },
        },
      }),
      'u',
    ),
    owning(
      simple(
        `${ofGroup('batch/v1')}/jobs`,
        'batch/v1',
        'Job',
        'j',
        { spec: { suspend: true, template: { spec: { ...podSpec, restartPolicy: 'Never' } } } },
        { ownerReferences: [owner('CronJob', 'batch/v1', 'c', '{u}', { controller: true, blockOwnerDeletion: true })] },
      ),
      'v',
    ),
    owning(
      create(
        maps,
        map('m', {}, { ownerReferences: [owner('Job', 'batch/v1', 'j', '{v}', { blockOwnerDeletion: true })] }),
      ),
      'w',
    ),
    quiet(simple(secrets, 'v1', 'Secret', 's', {}, { ownerReferences: [owner('ConfigMap', 'v1', 'm', '{w}')] })),
    {
      ...remove(`${ofGroup('batch/v1')}/cronjobs/c`, { propagationPolicy: policy }),
      view: (body) => at(body, 'metadata.finalizers') ?? at(body, 'status'),
    },
    { path: `${ofGroup('batch/v1')}/cronjobs/c`, until: gone },
    ...(policy === 'Orphan'
      ? [
          { ...read(`${ofGroup('batch/v1')}/jobs/j`), view: pick('metadata.ownerReferences') },
          { ...read(`${maps}/m`), view: brief },
        ]
      : [
          { path: `${ofGroup('batch/v1')}/jobs/j`, until: gone },
          { path: `${maps}/m`, until: gone },
          { path: `${secrets}/s`, until: gone },
        ]),
  );

export const passingProbes: readonly Case[] = [
  chain('Background'),
  chain('Foreground'),
  chain('Orphan'),
  one(
    'an owner in name only',
    quiet(create(maps, map('a'))),
    quiet(
      create(
        maps,
        map('b', {}, { ownerReferences: [owner('ConfigMap', 'v1', 'a', 'ffffffff-0000-0000-0000-00000000000a')] }),
      ),
    ),
    { path: `${maps}/b`, until: gone },
    { ...read(aMap), view: brief },
  ),
  one(
    'an owner of a kind that nobody serves',
    quiet(
      create(
        maps,
        map(
          'b',
          {},
          { ownerReferences: [owner('Robot', 'robots.io/v1', 'r', 'ffffffff-0000-0000-0000-00000000000b')] },
        ),
      ),
    ),
    { ...patched(`${maps}/b`, { data: { still: 'here' } }), view: pick('data', 'metadata.ownerReferences') },
  ),
  one(
    'deleted while it is owned',
    owning(create(maps, map('a')), 'u'),
    quiet(
      create(
        maps,
        map(
          'b',
          {},
          { ownerReferences: [owner('ConfigMap', 'v1', 'a', '{u}', { controller: true })], finalizers: ['x.io/f'] },
        ),
      ),
    ),
    { ...remove(`${maps}/b`), view: brief },
    quiet(remove(aMap)),
    { path: aMap, until: gone },
    { ...read(`${maps}/b`), view: brief },
    { ...patched(`${maps}/b`, { metadata: { finalizers: null } }), view: pick('metadata.name') },
    { path: `${maps}/b`, until: gone },
  ),
  one(
    'the foreground finalizer, given and taken by hand',
    quiet(create(maps, map('a', {}, { finalizers: ['foregroundDeletion'] }))),
    { ...read(aMap), view: brief },
    { ...patched(aMap, { metadata: { finalizers: ['foregroundDeletion', 'x.io/f'] } }), view: brief },
    quiet(remove(aMap)),
    { path: aMap, until: holds('metadata.finalizers', ['x.io/f']), view: brief },
    quiet(patched(aMap, { metadata: { finalizers: null } })),
    { path: aMap, until: gone },
  ),
  one(
    'owners added later count too',
    owning(create(maps, map('a')), 'u'),
    quiet(create(maps, map('b'))),
    { ...patched(`${maps}/b`, { metadata: { ownerReferences: [owner('ConfigMap', 'v1', 'a', '{u}')] } }), view: brief },
    quiet(remove(aMap)),
    { path: `${maps}/b`, until: gone },
  ),
  one(
    'collections in the foreground',
    owning(create(maps, map('a', {}, { labels: { x: 'y' } })), 'u'),
    quiet(
      create(
        maps,
        map('b', {}, { ownerReferences: [owner('ConfigMap', 'v1', 'a', '{u}', { blockOwnerDeletion: true })] }),
      ),
    ),
    {
      method: 'DELETE',
      path: `${maps}?labelSelector=x=y&propagationPolicy=Foreground`,
      view: pick('items.*.metadata.name'),
    },
    { path: aMap, until: gone },
    { path: `${maps}/b`, until: gone },
  ),
  one(
    'quota: custom counts and nothing left',
    quiet(
      simple(quota, 'v1', 'ResourceQuota', 'q', {
        spec: { hard: { 'count/configmaps': '2', 'count/leases.coordination.k8s.io': '1', services: '0' } },
      }),
    ),
    { path: `${quota}/q`, until: holds('status.used.services', '0'), view: pick('status.hard') },
    quiet(create(maps, map('a'))),
    {
      ...simple(`${ofGroup('coordination.k8s.io/v1')}/leases`, 'coordination.k8s.io/v1', 'Lease', 'l'),
      view: pick('metadata.name'),
    },
    simple(`${ofGroup('coordination.k8s.io/v1')}/leases`, 'coordination.k8s.io/v1', 'Lease', 'm'),
    simple(`${inNamespace}/services`, 'v1', 'Service', 's', { spec: { clusterIP: 'None' } }),
    simple(`${inNamespace}/services?dryRun=All`, 'v1', 'Service', 's', { spec: { clusterIP: 'None' } }),
  ),
  one(
    'quota: two of them, both count',
    ...['q', 'r'].map((name, i) =>
      quiet(simple(quota, 'v1', 'ResourceQuota', name, { spec: { hard: { secrets: String(i + 1) } } })),
    ),
    ...['q', 'r'].map(
      (name): Step => ({ path: `${quota}/${name}`, until: holds('status.used.secrets', '0'), quiet: true }),
    ),
    { ...simple(secrets, 'v1', 'Secret', 'a'), view: pick('metadata.name') },
    simple(secrets, 'v1', 'Secret', 'b'),
    quiet(remove(`${quota}/q`)),
    { ...simple(secrets, 'v1', 'Secret', 'b'), until: code(201), view: pick('metadata.name') },
    { path: `${quota}/r`, until: holds('status.used.secrets', '2'), view: pick('status') },
  ),
  one(
    'roles: to admin, edit and view',
    simple(
      '/apis/rbac.authorization.k8s.io/v1/clusterroles',
      'rbac.authorization.k8s.io/v1',
      'ClusterRole',
      'v-{ns}',
      { rules: [{ apiGroups: ['{ns}.io'], resources: ['things'], verbs: ['get'] }] },
      { labels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' } },
    ),
    ...['view', 'edit', 'admin'].map(
      (role): Step => ({
        path: `/apis/rbac.authorization.k8s.io/v1/clusterroles/${role}`,
        until: ({ body }) => JSON.stringify(body).includes('things'),
        view: (body) =>
          ((at(body, 'rules') as Fields[]) ?? []).filter((rule) => JSON.stringify(rule).includes('things')).length > 0,
      }),
    ),
  ),
  one(
    'namespaces: finalized by hand, with its own finalizers',
    quiet(simple('/api/v1/namespaces', 'v1', 'Namespace', '{ns}-z', { spec: { finalizers: ['x.io/mine'] } })),
    { ...read('/api/v1/namespaces/{ns}-z'), view: pick('spec') },
    { ...remove('/api/v1/namespaces/{ns}-z'), view: pick('status.phase') },
    {
      path: '/api/v1/namespaces/{ns}-z',
      until: holds('spec.finalizers', ['x.io/mine']),
      view: pick('spec', 'status.phase'),
    },
    {
      method: 'PUT',
      path: '/api/v1/namespaces/{ns}-z/finalize',
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: '{ns}-z' }, spec: {} },
      view: pick('spec'),
    },
    { path: '/api/v1/namespaces/{ns}-z', until: gone },
  ),
];
