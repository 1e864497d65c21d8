/** Lists, forms, selectors, paths. */
import type { Case } from '../../harness.ts';
import { casesOf, create, pick, quiet, read } from '../../steps.ts';
import { cm, ns, pmeta, table } from './shared.ts';

const one = casesOf('probes-read', 'first: ');

export const readsFirst: readonly Case[] = [
  one('list limit', quiet(create(`${ns}/configmaps`, cm('a'))), quiet(create(`${ns}/configmaps`, cm('b'))), {
    path: `${ns}/configmaps?limit=1&labelSelector=%21x`,
    view: pick('items.*.kind', 'metadata.remainingItemCount'),
  }),
  one('bad continue', read(`${ns}/configmaps?continue=abc`)),
  one(
    'bad selector',
    read(`${ns}/configmaps?labelSelector=a%3D%3D%3Db`),
    read(`${ns}/configmaps?fieldSelector=spec.foo%3Dx`),
    read(`${ns}/pods?fieldSelector=status.phase%3DRunning,spec.nodeName%3Dx`),
  ),
  one(
    'bad limit and version',
    read(`${ns}/configmaps?limit=x`),
    read(`${ns}/configmaps?resourceVersion=abc`),
    read(`${ns}/configmaps?resourceVersionMatch=Exact`),
    read(`${ns}/configmaps/none?resourceVersion=999999999`),
  ),
  one(
    'table of namespaces',
    read('/api/v1/namespaces/default', { headers: table }),
    read('/api/v1/namespaces/default', { headers: pmeta }),
  ),
  one(
    'yaml',
    quiet(create(`${ns}/configmaps`, cm('a'))),
    read(`${ns}/configmaps/a`, { headers: { accept: 'application/yaml' }, view: (body: unknown) => typeof body }),
  ),
  one(
    'not acceptable',
    read(`${ns}/configmaps`, { headers: { accept: 'text/csv' } }),
    read(`${ns}/configmaps`, { headers: { accept: 'application/json;as=Nope;v=v1;g=meta.k8s.io' } }),
  ),
  one('unknown resources', read('/apis/nope.io/v1/things'), read(`${ns}/things`), read('/api/v2/pods'), read('/foo')),
  one(
    'discovery',
    read('/apis/apps'),
    read('/apis/batch/v1'),
    read('/api'),
    read('/version', { view: (body: unknown) => Object.keys(body as object) }),
  ),
  one('health', read('/healthz'), read('/livez'), read('/readyz/ping'), read('/healthz/nope')),
];
