/** HorizontalPodAutoscalers in their first version, which knows no metric but the CPU's utilization. Stored as autoscaling/v2. */
import type { Json, JsonObject, KubeObject } from '../types.ts';
import { at, child, number, objects, text } from './access.ts';
import { annotationsOf, given, keptAnnotations, keptIn } from './autoscalingkept.ts';

/** Where v1 keeps the metrics that it has no field for. */
const metricsAnnotation = 'autoscaling.alpha.kubernetes.io/metrics';

const isCpu = (metric: JsonObject) =>
  metric.type === 'Resource' &&
  text(metric, 'resource.name') === 'cpu' &&
  at(metric, 'resource.target.averageUtilization') !== undefined;

type Part = { readonly [field: string]: Json | undefined };

/** A metric as the annotation of v1 has it: flat, field by field in Go's order. */
function flatMetric(metric: JsonObject): JsonObject {
  const read = (path: string) => at(metric, path) as Json | undefined;
  const ofResource = (field: string) => ({
    name: read(`${field}.name`),
    targetAverageUtilization: read(`${field}.target.averageUtilization`),
    targetAverageValue: read(`${field}.target.averageValue`),
  });
  const parts: { readonly [field: string]: () => Part } = {
    object: () => ({
      target: read('object.describedObject'),
      metricName: read('object.metric.name'),
      targetValue: read('object.target.value') ?? '0',
      selector: read('object.metric.selector'),
      averageValue: read('object.target.averageValue'),
    }),
    pods: () => ({
      metricName: read('pods.metric.name'),
      targetAverageValue: read('pods.target.averageValue') ?? '0',
      selector: read('pods.metric.selector'),
    }),
    resource: () => ofResource('resource'),
    containerResource: () => ({ ...ofResource('containerResource'), container: read('containerResource.container') }),
    external: () => ({
      metricName: read('external.metric.name'),
      metricSelector: read('external.metric.selector'),
      targetValue: read('external.target.value'),
      targetAverageValue: read('external.target.averageValue'),
    }),
  };
  const own = Object.entries(parts).flatMap(([field, part]) =>
    metric[field] === undefined ? [] : [[field, given(part())] as const],
  );
  return { type: text(metric, 'type'), ...Object.fromEntries(own) };
}

/** The metric of autoscaling/v2 that a flat one stands for. */
function nestedMetric(metric: JsonObject): JsonObject {
  const read = (path: string) => at(metric, path) as Json | undefined;
  const some = (value: Json | undefined) => (value === '0' ? undefined : value);
  const target = (value?: Json, averageValue?: Json, averageUtilization?: Json): JsonObject =>
    given({
      type: averageUtilization !== undefined ? 'Utilization' : averageValue !== undefined ? 'AverageValue' : 'Value',
      value: averageValue === undefined ? value : some(value),
      averageValue,
      averageUtilization,
    });
  const named = (field: string, selector: string): JsonObject =>
    given({ name: read(`${field}.metricName`), selector: read(`${field}.${selector}`) });
  const ofResource = (field: string): Part => ({
    name: read(`${field}.name`),
    container: read(`${field}.container`),
    target: target(undefined, read(`${field}.targetAverageValue`), read(`${field}.targetAverageUtilization`)),
  });
  const parts: { readonly [field: string]: () => Part } = {
    object: () => ({
      describedObject: read('object.target'),
      metric: named('object', 'selector'),
      target: target(read('object.targetValue'), read('object.averageValue')),
    }),
    pods: () => ({ metric: named('pods', 'selector'), target: target(undefined, read('pods.targetAverageValue')) }),
    resource: () => ofResource('resource'),
    containerResource: () => ofResource('containerResource'),
    external: () => ({
      metric: named('external', 'metricSelector'),
      target: target(read('external.targetValue'), read('external.targetAverageValue')),
    }),
  };
  const own = Object.entries(parts).flatMap(([field, part]) =>
    metric[field] === undefined ? [] : [[field, given(part())] as const],
  );
  return { type: text(metric, 'type'), ...Object.fromEntries(own) };
}

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
      [metricsAnnotation]: JSON.stringify(others.map(flatMetric)),
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
  if (annotation === undefined) return [];
  try {
    const parsed: unknown = JSON.parse(annotation);
    return Array.isArray(parsed) ? objects({ parsed }, 'parsed').map(nestedMetric) : [];
  } catch {
    return [];
  }
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
