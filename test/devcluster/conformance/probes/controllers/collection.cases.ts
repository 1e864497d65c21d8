/** Garbage collection. */
import type { Answer, Case } from '../../harness.ts';
import { type Fields, merge, quiet, remove } from '../../steps.ts';
import { gone, maps, meta, object, one, read, release, secrets, widgets } from './shared.ts';

const owner = (sort: string, name: string, more: Fields = {}): Fields => ({
  apiVersion: sort === widgets ? 'conformance.example.com/v1' : 'v1',
  kind: sort === widgets ? 'Widget' : 'ConfigMap',
  name,
  uid: `{uid_${name}}`,
  ...more,
});

const unowned = (answer: Answer): boolean =>
  (answer.body as { metadata: { ownerReferences?: unknown } }).metadata.ownerReferences === undefined;

export const collection: Case[] = [maps, widgets].flatMap((sort) => {
  const label = sort === maps ? 'maps' : 'widgets';
  const held = ['example.com/hold'];
  return [
    ...['Background', 'Foreground', 'Orphan', undefined].map((propagationPolicy) =>
      one(
        `${label}: ${propagationPolicy ?? 'default'}`,
        object(sort, 'a'),
        object(secrets, 'b', { ownerReferences: [owner(sort, 'a')] }),
        remove(`${sort}/a`, propagationPolicy === undefined ? undefined : { propagationPolicy }),
        read(`${sort}/a`),
        read(`${secrets}/b`, propagationPolicy === 'Orphan' ? unowned : gone),
      ),
    ),
    one(
      `${label}: foreground, blocked`,
      object(sort, 'a'),
      object(secrets, 'b', { ownerReferences: [owner(sort, 'a', { blockOwnerDeletion: true })], finalizers: held }),
      remove(`${sort}/a`, { propagationPolicy: 'Foreground' }),
      read(
        `${secrets}/b`,
        (answer) =>
          (answer.body as { metadata: { deletionTimestamp?: string } }).metadata.deletionTimestamp !== undefined,
      ),
      { path: `${sort}/a`, view: meta },
      release(`${secrets}/b`),
      read(`${sort}/a`),
    ),
    one(
      `${label}: foreground, not blocked`,
      object(sort, 'a'),
      object(secrets, 'b', { ownerReferences: [owner(sort, 'a')], finalizers: held }),
      remove(`${sort}/a`, { propagationPolicy: 'Foreground' }),
      read(`${sort}/a`),
      read(
        `${secrets}/b`,
        (answer) =>
          (answer.body as { metadata: { deletionTimestamp?: string } }).metadata.deletionTimestamp !== undefined,
      ),
      release(`${secrets}/b`),
    ),
    one(
      `${label}: foreground with a finalizer`,
      object(sort, 'a', { finalizers: held }),
      object(secrets, 'b', { ownerReferences: [owner(sort, 'a', { blockOwnerDeletion: true })] }),
      { ...remove(`${sort}/a`, { propagationPolicy: 'Foreground' }), view: meta },
      read(`${secrets}/b`),
      {
        path: `${sort}/a`,
        view: meta,
        until: (answer) => JSON.stringify(meta(answer.body)).includes('["example.com/hold"]'),
      },
      release(`${sort}/a`),
      read(`${sort}/a`),
    ),
    one(
      `${label}: orphan with a finalizer`,
      object(sort, 'a', { finalizers: held }),
      object(secrets, 'b', { ownerReferences: [owner(sort, 'a')] }),
      { ...remove(`${sort}/a`, { propagationPolicy: 'Orphan' }), view: meta },
      read(`${secrets}/b`, unowned),
      {
        path: `${sort}/a`,
        view: meta,
        until: (answer) => JSON.stringify(meta(answer.body)).includes('["example.com/hold"]'),
      },
      release(`${sort}/a`),
      read(`${sort}/a`),
    ),
    one(
      `${label}: the old way to orphan`,
      object(sort, 'a'),
      object(secrets, 'b', { ownerReferences: [owner(sort, 'a')] }),
      remove(`${sort}/a`, { orphanDependents: true }),
      read(`${sort}/a`),
      read(`${secrets}/b`, unowned),
    ),
    one(
      `${label}: by query`,
      object(sort, 'a'),
      object(secrets, 'b', { ownerReferences: [owner(sort, 'a')] }),
      remove(`${sort}/a?propagationPolicy=Foreground`),
      read(`${sort}/a`),
      read(`${secrets}/b`),
    ),
    one(
      `${label}: two owners, one goes`,
      object(sort, 'a'),
      object(sort, 'c'),
      object(secrets, 'b', { ownerReferences: [owner(sort, 'a'), owner(sort, 'c')] }),
      quiet(remove(`${sort}/a`)),
      read(
        `${secrets}/b`,
        (answer) =>
          ((answer.body as { metadata: { ownerReferences: unknown[] } }).metadata.ownerReferences ?? []).length === 1,
      ),
    ),
    one(
      `${label}: two owners, both go`,
      object(sort, 'a'),
      object(sort, 'c'),
      object(secrets, 'b', { ownerReferences: [owner(sort, 'a'), owner(sort, 'c')] }),
      quiet(remove(`${sort}/a`)),
      quiet(remove(`${sort}/c`)),
      read(`${secrets}/b`),
    ),
    one(
      `${label}: a chain`,
      object(sort, 'a'),
      object(maps, 'm', { ownerReferences: [owner(sort, 'a')] }),
      object(secrets, 'b', { ownerReferences: [owner(maps, 'm')] }),
      quiet(remove(`${sort}/a`)),
      read(`${maps}/m`),
      read(`${secrets}/b`),
    ),
    one(
      `${label}: a chain in the foreground`,
      object(sort, 'a'),
      object(maps, 'm', { ownerReferences: [owner(sort, 'a', { blockOwnerDeletion: true })] }),
      object(secrets, 'b', { ownerReferences: [owner(maps, 'm', { blockOwnerDeletion: true })] }),
      quiet(remove(`${sort}/a`, { propagationPolicy: 'Foreground' })),
      read(`${sort}/a`),
      read(`${maps}/m`),
      read(`${secrets}/b`),
    ),
    one(
      `${label}: an owner of another uid`,
      object(sort, 'a'),
      object(secrets, 'b', { ownerReferences: [{ ...owner(sort, 'a'), uid: 'other' }] }),
      read(`${secrets}/b`),
    ),
    one(
      `${label}: an owner that was never there`,
      object(secrets, 'b', { ownerReferences: [{ ...owner(sort, 'zz'), uid: 'other' }] }),
      read(`${secrets}/b`),
    ),
    one(
      `${label}: deleted by collection`,
      object(sort, 'a', { labels: { x: 'y' } }),
      object(secrets, 'b', { ownerReferences: [owner(sort, 'a')] }),
      quiet(remove(`${sort}?labelSelector=x%3Dy`)),
      read(`${sort}/a`),
      read(`${secrets}/b`),
    ),
    one(
      `${label}: deleted by collection in the foreground`,
      object(sort, 'a', { labels: { x: 'y' } }),
      object(secrets, 'b', { ownerReferences: [owner(sort, 'a')] }),
      {
        ...remove(`${sort}?labelSelector=x%3Dy`, { propagationPolicy: 'Foreground' }),
        view: (body) => (body as { items: unknown[] }).items.map(meta),
      },
      read(`${sort}/a`),
      read(`${secrets}/b`),
    ),
    one(
      `${label}: foreground, deleted again`,
      object(sort, 'a', { finalizers: held }),
      { ...remove(`${sort}/a`, { propagationPolicy: 'Foreground' }), view: meta },
      { ...remove(`${sort}/a`), view: meta },
      { ...remove(`${sort}/a`, { propagationPolicy: 'Orphan' }), view: meta },
      release(`${sort}/a`),
    ),
    one(
      `${label}: two finalizers`,
      object(sort, 'a', { finalizers: ['example.com/x', 'example.com/y'] }),
      { ...remove(`${sort}/a`), view: meta },
      {
        method: 'PATCH',
        path: `${sort}/a`,
        body: { metadata: { finalizers: ['example.com/y'] } },
        type: merge,
        view: meta,
      },
      {
        method: 'PATCH',
        path: `${sort}/a`,
        body: { metadata: { finalizers: ['example.com/y', 'example.com/z'] } },
        type: merge,
      },
      { method: 'PATCH', path: `${sort}/a`, body: { metadata: { finalizers: [] } }, type: merge, view: meta },
      read(`${sort}/a`),
    ),
    one(
      `${label}: a finalizer of the system`,
      object(sort, 'a', { finalizers: ['foregroundDeletion'] }),
      { path: `${sort}/a`, view: meta },
      { ...remove(`${sort}/a`), view: meta },
      read(`${sort}/a`),
    ),
    one(
      `${label}: the orphan finalizer beforehand`,
      object(sort, 'a', { finalizers: ['orphan'] }),
      object(secrets, 'b', { ownerReferences: [owner(sort, 'a')] }),
      { ...remove(`${sort}/a`), view: meta },
      read(`${secrets}/b`, unowned),
      read(`${sort}/a`),
    ),
    one(
      `${label}: preconditions`,
      object(sort, 'a'),
      { ...remove(`${sort}/a`, { preconditions: { uid: '{uid_a}' }, propagationPolicy: 'Background' }) },
      read(`${sort}/a`),
    ),
    ...(
      [
        ['no uid', { uid: '' }],
        ['no name', { name: '' }],
        ['no kind', { kind: '' }],
        ['no version', { apiVersion: '' }],
        ['a bad version', { apiVersion: 'a/b/c' }],
        ['two controllers', undefined],
      ] as [string, Fields | undefined][]
    ).map(([name, more]) =>
      one(`${label}: owner references: ${name}`, {
        ...object(sort, 'b', {
          ownerReferences:
            more === undefined
              ? [
                  { ...owner(sort, 'x'), uid: '1', controller: true },
                  { ...owner(sort, 'y'), uid: '2', controller: true },
                ]
              : [{ ...owner(sort, 'x'), uid: 'u', ...more }],
        }),
        quiet: false,
        keep: {},
      }),
    ),
    one(`${label}: owner references: twice the same`, {
      ...object(sort, 'b', {
        ownerReferences: [
          { ...owner(sort, 'x'), uid: '1' },
          { ...owner(sort, 'x'), uid: '1' },
        ],
      }),
      quiet: false,
      keep: {},
    }),
    one(`${label}: owner references: an event as owner`, {
      ...object(sort, 'b', { ownerReferences: [{ apiVersion: 'v1', kind: 'Event', name: 'e', uid: '1' }] }),
      quiet: false,
      keep: {},
    }),
  ];
});

