/** Metrics of autoscalers: as autoscaling/v2 has them, and flat, as the annotations of v1 do. */
import type { Json, JsonObject } from '../types.ts';
import { at, text } from './access.ts';

export type Part = { readonly [field: string]: Json | undefined };

/** Without what is not given. */
export const given = (part: Part): JsonObject =>
  Object.fromEntries(Object.entries(part).filter((entry): entry is [string, Json] => entry[1] !== undefined));

/** A metric of the same type, of those parts whose sort it is. */
function metricOf(metric: JsonObject, parts: { readonly [sort: string]: () => Part }): JsonObject {
  const own = Object.entries(parts).flatMap(([sort, part]) =>
    metric[sort] === undefined ? [] : [[sort, given(part())] as const],
  );
  return { type: text(metric, 'type'), ...Object.fromEntries(own) };
}

/** What a flat metric says of which metric it is, by the name of its selector. */
const metricNamed = (metric: JsonObject, sort: string, selector: string): JsonObject =>
  given({
    name: at(metric, `${sort}.metricName`) as Json | undefined,
    selector: at(metric, `${sort}.${selector}`) as Json | undefined,
  });

/** A metric of a spec (`target`) or a status (`current`) as an annotation of v1 has it: flat, field by field in Go's order. */
export function flatMetric(metric: JsonObject, what: 'target' | 'current'): JsonObject {
  const read = (path: string) => at(metric, path) as Json | undefined;
  const [value, averageValue, utilization] = [`${what}Value`, `${what}AverageValue`, `${what}AverageUtilization`];
  // What a target may lack is always printed of what is current.
  const absent = what === 'current' ? '0' : undefined;
  const ofResource = (sort: string): Part => ({
    name: read(`${sort}.name`),
    [utilization]: read(`${sort}.${what}.averageUtilization`),
    [averageValue]: read(`${sort}.${what}.averageValue`) ?? absent,
  });
  return metricOf(metric, {
    object: () => ({
      target: read('object.describedObject'),
      metricName: read('object.metric.name'),
      [value]: read(`object.${what}.value`) ?? '0',
      selector: read('object.metric.selector'),
      averageValue: read(`object.${what}.averageValue`),
    }),
    pods: () => ({
      metricName: read('pods.metric.name'),
      [averageValue]: read(`pods.${what}.averageValue`) ?? '0',
      selector: read('pods.metric.selector'),
    }),
    resource: () => ofResource('resource'),
    containerResource: () => ({ ...ofResource('containerResource'), container: read('containerResource.container') }),
    external: () => ({
      metricName: read('external.metric.name'),
      metricSelector: read('external.metric.selector'),
      [value]: read(`external.${what}.value`) ?? absent,
      [averageValue]: read(`external.${what}.averageValue`),
    }),
  });
}

/** The metric of a spec of autoscaling/v2 that a flat one stands for. */
export function targetMetric(metric: JsonObject): JsonObject {
  const read = (path: string) => at(metric, path) as Json | undefined;
  const some = (value: Json | undefined) => (value === '0' ? undefined : value);
  const target = (value?: Json, averageValue?: Json, averageUtilization?: Json): JsonObject =>
    given({
      type: averageUtilization !== undefined ? 'Utilization' : averageValue !== undefined ? 'AverageValue' : 'Value',
      value: averageValue === undefined ? value : some(value),
      averageValue,
      averageUtilization,
    });
  const ofResource = (sort: string): Part => ({
    name: read(`${sort}.name`),
    container: read(`${sort}.container`),
    target: target(undefined, read(`${sort}.targetAverageValue`), read(`${sort}.targetAverageUtilization`)),
  });
  return metricOf(metric, {
    object: () => ({
      describedObject: read('object.target'),
      metric: metricNamed(metric, 'object', 'selector'),
      target: target(read('object.targetValue'), read('object.averageValue')),
    }),
    pods: () => ({
      metric: metricNamed(metric, 'pods', 'selector'),
      target: target(undefined, read('pods.targetAverageValue')),
    }),
    resource: () => ofResource('resource'),
    containerResource: () => ofResource('containerResource'),
    external: () => ({
      metric: metricNamed(metric, 'external', 'metricSelector'),
      target: target(read('external.targetValue'), read('external.targetAverageValue')),
    }),
  });
}

/** The metric of a status of autoscaling/v2 that a flat one stands for. */
export function currentMetric(metric: JsonObject): JsonObject {
  const read = (path: string) => at(metric, path) as Json | undefined;
  const ofResource = (sort: string): Part => ({
    name: read(`${sort}.name`),
    container: read(`${sort}.container`),
    current: given({
      averageValue: read(`${sort}.currentAverageValue`),
      averageUtilization: read(`${sort}.currentAverageUtilization`),
    }),
  });
  return metricOf(metric, {
    object: () => ({
      metric: metricNamed(metric, 'object', 'selector'),
      current: given({ value: read('object.currentValue'), averageValue: read('object.averageValue') }),
      describedObject: read('object.target'),
    }),
    pods: () => ({
      metric: metricNamed(metric, 'pods', 'selector'),
      current: given({ averageValue: read('pods.currentAverageValue') }),
    }),
    resource: () => ofResource('resource'),
    containerResource: () => ofResource('containerResource'),
    external: () => ({
      metric: metricNamed(metric, 'external', 'metricSelector'),
      current: given({ value: read('external.currentValue'), averageValue: read('external.currentAverageValue') }),
    }),
  });
}
