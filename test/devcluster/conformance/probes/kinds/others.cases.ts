/** Configuration, leases, events, namespaces, nodes and accounts. */
import type { Case } from '../../harness.ts';
import { body, get, patch, pathOf, podSpec, post, remove, table, template, time } from '../../probes.objects.ts';
import { quiet } from '../../steps.ts';
import { one } from './shared.ts';

export const others: Case[] = [
  one(
    'ConfigMap: immutable',
    quiet({ path: pathOf('ConfigMap'), body: { ...body('ConfigMap', {}), data: { a: '1' }, immutable: true } }),
    patch('ConfigMap', { data: { a: '2' } }),
    patch('ConfigMap', { immutable: false }),
    patch('ConfigMap', { immutable: null }),
    patch('ConfigMap', { metadata: { labels: { a: 'b' } } }),
    patch('ConfigMap', { binaryData: { b: 'AA==' } }),
  ),
  one(
    'ConfigMap: keys',
    ...[
      { data: { 'a b': 'x' } },
      { data: { '': 'x' } },
      { data: { a: 'x' }, binaryData: { a: 'AA==' } },
      { binaryData: { a: 'not base64!' } },
      { data: { a: 5 } },
      { data: { a: null } },
    ].map((fields) => ({ path: `${pathOf('ConfigMap')}?dryRun=All`, body: { ...body('ConfigMap', {}), ...fields } })),
  ),
  one(
    'Secret: types',
    ...[
      'kubernetes.io/tls',
      'kubernetes.io/dockerconfigjson',
      'kubernetes.io/basic-auth',
      'kubernetes.io/ssh-auth',
      'kubernetes.io/service-account-token',
      'bootstrap.kubernetes.io/token',
      'example.com/own',
    ].map((type) => ({ path: `${pathOf('Secret')}?dryRun=All`, body: { ...body('Secret', {}), type } })),
  ),
  one(
    'Secret: type is changed',
    quiet({ path: pathOf('Secret'), body: { ...body('Secret', {}), stringData: { a: 'b' } } }),
    get('Secret'),
    table(get('Secret')),
    patch('Secret', { type: 'x' }),
    patch('Secret', { stringData: { c: 'd' } }),
    patch('Secret', { data: { a: null } }),
  ),
  one(
    'Lease: made',
    {
      path: pathOf('Lease'),
      body: {
        ...body('Lease', {}),
        spec: {
          holderIdentity: 'h',
          leaseDurationSeconds: 10,
          acquireTime: '2026-01-02T03:04:05.678901Z',
          renewTime: '2026-01-02T03:04:06Z',
          leaseTransitions: 1,
        },
      },
    },
    table(get('Lease')),
    patch('Lease', { spec: { leaseDurationSeconds: 0 } }),
    patch('Lease', { spec: { leaseTransitions: -1 } }),
    patch('Lease', { spec: { renewTime: 'x' } }),
    patch('Lease', { spec: { strategy: 'OldestEmulationVersion' } }),
  ),
  one(
    'Event: made',
    {
      path: pathOf('Event'),
      body: {
        ...body('Event', {}),
        involvedObject: { kind: 'Pod', name: 'p', namespace: '{ns}' },
        reason: 'R',
        message: 'm',
        type: 'Normal',
        count: 2,
        firstTimestamp: time,
        lastTimestamp: time,
        source: { component: 'c', host: 'h' },
      },
    },
    { path: '/apis/events.k8s.io/v1/namespaces/{ns}/events/a' },
    patch('Event', { count: 3 }),
    {
      method: 'PATCH',
      path: '/apis/events.k8s.io/v1/namespaces/{ns}/events/a',
      body: { note: 'x' },
      type: 'application/merge-patch+json',
    },
  ),
  one(
    'Event: of another namespace',
    {
      path: pathOf('Event'),
      body: { ...body('Event', {}), involvedObject: { kind: 'Pod', name: 'p', namespace: 'default' } },
    },
    { path: pathOf('Event'), body: { ...body('Event', {}), involvedObject: { kind: 'Node', name: 'p' } } },
  ),
  one(
    'Namespace: made',
    { ...post('Namespace', {}), quiet: true },
    table({ path: '/api/v1/namespaces/b-{ns}' }),
    {
      method: 'PUT',
      path: '/api/v1/namespaces/b-{ns}/finalize',
      body: {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'b-{ns}' },
        spec: { finalizers: ['kubernetes', 'bad'] },
      },
    },
    patch('Namespace', { spec: { finalizers: [] } }),
    patch('Namespace', { status: { phase: 'Terminating' } }, 'merge', '/status'),
    patch('Namespace', { metadata: { labels: { 'kubernetes.io/metadata.name': 'x' } } }),
  ),
  one(
    'Node: made',
    quiet(post('Node', {})),
    table({ path: '/api/v1/nodes/b-{ns}' }),
    patch('Node', { spec: { unschedulable: true } }),
    patch('Node', {
      spec: {
        taints: [
          { key: 'a', effect: 'NoSchedule' },
          { key: 'a', effect: 'NoSchedule' },
        ],
      },
    }),
    patch('Node', { spec: { podCIDR: '10.2.0.0/24' } }),
    patch('Node', { spec: { podCIDR: '10.3.0.0/24' } }),
    patch('Node', { spec: { providerID: 'x://1' } }),
    patch('Node', { spec: { providerID: 'x://2' } }),
    patch(
      'Node',
      {
        status: {
          capacity: { cpu: '4' },
          conditions: [{ type: 'Ready', status: 'True' }],
          nodeInfo: { kubeletVersion: 'v1' },
        },
      },
      'merge',
      '/status',
    ),
    table({ path: '/api/v1/nodes/b-{ns}' }),
  ),
  one(
    'ServiceAccount: made',
    {
      path: pathOf('ServiceAccount'),
      body: {
        ...body('ServiceAccount', {}),
        secrets: [{ name: 's', kind: 'Secret' }],
        imagePullSecrets: [{ name: 'p' }],
        automountServiceAccountToken: false,
      },
    },
    table(get('ServiceAccount')),
    post('Pod', { spec: { ...podSpec, serviceAccountName: 'a' } }),
    remove('ServiceAccount'),
  ),
  one(
    'ControllerRevision: made',
    { path: pathOf('ControllerRevision'), body: { ...body('ControllerRevision', {}), data: { a: 1 }, revision: 1 } },
    table(get('ControllerRevision')),
    patch('ControllerRevision', { data: { a: 2 } }),
    patch('ControllerRevision', { revision: 2 }),
    patch('ControllerRevision', { revision: -1 }),
  ),
  one(
    'PodTemplate: made',
    { path: pathOf('PodTemplate'), body: { ...body('PodTemplate', {}), template } },
    table(get('PodTemplate')),
    patch('PodTemplate', { template: { spec: { containers: [] } } }),
  ),
];
