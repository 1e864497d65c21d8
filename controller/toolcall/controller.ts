import type { Task, TaskRun, TaskRunToolCall } from '../../api/index.ts';
import { API_VERSION, LABELS, taskRuns, taskRunToolCalls, tasks } from '../../api/index.ts';
import type { Clock, EventRecorder, KubeClient, ReconcileResult, WorkQueue } from '../../kube/index.ts';
import {
  childName,
  controllerOf,
  controllerRef,
  isAlreadyExists,
  isConflict,
  isNotFound,
  keyOf,
  labelValue,
  patchStatus,
  TerminalError,
} from '../../kube/index.ts';
import { decideApproval } from '../../policies/approvals/index.ts';
import { admissionDenial } from '../admissionDenial.ts';
import { childAnnotations } from '../childAnnotations.ts';
import type { Effects } from '../effects.ts';
import type { FullObjects } from '../fullObjects.ts';
import type { Informers } from '../informers.ts';
import { INDEX } from '../informers.ts';
import { inNamespaceOf, keyIn, nameOf, uidOf } from '../keys.ts';
import type { McpPool } from '../mcp/index.ts';
import { lockProblem } from '../mcp/index.ts';
import { serverKey } from '../mcpserver/key.ts';
import { type ApprovalContext, approvalState, recordBallots } from '../policy/approvals.ts';
import { NOTHING_SAID, type PolicyGate } from '../policy/gate.ts';
import { referenceTo } from '../reference.ts';
import { statusOperations } from '../status.ts';
import { describeMcpTool, describeTool } from '../toolDefinitions.ts';
import type { ArgumentParser, ToolOutcome } from '../tools/index.ts';
import { delegationChain } from './ancestry.ts';
import type { ToolContainers } from './container/types.ts';
import { decideCall, failCall, hasEnded } from './decide.ts';
import { ownDemand } from './demand.ts';
import type { CallExecutor } from './execute.ts';
import type { CallDecision, CallState, Executor } from './state.ts';

const MOST_STEPS = 8;
const DONE: ReconcileResult = { kind: 'done' };

export interface ToolCallController {
  reconcile(key: string, signal: AbortSignal): Promise<ReconcileResult>;
  wire(): void;
}

