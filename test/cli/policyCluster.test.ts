import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { AgentPolicy, TaskRun } from '../../api/index.ts';
import { API_VERSION, agentPolicies, taskRuns } from '../../api/index.ts';
import { runProgram } from '../../cli/runProgram.ts';
import { task, taskRun, tool } from '../support/objects.ts';
import { type Room, type Stage, startStage } from '../support/operator.ts';
import { fakeIo } from './support/fakeIo.ts';
import { createFolders, head } from './support/folder.ts';

describe('kubechain policy on a cluster', function () {
  this.timeout(60_000);
  const folders = createFolders();
  let stage: Stage;
  let room: Room;
  before(async () => {
    stage = await startStage();
    room = await stage.room({
      script: {
        rules: [
          { when: { turn: 1 }, toolCalls: [{ name: 'add', arguments: { a: 2, b: 3 } }] },
          { when: { turn: 2 }, text: '5' },
        ],
      },
    });
    const policy: AgentPolicy = {
      apiVersion: API_VERSION,
      kind: 'AgentPolicy',
      metadata: { namespace: room.namespace, name: 'rules' },
      spec: {
        mode: 'Audit',
        tools: { deny: ['builtin/*'] },
        rules: [{ name: 'no-runs', kinds: ['TaskRun'], expression: 'false', message: 'no runs here' }],
      },
    };
    await room.create(tool(room.namespace, 'add', { execute: { builtin: { name: 'add' } } }));
    await room.agent({ tools: [{ name: 'add' }] });
    // A run that lives, and one that has ended.
    await room.run('early', 'a sum');
    const held = taskRun(room.namespace, 'held-1', 'early');
    await room.create({ ...held, spec: { ...held.spec, suspend: true } } as TaskRun);
    await room.create(policy);
  });
  after(async () => {
    folders.remove();
    await stage[Symbol.asyncDispose]();
  });

  async function kubechain(cwd: string, ...args: string[]) {
    const { io, out, err } = fakeIo({ cwd });
    const code = await runProgram([...args, '--kubeconfig', stage.kubeConfig.source, '-n', room.namespace], io);
    return { code, out: out(), err: err() };
  }

  it('audit finds what the operator finds in the background', async () => {
    const policy = await room.until(agentPolicies, 'rules', ({ status }) => (status?.summary?.audited ?? 0) > 0);
    const { code, out } = await kubechain(process.cwd(), 'policy', 'audit', '-o', 'json');
    assert.equal(code, 0, out);
    const { findings } = JSON.parse(out);
    const told = (all: readonly { readonly rule?: string; readonly message?: string }[] = []) =>
      all.map(({ rule = '', message = '' }) => `${rule.split('/').pop()}: ${message}`).sort();
    assert.deepEqual(told(findings), told(policy.status?.violations));
    assert.equal(findings.length, policy.status?.summary?.audited);
    const runs = findings.filter(({ rule }: { rule: string }) => rule.endsWith('/no-runs'));
    assert.deepEqual(
      runs.map(({ object }: { object: string }) => object),
      [`TaskRun ${room.namespace}/held-1`],
    );
  });

  it('explain, replay and diff read agents, policies and runs from there', async () => {
    await room.create(task(room.namespace, 'sum', 'a sum'));
    await room.until(taskRuns, 'sum-1', ({ status }) => status?.phase === 'FinalAnswer');
    const { path } = folders.create({
      'new.yaml': `${head('ClusterAgentPolicy', 'new')}spec: {tools: {deny: ["builtin/*"]}}\n`,
      'old.yaml': `${head('ClusterAgentPolicy', 'new')}spec: {tools: {deny: ["shell/*"]}}\n`,
    });
    const explained = await kubechain(path, 'policy', 'explain', 'assistant', 'tool/add');
    assert.match(
      explained.out,
      /allowed: no policy says anything against it\n.*AgentPolicy .*\/rules \(Audit\): deny/,
      explained.err,
    );
    const replayed = await kubechain(path, 'policy', 'replay', '--since', '1h', '--policies', 'new.yaml');
    assert.equal(replayed.code, 1, replayed.err);
    assert.match(
      replayed.out,
      /error: \[new\/tools\.deny\] TaskRun .*\/sum-1: call 1, tool\/add by agent assistant: was made, would be denied; /,
    );
    const compared = await kubechain(path, 'policy', 'diff', 'old.yaml', 'new.yaml', '--cluster');
    assert.match(
      compared.out,
      /error: \[new\/tools\.deny\] Agent .*\/assistant: spec\.tools\[0\]\.name: was allowed, would be denied/,
    );
    assert.match(compared.out, /sum-1: call 1, tool\/add/);
  });
});
