import assert from 'node:assert/strict';
import { expectationProblems, unmetExpectation } from '../../policies/expectations/index.ts';

describe('what a Task expects of an answer', () => {
  const rows: [cel: string, output: string, unmet: RegExp | undefined][] = [
    ['output.contains("5")', 'The sum is 5.', undefined],
    ['output.contains("5")', 'The sum is 6.', /^output\.contains\("5"\)$/],
    ['output.matches("^[0-9]+$")', '5', undefined],
    ['output.matches("^[0-9]+$")', 'five', /matches/],
    ['int(output) > 3', '5', undefined],
    ['int(output) > 3', 'five', /^int\(output\) > 3: cannot be decided: /],
    ['output.lowerAscii().trim() == "yes"', ' YES\n', undefined],
    ['size(output) > 0', '', /size/],
  ];
  for (const [cel, output, unmet] of rows) {
    it(`${cel} of ${JSON.stringify(output)}`, () => {
      const found = unmetExpectation([{ cel }], output);
      if (unmet === undefined) assert.equal(found, undefined);
      else assert.match(found ?? '', unmet);
    });
  }

  it('is told in the Task’s words, the first that does not hold', () => {
    const expect = [{ cel: 'true' }, { cel: 'false', message: 'is polite' }, { cel: 'false', message: 'is short' }];
    assert.equal(unmetExpectation(expect, 'x'), 'is polite');
  });

  it('is no condition', () => {
    const problems = ['output', 'output ==', 'nothing == 1', 'object.spec', 'true'].map((cel) =>
      expectationProblems([{ cel: 'true' }, { cel }]).map(({ index, problem }) => `${index} ${problem}`),
    );
    assert.match(problems[0]?.[0] ?? '', /^1 must give a bool, it gives a string$/);
    assert.match(problems[1]?.[0] ?? '', /^1 .*\(line 1, column \d+\)$/);
    assert.match(problems[2]?.[0] ?? '', /^1 undeclared reference to 'nothing'/);
    assert.match(problems[3]?.[0] ?? '', /^1 undeclared reference to 'object'/);
    assert.deepEqual(problems[4], []);
  });

  it('cannot be made to take long', () => {
    const cel = `[${Array(50).fill('1').join(',')}].all(a, [${Array(50).fill('1').join(',')}].all(b, !output.matches("(x+x+)+y")))`;
    const hostile = Array(32).fill({ cel });
    const { user } = process.cpuUsage();
    assert.match(unmetExpectation(hostile, 'x'.repeat(500_000)) ?? '', /cannot be decided: .*cost/);
    assert.ok(process.cpuUsage().user - user < 5e6);
  });
});
