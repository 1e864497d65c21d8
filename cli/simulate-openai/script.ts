import { Ajv, type ErrorObject } from 'ajv';
import { RE2JS } from 're2js';
import { parse } from 'yaml';
import { scriptSchema } from './script-schema.ts';

/** What a rule looks for. All that is given must hold. */
export interface When {
  /** In the last user message, upper or lower case. */
  user?: string;
  /** A regular expression in Go's (RE2's) syntax, somewhere in the last user message; its groups fill `{{1}}` … `{{9}}`. */
  userMatches?: string;
  /** In the system message, upper or lower case. */
  system?: string;
  /** In the last message, if that is a tool's. */
  toolResult?: string;
  model?: string;
  /** All of these are offered. */
  tools?: string[];
  /** 1 for the first answer of a conversation: one more than the assistant messages in it. */
  turn?: number;
  /** Of the last message. */
  lastRole?: 'system' | 'user' | 'assistant' | 'tool';
}

/** What goes wrong. */
export interface Fault {
  /** An HTTP status from 400 to 599. */
  status?: number;
  /** `Retry-After`: seconds, or an HTTP date. */
  retryAfter?: number | string;
  message?: string;
  type?: string;
  code?: string;
  /** Ends the connection before anything is answered, or in the middle of the answer. */
  cut?: 'before-headers' | 'mid-body';
  /** Answers 200 with this as JSON: an answer of the wrong shape. */
  body?: unknown;
  /** Answers 200 with this text, whatever it is. */
  bodyText?: string;
  /** Of `bodyText`; `application/json` unless told. */
  contentType?: string;
}

export interface Rule {
  /** Shown in the record of requests. */
  name?: string;
  when?: When;
  /** So often the rule holds; after that it is passed over. */
  times?: number;
  /** Milliseconds before the answer begins. */
  latencyMs?: number;
  /** Milliseconds over which the answer's body trickles out. */
  dribbleMs?: number;
  text?: string;
  toolCalls?: { name: string; arguments?: Record<string, unknown> | string; id?: string }[];
  finishReason?: string;
  usage?: { inputTokens?: number; outputTokens?: number };
  fault?: Fault;
}

/** The first rule that matches a request answers it. See docs/simulate-openai.md. */
export interface Script {
  /** The only models there are; any model where absent. */
  models?: string[];
  rules: Rule[];
}

/** A script that can't be used: one line a mistake, each with the field, the value, the rule and the fix. */
export class ScriptError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ScriptError';
  }
}

/** Reads a script from YAML or JSON text. Throws `ScriptError`. */
export function parseScript(text: string): Script {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw new ScriptError(`no valid YAML or JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  return checkScript(value);
}

/** Checks what may be a script. Throws `ScriptError` that names every mistake. */
export function checkScript(value: unknown): Script {
  const ajv = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true, strictRequired: false });
  const validate = ajv.compile<Script>(scriptSchema);
  if (!validate(value)) {
    const lines = (validate.errors ?? [])
      .filter(({ keyword }) => keyword !== 'if')
      .map((error) => lineOf(error, value));
    throw new ScriptError([...new Set(lines)].slice(0, 20).join('\n'));
  }
  for (const [index, rule] of value.rules.entries()) checkRule(rule, `rules[${index}]`);
  return value;
}

function checkRule(rule: Rule, at: string): void {
  const pattern = rule.when?.userMatches;
  if (pattern !== undefined) {
    try {
      RE2JS.compile(pattern);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ScriptError(`${at}.when.userMatches: ${reason}; it must be a regular expression in Go's syntax`);
    }
  }
  const { fault } = rule;
  if (fault !== undefined && (rule.text !== undefined || rule.toolCalls !== undefined)) {
    throw new ScriptError(`${at}: has a fault and an answer; make them two rules, the fault with \`times\``);
  }
  if (fault === undefined) return;
  const kinds = [fault.status, fault.cut, fault.body, fault.bodyText].filter((kind) => kind !== undefined);
  if (kinds.length !== 1) {
    throw new ScriptError(`${at}.fault: must have one of status, cut, body and bodyText, it has ${kinds.length}`);
  }
}

function lineOf(error: ErrorObject, script: unknown): string {
  const at = pathOf(error.instancePath);
  const { keyword, params } = error;
  if (keyword === 'additionalProperties') {
    const allowed = Object.keys((error.parentSchema?.properties as object | undefined) ?? {});
    return `${at}: unknown field ${JSON.stringify(params.additionalProperty)}; it knows ${allowed.join(', ')}`;
  }
  if (keyword === 'required') return `${at}: ${params.missingProperty} is required`;
  const value = JSON.stringify(valueAt(script, error.instancePath))?.slice(0, 80) ?? 'nothing';
  if (keyword === 'enum') return `${at}: must be one of ${params.allowedValues.join(', ')}, it is ${value}`;
  if (keyword === 'type') return `${at}: must be ${[params.type].flat().join(' or ')}, it is ${value}`;
  return `${at}: ${error.message ?? 'is wrong'}, it is ${value}`;
}

/** `/rules/0/when` as `rules[0].when`. */
function pathOf(pointer: string): string {
  if (pointer === '') return 'the script';
  return pointer
    .slice(1)
    .replace(/\/(\d+)(?=\/|$)/g, '[$1]')
    .replaceAll('/', '.');
}

function valueAt(value: unknown, pointer: string): unknown {
  let at: unknown = value;
  for (const part of pointer.split('/').slice(1)) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = Reflect.get(at, part.replaceAll('~1', '/').replaceAll('~0', '~'));
  }
  return at;
}
