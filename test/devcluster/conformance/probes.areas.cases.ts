/** Further probes over all areas: writes, definitions, reads, protocol, access, admission, controllers. */
import type { Answer, Case, Step } from './harness.ts';
import {
  apply,
  body,
  get,
  list,
  patch,
  pathOf,
  podSpec,
  post,
  put,
  remove,
  selector,
  table,
  template,
} from './probes.objects.ts';
import { casesOf, type Fields, merge, quiet } from './steps.ts';

const one = casesOf('probes-mixed');
const map = (data: Fields = { a: '1' }, meta: Fields = {}): Step => ({
  path: pathOf('ConfigMap'),
  body: { ...body('ConfigMap', {}, meta), data },
});
const withQuery = (step: Step, query: string): Step => ({
  ...step,
  path: `${step.path}${step.path.includes('?') ? '&' : '?'}${query}`,
});
const group = 'm-{ns}.example.com';
const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const things = `/apis/${group}/v1/namespaces/{ns}/things`;
const crd = (schema: Fields, version: Fields = {}, spec: Fields = {}): Step => ({
  path: crds,
  body: {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `things.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'things', kind: 'Thing', shortNames: ['th'], categories: ['all'] },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema }, ...version }],
      ...spec,
    },
  },
});
const served: Step = { path: things, until: (answer) => answer.code === 200, quiet: true };
const schemaOf = (spec: Fields, more: Fields = {}): Fields => ({
  type: 'object',
  properties: {
    spec: { type: 'object', ...spec },
    status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  },
  ...more,
});
const thing = (spec: unknown, more: Fields = {}, query = ''): Step => ({
  path: `${things}${query}`,
  body: { apiVersion: `${group}/v1`, kind: 'Thing', metadata: { name: 'a' }, spec, ...more },
});

const writes: Case[] = [
  one(
    'write: strict, unknown and double',
    withQuery(
      {
        path: pathOf('ConfigMap'),
        body: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","nope":1},"data":{"a":"1","a":"2"},"x":1}',
      },
      'fieldValidation=Strict',
    ),
    withQuery(
      {
        path: pathOf('ConfigMap'),
        body: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","nope":1},"data":{"a":"1","a":"2"},"x":1}',
      },
      'fieldValidation=Warn',
    ),
    withQuery(
      {
        path: pathOf('ConfigMap'),
        body: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"b","nope":1},"x":1}',
      },
      'fieldValidation=Ignore',
    ),
    withQuery(map({}, { name: 'c' }), 'fieldValidation=Nope'),
  ),
  one(
    'write: dry run of everything',
    withQuery(map(), 'dryRun=All'),
    withQuery(map(), 'dryRun=Nope'),
    withQuery(map(), 'dryRun=All&dryRun=All'),
    quiet(map()),
    withQuery(put('ConfigMap', {}), 'dryRun=All'),
    { ...remove('ConfigMap', { dryRun: ['All'] }) },
    get('ConfigMap'),
  ),
  one(
    'write: generateName',
    {
      path: `${pathOf('ConfigMap')}?dryRun=All`,
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'Bad-' } },
    },
    { path: `${pathOf('ConfigMap')}?dryRun=All`, body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: {} } },
  ),
  one(
    'write: preconditions',
    { ...quiet(map()), keep: { u: 'metadata.uid', v: 'metadata.resourceVersion' } },
    remove('ConfigMap', { preconditions: { uid: 'nope' } }),
    remove('ConfigMap', { preconditions: { resourceVersion: '1' } }),
    remove('ConfigMap', { preconditions: { uid: '{u}', resourceVersion: '{v}' } }),
  ),
  one(
    'write: PUT of a stale version',
    { ...quiet(map()), keep: { v: 'metadata.resourceVersion' } },
    quiet(patch('ConfigMap', { data: { b: '2' } })),
    put('ConfigMap', { data: { c: '3' } }, { resourceVersion: '{v}' }),
    put('ConfigMap', { data: { c: '3' } }, { resourceVersion: 'x' }),
    put('ConfigMap', { data: { c: '3' } }),
  ),
  one(
    'write: PUT with another name',
    quiet(map()),
    put('ConfigMap', {}, { name: 'b' }),
    put('ConfigMap', {}, { name: '' }),
    put('ConfigMap', {}, { namespace: 'other' }),
  ),
  one(
    'write: json patches',
    quiet(map()),
    ...[
      [{ op: 'test', path: '/data/a', value: '2' }],
      [{ op: 'remove', path: '/data/zz' }],
      [{ op: 'add', path: '/data/b', value: 5 }],
      [{ op: 'copy', from: '/data/a', path: '/data/c' }],
      [{ op: 'move', from: '/data/zz', path: '/data/c' }],
      [{ op: 'replace', path: '/metadata/name', value: 'b' }],
      [{ op: 'replace', path: '/metadata/uid', value: 'b' }],
      [{ op: 'add', path: 'data', value: {} }],
      [{ op: 'nope', path: '/data' }],
      {},
      'x',
      [
        { op: 'add', path: '/metadata/labels', value: { a: 'b' } },
        { op: 'add', path: '/metadata/labels/c~1d', value: 'e' },
      ],
    ].map((change) => patch('ConfigMap', change, 'json')),
  ),
  one(
    'write: merge patches',
    quiet(map()),
    ...[
      { data: null },
      { data: { a: null, b: '1' } },
      [],
      'x',
      null,
      { metadata: { name: 'b' } },
      { metadata: { namespace: 'zz' } },
      { metadata: { uid: 'x' } },
      { metadata: { resourceVersion: '1' } },
      { metadata: { finalizers: ['a.b/c'] } },
      { metadata: { finalizers: null } },
    ].map((change) => patch('ConfigMap', change)),
  ),
  one(
    'write: strategic patches',
    quiet(post('Deployment', { spec: { selector, template } })),
    ...[
      { spec: { template: { spec: { containers: [{ image: 'x' }] } } } },
      { spec: { template: { spec: { $setElementOrder: 1 } } } },
      { $patch: 'replace', spec: {} },
      { $patch: 'nope' },
      { spec: { template: { spec: { '$deleteFromPrimitiveList/containers': ['c'] } } } },
      {
        spec: {
          template: {
            spec: {
              containers: [{ name: 'c', ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'UDP' }] }],
            },
          },
        },
      },
      { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } },
    ].map((change) => patch('Deployment', change, 'strategic')),
  ),
  one(
    'write: patch types that are not',
    quiet(map()),
    { ...patch('ConfigMap', {}), type: 'application/json' },
    { ...patch('ConfigMap', {}), type: 'text/plain' },
    { ...patch('ConfigMap', {}), type: '' },
    withQuery(patch('ConfigMap', {}), 'force=true'),
    withQuery({ ...patch('ConfigMap', body('ConfigMap', {}), 'apply') }, 'force=maybe'),
  ),
  one(
    'write: apply without a manager',
    patch('ConfigMap', body('ConfigMap', {}), 'apply'),
    withQuery(patch('ConfigMap', body('ConfigMap', {}), 'apply'), `fieldManager=${'x'.repeat(129)}`),
    withQuery(patch('ConfigMap', { ...body('ConfigMap', {}), metadata: { name: 'zz' } }, 'apply'), 'fieldManager=a'),
    withQuery(patch('ConfigMap', { kind: 'ConfigMap' }, 'apply'), 'fieldManager=a'),
    withQuery(patch('ConfigMap', {}, 'apply'), 'fieldManager=a'),
  ),
  one(
    'write: apply with managedFields',
    quiet(map()),
    apply('ConfigMap', { metadata: { name: 'a', managedFields: [{ manager: 'x' }] } }),
    apply('ConfigMap', { metadata: { name: 'a', uid: 'zz' } }),
    apply('ConfigMap', { metadata: { name: 'a', resourceVersion: '1' } }),
  ),
  one(
    'write: apply, give up, take over',
    apply('ConfigMap', { data: { a: '1', b: '2' } }),
    apply('ConfigMap', { data: { b: '3' } }, 'two'),
    apply('ConfigMap', { data: { b: '2' } }, 'two'),
    apply('ConfigMap', { data: { a: '1' } }),
    apply('ConfigMap', { data: {} }),
    apply('ConfigMap', { data: {} }, 'two'),
    patch('ConfigMap', { data: { b: '9' } }),
  ),
  one(
    'write: apply to lists with keys',
    apply('Service', { spec: { clusterIP: 'None', ports: [{ name: 'a', port: 80 }] } }),
    apply('Service', { spec: { ports: [{ name: 'b', port: 81 }] } }, 'two'),
    apply('Service', { spec: { ports: [{ name: 'c', port: 81 }] } }, 'three'),
    apply('Service', { spec: { ports: [{ port: 80 }, { port: 80 }] } }),
    apply('Service', { spec: { ports: [{ name: 'x' }] } }),
  ),
  one(
    'write: apply of finalizers and owners',
    apply('ConfigMap', { metadata: { name: 'a', finalizers: ['a.b/c'], labels: { x: 'y' } } }),
    apply('ConfigMap', { metadata: { name: 'a', finalizers: ['d.e/f'] } }, 'two'),
    apply('ConfigMap', { metadata: { name: 'a' } }),
    apply('ConfigMap', { metadata: { name: 'a' } }, 'two'),
  ),
  one(
    'write: apply in the wrong type',
    apply('Deployment', { spec: { replicas: 'x' } }),
    apply('Deployment', { spec: { nope: 1, selector, template } }),
    apply('Deployment', { spec: { selector, template: { spec: { containers: [{ image: 'x' }] } } } }),
    apply('Deployment', { spec: [] }),
  ),
  one(
    'write: collections',
    quiet(map({}, { labels: { a: 'b' } })),
    quiet(map({}, { name: 'b' })),
    { method: 'DELETE', path: `${pathOf('ConfigMap')}?labelSelector=a%3Db&dryRun=All` },
    { method: 'DELETE', path: `${pathOf('ConfigMap')}?fieldSelector=metadata.name%3Dzz` },
    { method: 'DELETE', path: `${pathOf('ConfigMap')}?labelSelector=a%3D%3D%3Db` },
    { method: 'DELETE', path: `${pathOf('ConfigMap')}?labelSelector=a%3Db&limit=1` },
    { method: 'PUT', path: pathOf('ConfigMap'), body: {} },
    { method: 'PATCH', path: pathOf('ConfigMap'), body: {}, type: merge },
  ),
  one(
    'write: wrong bodies',
    ...[
      '',
      'null',
      '[]',
      '"x"',
      '{',
      '{"kind":"ConfigMap"}',
      '{"apiVersion":"v1"}',
      '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"}}',
      '{"apiVersion":"v2","kind":"ConfigMap","metadata":{"name":"a"}}',
      '{"apiVersion":"a/b/c","kind":"ConfigMap","metadata":{"name":"a"}}',
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":5}',
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":5}}',
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","labels":{"a":1}}}',
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","creationTimestamp":"x"}}',
      '{"apiVersion":5,"kind":"ConfigMap"}',
      '{"apiVersion":"v1","kind":"List","items":[]}',
    ].map((text) => ({ path: pathOf('ConfigMap'), body: text })),
  ),
  one(
    'write: delete with wrong options',
    quiet(map()),
    remove('ConfigMap', { propagationPolicy: 'Nope' }),
    remove('ConfigMap', { orphanDependents: true, propagationPolicy: 'Orphan' }),
    remove('ConfigMap', { gracePeriodSeconds: 'x' }),
    remove('ConfigMap', { kind: 'Nope', apiVersion: 'v1' }),
    remove('ConfigMap', { kind: 'DeleteOptions', apiVersion: 'v9' }),
    remove('ConfigMap', undefined, '?propagationPolicy=Nope'),
    remove('ConfigMap', undefined, '?gracePeriodSeconds=x'),
    remove('ConfigMap', { nope: 1 }),
    get('ConfigMap'),
  ),
  one(
    'write: a name twice in the path',
    { path: `${pathOf('ConfigMap')}/b`, body: body('ConfigMap', {}) },
    { path: '/api/v1/configmaps', body: body('ConfigMap', {}) },
    { path: '/api/v1/namespaces/zz-missing/configmaps', body: body('ConfigMap', {}) },
    { path: '/api/v1/namespaces/zz-missing/configmaps' },
  ),
];

const definitions: Case[] = [
  one(
    'definition: names',
    ...[
      { plural: 'Things', kind: 'Thing' },
      { plural: 'things', kind: 'thing_x' },
      { plural: 'things' },
      { plural: 'others', kind: 'Thing' },
      { plural: 'things', kind: 'Thing', shortNames: ['Bad Name'] },
      { plural: 'things', kind: 'Thing', singular: 'A b' },
      { plural: 'things', kind: 'Thing', listKind: 'Thing' },
      { plural: 'things', kind: 'Thing', categories: ['A b'] },
    ].map((names) => withQuery(crd(schemaOf({}), {}, { names }), 'dryRun=All')),
  ),
  one(
    'definition: versions',
    ...[
      { versions: [] },
      { versions: [{ name: 'V1', served: true, storage: true, schema: { openAPIV3Schema: schemaOf({}) } }] },
      { versions: [{ name: 'v1', served: true, storage: false, schema: { openAPIV3Schema: schemaOf({}) } }] },
      {
        versions: [1, 2].map(() => ({
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: schemaOf({}) },
        })),
      },
      { versions: [{ name: 'v1', served: true, storage: true }] },
      { scope: 'Nope' },
      { group: 'Bad_Group' },
      { conversion: { strategy: 'Webhook' } },
      { conversion: { strategy: 'Nope' } },
      { preserveUnknownFields: true },
    ].map((spec) => withQuery(crd(schemaOf({}), {}, spec), 'dryRun=All')),
  ),
  one(
    'definition: schemas',
    ...[
      { type: 'string' },
      {},
      { type: 'object', properties: { a: {} } },
      { type: 'object', properties: { a: { type: 'nope' } } },
      { type: 'object', properties: { a: { type: 'array' } } },
      { type: 'object', properties: { a: { type: 'string', pattern: '(' } } },
      { type: 'object', properties: { a: { type: 'string', default: 5 } } },
      { type: 'object', properties: { a: { type: 'integer', minimum: 5, maximum: 1, default: 9 } } },
      { type: 'object', properties: { a: { $ref: '#/x' } } },
      {
        type: 'object',
        properties: {
          a: { type: 'object', additionalProperties: { type: 'string' }, properties: { b: { type: 'string' } } },
        },
      },
      { type: 'object', properties: { metadata: { type: 'object', properties: { labels: { type: 'object' } } } } },
      { type: 'object', 'x-kubernetes-preserve-unknown-fields': false },
      {
        type: 'object',
        properties: { a: { type: 'array', items: { type: 'object' }, 'x-kubernetes-list-type': 'map' } },
      },
      {
        type: 'object',
        properties: {
          a: {
            type: 'array',
            items: { type: 'object', properties: { k: { type: 'string' } } },
            'x-kubernetes-list-type': 'map',
            'x-kubernetes-list-map-keys': ['k'],
          },
        },
      },
      { type: 'object', required: ['zz'], properties: { a: { type: 'string', nullable: true, enum: ['x', 5] } } },
      { type: 'object', properties: { a: { oneOf: [{ type: 'string' }], 'x-kubernetes-int-or-string': true } } },
    ].map((schema) => withQuery(crd(schema), 'dryRun=All')),
  ),
  one(
    'definition: rules',
    ...[
      'self.a >',
      'self.b == 1',
      'self.a + 1',
      '1',
      'oldSelf.a == self.a',
      'self.a.matches("(")',
      'self.l.all(x, self.l.all(y, self.l.all(z, x == y)))',
      'has(self.a) && self.a == self.a',
      'self.a == "x" ? true : 1',
      'size(self.l) < 5',
      'quantity(self.a).isGreaterThan(quantity("1"))',
      'self.a.startsWith("x") && isURL(self.a) && ip.isCanonical(self.a)',
    ].map((rule) =>
      withQuery(
        crd(
          schemaOf({
            properties: { a: { type: 'string' }, l: { type: 'array', items: { type: 'string' } } },
            'x-kubernetes-validations': [{ rule }],
          }),
        ),
        'dryRun=All',
      ),
    ),
  ),
  one(
    'definition: rules with messages',
    ...[
      { rule: 'true', messageExpression: '5' },
      { rule: 'true', messageExpression: '"a" + self.a' },
      { rule: 'true', message: '' },
      { rule: 'true', message: 'a\nb' },
      { rule: 'true', reason: 'Nope' },
      { rule: 'true', fieldPath: '.zz' },
      { rule: 'true', fieldPath: 'a' },
      { rule: '' },
      { rule: 'a\n' },
      { rule: 'oldSelf == self', optionalOldSelf: true },
    ].map((rule) =>
      withQuery(
        crd(schemaOf({ properties: { a: { type: 'string', maxLength: 5 } }, 'x-kubernetes-validations': [rule] })),
        'dryRun=All',
      ),
    ),
  ),
  one(
    'definition: columns',
    ...[
      [{ name: 'A', type: 'string', jsonPath: '.spec.a' }],
      [{ name: '', type: 'string', jsonPath: '.spec.a' }],
      [{ name: 'A', type: 'nope', jsonPath: '.spec.a' }],
      [{ name: 'A', type: 'string', jsonPath: 'spec' }],
      [{ name: 'A', type: 'integer', format: 'nope', jsonPath: '.spec.a' }],
      [{ name: 'A', type: 'string' }],
    ].map((additionalPrinterColumns) => withQuery(crd(schemaOf({}), { additionalPrinterColumns }), 'dryRun=All')),
  ),
  one(
    'definition: subresources',
    ...[
      { scale: {} },
      { scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' } },
      { scale: { specReplicasPath: 'x', statusReplicasPath: '.spec.y' } },
      {
        status: {},
        scale: { specReplicasPath: '.spec.a[0]', statusReplicasPath: '.status.b', labelSelectorPath: 'x' },
      },
      { status: 5 },
    ].map((subresources) => withQuery(crd(schemaOf({}), { subresources }), 'dryRun=All')),
  ),
  one(
    'definition: selectable fields',
    ...[
      [{ jsonPath: '.spec.a' }],
      [{ jsonPath: '.spec.zz' }],
      [{ jsonPath: 'x' }],
      [{ jsonPath: '.spec.a' }, { jsonPath: '.spec.a' }],
      [{ jsonPath: '.metadata.name' }],
      [{}],
    ].map((selectableFields) =>
      withQuery(crd(schemaOf({ properties: { a: { type: 'string' } } }), { selectableFields }), 'dryRun=All'),
    ),
  ),
  one(
    'custom: a life',
    quiet(
      crd(schemaOf({ properties: { n: { type: 'integer', default: 3 }, s: { type: 'string', maxLength: 3 } } }), {
        subresources: { status: {} },
        additionalPrinterColumns: [{ name: 'N', type: 'integer', jsonPath: '.spec.n' }],
      }),
    ),
    served,
    thing({ s: 'a', zz: 1 }),
    table({ path: `${things}/a` }),
    { method: 'PATCH', path: `${things}/a`, body: { spec: { s: 'long' } }, type: merge },
    { method: 'PATCH', path: `${things}/a/status`, body: { status: { ok: true }, spec: { n: 9 } }, type: merge },
    { method: 'PATCH', path: `${things}/a`, body: { spec: { n: 'x' } }, type: merge },
    { method: 'PATCH', path: `${things}/a`, body: {}, type: 'application/strategic-merge-patch+json' },
    { method: 'DELETE', path: `${things}/a` },
  ),
  one(
    'custom: judged',
    quiet(
      crd(
        schemaOf({
          required: ['r'],
          properties: {
            r: { type: 'string', enum: ['a', 'b'] },
            n: { type: 'number', minimum: 1, exclusiveMinimum: true, multipleOf: 2 },
            l: { type: 'array', maxItems: 2, items: { type: 'string', format: 'ipv4' } },
            m: { type: 'object', maxProperties: 1, additionalProperties: { type: 'integer' } },
            d: { type: 'string', format: 'date-time' },
            x: { 'x-kubernetes-int-or-string': true },
            e: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
          },
        }),
      ),
    ),
    served,
    ...[
      {},
      { r: 'c' },
      { r: 'a', n: 1 },
      { r: 'a', n: 3 },
      { r: 'a', l: ['1.2.3.4', 'x', '::1'] },
      { r: 'a', m: { a: 1, b: 'x' } },
      { r: 'a', d: 'x' },
      { r: 'a', x: true },
      { r: 'a', x: '5%' },
      { r: 'a', e: {} },
      { r: 'a', e: { apiVersion: 'v1', kind: 'X', metadata: { name: 'Bad Name' } } },
      { r: null },
    ].map((spec) => thing(spec, {}, '?dryRun=All')),
  ),
  one(
    'custom: ratcheting',
    quiet(crd(schemaOf({ properties: { s: { type: 'string' } } }))),
    served,
    quiet(thing({ s: 'longer' })),
    {
      method: 'PATCH',
      path: `${crds}/things.${group}`,
      body: [
        { op: 'add', path: '/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/s/maxLength', value: 3 },
      ],
      type: 'application/json-patch+json',
      quiet: true,
    },
    { ...thing({ s: 'longer' }, { metadata: { name: 'b' } }, '?dryRun=All'), until: (answer) => answer.code === 422 },
    { method: 'PATCH', path: `${things}/a`, body: { metadata: { labels: { a: 'b' } } }, type: merge },
    { method: 'PATCH', path: `${things}/a`, body: { spec: { s: 'longer still' } }, type: merge },
  ),
  one(
    'custom: sets and maps',
    quiet(
      crd(
        schemaOf({
          properties: {
            s: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
            m: {
              type: 'array',
              items: { type: 'object', required: ['k'], properties: { k: { type: 'string' }, v: { type: 'string' } } },
              'x-kubernetes-list-type': 'map',
              'x-kubernetes-list-map-keys': ['k'],
            },
          },
        }),
      ),
    ),
    served,
    thing({ s: ['a', 'a'] }, {}, '?dryRun=All'),
    thing({ m: [{ k: 'a' }, { k: 'a' }] }, {}, '?dryRun=All'),
    {
      method: 'PATCH',
      path: `${things}/a?fieldManager=one`,
      body: {
        apiVersion: `${group}/v1`,
        kind: 'Thing',
        metadata: { name: 'a' },
        spec: { m: [{ k: 'a', v: '1' }], s: ['x'] },
      },
      type: 'application/apply-patch+yaml',
    },
    {
      method: 'PATCH',
      path: `${things}/a?fieldManager=two`,
      body: {
        apiVersion: `${group}/v1`,
        kind: 'Thing',
        metadata: { name: 'a' },
        spec: { m: [{ k: 'a', v: '2' }], s: ['y'] },
      },
      type: 'application/apply-patch+yaml',
    },
    {
      method: 'PATCH',
      path: `${things}/a?fieldManager=two&force=true`,
      body: {
        apiVersion: `${group}/v1`,
        kind: 'Thing',
        metadata: { name: 'a' },
        spec: { m: [{ k: 'a', v: '2' }, { k: 'b' }], s: ['y'] },
      },
      type: 'application/apply-patch+yaml',
    },
  ),
  one(
    'custom: transition rules',
    quiet(
      crd(
        schemaOf({
          properties: { n: { type: 'integer' }, s: { type: 'string' } },
          'x-kubernetes-validations': [
            {
              rule: '!has(oldSelf.n) || self.n >= oldSelf.n',
              message: 'only up',
              reason: 'FieldValueForbidden',
              fieldPath: '.n',
            },
            { rule: 'self.s != "bad"', messageExpression: '"not " + self.s' },
          ],
        }),
      ),
    ),
    served,
    quiet(thing({ n: 5, s: 'ok' })),
    { method: 'PATCH', path: `${things}/a`, body: { spec: { n: 4 } }, type: merge },
    { method: 'PATCH', path: `${things}/a`, body: { spec: { s: 'bad' } }, type: merge },
    { method: 'PATCH', path: `${things}/a`, body: { spec: { n: 6 } }, type: merge },
  ),
];

const reads: Case[] = [
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

const protocol: Case[] = [
  one(
    'protocol: paths',
    ...[
      '/api/v1/',
      '/api/v1/nope',
      '/api/v2',
      '/apis/',
      '/apis/nope',
      '/apis/apps',
      '/apis/apps/',
      '/apis/apps/v9',
      '/apis/apps/v1/nope',
      '/api/v1/namespaces/{ns}/',
      '/api/v1/namespaces/{ns}/pods/',
      '/api/v1/namespaces/{ns}/pods/a/',
      '/api/v1/namespaces/{ns}/pods/a/nope',
      '/api/v1//namespaces',
      '//api/v1',
      '/api/v1/namespaces/{ns}/nope/a',
      '/nope',
      '/',
      '/api/v1/namespaces/{ns}/pods/a%2Fb',

      '/api/v1/../v1/nodes',
      '/apis/apps/v1/deployments/a',
      '/api/v1/pods/a',
      '/apis/nope.example.com/v1/x',
      '/version/',
      '/healthz/',
      '/healthz/nope',
      '/livez?verbose',
      '/readyz?exclude=nope',
      '/readyz/ping',
      '/logs',
      '/metrics/slis',
      '/.well-known/openid-configuration',
      '/openid/v1/jwks',
    ].map((path) => ({
      path,
      view: (found: unknown) =>
        typeof found === 'string'
          ? found.slice(0, 60)
          : (found as { kind?: string; message?: string; paths?: unknown }).kind === 'Status'
            ? found
            : Object.keys(found as object).sort(),
    })),
  ),
  one(
    'protocol: methods',
    ...['OPTIONS', 'HEAD', 'TRACE', 'PUT', 'PATCH', 'DELETE', 'POST', 'LINK'].flatMap((method) =>
      [
        '/api',
        '/apis/apps/v1',
        '/version',
        '/healthz',
        '/api/v1/namespaces/{ns}/pods',
        '/api/v1/namespaces/{ns}/pods/zz',
        '/openapi/v2',
        '/metrics/nope',
      ].map((path) => ({
        method,
        path,
        view: (found: unknown) =>
          typeof found === 'string' ? found.slice(0, 40) : (found as { message?: string }).message,
      })),
    ),
  ),
  one(
    'protocol: content types',
    ...[
      'application/yaml',
      'application/json; charset=utf-8',
      'application/JSON',
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json;',
      'application',
      'application/vnd.kubernetes.protobuf',
      'application/cbor',
      'application/json, text/plain',
    ].map((type) => ({ ...withQuery(map(), 'dryRun=All'), type })),
  ),
  one(
    'protocol: pretty',
    quiet(map()),
    { ...get('ConfigMap', '?pretty=true'), view: (found) => typeof found },
    { ...get('ConfigMap'), headers: { 'user-agent': 'curl/8' }, view: (found) => typeof found },
  ),
  one(
    'protocol: timeouts',
    ...['1s', '0', 'x', '-1s', '1h', '90'].map((value) => ({ path: `${pathOf('ConfigMap')}/zz?timeout=${value}` })),
    ...['1s', 'x', '40s'].map((value) => withQuery(map(), `dryRun=All&timeout=${value}`)),
  ),
  one(
    'protocol: discovery',
    {
      path: '/apis',
      headers: { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' },
      view: (found) => Object.keys(found as object),
    },
    {
      path: '/api',
      headers: { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json' },
      view: (found) =>
        (found as { items?: { versions: { resources: unknown[] }[] }[] }).items?.[0]?.versions[0]?.resources.slice(
          0,
          6,
        ),
    },
    { path: '/apis/batch/v1' },
    { path: '/apis/policy' },
    { path: '/apis/autoscaling' },
    {
      path: '/api/v1',
      view: (found) =>
        (found as { resources?: { name: string; verbs: string[] }[] }).resources
          ?.map(({ name, verbs }) => `${name}: ${verbs.join(' ')}`)
          .sort(),
    },
  ),
];

const as = (user: string, more: Fields = {}): { readonly [name: string]: string } => ({
  'impersonate-user': user,
  ...(more as { [name: string]: string }),
});
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const grant = (name: string, user: string, rules: readonly Fields[]): Step[] => [
  quiet({ path: `${rbac}/namespaces/{ns}/roles`, body: { ...body('Role', {}, { name }), rules } }),
  quiet({
    path: `${rbac}/namespaces/{ns}/rolebindings`,
    body: {
      ...body('RoleBinding', {}, { name }),
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'User', name: user }],
    },
  }),
];
const may = (spec: Fields): Step => ({
  path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
  body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec },
});
const settled = (answer: Answer): boolean => answer.code !== 403;
const access: Case[] = [
  one(
    'access: what one may not',
    ...[
      get('ConfigMap'),
      list('ConfigMap'),
      map(),
      remove('ConfigMap'),
      put('ConfigMap', {}),
      patch('ConfigMap', {}),
      { path: '/api/v1/nodes' },
      { path: '/api/v1/namespaces/{ns}/pods/a/log' },
      { path: '/apis/apps/v1/namespaces/{ns}/deployments/a/scale' },
      { path: '/healthz' },
      { path: '/metrics' },
      { path: '/api' },
      { path: '/nope' },
      { path: `${pathOf('ConfigMap')}?watch=true` },
      { method: 'DELETE', path: pathOf('ConfigMap') },
      { path: `${things}` },
    ].map((step) => ({ ...step, headers: as('nobody-{ns}') })),
  ),
  one(
    'access: granted by name',
    ...grant('r', 'u-{ns}', [
      { apiGroups: [''], resources: ['configmaps'], resourceNames: ['a'], verbs: ['get', 'patch'] },
    ]),
    quiet(map()),
    { ...get('ConfigMap'), headers: as('u-{ns}'), until: settled },
    { path: `${pathOf('ConfigMap')}/b`, headers: as('u-{ns}') },
    { ...list('ConfigMap', '?fieldSelector=metadata.name%3Da'), headers: as('u-{ns}') },
    { ...patch('ConfigMap', { data: { z: '1' } }), headers: as('u-{ns}') },
    { ...remove('ConfigMap'), headers: as('u-{ns}') },
  ),
  one(
    'access: granted a subresource',
    ...grant('r', 'u-{ns}', [{ apiGroups: ['apps'], resources: ['deployments/scale'], verbs: ['*'] }]),
    quiet(post('Deployment', { spec: { selector, template } })),
    { ...get('Deployment', '/scale'), headers: as('u-{ns}'), until: settled },
    { ...get('Deployment'), headers: as('u-{ns}') },
    { ...patch('Deployment', { spec: { replicas: 2 } }, 'merge', '/scale'), headers: as('u-{ns}') },
  ),
  one(
    'access: reviews',
    ...grant('r', 'u-{ns}', [{ apiGroups: ['*'], resources: ['*'], verbs: ['list'] }]),
    {
      ...may({ user: 'u-{ns}', resourceAttributes: { namespace: '{ns}', verb: 'list', resource: 'pods' } }),
      until: (answer) => JSON.stringify(answer.body).includes('"allowed":true'),
    },
    may({ user: 'u-{ns}', resourceAttributes: { namespace: '{ns}', verb: 'get', resource: 'pods' } }),
    may({ user: 'u-{ns}', resourceAttributes: { verb: 'list', resource: 'pods' } }),
    may({ groups: ['system:masters'], user: 'x', nonResourceAttributes: { path: '/x', verb: 'get' } }),
    may({}),
    may({ user: 'x' }),
    may({ user: 'x', resourceAttributes: {}, nonResourceAttributes: {} }),
    may({
      user: 'x',
      resourceAttributes: { verb: 'get', resource: 'pods', fieldSelector: { rawSelector: 'a=b', requirements: [] } },
    }),
  ),
  one(
    'access: what one may',
    ...grant('r', 'u-{ns}', [
      { apiGroups: [''], resources: ['configmaps', 'pods/log'], verbs: ['get', 'list'] },
      { apiGroups: ['apps'], resources: ['*'], resourceNames: ['x'], verbs: ['*'] },
    ]),
    {
      path: '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
      body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace: '{ns}' } },
      headers: as('u-{ns}'),
      until: (answer) => JSON.stringify(answer.body).includes('pods/log'),
    },
  ),
  one(
    'access: escalation',
    ...grant('r', 'u-{ns}', [
      { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles', 'rolebindings'], verbs: ['*'] },
    ]),
    { path: `${rbac}/namespaces/{ns}/roles`, headers: as('u-{ns}'), until: settled, quiet: true },
    {
      path: `${rbac}/namespaces/{ns}/roles`,
      body: {
        ...body('Role', {}, { name: 'x' }),
        rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list'] }],
      },
      headers: as('u-{ns}'),
    },
    {
      path: `${rbac}/namespaces/{ns}/rolebindings`,
      body: {
        ...body('RoleBinding', {}, { name: 'x' }),
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
        subjects: [],
      },
      headers: as('u-{ns}'),
      view: (found) => String((found as { message?: string }).message).slice(0, 200),
    },
    {
      path: `${rbac}/namespaces/{ns}/roles`,
      body: {
        ...body('Role', {}, { name: 'y' }),
        rules: [{ apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'], verbs: ['get'] }],
      },
      headers: as('u-{ns}'),
    },
  ),
  one(
    'access: impersonation',
    ...[
      as('system:serviceaccount:{ns}:default'),
      as('x', { 'impersonate-group': 'system:masters' }),
      { 'impersonate-group': 'g' },
      as('x', { 'impersonate-extra-scopes': 'a' }),
      as('x', { 'impersonate-uid': 'u' }),
      { 'impersonate-uid': 'u' },
      as('system:anonymous'),
      as(''),
    ].map((headers) => ({
      path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
      headers,
    })),
  ),
  one(
    'access: tokens',
    { path: '/api/v1/namespaces/{ns}/serviceaccounts/default', until: (answer) => answer.code === 200, quiet: true },
    ...[
      {},
      { expirationSeconds: 5 },
      { expirationSeconds: 2 ** 33 },
      { audiences: ['a', 'a'] },
      { boundObjectRef: { kind: 'Nope', apiVersion: 'v1', name: 'x' } },
      { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'missing' } },
      { boundObjectRef: { kind: 'Secret', apiVersion: 'v1', name: 'missing', uid: 'x' } },
      { boundObjectRef: { kind: 'Node', apiVersion: 'v1', name: 'x' } },
    ].map((spec) => ({
      path: '/api/v1/namespaces/{ns}/serviceaccounts/default/token',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec },
    })),
    {
      path: '/api/v1/namespaces/{ns}/serviceaccounts/missing/token',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
    },
  ),
];

const policies = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
const bindings = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings';
const policy = (spec: Fields): Step => ({
  path: policies,
  body: {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'p-{ns}' },
    spec: {
      matchConstraints: {
        resourceRules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['configmaps'] },
        ],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': '{ns}' } },
      },
      ...spec,
    },
  },
});
const binding = (spec: Fields = {}): Step => ({
  path: bindings,
  body: {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: 'p-{ns}' },
    spec: { policyName: 'p-{ns}', validationActions: ['Deny'], ...spec },
  },
});
const denied: Step = {
  ...withQuery(map({ marker: 'x' }, { name: 'marker' }), 'dryRun=All'),
  until: (answer) => answer.code !== 201,
  quiet: true,
};
const marker = { expression: "!('marker' in object.data)", message: 'marker' };
const admission: Case[] = [
  one(
    'admission: a policy',
    quiet(
      policy({
        validations: [
          marker,
          { expression: "object.data.a != 'bad'", messageExpression: "'a is ' + object.data.a", reason: 'Forbidden' },
        ],
      }),
    ),
    quiet(binding()),
    denied,
    map({ a: 'bad' }),
    map({ a: 'good' }),
    map({}, { name: 'b' }),
    patch('ConfigMap', { data: { a: 'bad' } }),
  ),
  one(
    'admission: variables and old objects',
    quiet(
      policy({
        variables: [{ name: 'n', expression: 'size(object.data)' }],
        validations: [
          marker,
          { expression: 'variables.n < 3', message: 'too many' },
          { expression: 'oldObject == null || object.data.a == oldObject.data.a', message: 'a is fixed' },
        ],
      }),
    ),
    quiet(binding()),
    denied,
    map({ a: '1' }),
    patch('ConfigMap', { data: { a: '2' } }),
    patch('ConfigMap', { data: { b: '2', c: '3' } }),
  ),
  one(
    'admission: match conditions',
    quiet(
      policy({
        matchConditions: [{ name: 'only', expression: "object.metadata.name != 'free'" }],
        validations: [{ expression: 'false', message: 'never' }],
      }),
    ),
    quiet(binding()),
    denied,
    map({}, { name: 'free' }),
    map(),
  ),
  one(
    'admission: warn and audit',
    quiet(policy({ validations: [marker, { expression: "object.data.a != 'bad'", message: 'it is bad' }] })),
    quiet(binding({ validationActions: ['Warn', 'Audit'] })),
    { ...withQuery(map({ a: 'bad' }), 'dryRun=All'), until: (answer) => answer.warnings.length > 0 },
  ),
  one(
    'admission: errors',
    quiet(policy({ failurePolicy: 'Fail', validations: [marker, { expression: "object.data.zz == 'x'" }] })),
    quiet(binding()),
    denied,
    map(),
  ),
  one(
    'admission: the request',
    quiet(
      policy({
        validations: [
          marker,
          {
            expression:
              "request.operation == 'CREATE' && request.userInfo.username != 'u' && request.namespace == object.metadata.namespace && request.resource.resource == 'configmaps' && request.dryRun",
            message: 'odd',
          },
          {
            expression: "authorizer.group('').resource('pods').namespace(request.namespace).check('get').allowed()",
            message: 'may not',
          },
          { expression: 'namespaceObject.metadata.name == request.namespace', message: 'no namespace' },
        ],
      }),
    ),
    quiet(binding()),
    denied,
    map(),
    withQuery(map(), 'dryRun=All'),
  ),
  one(
    'admission: lifecycle',
    { path: '/api/v1/namespaces/zz-none/secrets', body: body('Secret', {}) },
    { method: 'DELETE', path: '/api/v1/namespaces/default' },
    { method: 'DELETE', path: '/api/v1/namespaces/kube-system?dryRun=All' },
  ),
];

const gone = (answer: Answer): boolean => answer.code === 404;
const owned = (name: string, uid: string, more: Fields = {}): Step =>
  quiet(map({}, { name, ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid, ...more }] }));
const controllers: Case[] = [
  ...['Background', 'Foreground', 'Orphan'].map((propagationPolicy) =>
    one(
      `controllers: ${propagationPolicy}`,
      { ...quiet(map()), keep: { u: 'metadata.uid' } },
      owned('b', '{u}', { blockOwnerDeletion: true }),
      remove('ConfigMap', { propagationPolicy }),
      { ...get('ConfigMap'), until: gone },
      {
        path: `${pathOf('ConfigMap')}/b`,
        until:
          propagationPolicy === 'Orphan' ? (answer) => !JSON.stringify(answer.body).includes('ownerReferences') : gone,
        view: (found) => {
          const { metadata, message } = found as {
            metadata?: { ownerReferences?: unknown; finalizers?: unknown };
            message?: string;
          };
          return { message, owners: metadata?.ownerReferences, finalizers: metadata?.finalizers };
        },
      },
    ),
  ),
  one(
    'controllers: an owner that is missing',
    { ...owned('b', 'nope'), quiet: true },
    { path: `${pathOf('ConfigMap')}/b`, until: gone },
  ),
  one(
    'controllers: what a new namespace has',
    {
      path: '/api/v1/namespaces/{ns}/serviceaccounts',
      until: (answer) => JSON.stringify(answer.body).includes('"default"'),
      view: (found) => (found as { items?: { metadata: { name: string } }[] }).items?.map((item) => item.metadata.name),
    },
    {
      path: '/api/v1/namespaces/{ns}/configmaps',
      until: (answer) => JSON.stringify(answer.body).includes('kube-root-ca.crt'),
      view: (found) =>
        (found as { items?: { metadata: { name: string; annotations?: unknown } }[] }).items?.map((item) => [
          item.metadata.name,
          item.metadata.annotations,
        ]),
    },
  ),
  one(
    'controllers: the default account comes again',
    {
      path: '/api/v1/namespaces/{ns}/serviceaccounts/default',
      until: (answer) => answer.code === 200,
      keep: { u: 'metadata.uid' },
      quiet: true,
    },
    quiet({ method: 'DELETE', path: '/api/v1/namespaces/{ns}/serviceaccounts/default' }),
    { path: '/api/v1/namespaces/{ns}/serviceaccounts/default', until: (answer) => answer.code === 200 },
  ),
  one(
    'controllers: root certificates come again',
    {
      path: '/api/v1/namespaces/{ns}/configmaps/kube-root-ca.crt',
      until: (answer) => answer.code === 200,
      quiet: true,
    },
    quiet({ method: 'DELETE', path: '/api/v1/namespaces/{ns}/configmaps/kube-root-ca.crt' }),
    {
      path: '/api/v1/namespaces/{ns}/configmaps/kube-root-ca.crt',
      until: (answer) => answer.code === 200,
      view: (found) => Object.keys((found as { data?: object }).data ?? {}),
    },
  ),
  one(
    'controllers: aggregation',
    quiet({
      path: `${rbac}/clusterroles`,
      body: {
        ...body('ClusterRole', {}, { name: 'agg-{ns}' }),
        aggregationRule: { clusterRoleSelectors: [{ matchLabels: { 'x-{ns}': 'y' } }] },
        rules: [],
      },
    }),
    quiet({
      path: `${rbac}/clusterroles`,
      body: {
        ...body('ClusterRole', {}, { name: 'part-{ns}', labels: { 'x-{ns}': 'y' } }),
        rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
      },
    }),
    {
      path: `${rbac}/clusterroles/agg-{ns}`,
      until: (answer) => JSON.stringify(answer.body).includes('pods'),
      view: (found) => (found as { rules?: unknown }).rules,
    },
    quiet({ method: 'DELETE', path: `${rbac}/clusterroles/part-{ns}` }),
    {
      path: `${rbac}/clusterroles/agg-{ns}`,
      until: (answer) => !JSON.stringify(answer.body).includes('pods'),
      view: (found) => (found as { rules?: unknown }).rules,
    },
  ),
  one(
    'controllers: quota counts',
    quiet(
      post('ResourceQuota', {
        spec: { hard: { pods: '5', 'requests.cpu': '2', 'count/deployments.apps': '2', services: '1' } },
      }),
    ),
    quiet(post('Pod', { spec: { containers: [{ name: 'c', image: 'x', resources: { requests: { cpu: '500m' } } }] } })),
    quiet(post('Deployment', { spec: { replicas: 0, selector, template } })),
    {
      ...get('ResourceQuota'),
      until: (answer) => JSON.stringify(answer.body).includes('500m'),
      view: (found) => (found as { status?: unknown }).status,
    },
    post('Pod', { spec: podSpec }, { name: 'b' }),
    post(
      'Pod',
      { spec: { containers: [{ name: 'c', image: 'x', resources: { requests: { cpu: '2' } } }] } },
      { name: 'b' },
    ),
    quiet(remove('Pod')),
    {
      ...get('ResourceQuota'),
      until: (answer) => JSON.stringify(answer.body).includes('"requests.cpu":"0"'),
      view: (found) => (found as { status?: unknown }).status,
    },
  ),
];

export const areaProbes: readonly Case[] = [
  ...writes,
  ...definitions,
  ...reads,
  ...protocol,
  ...access,
  ...admission,
  ...controllers,
];
