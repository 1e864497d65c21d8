/** Probes of kinds that limit others: budgets, autoscalers, quotas. */
import type { Case, Step } from '../../harness.ts';
import { get, patch, podSpec, post, remove, selector, table } from '../../probes.objects.ts';
import { at, casesOf, create, inNamespace, pick } from '../../steps.ts';
import { dry } from './requests.ts';

const one = casesOf('probes-kinds', 'settings: ');
const judged = (step: Step, ...paths: readonly string[]): Step => ({ ...step, view: pick(...paths) });
/** Without the owners of fields: those of an autoscaler are told by the names of one version here. */
const unowned = (body: unknown): unknown =>
  JSON.parse(JSON.stringify(body, (key, value: unknown) => (key === 'managedFields' ? undefined : value)));

export const settingStories: readonly Case[] = [
  one(
    'PodDisruptionBudget: a life',
    post('PodDisruptionBudget', { spec: { minAvailable: 1, selector } }),
    patch('PodDisruptionBudget', { spec: { maxUnavailable: 1 } }),
    patch('PodDisruptionBudget', { spec: { minAvailable: '50%' } }),
    patch('PodDisruptionBudget', { spec: { minAvailable: '150%' } }),
    patch('PodDisruptionBudget', { spec: { minAvailable: '5' } }),
    patch('PodDisruptionBudget', { spec: { minAvailable: -1 } }),
    patch('PodDisruptionBudget', { spec: { selector: { matchLabels: { b: 'c' } } } }),
    patch('PodDisruptionBudget', { spec: { selector: null } }),
    patch('PodDisruptionBudget', { spec: { unhealthyPodEvictionPolicy: 'AlwaysAllow' } }),
    patch('PodDisruptionBudget', { spec: { unhealthyPodEvictionPolicy: 'Never' } }),
    patch(
      'PodDisruptionBudget',
      { status: { disruptionsAllowed: -1, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 } },
      'merge',
      '/status',
    ),
    patch(
      'PodDisruptionBudget',
      { status: { disruptionsAllowed: 1, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 } },
      'merge',
      '/status',
    ),
    table(get('PodDisruptionBudget')),
    post('PodDisruptionBudget', { spec: { selector } }, { name: 'b' }),
    post('PodDisruptionBudget', {}, { name: 'c' }),
    get('PodDisruptionBudget', '/status'),
  ),
  one(
    'HorizontalPodAutoscaler: two versions of one',
    post('HorizontalPodAutoscaler', {
      spec: {
        scaleTargetRef: { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' },
        minReplicas: 2,
        maxReplicas: 5,
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } },
          { type: 'Pods', pods: { metric: { name: 'qps' }, target: { type: 'AverageValue', averageValue: '1k' } } },
          {
            type: 'ContainerResource',
            containerResource: {
              name: 'memory',
              container: 'c',
              target: { type: 'AverageValue', averageValue: '100Mi' },
            },
          },
        ],
        behavior: { scaleDown: { stabilizationWindowSeconds: 60 } },
      },
    }),
    { path: '/apis/autoscaling/v1/namespaces/{ns}/horizontalpodautoscalers/a' },
    ...[
      {
        ...patch('HorizontalPodAutoscaler', { spec: { targetCPUUtilizationPercentage: 70 } }),
        path: '/apis/autoscaling/v1/namespaces/{ns}/horizontalpodautoscalers/a',
      },
      get('HorizontalPodAutoscaler'),
      patch(
        'HorizontalPodAutoscaler',
        {
          status: {
            currentReplicas: 2,
            desiredReplicas: 3,
            currentMetrics: [
              { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 30, averageValue: '3m' } } },
            ],
            conditions: [{ type: 'AbleToScale', status: 'True', reason: 'r' }],
          },
        },
        'merge',
        '/status',
      ),
      table(get('HorizontalPodAutoscaler')),
      { path: '/apis/autoscaling/v1/namespaces/{ns}/horizontalpodautoscalers/a' },
      patch('HorizontalPodAutoscaler', { spec: { minReplicas: 6 } }),
      patch('HorizontalPodAutoscaler', { spec: { minReplicas: 0 } }),
      patch('HorizontalPodAutoscaler', { spec: { metrics: null } }),
      patch('HorizontalPodAutoscaler', { spec: { behavior: { scaleUp: { policies: [] } } } }),
    ].map((step): Step => ({ ...step, view: unowned })),
    remove('HorizontalPodAutoscaler'),
  ),
  one(
    'HorizontalPodAutoscaler: metrics that are wrong',
    ...[
      [{ type: 'Resource' }],
      [{ type: 'Other' }],
      [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization' } } }],
      [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 0 } } }],
      [{ type: 'Resource', resource: { name: '', target: { type: 'Value', value: '1' } } }],
      [{ type: 'Pods', pods: { metric: { name: 'a b/c' }, target: { type: 'AverageValue' } } }],
      [
        {
          type: 'External',
          external: { metric: { name: 'm' }, target: { type: 'Value', value: '1', averageValue: '2' } },
        },
      ],
      [
        {
          type: 'Object',
          object: {
            describedObject: { kind: 'X', name: '' },
            metric: { name: 'm' },
            target: { type: 'Value', value: '-1' },
          },
        },
      ],
      [
        {
          type: 'ContainerResource',
          containerResource: { name: 'cpu', container: '', target: { type: 'Utilization', averageUtilization: 1 } },
        },
      ],
    ].map((metrics) =>
      dry('HorizontalPodAutoscaler', { spec: { scaleTargetRef: { kind: 'D', name: 'd' }, maxReplicas: 2, metrics } }),
    ),
    dry('HorizontalPodAutoscaler', { spec: { maxReplicas: 0 } }),
    dry('HorizontalPodAutoscaler', {
      spec: {
        scaleTargetRef: { kind: 'a/b', name: '../x' },
        maxReplicas: 1,
        behavior: {
          scaleUp: {
            stabilizationWindowSeconds: 4000,
            selectPolicy: 'Odd',
            policies: [{ type: 'Odd', value: 0, periodSeconds: 0 }],
          },
        },
      },
    }),
  ),
  one(
    'ResourceQuota: a life',
    post('ResourceQuota', {
      spec: { hard: { 'requests.cpu': '1000m', pods: 2, 'count/deployments.apps': '3' }, scopes: ['NotTerminating'] },
    }),
    post('ResourceQuota', { spec: { hard: { pods: 2, 'requests.cpu': '1500m' }, scopes: ['NotTerminating'] } }),
    patch('ResourceQuota', { spec: { hard: { pods: '-1' } } }),
    patch('ResourceQuota', { spec: { scopes: ['Terminating'] } }),
    patch('ResourceQuota', { status: { hard: { pods: '2' }, used: { pods: '1' } } }, 'merge', '/status'),
    patch('ResourceQuota', { status: { used: { pods: '1.5' } } }, 'merge', '/status'),
    ...[
      { hard: { nonsense: '1' } },
      { hard: { 'requests.x.io/gpu': '1', 'limits.x.io/gpu': '1' } },
      { hard: { 'count/Bad_': '1' } },
      { hard: { pods: '1' }, scopes: ['BestEffort', 'NotBestEffort'] },
      { hard: { pods: '1' }, scopes: ['Terminating', 'NotTerminating'] },
      { hard: { cpu: '1' }, scopes: ['BestEffort'] },
      { hard: { services: '1' }, scopes: ['BestEffort'] },
      { hard: { pods: '1' }, scopes: ['Odd'] },
      { hard: { pods: '1' }, scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In' }] } },
      {
        hard: { pods: '1' },
        scopeSelector: { matchExpressions: [{ scopeName: 'BestEffort', operator: 'In', values: ['x'] }] },
      },
      {
        hard: { pods: '1' },
        scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'Exists', values: ['x'] }] },
      },
    ].map((spec) => dry('ResourceQuota', { spec }, { name: 'c' })),
    judged(table(get('ResourceQuota')), 'columnDefinitions.*.name'),
  ),
  one(
    'LimitRange: kinds of limits',
    ...[
      [{ type: 'Container', max: { cpu: '1' } }],
      [{ type: 'Container', max: { cpu: '1' }, min: { cpu: '2' } }],
      [{ type: 'Container', default: { cpu: '3' }, max: { cpu: '2' } }],
      [{ type: 'Container', defaultRequest: { cpu: '3' }, default: { cpu: '2' } }],
      [{ type: 'Container', maxLimitRequestRatio: { cpu: '0.5' } }],
      [{ type: 'Pod', default: { cpu: '1' } }],
      [{ type: 'PersistentVolumeClaim' }],
      [{ type: 'PersistentVolumeClaim', max: { storage: '1Gi' }, min: { storage: '1Mi' } }],
      [
        { type: 'Container', max: { cpu: '1' } },
        { type: 'Container', max: { cpu: '2' } },
      ],
      [{ type: 'x.io/Odd', max: { 'x.io/y': '1' } }],
      [{ type: 'Odd', max: { cpu: '1' } }],
      [{ max: { cpu: '1' } }],
      [{ type: 'Container', max: { 'Bad Name': '1' } }],
      [],
    ].map((limits) => dry('LimitRange', { spec: { limits } })),
    post('LimitRange', { spec: { limits: [{ type: 'Container', max: { cpu: '2' }, min: { cpu: '100m' } }] } }),
    {
      ...create(`${inNamespace}/pods`, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: podSpec }),
      until: ({ body: found }) => JSON.stringify(found).includes('limit-ranger') || at(found, 'kind') === 'Status',
      view: pick('metadata.annotations', 'spec.containers.*.resources'),
    },
    table(get('LimitRange')),
  ),
];
