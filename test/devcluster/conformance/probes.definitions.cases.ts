/** Probes of definitions: versions, schemas, rules, columns, subresources. */
import type { Case } from './harness.ts';
import {
  boolean,
  definition,
  definitions,
  integer,
  objectOf,
  patched,
  patchTypes,
  served,
  string,
  tables,
  thing,
  things,
  withDefinition,
} from './probes.things.ts';
import {
  at,
  casesOf,
  code,
  create,
  type Fields,
  holds,
  includes,
  pick,
  quiet,
  read,
  remove,
  replace,
} from './steps.ts';

const one = casesOf('probes-crds', 'definition: ');
const schema = (props: Fields, more: Fields = {}): Fields => objectOf({ spec: { ...objectOf(props), ...more } });
const plain = objectOf({ spec: objectOf({ a: string }), status: objectOf({ phase: string, n: integer }) });
const name = `${definitions}/things.{ns}.probe.io`;
const state = pick(
  'status.conditions.*.type',
  'status.conditions.*.status',
  'status.conditions.*.reason',
  'status.conditions.*.message',
  'status.acceptedNames',
  'status.storedVersions',
);
const version = (name: string, more: Fields = {}, shape: Fields = plain) => ({
  name,
  served: true,
  storage: false,
  schema: { openAPIV3Schema: shape },
  ...more,
});
const formats = [
  'date',
  'date-time',
  'duration',
  'email',
  'ipv4',
  'ipv6',
  'uri',
  'uuid',
  'byte',
  'hostname',
  'cidr',
  'mac',
  'isbn',
  'hexcolor',
  'rgbcolor',
  'bsonobjectid',
  'password',
  'ssn',
  'creditcard',
];
/** The field whose values have a format. */
const fieldOf = (format: string): string => format.replaceAll('-', '');

