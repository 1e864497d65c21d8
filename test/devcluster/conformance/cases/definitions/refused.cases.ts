/** Definitions that are refused, or not, and what is said. */
import type { Fields } from '../../steps.ts';
import { integer, object, string } from './shared.ts';

/** Definitions as dry runs. */
export const refused: readonly [string, Fields][] = [
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
