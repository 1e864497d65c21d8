import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { digest } from '../keys.ts';
import { showValue } from '../tools/show-value.ts';
import type { McpLimits, McpTool, McpToolAnnotations, RefusedTool } from './types.ts';

/** The server as a whole cannot be used; trying again would not help. */
export class RefusedServerError extends Error {
  override readonly name = 'RefusedServerError';
}

export interface ToolList {
  readonly tools: readonly McpTool[];
  readonly refusedTools: readonly RefusedTool[];
}

/** One page of `tools/list`, as the server sent it. */
export type RawPage = Readonly<Record<string, unknown>>;

/**
 * All tools of a server, page by page. What a single tool gets wrong costs that tool only; too many of them, or pages without end,
 * throw `RefusedServerError`. `checkSchema` says why a schema is none.
 */
export async function listTools(
  fetchPage: (cursor: string | undefined) => Promise<RawPage>,
  checkSchema: (schema: unknown) => string | undefined,
  limits: Pick<McpLimits, 'maxTools' | 'maxToolBytes' | 'maxToolPages'>,
): Promise<ToolList> {
  const raw = await fetchAll(fetchPage, limits);
  const tools = new Map<string, McpTool>();
  const refusedTools: RefusedTool[] = [];
  for (const [index, one] of raw.entries()) {
    // Compiling hundreds of schemas in one go would hold up everything else.
    if (index % 20 === 19) await yieldToOthers();
    const tool = acceptTool(one, checkSchema);
    if ('reason' in tool) refusedTools.push(tool);
    else if (tools.has(tool.name))
      refusedTools.push({ name: tool.name, reason: 'a tool of this name was listed before' });
    else tools.set(tool.name, tool);
  }
  return { tools: [...tools.values()], refusedTools };
}

async function fetchAll(
  fetchPage: (cursor: string | undefined) => Promise<RawPage>,
  limits: Pick<McpLimits, 'maxTools' | 'maxToolBytes' | 'maxToolPages'>,
): Promise<unknown[]> {
  const all: unknown[] = [];
  const cursors = new Set<string>();
  let bytes = 0;
  let cursor: string | undefined;
  for (let pages = 0; ; pages += 1) {
    if (pages >= limits.maxToolPages) {
      throw new RefusedServerError(`tools/list has more than ${limits.maxToolPages} pages`);
    }
    const page = await fetchPage(cursor);
    if (!Array.isArray(page.tools)) {
      throw new Error(`tools/list: "tools" must be a list, not ${showValue(page.tools)}`);
    }
    for (const tool of page.tools) all.push(tool);
    if (all.length > limits.maxTools) {
      throw new RefusedServerError(
        `it lists ${all.length}${page.nextCursor === undefined ? '' : ' or more'} tools, of which at most ${limits.maxTools} are allowed`,
      );
    }
    bytes += JSON.stringify(page.tools).length;
    if (bytes > limits.maxToolBytes) {
      throw new RefusedServerError(
        `its tools are described in ${bytes} bytes or more, of which at most ${limits.maxToolBytes} are allowed`,
      );
    }
    const { nextCursor } = page;
    if (nextCursor === undefined || nextCursor === null) return all;
    if (typeof nextCursor !== 'string') {
      throw new Error(`tools/list: nextCursor must be a string, not ${showValue(nextCursor)}`);
    }
    if (cursors.has(nextCursor)) {
      throw new RefusedServerError(`tools/list goes in circles: nextCursor ${showValue(nextCursor)} came twice`);
    }
    cursors.add(nextCursor);
    cursor = nextCursor;
  }
}

/** What policies, approvals and allow-lists can name without doubt: `*` and white space would not do. */
const TOOL_NAME = /^[A-Za-z0-9_./:@+-]{1,128}$/;
const MAX_DESCRIPTION = 32 * 1024;

/** A tool as the server listed it, or why it cannot be used. */
function acceptTool(raw: unknown, checkSchema: (schema: unknown) => string | undefined): McpTool | RefusedTool {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return { name: '?', reason: `a tool must be an object, not ${showValue(raw)}` };
  }
  const { name, description, inputSchema, annotations, execution } = raw as Record<string, unknown>;
  if (typeof name !== 'string' || !TOOL_NAME.test(name) || name === '__proto__') {
    const shown = typeof name === 'string' ? name.slice(0, 128).toWellFormed() : '?';
    return {
      name: shown,
      reason: `name ${showValue(name)} must be 1 to 128 letters, digits and _ . / : @ + -`,
    };
  }
  const refuse = (reason: string): RefusedTool => ({ name, reason });
  if (description !== undefined && description !== null && typeof description !== 'string') {
    return refuse(`description must be a string, not ${showValue(description)}`);
  }
  if (typeof description === 'string' && description.length > MAX_DESCRIPTION) {
    return refuse(`description is ${description.length} characters long: at most ${MAX_DESCRIPTION} are allowed`);
  }
  if (typeof inputSchema !== 'object' || inputSchema === null || Array.isArray(inputSchema)) {
    return refuse(`inputSchema must be a JSON Schema of type object, not ${showValue(inputSchema)}`);
  }
  if ((execution as { taskSupport?: unknown } | undefined)?.taskSupport === 'required') {
    return refuse('it can be called as a task only (execution.taskSupport), which is not supported');
  }
  const declared = (inputSchema as { type?: unknown }).type;
  if (declared !== undefined && declared !== 'object') {
    return refuse(`inputSchema.type must be "object", not ${showValue(declared)}`);
  }
  // Models' providers insist on the type.
  const schema = { ...inputSchema, type: 'object' };
  const unusable = checkSchema(schema);
  if (unusable !== undefined) return refuse(`inputSchema: ${unusable}`);
  const accepted = acceptAnnotations(annotations);
  if (typeof accepted === 'string') return refuse(accepted);
  const tool = {
    name,
    ...(typeof description === 'string' && { description }),
    inputSchema: schema,
    ...(accepted && { annotations: accepted }),
  };
  return { ...tool, digest: toolDigest(tool) };
}

const HINTS = ['readOnlyHint', 'destructiveHint', 'idempotentHint', 'openWorldHint'] as const;

/** The annotations that we know; those of a wrong type are a fault, since much hangs on them. */
function acceptAnnotations(raw: unknown): McpToolAnnotations | undefined | string {
  if (raw === undefined || raw === null) return undefined;
  if (typeof raw !== 'object' || Array.isArray(raw)) return `annotations must be an object, not ${showValue(raw)}`;
  const given = raw as Record<string, unknown>;
  const known: Record<string, unknown> = {};
  if (given.title !== undefined) {
    if (typeof given.title !== 'string' || given.title.length > 1024) return 'annotations.title must be a short string';
    known.title = given.title;
  }
  for (const hint of HINTS) {
    if (given[hint] === undefined) continue;
    if (typeof given[hint] !== 'boolean')
      return `annotations.${hint} must be true or false, not ${showValue(given[hint])}`;
    known[hint] = given[hint];
  }
  return known;
}

/** SHA-256 in hex over the canonical JSON of what a reviewer reads and a model is told. */
export function toolDigest(tool: Pick<McpTool, 'name' | 'description' | 'inputSchema' | 'annotations'>): string {
  const { name, description, inputSchema, annotations } = tool;
  return digest({ name, description, inputSchema, annotations });
}
