import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import type { TaskRun } from '../../../../../api/index.ts';
import type { Lab, Platform } from '../platform.ts';
import { ours, platform } from '../platform.ts';

const rollout = (version: string) => [
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'rollout' }, data: { version } },
];

describe('a TaskRun as PreSync hook', function () {
  this.timeout(300_000);
  let on: Platform;
  let lab: Lab;
  before(async function () {
    on = await platform(this);
  });
  const version = async () =>
    (await on.stage.get<{ data?: { version?: string } }>('configmap', 'rollout', lab.namespace))?.data?.version;
  const evaluation = () => on.stage.get<TaskRun>('taskrun', 'evaluation-of-sync', lab.namespace);

  it('lets a sync pass when the run has ended well', async () => {
    lab = await on.lab('gated', {
      'agent.yaml': [ours('Agent', 'assistant', { llmRef: { name: 'default' }, system: 'You judge.' })],
      'task.yaml': [ours('Task', 'evaluation', { agentRef: { name: 'assistant' }, message: 'Is all well?' })],
    });
    // What the hook needs has to be there before it.
    await lab.sync();
    await on.settled(lab.name);
    const hook = ours(
      'TaskRun',
      'evaluation-of-sync',
      { taskRef: { name: 'evaluation' }, activeDeadlineSeconds: 60 },
      { 'argocd.argoproj.io/hook': 'PreSync', 'argocd.argoproj.io/hook-delete-policy': 'BeforeHookCreation' },
    );
    await lab.commit({ 'hook.yaml': [hook], 'rollout.yaml': rollout('1') });
    on.model.hold();
    const synced = lab.sync();
    await on.stage.eventually('the evaluation', async () => (await evaluation())?.status?.phase !== undefined);
    await on.model.untilHeld(1);
    assert.equal(await version(), undefined, 'nothing is applied before it has ended');
    on.model.release();
    await synced;
    assert.equal((await evaluation())?.status?.phase, 'FinalAnswer');
    assert.equal(await version(), '1');
    await on.settled(lab.name);
  });

  it('stops the sync when it fails, with the run’s own words', async () => {
    await lab.commit({ 'rollout.yaml': rollout('2') });
    await on.model.become({ apiKey: 'sk-another' });
    try {
      await assert.rejects(lab.sync());
    } finally {
      await on.model.become({});
    }
    assert.equal((await evaluation())?.status?.phase, 'Failed');
    assert.equal(await version(), '1', 'what the gate is for was not applied');
    const { operationState } = (await on.app(lab.name))?.status ?? {};
    assert.equal(operationState?.phase, 'Failed');
    const told = operationState?.syncResult?.resources?.find(({ name }) => name === 'evaluation-of-sync');
    assert.equal(told?.hookPhase, 'Failed');
    assert.match(told?.message ?? '', /API key/i);
    // It passes again as soon as the evaluation does.
    await lab.sync();
    assert.equal(await version(), '2');
  });

  it('stops the sync when the answer is not what its Task expects', async () => {
    const task = (cel: string) => [
      ours('Task', 'evaluation', {
        agentRef: { name: 'assistant' },
        message: 'add 2 and 3',
        expect: [{ cel, message: 'the sum is told' }],
      }),
    ];
    // The gate comes before the rest of its commit, so what is expected is there first.
    await lab.commit({ 'task.yaml': task('output.contains("6")') });
    await lab.sync();
    await lab.commit({ 'rollout.yaml': rollout('3') });
    await assert.rejects(lab.sync(), /TaskRun evaluation-of-sync: The answer is not what is expected: the sum is told/);
    assert.equal((await evaluation())?.status?.phase, 'Failed');
    assert.ok((await evaluation())?.status?.output, 'the answer is kept');
    assert.equal(await version(), '2');
  });
});
