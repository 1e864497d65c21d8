/** HorizontalPodAutoscalers in their first version, which knows no metric but the CPU's utilization. Stored as autoscaling/v2. */
import type { Json, JsonObject, KubeObject } from '../types.ts';
import { at, child, number, objects, text } from './access.ts';
import { annotationsOf, keptAnnotations, keptIn, parsed } from './autoscalingkept.ts';
import { flatMetric, targetMetric } from './autoscalingmetrics.ts';

/** Where v1 keeps the metrics that it has no field for. */
const metricsAnnotation = 'autoscaling.alpha.kubernetes.io/metrics';

const isCpu = (metric: JsonObject) =>
  metric.type === 'Resource' &&
  text(metric, 'resource.name') === 'cpu' &&
  at(metric, 'resource.target.averageUtilization') !== undefined;

/** From autoscaling/v2, as it is stored. */
export function toV1(object: KubeObject): void {
  object.apiVersion = 'autoscaling/v1';
  const spec = child(object, 'spec');
  if (spec === undefined) return;
  const metrics = objects(spec, 'metrics');
  const cpu = metrics.find(isCpu);
  const others = metrics.filter((metric) => metric !== cpu);
  const kept = annotationsOf(spec, child(object, 'status'));
  delete spec.metrics;
  delete spec.behavior;
  if (Object.keys(kept).length > 0) object.metadata.annotations = { ...object.metadata.annotations, ...kept };
  if (cpu !== undefined) spec.targetCPUUtilizationPercentage = number(cpu, 'resource.target.averageUtilization');
  if (others.length > 0)
    object.metadata.annotations = {
      ...object.metadata.annotations,
      [metricsAnnotation]: JSON.stringify(others.map((metric) => flatMetric(metric, 'target'))),
    };
  const status = child(object, 'status');
  if (status === undefined) return;
  status.currentReplicas ??= 0;
  const current = objects(status, 'currentMetrics').find((metric) => text(metric, 'resource.name') === 'cpu');
  const utilization = at(current, 'resource.current.averageUtilization');
  if (typeof utilization === 'number') status.currentCPUUtilizationPercentage = utilization;
  for (const field of ['currentMetrics', 'conditions']) delete status[field];
}

function keptMetrics(annotation: string | undefined): Json[] {
  const list = parsed(annotation);
  return Array.isArray(list) ? objects({ list }, 'list').map(targetMetric) : [];
}

/** To autoscaling/v2. */
export function toV2(object: KubeObject): void {
  object.apiVersion = 'autoscaling/v2';
  const spec = child(object, 'spec');
  if (spec === undefined) return;
  const status = child(object, 'status');
  if (status !== undefined) {
    if (status.currentReplicas === 0) delete status.currentReplicas;
    status.currentMetrics ??= null;
  }
  const percentage = spec.targetCPUUtilizationPercentage;
  delete spec.targetCPUUtilizationPercentage;
  const given = object.metadata.annotations;
  const kept = keptMetrics(given?.[metricsAnnotation]);
  const { behavior, currentMetrics, conditions } = keptIn(given);
  if (behavior !== undefined) spec.behavior = behavior;
  if (status !== undefined && currentMetrics !== undefined) status.currentMetrics = currentMetrics;
  if (status !== undefined && conditions !== undefined) status.conditions = conditions;
  if (given !== undefined) {
    const ours = [metricsAnnotation, ...keptAnnotations];
    const others = Object.entries(given).filter(([name]) => !ours.includes(name));
    if (others.length > 0) object.metadata.annotations = Object.fromEntries(others);
    else delete object.metadata.annotations;
  }
  const cpu: Json[] =
    typeof percentage === 'number'
      ? [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: percentage } },
          },
        ]
      : [];
  const metrics = [...kept, ...cpu];
  if (metrics.length > 0) spec.metrics = metrics;
}
