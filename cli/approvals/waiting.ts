import type { TaskRun, TaskRunToolCall } from '../../api/index.ts';
import { taskRuns, taskRunToolCalls } from '../../api/index.ts';
import type { KubeClient } from '../../kube/index.ts';
import { duration } from '../runs/progress.ts';
import { getIfThere } from '../runs/resolve.ts';

/** A tool call that waits for a person, with the run that it is of. */
export interface WaitingCall {
  readonly call: TaskRunToolCall;
  readonly run: TaskRun | undefined;
}

export const waits = ({ status }: TaskRunToolCall): boolean =>
  status?.status === 'AwaitingHumanApproval' && status.completionTime === undefined;

/** The calls that wait, in one namespace or in all; those that wait longest first. */
export async function waitingCalls(client: KubeClient, namespace: string | undefined): Promise<WaitingCall[]> {
  const { items } = await client.list(taskRunToolCalls, {
    ...(namespace === undefined ? {} : { namespace }),
    fieldSelector: 'status.phase=Pending',
  });
  const calls = items.filter(waits).sort((a, b) => since(a) - since(b));
  const runs = new Map<string, Promise<TaskRun | undefined>>();
  const runOf = ({ metadata, spec }: TaskRunToolCall): Promise<TaskRun | undefined> => {
    const key = `${metadata.namespace}/${spec.taskRunRef.name}`;
    const known = runs.get(key) ?? getIfThere(client, taskRuns, metadata.namespace ?? '', spec.taskRunRef.name);
    runs.set(key, known);
    return known;
  };
  return Promise.all(calls.map(async (call) => ({ call, run: await runOf(call) })));
}

/** Milliseconds since 1970. */
export const since = ({ metadata, status }: TaskRunToolCall): number =>
  Date.parse(status?.approval?.requestedAt ?? metadata.creationTimestamp ?? '');

/** `bank/transfer`, `tool/add`: as policies and RBAC name it. */
export function toolOf({ spec }: TaskRunToolCall): string {
  const { tool, toolRef } = spec;
  if (tool === undefined) return toolRef.name;
  return tool.kind === 'MCPServer' ? `${tool.name}/${tool.tool ?? ''}` : `tool/${tool.name}`;
}

/** `2 people; each of finance or treasury; not carol`: who may decide, beside whom RBAC lets. */
export function deciders({ status }: TaskRunToolCall, now: number): string {
  const {
    minApprovals = 1,
    approverGroups = [],
    notRequester,
    requestedBy,
    expiresAt,
    onTimeout,
    escalateTo,
  } = status?.approval ?? {};
  const groups = approverGroups.map((list) => `of ${list.join(' or ')}`);
  const late = onTimeout === 'Escalate' && expiresAt !== undefined && now >= Date.parse(expiresAt);
  return [
    minApprovals === 1 ? '1 person' : `${minApprovals} people`,
    ...(groups.length === 0 ? ['whom RBAC lets'] : [groups.join(' and ')]),
    ...(late && escalateTo !== undefined ? [`or of ${escalateTo.join(' or ')}`] : []),
    ...(notRequester === false ? [] : [`not ${requestedBy ?? 'who asked for the run (not known)'}`]),
  ].join(', ');
}

/** `in 5m 0s, then rejected`; nothing where it waits for ever. */
export function deadline({ status }: TaskRunToolCall, now: number): string {
  const { expiresAt, onTimeout = 'Reject', escalateTo = [] } = status?.approval ?? {};
  if (expiresAt === undefined) return '';
  const left = Date.parse(expiresAt) - now;
  const then = { Reject: 'rejected', Fail: 'failed', Escalate: `escalated to ${escalateTo.join(' or ')}` }[onTimeout];
  return left > 0 ? `in ${duration(left)}, then ${then}` : then;
}
