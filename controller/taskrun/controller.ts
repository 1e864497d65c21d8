import type { AgentRevision, Task, TaskRun, TaskRunToolCall } from '../../api/index.ts';
import { agentRevisions, agents, tasks } from '../../api/index.ts';
import type { Clock, EventRecorder, KubeClient, Logger, ReconcileResult, WorkQueue } from '../../kube/index.ts';
import { controllerOf, isConflict, isNotFound, keyOf, TerminalError } from '../../kube/index.ts';
import type { Effects } from '../effects.ts';
import type { FreshReader } from '../freshReader.ts';
import type { FullObjects } from '../fullObjects.ts';
import type { Informers } from '../informers.ts';
import { INDEX } from '../informers.ts';
import { inNamespaceOf, keyIn, nameOf, uidOf } from '../keys.ts';
import type { ModelCaller, ModelResult } from '../modelCalls.ts';
import type { SlowStart } from '../models/index.ts';
import { isTerminal } from '../phases.ts';
import type { PolicyGate } from '../policy/gate.ts';
import { commitFields } from '../provenance/fields.ts';
import { timestamp } from '../status.ts';
import type { Confirmation, TaskLedgers } from '../task/ledger.ts';
import { delegationChain } from '../toolcall/ancestry.ts';
import { createRunWriter } from './apply.ts';
import { decide, plannedCalls } from './decide.ts';
import type { RunState, StatusChange } from './decision.ts';
import { fail } from './decision.ts';
import { createPages } from './pages.ts';
import { createRefusals } from './refusals.ts';
import { offeredTools } from './tools.ts';

/** Steps that one reconcile may take before others get their turn; a run without tools takes four. */
const MOST_STEPS = 12;
const PAGES_IN_MEMORY = 64 * 1024 * 1024;
const DONE: ReconcileResult = { kind: 'done' };

export interface TaskRunController {
  reconcile(key: string, signal: AbortSignal): Promise<ReconcileResult>;
  /** Brings what happens elsewhere to the queue: children, the Task, the Agent. */
  wire(): void;
}

