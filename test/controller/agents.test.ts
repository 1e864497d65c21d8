import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { after, before, describe, it } from 'mocha';
import type { Agent, TaskRun } from '../../api/index.ts';
import { agentRevisions, agents, taskRuns, tasks, tools } from '../../api/index.ts';
import { createOperator } from '../../controller/index.ts';
import type { KubeObject } from '../../kube/index.ts';
import { createKubeClient, loadKubeConfig, systemClock } from '../../kube/index.ts';
import { startApiProxy } from '../support/apiProxy.ts';
import { createRecordingLogger } from '../support/logger.ts';
import { startModelServer } from '../support/modelServer.ts';
import { agent, GOOD_KEY, llm, mcpServer, namespaces, secret, task, taskRun, tool } from '../support/objects.ts';
import type { Room, Stage } from '../support/operator.ts';
import { createRoom, ended, startStage } from '../support/operator.ts';
import { untilAmong } from '../support/waiting.ts';

const INVOICES = fileURLToPath(new URL('../durability/programs/invoices.ts', import.meta.url));
const MOON = 'What is the capital of the moon?';

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, index) =>
    permutations([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  );
}

describe('agents', function () {
  this.timeout(60_000);
  let stage: Stage;
  before(async () => {
    stage = await startStage();
  });
  after(() => stage?.[Symbol.asyncDispose]());

  it('says exactly what it waits for, and is ready when all of it is', async () => {
    const room = await stage.room();
    await room.create(
      agent(room.namespace, 'assistant', {
        tools: [{ name: 'add' }, { name: 'ask' }],
        mcpServers: [{ name: 'invoices' }],
      }),
    );
    const detail = (expected: string) =>
      room.until(agents, 'assistant', ({ status }) => status?.statusDetail === expected);
    const first = await detail(
      'Waiting for LLM "gpt-4o" to exist; Tool "add" to exist; Tool "ask" to exist; MCPServer "invoices" to exist',
    );
    assert.equal(first.status?.status, 'Pending');
    assert.equal(first.status?.conditions?.[0]?.status, 'Unknown');
    await room.create(tool(room.namespace, 'add', { execute: { builtin: { name: 'add' } } }));
    await detail('Waiting for LLM "gpt-4o" to exist; Tool "ask" to exist; MCPServer "invoices" to exist');
    await room.create(tool(room.namespace, 'ask', { agentRef: { name: 'other' } }));
    await detail(
      'Waiting for LLM "gpt-4o" to exist; Tool "ask" to be ready (Waiting for Agent "other" to exist); MCPServer "invoices" to exist',
    );
    await room.create(llm(room.namespace, 'gpt-4o', room.model.url));
    const faulty = await room.until(agents, 'assistant', ({ status }) => status?.status === 'Error');
    assert.match(
      faulty.status?.statusDetail ?? '',
      /^Waiting for LLM "gpt-4o" to be ready \(secret "openai" not found\); Tool "ask"/,
    );
    await room.untilEvent('ValidationFailed', 'assistant');
    await room.create(
      secret(room.namespace, 'openai', { OPENAI_API_KEY: GOOD_KEY }),
      agent(room.namespace, 'other'),
      mcpServer(room.namespace, 'invoices', {
        transport: 'stdio',
        command: process.execPath,
        args: [INVOICES, '/dev/null'],
      }),
    );
    const ready = await room.until(agents, 'assistant', ({ status }) => status?.ready);
    assert.deepEqual(ready.status?.validTools, [
      { kind: 'Tool', name: 'add' },
      { kind: 'Tool', name: 'ask' },
    ]);
    assert.deepEqual(ready.status?.validMCPServers, [{ name: 'invoices', tools: ['pay', 'look_up'] }]);
    const revision = await stage.client.get(agentRevisions, room.key(ready.status?.currentRevision ?? ''));
    assert.deepEqual(
      revision.spec.tools.map(({ functionName, kind, name }) => [functionName, kind, name]),
      [
        ['add', 'Tool', 'add'],
        ['ask', 'Tool', 'ask'],
        ['invoices__pay', 'MCPServer', 'invoices'],
        ['invoices__look_up', 'MCPServer', 'invoices'],
      ],
    );
    await stage.client.delete(tools, room.key('add'));
    await detail('Waiting for Tool "add" to exist');
  });

  it('heals in whatever order the objects come, and the run with it', async function () {
    this.timeout(60_000);
    const room = await stage.room();
    // One in forty-seven of the 720 orders: each starts an MCP server of its own.
    const orders = permutations(['secret', 'llm', 'tool', 'server', 'agent', 'task']).filter((_, n) => n % 47 === 0);
    await Promise.all(orders.map((order, index) => heal(room, order, `o${index}`)));
  });

  it('is ready a moment after the last of its dependencies is', async () => {
    const delays: string[] = [];
    for (const last of ['llm', 'tool', 'server']) {
      const room = await stage.room();
      const rest = ['secret', 'llm', 'tool', 'server'].filter((kind) => kind !== last);
      await heal(room, ['agent', ...rest, last, 'task'], last);
      const readyAt = (resource: string) =>
        room
          .writes()
          .find(
            (write) =>
              write.resource === resource &&
              /status\/ready","value":true|"ready":true/.test(JSON.stringify(write.body)),
          )?.at ?? Number.NaN;
      const dependencies = Math.max(...['llms', 'tools', 'mcpservers'].map(readyAt));
      const delay = readyAt('agents') - dependencies;
      assert.ok(delay >= 0, String(delay));
      delays.push(`${last} ${delay.toFixed(0)} ms`);
    }
    process.stdout.write(`      ready after the last dependency: ${delays.join(', ')}\n`);
  });

  async function heal(room: Room, order: readonly string[], id: string): Promise<void> {
    const { namespace } = room;
    const objects: Record<string, KubeObject> = {
      secret: secret(namespace, `key-${id}`, { OPENAI_API_KEY: GOOD_KEY }),
      llm: llm(namespace, `llm-${id}`, room.model.url, {
        apiKeyFrom: { secretKeyRef: { name: `key-${id}`, key: 'OPENAI_API_KEY' } },
      }),
      tool: tool(namespace, `tool-${id}`, { execute: { builtin: { name: 'add' } } }),
      server: mcpServer(namespace, `mcp-${id}`, {
        transport: 'stdio',
        command: process.execPath,
        args: [INVOICES, '/dev/null'],
      }),
      agent: agent(namespace, `agent-${id}`, {
        llmRef: { name: `llm-${id}` },
        tools: [{ name: `tool-${id}` }],
        mcpServers: [{ name: `mcp-${id}` }],
      }),
      task: task(namespace, `task-${id}`, MOON, { agentRef: { name: `agent-${id}` } }),
    };
    for (const kind of order) await room.create(objects[kind] as KubeObject);
    await room.until(agents, `agent-${id}`, ({ status }) => status?.ready);
    assert.equal((await room.untilEnded(`task-${id}-1`)).status?.phase, 'FinalAnswer', order.join(' '));
  }

  it('runs a Task made right after a change of the Agent on the changed Agent, however late the watch', async () => {
    await using model = await startModelServer();
    await using proxy = await startApiProxy(stage.kubeConfig);
    const { metadata } = await stage.client.create(namespaces, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { generateName: 'kc-late-' },
    });
    const namespace = metadata.name ?? '';
    const client = createKubeClient({
      kubeConfig: loadKubeConfig({ path: proxy.kubeconfigPath, env: {} }),
      fieldManager: 'kubechain-operator',
    });
    const stopping = new AbortController();
    const operator = createOperator({
      client,
      clock: systemClock,
      logger: createRecordingLogger(),
      identity: 'late',
      namespace,
    }).run(stopping.signal);
    const room = createRoom(namespace, stage.client, stage.operator, model);
    try {
      await room.agent({ system: 'I am the old one.' });
      await room.run('before', MOON);
      let late = 0;
      proxy.watchDelay = (path) => {
        if (!path.endsWith('/agents')) return 0;
        late += 1;
        return 2000;
      };
      await stage.client.patch(agents, room.key('assistant'), {
        type: 'merge',
        body: { spec: { system: 'I am the new one.' } },
      });
      const run = await room.run('after', MOON);
      assert.equal(run.status?.contextWindow?.[0]?.content, 'I am the new one.');
      assert.equal(model.chats().at(-1)?.messages[0]?.content, 'I am the new one.');
      assert.ok(late > 0);

      // The same for a run that a user creates right after a change of the Task.
      proxy.watchDelay = (path) => (path.endsWith('/tasks') ? 2000 : 0);
      await stage.client.patch(tasks, room.key('before'), {
        type: 'merge',
        body: { spec: { message: 'What is new?' } },
      });
      await room.create(taskRun(namespace, 'by-hand', 'before'));
      assert.equal((await room.untilEnded('by-hand')).status?.userMsgPreview, 'What is new?');
    } finally {
      stopping.abort();
      await operator;
      await client.close();
      await stage.client.delete(namespaces, { name: namespace });
    }
  });

  it('gives an Agent that is put back as it was the revision it had, and keeps as many as the limit', async () => {
    const room = await stage.room();
    const first = await room.agent({ system: 'one', revisionHistoryLimit: 1 });
    const change = async (system: string): Promise<Agent> => {
      const { metadata } = await stage.client.patch(agents, room.key('assistant'), {
        type: 'merge',
        body: { spec: { system }, metadata: { annotations: { 'example.com/by': system } } },
      });
      return room.until(
        agents,
        'assistant',
        ({ status }) => status?.ready && status.observedGeneration === metadata.generation,
      );
    };
    const second = await change('two');
    assert.notEqual(second.status?.currentRevision, first.status?.currentRevision);
    const back = await change('one');
    assert.equal(back.status?.currentRevision, first.status?.currentRevision);
    await change('three');
    const left = await untilAmong(stage.client, agentRevisions, { namespace: room.namespace }, (all) =>
      all.length === 2 ? all : undefined,
    );
    assert.ok(left.some(({ spec }) => spec.system === 'three'));
  });

  it('does not let two of its tools have one name', async () => {
    const room = await stage.room();
    const add = { name: 'calc', execute: { builtin: { name: 'add' as const } } };
    await room.create(tool(room.namespace, 'a', add), tool(room.namespace, 'b', add));
    await room.create(
      secret(room.namespace, 'openai', { OPENAI_API_KEY: GOOD_KEY }),
      llm(room.namespace, 'gpt-4o', room.model.url),
      agent(room.namespace, 'assistant', { tools: [{ name: 'a' }, { name: 'b' }] }),
    );
    const clash = await room.until(agents, 'assistant', ({ status }) =>
      /both call themselves/.test(status?.statusDetail ?? ''),
    );
    assert.equal(
      clash.status?.statusDetail,
      'Tools "a" and "b" both call themselves "calc": give one another spec.name',
    );
    assert.equal(clash.status?.status, 'Error');
  });

  it('pins a run: what changes while it runs counts for the next one', async () => {
    const room = await stage.room();
    await room.create(tool(room.namespace, 'add', { execute: { builtin: { name: 'add' } } }));
    await room.agent({ system: 'old', tools: [{ name: 'add' }] });
    room.model.hold();
    await room.create(task(room.namespace, 'pinned', 'What is 2 plus 3?'));
    await room.model.untilHeld(1);
    await stage.client.patch(agents, room.key('assistant'), {
      type: 'merge',
      body: { spec: { system: 'new', tools: [] } },
    });
    await room.until(agents, 'assistant', ({ status }) => status?.observedGeneration === 2);
    room.model.release();
    const run: TaskRun = await room.until(taskRuns, 'pinned-1', ended);
    assert.match(run.status?.output ?? '', /\b5\b/);
    assert.deepEqual(new Set(room.model.chats().map(({ messages }) => messages[0]?.content)), new Set(['old']));
  });
});
