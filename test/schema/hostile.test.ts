import assert from 'node:assert/strict';
import {
  CelCompileError,
  CelEvaluationError,
  celTypes,
  checkStructuralSchema,
  compileSchema,
  createCelEnvironment,
  fromJson,
  type JsonObject,
  type SchemaProps,
} from '../../schema/index.ts';
import { processorTime } from '../support/processorTime.ts';

const environment = createCelEnvironment();
const withSelf = createCelEnvironment({ variables: { self: celTypes.DYN } });

/** Milliseconds of processor time. Generous: what takes longer grows faster than it should. */
const SOON = 2000;

function soon<T>(run: () => T): T {
  const spent = processorTime();
  const result = run();
  const took = spent();
  assert.ok(took < SOON, `took ${Math.round(took)} ms`);
  return result;
}

function specWith(x: SchemaProps): SchemaProps {
  return { type: 'object', properties: { spec: { type: 'object', properties: { x } } } };
}

const bodies = (schema: SchemaProps, x: unknown): string[] =>
  compileSchema(schema, { environment })
    .validate({ spec: { x } } as JsonObject)
    .map((error) => `${error.field}: ${error.body}`);

describe('schema: hostile input ends soon', () => {
  for (const pattern of [
    '^(a+)+$',
    '^(a|a)*$',
    '^(a|aa)+$',
    '(.*)*(.*)*(.*)*x',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
    '(x+x+)+y',
  ]) {
    it(`pattern ${pattern} on a long string that does not match`, () => {
      const value = `${'a'.repeat(100_000)}!`;
      const found = soon(() => bodies(specWith({ type: 'string', pattern }), value));
      assert.equal(found.length, 1);
      assert.ok(found[0]?.endsWith(`spec.x in body should match '${pattern}'`), found[0]?.slice(-200) ?? '');
    });
  }

  // Each form nests itself; what is done twice a level takes for ever at sixty of them.
  for (const nest of [
    (inner: string) => `true in [${inner}]`,
    (inner: string) => `!(${inner})`,
    (inner: string) => `[${inner}][0]`,
    (inner: string) => `{'a': ${inner}}.a`,
    (inner: string) => `{'a': ${inner}}['a']`,
    (inner: string) => `(true && ${inner})`,
    (inner: string) => `(${inner} || false)`,
    (inner: string) => `(self.a ? ${inner} : false)`,
    (inner: string) => `(${inner} == true)`,
    (inner: string) => `([${inner}] + [true])[0]`,
    (inner: string) => `dyn(${inner})`,
    (inner: string) => `bool(string(${inner}))`,
    (inner: string) => `optional.of(${inner}).orValue(false)`,
    (inner: string) => `optional.of(true).orValue(${inner})`,
    (inner: string) => `optional.none().or(optional.of(${inner})).value()`,
    (inner: string) => `[?optional.of(${inner})][0]`,
    (inner: string) => `{'a': ${inner}}[?'a'].value()`,
    (inner: string) => `('%s'.format([${inner}]) == '')`,
    (inner: string) => `[true].all(x, ${inner})`,
    (inner: string) => `[${inner}].exists(x, x)`,
    (inner: string) => `[true].map(x, ${inner})[0]`,
    (inner: string) => `[true].filter(x, ${inner}).size() == 1`,
    (inner: string) => `optional.of(true).optMap(x, ${inner}).value()`,
  ]) {
    it(`${nest('…')} in itself, sixty deep`, () => {
      let source = 'self.a';
      for (let depth = 0; depth < 60; depth++) source = nest(source);
      const program = soon(() => withSelf.compile(source));
      const { value } = soon(() => program.evaluate({ self: fromJson({ a: true }) }));
      assert.equal(typeof value, 'boolean');
    });
  }

  it('a macro that repeats its operand is refused when it repeats too much', () => {
    const nested = (depth: number): string =>
      Array.from({ length: depth }).reduce((inner: string) => `optional.of(${inner}).optMap(x, x).value()`, 'self.a');
    assert.ok(soon(() => withSelf.compile(nested(6))));
    const message = /macros repeat more than 10000 parts of the expression/;
    assert.throws(() => soon(() => withSelf.compile(nested(60))), message);
  });

  it('patterns that make large programs are refused, in the words of the server', () => {
    for (const pattern of ['a{1001}', '((a{100}){100}){100}', '(?=a)', '(a)\\1', '(?<!a)b']) {
      const found = soon(() => checkStructuralSchema(specWith({ type: 'string', pattern }), 'schema', { environment }));
      assert.equal(found.length, 1, pattern);
      assert.match(found[0]?.body ?? '', /must be a valid regular expression, but isn't: error parsing regexp: /);
    }
  });

  it('matches() of CEL is as linear as patterns', () => {
    const program = withSelf.compile("self.matches('^(a+)+$')");
    const self = fromJson(`${'a'.repeat(100_000)}!`);
    assert.equal(soon(() => program.evaluate({ self })).value, false);
  });

  it('strings of any format are judged in linear time', () => {
    const formats = ['date-time', 'email', 'uri', 'hostname', 'duration', 'byte', 'ipv6', 'cidr', 'isbn', 'creditcard'];
    for (const format of [
      ...formats,
      'ssn',
      'uuid',
      'date',
      'datetime',
      'hexcolor',
      'rgbcolor',
      'mac',
      'bsonobjectid',
    ]) {
      const schema = compileSchema(specWith({ type: 'string', format }), { environment });
      for (const unit of ['a', '1', '1.', 'a.', '(', '-', ':', '%20', 'a@', '1h', '=', ' ']) {
        soon(() => schema.validate({ spec: { x: unit.repeat(100_000) } }));
      }
    }
  });

  const runaways = [
    'self.all(a, self.all(b, self.all(c, a + b + c >= 0)))',
    'self.map(a, self.map(b, self.map(c, [a, b, c]))).size() > 0',
    'lists.range(1000000000).size() > 0',
    'lists.range(100000).map(x, lists.range(100000)).size() > 0',
    "self.map(a, self.map(b, '%s'.format([self]))).size() > 0",
    'self.exists(a, self.exists(b, self.exists(c, a + b + c == -1)))',
    'self.sortBy(x, self.sortBy(y, self.sortBy(z, z).size()).size()).size() > 0',
    'self.all(a, self.all(b, self == self))',
    "self.map(a, self.map(b, self.map(c, string(a).matches('a+')))).size() > 0",
  ];
  for (const expression of runaways) {
    it(`CEL: ${expression}`, () => {
      const self = fromJson(Array.from({ length: 1000 }, (_, i) => i));
      soon(() => {
        assert.throws(
          () => withSelf.compile(expression).evaluate({ self }),
          (error) => error instanceof CelEvaluationError || error instanceof CelCompileError,
        );
      });
    });
  }

  it('CEL: long strings read again and again', () => {
    const text = createCelEnvironment({ variables: { self: celTypes.STRING } });
    const self = 'é'.repeat(1_000_000);
    for (const use of ['self.size() > 0', "self.indexOf('x') < 0", "self.charAt(5) != 'x'", 'isURL(self) || true']) {
      const program = text.compile(`lists.range(1000).all(a, lists.range(1000).all(b, ${use}))`);
      soon(() => assert.throws(() => program.evaluate({ self }), CelEvaluationError, use));
    }
  });

  it('CEL: a number with a billion digits asked for', () => {
    const program = withSelf.compile("'%.999999999f'.format([1.0]) != ''");
    soon(() => {
      try {
        program.evaluate({});
      } catch (error) {
        assert.ok(error instanceof CelEvaluationError);
      }
    });
  });

  it('a string that doubles with every step of a fold ends at the cost limit', () => {
    const doubling = `['x']${'.map(s, s + s)'.repeat(60)}[0].size() > 0`;
    soon(() => {
      assert.throws(
        () => withSelf.compile(doubling).evaluate({}),
        (error) => error instanceof CelEvaluationError && error.limitExceeded,
      );
    });
  });

  it('deep or long expressions are compiled or refused', () => {
    const many = (open: string, close: string, n = 20_000) => `${open.repeat(n)}1${close.repeat(n)}`;
    const deep = [many('(', ')'), many('[', ']'), many('-', ''), many('!', ''), many('{1:', '}'), many('1+', '')];
    const long = [many('1 == 1 && ', '', 5_000), many('true ? 1 : ', ''), `a${'.a'.repeat(20_000)}`, many('dyn(', ')')];
    for (const source of [...deep, ...long, '"'.repeat(10_001), `[${'1,'.repeat(50_000)}1]`]) {
      soon(() => {
        try {
          environment.compile(source).evaluate({});
        } catch (error) {
          const expected = error instanceof CelCompileError || error instanceof CelEvaluationError;
          assert.ok(expected, `${source.slice(0, 20)}: ${error}`);
        }
      });
    }
  });

  it('deep objects are refused or validated, not the end of the process', () => {
    const deep = JSON.parse(`{"spec":{"x":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}}`) as JsonObject;
    const schema: SchemaProps = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
    const rule = 'self == self && has(self.a)';
    const compiled = compileSchema(specWith({ ...schema, 'x-kubernetes-validations': [{ rule }] }), { environment });
    soon(() => {
      compiled.prune(deep);
      compiled.applyDefaults(deep);
      compiled.validate(deep, JSON.parse(JSON.stringify(deep)));
    });
  });

  it('a wide list set is searched in linear time', () => {
    const set: SchemaProps = { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } };
    const items = Array.from({ length: 50_000 }, (_, i) => `item-${i}`);
    assert.deepEqual(
      soon(() => bodies(specWith(set), items)),
      [],
    );
    const found = soon(() => bodies(specWith(set), [...items, 'item-49999']));
    assert.deepEqual(found, ['spec.x[50000]: Duplicate value: "item-49999"']);
  });

  it('a CRD with many expensive rules is refused rather than estimated for ever', () => {
    let schema: SchemaProps = { type: 'string', 'x-kubernetes-validations': [{ rule: "self.matches('a')" }] };
    for (let i = 0; i < 30; i++) schema = { type: 'array', items: schema };
    const found = soon(() => checkStructuralSchema(specWith(schema), 'schema', { environment }));
    assert.ok(
      found.some((error) => error.body.includes('estimated rule cost exceeds budget')),
      found[0]?.body ?? 'no errors',
    );
  });
});
