/** Bodies: what is refused and what becomes of it. */
import type { Case } from '../../harness.ts';
import { aMap, map, maps, selector, template } from '../../probes.things.ts';
import { at, create, pick, quiet, read, remove, replace } from '../../steps.ts';
import { by, deployments, protocol, yaml } from './shared.ts';

export const bodiesAsked: readonly Case[] = [
  protocol(
    'methods with bodies',
    by('PUT', maps, { body: map() }),
    by('POST', aMap, { body: map() }),
    by('PATCH', maps, { body: {}, type: 'application/merge-patch+json' }),
    by('GET', maps, { body: map(), view: pick('kind') }),
    by('OPTIONS', aMap, { body: {} }),
  ),
  protocol(
    'yaml sent',
    {
      path: maps,
      type: 'application/yaml',
      body: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: y\ndata:\n  a: "1"\n  b: |\n    x\n    y\n',
    },
    {
      path: maps,
      type: 'application/yaml',
      body: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: y2}\ndata: {a: 1}\n',
    },
    {
      path: maps,
      type: 'application/yaml',
      body: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: y3}\ndata: {a: yes}\n',
    },
    { path: maps, type: 'application/yaml', body: '' },
    { path: maps, type: 'application/yaml', body: 'a: b: c' },
    {
      path: maps,
      type: 'application/yaml',
      body: '---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: y4}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: y5}\n',
    },
    { path: maps, type: 'application/yaml', body: 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: y' },
    { path: maps, type: 'application/yaml', body: 'x: &a [1]\ny: *a\n' },
  ),
  protocol(
    'yaml given',
    quiet(
      create(deployments, {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'd', annotations: { n: 'a: "b"\n#c', m: '123', e: '', y: 'yes', z: ' lead' } },
        spec: { selector, template },
      }),
    ),
    {
      ...read(`${deployments}/d`, { headers: yaml }),
      view: (b) => String(b).replace(/(uid|resourceVersion|creationTimestamp|time): .*/g, '$1'),
    },
    quiet(
      create(
        maps,
        map('a', {
          long: 'x'.repeat(200),
          multi: 'a\nb\n',
          trail: 'a\n\n',
          tab: 'a\tb',
          quote: '\'"',
          num: '0x1',
          nul: 'null',
          date: '2020-01-01',
          uni: 'é☃',
          ctl: '\u0001',
          colon: 'a: b',
          dash: '- a',
          star: '*a',
          pct: '%a',
          at: '@a',
          tilde: '~',
          eq: '=',
          hash: '#a',
        }),
      ),
    ),
    {
      ...read(aMap, { headers: yaml }),
      view: (b) => String(b).replace(/(uid|resourceVersion|creationTimestamp|time): .*/g, '$1'),
    },
  ),
  protocol(
    'bodies refused',
    ...[
      '',
      '{',
      'null',
      '[]',
      '"x"',
      '1',
      '{}',
      '{"kind":"ConfigMap"}',
      '{"apiVersion":"v1"}',
      '{"apiVersion":"v1","kind":"Pod"}',
      '{"apiVersion":"v2","kind":"ConfigMap"}',
      '{"apiVersion":"a/b/c","kind":"ConfigMap"}',
      '{"apiVersion":"v1","kind":"configmap"}',
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":[]}',
      '{"apiVersion":"v1","kind":"ConfigMap","data":{"a":{}}}',
      '{"apiVersion":"v1","kind":"ConfigMap"} x',
      '\u{FEFF}{"apiVersion":"v1","kind":"ConfigMap"}',
      '{"apiVersion":1,"kind":"ConfigMap"}',
    ].map((body) => ({ path: maps, body, headers: { 'content-type': 'application/json' } })),
  ),
  protocol(
    'strictness',
    ...['Strict', 'Warn', 'Ignore', 'strict', ''].map((f) =>
      create(
        `${maps}?dryRun=All&fieldValidation=${f}`,
        '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"s","foo":1},"data":{"a":"1","a":"2"},"bar":{}}',
        { type: 'application/json' },
      ),
    ),
    create(
      `${maps}?dryRun=All&fieldValidation=Strict`,
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: s, foo: 1}\ndata: {a: "1", a: "2"}\n',
      { type: 'application/yaml' },
    ),
  ),
  protocol(
    'delete options in places',
    quiet(create(maps, map())),
    ...[
      'gracePeriodSeconds=abc',
      'propagationPolicy=x',
      'dryRun=None',
      'gracePeriodSeconds=-5',
      'dryRun=All&gracePeriodSeconds=0',
    ].map((q) => by('DELETE', `${aMap}?${q}`)),
    remove(aMap, { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'x' }),
    remove(aMap, { apiVersion: 'v1', kind: 'Foo' }),
    remove(aMap, { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: 'x' } }),
    remove(aMap, { foo: 1 }),
    remove(`${aMap}?dryRun=All`, { dryRun: ['All'] }),
  ),
  protocol(
    'sizes',
    create(maps, map('big', { k: 'x'.repeat(1048577) }), {
      view: (b) => (at(b, 'kind') === 'Status' ? String(at(b, 'message')).slice(-60) : 'made'),
    }),
    create(maps, map('big', { k: 'x'.repeat(1600000) }), { view: (b) => at(b, 'code') ?? 'made' }),
    create(maps, map('big', { k: 'x'.repeat(3200000) }), {}),
    create(
      '/apis/conformance.example.com/v1/namespaces/{ns}/widgets',
      {
        apiVersion: 'conformance.example.com/v1',
        kind: 'Widget',
        metadata: { name: 'w', annotations: { a: 'x'.repeat(262145) } },
        spec: {},
      },
      { view: (b) => String(at(b, 'message')).slice(-80) },
    ),
  ),
  protocol(
    'bodies that are compressed',
    {
      path: maps,
      base64: true,
      body: 'H4sIAAAAAAAAA6tWKkgsSFWyUlAqM1TSUVDKzswDc5zz89Iy030TC4BCuakliSmJJYkgedVaAKh8QyovAAAA',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      view: (b) => at(b, 'code') ?? at(b, 'kind'),
    },
    {
      path: maps,
      body: map('ce'),
      headers: { 'content-encoding': 'identity' },
      view: (b) => at(b, 'code') ?? at(b, 'kind'),
    },
  ),
  protocol(
    'options in the body of a create',
    create(maps, { apiVersion: 'v1', kind: 'List', items: [] }),
    create(maps, { apiVersion: 'v1', kind: 'ConfigMapList', items: [] }),
    create(maps, { apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata', metadata: { name: 'x' } }),
    create(maps, { apiVersion: 'v1', kind: 'Status' }),
    create(maps, { apiVersion: 'v1', kind: 'DeleteOptions' }),
    create(maps, { apiVersion: 'conformance.example.com/v1', kind: 'Widget', metadata: { name: 'x' } }),
    create('/apis/conformance.example.com/v1/namespaces/{ns}/widgets', map('x')),
  ),
  protocol(
    'names that are too long or odd',
    ...['a'.repeat(254), 'a..b', '-a', 'a/b', 'a_b', 'a%b', '.', '..', 'ä', ''].map((name) =>
      create(
        maps,
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } },
        { view: (b) => at(b, 'message') ?? at(b, 'metadata.name') },
      ),
    ),
  ),
  protocol(
    'namespaces that disagree',
    create(maps, map('a', {}, { namespace: 'other' })),
    create(maps, map('b', {}, { namespace: '' }), { view: pick('metadata.namespace') }),
    create('/api/v1/nodes?dryRun=All', { apiVersion: 'v1', kind: 'Node', metadata: { name: '{ns}', namespace: 'x' } }),
    replace(`${maps}/c`, map('d')),
    replace(`${maps}/c`, map('c', {}, { namespace: 'x' })),
    create('/api/v1/namespaces/not-there/configmaps', map('x')),
    create('/apis/conformance.example.com/v1/namespaces/not-there/widgets', {
      apiVersion: 'conformance.example.com/v1',
      kind: 'Widget',
      metadata: { name: 'w' },
      spec: { size: 1 },
    }),
  ),
  protocol(
    'YAML answers to writes',
    {
      ...create(maps, map('y'), { headers: { accept: 'application/yaml' } }),
      view: (b) =>
        String(b)
          .split('\n')
          .filter((l) => !/uid|resourceV|creationT|time/.test(l)),
    },
    {
      method: 'DELETE',
      path: `${maps}/y`,
      headers: { accept: 'application/yaml' },
      view: (b) =>
        String(b)
          .split('\n')
          .filter((l) => !/uid/.test(l)),
    },
    { ...create(maps, map('Y'), { headers: { accept: 'application/yaml' } }) },
  ),
  protocol(
    'deep and wide bodies',
    create(
      maps,
      `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"d","annotations":${'{"a":'.repeat(200)}1${'}'.repeat(200)}}}`,
      { view: (b) => String(at(b, 'message')).slice(0, 140) },
    ),
    create(
      '/apis/conformance.example.com/v1/namespaces/{ns}/widgets',
      `{"apiVersion":"conformance.example.com/v1","kind":"Widget","metadata":{"name":"d"},"spec":{"size":1,"x":${'['.repeat(10001)}${']'.repeat(10001)}}}`,
      { view: (b) => String(at(b, 'message') ?? at(b, 'kind')).slice(0, 160) },
    ),
  ),
  protocol(
    'strings in bodies',
    ...['\\u0000', '\\ud800', '\\u00e9', '\\/', '\\x', 'a\tb', '\\u12', '<>&\\u2028'].map((n) =>
      create(
        `${maps}?dryRun=All`,
        `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"n"},"data":{"a":"${n}"}}`,
        { view: (b) => (at(b, 'kind') === 'Status' ? b : at(b, 'data')) },
      ),
    ),
  ),
  protocol(
    'keys in bodies',
    ...[
      '"Data":{"a":"b"}',
      '"data":{"a":"b"},"Data":{"c":"d"}',
      '"data":{"a b":"c"}',
      '"data":{"":"c"}',
      '"data":{"..":"c"}',
      '"data":{"a":"b"},"binaryData":{"a":"eA=="}',
      '"binaryData":{"a":"!"}',
      '"__proto__":{"x":1}',
      '"data":{"__proto__":"x"}',
      '"constructor":1',
      '"immutable":"true"',
    ].map((n) =>
      create(`${maps}?dryRun=All`, `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"n"},${n}}`, {
        view: (b) => (at(b, 'kind') === 'Status' ? b : pick('data', 'binaryData')(b)),
      }),
    ),
  ),
  protocol(
    'metadata that is odd',
    ...[
      '"labels":{"a":1}',
      '"labels":["a"]',
      '"labels":{"a/b/c":"x"}',
      '"annotations":{"A b":"x"}',
      '"ownerReferences":[{}]',
      '"finalizers":["a"]',
      '"finalizers":[""]',
      '"generation":-1',
      '"creationTimestamp":"yesterday"',
      '"deletionTimestamp":"2020-01-01T00:00:00Z"',
      '"uid":5',
      '"selfLink":"/x"',
      '"managedFields":[{"manager":"x"}]',
      '"managedFields":{}',
      '"deletionGracePeriodSeconds":5',
      '"generateName":"g-"',
    ].map((n) =>
      create(`${maps}?dryRun=All`, `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"n",${n}}}`, {
        view: (b) => (at(b, 'kind') === 'Status' ? b : Object.keys(at(b, 'metadata') as object).sort()),
      }),
    ),
  ),
];
