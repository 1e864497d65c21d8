import type { TaskRunToolCall, Tool } from '../../api/index.ts';
import { nameOf, uidOf } from '../keys.ts';
import type { McpPool } from '../mcp/index.ts';
import { serverKey } from '../mcpserver/key.ts';
import type { SecretReader } from '../secrets.ts';
import type { ExternalApi, ToolOutcome } from '../tools/index.ts';
import { runBuiltin } from '../tools/index.ts';
import type { ToolContainers } from './container/types.ts';
import { isRepeatable } from './decide.ts';
import type { Executor } from './state.ts';

const DEFAULT_MCP_TIMEOUT_MS = 300_000;
/** How often a call that never left, or that may be repeated, is sent in all. */
const MOST_SENDINGS = 3;

/** Executes a claimed call. Resolves with how it ended; what goes wrong is an outcome too. */
export interface CallExecutor {
  execute(
    call: TaskRunToolCall,
    executor: Executor,
    args: Record<string, unknown>,
    signal: AbortSignal,
  ): Promise<ToolOutcome>;
}

export function createCallExecutor(options: {
  readonly pool: McpPool;
  readonly externalApi: ExternalApi;
  readonly secrets: SecretReader;
  readonly containers: ToolContainers;
  /** Resolves with true when the server is connected, with false when it never will be. */
  readonly whenReady: (serverKey: string, signal: AbortSignal) => Promise<boolean>;
}): CallExecutor {
  const { pool, externalApi, secrets, containers, whenReady } = options;

  async function send(
    call: TaskRunToolCall,
    executor: Executor,
    args: Record<string, unknown>,
    signal: AbortSignal,
  ): Promise<ToolOutcome> {
    // The same for every sending of a call: who receives it twice can tell.
    const idempotencyKey = uidOf(call);
    switch (executor.kind) {
      case 'builtin':
        return runBuiltin(executor.name, args);
      case 'externalAPI':
        return callApi(executor.tool, args, idempotencyKey, signal);
      case 'container':
        return containers.run(call, executor.tool, args, signal);
      case 'mcp': {
        const { timeoutSeconds } = executor.server.spec;
        return pool.callTool(serverKey(executor.server), executor.tool, args, {
          signal,
          idempotencyKey,
          timeoutMs: timeoutSeconds === undefined ? DEFAULT_MCP_TIMEOUT_MS : timeoutSeconds * 1000,
        });
      }
      case 'agent':
        return { kind: 'failed', error: `Agent "${executor.agent}" is not called but delegated to` };
      case 'none':
        return { kind: 'failed', error: executor.message };
    }
  }

  async function callApi(
    tool: Tool,
    args: Record<string, unknown>,
    idempotencyKey: string,
    signal: AbortSignal,
  ): Promise<ToolOutcome> {
    const api = tool.spec.execute?.externalAPI;
    if (api === undefined) return { kind: 'failed', error: `Tool "${nameOf(tool)}" has no execute.externalAPI` };
    let token: string | undefined;
    if (api.credentialsFrom !== undefined) {
      const secret = await secrets.read(tool.metadata.namespace ?? '', api.credentialsFrom, signal);
      if (secret.kind !== 'value') return { kind: 'not-sent', error: `The tool's credentials: ${secret.message}` };
      token = secret.value;
    }
    return externalApi.call(
      {
        url: api.url,
        ...(api.method === undefined ? {} : { method: api.method }),
        ...(api.headers === undefined ? {} : { headers: api.headers }),
        ...(token === undefined ? {} : { credentials: { kind: 'bearer', token } }),
        ...(api.timeoutSeconds === undefined ? {} : { timeoutMs: api.timeoutSeconds * 1000 }),
        ...(api.maxResponseBytes === undefined ? {} : { maxResponseBytes: api.maxResponseBytes }),
      },
      args,
      { idempotencyKey, signal },
    );
  }

  return {
    async execute(call, executor, args, signal) {
      for (let sending = 1; ; sending += 1) {
        const outcome = await send(call, executor, args, signal);
        const again = outcome.kind === 'not-sent' || (outcome.kind === 'unknown' && isRepeatable(executor));
        // A Job runs once, and says the same when it is asked again.
        if (!again || executor.kind === 'container' || sending === MOST_SENDINGS || signal.aborted) return outcome;
        if (executor.kind === 'mcp' && !(await whenReady(serverKey(executor.server), signal))) return outcome;
      }
    },
  };
}