export const crossed: Case[] = [
  one(
    'owners in another namespace',
    quiet({ path: '/api/v1/namespaces', body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: '{ns}-x' } } }),
    quiet({
      path: '/api/v1/namespaces/{ns}-x/configmaps',
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } },
      keep: { uid_a: 'metadata.uid' },
    }),
    object(secrets, 'b', { ownerReferences: [owner(maps, 'a')] }),
    read(`${secrets}/b`),
  ),
  one(
    'owners of the cluster',
    quiet({
      path: '/apis/conformance.example.com/v1/gadgets',
      body: { apiVersion: 'conformance.example.com/v1', kind: 'Gadget', metadata: { name: '{ns}' } },
      keep: { uid_g: 'metadata.uid' },
    }),
    object(secrets, 'b', {
      ownerReferences: [{ apiVersion: 'conformance.example.com/v1', kind: 'Gadget', name: '{ns}', uid: '{uid_g}' }],
    }),
    quiet(remove('/apis/conformance.example.com/v1/gadgets/{ns}')),
    read(`${secrets}/b`),
  ),
  one(
    "a namespaced owner of the cluster's",
    object(maps, 'a'),
    quiet({
      path: '/apis/conformance.example.com/v1/gadgets',
      body: {
        apiVersion: 'conformance.example.com/v1',
        kind: 'Gadget',
        metadata: { name: '{ns}', ownerReferences: [owner(maps, 'a')] },
      },
    }),
    quiet(remove(`${maps}/a`)),
    { path: '/apis/conformance.example.com/v1/gadgets/{ns}', view: meta },
  ),
  one(
    'an owner of an unknown kind',
    object(secrets, 'b', {
      ownerReferences: [{ apiVersion: 'nope.example.com/v1', kind: 'Nope', name: 'x', uid: 'u' }],
    }),
    { path: `${secrets}/b`, view: meta },
  ),
  one(
    'a deployment and what it owns',
    ...[
      {
        path: '/apis/apps/v1/namespaces/{ns}/deployments',
        body: {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'a' },
          spec: {
            paused: true,
            replicas: 0,
            selector: { matchLabels: { a: 'b' } },
            template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'x' }] } },
          },
        },
        keep: { uid_a: 'metadata.uid' },
        quiet: true,
      },
    ],
    object(secrets, 'b', {
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'a', uid: '{uid_a}' }],
    }),
    remove('/apis/apps/v1/namespaces/{ns}/deployments/a'),
    read(`${secrets}/b`),
  ),
  one(
    'an owner named by another version',
    ...[
      {
        path: '/apis/autoscaling/v2/namespaces/{ns}/horizontalpodautoscalers',
        body: {
          apiVersion: 'autoscaling/v2',
          kind: 'HorizontalPodAutoscaler',
          metadata: { name: 'a' },
          spec: { maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' } },
        },
        keep: { uid_a: 'metadata.uid' },
        quiet: true,
      },
    ],
    object(secrets, 'b', {
      ownerReferences: [{ apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler', name: 'a', uid: '{uid_a}' }],
    }),
    quiet(remove('/apis/autoscaling/v2/namespaces/{ns}/horizontalpodautoscalers/a')),
    read(`${secrets}/b`),
  ),
  one(
    'a pod that is deleted',
    quiet({ path: '/api/v1/namespaces/{ns}/serviceaccounts/default', until: (answer) => answer.code === 200 }),
    quiet({
      path: '/api/v1/namespaces/{ns}/pods',
      body: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'p' },
        spec: { containers: [{ name: 'c', image: 'x' }] },
      },
    }),
    { ...remove('/api/v1/namespaces/{ns}/pods/p'), view: meta },
    read('/api/v1/namespaces/{ns}/pods/p'),
  ),
  one(
    'a pod that is deleted with grace',
    quiet({ path: '/api/v1/namespaces/{ns}/serviceaccounts/default', until: (answer) => answer.code === 200 }),
    quiet({
      path: '/api/v1/namespaces/{ns}/pods',
      body: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'p' },
        spec: { nodeName: 'n', containers: [{ name: 'c', image: 'x' }] },
      },
    }),
    { ...remove('/api/v1/namespaces/{ns}/pods/p', { gracePeriodSeconds: 30 }), view: meta },
    { path: '/api/v1/namespaces/{ns}/pods/p', view: meta },
    { ...remove('/api/v1/namespaces/{ns}/pods/p', { gracePeriodSeconds: 0 }), view: meta },
    read('/api/v1/namespaces/{ns}/pods/p'),
  ),
];
