import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import type { Agent, Message, Task, TaskRun, TaskRunStatus, TaskRunToolCall } from '../../api/index.ts';
import { API_VERSION } from '../../api/index.ts';
import type { ModelResult } from '../../controller/modelCalls.ts';
import { changeOperations } from '../../controller/taskrun/apply.ts';
import { decide, plannedCalls } from '../../controller/taskrun/decide.ts';
import type { Decision, RunState } from '../../controller/taskrun/decision.ts';
import { MAX_CALLS_PER_ANSWER } from '../../controller/taskrun/results.ts';
import { paginate } from '../../controller/taskrun/window.ts';
import { applyOperations, callOf, metadata, NOW, revision, runOf, system, taskOf, toolCall, user } from './state.ts';

const agentOf = (more: Partial<Agent['status']> = {}, generation = 1): Agent => ({
  apiVersion: API_VERSION,
  kind: 'Agent',
  metadata: { ...metadata('assistant'), generation },
  spec: { llmRef: { name: 'gpt' }, system: 'You are helpful.' },
  status: { ready: true, status: 'Ready', observedGeneration: 1, currentRevision: 'assistant-abc', ...more },
});

const answer = (content: string, ...ids: string[]): ModelResult => ({
  kind: 'answer',
  content,
  toolCalls: ids.map((id) => toolCall(id)),
  usage: { inputTokens: 10, outputTokens: 2, totalTokens: 12 },
  finishReason: 'stop',
  model: 'm',
});

const stateOf = (run: TaskRun, more: Partial<RunState> = {}): RunState => ({
  run,
  task: taskOf(),
  agent: agentOf(),
  revision: revision(),
  calls: [],
  model: { kind: 'none' },
  verdict: undefined,
  slotFree: true,
  now: NOW,
  random: 0.5,
  ...more,
});

const begun = (phase: TaskRunStatus['phase'], more: TaskRunStatus = {}): TaskRunStatus => ({
  phase,
  agent: 'assistant',
  agentRevision: 'assistant-abc',
  startTime: '2026-01-01T12:00:00Z',
  contextWindow: [system, user],
  messageCount: 2,
  ...more,
});
const settled = (result: ModelResult) => ({ model: { kind: 'settled' as const, result } });

function written(decision: Decision) {
  assert.equal(decision.kind, 'write');
  return decision.kind === 'write' ? decision : assert.fail();
}

