import type { TaskRunToolCall } from '../../api/index.ts';

/**
 * What the model reads of a tool call that has ended; undefined while it has not. Never an empty string: a model that
 * gets one makes something up.
 */
export function resultText(call: TaskRunToolCall): string | undefined {
  const status = call.status ?? {};
  switch (status.phase) {
    case 'Succeeded':
      return status.result || '(the tool returned no content)';
    case 'Failed':
      return status.error || status.result || 'The tool call failed.';
    case 'OutcomeUnknown':
      return status.error || UNKNOWN_OUTCOME;
    case 'Cancelled':
      return status.error || 'The tool call was cancelled.';
    default:
      return undefined;
  }
}

export const UNKNOWN_OUTCOME =
  'The outcome of this tool call is unknown: it was begun and cut off. It may or may not have taken effect; verify before repeating it.';
