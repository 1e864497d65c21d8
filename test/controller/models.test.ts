import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { agents, llms, taskRuns, tasks } from '../../api/index.ts';
import type { Rule } from '../../cli/simulate-openai/index.ts';
import { agent, GOOD_KEY, llm, secret, secrets, task } from '../support/objects.ts';
import type { Room, Stage } from '../support/operator.ts';
import { startStage } from '../support/operator.ts';

const MOON = 'What is the capital of the moon?';

describe('models that fail', function () {
  this.timeout(60_000);
  let stage: Stage;
  before(async () => {
    stage = await startStage();
  });
  after(() => stage?.[Symbol.asyncDispose]());

  const setKey = (room: Room, value: string) =>
    stage.client.patch(secrets, room.key('openai'), {
      type: 'merge',
      body: { data: { OPENAI_API_KEY: Buffer.from(value).toString('base64') } },
    });

  const healing: {
    readonly what: string;
    readonly fault: Rule['fault'];
    readonly says: RegExp;
    readonly reason: string;
  }[] = [
    { what: 'a rate limit', fault: { status: 429, retryAfter: 0 }, says: /429 .*[Rr]ate limit/, reason: 'RateLimited' },
    { what: 'an error of its own', fault: { status: 500 }, says: /500 .*server had an error/, reason: 'ServerError' },
    {
      what: 'a cut connection',
      fault: { cut: 'mid-body' },
      says: /cut before the answer was complete/,
      reason: 'Network',
    },
    { what: 'an answer that is no JSON', fault: { bodyText: '{"choices": [' }, says: /JSON/, reason: 'InvalidAnswer' },
    {
      what: 'an answer of the wrong shape',
      fault: { body: { choices: 'none' } },
      says: /choices/,
      reason: 'InvalidAnswer',
    },
    { what: 'an empty answer', fault: { body: { choices: [] } }, says: /choices/, reason: 'InvalidAnswer' },
    { what: 'a web page', fault: { bodyText: '<html>proxy</html>', contentType: 'text/html' }, says: /./, reason: '' },
  ];
  for (const { what, fault, says, reason } of healing) {
    it(`waits after ${what}, says until when, and goes on`, async () => {
      const room = await stage.room({
        script: { rules: [{ times: 1, ...(fault && { fault }) }, { text: 'better now' }] },
      });
      await room.agent();
      await room.create(task(room.namespace, 'bumpy', MOON));
      const waiting = await room.until(taskRuns, 'bumpy-1', ({ status }) => status?.phase === 'ErrorBackoff');
      const { attempt, statusDetail, status, ready } = waiting.status ?? {};
      assert.equal(attempt?.count, 1);
      if (reason !== '') assert.equal(attempt?.reason, reason);
      assert.match(attempt?.message ?? '', says);
      assert.equal(status, 'Error');
      assert.equal(ready, false);
      assert.ok(Date.parse(attempt?.nextAttemptTime ?? '') > Date.parse(waiting.status?.startTime ?? ''));
      assert.match(
        statusDetail ?? '',
        /^Model call failed \(attempt 1\): .*; next attempt at \d{4}-\d\d-\d\dT[\d:]+Z$/s,
      );
      await room.untilEvent('LLMRequestFailed', 'bumpy-1');
      const run = await room.untilEnded('bumpy-1');
      assert.equal(run.status?.output, 'better now');
      assert.equal(run.status?.error, undefined);
      assert.equal(run.status?.attempt, undefined);
      assert.equal(run.status?.ready, true);
      assert.equal(run.status?.contextWindow?.length, 3);
      // Every attempt of a turn has the same key: a provider that knows it bills once.
      assert.equal(new Set(room.model.chats().map(({ idempotencyKey }) => idempotencyKey)).size, 1);
    });
  }

  it('gives up after as many retries as the LLM allows, and says what the provider said', async () => {
    const room = await stage.room({ script: { rules: [{ fault: { status: 503, message: 'down for the weekend' } }] } });
    await room.agent({}, { parameters: { maxRetries: 1 } });
    const run = await room.run('never', MOON);
    assert.equal(run.status?.phase, 'Failed');
    assert.match(run.status?.error ?? '', /^model call failed 2 times; the last time: .*down for the weekend/);
    assert.equal(room.model.chats().length, 2);
  });

  it('fails at once where trying again cannot help, with the provider’s words', async () => {
    const room = await stage.room({
      script: { rules: [{ fault: { status: 400, message: 'the prompt is not to our liking' } }] },
    });
    await room.agent();
    const run = await room.run('refused', MOON);
    assert.equal(run.status?.phase, 'Failed');
    assert.match(run.status?.error ?? '', /the prompt is not to our liking/);
    assert.deepEqual(
      run.status?.conditions?.map(({ type, status }) => [type, status]),
      [['Failed', 'True']],
    );
    assert.match((await room.untilEvent('LLMRequestFailed4xx', 'refused-1')).message ?? '', /not to our liking/);
    assert.equal(room.model.chats().length, 1);
    const over = await room.until(tasks, 'refused', ({ status }) => status?.status === 'Error');
    assert.match(over.status?.statusDetail ?? '', /not to our liking/);
  });

  it('takes no answer without content for an end', async () => {
    const room = await stage.room({ script: { rules: [{ times: 1, text: '' }, { text: 'something' }] } });
    await room.agent();
    const run = await room.run('mute', MOON);
    assert.equal(run.status?.output, 'something');
    assert.equal(room.model.chats().length, 2);
  });

  it('says that a key is missing, empty or refused, and heals when it is mended', async () => {
    const room = await stage.room();
    await room.create(llm(room.namespace, 'gpt-4o', room.model.url));
    const missing = await room.until(llms, 'gpt-4o', ({ status }) => status?.statusDetail);
    assert.equal(missing.status?.status, 'Error');
    assert.equal(missing.status?.statusDetail, 'secret "openai" not found');
    await room.untilEvent('ValidationFailed', 'gpt-4o');
    await room.create(secret(room.namespace, 'openai', { other: 'x' }));
    await room.until(
      llms,
      'gpt-4o',
      ({ status }) => status?.statusDetail === 'secret "openai" has no key "OPENAI_API_KEY"',
    );
    await setKey(room, 'sk-invalid-key');
    const refused = await room.until(llms, 'gpt-4o', ({ status }) =>
      /validation failed/.test(status?.statusDetail ?? ''),
    );
    assert.match(refused.status?.statusDetail ?? '', /^OpenAI API key validation failed: .*Incorrect API key provided/);
    assert.doesNotMatch(refused.status?.statusDetail ?? '', /sk-invalid-key/);
    assert.equal(refused.status?.ready, false);
    await setKey(room, GOOD_KEY);
    const well = await room.until(llms, 'gpt-4o', ({ status }) => status?.ready);
    assert.equal(well.status?.status, 'Ready');
    assert.equal(well.status?.conditions?.find(({ type }) => type === 'Ready')?.status, 'True');
  });

  it('does not take a provider that is down for a bad key', async () => {
    const room = await stage.room();
    await room.agent();
    await room.model.stop();
    // The spec is as it was: what was ready stays so, also when it is looked at again, and the run waits.
    await stage.restart();
    await room.create(task(room.namespace, 'patient', MOON));
    const waiting = await room.until(taskRuns, 'patient-1', ({ status }) => status?.phase === 'ErrorBackoff');
    assert.match(waiting.status?.attempt?.message ?? '', /connection refused|cut before/);
    await room.create(llm(room.namespace, 'new', room.model.url));
    const unknown = await room.until(llms, 'new', ({ status }) => status?.statusDetail);
    assert.equal(unknown.status?.status, 'Pending');
    assert.match(unknown.status?.statusDetail ?? '', /^OpenAI could not be asked: .*; trying again$/);
    assert.equal((await stage.client.get(llms, room.key('gpt-4o'))).status?.ready, true);
    await room.model.start();
    assert.equal((await room.untilEnded('patient-1')).status?.phase, 'FinalAnswer');
    await room.until(llms, 'new', ({ status }) => status?.ready);
  });

  it('takes a key that is rotated while runs go on', async () => {
    const room = await stage.room({ model: { apiKey: 'sk-first' } });
    await room.create(
      secret(room.namespace, 'openai', { OPENAI_API_KEY: 'sk-first' }),
      llm(room.namespace, 'gpt-4o', room.model.url),
      agent(room.namespace, 'assistant'),
    );
    await room.until(agents, 'assistant', ({ status }) => status?.ready);
    await room.run('before', MOON);
    await room.model.become({ apiKey: 'sk-second' });
    // The provider wants another key now; the Secret has it, and nobody tells the operator.
    await setKey(room, 'sk-second');
    await room.create(task(room.namespace, 'after', MOON));
    assert.equal((await room.untilEnded('after-1')).status?.phase, 'FinalAnswer');
  });

  it('tells of a key that was revoked, in the run and in the LLM', async () => {
    const room = await stage.room();
    await room.agent();
    await room.model.become({ apiKey: 'sk-another-key' });
    const run = await room.run('revoked', MOON);
    assert.equal(run.status?.phase, 'Failed');
    assert.match(run.status?.error ?? '', /401 .*Incorrect API key/);
    await room.until(llms, 'gpt-4o', ({ status }) => status?.status === 'Error');
    await room.until(agents, 'assistant', ({ status }) => /API key validation failed/.test(status?.statusDetail ?? ''));
    await setKey(room, 'sk-another-key');
    await room.until(agents, 'assistant', ({ status }) => status?.ready);
    assert.equal((await room.run('mended', MOON)).status?.phase, 'FinalAnswer');
  });

  it('needs no key where the server needs none', async () => {
    const room = await stage.room({ model: { apiKey: false } });
    await room.create({
      ...llm(room.namespace, 'gpt-4o', room.model.url),
      spec: { provider: 'openai', parameters: { baseUrl: room.model.url, model: 'llama3.3' } },
    } as Parameters<typeof room.create>[0]);
    await room.create(agent(room.namespace, 'assistant'));
    await room.until(agents, 'assistant', ({ status }) => status?.ready);
    assert.equal((await room.run('keyless', MOON)).status?.phase, 'FinalAnswer');
  });
});
