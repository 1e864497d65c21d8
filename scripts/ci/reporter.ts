/** Mocha's `spec` reporter, which also appends each outcome to the file that KUBECHAIN_TEST_OUTCOMES names: Mocha itself tells nobody of a retry. */
import { appendFileSync } from 'node:fs';
import { relative } from 'node:path';
import Mocha from 'mocha';
import type { Outcome } from './outcomes.ts';

const { EVENT_TEST_PASS, EVENT_TEST_FAIL, EVENT_TEST_RETRY } = Mocha.Runner.constants;

function outcomeOf(state: Outcome['state'], runnable: Mocha.Runnable, error?: Error): Outcome {
  const path = runnable.titlePath();
  return {
    state,
    // Objects of worker processes have no class.
    hook: (runnable as { type?: string }).type === 'hook',
    file: runnable.file === undefined ? '' : relative(process.cwd(), runnable.file),
    suite: path.length > 1 ? (path[0] ?? '') : '',
    title: path.join(' '),
    ...(error === undefined ? {} : { error: error.stack ?? String(error.message) }),
  };
}

export default class OutcomesReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const { KUBECHAIN_TEST_OUTCOMES: path } = process.env;
    if (path === undefined) return;
    const write = (outcome: Outcome): void => appendFileSync(path, `${JSON.stringify(outcome)}\n`);
    runner.on(EVENT_TEST_PASS, (test) => write(outcomeOf('passed', test)));
    runner.on(EVENT_TEST_FAIL, (test, error) => write(outcomeOf('failed', test, error)));
    runner.on(EVENT_TEST_RETRY, (test, error) => write(outcomeOf('retried', test, error)));
  }
}
