import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { ANNOTATIONS, agents, GROUP, taskRuns, taskRunToolCalls, tasks } from '../../api/index.ts';
import { KubeError } from '../../kube/index.ts';
import { startHttp } from '../support/http.ts';
import { agent, task, taskRun, tool } from '../support/objects.ts';
import type { Room, Stage } from '../support/operator.ts';
import { ended, startStage } from '../support/operator.ts';
import { find, until, untilAmong, untilGone } from '../support/waiting.ts';

const MOON = 'What is the capital of the moon?';

describe('runs', function () {
  this.timeout(60_000);
  let stage: Stage;
  before(async () => {
    stage = await startStage();
  });
  after(() => stage?.[Symbol.asyncDispose]());

  const setSpec = (room: Room, name: string, spec: object) =>
    stage.client.patch(taskRuns, room.key(name), { type: 'merge', body: { spec } });
  const condition = (object: { status?: { conditions?: { type: string; status: string }[] } }, type: string) =>
    object.status?.conditions?.find((one) => one.type === type)?.status;

  it('runs a TaskRun that a user creates, with the agent that it names', async () => {
    const room = await stage.room();
    await room.agent();
    await room.create(agent(room.namespace, 'pirate', { system: 'You are a pirate.' }));
    await room.run('chat', MOON);
    await room.create(taskRun(room.namespace, 'by-hand', 'chat', { agentRef: { name: 'pirate' } }));
    const run = await room.untilEnded('by-hand');
    assert.equal(run.status?.phase, 'FinalAnswer');
    assert.equal(run.status?.agent, 'pirate');
    assert.equal(room.model.chats().at(-1)?.messages[0]?.content, 'You are a pirate.');
    const done = await room.until(tasks, 'chat', ({ status }) => status?.latestRun === 'by-hand' && status.output);
    assert.equal(done.status?.output, run.status?.output);
  });

  it('says what is missing of a TaskRun whose Task is not there, and runs when it comes', async () => {
    const room = await stage.room();
    await room.agent();
    await room.create(taskRun(room.namespace, 'orphan', 'later'));
    const waiting = await room.until(taskRuns, 'orphan', ({ status }) => status?.statusDetail);
    assert.equal(waiting.status?.statusDetail, 'Task "later" not found');
    assert.equal(waiting.status?.status, 'Error');
    assert.match((await room.untilEvent('ValidationFailed', 'orphan')).message ?? '', /Task "later" not found/);
    await room.create(task(room.namespace, 'later', MOON));
    assert.equal((await room.untilEnded('orphan')).status?.phase, 'FinalAnswer');
  });

  it('fails with an answer that its Task does not expect: Task, event and conversation say so', async () => {
    const room = await stage.room();
    await room.agent();
    const run = await room.run('judged', MOON, { expect: [{ cel: 'output == "Cheese."', message: 'it is Cheese' }] });
    assert.equal(run.status?.phase, 'Failed');
    assert.equal(run.status?.error, 'The answer is not what is expected: it is Cheese');
    assert.equal(run.status?.contextWindow?.at(-1)?.content, run.status?.output);
    await room.untilEvent('AnswerNotExpected', 'judged-1');
    const failed = await room.until(tasks, 'judged', ({ status }) => status?.ready === false);
    assert.equal(failed.status?.statusDetail, run.status?.error);
    assert.equal(condition(failed, 'Failed'), 'True');
    // Another expectation is another definition; a run under way is held to the one that it began with.
    const met = await room.run('fine', MOON, { expect: [{ cel: 'size(output) > 10' }] });
    assert.equal(met.status?.phase, 'FinalAnswer');
  });

  it('tells the model of the goal and of what happened before', async () => {
    const room = await stage.room();
    await room.agent();
    await room.run('informed', 'Go on.', {
      goal: 'Ship the release.',
      everythingThatHappenedSoFar: ['The build is green.', 'The tag is set.'],
    });
    const [system, background, user] = room.model.chats()[0]?.messages ?? [];
    assert.equal(system?.role, 'system');
    assert.equal(background?.role, 'user');
    assert.match(String(background?.content), /Ship the release\.[\s\S]*The build is green\.[\s\S]*The tag is set\./);
    assert.equal(user?.content, 'Go on.');
  });

  it('holds a run while its model call is under way, keeps the answer, and lets it go on', async () => {
    const room = await stage.room();
    await room.create(tool(room.namespace, 'add', { execute: { builtin: { name: 'add' } } }));
    await room.agent({ tools: [{ name: 'add' }] });
    room.model.hold();
    await room.create(task(room.namespace, 'held', 'What is 2 plus 3?'));
    await room.model.untilHeld(1);
    await setSpec(room, 'held-1', { suspend: true });
    await room.until(taskRuns, 'held-1', (run) => run.status?.suspended && condition(run, 'Suspended') === 'True');
    room.model.release();
    const answered = await room.until(taskRuns, 'held-1', ({ status }) => status?.turns === 1);
    assert.equal(answered.status?.phase, 'ToolCallsPending');
    assert.equal(await find(stage.client, taskRunToolCalls, room.key('held-1-toolcall-01')), undefined);
    await setSpec(room, 'held-1', { suspend: false });
    const run = await room.untilEnded('held-1');
    assert.equal(run.status?.phase, 'FinalAnswer');
    assert.equal(run.status?.suspended, false);
    assert.equal(condition(run, 'Suspended'), 'False');
    assert.equal(room.model.chats().length, 2);
    await room.untilEvent('Suspended', 'held-1');
    await room.untilEvent('Resumed', 'held-1');
  });

  it('holds a run that is created held, and nothing is sent to the model', async () => {
    const room = await stage.room();
    await room.agent();
    await room.create(task(room.namespace, 'base', MOON), taskRun(room.namespace, 'asleep', 'base', { suspend: true }));
    await room.until(taskRuns, 'asleep', ({ status }) => status?.suspended);
    await room.untilEnded('base-1');
    assert.equal(room.model.chats().length, 1);
    await setSpec(room, 'asleep', { suspend: null });
    assert.equal((await room.untilEnded('asleep')).status?.phase, 'FinalAnswer');
    assert.equal(room.model.chats().length, 2);
  });

  it('holds the run of a Task that is suspended, creates none meanwhile, and goes on', async () => {
    const room = await stage.room();
    await room.agent();
    room.model.hold();
    await room.create(
      task(room.namespace, 'held', 'hello'),
      task(room.namespace, 'asleep', 'hello', { suspend: true }),
    );
    const suspend = (name: string, value: boolean) =>
      stage.client.patch(tasks, room.key(name), { type: 'merge', body: { spec: { suspend: value } } });
    await room.model.untilHeld(1);
    await suspend('held', true);
    await room.until(taskRuns, 'held-1', ({ status, spec }) => spec.suspend === true && status?.suspended === true);
    await room.until(tasks, 'asleep', ({ status }) => status?.statusDetail?.startsWith('Suspended'));
    assert.equal(await find(stage.client, taskRuns, room.key('asleep-1')), undefined);
    await suspend('held', false);
    await suspend('asleep', false);
    await room.until(taskRuns, 'held-1', ({ status, spec }) => spec.suspend !== true && status?.suspended === false);
    room.model.release();
    const run = await room.untilEnded('held-1');
    assert.equal(run.status?.phase, 'FinalAnswer');
    assert.equal(run.metadata.annotations?.[ANNOTATIONS.heldByTask], undefined);
    await room.untilEnded('asleep-1');
  });

  it('marks what it creates for Argo CD where that manages the parent, and hands none of its tracking down', async () => {
    const room = await stage.room({
      script: {
        rules: [{ when: { turn: 1 }, toolCalls: [{ name: 'add', arguments: { a: 1, b: 2 } }] }, { text: 'ok' }],
      },
    });
    await room.create(tool(room.namespace, 'add', { execute: { builtin: { name: 'add' } } }));
    await room.agent({ tools: [{ name: 'add' }] });
    for (const [name, metadata] of [
      ['by-annotation', { annotations: { 'argocd.argoproj.io/tracking-id': 'app:g/Task:ns/n' } }],
      ['by-label', { labels: { 'app.kubernetes.io/instance': 'app', team: 'a' } }],
      ['by-own-label', { labels: { 'argocd.argoproj.io/instance': 'app' } }],
    ] as const) {
      const made = task(room.namespace, name, 'go');
      await room.create({ ...made, metadata: { ...made.metadata, ...metadata } });
      const run = await room.untilEnded(`${name}-1`);
      const call = await stage.client.get(taskRunToolCalls, room.key(`${name}-1-toolcall-01`));
      for (const child of [run, call]) {
        // Beside what the operator itself says of a run.
        const marks = Object.keys(child.metadata.annotations ?? {}).filter((key) => !key.startsWith(`${GROUP}/task-`));
        assert.deepEqual(marks, [ANNOTATIONS.ignoreUpdates]);
        assert.ok(Object.keys(child.metadata.labels ?? {}).every((key) => key.startsWith('kubechain.humanlayer.dev/')));
      }
    }
  });

  it('cancels a run while the model thinks: the call is dropped at once', async () => {
    const room = await stage.room();
    await room.agent();
    room.model.hold();
    await room.create(task(room.namespace, 'off', MOON));
    await room.model.untilHeld(1);
    await setSpec(room, 'off-1', { cancel: true });
    const run = await room.untilEnded('off-1');
    assert.equal(run.status?.phase, 'Cancelled');
    assert.equal(run.status?.output, undefined);
    assert.equal(condition(run, 'Cancelled'), 'True');
    await room.untilEvent('Cancelled', 'off-1');
    const over = await room.until(tasks, 'off', ({ status }) => status?.statusDetail === 'The run was cancelled');
    assert.equal(condition(over, 'Failed'), 'True');
    room.model.release();
    const after = await stage.client.get(taskRuns, room.key('off-1'));
    assert.equal(after.metadata.resourceVersion, run.metadata.resourceVersion);
  });

  it('cancels a run while a tool runs: the call ends and says that it may have taken effect', async () => {
    const arrived = Promise.withResolvers<void>();
    const left = Promise.withResolvers<void>();
    await using server = await startHttp((request, response) => {
      response.on('close', () => left.resolve());
      request.resume();
      arrived.resolve();
    });
    const room = await stage.room({ script: { rules: [{ toolCalls: [{ name: 'slow', arguments: {} }] }] } });
    await room.create(tool(room.namespace, 'slow', { execute: { externalAPI: { url: `${server.url}/` } } }));
    await room.agent({ tools: [{ name: 'slow' }] });
    await room.create(task(room.namespace, 'busy', 'go'));
    await arrived.promise;
    await setSpec(room, 'busy-1', { cancel: true });
    assert.equal((await room.untilEnded('busy-1')).status?.phase, 'Cancelled');
    const call = await until(
      stage.client,
      taskRunToolCalls,
      room.key('busy-1-toolcall-01'),
      ({ status }) => status?.completionTime,
    );
    assert.equal(call.status?.phase, 'Cancelled');
    assert.match(call.status?.error ?? '', /may or may not have taken effect/);
    await left.promise;
  });

  it('fails a run that does not end in time, and ends what it had begun', async () => {
    const room = await stage.room();
    await room.agent();
    await room.create(task(room.namespace, 'base', MOON));
    await room.untilEnded('base-1');
    room.model.hold();
    await room.create(taskRun(room.namespace, 'late', 'base', { activeDeadlineSeconds: 1 }));
    const run = await room.untilEnded('late');
    assert.equal(run.status?.phase, 'Failed');
    assert.equal(run.status?.error, 'the run did not finish within 1 seconds');
    assert.deepEqual(
      run.status?.conditions?.map(({ type, status, reason }) => [type, status, reason]),
      [['Failed', 'True', 'DeadlineExceeded']],
    );
    room.model.release();
  });

  it('fails a run whose agent calls tools without end', async () => {
    const room = await stage.room({
      script: { rules: [{ toolCalls: [{ name: 'add', arguments: { a: 1, b: 1 } }] }] },
    });
    await room.create(tool(room.namespace, 'add', { execute: { builtin: { name: 'add' } } }));
    await room.agent({ tools: [{ name: 'add' }], maxTurns: 3 });
    const run = await room.run('endless', 'go');
    assert.equal(run.status?.phase, 'Failed');
    assert.match(run.status?.error ?? '', /3 model calls, as many as its agent's maxTurns allows/);
    assert.equal(room.model.chats().length, 3);
    const over = await room.until(tasks, 'endless', ({ status }) => status?.status === 'Error');
    assert.match(over.status?.statusDetail ?? '', /maxTurns/);
  });

  it('deletes finished runs: by their time to live and by the history limit', async () => {
    const room = await stage.room();
    await room.agent();
    await room.create(task(room.namespace, 'brief', MOON, { ttlSecondsAfterFinished: 1 }));
    await room.untilEnded('brief-1');
    await untilGone(stage.client, taskRuns, room.key('brief-1'));
    const kept = await stage.client.get(tasks, room.key('brief'));
    assert.match(kept.status?.output ?? '', /Moon/);

    await room.run('often', MOON, { runHistoryLimit: 2 });
    for (const n of [2, 3, 4]) {
      await room.create(taskRun(room.namespace, `often-extra-${n}`, 'often'));
      await room.untilEnded(`often-extra-${n}`);
    }
    // What users create is theirs: the limit is about the runs that the controller creates.
    const { items } = await stage.client.list(taskRuns, { namespace: room.namespace });
    assert.equal(items.filter(({ spec }) => spec.taskRef.name === 'often').length, 4);
  });

  it('runs a changed Task again where its policy says so, under the next number, and keeps as many as the limit', async () => {
    const room = await stage.room();
    await room.agent();
    await room.run('changing', 'first', { rerunPolicy: 'OnChange', runHistoryLimit: 1 });
    await stage.client.patch(tasks, room.key('changing'), { type: 'merge', body: { spec: { message: 'second' } } });
    const second = await room.untilEnded('changing-2');
    assert.equal(second.status?.userMsgPreview, 'second');
    await room.until(tasks, 'changing', ({ status }) => status?.latestRun === 'changing-2' && status.output);
    await untilGone(stage.client, taskRuns, room.key('changing-1'));

    await room.run('settled', 'first');
    await stage.client.patch(tasks, room.key('settled'), { type: 'merge', body: { spec: { message: 'second' } } });
    await room.until(tasks, 'settled', ({ status }) => status?.observedGeneration === 2);
    assert.equal(await find(stage.client, taskRuns, room.key('settled-2')), undefined);
  });

  it('runs a Task that was deleted and made anew under the same name', async () => {
    const room = await stage.room();
    await room.agent();
    await room.run('again', 'first time');
    await room.until(tasks, 'again', ({ status }) => status?.output);
    // The garbage collector takes its time: the old run is still there when the new Task comes.
    const lingering = (finalizers: string[] | null) =>
      stage.client.patch(taskRuns, room.key('again-1'), { type: 'merge', body: { metadata: { finalizers } } });
    await lingering(['example.com/linger']);
    await stage.client.delete(tasks, room.key('again'), { propagationPolicy: 'Background' });
    await room.create(task(room.namespace, 'again', 'second time'));
    await room.until(taskRuns, 'again-1', ({ metadata }) => metadata.deletionTimestamp);
    await room.until(tasks, 'again', ({ status }) => /again-1/.test(status?.statusDetail ?? ''));
    await lingering(null);
    const fresh = await stage.client.get(tasks, room.key('again'));
    const run = await untilAmong(stage.client, taskRuns, { namespace: room.namespace }, (runs) =>
      runs.find((one) => one.metadata.ownerReferences?.[0]?.uid === fresh.metadata.uid && ended(one)),
    );
    assert.equal(run.status?.userMsgPreview, 'second time');
    const done = await room.until(tasks, 'again', ({ status }) => status?.output);
    assert.match(done.status?.output ?? '', /second time/);
  });

  it('takes the next number where somebody else has the name of its first run', async () => {
    const room = await stage.room();
    await room.agent();
    await room.create(task(room.namespace, 'other', MOON), taskRun(room.namespace, 'taken-1', 'other'));
    await room.create(task(room.namespace, 'taken', 'mine'));
    const run = await room.untilEnded('taken-2');
    assert.equal(run.status?.userMsgPreview, 'mine');
    await room.untilEvent('TaskRunNameTaken', 'taken');
    await room.until(tasks, 'taken', ({ status }) => status?.latestRun === 'taken-2' && status.output);
  });

  it('keeps its history, and its answer, when the agent changes or goes while it runs', async () => {
    const room = await stage.room();
    await room.create(tool(room.namespace, 'add', { execute: { builtin: { name: 'add' } } }));
    await room.agent({ tools: [{ name: 'add' }] });
    room.model.hold();
    await room.create(task(room.namespace, 'steady', 'What is 2 plus 3?'));
    await room.model.untilHeld(1);
    await stage.client.delete(agents, room.key('assistant'));
    room.model.release();
    const run = await room.untilEnded('steady-1');
    assert.equal(run.status?.phase, 'FinalAnswer');
    assert.deepEqual(
      run.status?.contextWindow?.map(({ role }) => role),
      ['system', 'user', 'assistant', 'tool', 'assistant'],
    );
  });

  it('takes an answer once, also when the API server wrote it and the operator never heard of it', async () => {
    const room = await stage.room();
    await room.create(tool(room.namespace, 'add', { execute: { builtin: { name: 'add' } } }));
    await room.agent({ tools: [{ name: 'add' }] });
    const lost = new Set<string>();
    stage.operator.afterWrite = ({ namespace, resource, name, subresource, body }) => {
      if (namespace !== room.namespace || resource === 'events') return;
      const what = `${resource} ${name} ${subresource} ${JSON.stringify(body).includes('Send') ? '' : JSON.stringify(body)}`;
      if (lost.has(what)) return;
      lost.add(what);
      throw new KubeError('Network', 'the connection was cut before the answer came');
    };
    try {
      const run = await room.run('unheard', 'What is 2 plus 3?');
      assert.equal(run.status?.phase, 'FinalAnswer');
      assert.deepEqual(
        run.status?.contextWindow?.map(({ role, content }) => (role === 'tool' ? content : role)),
        ['system', 'user', 'assistant', '5', 'assistant'],
      );
      assert.deepEqual(
        room.model.chats().map(({ status }) => status),
        [200, 200],
      );
      assert.equal(run.status?.turns, 2);
      assert.equal(run.status?.toolCallCount, 1);
      assert.ok(lost.size >= 6, String(lost.size));
    } finally {
      stage.operator.afterWrite = undefined;
    }
  });

  it('counts a failure of the model once, also when the write of it went unheard', async () => {
    const room = await stage.room({
      script: { rules: [{ times: 1, fault: { status: 500, message: 'overloaded' } }, { text: 'fine now' }] },
    });
    await room.agent();
    let cut = 0;
    stage.operator.afterWrite = ({ namespace, body }) => {
      if (namespace !== room.namespace || cut > 0 || !JSON.stringify(body).includes('ErrorBackoff')) return;
      cut += 1;
      throw new KubeError('Network', 'the connection was cut before the answer came');
    };
    try {
      await room.create(task(room.namespace, 'bumpy', MOON));
      const backoff = await room.until(taskRuns, 'bumpy-1', ({ status }) => status?.phase === 'ErrorBackoff');
      assert.equal(backoff.status?.attempt?.count, 1);
      const run = await room.untilEnded('bumpy-1');
      assert.equal(run.status?.output, 'fine now');
      assert.equal(cut, 1);
      assert.equal(room.model.chats().length, 2);
    } finally {
      stage.operator.afterWrite = undefined;
    }
  });
});
