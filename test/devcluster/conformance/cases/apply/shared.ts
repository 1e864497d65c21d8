/** What the tables of this folder share. */
import type { Case, Step } from '../../harness.ts';
import type { Fields } from '../../steps.ts';

export const one = (name: string, ...steps: Step[]): Case => ({ area: 'apply', name, steps });

export const types = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

export const patch = (type: keyof typeof types, path: string, body: unknown, query = ''): Step => ({
  method: 'PATCH',
  path: `${path}${query}`,
  body,
  type: types[type],
});

export const apply = (path: string, body: unknown, manager = 'one', more = ''): Step =>
  patch('apply', path, body, `?fieldManager=${manager}${more}`);

export const deployments = '/apis/apps/v1/namespaces/{ns}/deployments';

export const widgets = '/apis/conformance.example.com/v1/namespaces/{ns}/widgets';

export const configMaps = '/api/v1/namespaces/{ns}/configmaps';

export const deployment = (
  spec: Fields = {},
  containers: unknown = [{ name: 'c', image: 'nginx' }],
  pod: Fields = {},
): Fields => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'a' },
  spec: {
    selector: { matchLabels: { app: 'x' } },
    template: { metadata: { labels: { app: 'x' } }, spec: { containers, ...pod } },
    ...spec,
  },
});

export const widget = (spec: Fields, meta: Fields = {}): Fields => ({
  apiVersion: 'conformance.example.com/v1',
  kind: 'Widget',
  metadata: { name: 'a', ...meta },
  spec,
});

export const configMap = (data: Fields, meta: Fields = {}): Fields => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', ...meta },
  data,
});

export const d = `${deployments}/a`;

export const w = `${widgets}/a`;

export const c = `${configMaps}/a`;

export const pod = (spec: Fields): Fields => ({ spec: { template: { spec } } });
