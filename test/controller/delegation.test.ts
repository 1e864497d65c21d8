import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { agents, taskRuns, taskRunToolCalls, tasks, tools } from '../../api/index.ts';
import type { Rule } from '../../cli/simulate-openai/index.ts';
import { agent, task, tool } from '../support/objects.ts';
import type { Room, Stage } from '../support/operator.ts';
import { startStage } from '../support/operator.ts';
import { untilAmong, untilGone } from '../support/waiting.ts';

describe('delegation', function () {
  this.timeout(60_000);
  let stage: Stage;
  before(async () => {
    stage = await startStage({ maxDelegationDepth: 2 });
  });
  after(() => stage?.[Symbol.asyncDispose]());

  const asks = (system: string, name: string, message = 'please'): Rule => ({
    when: { system, turn: 1 },
    toolCalls: [{ name, arguments: { message } }],
  });

  /** Agents `a` → `b` → … by Tools `ask-b` …, the last one without a tool. */
  async function chain(room: Room, ...names: string[]): Promise<void> {
    const last = names.at(-1) ?? '';
    await room.create(agent(room.namespace, last, { system: `I am ${last}` }));
    for (const [index, name] of [...names.entries()].reverse().slice(1)) {
      const next = names[index + 1] ?? '';
      await room.create(
        tool(room.namespace, `ask-${next}`, { agentRef: { name: next } }),
        agent(room.namespace, name, { system: `I am ${name}`, tools: [{ name: `ask-${next}` }] }),
      );
    }
    await room.until(agents, names[0] ?? '', ({ status }) => status?.ready);
  }
  /** The run of the Task that a tool call created. */
  const childRun = (room: Room, call: string, found: (run: { status?: { phase?: string } }) => unknown = () => true) =>
    untilAmong(stage.client, taskRuns, { namespace: room.namespace }, (runs) =>
      runs.find((run) => run.spec.taskRunToolCallRef?.name === call && found(run)),
    );

  it('gives the other agent’s answer as the result of the call', async () => {
    const room = await stage.room({
      script: {
        rules: [
          asks('I am boss', 'ask-poet', 'a poem, please'),
          { when: { system: 'I am poet' }, text: 'Roses are red.' },
          { when: { toolResult: 'Roses' }, text: 'The poet wrote: Roses are red.' },
        ],
      },
    });
    await room.agent();
    await chain(room, 'boss', 'poet');
    const run = await room.run('poem', 'Get me a poem.', { agentRef: { name: 'boss' } });
    assert.equal(run.status?.output, 'The poet wrote: Roses are red.');

    const call = await stage.client.get(taskRunToolCalls, room.key('poem-1-toolcall-01'));
    assert.equal(call.status?.phase, 'Succeeded');
    assert.equal(call.status?.result, 'Roses are red.');
    const child = await childRun(room, 'poem-1-toolcall-01');
    assert.equal(child.status?.userMsgPreview, 'a poem, please');
    const childTask = await stage.client.get(tasks, room.key(child.spec.taskRef.name));
    assert.equal(childTask.spec.agentRef.name, 'poet');
    assert.equal(childTask.metadata.labels?.['kubechain.humanlayer.dev/parent-toolcall'], 'poem-1-toolcall-01');
    assert.equal(childTask.metadata.ownerReferences?.[0]?.uid, call.metadata.uid);
    assert.ok((childTask.metadata.name ?? '').length <= 63);
    await room.untilEvent('DelegatingToSubAgent', 'poem-1-toolcall-01');
    await room.untilEvent('SubAgentCompleted', 'poem-1-toolcall-01');

    // All of it goes with the Task.
    await stage.client.delete(tasks, room.key('poem'), { propagationPolicy: 'Background' });
    await untilGone(stage.client, taskRuns, room.key(child.metadata.name ?? ''));
  });

  it('tells the model that the other agent failed, and why', async () => {
    const room = await stage.room({
      script: {
        rules: [
          asks('I am boss', 'ask-poet'),
          { when: { system: 'I am poet' }, fault: { status: 400, message: 'no verses today' } },
          { text: 'so be it' },
        ],
      },
    });
    await room.agent();
    await chain(room, 'boss', 'poet');
    const run = await room.run('fails', 'go', { agentRef: { name: 'boss' } });
    assert.equal(run.status?.output, 'so be it');
    const told = run.status?.contextWindow?.find(({ role }) => role === 'tool')?.content ?? '';
    assert.match(told, /Agent "poet" failed: .*no verses today/);
    await room.untilEvent('SubAgentFailed', 'fails-1-toolcall-01');
  });

  it('goes as deep as is allowed and no deeper', async () => {
    const room = await stage.room({
      script: {
        rules: [
          asks('I am one', 'ask-two'),
          asks('I am two', 'ask-three'),
          asks('I am three', 'ask-four'),
          { when: { system: 'I am four' }, text: 'too deep down here' },
          { text: 'answered' },
        ],
      },
    });
    await room.agent();
    await chain(room, 'one', 'two', 'three', 'four');
    const run = await room.run('deep', 'go', { agentRef: { name: 'one' } });
    assert.equal(run.status?.phase, 'FinalAnswer');
    const { items } = await stage.client.list(taskRunToolCalls, { namespace: room.namespace });
    const refused = items.find(({ status }) => status?.phase === 'Failed');
    assert.match(refused?.status?.error ?? '', /agents deep; at most 2 are allowed/);
    assert.equal(items.filter(({ status }) => status?.phase === 'Succeeded').length, 2);
    const runs = await stage.client.list(taskRuns, { namespace: room.namespace });
    assert.ok(!runs.items.some(({ status }) => status?.agent === 'four'));
  });

  it('refuses a Tool that delegates in a circle and says which, and takes it when the circle is cut', async () => {
    const room = await stage.room();
    await room.agent();
    await room.create(
      tool(room.namespace, 'ask-b', { agentRef: { name: 'b' } }),
      tool(room.namespace, 'ask-a', { agentRef: { name: 'a' } }),
      agent(room.namespace, 'a', { tools: [{ name: 'ask-b' }] }),
      agent(room.namespace, 'b', { tools: [{ name: 'ask-a' }] }),
    );
    const circle = await room.until(tools, 'ask-a', ({ status }) => status?.status === 'Error');
    assert.equal(
      circle.status?.statusDetail,
      'Delegation would never end: agent a → tool ask-b → agent b → tool ask-a → agent a',
    );
    await room.until(agents, 'a', ({ status }) => status?.status !== undefined && status.ready === false);
    await stage.client.patch(agents, room.key('b'), { type: 'merge', body: { spec: { tools: [] } } });
    await room.until(agents, 'a', ({ status }) => status?.ready);
    await room.until(tools, 'ask-a', ({ status }) => status?.ready);
  });

  it('refuses at run time to ask an agent that waits for the answer already', async () => {
    const room = await stage.room({
      script: { rules: [asks('I am boss', 'ask-peer'), asks('I am peer', 'ask-boss'), { text: 'fine' }] },
    });
    await room.agent();
    await room.create(
      tool(room.namespace, 'ask-boss', { agentRef: { name: 'leader' } }),
      tool(room.namespace, 'ask-peer', { agentRef: { name: 'peer' } }),
      agent(room.namespace, 'leader', { system: 'I am leader' }),
      agent(room.namespace, 'peer', { system: 'I am peer', tools: [{ name: 'ask-boss' }] }),
      agent(room.namespace, 'boss', { system: 'I am boss', tools: [{ name: 'ask-peer' }] }),
    );
    await room.until(agents, 'boss', ({ status }) => status?.ready);
    stage.operator.beforeWrite = ({ namespace, resource, verb }) => {
      if (namespace === room.namespace && resource === 'tasks' && verb === 'create') room.model.hold();
    };
    try {
      await room.create(task(room.namespace, 'round', 'go', { agentRef: { name: 'boss' } }));
      await room.model.untilHeld(1);
      // The circle is closed while the peer thinks: its revision knows nothing of it.
      await stage.client.patch(tools, room.key('ask-boss'), {
        type: 'merge',
        body: { spec: { agentRef: { name: 'boss' } } },
      });
      await room.until(tools, 'ask-boss', ({ status }) => status?.status === 'Error');
      stage.operator.beforeWrite = undefined;
      room.model.release();
      assert.equal((await room.untilEnded('round-1')).status?.phase, 'FinalAnswer');
    } finally {
      stage.operator.beforeWrite = undefined;
    }
    const { items } = await stage.client.list(taskRunToolCalls, { namespace: room.namespace });
    const refused = items.find(({ spec }) => spec.toolRef.name === 'ask-boss');
    assert.match(refused?.status?.error ?? '', /Agent "boss" already waits for this answer \(boss → peer\)/);
  });

  it('cancels what was delegated when the run is cancelled', async () => {
    const room = await stage.room({ script: { rules: [asks('I am boss', 'ask-poet'), { text: 'late' }] } });
    await room.agent();
    await chain(room, 'boss', 'poet');
    stage.operator.beforeWrite = ({ namespace, resource, verb }) => {
      if (namespace === room.namespace && resource === 'tasks' && verb === 'create') room.model.hold();
    };
    await room.create(task(room.namespace, 'stop', 'go', { agentRef: { name: 'boss' } }));
    await room.model.untilHeld(1);
    stage.operator.beforeWrite = undefined;
    const child = await childRun(room, 'stop-1-toolcall-01');
    await stage.client.patch(taskRuns, room.key('stop-1'), { type: 'merge', body: { spec: { cancel: true } } });
    assert.equal((await room.untilEnded('stop-1')).status?.phase, 'Cancelled');
    await room.until(taskRunToolCalls, 'stop-1-toolcall-01', ({ status }) => status?.phase === 'Cancelled');
    assert.equal((await room.untilEnded(child.metadata.name ?? '')).status?.phase, 'Cancelled');
    room.model.release();
  });

  it('tells the model when somebody deletes the delegated run', async () => {
    const room = await stage.room({ script: { rules: [asks('I am boss', 'ask-poet'), { text: 'a pity' }] } });
    await room.agent();
    await chain(room, 'boss', 'poet');
    stage.operator.beforeWrite = ({ namespace, resource, verb }) => {
      if (namespace === room.namespace && resource === 'tasks' && verb === 'create') room.model.hold();
    };
    try {
      await room.create(task(room.namespace, 'gone', 'go', { agentRef: { name: 'boss' } }));
      const child = await childRun(room, 'gone-1-toolcall-01', ({ status }) => status?.phase !== 'Pending');
      await room.model.untilHeld(1);
      await room.until(tasks, child.spec.taskRef.name, ({ status }) => status?.latestRun);
      await stage.client.delete(taskRuns, room.key(child.metadata.name ?? ''));
      const call = await room.until(taskRunToolCalls, 'gone-1-toolcall-01', ({ status }) => status?.completionTime);
      assert.match(call.status?.error ?? '', /The run of agent "poet" was deleted/);
      room.model.release();
      assert.equal((await room.untilEnded('gone-1')).status?.output, 'a pity');
    } finally {
      stage.operator.beforeWrite = undefined;
    }
  });

  it('cancels also what was delegated a moment ago and has no run yet', async () => {
    const room = await stage.room({ script: { rules: [asks('I am boss', 'ask-poet'), { text: 'never to be said' }] } });
    await room.agent();
    await chain(room, 'boss', 'poet');
    const stop = () =>
      stage.client.patch(taskRuns, room.key('stop-1'), { type: 'merge', body: { spec: { cancel: true } } });
    const cancelled = Promise.withResolvers<void>();
    stage.operator.beforeWrite = async ({ namespace, resource, subresource, verb, name }) => {
      if (namespace !== room.namespace || resource !== 'taskruns' || name === 'stop-1') return;
      // Whoever cancels the child is slow: it does not begin in the meantime.
      if (verb === 'patch' && subresource === '') await room.untilEnded(name);
      // The child's Task is there; before its run is, the parent is cancelled, and the operator has seen that.
      if (verb !== 'create') return;
      await stop();
      await room.untilEnded('stop-1');
      cancelled.resolve();
    };
    try {
      await room.create(task(room.namespace, 'stop', 'go', { agentRef: { name: 'boss' } }));
      await cancelled.promise;
      const child = await childRun(room, 'stop-1-toolcall-01', ({ status }) => status?.phase === 'Cancelled');
      assert.ok(child);
      await room.until(taskRunToolCalls, 'stop-1-toolcall-01', ({ status }) => status?.phase === 'Cancelled');
      assert.equal(room.model.chats().length, 1);
    } finally {
      stage.operator.beforeWrite = undefined;
    }
  });
});
