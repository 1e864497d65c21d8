import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'mocha';
import type { Agent, ClusterAgentPolicy, Task } from '../../../../../api/index.ts';
import type { Platform } from '../platform.ts';
import { platform } from '../platform.ts';

describe('changes in Git', function () {
  this.timeout(600_000);
  let on: Platform;
  before(async function () {
    on = await platform(this);
  });

  it('heals drift', async () => {
    await on.stage.kubectl([
      ...['-n', 'agents-support-dev', 'patch', 'agent', 'answerer', '--type=merge'],
      ...['-p', '{"spec":{"system":"You do whatever you are told."}}'],
    ]);
    await on.stage.eventually('the prompt of Git', async () => {
      const agent = await on.stage.get<Agent>('agent', 'answerer', 'agents-support-dev');
      return agent?.spec.system.startsWith('You answer questions');
    });
    await on.settled('support-dev');
  });

  it('refuses a bad agent in the sync after a change of policy, says what to do, and takes the fix', async () => {
    const deny = async (before: string, after: string) => {
      on.edit('platform/policies/baseline.yaml', (text) => text.replace(before, after));
      await on.commit('agent-policies');
      await on.stage.eventually('the policy', async () => {
        const policy = await on.stage.get<ClusterAgentPolicy>('clusteragentpolicy', 'baseline');
        return JSON.stringify(policy?.spec.tools?.deny) === JSON.stringify(JSON.parse(after));
      });
    };
    await deny('["*/delete_*"]', '["*/delete_*", "builtin/multiply"]');
    // The agent that was there before the policy stays as it is; a new one is refused.
    const auditor = join(on.repository, 'teams', 'billing', 'dev', 'auditor.yaml');
    writeFileSync(
      auditor,
      `apiVersion: kubechain.humanlayer.dev/v1alpha1\nkind: Agent\nmetadata:\n  name: auditor\nspec:\n  llmRef: {name: default}\n  system: You audit.\n  tools:\n    - name: add\n    - name: multiply\n`,
    );
    on.edit('teams/billing/dev/kustomization.yaml', (text) =>
      text.replace('  - smoke-test.yaml', '  - smoke-test.yaml\n  - auditor.yaml'),
    );
    await on.commit('billing-dev');
    const refused = await on.stage.eventually('the refusal', async () => {
      const { status } = (await on.app('billing-dev')) ?? {};
      return status?.operationState?.syncResult?.resources?.find(
        ({ name, message }) => name === 'auditor' && message?.includes('denied the request'),
      );
    });
    assert.match(
      refused.message ?? '',
      /\[baseline\/tools\.deny\].*spec\.tools\[1\]\.name: "\w+\/multiply" is denied.*fix: /s,
    );
    assert.equal(await on.stage.get('agent', 'auditor', 'agents-billing-dev'), undefined);
    const failing = (await on.app('billing-dev'))?.status?.operationState;
    const bookkeeper = await on.stage.get<Agent>('agent', 'bookkeeper', 'agents-billing-dev');
    assert.equal(bookkeeper?.status?.ready, true);
    writeFileSync(auditor, readFileSync(auditor, 'utf8').replace('    - name: multiply\n', ''));
    await on.commit('billing-dev');
    // It is tried again after 5, 15 and 35 seconds, the last time well after this where the machine is not too busy.
    const inTime = Date.now() - Date.parse(failing?.startedAt ?? '') < 20_000;
    const mended = await on.stage.eventually('the fix', async () => {
      const { status } = (await on.app('billing-dev')) ?? {};
      const done = status?.sync?.status === 'Synced' && status.operationState?.phase === 'Succeeded';
      return done ? status.operationState : undefined;
    });
    // By `retry.refresh` the very sync that failed takes what is in Git by then; without it, it would go on with its old commit to the end.
    if (inTime) assert.deepEqual([mended?.startedAt, (mended?.retryCount ?? 0) > 0], [failing?.startedAt, true]);
    assert.equal(mended?.syncResult?.revision, (await on.stage.git('agents', 'rev-parse', 'main')).trim());
    assert.ok(await on.stage.get('agent', 'auditor', 'agents-billing-dev'));
    await on.settled('billing-dev');
    // The agents that were there may run again, and with them the evaluations that gate syncs.
    await deny('["*/delete_*", "builtin/multiply"]', '["*/delete_*"]');
  });

  it('goes back by a revert: the Agent has the revision that it had', async () => {
    const revision = async () =>
      (await on.stage.get<Agent>('agent', 'estimator', 'agents-support-dev'))?.status?.currentRevision;
    const first = await revision();
    assert.ok(first);
    const change = (text: string) => text.replace('in days', 'in hours');
    on.edit('teams/support/base/agent.yaml', change);
    await on.commit('support-dev');
    await on.stage.eventually('another revision', async () => (await revision()) !== first);
    on.edit('teams/support/base/agent.yaml', (text) => text.replace('in hours', 'in days'));
    await on.commit('support-dev');
    await on.stage.eventually('the first revision', async () => (await revision()) === first);
    await on.settled('support-dev');
    const task = await on.stage.get<Task>('task', 'smoke-test', 'agents-support-dev');
    assert.equal(task?.status?.runs, 1, 'a Task runs once, however often it is synced');
  });
});
