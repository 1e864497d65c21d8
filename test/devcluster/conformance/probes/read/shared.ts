/** What the tables of this folder share. */
import type { Case, Step } from '../../harness.ts';
import { type Fields, quiet } from '../../steps.ts';

export const one = (name: string, ...steps: Step[]): Case => ({ area: 'probes-read', name, steps });

export const get = (path: string, headers?: { [name: string]: string }): Step => ({
  path,
  ...(headers === undefined ? {} : { headers }),
});

export const maps = '/api/v1/namespaces/{ns}/configmaps';

export const widgets = '/apis/conformance.example.com/v1/namespaces/{ns}/widgets';

const map = (name: string, labels: Fields = {}, data: Fields = {}): Fields => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, labels },
  data,
});

const widget = (name: string, labels: Fields = {}, spec: Fields = {}): Fields => ({
  apiVersion: 'conformance.example.com/v1',
  kind: 'Widget',
  metadata: { name, labels },
  spec: { size: 1, ...spec },
});

type Make = (name: string, labels?: Fields) => Fields;

export const sorts: readonly [string, string, Make, string][] = [
  ['maps', maps, map, 'secrets'],
  ['widgets', widgets, widget, 'plains'],
];

/** Builtin ConfigMaps come with the namespace: only ours are counted. */
export const mine = 'labelSelector=n';

export const names = (body: unknown): unknown => {
  const list = body as { items?: { metadata: { name: string } }[]; metadata?: unknown };
  return list.items === undefined ? body : { names: list.items.map((item) => item.metadata.name), of: list.metadata };
};

export const fill = (path: string, make: Make, ...list: string[]): Step[] =>
  list.map((name, index) =>
    quiet({ path, body: make(name, { n: String(index), parity: index % 2 === 0 ? 'even' : 'odd' }) }),
  );

export const listed = (path: string): Step => ({ path, view: names });

/** Types, names and annotations of a watch's events. */
export function events(body: unknown): unknown {
  if (!Array.isArray(body)) return body;
  return (
    body as {
      type: string;
      object?: {
        kind: string;
        metadata?: { name?: string; annotations?: unknown; labels?: unknown };
        message?: string;
      };
    }[]
  ).map(({ type, object, ...rest }) =>
    object?.metadata === undefined || type === 'ERROR'
      ? { type, object, ...rest }
      : `${type} ${object.kind} ${object.metadata?.name ?? ''} ${JSON.stringify(object.metadata?.labels ?? object.metadata?.annotations ?? '')}`,
  );
}

export const accept = (form: string, version = 'v1'): { accept: string } => ({
  accept: `application/json;as=${form};v=${version};g=meta.k8s.io,application/json`,
});
