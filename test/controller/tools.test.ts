import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { taskRunToolCalls, tasks, tools } from '../../api/index.ts';
import type { Rule } from '../../cli/simulate-openai/index.ts';
import { startHttp } from '../support/http.ts';
import { secret, tool } from '../support/objects.ts';
import type { Room, Stage } from '../support/operator.ts';
import { startStage } from '../support/operator.ts';

const ADD = { execute: { builtin: { name: 'add' as const } } };

/** A model that asks for `calls` in its first answer and then says "done". */
const once = (...calls: NonNullable<Rule['toolCalls']>): { rules: Rule[] } => ({
  rules: [{ when: { turn: 1 }, toolCalls: calls }, { text: 'done' }],
});

describe('tool calls', function () {
  this.timeout(60_000);
  let stage: Stage;
  before(async () => {
    stage = await startStage();
  });
  after(() => stage?.[Symbol.asyncDispose]());

  async function withTools(room: Room, specs: Record<string, Parameters<typeof tool>[2]>): Promise<void> {
    for (const [name, spec] of Object.entries(specs)) await room.create(tool(room.namespace, name, spec));
    await room.agent({ tools: Object.keys(specs).map((name) => ({ name })) });
  }
  const callOf = (room: Room, name: string) => stage.client.get(taskRunToolCalls, room.key(name));
  /** What the model was told of each tool call in its last request: id → text. */
  const results = (room: Room) =>
    Object.fromEntries(
      (room.model.chats().at(-1)?.messages ?? [])
        .filter(({ role }) => role === 'tool')
        .map(({ tool_call_id, content }) => [tool_call_id, content]),
    );

  it('executes a builtin and answers from its result', async () => {
    const room = await stage.room();
    await withTools(room, { add: ADD });
    const run = await room.run('sum', 'What is 2 plus 3?');
    assert.equal(run.status?.phase, 'FinalAnswer');
    assert.match(run.status?.output ?? '', /\b5\b/);
    assert.equal(run.status?.toolCallCount, 1);
    assert.equal(run.status?.usage?.modelCalls, 2);
    assert.equal(run.status?.messageCount, 5);
    assert.deepEqual(
      run.status?.contextWindow?.map(({ role }) => role),
      ['system', 'user', 'assistant', 'tool', 'assistant'],
    );

    const call = await callOf(room, 'sum-1-toolcall-01');
    assert.equal(call.status?.phase, 'Succeeded');
    assert.equal(call.status?.result, '5');
    assert.equal(call.status?.statusDetail, 'Tool executed successfully');
    assert.deepEqual(call.spec.tool, { kind: 'Tool', name: 'add' });
    assert.equal(call.spec.toolRef.name, 'add');
    assert.equal(call.spec.turn, 1);
    assert.deepEqual(JSON.parse(call.spec.arguments), { a: 2, b: 3 });
    assert.equal(call.metadata.labels?.['kubechain.humanlayer.dev/taskruntoolcall'], 'sum-1');
    assert.equal(call.metadata.ownerReferences?.[0]?.kind, 'TaskRun');
    assert.equal(call.metadata.ownerReferences?.[0]?.uid, run.metadata.uid);
    assert.equal(
      (await room.untilEvent('ExecutionSucceeded', 'sum-1-toolcall-01')).message,
      'Tool executed successfully',
    );
    assert.equal(
      (await room.untilEvent('ToolCallCreated', 'sum-1')).message,
      'Created TaskRunToolCall sum-1-toolcall-01',
    );
  });

  it('costs no more than ten objects and six events with one tool call', async () => {
    const room = await stage.room();
    await withTools(room, { add: ADD });
    await room.run('cheap', 'What is 2 plus 3?');
    await room.untilEvent('LLMFinalAnswer', 'cheap-1');
    await room.until(tasks, 'cheap', ({ status }) => status?.output);
    const writes = room.writes().filter(({ name }) => name.startsWith('cheap'));
    const objects = writes.filter(({ resource }) => resource !== 'events');
    // The Task's own create is one more.
    const told = objects.map(({ verb, resource }) => `${verb} ${resource}`);
    assert.ok(told.length + 1 <= 10, told.join(', '));
    assert.ok(writes.length - objects.length <= 6, String(writes.length - objects.length));
  });

  it('runs parallel calls of several turns and gives the results in the order they were asked for', async () => {
    const room = await stage.room({
      script: {
        rules: [
          {
            when: { turn: 1 },
            toolCalls: [
              { name: 'add', arguments: { a: 1, b: 1 }, id: 'call_a' },
              { name: 'multiply', arguments: { a: 7, b: 6 }, id: 'call_b' },
              { name: 'add', arguments: { a: 10, b: 10 }, id: 'call_c' },
            ],
          },
          {
            when: { turn: 2 },
            toolCalls: [
              { name: 'multiply', arguments: { a: 2, b: 20 }, id: 'call_d' },
              { name: 'add', arguments: { a: 3, b: 4 }, id: 'call_a' },
            ],
          },
          { text: 'all done' },
        ],
      },
    });
    await withTools(room, { add: ADD, multiply: { execute: { builtin: { name: 'multiply' } } } });
    const run = await room.run('many', 'go');
    assert.equal(run.status?.output, 'all done');
    const last = room.model.chats().at(-1)?.messages ?? [];
    assert.deepEqual(
      last.filter(({ role }) => role === 'tool').map(({ content }) => content),
      ['2', '42', '20', '40', '7'],
    );
    // What was sent before is the beginning of what is sent after.
    const chats = room.model.chats();
    assert.equal(chats.length, 3);
    for (const [index, chat] of chats.slice(1).entries()) {
      assert.deepEqual(chat.messages.slice(0, chats[index]?.messages.length), chats[index]?.messages);
      assert.equal(chat.status, 200);
    }
    const { items } = await stage.client.list(taskRunToolCalls, { namespace: room.namespace });
    assert.deepEqual(
      items.map(({ metadata, spec }) => [metadata.name, spec.turn]).sort(),
      [1, 2, 3, 4, 5].map((n) => [`many-1-toolcall-0${n}`, n <= 3 ? 1 : 2]),
    );
    // A model may give an id twice in one conversation; in one answer it may not, and ours are told apart by their object.
    assert.equal(run.status?.toolCallCount, 5);
  });

  it('gives the order back also where the first call ends last', async () => {
    const gate = Promise.withResolvers<void>();
    await using server = await startHttp(async (request, response) => {
      if (request.url?.startsWith('/slow') === true) await gate.promise;
      response.end(request.url);
      if (request.url?.startsWith('/fast') === true) gate.resolve();
    });
    const { url } = server;
    const room = await stage.room({
      script: once({ name: 'slow', id: 'call_slow' }, { name: 'fast', id: 'call_fast' }),
    });
    await withTools(room, {
      slow: { execute: { externalAPI: { url: `${url}/slow` } } },
      fast: { execute: { externalAPI: { url: `${url}/fast` } } },
    });
    await room.run('race', 'go');
    const told = (room.model.chats().at(-1)?.messages ?? []).filter(({ role }) => role === 'tool');
    assert.deepEqual(
      told.map(({ tool_call_id }) => tool_call_id),
      ['call_slow', 'call_fast'],
    );
    assert.match(String(told[0]?.content), /\/slow/);
    assert.match(String(told[1]?.content), /\/fast/);
  });

  it('tells the model what is wrong with a call, and goes on', async () => {
    const room = await stage.room({
      script: once(
        { name: 'nonsuch', arguments: {}, id: 'call_unknown' },
        { name: 'add', arguments: 'this is no JSON', id: 'call_nojson' },
        { name: 'add', arguments: { a: 'two', b: 3 }, id: 'call_badtype' },
        { name: 'add', arguments: { a: 2 }, id: 'call_missing' },
        { name: 'divide', arguments: { a: 1, b: 0 }, id: 'call_zero' },
        { name: 'add', arguments: '[1, 2]', id: 'call_array' },
        { name: 'add', arguments: '{"__proto__": {"a": 1, "b": 2}, "constructor": 1}', id: 'call_proto' },
        { name: 'add', arguments: { a: 20, b: 22 }, id: 'call_good' },
      ),
    });
    await withTools(room, { add: ADD, divide: { execute: { builtin: { name: 'divide' } } } });
    const run = await room.run('faults', 'go');
    assert.equal(run.status?.phase, 'FinalAnswer');
    const told = results(room);
    assert.match(told.call_unknown, /Unknown tool "nonsuch"/);
    assert.match(told.call_nojson, /Invalid arguments JSON/);
    assert.match(told.call_badtype, /\ba\b/);
    assert.match(told.call_missing, /\bb\b/);
    assert.match(told.call_zero, /Division by zero/);
    assert.match(told.call_array, /object/);
    assert.match(told.call_proto, /\ba\b/);
    assert.equal(told.call_good, '42');
    for (const text of Object.values(told)) assert.notEqual(text, '');
    assert.equal(Object.keys(Object.prototype).length, 0);

    const failed = await callOf(room, 'faults-1-toolcall-01');
    assert.equal(failed.status?.phase, 'Failed');
    assert.match(failed.status?.error ?? '', /Unknown tool "nonsuch"/);
    assert.equal(failed.spec.tool, undefined);
    await room.untilEvent('ExecutionFailed', 'faults-1-toolcall-01');
  });

  it('calls an HTTP API with a credential from a Secret and tells the model of its errors', async () => {
    const seen: { url: string | undefined; auth: string | undefined; key: unknown; body: string }[] = [];
    await using server = await startHttp(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const { url, headers } = request;
      seen.push({ url, auth: headers.authorization, key: headers['idempotency-key'], body });
      response.statusCode = url?.includes('missing') === true ? 404 : 200;
      response.end(url?.includes('missing') === true ? 'no such order' : 'order 17 is on its way');
    });
    const { url } = server;
    const room = await stage.room({
      script: once(
        { name: 'order', arguments: { id: '17' }, id: 'call_order' },
        { name: 'order', arguments: { id: 'missing' }, id: 'call_missing' },
      ),
    });
    await room.create(secret(room.namespace, 'orders', { token: 'orders-token-123456' }));
    await withTools(room, {
      order: {
        description: 'Finds an order.',
        parameters: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
        execute: { externalAPI: { url: `${url}/orders/{id}`, credentialsFrom: { name: 'orders', key: 'token' } } },
      },
    });
    await room.run('http', 'go');
    const told = results(room);
    assert.match(told.call_order, /order 17 is on its way/);
    assert.match(told.call_missing, /404/);
    assert.match(told.call_missing, /no such order/);
    assert.deepEqual(
      seen.map(({ auth }) => auth),
      ['Bearer orders-token-123456', 'Bearer orders-token-123456'],
    );
    const call = await callOf(room, 'http-1-toolcall-01');
    assert.ok(seen.some(({ key }) => key === call.metadata.uid));
  });

  it('says why a Tool cannot be used', async () => {
    const room = await stage.room();
    const broken = {
      'no-schema': { ...ADD, parameters: { type: 'strnig' } },
      'array-schema': { ...ADD, parameters: { type: 'array', items: {} } },
      'remote-ref': { ...ADD, parameters: { $ref: 'http://169.254.169.254/latest' } },
      'bad-template': { execute: { externalAPI: { url: 'https://{host}/x' } } },
      nobody: { agentRef: { name: 'nobody' } },
    };
    for (const [name, spec] of Object.entries(broken)) await room.create(tool(room.namespace, name, spec));
    const detail = async (name: string) => {
      const { status } = await room.until(tools, name, ({ status }) => status?.statusDetail);
      assert.equal(status?.ready, false, name);
      return status?.statusDetail ?? '';
    };
    assert.match(await detail('no-schema'), /^spec\.parameters: not a JSON Schema/);
    assert.match(await detail('array-schema'), /^spec\.parameters: .*object/);
    assert.match(await detail('remote-ref'), /^spec\.parameters: /);
    assert.match(await detail('bad-template'), /^spec\.execute\.externalAPI: /);
    assert.equal(await detail('nobody'), 'Waiting for Agent "nobody" to exist');
    await room.untilEvent('ValidationFailed', 'no-schema');

    await stage.client.patch(tools, room.key('no-schema'), { type: 'merge', body: { spec: { parameters: null } } });
    await room.until(
      tools,
      'no-schema',
      ({ status }) => status?.ready && status.statusDetail === 'Tool validation successful',
    );
  });
});
