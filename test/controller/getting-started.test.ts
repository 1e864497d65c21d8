import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { agentRevisions, agents, llms, taskRuns, tasks } from '../../api/index.ts';
import { agent, GOOD_KEY, llm, secret, task } from '../support/objects.ts';
import type { Stage } from '../support/operator.ts';
import { startStage } from '../support/operator.ts';

describe('Getting Started', function () {
  this.timeout(60_000);
  let stage: Stage;
  before(async () => {
    stage = await startStage();
  });
  after(() => stage?.[Symbol.asyncDispose]());

  it('goes from a Secret to an answer, with the statuses and events that the documentation shows', async () => {
    const room = await stage.room();
    await room.create(secret(room.namespace, 'openai', { OPENAI_API_KEY: GOOD_KEY }));
    await room.create(llm(room.namespace, 'gpt-4o', room.model.url));
    const readyLlm = await room.until(llms, 'gpt-4o', ({ status }) => status?.ready);
    assert.equal(readyLlm.status?.status, 'Ready');
    assert.equal(readyLlm.status?.statusDetail, 'OpenAI API key validated successfully');
    assert.equal(readyLlm.status?.observedGeneration, 1);

    await room.create(agent(room.namespace, 'assistant', { system: 'You are a helpful assistant.' }));
    const readyAgent = await room.until(agents, 'assistant', ({ status }) => status?.ready);
    assert.equal(readyAgent.status?.statusDetail, 'All dependencies validated successfully');
    assert.deepEqual(
      readyAgent.status?.conditions?.map(({ type, status }) => [type, status]),
      [['Ready', 'True']],
    );

    await room.create(task(room.namespace, 'hello-world-task', 'What is the capital of the moon?'));
    const run = await room.untilEnded('hello-world-task-1');
    assert.equal(run.status?.phase, 'FinalAnswer');
    assert.match(run.status?.output ?? '', /The Moon does not have a capital/);
    assert.equal(run.status?.status, 'Ready');
    assert.equal(run.status?.ready, true);
    assert.equal(run.status?.statusDetail, 'LLM final response received');
    assert.equal(run.status?.userMsgPreview, 'What is the capital of the moon?');
    assert.equal(run.status?.messageCount, 3);
    assert.deepEqual(
      run.status?.contextWindow?.map(({ role, content }) => [role, content]),
      [
        ['system', 'You are a helpful assistant.'],
        ['user', 'What is the capital of the moon?'],
        ['assistant', run.status?.output],
      ],
    );
    assert.equal(run.status?.usage?.modelCalls, 1);
    assert.ok((run.status?.usage?.inputTokens ?? 0) > 0);
    assert.equal(run.metadata.labels?.['kubechain.humanlayer.dev/task'], 'hello-world-task');
    const [owner] = run.metadata.ownerReferences ?? [];
    assert.equal(owner?.kind, 'Task');
    assert.equal(owner?.controller, true);
    assert.ok(Date.parse(run.status?.startTime ?? '') <= Date.parse(run.status?.completionTime ?? ''));
    assert.deepEqual(
      run.status?.conditions?.map(({ type, status, reason }) => [type, status, reason]),
      [['Complete', 'True', 'FinalAnswer']],
    );
    const revision = await stage.client.get(agentRevisions, room.key(run.status?.agentRevision ?? ''));
    assert.equal(revision.spec.system, 'You are a helpful assistant.');

    const done = await room.until(tasks, 'hello-world-task', ({ status }) => status?.output);
    assert.equal(done.status?.output, run.status?.output);
    assert.equal(done.status?.statusDetail, 'Task Run Created');
    assert.equal(done.status?.ready, true);

    await room.untilEvent('LLMFinalAnswer', 'hello-world-task-1');
    await room.untilEvent('TaskRunCreated', 'hello-world-task');
    const told = async (name: string) =>
      (await room.events(name)).map(({ type, reason, message, source }) => [type, reason, message, source?.component]);
    assert.deepEqual(
      new Set(await told('gpt-4o')),
      new Set([
        ['Normal', 'Initializing', 'Starting validation', 'llm-controller'],
        ['Normal', 'ValidationSucceeded', 'OpenAI API key validated successfully', 'llm-controller'],
      ]),
    );
    assert.deepEqual(
      new Set(await told('assistant')),
      new Set([
        ['Normal', 'Initializing', 'Starting validation', 'agent-controller'],
        ['Normal', 'ValidationSucceeded', 'All dependencies validated successfully', 'agent-controller'],
      ]),
    );
    assert.deepEqual(
      new Set(await told('hello-world-task')),
      new Set([
        ['Normal', 'Initializing', 'Starting validation', 'task-controller'],
        ['Normal', 'TaskRunCreated', 'Created TaskRun hello-world-task-1', 'task-controller'],
      ]),
    );
    assert.deepEqual(
      new Set(await told('hello-world-task-1')),
      new Set([
        ['Normal', 'ValidationSucceeded', 'Task validated successfully', 'taskrun-controller'],
        ['Normal', 'LLMFinalAnswer', 'LLM response received successfully', 'taskrun-controller'],
      ]),
    );
  });

  it('sends the model exactly the prompt and the message', async () => {
    const room = await stage.room();
    await room.agent({}, { parameters: { model: 'gpt-4o-mini', temperature: '0.5', maxTokens: 77 } });
    await room.run('plain', 'What is the capital of the moon?');
    const [chat, ...more] = room.model.chats();
    assert.equal(more.length, 0);
    assert.deepEqual(chat?.messages, [
      { role: 'system', content: 'You are a helpful assistant.' },
      { role: 'user', content: 'What is the capital of the moon?' },
    ]);
    assert.equal(chat?.body.model, 'gpt-4o-mini');
    assert.equal(chat?.body.temperature, 0.5);
    assert.equal(chat?.body.tools, undefined);
  });

  it('writes no more than five objects and four events for a run without tools', async () => {
    const room = await stage.room();
    await room.agent();
    await room.run('cheap', 'What is the capital of the moon?');
    await room.until(tasks, 'cheap', ({ status }) => status?.output);
    await room.untilEvent('LLMFinalAnswer', 'cheap-1');
    const writes = room.writes().filter(({ name }) => name.startsWith('cheap'));
    const objects = writes.filter(({ resource }) => resource !== 'events');
    // The Task's own create is the fifth.
    assert.deepEqual(
      objects.map(({ verb, resource }) => `${verb} ${resource}`),
      ['create taskruns', 'patch taskruns', 'patch taskruns', 'patch tasks'],
    );
    assert.ok(writes.length - objects.length <= 4, `${writes.length - objects.length} events`);
  });

  it('shows what the run waits for while the agent is not there, and goes on when it is', async () => {
    const room = await stage.room();
    await room.create(task(room.namespace, 'early', 'What is the capital of the moon?'));
    const waiting = await room.until(taskRuns, 'early-1', ({ status }) => status?.statusDetail);
    assert.equal(waiting.status?.phase, 'Pending');
    assert.equal(waiting.status?.status, 'Pending');
    assert.match(waiting.status?.statusDetail ?? '', /^Waiting for Agent to exist/);
    assert.match((await room.untilEvent('Waiting', 'early-1')).message ?? '', /agent "assistant" not found/);
    const pending = await room.until(tasks, 'early', ({ status }) => status?.observedGeneration);
    assert.equal(pending.status?.status, 'Pending');
    assert.match(pending.status?.statusDetail ?? '', /agent "assistant" not found/);
    await room.agent();
    assert.equal((await room.untilEnded('early-1')).status?.phase, 'FinalAnswer');
    await room.until(tasks, 'early', ({ status }) => status?.ready && status.output !== undefined);
  });
});
