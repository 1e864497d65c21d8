/** Probes of schemas: what they refuse, fill, prune and forgive. */
import type { Case, Step } from '../../harness.ts';
import {
  boolean,
  definitions,
  integer,
  objectOf,
  patched,
  string,
  thing,
  things,
  withDefinition,
} from '../../probes.things.ts';
import { at, casesOf, create, type Fields, includes, quiet } from '../../steps.ts';

const one = casesOf('probes-crds', 'judged: ');
const a = `${things}/a`;
const name = `${definitions}/things.{ns}.probe.io`;
const spec = (properties: Fields, more: Fields = {}): Fields =>
  objectOf({ spec: { ...objectOf(properties), ...more } });
const only = (body: unknown): unknown => (at(body, 'kind') === 'Status' ? body : at(body, 'spec'));
const made = (value: unknown, query = ''): Step => ({
  ...create(`${things}?dryRun=All${query}`, thing(value)),
  view: only,
});
const rule = (text: string, more: Fields = {}): Fields => ({ rule: text, ...more });
const judged = (title: string, schema: Fields, ...values: unknown[]): Case =>
  one(title, ...withDefinition(schema, {}, ...values.map((value) => made(value))));
const changed = (title: string, schema: Fields, first: unknown, ...next: unknown[]): Case =>
  one(
    title,
    ...withDefinition(
      schema,
      {},
      { ...create(things, thing(first)), view: only },
      ...next.map((value): Step => ({ ...patched(a, { spec: value }), view: only })),
    ),
  );
const list = (items: Fields, more: Fields = {}): Fields => ({ type: 'array', items, ...more });
const map = (values: Fields, more: Fields = {}): Fields => ({ type: 'object', additionalProperties: values, ...more });

