/** What the tables of this folder share. */
import type { Case, Step } from '../../harness.ts';
import { type Fields, merge } from '../../steps.ts';

export const accept = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };

export const labels = { app: 'x' };

export const template = {
  metadata: { labels },
  spec: {
    containers: [
      { name: 'c', image: 'nginx' },
      { name: 'd', image: 'busybox' },
    ],
  },
};

export const selector = { matchLabels: labels };

/** An object with a status, and the Table of it. */
export function shown(
  name: string,
  group: string,
  plural: string,
  kind: string,
  body: Fields,
  status?: Fields,
  cluster = false,
  named?: string,
): Case {
  const root = group.includes('/') ? `/apis/${group}` : `/api/${group}`;
  const path = cluster ? `${root}/${plural}` : `${root}/namespaces/{ns}/${plural}`;
  const own = named ?? (cluster ? '{ns}' : 'a');
  const { metadata, ...rest } = body;
  const steps: Step[] = [
    {
      path,
      body: { apiVersion: group, kind, metadata: { name: own, ...(metadata as Fields | undefined) }, ...rest },
      quiet: true,
    },
  ];
  if (status !== undefined)
    steps.push({ method: 'PATCH', path: `${path}/${own}/status`, body: { status }, type: merge, quiet: true });
  steps.push({ path: `${path}/${own}?includeObject=None`, headers: accept });
  return { area: 'columns', name: `${plural}: ${name}`, steps };
}

export const time = '2026-01-02T03:04:05Z';
