import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Outcome } from '../../scripts/ci/outcomes.ts';

const reporter = fileURLToPath(new URL('../../scripts/ci/reporter.ts', import.meta.url));
const mocha = fileURLToPath(new URL('../../node_modules/.bin/mocha', import.meta.url));

const spec = `
let tries = 0;
describe('suite', () => {
  it('passes', () => undefined);
  it('passes at its second attempt', () => { if (tries++ === 0) throw new Error('the first time'); });
  it('fails', () => { throw new Error('each time'); });
  describe('inside', () => {
    before(() => { throw new Error('in a hook'); });
    it('is not run', () => undefined);
  });
});
`;

for (const parallel of [false, true])
  describe(`outcomes as mocha's reporter writes them, ${parallel ? 'in worker processes' : 'in one process'}`, () => {
    let folder: string;
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'outcomes-'));
    });
    after(() => rm(folder, { recursive: true, force: true }));

    it('has retries, hooks that are not retried, and the suite of each', async () => {
      const [file, outcomes] = [join(folder, 'some.spec.cjs'), join(folder, 'outcomes')];
      await writeFile(file, spec);
      const child = spawn(mocha, ['--no-config', ...(parallel ? ['--parallel', '--jobs', '2'] : []), file], {
        cwd: folder,
        stdio: 'ignore',
        env: {
          ...process.env,
          MOCHA_OPTIONS: `--retries 1 --reporter ${reporter}`,
          KUBECHAIN_TEST_OUTCOMES: outcomes,
        },
      });
      const [code] = (await once(child, 'exit')) as [number];
      assert.equal(code, 2);
      const lines = (await readFile(outcomes, 'utf8')).trimEnd().split('\n');
      const all = lines.map((line) => JSON.parse(line) as Outcome);
      assert.deepEqual(
        all.map(({ state, hook, file: from, suite, title, error }) => [
          state,
          hook,
          from,
          suite,
          title.replace('suite ', ''),
          error?.split('\n')[0],
        ]),
        [
          ['passed', false, 'some.spec.cjs', 'suite', 'passes', undefined],
          ['retried', false, 'some.spec.cjs', 'suite', 'passes at its second attempt', 'Error: the first time'],
          ['passed', false, 'some.spec.cjs', 'suite', 'passes at its second attempt', undefined],
          ['retried', false, 'some.spec.cjs', 'suite', 'fails', 'Error: each time'],
          ['failed', false, 'some.spec.cjs', 'suite', 'fails', 'Error: each time'],
          ['failed', true, 'some.spec.cjs', 'suite', 'inside "before all" hook for "is not run"', 'Error: in a hook'],
        ],
      );
    });
  });
