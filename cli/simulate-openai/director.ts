import { RE2JS } from 're2js';
import { answerFor } from './brain.ts';
import type { ChatBody, Reply } from './chat.ts';
import { lastOf, textOf } from './chat.ts';
import type { Fault, Rule, Script, When } from './script.ts';

/** How a request is answered. */
export interface Scene {
  /** The rule's name or, without one, `rules[n]`; undefined where no rule applied. */
  rule: string | undefined;
  latencyMs: number | undefined;
  dribbleMs: number;
  play: { reply: Reply } | { fault: Fault };
}

export interface Director {
  /** The scene for a request; counts the use of its rule. */
  direct(chat: ChatBody): Scene;
  /** Forgets how often rules were used. */
  reset(): void;
}

interface PreparedRule {
  readonly rule: Rule;
  readonly name: string;
  readonly matcher: (facts: Facts) => readonly string[] | undefined;
  used: number;
}

/** What rules ask about, worked out once a request and only if asked. */
interface Facts {
  readonly chat: ChatBody;
  readonly user: string;
  readonly turn: number;
  readonly tools: ReadonlySet<string>;
}

/** A regular expression sees no more of a message than this. */
const MAX_MATCHED = 100_000;

/** Plays a script: the first rule that matches and is not used up; without one, the simulated model's own answer. */
export function createDirector(script: Script | undefined): Director {
  const rules = (script?.rules ?? []).map(prepare);
  return {
    direct(chat) {
      if (rules.length > 0) {
        const facts = factsOf(chat);
        for (const prepared of rules) {
          if (prepared.rule.times !== undefined && prepared.used >= prepared.rule.times) continue;
          const groups = prepared.matcher(facts);
          if (groups === undefined) continue;
          prepared.used += 1;
          return sceneOf(prepared, chat, groups);
        }
      }
      return { rule: undefined, latencyMs: undefined, dribbleMs: 0, play: { reply: answerFor(chat) } };
    },
    reset() {
      for (const rule of rules) rule.used = 0;
    },
  };
}

function factsOf(chat: ChatBody): Facts {
  return {
    chat,
    user: textOf(lastOf(chat.messages, 'user')),
    turn: 1 + chat.messages.reduce((count, { role }) => count + (role === 'assistant' ? 1 : 0), 0),
    tools: new Set(chat.tools?.map((tool) => tool.function.name)),
  };
}

function prepare(rule: Rule, index: number): PreparedRule {
  return { rule, name: rule.name ?? `rules[${index}]`, matcher: matcherOf(rule.when ?? {}), used: 0 };
}

/** A function that gives the groups of `userMatches` (none without it) where everything holds. */
function matcherOf(when: When): PreparedRule['matcher'] {
  const pattern = when.userMatches === undefined ? undefined : RE2JS.compile(when.userMatches);
  return ({ chat, user, turn, tools }) => {
    const last = chat.messages.at(-1);
    if (when.model !== undefined && when.model !== chat.model) return undefined;
    if (when.turn !== undefined && when.turn !== turn) return undefined;
    if (when.lastRole !== undefined && when.lastRole !== last?.role) return undefined;
    if (when.tools?.some((name) => !tools.has(name))) return undefined;
    if (when.user !== undefined && !contains(user, when.user)) return undefined;
    if (when.system !== undefined && !contains(textOf(lastOf(chat.messages, 'system')), when.system)) return undefined;
    if (when.toolResult !== undefined && !(last?.role === 'tool' && contains(textOf(last), when.toolResult))) {
      return undefined;
    }
    return pattern === undefined ? [] : groupsOf(pattern, user.slice(0, MAX_MATCHED));
  };
}

function groupsOf(pattern: RE2JS, text: string): string[] | undefined {
  const matcher = pattern.matcher(text);
  if (!matcher.find()) return undefined;
  return Array.from({ length: matcher.groupCount() + 1 }, (_, index) => matcher.group(index) ?? '');
}

function contains(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase());
}

function sceneOf({ rule, name }: PreparedRule, chat: ChatBody, groups: readonly string[]): Scene {
  const scene = { rule: name, latencyMs: rule.latencyMs, dribbleMs: rule.dribbleMs ?? 0 };
  if (rule.fault !== undefined) return { ...scene, play: { fault: rule.fault } };
  const fill = filler(chat, groups);
  const own = rule.text !== undefined || rule.toolCalls !== undefined;
  const reply = own ? scripted(rule, fill) : answerFor(chat);
  if (rule.finishReason !== undefined) reply.finishReason = rule.finishReason;
  if (rule.usage !== undefined) reply.usage = rule.usage;
  return { ...scene, play: { reply } };
}

function scripted(rule: Rule, fill: (value: unknown) => unknown): Reply {
  return {
    text: String(fill(rule.text ?? '')),
    toolCalls: (rule.toolCalls ?? []).map(({ name, arguments: values = {}, id }) => ({
      name,
      arguments: typeof values === 'string' ? String(fill(values)) : JSON.stringify(fill(values)),
      ...(id === undefined ? {} : { id }),
    })),
  };
}

/**
 * Fills `{{user}}`, `{{toolResult}}` and the groups `{{0}}` … `{{9}}` into all texts of a value. A text that is `{{number N}}` and
 * nothing else becomes a number.
 */
function filler(chat: ChatBody, groups: readonly string[]): (value: unknown) => unknown {
  const fillText = (text: string): unknown => {
    if (!text.includes('{{')) return text;
    const number = /^\{\{ ?number (\d) ?\}\}$/.exec(text)?.[1];
    if (number !== undefined) {
      const value = Number(groups[Number(number)] || Number.NaN);
      return Number.isFinite(value) ? value : null;
    }
    return text.replace(/\{\{ ?(user|toolResult|\d) ?\}\}/g, (_, name: string) => {
      if (name === 'user') return textOf(lastOf(chat.messages, 'user'));
      if (name === 'toolResult') return textOf(lastOf(chat.messages, 'tool'));
      return groups[Number(name)] ?? '';
    });
  };
  const fill = (value: unknown): unknown => {
    if (typeof value === 'string') return fillText(value);
    if (Array.isArray(value)) return value.map(fill);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, fill(entry)]));
  };
  return fill;
}
