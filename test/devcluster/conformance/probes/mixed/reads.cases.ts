/** Stories of reading. */
import type { Case } from '../../harness.ts';
import { deployment, deployments, map, maps, widget, widgets } from '../../probes.admission.objects.ts';
import { casesOf, type Fields, patch, remove } from '../../steps.ts';
import { ours, table, two } from './shared.ts';

const read = casesOf('probes-read', 'story: ');

const metadata = { accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io' };

const metadataList = { accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io' };

const kinds = (body: unknown): unknown =>
  Array.isArray(body)
    ? (body as { type: string; object: { kind: string; metadata?: { name?: string }; rows?: unknown[] } }[]).map(
        ({ type, object }) => `${type} ${object.kind} ${object.metadata?.name ?? object.rows?.length ?? ''}`,
      )
    : body;

const sorts = [
  ['maps', maps, map('x')],
  ['widgets', widgets, widget],
  ['deployments', deployments, deployment],
] as const;

export const reads: Case[] = sorts.flatMap(([sort, path, object]) => [
  read(`${sort}: a table of two, narrowed`, ...two(path, object), {
    path: `${path}?${ours}&fieldSelector=metadata.name%3Db`,
    headers: table,
  }),
  read(`${sort}: pages of a table`, ...two(path, object), { path: `${path}?${ours}&limit=1`, headers: table }),
  read(`${sort}: pages of metadata`, ...two(path, object), { path: `${path}?${ours}&limit=1`, headers: metadataList }),
  read(`${sort}: metadata of one`, ...two(path, object), { path: `${path}/a`, headers: metadata }),
  read(`${sort}: a watch of tables`, ...two(path, object), {
    path: `${path}?${ours}&watch=1`,
    headers: table,
    watchFor: 400,
    during: [patch(`${path}/a`, { metadata: { labels: { x: 'y' } } }), remove(`${path}/b`)],
    view: kinds,
  }),
  read(`${sort}: a watch of metadata`, ...two(path, object), {
    path: `${path}?${ours}&watch=1`,
    headers: metadata,
    watchFor: 400,
    during: [patch(`${path}/a`, { metadata: { labels: { of: 'other' } } })],
    view: kinds,
  }),
  read(`${sort}: a watch that ends`, ...two(path, object), {
    path: `${path}?${ours}&watch=1&timeoutSeconds=1`,
    watchFor: 1800,
    view: kinds,
  }),
  read(`${sort}: a watch of a name`, ...two(path, object), {
    path: `${path}?watch=1&fieldSelector=metadata.name%3Da`,
    watchFor: 400,
    during: [
      patch(`${path}/b`, { metadata: { labels: { x: 'y' } } }),
      patch(`${path}/a`, { metadata: { labels: { x: 'y' } } }),
    ],
    view: kinds,
  }),
  read(`${sort}: a watch by the old path`, ...two(path, object), {
    path: `${path.replace(/^(\/api\/v1|\/apis\/[^/]+\/v1)/, '$1/watch')}/a`,
    watchFor: 400,
    view: kinds,
  }),
  read(`${sort}: initial events`, ...two(path, object), {
    path: `${path}?${ours}&watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
    watchFor: 400,
    view: kinds,
  }),
  read(`${sort}: initial events as tables`, ...two(path, object), {
    path: `${path}?${ours}&watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
    headers: table,
    watchFor: 400,
    view: kinds,
  }),
  read(`${sort}: all namespaces, narrowed`, ...two(path, object), {
    path: `${path.replace('/namespaces/{ns}', '')}?${ours}&fieldSelector=metadata.namespace%3D{ns},metadata.name%3Da`,
    view: (body) => ((body as { items?: { metadata: Fields }[] }).items ?? []).map((item) => item.metadata.name),
  }),
  read(`${sort}: in YAML`, ...two(path, object), {
    path: `${path}?${ours}`,
    headers: { accept: 'application/yaml' },
    view: (body) => String(body).replace(/(uid|resourceVersion|creationTimestamp|time): .*/g, '$1'),
  }),
  read(`${sort}: pretty`, ...two(path, object), { path: `${path}/a?pretty=true`, view: (body) => typeof body }),
  read(
    `${sort}: deleted by labels`,
    ...two(path, object),
    {
      method: 'DELETE',
      path: `${path}?labelSelector=name%3Da,of%3Dstory`,
      view: (body) => ((body as { items?: { metadata: Fields }[] }).items ?? []).map((item) => item.metadata.name),
    },
    { path: `${path}/a`, view: (body) => (body as Fields).reason ?? 'there' },
    { path: `${path}/b`, view: (body) => (body as Fields).kind },
  ),
  read(
    `${sort}: a generated name`,
    { path, body: { ...object, metadata: { generateName: 'Bad-' } } },
    { path, body: { ...object, metadata: {} } },
  ),
]);
