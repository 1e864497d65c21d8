/** Rules and schemas: which objects they let pass. */
import type { Fields } from '../../steps.ts';
import { integer, object, string } from './shared.ts';

/** A definition that is made, with objects that are judged by it. */
export const judged: readonly [string, Fields, readonly unknown[]][] = [
  [
    'strings',
    object(
      { a: { type: 'string', maxLength: 20 } },
      { rule: 'self.a.split(",").all(x, x.trim().size() > 1)', messageExpression: '"bad: " + self.a' },
    ),
    [{ a: 'xx, yy' }, { a: 'x,y' }, {}],
  ],
  [
    'regular expressions',
    object(
      { a: { type: 'string', maxLength: 20 } },
      { rule: 'self.a.find("[0-9]+") != "" && self.a.findAll("[a-z]").size() == 2' },
    ),
    [{ a: 'ab1' }, { a: 'abc' }],
  ],
  [
    'urls',
    object(
      { a: { type: 'string', maxLength: 40 } },
      {
        rule: 'isURL(self.a) && url(self.a).getHostname() == "a.b" && url(self.a).getPort() == "80" && url(self.a).getQuery()["q"][0] == "1"',
      },
    ),
    [{ a: 'https://a.b:80/x?q=1' }, { a: 'x' }, { a: 'https://a.b' }],
  ],
  [
    'quantities',
    object(
      { a: { 'x-kubernetes-int-or-string': true }, b: { type: 'string', maxLength: 9 } },
      {
        rule: 'isQuantity(self.b) && quantity(self.b).compareTo(quantity("1Gi")) <= 0 && quantity(self.b).isInteger()',
      },
    ),
    [{ b: '5Mi' }, { b: '2Gi' }, { b: 'x' }, { b: '500m' }],
  ],
  [
    'addresses',
    object(
      { a: { type: 'string', maxLength: 40 } },
      { rule: 'isIP(self.a) ? ip(self.a).family() == 6 : cidr(self.a).containsIP("10.0.0.1")' },
    ),
    [{ a: '::1' }, { a: '1.2.3.4' }, { a: '10.0.0.0/8' }, { a: '11.0.0.0/8' }, { a: 'x' }],
  ],
  [
    'times',
    object(
      { a: { type: 'string', format: 'date-time' }, b: { type: 'string', format: 'duration' } },
      { rule: 'self.a.getFullYear() == 2026 && self.b < duration("2h") && (self.a + self.b).getMinutes() == 30' },
    ),
    [
      { a: '2026-01-01T00:00:00Z', b: '30m' },
      { a: '2025-01-01T00:00:00Z', b: '30m' },
      { a: '2026-01-01T00:00:00Z', b: '3h' },
    ],
  ],
  [
    'lists',
    object(
      { a: { type: 'array', maxItems: 9, items: integer } },
      {
        rule: 'self.a.isSorted() && self.a.sum() < 10 && self.a.max() == 4 && self.a.indexOf(4) == 1',
        message: 'a list',
      },
    ),
    [{ a: [1, 4] }, { a: [4, 1] }, { a: [] }, { a: [1, 4, 9] }],
  ],
  [
    'maps',
    object(
      { a: { type: 'object', maxProperties: 5, additionalProperties: { type: 'string', maxLength: 9 } } },
      { rule: 'self.a.all(k, k.startsWith("x") && self.a[k] != "")' },
      { rule: '"xa" in self.a', fieldPath: '.a' },
    ),
    [{ a: { xa: 'b' } }, { a: { b: 'c' } }, { a: { xb: '' } }],
  ],
  [
    'sets',
    object(
      {
        a: { type: 'array', maxItems: 5, 'x-kubernetes-list-type': 'set', items: { type: 'string', maxLength: 5 } },
        b: { type: 'array', maxItems: 5, items: { type: 'string', maxLength: 5 } },
      },
      { rule: 'sets.equivalent(self.a, self.b) || sets.intersects(self.a, self.b)' },
      { rule: 'self.a == self.b' },
    ),
    [
      { a: ['x', 'y'], b: ['y', 'x'] },
      { a: ['x'], b: ['y'] },
    ],
  ],
  [
    'map lists',
    object(
      {
        a: {
          type: 'array',
          maxItems: 5,
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['k'],
          items: { type: 'object', required: ['k'], properties: { k: { type: 'string', maxLength: 5 }, v: integer } },
        },
      },
      {
        rule: 'self.a.exists_one(x, x.k == "p") && self.a + [{"k": "p", "v": 3}] != self.a',
        reason: 'FieldValueRequired',
        fieldPath: '.a',
      },
    ),
    [{ a: [{ k: 'p', v: 1 }] }, { a: [] }, { a: [{ k: 'p' }, { k: 'p' }] }],
  ],
  [
    'optional fields',
    object({ a: object({ b: integer }), c: integer }, { rule: 'self.?a.?b.orValue(0) > 1 || has(self.c)' }),
    [{}, { a: { b: 2 } }, { c: 1 }, { a: {} }],
  ],
  ['missing fields', object({ a: object({ b: integer }) }, { rule: 'self.a.b > 1' }), [{}, { a: {} }, { a: { b: 2 } }]],
  [
    'nulls',
    object({ a: { type: 'string', nullable: true, maxLength: 5 } }, { rule: 'has(self.a) && self.a == null' }),
    [{ a: null }, { a: 'x' }, {}],
  ],
  [
    'int-or-string',
    object({
      a: {
        'x-kubernetes-int-or-string': true,
        'x-kubernetes-validations': [{ rule: 'type(self) == string ? self.endsWith("%") : self < 5' }],
      },
    }),
    [{ a: 3 }, { a: 9 }, { a: '5%' }, { a: '5' }],
  ],
  [
    'reasons',
    object(
      { a: integer, b: integer, c: integer, d: integer },
      { rule: 'self.a > 0', reason: 'FieldValueForbidden' },
      { rule: 'self.b > 0', reason: 'FieldValueDuplicate' },
      { rule: 'self.c > 0', reason: 'FieldValueRequired', fieldPath: '.c' },
      { rule: 'self.d > 0', reason: 'FieldValueInvalid', message: 'd' },
    ),
    [
      { a: 0, b: 0, c: 0, d: 0 },
      { a: 1, b: 1, c: 1, d: 1 },
    ],
  ],
  [
    'numbers',
    object(
      { a: { type: 'number' }, b: integer },
      { rule: 'self.a > 1.5 && double(self.b) < self.a && int(self.a) % 2 == 0 && math.abs(self.b) < 9' },
    ),
    [
      { a: 2.5, b: 1 },
      { a: 1, b: 5 },
      { a: 4, b: -9 },
    ],
  ],
  [
    'formats',
    object(
      { a: { type: 'string', maxLength: 40 } },
      {
        rule: '!format.dns1123Subdomain().validate(self.a).hasValue()',
        messageExpression: 'format.dns1123Subdomain().validate(self.a).orValue(["?"]).join("; ")',
      },
    ),
    [{ a: 'a.b' }, { a: 'A_b' }],
  ],
  [
    'semantic versions',
    object({ a: { type: 'string', maxLength: 20 } }, { rule: 'isSemver(self.a) && semver(self.a).minor() >= 2' }),
    [{ a: '1.2.3' }, { a: '1.1.0' }, { a: 'v1.2' }],
  ],
  [
    'two variables',
    object(
      { a: { type: 'object', maxProperties: 5, additionalProperties: integer } },
      { rule: 'self.a.all(k, v, v > 0) && self.a.transformList(k, v, v).size() < 3' },
    ),
    [{ a: { x: 1 } }, { a: { x: 0 } }, { a: { x: 1, y: 2, z: 3 } }],
  ],
  [
    'nested rules',
    object({
      a: {
        type: 'array',
        maxItems: 3,
        items: object(
          {
            b: {
              type: 'object',
              maxProperties: 3,
              additionalProperties: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self > 1' }] },
            },
          },
          { rule: 'has(self.b)' },
        ),
      },
    }),
    [{ a: [{ b: { 'x.y/z': 0, p: 5 } }, {}] }, { a: [{ b: { p: 2 } }] }],
  ],
  [
    'embedded',
    object({
      a: {
        type: 'object',
        'x-kubernetes-embedded-resource': true,
        'x-kubernetes-preserve-unknown-fields': true,
        'x-kubernetes-validations': [{ rule: 'self.kind == "Pod" && self.metadata.name.startsWith("x")' }],
      },
    }),
    [
      { a: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x1' } } },
      { a: { apiVersion: 'v1', kind: 'Job', metadata: { name: 'y' } } },
      { a: { kind: 'Pod' } },
      { a: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'X', labels: { a: 1 } } } },
    ],
  ],
  [
    'of everything',
    {
      type: 'object',
      required: ['r'],
      properties: {
        r: string,
        s: { type: 'string', minLength: 2, maxLength: 3, pattern: '^a' },
        n: { type: 'number', minimum: 1, exclusiveMinimum: true, maximum: 5, multipleOf: 0.5 },
        l: { type: 'array', minItems: 2, maxItems: 3, items: integer },
        m: { type: 'object', minProperties: 1, maxProperties: 1, additionalProperties: { type: 'boolean' } },
        e: { type: 'string', enum: ['x', 'y'] },
      },
    },
    [
      {},
      { r: 'x', s: 'b' },
      { r: 'x', s: 'abcd' },
      { r: 'x', n: 1 },
      { r: 'x', n: 5.25 },
      { r: 'x', l: [1] },
      { r: 'x', l: ['a', 1.5, null, 4] },
      { r: 'x', m: {} },
      { r: 'x', m: { a: true, b: 1 } },
      { r: 'x', e: 'z' },
      { r: null },
      { r: 'x', e: null },
      null,
      [],
      'x',
      5,
    ],
  ],
  [
    'combinations',
    {
      type: 'object',
      properties: { a: integer, b: integer, c: integer },
      oneOf: [{ required: ['a'] }, { required: ['b'] }],
      not: { required: ['c'] },
      anyOf: [{ properties: { a: { minimum: 3 } } }, { properties: { b: { minimum: 3 } } }],
    },
    [{}, { a: 5 }, { a: 1, b: 2 }, { a: 1, c: 1 }, { b: 9 }],
  ],
  [
    'defaults',
    object({
      a: {
        type: 'object',
        default: {},
        properties: {
          b: { type: 'string', default: 'x' },
          c: { type: 'array', default: [{}], items: object({ d: { type: 'integer', default: 7 } }) },
        },
      },
      m: { type: 'object', additionalProperties: object({ e: { type: 'boolean', default: false } }) },
      n: { type: 'string', nullable: true, default: 'y' },
    }),
    [{}, { a: null }, { a: { c: [] } }, { m: { k: {} } }, { n: null }, { a: { b: null, c: [{ d: null }] } }],
  ],
  [
    'pruning',
    object({
      a: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties: { b: object({ c: string }) } },
      l: { type: 'array', items: object({ x: string }) },
    }),
    [{ z: 1, a: { y: 2, b: { c: 'x', d: 1 } }, l: [{ x: 'a', q: 1 }] }],
  ],
  [
    '64 bits',
    object({
      a: { type: 'integer', format: 'int64' },
      b: { type: 'integer', format: 'int32' },
      c: { type: 'number', format: 'float' },
    }),
    [{ a: 900719925474099, b: 2147483648, c: 1e39 }, { a: 1.0, b: 1, c: 1 }, { a: 1e30 }],
  ],
];
