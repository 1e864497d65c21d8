import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { contextPages, type Message, taskRuns } from '../../api/index.ts';
import { runProgram } from '../../cli/runProgram.ts';
import { fakeIo } from '../cli/support/fakeIo.ts';
import { startKubechain } from '../cli/support/kubechain.ts';
import { startApiProxy } from '../support/apiProxy.ts';
import { task, tool } from '../support/objects.ts';
import { type Room, type Stage, startStage } from '../support/operator.ts';

describe('run, logs, context and cancel', function () {
  this.timeout(60_000);
  let stage: Stage;
  let room: Room;
  before(async () => {
    stage = await startStage();
    room = await stage.room({
      script: {
        rules: [
          { when: { user: 'fail' }, fault: { status: 400, message: 'no such model' } },
          { when: { user: 'stumble', turn: 1 }, times: 1, fault: { status: 503, message: 'overloaded' } },
          { when: { user: 'hostile' }, text: 'clear\u001b[2Jscreen\u202e' },
          { when: { user: 'sum', turn: 1 }, toolCalls: [{ name: 'add', arguments: { a: 2, b: 3 } }] },
          { when: { user: 'sum', turn: 2 }, text: 'It is 5.' },
        ],
      },
    });
    await room.create(tool(room.namespace, 'add', { execute: { builtin: { name: 'add' } } }));
    await room.agent({ tools: [{ name: 'add' }] });
  });
  after(() => stage[Symbol.asyncDispose]());

  const where = (): string[] => ['--kubeconfig', stage.kubeConfig.source, '-n', room.namespace];
  async function kubechain(args: string[], input?: string) {
    const { io, out, err } = fakeIo(input === undefined ? {} : { readInput: async () => input });
    const code = await runProgram([...args, ...where()], io);
    return { code, out: out(), err: err() };
  }

  it('run prints the answer, and progress beside it', async () => {
    const { code, out, err } = await kubechain(['run', 'assistant', 'a sum please', '--name', 'sum']);
    assert.equal(code, 0, err);
    assert.equal(out, 'It is 5.\n');
    assert.match(err, /Task sum in namespace/);
    assert.match(err, /→ add\(a: 2, b: 3\)\n[\s\S]*← add {2}5/);
    const again = await kubechain(['run', 'assistant', 'a sum please', '--name', 'sum']);
    assert.equal(again.code, 1);
    assert.match(again.err, /there is a Task sum in namespace .* already; give another --name/);
  });

  it('run takes the message from standard input, and escapes what the model sends', async () => {
    const { code, out } = await kubechain(['run', 'assistant', '-'], 'something hostile\n');
    assert.equal(code, 0);
    assert.equal(out, 'clear\\u001b[2Jscreen\\u202e\n');
  });

  it('run exits 1 with the provider’s words when the run failed, and shows failed attempts', async () => {
    const failed = await kubechain(['run', 'assistant', 'please fail']);
    assert.equal(failed.code, 1);
    assert.equal(failed.out, '');
    assert.match(failed.err, /Failed: .*no such model/);
    const stumbled = await kubechain(['run', 'assistant', 'please stumble', '--name', 'stumble']);
    assert.equal(stumbled.code, 0, stumbled.err);
    assert.match(stumbled.err, /ErrorBackoff {2}attempt 1: .*overloaded/);
    const logs = await kubechain(['logs', 'stumble']);
    assert.match(logs.out, /overloaded/, 'the transcript tells of it afterwards');
  });

  it('run names the agents there are when there is none of that name', async () => {
    const near = await kubechain(['run', 'asistant', 'hello']);
    assert.equal(near.code, 1);
    assert.match(near.err, /there is no Agent "asistant" in namespace .*; did you mean assistant\?/);
    assert.match((await kubechain(['run', 'zebra', 'hello'])).err, /there are: assistant/);
  });

  it('run --timeout and --detach leave the run to itself', async () => {
    room.model.hold();
    const late = await kubechain(['run', 'assistant', 'slow one', '--timeout', '700ms']);
    assert.equal(late.code, 1);
    const [, name = ''] = /the run goes on\. Follow it with: kubechain logs (\S+) -n/.exec(late.err) ?? [];
    const detached = await kubechain(['run', 'assistant', 'slow too', '--detach', '--name', 'slow-too']);
    assert.deepEqual([detached.code, detached.out], [0, 'task.kubechain.humanlayer.dev/slow-too\n']);
    room.model.release();
    // Where the run was not there yet, the hint names the task.
    const run = name.endsWith('-1') ? name : `${name}-1`;
    assert.equal((await room.untilEnded(run)).status?.phase, 'FinalAnswer');
    assert.equal((await room.untilEnded('slow-too-1')).status?.phase, 'FinalAnswer');
  });

  it('run detaches at SIGTERM and says how to follow', async () => {
    room.model.hold();
    await using running = startKubechain(['run', 'assistant', 'very slow', '--name', 'detached', ...where()]);
    await room.model.untilHeld(1);
    running.child.kill('SIGTERM');
    const { code, err } = await running.ended;
    assert.equal(code, 143, err);
    const { namespace } = room;
    assert.match(
      err,
      // Where the watch has not shown the run yet, the hint names the task.
      new RegExp(`Detached from (detached(?:-1)?)\\. Follow it with: \\S+ logs \\1 -n ${namespace} -f`),
    );
    room.model.release();
    assert.equal((await room.untilEnded('detached-1')).status?.phase, 'FinalAnswer');
  });

  it('run on a terminal detaches at Ctrl-C, and cancels at a second one', async () => {
    const ctrlC = async (name: string, times: number) => {
      const signals = new EventEmitter();
      let err = '';
      const heard = Promise.withResolvers<void>();
      const write = (part: string): void => {
        err += part;
        if (part.includes('again to cancel')) heard.resolve();
      };
      const { io } = fakeIo({ signals, err: { isTTY: true, write }, env: { NO_COLOR: '1' } });
      room.model.hold();
      const running = runProgram(['run', 'assistant', 'a slow one', '--name', name, ...where()], io);
      await room.model.untilHeld(1);
      await room.until(taskRuns, `${name}-1`, ({ status }) => status?.phase === 'SendContextWindowToLLM');
      while (!err.includes('SendContextWindowToLLM')) await setImmediate();
      signals.emit('SIGINT');
      await heard.promise;
      if (times === 2) {
        // Sooner than this it would be the echo of the first.
        await setTimeout(350);
        signals.emit('SIGINT');
      }
      assert.equal(await running, 130);
      return err;
    };
    assert.match(
      await ctrlC('left-alone', 1),
      /Detached from left-alone-1\. Follow it with: kubechain logs left-alone-1 -n/,
    );
    room.model.release();
    assert.equal((await room.untilEnded('left-alone-1')).status?.phase, 'FinalAnswer');
    assert.match(await ctrlC('given-up', 2), /TaskRun given-up-1: cancellation is requested/);
    assert.equal((await room.untilEnded('given-up-1')).status?.phase, 'Cancelled');
    room.model.release();
  });

  it('logs is the conversation, by the name of the run or of its task', async () => {
    const { code, out } = await kubechain(['logs', 'sum']);
    assert.equal(code, 0);
    assert.match(out, /^TaskRun sum-1 · Task sum · Agent assistant · revision assistant-/);
    assert.match(
      out,
      /\nsystem\n {2}You are a helpful assistant\.\n\nuser\n {2}a sum please\n\nassistant\n {2}→ add\(\{"a":2,"b":3\}\) \S+\n\ntool add Succeeded.*\n {2}5\n\nassistant\n {2}It is 5\.\n\nFinalAnswer · 2 turns · 1 tool call · [\d,]+ tokens/,
    );
    assert.equal((await kubechain(['logs', 'taskrun/sum-1'])).out, out);
    assert.equal((await kubechain(['logs', 'task/sum'])).out, out);
    assert.equal((await kubechain(['logs', '-f', 'sum'])).out, out, 'following what has ended is no waiting');
  });

  it('logs -f goes on until the run has ended, each message once', async () => {
    room.model.hold();
    await room.create(task(room.namespace, 'followed', 'another sum'));
    await room.model.untilHeld(1);
    await using following = startKubechain(['logs', '-f', 'followed', ...where()]);
    await following.shows(/user\n {2}another sum\n/);
    room.model.release();
    const { code, out, err } = await following.ended;
    assert.equal(code, 0, err);
    const roles = out.match(/^(system|user|assistant|tool)\b/gm);
    assert.deepEqual(roles, ['system', 'user', 'assistant', 'tool', 'assistant']);
    assert.match(out, /FinalAnswer · 2 turns/);
  });

  it('logs -f says once that the API server is away, and goes on when it is back', async () => {
    await using proxy = await startApiProxy(stage.kubeConfig);
    room.model.hold();
    await room.create(task(room.namespace, 'far', 'another sum'));
    await room.model.untilHeld(1);
    await using following = startKubechain(
      ['logs', '-f', 'far', '--kubeconfig', proxy.kubeconfigPath, '-n', room.namespace],
      { env: { NO_COLOR: '1' } },
    );
    await following.shows(/user\n {2}another sum\n/);
    await proxy.stop();
    await following.shows(/the API server does not answer; waiting for it\n/, 'err');
    room.model.release();
    await room.untilEnded('far-1');
    await proxy.start();
    const { code, out, err } = await following.ended;
    assert.equal(code, 0, err);
    assert.match(out, /FinalAnswer · 2 turns/);
    assert.equal(err, 'the API server does not answer; waiting for it\nthe API server answers again\n');
  });

  it('context is every message, those in pages included', async () => {
    const text = await kubechain(['context', 'sum']);
    assert.match(text.out, /^system\n {2}You are[\s\S]*\nassistant\n {2}It is 5\.\n$/);
    const older: Message[] = [1, 2].map((n) => ({ role: 'user', content: `older ${n}\u0007` }));
    const { namespace } = room;
    await stage.client.create(contextPages, {
      apiVersion: 'kubechain.humanlayer.dev/v1alpha1',
      kind: 'ContextPage',
      metadata: { name: 'sum-1-page-1', namespace },
      spec: { taskRunRef: { name: 'sum-1' }, index: 1, firstMessage: 0, messages: older },
    });
    const pages = [{ name: 'sum-1-page-1', messages: 2 }];
    await stage.client.patch(
      taskRuns,
      room.key('sum-1'),
      { type: 'merge', body: { status: { contextPages: pages } } },
      { subresource: 'status' },
    );
    const json = await kubechain(['context', 'sum', '-o', 'json']);
    const messages = JSON.parse(json.out) as Message[];
    assert.deepEqual(
      messages.map(({ role }) => role),
      ['user', 'user', 'system', 'user', 'assistant', 'tool', 'assistant'],
    );
    assert.equal(messages[0]?.content, 'older 1\u0007');
    await stage.client.delete(contextPages, room.key('sum-1-page-1'));
    const gone = await kubechain(['context', 'sum']);
    assert.equal(gone.code, 1);
    assert.match(gone.err, /ContextPage sum-1-page-1 with its messages 1 to 2 is gone/);
  });

  it('cancel ends a run, once', async () => {
    room.model.hold();
    await room.create(task(room.namespace, 'stopped', 'never answered'));
    await room.model.untilHeld(1);
    const cancelled = await kubechain(['cancel', 'stopped']);
    assert.deepEqual([cancelled.code, cancelled.out], [0, 'TaskRun stopped-1 cancelled\n']);
    room.model.release();
    assert.match((await kubechain(['cancel', 'stopped'])).out, /is cancelled already/);
    const ended = await kubechain(['cancel', 'detached-1']);
    assert.equal(ended.code, 1);
    assert.match(ended.err, /TaskRun detached-1 has ended already \(FinalAnswer\)/);
  });

  it('says what there is instead of a run that is not there', async () => {
    const near = await kubechain(['logs', 'summ-1']);
    assert.equal(near.code, 1);
    assert.match(near.err, /there is no TaskRun or Task "summ-1" in namespace .*; did you mean sum-1/);
    const { io, err } = fakeIo();
    assert.equal(
      await runProgram(['logs', 'stopped-1', '--kubeconfig', stage.kubeConfig.source, '-n', 'default'], io),
      1,
    );
    assert.match(err(), new RegExp(`there is one in namespace ${room.namespace}: give -n ${room.namespace}`));
    assert.match((await kubechain(['logs', '../x'])).err, /is no name of a TaskRun or a Task/);
  });
});
