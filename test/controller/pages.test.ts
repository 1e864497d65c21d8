import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { contextPages, taskRuns } from '../../api/index.ts';
import { KubeError } from '../../kube/index.ts';
import { startHttp } from '../support/http.ts';
import { task, tool } from '../support/objects.ts';
import type { Stage } from '../support/operator.ts';
import { startStage } from '../support/operator.ts';
import { untilAmong } from '../support/waiting.ts';

const TURNS = 200;
/** Characters of each tool result: two hundred of them make many windows. */
const RESULT = 4000;

describe('long conversations', function () {
  this.timeout(120_000);
  let stage: Stage;
  before(async () => {
    stage = await startStage();
  });
  after(() => stage?.[Symbol.asyncDispose]());

  it('move into pages: nothing is lost or reordered, and no turn costs more than the one before', async () => {
    await using server = await startHttp((request, response) => {
      const turn = new URL(request.url ?? '', 'http://x').searchParams.get('turn');
      response.end(`turn ${turn}: ${'x'.repeat(RESULT)}`);
    });
    const room = await stage.room({
      script: {
        rules: [
          ...Array.from({ length: TURNS }, (_, index) => ({
            when: { turn: index + 1 },
            toolCalls: [{ name: 'read', arguments: { turn: String(index + 1) }, id: `call_${index + 1}` }],
          })),
          { text: 'read it all' },
        ],
      },
      model: { record: { maxRequests: 300, maxCharacters: 500_000_000 } },
    });
    await room.create(
      tool(room.namespace, 'read', {
        parameters: { type: 'object', properties: { turn: { type: 'string' } } },
        execute: { externalAPI: { url: `${server.url}/` } },
      }),
    );
    await room.agent({ tools: [{ name: 'read' }], maxTurns: TURNS + 1 });
    await room.create(task(room.namespace, 'long', 'read everything'));
    const run = await room.untilEnded('long-1', 100_000);
    assert.equal(run.status?.output, 'read it all', run.status?.statusDetail ?? '');
    assert.equal(run.status?.turns, TURNS + 1);

    // Whole, in order, in pages and window together.
    const { items } = await stage.client.list(contextPages, { namespace: room.namespace });
    const listed = run.status?.contextPages ?? [];
    assert.ok(listed.length >= 10, `${listed.length} pages`);
    const pages = listed.map(({ name }) => items.find(({ metadata }) => metadata.name === name));
    assert.equal(items.length, listed.length);
    let position = 0;
    for (const [index, page] of pages.entries()) {
      assert.equal(page?.spec.index, index + 1);
      assert.equal(page?.spec.firstMessage, position);
      assert.equal(page?.spec.messages.length, listed[index]?.messages);
      assert.equal(page?.metadata.ownerReferences?.[0]?.uid, run.metadata.uid);
      position += page?.spec.messages.length ?? 0;
    }
    const messages = [...pages.flatMap((page) => page?.spec.messages ?? []), ...(run.status?.contextWindow ?? [])];
    assert.equal(messages.length, 2 + 2 * TURNS + 1);
    assert.equal(run.status?.messageCount, messages.length);
    assert.deepEqual(
      messages.map(({ role }) => role),
      ['system', 'user', ...Array.from({ length: TURNS }, () => ['assistant', 'tool']).flat(), 'assistant'],
    );
    for (let turn = 1; turn <= TURNS; turn += 1) {
      assert.match(messages[2 * turn + 1]?.content ?? '', new RegExp(`turn ${turn}: x`));
      assert.equal(messages[2 * turn + 1]?.toolCallId, messages[2 * turn]?.toolCalls?.[0]?.id);
    }
    assert.ok(JSON.stringify(run).length < 120_000, 'the run itself stays small');

    // The model was sent all of it, each time.
    const chats = room.model.chats();
    assert.equal(chats.length, TURNS + 1);
    for (const [index, chat] of chats.entries()) {
      assert.equal(chat.messages.length, 2 + 2 * index);
      assert.equal(chat.status, 200);
    }

    // Bytes written for each turn: the run's patches and its pages. Averaged over windows' lengths, since a page now and then is big.
    const ofRun = room
      .writes()
      .filter(
        ({ resource, name }) =>
          ['taskruns', 'contextpages', 'taskruntoolcalls'].includes(resource) && name.startsWith('long-1'),
      );
    const answers = ofRun.flatMap((write, index) =>
      JSON.stringify(write.body).includes('"ToolCallsPending"') ? [index] : [],
    );
    assert.equal(answers.length, TURNS);
    const bytes = (from: number, to: number) =>
      ofRun.slice(answers[from], answers[to]).reduce((sum, write) => sum + write.bytes, 0) / (to - from);
    const early = bytes(0, 60);
    const late = bytes(TURNS - 61, TURNS - 1);
    process.stdout.write(`      bytes a turn: ${early.toFixed(0)} at first, ${late.toFixed(0)} at last\n`);
    assert.ok(late / early <= 1.2, `${early} → ${late}`);
  });

  it('are cut elsewhere when the model answers otherwise after a restart, and nothing is mixed up', async () => {
    const lengths = [30_000, 30_000, 60_000, 100];
    const script = (last: number) => ({
      rules: [
        ...lengths.slice(0, 3).map((length, index) => ({
          when: { turn: index + 1 },
          text: 'x'.repeat(index === 2 ? last : length),
          toolCalls: [{ name: 'add', arguments: { a: index, b: 1 }, id: `call_${index}` }],
        })),
        { text: 'done' },
      ],
    });
    const room = await stage.room({ script: script(60_000) });
    await room.create(tool(room.namespace, 'add', { execute: { builtin: { name: 'add' } } }));
    await room.agent({ tools: [{ name: 'add' }] });
    const ends = Promise.withResolvers<void>();
    let ending = false;
    stage.operator.beforeWrite = async ({ namespace, resource, name, body }) => {
      // The page is there; the run that is to list it is not written, and the operator ends.
      if (namespace !== room.namespace || resource !== 'taskruns' || name !== 'cut-1') return;
      if (!JSON.stringify(body).includes('contextPages') || ending) return;
      ending = true;
      ends.resolve(stage.stop());
      throw new KubeError('Network', 'the process ends here');
    };
    try {
      await room.create(task(room.namespace, 'cut', 'go'));
      await untilAmong(stage.client, contextPages, { namespace: room.namespace }, (pages) => pages.length > 0);
      await ends.promise;
      await room.model.become({ script: script(9_000) });
      await stage.start();
      const run = await room.untilEnded('cut-1');
      assert.equal(run.status?.output, 'done', run.status?.statusDetail ?? '');
      const pages = await Promise.all(
        (run.status?.contextPages ?? []).map(({ name }) => stage.client.get(contextPages, room.key(name))),
      );
      const messages = [...pages.flatMap(({ spec }) => spec.messages), ...(run.status?.contextWindow ?? [])];
      assert.deepEqual(
        messages.map(({ role, content }) => (role === 'assistant' ? content.length : role)),
        ['system', 'user', 30_000, 'tool', 30_000, 'tool', 9_000, 'tool', 4],
      );
      for (const { status } of room.model.chats()) assert.equal(status, 200);
    } finally {
      stage.operator.beforeWrite = undefined;
    }
  });

  it('page a first message that is larger than the window', async () => {
    const room = await stage.room({ script: { rules: [{ text: 'quite a text' }] } });
    await room.agent({ system: 's'.repeat(90_000) });
    const run = await room.run('large', 'm'.repeat(100_000), { everythingThatHappenedSoFar: ['h'.repeat(60_000)] });
    assert.equal(run.status?.output, 'quite a text');
    assert.ok((run.status?.contextPages ?? []).length >= 1);
    const [chat] = room.model.chats();
    assert.deepEqual(
      chat?.messages.map(({ role, content }) => [role, String(content).at(-1)]),
      [
        ['system', 's'],
        ['user', 'h'],
        ['user', 'm'],
      ],
    );
    assert.equal(run.status?.messageCount, 4);
    const gone = await stage.client.list(taskRuns, { namespace: room.namespace });
    assert.equal(gone.items.length, 1);
  });
});
