/** Reads. */
import type { Case } from '../../harness.ts';
import { get, list, patch, pathOf, post, remove, selector, table, template } from '../../probes.objects.ts';
import { quiet } from '../../steps.ts';
import { map, one } from './shared.ts';

export const reads: Case[] = [
  one(
    'read: selectors',
    quiet(map({}, { labels: { a: 'b', c: 'd' } })),
    ...[
      'a=b',
      'a==b',
      'a!=b',
      'a in (b,x)',
      'a notin (b)',
      '!a',
      'a',
      'a=b,c=d',
      'a>1',
      'a in ()',
      'a in b',
      ',',
      'a=b c',
      'A B=c',
      `${'x'.repeat(70)}=y`,
    ].map((text) => ({
      path: `${pathOf('ConfigMap')}?labelSelector=${encodeURIComponent(text)}`,
      view: (found: unknown) => {
        const { items, message, code } = found as {
          items?: { metadata: { name: string } }[];
          message?: string;
          code?: number;
        };
        return { message, code, own: items?.filter((item) => item.metadata.name === 'a').length };
      },
    })),
  ),
  one(
    'read: field selectors',
    quiet(map()),
    ...[
      'metadata.name=a',
      'metadata.name!=a',
      'metadata.namespace={ns}',
      'data.a=1',
      'spec.x=y',
      'metadata.name',
      'metadata.name==a,metadata.namespace=zz',
      'metadata.name in (a)',
    ].map((text) => ({
      path: `${pathOf('ConfigMap')}?fieldSelector=${text.replaceAll(' ', '%20').replaceAll('=', '%3D')}`,
      view: (found: unknown) => {
        const { items, message, code } = found as {
          items?: { metadata: { name: string } }[];
          message?: string;
          code?: number;
        };
        return { message, code, own: items?.filter((item) => item.metadata.name === 'a').length };
      },
    })),
  ),
  one(
    'read: versions',
    quiet(map()),
    ...[
      'resourceVersion=x',
      'resourceVersion=-1',
      'resourceVersion=0&resourceVersionMatch=Exact',
      'resourceVersionMatch=Exact',
      'resourceVersion=1&resourceVersionMatch=Nope',
      'limit=x',
      'limit=-1',
      'continue=zz',
      'continue=zz&resourceVersion=1',
      'timeoutSeconds=x',
      'sendInitialEvents=true',
      'allowWatchBookmarks=true',
    ].map((query) => ({ path: `/apis/apps/v1/namespaces/{ns}/deployments?${query}` })),
  ),
  one(
    'read: watches that cannot be',
    ...[
      'watch=true&sendInitialEvents=true',
      'watch=true&resourceVersion=x',
      'watch=true&resourceVersionMatch=NotOlderThan',
      'watch=true&sendInitialEvents=true&resourceVersionMatch=Exact',
      'watch=true&limit=1&timeoutSeconds=1',
      'watch=true&fieldSelector=spec.zz%3D1',
      'watch=true&labelSelector=a%3D%3D%3Db',
      'watch=true&continue=x',
    ].map((query) => ({ path: `/apis/apps/v1/namespaces/{ns}/deployments?${query}`, watchFor: 400 })),
  ),
  one(
    'read: forms',
    quiet(post('Deployment', { spec: { selector, template } })),
    ...[
      'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
      'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
      'application/json;as=Nope;v=v1;g=meta.k8s.io',
      'application/json;as=Table;v=v2;g=meta.k8s.io',
      'application/yaml',
      'text/html',
      'text/*',
      '*/*',
      'application/*',
      '',
      'application/vnd.kubernetes.protobuf;as=Table;v=v1;g=meta.k8s.io,application/json',
      'application/cbor',
    ].map((accept) => ({ ...get('Deployment'), headers: { accept } })),
  ),
  one(
    'read: tables',
    quiet(post('Deployment', { spec: { selector, template } })),
    ...['includeObject=None', 'includeObject=Object', 'includeObject=Metadata', 'includeObject=Nope'].map((query) => ({
      ...table(list('Deployment', `?${query}`)),
    })),
  ),
  one(
    'read: get with options',
    quiet(map()),
    ...[
      'resourceVersion=0',
      'resourceVersion=x',
      'resourceVersion=999999999',
      'pretty=true',
      'export=true',
      'labelSelector=a',
      'nope=1',
    ].map((query) => ({ path: `${pathOf('ConfigMap')}/a?${query}` })),
  ),
  one('read: watch of one', quiet(map()), {
    path: `${pathOf('ConfigMap')}?watch=true&fieldSelector=metadata.name%3Da`,
    watchFor: 800,
    during: [patch('ConfigMap', { data: { b: '2' } }), remove('ConfigMap'), map({}, { name: 'b' })],
  }),
  one(
    'read: old watch paths',
    quiet(map()),
    { path: '/api/v1/watch/namespaces/{ns}/configmaps/a', watchFor: 300 },
    { path: '/api/v1/watch/namespaces/{ns}/secrets', watchFor: 300 },
  ),
];
