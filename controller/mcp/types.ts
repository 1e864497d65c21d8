import type { ToolOutcome } from '../tools/index.ts';

/** How a server is started or reached. Values are resolved: no reference to a Secret is left in here. */
export interface McpServerSpec {
  /**
   * `http` is streamable HTTP, and SSE where the server knows nothing newer; `streamable-http` and `sse` are
   * one of them only.
   */
  readonly transport: 'stdio' | 'http' | 'sse' | 'streamable-http';
  readonly command?: string;
  readonly args?: readonly string[];
  readonly env?: readonly McpVariable[];
  readonly url?: string;
  readonly headers?: readonly McpVariable[];
}

/** A variable of the environment, or a header. */
export interface McpVariable {
  readonly name: string;
  readonly value: string;
  /**
   * Whether the value is hidden in messages and in the results of tools. When absent, it is hidden in messages only, and only
   * where it has six characters or more.
   */
  readonly secret?: boolean;
}

export interface McpToolAnnotations {
  readonly title?: string;
  readonly readOnlyHint?: boolean;
  readonly destructiveHint?: boolean;
  readonly idempotentHint?: boolean;
  readonly openWorldHint?: boolean;
}

export interface McpTool {
  readonly name: string;
  readonly description?: string;
  /** A JSON Schema that compiles; `type` is `object`. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
  readonly annotations?: McpToolAnnotations;
  /** SHA-256, in hex, of the canonical JSON of name, description, inputSchema and annotations. */
  readonly digest: string;
}

/** A tool that the server lists and that cannot be used. */
export interface RefusedTool {
  readonly name: string;
  readonly reason: string;
}

export interface McpServerInfo {
  readonly name: string;
  readonly version: string;
  readonly instructions?: string;
  /** The transport that stands, where `http` left the choice. */
  readonly transport: 'stdio' | 'sse' | 'streamable-http';
}

export type ServerState =
  /** `lastError` is why the attempt before this one failed. */
  | { readonly kind: 'connecting'; readonly attempt: number; readonly lastError?: string }
  | {
      readonly kind: 'ready';
      readonly tools: readonly McpTool[];
      readonly refusedTools: readonly RefusedTool[];
      readonly serverInfo: McpServerInfo;
    }
  /** `nextAttemptAt` in milliseconds since the epoch; `attempt` counts the failures in a row. */
  | { readonly kind: 'backoff'; readonly error: string; readonly nextAttemptAt: number; readonly attempt: number }
  /** Trying again would not help. Left by a new fingerprint or by `reconnect`. */
  | { readonly kind: 'refused'; readonly error: string };

export interface McpLimits {
  /** Tools of one server; more, and the server is refused. */
  readonly maxTools: number;
  /** Bytes of all its tools' names, descriptions, schemas and annotations, as JSON. */
  readonly maxToolBytes: number;
  /** Pages of one list of tools. */
  readonly maxToolPages: number;
  /** Bytes of one message; a longer one ends the connection. */
  readonly maxMessageBytes: number;
  /** Bytes of a tool's result that are kept; the rest is cut, with a note. */
  readonly maxResultBytes: number;
  /** Lines in a row on stdout that are no messages of the protocol; more, and the connection ends. */
  readonly maxRubbishLines: number;
}

export const DEFAULT_MCP_LIMITS: McpLimits = {
  maxTools: 500,
  maxToolBytes: 1024 * 1024,
  maxToolPages: 200,
  maxMessageBytes: 4 * 1024 * 1024,
  maxResultBytes: 128 * 1024,
  maxRubbishLines: 100,
};

export interface McpCallOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds until the call is given up. */
  readonly timeoutMs: number;
  /** The same for every repetition of a call; goes to `_meta` of the request. */
  readonly idempotencyKey: string;
  readonly onProgress?: (progress: McpProgress) => void;
}

export interface McpProgress {
  readonly progress: number;
  readonly total?: number;
  readonly message?: string;
}

export interface McpPool {
  /**
   * Keeps a server connected under `key` (one for each MCPServer object: namespace, name and UID). Returns at once.
   * A changed `fingerprint` ends the old connection (and process), forgets its tools, and starts the new spec after that.
   */
  ensure(key: string, spec: McpServerSpec, fingerprint: string): ServerState;
  /** Forgets the server; resolves when its process and all of that process' children are gone. */
  remove(key: string): Promise<void>;
  state(key: string): ServerState | undefined;
  /** Drops what stands and connects anew, at once. */
  reconnect(key: string): void;
  /** Never rejects. */
  callTool(
    key: string,
    toolName: string,
    args: Readonly<Record<string, unknown>>,
    options: McpCallOptions,
  ): Promise<ToolOutcome>;
  /** Ends all servers; resolves when their processes are gone. */
  close(): Promise<void>;
}
