/** Budgets, quotas, limits, autoscalers, priority classes and roles. */
import type { Case } from '../../harness.ts';
import { body, container, get, patch, pathOf, podSpec, post, selector, table } from '../../probes.objects.ts';
import { quiet } from '../../steps.ts';
import { one } from './shared.ts';

export const policy: Case[] = [
  one(
    'budget: made',
    post('PodDisruptionBudget', { spec: { minAvailable: '50%', selector } }),
    table(get('PodDisruptionBudget')),
    patch('PodDisruptionBudget', { spec: { maxUnavailable: 1 } }),
    patch('PodDisruptionBudget', { spec: { maxUnavailable: 1, minAvailable: null } }),
    patch('PodDisruptionBudget', { spec: { selector: null } }),
    patch('PodDisruptionBudget', { spec: { unhealthyPodEvictionPolicy: 'Nope' } }),
  ),
  one(
    'quota: made',
    quiet(post('ResourceQuota', { spec: { hard: { pods: '1', 'requests.cpu': '1', 'count/secrets': '5' } } })),
    { ...table(get('ResourceQuota')), until: (answer) => JSON.stringify(answer.body).includes('pods: 0/1') },
    patch('ResourceQuota', { spec: { hard: { pods: '-1', 'x y': '1', nope: '1' } } }),
    patch('ResourceQuota', { spec: { scopes: ['BestEffort'] } }),
  ),
  one(
    'limits: made',
    post('LimitRange', {
      spec: {
        limits: [
          {
            type: 'Container',
            default: { cpu: '500m' },
            defaultRequest: { cpu: '100m' },
            max: { cpu: '1' },
            min: { cpu: '10m' },
          },
          { type: 'Pod', max: { memory: '1Gi' } },
        ],
      },
    }),
    table(get('LimitRange')),
    post('Pod', { spec: podSpec }),
    post(
      'Pod',
      {
        spec: {
          containers: [{ ...container, resources: { requests: { cpu: '2' }, limits: { cpu: '2', memory: '2Gi' } } }],
        },
      },
      { name: 'b' },
    ),
  ),
  one(
    'limits: wrong',
    ...[
      [{ type: 'Container', min: { cpu: '2' }, max: { cpu: '1' } }],
      [{ type: 'Container', default: { cpu: '2' }, max: { cpu: '1' } }],
      [{ type: 'Nope' }],
      [{ type: 'Pod', default: { cpu: '1' } }],
      [{ type: 'PersistentVolumeClaim' }],
      [{ type: 'Container', maxLimitRequestRatio: { cpu: '0.5' } }],
    ].map((limits) => post('LimitRange', { spec: { limits } }, {}, '?dryRun=All')),
  ),
  one(
    'autoscaler: made',
    post('HorizontalPodAutoscaler', {
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' },
        minReplicas: 2,
        maxReplicas: 5,
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
          { type: 'Pods', pods: { metric: { name: 'm' }, target: { type: 'AverageValue', averageValue: '10' } } },
        ],
      },
    }),
    { path: '/apis/autoscaling/v1/namespaces/{ns}/horizontalpodautoscalers/a' },
    patch('HorizontalPodAutoscaler', { spec: { minReplicas: 9 } }),
    patch('HorizontalPodAutoscaler', { spec: { maxReplicas: 0 } }),
    patch('HorizontalPodAutoscaler', {
      spec: {
        behavior: {
          scaleDown: { stabilizationWindowSeconds: 5000, policies: [{ type: 'Nope', value: 0, periodSeconds: 9999 }] },
        },
      },
    }),
  ),
  one(
    'autoscaler: of version 1',
    {
      path: '/apis/autoscaling/v1/namespaces/{ns}/horizontalpodautoscalers',
      body: {
        apiVersion: 'autoscaling/v1',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'a' },
        spec: {
          scaleTargetRef: { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' },
          maxReplicas: 3,
          targetCPUUtilizationPercentage: 50,
        },
      },
    },
    get('HorizontalPodAutoscaler'),
    table({ path: '/apis/autoscaling/v1/namespaces/{ns}/horizontalpodautoscalers/a' }),
  ),
  one(
    'priority class: made',
    quiet({ path: pathOf('PriorityClass'), body: { ...body('PriorityClass', {}), value: 10, description: 'd' } }),
    table(get('PriorityClass')),
    patch('PriorityClass', { value: 11 }),
    patch('PriorityClass', { preemptionPolicy: 'Never' }),
    patch('PriorityClass', { description: 'e', metadata: { labels: { a: 'b' } } }),
  ),
  one(
    'priority class: wrong',
    ...[{ value: 2000000000 }, { value: 'x' }, {}, { value: 1, preemptionPolicy: 'Nope' }].map((fields) => ({
      path: `${pathOf('PriorityClass')}?dryRun=All`,
      body: { ...body('PriorityClass', {}), ...fields },
    })),
  ),
  one(
    'role: made',
    {
      path: pathOf('Role'),
      body: { ...body('Role', {}), rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] },
    },
    table(get('Role')),
    patch('Role', { rules: [{ verbs: ['get'] }] }),
    patch('Role', { rules: [{ apiGroups: [''], resources: ['pods'], verbs: [] }] }),
    patch('Role', { rules: [{ nonResourceURLs: ['/x'], verbs: ['get'] }] }),
  ),
  one(
    'role binding: made',
    {
      path: pathOf('RoleBinding'),
      body: {
        ...body('RoleBinding', {}),
        roleRef: { kind: 'ClusterRole', name: 'view' },
        subjects: [
          { kind: 'ServiceAccount', name: 's' },
          { kind: 'Group', name: 'g' },
        ],
      },
    },
    patch('RoleBinding', { roleRef: { kind: 'ClusterRole', name: 'edit', apiGroup: 'rbac.authorization.k8s.io' } }),
    table(get('RoleBinding')),
    patch('RoleBinding', { subjects: [{ kind: 'Nope', name: 'x' }] }),
    patch('RoleBinding', { subjects: [{ kind: 'ServiceAccount', name: 's', apiGroup: 'x' }] }),
  ),
  one(
    'role binding: with namespace',
    {
      path: pathOf('RoleBinding'),
      body: {
        ...body('RoleBinding', {}),
        roleRef: { kind: 'Role', name: 'r', apiGroup: 'rbac.authorization.k8s.io' },
        subjects: [{ kind: 'ServiceAccount', name: 's', namespace: 'default' }],
      },
    },
    table(get('RoleBinding')),
  ),
];
