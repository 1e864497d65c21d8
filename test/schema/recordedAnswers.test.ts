import assert from 'node:assert/strict';
import {
  CelCompileError,
  CelEvaluationError,
  checkStructuralSchema,
  compileSchema,
  createCelEnvironment,
  type JsonObject,
  type SchemaProps,
} from '../../schema/index.ts';
import { show, showType } from './celText.ts';
import { asRecorded, type RecordedError, recorded, shorten } from './recorded.ts';

const environment = createCelEnvironment();

interface Head {
  schema?: SchemaProps;
  /** Short for a schema with nothing but `spec.x`; objects then are the value of that field. */
  x?: SchemaProps;
}

interface Case {
  object: unknown;
  old?: unknown;
  errors?: RecordedError[];
  defaulted?: JsonObject;
  pruned?: string[];
  left?: JsonObject;
}

interface Expression {
  expr: string;
  refused?: string;
  error?: string;
  type?: string;
  value?: string;
  cost?: number;
  estimate?: [number, number];
}

function isHead(line: Head | Case): line is Head {
  return !Object.hasOwn(line, 'object');
}

/** One test for each schema. */
function eachSchema(
  name: string,
  check: (schema: SchemaProps, one: Case, object: (value: unknown) => JsonObject) => void,
) {
  const groups: { head: Head; cases: Case[] }[] = [];
  for (const line of recorded<Head | Case>(name)) {
    if (isHead(line)) groups.push({ head: line, cases: [] });
    else groups.at(-1)?.cases.push(line);
  }
  for (const { head, cases } of groups) {
    const { x } = head;
    const schema: SchemaProps =
      x === undefined
        ? (head.schema ?? {})
        : { type: 'object', properties: { spec: { type: 'object', properties: { x } } } };
    const wrap = (value: unknown) => (x === undefined ? value : { spec: { x: value } }) as JsonObject;
    it(shorten(x ?? head.schema), () => {
      assert.ok(cases.length > 0);
      for (const one of cases) check(schema, one, wrap);
    });
  }
}

function validates(schema: SchemaProps, one: Case, wrap: (value: unknown) => JsonObject) {
  const old = one.old === undefined ? undefined : wrap(one.old);
  const errors = compileSchema(schema, { environment }).validate(wrap(one.object), old);
  assert.deepEqual(asRecorded(errors), one.errors, shorten([one.object, one.old], 1000));
}

describe('schema: answers recorded from a real server', () => {
  describe('validation', () => eachSchema('validation', validates));

  describe('CEL rules', () => eachSchema('rules', validates));

  describe('defaults and pruning', () => {
    eachSchema('defaultsAndPruning', (schema, one, wrap) => {
      const compiled = compileSchema(schema, { environment });
      const object = wrap(one.object);
      if (one.defaulted !== undefined) {
        compiled.applyDefaults(object);
        assert.deepEqual(object, one.defaulted);
      } else {
        assert.deepEqual(compiled.prune(object), one.pruned);
        assert.deepEqual(object, one.left);
      }
    });
  });

  describe('schemas of CRDs', () => {
    for (const { schema, errors } of recorded<{ schema: SchemaProps; errors: RecordedError[] }>('structural')) {
      it(shorten(schema), () => {
        assert.deepEqual(asRecorded(checkStructuralSchema(schema, 'schema', { environment })), errors);
      });
    }
  });

  describe('CEL expressions', () => {
    const expressions = recorded<Expression>('expressions');

    const compileError = (expr: string): string => {
      try {
        environment.compile(expr);
      } catch (error) {
        if (error instanceof CelCompileError) return error.message;
        throw error;
      }
      return 'compiles';
    };

    it('refuses what the server refuses, in its words', () => {
      const refused = expressions.filter((one) => one.refused !== undefined);
      assert.ok(refused.length > 100);
      for (const { expr, refused: words } of refused) assert.equal(compileError(expr), words, expr);
    });

    it('has the same values, types, costs and estimates', () => {
      const valid = expressions.filter((one) => one.value !== undefined);
      assert.ok(valid.length > 300);
      for (const { expr, ...expected } of valid) {
        const program = environment.compile(expr);
        const { value, cost } = program.evaluate({});
        const { min, max } = program.estimate;
        const found = { type: showType(program.resultType), value: show(value), cost, estimate: [min, max] };
        assert.deepEqual(found, expected, expr);
      }
    });

    it('fails where the server fails, in its words', () => {
      const failing = expressions.filter((one) => one.error !== undefined);
      assert.ok(failing.length > 80);
      for (const { expr, error } of failing) {
        assert.throws(
          () => environment.compile(expr).evaluate({}),
          (thrown) =>
            error?.startsWith('PROGRAM ') === true
              ? `PROGRAM ${(thrown as Error).message}` === error
              : thrown instanceof CelEvaluationError && thrown.message === error,
          expr,
        );
      }
    });
  });
});
