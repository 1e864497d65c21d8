import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { before, describe, it } from 'mocha';
import type { TaskRun, TaskRunToolCall } from '../../../../../api/index.ts';
import type { Platform } from '../platform.ts';
import { ours, platform } from '../platform.ts';

const EVERYTHING = createRequire(import.meta.url).resolve('@modelcontextprotocol/server-everything/dist/index.js');
const WAVE = 'argocd.argoproj.io/sync-wave';

describe('actions of Argo CD', function () {
  this.timeout(600_000);
  let on: Platform;
  before(async function () {
    on = await platform(this);
  });

  it('runs, suspends and resumes a Task, and cancels a run, by actions', async () => {
    const namespace = 'agents-billing-dev';
    await on.runAction('billing-dev', 'Task', 'smoke-test', 'run-now');
    const manual = await on.stage.eventually('a run by hand', async () => {
      const list = JSON.parse(await on.stage.kubectl(['-n', namespace, 'get', 'taskruns', '-o', 'json'])) as {
        items: TaskRun[];
      };
      return list.items.find(
        ({ metadata, status }) => metadata.name?.includes('-manual-') && status?.phase === 'FinalAnswer',
      );
    });
    assert.equal(manual.metadata.ownerReferences?.[0]?.kind, 'Task');
    await on.runAction('billing-dev', 'Task', 'smoke-test', 'suspend');
    await on.settled('billing-dev', 'Suspended');
    await on.runAction('billing-dev', 'Task', 'smoke-test', 'resume');
    await on.settled('billing-dev');
    on.model.hold();
    await on.runAction('billing-dev', 'Task', 'smoke-test', 'run-now');
    const held = await on.stage.eventually('a run under way', async () => {
      const list = JSON.parse(await on.stage.kubectl(['-n', namespace, 'get', 'taskruns', '-o', 'json'])) as {
        items: TaskRun[];
      };
      return list.items.find(({ status }) => status?.phase === 'SendContextWindowToLLM');
    });
    const name = held.metadata.name ?? '';
    // The tree knows it a moment later.
    await on.stage.eventually(
      'the action',
      () => on.runAction('billing-dev', 'TaskRun', name, 'cancel').then(() => true),
      60,
    );
    await on.stage.eventually('its end', async () => {
      const run = await on.stage.get<TaskRun>('taskrun', name, namespace);
      return run?.status?.phase === 'Cancelled';
    });
    on.model.release();
    // Somebody stopped it, so somebody has to start it.
    await on.settled('billing-dev', 'Suspended');
    await on.runAction('billing-dev', 'TaskRun', name, 'retry');
    await on.settled('billing-dev');
  });

  it('approves a tool call only where a policy takes a ServiceAccount for an approver', async () => {
    const namespace = 'agents-billing-prod';
    const call = 'daily-1-toolcall-01';
    const waits = await on.stage.get<TaskRunToolCall>('taskruntoolcall', call, namespace);
    assert.equal(waits?.status?.status, 'AwaitingHumanApproval');
    await assert.rejects(
      on.runAction('billing-prod', 'TaskRunToolCall', call, 'approve'),
      /system:serviceaccount:argocd:argocd-application-controller.* is a service account; a person has to decide/s,
    );
    on.edit('platform/policies/production.yaml', (text) =>
      text.replace('  limits:', '  approval: {allowServiceAccounts: true, notRequester: false}\n  limits:'),
    );
    await on.commit('agent-policies');
    await on.stage.eventually(
      'the policy',
      async () =>
        (await on.stage.kubectl([
          'get',
          'clusteragentpolicy',
          'production',
          '-o',
          'jsonpath={.spec.approval.allowServiceAccounts}',
        ])) === 'true',
    );
    await on.stage.eventually(
      'the approval',
      () => on.runAction('billing-prod', 'TaskRunToolCall', call, 'approve').then(() => true),
      30,
    );
    await on.stage.eventually('its run’s end', async () => {
      const run = await on.stage.get<TaskRun>('taskrun', 'daily-1', namespace);
      return run?.status?.phase === 'FinalAnswer' && /144/.test(run.status.output ?? '');
    });
    await on.settled('billing-prod');
    const ran = await on.stage.get<TaskRunToolCall>('taskruntoolcall', call, namespace);
    assert.deepEqual(ran?.status?.approval?.approvedBy, ['system:serviceaccount:argocd:argocd-application-controller']);
  });

  it('rejects a tool call with a reason that the model reads, and connects an MCP server anew', async () => {
    const command = process.execPath;
    const lab = await on.lab('acted', {
      'all.yaml': [
        ours('Tool', 'add', { execute: { builtin: { name: 'add' } } }),
        ours('Agent', 'assistant', { llmRef: { name: 'default' }, system: 'You add.', tools: [{ name: 'add' }] }),
        ours('Task', 'sum', { agentRef: { name: 'assistant' }, message: 'add 2 and 3' }, { [WAVE]: '1' }),
        ours('MCPServer', 'everything', { transport: 'stdio', command, args: [EVERYTHING, 'stdio'] }),
        ours('AgentPolicy', 'careful', {
          tools: { requireApproval: ['builtin/add'] },
          approval: { allowServiceAccounts: true, notRequester: false },
        }),
      ],
    });
    await lab.sync().catch(() => undefined);
    await on.stage.eventually('the call', async () => {
      const call = await on.stage.get<TaskRunToolCall>('taskruntoolcall', 'sum-1-toolcall-01', lab.namespace);
      return call?.status?.status === 'AwaitingHumanApproval';
    });
    const act = (kind: string, name: string, action: string, params = {}) =>
      on.stage.eventually(
        action,
        () => on.stage.action(lab.name, { namespace: lab.namespace, kind, name }, action, params).then(() => true),
        60,
      );
    await act('TaskRunToolCall', 'sum-1-toolcall-01', 'reject', { reason: 'not on a Friday' });
    const run = await on.stage.eventually('the run', async () => {
      const found = await on.stage.get<TaskRun>('taskrun', 'sum-1', lab.namespace);
      return found?.status?.phase === 'FinalAnswer' ? found : undefined;
    });
    const read = run.status?.contextWindow?.find(({ role }) => role === 'tool')?.content ?? '';
    assert.match(read, /not on a Friday/);

    await act('MCPServer', 'everything', 'reconnect');
    await on.stage.eventually('the event', async () => {
      const where = ['-n', lab.namespace, 'get', 'events', '--field-selector', 'reason=Reconnecting', '-o', 'name'];
      return (await on.stage.kubectl(where)) !== '';
    });
    await on.settled(lab.name);
  });
});
