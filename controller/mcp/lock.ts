import type { MCPServerSpec, MCPServerTool } from '../../api/index.ts';
import { toolDigest } from './tool-list.ts';
import type { McpTool, ServerState } from './types.ts';

/** How the tools of a server differ from those that were reviewed, by name. */
export interface ToolDrift {
  /** Another schema, description or other annotations. */
  readonly changed: readonly string[];
  /** Not reviewed. */
  readonly added: readonly string[];
  /** Reviewed, and no longer offered. */
  readonly missing: readonly string[];
}

type Tool = Pick<McpTool, 'name' | 'description' | 'inputSchema' | 'annotations'>;
type Locks = Pick<MCPServerSpec, 'lockedTools' | 'toolSchemaDrift'>;

/** What `lockedTools` says of a tool: `sha256:…` of its name, description, schema and annotations. */
export const lockDigest = (tool: Tool): string => `sha256:${toolDigest(tool)}`;

/** What follows from a difference: Block unless told, and nothing where no tool is locked. */
export const driftMode = ({ lockedTools, toolSchemaDrift }: Locks): 'Block' | 'Warn' | 'Allow' =>
  lockedTools === undefined ? 'Allow' : (toolSchemaDrift ?? 'Block');

export function driftOf({ lockedTools = [] }: Locks, tools: readonly Tool[]): ToolDrift {
  const locked = new Map(lockedTools.map(({ name, digest }) => [name, digest]));
  const offered = new Set(tools.map(({ name }) => name));
  return {
    changed: tools.filter((tool) => locked.has(tool.name) && locked.get(tool.name) !== lockDigest(tool)).map(nameOf),
    added: tools.filter(({ name }) => !locked.has(name)).map(nameOf),
    missing: lockedTools.filter(({ name }) => !offered.has(name)).map(nameOf),
  };
}

const nameOf = ({ name }: { readonly name: string }): string => name;

/** Whether a tool is what was reviewed: then what the server says about its effects counts. */
export function isLocked({ lockedTools }: Locks, tool: MCPServerTool): boolean {
  const described = { ...tool, inputSchema: tool.inputSchema ?? {} };
  return lockedTools?.some(({ name, digest }) => name === tool.name && digest === lockDigest(described)) === true;
}

/** The tools that agents get: under Block those that were reviewed, and are as they were. */
export function usableTools(server: {
  readonly spec: Locks;
  readonly status?: { readonly tools?: readonly MCPServerTool[] };
}): readonly MCPServerTool[] {
  const tools = server.status?.tools ?? [];
  return driftMode(server.spec) === 'Block' ? tools.filter((tool) => isLocked(server.spec, tool)) : tools;
}

/** Why a tool must not be called, as the model reads it: it is not, or not any more, what was reviewed. */
export function lockProblem(spec: Locks, tool: string, state: ServerState | undefined): string | undefined {
  if (driftMode(spec) !== 'Block' || state?.kind !== 'ready') return undefined;
  const live = state.tools.find(({ name }) => name === tool);
  if (live === undefined) return undefined;
  const locked = spec.lockedTools?.find(({ name }) => name === tool);
  if (locked === undefined)
    return `The tool "${tool}" was not called: it has not been reviewed (spec.lockedTools of its MCPServer)`;
  return locked.digest === lockDigest(live)
    ? undefined
    : `The tool "${tool}" was not called: its server has changed its schema, description or annotations since it was reviewed (spec.lockedTools of its MCPServer)`;
}

/** A difference in a sentence; undefined where there is none. */
export function describeDrift({ changed, added, missing }: ToolDrift, offersAdded: boolean): string | undefined {
  const parts = [
    ...(changed.length === 0 ? [] : [`changed since they were locked: ${changed.join(', ')}`]),
    ...(missing.length === 0 ? [] : [`locked and no longer offered: ${missing.join(', ')}`]),
    ...(added.length === 0 ? [] : [`not locked${offersAdded ? '' : ', so not given to agents'}: ${added.join(', ')}`]),
  ];
  return parts.length === 0 ? undefined : parts.join('; ');
}
