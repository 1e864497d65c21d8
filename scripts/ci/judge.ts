/**
 * For `.ci/run`. `again FILE`: what `--grep` is to have for what failed; exits 1 where nothing is to be played again.
 * `verdict CODE FILE [CODE FILE]`: `PASSED FAILED` of the runs that ended with CODE and left their outcomes in FILE, then a line `flaky: TITLE` each with why, indented.
 */
import { existsSync, readFileSync } from 'node:fs';
import { judge, type Outcome, type Run, suitesToPlayAgain } from './outcomes.ts';

function read(exitCode: number, file: string): Run {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  return { exitCode, outcomes: lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Outcome) };
}

const [command, ...given] = process.argv.slice(2);
if (command === 'again') {
  const pattern = suitesToPlayAgain(read(1, given[0] ?? ''));
  if (pattern === undefined) process.exit(1);
  process.stdout.write(`${pattern}\n`);
} else {
  const [code, file, laterCode, laterFile] = given;
  const again = laterFile === undefined ? undefined : read(Number(laterCode), laterFile);
  const { passed, failed, flaky } = judge(read(Number(code), file ?? ''), again);
  process.stdout.write(`${passed} ${failed}\n`);
  for (const { title, error } of flaky) {
    process.stdout.write(`flaky: ${title}\n`);
    const lines = (error ?? '').split('\n').filter((line) => !/node_modules|node:internal/.test(line));
    for (const line of lines.slice(0, 12)) process.stdout.write(`    ${line}\n`);
  }
}
