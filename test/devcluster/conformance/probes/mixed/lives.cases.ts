/** Stories of owners, namespaces and webhooks. */
import type { Case, Step } from '../../harness.ts';
import {
  create,
  deployment,
  deployments,
  hook,
  hooked,
  map,
  maps,
  patched,
  rule,
  widget,
  widgets,
} from '../../probes.admission.objects.ts';
import { casesOf, type Fields, gone, patch, quiet, remove } from '../../steps.ts';
import { table } from './shared.ts';

const control = casesOf('probes-controllers', 'story: ');

const nobody = '11111111-1111-1111-1111-111111111111';
/** A map that is owned. */
const kidOf = (...ownerReferences: Fields[]): Step => ({
  path: maps,
  body: { ...map('kid'), metadata: { name: 'kid', ownerReferences } },
});

export const life: Case[] = [
  control(
    'a deployment goes with what it owns',
    quiet({ path: deployments, body: deployment, keep: { d: 'metadata.uid' } }),
    quiet(kidOf({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'd', uid: '{d}', controller: true })),
    remove(`${deployments}/d`, { propagationPolicy: 'Background' }),
    { path: `${maps}/kid`, until: gone },
  ),
  control(
    'a deployment is orphaned',
    quiet({ path: deployments, body: deployment, keep: { d: 'metadata.uid' } }),
    quiet(kidOf({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'd', uid: '{d}', controller: true })),
    quiet(remove(`${deployments}/d`, { propagationPolicy: 'Orphan' })),
    { path: `${deployments}/d`, until: gone },
    { path: `${maps}/kid`, view: (body) => (body as { metadata: Fields }).metadata.ownerReferences ?? null },
  ),
  control(
    'an owner of another uid',
    quiet({ path: maps, body: map('own') }),
    quiet(kidOf({ apiVersion: 'v1', kind: 'ConfigMap', name: 'own', uid: nobody })),
    { path: `${maps}/kid`, until: gone },
  ),
  control(
    'an owner that was never there',
    quiet(kidOf({ apiVersion: 'v1', kind: 'ConfigMap', name: 'never', uid: nobody })),
    { path: `${maps}/kid`, until: gone },
  ),
  control(
    'owners that are wrong',
    ...[
      [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'a' }],
      [{ apiVersion: '', kind: 'ConfigMap', name: 'a', uid: 'u' }],
      [{ apiVersion: 'v1', kind: '', name: '', uid: '' }],
      [{ apiVersion: 'v1', kind: 'Event', name: 'e', uid: 'u' }],
      [
        { apiVersion: 'v1', kind: 'Pod', name: 'a', uid: 'u', controller: true },
        { apiVersion: 'v1', kind: 'Pod', name: 'b', uid: 'v', controller: true },
      ],
    ].map(
      (ownerReferences): Step => ({
        path: `${maps}?dryRun=All`,
        body: { ...map('kid'), metadata: { name: 'kid', ownerReferences } },
      }),
    ),
  ),
  control(
    'finalizers that are wrong',
    ...[['x'], ['a/b/c'], ['A_/b'], [''], ['kubernetes', 'foregroundDeletion', 'orphan']].map(
      (finalizers): Step => ({
        path: `${maps}?dryRun=All`,
        body: { ...map('a'), metadata: { name: 'a', finalizers } },
      }),
    ),
  ),
  control(
    'an event',
    {
      path: '/api/v1/namespaces/{ns}/events',
      body: {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: 'e' },
        involvedObject: { kind: 'Pod', name: 'p', namespace: '{ns}' },
        reason: 'R',
        message: 'm',
        type: 'Normal',
      },
    },
    { path: '/apis/events.k8s.io/v1/namespaces/{ns}/events/e' },
    {
      path: '/api/v1/namespaces/{ns}/events/e',
      headers: table,
      view: (body) => ((body as { rows: { cells: unknown[] }[] }).rows[0]?.cells ?? []).slice(1),
    },
  ),
  control(
    'a lease',
    {
      path: '/apis/coordination.k8s.io/v1/namespaces/{ns}/leases',
      body: {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'l' },
        spec: { holderIdentity: 'h', leaseDurationSeconds: 15 },
      },
    },
    patch('/apis/coordination.k8s.io/v1/namespaces/{ns}/leases/l', { spec: { leaseDurationSeconds: 0 } }),
    patch('/apis/coordination.k8s.io/v1/namespaces/{ns}/leases/l', {
      spec: { holderIdentity: '', leaseTransitions: -1 },
    }),
    {
      path: '/apis/coordination.k8s.io/v1/namespaces/{ns}/leases/l',
      headers: table,
      view: (body) => (body as { rows: { cells: unknown[] }[] }).rows[0]?.cells.slice(0, 2),
    },
  ),
  control(
    'a namespace that goes',
    quiet({ path: '/api/v1/namespaces', body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: '{ns}-x' } } }),
    quiet({
      path: '/api/v1/namespaces/{ns}-x/configmaps',
      body: { ...map('a'), metadata: { name: 'a', finalizers: ['a.b/c'] } },
    }),
    remove('/api/v1/namespaces/{ns}-x'),
    { path: '/api/v1/namespaces/{ns}-x/configmaps', body: map('late') },
    {
      path: '/api/v1/namespaces/{ns}-x/configmaps/a',
      until: (answer) => JSON.stringify(answer.body).includes('deletionTimestamp'),
      view: (body) => (body as { metadata: Fields }).metadata.finalizers,
    },
    {
      path: '/api/v1/namespaces/{ns}-x',
      until: (answer) => JSON.stringify(answer.body).includes('NamespaceFinalizersRemaining'),
      view: (body) => (body as Fields).status,
    },
    quiet(patch('/api/v1/namespaces/{ns}-x/configmaps/a', { metadata: { finalizers: null } })),
    { path: '/api/v1/namespaces/{ns}-x', until: gone },
  ),
];

