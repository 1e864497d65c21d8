import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BUILTINS, createArgumentParser, runBuiltin } from '../../controller/tools/index.ts';

describe('builtin tools', () => {
  const results: [string, Record<string, unknown>, string][] = [
    ['add', { a: 2, b: 3 }, '5'],
    ['add', { a: '2', b: ' 3.5 ' }, '5.5'],
    ['subtract', { a: 2, b: 3 }, '-1'],
    ['multiply', { a: 4, b: 0.5 }, '2'],
    ['multiply', { a: -1, b: 0 }, '0'],
    ['divide', { a: 1, b: 4 }, '0.25'],
  ];
  for (const [name, args, text] of results) {
    it(`${name} ${JSON.stringify(args)} is ${text}`, () => {
      assert.deepEqual(runBuiltin(name, args), { kind: 'result', text, isError: false });
    });
  }

  const failures: [string, Record<string, unknown>, RegExp][] = [
    ['divide', { a: 1, b: 0 }, /^Division by zero$/],
    ['divide', { a: 1, b: '0.0' }, /^Division by zero$/],
    ['add', { a: 1 }, /^Invalid arguments: b is required/],
    ['add', { a: 'five', b: 1 }, /a must be a number, not "five"/],
    ['add', { a: '', b: 1 }, /a must be a number/],
    ['add', { a: '0x10', b: 1 }, /a must be a number/],
    ['add', { a: Number.NaN, b: 1 }, /a must be a number, not NaN/],
    ['multiply', { a: 1e308, b: 10 }, /too large/],
    ['constructor', { a: 1, b: 1 }, /Unknown builtin "constructor".+add, subtract, multiply, divide/],
  ];
  for (const [name, args, error] of failures) {
    it(`${name} ${JSON.stringify(args)} fails in words`, () => {
      const outcome = runBuiltin(name, args);
      assert(outcome.kind === 'failed');
      assert.match(outcome.error, error);
    });
  }

  it('never throws, whatever the arguments', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(BUILTINS), 'x'),
        fc.object({ key: fc.constantFrom('a', 'b', 'c'), withBigInt: true }),
        (name, args) => {
          const outcome = runBuiltin(name, args);
          assert((outcome.kind === 'result' ? outcome.text : 'error' in outcome && outcome.error) !== '');
        },
      ),
    );
  });

  it('describe their arguments with schemas that hold', () => {
    const { parseArguments } = createArgumentParser();
    for (const builtin of Object.values(BUILTINS)) {
      assert.equal(parseArguments('{"a": 1, "b": 2}', builtin.parameters).ok, true);
      assert.equal(parseArguments('{"a": 1}', builtin.parameters).ok, false);
    }
  });
});
