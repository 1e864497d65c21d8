import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createArgumentParser, createSchemaCompiler } from '../../controller/tools/index.ts';
import { processorTime } from '../support/processorTime.ts';

const ORDER = {
  type: 'object',
  properties: {
    id: { type: 'integer', minimum: 1 },
    kind: { enum: ['card', 'cash'] },
    items: {
      type: 'array',
      items: { type: 'object', properties: { price: { type: 'number' } }, required: ['price'] },
      minItems: 1,
    },
    when: { type: 'string', format: 'date-time' },
  },
  required: ['id'],
  additionalProperties: false,
};

describe('arguments of a tool call', () => {
  const { parseArguments, checkSchema } = createArgumentParser();

  const message = (text: string, schema?: unknown): string => {
    const parsed = parseArguments(text, schema);
    assert(!parsed.ok, `accepted: ${text.slice(0, 100)}`);
    return parsed.message;
  };

  it('takes what fits', () => {
    const text = '{"id": 7, "kind": "card", "items": [{"price": 1.5}], "when": "2026-01-01T00:00:00Z"}';
    const parsed = parseArguments(text, ORDER);
    assert.deepEqual(parsed, { ok: true, value: JSON.parse(text) });
    assert.deepEqual(parseArguments('{"anything": [1]}'), { ok: true, value: { anything: [1] } });
  });

  it('takes an empty text for no arguments', () => {
    assert.deepEqual(parseArguments(' \n', { type: 'object' }), { ok: true, value: {} });
    assert.match(message('', ORDER), /^Invalid arguments: id is required$/);
  });

  const faults: [string, string, RegExp][] = [
    ['no JSON', '{"id": 1', /^Invalid arguments JSON: .+Send one JSON object/],
    ['not an object', '[1]', /^Invalid arguments JSON: \[1\] is not a JSON object/],
    ['null', 'null', /^Invalid arguments JSON: null is not a JSON object/],
    ['a missing field', '{}', /^Invalid arguments: id is required$/],
    ['a wrong type', '{"id": "seven"}', /^Invalid arguments: id must be integer, not "seven"$/],
    ['a range', '{"id": 0}', /id must be >= 1, but is 0/],
    ['an enum', '{"id": 1, "kind": "gold"}', /kind must be one of \["card","cash"\], not "gold"/],
    ['a nested field', '{"id": 1, "items": [{"price": 1}, {}]}', /items\[1\]\.price is required/],
    ['an unknown field', '{"id": 1, "idd": 2}', /idd is not a known field/],
    ['a format', '{"id": 1, "when": "tomorrow"}', /when must match format "date-time", but is "tomorrow"/],
  ];
  for (const [what, text, expected] of faults) {
    it(`names ${what}`, () => assert.match(message(text, ORDER), expected));
  }

  it('names all faults at once, up to a number', () => {
    assert.match(message('{"id": 0, "kind": "x", "y": 1}', ORDER), /id .+; kind .+|kind .+; id .+/);
    const many = JSON.stringify({ list: Array.from({ length: 50 }, () => 'x') });
    const schema = { type: 'object', properties: { list: { type: 'array', items: { type: 'number' } } } };
    assert.match(message(many, schema), /; and 42 more$/);
  });

  it('does not take what every object inherits for a field that is there', () => {
    for (const name of ['constructor', 'toString', '__proto__']) {
      assert.match(message('{}', { type: 'object', required: [name] }), / is required/);
    }
  });

  it('refuses the key __proto__ at any depth, and leaves Object.prototype alone', () => {
    assert.match(message('{"a": [{"__proto__": {"polluted": 1}}]}'), /key "__proto__" in a\[0\]/);
    parseArguments('{"constructor": {"prototype": {"polluted": 1}}}', {
      type: 'object',
      properties: { constructor: { type: 'object', default: {} } },
    });
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
  });

  it('refuses numbers that would reach the tool as other numbers', () => {
    assert.match(message('{"order": 12345678901234567890}'), /12345678901234567890 has too many digits.+string/);
    assert.match(message('{"n": 1e400}'), /n is too large for a number/);
    for (const fine of ['{"n": 9007199254740992}', '{"n": 0.12345678901234567}', '{"s": "12345678901234567890\\""}']) {
      assert.equal(parseArguments(fine).ok, true, fine);
    }
  });

  it('refuses depth and size without running out of stack', () => {
    assert.match(message(`{"a": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`), /deeper than 100 levels/);
    assert.match(message(`{"a": "${'x'.repeat(1024 * 1024)}"}`), /at most 1048576/);
    assert.match(message(`{"a": [${'0,'.repeat(300_000)}0]}`), /more than 200000 values/);
  });

  it('never throws, and what it refuses it gives a reason for', () => {
    const schemas = fc.oneof(fc.constant(ORDER), fc.constant(undefined), fc.jsonValue(), fc.object());
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), schemas, (text, schema) => {
        const parsed = parseArguments(text, schema);
        assert(parsed.ok ? typeof parsed.value === 'object' : parsed.message.length > 10);
      }),
      { numRuns: 300 },
    );
  });

  describe('schemas of strangers', () => {
    const unusable: [string, unknown, RegExp][] = [
      ['no object', 'string', /must be an object, not "string"/],
      ['an array', [], /must be an object, not an array/],
      ['a type that is none', { type: 'strnig' }, /not a JSON Schema: .*type/],
      ['a remote reference', { $ref: 'http://169.254.169.254/x' }, /\$ref "http.+ other documents are not followed/],
      ['a reference to nothing', { $ref: '#/$defs/gone' }, /leads nowhere/],
      ['a pattern that is none', { type: 'object', properties: { a: { pattern: '(' } } }, /pattern|expression|regex/i],
      ['a dialect that is none', { $schema: 'https://example.com/mine' }, /\$schema names a dialect/],
      ['an asynchronous schema', { $async: true, type: 'object' }, /\$async/],
      ['a schema of 1 MiB', { type: 'object', description: 'x'.repeat(1024 * 1024) }, /at most 262144/],
      ['a schema of 100 levels', nested(100), /deeper than 64/],
    ];
    for (const [what, schema, expected] of unusable) {
      it(`refuses ${what}, and says so to the model`, () => {
        assert.match(String(checkSchema(schema)), expected);
        assert.match(message('{}', schema), /^This tool cannot be called: .+JSON Schema/);
      });
    }

    it('reads draft-07, said or unsaid, and 2020-12', () => {
      const tuple = { type: 'object', properties: { pair: { items: [{ type: 'number' }, { type: 'string' }] } } };
      for (const schema of [tuple, { $schema: 'http://json-schema.org/draft-07/schema#', ...tuple }]) {
        assert.equal(checkSchema(schema), undefined);
        assert.match(message('{"pair": [1, 2]}', schema), /pair\[1\] must be string, not 2/);
      }
      const prefix = { properties: { pair: { prefixItems: [{ type: 'number' }] } }, unevaluatedProperties: false };
      assert.match(message('{"pair": ["x"]}', prefix), /pair\[0\] must be number/);
      assert.match(message('{"other": 1}', prefix), /other is not a known field/);
    });

    it('keeps schemas apart that claim the same $id', () => {
      const one = { $id: 'https://example.com/x', type: 'object', required: ['one'] };
      const two = { $id: 'https://example.com/x', type: 'object', required: ['two'] };
      assert.match(message('{}', one), /one is required/);
      assert.match(message('{}', two), /two is required/);
    });

    it('runs no code that a schema smuggles in', () => {
      const evil = '"+(globalThis.smuggled=1)+"';
      const quotes = "'];globalThis.smuggled=1;//";
      for (const bad of [evil, quotes, '`$' + '{globalThis.smuggled=1}`', '\u2028globalThis.smuggled=1']) {
        const schema = {
          $id: `https://example.com/${encodeURIComponent(bad)}`,
          type: 'object',
          properties: { [bad]: { const: bad, format: bad, enum: [bad] } },
          required: [bad],
          patternProperties: { '^x': { description: bad } },
          $defs: { [bad]: {} },
        };
        parseArguments(JSON.stringify({ [bad]: bad }), schema);
        parseArguments('{}', schema);
      }
      assert.equal('smuggled' in globalThis, false);
    });

    it('cuts off patterns that backtrack without end, once', () => {
      const schemas = createSchemaCompiler({ maxCached: 5, maxSchemaBytes: 10_000, compileMs: 400, validateMs: 60 });
      const parser = createArgumentParser({ schemas });
      const schema = { type: 'object', properties: { a: { type: 'string', pattern: '^(a+)+$' } } };
      const text = JSON.stringify({ a: `${'a'.repeat(50)}!` });
      const first = parser.parseArguments(text, schema);
      assert(!first.ok);
      assert.match(first.message, /pattern that backtracks/);
      const spent = processorTime();
      assert.deepEqual(parser.parseArguments(text, schema), first);
      assert(spent() < 60, 'the schema was run again');
    });

    it('ends a schema that refers to itself without end', () => {
      assert.match(message('{}', { $ref: '#' }), /cannot be called/);
      const tree = { type: 'object', properties: { child: { $ref: '#' } }, additionalProperties: false };
      assert.equal(parseArguments('{"child": {"child": {}}}', tree).ok, true);
      assert.match(message('{"child": {"chlid": {}}}', tree), /child\.chlid is not a known field/);
    });

    it('forgets the schema that was used least recently', () => {
      const schemas = createSchemaCompiler({ maxCached: 2, maxSchemaBytes: 1000, compileMs: 400, validateMs: 400 });
      for (let index = 0; index < 20; index += 1) {
        assert.equal(schemas.validate({ type: 'object', required: [`f${index}`] }, {}).kind, 'invalid');
      }
    });
  });
});

function nested(levels: number): object {
  let schema: object = {};
  for (let level = 0; level < levels; level += 1) schema = { not: schema };
  return schema;
}
