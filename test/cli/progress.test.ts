import assert from 'node:assert/strict';
import type { TaskRun, TaskRunStatus, TaskRunToolCall } from '../../api/index.ts';
import { API_VERSION } from '../../api/index.ts';
import { callSteps, describeArguments, duration, eventStep, runSteps, span } from '../../cli/runs/progress.ts';
import { footerLines, messageLines } from '../../cli/runs/transcript.ts';
import { createStyle } from '../../cli/terminal/style.ts';

const run = (status: TaskRunStatus): TaskRun => ({
  apiVersion: API_VERSION,
  kind: 'TaskRun',
  metadata: { name: 'hello-1', namespace: 'default' },
  spec: { taskRef: { name: 'hello' } },
  status,
});

const call = (status: TaskRunToolCall['status'], args = '{"a":2,"b":3}'): TaskRunToolCall => ({
  apiVersion: API_VERSION,
  kind: 'TaskRunToolCall',
  metadata: { name: 'hello-1-toolcall-01', namespace: 'default' },
  spec: { toolCallId: 'call_1', taskRunRef: { name: 'hello-1' }, toolRef: { name: 'add' }, arguments: args },
  status,
});

const plain = { style: createStyle({ write: () => true }, {}) };
const texts = (steps: { what: string; detail: string }[]): string[] =>
  steps.map(({ what, detail }) => `${what}|${detail}`);

describe('what is told of a run', () => {
  it('is each phase once', () => {
    const ready = run({ phase: 'ReadyForLLM' });
    assert.deepEqual(texts(runSteps(undefined, ready)), ['ReadyForLLM|']);
    assert.deepEqual(runSteps(ready, run({ phase: 'ReadyForLLM', messageCount: 2 })), []);
  });

  it('is what a pending run waits for, when that changes', () => {
    const silent = run({ phase: 'Pending' });
    const waiting = run({ phase: 'Pending', statusDetail: 'Waiting for agent "x" to become ready' });
    assert.deepEqual(runSteps(undefined, silent), []);
    assert.deepEqual(texts(runSteps(silent, waiting)), ['Pending|Waiting for agent "x" to become ready']);
  });

  it('is every failed attempt with what the provider said', () => {
    const first = run({
      phase: 'ErrorBackoff',
      attempt: { count: 1, reason: 'RateLimited', message: '429: slow\u001b[2J' },
    });
    const second = run({ phase: 'ErrorBackoff', attempt: { count: 2, reason: 'RateLimited', message: '429: slower' } });
    assert.deepEqual(texts(runSteps(run({ phase: 'ReadyForLLM' }), first)), [
      'ErrorBackoff|attempt 1: 429: slow\\u001b[2J',
    ]);
    assert.deepEqual(texts(runSteps(first, second)), ['ErrorBackoff|attempt 2: 429: slower']);
    assert.deepEqual(runSteps(second, second), []);
  });

  it('is the reason of a failure and what a finished run took', () => {
    const before = run({ phase: 'ReadyForLLM' });
    const usage = { totalTokens: 1234, inputTokens: 1000, outputTokens: 234, modelCalls: 2 };
    const done = run({
      phase: 'FinalAnswer',
      turns: 2,
      toolCallCount: 1,
      usage,
      startTime: '2026-01-01T00:00:00Z',
      completionTime: '2026-01-01T00:01:05Z',
    });
    assert.deepEqual(texts(runSteps(before, done)), ['FinalAnswer|2 turns, 1 tool call, 1,234 tokens, 1m 5s']);
    assert.deepEqual(texts(runSteps(before, run({ phase: 'Failed', error: '401 bad key' }))), ['Failed|401 bad key']);
  });
});

