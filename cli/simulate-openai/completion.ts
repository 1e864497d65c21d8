import { createHash } from 'node:crypto';
import type { ChatBody, Reply } from './chat.ts';

/** What an answer needs beside what it says. */
export interface Envelope {
  id: string;
  /** Seconds since the epoch. */
  created: number;
  model: string;
  usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number };
}

interface BodyToolCall {
  id: string;
  type: 'function';
  function: { name: string; arguments: string };
}

/** Tokens are counted as four characters each: near enough to test with, and always the same. */
const CHARACTERS_PER_TOKEN = 4;

/** `text` is the request as it came; the same request always gets the same ids and numbers. */
export function envelopeOf(chat: ChatBody, text: string, reply: Reply, n: number, now: number): Envelope {
  const said = reply.toolCalls.reduce((sum, call) => sum + call.name.length + call.arguments.length, reply.text.length);
  const prompt = reply.usage?.inputTokens ?? Math.ceil(text.length / CHARACTERS_PER_TOKEN);
  const completion = reply.usage?.outputTokens ?? Math.ceil(said / CHARACTERS_PER_TOKEN);
  return {
    id: `chatcmpl-simulated-${n}`,
    created: Math.floor(now / 1000),
    model: chat.model,
    usage: { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion },
  };
}

/** The body of a `chat.completion`. */
export function completionBody(envelope: Envelope, reply: Reply, requestText: string): string {
  const calls = toolCallsOf(reply, requestText);
  return JSON.stringify({
    id: envelope.id,
    object: 'chat.completion',
    created: envelope.created,
    model: envelope.model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: reply.text === '' ? null : reply.text,
          refusal: null,
          ...(calls.length === 0 ? {} : { tool_calls: calls }),
        },
        logprobs: null,
        finish_reason: finishReasonOf(reply),
      },
    ],
    usage: {
      ...envelope.usage,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
    },
    service_tier: 'default',
    system_fingerprint: 'fp_simulated',
  });
}

/** The same as the events of a stream, `[DONE]` included. */
export function completionEvents(envelope: Envelope, reply: Reply, requestText: string, withUsage: boolean): string[] {
  const base = { id: envelope.id, object: 'chat.completion.chunk', created: envelope.created, model: envelope.model };
  const event = (delta: object, finish: string | null): string =>
    frame({
      ...base,
      choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
      ...(withUsage ? { usage: null } : {}),
    });
  const events = [event({ role: 'assistant', content: reply.text === '' ? null : '', refusal: null }, null)];
  for (const part of reply.text.match(/\s*\S+|\s+$/g) ?? []) events.push(event({ content: part }, null));
  for (const [index, { id, type, function: call }] of toolCallsOf(reply, requestText).entries()) {
    events.push(event({ tool_calls: [{ index, id, type, function: { name: call.name, arguments: '' } }] }, null));
    for (const part of call.arguments.match(/[\s\S]{1,16}/gu) ?? []) {
      events.push(event({ tool_calls: [{ index, function: { arguments: part } }] }, null));
    }
  }
  events.push(event({}, finishReasonOf(reply)));
  if (withUsage) events.push(frame({ ...base, choices: [], usage: envelope.usage }));
  events.push('data: [DONE]\n\n');
  return events;
}

function frame(value: object): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

function finishReasonOf(reply: Reply): string {
  return reply.finishReason ?? (reply.toolCalls.length > 0 ? 'tool_calls' : 'stop');
}

/** Ids are a hash of the whole conversation: the same when a request is repeated, different in every turn. */
function toolCallsOf(reply: Reply, requestText: string): BodyToolCall[] {
  if (reply.toolCalls.length === 0) return [];
  const hash = createHash('sha256').update(requestText);
  return reply.toolCalls.map(({ id, name, arguments: text }, index) => ({
    id: id ?? `call_${hash.copy().update(`#${index}`).digest('hex').slice(0, 24)}`,
    type: 'function',
    function: { name, arguments: text },
  }));
}
