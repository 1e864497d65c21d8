/** Autoscalers and budgets. */
import type { Case } from '../../harness.ts';
import { merge } from '../../steps.ts';
import { area, get, patch, post, selector, status } from './shared.ts';

export const scaling: Case[] = [
  area(
    'autoscaler of two versions',
    post('HorizontalPodAutoscaler', {
      spec: { maxReplicas: 5, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' } },
    }),
    { path: '/apis/autoscaling/v1/namespaces/{ns}/horizontalpodautoscalers/a' },
    {
      method: 'PATCH',
      path: '/apis/autoscaling/v1/namespaces/{ns}/horizontalpodautoscalers/a',
      body: { spec: { targetCPUUtilizationPercentage: 30 } },
      type: merge,
    },
    get('HorizontalPodAutoscaler'),
    patch('HorizontalPodAutoscaler', {
      spec: {
        metrics: [
          { type: 'Pods', pods: { metric: { name: 'm' }, target: { type: 'AverageValue', averageValue: '10' } } },
        ],
      },
    }),
    { path: '/apis/autoscaling/v1/namespaces/{ns}/horizontalpodautoscalers/a' },
    status('HorizontalPodAutoscaler', { currentReplicas: 2, desiredReplicas: 3 }),
    status('HorizontalPodAutoscaler', { currentReplicas: -1 }),
    patch('HorizontalPodAutoscaler', { spec: { behavior: { scaleDown: { stabilizationWindowSeconds: 10 } } } }),
    patch('HorizontalPodAutoscaler', { spec: { minReplicas: 9 } }),
  ),
  area(
    'disruption budget',
    post('PodDisruptionBudget', { spec: { minAvailable: 1, selector } }),
    patch('PodDisruptionBudget', { spec: { minAvailable: null, maxUnavailable: '30%' } }),
    patch('PodDisruptionBudget', { spec: { selector: { matchLabels: { q: 'r' } } } }),
    status('PodDisruptionBudget', { disruptionsAllowed: -1, currentHealthy: -1 }),
    patch('PodDisruptionBudget', { spec: { unhealthyPodEvictionPolicy: 'AlwaysAllow' } }),
    patch('PodDisruptionBudget', { spec: { minAvailable: '50%' } }),
  ),
];
