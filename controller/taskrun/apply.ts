import type { Message, TaskRun, TaskRunStatus, TaskRunToolCall } from '../../api/index.ts';
import { API_VERSION, LABELS, taskRuns, taskRunToolCalls } from '../../api/index.ts';
import type { EventRecorder, JsonPatchOperation, KubeClient } from '../../kube/index.ts';
import { controllerRef, isAlreadyExists, labelValue, patchStatus } from '../../kube/index.ts';
import { admissionDenial } from '../admissionDenial.ts';
import { childAnnotations } from '../childAnnotations.ts';
import type { FullObjects } from '../fullObjects.ts';
import { inNamespaceOf, nameOf, uidOf } from '../keys.ts';
import { POLICY_DENIED } from '../phases.ts';
import { referenceTo } from '../reference.ts';
import { pointer } from '../status.ts';
import type { PlannedCall, RunEvent, StatusChange } from './decision.ts';
import { nameTaken } from './nameTaken.ts';
import type { Pages } from './pages.ts';
import { paginate } from './window.ts';

/**
 * The JSON Patch of a change. What it costs does not depend on how long the conversation is: messages are appended, and
 * those that moved into pages are removed from the front.
 */
export function changeOperations(
  run: TaskRun,
  change: StatusChange,
  paging: { readonly removed: number; readonly appended: readonly Message[] },
  newPages: readonly { name: string; messages: number }[],
): JsonPatchOperation[] {
  if (change.begin === true) {
    const value: Partial<TaskRunStatus> = { ...change.set };
    if (newPages.length > 0) value.contextPages = [...newPages];
    value.contextWindow = [...paging.appended];
    return [{ op: 'add', path: '/status', value }];
  }
  const status = run.status ?? {};
  const operations: JsonPatchOperation[] = [];
  for (const [name, value] of Object.entries(change.set)) {
    if (value !== undefined) operations.push({ op: 'add', path: `/status/${pointer(name)}`, value });
  }
  for (const name of change.remove ?? []) {
    if (status[name] !== undefined) operations.push({ op: 'remove', path: `/status/${pointer(name)}` });
  }
  for (let index = 0; index < paging.removed; index += 1) {
    operations.push({ op: 'remove', path: '/status/contextWindow/0' });
  }
  for (const message of paging.appended) {
    operations.push({ op: 'add', path: '/status/contextWindow/-', value: message });
  }
  if (newPages.length > 0) {
    if (status.contextPages === undefined)
      operations.push({ op: 'add', path: '/status/contextPages', value: newPages });
    else for (const page of newPages) operations.push({ op: 'add', path: '/status/contextPages/-', value: page });
  }
  return operations;
}

export interface RunWriter {
  writeStatus(run: TaskRun, change: StatusChange, events: readonly RunEvent[], signal: AbortSignal): Promise<void>;
  /** What admission refuses is told to `onRefused`, once: there will be no object. */
  createToolCalls(
    run: TaskRun,
    calls: readonly PlannedCall[],
    turn: number,
    onRefused: (call: TaskRunToolCall, text: string) => void,
    signal: AbortSignal,
  ): Promise<void>;
  delete(run: TaskRun, signal: AbortSignal): Promise<void>;
}

export function createRunWriter(options: {
  readonly client: KubeClient;
  readonly runs: FullObjects<TaskRun>;
  readonly toolCalls: FullObjects<TaskRunToolCall>;
  readonly pages: Pages;
  readonly events: EventRecorder;
  /** What the function name stands for in the run's revision. */
  readonly resolve: (run: TaskRun, functionName: string) => TaskRunToolCall['spec']['tool'];
}): RunWriter {
  const { client, runs, toolCalls, pages, events } = options;

  return {
    async writeStatus(run, change, runEvents, signal) {
      const first = change.begin === true ? (change.set.contextWindow ?? []) : (change.append ?? []);
      const window = change.begin === true ? [] : (run.status?.contextWindow ?? []);
      const paging = paginate(window, first);
      // The pages are there before the run lists them: a crash in between leaves pages that nobody lists.
      const newPages = await pages.write(change.begin === true ? withoutPages(run) : run, paging.pages, signal);
      const operations = changeOperations(run, change, paging, newPages);
      runs.put(await patchStatus(client, taskRuns, run, operations, { signal }));
      for (const { type, reason, message } of runEvents) events.event(referenceTo(run), type, reason, message);
    },

    async createToolCalls(run, calls, turn, onRefused, signal) {
      await Promise.all(
        calls.map(async ({ name, call }) => {
          const toolCall = newToolCall(run, name, call, turn, options.resolve(run, call.function.name));
          try {
            toolCalls.put(await createOrAdopt(client, toolCall, run, signal));
          } catch (error) {
            const denial = admissionDenial(error);
            if (denial === undefined) throw error;
            onRefused(toolCall, denial);
            events.event(referenceTo(run), 'Warning', POLICY_DENIED, `${name}: ${denial}`);
            return;
          }
          events.event(referenceTo(run), 'Normal', 'ToolCallCreated', `Created TaskRunToolCall ${name}`);
        }),
      );
    },

    async delete(run, signal) {
      await client.delete(taskRuns, inNamespaceOf(run, nameOf(run)), {
        preconditions: { uid: uidOf(run) },
        propagationPolicy: 'Background',
        signal,
      });
    },
  };
}

function withoutPages(run: TaskRun): TaskRun {
  if (run.status?.contextPages === undefined) return run;
  const { contextPages: _, ...status } = run.status;
  return { ...run, status };
}

function newToolCall(
  run: TaskRun,
  name: string,
  call: PlannedCall['call'],
  turn: number,
  tool: TaskRunToolCall['spec']['tool'],
): TaskRunToolCall {
  return {
    apiVersion: API_VERSION,
    kind: 'TaskRunToolCall',
    metadata: {
      ...inNamespaceOf(run, name),
      labels: { [LABELS.taskRun]: labelValue(nameOf(run)) },
      ...childAnnotations(run),
      ownerReferences: [controllerRef(run)],
    },
    spec: {
      toolCallId: call.id,
      taskRunRef: { name: nameOf(run) },
      toolRef: { name: call.function.name.slice(0, 253) || 'unnamed' },
      arguments: call.function.arguments,
      ...(tool === undefined ? {} : { tool }),
      turn,
    },
  };
}

/** After a crash the call may be there already; what somebody else put in its place is not taken for ours. */
async function createOrAdopt(
  client: KubeClient,
  toolCall: TaskRunToolCall,
  run: TaskRun,
  signal: AbortSignal,
): Promise<TaskRunToolCall> {
  try {
    return await client.create(taskRunToolCalls, toolCall, { signal });
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
    const present = await client.get(taskRunToolCalls, inNamespaceOf(toolCall, nameOf(toolCall)), { signal });
    const mine = present.metadata.ownerReferences?.some(({ uid }) => uid === run.metadata.uid) === true;
    if (!mine || present.spec.toolCallId !== toolCall.spec.toolCallId) {
      throw nameTaken(toolCall, present, run);
    }
    return present;
  }
}
