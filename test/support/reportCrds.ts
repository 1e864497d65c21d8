import type { KubeObject } from '../../kube/index.ts';

const text = { type: 'string' };
const whole = { type: 'integer' };
const map = { type: 'object', additionalProperties: text };
const reference = {
  type: 'object',
  properties: Object.fromEntries(
    ['apiVersion', 'fieldPath', 'kind', 'name', 'namespace', 'resourceVersion', 'uid'].map((name) => [name, text]),
  ),
};
const result = {
  type: 'object',
  required: ['policy'],
  properties: {
    category: text,
    message: text,
    policy: text,
    properties: map,
    resources: { type: 'array', items: reference },
    result: { type: 'string', enum: ['pass', 'fail', 'warn', 'error', 'skip'] },
    rule: text,
    scored: { type: 'boolean' },
    severity: { type: 'string', enum: ['critical', 'high', 'low', 'medium', 'info'] },
    source: text,
    timestamp: {
      type: 'object',
      required: ['nanos', 'seconds'],
      properties: { nanos: { type: 'integer', format: 'int32' }, seconds: { type: 'integer', format: 'int64' } },
    },
  },
};
const counts = {
  type: 'object',
  properties: Object.fromEntries(['error', 'fail', 'pass', 'skip', 'warn'].map((name) => [name, whole])),
};

/** The schema of a report: fields and types as the two projects publish them. */
export const reportSchema = (hasSource: boolean) => ({
  type: 'object',
  properties: {
    apiVersion: text,
    kind: text,
    metadata: { type: 'object' },
    scope: reference,
    results: { type: 'array', items: result },
    summary: counts,
    ...(hasSource ? { source: text } : {}),
  },
});

/** The CRD of namespaced reports at openreports.io, as far as it matters here. */
export const openReportsCrd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'reports.openreports.io' },
  spec: {
    group: 'openreports.io',
    scope: 'Namespaced',
    names: { kind: 'Report', listKind: 'ReportList', plural: 'reports', singular: 'report', shortNames: ['reps'] },
    versions: [{ name: 'v1alpha1', served: true, storage: true, schema: { openAPIV3Schema: reportSchema(true) } }],
  },
} as unknown as KubeObject;