export const hooks: Case[] = [
  hooked(
    'story: a webhook that times out',
    { Validating: [hook('v', { timeoutSeconds: 1 })] },
    { v: () => undefined },
    create,
  ),
  hooked(
    'story: a webhook that times out and is ignored',
    { Validating: [hook('v', { timeoutSeconds: 1, failurePolicy: 'Ignore' })] },
    { v: () => undefined },
    create,
  ),
  hooked(
    'story: a status patch',
    {
      Mutating: [
        hook('m', { rules: [{ ...rule, apiGroups: ['conformance.example.com'], resources: ['widgets/status'] }] }),
      ],
    },
    { m: patched([{ op: 'add', path: '/status/ready', value: false }]) },
    quiet({ path: widgets, body: widget }),
    patch(`${widgets}/w/status`, { status: { ready: true } }),
  ),
  hooked(
    'story: a mutation that breaks a schema',
    { Mutating: [hook('m', { rules: [{ ...rule, apiGroups: ['conformance.example.com'], resources: ['widgets'] }] })] },
    { m: patched([{ op: 'replace', path: '/spec/size', value: 'big' }]) },
    { path: widgets, body: widget },
  ),
  hooked(
    'story: an apply that is mutated',
    { Mutating: [hook('m')] },
    { m: patched([{ op: 'add', path: '/data/x', value: '1' }]) },
    { method: 'PATCH', path: `${maps}/a?fieldManager=m`, type: 'application/apply-patch+yaml', body: map('a') },
    {
      method: 'PATCH',
      path: `${maps}/a?fieldManager=m`,
      type: 'application/apply-patch+yaml',
      body: map('a', {}, { n: '6' }),
    },
  ),
  hooked(
    'story: a name that is generated',
    { Mutating: [hook('m')], Validating: [hook('v')] },
    {},
    { path: maps, body: { ...map('x'), metadata: { generateName: 'Bad-' } } },
  ),
];
