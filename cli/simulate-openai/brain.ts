import type { ChatBody, ChatMessage, Reply } from './chat.ts';
import { lastOf, textOf } from './chat.ts';
import { callFor } from './intent.ts';

const MOON =
  'The Moon does not have a capital. It is a natural satellite of Earth and lacks any governmental structure or human habitation that would necessitate a capital city.';
const MAX_QUOTE = 200;
const MAX_RESULT = 1500;

/**
 * What the simulated model says where no rule of a script applies: enough for a Getting Started. It knows the moon, calls
 * a tool that the user plainly asks for and then answers from the tool's result; to all else it says what it is. The same
 * conversation always gets the same answer.
 */
export function answerFor({ messages, tools = [] }: ChatBody): Reply {
  if (messages.at(-1)?.role === 'tool') return say(fromResults(messages));
  const question = textOf(lastOf(messages, 'user'));
  if (/\bcapital\b[^.?!]{0,40}\bmoon\b/i.test(question)) return say(MOON);
  const call = callFor(question, tools);
  if (call !== undefined) return { text: '', toolCalls: [call] };
  return say(
    introduction(
      question,
      tools.map((tool) => tool.function.name),
    ),
  );
}

/** The results of the last turn's calls, in words. */
function fromResults(messages: readonly ChatMessage[]): string {
  const start = messages.findLastIndex(({ role }) => role === 'assistant');
  const results = messages.slice(start + 1);
  const names = new Map(messages[start]?.tool_calls?.map((call) => [call.id, call.function.name]));
  const told = results.map((message) => ({
    name: names.get(message.tool_call_id ?? '') ?? 'the tool',
    text: textOf(message).trim(),
  }));
  const only = told.length === 1 ? told[0] : undefined;
  if (only !== undefined && /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(only.text)) return `The result is ${only.text}.`;
  return told
    .map(({ name, text }) => (text === '' ? `${name} answered nothing.` : `${name} answered: ${cut(text, MAX_RESULT)}`))
    .join('\n\n');
}

function introduction(question: string, tools: readonly string[]): string {
  const asked = question.trim() === '' ? '' : ` You asked: "${cut(question.trim(), MAX_QUOTE)}"`;
  const able =
    tools.length === 0
      ? ''
      : ` I can call ${tools.slice(0, 5).join(', ')}${tools.length > 5 ? ', …' : ''}: ask for it by name.`;
  return `I am a simulated model and answer from a few rules.${asked}${able} For real answers, set OPENAI_API_KEY and start again.`;
}

function say(text: string): Reply {
  return { text, toolCalls: [] };
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length).toWellFormed()}…` : text;
}