describe('what is told of a tool call', () => {
  it('is the call, then its result', () => {
    const begun = call({ phase: 'Pending' });
    assert.deepEqual(texts(callSteps(undefined, begun)), ['→ add(a: 2, b: 3)|']);
    assert.deepEqual(texts(callSteps(begun, call({ phase: 'Succeeded', result: '5\n' }))), ['← add|5']);
  });

  it('is the error of a failed one, and that an outcome is unknown', () => {
    const begun = call({ phase: 'Running' });
    assert.deepEqual(texts(callSteps(begun, call({ phase: 'Failed', error: 'Division by zero' }))), [
      '← add Failed|Division by zero',
    ]);
    const unknown = callSteps(begun, call({ phase: 'OutcomeUnknown', error: 'cut off' }));
    assert.deepEqual(texts(unknown), ['← add OutcomeUnknown|cut off']);
    assert.equal(unknown[0]?.tone, 'warn');
  });

  it('shows arguments that are no JSON as they are, long ones cut, hostile ones harmless', () => {
    assert.equal(describeArguments('{"city": "Bo'), '{"city": "Bo');
    assert.equal(describeArguments('[1,2]'), '[1,2]');
    assert.equal(describeArguments(JSON.stringify({ text: 'x'.repeat(500) })).length, 160);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
    assert.doesNotMatch(describeArguments('{"a":"\\u001b[2J","\\u009b":1}'), /[\u001b\u009b]/);
  });
});

describe('what is told of events', () => {
  it('leaves out what phases and tool calls say already, but for warnings', () => {
    const about = { kind: 'TaskRun', name: 'hello-1' };
    assert.equal(eventStep({ involvedObject: about, type: 'Normal', reason: 'LLMFinalAnswer' }), undefined);
    const warning = eventStep({ involvedObject: about, type: 'Warning', reason: 'LLMRequestFailed', message: '500' });
    assert.deepEqual(warning, { subject: 'hello-1', what: 'LLMRequestFailed', detail: '500', tone: 'warn' });
    const llm = eventStep({
      involvedObject: { kind: 'LLM', name: 'gpt-4o' },
      type: 'Normal',
      reason: 'ValidationSucceeded',
      message: 'fine',
    });
    assert.equal(llm?.subject, 'llm/gpt-4o');
  });
});

describe('times for people', () => {
  it('are short', () => {
    assert.deepEqual([12, 1400, 65_000, 3_720_000].map(duration), ['12 ms', '1.4 s', '1m 5s', '1h 2m']);
    assert.equal(span('2026-01-01T00:00:00Z', '2026-01-01T00:00:03Z'), '3 s');
    assert.equal(span('2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.120Z'), '120 ms');
    assert.equal(span('2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'), '', 'timestamps of whole seconds do not tell');
    assert.equal(span('2026-01-01T00:00:05Z', '2026-01-01T00:00:00Z'), '', 'clocks that went back');
    assert.equal(span(undefined, '2026-01-01T00:00:00Z'), '');
  });
});

describe('a transcript', () => {
  it('shows roles, calls with arguments and results, nothing that moves the cursor', () => {
    const lines = [
      ...messageLines({ role: 'user', content: 'two\nlines\u001b[1A' }, undefined, plain),
      ...messageLines(
        {
          role: 'assistant',
          content: '',
          toolCalls: [{ id: 'call_1', type: 'function', function: { name: 'add', arguments: '{"a":2}' } }],
        },
        undefined,
        plain,
      ),
      ...messageLines(
        { role: 'tool', content: '5', toolCallId: 'call_1', name: 'add' },
        call({ phase: 'Succeeded', startTime: '2026-01-01T00:00:00Z', completionTime: '2026-01-01T00:00:02Z' }),
        plain,
      ),
    ];
    assert.deepEqual(lines, [
      '',
      'user',
      '  two',
      '  lines\\u001b[1A',
      '',
      'assistant',
      '  → add({"a":2}) call_1',
      '',
      'tool add Succeeded in 2 s',
      '  5',
    ]);
  });

  it('ends with phase, usage, warnings and the reason of a failure', () => {
    const failed = run({
      phase: 'Failed',
      error: 'the provider said: no',
      turns: 1,
      usage: { totalTokens: 30, inputTokens: 20, outputTokens: 10, modelCalls: 1 },
    });
    const warning = { involvedObject: {}, reason: 'LLMRequestFailed', message: '500 oops', count: 3 };
    assert.deepEqual(footerLines(failed, [warning], plain, 0), [
      '',
      'LLMRequestFailed: 500 oops (3 times)',
      'Failed · 1 turn · 30 tokens (20 in, 10 out)',
      '  the provider said: no',
    ]);
  });
});
