/** Ratcheting, CEL rules and their costs. */
import type { Case } from '../../harness.ts';
import {
  definition,
  definitions,
  integer,
  objectOf,
  patched,
  string,
  thing,
  things,
  withDefinition,
} from '../../probes.things.ts';
import { code, create, quiet } from '../../steps.ts';
import { name, one, schema, version } from './shared.ts';

export const ruleProbes: readonly Case[] = [
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
];
