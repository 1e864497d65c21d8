/** CustomResourceDefinitions: what is refused and with which words, and how their objects are validated, defaulted and pruned. */
import type { Case, Step } from './harness.ts';
import { type Fields, merge } from './steps.ts';

const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const one = (name: string, ...steps: Step[]): Case => ({ area: 'schemas', name, steps });

const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
const string = { type: 'string' };
const integer = { type: 'integer' };
const root = (properties: Fields, more: Fields = {}): Fields => ({ type: 'object', properties, ...more });
const spec = (schema: Fields): Fields => root({ spec: schema });

function crd(version: Fields, more: Fields = {}, name = 'things.conf5.example.com'): Fields {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name },
    spec: {
      group: 'conf5.example.com',
      scope: 'Namespaced',
      names: { plural: 'things', kind: 'Thing' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: open }, ...version }],
      ...more,
    },
  };
}
const schema = (openAPIV3Schema: Fields, version: Fields = {}): Fields =>
  crd({ schema: { openAPIV3Schema }, ...version });
const rules = (properties: Fields, ...list: unknown[]): Fields =>
  schema(spec({ type: 'object', properties, 'x-kubernetes-validations': list }));
const bounded = { type: 'string', maxLength: 20 };

/** Definitions that are created as dry runs: some are refused, some are not. */
const definitions: readonly [string, Fields][] = [
  ['v1 without versions', crd({}, { versions: [] })],
  ['no spec', { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'a.b' } }],
  ['v1beta1', { ...crd({}), apiVersion: 'apiextensions.k8s.io/v1beta1' }],
  [
    'two storage versions',
    crd(
      {},
      {
        versions: [
          { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: open } },
          { name: 'v2', served: true, storage: true, schema: { openAPIV3Schema: open } },
        ],
      },
    ),
  ],
  [
    'two versions of one name',
    crd(
      {},
      {
        versions: [
          { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: open } },
          { name: 'v1', served: true, storage: false, schema: { openAPIV3Schema: open } },
        ],
      },
    ),
  ],
  ['names: plural upper case', crd({}, { names: { plural: 'Things', kind: 'Thing' } })],
  ['names: no kind', crd({}, { names: { plural: 'things', kind: '' } })],
  ['names: no plural', crd({}, { names: { plural: '', kind: 'Thing' } })],
  ['names: bad singular', crd({}, { names: { plural: 'things', kind: 'Thing', singular: 'Bad_' } })],
  ['names: bad categories', crd({}, { names: { plural: 'things', kind: 'Thing', categories: ['Bad!'] } })],
  ['names: bad listKind', crd({}, { names: { plural: 'things', kind: 'Thing', listKind: 'thing list' } })],
  ['no scope', crd({}, { scope: undefined })],
  ['no group', crd({}, { group: '' }, 'things.')],
  ['preserveUnknownFields', crd({}, { preserveUnknownFields: true })],
  ['preserveUnknownFields false', crd({}, { preserveUnknownFields: false })],
  ['conversion: strategy', crd({}, { conversion: { strategy: 'Magic' } })],
  ['conversion: webhook without one', crd({}, { conversion: { strategy: 'Webhook' } })],
  [
    'conversion: none with a webhook',
    crd(
      {},
      {
        conversion: {
          strategy: 'None',
          webhook: { conversionReviewVersions: ['v1'], clientConfig: { url: 'https://a.b/c' } },
        },
      },
    ),
  ],
  [
    'conversion: no review versions',
    crd({}, { conversion: { strategy: 'Webhook', webhook: { clientConfig: { url: 'https://a.b/c' } } } }),
  ],
  [
    'conversion: unknown review versions',
    crd(
      {},
      {
        conversion: {
          strategy: 'Webhook',
          webhook: { conversionReviewVersions: ['v9'], clientConfig: { url: 'https://a.b/c' } },
        },
      },
    ),
  ],
  [
    'conversion: bad url',
    crd(
      {},
      {
        conversion: {
          strategy: 'Webhook',
          webhook: { conversionReviewVersions: ['v1'], clientConfig: { url: 'http://a.b/c?x#y' } },
        },
      },
    ),
  ],
  [
    'conversion: url and service',
    crd(
      {},
      {
        conversion: {
          strategy: 'Webhook',
          webhook: {
            conversionReviewVersions: ['v1'],
            clientConfig: { url: 'https://a.b/c', service: { name: 'a', namespace: 'b' } },
          },
        },
      },
    ),
  ],
  [
    'conversion: neither',
    crd({}, { conversion: { strategy: 'Webhook', webhook: { conversionReviewVersions: ['v1'], clientConfig: {} } } }),
  ],
  [
    'conversion: bad bundle',
    crd(
      {},
      {
        conversion: {
          strategy: 'Webhook',
          webhook: { conversionReviewVersions: ['v1'], clientConfig: { url: 'https://a.b/c', caBundle: 'eA==' } },
        },
      },
    ),
  ],
  [
    'conversion: service path and port',
    crd(
      {},
      {
        conversion: {
          strategy: 'Webhook',
          webhook: {
            conversionReviewVersions: ['v1'],
            clientConfig: { service: { name: '', namespace: '', path: 'x//y', port: 0 } },
          },
        },
      },
    ),
  ],
  ['deprecation warning without deprecated', crd({ deprecationWarning: 'x' })],
  ['deprecation warning', crd({ deprecated: true, deprecationWarning: 'x' })],
  ['deprecation warning with a tab', crd({ deprecated: true, deprecationWarning: 'x\ty' })],
  ['deprecation warning too long', crd({ deprecated: true, deprecationWarning: 'x'.repeat(300) })],
  ['columns: no name', crd({ additionalPrinterColumns: [{ name: '', type: 'string', jsonPath: '.x' }] })],
  ['columns: no path', crd({ additionalPrinterColumns: [{ name: 'x', type: 'string', jsonPath: '' }] })],
  ['columns: no type', crd({ additionalPrinterColumns: [{ name: 'x', type: '', jsonPath: '.x' }] })],
  [
    'columns: format',
    crd({ additionalPrinterColumns: [{ name: 'x', type: 'integer', format: 'nope', jsonPath: '.x' }] }),
  ],
  ['columns: brackets', crd({ additionalPrinterColumns: [{ name: 'x', type: 'integer', jsonPath: '.x[' }] })],
  [
    'scale: label selector',
    crd({
      subresources: {
        scale: { specReplicasPath: '.spec.x', statusReplicasPath: '.status.y', labelSelectorPath: '.metadata.z' },
      },
    }),
  ],
  ['scale: no status path', crd({ subresources: { scale: { specReplicasPath: '.spec.x', statusReplicasPath: '' } } })],
  [
    'scale: array path',
    crd({ subresources: { scale: { specReplicasPath: '.spec.x[0]', statusReplicasPath: '.status.y' } } }),
  ],
  [
    'selectable: twice',
    schema(spec(root({ a: string })), { selectableFields: [{ jsonPath: '.spec.a' }, { jsonPath: '.spec.a' }] }),
  ],
  ['selectable: metadata', schema(spec(root({ a: string })), { selectableFields: [{ jsonPath: '.metadata.name' }] })],
  [
    'selectable: array',
    schema(spec(root({ a: { type: 'array', items: string } })), { selectableFields: [{ jsonPath: '.spec.a' }] }),
  ],
  ['selectable: empty', schema(spec(root({ a: string })), { selectableFields: [{ jsonPath: '' }] })],
  ['selectable: no dot', schema(spec(root({ a: string })), { selectableFields: [{ jsonPath: 'spec.a' }] })],
  ['selectable: list index', schema(spec(root({ a: string })), { selectableFields: [{ jsonPath: '.spec.a[0]' }] })],
  [
    'selectable: nine',
    schema(spec(root(Object.fromEntries([...'abcdefghi'].map((n) => [n, string])))), {
      selectableFields: [...'abcdefghi'].map((n) => ({ jsonPath: `.spec.${n}` })),
    }),
  ],
  [
    'root with metadata validation',
    schema(
      root({
        metadata: {
          type: 'object',
          properties: {
            name: { type: 'string', maxLength: 5 },
            labels: { type: 'object', additionalProperties: string },
          },
        },
      }),
    ),
  ],
  ['root metadata of another type', schema(root({ metadata: string }))],
  [
    'root metadata generateName pattern',
    schema(root({ metadata: { type: 'object', properties: { generateName: { type: 'string', pattern: 'x' } } } })),
  ],
  ['root apiVersion integer', schema(root({ apiVersion: integer }))],
  ['root forbids', schema(root({}, { default: {} }))],
  ['root with additionalProperties', schema({ type: 'object', additionalProperties: string })],
  ['nullable root', schema(root({}, { nullable: true }))],
  [
    'default at metadata',
    schema(root({ metadata: { type: 'object', properties: { name: { type: 'string', default: 'x' } } } })),
  ],
  ['default under allOf', schema(spec({ type: 'object', allOf: [{ properties: { a: { default: 'x' } } }] }))],
  ['default null', schema(spec({ type: 'object', properties: { a: { type: 'string', default: null } } }))],
  [
    'default null, nullable',
    schema(spec({ type: 'object', properties: { a: { type: 'string', nullable: true, default: null } } })),
  ],
  [
    'default against a minimum',
    schema(spec({ type: 'object', properties: { a: { type: 'integer', minimum: 3, default: 1 } } })),
  ],
  [
    'default against a rule',
    schema(
      spec({
        type: 'object',
        properties: { a: { type: 'integer', default: 1, 'x-kubernetes-validations': [{ rule: 'self > 3' }] } },
      }),
    ),
  ],
  [
    'default against an enum',
    schema(spec({ type: 'object', properties: { a: { type: 'string', enum: ['x'], default: 'y' } } })),
  ],
  [
    'default against a format',
    schema(spec({ type: 'object', properties: { a: { type: 'string', format: 'date-time', default: 'y' } } })),
  ],
  [
    'default for a missing required',
    schema(spec({ type: 'object', default: {}, required: ['a'], properties: { a: string } })),
  ],
  ['allOf with a type', schema(spec({ type: 'object', allOf: [{ type: 'object', required: ['a'] }] }))],
  ['anyOf with an unknown property', schema(spec({ type: 'object', anyOf: [{ properties: { a: { minimum: 1 } } }] }))],
  [
    'anyOf structural',
    schema(
      spec({
        type: 'object',
        properties: { a: integer },
        anyOf: [{ required: ['a'] }, { properties: { a: { minimum: 3 } } }],
      }),
    ),
  ],
  ['not with description', schema(spec({ type: 'object', not: { description: 'x', nullable: true, title: 'y' } }))],
  ['oneOf x-kubernetes', schema(spec({ type: 'object', oneOf: [{ 'x-kubernetes-preserve-unknown-fields': true }] }))],
  ['int-or-string with a type', schema(spec({ type: 'integer', 'x-kubernetes-int-or-string': true }))],
  [
    'int-or-string with anyOf',
    schema(spec({ 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] })),
  ],
  [
    'int-or-string with another anyOf',
    schema(spec({ 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'string' }] })),
  ],
  ['preserve unknown false', schema(spec({ type: 'object', 'x-kubernetes-preserve-unknown-fields': false }))],
  ['preserve unknown on a string', schema(spec({ type: 'string', 'x-kubernetes-preserve-unknown-fields': true }))],
  [
    'embedded resource',
    schema(
      spec({ type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true }),
    ),
  ],
  ['embedded resource, closed', schema(spec({ type: 'object', 'x-kubernetes-embedded-resource': true }))],
  ['embedded resource on a string', schema(spec({ type: 'string', 'x-kubernetes-embedded-resource': true }))],
  ['list type on an object', schema(spec({ type: 'object', 'x-kubernetes-list-type': 'set' }))],
  ['list type unknown', schema(spec({ type: 'array', items: string, 'x-kubernetes-list-type': 'bag' }))],
  ['map keys without map', schema(spec({ type: 'array', items: string, 'x-kubernetes-list-map-keys': ['a'] }))],
  [
    'set of objects',
    schema(
      spec({ type: 'array', items: { type: 'object', properties: { a: string } }, 'x-kubernetes-list-type': 'set' }),
    ),
  ],
  [
    'set of atomic objects',
    schema(
      spec({
        type: 'array',
        items: { type: 'object', 'x-kubernetes-map-type': 'atomic', properties: { a: string } },
        'x-kubernetes-list-type': 'set',
      }),
    ),
  ],
  [
    'set of nullables',
    schema(spec({ type: 'array', items: { type: 'string', nullable: true }, 'x-kubernetes-list-type': 'set' })),
  ],
  [
    'map of strings',
    schema(
      spec({ type: 'array', items: string, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['a'] }),
    ),
  ],
  [
    'map with optional key',
    schema(
      spec({
        type: 'array',
        items: { type: 'object', properties: { a: string } },
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['a'],
      }),
    ),
  ],
  [
    'map with two equal keys',
    schema(
      spec({
        type: 'array',
        items: { type: 'object', required: ['a'], properties: { a: string } },
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['a', 'a'],
      }),
    ),
  ],
  [
    'map key of an object type',
    schema(
      spec({
        type: 'array',
        items: { type: 'object', required: ['a'], properties: { a: { type: 'object' } } },
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['a'],
      }),
    ),
  ],
  ['map type unknown', schema(spec({ type: 'object', 'x-kubernetes-map-type': 'x' }))],
  ['map type on an array', schema(spec({ type: 'array', items: string, 'x-kubernetes-map-type': 'atomic' }))],
  ['items as a list', schema(spec({ type: 'array', items: [string] }))],
  ['additionalProperties false', schema(spec({ type: 'object', additionalProperties: false }))],
  ['additionalProperties true', schema(spec({ type: 'object', additionalProperties: true }))],
  ['additionalItems', schema(spec({ type: 'array', items: string, additionalItems: true }))],
  ['patternProperties', schema(spec({ type: 'object', patternProperties: { x: string } }))],
  ['dependencies', schema(spec({ type: 'object', dependencies: { x: ['y'] } }))],
  ['definitions', schema(root({}, { definitions: { x: string } }))],
  ['id and $schema', schema(root({}, { id: 'x', $schema: 'y' }))],
  ['null type', schema(spec({ type: 'null' }))],
  ['number format', schema(spec({ type: 'integer', format: 'int32', minimum: 1, maximum: 0 }))],
  ['unknown format', schema(spec({ type: 'string', format: 'nope' }))],
  ['discriminator, xml, example, externalDocs', schema(root({}, { example: { a: 1 }, externalDocs: { url: 'x' } }))],
  ['unknown keyword', schema(root({ spec: { type: 'object', nope: 1 } }))],
  ['negative lengths', schema(spec({ type: 'string', minLength: -1, maxLength: -1 }))],
  ['multipleOf', schema(spec({ type: 'integer', multipleOf: 0 }))],
  ['required that is unknown', schema(spec({ type: 'object', required: ['zz'] }))],
  ['a pattern with lookahead', schema(spec({ type: 'string', pattern: '(?=a)' }))],
  ['a bad regular expression', schema(spec({ type: 'string', pattern: '[a' }))],
  ['metadata in a nested object', schema(spec({ type: 'object', properties: { metadata: { type: 'object' } } }))],
  [
    'exclusive bounds',
    schema(spec({ type: 'number', minimum: 1, exclusiveMinimum: true, maximum: 3, exclusiveMaximum: true })),
  ],
  [
    'cel: rule on root',
    schema(root({}, { 'x-kubernetes-validations': [{ rule: 'self.metadata.name.startsWith("a")' }] })),
  ],
  [
    'cel: labels on root',
    schema(root({}, { 'x-kubernetes-validations': [{ rule: 'self.metadata.labels.size() > 0' }] })),
  ],
  ['cel: message line break', rules({}, { rule: 'true', message: 'a\nb' })],
  ['cel: message blank', rules({}, { rule: 'true', message: '  ' })],
  ['cel: message too long', rules({}, { rule: 'true', message: 'x'.repeat(2049) })],
  ['cel: rule with line break and no message', rules({}, { rule: 'true &&\ntrue' })],
  ['cel: messageExpression of another type', rules({}, { rule: 'true', messageExpression: '1' })],
  ['cel: messageExpression that does not compile', rules({}, { rule: 'true', messageExpression: 'self.' })],
  ['cel: messageExpression blank', rules({}, { rule: 'true', messageExpression: ' ' })],
  ['cel: fieldPath absolute', rules({ a: integer }, { rule: 'true', fieldPath: 'a' })],
  ['cel: fieldPath blank', rules({ a: integer }, { rule: 'true', fieldPath: ' ' })],
  ['cel: fieldPath brackets', rules({ 'a-b': integer }, { rule: 'true', fieldPath: "['a-b']" })],
  ['cel: fieldPath index', rules({ a: { type: 'array', items: string } }, { rule: 'true', fieldPath: '.a[0]' })],
  ['cel: fieldPath line break', rules({ a: integer }, { rule: 'true', fieldPath: '.a\n' })],
  ['cel: undeclared', rules({}, { rule: 'foo > 1' })],
  ['cel: types that do not fit', rules({ a: integer }, { rule: 'self.a == "x"' })],
  ['cel: no such function', rules({ a: string }, { rule: 'self.a.nope()' })],
  ['cel: no such overload', rules({ a: string }, { rule: 'size(1) > 0' })],
  ['cel: two errors', rules({ a: string }, { rule: 'self.b > 1 && self.c' })],
  [
    'cel: escaped names',
    rules(
      { 'a-b': integer, 'x.y': integer, if: integer, __p: integer },
      { rule: 'self.a__dash__b > 0 && self.x__dot__y > 0 && self.__if__ > 0 && self.__underscores__p > 0' },
    ),
  ],
  [
    'cel: preserved field',
    schema(
      spec({
        type: 'object',
        'x-kubernetes-preserve-unknown-fields': true,
        'x-kubernetes-validations': [{ rule: 'self.a == 1' }],
      }),
    ),
  ],
  [
    'cel: int-or-string',
    rules({ a: { 'x-kubernetes-int-or-string': true } }, { rule: 'type(self.a) == int || self.a == "x"' }),
  ],
  ['cel: quantity', rules({ a: bounded }, { rule: 'quantity(self.a).isGreaterThan(quantity("1"))' })],
  [
    'cel: isSorted of objects',
    rules({ a: { type: 'array', maxItems: 3, items: { type: 'object' } } }, { rule: 'self.a.isSorted()' }),
  ],
  [
    'cel: cost of a list',
    rules({ a: { type: 'array', items: string } }, { rule: 'self.a.all(x, self.a.all(y, x == y))' }),
  ],
  [
    'cel: cost of nested rules',
    schema(
      spec({
        type: 'object',
        properties: {
          a: {
            type: 'array',
            items: {
              type: 'array',
              items: { type: 'string', 'x-kubernetes-validations': [{ rule: 'self.contains("x")' }] },
            },
          },
        },
      }),
    ),
  ],
  ['cel: cost of matches', rules({ a: string }, { rule: 'self.a.matches("^x+$")' })],
  [
    'cel: total cost',
    schema(
      root(
        Object.fromEntries(
          Array.from({ length: 20 }, (_, n) => [
            `f${n}`,
            {
              type: 'array',
              maxItems: 2000,
              items: { type: 'string', maxLength: 2000, 'x-kubernetes-validations': [{ rule: 'self.contains("x")' }] },
            },
          ]),
        ),
      ),
    ),
  ],
  [
    'cel: transition rule in a list',
    schema(
      spec({
        type: 'object',
        properties: {
          a: { type: 'array', items: { type: 'string', 'x-kubernetes-validations': [{ rule: 'self == oldSelf' }] } },
        },
      }),
    ),
  ],
  [
    'cel: transition rule in a map',
    schema(
      spec({
        type: 'object',
        properties: {
          a: {
            type: 'object',
            additionalProperties: { type: 'string', 'x-kubernetes-validations': [{ rule: 'self == oldSelf' }] },
          },
        },
      }),
    ),
  ],
  ['cel: optionalOldSelf without oldSelf', rules({ a: integer }, { rule: 'self.a > 0', optionalOldSelf: true })],
  ['cel: optionalOldSelf', rules({ a: integer }, { rule: 'oldSelf.hasValue() || self.a > 0', optionalOldSelf: true })],
  ['cel: optionalOldSelf used plainly', rules({ a: integer }, { rule: 'oldSelf.a == 1', optionalOldSelf: true })],
  ['cel: reason unknown', rules({ a: integer }, { rule: 'true', reason: 'Nope' })],
  ['cel: under allOf', schema(spec({ type: 'object', allOf: [{ 'x-kubernetes-validations': [{ rule: 'true' }] }] }))],
  [
    'cel: ip, cidr, format',
    rules(
      { a: bounded },
      {
        rule: 'isIP(self.a) && ip(self.a).family() == 4 && cidr("10.0.0.0/8").containsIP(self.a) && !format.dns1123Label().validate(self.a).hasValue()',
      },
    ),
  ],
  [
    'cel: url and regex',
    rules({ a: bounded }, { rule: 'isURL(self.a) && url(self.a).getScheme() == "https" && self.a.find("x+") == "x"' }),
  ],
  [
    'cel: sets and lists',
    rules(
      { a: { type: 'array', maxItems: 4, items: bounded } },
      { rule: 'sets.contains(self.a, ["x"]) && self.a.indexOf("x") == 0 && self.a.isSorted() && self.a.min() == "x"' },
    ),
  ],
  ['cel: semver', rules({ a: bounded }, { rule: 'isSemver(self.a) && semver(self.a).major() == 1' })],
  [
    'cel: two-variable comprehensions',
    rules({ a: { type: 'array', maxItems: 4, items: bounded } }, { rule: 'self.a.all(i, v, i > 0)' }),
  ],
  ['cel: authorizer', rules({}, { rule: 'authorizer.path("/").check("get").allowed()' })],
  [
    'cel: bytes and timestamps',
    rules(
      {
        a: { type: 'string', format: 'byte' },
        b: { type: 'string', format: 'date-time' },
        c: { type: 'string', format: 'duration' },
      },
      { rule: 'self.a == b"x" && self.b > timestamp("2020-01-01T00:00:00Z") && self.c < duration("1h")' },
    ),
  ],
  ['cel: string format', rules({ a: integer }, { rule: '"%d".format([self.a]) == "1"' })],
  ['cel: syntax', rules({ a: integer }, { rule: 'self.a > ' }, { rule: '(' }, { rule: 'self.a ===  1' })],
  ['cel: has of no field', rules({ a: integer }, { rule: 'has(self)' })],
];

