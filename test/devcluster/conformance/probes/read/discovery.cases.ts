/** Discovery and OpenAPI. */
import type { Case } from '../../harness.ts';
import { type Fields, quiet } from '../../steps.ts';
import { get, one } from './shared.ts';

const discoveryForms = ['v2', 'v2beta1', 'v1', 'v3'];

export const discovery: Case[] = [
  ...['/api', '/apis'].flatMap((path) => [
    ...discoveryForms.map((version) =>
      one(`discovery: ${path} ${version}`, {
        path,
        headers: { accept: `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList` },
        view: builtinGroups,
      }),
    ),
    one(`discovery: ${path} both`, {
      path,
      headers: {
        accept:
          'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json',
      },
      view: builtinGroups,
    }),
    one(`discovery: ${path} with legacy first`, {
      path,
      headers: { accept: 'application/json,application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' },
      view: builtinGroups,
    }),
    one(`discovery: ${path} in YAML`, {
      path,
      headers: { accept: 'application/yaml' },
      view: (body) => (path === '/apis' ? String(body).slice(0, 200) : body),
    }),
    one(`discovery: ${path} aggregated in YAML`, {
      path,
      headers: { accept: 'application/yaml;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' },
      view: (body) => String(body).slice(0, 300),
    }),
    one(`discovery: ${path} by a wrong group`, {
      path,
      headers: { accept: 'application/json;g=nope;v=v2;as=APIGroupDiscoveryList' },
      view: builtinGroups,
    }),
    one(`discovery: ${path} nopeer`, {
      path,
      headers: { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList;profile=nopeer' },
      view: builtinGroups,
    }),
    one(`discovery: ${path} as HTML`, { path, headers: { accept: 'text/html' } }),
    one(`discovery: ${path} as anything`, { path, headers: { accept: '*/*' }, view: builtinGroups }),
    one(`discovery: ${path} by HEAD`, { method: 'HEAD', path }),
    one(`discovery: ${path} by POST`, { method: 'POST', path, body: {} }),
    one(`discovery: ${path} with a matching ETag`, quiet({ path }), {
      path,
      headers: {
        accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
        'if-none-match': '"nope"',
      },
      view: (body) => typeof body,
    }),
  ]),
  ...[
    '/apis/apps',
    '/apis/conformance.example.com',
    '/apis/nope.example.com',
    '/apis/apps/v1',
    '/apis/apps/v2',
    '/apis/conformance.example.com/v1',
    '/apis/conformance.example.com/v2',
    '/api/v1',
    '/api/v2',
    '/apis/',
    '/api/',
    '/apis/apps/',
    '/apis/apps/v1/',
    '/apis/conformance.example.com/',
    '/apis/conformance.example.com/v1/',
  ].flatMap((path) => [
    one(`discovery of ${path}`, get(path)),
    one(`discovery of ${path} in YAML`, get(path, { accept: 'application/yaml' })),
    one(`discovery of ${path} as HTML`, get(path, { accept: 'text/html' })),
    one(
      `discovery of ${path}, aggregated`,
      get(path, { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' }),
    ),
  ]),
  ...[
    'apps/v1',
    'batch/v1',
    'conformance.example.com/v1',
    'rbac.authorization.k8s.io/v1',
    'policy/v1',
    'autoscaling/v2',
  ].flatMap((group) => [
    one(`OpenAPI v3 of ${group}: paths`, {
      path: `/openapi/v3/apis/${group}`,
      view: (body) =>
        Object.entries((body as { paths?: Fields }).paths ?? {})
          .map(
            ([path, item]) =>
              `${path} ${Object.keys(item as object)
                .sort()
                .join()}`,
          )
          .sort(),
    }),
    one(`OpenAPI v3 of ${group}: schemas`, {
      path: `/openapi/v3/apis/${group}`,
      view: (body) => Object.keys((body as { components?: { schemas?: object } }).components?.schemas ?? {}).sort(),
    }),
    one(`OpenAPI v3 of ${group}: one operation`, {
      path: `/openapi/v3/apis/${group}`,
      view: (body) => Object.entries((body as { paths?: Fields }).paths ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))[2],
    }),
    one(`OpenAPI v3 of ${group}: head`, {
      path: `/openapi/v3/apis/${group}`,
      view: (body) => ({
        ...(body as object),
        paths: 0,
        components: Object.keys((body as { components: object }).components),
      }),
    }),
  ]),
  one('OpenAPI v3 of a CRD', {
    path: '/openapi/v3/apis/conformance.example.com/v1',
    view: (body) =>
      (body as { components: { schemas: Fields } }).components.schemas['com.example.conformance.v1.Widget'],
  }),
  one('OpenAPI v3 of a CRD list', {
    path: '/openapi/v3/apis/conformance.example.com/v1',
    view: (body) =>
      (body as { components: { schemas: Fields } }).components.schemas['com.example.conformance.v1.WidgetList'],
  }),
  one('OpenAPI v3 of a CRD: every operation', {
    path: '/openapi/v3/apis/conformance.example.com/v1',
    view: (body) =>
      (body as { paths: Fields }).paths['/apis/conformance.example.com/v1/namespaces/{namespace}/widgets'],
  }),
  one('OpenAPI v3 of core', {
    path: '/openapi/v3/api/v1',
    view: (body) => Object.keys((body as { paths: object }).paths).sort(),
  }),
  one('OpenAPI v3 index', {
    path: '/openapi/v3',
    view: (body) =>
      Object.keys((body as { paths: object }).paths)
        .filter((path) => path.startsWith('api'))
        .sort(),
  }),
  one('OpenAPI v3 by HEAD', { method: 'HEAD', path: '/openapi/v3' }),
  ...[
    'text/html',
    'application/yaml',
    'application/com.github.proto-openapi.spec.v3@v1.0+protobuf',
    'application/com.github.proto-openapi.spec.v3.v1.0+protobuf',
    '*/*',
    'application/*',
    '',
  ].map((type) =>
    one(`OpenAPI v3 as ${type || 'empty'}`, {
      path: '/openapi/v3/apis/policy/v1',
      headers: { accept: type },
      view: (body) => (typeof body === 'string' && body.length > 300 ? 'text' : typeof body),
    }),
  ),
  ...[
    'text/html',
    'application/yaml',
    'application/com.github.proto-openapi.spec.v2@v1.0+protobuf',
    'application/com.github.proto-openapi.spec.v2.v1.0+protobuf',
    '*/*',
    'application/json',
    'application/json;q=0.5',
  ].map((type) =>
    one(`OpenAPI v2 as ${type || 'empty'}`, {
      path: '/openapi/v2',
      headers: { accept: type },
      view: (body) => (typeof body === 'string' && body.length > 300 ? 'text' : typeof body),
    }),
  ),
  one('OpenAPI v3 with an odd hash', { path: '/openapi/v3/apis/policy/v1?hash=NOPE', view: (body) => typeof body }),
  one('OpenAPI v3 with an odd ETag', {
    path: '/openapi/v3/apis/policy/v1',
    headers: { 'if-none-match': '"NOPE"' },
    view: (body) => typeof body,
  }),
  one('OpenAPI v3 with any ETag', { path: '/openapi/v3/apis/policy/v1', headers: { 'if-none-match': '*' } }),
  one('OpenAPI v2 with any ETag', { path: '/openapi/v2', headers: { 'if-none-match': '*' } }),
  one('OpenAPI v2: paths', {
    path: '/openapi/v2',
    view: (body) =>
      Object.keys((body as { paths: object }).paths)
        .filter((path) => !path.includes('example.com'))
        .sort(),
  }),
  one('OpenAPI v2: definitions', {
    path: '/openapi/v2',
    view: (body) =>
      Object.keys((body as { definitions: object }).definitions)
        .filter((path) => !path.includes('com.example'))
        .sort(),
  }),
  one('OpenAPI v2: a CRD', {
    path: '/openapi/v2',
    view: (body) => (body as { definitions: Fields }).definitions['com.example.conformance.v1.Widget'],
  }),
  one('OpenAPI v2: a CRD operation', {
    path: '/openapi/v2',
    view: (body) =>
      (body as { paths: Fields }).paths['/apis/conformance.example.com/v1/namespaces/{namespace}/widgets/{name}'],
  }),
  one('OpenAPI v2: head', {
    path: '/openapi/v2',
    view: (body) => ({ ...(body as object), paths: 0, definitions: 0, parameters: 0 }),
  }),
];

/** Groups that the cases make themselves come and go. */
function builtinGroups(body: unknown): unknown {
  const text = typeof body === 'object' ? body : undefined;
  if (text === undefined || text === null) return body;
  const out = { ...(text as { items?: { metadata: { name?: string } }[]; groups?: { name: string }[] }) };
  if (out.items !== undefined)
    out.items = out.items.filter((item) => !(item.metadata.name ?? '').includes('example.com'));
  if (out.groups !== undefined) out.groups = out.groups.filter((group) => !group.name.includes('example.com'));
  return out;
}
