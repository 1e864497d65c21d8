/** Fields of autoscalers and budgets. */
import type { Case } from '../../harness.ts';
import { creates, updates } from './shared.ts';

export const autoscaling: Case[] = [
  ...creates(
    'horizontalpodautoscalers',
    {},
    [
      { 'spec.maxReplicas': 0 },
      { 'spec.minReplicas': 0 },
      { 'spec.minReplicas': 5 },
      { 'spec.scaleTargetRef': { kind: '', name: '' } },
      { 'spec.scaleTargetRef.kind': 'a/b' },
      { 'spec.scaleTargetRef.apiVersion': 'a/b/c' },
      { 'spec.metrics': [{ type: 'Nope' }] },
      { 'spec.metrics': [{ type: 'Resource' }] },
      { 'spec.metrics': [{ type: 'Resource', resource: { name: '', target: { type: 'X' } } }] },
      { 'spec.metrics': [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization' } } }] },
      {
        'spec.metrics': [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 0 } } },
        ],
      },
      {
        'spec.metrics': [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '100m' } } },
        ],
      },
      { 'spec.metrics': [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Value', value: '1' } } }] },
      {
        'spec.metrics': [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 5 } },
            pods: { metric: { name: 'x' }, target: { type: 'AverageValue', averageValue: '1' } },
          },
        ],
      },
      { 'spec.metrics': [{ type: 'Pods', pods: { metric: { name: '' }, target: { type: 'AverageValue' } } }] },
      {
        'spec.metrics': [
          {
            type: 'Object',
            object: {
              describedObject: { kind: '', name: '' },
              metric: { name: 'x' },
              target: { type: 'Value', value: '-1' },
            },
          },
        ],
      },
      {
        'spec.metrics': [
          {
            type: 'External',
            external: { metric: { name: 'x' }, target: { type: 'Value', value: '1', averageValue: '1' } },
          },
        ],
      },
      { 'spec.metrics': [{ type: 'External', external: { metric: { name: 'a/b' }, target: { type: 'Value' } } }] },
      {
        'spec.metrics': [
          {
            type: 'ContainerResource',
            containerResource: { name: 'cpu', container: '', target: { type: 'Utilization', averageUtilization: 5 } },
          },
        ],
      },
      { 'spec.behavior': { scaleUp: {} } },
      { 'spec.behavior': { scaleUp: { selectPolicy: 'X' } } },
      { 'spec.behavior': { scaleUp: { stabilizationWindowSeconds: -1 } } },
      { 'spec.behavior': { scaleDown: { stabilizationWindowSeconds: 4000 } } },
      { 'spec.behavior': { scaleDown: { policies: [{ type: 'X', value: 0, periodSeconds: 0 }] } } },
      { 'spec.behavior': { scaleDown: { policies: [{ type: 'Pods', value: 1, periodSeconds: 2000 }] } } },
      { 'spec.behavior': { scaleDown: { tolerance: '0.1' } } },
      { 'spec.behavior': { scaleDown: { policies: [] } } },
    ],
    'autoscaling/v2',
  ),
  ...creates(
    'horizontalpodautoscalers',
    {},
    [
      { 'spec.targetCPUUtilizationPercentage': 0 },
      { 'spec.targetCPUUtilizationPercentage': undefined },
      { 'spec.minReplicas': -1 },
      { 'metadata.annotations': { 'autoscaling.alpha.kubernetes.io/metrics': 'x' } },
    ],
    'autoscaling/v1',
  ),
  ...creates('poddisruptionbudgets', {}, [
    { 'spec.minAvailable': -1 },
    { 'spec.minAvailable': '120%' },
    { 'spec.minAvailable': 'x' },
    { 'spec.minAvailable': undefined, 'spec.maxUnavailable': '50%' },
    { 'spec.maxUnavailable': 1 },
    { 'spec.selector': undefined },
    { 'spec.selector': {} },
    { 'spec.selector': { matchLabels: { 'a b': 'c' } } },
    { 'spec.unhealthyPodEvictionPolicy': 'X' },
    { 'spec.unhealthyPodEvictionPolicy': 'AlwaysAllow' },
    { spec: {} },
  ]),
  ...updates('poddisruptionbudgets', {}, [{ 'spec.minAvailable': 2 }, { 'spec.selector.matchLabels': { b: 'c' } }]),
];
