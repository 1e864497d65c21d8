import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import type { TaskRun } from '../../../../api/index.ts';
import type { Platform } from './platform.ts';
import { platform } from './platform.ts';

describe('examples/gitops on Argo CD', function () {
  this.timeout(600_000);
  let on: Platform;
  before(async function () {
    on = await platform(this);
  });

  it('comes up by one Application: CRDs, operator, webhook, policies, then the teams', async () => {
    for (const name of ['agents', 'kubechain', 'agent-policies']) await on.settled(name);
  });

  it('is healthy with CRDs that are new without waiting for the next poll', () => {
    // Of an Application that nobody looked at before the expiry is noted too, as one that was never reconciled.
    const polls = on.stage.refreshes('kubechain', /comparison expired(?!.*reconciledAt: (never|<nil>))/);
    assert.equal(polls, 0);
  });

  it('shows runs and their tool calls in the tree, and has run each Task once', async () => {
    const tree = await on.stage.argocd('app', 'get', 'billing-dev', '-o', 'tree');
    assert.match(tree, /TaskRun\/smoke-test-1\b/);
    assert.match(tree, /TaskRunToolCall\/smoke-test-1-toolcall-01\b/);
    const run = await on.stage.get<TaskRun>('taskrun', 'smoke-test-1', 'agents-billing-dev');
    assert.equal(run?.status?.phase, 'FinalAnswer');
    assert.match(run?.status?.output ?? '', /42/);
    assert.equal(await on.stage.get('taskrun', 'smoke-test-2', 'agents-billing-dev'), undefined);
  });

  it('has let an evaluation gate the sync', async () => {
    const run = await on.stage.eventually('the evaluation', async () => {
      const found = await on.stage.get<TaskRun>('taskrun', 'evaluation-of-sync', 'agents-billing-staging');
      return ['FinalAnswer', 'Failed'].includes(found?.status?.phase ?? '') ? found : undefined;
    });
    assert.equal(run.status?.phase, 'FinalAnswer');
    const status = await on.stage.eventually('the end of the sync', async () => {
      const app = await on.app('billing-staging');
      return app?.status?.operationState?.phase === 'Running' ? undefined : app?.status;
    });
    const hook = status?.operationState?.syncResult?.resources?.find(({ name }) => name === 'evaluation-of-sync');
    assert.equal(hook?.status ?? 'Synced', 'Synced');
  });
});
