import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { approvals, taskRuns, taskRunToolCalls } from '../../api/index.ts';
import { createKubeClient, type KubeClient, loadKubeConfig } from '../../kube/index.ts';
import { kubechain, type Options, ROOT, startKubechain } from '../cli/support/kubechain.ts';
import { kubectlShell, type Shell } from '../support/kubectl.ts';
import { ended } from '../support/operator.ts';
import { testsRealServer } from '../support/server.ts';
import { until } from '../support/waiting.ts';

const CALL = 'large-sum-1-toolcall-01';

/** examples/approvals, typed as its README says, on what `kubechain up` starts. */
describe('the example of approvals', function () {
  this.timeout(120_000);
  let folder: string;
  let here: Options;
  let up: ReturnType<typeof startKubechain>;
  let client: KubeClient;
  let shell: Shell;

  before(async function () {
    // It brings its own API server.
    if (testsRealServer) this.skip();
    folder = mkdtempSync(join(tmpdir(), 'kubechain-approvals-'));
    here = { cwd: folder, env: { HOME: folder } };
    up = startKubechain(['up'], here);
    await up.shows(/Try next/);
    const kubeconfig = join(folder, '.kubechain', 'kubeconfig');
    client = createKubeClient({ kubeConfig: loadKubeConfig({ path: kubeconfig, env: {} }), fieldManager: 'test' });
    shell = await kubectlShell(kubeconfig);
  });
  after(async () => {
    await client?.close();
    await up?.[Symbol.asyncDispose]();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  const AS_BOB = ['--as', 'bob', '--as-group', 'finance'];
  const waitsAt = (name: string) =>
    until(
      client,
      taskRunToolCalls,
      { namespace: 'default', name },
      ({ status }) => status?.status === 'AwaitingHumanApproval',
      30_000,
    );
  const run = (name: string) => until(client, taskRuns, { namespace: 'default', name }, ended, 30_000);

  it('types no command that its README does not have', () => {
    const readme = readFileSync(join(ROOT, 'examples', 'approvals', 'README.md'), 'utf8');
    for (const typed of [
      'kubectl apply -f examples/approvals/',
      'kubechain run clerk "What is 2 plus 3?"',
      'kubechain approvals',
      `kubechain approve ${CALL} --show`,
      `kubechain approve ${CALL} --show ${AS_BOB.join(' ')}`,
      'kubechain run clerk "What is 400 plus 500?" --name second --detach',
      `kubechain reject second-1-toolcall-01 --reason "not on a Friday" ${AS_BOB.join(' ')}`,
      'kubechain run clerk "What is 600 plus 700?" --name third --detach',
    ]) {
      assert.ok(readme.includes(`${typed}\n`) || readme.includes(`${typed} `), typed);
    }
  });

  it('holds the large sum back and lets the small one run', async () => {
    const applied = await shell(`cd ${ROOT} && kubectl apply -f examples/approvals/`);
    assert.equal(applied.code, 0, applied.err);
    await waitsAt(CALL);
    const small = await kubechain(['run', 'clerk', 'What is 2 plus 3?'], here);
    assert.match(small.out, /5/, small.err);
    const { out, err } = await kubechain(['approvals'], here);
    const [head = '', row = ''] = out.trim().split('\n');
    assert.match(head, /^CALL +AGENT +TOOL +WAITS +WHO MAY DECIDE +DEADLINE$/, err);
    assert.match(
      row,
      new RegExp(
        `^${CALL} +clerk +tool/add +[\\d.]+ m?s +1 person, of finance, not kubernetes-admin +in 2[34]h .*, then rejected$`,
      ),
    );
    assert.equal(out.trim().split('\n').length, 2);
  });

  it('says why who asked for the run may not approve, and who is not of the group', async () => {
    const own = await kubechain(['approve', CALL, '--show'], here);
    assert.equal(own.code, 1);
    assert.match(own.err, /\[kubechain\/approvals\.requester\] spec\.approver: "kubernetes-admin" asked for the run/);
    const mallory = await kubechain(['approve', CALL, '--as', 'mallory', '--as-group', 'system:masters'], here);
    assert.match(mallory.err, /"mallory" is in none of the groups that may decide: finance/);
    const roleless = await kubechain(['approve', CALL, '--as', 'eve'], here);
    assert.match(roleless.err, /User "eve" cannot get resource "taskruntoolcalls"/);
    const typo = await kubechain(['approve', 'large-sum-1-toolcall-1', ...AS_BOB], here);
    assert.match(typo.err, /there is no TaskRunToolCall .*; did you mean large-sum-1-toolcall-01\?/);
    assert.equal((await kubechain(['reject', CALL], here)).code, 2, 'a rejection has a reason');
  });

  it('approves what was shown, once, and the run goes on', async () => {
    const approved = await kubechain(['approve', CALL, '--show', ...AS_BOB], here);
    assert.equal(approved.code, 0, approved.err);
    assert.match(approved.out, /^tool +tool\/add$/m);
    assert.match(approved.out, /^asked by +kubernetes-admin\nheld by +large-sums\/tools\.arguments\.0$/m);
    assert.match(approved.out, /^digest +sha256:[0-9a-f]{64}$/m);
    assert.match(approved.out, /^ {2}\{\n {4}"a": 200,\n {4}"b": 300\n {2}\}$/m);
    assert.match(approved.out, /^approved by bob: add\(a: 200, b: 300\) of TaskRun large-sum-1$/m);
    assert.match((await run('large-sum-1')).status?.output ?? '', /500/);
    const late = await kubechain(['approve', CALL, ...AS_BOB], here);
    assert.match(late.err, /does not wait for an approval \(it is Succeeded\)/);
    const { items } = await client.list(approvals, { namespace: 'default' });
    assert.deepEqual(
      items.map(({ spec, status }) => [spec.approver?.username, status?.counted]),
      [['bob', true]],
    );
  });

  it('tells the model why it was rejected', async () => {
    await kubechain(['run', 'clerk', 'What is 400 plus 500?', '--name', 'second', '--detach'], here);
    await waitsAt('second-1-toolcall-01');
    const rejected = await kubechain(
      ['reject', 'second-1-toolcall-01', '--reason', 'not on a Friday', ...AS_BOB],
      here,
    );
    assert.equal(rejected.code, 0, rejected.err);
    const done = await run('second-1');
    assert.equal(done.status?.phase, 'FinalAnswer');
    const told = done.status?.contextWindow?.find(({ role }) => role === 'tool');
    assert.equal(told?.content, 'Rejected by bob: not on a Friday');
  });

  it('takes an Approval from kubectl', async () => {
    await kubechain(['run', 'clerk', 'What is 600 plus 700?', '--name', 'third', '--detach'], here);
    await waitsAt('third-1-toolcall-01');
    const readme = readFileSync(join(ROOT, 'examples', 'approvals', 'README.md'), 'utf8');
    const block = /^digest=[\s\S]*?^YAML$/m.exec(readme)?.[0] ?? '';
    const created = await shell(block);
    assert.equal(created.code, 0, created.err);
    assert.match((await run('third-1')).status?.output ?? '', /1300/);
  });
});