export const schemaProbes: readonly Case[] = [
  judged(
    'required, unknown, wrong',
    spec({ a: string, n: integer }, { required: ['a'] }),
    {},
    { a: 1 },
    { a: 'x', n: '3' },
    { a: 'x', n: 1.5 },
    { a: null },
    { a: 'x', zz: 1 },
    [],
    'text',
    null,
  ),
  judged(
    'texts',
    spec({ s: { ...string, minLength: 2, maxLength: 4, pattern: '^[a-z]+$' }, e: { ...string, enum: ['a', 'b'] } }),
    { s: 'a' },
    { s: 'abcde' },
    { s: 'AB' },
    { s: 'A' },
    { e: 'c' },
    { e: '' },
    { s: 'äöüé' },
    { s: '' },
  ),
  judged(
    'numbers',
    spec({
      i: { ...integer, minimum: 1, maximum: 5 },
      x: { type: 'number', exclusiveMinimum: true, minimum: 0, multipleOf: 0.5 },
      f: { ...integer, format: 'int32' },
    }),
    { i: 0 },
    { i: 6 },
    { x: 0 },
    { x: 0.3 },
    { x: 1 },
    { f: 2147483648 },
    { f: 1e3 },
    { i: 3.0 },
    { x: 'NaN' },
  ),
  judged(
    'lists',
    spec({ l: list(string, { minItems: 1, maxItems: 2 }), s: list(string, { 'x-kubernetes-list-type': 'set' }) }),
    { l: [] },
    { l: ['a', 'b', 'c'] },
    { l: 'a' },
    { l: ['a', 1] },
    { s: ['a', 'a', 'b', 'b'] },
    { l: [null] },
  ),
  judged(
    'maps by several keys',
    spec({
      l: list(
        { ...objectOf({ a: string, b: { ...integer, default: 1 }, v: string }), required: ['a'] },
        { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['a', 'b'] },
      ),
    }),
    { l: [{ a: 'x' }, { a: 'x', b: 1 }] },
    { l: [{ a: 'x' }, { a: 'x', b: 2 }] },
    { l: [{ b: 1 }] },
    { l: [{ a: 1, b: 1 }] },
  ),
  judged(
    'properties in number',
    spec({ m: map(integer, { minProperties: 1, maxProperties: 2 }) }),
    { m: {} },
    { m: { a: 1, b: 2, c: 3 } },
    { m: { a: 'x' } },
    { m: { 'a.b/c': 'x' } },
    { m: [] },
  ),
  judged(
    'int or string, nullable, any',
    spec({
      p: { 'x-kubernetes-int-or-string': true },
      n: { ...string, nullable: true },
      d: { ...string, nullable: true, default: 'x' },
      any: { 'x-kubernetes-preserve-unknown-fields': true },
    }),
    { p: 1 },
    { p: '50%' },
    { p: 1.5 },
    { p: true },
    { n: null },
    { d: null },
    {},
    { any: { a: [1, null, { b: 2 }] } },
    { any: null },
  ),
  judged(
    'all, any, one, not',
    spec({
      v: { ...integer, allOf: [{ minimum: 1 }, { maximum: 9 }] },
      w: { ...integer, anyOf: [{ minimum: 5 }, { maximum: 2 }] },
      x: { ...integer, oneOf: [{ minimum: 5 }, { multipleOf: 2 }] },
      y: { ...string, not: { enum: ['no'] } },
    }),
    { v: 0 },
    { v: 10 },
    { w: 3 },
    { x: 6 },
    { x: 3 },
    { y: 'no' },
  ),
  judged(
    'embedded resources',
    objectOf({
      spec: objectOf({
        r: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
      }),
    }),
    { r: {} },
    { r: { apiVersion: 'v1' } },
    { r: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'Bad_', nope: 1 }, x: 1 } },
    { r: { apiVersion: 'a/b/c', kind: 'bad kind' } },
    { r: { apiVersion: 'v1', kind: 'Pod', metadata: { labels: { a: 1 } } } },
  ),
  judged(
    'formats',
    spec(
      Object.fromEntries(
        [
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
        ].map((format) => [format.replace('-', ''), { ...string, format }]),
      ),
    ),
    { date: '2020-13-01' },
    { datetime: '2020-01-01 10:00' },
    { duration: '3 parsecs' },
    { email: 'x' },
    { ipv4: '1.2.3.400' },
    { ipv6: '1.2.3.4' },
    { uri: ':x' },
    { uuid: 'x' },
    { byte: '!' },
    { hostname: 'a_b' },
    { cidr: '1.2.3.4' },
    { mac: 'x' },
  ),
  judged(
    'defaults at every depth',
    spec({
      a: { ...objectOf({ b: { ...objectOf({ c: { ...string, default: 'd' } }), default: {} } }), default: {} },
      l: list(objectOf({ x: { ...integer, default: 4 }, y: string })),
      m: map(objectOf({ x: { ...boolean, default: true } })),
    }),
    {},
    { a: {} },
    { a: { b: null } },
    { l: [{}, { y: 'z' }, { x: null }] },
    { m: { k: {} } },
  ),
  judged(
    'pruned, and not',
    spec({
      a: objectOf({ b: string }),
      k: { ...objectOf({ b: objectOf({ c: string }) }), 'x-kubernetes-preserve-unknown-fields': true },
    }),
    { a: { b: 'x', z: 1 }, z: 2 },
    { k: { b: { c: 'x', z: 1 }, z: { y: 1 } } },
  ),
  one(
    'strict, warned of, ignored',
    ...withDefinition(
      spec({ a: string, o: objectOf({ b: string }) }),
      {},
      ...['Strict', 'Warn', 'Ignore', 'Other'].map(
        (mode): Step => ({
          ...create(
            `${things}?dryRun=All&fieldValidation=${mode}`,
            '{"apiVersion":"{ns}.probe.io/v1","kind":"Thing","metadata":{"name":"a","nope":1},"zz":1,"spec":{"a":"x","a":"y","o":{"c":1},"q":2}}',
          ),
          view: only,
        }),
      ),
      {
        ...create(
          `${things}?dryRun=All&fieldValidation=Strict`,
          'apiVersion: {ns}.probe.io/v1\nkind: Thing\nmetadata: {name: a}\nspec:\n  a: x\n  a: y\n  q: 1\n',
          { type: 'application/yaml' },
        ),
        view: only,
      },
    ),
  ),
  changed(
    'ratcheting: what was wrong before may stay',
    spec({ s: string, n: integer, l: list(string), o: objectOf({ x: string }) }),
    { s: 'long', n: 50, l: ['a', 'a'], o: { x: 'bad' } },
  ),
  one(
    'ratcheting after a stricter schema',
    ...withDefinition(
      spec({ s: string, n: integer, l: list(string), o: objectOf({ x: string, y: string }) }),
      {},
      quiet(create(things, thing({ s: 'long', n: 50, l: ['a', 'b'], o: { x: 'bad', y: 'ok' } }))),
      quiet(
        patched(name, {
          spec: {
            versions: [
              {
                name: 'v1',
                served: true,
                storage: true,
                schema: {
                  openAPIV3Schema: spec(
                    {
                      s: { ...string, maxLength: 2 },
                      n: { ...integer, maximum: 9 },
                      l: list({ ...string, enum: ['a'] }),
                      o: {
                        ...objectOf({ x: { ...string, pattern: '^ok$' }, y: string }),
                        'x-kubernetes-validations': [rule("self.y == 'ok'")],
                      },
                      r: string,
                    },
                    { required: ['r'] },
                  ),
                },
              },
            ],
          },
        }),
      ),
      quiet({ ...create(`${things}?dryRun=All`, thing({ s: 'long' }, 'x')), until: includes('Too long') }),
      { ...patched(a, { metadata: { labels: { a: 'b' } } }), view: only },
      { ...patched(a, { spec: { n: 51 } }), view: only },
      { ...patched(a, { spec: { r: 'x', l: ['a', 'b', 'c'] } }), view: only },
      { ...patched(a, { spec: { r: 'x', o: { y: 'no' } } }), view: only },
      { ...patched(a, { spec: { r: 'x', s: 'longer' } }), view: only },
      { ...patched(a, { spec: { r: 'x' } }), view: only },
    ),
  ),
];