/** A definition with many kinds of fields, and objects of it. */
const zoo = crd(
  {
    schema: {
      openAPIV3Schema: root({
        spec: {
          type: 'object',
          properties: {
            int: integer,
            int32: { type: 'integer', format: 'int32' },
            num: { type: 'number', minimum: 1, maximum: 10, exclusiveMaximum: true, multipleOf: 0.5 },
            bool: { type: 'boolean' },
            str: { type: 'string', minLength: 2, maxLength: 4 },
            email: { type: 'string', format: 'email' },
            uuid: { type: 'string', format: 'uuid' },
            ipv4: { type: 'string', format: 'ipv4' },
            ipv6: { type: 'string', format: 'ipv6' },
            cidr: { type: 'string', format: 'cidr' },
            uri: { type: 'string', format: 'uri' },
            hostname: { type: 'string', format: 'hostname' },
            date: { type: 'string', format: 'date' },
            dateTime: { type: 'string', format: 'date-time' },
            duration: { type: 'string', format: 'duration' },
            byte: { type: 'string', format: 'byte' },
            password: { type: 'string', format: 'password' },
            mac: { type: 'string', format: 'mac' },
            bsonobjectid: { type: 'string', format: 'bsonobjectid' },
            label: { type: 'string', format: 'k8s-short-name' },
            longname: { type: 'string', format: 'k8s-long-name' },
            enum: { type: 'integer', enum: [1, 2, 3] },
            nullable: { type: 'string', nullable: true, default: 'd' },
            defaulted: { type: 'object', default: {}, properties: { a: { type: 'integer', default: 7 }, b: string } },
            deep: { type: 'object', properties: { a: { type: 'integer', default: 7 } } },
            array: {
              type: 'array',
              minItems: 1,
              maxItems: 2,
              items: { type: 'object', properties: { a: { type: 'string', default: 'z' } } },
            },
            map: { type: 'object', minProperties: 1, maxProperties: 2, additionalProperties: { type: 'integer' } },
            set: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
            ports: {
              type: 'array',
              'x-kubernetes-list-type': 'map',
              'x-kubernetes-list-map-keys': ['port', 'protocol'],
              items: {
                type: 'object',
                required: ['port'],
                properties: { port: integer, protocol: { type: 'string', default: 'TCP' }, name: string },
              },
            },
            ios: {
              'x-kubernetes-int-or-string': true,
              anyOf: [{ type: 'integer' }, { type: 'string' }],
              pattern: '^[0-9]+%?$',
            },
            any: { 'x-kubernetes-preserve-unknown-fields': true },
            opened: {
              type: 'object',
              'x-kubernetes-preserve-unknown-fields': true,
              properties: { closed: { type: 'object', properties: { a: string } } },
            },
            embedded: {
              type: 'object',
              'x-kubernetes-embedded-resource': true,
              'x-kubernetes-preserve-unknown-fields': true,
            },
            oneOf: {
              type: 'object',
              properties: { a: string, b: string },
              oneOf: [{ required: ['a'] }, { required: ['b'] }],
            },
            anyOf: {
              type: 'object',
              properties: { a: string, b: string },
              anyOf: [{ required: ['a'] }, { required: ['b'] }],
            },
            allOf: {
              type: 'object',
              properties: { a: string, b: string },
              allOf: [{ required: ['a'] }, { required: ['b'] }],
            },
            not: { type: 'object', properties: { a: string }, not: { required: ['a'] } },
            fixed: { type: 'string', 'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'is fixed' }] },
            grows: {
              type: 'integer',
              'x-kubernetes-validations': [
                {
                  rule: '!oldSelf.hasValue() || self > oldSelf.value()',
                  optionalOldSelf: true,
                  messageExpression: '"has %d, had %d".format([self, oldSelf.orValue(0)])',
                  reason: 'FieldValueForbidden',
                },
              ],
            },
            ratchet: { type: 'string', maxLength: 3 },
            failing: {
              type: 'array',
              maxItems: 5,
              items: integer,
              'x-kubernetes-validations': [{ rule: 'self[3] > 0' }],
            },
            divides: {
              type: 'integer',
              'x-kubernetes-validations': [{ rule: '10 / self > 1', reason: 'FieldValueRequired' }],
            },
            message: {
              type: 'string',
              maxLength: 10,
              'x-kubernetes-validations': [
                { rule: 'self != "bad"', messageExpression: 'self.substring(20)', message: 'plain message' },
              ],
            },
            blank: {
              type: 'string',
              maxLength: 10,
              'x-kubernetes-validations': [{ rule: 'self != "bad"', messageExpression: '"  "' }],
            },
            lines: {
              type: 'string',
              maxLength: 10,
              'x-kubernetes-validations': [{ rule: 'self != "bad"', messageExpression: '"a\\nb"' }],
            },
            pathed: {
              type: 'object',
              properties: { 'a-b': { type: 'object', properties: { c: integer } } },
              'x-kubernetes-validations': [
                { rule: '!has(self.a__dash__b)', fieldPath: "['a-b'].c", reason: 'FieldValueDuplicate' },
              ],
            },
          },
          'x-kubernetes-validations': [{ rule: '!has(self.bool) || !self.bool', message: 'no bool' }],
        },
        status: { type: 'object', properties: { a: integer } },
      }),
    },
    subresources: { status: {} },
    additionalPrinterColumns: [
      { name: 'Int', type: 'integer', jsonPath: '.spec.int' },
      { name: 'Num', type: 'number', format: 'float', jsonPath: '.spec.num' },
      { name: 'Bool', type: 'boolean', jsonPath: '.spec.bool' },
      { name: 'When', type: 'date', jsonPath: '.spec.dateTime' },
      { name: 'Str as int', type: 'integer', jsonPath: '.spec.str' },
      { name: 'Filter', type: 'string', jsonPath: '.spec.ports[?(@.port==80)].name' },
      { name: 'All', type: 'string', jsonPath: '.spec.ports[*].name' },
      { name: 'Map', type: 'string', jsonPath: '.spec.map' },
      { name: 'Label', type: 'string', jsonPath: '.metadata.labels.a\\.b/c' },
      { name: 'Last', type: 'string', jsonPath: '.spec.set[-1:]' },
    ],
  },
  { names: { plural: 'zoos', kind: 'Zoo', listKind: 'ZooList' } },
  'zoos.conf5.example.com',
);
const zoos = '/apis/conf5.example.com/v1/namespaces/{ns}/zoos';
const beast = (fields: Fields, meta: Fields = {}): Fields => ({
  apiVersion: 'conf5.example.com/v1',
  kind: 'Zoo',
  metadata: { name: 'a', ...meta },
  spec: fields,
});

const objects: readonly Fields[] = [
  { int: 1.5 },
  { int: '1' },
  { int: true },
  { int: null },
  { int: 1e3 },
  { int: [] },
  { int32: 2147483648 },
  { int32: -2147483649 },
  { num: 10 },
  { num: 0.5 },
  { num: 1.3 },
  { num: '1' },
  { bool: 'true' },
  { bool: true },
  { str: 'x' },
  { str: 'xxxxx' },
  { str: 'éé' },
  { str: 5 },
  { str: null },
  { email: 'x' },
  { email: 'a@b.c' },
  { uuid: 'x' },
  { uuid: '123e4567-e89b-12d3-a456-426614174000' },
  { ipv4: '1.2.3' },
  { ipv4: '::1' },
  { ipv6: '1.2.3.4' },
  { ipv6: '::1' },
  { cidr: '10.0.0.0' },
  { cidr: '10.0.0.1/8' },
  { uri: 'x' },
  { uri: 'https://a.b' },
  { uri: ':x' },
  { hostname: 'a_b' },
  { hostname: 'A.b' },
  { date: '2020-13-01' },
  { date: '2020-1-1' },
  { dateTime: '2020-01-01' },
  { dateTime: '2020-01-01T00:00:00Z' },
  { dateTime: '2020-01-01T00:00:00+02:00' },
  { duration: '1x' },
  { duration: '1h30m' },
  { duration: '5 days' },
  { byte: '!' },
  { byte: 'AA==' },
  { password: 'x' },
  { mac: 'x' },
  { bsonobjectid: 'x' },
  { label: 'A_' },
  { longname: 'A_' },
  { enum: 4 },
  { enum: '1' },
  { nullable: null },
  { nullable: 1 },
  {},
  { defaulted: null },
  { defaulted: { b: 'x' } },
  { defaulted: { c: 1 } },
  { deep: {} },
  { deep: null },
  { array: [] },
  { array: [{}] },
  { array: [{}, {}, {}] },
  { array: [null] },
  { array: ['x'] },
  { array: {} },
  { map: {} },
  { map: { a: 1 } },
  { map: { a: 'x' } },
  { map: { a: 1, b: 2, c: 3 } },
  { map: { a: null } },
  { map: [] },
  { set: ['a', 'b', 'a', 'a'] },
  { set: [null] },
  { ports: [{ port: 80 }, { port: 80 }] },
  { ports: [{ port: 80 }, { port: 80, protocol: 'UDP' }] },
  { ports: [{ protocol: 'UDP' }] },
  { ports: [{ port: 'x' }] },
  { ios: 5 },
  { ios: '5%' },
  { ios: 'x' },
  { ios: true },
  { ios: 1.5 },
  { any: 1 },
  { any: { a: [1, null, { b: null }] } },
  { any: null },
  { opened: { x: 1, closed: { a: 'x', b: 1 } } },
  { embedded: {} },
  { embedded: { apiVersion: 'v1', kind: 'Pod' } },
  { embedded: { apiVersion: 'a/b/c', kind: 'x y', metadata: { name: 'BAD_', labels: { 'a b': 'c' } } } },
  { embedded: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', nope: 1, creationTimestamp: 'z' } } },
  { embedded: { apiVersion: 1, kind: 'Pod' } },
  { embedded: 'x' },
  { oneOf: {} },
  { oneOf: { a: 'x', b: 'y' } },
  { oneOf: { a: 'x' } },
  { anyOf: {} },
  { allOf: { a: 'x' } },
  { not: { a: 'x' } },
  { failing: [1] },
  { failing: [1, 2, 3, 4] },
  { divides: 0 },
  { divides: 9 },
  { message: 'bad' },
  { blank: 'bad' },
  { lines: 'bad' },
  { pathed: { 'a-b': { c: 1 } } },
  { grows: 1 },
  { bool: true, int: 'x' },
  { str: 'xxxxx', bool: true },
  { nope: 1 },
  { nope: { a: { b: 1 } }, array: [{ nope: 1 }] },
];
const changes: readonly [Fields, Fields][] = [
  [{ fixed: 'a' }, { fixed: 'b' }],
  [{ fixed: 'a' }, { fixed: null }],
  [{}, { fixed: 'x' }],
  [{ grows: 1 }, { grows: 1 }],
  [{ grows: 1 }, { grows: 2 }],
  [{ grows: 3 }, { grows: 2 }],
  [{ fixed: 'a' }, { int: 3 }],
  [{ set: ['a'] }, { set: ['a', 'a'] }],
  [{ nullable: 'x' }, { nullable: null }],
  [{ defaulted: { a: 1 } }, { defaulted: null }],
  [{ ports: [{ port: 1 }] }, { ports: [{ port: 1, protocol: 'TCP' }, { port: 1 }] }],
  [{ any: { a: 1 } }, { any: { b: null } }],
];
const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };

/** The kind that the objects are of; to be installed before. */
export const installZoo: Step = { path: crds, body: zoo };

const ratchet: Step[] = [
  {
    path: crds,
    body: crd(
      {
        schema: {
          openAPIV3Schema: spec({
            type: 'object',
            properties: {
              s: string,
              list: { type: 'array', items: string },
              m: {
                type: 'array',
                'x-kubernetes-list-type': 'map',
                'x-kubernetes-list-map-keys': ['k'],
                items: { type: 'object', required: ['k'], properties: { k: string, v: integer } },
              },
            },
          }),
        },
      },
      { names: { plural: 'rats', kind: 'Rat' }, group: 'r-{ns}.example.com' },
      'rats.r-{ns}.example.com',
    ),
    quiet: true,
  },
  { path: '/apis/r-{ns}.example.com/v1/namespaces/{ns}/rats', until: (answer) => answer.code === 200, quiet: true },
  {
    path: '/apis/r-{ns}.example.com/v1/namespaces/{ns}/rats',
    body: {
      apiVersion: 'r-{ns}.example.com/v1',
      kind: 'Rat',
      metadata: { name: 'a' },
      spec: {
        s: 'long',
        list: ['long', 'x'],
        m: [
          { k: 'a', v: 1 },
          { k: 'b', v: 2 },
        ],
      },
    },
    quiet: true,
  },
  {
    method: 'PATCH',
    path: `${crds}/rats.r-{ns}.example.com`,
    type: 'application/json-patch+json',
    body: [
      {
        op: 'replace',
        path: '/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/s',
        value: { type: 'string', maxLength: 2 },
      },
      {
        op: 'replace',
        path: '/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/list/items',
        value: { type: 'string', maxLength: 2 },
      },
      {
        op: 'replace',
        path: '/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/m/items/properties/v',
        value: { type: 'integer', minimum: 5 },
      },
    ],
    quiet: true,
  },
  {
    path: '/apis/r-{ns}.example.com/v1/namespaces/{ns}/rats?dryRun=All',
    body: { apiVersion: 'r-{ns}.example.com/v1', kind: 'Rat', metadata: { name: 'b' }, spec: { s: 'long' } },
    until: (answer) => answer.code === 422,
  },
  ...[
    { metadata: { labels: { a: 'b' } } },
    { spec: { s: 'other' } },
    { spec: { list: ['long', 'y'] } },
    { spec: { list: ['x', 'long'] } },
    { spec: { m: [{ k: 'b', v: 2 }] } },
    { spec: { m: [{ k: 'b', v: 3 }] } },
    {
      spec: {
        m: [
          { k: 'c', v: 9 },
          { k: 'a', v: 1 },
        ],
      },
    },
  ].map(
    (body): Step => ({
      method: 'PATCH',
      path: '/apis/r-{ns}.example.com/v1/namespaces/{ns}/rats/a?dryRun=All',
      body,
      type: merge,
    }),
  ),
];

export const schemaCases: readonly Case[] = [
  ...definitions.map(([name, body]) => one(`definition: ${name}`, { path: `${crds}?dryRun=All`, body })),
  ...objects.map((fields) =>
    one(`object: ${JSON.stringify(fields)}`, {
      path: `${zoos.replace('{ns}', 'default')}?dryRun=All`,
      body: beast(fields),
    }),
  ),
  ...changes.map(([before, after]) =>
    one(
      `change: ${JSON.stringify(before)} to ${JSON.stringify(after)}`,
      { path: zoos, body: beast(before), quiet: true },
      { method: 'PATCH', path: `${zoos}/a`, body: { spec: after }, type: merge },
    ),
  ),
  one('object: strict', {
    path: `${zoos}?dryRun=All&fieldValidation=Strict`,
    body: beast({ nope: 1, array: [{ nope: 1 }], embedded: { apiVersion: 'v1', kind: 'X', metadata: { nope: 1 } } }),
  }),
  one('object: without spec', {
    path: `${zoos}?dryRun=All`,
    body: { apiVersion: 'conf5.example.com/v1', kind: 'Zoo', metadata: { name: 'a' } },
  }),
  one('object: spec of another type', {
    path: `${zoos}?dryRun=All`,
    body: { apiVersion: 'conf5.example.com/v1', kind: 'Zoo', metadata: { name: 'a' }, spec: 'x' },
  }),
  one('object: spec null', {
    path: `${zoos}?dryRun=All`,
    body: { apiVersion: 'conf5.example.com/v1', kind: 'Zoo', metadata: { name: 'a' }, spec: null },
  }),
  one(
    'columns',
    {
      path: zoos,
      body: beast(
        {
          int: 5,
          num: 2.5,
          dateTime: '2020-01-01T00:00:00Z',
          str: 'abc',
          ports: [
            { port: 80, name: 'x' },
            { port: 81, name: 'y' },
          ],
          map: { a: 1 },
          set: ['p', 'q'],
        },
        { labels: { 'a.b/c': 'L' } },
      ),
      quiet: true,
    },
    { path: zoos, body: { ...beast({}), metadata: { name: 'b' } }, quiet: true },
    { path: zoos, headers: table },
  ),
  one(
    'status of a kind',
    { path: zoos, body: { ...beast({ int: 1 }), status: { a: 1 } }, quiet: true },
    { method: 'PATCH', path: `${zoos}/a/status`, body: { status: { a: 'x' } }, type: merge },
    { method: 'PATCH', path: `${zoos}/a/status`, body: { status: { a: 5, b: 6 } }, type: merge },
    { method: 'PATCH', path: `${zoos}/a/status`, body: { spec: { int: 'x' }, status: { a: 7 } }, type: merge },
    { path: `${zoos}/a/scale` },
    { path: `${zoos}/a/status`, headers: table },
  ),
  one('ratcheting', ...ratchet),
  one(
    'a deprecated version warns',
    {
      path: crds,
      body: crd(
        { deprecated: true },
        { group: 'd-{ns}.example.com', names: { plural: 'olds', kind: 'Old' } },
        'olds.d-{ns}.example.com',
      ),
      quiet: true,
    },
    { path: '/apis/d-{ns}.example.com/v1/namespaces/{ns}/olds', until: (answer) => answer.code === 200 },
    {
      path: '/apis/d-{ns}.example.com/v1/namespaces/{ns}/olds',
      body: { apiVersion: 'd-{ns}.example.com/v1', kind: 'Old', metadata: { name: 'a' } },
    },
    { path: '/apis/d-{ns}.example.com/v1/namespaces/{ns}/olds/zz' },
  ),
  one(
    'two versions without conversion',
    {
      path: crds,
      body: crd(
        {},
        {
          group: 'v-{ns}.example.com',
          names: { plural: 'twos', kind: 'Two' },
          versions: [
            {
              name: 'v1',
              served: true,
              storage: true,
              schema: {
                openAPIV3Schema: spec({
                  type: 'object',
                  properties: { a: string, b: { type: 'string', default: 'one' } },
                }),
              },
            },
            {
              name: 'v1beta1',
              served: true,
              storage: false,
              schema: {
                openAPIV3Schema: spec({
                  type: 'object',
                  properties: { a: string, c: { type: 'string', default: 'beta' } },
                }),
              },
            },
            { name: 'v2', served: false, storage: false, schema: { openAPIV3Schema: open } },
          ],
        },
        'twos.v-{ns}.example.com',
      ),
    },
    { path: '/apis/v-{ns}.example.com/v1/namespaces/{ns}/twos', until: (answer) => answer.code === 200 },
    { path: '/apis/v-{ns}.example.com', until: (answer) => answer.code === 200 },
    {
      path: '/apis/v-{ns}.example.com/v1beta1/namespaces/{ns}/twos',
      body: {
        apiVersion: 'v-{ns}.example.com/v1beta1',
        kind: 'Two',
        metadata: { name: 'a' },
        spec: { a: 'x', b: 'y' },
      },
    },
    { path: '/apis/v-{ns}.example.com/v1/namespaces/{ns}/twos/a' },
    { path: '/apis/v-{ns}.example.com/v2/namespaces/{ns}/twos/a' },
    {
      path: '/apis/v-{ns}.example.com/v1/namespaces/{ns}/twos',
      body: { apiVersion: 'v-{ns}.example.com/v1beta1', kind: 'Two', metadata: { name: 'b' } },
    },
    {
      method: 'PATCH',
      path: '/apis/v-{ns}.example.com/v1beta1/namespaces/{ns}/twos/a',
      body: { spec: { c: 'z' } },
      type: merge,
    },
    { path: '/apis/v-{ns}.example.com/v1/namespaces/{ns}/twos/a' },
    { method: 'PATCH', path: `${crds}/twos.v-{ns}.example.com`, body: { spec: { scope: 'Cluster' } }, type: merge },
    { method: 'PATCH', path: `${crds}/twos.v-{ns}.example.com`, body: { spec: { group: 'x.y' } }, type: merge },
    {
      method: 'PATCH',
      path: `${crds}/twos.v-{ns}.example.com`,
      body: { spec: { names: { kind: 'Other' } } },
      type: merge,
    },
    {
      method: 'PATCH',
      path: `${crds}/twos.v-{ns}.example.com`,
      body: { spec: { names: { plural: 'others' } } },
      type: merge,
    },
    {
      method: 'PATCH',
      path: `${crds}/twos.v-{ns}.example.com`,
      type: 'application/json-patch+json',
      body: [{ op: 'remove', path: '/spec/versions/0' }],
    },
    {
      method: 'PATCH',
      path: `${crds}/twos.v-{ns}.example.com/status`,
      body: { status: { storedVersions: [] } },
      type: merge,
    },
    {
      method: 'PATCH',
      path: `${crds}/twos.v-{ns}.example.com/status`,
      body: { status: { storedVersions: ['v9'] } },
      type: merge,
    },
  ),
  one(
    'names that are taken',
    {
      path: crds,
      body: crd(
        {},
        { group: 'n-{ns}.example.com', names: { plural: 'as', kind: 'A', shortNames: ['x'] } },
        'as.n-{ns}.example.com',
      ),
      quiet: true,
    },
    { path: '/apis/n-{ns}.example.com/v1/namespaces/{ns}/as', until: (answer) => answer.code === 200, quiet: true },
    {
      path: crds,
      body: crd(
        {},
        { group: 'n-{ns}.example.com', names: { plural: 'bs', kind: 'A', shortNames: ['x'], singular: 'a' } },
        'bs.n-{ns}.example.com',
      ),
      quiet: true,
    },
    {
      path: `${crds}/bs.n-{ns}.example.com`,
      until: ({ body }) => ((body as { status?: { conditions?: unknown[] } }).status?.conditions?.length ?? 0) > 1,
    },
    { path: '/apis/n-{ns}.example.com/v1/namespaces/{ns}/bs' },
  ),
  one('definitions as a table', {
    path: `${crds}?fieldSelector=metadata.name%3Dwidgets.conformance.example.com`,
    headers: table,
  }),
];
