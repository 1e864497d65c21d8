/** Core kinds, leases, roles. */
import type { Case } from '../../harness.ts';
import { quiet } from '../../steps.ts';
import { area, container, get, patch, pathOf, post, put, status, time } from './shared.ts';

export const core: Case[] = [
  area(
    'Node',
    post('Node', { spec: { taints: [{ key: 'a', effect: 'NoExecute' }] } }),
    patch('Node', { spec: { unschedulable: true } }),
    patch('Node', { spec: { podCIDR: '10.9.0.0/24', podCIDRs: ['10.9.0.0/24'] } }),
    patch('Node', { spec: { podCIDR: '10.9.1.0/24', podCIDRs: ['10.9.1.0/24'] } }),
    status('Node', { capacity: { cpu: '4', memory: '1Gi', 'example.com/x': '1.5' } }),
    status('Node', {
      capacity: { cpu: '4' },
      allocatable: { cpu: '3' },
      conditions: [
        { type: 'Ready', status: 'True', reason: 'R', message: 'm', lastHeartbeatTime: time, lastTransitionTime: time },
      ],
    }),
    status('Node', { addresses: [{ type: 'InternalIP', address: '1.1.1.1' }] }),
    get('Node'),
  ),
  area(
    'Namespace',
    post('Namespace', {}),
    patch('Namespace', { metadata: { labels: { a: 'b' } } }),
    patch('Namespace', { spec: { finalizers: ['a.b/c'] } }),
    put('Namespace', { spec: { finalizers: ['kubernetes', 'a.b/c'] } }, {}, '/finalize'),
    status('Namespace', { phase: 'Active', conditions: [{ type: 'X', status: 'True' }] }),
    put('Namespace', {}),
    get('Namespace'),
  ),
  area(
    'Secret',
    post('Secret', { stringData: { a: 'x' }, data: { a: 'eQ==', b: 'eg==' } }),
    patch('Secret', { stringData: { c: 'd' } }),
    patch('Secret', { type: 'other' }),
    patch('Secret', { immutable: true }),
    patch('Secret', { data: { z: 'eg==' } }),
    patch('Secret', { immutable: null }),
    patch('Secret', { metadata: { labels: { a: 'b' } } }),
  ),
  area(
    'ServiceAccount',
    post('ServiceAccount', {}),
    patch('ServiceAccount', {
      secrets: [{ name: 's' }],
      imagePullSecrets: [{ name: 'p' }],
      automountServiceAccountToken: false,
    }),
    {
      path: `${pathOf('ServiceAccount')}/a/token`,
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 5 } },
    },
    {
      path: `${pathOf('ServiceAccount')}/none/token`,
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
    },
  ),
  area(
    'ResourceQuota',
    quiet(post('ResourceQuota', { spec: { hard: { configmaps: '5' } } })),
    patch('ResourceQuota', { spec: { scopes: ['BestEffort'] } }),
    status('ResourceQuota', { used: { configmaps: '-1' } }),
    patch('ResourceQuota', { spec: { hard: { 'count/x': '1.5' } } }),
  ),
  area(
    'LimitRange',
    post('LimitRange', {
      spec: {
        limits: [
          {
            type: 'Container',
            default: { cpu: '1' },
            defaultRequest: { cpu: '500m' },
            max: { cpu: '2' },
            min: { cpu: '100m' },
          },
        ],
      },
    }),
    patch('LimitRange', { spec: { limits: [{ type: 'Container', max: { cpu: '1' }, min: { cpu: '2' } }] } }),
    patch('LimitRange', { spec: { limits: [{ type: 'Pod', max: { memory: '1Gi' } }, { type: 'Pod' }] } }),
    post('Pod', { spec: { containers: [container] } }),
    post(
      'Pod',
      { spec: { containers: [{ ...container, resources: { requests: { cpu: '3' }, limits: { cpu: '3' } } }] } },
      { name: 'b' },
    ),
  ),
  area(
    'Lease',
    put('Lease', { spec: { holderIdentity: 'a', leaseDurationSeconds: 10 } }),
    put('Lease', { spec: { holderIdentity: 'b', leaseTransitions: 1, renewTime: '2026-01-02T03:04:05.123456Z' } }),
    patch('Lease', { spec: { leaseDurationSeconds: -1 } }),
    patch('Lease', { spec: { renewTime: 'x' } }),
  ),
  area(
    'PriorityClass',
    post('PriorityClass', { value: 100 }),
    patch('PriorityClass', { value: 101 }),
    patch('PriorityClass', { preemptionPolicy: 'Never' }),
    patch('PriorityClass', { description: 'd', globalDefault: false }),
    patch('PriorityClass', { metadata: { labels: { a: 'b' } } }),
  ),
  area(
    'Role and binding',
    post('Role', { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] }),
    patch('Role', { rules: null }),
    post('RoleBinding', {
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'a' },
      subjects: [{ kind: 'User', name: 'u' }],
    }),
    patch('RoleBinding', { roleRef: { name: 'b' } }),
    patch('RoleBinding', { subjects: [{ kind: 'ServiceAccount', name: 's' }] }),
    patch('RoleBinding', { subjects: [{ kind: 'Group', apiGroup: 'x', name: 'g' }] }),
  ),
  area(
    'Pod: status',
    quiet(post('Pod', { spec: { containers: [container] } })),
    status('Pod', {
      phase: 'Running',
      podIP: '10.1.1.1',
      podIPs: [{ ip: '10.1.1.1' }],
      hostIP: '1.1.1.1',
      startTime: time,
      containerStatuses: [
        {
          name: 'c',
          image: 'nginx',
          imageID: 'x',
          ready: true,
          restartCount: 0,
          state: { running: { startedAt: time } },
        },
      ],
    }),
    status('Pod', { podIPs: [{ ip: 'x' }] }),
    status('Pod', { conditions: [{ type: 'bad type', status: 'True' }] }),
    status('Pod', {
      phase: 'Succeeded',
      containerStatuses: [
        {
          name: 'c',
          image: 'nginx',
          imageID: '',
          ready: false,
          restartCount: 1,
          state: { terminated: { exitCode: 0 } },
        },
      ],
    }),
    status('Pod', { qosClass: 'Guaranteed' }),
    status('Pod', { nominatedNodeName: 'n' }),
    get('Pod'),
  ),
  area(
    'Pod: gates',
    post('Pod', { spec: { containers: [container], schedulingGates: [{ name: 'a.b/c' }] } }),
    patch('Pod', { spec: { nodeSelector: { a: 'b' } } }),
    patch('Pod', { spec: { nodeSelector: { a: 'c' } } }),
    patch('Pod', { spec: { schedulingGates: null } }),
    patch('Pod', { spec: { schedulingGates: [{ name: 'a.b/c' }] } }),
    {
      path: `${pathOf('Pod')}/a/binding`,
      body: { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'a' }, target: { kind: 'Node', name: 'n' } },
    },
    get('Pod'),
  ),
  area(
    'Pod: ephemeral containers',
    quiet(post('Pod', { spec: { containers: [container] } })),
    patch('Pod', { spec: { ephemeralContainers: [{ name: 'd', image: 'b' }] } }),
    patch(
      'Pod',
      { spec: { ephemeralContainers: [{ name: 'd', image: 'b', targetContainerName: 'c' }] } },
      '/ephemeralcontainers',
    ),
    patch('Pod', { spec: { ephemeralContainers: [{ name: 'c', image: 'b' }] } }, '/ephemeralcontainers'),
    patch(
      'Pod',
      {
        spec: {
          ephemeralContainers: [
            { name: 'd', image: 'b', targetContainerName: 'c' },
            {
              name: 'e',
              image: 'b',
              ports: [{ containerPort: 80 }],
              resources: { requests: { cpu: '1' } },
              livenessProbe: { exec: { command: ['x'] } },
            },
          ],
        },
      },
      '/ephemeralcontainers',
    ),
  ),
  area(
    'Pod: resize',
    quiet(
      post('Pod', {
        spec: { containers: [{ ...container, resources: { requests: { cpu: '1' }, limits: { cpu: '2' } } }] },
      }),
    ),
    patch(
      'Pod',
      {
        spec: {
          containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu: '1500m' }, limits: { cpu: '2' } } }],
        },
      },
      '/resize',
    ),
    patch(
      'Pod',
      { spec: { containers: [{ name: 'c', image: 'nginx', resources: { requests: { memory: '1Gi' } } }] } },
      '/resize',
    ),
    patch('Pod', { spec: { containers: [{ name: 'c', image: 'other' }] } }, '/resize'),
  ),
];
