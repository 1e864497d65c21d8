import { keyOf } from '../../kube/index.ts';
import { createEffects } from '../effects.ts';
import { INDEX } from '../informers.ts';
import { createMcpPool } from '../mcp/index.ts';
import { createServerWaiters } from '../mcpserver/waiters.ts';
import type { ModelResult } from '../modelCalls.ts';
import { createModelCaller } from '../modelCalls.ts';
import { createCallLimiter, createModelClient, createSlowStart } from '../models/index.ts';
import { createSecretReader } from '../secrets.ts';
import { createToolJobs } from '../toolcall/container/jobs.ts';
import { createToolProcesses } from '../toolcall/container/processes.ts';
import { createCallExecutor } from '../toolcall/execute.ts';
import type { ToolOutcome } from '../tools/index.ts';
import { createArgumentParser, createExternalApi } from '../tools/index.ts';
import { messageOf } from '../tools/outcome.ts';
import type { Parts } from './parts.ts';

/** An answer stands twice in a TaskRun, in the window and as output, and etcd takes 1.5 MiB: at three bytes a character this fits. */
const ANSWER_LIMITS = { maxCharacters: 200_000, maxToolCalls: 128 };

export type Calls = ReturnType<typeof createCalls>;

/** What leaves the cluster's API: calls of models, of MCP servers, of external APIs, of container tools. */
export function createCalls({ options, informers, queues, signal }: Parts) {
  const { client, clock, logger } = options;
  const secrets = createSecretReader(client, clock);
  const models = createModelClient({ answerLimits: ANSWER_LIMITS });
  const limiter = createCallLimiter({
    maxInFlight: options.maxModelCalls ?? 2_000,
    ...(options.maxModelCallsPerNamespace === undefined ? {} : { maxPerNamespace: options.maxModelCallsPerNamespace }),
  });
  const caller = createModelCaller({
    secrets,
    limiter,
    chat: (request) => models.chat(request),
    onKeyRefused: (llm) => queues.llm.add(llm),
  });
  const parser = createArgumentParser();
  const waiters = createServerWaiters();
  const pool = createMcpPool({
    clock,
    logger,
    checkSchema: (schema) => parser.checkSchema(schema),
    onChange(key, state) {
      waiters.changed(key, state);
      const object = key.slice(0, key.lastIndexOf('/'));
      queues.mcpServer.add(object);
      for (const call of informers.toolCalls.store.byIndex(INDEX.callsByServer, object)) {
        if (call.status?.completionTime === undefined) queues.toolCall.add(keyOf(call));
      }
    },
  });

  const slowStart = createSlowStart({
    clock,
    underWay: () => modelCalls.size,
    wake: (key) => queues.taskRun.add(key),
  });
  const modelCalls = createEffects<ModelResult>({
    signal,
    onProgress: (key) => queues.taskRun.add(key),
    onCrash: (error) => ({ kind: 'retry', reason: 'Internal', message: messageOf(error) }),
    onGone: () => slowStart.ended(),
  });
  const toolEffects = createEffects<ToolOutcome>({
    signal,
    onProgress: (key) => queues.toolCall.add(key),
    onCrash: (error) => ({ kind: 'unknown', error: messageOf(error) }),
  });
  const { jobs } = informers;
  const processes = createToolProcesses({ clock, logger, secrets });
  const containers =
    jobs === undefined || informers.pods === undefined
      ? processes
      : createToolJobs({ client, clock, jobs, pods: informers.pods });
  const executor = createCallExecutor({
    containers,
    pool,
    secrets,
    whenReady: (key, abort) => waiters.whenReady(key, () => pool.state(key), abort),
    externalApi: createExternalApi({
      clock,
      allow: allowList(options.externalApiAllow ?? []),
    }),
  });

  return {
    secrets,
    models,
    limiter,
    caller,
    parser,
    pool,
    modelCalls,
    slowStart,
    toolEffects,
    containers,
    executor,
    /** Resolves when no process of ours is left and no connection. */
    async close(): Promise<void> {
      await pool.close();
      await processes.close();
      await models.close();
    },
  };
}

/** A CIDR has a slash; a host has none. */
function allowList(entries: readonly string[]) {
  return {
    hosts: entries.filter((entry) => !entry.includes('/')),
    cidrs: entries.filter((entry) => entry.includes('/')),
  };
}
