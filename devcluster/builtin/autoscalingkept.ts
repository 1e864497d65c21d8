/** What autoscaling/v1 has no fields for and keeps in annotations: how fast to scale, metrics as they are, conditions. */
import type { Json, JsonObject } from '../types.ts';
import { at, objects, text } from './access.ts';

const prefix = 'autoscaling.alpha.kubernetes.io/';
const behaviorAnnotation = `${prefix}behavior`;
const currentAnnotation = `${prefix}current-metrics`;
const conditionsAnnotation = `${prefix}conditions`;
export const keptAnnotations = [behaviorAnnotation, currentAnnotation, conditionsAnnotation];

type Part = { readonly [field: string]: Json | undefined };

/** Without what is not given. */
export const given = (part: Part): JsonObject =>
  Object.fromEntries(Object.entries(part).filter((entry): entry is [string, Json] => entry[1] !== undefined));

/** Scaling rules under the names that they have in Go, in its order. */
function goRules(rules: unknown): Json {
  if (rules === undefined || rules === null) return null;
  const own = (field: string): Json => (at(rules, field) as Json | undefined) ?? null;
  const policies = objects(rules, 'policies').map((policy) => ({
    Type: text(policy, 'type'),
    Value: policy.value ?? 0,
    PeriodSeconds: policy.periodSeconds ?? 0,
  }));
  return {
    StabilizationWindowSeconds: own('stabilizationWindowSeconds'),
    SelectPolicy: own('selectPolicy'),
    Policies: own('policies') === null ? null : policies,
    Tolerance: own('tolerance'),
  };
}

/** The same value with the first letters of all names small, without nulls. */
function withSmallNames(value: unknown): Json {
  if (Array.isArray(value)) return value.map(withSmallNames);
  if (typeof value !== 'object' || value === null) return value as Json;
  const entries = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(
    entries.map(([name, item]) => [name.charAt(0).toLowerCase() + name.slice(1), withSmallNames(item)]),
  );
}

/** A metric as it is, flat, field by field in Go's order. */
function flatCurrent(metric: JsonObject): JsonObject {
  const read = (path: string) => at(metric, path) as Json | undefined;
  const ofResource = (field: string) => ({
    name: read(`${field}.name`),
    currentAverageUtilization: read(`${field}.current.averageUtilization`),
    currentAverageValue: read(`${field}.current.averageValue`) ?? '0',
  });
  const parts: { readonly [field: string]: () => Part } = {
    object: () => ({
      target: read('object.describedObject'),
      metricName: read('object.metric.name'),
      currentValue: read('object.current.value') ?? '0',
      selector: read('object.metric.selector'),
      averageValue: read('object.current.averageValue'),
    }),
    pods: () => ({
      metricName: read('pods.metric.name'),
      currentAverageValue: read('pods.current.averageValue') ?? '0',
      selector: read('pods.metric.selector'),
    }),
    resource: () => ofResource('resource'),
    containerResource: () => ({ ...ofResource('containerResource'), container: read('containerResource.container') }),
    external: () => ({
      metricName: read('external.metric.name'),
      metricSelector: read('external.metric.selector'),
      currentValue: read('external.current.value') ?? '0',
      currentAverageValue: read('external.current.averageValue'),
    }),
  };
  const own = Object.entries(parts).flatMap(([field, part]) =>
    metric[field] === undefined ? [] : [[field, given(part())] as const],
  );
  return { type: text(metric, 'type'), ...Object.fromEntries(own) };
}

/** The metric of autoscaling/v2 that a flat one stands for. */
function nestedCurrent(metric: JsonObject): JsonObject {
  const read = (path: string) => at(metric, path) as Json | undefined;
  const named = (field: string, selector: string): JsonObject =>
    given({ name: read(`${field}.metricName`), selector: read(`${field}.${selector}`) });
  const ofResource = (field: string): Part => ({
    name: read(`${field}.name`),
    container: read(`${field}.container`),
    current: given({
      averageValue: read(`${field}.currentAverageValue`),
      averageUtilization: read(`${field}.currentAverageUtilization`),
    }),
  });
  const parts: { readonly [field: string]: () => Part } = {
    object: () => ({
      metric: named('object', 'selector'),
      current: given({ value: read('object.currentValue'), averageValue: read('object.averageValue') }),
      describedObject: read('object.target'),
    }),
    pods: () => ({
      metric: named('pods', 'selector'),
      current: given({ averageValue: read('pods.currentAverageValue') }),
    }),
    resource: () => ofResource('resource'),
    containerResource: () => ofResource('containerResource'),
    external: () => ({
      metric: named('external', 'metricSelector'),
      current: given({ value: read('external.currentValue'), averageValue: read('external.currentAverageValue') }),
    }),
  };
  const own = Object.entries(parts).flatMap(([field, part]) =>
    metric[field] === undefined ? [] : [[field, given(part())] as const],
  );
  return { type: text(metric, 'type'), ...Object.fromEntries(own) };
}

/** Annotations for what v1 leaves out of a spec and a status of v2. */
export function annotationsOf(spec: unknown, status: unknown): { [name: string]: string } {
  const out: { [name: string]: string } = {};
  const behavior = at(spec, 'behavior');
  if (behavior !== undefined && behavior !== null)
    out[behaviorAnnotation] = JSON.stringify({
      ScaleUp: goRules(at(behavior, 'scaleUp')),
      ScaleDown: goRules(at(behavior, 'scaleDown')),
    });
  const metrics = objects(status, 'currentMetrics');
  if (metrics.length > 0) out[currentAnnotation] = JSON.stringify(metrics.map(flatCurrent));
  const conditions = objects(status, 'conditions').map(({ type, status: state, lastTransitionTime, ...rest }) =>
    given({
      type,
      status: state,
      lastTransitionTime: lastTransitionTime ?? null,
      reason: rest.reason,
      message: rest.message,
    }),
  );
  if (conditions.length > 0) out[conditionsAnnotation] = JSON.stringify(conditions);
  return out;
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    // What is no JSON is not kept.
    return undefined;
  }
}

/** What such annotations stand for; undefined where there is none. */
export function keptIn(annotations: { readonly [name: string]: string } | undefined): {
  readonly behavior: JsonObject | undefined;
  readonly currentMetrics: JsonObject[] | undefined;
  readonly conditions: JsonObject[] | undefined;
} {
  const read = (name: string): unknown => parsed(annotations?.[name]);
  const behavior = withSmallNames(read(behaviorAnnotation) ?? {}) as JsonObject;
  const listOf = (name: string): JsonObject[] | undefined => {
    const list = read(name);
    return Array.isArray(list) && list.length > 0 ? objects({ list }, 'list') : undefined;
  };
  return {
    behavior: Object.keys(behavior).length > 0 ? behavior : undefined,
    currentMetrics: listOf(currentAnnotation)?.map(nestedCurrent),
    conditions: listOf(conditionsAnnotation),
  };
}
