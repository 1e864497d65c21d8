/** Definitions: CEL rules as they are compiled. */
import type { Fields } from '../../steps.ts';
import { integer, root, schema, spec, string } from './shared.ts';

const rules = (properties: Fields, ...list: unknown[]): Fields =>
  schema(spec({ type: 'object', properties, 'x-kubernetes-validations': list }));

const bounded = { type: 'string', maxLength: 20 };

export const celRules: readonly [string, Fields][] = [
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
