import { randomUUID } from 'node:crypto';
import type { Clock, Logger, Timer } from '../../kube/types.ts';
import { createMetadataGuard } from '../tools/addresses.ts';
import { createGuardedConnector } from '../tools/guarded-connect.ts';
import type { ToolOutcome } from '../tools/index.ts';
import { createSchemaCompiler } from '../tools/index.ts';
import { messageOf } from '../tools/outcome.ts';
import { showValue } from '../tools/show-value.ts';
import type { Connection } from './connection.ts';
import { openConnection } from './connection.ts';
import type { Dispatchers } from './http-transport.ts';
import { createDispatchers } from './http-transport.ts';
import { checkSpec } from './spec.ts';
import { RefusedServerError } from './tool-list.ts';
import type { McpCallOptions, McpLimits, McpPool, McpServerSpec, ServerState } from './types.ts';
import { DEFAULT_MCP_LIMITS } from './types.ts';
import type { Watchdog } from './watchdog.ts';
import { createWatchdog } from './watchdog.ts';

export interface McpPoolOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called with each state that a server gets into by itself: not with what `ensure` returns. */
  readonly onChange: (key: string, state: ServerState) => void;
  /** Why a schema is none; an `ArgumentParser`'s, so that what it compiles is compiled once. A compiler of its own unless told. */
  readonly checkSchema?: (schema: unknown) => string | undefined;
  readonly limits?: Partial<McpLimits>;
  /** Milliseconds for starting, shaking hands and listing; 60,000 unless told: npx and uvx download first. */
  readonly connectTimeoutMs?: number;
  /** Milliseconds for the answer to the ping that follows a call without answer; 10,000 unless told. */
  readonly pingTimeoutMs?: number;
  /** Milliseconds that a process has to end between SIGTERM and SIGKILL; 2,000 unless told. */
  readonly termGraceMs?: number;
  readonly backoff?: Partial<McpBackoff>;
}

export interface McpBackoff {
  /** Milliseconds before the first attempt after a failure; doubled with each, halved at most by chance. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** A connection that stood for so long was a good one: failures before it are forgotten. */
  readonly healthyMs: number;
}

const DEFAULT_BACKOFF: McpBackoff = { firstMs: 1000, longestMs: 300_000, healthyMs: 60_000 };
const DEFAULT_CONNECT_TIMEOUT_MS = 60_000;
const DEFAULT_PING_TIMEOUT_MS = 10_000;
const DEFAULT_TERM_GRACE_MS = 2000;
const TCP_CONNECT_TIMEOUT_MS = 10_000;

/** Connections to MCP servers, each by itself: none waits for another, none shares a process with another. */
export function createMcpPool(options: McpPoolOptions): McpPool {
  const { clock, logger } = options;
  const owner = randomUUID();
  const shared: Shared = {
    clock,
    logger,
    owner,
    limits: { ...DEFAULT_MCP_LIMITS, ...options.limits },
    backoff: { ...DEFAULT_BACKOFF, ...options.backoff },
    connectTimeoutMs: options.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS,
    pingTimeoutMs: options.pingTimeoutMs ?? DEFAULT_PING_TIMEOUT_MS,
    termGraceMs: options.termGraceMs ?? DEFAULT_TERM_GRACE_MS,
    watchdog: createWatchdog(owner, clock, logger),
    dispatchers: createDispatchers(createGuardedConnector(createMetadataGuard(), TCP_CONNECT_TIMEOUT_MS)),
    checkSchema: options.checkSchema ?? createSchemaCompiler().check,
    onChange(key, state) {
      try {
        options.onChange(key, state);
      } catch (error) {
        logger.error({ server: key, error: messageOf(error) }, 'a listener to MCP servers failed');
      }
    },
    connections: 0,
  };
  const servers = new Map<string, Server>();
  /** Servers that were removed and whose processes may not be gone yet. */
  const leaving = new Map<string, Promise<void>>();
  let closed = false;

  return {
    ensure(key, spec, fingerprint) {
      if (closed) return { kind: 'refused', error: 'this program is shutting down' };
      let server = servers.get(key);
      if (server === undefined) {
        server = new Server(key, shared, leaving.get(key));
        servers.set(key, server);
      }
      return server.ensure(spec, fingerprint);
    },
    async remove(key) {
      const server = servers.get(key);
      if (server === undefined) return leaving.get(key);
      servers.delete(key);
      const gone = server.end();
      leaving.set(key, gone);
      await gone;
      if (leaving.get(key) === gone) leaving.delete(key);
    },
    state: (key) => servers.get(key)?.state,
    reconnect: (key) => servers.get(key)?.reconnect(),
    async callTool(key, toolName, args, callOptions) {
      const server = servers.get(key);
      if (server === undefined) return { kind: 'not-sent', error: 'There is no such MCP server (any more)' };
      return server.callTool(toolName, args, callOptions);
    },
    async close() {
      closed = true;
      const ending = [...servers.values()].map((server) => server.end());
      servers.clear();
      await Promise.all([...ending, ...leaving.values()]);
      await shared.watchdog.close();
      await Promise.all([shared.dispatchers.keepAlive.destroy(), shared.dispatchers.fresh.destroy()]);
    },
  };
}

