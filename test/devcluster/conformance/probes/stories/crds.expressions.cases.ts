/** Probes of CEL rules in schemas and of schemas that are refused. */
import type { Case, Step } from '../../harness.ts';
import {
  definition,
  definitions,
  integer,
  objectOf,
  patched,
  patchTypes,
  string,
  thing,
  things,
  withDefinition,
} from '../../probes.things.ts';
import { applied, at, casesOf, create, type Fields, pick, quiet, replace } from '../../steps.ts';

const one = casesOf('probes-crds', 'judged: ');
const a = `${things}/a`;
const spec = (properties: Fields, more: Fields = {}): Fields =>
  objectOf({ spec: { ...objectOf(properties), ...more } });
const only = (body: unknown): unknown => (at(body, 'kind') === 'Status' ? body : at(body, 'spec'));
const made = (value: unknown, query = ''): Step => ({
  ...create(`${things}?dryRun=All${query}`, thing(value)),
  view: only,
});
const dry = (what: Fields): Step => ({
  ...create(`${definitions}?dryRun=All`, what),
  view: (body) => (at(body, 'kind') === 'Status' ? body : 'taken'),
});
const rule = (text: string, more: Fields = {}): Fields => ({ rule: text, ...more });
const ruled = (properties: Fields, ...rules: Fields[]): Fields =>
  spec(properties, { 'x-kubernetes-validations': rules });
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
const refused = (title: string, ...schemas: Fields[]): Case =>
  one(title, ...schemas.map((schema) => dry(definition(schema))));
const list = (items: Fields, more: Fields = {}): Fields => ({ type: 'array', items, ...more });
const map = (values: Fields, more: Fields = {}): Fields => ({ type: 'object', additionalProperties: values, ...more });

