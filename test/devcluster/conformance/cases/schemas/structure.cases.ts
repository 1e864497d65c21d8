/** Definitions: structural schemas, defaults, lists and maps. */
import type { Fields } from '../../steps.ts';
import { integer, root, schema, spec, string } from './shared.ts';

export const structuralSchemas: readonly [string, Fields][] = [
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
];
