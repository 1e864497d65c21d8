import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { Task, TaskRun } from '../../../../../api/index.ts';
import { TRACKING_METHODS } from '../../../../../argocd/trackingMethods.ts';
import type { Platform } from '../platform.ts';
import { APPS, ours, platform } from '../platform.ts';

const METHOD = 'application.resourceTrackingMethod';
const agent = (system: string) => [
  ours('Agent', 'assistant', { llmRef: { name: 'default' }, system, tools: [{ name: 'add' }] }),
  ours('Tool', 'add', { execute: { builtin: { name: 'add' } } }),
];
/** What the operator makes of what is in Git. */
const CHILDREN = 'taskruns,taskruntoolcalls,agentrevisions,taskledgers';

describe('what the operator makes', function () {
  this.timeout(300_000);
  let on: Platform;
  before(async function () {
    on = await platform(this);
  });
  after(async () => {
    if (on === undefined) return;
    await on.stage.configure({ [METHOD]: 'annotation' });
    // A sync writes the marks again, which a deletion goes by. Objects of the other method may be there still when it comes.
    for (const name of ['agents', 'kubechain', 'agent-policies']) await on.stage.api.sync(name, { retries: 3 });
    await Promise.all(APPS.map((name) => on.stage.api.sync(name, { retries: 3 })));
  });

  for (const method of TRACKING_METHODS) {
    it(`is neither pruned nor shown as drift, with tracking by ${method}`, async () => {
      await on.stage.configure({ [METHOD]: method });
      const name = `tracked-by-${method.replace('+', '-')}`;
      const task = ours('Task', 'sum', { agentRef: { name: 'assistant' }, message: 'add 2 and 3' });
      const lab = await on.lab(name, { 'agent.yaml': agent('You add.'), 'task.yaml': [task] });
      await lab.sync();
      const run = await on.stage.eventually('the run', async () => {
        const found = await on.stage.get<TaskRun>('taskrun', 'sum-1', lab.namespace);
        return found?.status?.phase === 'FinalAnswer' ? found : undefined;
      });
      await on.settled(name);
      // The method is in force.
      const { metadata } = (await on.stage.get<Task>('task', 'sum', lab.namespace)) ?? assert.fail();
      const byLabel = metadata.labels?.['app.kubernetes.io/instance'] !== undefined;
      const byAnnotation = metadata.annotations?.['argocd.argoproj.io/tracking-id'] !== undefined;
      assert.deepEqual({ byLabel, byAnnotation }, marksOf(method));
      assert.equal(run.status?.provenance?.trust, 'Verified');

      const children = async () => {
        const columns = 'custom-columns=KIND:.kind,NAME:.metadata.name,UID:.metadata.uid';
        const text = await on.stage.kubectl(['-n', lab.namespace, 'get', CHILDREN, '--no-headers', '-o', columns]);
        return text.trim().split('\n').sort();
      };
      await on.stage.eventually('the ledger', async () => (await children()).some((line) => line.includes('Ledger')));
      const before = await children();
      assert.equal(before.length, 4, before.join('\n'));
      await lab.commit({ 'agent.yaml': agent('You add and subtract.') });
      await lab.sync();
      await on.settled(name);
      const left = await on.stage.eventually('the other revision', async () => {
        const now = await children();
        return now.length === 5 ? now : undefined;
      });
      assert.deepEqual(
        left.filter((line) => before.includes(line)),
        before,
      );
      await on.stage.refresh(name, 'hard');
      await on.settled(name);
      const resources = (await on.app(name))?.status?.resources ?? [];
      assert.deepEqual(resources.map(({ kind }) => kind).sort(), ['Agent', 'LLM', 'Task', 'Tool']);
      for (const each of resources) {
        assert.deepEqual([each.status, each.requiresPruning ?? false], ['Synced', false], each.name);
      }
      // By another method it would not know what is its own any more.
      await lab.remove();
    });
  }
});

const marksOf = (method: string) => ({
  byLabel: method.includes('label'),
  byAnnotation: method.includes('annotation'),
});
