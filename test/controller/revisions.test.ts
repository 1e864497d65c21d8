import assert from 'node:assert/strict';
import type { AgentRevisionSpec } from '../../api/index.ts';
import { agentRevisions, agents, taskRuns } from '../../api/index.ts';
import { diff, revisions } from '../../cli/commands/revisions.ts';
import { revisionDiff } from '../../cli/revisions/diff.ts';
import { fakeIo } from '../cli/support/fakeIo.ts';
import { agent, task, taskRun, tool } from '../support/objects.ts';
import type { Room, Stage } from '../support/operator.ts';
import { startStage } from '../support/operator.ts';
import { untilGone } from '../support/waiting.ts';
import { revision } from './state.ts';

const lines = (before: Partial<AgentRevisionSpec>, after: Partial<AgentRevisionSpec>) =>
  revisionDiff(revision(before).spec, revision(after).spec).map(({ mark, text }) => `${mark} ${text}`);

describe('the difference of two revisions', () => {
  it('is told field by field, tool by tool, line by line', () => {
    assert.deepEqual(lines({}, {}), []);
    assert.deepEqual(
      lines(
        { llm: { name: 'gpt', provider: 'openai', parameters: { model: 'a', temperature: '0.1' } }, maxTurns: 5 },
        { llm: { name: 'gpt', provider: 'openai', parameters: { model: 'b', maxTokens: 9 } } },
      ),
      [
        '+ llm.parameters.maxTokens: 9',
        '- llm.parameters.model: "a"',
        '+ llm.parameters.model: "b"',
        '- llm.parameters.temperature: "0.1"',
        '- maxTurns: 5',
      ],
    );
    const of = (name: string, digest: string, functionName = name) => ({
      kind: 'MCPServer' as const,
      name: 'github',
      tool: name,
      digest,
      functionName,
    });
    assert.deepEqual(
      lines(
        { tools: [of('a', '1'), of('b', '1'), of('c', '1')] },
        { tools: [of('b', '2'), of('c', '1', 'c2'), of('d', '1')] },
      ),
      [
        '- tool github/a',
        '~ tool github/b: schema, description or annotations',
        '~ tool github/c: the model calls it c2, before c',
        '+ tool github/d',
      ],
    );
    assert.deepEqual(lines({ system: 'One.\nTwo.\nThree.\n' }, { system: 'One.\n2.\nThree.\n' }), [
      '@ prompt, line 1 (now 1)',
      '  One.',
      '- Two.',
      '+ 2.',
      '  Three.',
    ]);
  });
});