/** Advances TaskRunToolCalls: claim, execute, record. */
export function createToolCallController(options: {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly events: EventRecorder;
  readonly informers: Informers;
  readonly queue: WorkQueue;
  readonly runs: FullObjects<TaskRun>;
  readonly toolCalls: FullObjects<TaskRunToolCall>;
  readonly effects: Effects<ToolOutcome>;
  readonly executor: CallExecutor;
  readonly containers: ToolContainers;
  readonly pool: McpPool;
  readonly parser: ArgumentParser;
  readonly identity: string;
  readonly maxDelegationDepth: number;
  readonly gate: PolicyGate;
  /** The keys that seal Approvals, and who the operator is. */
  readonly approvals: () => Omit<ApprovalContext, 'informers'>;
}): ToolCallController {
  const { client, clock, events, informers, queue, toolCalls, effects, pool, parser } = options;

  function executorOf(call: TaskRunToolCall): { executor: Executor; schema: object | undefined } {
    const { tool: target, toolRef } = call.spec;
    const none = (message: string) => ({ executor: { kind: 'none' as const, message }, schema: undefined });
    if (target === undefined) return none(`Unknown tool "${toolRef.name}": call only the tools that were offered`);
    const key = keyIn(call.metadata.namespace, target.name);
    if (target.kind === 'MCPServer') {
      const server = informers.mcpServers.store.get(key);
      if (server === undefined) return none(`Tool "${toolRef.name}" is gone: MCPServer "${target.name}" was deleted`);
      const tool = server.status?.tools?.find(({ name }) => name === target.tool);
      if (tool === undefined) {
        return none(`Tool "${toolRef.name}" is gone: MCPServer "${target.name}" no longer offers "${target.tool}"`);
      }
      return { executor: { kind: 'mcp', server, tool: tool.name }, schema: describeMcpTool(tool).parameters };
    }
    const tool = informers.tools.store.get(key);
    if (tool === undefined) return none(`Tool "${toolRef.name}" is gone: Tool "${target.name}" was deleted`);
    const schema = describeTool(tool).parameters;
    const { execute, agentRef } = tool.spec;
    if (execute?.builtin !== undefined)
      return { executor: { kind: 'builtin', tool, name: execute.builtin.name }, schema };
    if (execute?.externalAPI !== undefined) return { executor: { kind: 'externalAPI', tool }, schema };
    if (execute?.container !== undefined) return { executor: { kind: 'container', tool }, schema };
    if (agentRef !== undefined) return { executor: { kind: 'agent', tool, agent: agentRef.name }, schema };
    return none(`Tool "${target.name}" has nothing to execute`);
  }

  function gather(key: string, call: TaskRunToolCall): CallState {
    const { namespace } = call.metadata;
    const seen = informers.taskRuns.store.get(keyIn(namespace, call.spec.taskRunRef.name));
    const run = seen?.metadata.uid === controllerOf(call)?.uid ? seen : undefined;
    const { executor, schema } = executorOf(call);
    const ancestors =
      run === undefined
        ? []
        : delegationChain(run, { runs: informers.taskRuns.store, toolCalls: informers.toolCalls.store });
    const verdict =
      run === undefined || executor.kind === 'none'
        ? NOTHING_SAID
        : options.gate.judgeToolCall(call, run, Math.max(0, ancestors.length - 1));
    const demand = verdict.effect === 'requireApproval' ? verdict.approval : ownDemand(executor);
    const approvals =
      demand === undefined || run === undefined
        ? undefined
        : approvalState({ informers, ...options.approvals() }, call, run, demand, clock.now());
    return {
      call,
      run,
      executor,
      args: parser.parseArguments(call.spec.arguments, schema),
      connection: executor.kind === 'mcp' ? connectionTo(serverKey(executor.server)) : 'ready',
      drift:
        executor.kind === 'mcp'
          ? lockProblem(executor.server.spec, executor.tool, pool.state(serverKey(executor.server)))
          : undefined,
      effect: effects.state(key, uidOf(call)),
      begun: executor.kind === 'container' && options.containers.isThere(call),
      child: executor.kind === 'agent' ? childOf(call, executor.agent) : {},
      ancestors,
      verdict,
      approvals,
      approval: approvals === undefined ? undefined : decideApproval(approvals),
      maxDepth: options.maxDelegationDepth,
      delegate: executor.kind === 'agent' ? informers.agents.store.get(keyIn(namespace, executor.agent)) : undefined,
      identity: options.identity,
      now: clock.now(),
    };
  }

  function connectionTo(server: string): CallState['connection'] {
    const state = pool.state(server);
    if (state?.kind === 'ready') return 'ready';
    return state?.kind === 'refused' ? { refused: `The MCP server cannot be used: ${state.error}` } : 'waiting';
  }

  const childTaskName = (call: TaskRunToolCall, agent: string) => childName(`delegate-${nameOf(call)}`, agent);

  function childOf(call: TaskRunToolCall, agent: string): CallState['child'] {
    const key = keyIn(call.metadata.namespace, childTaskName(call, agent));
    const task = informers.tasks.store.get(key);
    if (task === undefined || controllerOf(task)?.uid !== call.metadata.uid) return {};
    const run = informers.taskRuns.store
      .byIndex(INDEX.runsByTask, key)
      .find((candidate) => controllerOf(candidate)?.uid === task.metadata.uid);
    return run === undefined ? { task } : { task, run };
  }

  /**
   * The child's answer is long, perhaps, and so not in the informer's store. A run that is not there at all is asked for: the
   * Task may have been seen before its run was.
   */
  async function withAnswer(state: CallState, signal: AbortSignal): Promise<CallState> {
    const { run, task } = state.child;
    if (run === undefined && task?.status?.latestRun !== undefined) {
      const key = keyIn(task.metadata.namespace, task.status.latestRun);
      const found = await options.runs.get(key, signal);
      const child = found === undefined ? { task, runDeleted: true } : { task, run: found };
      return { ...state, child };
    }
    if (run?.status?.phase !== 'FinalAnswer') return state;
    const whole = await options.runs.get(keyOf(run), signal);
    return whole === undefined ? state : { ...state, child: { ...state.child, run: whole } };
  }

  async function createChild(
    call: TaskRunToolCall,
    agent: string,
    message: string,
    signal: AbortSignal,
  ): Promise<void> {
    const task: Task = {
      apiVersion: API_VERSION,
      kind: 'Task',
      metadata: {
        ...inNamespaceOf(call, childTaskName(call, agent)),
        labels: { [LABELS.parentToolCall]: labelValue(nameOf(call)) },
        ...childAnnotations(call),
        ownerReferences: [controllerRef(call)],
      },
      spec: { agentRef: { name: agent }, message },
    };
    try {
      informers.tasks.observe(await client.create(tasks, task, { signal }));
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      const present = await client.get(tasks, inNamespaceOf(task, nameOf(task)), { signal });
      if (controllerOf(present)?.uid !== call.metadata.uid) {
        throw new TerminalError(
          `Task ${nameOf(task)} exists and does not belong to tool call ${nameOf(call)}: delete it`,
        );
      }
      informers.tasks.observe(present);
    }
  }

  async function write(
    call: TaskRunToolCall,
    decision: Extract<CallDecision, { kind: 'write' }>,
    signal: AbortSignal,
  ): Promise<void> {
    const next = { ...call.status, ...decision.set };
    toolCalls.put(await patchStatus(client, taskRunToolCalls, call, statusOperations(call.status, next), { signal }));
    if (decision.endsEffect === true) effects.cancel(keyOf(call));
    for (const { type, reason, message } of decision.events) events.event(referenceTo(call), type, reason, message);
  }

  async function reconcile(key: string, signal: AbortSignal): Promise<ReconcileResult> {
    for (let step = 0; step < MOST_STEPS; step += 1) {
      const seen = informers.toolCalls.store.get(key);
      if (seen === undefined || hasEnded(seen)) {
        effects.cancel(key);
        if (seen !== undefined) await options.containers.cleanUp(seen, signal);
        return DONE;
      }
      const call = await toolCalls.get(key, signal);
      if (call === undefined) return DONE;
      const state = await withAnswer(gather(key, call), signal);
      const decision = decideCall(state);
      try {
        if (state.approvals !== undefined && call.status?.status === 'AwaitingHumanApproval') {
          await recordBallots(client, informers, call, state.approvals, signal);
        }
        switch (decision.kind) {
          case 'wait':
            return decision.wakeAfterMs === undefined ? DONE : { kind: 'requeue', afterMs: decision.wakeAfterMs };
          case 'write':
            await write(call, decision, signal);
            break;
          case 'execute':
            effects.start(key, uidOf(call), (abort) =>
              options.executor.execute(call, state.executor, decision.args, abort),
            );
            return DONE;
          case 'createChild':
            try {
              await createChild(call, decision.agent, decision.message, signal);
            } catch (error) {
              const why = error instanceof TerminalError ? error.message : admissionDenial(error);
              if (why === undefined) throw error;
              await write(call, failCall(state, why), signal);
            }
            return DONE;
          case 'cancelChild': {
            const { run } = state.child;
            if (run === undefined) return DONE;
            await client.patch(
              taskRuns,
              inNamespaceOf(run, nameOf(run)),
              { type: 'merge', body: { metadata: { uid: uidOf(run) }, spec: { cancel: true } } },
              { signal },
            );
            return DONE;
          }
        }
      } catch (error) {
        if (isNotFound(error)) return DONE;
        if (!isConflict(error)) throw error;
        toolCalls.drop(key);
        const fresh = await client
          .get(taskRunToolCalls, inNamespaceOf(call, nameOf(call)), { signal })
          .catch((failure: unknown) => {
            if (isNotFound(failure)) return undefined;
            throw failure;
          });
        if (fresh === undefined) return DONE;
        toolCalls.put(fresh);
      }
    }
    queue.add(key);
    return DONE;
  }

  return {
    reconcile,
    wire() {
      options.containers.watch((call) => queue.add(call));
      informers.toolCalls.on({
        add: (call) => queue.add(keyOf(call)),
        update: (_old, call) => queue.add(keyOf(call)),
        delete: (call) => {
          effects.cancel(keyOf(call));
          queue.add(keyOf(call));
        },
      });
      const open = (calls: readonly TaskRunToolCall[]) => {
        for (const call of calls) if (!hasEnded(call)) queue.add(keyOf(call));
      };
      informers.taskRuns.on({
        // Cancelled, held, let go: its calls want to know. And a run may itself be what a call waits for.
        add: (run) => wakeParent(run),
        delete: (run) => wakeParent(run),
        update: (old, run) => {
          const moved = old.status?.phase !== run.status?.phase;
          if (moved || old.spec.cancel !== run.spec.cancel || old.spec.suspend !== run.spec.suspend) {
            open(informers.toolCalls.store.byIndex(INDEX.callsByRun, keyOf(run)));
          }
          if (moved) wakeParent(run);
        },
      });
      informers.tasks.on({
        // Its run was deleted, or it is itself.
        update: (old, task) => {
          if (old.status?.latestRun !== task.status?.latestRun) wakeOwner(task);
        },
        delete: (task) => wakeOwner(task),
      });
      const decided = (approval: { metadata: Task['metadata']; spec: { toolCallRef: { name: string } } }) =>
        queue.add(keyIn(approval.metadata.namespace, approval.spec.toolCallRef.name));
      informers.approvals.on({ add: decided, update: (_old, approval) => decided(approval) });
      informers.mcpServers.on({
        update: (_old, server) => open(informers.toolCalls.store.byIndex(INDEX.callsByServer, keyOf(server))),
        delete: (server) => open(informers.toolCalls.store.byIndex(INDEX.callsByServer, keyOf(server))),
      });

      function wakeOwner(task: Task): void {
        const owner = controllerOf(task);
        if (owner?.kind === 'TaskRunToolCall') queue.add(keyIn(task.metadata.namespace, owner.name));
      }

      function wakeParent(run: TaskRun): void {
        const parent = run.spec.taskRunToolCallRef;
        if (parent !== undefined) queue.add(keyIn(run.metadata.namespace, parent.name));
      }
    },
  };
}
