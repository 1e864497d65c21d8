import assert from 'node:assert/strict';
import { compileRuleValidator } from '../../schema/cel/rules.ts';
import {
  checkStructuralSchema,
  compileSchema,
  createCelEnvironment,
  type JsonObject,
  type SchemaProps,
} from '../../schema/index.ts';

const environment = createCelEnvironment();
const INTEGER: SchemaProps = { type: 'integer' };
const TEXT: SchemaProps = { type: 'string' };

function withSpec(spec: SchemaProps): SchemaProps {
  return { type: 'object', properties: { spec } };
}

function words(schema: SchemaProps, object: JsonObject, old?: JsonObject): string[] {
  return compileSchema(schema, { environment })
    .validate(object, old)
    .map((error) => `${error.field}: ${error.body}`);
}

describe('schema: rules of custom resources', () => {
  it('transition rules hold for updates only', () => {
    const rule = { rule: 'self.a == oldSelf.a', message: 'a is immutable', fieldPath: '.a' };
    const schema = withSpec({ type: 'object', properties: { a: INTEGER }, 'x-kubernetes-validations': [rule] });
    assert.deepEqual(words(schema, { spec: { a: 1 } }), []);
    assert.deepEqual(words(schema, { spec: { a: 2 } }, { spec: { a: 2 } }), []);
    assert.deepEqual(words(schema, { spec: { a: 2 } }, { spec: { a: 1 } }), ['spec.a: Invalid value: a is immutable']);
    assert.deepEqual(words(schema, { spec: { a: 2 } }, {}), []);
  });

  it('with optionalOldSelf they are asked about new values too', () => {
    const rule = { rule: 'oldSelf.hasValue() || self > 5', optionalOldSelf: true };
    const schema = withSpec({ type: 'object', properties: { a: { ...INTEGER, 'x-kubernetes-validations': [rule] } } });
    const failed = [`spec.a: Invalid value: 3: failed rule: ${rule.rule}`];
    assert.deepEqual(words(schema, { spec: { a: 3 } }), failed);
    assert.deepEqual(words(schema, { spec: { a: 3 } }, { spec: {} }), failed);
    assert.deepEqual(words(schema, { spec: { a: 3 } }, { spec: { a: 1 } }), []);
  });

  describe('what an update leaves as it was', () => {
    const item: SchemaProps = {
      type: 'object',
      required: ['name'],
      properties: { name: TEXT, n: { ...INTEGER, maximum: 5, 'x-kubernetes-validations': [{ rule: 'self != 4' }] } },
    };
    const map: SchemaProps = {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: item,
    };
    const schema = withSpec({ type: 'object', properties: { map, plain: { type: 'array', items: item }, x: TEXT } });

    it('is forgiven in fields and in items known by their keys, wherever they move', () => {
      const old = {
        spec: {
          map: [
            { name: 'a', n: 9 },
            { name: 'b', n: 4 },
          ],
        },
      };
      const moved = {
        spec: {
          map: [
            { name: 'b', n: 4 },
            { name: 'a', n: 9 },
          ],
          x: 'new',
        },
      };
      assert.deepEqual(words(schema, moved, old), []);
      assert.equal(words(schema, moved).length, 2);
    });

    it('is not forgiven in an item that changes', () => {
      const old = { spec: { map: [{ name: 'a', n: 9 }] } };
      assert.deepEqual(words(schema, { spec: { map: [{ name: 'a', n: 8 }] } }, old), [
        'spec.map[0].n: Invalid value: 8: spec.map[0].n in body should be less than or equal to 5',
      ]);
    });

    it('is not forgiven in items of a list that changes and has no keys', () => {
      const old = { spec: { plain: [{ name: 'a', n: 4 }] } };
      assert.deepEqual(words(schema, { spec: { plain: [{ name: 'a', n: 4 }, { name: 'b' }] } }, old), [
        'spec.plain[0].n: Invalid value: 4: failed rule: self != 4',
      ]);
    });

    it('is not forgiven by transition rules', () => {
      const rule = { rule: 'oldSelf.a > 5', message: 'was small' };
      const never = withSpec({ type: 'object', properties: { a: INTEGER }, 'x-kubernetes-validations': [rule] });
      assert.deepEqual(words(never, { spec: { a: 1 } }, { spec: { a: 1 } }), ['spec: Invalid value: was small']);
    });
  });

  it('a rule that costs too much ends validation with an error', () => {
    const rule = 'self.all(a, self.all(b, self.all(c, a + b + c >= 0)))';
    const list: SchemaProps = { type: 'array', items: INTEGER, 'x-kubernetes-validations': [{ rule }] };
    const schema = withSpec({ type: 'object', properties: { list } });
    const object = { spec: { list: Array.from({ length: 300 }, (_, i) => i) } };
    const found = words(schema, object);
    assert.equal(found.length, 1);
    assert.match(found[0] ?? '', /no further validation rules will be run due to call cost exceeds limit for rule/);
    assert.deepEqual(words(schema, { spec: { list: [1, 2, 3] } }), []);
  });

  it('a CRD whose rule may cost too much is refused, and is not where sizes are bounded', () => {
    const rules = { 'x-kubernetes-validations': [{ rule: 'self.all(x, self.all(y, x == y))' }] };
    const list: SchemaProps = { type: 'array', items: TEXT, ...rules };
    const unbounded = withSpec({ type: 'object', properties: { list } });
    const found = checkStructuralSchema(unbounded, 'schema').map((error) => error.body);
    assert.ok(found.some((body) => body.includes('estimated rule cost exceeds budget by factor of')));
    const bounded = { ...list, maxItems: 10, items: { ...TEXT, maxLength: 10 } };
    assert.deepEqual(checkStructuralSchema(withSpec({ type: 'object', properties: { list: bounded } }), 'schema'), []);
  });

  it('an object of the wrong shape is not handed to rules', () => {
    const schema = withSpec({
      type: 'object',
      properties: { a: INTEGER },
      'x-kubernetes-validations': [{ rule: 'self.a > 5' }],
    });
    const found = words(schema, { spec: { a: 'x' } });
    assert.equal(found.length, 2);
    assert.match(found[1] ?? '', /some validation rules were not checked because the object was invalid/);
  });

  it('an update of the status is judged by the schema of the status, and by rules everywhere', () => {
    const schema: SchemaProps = {
      type: 'object',
      'x-kubernetes-validations': [{ rule: 'self.spec.a >= self.status.b' }],
      properties: {
        spec: { type: 'object', properties: { a: { ...INTEGER, maximum: 5 } } },
        status: { type: 'object', properties: { b: { ...INTEGER, maximum: 50 } } },
      },
    };
    const status = (b: number) =>
      compileSchema(schema, { environment })
        .validateStatus({ spec: { a: 9 }, status: { b } }, { spec: { a: 9 }, status: { b: 1 } })
        .map((error) => error.body);
    assert.deepEqual(status(9), []);
    assert.deepEqual(status(10), ['Invalid value: failed rule: self.spec.a >= self.status.b']);
    assert.equal(status(51).length, 2);
  });

  it('all rules of an object share one budget', () => {
    const rules = ['self.all(x, x > 0)', 'self.all(x, x > 1)', 'self.all(x, x > 2)'].map((rule) => ({ rule }));
    const list: SchemaProps = { type: 'array', items: INTEGER, 'x-kubernetes-validations': rules };
    const validate = compileRuleValidator({ type: 'object', properties: { list } }, environment);
    assert.ok(validate !== undefined);
    const object = { list: [7, 8, 9] };
    const { errors, cost } = validate(object, undefined, '', undefined);
    assert.deepEqual(errors, []);
    const enough = validate(object, undefined, '', undefined, cost);
    assert.deepEqual(enough.errors, []);
    const found = validate(object, undefined, '', undefined, cost - 1).errors;
    assert.deepEqual(
      found.map((error) => `${error.field}: ${error.detail}`),
      ['list: validation failed due to running out of cost budget, no further validation rules will be run'],
    );
  });

  it('of old items with equal keys the first is the old self', () => {
    const schema = withSpec({
      type: 'object',
      properties: {
        list: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['k'],
          items: {
            type: 'object',
            properties: { k: TEXT, n: INTEGER },
            'x-kubernetes-validations': [{ rule: 'self.n >= oldSelf.n' }],
          },
        },
      },
    });
    const old = {
      spec: {
        list: [
          { k: 'a', n: 1 },
          { k: 'a', n: 5 },
        ],
      },
    };
    assert.deepEqual(words(schema, { spec: { list: [{ k: 'a', n: 2 }] } }, old), []);
    assert.equal(words(schema, { spec: { list: [{ k: 'a', n: 0 }] } }, old).length, 1);
  });

  it('fields named like what every JavaScript object has are fields like others', () => {
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      const field: SchemaProps = { ...INTEGER, default: 7 };
      const spec: SchemaProps = { type: 'object', properties: Object.fromEntries([[name, field]]) };
      const compiled = compileSchema(withSpec(spec), { environment });
      const object: JsonObject = { spec: {} };
      compiled.applyDefaults(object);
      assert.equal(JSON.stringify(object), `{"spec":{"${name}":7}}`);
      assert.deepEqual(compiled.prune(object), []);
      const unknown = JSON.parse(`{"spec":{"${name}":1}}`) as JsonObject;
      assert.deepEqual(compileSchema(withSpec({ type: 'object' })).prune(unknown), [`spec.${name}`]);
      assert.equal(JSON.stringify(unknown), '{"spec":{}}');
      assert.deepEqual(words(withSpec({ type: 'object', required: [name] }), { spec: {} }), [
        `spec.${name}: Required value`,
      ]);
    }
  });

  it('names that CEL cannot write are escaped', () => {
    const names = ['a-b', 'a.b', 'a/b', 'a__b', 'if', 'namespace', '__proto__', 'constructor'];
    const escaped = ['a__dash__b', 'a__dot__b', 'a__slash__b', 'a__underscores__b', '__if__', '__namespace__'];
    const all = [...escaped, '__underscores__proto__underscores__', 'constructor'];
    const properties = Object.fromEntries(names.map((name) => [name, INTEGER]));
    for (const [i, name] of names.entries()) {
      const schema = withSpec({
        type: 'object',
        properties,
        'x-kubernetes-validations': [{ rule: `has(self.${all[i]}) && self.${all[i]} == 1` }],
      });
      const object = (n: number): JsonObject => ({ spec: Object.fromEntries([[name, n]]) });
      assert.deepEqual(words(schema, object(1)), [], name);
      assert.equal(words(schema, object(2)).length, 1, name);
      assert.equal(words(schema, { spec: {} }).length, 1, name);
    }
  });
});
