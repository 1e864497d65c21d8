import type { TaskRunStatus } from '../../api/index.ts';
import { unmetExpectation } from '../../policies/expectations/index.ts';
import type { ModelResult } from '../modelCalls.ts';
import { retryDelay } from '../modelCalls.ts';
import { timestamp } from '../status.ts';
import type { Decision, RunState } from './decision.ts';
import { fail, finished, inPhase } from './decision.ts';

/** More than this in one answer is no plan but a fault. */
export const MAX_CALLS_PER_ANSWER = 128;

/** What a run makes of what became of its model call. */
export function recordResult(state: RunState, result: ModelResult): Decision {
  switch (result.kind) {
    case 'answer':
      return result.toolCalls.length > 0 ? recordToolCalls(state, result) : recordFinalAnswer(state, result);
    case 'retry':
      return recordRetry(state, result);
    default:
      return fail(state, result.reason, result.message, {
        type: 'Warning',
        reason: result.status !== undefined && result.status < 500 ? 'LLMRequestFailed4xx' : 'LLMRequestFailed',
        message: result.message,
      });
  }
}

type Answer = Extract<ModelResult, { kind: 'answer' }>;

function answered(state: RunState, answer: Answer, messages: number): Partial<TaskRunStatus> {
  const status = state.run.status ?? {};
  const before = status.usage ?? {};
  return {
    turns: (status.turns ?? 0) + 1,
    messageCount: (status.messageCount ?? 0) + messages,
    usage: {
      inputTokens: (before.inputTokens ?? 0) + answer.usage.inputTokens,
      outputTokens: (before.outputTokens ?? 0) + answer.usage.outputTokens,
      totalTokens: (before.totalTokens ?? 0) + answer.usage.totalTokens,
      modelCalls: (before.modelCalls ?? 0) + 1,
    },
  };
}

function recordFinalAnswer(state: RunState, answer: Answer): Decision {
  const recorded = { ...answered(state, answer, 1), output: answer.content };
  const rest = {
    remove: ['attempt'],
    append: [{ role: 'assistant', content: answer.content }],
  } as const;
  const unmet = unmetExpectation(state.run.status?.expect ?? [], answer.content);
  if (unmet !== undefined) {
    const { change, events } = fail(state, 'AnswerNotExpected', `The answer is not what is expected: ${unmet}`);
    return { kind: 'write', change: { set: { ...change.set, ...recorded }, ...rest }, events };
  }
  return {
    kind: 'write',
    change: {
      set: {
        ...inPhase('FinalAnswer'),
        ...recorded,
        completionTime: timestamp(state.now),
        conditions: finished(state, 'Complete', 'FinalAnswer', 'LLM final response received'),
      },
      ...rest,
    },
    events: [{ type: 'Normal', reason: 'LLMFinalAnswer', message: 'LLM response received successfully' }],
  };
}

function recordToolCalls(state: RunState, answer: Answer): Decision {
  const asked = answer.toolCalls.length;
  if (asked > MAX_CALLS_PER_ANSWER) {
    return fail(
      state,
      'TooManyToolCalls',
      `the model asked for ${asked} tool calls in one answer; at most ${MAX_CALLS_PER_ANSWER} are taken`,
    );
  }
  return {
    kind: 'write',
    change: {
      set: {
        ...inPhase('ToolCallsPending'),
        ...answered(state, answer, 1),
        toolCallCount: (state.run.status?.toolCallCount ?? 0) + asked,
        toolCallsBefore: state.run.status?.toolCallCount ?? 0,
      },
      remove: ['attempt'],
      append: [{ role: 'assistant', content: answer.content, toolCalls: [...answer.toolCalls] }],
    },
    events: [],
  };
}

function recordRetry(state: RunState, result: Extract<ModelResult, { kind: 'retry' }>): Decision {
  const count = (state.run.status?.attempt?.count ?? 0) + 1;
  const maxRetries = state.revision?.spec.llm.parameters?.maxRetries;
  const delay = retryDelay(result, count, state.random, typeof maxRetries === 'number' ? maxRetries : undefined);
  if (delay === undefined) {
    return fail(state, result.reason, `model call failed ${count} times; the last time: ${result.message}`);
  }
  const next = timestamp(Math.ceil((state.now + delay) / 1000) * 1000);
  return {
    kind: 'write',
    change: {
      set: {
        ...inPhase('ErrorBackoff'),
        statusDetail: `Model call failed (attempt ${count}): ${result.message}; next attempt at ${next}`,
        attempt: {
          count,
          reason: result.reason,
          message: result.message,
          nextAttemptTime: new Date(state.now + delay).toISOString(),
        },
      },
    },
    events: [
      {
        type: 'Warning',
        reason: result.reason === 'SecretFetchFailed' ? 'SecretFetchFailed' : 'LLMRequestFailed',
        message: result.message,
      },
    ],
  };
}
