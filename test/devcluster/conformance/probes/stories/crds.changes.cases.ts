/** Probes of custom resources in use: rules where they stand, schemas that change, patches, collections. */
import type { Case, Step } from '../../harness.ts';
import {
  boolean,
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
import { at, casesOf, create, type Fields, includes, pick, quiet, read, remove, replace } from '../../steps.ts';

const one = casesOf('probes-crds', 'uses: ');
const a = `${things}/a`;
const name = `${definitions}/things.{ns}.probe.io`;
const spec = (properties: Fields, more: Fields = {}): Fields =>
  objectOf({ spec: { ...objectOf(properties), ...more } });
const owners = pick('spec', 'status', 'metadata.managedFields', 'metadata.generation');
const seen = (step: Step): Step => ({ ...step, view: owners });
const only = (body: unknown): unknown => (at(body, 'kind') === 'Status' ? body : at(body, 'spec'));
const dry = (value: unknown): Step => ({ ...create(`${things}?dryRun=All`, thing(value)), view: only });
const list = (items: Fields, more: Fields = {}): Fields => ({ type: 'array', items, ...more });
const rules = (...all: Fields[]): Fields => ({ 'x-kubernetes-validations': all });
const status = { subresources: { status: {} } };

export const changeProbes: readonly Case[] = [
  one(
    'rules on status, judged where status is written',
    ...withDefinition(
      objectOf({
        spec: objectOf({ max: integer }),
        status: objectOf({ n: { ...integer, ...rules({ rule: 'self >= oldSelf', message: 'n never falls' }) } }),
      }),
      { version: status },
      quiet(create(things, thing({ max: 3 }))),
      { ...patched(`${a}/status`, { status: { n: 5 } }), view: pick('status') },
      patched(`${a}/status`, { status: { n: 4 } }),
      { ...patched(a, { spec: { max: 1 } }), view: pick('spec', 'status') },
      patched(`${a}/status`, { status: { n: 'x' } }),
    ),
  ),
  one(
    'rules at the root, with names and metadata',
    ...withDefinition(
      {
        ...spec({ a: integer }),
        ...rules(
          { rule: "self.metadata.name.startsWith('ok')", message: 'name' },
          { rule: '!has(self.spec) || self.spec.a != 3' },
          { rule: "self.kind == 'Thing' && self.apiVersion.endsWith('/v1')" },
        ),
      },
      {},
      create(`${things}?dryRun=All`, thing({ a: 1 }, 'bad')),
      { ...create(`${things}?dryRun=All`, thing({ a: 1 }, 'ok')), view: only },
      create(`${things}?dryRun=All`, thing({ a: 3 }, 'ok')),
      { ...create(`${things}?dryRun=All`, { ...thing({ a: 1 }), metadata: { generateName: 'ok-' } }), view: only },
    ),
  ),
  one(
    'rules on items, with their index in the message',
    ...withDefinition(
      spec({
        l: list(
          {
            ...objectOf({ v: integer, s: { ...string, maxLength: 9 } }),
            ...rules({
              rule: 'self.v < 5',
              messageExpression: "'v of ' + self.s + ' is too large'",
              fieldPath: '.v',
              reason: 'FieldValueForbidden',
            }),
          },
          { maxItems: 9 },
        ),
        m: {
          type: 'object',
          maxProperties: 9,
          additionalProperties: { ...integer, ...rules({ rule: 'self % 2 == 0', message: 'even' }) },
        },
      }),
      {},
      dry({
        l: [
          { v: 1, s: 'a' },
          { v: 7, s: 'b' },
          { v: 9, s: 'c' },
        ],
      }),
      dry({ m: { 'a.b': 3, c: 4 } }),
      dry({ l: [{ v: 1 }], m: { a: 2 } }),
      dry({ l: [{ v: 7 }] }),
    ),
  ),
  one(
    'rules on what may be int or text, and on embedded objects',
    ...withDefinition(
      spec({
        p: {
          'x-kubernetes-int-or-string': true,
          ...rules({ rule: "type(self) == int ? self < 10 : self.endsWith('%')" }),
        },
        e: {
          type: 'object',
          'x-kubernetes-embedded-resource': true,
          'x-kubernetes-preserve-unknown-fields': true,
          ...rules({ rule: "self.kind == 'Pod' && self.metadata.name != ''" }),
        },
      }),
      {},
      dry({ p: 5 }),
      dry({ p: 50 }),
      dry({ p: '50%' }),
      dry({ p: '50' }),
      dry({ e: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' } } }),
      dry({ e: { apiVersion: 'v1', kind: 'Node', metadata: { name: 'x' } } }),
    ),
  ),
  one(
    'rules that never change and transitions in lists',
    ...withDefinition(
      spec({
        l: list(
          {
            ...objectOf({ k: string, v: { ...integer, ...rules({ rule: 'self >= oldSelf', message: 'only up' }) } }),
            required: ['k'],
          },
          { maxItems: 5, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'] },
        ),
        plain: list(string, { maxItems: 5, ...rules({ rule: 'oldSelf.all(x, x in self)', message: 'none may go' }) }),
      }),
      {},
      quiet(create(things, thing({ l: [{ k: 'a', v: 3 }], plain: ['x'] }))),
      patched(a, {
        spec: {
          l: [
            { k: 'b', v: 1 },
            { k: 'a', v: 2 },
          ],
        },
      }),
      {
        ...patched(a, {
          spec: {
            l: [
              { k: 'b', v: 1 },
              { k: 'a', v: 4 },
            ],
          },
        }),
        view: only,
      },
      patched(a, { spec: { plain: ['y'] } }),
      { ...patched(a, { spec: { plain: ['y', 'x'] } }), view: only },
    ),
  ),
  one(
    'a schema is loosened and tightened',
    ...withDefinition(
      spec({ a: { ...string, maxLength: 2 } }),
      {},
      { ...create(things, thing({ a: 'long' })) },
      quiet(
        patched(name, {
          spec: {
            versions: [
              {
                name: 'v1',
                served: true,
                storage: true,
                schema: { openAPIV3Schema: spec({ a: string, b: { ...integer, default: 7 } }) },
              },
            ],
          },
        }),
      ),
      { ...create(things, thing({ a: 'long' })), until: includes('"b":7'), view: only },
      quiet(
        patched(name, {
          spec: {
            versions: [
              {
                name: 'v1',
                served: true,
                storage: true,
                schema: { openAPIV3Schema: spec({ a: { ...string, enum: ['x'] } }) },
              },
            ],
          },
        }),
      ),
      { ...create(`${things}?dryRun=All`, thing({ a: 'long' }, 'b')), until: ({ code }) => code === 422 },
      { ...read(a), view: only },
      { ...patched(a, { metadata: { labels: { l: 'm' } } }), view: only },
      patched(a, { spec: { a: 'longer' } }),
    ),
  ),
  one(
    'JSON patch and strict fields on custom resources',
    ...withDefinition(
      spec({ a: string, l: list(integer), o: objectOf({ b: boolean }) }),
      {},
      quiet(create(things, thing({ a: 'x', l: [1, 2] }))),
      {
        ...patched(
          a,
          [
            { op: 'add', path: '/spec/l/1', value: 9 },
            { op: 'remove', path: '/spec/l/0' },
          ],
          patchTypes.json,
        ),
        view: only,
      },
      patched(a, [{ op: 'test', path: '/spec/a', value: 'y' }], patchTypes.json),
      patched(a, [{ op: 'replace', path: '/spec/l', value: 'x' }], patchTypes.json),
      patched(`${a}?fieldValidation=Strict`, { spec: { o: { c: 1 } } }),
      { ...patched(a, { spec: { o: { c: 1 } } }), view: only },
      patched(`${a}?fieldValidation=Strict`, '{"spec":{"a":"1","a":"2"}}'),
      patched(a, { spec: [] }),
      patched(a, { spec: null, kind: 'Thing' }),
      patched(a, { metadata: null }),
    ),
  ),
  one(
    'replaced without a status, with another generation',
    ...withDefinition(
      objectOf({ spec: objectOf({ a: string }), status: objectOf({ s: string }) }),
      { version: status },
      {
        ...create(things, {
          ...thing({ a: 'x' }, 'a', { status: { s: 'no' } }),
          metadata: { name: 'a', generation: 7 },
        }),
        keep: { rv: 'metadata.resourceVersion' },
        view: owners,
      },
      seen(replace(a, { ...thing({ a: 'y' }), metadata: { name: 'a', resourceVersion: '{rv}', generation: 9 } })),
      seen(patched(`${a}/status`, { status: { s: 'up' } })),
      { ...remove(a), view: (body) => at(body, 'status') },
    ),
  ),
  one(
    'collections of custom resources',
    ...withDefinition(
      spec({ a: string }),
      {},
      ...['a', 'b', 'c'].map((it) =>
        quiet(create(things, { ...thing({ a: it }, it), metadata: { name: it, labels: { it } } })),
      ),
      {
        method: 'DELETE',
        path: `${things}?labelSelector=it%20in%20(a,b)`,
        view: pick('kind', 'items.*.metadata.name'),
      },
      { ...read(things), view: pick('kind', 'items.*.metadata.name') },
      {
        method: 'DELETE',
        path: `${things}?fieldSelector=metadata.name=c&dryRun=All`,
        view: pick('kind', 'items.*.metadata.name'),
      },
      { method: 'DELETE', path: `${things}?fieldSelector=spec.a=c` },
      {
        method: 'DELETE',
        path: things,
        body: { propagationPolicy: 'Orphan' },
        view: pick('kind', 'items.*.metadata.finalizers'),
      },
    ),
  ),
  one(
    'definitions: what an update may not do',
    quiet(create(definitions, definition(spec({ a: string })))),
    patched(name, { spec: { group: 'other.io' } }),
    patched(name, { spec: { versions: [] } }),
    patched(name, { spec: { preserveUnknownFields: true } }),
    patched(name, { spec: { conversion: { strategy: 'Odd' } } }),
    patched(name, { metadata: { annotations: { 'api-approved.kubernetes.io': 'x' } } }),
    patched(name, [{ op: 'replace', path: '/spec/versions/0/storage', value: false }], patchTypes.json),
    patched(name, [{ op: 'remove', path: '/spec/versions/0/schema' }], patchTypes.json),
    replace(name, definition(spec({ a: string }))),
  ),
];
