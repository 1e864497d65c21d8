/** HorizontalPodAutoscalers in their first version, which knows no metric but the CPU's utilization. Stored as autoscaling/v2. */
import type { Json, JsonObject, KubeObject } from '../types.ts';
import { at, child, number, objects, text } from './access.ts';

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
  delete spec.metrics;
  if (cpu !== undefined) spec.targetCPUUtilizationPercentage = number(cpu, 'resource.target.averageUtilization');
  if (others.length > 0)
    object.metadata.annotations = { ...object.metadata.annotations, [metricsAnnotation]: JSON.stringify(others) };
  const status = child(object, 'status');
  if (status === undefined) return;
  status.currentReplicas ??= 0;
  const current = objects(status, 'currentMetrics').find((metric) => text(metric, 'resource.name') === 'cpu');
  const utilization = at(current, 'resource.current.averageUtilization');
  if (typeof utilization === 'number') status.currentCPUUtilizationPercentage = utilization;
  for (const field of ['currentMetrics', 'conditions']) delete status[field];
}

function keptMetrics(annotation: string | undefined): Json[] {
  if (annotation === undefined) return [];
  try {
    const parsed: unknown = JSON.parse(annotation);
    return Array.isArray(parsed) ? (parsed as Json[]) : [];
  } catch {
    return [];
  }
}

/** To autoscaling/v2. */
export function toV2(object: KubeObject): void {
  object.apiVersion = 'autoscaling/v2';
  const spec = child(object, 'spec');
  if (spec === undefined) return;
  const percentage = spec.targetCPUUtilizationPercentage;
  delete spec.targetCPUUtilizationPercentage;
  const kept = keptMetrics(object.metadata.annotations?.[metricsAnnotation]);
  if (object.metadata.annotations !== undefined) {
    const { [metricsAnnotation]: _, ...annotations } = object.metadata.annotations;
    object.metadata.annotations = annotations;
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
  const metrics = [...cpu, ...kept];
  if (metrics.length > 0) spec.metrics = metrics;
}
