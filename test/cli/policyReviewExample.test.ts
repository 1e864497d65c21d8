import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'mocha';
import { parse } from 'yaml';
import { createFolders, type Folder } from './support/folder.ts';
import { ROOT } from './support/kubechain.ts';

const EXAMPLE = join(ROOT, 'examples', 'policy-review');

/** The command lines of ours in the CI files, with what CI puts in for its variables. */
function commands(file: string): string[] {
  const text = readFileSync(join(EXAMPLE, file), 'utf8');
  const steps: unknown[] = file.startsWith('.github')
    ? parse(text).jobs.kubechain.steps.map(({ run }: { run?: string }) => run)
    : parse(text).kubechain.script;
  return steps
    .filter((line): line is string => typeof line === 'string' && line.startsWith('kubechain '))
    .map((line) => line.replace(/origin\/\$\{\{ github\.base_ref \}\}|\$CI_MERGE_REQUEST_DIFF_BASE_SHA/, 'main'));
}

describe('examples/policy-review', () => {
  const folders = createFolders();
  after(() => folders.remove());

  function repository(): Folder {
    const folder = folders.create({});
    cpSync(EXAMPLE, folder.path, { recursive: true });
    folder.git('init', '-q', '-b', 'main');
    folder.git('add', '.');
    folder.git('commit', '-qm', 'start');
    folder.git('checkout', '-qb', 'change');
    return folder;
  }
  const edit = (folder: Folder, from: RegExp, to: string): void => {
    const file = join(folder.path, 'teams/billing/bookkeeper.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
  };
  const runAll = async (folder: Folder, file: string) => {
    const results: { line: string; code: number; out: string; err: string }[] = [];
    for (const line of commands(file)) results.push({ line, ...(await folder.run(line.split(' ').slice(1))) });
    return results;
  };

  for (const file of ['.github/workflows/review.yaml', '.gitlab-ci.yml']) {
    it(`${file} passes a good change and stops a bad one`, async () => {
      const folder = repository();
      edit(folder, /You keep/, 'You, alone, keep');
      for (const { line, code, out, err } of await runAll(folder, file)) assert.equal(code, 0, `${line}\n${out}${err}`);
      edit(folder, /name: ledger/, 'name: shell');
      const codes = (await runAll(folder, file)).map(({ code }) => code);
      // The reference leads nowhere, and the policy knows no such server; its own tests are about the agent, too.
      assert.deepEqual(codes.slice(0, 3), [1, 1, 1]);
    });
  }

  it('README: the message names the line, the rule and the fix', async () => {
    const folder = repository();
    const readme = readFileSync(join(EXAMPLE, 'README.md'), 'utf8');
    const lines = /```bash\n([\s\S]*?)```/.exec(readme)?.[1]?.trim().split('\n') ?? [];
    const said: string[] = [];
    for (const line of lines) {
      if (line.startsWith('sed ')) edit(folder, /name: ledger$/m, 'name: shell');
      else said.push((await folder.run(line.split(' ').slice(1))).out);
    }
    assert.match(said[0] ?? '', /0 errors, 0 warnings/);
    assert.match(said[1] ?? '', /9 passed, 0 failed; 6 of 6 rules exercised/);
    assert.match(
      said[2] ?? '',
      /^teams\/billing\/bookkeeper\.yaml:12:13: error: \[production\/defaultAction\] Agent billing\/bookkeeper: spec\.mcpServers\[0\]\.name: "shell\/\*" is not allowed .*; fix: /,
    );
    assert.match(said[3] ?? '', /^billing\/bookkeeper → shell\/exec: denied: /);
  });
});
