/** Custom resources of many schemas: what a definition is refused for, and how objects of one that is not are judged. */
import type { Case, Step } from './harness.ts';
import { type Fields, merge } from './steps.ts';

const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const one = (name: string, ...steps: Step[]): Case => ({ area: 'crds', name, steps });
const string = { type: 'string' };
const integer = { type: 'integer' };
const group = 'd-{ns}.example.com';
const things = `/apis/${group}/v1/namespaces/{ns}/things`;

/** A definition whose objects have this schema as their spec. */
function definition(spec: Fields, version: Fields = {}, more: Fields = {}): Fields {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `things.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural: 'things', kind: 'Thing' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: { spec, status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
            },
          },
          ...version,
        },
      ],
      ...more,
    },
  };
}

const thing = (spec: unknown, meta: Fields = {}): Fields => ({
  apiVersion: `${group}/v1`,
  kind: 'Thing',
  metadata: { name: 'a', ...meta },
  spec,
});

/** Makes the definition and waits until it is served, which one that was refused never is. */
const made = (body: Fields): Step[] => [
  { path: crds, body, quiet: true },
  { path: things, until: (answer, before) => answer.code === 200 || before?.code !== 201, quiet: true },
];
const create = (spec: unknown): Step => ({ path: `${things}?dryRun=All`, body: thing(spec) });
const object = (properties: Fields, ...rules: Fields[]): Fields => ({
  type: 'object',
  properties,
  ...(rules.length === 0 ? {} : { 'x-kubernetes-validations': rules }),
});

/** Definitions as dry runs. */
const refused: readonly [string, Fields][] = [
  [
    'a rule that costs too much',
    object(
      { a: { type: 'array', items: { type: 'array', items: string } } },
      { rule: 'self.a.all(x, x.all(y, y.matches("x")))' },
    ),
  ],
  [
    'a rule in unbounded maps',
    {
      type: 'object',
      additionalProperties: {
        type: 'object',
        additionalProperties: { type: 'string', 'x-kubernetes-validations': [{ rule: 'self.size() > 0' }] },
      },
    },
  ],
  [
    'estimate of map and filter',
    object({ a: { type: 'array', items: integer } }, { rule: 'self.a.filter(x, self.a.exists(y, y > x)).size() > 0' }),
  ],
  [
    'estimate with bounds',
    object(
      { a: { type: 'array', maxItems: 10, items: { type: 'string', maxLength: 10 } } },
      { rule: 'self.a.all(x, self.a.all(y, x == y))' },
    ),
  ],
  [
    'oldSelf in a rule of a set',
    object({
      a: {
        type: 'array',
        'x-kubernetes-list-type': 'set',
        items: { type: 'string', 'x-kubernetes-validations': [{ rule: 'oldSelf != self' }] },
      },
    }),
  ],
  [
    'oldSelf in a rule of a map list',
    object({
      a: {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['k'],
        items: {
          type: 'object',
          required: ['k'],
          properties: { k: string },
          'x-kubernetes-validations': [{ rule: 'oldSelf.k == self.k' }],
        },
      },
    }),
  ],
  [
    'oldSelf in an atomic list',
    object({
      a: {
        type: 'array',
        'x-kubernetes-list-type': 'atomic',
        items: { type: 'object', properties: { k: string }, 'x-kubernetes-validations': [{ rule: 'oldSelf == self' }] },
      },
    }),
  ],
  [
    'reserved words as fields',
    object(
      { namespace: string, true: string, in: string, int: string },
      { rule: 'self.__namespace__ == "a" && self.__true__ == "x" && self.__in__ == "y" && self.int == "z"' },
    ),
  ],
  ['reserved words unescaped', object({ namespace: string }, { rule: 'self.namespace == "a"' })],
  ['comparison of int and string', object({ a: integer, b: string }, { rule: 'self.a == self.b' })],
  ['addition of int and double', object({ a: integer, b: { type: 'number' } }, { rule: 'self.a + self.b > 1' })],
  ['a list for a map', object({ a: { type: 'array', maxItems: 3, items: string } }, { rule: 'self.a["x"] == "y"' })],
  ['has of an index', object({ a: { type: 'array', maxItems: 3, items: string } }, { rule: 'has(self.a[0])' })],
  ['a ternary of two types', object({ a: integer }, { rule: 'self.a > 1 ? true : "x"' })],
  ['a function with too many arguments', object({ a: string }, { rule: 'self.a.startsWith("x", "y")' })],
  ['a bad regular expression', object({ a: { type: 'string', maxLength: 5 } }, { rule: 'self.a.matches("[")' })],
  ['a bad duration', object({ a: string }, { rule: 'duration("x") > duration("1h")' })],
  ['a bad quantity literal', object({ a: string }, { rule: 'quantity("x").isGreaterThan(quantity("1"))' })],
  ['a division by zero', object({ a: integer }, { rule: 'self.a / 0 > 1' })],
  ['two rules alike', object({ a: integer }, { rule: 'self.a > 1' }, { rule: 'self.a > 1' })],
  ['a message that is too long', object({ a: integer }, { rule: 'self.a > 1', message: 'x'.repeat(3000) })],
  ['a rule without a message, long', object({ a: integer }, { rule: `self.a > 1 ${'&& self.a > 1 '.repeat(600)}` })],
  ['fieldPath to nothing', object({ a: integer }, { rule: 'self.a > 1', fieldPath: '.b' })],
  [
    'fieldPath into a map',
    object({ a: { type: 'object', additionalProperties: integer } }, { rule: 'true', fieldPath: '.a.x' }),
  ],
  ['fieldPath with quotes', object({ a: integer }, { rule: 'true', fieldPath: '.a"' })],
  ['reason with another case', object({ a: integer }, { rule: 'true', reason: 'fieldvalueinvalid' })],
  [
    'messageExpression that costs',
    object(
      { a: { type: 'array', items: string } },
      { rule: 'true', messageExpression: 'self.a.map(x, x + x).join(",")' },
    ),
  ],
  [
    'messageExpression of oldSelf',
    object({ a: integer }, { rule: 'oldSelf.a < self.a', messageExpression: 'string(oldSelf.a)' }),
  ],
  ['optionalOldSelf false', object({ a: integer }, { rule: 'self.a >= oldSelf.a', optionalOldSelf: false })],
  ['a rule on an integer', object({ a: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self' }] } })],
  [
    'a rule on int-or-string',
    object({ a: { 'x-kubernetes-int-or-string': true, 'x-kubernetes-validations': [{ rule: 'self > 5' }] } }),
  ],
  [
    'a rule on preserved fields',
    {
      type: 'object',
      'x-kubernetes-preserve-unknown-fields': true,
      'x-kubernetes-validations': [{ rule: 'self.x == 1' }],
    },
  ],
  [
    'a rule with null',
    object({ a: { type: 'string', nullable: true, maxLength: 3 } }, { rule: 'self.a == null || self.a == "x"' }),
  ],
  ['dyn', object({ a: integer }, { rule: 'dyn(self.a) == "x"' })],
  ['type()', object({ a: integer }, { rule: 'type(self.a) == int' })],
  [
    'quantities in sum',
    object({ a: { type: 'string', maxLength: 9 } }, { rule: 'quantity(self.a).add(quantity("1")).asInteger() > 1' }),
  ],
  [
    'base64 and charAt',
    object(
      { a: { type: 'string', maxLength: 9 } },
      { rule: 'base64.encode(bytes(self.a)) != "" && self.a.charAt(0) == "x" && self.a.split(",").size() > 0' },
    ),
  ],
  [
    'strings',
    object(
      { a: { type: 'string', maxLength: 9 } },
      {
        rule: 'self.a.lowerAscii().upperAscii().trim().replace("a","b").substring(0,1).indexOf("x") == 0 && self.a.reverse() == "x"',
      },
    ),
  ],
  [
    'format names',
    object(
      { a: { type: 'string', maxLength: 9 } },
      { rule: 'format.named("dns1123Label").hasValue() && !format.uuid().validate(self.a).hasValue()' },
    ),
  ],
  [
    'optional types',
    object(
      { a: { type: 'string', maxLength: 9 } },
      { rule: 'self.?a.orValue("x") == "x" && optional.of(1).hasValue() && [?self.?a].size() > 0' },
    ),
  ],
  ['math', object({ a: integer }, { rule: 'math.greatest(self.a, 1) == 1' })],
  ['cel.bind', object({ a: integer }, { rule: 'cel.bind(x, self.a, x > 1)' })],
  ['jsonpatch', object({ a: integer }, { rule: 'jsonpatch.escapeKey("a/b") == "x"' })],
  [
    'semver',
    object({ a: { type: 'string', maxLength: 9 } }, { rule: 'semver(self.a, true).isLessThan(semver("1.0.0"))' }),
  ],
  [
    'ip',
    object(
      { a: { type: 'string', maxLength: 20 } },
      { rule: 'ip.isCanonical(self.a) && ip(self.a).isLoopback() && !ip(self.a).isUnspecified()' },
    ),
  ],
  [
    'cidr',
    object(
      { a: { type: 'string', maxLength: 20 } },
      { rule: 'cidr(self.a).prefixLength() > 8 && cidr(self.a).masked() == cidr(self.a) && isCIDR(self.a)' },
    ),
  ],
  ['variables', object({ a: integer }, { rule: 'variables.x == 1' })],
  ['request', object({ a: integer }, { rule: 'request.name == "x"' })],
  ['a comment and a newline', object({ a: integer }, { rule: 'self.a > 1 // why\n && true', message: 'x' })],
  ['a raw string', object({ a: { type: 'string', maxLength: 9 } }, { rule: "self.a.matches(r'^\\d+$')" })],
  ['pattern in Go’s syntax', object({ a: { type: 'string', pattern: '^\\p{Greek}+(?i:x)$' } })],
  ['pattern with a back reference', object({ a: { type: 'string', pattern: '(a)\\1' } })],
  ['a type list', object({ a: { type: ['string', 'null'] } })],
  ['nullable with enum', object({ a: { type: 'string', nullable: true, enum: ['a', null] } })],
  ['enum twice', object({ a: { type: 'string', enum: ['a', 'a'] } })],
  ['enum of another type', object({ a: { type: 'string', enum: [1] } })],
  ['an empty enum', object({ a: { type: 'string', enum: [] } })],
  ['minimum on a string', object({ a: { type: 'string', minimum: 3 } })],
  ['maxLength on an integer', object({ a: { type: 'integer', maxLength: 3 } })],
  ['minItems above maxItems', object({ a: { type: 'array', items: string, minItems: 3, maxItems: 1 } })],
  ['required twice', { type: 'object', required: ['a', 'a'], properties: { a: string } }],
  ['empty property name', object({ '': string })],
  [
    'allOf without structure',
    { type: 'object', properties: { a: string }, allOf: [{ properties: { b: { minLength: 1 } } }] },
  ],
  ['anyOf of types', object({ a: { anyOf: [{ type: 'string' }, { type: 'integer' }] } })],
  ['oneOf with additionalProperties', { type: 'object', oneOf: [{ additionalProperties: string }] }],
  ['not with a default', { type: 'object', not: { default: {} } }],
  ['default that is pruned', { type: 'object', properties: { a: string }, default: { b: 1 } }],
  [
    'default of an embedded resource',
    object({
      a: {
        type: 'object',
        'x-kubernetes-embedded-resource': true,
        'x-kubernetes-preserve-unknown-fields': true,
        default: { kind: 'X' },
      },
    }),
  ],
  ['default of int-or-string', object({ a: { 'x-kubernetes-int-or-string': true, default: true } })],
  [
    'default in a list map key',
    object({
      a: {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['k'],
        items: { type: 'object', properties: { k: { type: 'string', default: 'x' } } },
      },
    }),
  ],
  [
    'default twice in a set',
    object({ a: { type: 'array', 'x-kubernetes-list-type': 'set', items: string, default: ['x', 'x'] } }),
  ],
  ['default at the root of items', object({ a: { type: 'array', items: { type: 'string', default: 'x' } } })],
  [
    'default at the root of values',
    object({ a: { type: 'object', additionalProperties: { type: 'string', default: 'x' } } }),
  ],
  [
    'list of a map with atomic',
    object({
      a: { type: 'object', properties: {}, 'x-kubernetes-map-type': 'granular', additionalProperties: string },
    }),
  ],
  [
    'preserve with a list type',
    object({
      a: {
        type: 'array',
        items: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        'x-kubernetes-list-type': 'atomic',
      },
    }),
  ],
  ['an empty items', object({ a: { type: 'array', items: {} } })],
  ['anything', object({ a: {} })],
  ['a boolean schema', object({ a: true as unknown as Fields })],
  ['unknown format int128', object({ a: { type: 'integer', format: 'int128' } })],
  ['format of a number', object({ a: { type: 'number', format: 'double' }, b: { type: 'integer', format: 'int64' } })],
  ['unknown formats', object({ a: { type: 'string', format: 'nope' }, b: { type: 'string', format: 'also-nope' } })],
  ['deep', Array.from({ length: 60 }).reduce<Fields>((inner) => object({ a: inner }), string)],
];

const names: readonly [string, Fields, Fields][] = [
  [
    'a singular of its own',
    {},
    { names: { plural: 'things', singular: 'thing', kind: 'Thing', shortNames: ['th'], categories: ['all'] } },
  ],
  ['short names twice', {}, { names: { plural: 'things', kind: 'Thing', shortNames: ['t', 't'] } }],
  ['a short name that is the plural', {}, { names: { plural: 'things', kind: 'Thing', shortNames: ['things'] } }],
  ['a kind in lower case', {}, { names: { plural: 'things', kind: 'thing' } }],
  ['listKind like kind', {}, { names: { plural: 'things', kind: 'Thing', listKind: 'Thing' } }],
  ['another plural', {}, { names: { plural: 'others', kind: 'Thing' } }],
  ['an upper case group', {}, { group: 'D.Example.com' }],
  ['versions that are none', { name: 'V1' }, {}],
  ['a version with a dash', { name: 'v1-beta' }, {}],
  ['not served, not stored', { served: false, storage: false }, {}],
  [
    'a column of priority',
    { additionalPrinterColumns: [{ name: 'A', type: 'string', jsonPath: '.spec.a', priority: -1, description: 'd' }] },
    {},
  ],
  [
    'columns twice',
    {
      additionalPrinterColumns: [
        { name: 'A', type: 'string', jsonPath: '.spec.a' },
        { name: 'A', type: 'string', jsonPath: '.spec.b' },
      ],
    },
    {},
  ],
  [
    'column paths',
    {
      additionalPrinterColumns: [
        'spec.a',
        '.spec..a',
        ".spec['a']",
        '{.spec.a}',
        '.spec[0:2]',
        '.spec[*]',
        '$.spec',
      ].map((jsonPath, n) => ({ name: `C${n}`, type: 'string', jsonPath })),
    },
    {},
  ],
  [
    'scale paths',
    { subresources: { scale: { specReplicasPath: 'spec.replicas', statusReplicasPath: '.spec.replicas' } } },
    {},
  ],
  [
    'scale of status',
    { subresources: { scale: { specReplicasPath: '.status.replicas', statusReplicasPath: '.status.replicas' } } },
    {},
  ],
  [
    'status and scale',
    {
      subresources: {
        status: {},
        scale: {
          specReplicasPath: '.spec.replicas',
          statusReplicasPath: '.status.replicas',
          labelSelectorPath: '.status.selector',
        },
      },
    },
    {},
  ],
  [
    'selectable fields of types',
    { selectableFields: [{ jsonPath: '.spec.a' }, { jsonPath: '.spec.o' }, { jsonPath: '.spec.n' }] },
    {},
  ],
  [
    'conversion service',
    {},
    {
      conversion: {
        strategy: 'Webhook',
        webhook: {
          conversionReviewVersions: ['v1', 'v1', 'Bad_'],
          clientConfig: { service: { name: 's', namespace: 'n', port: 70000 } },
        },
      },
    },
  ],
  ['a scope in lower case', {}, { scope: 'namespaced' }],
];

/** A definition that is made, with objects that are judged by it. */
const judged: readonly [string, Fields, readonly unknown[]][] = [
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

/** Updates of an object by merge patches of its spec. */
const changed: readonly [string, Fields, unknown, readonly unknown[]][] = [
  [
    'immutable once set',
    object({
      a: {
        type: 'string',
        maxLength: 9,
        'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'is immutable' }],
      },
    }),
    { a: 'x' },
    [{ a: 'y' }, { a: null }, { a: 'x' }],
  ],
  [
    'required once set',
    object(
      { a: string },
      {
        rule: '!has(oldSelf.a) || has(self.a)',
        message: 'is required once set',
        fieldPath: '.a',
        reason: 'FieldValueRequired',
      },
    ),
    { a: 'x' },
    [{ a: null }, { a: 'y' }],
  ],
  [
    'only growing',
    object(
      { l: { type: 'array', maxItems: 9, 'x-kubernetes-list-type': 'set', items: { type: 'string', maxLength: 9 } } },
      {
        rule: 'oldSelf.l.all(x, x in self.l)',
        messageExpression: '"lost " + oldSelf.l.filter(x, !(x in self.l)).join(",")',
      },
    ),
    { l: ['a', 'b'] },
    [{ l: ['a'] }, { l: ['b', 'a', 'c'] }],
  ],
  [
    'in a map list',
    object({
      l: {
        type: 'array',
        maxItems: 9,
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['k'],
        items: {
          type: 'object',
          required: ['k'],
          properties: {
            k: { type: 'string', maxLength: 5 },
            v: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self >= oldSelf' }] },
          },
        },
      },
    }),
    {
      l: [
        { k: 'a', v: 2 },
        { k: 'b', v: 2 },
      ],
    },
    [
      {
        l: [
          { k: 'b', v: 3 },
          { k: 'a', v: 1 },
        ],
      },
      { l: [{ k: 'c', v: 0 }] },
    ],
  ],
  [
    'optionalOldSelf',
    object({
      a: {
        type: 'integer',
        'x-kubernetes-validations': [
          { rule: 'oldSelf.hasValue() ? self > oldSelf.value() : self == 1', optionalOldSelf: true },
        ],
      },
    }),
    {},
    [{ a: 2 }, { a: 1 }],
  ],
];

const merged = (patch: unknown): Step => ({ method: 'PATCH', path: `${things}/a`, body: { spec: patch }, type: merge });

const scaled = definition(object({ replicas: integer, a: string, n: integer, o: { type: 'boolean' } }), {
  subresources: {
    status: {},
    scale: {
      specReplicasPath: '.spec.replicas',
      statusReplicasPath: '.status.replicas',
      labelSelectorPath: '.status.selector',
    },
  },
  selectableFields: [{ jsonPath: '.spec.a' }, { jsonPath: '.spec.n' }, { jsonPath: '.spec.o' }],
  additionalPrinterColumns: [
    { name: 'Replicas', type: 'integer', jsonPath: '.spec.replicas', description: 'how many' },
    { name: 'Wide', type: 'string', jsonPath: '.spec.a', priority: 1 },
    { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
    { name: 'Since', type: 'date', jsonPath: '.status.since' },
    { name: 'Names', type: 'string', jsonPath: '.status.list[*].name' },
    { name: 'O', type: 'boolean', jsonPath: '.spec.o' },
  ],
});
const table = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
const scale = `${things}/a/scale`;
const status = `${things}/a/status`;
const scaleOf = (spec: Fields, meta: Fields = {}): Fields => ({
  apiVersion: 'autoscaling/v1',
  kind: 'Scale',
  metadata: { name: 'a', namespace: '{ns}', ...meta },
  spec,
});

const lives: Case[] = [
  one(
    'columns and selectable fields',
    ...made(scaled),
    { path: things, body: thing({ replicas: 3, a: 'x', n: 5, o: true }) },
    { path: things, body: { ...thing({ a: 'y' }), metadata: { name: 'b' } }, quiet: true },
    { path: things, headers: table },
    { path: `${things}/a`, headers: table },
    { path: `${things}?fieldSelector=spec.a%3Dx`, headers: table },
    { path: `${things}?fieldSelector=spec.n%3D5`, headers: table },
    { path: `${things}?fieldSelector=spec.o%3Dtrue`, headers: table },
    { path: `${things}?fieldSelector=spec.o!%3Dtrue`, headers: table },
    { path: `${things}?fieldSelector=spec.replicas%3D3` },
    { path: `${things}?fieldSelector=metadata.name%3Da,spec.a%3Dx`, headers: table },
    {
      method: 'PATCH',
      path: status,
      body: {
        status: {
          conditions: [{ type: 'Ready', status: 'True' }],
          since: '2020-01-01T00:00:00Z',
          list: [{ name: 'p' }, { name: 'q' }],
        },
      },
      type: merge,
    },
    { path: things, headers: table },
  ),
  one(
    'scale',
    ...made(scaled),
    { path: things, body: thing({ a: 'x' }), quiet: true },
    { path: scale },
    { method: 'PUT', path: scale, body: scaleOf({ replicas: 4 }) },
    { method: 'PATCH', path: scale, body: { spec: { replicas: 2 } }, type: merge },
    { method: 'PATCH', path: scale, body: { spec: { replicas: -1 } }, type: merge },
    { method: 'PATCH', path: scale, body: { spec: { replicas: 'x' } }, type: merge },
    { method: 'PUT', path: scale, body: scaleOf({}) },
    { method: 'PUT', path: scale, body: scaleOf({ replicas: 1 }, { name: 'b' }) },
    { method: 'PUT', path: scale, body: scaleOf({ replicas: 1 }, { resourceVersion: '1' }) },
    {
      method: 'PATCH',
      path: scale,
      body: [{ op: 'replace', path: '/spec/replicas', value: 8 }],
      type: 'application/json-patch+json',
    },
    {
      method: 'PATCH',
      path: `${scale}?fieldManager=m`,
      body: scaleOf({ replicas: 6 }),
      type: 'application/apply-patch+yaml',
    },
    { path: `${things}/a` },
    { path: `${things}/none/scale` },
    { method: 'DELETE', path: scale },
    { method: 'POST', path: scale, body: scaleOf({ replicas: 1 }) },
    { path: scale, headers: table },
  ),
  one(
    'status',
    ...made(scaled),
    { path: things, body: { ...thing({ a: 'x' }), status: { b: 1 } } },
    { method: 'PUT', path: `${things}/a`, body: { ...thing({ a: 'y' }), status: { b: 2 } } },
    { method: 'PATCH', path: `${things}/a`, body: { status: { b: 3 }, spec: { a: 'z' } }, type: merge },
    {
      method: 'PATCH',
      path: status,
      body: { status: { b: 4 }, spec: { a: 'q' }, metadata: { labels: { l: '1' }, annotations: { n: '1' } } },
      type: merge,
    },
    {
      method: 'PATCH',
      path: `${status}?fieldManager=s`,
      body: { ...thing(undefined), status: { c: 1 } },
      type: 'application/apply-patch+yaml',
    },
    {
      method: 'PATCH',
      path: `${things}/a?fieldManager=s`,
      body: { ...thing({ a: 'w' }), status: { c: 9 } },
      type: 'application/apply-patch+yaml',
    },
    {
      method: 'PATCH',
      path: `${status}?fieldManager=t`,
      body: { ...thing(undefined), status: { c: 2 } },
      type: 'application/apply-patch+yaml',
    },
    { path: status },
    { path: `${things}/a` },
  ),
  one(
    'a definition changes',
    ...made(definition(object({ a: string }))),
    { path: things, body: thing({ a: 'x' }) },
    { method: 'PATCH', path: `${crds}/things.${group}`, body: { spec: { names: { kind: 'Other' } } }, type: merge },
    { method: 'PATCH', path: `${crds}/things.${group}`, body: { spec: { scope: 'Cluster' } }, type: merge },
    { method: 'PATCH', path: `${crds}/things.${group}`, body: { spec: { group: 'x.y' } }, type: merge },
    { method: 'PATCH', path: `${crds}/things.${group}`, body: { spec: { versions: [] } }, type: merge },
    {
      method: 'PATCH',
      path: `${crds}/things.${group}`,
      body: { spec: { names: { shortNames: ['tt'], categories: ['all'] } } },
      type: merge,
      quiet: true,
    },
    {
      path: `${crds}/things.${group}`,
      until: (answer) => JSON.stringify(answer.body).split('"tt"').length > 2,
      quiet: true,
    },
    { method: 'PATCH', path: `${crds}/things.${group}/status`, body: { status: { storedVersions: [] } }, type: merge },
    {
      method: 'PATCH',
      path: `${crds}/things.${group}/status`,
      body: { status: { storedVersions: ['v1', 'v0'] } },
      type: merge,
    },
    { method: 'DELETE', path: `${crds}/things.${group}` },
    { path: things, until: (answer) => answer.code === 404 },
  ),
];

export const definitionCases: readonly Case[] = [
  ...refused.map(([name, spec]) => one(`refused: ${name}`, { path: `${crds}?dryRun=All`, body: definition(spec) })),
  ...names.map(([name, version, more]) =>
    one(`refused: ${name}`, {
      path: `${crds}?dryRun=All`,
      body: definition(object({ a: string, o: object({}), n: integer }), version, more),
    }),
  ),
  ...judged.map(([name, spec, objects]) => one(`judged: ${name}`, ...made(definition(spec)), ...objects.map(create))),
  ...changed.map(([name, spec, first, patches]) =>
    one(
      `changed: ${name}`,
      ...made(definition(spec)),
      { path: things, body: thing(first), quiet: true },
      ...patches.map(merged),
    ),
  ),
  ...lives,
];
