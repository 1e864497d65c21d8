import { createHash } from 'node:crypto';

/** OpenAI's limit for function names; other providers allow as many or more. */
export const MAX_FUNCTION_NAME = 64;

const HASH_LENGTHS = [8, 16, 32] as const;

export interface NamedTool {
  /** The MCP server; empty for a tool that has none. */
  server: string;
  tool: string;
}

/**
 * The names under which a model is offered the tools, in the order of `tools`: `<server>__<tool>`, or `<tool>` without
 * a server, of at most 64 characters `[a-zA-Z0-9_-]`. A name that does not fit, or that two tools could have, gets
 * a hash of server and tool at its end. Different tools have different names, equal ones equal names, and neither
 * order nor the other tools change a name (but for a hash that someone chose to collide). Keep the mapping: the names can't be parsed back.
 */
export function functionNames(tools: readonly NamedTool[]): string[] {
  const byTool = new Map<string, string>();
  const taken = new Set<string>();
  const hashed: NamedTool[] = [];
  for (const tool of tools) {
    if (byTool.has(keyOf(tool))) continue;
    const plain = plainName(tool);
    if (plain === undefined) {
      hashed.push(tool);
    } else {
      byTool.set(keyOf(tool), plain);
      taken.add(plain);
    }
  }
  // Sorted, so that even where hashes collide the order of the tools has no say.
  hashed.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  for (const tool of hashed) {
    const key = keyOf(tool);
    if (byTool.has(key)) continue;
    const candidates = HASH_LENGTHS.map((length) => hashedName(tool, length));
    const name = candidates.find((candidate) => !taken.has(candidate));
    if (name === undefined) throw new Error(`no free function name for tool ${JSON.stringify(tool.tool)}`);
    byTool.set(key, name);
    taken.add(name);
  }
  return tools.map((tool) => byTool.get(keyOf(tool)) ?? '');
}

function keyOf({ server, tool }: NamedTool): string {
  return `${server}\0${tool}`;
}

/**
 * The name without a hash, or undefined where it would not be the tool's own. It is that when the first `__` is the seam:
 * so a server must be without `_` (Kubernetes names are), and a tool that has no server must be without `__`.
 */
function plainName({ server, tool }: NamedTool): string | undefined {
  if (server === '' ? tool.includes('__') : server.includes('_')) return undefined;
  const name = server === '' ? tool : `${server}__${tool}`;
  // Gemini wants a letter or `_` first.
  return name.length <= MAX_FUNCTION_NAME && tool !== '' && /^[a-zA-Z_][a-zA-Z0-9_-]*$/.test(name) ? name : undefined;
}

function hashedName(tool: NamedTool, hashLength: number): string {
  const hash = createHash('sha256').update(keyOf(tool)).digest('hex').slice(0, hashLength);
  const readable = tool.server === '' ? tool.tool : `${tool.server}__${tool.tool}`;
  const clean = readable.replace(/[^a-zA-Z0-9_-]/g, '_').replace(/^(?![a-zA-Z_])/, '_');
  return `${clean.slice(0, MAX_FUNCTION_NAME - hashLength - 1)}_${hash}`;
}
