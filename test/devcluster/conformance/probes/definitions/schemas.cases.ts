/** Schemas: keywords, formats, defaults. */
import type { Case } from '../../harness.ts';
import {
  definition,
  definitions,
  integer,
  objectOf,
  string,
  thing,
  things,
  withDefinition,
} from '../../probes.things.ts';
import { create, read } from '../../steps.ts';
import { one, plain, schema } from './shared.ts';

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

export const schemaProbes: readonly Case[] = [
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
];