/** Advances TaskRuns, step by step: gather, decide, apply, until there is nothing to do but wait. */
export function createTaskRunController(options: {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly events: EventRecorder;
  readonly informers: Informers;
  readonly queue: WorkQueue;
  readonly runs: FullObjects<TaskRun>;
  readonly toolCalls: FullObjects<TaskRunToolCall>;
  readonly modelCalls: Effects<ModelResult>;
  readonly slowStart: SlowStart;
  readonly caller: ModelCaller;
  readonly fresh: FreshReader;
  readonly gate: PolicyGate;
  readonly ledgers: TaskLedgers;
  readonly random: () => number;
}): TaskRunController {
  const { client, clock, logger, informers, queue, runs, modelCalls, caller } = options;
  const refusals = createRefusals(() => timestamp(clock.now()));
  const pages = createPages(client, PAGES_IN_MEMORY);
  const writer = createRunWriter({ ...options, pages, resolve: resolveFunction });

  function revisionOf(run: TaskRun): AgentRevision | undefined {
    const name = run.status?.agentRevision;
    return name === undefined ? undefined : informers.revisions.store.get(keyIn(run.metadata.namespace, name));
  }

  /** The Agent's present revision, where that is another one and the run is to end for it. */
  function supersededBy(run: TaskRun): string | undefined {
    const { agent: name, agentRevision } = run.status ?? {};
    if (name === undefined || agentRevision === undefined) return undefined;
    const agent = informers.agents.store.get(keyIn(run.metadata.namespace, name));
    const { currentRevision, observedGeneration } = agent?.status ?? {};
    if (agent === undefined || observedGeneration !== agent.metadata.generation) return undefined;
    const policy = run.spec.onDefinitionChange ?? agent.spec.onDefinitionChange ?? 'Pin';
    return policy === 'Abort' && currentRevision !== agentRevision ? currentRevision : undefined;
  }

  function isDelegatorOver({ metadata: { namespace }, spec: { taskRunToolCallRef } }: TaskRun): boolean {
    if (taskRunToolCallRef === undefined) return false;
    const call = informers.toolCalls.store.get(keyIn(namespace, taskRunToolCallRef.name));
    const delegator =
      call === undefined ? undefined : informers.taskRuns.store.get(keyIn(namespace, call.spec.taskRunRef.name));
    return delegator?.spec.cancel === true || isTerminal(delegator?.status?.phase);
  }

  function resolveFunction(run: TaskRun, functionName: string): TaskRunToolCall['spec']['tool'] {
    const tool = revisionOf(run)?.spec.tools.find((candidate) => candidate.functionName === functionName);
    if (tool === undefined) return undefined;
    return { kind: tool.kind, name: tool.name, ...(tool.tool === undefined ? {} : { tool: tool.tool }) };
  }

  async function gather(key: string, run: TaskRun, signal: AbortSignal): Promise<RunState> {
    const { namespace } = run.metadata;
    const phase = run.status?.phase ?? 'Pending';
    const idle = isTerminal(phase) || run.spec.cancel === true || run.spec.suspend === true;
    let task: Task | undefined;
    let agent: RunState['agent'];
    let confirmation: Confirmation | undefined;
    let revision = revisionOf(run);
    if (phase === 'Pending' && !idle) {
      // The Task's own run was created from what the cache knows. A run that a user creates may follow on a change of the Task.
      const seen = informers.tasks.store.get(keyIn(namespace, run.spec.taskRef.name));
      const own = seen !== undefined && controllerOf(run)?.uid === seen.metadata.uid;
      task = own ? seen : await find(tasks, run.spec.taskRef.name);
      const agentName = run.spec.agentRef?.name ?? task?.spec.agentRef.name;
      // Asked, not looked up: a run must never begin on the Agent as it was before the last change.
      agent = agentName === undefined ? undefined : await find(agents, agentName);
      const current = agent?.status?.currentRevision;
      revision = current === undefined ? undefined : await findRevision(current);
      confirmation = task === undefined ? undefined : options.ledgers.confirm(task, run);
    } else if (revision === undefined && !idle && run.status?.agentRevision !== undefined) {
      revision = await findRevision(run.status.agentRevision);
    }
    const calls =
      phase === 'ToolCallsPending' && !idle
        ? await Promise.all(plannedCalls(run).map(({ name }) => toolCall(name)))
        : [];
    const model = modelCalls.state(key, stepOf(run));
    const due = (phase === 'SendContextWindowToLLM' || phase === 'ReadyForLLM') && model.kind === 'none' && !idle;
    return {
      run,
      verdict: due && revision !== undefined ? options.gate.judgeModelCall(run, revision, depthOf(run)) : undefined,
      task,
      agent,
      revision,
      ...(confirmation?.written === false ? { unrecorded: confirmation } : {}),
      supersededBy: supersededBy(run),
      delegatorOver: phase === 'Pending' && isDelegatorOver(run),
      calls,
      model,
      slotFree: revision !== undefined && caller.slotFree(namespace ?? '', revision),
      now: clock.now(),
      random: options.random(),
    };

    /** Whole only where it has ended: until then nobody reads its arguments or its result. */
    async function toolCall(name: string): Promise<TaskRunToolCall | undefined> {
      const callKey = keyIn(namespace, name);
      const refused = refusals.find(key, name);
      if (refused?.metadata.ownerReferences?.some(({ uid }) => uid === run.metadata.uid)) return refused;
      const seen = informers.toolCalls.store.get(callKey);
      const ended = seen?.status?.completionTime !== undefined;
      const found = ended ? await options.toolCalls.get(callKey, signal) : seen;
      return found?.metadata.ownerReferences?.some(({ uid }) => uid === run.metadata.uid) === true ? found : undefined;
    }

    async function find<T extends TaskRun | Task | NonNullable<RunState['agent']>>(
      resource: Parameters<typeof client.get<T>>[0],
      name: string,
    ): Promise<T | undefined> {
      try {
        return await options.fresh.get(resource, inNamespaceOf(run, name));
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    }

    async function findRevision(name: string): Promise<AgentRevision | undefined> {
      const seen = informers.revisions.store.get(keyIn(namespace, name));
      if (seen !== undefined) return seen;
      try {
        const found = await client.get(agentRevisions, inNamespaceOf(run, name), { signal });
        informers.revisions.observe(found);
        return found;
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    }
  }

  /** How many agents delegated before this run began. */
  function depthOf(run: TaskRun): number {
    const chain = delegationChain(run, { runs: informers.taskRuns.store, toolCalls: informers.toolCalls.store });
    return Math.max(0, chain.length - 1);
  }

  function startModelCall(key: string, run: TaskRun, revision: AgentRevision): void {
    const namespace = run.metadata.namespace ?? '';
    const idempotencyKey = `${uidOf(run)}-${(run.status?.turns ?? 0) + 1}`;
    modelCalls.start(key, stepOf(run), modelCall(key, namespace, revision, idempotencyKey));
  }

  /** Has no access to the run: a call may wait long, for its slot and for its answer, and must not hold the conversation. */
  function modelCall(key: string, namespace: string, revision: AgentRevision, idempotencyKey: string) {
    return (signal: AbortSignal, stage: (name: string) => void) =>
      caller.call({
        namespace,
        revision,
        tools: offeredTools(informers, namespace, revision),
        messages: async () => {
          const present = await runs.get(key, signal);
          if (present === undefined) throw new Error(`TaskRun ${key} is gone`);
          return [...(await pages.read(present, signal)), ...(present.status?.contextWindow ?? [])];
        },
        idempotencyKey,
        signal,
        onWait: () => stage('waiting'),
        onBegin: () => stage('calling'),
      });
  }

  async function reconcile(key: string, signal: AbortSignal): Promise<ReconcileResult> {
    for (let step = 0; step < MOST_STEPS; step += 1) {
      const seen = informers.taskRuns.store.get(key);
      if (seen === undefined) {
        modelCalls.cancel(key);
        refusals.forget(key);
        return DONE;
      }
      const finished = isTerminal(seen.status?.phase);
      const run = finished ? seen : await runs.get(key, signal);
      if (run === undefined) {
        modelCalls.cancel(key);
        return DONE;
      }
      const state = await gather(key, run, signal);
      const decision = decide(state);
      try {
        switch (decision.kind) {
          case 'wait':
            return decision.wakeAfterMs === undefined ? DONE : { kind: 'requeue', afterMs: decision.wakeAfterMs };
          case 'write':
            await writer.writeStatus(run, decision.change, decision.events, signal);
            logStep(key, run, decision.change);
            // Only now, and only the answer that was decided on: one that could not be written is decided on again.
            if (state.model.kind === 'settled') modelCalls.take(key);
            if (isTerminal(decision.change.set.phase)) modelCalls.cancel(key);
            if (decision.change.set.phase !== undefined) refusals.forget(key);
            break;
          case 'callModel':
            if (options.slowStart.admit(key)) startModelCall(key, run, decision.revision);
            return DONE;
          case 'createToolCalls':
            await writer.createToolCalls(run, decision.calls, decision.turn, refusals.note(key), signal);
            break;
          case 'delete':
            await writer.delete(run, signal);
            return DONE;
        }
      } catch (error) {
        if (isNotFound(error)) return DONE;
        if (error instanceof TerminalError) {
          const { change, events } = fail(state, 'NameTaken', error.message);
          await writer.writeStatus(run, change, events, signal);
          modelCalls.cancel(key);
          return DONE;
        }
        if (!isConflict(error)) throw error;
        // Somebody else wrote: look again at what is there now.
        runs.drop(key);
        const fresh = await freshRun(run, signal);
        if (fresh === undefined) return DONE;
      }
    }
    queue.add(key);
    return DONE;
  }

  /** Begin and end, with the commit of what runs. */
  function logStep(key: string, run: TaskRun, { begin, set }: StatusChange): void {
    if (begin !== true && !isTerminal(set.phase)) return;
    const { agent, agentRevision, provenance } = { ...run.status, ...set };
    const about = {
      taskRun: key,
      task: run.spec.taskRef.name,
      agent,
      agentRevision,
      ...commitFields(provenance),
    };
    if (begin === true) logger.info(about, 'taskrun: begun');
    else logger.info({ ...about, phase: set.phase, error: set.error }, 'taskrun: ended');
  }

  async function freshRun(run: TaskRun, signal: AbortSignal): Promise<TaskRun | undefined> {
    try {
      const fresh = await client.get(informers.taskRuns.resource, inNamespaceOf(run, nameOf(run)), { signal });
      if (fresh.metadata.uid !== run.metadata.uid) return undefined;
      runs.put(fresh);
      return fresh;
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  return {
    reconcile,
    wire() {
      informers.taskRuns.on({
        add: (run) => queue.add(keyOf(run)),
        update: (_old, run) => queue.add(keyOf(run)),
        delete: (run) => {
          // At once: a run of the same name may follow, and must not get this one's answer.
          modelCalls.cancel(keyOf(run));
          queue.add(keyOf(run));
        },
      });
      const runOf = (call: TaskRunToolCall) => keyIn(call.metadata.namespace, call.spec.taskRunRef.name);
      informers.toolCalls.on({
        // News to its run is the end of a call, and that it waits for a human or does not any more.
        update: (old, call) => {
          const human = ({ status }: TaskRunToolCall) => status?.status?.startsWith('AwaitingHuman') === true;
          if (old.status?.completionTime !== call.status?.completionTime || human(old) !== human(call)) {
            queue.add(runOf(call));
          }
        },
        delete: (call) => queue.add(runOf(call)),
      });
      const waiting = (keys: readonly TaskRun[]) => {
        for (const run of keys) if ((run.status?.phase ?? 'Pending') === 'Pending') queue.add(keyOf(run));
      };
      const taskChanged = (task: Task) => waiting(informers.taskRuns.store.byIndex(INDEX.runsByTask, keyOf(task)));
      informers.tasks.on({
        add: taskChanged,
        update: (old, task) => {
          if (old.metadata.generation !== task.metadata.generation) taskChanged(task);
        },
      });
      options.ledgers.onSettled((taskKey) => waiting(informers.taskRuns.store.byIndex(INDEX.runsByTask, taskKey)));
      const agentChanged = (agent: { metadata: TaskRun['metadata'] }) =>
        waiting(informers.taskRuns.store.byIndex(INDEX.runsByAgent, keyOf(agent)));
      informers.agents.on({
        add: agentChanged,
        update: (old, agent) => {
          // The generation that it is about, too: the Agent may say by now that runs do not go on.
          const { currentRevision, observedGeneration } = old.status ?? {};
          if (
            currentRevision !== agent.status?.currentRevision ||
            observedGeneration !== agent.status?.observedGeneration
          ) {
            for (const run of informers.taskRuns.store.byIndex(INDEX.runsByAgent, keyOf(agent))) {
              if (!isTerminal(run.status?.phase)) queue.add(keyOf(run));
            }
          }
          if (old.status !== agent.status || old.metadata.generation !== agent.metadata.generation) agentChanged(agent);
        },
      });
    },
  };
}

/** Which model call a run is at: its turn, and how often that has failed. */
function stepOf(run: TaskRun): string {
  return `${uidOf(run)}/${run.status?.turns ?? 0}/${run.status?.attempt?.count ?? 0}`;
}
