import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { after, before, describe, it } from 'mocha';
import { agents, KINDS, llms, mcpServers, taskRuns, taskRunToolCalls, tasks, tools } from '../../api/index.ts';
import type { KubeObject, Resource } from '../../kube/index.ts';
import { startHttp } from '../support/http.ts';
import { agent, events, llm, mcpServer, secret, secrets, task, taskRun, tool } from '../support/objects.ts';
import type { Room, Stage } from '../support/operator.ts';
import { ended, startStage } from '../support/operator.ts';
import { until, untilAmong } from '../support/waiting.ts';

const HOSTILE = fileURLToPath(new URL('../mcp/servers/hostile.ts', import.meta.url));
const MOON = 'What is the capital of the moon?';

describe('one operator for many', function () {
  this.timeout(60_000);
  let stage: Stage;
  before(async () => {
    stage = await startStage({ maxModelCalls: 4, maxModelCallsPerNamespace: 3 });
  });
  after(() => stage?.[Symbol.asyncDispose]());

  it('keeps namespaces apart that use the same names', async () => {
    const one = await stage.room({ script: { rules: [{ text: 'answer of one' }] } });
    const two = await stage.room({ script: { rules: [{ text: 'answer of two' }] } });
    for (const [room, word] of [
      [one, 'one'],
      [two, 'two'],
    ] as const) {
      await room.create(
        secret(room.namespace, 'env', { value: `secret-value-of-${word}` }),
        mcpServer(room.namespace, 'env', {
          transport: 'stdio',
          command: process.execPath,
          args: [HOSTILE, 'environment'],
          env: [
            { name: 'WHOSE', value: word },
            { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'env', key: 'value' } } },
          ],
        }),
      );
    }
    await Promise.all([one.agent({ system: 'I am one.' }), two.agent({ system: 'I am two.' })]);
    const [first, second] = await Promise.all([one.run('same', MOON), two.run('same', MOON)]);
    assert.equal(first.status?.output, 'answer of one');
    assert.equal(second.status?.output, 'answer of two');
    assert.equal(one.model.chats()[0]?.messages[0]?.content, 'I am one.');
    assert.equal(one.model.chats().length, 1);
    assert.equal(two.model.chats().length, 1);
    await Promise.all([one, two].map((room) => room.until(mcpServers, 'env', ({ status }) => status?.ready)));
    // What one namespace deletes, the other keeps.
    await stage.client.delete(agents, one.key('assistant'));
    assert.equal((await two.run('later', MOON)).status?.phase, 'FinalAnswer');
  });

  it('lets one namespace’s burst starve nobody', async () => {
    const many = await stage.room();
    const few = await stage.room();
    await Promise.all([many.agent(), few.agent()]);
    many.model.hold();
    for (let n = 1; n <= 12; n += 1) await many.create(task(many.namespace, `burst-${n}`, MOON));
    await many.model.untilHeld(3);
    // Three of four slots are taken by the one; the fourth is the other's, however many wait.
    for (let n = 1; n <= 3; n += 1) assert.equal((await few.run(`calm-${n}`, MOON)).status?.phase, 'FinalAnswer');
    assert.equal(many.model.held, 3);
    // Also those say that they wait which began at the same moment as others, while a slot was still free.
    const items = await untilAmong(
      stage.client,
      taskRuns,
      { namespace: many.namespace },
      (runs) => runs.filter(({ status }) => status?.phase === 'ReadyForLLM').length === 9 && runs,
    );
    assert.ok(!items.some(ended));
    many.model.release();
    await untilAmong(
      stage.client,
      taskRuns,
      { namespace: many.namespace },
      (runs) => runs.length === 12 && runs.every(ended),
    );
  });

  it('writes nothing when nothing happens, and nothing when it starts again', async () => {
    const room = await stage.room();
    await room.create(
      tool(room.namespace, 'add', { execute: { builtin: { name: 'add' } } }),
      mcpServer(room.namespace, 'echo', { transport: 'stdio', command: process.execPath, args: [HOSTILE, ''] }),
    );
    await room.agent({ tools: [{ name: 'add' }], mcpServers: [{ name: 'echo' }] });
    await room.run('done', 'What is 2 plus 3?');
    await room.until(tasks, 'done', ({ status }) => status?.output);
    await room.create(task(room.namespace, 'waits', MOON, { agentRef: { name: 'nobody' } }));
    await room.until(tasks, 'waits', ({ status }) => /nobody/.test(status?.statusDetail ?? ''));
    await room.untilEvent('LLMFinalAnswer', 'done-1');
    await room.untilEvent('Waiting', 'waits-1');
    const settled = room.writes().length;
    // A change that concerns nobody goes through every informer: when it has come back, all that was to follow has followed.
    await stage.restart();
    await room.until(mcpServers, 'echo', ({ status }) => status?.ready);
    const probe = await stage.room();
    await probe.agent();
    await probe.run('probe', MOON);
    await probe.until(tasks, 'probe', ({ status }) => status?.output);
    assert.deepEqual(
      room
        .writes()
        .slice(settled)
        .map(({ verb, resource, name, body }) => [verb, resource, name, JSON.stringify(body)]),
      [],
    );
  });

  it('goes on after a restart where it was: held, waiting, with tools under way', async () => {
    const gate = Promise.withResolvers<void>();
    let arrivals = 0;
    const arrived = Promise.withResolvers<void>();
    await using server = await startHttp(async (_request, response) => {
      arrivals += 1;
      arrived.resolve();
      await gate.promise;
      response.end('moved');
    });
    const room = await stage.room({
      script: {
        rules: [
          {
            when: { user: 'move', turn: 1 },
            toolCalls: [
              { name: 'mover', arguments: {} },
              { name: 'reader', arguments: {} },
            ],
          },
          { text: 'so it is' },
        ],
      },
    });
    await room.create(
      tool(room.namespace, 'mover', { execute: { externalAPI: { url: `${server.url}/move`, method: 'POST' } } }),
      tool(room.namespace, 'reader', { readOnly: true, execute: { externalAPI: { url: `${server.url}/read` } } }),
    );
    await room.agent({ tools: [{ name: 'mover' }, { name: 'reader' }] });
    await room.create(task(room.namespace, 'moving', 'move it'));
    await arrived.promise;
    await until(
      stage.client,
      taskRunToolCalls,
      room.key('moving-1-toolcall-02'),
      ({ status }) => status?.phase === 'Running',
    );
    await stage.stop();
    gate.resolve();
    await stage.start();
    const run = await room.untilEnded('moving-1');
    assert.equal(run.status?.phase, 'FinalAnswer');
    const [moved, read] = run.status?.contextWindow?.filter(({ role }) => role === 'tool') ?? [];
    assert.match(moved?.content ?? '', /unknown.*may or may not have taken effect; verify before repeating/);
    assert.match(read?.content ?? '', /moved/);
    await room.untilEvent('OutcomeUnknown', 'moving-1-toolcall-01');
    assert.ok(arrivals <= 3, String(arrivals));
  });

  it('fails the run instead of telling the model where the agent wants that of unknown outcomes', async () => {
    const arrived = Promise.withResolvers<void>();
    await using server = await startHttp((request) => {
      request.resume();
      arrived.resolve();
    });
    const room = await stage.room({ script: { rules: [{ toolCalls: [{ name: 'mover', arguments: {} }] }] } });
    await room.create(
      tool(room.namespace, 'mover', { execute: { externalAPI: { url: `${server.url}/`, method: 'POST' } } }),
    );
    await room.agent({ tools: [{ name: 'mover' }], onUnknownOutcome: 'Fail' });
    await room.create(task(room.namespace, 'strict', 'go'));
    await arrived.promise;
    await stage.restart();
    const run = await room.untilEnded('strict-1');
    assert.equal(run.status?.phase, 'Failed');
    assert.match(run.status?.error ?? '', /^tool call strict-1-toolcall-01: The outcome of this tool call is unknown/);
  });

  it('never lets a secret out: not into a log, not into an event, not into an object', async () => {
    const canary = 'sk-canary-4f1c9b7e2d5a';
    const token = 'canary-token-77aa88bb99';
    await using server = await startHttp((request, response) => {
      response.statusCode = 500;
      // An API that tells everyone what it was told.
      response.end(`your header was ${request.headers.authorization}`);
    });
    const room: Room = await stage.room({
      script: {
        rules: [
          {
            when: { turn: 1 },
            toolCalls: [
              { name: 'leaky', arguments: {} },
              { name: 'env__echo', arguments: {} },
            ],
          },
          { times: 1, fault: { status: 401, message: `Incorrect API key provided: ${canary}` } },
          { text: 'well' },
        ],
      },
    });
    const { namespace } = room;
    await room.create(
      secret(namespace, 'openai', { OPENAI_API_KEY: canary }),
      secret(namespace, 'leaky', { token }),
      llm(namespace, 'gpt-4o', room.model.url),
      tool(namespace, 'leaky', {
        execute: { externalAPI: { url: `${server.url}/x`, credentialsFrom: { name: 'leaky', key: 'token' } } },
      }),
      mcpServer(namespace, 'env', {
        transport: 'stdio',
        command: process.execPath,
        args: [HOSTILE, 'environment'],
        env: [{ name: 'SECRET', valueFrom: { secretKeyRef: { name: 'leaky', key: 'token' } } }],
      }),
      mcpServer(namespace, 'dies', {
        transport: 'stdio',
        command: process.execPath,
        args: [HOSTILE, 'die'],
        env: [{ name: 'SECRET', valueFrom: { secretKeyRef: { name: 'leaky', key: 'token' } } }],
      }),
      agent(namespace, 'assistant', { tools: [{ name: 'leaky' }], mcpServers: [{ name: 'env' }] }),
    );
    await room.until(agents, 'assistant', ({ status }) => status?.ready);
    await room.run('loud', 'go');
    await room.until(mcpServers, 'dies', ({ status }) => status?.status === 'Error');
    // A bad key that is named in the provider's refusal.
    await stage.client.patch(secrets, room.key('openai'), {
      type: 'merge',
      body: { data: { OPENAI_API_KEY: Buffer.from(`bad-${canary}`).toString('base64') } },
    });
    await stage.client.patch(llms, room.key('gpt-4o'), { type: 'merge', body: { spec: { maxTokens: 10 } } });
    await room.until(llms, 'gpt-4o', ({ status }) => status?.status === 'Error');
    await room.untilEvent('ConnectionFailed', 'dies');

    const logs = stage.logger.entries.map((entry) => JSON.stringify(entry));
    const objects: string[] = [];
    for (const kind of KINDS) {
      const { items } = await stage.client.list(kind as typeof llms, { namespace });
      objects.push(...items.map((item) => JSON.stringify(item)));
    }
    const told = (await stage.client.list(events, { namespace })).items.map((event) => JSON.stringify(event));
    assert.ok(objects.length > 8 && told.length > 4);
    const wire = room.writes().map(({ body }) => JSON.stringify(body));
    for (const value of [canary, token]) {
      for (const text of [...logs, ...objects, ...told, ...wire]) {
        const at = text.indexOf(value);
        assert.equal(at, -1, `a secret is in: ${text.slice(Math.max(0, at - 300), at + 100)}`);
      }
    }
    // The tool's token reached the model's side neither.
    assert.ok(!JSON.stringify(room.model.chats()).includes(token));
  });

  it('has conditions that kubectl wait can wait for', async () => {
    const room = await stage.room({
      script: { rules: [{ when: { user: 'fail' }, fault: { status: 400, message: 'no' } }, { text: 'yes' }] },
    });
    await room.create(tool(room.namespace, 'add', { execute: { builtin: { name: 'add' } } }));
    await room.agent();
    await room.run('good', 'please');
    await room.run('bad', 'fail');
    type Conditioned = KubeObject & { status?: { conditions?: { type: string; status: string }[] } };
    for (const [resource, name, type] of [
      [llms, 'gpt-4o', 'Ready'],
      [tools, 'add', 'Ready'],
      [agents, 'assistant', 'Ready'],
      [tasks, 'good', 'Complete'],
      [tasks, 'bad', 'Failed'],
      [taskRuns, 'good-1', 'Complete'],
      [taskRuns, 'bad-1', 'Failed'],
    ] as const) {
      await room.until(resource as Resource<Conditioned>, name, ({ status }) =>
        status?.conditions?.some((one) => one.type === type && one.status === 'True'),
      );
    }
  });

  it('reads Secrets by name and only those that are named', () => {
    assert.ok(stage.operator.secretReads.length > 0);
    assert.ok(stage.operator.secretReads.every((name) => /\/(openai|env|leaky)$/.test(name)));
  });

  it('has nothing to report that it could not handle', () => {
    const errors = stage.logger.entries.filter(({ level }) => level === 'error');
    assert.deepEqual(
      errors.map(({ message, fields }) => [message, fields]),
      [],
    );
  });

  it('keeps to the names that labels and objects may have, however long the parent’s', async () => {
    const room = await stage.room({
      script: {
        rules: [{ when: { turn: 1 }, toolCalls: [{ name: 'add', arguments: { a: 1, b: 2 } }] }, { text: 'three' }],
      },
    });
    await room.create(tool(room.namespace, 'add', { execute: { builtin: { name: 'add' } } }));
    const name = `a${'.long-name'.repeat(25)}`.slice(0, 253);
    await room.agent({ tools: [{ name: 'add' }] });
    await room.create(agent(room.namespace, name, { tools: [{ name: 'add' }] }));
    await room.create(
      task(room.namespace, name, 'go', { agentRef: { name } }),
      task(room.namespace, `${name.slice(0, 250)}xyz`, 'go'),
    );
    const runs = await untilAmong(stage.client, taskRuns, { namespace: room.namespace }, (all) =>
      all.length === 2 && all.every(ended) ? all : undefined,
    );
    assert.equal(new Set(runs.map(({ metadata }) => metadata.name)).size, 2);
    for (const run of runs) assert.equal(run.status?.phase, 'FinalAnswer', run.status?.statusDetail ?? '');
    const children = [...runs, ...(await stage.client.list(taskRunToolCalls, { namespace: room.namespace })).items];
    assert.equal(children.length, 4);
    for (const { metadata } of children) {
      assert.ok((metadata.name ?? '').length <= 63);
      for (const value of Object.values(metadata.labels ?? {}))
        assert.match(value, /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/);
    }
    await room.create(taskRun(room.namespace, name, name));
    assert.equal((await room.untilEnded(name)).status?.phase, 'FinalAnswer');
  });
});