/** What the servers of a pool have in common. */
interface Shared {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly owner: string;
  readonly limits: McpLimits;
  readonly backoff: McpBackoff;
  readonly connectTimeoutMs: number;
  readonly pingTimeoutMs: number;
  readonly termGraceMs: number;
  readonly watchdog: Watchdog;
  readonly dispatchers: Dispatchers;
  readonly checkSchema: (schema: unknown) => string | undefined;
  readonly onChange: (key: string, state: ServerState) => void;
  /** Counts connections, for their ids. */
  connections: number;
}

/** One server: at most one connection at a time, and the next one starts when nothing is left of the one before. */
class Server {
  state: ServerState = { kind: 'connecting', attempt: 1 };

  readonly #key: string;
  readonly #shared: Shared;
  #spec: McpServerSpec | undefined;
  #fingerprint: string | undefined;
  #connection: Connection | undefined;
  /** Aborts the attempt under way. What belongs to an older attempt is told by its signal. */
  #attempt = new AbortController();
  /** Resolves when nothing is left of the connections before. */
  #settled: Promise<void>;
  #failures = 0;
  #readySince: number | undefined;
  #retry: Timer | undefined;

  constructor(key: string, shared: Shared, before: Promise<void> = Promise.resolve()) {
    this.#key = key;
    this.#shared = shared;
    this.#settled = before;
  }

  ensure(spec: McpServerSpec, fingerprint: string): ServerState {
    if (fingerprint === this.#fingerprint) return this.state;
    this.#spec = spec;
    this.#fingerprint = fingerprint;
    this.#failures = 0;
    this.#stop();
    const problem = checkSpec(spec);
    if (problem !== undefined) {
      this.state = { kind: 'refused', error: problem };
    } else {
      this.state = { kind: 'connecting', attempt: 1 };
      this.#connect(spec);
    }
    return this.state;
  }

  reconnect(): void {
    const spec = this.#spec;
    if (spec === undefined || checkSpec(spec) !== undefined) return;
    this.#failures = 0;
    this.#stop();
    this.#change({ kind: 'connecting', attempt: 1 });
    this.#connect(spec);
  }

  async end(): Promise<void> {
    this.#stop();
    this.#spec = undefined;
    await this.#settled;
  }

  async callTool(
    toolName: string,
    args: Readonly<Record<string, unknown>>,
    options: McpCallOptions,
  ): Promise<ToolOutcome> {
    const { state } = this;
    if (state.kind !== 'ready' || this.#connection === undefined) {
      const why = state.kind === 'connecting' || state.kind === 'ready' ? state.kind : `${state.kind}: ${state.error}`;
      return { kind: 'not-sent', error: `The MCP server is not connected (${why})` };
    }
    if (!state.tools.some(({ name }) => name === toolName)) {
      return { kind: 'failed', error: noSuchTool(toolName, state) };
    }
    return this.#connection.callTool(toolName, args, options);
  }

  /** Ends what there is; `#settled` says when it is gone. */
  #stop(): void {
    this.#retry?.cancel();
    this.#retry = undefined;
    this.#attempt.abort(new Error('the connection is no longer wanted'));
    this.#drop();
  }

