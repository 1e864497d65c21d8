import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { AgentPolicy, ClusterAgentPolicy, TaskRun } from '../../api/index.ts';
import { API_VERSION, agentPolicies, taskRuns } from '../../api/index.ts';
import { runProgram } from '../../cli/runProgram.ts';
import { task, taskRun, tool } from '../support/objects.ts';
import { type Room, type Stage, startStage } from '../support/operator.ts';
import { assertSarif } from '../support/sarif.ts';
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
        require: { provenance: true },
        rules: [{ name: 'no-runs', kinds: ['TaskRun'], expression: 'false', message: 'no runs here' }],
      },
    };
    await room.create(tool(room.namespace, 'add', { execute: { builtin: { name: 'add' } } }));
    // Argo CD tracks it, it says.
    await room.create({
      ...tool(room.namespace, 'tracked', { execute: { builtin: { name: 'divide' } } }),
      metadata: {
        namespace: room.namespace,
        name: 'tracked',
        annotations: {
          'argocd.argoproj.io/tracking-id': `agents:kubechain.humanlayer.dev/Tool:${room.namespace}/tracked`,
        },
      },
    });
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

  const kubechain = (cwd: string, ...args: string[]) => kubechainIn(room.namespace, cwd, ...args);
  async function kubechainIn(namespace: string, cwd: string, ...args: string[]) {
    const { io, out, err } = fakeIo({ cwd });
    const code = await runProgram([...args, '--kubeconfig', stage.kubeConfig.source, '-n', namespace], io);
    if (args.includes('sarif')) assertSarif(out());
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
    const unknown = findings.filter(({ rule }: { rule: string }) => rule.endsWith('/require.provenance'));
    assert.deepEqual(
      unknown.map(({ object }: { object: string }) => object.split(' ')[0]).sort(),
      ['Agent', 'LLM', 'Tool'],
      'what says nothing of its commit',
    );
    const runs = findings.filter(({ rule }: { rule: string }) => rule.endsWith('/no-runs'));
    assert.deepEqual(
      runs.map(({ object }: { object: string }) => object),
      [`TaskRun ${room.namespace}/held-1`],
    );
  });

  it('audit is SARIF where that is asked for, of objects without files, too', async () => {
    const { out } = await kubechain(process.cwd(), 'policy', 'audit', '-o', 'sarif');
    const [{ locations }] = JSON.parse(out).runs[0].results;
    assert.deepEqual([locations.length, Object.keys(locations[0])], [1, ['logicalLocations']]);
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

  it('a namespace that is not there, or that has nothing, does not pass for a clean one', async () => {
    const { path } = folders.create({
      'policy.yaml': `${head('ClusterAgentPolicy', 'new')}spec: {tools: {deny: ["shell/*"]}}\n`,
    });
    const missing = `${room.namespace}x`;
    for (const args of [
      ['policy', 'audit'],
      ['policy', 'explain', 'assistant', 'tool/add'],
      ['policy', 'replay', '--policies', 'policy.yaml'],
      ['policy', 'diff', 'policy.yaml', 'policy.yaml', '--cluster'],
    ]) {
      const { code, err } = await kubechainIn(missing, path, ...args);
      assert.equal(code, 5, args.join(' '));
      assert.match(err, new RegExp(`there is no namespace ${missing}; did you mean .*${room.namespace}`));
    }
    const cluster: ClusterAgentPolicy = {
      apiVersion: API_VERSION,
      kind: 'ClusterAgentPolicy',
      metadata: { name: `${room.namespace}-cluster` },
      spec: { mode: 'Audit', match: { namespaces: [room.namespace] }, tools: { deny: ['shell/*'] } },
    };
    await room.create(cluster);
    const empty = await kubechainIn('kube-public', path, 'policy', 'audit');
    assert.equal(empty.code, 5);
    assert.match(empty.err, /nothing to audit: no object of ours in namespace kube-public/);
  });
});