describe('the next step of a run', () => {
  it('begins, as soon as its Task and its Agent are as they are to be', () => {
    const pending = runOf({ phase: 'Pending' });
    const { change, events } = written(decide(stateOf(pending)));
    assert.equal(change.begin, true);
    assert.equal(change.set.phase, 'SendContextWindowToLLM');
    assert.equal(change.set.agentRevision, 'assistant-abc');
    assert.deepEqual(change.set.contextWindow, [system, user]);
    assert.equal(events[0]?.message, 'Task validated successfully');
    assert.equal(written(decide(stateOf(pending, { slotFree: false }))).change.set.phase, 'ReadyForLLM');
  });

  const holds: [string, Partial<RunState>, string][] = [
    ['without its Task', { task: undefined }, 'Task "work" not found'],
    ['without its Agent', { agent: undefined }, 'Waiting for Agent to exist: agent "assistant" not found'],
    [
      'while the Agent is not ready',
      { agent: agentOf({ ready: false, statusDetail: 'Waiting for LLM' }) },
      'Waiting for agent "assistant" to become ready: Waiting for LLM',
    ],
    [
      'while the Agent’s change is not looked at',
      { agent: agentOf({}, 2) },
      'Waiting for agent "assistant" to become ready',
    ],
    ['while the revision is not there', { revision: undefined }, 'Waiting for agent "assistant" to become ready'],
    [
      'where it cannot be written down that it begins',
      { unrecorded: { problem: 'forbidden' } },
      'Waiting until TaskLedger "tasks" tells of this run: forbidden',
    ],
  ];
  for (const [when, more, detail] of holds) {
    it(`waits ${when}, and says so once`, () => {
      const first = stateOf(runOf({ phase: 'Pending' }), more);
      const { change, events } = written(decide(first));
      assert.equal(change.set.statusDetail, detail);
      assert.equal(change.set.phase, 'Pending');
      assert.equal(change.begin, undefined);
      assert.equal(change.set.userMsgPreview, first.task?.spec.message);
      assert.equal(events.length, 1);
      assert.deepEqual(decide(stateOf(runOf({ ...change.set }), more)), { kind: 'wait' });
    });
  }

  it('waits without a word while it is being written down that it begins', () => {
    assert.deepEqual(decide(stateOf(runOf({ phase: 'Pending' }), { unrecorded: {} })), { kind: 'wait' });
  });

  it('does not begin where its Task was deleted and another has the name', () => {
    const run = runOf({ phase: 'Pending' });
    const owner = { apiVersion: API_VERSION, kind: 'Task', name: 'work', uid: 'of-the-earlier-one', controller: true };
    const left = { ...run, metadata: { ...run.metadata, ownerReferences: [owner] } };
    const { change } = written(decide(stateOf(left)));
    assert.match(change.set.statusDetail ?? '', /^Task "work" of this run was deleted, and the run goes with it/);
    assert.equal(change.begin, undefined);
  });

  it('does not begin when the run that delegated to it is over', () => {
    const pending = stateOf(runOf({ phase: 'Pending' }), { delegatorOver: true });
    const { change } = written(decide(pending));
    assert.deepEqual(
      [change.set.phase, change.set.statusDetail],
      ['Cancelled', 'Cancelled: the run that delegated to it is over'],
    );
  });

  it('asks the model, once, and waits for it', () => {
    const run = runOf(begun('SendContextWindowToLLM'));
    assert.equal(decide(stateOf(run)).kind, 'callModel');
    assert.deepEqual(decide(stateOf(run, { model: { kind: 'running', stage: 'calling' } })), { kind: 'wait' });
    // Others that began at the same moment have taken the slots that were free.
    assert.equal(
      written(decide(stateOf(run, { model: { kind: 'running', stage: 'waiting' } }))).change.set.phase,
      'ReadyForLLM',
    );
    const queued = runOf(begun('ReadyForLLM'));
    assert.deepEqual(decide(stateOf(queued, { model: { kind: 'running', stage: 'waiting' } })), { kind: 'wait' });
    assert.deepEqual(decide(stateOf(queued, { model: { kind: 'running', stage: '' } })), { kind: 'wait' });
    assert.equal(
      written(decide(stateOf(queued, { model: { kind: 'running', stage: 'calling' } }))).change.set.phase,
      'SendContextWindowToLLM',
    );
  });

  it('does not ask more often than the agent may, nor on a revision that is gone', () => {
    const third = runOf(begun('SendContextWindowToLLM', { turns: 3 }));
    const { change } = written(decide(stateOf(third, { revision: revision({ maxTurns: 3 }) })));
    assert.equal(change.set.phase, 'Failed');
    assert.match(change.set.error ?? '', /3 model calls, as many as its agent's maxTurns allows/);
    const gone = written(decide(stateOf(third, { revision: undefined })));
    assert.match(
      gone.change.set.error ?? '',
      /AgentRevision "assistant-abc", which this run is pinned to, was deleted/,
    );
  });

  it('ends with the answer', () => {
    const run = runOf(
      begun('SendContextWindowToLLM', {
        turns: 1,
        usage: { inputTokens: 5, outputTokens: 5, totalTokens: 10, modelCalls: 1 },
        attempt: { count: 1, reason: 'r', message: 'm' },
      }),
    );
    const { change } = written(decide(stateOf(run, settled(answer('42')))));
    assert.equal(change.set.phase, 'FinalAnswer');
    assert.equal(change.set.output, '42');
    assert.equal(change.set.turns, 2);
    assert.equal(change.set.messageCount, 3);
    assert.deepEqual(change.set.usage, { inputTokens: 15, outputTokens: 7, totalTokens: 22, modelCalls: 2 });
    assert.deepEqual(change.append, [{ role: 'assistant', content: '42' }]);
    assert.deepEqual(change.remove, ['attempt']);
    assert.equal(change.set.completionTime, '2026-01-01T12:00:00Z');
  });

  it('fails with an answer that its Task does not expect, and keeps the answer', () => {
    const expect = [
      { cel: 'output.contains("4")', message: 'has a four' },
      { cel: 'size(output) < 5', message: 'is short' },
    ];
    const run = runOf(begun('SendContextWindowToLLM', { expect }));
    const ended = (text: string) => written(decide(stateOf(run, settled(answer(text)))));
    assert.equal(ended('42').change.set.phase, 'FinalAnswer');
    const { change, events } = ended('forty-two, or 42');
    assert.equal(change.set.phase, 'Failed');
    assert.equal(change.set.error, 'The answer is not what is expected: is short');
    assert.equal(change.set.output, 'forty-two, or 42');
    assert.equal(change.set.turns, 1);
    assert.deepEqual(change.append, [{ role: 'assistant', content: 'forty-two, or 42' }]);
    assert.deepEqual(
      events.map(({ type, reason }) => [type, reason]),
      [['Warning', 'AnswerNotExpected']],
    );
    // Tool calls are no answer yet.
    assert.equal(written(decide(stateOf(run, settled(answer('', 'a'))))).change.set.phase, 'ToolCallsPending');
  });

  it('is held to what its Task expects when it begins, and does not begin where nothing could be judged by that', () => {
    const expect = [{ cel: 'output != ""' }];
    const begins = (task: Task) => written(decide(stateOf(runOf(undefined), { task }))).change.set;
    assert.deepEqual(begins(taskOf({ expect })).expect, expect);
    assert.equal(begins(taskOf()).expect, undefined);
    const broken = begins(taskOf({ expect: [...expect, { cel: 'outptu == "5"' }] }));
    assert.equal(broken.phase, 'Failed');
    assert.match(broken.error ?? '', /^Task "work": spec\.expect\[1\]\.cel: undeclared reference to 'outptu'/);
  });

  it('records what the model asks for before anything is created, and numbers the calls on', () => {
    const run = runOf(begun('SendContextWindowToLLM', { toolCallCount: 2 }));
    const { change } = written(decide(stateOf(run, settled(answer('', 'c', 'd')))));
    assert.equal(change.set.phase, 'ToolCallsPending');
    assert.equal(change.set.toolCallCount, 4);
    const asked = runOf({
      ...begun('ToolCallsPending'),
      ...change.set,
      contextWindow: [system, user, ...(change.append ?? [])],
    });
    assert.deepEqual(
      plannedCalls(asked).map(({ name }) => name),
      ['work-1-toolcall-03', 'work-1-toolcall-04'],
    );
    const decision = decide(stateOf(asked, { calls: [undefined, callOf(4, toolCall('d'))] }));
    assert.equal(decision.kind, 'createToolCalls');
    if (decision.kind === 'createToolCalls')
      assert.deepEqual(
        decision.calls.map(({ name }) => name),
        ['work-1-toolcall-03'],
      );
    const many = Array.from({ length: MAX_CALLS_PER_ANSWER + 1 }, (_, index) => `c${index}`);
    assert.equal(written(decide(stateOf(run, settled(answer('', ...many))))).change.set.phase, 'Failed');
  });

  it('goes on when all calls have ended, with every text that is not empty, in the order asked', () => {
    const asked: Message = {
      role: 'assistant',
      content: '',
      toolCalls: ['a', 'b', 'c', 'd', 'e'].map((id) => toolCall(id)),
    };
    const run = runOf(
      begun('ToolCallsPending', { contextWindow: [system, user, asked], messageCount: 3, toolCallCount: 5 }),
    );
    const calls = [
      callOf(1, toolCall('a'), { phase: 'Succeeded', result: 'ok' }),
      callOf(2, toolCall('b'), { phase: 'Failed', error: 'no' }),
      callOf(3, toolCall('c'), { phase: 'Succeeded', result: '' }),
      callOf(4, toolCall('d'), { phase: 'OutcomeUnknown' }),
      callOf(5, toolCall('e'), { phase: 'Cancelled' }),
    ];
    const { change } = written(decide(stateOf(run, { calls })));
    assert.deepEqual(
      change.append?.map(({ toolCallId }) => toolCallId),
      ['a', 'b', 'c', 'd', 'e'],
    );
    assert.deepEqual(
      change.append?.slice(0, 2).map(({ content }) => content),
      ['ok', 'no'],
    );
    for (const { content } of change.append ?? []) assert.notEqual(content, '');
    assert.equal(change.set.messageCount, 8);
    assert.deepEqual(
      decide(stateOf(run, { calls: [...calls.slice(0, 4), callOf(5, toolCall('e'), { phase: 'Running' })] })),
      { kind: 'wait' },
    );
    const strict = written(decide(stateOf(run, { calls, revision: revision({ onUnknownOutcome: 'Fail' }) })));
    assert.equal(strict.change.set.phase, 'Failed');
    const lost = runOf(begun('ToolCallsPending'));
    assert.match(written(decide(stateOf(lost))).change.set.error ?? '', /asks for no tool call/);
  });

  it('waits longer and longer after failures, until it gives up', () => {
    const failure: ModelResult = { kind: 'retry', reason: 'ServerError', message: '500 no' };
    const first = written(decide(stateOf(runOf(begun('SendContextWindowToLLM')), settled(failure))));
    assert.equal(first.change.set.phase, 'ErrorBackoff');
    assert.equal(first.change.set.attempt?.count, 1);
    const due = Date.parse(first.change.set.attempt?.nextAttemptTime ?? '');
    assert.ok(due > NOW);
    const waiting = runOf(begun('ErrorBackoff', { attempt: first.change.set.attempt ?? assert.fail() }));
    assert.deepEqual(decide(stateOf(waiting)), { kind: 'wait', wakeAfterMs: due - NOW });
    assert.equal(written(decide(stateOf(waiting, { now: due }))).change.set.phase, 'SendContextWindowToLLM');
    const last = runOf(begun('SendContextWindowToLLM', { attempt: { count: 10, reason: 'ServerError', message: '' } }));
    const over = written(decide(stateOf(last, settled(failure))));
    assert.equal(over.change.set.phase, 'Failed');
    assert.equal(over.change.set.error, 'model call failed 11 times; the last time: 500 no');
    const asked: ModelResult = { ...failure, reason: 'RateLimited', retryAfterMs: 30_000 };
    const later = written(decide(stateOf(runOf(begun('SendContextWindowToLLM')), settled(asked))));
    assert.ok(Date.parse(later.change.set.attempt?.nextAttemptTime ?? '') >= NOW + 30_000);
    const fatal: ModelResult = { kind: 'fatal', reason: 'BadRequest', message: '400 no', status: 400 };
    const refused = written(decide(stateOf(runOf(begun('SendContextWindowToLLM')), settled(fatal))));
    assert.deepEqual(
      [refused.change.set.phase, refused.change.set.error, refused.events[0]?.reason],
      ['Failed', '400 no', 'LLMRequestFailed4xx'],
    );
  });

  it('heeds suspend, cancel, deadline, deletion and time to live, in every phase', () => {
    const phases = ['Pending', 'ReadyForLLM', 'SendContextWindowToLLM', 'ToolCallsPending', 'ErrorBackoff'] as const;
    for (const phase of phases) {
      const status = begun(phase);
      const held = written(decide(stateOf(runOf(status, { suspend: true }))));
      assert.equal(held.change.set.suspended, true, phase);
      assert.equal(held.change.set.phase, undefined);
      assert.deepEqual(decide(stateOf(runOf({ ...status, suspended: true }, { suspend: true }))), { kind: 'wait' });
      const freed = written(decide(stateOf(runOf({ ...status, suspended: true }, { suspend: false }))));
      assert.equal(freed.change.set.suspended, false);
      assert.equal(written(decide(stateOf(runOf(status, { cancel: true })))).change.set.phase, 'Cancelled');
      const late = written(decide(stateOf(runOf(status, { activeDeadlineSeconds: 5 }), { now: NOW + 5000 })));
      assert.match(late.change.set.error ?? '', /did not finish within 5 seconds/);
      assert.deepEqual(
        decide(stateOf({ ...runOf(status), metadata: { ...metadata('work-1'), deletionTimestamp: 'x' } })),
        { kind: 'wait' },
      );
    }
    const waiting = decide(
      stateOf(runOf(begun('SendContextWindowToLLM'), { activeDeadlineSeconds: 5 }), {
        model: { kind: 'running', stage: 'calling' },
      }),
    );
    assert.deepEqual(waiting, { kind: 'wait', wakeAfterMs: 5000 });
    for (const phase of ['FinalAnswer', 'Failed', 'Cancelled'] as const) {
      const over = begun(phase, { completionTime: '2026-01-01T12:00:00Z' });
      assert.deepEqual(decide(stateOf(runOf(over, { cancel: true, suspend: true }))), { kind: 'wait' });
      assert.deepEqual(decide(stateOf(runOf(over, { ttlSecondsAfterFinished: 60 }))), {
        kind: 'wait',
        wakeAfterMs: 60_000,
      });
      assert.deepEqual(decide(stateOf(runOf(over, { ttlSecondsAfterFinished: 60 }), { now: NOW + 60_000 })), {
        kind: 'delete',
      });
    }
    // An answer that was paid for is kept.
    const kept = written(
      decide(
        stateOf(runOf(begun('SendContextWindowToLLM', { suspended: true }), { suspend: true }), settled(answer('yes'))),
      ),
    );
    assert.equal(kept.change.set.phase, 'FinalAnswer');
  });
});

/** What a run goes through in the property below. */
type Step =
  | { readonly kind: 'answer'; readonly calls: number }
  | { readonly kind: 'fails' }
  | { readonly kind: 'crash' }
  | { readonly kind: 'lostAnswerToWrite' }
  | { readonly kind: 'callEnds'; readonly which: number; readonly phase: 'Succeeded' | 'Failed' | 'OutcomeUnknown' }
  | { readonly kind: 'hold' }
  | { readonly kind: 'time' };

/** A run and its tool calls on an API server, and an operator in front of it that may lose all that it has in memory. */
class Model {
  run: TaskRun = runOf({ phase: 'Pending' });
  readonly pages: Message[][] = [];
  readonly calls = new Map<string, TaskRunToolCall>();
  readonly requests: Message[][] = [];
  now = NOW;
  effect: { readonly step: string; result?: ModelResult } | undefined;
  #ids = 0;

  get conversation(): Message[] {
    return [...this.pages.flat(), ...(this.run.status?.contextWindow ?? [])];
  }
  #newId = () => {
    this.#ids += 1;
    return `call_${this.#ids}`;
  };
  #step = () => `${this.run.status?.turns ?? 0}/${this.run.status?.attempt?.count ?? 0}`;

  /** Decides and applies until there is nothing to do but wait. */
  settle(loseAnswerOfWrite = false): void {
    for (let step = 0; step < 50; step += 1) {
      if (this.effect !== undefined && this.effect.step !== this.#step()) this.effect = undefined;
      const planned = plannedCalls(this.run);
      const decision = decide({
        run: this.run,
        task: taskOf(),
        agent: agentOf(),
        revision: revision({ maxTurns: 40 }),
        verdict: undefined,
        calls: this.run.status?.phase === 'ToolCallsPending' ? planned.map(({ name }) => this.calls.get(name)) : [],
        model:
          this.effect === undefined
            ? { kind: 'none' }
            : this.effect.result === undefined
              ? { kind: 'running', stage: 'calling' }
              : { kind: 'settled', result: this.effect.result },
        slotFree: true,
        now: this.now,
        random: 0.5,
      });
      switch (decision.kind) {
        case 'wait':
        case 'delete':
          return;
        case 'callModel':
          this.#ask();
          return;
        case 'createToolCalls':
          for (const { name, call } of decision.calls) {
            assert.ok(!this.calls.has(name), `${name} is created twice`);
            this.calls.set(name, { ...callOf(1, call), metadata: metadata(name) });
          }
          break;
        case 'write': {
          const { change } = decision;
          const first = change.begin === true ? (change.set.contextWindow ?? []) : (change.append ?? []);
          const paging = paginate(change.begin === true ? [] : (this.run.status?.contextWindow ?? []), first, 1500);
          const operations = changeOperations(
            this.run,
            change,
            paging,
            paging.pages.map((page, index) => ({ name: `p${this.pages.length + index}`, messages: page.length })),
          );
          this.run = applyOperations(this.run, operations);
          this.pages.push(...paging.pages);
          if (loseAnswerOfWrite) return;
          if (this.effect?.result !== undefined) this.effect = undefined;
          break;
        }
      }
    }
    assert.fail('the decider never waits');
  }

  #ask(): void {
    const messages = this.conversation;
    const open = new Set<string>();
    for (const { role, toolCalls, toolCallId } of messages) {
      if (role === 'tool')
        assert.ok(open.delete(toolCallId ?? ''), `${toolCallId} is answered and was not asked, or twice`);
      else assert.equal(open.size, 0, `${[...open]} are not answered`);
      for (const { id } of toolCalls ?? []) open.add(id);
    }
    assert.equal(open.size, 0, `${[...open]} are not answered`);
    const before = this.requests.at(-1) ?? [];
    assert.deepEqual(messages.slice(0, before.length), before, 'a request takes something back');
    this.requests.push(structuredClone(messages));
    this.effect = { step: this.#step() };
  }

  take(step: Step): void {
    switch (step.kind) {
      case 'answer':
        if (this.effect === undefined || this.effect.result !== undefined) return;
        this.effect = {
          ...this.effect,
          result: answer(
            step.calls === 0 ? 'done' : 'x'.repeat(200),
            ...Array.from({ length: step.calls }, () => this.#newId()),
          ),
        };
        break;
      case 'fails':
        if (this.effect === undefined || this.effect.result !== undefined) return;
        this.effect = { ...this.effect, result: { kind: 'retry', reason: 'ServerError', message: 'no' } };
        break;
      case 'crash':
        this.effect = undefined;
        break;
      case 'lostAnswerToWrite':
        this.settle(true);
        return;
      case 'callEnds': {
        const open = [...this.calls.values()].filter(({ status }) => status?.completionTime === undefined);
        const call = open[step.which % Math.max(1, open.length)];
        if (call === undefined) return;
        this.calls.set(call.metadata.name ?? '', {
          ...call,
          status: { phase: step.phase, result: 'r', error: 'e', completionTime: 't' },
        });
        break;
      }
      case 'hold':
        this.run = { ...this.run, spec: { ...this.run.spec, suspend: this.run.spec.suspend !== true } };
        break;
      case 'time':
        this.now += 120_000;
        break;
    }
    this.settle();
  }
}

describe('a run, whatever happens to it', () => {
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record(
        { kind: fc.constant('answer' as const), calls: fc.integer({ min: 1, max: 4 }) },
        { noNullPrototype: true },
      ),
    },
    {
      weight: 6,
      arbitrary: fc.record(
        {
          kind: fc.constant('callEnds' as const),
          which: fc.nat(9),
          phase: fc.constantFrom('Succeeded' as const, 'Failed' as const, 'OutcomeUnknown' as const),
        },
        { noNullPrototype: true },
      ),
    },
    {
      weight: 3,
      arbitrary: fc.constantFrom<Step>(
        { kind: 'fails' },
        { kind: 'crash' },
        { kind: 'lostAnswerToWrite' },
        { kind: 'hold' },
        { kind: 'time' },
      ),
    },
  );

  it('answers every tool call once before it asks on, never takes anything back, and ends', () => {
    let deepest = 0;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
        const model = new Model();
        model.settle();
        for (const one of steps) model.take(one);
        // From wherever it is, it ends when all is well.
        if (model.run.spec.suspend === true) model.take({ kind: 'hold' });
        for (let round = 0; round < 60 && model.run.status?.completionTime === undefined; round += 1) {
          model.take({ kind: 'time' });
          model.take({ kind: 'callEnds', which: 0, phase: 'Succeeded' });
          model.take({ kind: 'answer', calls: 0 });
        }
        const { phase, messageCount, toolCallCount = 0, turns } = model.run.status ?? {};
        assert.ok(phase === 'FinalAnswer' || phase === 'Failed', String(phase));
        assert.equal(messageCount, model.conversation.length);
        assert.equal(toolCallCount, model.calls.size);
        assert.equal(turns ?? 0, model.conversation.filter(({ role }) => role === 'assistant').length);
        deepest = Math.max(deepest, turns ?? 0);
      }),
      { numRuns: 300 },
    );
    assert.ok(deepest > 5, `only ${deepest} turns`);
  });
});
