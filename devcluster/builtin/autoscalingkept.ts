/** What autoscaling/v1 has no fields for and keeps in annotations: how fast to scale, metrics as they are, conditions. */
import type { Json, JsonObject } from '../types.ts';
import { at, objects, text } from './access.ts';

import { currentMetric, flatMetric, given } from './autoscalingmetrics.ts';

const prefix = 'autoscaling.alpha.kubernetes.io/';
const behaviorAnnotation = `${prefix}behavior`;
const currentAnnotation = `${prefix}current-metrics`;
const conditionsAnnotation = `${prefix}conditions`;
export const keptAnnotations = [behaviorAnnotation, currentAnnotation, conditionsAnnotation];

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
  if (metrics.length > 0)
    out[currentAnnotation] = JSON.stringify(metrics.map((metric) => flatMetric(metric, 'current')));
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

/** The JSON of an annotation; undefined where there is none, or it is no JSON: that is not kept. */
export function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
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
    currentMetrics: listOf(currentAnnotation)?.map(currentMetric),
    conditions: listOf(conditionsAnnotation),
  };
}
