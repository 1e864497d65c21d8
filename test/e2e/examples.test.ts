import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { agents, mcpServers, taskRuns, taskRunToolCalls } from '../../api/index.ts';
import type { KubeObject } from '../../kube/index.ts';
import { ROOT } from '../cli/support/kubechain.ts';
import { GOOD_KEY, llm, secret } from '../support/objects.ts';
import { type Room, type RoomOptions, type Stage, startStage } from '../support/operator.ts';

/** The objects of an example, in the order in which `kubectl apply -f FOLDER` applies them. */
function example(folder: string): KubeObject[] {
  const path = join(ROOT, 'examples', folder);
  const files = readdirSync(path).filter((name) => name.endsWith('.yaml'));
  return files.sort().flatMap((file) =>
    parseAllDocuments(readFileSync(join(path, file), 'utf8')).map((document) => {
      assert.deepEqual(document.errors, [], `${folder}/${file}`);
      return document.toJS() as KubeObject;
    }),
  );
}

describe('examples', function () {
  this.timeout(60_000);
  let stage: Stage;
  before(async () => {
    stage = await startStage();
  });
  after(() => stage[Symbol.asyncDispose]());

  /** A namespace with the example's objects, and with what getting-started makes where the example builds on that. */
  async function apply(folder: string, options: RoomOptions = {}): Promise<Room> {
    const room = await stage.room(options);
    await room.create(secret(room.namespace, 'openai', { OPENAI_API_KEY: GOOD_KEY }));
    const objects = example(folder).map((object) => ({
      ...object,
      metadata: { ...object.metadata, namespace: room.namespace },
    }));
    // The LLM's provider is not reached from here: same name, our model.
    await room.create(llm(room.namespace, 'gpt-4o', room.model.url));
    await room.create(...objects.filter(({ kind }) => kind !== 'LLM'));
    return room;
  }

  it('getting-started answers', async () => {
    const [, model] = example('getting-started');
    assert.deepEqual(
      example('getting-started').map(({ kind, metadata }) => `${kind} ${metadata.name}`),
      ['Agent my-assistant', 'LLM gpt-4o', 'Task hello-world-task'],
    );
    assert.deepEqual((model as unknown as { spec: object }).spec, {
      provider: 'openai',
      apiKeyFrom: { secretKeyRef: { name: 'openai', key: 'OPENAI_API_KEY' } },
    });
    const room = await apply('getting-started');
    const run = await room.untilEnded('hello-world-task-1');
    assert.match(run.status?.output ?? '', /^The Moon does not have a capital/);
  });

  it('builtin-tools calculates, one tool call after the other', async () => {
    const room = await apply('builtin-tools', {
      script: {
        rules: [
          {
            when: { turn: 1 },
            toolCalls: [
              { name: 'add', arguments: { a: 2, b: 3 } },
              { name: 'multiply', arguments: { a: 6, b: 7 } },
            ],
          },
          { when: { turn: 2 }, text: 'Done.' },
        ],
      },
    });
    const run = await room.untilEnded('six-times-seven-1');
    assert.equal(run.status?.output, 'Done.');
    const { items } = await stage.client.list(taskRunToolCalls, { namespace: room.namespace });
    assert.deepEqual(items.map(({ metadata, status }) => [metadata.name, status?.result]).sort(), [
      ['six-times-seven-1-toolcall-01', '5'],
      ['six-times-seven-1-toolcall-02', '42'],
    ]);
    // The tools are offered with descriptions and schemas, also where the YAML leaves them to the function.
    const [first] = room.model.chats();
    const offered = first?.body.tools as { function: { name: string; description: string; parameters: object } }[];
    assert.deepEqual(offered.map((tool) => tool.function.name).sort(), ['add', 'multiply']);
    for (const { function: tool } of offered) assert.ok(tool.description !== '' && 'properties' in tool.parameters);
  });

  it('builtin-tools works with the simulated model as it is', async () => {
    const room = await apply('builtin-tools');
    assert.equal((await room.untilEnded('six-times-seven-1')).status?.output, 'The result is 42.');
  });

  it('container-tools runs a program for each call', async () => {
    const room = await apply('container-tools');
    const run = await room.untilEnded('notarize-1');
    const { items } = await stage.client.list(taskRunToolCalls, { namespace: room.namespace });
    const [call] = items;
    assert.equal(items.length, 1);
    const sum = createHash('sha256')
      .update(call?.spec.arguments ?? '')
      .digest('hex');
    assert.equal(call?.status?.result?.trim(), `${sum}  -`);
    assert.match(run.status?.output ?? '', new RegExp(sum));
  });

  it('mcp calls a tool of a real server from npm', async () => {
    const room = await apply('mcp');
    const server = await room.until(mcpServers, 'everything', ({ status }) => status?.ready);
    assert.ok((server.status?.tools?.length ?? 0) > 3);
    await room.until(agents, 'mcp-assistant', ({ status }) => status?.ready);
    const run = await room.untilEnded('echo-task-1');
    assert.equal(run.status?.output, 'everything__echo answered: Echo: Hello from MCP');
  });

  it('delegation asks the other agent and passes its answer on', async () => {
    const room = await apply('delegation', {
      script: {
        rules: [
          { when: { system: 'You are a poet' }, text: 'Old moon, no palace' },
          { when: { turn: 2 }, text: 'The poet wrote: Old moon, no palace' },
        ],
      },
    });
    const run = await room.untilEnded('haiku-task-1');
    assert.equal(run.status?.output, 'The poet wrote: Old moon, no palace');
    const { items } = await stage.client.list(taskRuns, { namespace: room.namespace });
    const child = items.find(({ spec }) => spec.taskRunToolCallRef?.name === 'haiku-task-1-toolcall-01');
    assert.equal(child?.status?.output, 'Old moon, no palace');
  });
});
