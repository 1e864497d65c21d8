import assert from 'node:assert/strict';
import { judge, type Outcome, suitesToPlayAgain } from '../../scripts/ci/outcomes.ts';

const test = (state: Outcome['state'], suite: string, name: string, hook = false): Outcome => ({
  state,
  hook,
  file: 'test/a.test.ts',
  suite,
  title: `${suite} ${name}`,
  ...(state === 'passed' ? {} : { error: `why ${name}` }),
});

describe('what .ci/run makes of what failed', () => {
  it('plays the suites again in which something failed, each once, as a pattern that needs no quotes', () => {
    const outcomes = [
      test('failed', 'kill -9 (of $it)', 'one'),
      test('failed', 'kill -9 (of $it)', 'two'),
      test('failed', 'other', 'three'),
      test('passed', 'fine', 'four'),
    ];
    const pattern = suitesToPlayAgain({ exitCode: 1, outcomes }) ?? '';
    assert.equal(pattern, '^(kill..9..of..it.|other)');
    assert.match('kill -9 (of $it) one', new RegExp(pattern));
    assert.doesNotMatch('fine four', new RegExp(pattern));
  });

  it('plays nothing again where nothing failed, too much did, or what failed is in no suite', () => {
    const many = Array.from({ length: 21 }, (_, index) => test('failed', 's', `${index}`));
    for (const outcomes of [[], [test('passed', 's', 'a'), test('retried', 's', 'a')], many, [test('failed', '', 'x')]])
      assert.equal(suitesToPlayAgain({ exitCode: 1, outcomes }), undefined);
  });

  const cases: readonly [
    string,
    readonly [number, readonly Outcome[]],
    readonly [number, readonly Outcome[]] | undefined,
    { readonly passed: number; readonly failed: number; readonly flaky: readonly string[] },
  ][] = [
    ['all pass', [0, [test('passed', 's', 'a')]], undefined, { passed: 1, failed: 0, flaky: [] }],
    [
      'one passes at its second attempt',
      [0, [test('retried', 's', 'a'), test('passed', 's', 'a')]],
      undefined,
      { passed: 1, failed: 0, flaky: ['s a'] },
    ],
    [
      'one fails at both attempts, and passes in a new process',
      [1, [test('retried', 's', 'a'), test('failed', 's', 'a'), test('passed', 's', 'b')]],
      [0, [test('passed', 's', 'a'), test('passed', 's', 'b')]],
      { passed: 2, failed: 0, flaky: ['s a'] },
    ],
    [
      'one really fails',
      [1, [test('retried', 's', 'a'), test('failed', 's', 'a'), test('passed', 's', 'b')]],
      [1, [test('retried', 's', 'a'), test('failed', 's', 'a'), test('passed', 's', 'b')]],
      { passed: 1, failed: 1, flaky: [] },
    ],
    [
      'another one fails when the suite is played again',
      [1, [test('failed', 's', 'a'), test('passed', 's', 'b')]],
      [1, [test('passed', 's', 'a'), test('failed', 's', 'b')]],
      { passed: 2, failed: 0, flaky: ['s a', 's b'] },
    ],
    [
      'a hook fails once: its tests are counted once they ran',
      [1, [test('failed', 's', 'before all hook', true), test('passed', 'other', 'c')]],
      [0, [test('passed', 's', 'a'), test('passed', 's', 'b')]],
      { passed: 3, failed: 0, flaky: ['s before all hook'] },
    ],
    [
      'a hook fails again',
      [1, [test('failed', 's', 'before all hook', true)]],
      [1, [test('failed', 's', 'before all hook', true)]],
      { passed: 0, failed: 1, flaky: [] },
    ],
    [
      'a hook is mended, and a test behind it fails',
      [1, [test('failed', 's', 'before all hook', true)]],
      [1, [test('failed', 's', 'a'), test('passed', 's', 'b')]],
      { passed: 1, failed: 1, flaky: ['s before all hook'] },
    ],
    [
      'a failed test is not there any more',
      [1, [test('failed', 's', 'a')]],
      [0, []],
      { passed: 0, failed: 1, flaky: [] },
    ],
    [
      'it ends badly though no test failed',
      [1, [test('passed', 's', 'a')]],
      undefined,
      { passed: 1, failed: 1, flaky: [] },
    ],
    [
      'it ends badly when played again',
      [1, [test('failed', 's', 'a')]],
      [137, [test('passed', 's', 'a')]],
      { passed: 1, failed: 1, flaky: ['s a'] },
    ],
  ];
  for (const [name, [exitCode, outcomes], again, expected] of cases)
    it(name, () => {
      const verdict = judge({ exitCode, outcomes }, again && { exitCode: again[0], outcomes: again[1] });
      assert.deepEqual({ ...verdict, flaky: verdict.flaky.map(({ title }) => title) }, expected);
    });
});
