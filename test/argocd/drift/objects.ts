import * as fc from 'fast-check';
import type { Kind } from '../../../api/index.ts';
import { API_VERSION, KINDS, toCustomResourceDefinition } from '../../../api/index.ts';
import type { JsonObject } from '../../../schema/index.ts';
import { compileSchema, createCelEnvironment } from '../../../schema/index.ts';
import type { SchemaProps } from '../../../schema/types.ts';

/** What Git may hold. Tool calls, revisions, pages and ledgers are the operator's; who decides is a person. */
export const FROM_GIT = KINDS.filter(
  ({ kind }) => !['TaskRunToolCall', 'AgentRevision', 'ContextPage', 'TaskLedger', 'Approval'].includes(kind),
);

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

/** Texts of which more is asked than the schema says, by where they stand: what a policy says has to mean something. */
const TEXTS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/\.(egress|networks)\.cidr$/, ['10.20.0.0/16', '203.0.113.7/32']],
  [/\.baseUrl$|API\.url$/, ['https://api.example.com/v1', 'http://10.0.0.7:8080']],
  [/Policy\.tools\.\w+(\.tools)?$/, ['builtin/*', 'fetch/fetch', '*/delete_*', '*']],
  [/^Task\.expect\.cel$/, ['output.contains("5")', 'size(output) < 100']],
  [/\.(cel|expression|when)$/, ['object.metadata.name != "x"', 'object.kind == "Agent" || object.kind == "Tool"']],
  [/\.(maxDuration|expiresAfter)$/, ['30m', '1h30m', '720h']],
  [/Policy\.rules\.kinds$/, ['Agent', 'Tool']],
  [/\.messageExpression$/, ["'no: ' + object.metadata.name"]],
  [/\.(baseURLs|urls)$/, ['https://api.example.com/', 'https://*.internal:8443/v1/']],
  [/Policy\.llms\.(allow|deny)$/, ['openai/*', '*/gpt-4o']],
  [/Policy\.mcpServers\.images$/, ['ghcr.io/acme/*', 'docker.io/library/python@sha256:*']],
  [/Policy\.(secrets\.allow|mcpServers\.egress)\.(hosts|privateHosts)$/, ['api.example.com', '*.internal:8443']],
];

/**
 * Values that a structural schema admits. Each part with CEL rules of its own is made anew until it satisfies them, so that the whole needs
 * no luck.
 */
export function valuesOf(schema: SchemaProps, path: string): fc.Arbitrary<unknown> {
  const values = shapesOf(schema, path);
  if (schema['x-kubernetes-validations'] === undefined) return values;
  const admits = validator({ type: 'object', properties: { value: schema } });
  return values.filter((value) => admits({ value }));
}

const environment = createCelEnvironment();

/** Whether a new object fits the schema, its rules included. */
function validator(schema: SchemaProps): (object: object) => boolean {
  const { validate } = compileSchema(schema, { environment });
  return (object) => validate(JSON.parse(JSON.stringify(object)) as JsonObject).length === 0;
}

function shapesOf(schema: SchemaProps, path: string): fc.Arbitrary<unknown> {
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
      return stringsOf(schema, path);
    case 'array':
      return listsOf(schema, path);
    default:
      return mapsOf(schema, path);
  }
}

function stringsOf(schema: SchemaProps, path: string): fc.Arbitrary<string> {
  const { pattern, maxLength = 40, minLength = 0 } = schema;
  if (schema.format === 'date-time') return fc.constantFrom('2027-01-01T00:00:00Z', '2027-06-30T12:30:00Z');
  const meant = TEXTS.find(([place]) => place.test(path))?.[1];
  if (meant !== undefined) return fc.constantFrom(...meant);
  if (pattern !== undefined) {
    // A digest is as long as it is.
    const fixed = /\{\d+\}/.test(pattern);
    return fc
      .stringMatching(new RegExp(pattern, 'u'), fixed ? {} : { maxLength: 24 })
      .filter((text) => (fixed || text.length <= maxLength) && /^[ -~]*$/.test(text));
  }
  if (/Policy\./.test(path) && !/\.(message|command|args|\*)$/.test(path)) return fc.constantFrom('a', 'team-a');
  return TEXT.filter((text) => text.length >= minLength && text.length <= maxLength);
}

function listsOf(schema: SchemaProps, path: string): fc.Arbitrary<unknown[]> {
  const item = schema.items;
  if (item === undefined || Array.isArray(item)) return fc.constant([]);
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const identity = (value: unknown): string =>
    keys.length > 0
      ? JSON.stringify(keys.map((key) => (value as Record<string, unknown>)[key]))
      : JSON.stringify(value);
  // A rule that is about nothing is refused.
  const least = /Policy\.((rules|match)\.kinds|tools\.arguments\.tools)$/.test(path) ? 1 : (schema.minItems ?? 0);
  const limits = { minLength: least, maxLength: Math.max(least, 2) };
  return fc.uniqueArray(valuesOf(item as SchemaProps, path), { ...limits, selector: identity });
}

function mapsOf(schema: SchemaProps, path: string): fc.Arbitrary<unknown> {
  if (schema.properties !== undefined) {
    const members = Object.fromEntries(
      Object.entries(schema.properties).map(([name, member]) => [name, valuesOf(member, `${path}.${name}`)]),
    );
    const requiredKeys = [...(schema.required ?? [])];
    return fc.record(members, { requiredKeys });
  }
  const values = schema.additionalProperties;
  if (typeof values === 'object')
    return fc.dictionary(fc.constantFrom('cpu', 'memory', 'a', 'b'), valuesOf(values as SchemaProps, `${path}.*`), {
      maxKeys: 2,
    });
  const parameters = { type: 'object', properties: { a: { type: 'number' } }, required: ['a'] };
  if (/Policy\./.test(path)) return fc.constantFrom({}, parameters);
  return fc.constantFrom({}, parameters, { deep: { list: [1, { x: null }] } });
}

interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { labels?: Record<string, string>; annotations?: Record<string, string> };
  spec: unknown;
}

/** Manifests of a kind as people write them: a spec, perhaps labels and annotations. All of them fit the schema and its rules. */
export function manifestsOf(kind: Kind<unknown>): fc.Arbitrary<Manifest> {
  const admits = validator(rootOf(kind));
  return fc
    .record({
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
      spec: valuesOf(kind.definition.spec, kind.kind).map(withoutOperators),
    })
    .filter((manifest) => admits({ ...manifest, metadata: { ...manifest.metadata, name: 'generated' } }));
}

/** What only the operator sets: a run says which tool call waits for it. */
function withoutOperators(spec: unknown): unknown {
  const { taskRunToolCallRef: _, ...rest } = spec as Record<string, unknown>;
  return rest;
}

function rootOf(kind: Kind<unknown>): SchemaProps {
  const { versions } = toCustomResourceDefinition(kind).spec as {
    versions: { schema: { openAPIV3Schema: SchemaProps } }[];
  };
  return versions[0]?.schema.openAPIV3Schema ?? {};
}