export const expressionProbes: readonly Case[] = [
  judged(
    'rules: message, expression, reason and path',
    ruled(
      { a: integer, b: integer, s: objectOf({ t: string }) },
      rule('self.a < self.b'),
      rule('self.a > 0', { message: 'a must be positive' }),
      rule('self.b < 10', { messageExpression: "self.b > 20 ? 'b is large' : 'b is not small'" }),
      rule("self.s.t != 'x'", { reason: 'FieldValueForbidden', fieldPath: '.s.t' }),
      rule('self.a != 3', { reason: 'FieldValueDuplicate', message: 'no three', fieldPath: '.a' }),
      rule('self.a != 4', { reason: 'FieldValueRequired' }),
    ),
    { a: 2, b: 1, s: { t: 'y' } },
    { a: 0, b: 1, s: { t: 'y' } },
    { a: 1, b: 11, s: { t: 'y' } },
    { a: 1, b: 2, s: { t: 'x' } },
    { a: 3, b: 4, s: { t: 'y' } },
    { a: 4, b: 5, s: { t: 'y' } },
    { a: 4, b: 5 },
    {},
  ),
  changed(
    'rules: what was and what is',
    ruled(
      {
        a: { ...string, 'x-kubernetes-validations': [rule('self == oldSelf', { message: 'a is immutable' })] },
        n: { ...integer, 'x-kubernetes-validations': [rule('self >= oldSelf')] },
        o: {
          ...string,
          'x-kubernetes-validations': [
            rule('oldSelf.hasValue() || self == "first"', { optionalOldSelf: true, message: 'begins with first' }),
          ],
        },
      },
      rule('!has(oldSelf.a) || has(self.a)', { message: 'a may not go' }),
    ),
    { a: 'x', n: 1 },
    { a: 'y' },
    { n: 0 },
    { n: 2 },
    { a: null },
    { o: 'second' },
    { o: 'first' },
    { o: 'second' },
  ),
  judged(
    'rules: on lists and maps',
    ruled(
      {
        l: list(integer, {
          maxItems: 5,
          'x-kubernetes-validations': [
            rule('self.all(x, x > 0)', { message: 'all positive' }),
            rule('self.sum() < 10'),
            rule('self.isSorted()'),
          ],
        }),
        m: map(
          { ...string, maxLength: 9 },
          { maxProperties: 3, 'x-kubernetes-validations': [rule("self.all(k, k.startsWith('a'))")] },
        ),
      },
      rule('size(self.l) >= 1 && self.l.exists_one(x, x == 1)'),
    ),
    { l: [1, 2] },
    { l: [0] },
    { l: [9, 1] },
    { l: [1, 1] },
    { l: [1], m: { b: 'x' } },
    { m: {} },
  ),
  judged(
    'rules: texts',
    ruled(
      { s: { ...string, maxLength: 50 } },
      rule("self.s.matches('^[a-z0-9.:/-]+$')"),
      rule('self.s.lowerAscii() == self.s'),
      rule("!self.s.contains('--')", {
        messageExpression: "'%s has two dashes at %d'.format([self.s, self.s.indexOf('--')])",
      }),
      rule("self.s.split('.').size() <= 2"),
      rule("self.s.find('[0-9]+') == '' || int(self.s.find('[0-9]+')) < 100"),
    ),
    { s: 'ok' },
    { s: 'A' },
    { s: 'a--b' },
    { s: 'a.b.c' },
    { s: 'x100' },
  ),
  judged(
    'rules: quantities, urls, addresses',
    ruled(
      {
        q: { ...string, maxLength: 20 },
        u: { ...string, maxLength: 50 },
        i: { ...string, maxLength: 50 },
        c: { ...string, maxLength: 50 },
      },
      rule("!has(self.q) || quantity(self.q).isLessThan(quantity('1Gi'))"),
      rule("!has(self.u) || (isURL(self.u) && url(self.u).getScheme() == 'https')"),
      rule('!has(self.i) || ip(self.i).family() == 4'),
      rule("!has(self.c) || cidr(self.c).containsIP('10.0.0.1')"),
    ),
    { q: '512Mi' },
    { q: '2Gi' },
    { q: 'lots' },
    { u: 'http://x.y' },
    { u: 'https://x.y/z' },
    { u: ':' },
    { i: '::1' },
    { i: '1.2.3.4' },
    { i: 'x' },
    { c: '10.0.0.0/8' },
    { c: '11.0.0.0/8' },
    { c: 'x' },
  ),
  judged(
    'rules: sets, formats, versions, times',
    ruled(
      {
        l: list({ ...string, maxLength: 9 }, { maxItems: 5, 'x-kubernetes-list-type': 'set' }),
        n: { ...string, maxLength: 70 },
        v: { ...string, maxLength: 20 },
        t: { ...string, format: 'date-time' },
        d: { ...string, format: 'duration' },
      },
      rule("!has(self.l) || sets.contains(['a', 'b'], self.l)"),
      rule('!has(self.n) || !format.dns1123Label().validate(self.n).hasValue()'),
      rule("!has(self.v) || isSemver(self.v) && semver(self.v).isGreaterThan(semver('1.0.0'))"),
      rule("!has(self.t) || self.t > timestamp('2020-01-01T00:00:00Z')"),
      rule("!has(self.d) || self.d < duration('1h')"),
    ),
    { l: ['a'] },
    { l: ['c'] },
    { n: 'ok' },
    { n: 'Not_OK' },
    { v: '1.2.3' },
    { v: '0.1.0' },
    { v: 'x' },
    { t: '2019-01-01T00:00:00Z' },
    { d: '2h' },
    { d: '5m', t: '2021-01-01T00:00:00Z' },
  ),
  judged(
    'rules: optionals and names of fields',
    ruled(
      { a: objectOf({ b: string }), 'x-y': string, namespace: string, 'a.b': string },
      rule("self.?a.?b.orValue('none') != 'none'"),
      rule("!has(self.x__dash__y) || self.x__dash__y != 'bad'"),
      rule("!has(self.__namespace__) || self.__namespace__ != 'bad'"),
      rule("!has(self.a__dot__b) || self.a__dot__b != 'bad'"),
    ),
    {},
    { a: { b: 'x' } },
    { a: { b: 'x' }, 'x-y': 'bad' },
    { a: { b: 'x' }, namespace: 'bad' },
    { a: { b: 'x' }, 'a.b': 'bad' },
  ),
  judged(
    'rules that fail while they run',
    ruled(
      { a: integer, l: list(string, { maxItems: 3 }), s: { ...string, maxLength: 9 } },
      rule('10 / self.a > 1'),
      rule("self.l[2] != 'x'"),
      rule('int(self.s) > 0'),
    ),
    { a: 0, l: ['a', 'b', 'c'], s: '1' },
    { a: 1, l: [], s: '1' },
    { a: 1, l: ['a', 'b', 'c'], s: 'q' },
    { a: 1 },
  ),
  refused(
    'rules that do not compile',
    ...[
      'self.nope == 1',
      'self.a',
      'self.a == ',
      "self.a + 'x' == 'y'",
      'self.a.startsWith("x")',
      'oldSelf.a == 1 && foo',
      '',
      'self.a == 1u',
      "'x' in self",
      'true && self.a',
      'self.all(x, true)',
    ].map((text) => ruled({ a: integer }, rule(text))),
  ),
  refused(
    'rules with odd company',
    ...[
      { message: '' },
      { message: 'a\nb' },
      { messageExpression: '1' },
      { messageExpression: 'self.nope' },
      { reason: 'Odd' },
      { fieldPath: 'a' },
      { fieldPath: '.nope' },
      { fieldPath: '.a.b' },
      { fieldPath: '' },
      { optionalOldSelf: true },
      { message: 'x'.repeat(2049) },
    ].map((more) => ruled({ a: integer }, rule('self.a > 0', more))),
  ),
  refused(
    'rules that cost too much',
    ruled({ l: list(string) }, rule('self.l.all(x, self.l.all(y, x == y))')),
    ruled({ l: list(list(string)) }, rule('self.l.all(x, x.all(y, y.contains("a")))')),
    ruled({ s: string }, rule("self.s.matches('a+b+c+')")),
    spec({ l: list({ ...objectOf({ s: string }), 'x-kubernetes-validations': [rule("self.s.contains('x')")] }) }),
    ruled({ m: map(string) }, rule('self.m.all(k, self.m[k].size() > 1)')),
  ),
  refused(
    'schemas that are not structural',
    objectOf({ spec: {} }),
    objectOf({ spec: { type: 'object', properties: { a: { properties: {} } } } }),
    objectOf({ spec: { type: 'array' } }),
    objectOf({ spec: { type: 'object', anyOf: [{ type: 'object' }] } }),
    objectOf({ spec: { ...objectOf({}), allOf: [{ properties: { x: { default: 1 } } }] } }),
    { type: 'string' },
    objectOf({ metadata: objectOf({ labels: map(string) }) }),
    objectOf({ metadata: objectOf({ name: { ...string, maxLength: 5 } }) }),
    objectOf({ spec: { type: 'object', 'x-kubernetes-int-or-string': true } }),
    objectOf({ spec: { type: 'text' } }),
    objectOf({ spec: { ...objectOf({}), additionalProperties: string } }),
  ),
  refused(
    'schemas: keys of lists and defaults',
    spec({ l: list(string, { 'x-kubernetes-list-type': 'map' }) }),
    spec({
      l: list(objectOf({ a: string }), { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['a'] }),
    }),
    spec({
      l: list(
        { ...objectOf({ a: string }), required: ['a'] },
        { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['b'] },
      ),
    }),
    spec({ l: list(objectOf({}), { 'x-kubernetes-list-type': 'set' }) }),
    spec({ l: list(string, { 'x-kubernetes-list-type': 'bag' }) }),
    spec({ s: { ...string, 'x-kubernetes-list-type': 'set' } }),
    spec({ s: { ...string, default: 1 } }),
    spec({ s: { ...integer, minimum: 3, default: 1 } }),
    spec({ o: { ...objectOf({ a: string }), default: { b: 1 } } }),
    spec({ s: { ...string, enum: ['a', 'a'] } }),
    spec({ s: { ...string, pattern: '(' } }),
    spec({ s: { ...string, minLength: -1, maxLength: -2 } }),
    spec({ o: { ...objectOf({}), 'x-kubernetes-map-type': 'odd' } }),
  ),
  one(
    'lists as maps: by strategic, json and merge patches',
    ...withDefinition(
      spec({
        l: list(
          { ...objectOf({ k: string, v: string }), required: ['k'] },
          { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'] },
        ),
      }),
      {},
      quiet(create(things, thing({ l: [{ k: 'a', v: '1' }] }))),
      patched(a, { spec: { l: [{ k: 'b' }] } }, patchTypes.strategic),
      { ...patched(a, [{ op: 'add', path: '/spec/l/-', value: { k: 'a' } }], patchTypes.json), view: only },
      { ...patched(a, [{ op: 'add', path: '/spec/l/-', value: { k: 'b' } }], patchTypes.json), view: only },
      {
        ...applied(
          a,
          thing({
            l: [
              { k: 'c', v: '3' },
              { k: 'a', v: '2' },
            ],
          }),
        ),
        view: only,
      },
      {
        ...applied(
          a,
          thing({
            l: [
              { k: 'c', v: '3' },
              { k: 'a', v: '2' },
            ],
          }),
          'one',
          true,
        ),
        view: only,
      },
      { ...applied(a, thing({ l: [{ k: 'a', v: '2' }] })), view: only },
      { ...applied(a, thing({ l: [{ k: 'a' }, { k: 'a' }] })), view: only },
    ),
  ),
  one(
    'replaced: versions, uid, kind, name',
    ...withDefinition(
      spec({ a: string }),
      {},
      quiet(create(things, thing({ a: 'x' }))),
      replace(a, thing({ a: 'y' })),
      replace(a, { ...thing({ a: 'y' }), metadata: { name: 'a', resourceVersion: '1' } }),
      replace(a, { ...thing({ a: 'y' }), metadata: { name: 'a', resourceVersion: 'x' } }),
      replace(a, { ...thing({ a: 'y' }), kind: 'Thong' }),
      replace(a, { ...thing({ a: 'y' }), apiVersion: 'x.io/v1' }),
      replace(a, thing({ a: 'y' }, 'b')),
      replace(`${things}/nope`, { ...thing({ a: 'y' }, 'nope'), metadata: { name: 'nope', resourceVersion: '1' } }),
      patched(a, { kind: 'Thong' }),
      patched(a, { metadata: { uid: 'ffffffff-0000-0000-0000-000000000000' } }),
      patched(a, { metadata: { resourceVersion: '1' } }),
    ),
  ),
  one(
    'names and metadata of objects',
    ...withDefinition(
      spec({ a: string }),
      {},
      create(`${things}?dryRun=All`, thing({}, 'Bad_')),
      create(`${things}?dryRun=All`, thing({}, 'a'.repeat(254))),
      create(`${things}?dryRun=All`, { ...thing({}), metadata: {} }),
      {
        ...create(`${things}?dryRun=All`, { ...thing({}), metadata: { generateName: 'g-', labels: { a: 'b' } } }),
        view: pick('metadata.labels', 'metadata.generateName'),
      },
      create(`${things}?dryRun=All`, {
        ...thing({}),
        metadata: { name: 'a', labels: { 'a b': 'c d' }, annotations: { 'x y': 'z' } },
      }),
      create(`${things}?dryRun=All`, { ...thing({}), metadata: { name: 'a', labels: ['x'] } }),
      create(`${things}?dryRun=All`, { ...thing({}), metadata: { name: 'a', finalizers: ['bad'] } }),
      create(`${things}?dryRun=All`, { ...thing({}), metadata: { name: 'a', ownerReferences: [{}] } }),
      create(`${things}?dryRun=All`, { ...thing({}), metadata: 'x' }),
    ),
  ),
];
