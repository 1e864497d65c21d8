/** What the tables of this folder share. */
import type { Case, Step } from '../../harness.ts';
import type { Fields } from '../../steps.ts';

export const one = (name: string, ...steps: Step[]): Case => ({ area: 'edits', name, steps });

export const maps = '/api/v1/namespaces/{ns}/configmaps';

export const widgets = '/apis/conformance.example.com/v1/namespaces/{ns}/widgets';

export const deployments = '/apis/apps/v1/namespaces/{ns}/deployments';

const types = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

type Type = keyof typeof types;

export const patch = (type: Type, path: string, body: unknown, headers?: { [name: string]: string }): Step => ({
  method: 'PATCH',
  path,
  body,
  type: types[type],
  ...(headers === undefined ? {} : { headers }),
});

export const apply = (path: string, body: unknown, manager = 'm', query = ''): Step =>
  patch('apply', `${path}?fieldManager=${manager}${query}`, body);

export const map = (meta: Fields = {}, data: Fields = { a: '1' }): Fields => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', ...meta },
  data,
});

export const labels = { app: 'x' };

export const deployment = (spec: Fields = {}, container: Fields = {}): Fields => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'a' },
  spec: {
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'nginx', ...container }] } },
    ...spec,
  },
});

export const make = (path: string, body: unknown): Step => ({ path, body, quiet: true });
