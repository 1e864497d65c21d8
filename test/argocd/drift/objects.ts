import * as fc from 'fast-check';
import type { Kind } from '../../../api/index.ts';
import { API_VERSION } from '../../../api/index.ts';
import type { SchemaProps } from '../../../schema/types.ts';

const TEXT = fc.constantFrom(
  'a',
  'some text',
  'A Longer One: with, punctuation; and "quotes"',
  'ünïcödé',
  'two\nlines',
  '0',
  '1h30m',
  '24h0m0s',
  ' x ',
);

/** Values that a structural schema admits, as far as it can be told without its CEL rules. */
export function valuesOf(schema: SchemaProps): fc.Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case 'boolean':
      return fc.boolean();
    case 'integer': {
      const min = schema.minimum ?? 0;
      return fc.integer({ min, max: Math.min(schema.maximum ?? min + 1000, min + 1000) });
    }
    case 'number':
      return fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 100 });
    case 'string':
      return stringsOf(schema);
    case 'array':
      return listsOf(schema);
    default:
      return mapsOf(schema);
  }
}

function stringsOf(schema: SchemaProps): fc.Arbitrary<string> {
  const { pattern, maxLength = 40, minLength = 0 } = schema;
  if (schema.format === 'date-time') return fc.constantFrom('2027-01-01T00:00:00Z', '2027-06-30T12:30:00Z');
  // Networks are checked by an expression, which says nothing of how to write one.
  if (schema.description?.startsWith('The network: ')) return fc.constantFrom('10.20.0.0/16', '203.0.113.7/32');
  if (pattern !== undefined) {
    // A digest is as long as it is.
    const fixed = /\{\d+\}/.test(pattern);
    return fc
      .stringMatching(new RegExp(pattern, 'u'), fixed ? {} : { maxLength: 24 })
      .filter((text) => (fixed || text.length <= maxLength) && /^[ -~]*$/.test(text));
  }
  return TEXT.filter((text) => text.length >= minLength && text.length <= maxLength);
}

function listsOf(schema: SchemaProps): fc.Arbitrary<unknown[]> {
  const item = schema.items;
  if (item === undefined || Array.isArray(item)) return fc.constant([]);
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const identity = (value: unknown): string =>
    keys.length > 0
      ? JSON.stringify(keys.map((key) => (value as Record<string, unknown>)[key]))
      : JSON.stringify(value);
  const limits = { minLength: schema.minItems ?? 0, maxLength: Math.max(schema.minItems ?? 0, 2) };
  return fc.uniqueArray(valuesOf(item as SchemaProps), { ...limits, selector: identity });
}

function mapsOf(schema: SchemaProps): fc.Arbitrary<unknown> {
  if (schema.properties !== undefined) {
    const members = Object.fromEntries(
      Object.entries(schema.properties).map(([name, member]) => [name, valuesOf(member)]),
    );
    const requiredKeys = [...(schema.required ?? [])];
    return fc.record(members, { requiredKeys });
  }
  const values = schema.additionalProperties;
  if (typeof values === 'object')
    return fc.dictionary(fc.constantFrom('cpu', 'memory', 'a', 'b'), valuesOf(values as SchemaProps), { maxKeys: 2 });
  return fc.constantFrom(
    {},
    { type: 'object', properties: { a: { type: 'number' } }, required: ['a'] },
    { deep: { list: [1, { x: null }] } },
  );
}

/** Manifests of a kind as people write them: a spec, perhaps labels and annotations. */
export function manifestsOf(
  kind: Kind<unknown>,
): fc.Arbitrary<{ apiVersion: string; kind: string; metadata: object; spec: unknown }> {
  return fc.record({
    apiVersion: fc.constant(API_VERSION),
    kind: fc.constant(kind.kind),
    metadata: fc.record(
      {
        labels: fc.dictionary(fc.constantFrom('team', 'app.kubernetes.io/name'), fc.constantFrom('a', 'b'), {
          minKeys: 1,
          maxKeys: 2,
        }),
        annotations: fc.dictionary(fc.constantFrom('owner', 'example.com/x'), TEXT, { minKeys: 1, maxKeys: 2 }),
      },
      { requiredKeys: [] },
    ),
    spec: valuesOf(kind.definition.spec),
  });
}
