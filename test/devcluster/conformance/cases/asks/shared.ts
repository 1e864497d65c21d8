/** What the tables of this folder share. */
import type { Case, Step } from '../../harness.ts';
import type { Fields } from '../../steps.ts';

export const one = (name: string, ...steps: Step[]): Case => ({ area: 'asks', name, steps });

export const maps = '/api/v1/namespaces/{ns}/configmaps';

export const widgets = '/apis/conformance.example.com/v1/namespaces/{ns}/widgets';

export const map = (name: string, meta: Fields = {}): Fields => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...meta },
  data: { a: '1' },
});

export const get = (path: string, headers?: { [name: string]: string }): Step => ({
  path,
  ...(headers === undefined ? {} : { headers }),
});
