import type { Approval, TaskRun, TaskRunToolCall } from '../../api/index.ts';
import type { ApprovalOutcome } from '../../policies/approvals/index.ts';
import { argumentsDigest, decideApproval, isSealed, requesterOf } from '../../policies/approvals/index.ts';
import type { ApprovalDemand } from '../../policies/engine/index.ts';
import type { Informers } from '../informers.ts';
import { INDEX } from '../informers.ts';
import { keyIn, nameOf, uidOf } from '../keys.ts';

/** What the operator needs to judge decisions by. */
export interface ApprovalContext {
  readonly informers: Pick<Informers, 'approvals' | 'tasks' | 'taskRuns' | 'toolCalls'>;
  /** The keys that seal; without one nothing counts. */
  readonly keys: readonly Uint8Array[];
  /** Whether this is the name that the operator writes under: what it created counts for nobody. */
  readonly isOperator: (username: string) => boolean;
}

/** What people have decided about a call so far. */
export function approvalOutcome(
  { informers, keys, isOperator }: ApprovalContext,
  call: TaskRunToolCall,
  run: TaskRun,
  demand: ApprovalDemand,
  now: number,
): ApprovalOutcome {
  const requestedAt = call.status?.approval?.requestedAt;
  return decideApproval({
    demand,
    sealed: informers.approvals.store
      .byIndex(INDEX.approvalsByCall, keyIn(call.metadata.namespace, nameOf(call)))
      .filter((approval) => isSealed(keys, approval, uidOf(call)))
      .sort(byCreation),
    call: {
      name: nameOf(call),
      uid: uidOf(call),
      argumentsDigest: argumentsDigest(call.spec.arguments),
      awaiting: true,
      state: call.status?.status ?? 'Pending',
      ...(requestedAt === undefined ? {} : { waitingSince: requestedAt }),
    },
    requester: requesterOf(
      run,
      {
        task: (namespace, name) => informers.tasks.store.get(keyIn(namespace, name)),
        run: (namespace, name) => informers.taskRuns.store.get(keyIn(namespace, name)),
        toolCall: (namespace, name) => informers.toolCalls.store.get(keyIn(namespace, name)),
      },
      isOperator,
    ),
    now,
  });
}

function byCreation(a: Approval, b: Approval): number {
  const order = (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? '');
  return order !== 0 ? order : nameOf(a).localeCompare(nameOf(b));
}
