import assert from 'node:assert/strict';
import fc from 'fast-check';
import { functionNames, MAX_FUNCTION_NAME, type NamedTool } from '../../controller/models/index.ts';

const FITS = /^[a-zA-Z0-9_-]{1,64}$/;

/** Mostly names that go wrong somewhere: separators, dots, nothing, length. */
const part = fc.oneof(
  fc.constantFrom(
    '',
    'a',
    'a_',
    '_a',
    'a__b',
    '_',
    '__',
    'a.b',
    'A b',
    'fetch',
    '1st',
    '💥',
    '__proto__',
    'constructor',
  ),
  fc.string({ maxLength: 90 }),
  fc.string({ unit: fc.constantFrom('a', '_', '.', '-'), maxLength: 80 }),
);
const tool: fc.Arbitrary<NamedTool> = fc.record({ server: part, tool: part });
const key = ({ server, tool: name }: NamedTool) => JSON.stringify([server, name]);

describe('function names', () => {
  it('reads as <server>__<tool> where that fits', () => {
    assert.deepEqual(
      functionNames([
        { server: 'fetch', tool: 'fetch' },
        { server: '', tool: 'add' },
        { server: 'file-system', tool: 'list_directory' },
      ]),
      ['fetch__fetch', 'add', 'file-system__list_directory'],
    );
  });

  it('keeps long names apart that begin alike', () => {
    const long = 'list_everything_that_was_ever_stored_in_the_archive_of_the_company';
    const [a, b] = functionNames([
      { server: 'archive', tool: `${long}_a` },
      { server: 'archive', tool: `${long}_b` },
    ]);
    assert.equal(a?.length, MAX_FUNCTION_NAME);
    assert.match(a ?? '', /^archive__list_everything_/);
    assert.notEqual(a, b);
  });

  it('keeps tools apart whose plain names would be one', () => {
    const names = functionNames([
      { server: 'a__b', tool: 'c' },
      { server: 'a', tool: 'b__c' },
      { server: '', tool: 'a__b__c' },
      { server: 'a.b', tool: 'c' },
      { server: 'a-b', tool: 'c' },
      { server: 'a b', tool: 'c' },
    ]);
    assert.equal(new Set(names).size, names.length);
  });

  it('keeps tools apart whose hashes begin alike, in whatever order', () => {
    const collide = ['..././././..//...//.', '...//./////...//....'].map((tool) => ({ server: 's', tool }));
    const names = functionNames(collide);
    assert.notEqual(names[0], names[1]);
    assert.deepEqual(functionNames(collide.toReversed()).toReversed(), names);
    const [hashed] = functionNames([{ server: 's', tool: 'a.b' }]);
    const taken = functionNames([
      { server: 's', tool: 'a.b' },
      { server: 's', tool: hashed?.replace('s__', '') ?? '' },
    ]);
    assert.notEqual(taken[0], taken[1]);
  });

  it('gives different tools different names that every provider takes', () => {
    fc.assert(
      fc.property(fc.uniqueArray(tool, { selector: key, maxLength: 40 }), (tools) => {
        const names = functionNames(tools);
        assert.equal(names.length, tools.length);
        for (const name of names) assert.match(name, FITS);
        assert.equal(new Set(names).size, tools.length);
      }),
    );
  });

  it('gives a tool the same name whatever else is offered, and in whatever order', () => {
    fc.assert(
      fc.property(fc.uniqueArray(tool, { selector: key, minLength: 1, maxLength: 20 }), fc.nat(), (tools, n) => {
        const all = new Map(functionNames(tools).map((name, index) => [key(tools[index]!), name]));
        const rotated = [...tools.slice(n % tools.length), ...tools.slice(0, n % tools.length)].reverse();
        assert.deepEqual(
          functionNames(rotated),
          rotated.map((one) => all.get(key(one))),
        );
        for (const one of tools) assert.deepEqual(functionNames([one]), [all.get(key(one))]);
      }),
    );
  });

  it('gives one tool that is listed twice one name', () => {
    const [a, b] = functionNames([
      { server: 's', tool: 'x y' },
      { server: 's', tool: 'x y' },
    ]);
    assert.equal(a, b);
  });
});
