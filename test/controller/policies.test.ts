import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'mocha';
import type { AgentPolicy, Approval, TaskRunToolCall } from '../../api/index.ts';
import { API_VERSION, agentPolicies, approvals, STAMPS, taskRuns, taskRunToolCalls, tasks } from '../../api/index.ts';
import { argumentsDigest, seal, sealedDecision } from '../../policies/approvals/index.ts';
import { secret, secrets, task, tool } from '../support/objects.ts';
import type { Room, Stage } from '../support/operator.ts';
import { startStage } from '../support/operator.ts';

describe('policies at run time', function () {
  this.timeout(60_000);
  const key = randomBytes(32);
  const system = { namespace: 'default', name: 'kubechain-approval-key' };
  let stage: Stage;

  before(async () => {
    stage = await startStage({ systemNamespace: system.namespace });
    await stage.client.delete(secrets, system).catch(() => {});
    await stage.client.create(secrets, secret(system.namespace, system.name, { key: '' }));
    await stage.client.patch(secrets, system, { type: 'merge', body: { data: { key: key.toString('base64') } } });
  });
  after(async () => {
    await stage.client.delete(secrets, system).catch(() => {});
    await stage[Symbol.asyncDispose]();
  });

  const policy = (room: Room, spec: AgentPolicy['spec']): AgentPolicy => ({
    apiVersion: API_VERSION,
    kind: 'AgentPolicy',
    metadata: { namespace: room.namespace, name: 'house-rules' },
    spec,
  });

  /** A room with an agent that has the Tool `add`, under a policy that is in force. */
  async function ruled(spec: AgentPolicy['spec']): Promise<Room> {
    const room = await stage.room();
    await room.create(policy(room, spec), tool(room.namespace, 'add', { execute: { builtin: { name: 'add' } } }));
    await room.agent({ tools: [{ name: 'add' }] });
    await room.until(agentPolicies, 'house-rules', ({ status }) =>
      status?.conditions?.some(({ type, status: holds }) => type === 'Ready' && holds === 'True'),
    );
    return room;
  }

  const decision = (call: TaskRunToolCall, name: string, spec: Partial<Approval['spec']>, signed = true): Approval => {
    const approval: Approval = {
      apiVersion: API_VERSION,
      kind: 'Approval',
      metadata: { namespace: call.metadata.namespace ?? '', name },
      spec: {
        toolCallRef: { name: call.metadata.name ?? '' },
        decision: 'Approve',
        argumentsDigest: argumentsDigest(call.spec.arguments),
        approver: { username: 'ann' },
        ...spec,
      },
    };
    const decided = sealedDecision(approval, call.metadata.uid ?? '');
    assert.ok(decided);
    if (signed) approval.metadata.annotations = { [STAMPS.seal]: seal(key, decided) };
    return approval;
  };

  const waits = (room: Room, name: string) =>
    room.until(taskRunToolCalls, name, ({ status }) => status?.status === 'AwaitingHumanApproval');

  it('a call that a policy forbids does not run: the model reads which rule forbids it and goes on', async () => {
    const room = await ruled({
      tools: {
        arguments: [{ tools: ['builtin/add'], cel: 'args.a < 100', action: 'Deny', message: 'only small numbers' }],
      },
    });
    const run = await room.run('big', 'add 200 and 3');
    assert.equal(run.status?.phase, 'FinalAnswer');
    const call = await stage.client.get(taskRunToolCalls, room.key('big-1-toolcall-01'));
    assert.equal(call.status?.phase, 'Failed');
    assert.equal(call.status?.holder, undefined);
    assert.match(call.status?.error ?? '', /^Denied by policy .*house-rules\/tools\.arguments.*only small numbers/);
    assert.match(JSON.stringify(room.model.chats().at(-1)), /Denied by policy/);
    await room.untilEvent('PolicyDenied', 'big-1-toolcall-01');
    const fine = await room.run('small', 'add 2 and 3');
    assert.match(fine.status?.output ?? '', /5/);
  });

  it('a call that has to be approved waits for a sealed Approval of what it is about', async () => {
    const room = await ruled({ tools: { requireApproval: ['builtin/add'] } });
    await room.create(task(room.namespace, 'sum', 'add 2 and 3'));
    const call = await waits(room, 'sum-1-toolcall-01');
    assert.deepEqual(call.status?.approval?.demandedBy, ['house-rules/tools.requireApproval']);
    assert.equal(call.status?.approval?.argumentsDigest, argumentsDigest(call.spec.arguments));
    const asks = 'Waiting for a human: approval of add (TaskRunToolCall sum-1-toolcall-01)';
    await room.until(taskRuns, 'sum-1', ({ status }) => status?.statusDetail === asks);
    await room.until(tasks, 'sum', ({ status }) => status?.statusDetail === asks);
    await room.create(
      decision(call, 'forged', {}, false),
      decision(call, 'of-other-arguments', { argumentsDigest: argumentsDigest('{"a":2,"b":4}') }),
      decision(call, 'of-a-machine', { approver: { username: 'system:serviceaccount:default:bot' } }),
    );
    await room.create(decision(call, 'good', {}));
    const run = await room.untilEnded('sum-1');
    assert.match(run.status?.output ?? '', /5/);
    const awaiting = run.status?.conditions?.find(({ type }) => type === 'AwaitingHuman');
    assert.equal(awaiting?.status, 'False');
    await room.until(tasks, 'sum', ({ status }) => status?.output !== undefined && status.statusDetail !== asks);
    const ran = await stage.client.get(taskRunToolCalls, room.key('sum-1-toolcall-01'));
    assert.deepEqual(ran.status?.approval?.approvedBy, ['ann']);
  });

  it('a rejection and its reason reach the model', async () => {
    const room = await ruled({ tools: { requireApproval: ['builtin/add'] } });
    await room.create(task(room.namespace, 'sum', 'add 2 and 3'));
    const call = await waits(room, 'sum-1-toolcall-01');
    await room.create(decision(call, 'no', { decision: 'Reject', reason: 'not on a Friday' }));
    const run = await room.untilEnded('sum-1');
    assert.equal(run.status?.phase, 'FinalAnswer');
    assert.match(run.status?.output ?? '', /Rejected by ann: not on a Friday/);
  });

  it('a call that nobody decides about in time is rejected, or fails the run, as the policy says', async () => {
    for (const onTimeout of ['Reject', 'Fail'] as const) {
      const room = await ruled({
        tools: { requireApproval: ['builtin/add'] },
        approval: { expiresAfter: '1s', onTimeout },
      });
      const run = await room.run('sum', 'add 2 and 3');
      const call = await stage.client.get(taskRunToolCalls, room.key('sum-1-toolcall-01'));
      assert.deepEqual([call.status?.status, call.status?.approval?.timedOut], ['ToolCallRejected', true]);
      assert.equal(call.status?.holder, undefined, 'it never began');
      if (onTimeout === 'Reject') assert.match(run.status?.output ?? '', /nobody decided about this call in time/);
      else
        assert.match(
          run.status?.error ?? '',
          /^tool call sum-1-toolcall-01: nobody decided by .*house-rules\/tools\.requireApproval/,
        );
    }
  });

  it('two people have to approve, and each Approval says whether it counts', async () => {
    const room = await ruled({
      tools: { requireApproval: ['builtin/add'] },
      approval: { minApprovals: 2, approvers: { groups: ['finance'] } },
    });
    await room.create(task(room.namespace, 'sum', 'add 2 and 3'));
    const call = await waits(room, 'sum-1-toolcall-01');
    const by = (username: string, groups: string[]) => decision(call, username, { approver: { username, groups } });
    await room.create(by('ann', ['finance']), by('eve', ['sales']), decision(call, 'forged', {}, false));
    const told = async (name: string) =>
      (await room.until(approvals, name, ({ status }) => status?.counted !== undefined)).status;
    assert.equal((await told('ann'))?.counted, true);
    assert.match((await told('eve'))?.statusDetail ?? '', /"eve" is in none of the groups/);
    assert.match((await told('forged'))?.statusDetail ?? '', /no seal/);
    await room.until(
      taskRunToolCalls,
      'sum-1-toolcall-01',
      ({ status }) => status?.statusDetail === 'Waiting for human approval',
    );
    await room.create(by('bob', ['finance']));
    await room.untilEnded('sum-1');
    const ran = await stage.client.get(taskRunToolCalls, room.key('sum-1-toolcall-01'));
    assert.deepEqual(ran.status?.approval?.approvedBy, ['ann', 'bob']);
  });

  it('a limit ends the run with its reason', async () => {
    const room = await ruled({ limits: { maxTurns: 1 } });
    const run = await room.run('sum', 'add 2 and 3');
    assert.equal(run.status?.phase, 'Failed');
    assert.match(run.status?.error ?? '', /^Denied by policy .*house-rules\/limits\.maxTurns/);
  });

  it('a policy that is broken denies, and says so', async () => {
    const room = await stage.room();
    await room.create(
      policy(room, { rules: [{ name: 'typo', expression: 'object.spec.nosuch ===' }] }),
      tool(room.namespace, 'add', { execute: { builtin: { name: 'add' } } }),
    );
    await room.agent({ tools: [{ name: 'add' }] });
    await room.until(agentPolicies, 'house-rules', ({ status }) =>
      status?.conditions?.some(({ type, status: holds }) => type === 'Ready' && holds === 'False'),
    );
    const run = await room.run('sum', 'add 2 and 3');
    assert.equal(run.status?.phase, 'Failed');
    assert.match(run.status?.error ?? '', /^Denied by policy/);
    assert.equal(room.model.chats().length, 0);
  });
});