export const definitionProbes: readonly Case[] = [
  one(
    'singular conflict',
    ...withDefinition(plain, {}),
    create(definitions, {
      ...definition(plain),
      metadata: { name: 'others.{ns}.probe.io' },
      spec: { ...definition(plain).spec, names: { plural: 'others', kind: 'Other', singular: 'thing' } },
    }),
    { path: `${definitions}/others.{ns}.probe.io`, until: includes('SingularConflict'), view: state },
  ),
  one(
    'shortname conflict',
    ...withDefinition(plain, { names: { shortNames: ['th'] } }),
    create(definitions, {
      ...definition(plain),
      metadata: { name: 'others.{ns}.probe.io' },
      spec: { ...definition(plain).spec, names: { plural: 'others', kind: 'Other', shortNames: ['th', 'ot'] } },
    }),
    { path: `${definitions}/others.{ns}.probe.io`, until: includes('ShortNamesConflict'), view: state },
  ),
  one(
    'kind conflict',
    ...withDefinition(plain, {}),
    create(definitions, {
      ...definition(plain),
      metadata: { name: 'others.{ns}.probe.io' },
      spec: { ...definition(plain).spec, names: { plural: 'others', kind: 'Thing', listKind: 'ThingList' } },
    }),
    { path: `${definitions}/others.{ns}.probe.io`, until: includes('KindConflict'), view: state },
  ),
  one(
    'create with status given',
    create(definitions, {
      ...definition(plain),
      status: { storedVersions: ['v9'], conditions: [{ type: 'X', status: 'True' }] },
    }),
  ),
  one(
    'change kind',
    ...withDefinition(plain, {}),
    patched(name, { spec: { names: { kind: 'Thang', listKind: 'ThangList' } } }),
  ),
  one('change scope', ...withDefinition(plain, {}), patched(name, { spec: { scope: 'Cluster' } })),
  one('change group', ...withDefinition(plain, {}), patched(name, { spec: { group: 'x.io' } })),
  one(
    'two storage versions',
    create(
      definitions,
      definition(plain, { versions: [version('v1', { storage: true }), version('v2', { storage: true })] }),
    ),
  ),
  one(
    'version twice',
    create(definitions, definition(plain, { versions: [version('v1', { storage: true }), version('v1')] })),
  ),
  one(
    'deprecated version',
    ...withDefinition(plain, {
      versions: [
        version('v1', { storage: true, deprecated: true }),
        version('v2', { deprecated: true, deprecationWarning: 'use something else' }),
      ],
    }),
    create(things, thing({ a: 'x' })),
    read(`${things.replace('/v1/', '/v2/')}/a`),
    read(things),
  ),
  one(
    'deprecation warning not deprecated',
    create(definitions, definition(plain, { version: { deprecationWarning: 'x' } })),
  ),
  one(
    'read through both versions',
    ...withDefinition(plain, { versions: [version('v1', { storage: true }), version('v2')] }),
    create(things, thing({ a: 'x' })),
    read(`${things.replace('/v1/', '/v2/')}/a`),
    read(things.replace('/v1/', '/v2/')),
    patched(`${things.replace('/v1/', '/v2/')}/a`, { spec: { a: 'y' } }),
    read(`${things}/a`),
  ),
  one(
    'version not served',
    ...withDefinition(plain, { versions: [version('v1', { storage: true }), version('v2', { served: false })] }),
    read(things.replace('/v1/', '/v2/')),
    read('/apis/{ns}.probe.io/v2'),
    read('/apis/{ns}.probe.io'),
  ),
  one(
    'group discovery order',
    ...withDefinition(plain, {
      versions: [
        version('v1beta1'),
        version('v1', { storage: true }),
        version('v2alpha1'),
        version('foo1'),
        version('v11'),
      ],
    }),
    read('/apis/{ns}.probe.io'),
  ),
  one(
    'default applied on read',
    ...withDefinition(
      schema({ a: string }),
      {},
      quiet(create(things, thing({ a: 'x' }))),
      quiet(
        patched(name, {
          spec: {
            versions: [version('v1', { storage: true }, schema({ a: string, b: { type: 'string', default: 'dd' } }))],
          },
        }),
      ),
      { path: `${things}/a`, until: holds('spec.b', 'dd') },
    ),
  ),
  one(
    'pruning after schema change',
    ...withDefinition(
      schema({ a: string, b: string }),
      {},
      quiet(create(things, thing({ a: 'x', b: 'y' }))),
      quiet(patched(name, { spec: { versions: [version('v1', { storage: true }, schema({ a: string }))] } })),
      { path: `${things}/a`, until: holds('spec.b', undefined) },
    ),
  ),
  one(
    'ratcheting enum',
    ...withDefinition(
      schema({ a: string, b: string }),
      {},
      quiet(create(things, thing({ a: 'x', b: '1' }))),
      quiet(
        patched(name, {
          spec: {
            versions: [version('v1', { storage: true }, schema({ a: { type: 'string', enum: ['q'] }, b: string }))],
          },
        }),
      ),
      { path: `${things}?dryRun=All`, body: thing({ a: 'x' }, 'zz'), until: code(422) },
      patched(`${things}/a`, { spec: { b: '2' } }),
      patched(`${things}/a`, { spec: { a: 'w' } }),
      patched(`${things}/a`, { spec: { a: 'q' } }),
      patched(`${things}/a`, { spec: { a: 'x' } }),
    ),
  ),
  one(
    'ratcheting required',
    ...withDefinition(
      schema({ a: string, b: string }),
      {},
      quiet(create(things, thing({ a: 'x' }))),
      quiet(
        patched(name, {
          spec: { versions: [version('v1', { storage: true }, schema({ a: string, b: string }, { required: ['b'] }))] },
        }),
      ),
      { path: `${things}?dryRun=All`, body: thing({ a: 'x' }, 'zz'), until: code(422) },
      patched(`${things}/a`, { metadata: { labels: { l: 'm' } } }),
      patched(`${things}/a`, { spec: { a: '2' } }),
    ),
  ),
  one(
    'ratcheting CEL rule',
    ...withDefinition(
      schema({ a: string, n: integer }),
      {},
      quiet(create(things, thing({ a: 'x', n: 1 }))),
      quiet(
        patched(name, {
          spec: {
            versions: [
              version(
                'v1',
                { storage: true },
                schema(
                  { a: { type: 'string', 'x-kubernetes-validations': [{ rule: "self.startsWith('q')" }] }, n: integer },
                  { 'x-kubernetes-validations': [{ rule: 'self.n > 5', message: 'n must be over five' }] },
                ),
              ),
            ],
          },
        }),
      ),
      { path: `${things}?dryRun=All`, body: thing({ a: 'x', n: 1 }, 'zz'), until: code(422) },
      patched(`${things}/a`, { metadata: { labels: { l: 'm' } } }),
      patched(`${things}/a`, { spec: { n: 2 } }),
      patched(`${things}/a`, { spec: { n: 6 } }),
      patched(`${things}/a`, { spec: { a: 'z' } }),
    ),
  ),
  one(
    'ratcheting list map',
    ...withDefinition(
      schema({
        l: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['k'],
          items: { ...objectOf({ k: string, v: string }), required: ['k'] },
        },
      }),
      {},
      quiet(
        create(
          things,
          thing({
            l: [
              { k: 'a', v: 'bad' },
              { k: 'b', v: 'ok' },
            ],
          }),
        ),
      ),
      quiet(
        patched(name, {
          spec: {
            versions: [
              version(
                'v1',
                { storage: true },
                schema({
                  l: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['k'],
                    items: { ...objectOf({ k: string, v: { type: 'string', pattern: '^ok' } }), required: ['k'] },
                  },
                }),
              ),
            ],
          },
        }),
      ),
      { path: `${things}?dryRun=All`, body: thing({ l: [{ k: 'a', v: 'bad' }] }, 'zz'), until: code(422) },
      patched(`${things}/a`, {
        spec: {
          l: [
            { k: 'b', v: 'ok2' },
            { k: 'a', v: 'bad' },
          ],
        },
      }),
      patched(`${things}/a`, {
        spec: {
          l: [
            { k: 'a', v: 'bad' },
            { k: 'c', v: 'bad' },
          ],
        },
      }),
    ),
  ),
  one(
    'CEL messages',
    ...withDefinition(
      schema({
        n: {
          type: 'integer',
          'x-kubernetes-validations': [
            { rule: 'self > 1' },
            { rule: 'self < 10', messageExpression: "'too large: ' + (self > 20 ? 'much' : 'a bit')" },
            { rule: 'self != 7', message: 'no seven', reason: 'FieldValueInvalid' },
            { rule: 'self != 8', reason: 'FieldValueDuplicate', message: 'dup' },
            { rule: 'self != 9', reason: 'FieldValueRequired', message: 'req' },
          ],
        },
      }),
      {},
      ...[0, 50, 7, 8, 9, 5].map((n) => create(things, thing({ n }, `n${n}`))),
    ),
  ),
  one(
    'CEL runtime error',
    ...withDefinition(
      schema(
        { m: { type: 'object', additionalProperties: integer }, l: { type: 'array', items: integer, maxItems: 5 } },
        { 'x-kubernetes-validations': [{ rule: "self.m['x'] > 1" }, { rule: 'self.l[2] == 1' }] },
      ),
      {},
      create(things, thing({ m: { y: 1 }, l: [1] })),
      create(things, thing({ m: { x: 2 }, l: [1, 1, 1] })),
    ),
  ),
  one(
    'CEL message of many lines',
    create(
      definitions,
      definition(schema({ n: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self > 1\n&& self < 3' }] } })),
    ),
    create(
      definitions,
      definition(
        schema({ n: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self > 1', message: 'a\nb' }] } }),
      ),
    ),
  ),
  one(
    'CEL empty rule',
    create(
      definitions,
      definition(
        schema({
          n: {
            type: 'integer',
            'x-kubernetes-validations': [
              { rule: ' ' },
              { rule: 'self > 1', message: ' ' },
              { rule: 'self>1', messageExpression: ' ' },
            ],
          },
        }),
      ),
    ),
  ),
  one(
    'CEL transition rule on create',
    ...withDefinition(
      schema(
        { n: integer },
        { 'x-kubernetes-validations': [{ rule: 'self.n >= oldSelf.n', message: 'no shrinking' }] },
      ),
      {},
      create(things, thing({ n: 5 })),
      patched(`${things}/a`, { spec: { n: 4 } }),
      patched(`${things}/a`, { spec: { n: 6 } }),
    ),
  ),
  one(
    'CEL unset optional field',
    ...withDefinition(
      schema(
        { a: string, b: string },
        {
          'x-kubernetes-validations': [
            { rule: "self.?a.orValue('none') == 'x'", fieldPath: '.a' },
            { rule: '!has(self.b) || self.b.size() == 2', fieldPath: '.b', reason: 'FieldValueForbidden' },
          ],
        },
      ),
      {},
      create(things, thing({})),
      create(things, thing({ a: 'x', b: 'yyy' })),
      create(things, thing({ a: 'x' })),
    ),
  ),
  one(
    'cost over the limit per object',
    create(
      definitions,
      definition(
        schema(
          { l: { type: 'array', items: { type: 'string' } } },
          { 'x-kubernetes-validations': [{ rule: 'self.l.all(x, self.l.all(y, x == y || x != y))' }] },
        ),
      ),
    ),
  ),
  one(
    'cost total of the CRD',
    create(
      definitions,
      definition(
        schema(
          Object.fromEntries(
            ['a', 'b', 'c', 'd'].map((k) => [
              k,
              {
                type: 'array',
                maxItems: 400,
                items: { type: 'string', maxLength: 200 },
                'x-kubernetes-validations': [{ rule: 'self.all(x, self.all(y, x == y || !x.contains(y)))' }],
              },
            ]),
          ),
        ),
      ),
    ),
  ),
  one(
    'XValidations on metadata',
    create(
      definitions,
      definition({
        type: 'object',
        properties: { metadata: objectOf({ name: { type: 'string', maxLength: 5 } }), spec: objectOf({}) },
      }),
    ),
    create(
      definitions,
      definition({
        type: 'object',
        properties: { metadata: { type: 'object', properties: { labels: objectOf({ a: string }) } } },
      }),
    ),
  ),
  one(
    'rule on metadata.name',
    ...withDefinition(
      {
        ...schema({ a: string }),
        'x-kubernetes-validations': [{ rule: "self.metadata.name.startsWith('ok')", message: 'names begin with ok' }],
      },
      {},
      create(things, thing({}, 'bad')),
      create(things, thing({}, 'okay')),
    ),
  ),
  one(
    'metadata limits by schema',
    ...withDefinition(
      {
        type: 'object',
        properties: {
          metadata: { type: 'object', properties: { name: { type: 'string', pattern: '^x' } } },
          spec: objectOf({ a: string }),
        },
      },
      {},
      create(things, thing({}, 'bad')),
      create(things, thing({}, 'xbad')),
    ),
  ),
  one('no schema', create(definitions, definition(plain, { versions: [{ name: 'v1', served: true, storage: true }] }))),
  one('schema without type', create(definitions, definition({ properties: { spec: objectOf({}) } }))),
  one(
    'preserve unknown at the root',
    ...withDefinition(
      { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      {},
      create(things, { ...thing({ any: { deep: [1] } }), other: 1 }),
      read(`${things}/a`),
    ),
  ),
  one(
    'spec.preserveUnknownFields',
    create(definitions, definition(plain, { spec: { preserveUnknownFields: true } })),
    create(definitions, definition(plain, { spec: { preserveUnknownFields: false } })),
  ),
  one(
    'embedded resource',
    ...withDefinition(
      schema({
        t: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
      }),
      {},
      create(
        things,
        thing({
          t: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'Bad Name', labels: { 'x y': 'z' } }, spec: {} },
        }),
      ),
      create(things, thing({ t: { kind: 'Pod' } })),
      create(
        things,
        thing({ t: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'ok', foo: 'bar' }, spec: { x: 1 } } }),
      ),
    ),
  ),
  one(
    'int-or-string with pattern',
    ...withDefinition(
      schema({
        p: { 'x-kubernetes-int-or-string': true, pattern: '^[0-9]+%$' },
        q: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }], maximum: 10 },
      }),
      {},
      ...['5%', 'x', 5, true, 1.5].map((p, i) => create(things, thing({ p }, `p${i}`))),
      create(things, thing({ q: 11 }, 'q')),
    ),
  ),
  one(
    'nullable',
    ...withDefinition(
      schema({
        a: { type: 'string', nullable: true, default: 'x' },
        b: { type: 'string', default: 'y' },
        c: { type: 'object', nullable: true, properties: { d: { type: 'string', default: 'z' } } },
      }),
      {},
      create(things, thing({ a: null, b: null, c: null })),
      create(things, thing({ c: {} }, 'b')),
    ),
  ),
  one(
    'formats',
    ...withDefinition(
      schema(Object.fromEntries(formats.map((format) => [fieldOf(format), { type: 'string', format }]))),
      {},
      create(things, thing(Object.fromEntries(formats.map((format) => [fieldOf(format), '!!nope!!'])))),
      create(
        things,
        thing(
          {
            date: '2026-02-30',
            datetime: '2026-01-01T25:00:00Z',
            duration: '1h30',
            ipv4: '1.2.3.400',
            ipv6: '::g',
            cidr: '10.0.0.0/33',
          },
          'b',
        ),
      ),
    ),
  ),
  one(
    'number limits',
    ...withDefinition(
      schema({
        a: { type: 'integer', minimum: 1, exclusiveMinimum: true, multipleOf: 3 },
        b: { type: 'number', maximum: 1.5, exclusiveMaximum: true },
        c: { type: 'integer', format: 'int32' },
        d: { type: 'array', minItems: 2, maxItems: 3, uniqueItems: false, items: integer },
        e: { type: 'object', minProperties: 1, maxProperties: 2, additionalProperties: string },
      }),
      {},
      create(things, thing({ a: 1 })),
      create(things, thing({ a: 4 })),
      create(things, thing({ b: 1.5 })),
      create(things, thing({ c: 4294967296 })),
      create(things, thing({ d: [1] })),
      create(things, thing({ d: [1, 2, 3, 4] })),
      create(things, thing({ e: {} })),
      create(things, thing({ e: { a: 'a', b: 'b', c: 'c' } })),
      create(things, thing({ a: 1.5 })),
      create(things, thing({ a: 3.0 })),
    ),
  ),
  one(
    'uniqueItems',
    create(definitions, definition(schema({ a: { type: 'array', uniqueItems: true, items: string } }))),
  ),
  one(
    'anyOf, oneOf, not',
    ...withDefinition(
      schema({
        a: { type: 'string', anyOf: [{ minLength: 5 }, { pattern: '^x' }] },
        b: { type: 'integer', oneOf: [{ minimum: 5 }, { maximum: 7 }] },
        c: { type: 'string', not: { pattern: 'z' } },
        d: { type: 'string', allOf: [{ minLength: 2 }, { maxLength: 3 }] },
      }),
      {},
      create(things, thing({ a: 'ab' })),
      create(things, thing({ b: 6 })),
      create(things, thing({ c: 'z' })),
      create(things, thing({ d: 'x' })),
      create(things, thing({ a: 'x', b: 1, c: 'c', d: 'dd' })),
    ),
  ),
  one(
    'refused: $ref, definitions',
    create(definitions, definition(schema({ a: { $ref: '#/definitions/x' } }))),
    create(definitions, definition({ ...schema({}), definitions: { x: string } })),
  ),
  one(
    'refused: properties and additionalProperties',
    create(
      definitions,
      definition(schema({ a: { type: 'object', properties: { b: string }, additionalProperties: string } })),
    ),
    create(definitions, definition(schema({ a: { type: 'object', additionalProperties: false } }))),
  ),
  one(
    'printer columns',
    ...withDefinition(
      plain,
      {
        version: {
          additionalPrinterColumns: [
            { name: 'A', type: 'string', jsonPath: '.spec.a' },
            { name: 'N', type: 'integer', jsonPath: '.status.n', priority: 1, format: 'int32', description: 'the n' },
            { name: 'When', type: 'date', jsonPath: '.metadata.creationTimestamp' },
            { name: 'All', type: 'string', jsonPath: '.spec' },
            { name: 'L', type: 'string', jsonPath: '.metadata.labels.x' },
          ],
        },
      },
      quiet(create(things, thing({ a: 'x' }))),
      read(things, { headers: tables }),
      read(`${things}/a?includeObject=Object`, { headers: tables }),
      read(`${things}/a?includeObject=None`, { headers: tables }),
    ),
  ),
  one(
    'column jsonPath refused',
    create(
      definitions,
      definition(plain, {
        version: {
          additionalPrinterColumns: [
            { name: 'A', type: 'text', jsonPath: 'spec.a' },
            { name: '', type: 'string', jsonPath: '.a b' },
            { name: 'C', type: 'string', jsonPath: '' },
            { name: 'D', type: 'string', jsonPath: '.x[?(@.y==1)].z', format: 'nope' },
          ],
        },
      }),
    ),
  ),
  one(
    'selectable fields',
    ...withDefinition(
      schema({ a: string, n: integer, b: boolean }),
      { version: { selectableFields: [{ jsonPath: '.spec.a' }, { jsonPath: '.spec.n' }, { jsonPath: '.spec.b' }] } },
      quiet(create(things, thing({ a: 'x', n: 1, b: true }))),
      quiet(create(things, thing({ a: 'y', n: 2, b: false }, 'b'))),
      quiet(create(things, thing({}, 'c'))),
      ...['spec.a=x', 'spec.n=2', 'spec.b=true', 'spec.a!=x', 'spec.a=', 'spec.z=1', 'metadata.name=a,spec.a=x'].map(
        (f) => read(`${things}?fieldSelector=${encodeURIComponent(f)}`),
      ),
    ),
  ),
  one(
    'selectable fields refused',
    create(
      definitions,
      definition(schema({ a: string, o: objectOf({ x: string }), l: { type: 'array', items: string } }), {
        version: {
          selectableFields: [
            { jsonPath: '.spec.o' },
            { jsonPath: '.spec.l' },
            { jsonPath: '.metadata.name' },
            { jsonPath: '.spec.zz' },
            { jsonPath: 'spec.a' },
            { jsonPath: '.spec.a' },
            { jsonPath: '.spec.a' },
          ],
        },
      }),
    ),
  ),
  one(
    'scale',
    ...withDefinition(
      objectOf({ spec: objectOf({ r: integer, s: string }), status: objectOf({ r: integer, sel: string }) }),
      {
        version: {
          subresources: {
            status: {},
            scale: { specReplicasPath: '.spec.r', statusReplicasPath: '.status.r', labelSelectorPath: '.status.sel' },
          },
        },
      },
      create(things, thing({ r: 3 })),
      read(`${things}/a/scale`),
      patched(`${things}/a/status`, { status: { r: 2, sel: 'a=b' } }),
      read(`${things}/a/scale`),
      patched(`${things}/a/scale`, { spec: { replicas: 7 } }),
      replace(`${things}/a/scale`, {
        apiVersion: 'autoscaling/v1',
        kind: 'Scale',
        metadata: { name: 'a', namespace: '{ns}' },
        spec: { replicas: -1 },
      }),
      read(`${things}/a`),
    ),
  ),
  one(
    'scale refused',
    create(
      definitions,
      definition(plain, {
        version: {
          subresources: {
            scale: { specReplicasPath: '.status.r', statusReplicasPath: '.spec.r', labelSelectorPath: 'x' },
          },
        },
      }),
    ),
    create(definitions, definition(plain, { version: { subresources: { scale: {} } } })),
  ),
  one(
    'scale without replicas',
    ...withDefinition(
      objectOf({ spec: objectOf({ r: integer }), status: objectOf({ r: integer }) }),
      { version: { subresources: { scale: { specReplicasPath: '.spec.r', statusReplicasPath: '.status.r' } } } },
      quiet(create(things, thing({}))),
      read(`${things}/a/scale`),
      patched(`${things}/a/scale`, { spec: { replicas: 1 } }),
    ),
  ),
  one(
    'status subresource',
    ...withDefinition(
      plain,
      { version: { subresources: { status: {} } } },
      create(things, { ...thing({ a: 'x' }), status: { phase: 'p' } }),
      patched(`${things}/a`, { status: { phase: 'q' } }),
      patched(`${things}/a/status`, {
        status: { phase: 'r' },
        spec: { a: 'ignored' },
        metadata: { labels: { l: 'm' } },
      }),
      patched(`${things}/a`, { spec: { a: 'y' } }),
      replace(`${things}/a/status`, thing({ a: 'no' })),
      read(`${things}/a`),
    ),
  ),
  one(
    'cluster scope',
    quiet(create(definitions, definition(plain, { scope: 'Cluster' }))),
    served('/apis/{ns}.probe.io/v1/things'),
    create('/apis/{ns}.probe.io/v1/things', thing({ a: 'x' })),
    create(things, thing({ a: 'x' })),
    read(things),
    read('/apis/{ns}.probe.io/v1/things/a'),
    create('/apis/{ns}.probe.io/v1/things', { ...thing({}), metadata: { name: 'b', namespace: 'default' } }),
    quiet(remove('/apis/{ns}.probe.io/v1/things/a')),
  ),
  one(
    'names refused',
    create(definitions, { ...definition(plain), metadata: { name: 'wrong.{ns}.probe.io' } }),
    create(
      definitions,
      definition(plain, {
        names: { kind: 'bad_Kind', plural: 'Things', singular: 'UP', shortNames: ['A B'], categories: ['Bad Cat'] },
      }),
    ),
    create(definitions, definition(plain, { names: { kind: '' } })),
  ),
  one(
    'a group that is protected',
    create(definitions, {
      ...definition(plain),
      metadata: { name: 'things.x-{ns}.k8s.io' },
      spec: { ...definition(plain).spec, group: 'x-{ns}.k8s.io' },
    }),
    create(definitions, {
      ...definition(plain),
      metadata: { name: 'things.x-{ns}.k8s.io', annotations: { 'api-approved.kubernetes.io': 'nope' } },
      spec: { ...definition(plain).spec, group: 'x-{ns}.k8s.io' },
    }),
    { path: `${definitions}/things.x-{ns}.k8s.io`, view: state },
  ),
  one(
    'approved group',
    create(definitions, {
      ...definition(plain),
      metadata: {
        name: 'things.y-{ns}.k8s.io',
        annotations: { 'api-approved.kubernetes.io': 'https://github.com/kubernetes/kubernetes/pull/1' },
      },
      spec: { ...definition(plain).spec, group: 'y-{ns}.k8s.io' },
    }),
    { path: `${definitions}/things.y-{ns}.k8s.io`, until: includes('InitialNamesAccepted'), view: state },
  ),
  one(
    'conversion webhook refused',
    create(definitions, definition(plain, { spec: { conversion: { strategy: 'Webhook' } } })),
    create(
      definitions,
      definition(plain, {
        spec: {
          conversion: {
            strategy: 'Webhook',
            webhook: { clientConfig: { url: 'http://x' }, conversionReviewVersions: [] },
          },
        },
      }),
    ),
    create(definitions, definition(plain, { spec: { conversion: { strategy: 'Nope' } } })),
    create(
      definitions,
      definition(plain, {
        spec: {
          conversion: {
            strategy: 'None',
            webhook: { clientConfig: { url: 'https://x' }, conversionReviewVersions: ['v1'] },
          },
        },
      }),
    ),
  ),
  one(
    'delete with instances',
    ...withDefinition(plain, {}),
    quiet(create(things, thing({ a: 'x' }, 'a', {}))),
    quiet(patched(`${things}/a`, { metadata: { finalizers: ['x.io/f'] } })),
    quiet(remove(name)),
    { path: name, until: includes('InstanceDeletionInProgress'), view: state },
    { path: things, body: thing({ a: 'y' }, 'b') },
    quiet({ path: `${things}/a`, until: ({ body }) => at(body, 'metadata.deletionTimestamp') !== undefined }),
    patched(`${things}/a`, { metadata: { finalizers: null } }),
    { path: name, until: code(404) },
  ),
  one('unknown field in strict', {
    path: things.replace(things, `${definitions}?fieldValidation=Strict`),
    body: {
      ...definition(plain),
      spec: { ...definition(plain).spec, foo: 1, names: { plural: 'things', kind: 'Thing', bar: 2 } },
    },
  }),
  one(
    'set and map lists',
    ...withDefinition(
      schema({
        s: { type: 'array', 'x-kubernetes-list-type': 'set', items: string },
        n: { type: 'array', 'x-kubernetes-list-type': 'set', items: integer },
        m: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['a', 'b'],
          items: { ...objectOf({ a: string, b: { type: 'integer', default: 1 }, v: string }), required: ['a'] },
        },
      }),
      {},
      create(things, thing({ s: ['a', 'b', 'a'] })),
      create(things, thing({ n: [1, 1, 1] })),
      create(things, thing({ m: [{ a: 'x' }, { a: 'x', b: 1 }] })),
      create(things, thing({ m: [{ b: 1 }] })),
      create(things, thing({ m: [{ a: 'x' }, { a: 'x', b: 2 }] })),
    ),
  ),
  one(
    'strategic merge on custom',
    ...withDefinition(
      plain,
      {},
      quiet(create(things, thing({ a: 'x' }))),
      patched(`${things}/a`, { spec: { a: 'y' } }, patchTypes.strategic),
    ),
  ),
];
