import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'mocha';
import { kubectlPath } from '../../support/kubectl.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** What docs/gitops.md has the reader type, from the repository's first commit to the rollback, and what it says comes of it. */
function walk(): { typed: string; printed: string[] } {
  const text = readFileSync(join(ROOT, 'docs', 'gitops.md'), 'utf8');
  const [, section = ''] = /### From commit to rollback\n(.*?)\n### /s.exec(text) ?? [];
  const blocks = [...section.matchAll(/```bash\n(.*?)```/gs)].map(([, block]) => block ?? '');
  assert.ok(blocks.length >= 5, `${blocks.length} blocks`);
  const printed = [...section.matchAll(/```\n(\S.*?)\n```\n/gs)].map(([, block]) => block ?? '');
  return { typed: blocks.join('echo --\n'), printed };
}

describe('docs/gitops.md, typed', function () {
  this.timeout(120_000);
  let folder: string;
  let end = async () => {};
  const environment = () => ({
    HOME: folder,
    PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
    GIT_AUTHOR_NAME: 'Ann',
    GIT_AUTHOR_EMAIL: 'ann@acme.example',
    GIT_COMMITTER_NAME: 'Ann',
    GIT_COMMITTER_EMAIL: 'ann@acme.example',
    NO_COLOR: '1',
  });

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kubechain-walk-'));
    mkdirSync(join(folder, 'bin'));
    symlinkSync(await kubectlPath(), join(folder, 'bin', 'kubectl'));
    symlinkSync(join(ROOT, 'bin', 'kubechain'), join(folder, 'bin', 'kubechain'));
    const up = spawn(join(ROOT, 'bin', 'kubechain'), ['up'], { cwd: folder, env: environment() });
    up.stderr.resume();
    end = async () => {
      if (up.exitCode !== null) return;
      up.kill('SIGTERM');
      await once(up, 'exit');
    };
    for await (const line of createInterface(up.stdout)) if (line.includes('get taskruns')) break;
    up.stdout.resume();
  });
  after(async () => {
    await end();
    rmSync(folder, { recursive: true, force: true });
  });

  it('goes from a commit to a run, a violation, its fix and back', async () => {
    const { typed, printed } = walk();
    const shell = execFile('bash', ['-c', `exec 2>&1\n${typed}`], { cwd: folder, env: environment() });
    let said = '';
    shell.stdout?.on('data', (chunk) => (said += String(chunk)));
    await once(shell, 'close');
    const [, run = '', check = '', denied = '', fixed = '', back = ''] = said.split('\n--\n');
    assert.match(run, /smoke-test-1 .*FinalAnswer .*The result is 42\..*bookkeeper-\w+ +[0-9a-f]{40} +Claimed/, said);
    assert.equal(printed.length, 1);
    assert.ok(check.includes(printed[0] ?? '-'), said);
    assert.match(denied, /Failed: Denied by policy baseline\/tools\.deny: "tool\/multiply" is denied/, said);
    assert.match(fixed, /The result is 13\./, said);
    assert.match(back, /The result is 42\./, said);
    const current = (text: string) => /^\* +(bookkeeper-\w+)/m.exec(text)?.[1];
    const first = /(bookkeeper-\w+) +[0-9a-f]{40}/.exec(run)?.[1];
    assert.ok(current(fixed) !== undefined && current(fixed) !== first, said);
    assert.equal(current(back), first, said);
    assert.equal(new Set(back.match(/[0-9a-f]{12}$/gm)).size, 2, `each revision has its commit\n${said}`);
    assert.doesNotMatch(back, /smoke-test-2/, said);
  });
});
