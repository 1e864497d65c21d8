import { argumentsFor, isUrlProperty, materialOf, numericProperties } from './arguments.ts';
import type { ChatTool, Reply } from './chat.ts';
import { findUrls, nameWords, sameWord, textWords } from './words.ts';

type Call = Reply['toolCalls'][number];
type Schema = Record<string, unknown>;

/** How people say the four operations, and how tools are called that do them. */
const OPERATIONS = [
  { words: ['add', 'plus', 'sum', 'total'], sign: /\d\s{0,3}\+\s{0,3}-?\d/ },
  { words: ['subtract', 'minus', 'difference', 'sub'], sign: /\d\s{0,3}[-−]\s{0,3}\d/ },
  { words: ['multiply', 'times', 'multiplied', 'product', 'mul'], sign: /\d\s{0,3}[*×x]\s{0,3}-?\d/ },
  { words: ['divide', 'divided', 'quotient', 'div', 'over'], sign: /\d\s{0,3}[/÷]\s{0,3}-?\d/ },
] as const;

/** Only so much of a message is looked at. */
const MAX_LENGTH = 4000;

/** The call that a user's message plainly asks for, with arguments that fit the tool's schema; undefined where there is none. */
export function callFor(message: string, tools: readonly ChatTool[]): Call | undefined {
  const text = message.slice(0, MAX_LENGTH);
  return arithmetic(text, tools) ?? web(text, tools) ?? delegation(text, tools) ?? named(text, tools);
}

/** "add 2 and 3", "what is 6 times 7?", "10 / 4" */
function arithmetic(text: string, tools: readonly ChatTool[]): Call | undefined {
  const { numbers } = materialOf(text.replace(/(\d)\s{0,3}[-−]\s{0,3}(?=\d)/g, '$1 - '));
  if (numbers.length < 2) return undefined;
  const words = textWords(text);
  const operation =
    OPERATIONS.find((candidate) => candidate.words.some((word) => words.includes(word))) ??
    OPERATIONS.find(({ sign }) => sign.test(text));
  if (operation === undefined) return undefined;
  const tool = tools.find(
    (candidate) =>
      toolWords(candidate).some((word) => operation.words.some((known) => known === word)) &&
      numericProperties(candidate.function.parameters).length >= 2,
  );
  if (tool === undefined) return undefined;
  const values = /\b(?:subtract|sub)\b.*\bfrom\b/i.test(text) ? numbers.toReversed() : numbers;
  const properties = numericProperties(tool.function.parameters);
  return call(tool, Object.fromEntries(properties.slice(0, values.length).map((name, index) => [name, values[index]])));
}

/** "what is on the front page of planetscale.com?" */
function web(text: string, tools: readonly ChatTool[]): Call | undefined {
  if (findUrls(text).length === 0) return undefined;
  const able = tools.filter((tool) =>
    Object.entries(propertiesOf(tool)).some(([name, schema]) => isUrlProperty(name, schema)),
  );
  const tool =
    able.find((candidate) => toolWords(candidate).some((word) => /^(fetch|get|read|browse|open|visit)$/.test(word))) ??
    able[0];
  if (tool === undefined) return undefined;
  const required = urlRequired(tool);
  const values = argumentsFor(required, materialOf(text));
  return values === undefined ? undefined : call(tool, values);
}

/** The tool's schema with its address required, which in some tools is optional. */
function urlRequired({ function: { parameters } }: ChatTool): Schema {
  const properties = (parameters?.properties ?? {}) as Schema;
  const required = Array.isArray(parameters?.required) ? parameters.required : [];
  const url = Object.keys(properties).find((name) => isUrlProperty(name, properties[name]));
  return { ...parameters, required: url === undefined || required.includes(url) ? required : [url, ...required] };
}

/** "ask the poet to write a haiku", "delegate this to the researcher: …" */
function delegation(text: string, tools: readonly ChatTool[]): Call | undefined {
  const words = textWords(text);
  const asks = words.some((word) => /^(ask|tell|delegate|consult|hand|let|have)$/.test(word));
  for (const tool of tools) {
    const own = toolWords(tool);
    const about = `${tool.function.name} ${tool.function.description ?? ''}`;
    if (!/delegat|\bagent\b|_agent/i.test(about)) continue;
    const names = own.filter((word) => !/^(delegate|to|agent|ask|task|tool|the)$/.test(word));
    const mentioned = names.length > 0 && names.every((name) => words.some((word) => sameWord(word, name)));
    const meant = mentioned || (asks && words.some((word) => /^(agent|delegate)$/.test(word)));
    if (!asks && !mentioned) continue;
    if (!meant) continue;
    const last = names.at(-1) ?? 'agent';
    const values = argumentsFor(tool.function.parameters ?? {}, materialOf(text, errand(text, last)));
    if (values !== undefined) return call(tool, values);
  }
  return undefined;
}

/** What is to be done: the text after the one who is to do it, without "to", "that" or a colon between. */
function errand(text: string, agent: string): string {
  const at = text.toLowerCase().lastIndexOf(agent.toLowerCase());
  if (at === -1) return text;
  const rest = text
    .slice(at + agent.length)
    .replace(/^[\w-]{0,20}\s{0,3}(?:agent)?\s{0,3}(?::|,|to\b|that\b|for\b|if\b|about\b)?\s{0,3}/i, '');
  return rest === '' ? text : rest;
}

/** "use list_files", "echo hello", "pay invoice 17": a tool whose name, or all words of it, are in the message. */
function named(text: string, tools: readonly ChatTool[]): Call | undefined {
  const words = textWords(text);
  const lower = text.toLowerCase();
  const ranked = tools
    .map((tool) => ({ tool, score: mentionScore(tool, words, lower) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score);
  for (const { tool } of ranked) {
    const values = argumentsFor(tool.function.parameters ?? {}, materialOf(text, afterMention(text, tool)));
    if (values !== undefined) return call(tool, values);
  }
  return undefined;
}

function mentionScore(tool: ChatTool, words: readonly string[], lower: string): number {
  const name = tool.function.name.toLowerCase();
  const short = shortName(tool).toLowerCase();
  if (words.includes(name)) return 1000;
  if (words.includes(short) || (short.includes('-') && lower.includes(short))) return 100 + short.length;
  const own = nameWords(shortName(tool)).filter((word) => word.length > 1);
  return own.length > 0 && own.every((part) => words.some((word) => sameWord(word, part))) ? own.length : 0;
}

function afterMention(text: string, tool: ChatTool): string {
  const lower = text.toLowerCase();
  for (const name of [tool.function.name, shortName(tool), nameWords(shortName(tool)).at(-1) ?? '']) {
    const at = name === '' ? -1 : lower.indexOf(name.toLowerCase());
    if (at === -1) continue;
    const rest = text
      .slice(at + name.length)
      .replace(/^(?:\s{1,3}tool)?\s{0,3}(?::|with\b|for\b|that\b|to\b|on\b)?\s{0,3}/i, '');
    if (rest.trim() !== '') return rest;
  }
  return text;
}

/** The tool's own name, without the server before it. */
function shortName({ function: { name } }: ChatTool): string {
  return name.split('__').at(-1) || name;
}

function toolWords(tool: ChatTool): string[] {
  return nameWords(tool.function.name);
}

function propertiesOf({ function: { parameters } }: ChatTool): Record<string, unknown> {
  const properties = parameters?.properties;
  return typeof properties === 'object' && properties !== null ? { ...properties } : {};
}

function call(tool: ChatTool, values: Record<string, unknown>): Call {
  return { name: tool.function.name, arguments: JSON.stringify(values) };
}
