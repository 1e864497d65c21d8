/** Probes of the protocol: media types, bodies, sizes, headers, paths. */
import type { Case, Step } from '../harness.ts';
import { type Fields, merge, quiet } from '../steps.ts';

const one = (name: string, ...steps: Step[]): Case => ({ area: 'probes-protocol', name, steps });
const maps = '/api/v1/namespaces/{ns}/configmaps';
const widgets = '/apis/conformance.example.com/v1/namespaces/{ns}/widgets';
const map: Fields = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { a: '1' } };
const widget: Fields = {
  apiVersion: 'conformance.example.com/v1',
  kind: 'Widget',
  metadata: { name: 'a' },
  spec: { size: 1 },
};
const sorts: readonly [string, string, Fields][] = [
  ['maps', maps, map],
  ['widgets', widgets, widget],
];

const accepts = [
  'application/json, */*',
  'application/yaml, application/json',
  'application/json;q=0, application/yaml',
  'application/yaml;q=0.2, application/json;q=0.8',
  'text/html',
  'text/html, */*;q=0.1',
  'text/*',
  '*',
  '*/json',
  'application/vnd.kubernetes.protobuf',
  'application/vnd.kubernetes.protobuf, application/json',
  'application/vnd.kubernetes.protobuf;q=0.1, application/json',
  'application/json, application/vnd.kubernetes.protobuf',
  'application/cbor',
  'application/cbor, application/json',
  'APPLICATION/JSON',
  'application/json; charset=utf-8',
  'application/json;indent=2',
  'application/json;pretty=1',
  'application/json;pretty=0',
  'application/json;as=Table',
  'application/json;stream=watch',
  'application/json;stream=none',
  'application/json;',
  ';',
  ',',
  'application/json,',
  'application',
  'application/xml, text/xml',
  'application/vnd.kubernetes.protobuf;as=Table;g=meta.k8s.io;v=v1',
  'application/vnd.kubernetes.protobuf;stream=watch',
  'application/apply-patch+yaml',
  'application/json-seq',
];
const types = [
  'application/json',
  'application/json; charset=utf-8',
  'application/json;charset=latin1',
  'application/json;',
  'APPLICATION/JSON',
  'application/yaml',
  'application/x-yaml',
  'text/yaml',
  'text/plain',
  'text/json',
  '*/*',
  'application/*',
  'json',
  '',
  ' ',
  'application/xml',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'application/vnd.kubernetes.protobuf',
  'application/cbor',
  'application/octet-stream',
  'application/merge-patch+json',
  'application/json, application/yaml',
  'application/json; a',
  'application/json; charset="',
];
const patchTypes = [
  'application/json',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
  'application/apply-patch+cbor',
  'application/apply-patch',
  'application/merge-patch+json; charset=utf-8',
  'APPLICATION/MERGE-PATCH+JSON',
  'application/merge-patch',
  '',
  'text/plain',
  'application/yaml',
  '*/*',
];
const bodies: readonly [string, string][] = [
  ['nothing', ''],
  ['space', '  \n'],
  ['null', 'null'],
  ['true', 'true'],
  ['a number', '12'],
  ['a text', '"x"'],
  ['a list', '[]'],
  ['an empty object', '{}'],
  ['a brace', '{'],
  ['two objects', '{"apiVersion":"v1","kind":"ConfigMap"} {}'],
  ['a trailing comma', '{"a":1,}'],
  ['single quotes', "{'a':1}"],
  ['a comment', '{"a":1 /* x */}'],
  ['NaN', '{"a":NaN}'],
  ['a bad escape', '{"a":"\\x"}'],
  ['a lone surrogate', '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"a":"\\ud800"}}'],
  ['a control character', '{"a":"\u0001"}'],
  ['a byte order mark', '\ufeff{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}'],
  ['keys twice', '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","name":"b"},"data":{"a":"1","a":"2"}}'],
  ['keys in capitals', '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"Name":"a","name":"b"},"Data":{"a":"1"}}'],
  ['an unknown field', '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","nope":1},"nope":{"a":1}}'],
  ['a wrong type', '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"a":1}}'],
  ['a wrong type of metadata', '{"apiVersion":"v1","kind":"ConfigMap","metadata":[]}'],
  ['a wrong type of labels', '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","labels":["x"]}}'],
  ['a wrong type of name', '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":5}}'],
  ['null for a label', '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","labels":{"x":null}}}'],
  ['null for data', '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":null}'],
  ['no base64', '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"binaryData":{"a":"*"}}'],
  [
    'a large number',
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","generation":99999999999999999999}}',
  ],
  ['a fraction', '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","generation":1.5}}'],
  ['an exponent', '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","generation":1e1}}'],
  ['a bad time', '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","creationTimestamp":"yesterday"}}'],
  ['another kind', '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"}}'],
  ['another version', '{"apiVersion":"v2","kind":"ConfigMap","metadata":{"name":"a"}}'],
  ['another group', '{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"a"}}'],
  ['an unknown kind', '{"apiVersion":"v1","kind":"Nope","metadata":{"name":"a"}}'],
  ['no kind', '{"apiVersion":"v1","metadata":{"name":"a"}}'],
  ['no version', '{"kind":"ConfigMap","metadata":{"name":"a"}}'],
  ['neither', '{"metadata":{"name":"a"}}'],
  ['a bad version', '{"apiVersion":"a/b/c","kind":"ConfigMap","metadata":{"name":"a"}}'],
  ['a list of them', '{"apiVersion":"v1","kind":"List","items":[]}'],
  [
    'a custom kind',
    '{"apiVersion":"conformance.example.com/v1","kind":"Widget","metadata":{"name":"a"},"spec":{"size":1}}',
  ],
  [
    'deep nesting',
    `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"x":${'['.repeat(11000)}${']'.repeat(11000)}}`,
  ],
  ['YAML', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n'],
  ['HTML', '<a/>'],
  ['a form', 'a=b&c=d'],
];
const yamls: readonly [string, string][] = [
  ['plain', 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: "1"\n'],
  ['keys twice', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: "1"\n  a: "2"\n'],
  ['an unknown field', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nnope: 1\n'],
  [
    'two documents',
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n',
  ],
  ['a number', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: 1}\n'],
  ['a boolean', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: yes}\n'],
  ['an anchor', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: &d {a: "1"}\nbinaryData: *d\n'],
  ['a tab', 'apiVersion: v1\n\tkind: ConfigMap\n'],
  ['nothing', ''],
  ['a comment', '# nothing\n'],
  ['a text', 'hello\n'],
  ['a list', '- a\n- b\n'],
  ['a merge key', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {<<: {x: "1"}, y: "2"}\n'],
  ['JSON', JSON.stringify(map)],
  ['a bad indent', 'apiVersion: v1\n kind: ConfigMap\n'],
  ['an open quote', 'apiVersion: "v1\nkind: ConfigMap\n'],
  [
    'a block',
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: |\n    x\n    y\n  b: >-\n    z\n    w\n',
  ],
  ['null', '~\n'],
  ['an octal', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, generation: 010}\n'],
  ['a binary', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nbinaryData: {a: !!binary aGk=}\n'],
  ['a key that is no text', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {1: "x"}\n'],
];
const bodyCases: Case[] = [
  ...bodies.flatMap(([name, body]) => [
    one(`body: ${name}`, { path: `${maps}?dryRun=All`, body }),
    one(`custom body: ${name}`, {
      path: `${widgets}?dryRun=All`,
      body: body
        .replace(/"apiVersion":"v1","kind":"ConfigMap"/, '"apiVersion":"conformance.example.com/v1","kind":"Widget"')
        .replace(/,"data":/, ',"spec":'),
    }),
    ...(['nothing', 'null', 'a list', 'a brace', 'an unknown field', 'keys twice', 'a number', 'deep nesting'].includes(
      name,
    )
      ? [
          one(`body of a PUT: ${name}`, quiet({ path: maps, body: map }), { method: 'PUT', path: `${maps}/a`, body }),
          one(`body of a merge patch: ${name}`, quiet({ path: maps, body: map }), {
            method: 'PATCH',
            path: `${maps}/a`,
            body,
            type: merge,
          }),
          one(`body of a JSON patch: ${name}`, quiet({ path: maps, body: map }), {
            method: 'PATCH',
            path: `${maps}/a`,
            body,
            type: 'application/json-patch+json',
          }),
          one(`body of an apply: ${name}`, quiet({ path: maps, body: map }), {
            method: 'PATCH',
            path: `${maps}/a?fieldManager=x`,
            body,
            type: 'application/apply-patch+yaml',
          }),
          one(`body of a DELETE: ${name}`, quiet({ path: maps, body: map }), {
            method: 'DELETE',
            path: `${maps}/a`,
            body,
          }),
          one(`strict: ${name}`, { path: `${maps}?dryRun=All&fieldValidation=Strict`, body }),
        ]
      : []),
  ]),
  ...yamls.flatMap(([name, body]) => [
    one(`YAML: ${name}`, { path: `${maps}?dryRun=All`, body, type: 'application/yaml' }),
    one(`strict YAML: ${name}`, { path: `${maps}?dryRun=All&fieldValidation=Strict`, body, type: 'application/yaml' }),
    one(`applied YAML: ${name}`, {
      method: 'PATCH',
      path: `${maps}/a?fieldManager=x&dryRun=All`,
      body,
      type: 'application/apply-patch+yaml',
    }),
  ]),
];
const big = (size: number, key = 'data'): Fields =>
  key === 'data'
    ? { ...map, data: { a: 'x'.repeat(size) } }
    : { ...map, metadata: { name: 'a', annotations: { a: 'x'.repeat(size) } } };
const short = (body: unknown): unknown => ((body as { kind?: string }).kind === 'Status' ? body : typeof body);
const media: Case[] = sorts.flatMap(([label, path, object]) => [
  ...accepts.flatMap((accept) => [
    one(`${label}: accept ${accept}`, quiet({ path, body: object }), {
      path: `${path}/a`,
      headers: { accept },
      view: (body) => (accept.includes('protobuf') && typeof body === 'string' ? 'bytes' : body),
    }),
    one(`${label}: accept ${accept} for a list`, {
      path: `${path}?labelSelector=none`,
      headers: { accept },
      view: (body) => (accept.includes('protobuf') && typeof body === 'string' ? 'bytes' : body),
    }),
    one(`${label}: accept ${accept} for what is missing`, {
      path: `${path}/zz`,
      headers: { accept },
      view: (body) => (typeof body === 'string' && body.startsWith('k8s\0') ? 'bytes' : body),
    }),
    one(`${label}: accept ${accept} for a watch`, {
      path: `${path}?watch=1&labelSelector=none&timeoutSeconds=1`,
      headers: { accept },
      view: short,
    }),
  ]),
  ...types
    .filter((type) => label === 'maps' || !type.includes('protobuf'))
    .map((type) => one(`${label}: content type '${type}'`, { path: `${path}?dryRun=All`, body: object, type })),
  ...types.map((type) =>
    one(`${label}: content type '${type}' of a DELETE`, quiet({ path, body: object }), {
      method: 'DELETE',
      path: `${path}/a`,
      body: {},
      type,
    }),
  ),
  ...patchTypes.map((type) =>
    one(`${label}: patch of '${type}'`, quiet({ path, body: object }), {
      method: 'PATCH',
      path: `${path}/a`,
      body: '{}',
      type,
    }),
  ),
  ...['pretty', 'pretty=true', 'pretty=1', 'pretty=false', 'pretty=0', 'pretty=x', 'pretty=yes'].map((query) =>
    one(`${label}: ${query}`, { path: `${path}/zz?${query}`, headers: { 'user-agent': 'x' } }),
  ),
  ...['curl/8', 'Wget/1', 'Mozilla/5.0 x', 'kubectl/v1.36', 'x', ''].map((agent) =>
    one(`${label}: agent '${agent}'`, { path, body: object, headers: { 'user-agent': agent } }),
  ),
]);
const headersOf: readonly [string, { [name: string]: string }][] = [
  ['an audit id', { 'audit-id': 'mine' }],
  ['a long audit id', { 'audit-id': 'x'.repeat(80) }],
  ['an origin', { origin: 'https://example.com' }],
  ['a preflight', { origin: 'https://example.com', 'access-control-request-method': 'GET' }],
  ['a match', { 'if-match': '"x"' }],
  ['no match', { 'if-none-match': '*' }],
  ['a range', { range: 'bytes=0-10' }],
  ['an expectation', { expect: '100-continue' }],
  ['gzip', { 'accept-encoding': 'gzip' }],
  ['gzip and others', { 'accept-encoding': 'gzip, deflate, br' }],
  ['identity', { 'accept-encoding': 'identity' }],
  ['brotli', { 'accept-encoding': 'br' }],
  ['another method', { 'x-http-method-override': 'DELETE' }],
  ['forwarding', { 'x-forwarded-for': '1.2.3.4' }],
  ['an upgrade', { connection: 'upgrade', upgrade: 'foo/1' }],
  ['a remote user', { 'x-remote-user': 'admin' }],
  ['a language', { 'accept-language': 'de' }],
];
const rest: Case[] = [
  ...headersOf.flatMap(([name, headers]) => [
    one(`header: ${name}`, { path: `${maps}/zz`, headers }),
    one(`header: ${name}, of a create`, { path: `${maps}?dryRun=All`, body: map, headers: { ...headers } }),
  ]),
  ...[1000, 120_000, 140_000, 500_000].flatMap((size) =>
    ['gzip', 'identity', 'gzip;q=1', 'deflate, gzip', '*'].map((encoding) =>
      one(`${size} bytes with ${encoding}`, quiet({ path: maps, body: big(size) }), {
        path: `${maps}/a`,
        headers: { 'accept-encoding': encoding },
        view: () => 'body',
      }),
    ),
  ),
  ...[262_000, 262_200].map((size) =>
    one(`annotations of ${size}`, { path: `${maps}?dryRun=All`, body: big(size, 'annotations'), view: short }),
  ),
  ...[1_040_000, 1_050_000, 3_000_000, 3_145_000, 3_146_000].map((size) =>
    one(`data of ${size}`, { path: `${maps}?dryRun=All`, body: big(size), view: short }),
  ),
  ...['PUT', 'PATCH', 'DELETE'].map((method) =>
    one(`a ${method} of 4 MB`, quiet({ path: maps, body: map }), {
      method,
      path: `${maps}/a`,
      body: 'x'.repeat(4_000_000),
      ...(method === 'PATCH' ? { type: merge } : {}),
    }),
  ),
  one('a body of a GET', { method: 'GET', path: `${maps}/zz`, body: 'x' }),
  one('a body compressed', { path: maps, body: map, headers: { 'content-encoding': 'gzip' } }),
  ...[
    'dryRun=all',
    'dryRun=',
    'dryRun=All&dryRun=All',
    'dryRun=All,All',
    'fieldManager=',
    `fieldManager=${'x'.repeat(129)}`,
    'fieldManager=a%00b',
    'fieldManager=%C3%A4',
    'fieldValidation=strict',
    'fieldValidation=',
    'nope=1',
    'timeout=1ns',
    'timeout=1h',
    'timeout=-1s',
    'timeout=0',
    'timeout=1',
    'timeout=x',
    'pretty=true&dryRun=All',
    'force=true',
    'gracePeriodSeconds=x',
  ].map((query) => one(`create with ${query.slice(0, 40)}`, { path: `${maps}?${query}`, body: map })),
  ...['timeout=1ns', 'timeout=100h', 'timeout=', 'timeout=1.5s', 'timeout=1m30s', 'timeout=s'].map((query) =>
    one(`read with ${query}`, { path: `${maps}/zz?${query}` }),
  ),
  ...[
    '/api/v1/namespaces/{ns}/configmaps/%41',
    '/api/v1/namespaces/{ns}/configmaps/a%20b',
    '/api/v1/namespaces/{ns}/configmaps/a%2fb',
    '/api/v1/namespaces/{ns}/configmaps/%C3%A4',
    '/api/v1/namespaces/{ns}/configmaps/a;b',
    '/api/v1/namespaces/{ns}/configmaps/a+b',
    '/api/v1/namespaces/{ns}/configmaps/a%3Fb',
    '/api/v1/namespaces/{ns}/configmaps/..',
    '/api/v1/namespaces/{ns}/configmaps/.',
    '/api/v1/namespaces/{ns}/configmaps/%2e%2e',
    '/api/v1/namespaces/{ns}/configmaps//a',
    '/api/v1/namespaces/{ns}//configmaps',
    '//api/v1/namespaces/{ns}/configmaps/a',
    '/api/v1/namespaces/{ns}/configmaps/a?',
    '/api/v1/namespaces/{ns}/configmaps/a?&',
    '/api/v1/namespaces/{ns}/configmaps/a?=',
    '/api/v1/namespaces/{ns}/configmaps/a?%zz',
    '/api/v1/namespaces/{ns}/configmaps/a#b',
    `/api/v1/namespaces/{ns}/configmaps/${'a'.repeat(300)}`,
    '/api/v1/namespaces/{ns}/configmaps/%',
    '/api/v1/Namespaces/{ns}/configmaps',
    '/api/v1/namespaces/{ns}/ConfigMaps',
    '/api/v1/namespaces/{ns}/configmap',
    '/api/v1/namespaces/{ns}/cm',
    '/apis/apps/v1/namespaces/{ns}/deploy',
    '/apis/conformance.example.com/v1/namespaces/{ns}/widget',
    '/apis/conformance.example.com/v1/namespaces/{ns}/cwd',
    '/apis/conformance.example.com/v1/namespaces/{ns}/Widgets',
    '/apis/conformance.example.com/v1/namespaces/{ns}/widgets/%41',
    '/apis/conformance.example.com/v1/namespaces/{ns}/widgets/a%2fb',
    '/apis/conformance.example.com/v1/namespaces/{ns}/widgets//a',
    '/apis/conformance.example.com//v1/namespaces/{ns}/widgets',
  ].flatMap((path) => [
    one(`path: ${path.slice(0, 100)}`, { path }),
    ...(path.includes('configmaps/') && !path.includes('?')
      ? [one(`path to delete: ${path.slice(0, 100)}`, { method: 'DELETE', path })]
      : []),
  ]),
];
export const protocolProbes: readonly Case[] = [...bodyCases, ...media, ...rest];
