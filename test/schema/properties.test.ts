import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { JsonObject, SchemaProps } from '../../schema/index.ts';
import { checkStructuralSchema, compileSchema, createCelEnvironment, fromJson, toJson } from '../../schema/index.ts';

const environment = createCelEnvironment();
const RUNS = { numRuns: 150 };

/** Names that are special to JavaScript, to CEL or to Kubernetes must be names like any other. */
const KEY = fc.constantFrom(
  'a',
  'b',
  'c',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'self',
  'if',
  'a-b',
);

function ownJson(entries: [string, unknown][]): JsonObject {
  return JSON.parse(`{${[...new Map(entries)].map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`).join()}}`);
}

const JSON_VALUE: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(null, true, 0, 1, -1.5, 1e300, '', 'a', 'x'.repeat(20), '2020-01-01T00:00:00Z', '\ud800'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(KEY, tie('value')), { maxLength: 4 }).map(ownJson),
  ),
})).value;

const OBJECT = fc.array(fc.tuple(KEY, JSON_VALUE), { maxLength: 5 }).map(ownJson);

const VALUE_RULES: fc.Arbitrary<SchemaProps> = fc.record(
  {
    nullable: fc.boolean(),
    enum: fc.constant([1, 'a', null]),
    format: fc.constantFrom('date-time', 'int32', 'byte', 'uri', 'duration', 'nonsense'),
    pattern: fc.constantFrom('^a*$', '(a+)+$'),
    maxLength: fc.nat(3),
    maxItems: fc.nat(3),
    minProperties: fc.nat(2),
    maximum: fc.nat(3),
    required: fc.constant(['a']),
    not: fc.constant({ required: ['b'] }),
    anyOf: fc.constant([{ minimum: 1 }, { required: ['c'] }]),
  },
  { requiredKeys: [] },
);

const RULES = fc.constantFrom<SchemaProps>(
  {},
  { 'x-kubernetes-validations': [{ rule: 'self == oldSelf' }] },
  { 'x-kubernetes-validations': [{ rule: 'dyn(self).size() < 2', messageExpression: 'string(dyn(self).a)' }] },
  { 'x-kubernetes-validations': [{ rule: 'oldSelf.hasValue() || dyn(self) != 1', optionalOldSelf: true }] },
);

const SCHEMA: fc.Arbitrary<SchemaProps> = fc.letrec<{ schema: SchemaProps }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc
      .tuple(fc.constantFrom('string', 'integer', 'number', 'boolean'), VALUE_RULES, RULES)
      .map(([type, props, rules]): SchemaProps => ({ type, ...props, ...rules })),
    fc
      .tuple(fc.array(fc.tuple(KEY, tie('schema')), { maxLength: 4 }), VALUE_RULES, RULES)
      .map(([fields, props, rules]): SchemaProps => {
        return {
          type: 'object',
          properties: ownJson(fields) as unknown as Record<string, SchemaProps>,
          ...props,
          ...rules,
        };
      }),
    tie('schema').map((items): SchemaProps => ({ type: 'array', items, default: [] })),
    tie('schema').map((additionalProperties): SchemaProps => ({ type: 'object', additionalProperties })),
    fc.constant<SchemaProps>({ 'x-kubernetes-int-or-string': true, default: 3 }),
    fc.constant<SchemaProps>({ 'x-kubernetes-preserve-unknown-fields': true }),
    fc.constant<SchemaProps>({
      type: 'object',
      'x-kubernetes-embedded-resource': true,
      'x-kubernetes-preserve-unknown-fields': true,
    }),
    tie('schema').map(
      (inner): SchemaProps => ({
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['a'],
        items: { type: 'object', required: ['a'], properties: { a: { type: 'string', default: 'x' }, b: inner } },
      }),
    ),
  ),
})).schema;

const ROOT: fc.Arbitrary<SchemaProps> = fc
  .array(fc.tuple(KEY, SCHEMA), { maxLength: 5 })
  .map((fields) => ({ type: 'object', properties: ownJson(fields) as unknown as Record<string, SchemaProps> }));

const clone = (object: JsonObject): JsonObject => JSON.parse(JSON.stringify(object));

describe('schema: properties', () => {
  it('defaulting twice is defaulting once', () => {
    fc.assert(
      fc.property(ROOT, OBJECT, (schema, object) => {
        const compiled = compileSchema(schema, { environment });
        compiled.applyDefaults(object);
        const once = clone(object);
        compiled.applyDefaults(object);
        assert.deepEqual(clone(object), once);
      }),
      RUNS,
    );
  });

  it('pruning twice is pruning once, and pruning what defaulting filled in takes nothing away', () => {
    fc.assert(
      fc.property(ROOT, OBJECT, (schema, object) => {
        const compiled = compileSchema(schema, { environment });
        compiled.prune(object);
        compiled.applyDefaults(object);
        const once = clone(object);
        assert.deepEqual(compiled.prune(object), []);
        assert.deepEqual(clone(object), once);
      }),
      RUNS,
    );
  });

  it('defaults are never shared between objects', () => {
    const schema: SchemaProps = {
      type: 'object',
      properties: { a: { type: 'object', default: { b: [] }, 'x-kubernetes-preserve-unknown-fields': true } },
    };
    const compiled = compileSchema(schema, { environment });
    const one: { a?: { b: number[] } } = {};
    const other: JsonObject = {};
    compiled.applyDefaults(one);
    one.a?.b.push(1);
    assert.deepEqual(one, { a: { b: [1] } });
    compiled.applyDefaults(other);
    assert.deepEqual(other, { a: { b: [] } });
  });

  it('validation answers for any object, leaves it alone, and always has a body that starts with its kind', () => {
    fc.assert(
      fc.property(ROOT, OBJECT, fc.option(OBJECT, { nil: undefined }), (schema, object, old) => {
        const before = clone(object);
        for (const error of compileSchema(schema, { environment }).validate(object, old)) {
          assert.match(error.body, /^(Invalid|Required|Unsupported|Duplicate) value|^Too (long|many)|^Forbidden/);
          assert.equal(typeof error.field, 'string');
        }
        assert.deepEqual(clone(object), before);
      }),
      RUNS,
    );
  });

  it('an update that changes no field is not refused for what stood there before', () => {
    const scalars = fc
      .array(
        fc.tuple(
          KEY,
          VALUE_RULES.map((rules): SchemaProps => ({ type: 'string', ...rules })),
        ),
        { maxLength: 5 },
      )
      .map((fields): SchemaProps => {
        return {
          type: 'object',
          properties: {
            spec: { type: 'object', properties: ownJson(fields) as unknown as Record<string, SchemaProps> },
          },
        };
      });
    fc.assert(
      fc.property(scalars, OBJECT, (schema, spec) => {
        const compiled = compileSchema(schema, { environment });
        const object = { spec };
        compiled.prune(object);
        assert.deepEqual(compiled.validate(object, clone(object)), []);
      }),
      RUNS,
    );
  });

  it('a schema of any shape is checked without an exception', () => {
    fc.assert(
      fc.property(fc.oneof(ROOT, SCHEMA, OBJECT), (schema) => {
        for (const error of checkStructuralSchema(schema as SchemaProps, 'schema', { environment })) {
          assert.ok(error.field.startsWith('schema'), error.field);
        }
      }),
      RUNS,
    );
  });

  it('JSON goes through CEL values unchanged', () => {
    fc.assert(fc.property(JSON_VALUE, (value) => assert.deepEqual(toJson(fromJson(value)), value)));
  });

  it('CEL compiles or refuses any text, and evaluates or fails, but never breaks', () => {
    const token = fc.constantFrom(
      ...[
        'self',
        'x',
        '1',
        '2u',
        '1.5',
        "'a'",
        'b"c"',
        '+',
        '-',
        '*',
        '/',
        '%',
        '==',
        '<',
        'in',
        '&&',
        '||',
        '!',
        '?',
        ':',
      ],
      ...[
        '(',
        ')',
        '[',
        ']',
        '{',
        '}',
        '.',
        ',',
        'has(',
        '.map(x,',
        '.all(i,',
        '.size()',
        'dyn(',
        'int(',
        'string(',
        'null',
      ],
      ...[
        '.?a',
        '[?0]',
        '.sum()',
        'duration(',
        "'1h'",
        'timestamp(',
        'optional.of(',
        '.orValue(',
        '.__proto__',
        'constructor',
      ],
    );
    const program = createCelEnvironment({ variables: { self: { kind: 'dyn', name: 'dyn', params: [] } } });
    const known = new Set(['CelCompileError', 'CelEvaluationError', 'CelProgramError']);
    fc.assert(
      fc.property(fc.array(token, { maxLength: 12 }), JSON_VALUE, (tokens, self) => {
        try {
          program.compile(tokens.join(' ')).evaluate({ self: fromJson(self) });
        } catch (error) {
          const name = (error as Error).constructor.name;
          assert.ok(known.has(name), `${tokens.join(' ')}: ${(error as Error).stack}`);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
