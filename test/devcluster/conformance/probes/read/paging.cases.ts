/** Lists in pages. */
import type { Case, Step } from '../../harness.ts';
import { merge, quiet } from '../../steps.ts';
import { fill, listed, maps, mine, names, one, sorts } from './shared.ts';

/** What controllers put beside the ConfigMaps is there: a page that ends before it says that there is more. */
const settled = (path: string): Step[] =>
  path === maps ? [quiet({ path: `${maps}/kube-root-ca.crt`, until: (answer) => answer.code === 200 })] : [];

export const paging: Case[] = sorts.flatMap(([label, path, make, other]) => {
  const five = fill(path, make, 'a', 'b', 'c', 'd', 'e');
  const first: Step = {
    path: `${path}?limit=2&${mine}`,
    quiet: true,
    keep: { token: 'metadata.continue', rv: 'metadata.resourceVersion' },
  };
  const next = (query: string): Step => listed(`${path}?${query}`);
  const paged = (name: string, ...steps: Step[]): Case => one(`${label}: paging: ${name}`, ...five, first, ...steps);
  return [
    paged('the second page', next(`limit=2&${mine}&continue={token}`)),
    paged('the rest', next(`${mine}&continue={token}`)),
    paged(
      'a snapshot',
      quiet({ path, body: make('bb', { n: '9' }) }),
      quiet({ method: 'DELETE', path: `${path}/d` }),
      next(`${mine}&continue={token}`),
    ),
    paged(
      'a snapshot of contents',
      quiet({ method: 'PATCH', path: `${path}/d`, body: { metadata: { labels: { n: 'changed' } } }, type: merge }),
      {
        path: `${path}?${mine}&continue={token}`,
        view: (body) =>
          (body as { items: { metadata: { labels: unknown } }[] }).items.map((item) => item.metadata.labels),
      },
    ),
    one(`${label}: paging: without the selector`, ...settled(path), ...five, first, next('limit=2&continue={token}')),
    paged('another selector', next('limit=2&labelSelector=parity%3Deven&continue={token}')),
    paged('with a version', next(`limit=2&${mine}&continue={token}&resourceVersion={rv}`)),
    paged('with version 0', next(`limit=2&${mine}&continue={token}&resourceVersion=0`)),
    paged('with a match', next(`limit=2&${mine}&continue={token}&resourceVersionMatch=Exact&resourceVersion={rv}`)),
    paged('with a match only', next(`limit=2&${mine}&continue={token}&resourceVersionMatch=NotOlderThan`)),
    paged('of another resource', listed(`${path.replace(/\w+$/, other)}?limit=2&continue={token}`)),
    paged('in a watch', { path: `${path}?watch=1&continue={token}`, watchFor: 300, view: (body) => body }),
    paged('of all namespaces', listed(`${path.replace('/namespaces/{ns}', '')}?limit=2&${mine}&continue={token}`)),
    paged('as a table', {
      path: `${path}?limit=2&${mine}&continue={token}`,
      headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
      view: (body) => (body as { metadata: unknown; rows: unknown[] }).metadata,
    }),
    paged('as metadata', {
      path: `${path}?limit=2&${mine}&continue={token}`,
      headers: { accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io' },
      view: names,
    }),
    one(`${label}: paging: exactly all`, ...settled(path), ...five, next(`limit=5&${mine}`)),
    one(`${label}: paging: one more than all`, ...five, next(`limit=6&${mine}`)),
    one(`${label}: paging: one`, ...five, next('limit=1&labelSelector=parity%3Dodd')),
    one(
      `${label}: paging: of a field`,
      ...five,
      next('limit=1&fieldSelector=metadata.name!%3Da,metadata.name!%3Dkube-root-ca.crt'),
    ),
    one(`${label}: paging: of a name`, ...five, next('limit=1&fieldSelector=metadata.name%3Dc')),
    one(`${label}: paging: limit at version 0`, ...five, next(`limit=2&${mine}&resourceVersion=0`)),
    paged('limit at a version', next(`limit=2&${mine}&resourceVersion={rv}`)),
    paged('limit at exactly a version', next(`limit=2&${mine}&resourceVersion={rv}&resourceVersionMatch=Exact`)),
    paged('limit not older than', next(`limit=2&${mine}&resourceVersion={rv}&resourceVersionMatch=NotOlderThan`)),
    paged(
      'exactly what was',
      quiet({ method: 'DELETE', path: `${path}/a` }),
      quiet({ path, body: make('f', { n: '7' }) }),
      next(`${mine}&resourceVersion={rv}&resourceVersionMatch=Exact`),
      next(`${mine}&resourceVersion={rv}&resourceVersionMatch=NotOlderThan`),
    ),
    paged('deleted by pages', { method: 'DELETE', path: `${path}?limit=2&${mine}`, view: names }, next(mine)),
    one(
      `${label}: paging: a token of the future`,
      next(`continue=${Buffer.from('{"v":"meta.k8s.io/v1","rv":999999999,"start":"a\\u0000"}').toString('base64url')}`),
    ),
    one(
      `${label}: paging: a token of another version`,
      next(`continue=${Buffer.from('{"v":"meta.k8s.io/v2","rv":5,"start":"a\\u0000"}').toString('base64url')}`),
    ),
    one(
      `${label}: paging: a token without a start`,
      next(`continue=${Buffer.from('{"v":"meta.k8s.io/v1","rv":5}').toString('base64url')}`),
    ),
    one(
      `${label}: paging: a token without a version`,
      ...five,
      next(
        `${mine}&continue=${Buffer.from('{"v":"meta.k8s.io/v1","rv":-1,"start":"b\\u0000"}').toString('base64url')}`,
      ),
    ),
    one(
      `${label}: paging: a token that climbs`,
      next(`continue=${Buffer.from('{"v":"meta.k8s.io/v1","rv":5,"start":"../a"}').toString('base64url')}`),
    ),
    one(`${label}: paging: a token that is no JSON`, next(`continue=${Buffer.from('nope').toString('base64url')}`)),
    one(`${label}: paging: a token padded`, next('continue=e30=')),
    one(`${label}: paging: limits twice`, ...five, next(`limit=2&limit=4&${mine}`)),
    one(`${label}: paging: an empty limit`, ...five, next(`limit=&${mine}`)),
  ];
});