describe('revisions', function () {
  this.timeout(60_000);
  let stage: Stage;
  before(async () => {
    stage = await startStage();
  });
  after(() => stage[Symbol.asyncDispose]());

  const setSystem = async (room: Room, system: string) => {
    await stage.client.patch(agents, room.key('assistant'), { type: 'merge', body: { spec: { system } } });
    const made = await room.until(
      agents,
      'assistant',
      ({ status, metadata }) => status?.ready && status.observedGeneration === metadata.generation,
    );
    return made.status?.currentRevision ?? '';
  };
  async function ask(
    room: Room,
    command: (
      options: { kubeconfig: string; namespace: string; output: 'text' },
      io: ReturnType<typeof fakeIo>['io'],
    ) => Promise<number>,
  ) {
    const { io, out } = fakeIo();
    const code = await command(
      { kubeconfig: stage.kubeConfig.source, namespace: room.namespace, output: 'text' },
      io,
    ).catch((error: unknown) => String(error));
    return { code, out: out() };
  }

  it('are listed with their runs, differ readably, and come back with a revert', async () => {
    const room = await stage.room();
    const first = (await room.agent()).status?.currentRevision ?? '';
    await room.run('one', 'Do it.');
    const second = await setSystem(room, 'You are a pirate.');
    await room.run('two', 'Do it.');
    await room.run('three', 'Do it.');
    const listed = await ask(room, (options, io) => revisions('assistant', options, io));
    assert.equal(listed.code, 0);
    const rows = listed.out
      .trimEnd()
      .split('\n')
      .map((line) => line.trim().split(/ {2,}/));
    assert.deepEqual(rows[0], ['REVISION', 'CREATED', 'MODEL', 'TOOLS', 'RUNS', 'UNDER WAY', 'COMMITS']);
    const runsOf = (name: string) => rows.find((row) => row.includes(name))?.slice(-3);
    assert.deepEqual(runsOf(first), ['0', '1', '0']);
    assert.deepEqual(runsOf(second), ['0', '2', '0']);
    assert.match(listed.out, new RegExp(`^\\*  ${second} `, 'm'));

    const changed = await ask(room, (options, io) => diff(first, second.slice(-10), options, io));
    assert.equal(changed.code, 1);
    assert.match(
      changed.out,
      new RegExp(`^--- ${first} .* 1 run, 0 under way\\n\\+\\+\\+ ${second} .* 2 runs, 0 under way\\n`),
    );
    assert.match(changed.out, /\n- You are a helpful assistant\.\n\+ You are a pirate\.\n/);
    assert.deepEqual(await ask(room, (options, io) => diff(first, first, options, io)), { code: 0, out: '' });
    assert.match(
      String((await ask(room, (options, io) => diff(first, 'nothing', options, io))).code),
      /there is no AgentRevision "nothing"/,
    );
    assert.match(
      String((await ask(room, (options, io) => revisions('asistant', options, io))).code),
      /there is no Agent "asistant".*assistant/,
    );

    assert.equal(await setSystem(room, 'You are a helpful assistant.'), first);
    const again = await room.run('four', 'Do it.');
    assert.equal(again.status?.agentRevision, first);
    // Its history is only as long as it is told to be.
    await stage.client.patch(agents, room.key('assistant'), {
      type: 'merge',
      body: { spec: { revisionHistoryLimit: 0 } },
    });
    await untilGone(stage.client, agentRevisions, room.key(second));
    const kept = await ask(room, (options, io) => revisions('assistant', options, io));
    assert.ok(kept.out.includes(first) && !kept.out.includes(second), kept.out);
  });

  it('that runs began with stay theirs, or end them, as Agent and run say', async () => {
    const room = await stage.room();
    await room.agent();
    room.model.hold();
    await room.create(
      task(room.namespace, 'pinned', 'Do it.'),
      tool(room.namespace, 'unused', { execute: { builtin: { name: 'add' } } }),
    );
    await room.create(taskRun(room.namespace, 'strict', 'pinned', { onDefinitionChange: 'Abort' }));
    await room.model.untilHeld(2);
    const second = await setSystem(room, 'You are a pirate.');
    const strict = await room.untilEnded('strict');
    assert.equal(strict.status?.phase, 'Failed');
    assert.match(
      strict.status?.error ?? '',
      new RegExp(`^agent "assistant" is revision ${second} by now, .*onDefinitionChange: Abort`),
    );
    assert.equal((await room.untilEvent('AgentChanged', 'strict')).type, 'Warning');
    // The Agent itself says so from now on, for all of its runs that say nothing.
    await stage.client.patch(agents, room.key('assistant'), {
      type: 'merge',
      body: { spec: { onDefinitionChange: 'Abort' } },
    });
    const ended = await room.untilEnded('pinned-1');
    assert.match(ended.status?.error ?? '', /does not go on then/);
    await room.create(taskRun(room.namespace, 'patient', 'pinned', { onDefinitionChange: 'Pin' }));
    await room.until(taskRuns, 'patient', ({ status }) => status?.phase === 'SendContextWindowToLLM');
    await setSystem(room, 'You are a poet.');
    room.model.release();
    const patient = await room.untilEnded('patient');
    assert.equal(patient.status?.phase, 'FinalAnswer');
    assert.equal(patient.status?.agentRevision, second);
    await assert.rejects(
      stage.client.patch(taskRuns, room.key('patient'), {
        type: 'merge',
        body: { spec: { onDefinitionChange: 'Abort' } },
      }),
      /spec is immutable/,
    );
  });

  it('are no revisions where only what becomes of runs has changed', async () => {
    const room = await stage.room();
    const first = (await room.agent()).status?.currentRevision;
    await stage.client.patch(agents, room.key('assistant'), {
      type: 'merge',
      body: { spec: { onDefinitionChange: 'Abort' } },
    });
    const made = await room.until(
      agents,
      'assistant',
      ({ status, metadata }) => status?.observedGeneration === metadata.generation,
    );
    assert.equal(made.status?.currentRevision, first);
    await room.create(agent(room.namespace, 'other'));
  });
});