  #drop(): void {
    const old = this.#connection;
    this.#connection = undefined;
    this.#readySince = undefined;
    if (old !== undefined) this.#settled = Promise.all([this.#settled, old.close()]).then(() => {});
  }

  #connect(spec: McpServerSpec): void {
    const attempt = new AbortController();
    this.#attempt = attempt;
    this.#settled = this.#settled
      .then(() => this.#open(spec, attempt.signal))
      .catch((error: unknown) => this.#failed(attempt.signal, messageOf(error), error instanceof RefusedServerError));
  }

  async #open(spec: McpServerSpec, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { owner, backoff: _, ...rest } = this.#shared;
    this.#shared.connections += 1;
    const connection = await openConnection(
      {
        ...rest,
        spec,
        owner,
        connectionId: `${owner}/${this.#shared.connections}`,
        logger: this.#shared.logger.child({ server: this.#key }),
        onTools: (list) => {
          if (!signal.aborted) this.#ready(connection, list);
        },
        onLost: (reason, refused) => this.#failed(signal, reason, refused),
      },
      signal,
    );
    if (signal.aborted) {
      await connection.close();
      return;
    }
    this.#connection = connection;
    this.#readySince = this.#shared.clock.monotonic();
    this.#ready(connection, connection.list);
  }

  #ready(connection: Connection, list: Connection['list']): void {
    const { tools, refusedTools } = list;
    this.#change({ kind: 'ready', tools, refusedTools, serverInfo: connection.info });
  }

  /** An attempt failed, or a connection was lost. */
  #failed(signal: AbortSignal, error: string, refused: boolean): void {
    const spec = this.#spec;
    if (signal.aborted || spec === undefined) return;
    const { clock, backoff, logger } = this.#shared;
    const stood = this.#readySince === undefined ? 0 : clock.monotonic() - this.#readySince;
    if (stood >= backoff.healthyMs) this.#failures = 0;
    this.#failures += 1;
    this.#attempt.abort(new Error('the connection was lost'));
    this.#drop();
    if (refused) {
      this.#change({ kind: 'refused', error });
      return;
    }
    const attempt = this.#failures;
    const longest = Math.min(backoff.longestMs, backoff.firstMs * 2 ** Math.min(attempt - 1, 30));
    const delay = longest * (0.5 + Math.random() / 2);
    logger.warn({ server: this.#key, error, attempt, retryMs: Math.round(delay) }, 'MCP server is not connected');
    this.#retry = clock.after(delay, () => {
      this.#change({ kind: 'connecting', attempt: attempt + 1, lastError: error });
      this.#connect(spec);
    });
    this.#change({ kind: 'backoff', error, nextAttemptAt: Math.round(clock.now() + delay), attempt });
  }

  #change(state: ServerState): void {
    this.state = state;
    this.#shared.onChange(this.#key, state);
  }
}

const NAMES_SHOWN = 30;

function noSuchTool(toolName: string, state: ServerState & { kind: 'ready' }): string {
  const refused = state.refusedTools.find(({ name }) => name === toolName);
  if (refused !== undefined) return `The tool ${showValue(toolName)} cannot be used: ${refused.reason}`;
  const names = state.tools.map(({ name }) => name);
  const more = names.length > NAMES_SHOWN ? `, and ${names.length - NAMES_SHOWN} more` : '';
  const offered = names.length === 0 ? 'no tools' : `${names.slice(0, NAMES_SHOWN).join(', ')}${more}`;
  return `The MCP server has no tool ${showValue(toolName)}: it offers ${offered}`;
}
