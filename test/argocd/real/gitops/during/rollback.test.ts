import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import type { Agent, AgentRevision, Task, TaskRun } from '../../../../../api/index.ts';
import type { Lab, Platform } from '../platform.ts';
import { ours, platform } from '../platform.ts';

const agent = (system: string) => [ours('Agent', 'assistant', { llmRef: { name: 'default' }, system })];

describe('a rollback in Argo CD', function () {
  this.timeout(300_000);
  let on: Platform;
  let lab: Lab;
  before(async function () {
    on = await platform(this);
    const task = ours('Task', 'question', { agentRef: { name: 'assistant' }, message: 'Who are you?' });
    lab = await on.lab('rolled', { 'agent.yaml': agent('You are a clerk.'), 'task.yaml': [task] });
  });

  const current = async () => {
    const { metadata, status } = (await on.stage.get<Agent>('agent', 'assistant', lab.namespace)) ?? assert.fail();
    return status?.ready === true && status.observedGeneration === metadata.generation
      ? status.currentRevision
      : undefined;
  };
  const head = async () => (await on.stage.git(lab.name, 'rev-parse', 'main')).trim();
  /** A run of the Task, from the agent as it is now. */
  async function run(name: string): Promise<TaskRun> {
    const { metadata, apiVersion } = (await on.stage.get<Task>('task', 'question', lab.namespace)) ?? assert.fail();
    const made = ours('TaskRun', name, { taskRef: { name: 'question' } });
    const ownerReferences = [{ apiVersion, kind: 'Task', name: 'question', uid: metadata.uid }];
    await on.stage.apply('test', { ...made, metadata: { name, namespace: lab.namespace, ownerReferences } });
    return on.stage.eventually(`the end of ${name}`, async () => {
      const found = await on.stage.get<TaskRun>('taskrun', name, lab.namespace);
      return found?.status?.phase === 'FinalAnswer' ? found : undefined;
    });
  }
  const expected = (revision: string) => ({
    repo: `file://${on.stage.folder}/argocd/repos/rolled.git`,
    path: '.',
    revision,
    source: 'ArgoCD',
    trust: 'Verified',
    application: 'argocd/rolled',
  });

  it('brings the AgentRevision back; each run names the commit that it ran, by Argo CD’s own word', async () => {
    await lab.sync();
    await on.settled(lab.name);
    const first = { commit: await head(), revision: await on.stage.eventually('a revision', current) };
    const before = await on.stage.get<AgentRevision>('agentrevision', first.revision, lab.namespace);
    assert.deepEqual((await run('first')).status?.provenance, expected(first.commit));

    const second = await lab.commit({ 'agent.yaml': agent('You are a pirate.') });
    await lab.sync();
    await on.stage.eventually('another revision', async () => {
      const now = await current();
      return now !== undefined && now !== first.revision;
    });
    assert.deepEqual((await run('second')).status?.provenance, expected(second));

    const history = (await on.app(lab.name))?.status?.history ?? [];
    const id = history.find(({ revision }) => revision === first.commit)?.id;
    assert.ok(id !== undefined);
    // As it is typed. It follows the Application, and misses the end where nothing happens any more: `eventually` sees to it that something does.
    let said: string | undefined;
    const typed = on.stage.argocd('app', 'rollback', lab.name, String(id), '--timeout', '100').then((text) => {
      said = text;
    });
    await Promise.all([typed, on.stage.eventually('the end of argocd app rollback', async () => said !== undefined)]);
    assert.match(said ?? '', new RegExp(`Sync Revision: +${first.commit}\\nPhase: +Succeeded`));
    await on.stage.eventually('the first revision', async () => (await current()) === first.revision);
    const back = await on.stage.get<AgentRevision>('agentrevision', first.revision, lab.namespace);
    assert.equal(back?.metadata.uid, before?.metadata.uid, 'the very object, no copy');
    const third = await run('third');
    assert.equal(third.status?.agentRevision, first.revision);
    assert.deepEqual(third.status?.provenance, expected(first.commit));
    const wide = await on.stage.kubectl(['-n', lab.namespace, 'get', 'taskrun', 'third', '-o', 'wide']);
    assert.match(wide, new RegExp(`${first.commit}\\s+Verified`));
    // The Task of Git ran once in all of this.
    assert.equal(await on.stage.get('taskrun', 'question-2', lab.namespace), undefined);
  });
});
