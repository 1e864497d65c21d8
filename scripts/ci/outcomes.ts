/** What became of the tests of a stage of `.ci/run`, which plays once more what failed: counts, and the names of those that passed then. */

/** One test or hook of one run, as {@link ./reporter.ts} writes it: a line of JSON each. */
export interface Outcome {
  /** `retried`: the first attempt failed, another follows in the same process. Hooks are reported where they fail alone. */
  readonly state: 'passed' | 'failed' | 'retried';
  readonly hook: boolean;
  readonly file: string;
  /** The outermost `describe`; empty for what belongs to none: hooks of all files, files that could not be loaded. */
  readonly suite: string;
  /** With those of all suites around it. */
  readonly title: string;
  /** Stack or message, where it did not pass. */
  readonly error?: string;
}

/** One time that the command of a stage ran. */
export interface Run {
  readonly exitCode: number;
  readonly outcomes: readonly Outcome[];
}

export interface Verdict {
  readonly passed: number;
  readonly failed: number;
  /** What failed once and passed once. */
  readonly flaky: readonly Outcome[];
}

/** More than these are not flaky, and playing them again would only keep people waiting. */
const mostPlayedAgain = 20;

const keyOf = ({ file, title }: Outcome): string => `${file}: ${title}`;
const byKey = (outcomes: readonly Outcome[]): ReadonlyMap<string, Outcome> =>
  new Map(outcomes.map((outcome) => [keyOf(outcome), outcome]));

/**
 * Mocha's `--grep` for the suites in which something failed: whole suites, since a hook is not retried by Mocha, and a test may need those
 * before it. It has no blanks, quotes or backslashes. Undefined where nothing is to be played again.
 */
export function suitesToPlayAgain({ outcomes }: Run): string | undefined {
  const failed = outcomes.filter(({ state }) => state === 'failed');
  if (failed.length === 0 || failed.length > mostPlayedAgain || failed.some(({ suite }) => suite === ''))
    return undefined;
  const suites = [...new Set(failed.map(({ suite }) => suite.replace(/[^A-Za-z0-9]/g, '.')))];
  return `^(${suites.join('|')})`;
}

/** What failed in each of its runs has failed. A run that ended badly although no test of it failed is a failure more. */
export function judge(first: Run, again?: Run): Verdict {
  const later = again?.outcomes ?? [];
  const earlierPasses = first.outcomes.filter(({ state }) => state === 'passed');
  const laterPasses = later.filter(({ state }) => state === 'passed');
  const earlierByKey = byKey(earlierPasses);
  const laterByKey = byKey(laterPasses);
  const failedLater = byKey(later.filter(({ state }) => state === 'failed'));
  // A hook that works is not reported: it did where its suite got somewhere.
  const passedLater = (outcome: Outcome): boolean =>
    outcome.hook
      ? !failedLater.has(keyOf(outcome)) &&
        laterPasses.some(({ file, suite }) => file === outcome.file && suite === outcome.suite)
      : laterByKey.has(keyOf(outcome));

  const failedFirst = first.outcomes.filter(({ state }) => state === 'failed');
  const known = new Set([...earlierByKey.keys(), ...failedFirst.map(keyOf)]);
  const failed = [
    ...failedFirst.filter((outcome) => !passedLater(outcome)),
    ...[...failedLater.values()].filter((outcome) => !known.has(keyOf(outcome))),
  ];
  const isUnexplained = ({ exitCode, outcomes }: Run): boolean =>
    exitCode !== 0 && outcomes.every(({ state }) => state !== 'failed');
  const unexplained = [first, ...(again === undefined ? [] : [again])].filter(isUnexplained).length;

  const passes = new Set([...earlierByKey.keys(), ...laterByKey.keys()]);
  const flaky = [
    ...[...first.outcomes, ...later].filter((outcome) => outcome.state === 'retried' && passes.has(keyOf(outcome))),
    ...failedFirst.filter(passedLater),
    ...[...failedLater.values()].filter((outcome) => earlierByKey.has(keyOf(outcome))),
  ];
  return {
    passed: earlierPasses.length + [...laterByKey.keys()].filter((key) => !earlierByKey.has(key)).length,
    failed: failed.length + unexplained,
    flaky: [...byKey(flaky).values()],
  };
}
