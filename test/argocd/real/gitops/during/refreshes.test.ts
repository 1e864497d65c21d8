import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import type { Task, TaskRun } from '../../../../../api/index.ts';
import { GIT_MARKS, GROUP, VERSION } from '../../../../../api/index.ts';
import { untilQuiet } from '../../stage.ts';
import type { Platform } from '../platform.ts';
import { ours, platform } from '../platform.ts';

/** Run and tool call appear, and end: what Argo CD shows of them changes four times. */
const CHANGES_OF_HEALTH = 4;

/** What `kubechain stamp` writes. Links lead to repositories on the web alone. */
const STAMP = {
  [GIT_MARKS.repo]: 'https://git.example/agents.git',
  [GIT_MARKS.path]: 'all.yaml',
  [GIT_MARKS.revision]: '3f2c1a9d00000000000000000000000000000001',
};

describe('a run', function () {
  this.timeout(300_000);
  let on: Platform;
  before(async function () {
    on = await platform(this);
  });

  it('makes Argo CD look at its Application at most once a change of health', async () => {
    const lab = await on.lab('frugal', {
      'all.yaml': [
        ours('Tool', 'add', { execute: { builtin: { name: 'add' } } }),
        ours(
          'Agent',
          'assistant',
          { llmRef: { name: 'default' }, system: 'You add.', tools: [{ name: 'add' }] },
          STAMP,
        ),
        ours('Task', 'sum', { agentRef: { name: 'assistant' }, message: 'add 2 and 3' }),
      ],
    });
    await lab.sync();
    await on.settled(lab.name);
    await untilQuiet(on.stage, lab.name);
    const { metadata, apiVersion } = (await on.stage.get<Task>('task', 'sum', lab.namespace)) ?? assert.fail();
    const before = on.stage.refreshes(lab.name);
    const owner = { apiVersion, kind: 'Task', name: 'sum', uid: metadata.uid, controller: true };
    const run = ours('TaskRun', 'counted', { taskRef: { name: 'sum' } });
    await on.stage.apply('test', {
      ...run,
      metadata: {
        name: 'counted',
        namespace: lab.namespace,
        annotations: { 'argocd.argoproj.io/ignore-resource-updates': 'true' },
        ownerReferences: [owner],
      },
    });
    await on.stage.eventually('its end', async () => {
      const found = await on.stage.get<TaskRun>('taskrun', 'counted', lab.namespace);
      return found?.status?.phase === 'FinalAnswer' && found.status.toolCallCount === 1;
    });
    await untilQuiet(on.stage, lab.name);
    const during = on.stage.refreshes(lab.name) - before;
    process.stderr.write(`      a run with a tool call: ${during} refreshes, ${CHANGES_OF_HEALTH} changes of health\n`);
    assert.ok(during <= CHANGES_OF_HEALTH, `${during} refreshes`);
  });

  it('has links to its commit and to what the platform names, as Argo CD renders them', async () => {
    const { metadata } = (await on.stage.get<TaskRun>('taskrun', 'counted', 'agents-frugal')) ?? assert.fail();
    const linksOf = async (kind: string, resourceName: string) => {
      const where = { appNamespace: 'argocd', namespace: 'agents-frugal', group: GROUP, version: VERSION };
      const query = new URLSearchParams({ ...where, kind, resourceName });
      const path = `/api/v1/applications/frugal/resource/links?${query}`;
      return (await on.stage.api.request<{ items?: { title: string; url: string }[] }>('GET', path)).items;
    };
    const commit = {
      title: 'Commit',
      url: 'https://git.example/agents/commit/3f2c1a9d00000000000000000000000000000001',
    };
    const trace = { title: 'Trace', url: `https://tempo.example/${metadata.uid}` };
    assert.deepEqual(await linksOf('TaskRun', 'counted'), [commit, trace]);
    assert.deepEqual(await linksOf('Agent', 'assistant'), [commit]);
    assert.equal(await linksOf('Task', 'sum'), undefined);
  });
});
