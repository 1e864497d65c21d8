import type { Tool } from '../../api/index.ts';
import type { Glob } from './glob.ts';
import { canName, compileGlob, globProblem } from './glob.ts';
import { textAt } from './json.ts';
import type { ToolIdentity } from './types.ts';

/** What stands before the slash for tools that no MCP server has. An MCPServer of such a name would pass for them. */
export const RESERVED_SERVERS: ReadonlySet<string> = new Set(['builtin', 'tool', 'agent', 'human']);

/** Functions of the program, as `execute.builtin.name` admits them. */
const BUILTINS: readonly string[] = ['add', 'subtract', 'multiply', 'divide'];

/** Letters that look like themselves: printable ASCII without the space. */
const PLAIN = /^[\x21-\x7e]+$/;

export interface ToolName {
  readonly server: string;
  readonly name: string;
  /** `<server>/<name>`. */
  readonly id: string;
}

const nameOf = (server: string, name: string): ToolName => ({ server, name, id: `${server}/${name}` });

/** All names of a tool, the principal one first: a Tool that executes a builtin is `tool/<Tool>` and `builtin/<name>`. */
export function toolNames(tool: ToolIdentity): readonly ToolName[] {
  switch (tool.kind) {
    case 'MCPServer':
      return [nameOf(tool.server, tool.name)];
    case 'Tool': {
      const names = [nameOf('tool', tool.name)];
      if (tool.builtin !== undefined) names.push(nameOf('builtin', tool.builtin));
      if (tool.agent !== undefined) names.push(nameOf('agent', tool.agent));
      return names;
    }
    case 'Agent':
      return [nameOf('agent', tool.name)];
    case 'ContactChannel':
      return [nameOf('human', tool.name)];
  }
}

/** `<server>/<name>`: the principal name of a tool. */
export function toolId(tool: ToolIdentity): string {
  return (toolNames(tool)[0] as ToolName).id;
}

/** The identity of a Tool object. */
export function identityOfTool(tool: Tool): ToolIdentity {
  const builtin = textAt(tool, 'spec', 'execute', 'builtin', 'name');
  const agent = textAt(tool, 'spec', 'agentRef', 'name');
  return {
    kind: 'Tool',
    name: tool.metadata.name ?? '',
    ...(builtin === undefined ? {} : { builtin }),
    ...(agent === undefined ? {} : { agent }),
  };
}

/** Reads `<server>/<name>`, split at the first slash; undefined where there is none. */
export function parseToolId(text: string): ToolIdentity | undefined {
  const slash = text.indexOf('/');
  if (slash <= 0 || slash === text.length - 1) return undefined;
  const server = text.slice(0, slash);
  const name = text.slice(slash + 1);
  switch (server) {
    case 'tool':
      return { kind: 'Tool', name };
    case 'builtin':
      return { kind: 'Tool', name, builtin: name };
    case 'agent':
      return { kind: 'Agent', name };
    case 'human':
      return { kind: 'ContactChannel', name };
    default:
      return { kind: 'MCPServer', server, name };
  }
}

/**
 * Why the name of a tool cannot be trusted to be what it looks like; undefined when it can. Such a tool counts as named
 * only where a policy names it exactly.
 */
export function nameProblem(tool: ToolIdentity): string | undefined {
  if (tool.kind === 'MCPServer' && RESERVED_SERVERS.has(tool.server)) {
    return `comes from an MCPServer called "${tool.server}", a name that is kept for tools of this program`;
  }
  const odd = toolNames(tool).find(({ id }) => !PLAIN.test(id));
  if (odd === undefined) return undefined;
  const char = [...odd.id].find((each) => !PLAIN.test(each)) ?? '';
  const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `has U+${code} in its name, which can pass for another letter or for none`;
}

interface ToolPattern {
  readonly source: string;
  readonly server: Glob;
  readonly name: Glob;
}

/** Patterns of tools. */
export interface ToolPatterns {
  readonly sources: readonly string[];
  /** The first pattern that matches one of the names. */
  match(names: readonly ToolName[]): string | undefined;
  /** A pattern without wildcard that is one of the names. */
  exact(names: readonly ToolName[]): string | undefined;
  /** True when tools of that server could match. */
  reaches(server: string): boolean;
  /** The pattern that matches all tools of that server. */
  whole(server: string): string | undefined;
}

/** Why a pattern can match no tool; undefined when it can match one. */
export function toolPatternProblem(pattern: string): string | undefined {
  if (pattern === '*') return undefined;
  const general = globProblem(pattern);
  if (general !== undefined) return general;
  const slash = pattern.indexOf('/');
  if (slash < 0)
    return 'has no slash and can match nothing: write <mcpserver>/<tool>, builtin/<name>, tool/<Tool>, agent/<Agent> or human/<ContactChannel>';
  const server = pattern.slice(0, slash);
  const name = pattern.slice(slash + 1);
  if (server === '' || name === '') return 'has nothing before or after its slash and can match nothing: use * for any';
  if (!canName(server)) {
    return `can match nothing: "${server}" is no name of an MCPServer (lower-case letters, digits, "-" and ".")`;
  }
  if (server === 'builtin' && !BUILTINS.some(compileGlob(name).test)) {
    return `can match nothing: the builtin functions are ${BUILTINS.join(', ')}`;
  }
  if (RESERVED_SERVERS.has(server) && server !== 'builtin' && !canName(name)) {
    return `can match nothing: "${name}" is no name of an object (lower-case letters, digits, "-" and ".")`;
  }
  return undefined;
}

export function compileToolPatterns(patterns: readonly string[]): ToolPatterns {
  const compiled = patterns.map(compileToolPattern);
  const literals = new Set<string>();
  const byServer = new Map<string, ToolPattern[]>();
  const anyServer: ToolPattern[] = [];
  for (const pattern of compiled) {
    if (pattern.server.literal === undefined) anyServer.push(pattern);
    else if (pattern.name.literal !== undefined) literals.add(pattern.source);
    else {
      const known = byServer.get(pattern.server.literal);
      if (known === undefined) byServer.set(pattern.server.literal, [pattern]);
      else known.push(pattern);
    }
  }
  const exact = (names: readonly ToolName[]): string | undefined => {
    if (literals.size > 0) for (const { id } of names) if (literals.has(id)) return id;
    return undefined;
  };
  const wildcard = ({ server, name }: ToolName): string | undefined => {
    for (const pattern of byServer.get(server) ?? []) if (pattern.name.test(name)) return pattern.source;
    for (const pattern of anyServer) if (pattern.name.test(name) && pattern.server.test(server)) return pattern.source;
    return undefined;
  };
  const isWhole = (pattern: ToolPattern): boolean => /^\*+$/.test(pattern.name.source);
  return {
    sources: patterns,
    exact,
    match(names) {
      const found = exact(names);
      if (found !== undefined || literals.size === compiled.length) return found;
      for (const name of names) {
        const source = wildcard(name);
        if (source !== undefined) return source;
      }
      return undefined;
    },
    reaches: (server) => compiled.some((pattern) => pattern.server.test(server)),
    whole: (server) => compiled.find((pattern) => isWhole(pattern) && pattern.server.test(server))?.source,
  };
}

function compileToolPattern(source: string): ToolPattern {
  const slash = source.indexOf('/');
  const server = slash < 0 ? source : source.slice(0, slash);
  const name = slash < 0 ? '*' : source.slice(slash + 1);
  return { source, server: compileGlob(server), name: compileGlob(name) };
}
