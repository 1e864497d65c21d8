/** Watches. */
import type { Case, Step } from '../../harness.ts';
import { type Fields, merge, quiet } from '../../steps.ts';
import { accept, events, fill, mine, one, sorts, widgets } from './shared.ts';

export const watches: Case[] = sorts.flatMap(([label, path, make]) => {
  const relabel = (name: string, labels: Fields): Step => ({
    method: 'PATCH',
    path: `${path}/${name}`,
    body: { metadata: { labels } },
    type: merge,
  });
  const remove = (name: string, body?: Fields): Step => ({
    method: 'DELETE',
    path: `${path}/${name}`,
    ...(body === undefined ? {} : { body }),
  });
  const watch = (query: string, ...during: Step[]): Step => ({
    path: `${path}?watch=1&${query}`,
    watchFor: 700,
    during,
  });
  const two = fill(path, make, 'a', 'b');
  const version: Step = { path: `${path}?${mine}`, quiet: true, keep: { rv: 'metadata.resourceVersion' } };
  const create = (name: string, labels: Fields = { n: '1' }): Step => ({ path, body: make(name, labels) });
  return [
    one(
      `${label}: events: a life`,
      version,
      watch(`${mine}&resourceVersion={rv}`, create('x'), relabel('x', { n: '2' }), remove('x')),
    ),
    one(
      `${label}: events: into and out of a selector`,
      ...two,
      version,
      watch(
        'labelSelector=parity%3Dodd&resourceVersion={rv}',
        relabel('a', { parity: 'odd' }),
        relabel('a', { x: 'y' }),
        relabel('a', { parity: 'even' }),
        relabel('a', { parity: null }),
        relabel('b', { parity: 'even' }),
      ),
    ),
    one(
      `${label}: events: deleted outside of the selector`,
      ...two,
      version,
      watch('labelSelector=parity%3Dodd&resourceVersion={rv}', remove('a'), remove('b')),
    ),
    one(
      `${label}: events: of a name`,
      ...two,
      version,
      watch(
        'fieldSelector=metadata.name%3Da&resourceVersion={rv}',
        relabel('b', { z: '1' }),
        relabel('a', { z: '1' }),
        remove('a'),
        create('a'),
      ),
    ),
    one(
      `${label}: events: not of a name`,
      ...two,
      version,
      watch(
        `${mine}&fieldSelector=metadata.name!%3Da&resourceVersion={rv}`,
        relabel('a', { z: '1' }),
        relabel('b', { z: '1' }),
      ),
    ),
    one(
      `${label}: events: no change`,
      ...two,
      version,
      watch(
        `${mine}&resourceVersion={rv}`,
        relabel('a', { n: '0' }),
        { method: 'PATCH', path: `${path}/a`, body: {}, type: merge },
        relabel('a', { n: '5' }),
      ),
    ),
    one(
      `${label}: events: a finalizer`,
      version,
      watch(
        `${mine}&resourceVersion={rv}`,
        create('x'),
        { method: 'PATCH', path: `${path}/x`, body: { metadata: { finalizers: ['example.com/f'] } }, type: merge },
        remove('x'),
        { method: 'PATCH', path: `${path}/x`, body: { metadata: { finalizers: null } }, type: merge },
      ),
    ),
    one(
      `${label}: events: a collection`,
      ...two,
      version,
      watch(`${mine}&resourceVersion={rv}`, { method: 'DELETE', path: `${path}?${mine}` }),
    ),
    one(
      `${label}: events: dry run`,
      ...two,
      version,
      watch(
        `${mine}&resourceVersion={rv}`,
        { ...create('x'), path: `${path}?dryRun=All` },
        remove('a', { dryRun: ['All'] }),
        remove('b'),
      ),
    ),
    one(
      `${label}: events: replayed`,
      version,
      ...two,
      quiet(relabel('a', { n: '7' })),
      quiet(remove('b')),
      watch(`${mine}&resourceVersion={rv}`),
    ),
    one(
      `${label}: events: replayed through a selector`,
      version,
      ...two,
      quiet(relabel('a', { parity: 'odd' })),
      quiet(remove('b')),
      watch('labelSelector=parity%3Dodd&resourceVersion={rv}'),
    ),
    one(`${label}: events: from now`, ...two, { ...watch(mine, create('x')), view: events }),
    one(`${label}: events: metadata`, ...two, version, {
      ...watch(`${mine}&resourceVersion={rv}`, relabel('a', { n: '3' }), remove('a')),
      headers: accept('PartialObjectMetadata'),
    }),
    one(`${label}: events: a table from a version`, ...two, version, {
      ...watch(`${mine}&resourceVersion={rv}`, relabel('a', { n: '3' }), remove('a')),
      headers: accept('Table'),
    }),
    one(`${label}: events: the old path`, ...two, {
      path: `${path.replace('/v1/', '/v1/watch/')}?resourceVersion=0&${mine}`,
      watchFor: 400,
      view: events,
    }),
    one(`${label}: events: the old path of a name`, ...two, {
      path: `${path.replace('/v1/', '/v1/watch/')}/a`,
      watchFor: 400,
      view: events,
    }),
    one(`${label}: events: of one object by its path`, ...two, {
      path: `${path}/a?watch=1`,
      watchFor: 400,
      view: events,
    }),
    one(`${label}: events: of one missing by its path`, { path: `${path}/zz?watch=true`, watchFor: 400, view: events }),
    one(`${label}: events: with a limit`, ...two, {
      path: `${path}?watch=1&limit=1&${mine}`,
      watchFor: 400,
      view: events,
    }),
    one(`${label}: events: all namespaces`, ...two, {
      path: `${path.replace('/namespaces/{ns}', '')}?watch=1&fieldSelector=metadata.namespace%3D{ns}&${mine}`,
      watchFor: 400,
      view: events,
    }),
    one(`${label}: events: end by themselves`, ...two, {
      path: `${path}?watch=1&${mine}&timeoutSeconds=1`,
      view: (body) => typeof body,
    }),
    one(`${label}: events: bad time`, { path: `${path}?watch=1&timeoutSeconds=x`, watchFor: 300 }),
    one(`${label}: events: time 0`, { path: `${path}?watch=1&timeoutSeconds=0&${mine}`, watchFor: 300 }),
    ...['1', 'true', 'yes', '0', 'false', '', 'TRUE', 'False', 'f', '2'].map((value) =>
      one(`${label}: watch=${value}`, ...two, {
        path: `${path}?watch=${value}&${mine}`,
        watchFor: 400,
        view: (body) =>
          Array.isArray(body)
            ? body.map((item) => (item as { type?: string; kind?: string }).type ?? (item as { kind?: string }).kind)
            : body,
      }),
    ),
    one(`${label}: watch without a value`, ...two, { path: `${path}?watch&${mine}`, watchFor: 400, view: events }),
    // How far the history of builtin kinds reaches depends on how long the server runs.
    one(`${label}: a watch of the past`, {
      path: `${label === 'maps' ? widgets : path}?watch=1&resourceVersion=1`,
      watchFor: 400,
      view: (body) =>
        Array.isArray(body)
          ? (body as { type: string; object: { code?: number; reason?: string } }[])
              .slice(0, 1)
              .map(({ type, object }) => `${type} ${object.code} ${object.reason}`)
          : body,
    }),
    one(`${label}: a watch by HEAD`, { method: 'HEAD', path: `${path}?watch=1&timeoutSeconds=1` }),
    one(`${label}: a watch by POST`, { method: 'POST', path: `${path}?watch=1`, body: make('p') }),
  ];
});
