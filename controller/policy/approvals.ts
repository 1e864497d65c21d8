import type { Approval, TaskRun, TaskRunToolCall } from '../../api/index.ts';
import type { KubeClient } from '../../kube/index.ts';
import type { ApprovalState } from '../../policies/approvals/index.ts';
import { argumentsDigest, isSealed, judgeBallots, requesterOf } from '../../policies/approvals/index.ts';
import type { ApprovalDemand } from '../../policies/engine/index.ts';
import type { StampKey } from '../../policies/provenance/index.ts';
import type { Informers } from '../informers.ts';
import { INDEX } from '../informers.ts';
import { keyIn, nameOf, uidOf } from '../keys.ts';
import { writeStatus } from '../writeStatus.ts';

/** What the operator needs to judge decisions by. */
export interface ApprovalContext {
  readonly informers: Pick<Informers, 'approvals' | 'tasks' | 'taskRuns' | 'toolCalls'>;
  /** The keys that seal; without one nothing counts. */
  readonly keys: readonly Uint8Array[];
  /** Whether this is the name that the operator writes under: what it created counts for nobody. */
  readonly isOperator: (username: string) => boolean;
  /** Public keys of signed stamps: whose commit a Task comes from. */
  readonly stampKeys?: readonly StampKey[];
}

/** What people have decided about a call so far, to be judged. */
export function approvalState(
  { informers, keys, isOperator, stampKeys }: ApprovalContext,
  call: TaskRunToolCall,
  run: TaskRun,
  demand: ApprovalDemand,
  now: number,
): ApprovalState {
  const requestedAt = call.status?.approval?.requestedAt;
  return {
    demand,
    sealed: approvalsOf(informers, call)
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
      stampKeys,
    ),
    now,
  };
}

/** Everything that names the call. */
const approvalsOf = (informers: Pick<Informers, 'approvals'>, call: TaskRunToolCall): Approval[] =>
  informers.approvals.store.byIndex(INDEX.approvalsByCall, keyIn(call.metadata.namespace, nameOf(call)));

/** Writes into each Approval whether it counts, and why not: who decided wants to know. */
export async function recordBallots(
  client: KubeClient,
  informers: Pick<Informers, 'approvals'>,
  call: TaskRunToolCall,
  state: ApprovalState,
  signal: AbortSignal,
): Promise<void> {
  const ballots = new Map(judgeBallots(state).map((ballot) => [uidOf(ballot.approval), ballot]));
  for (const approval of approvalsOf(informers, call)) {
    const ballot = ballots.get(uidOf(approval));
    const problem = ballot === undefined ? UNSEALED : ballot.problem;
    const next = { counted: problem === undefined, statusDetail: problem ?? VOTES[approval.spec.decision] };
    await writeStatus(client, informers.approvals, approval, next, signal);
  }
}

const UNSEALED = 'it carries no seal of the webhook for this call';
const VOTES = { Approve: 'counts as an approval', Reject: 'rejects the call' } as const;

function byCreation(a: Approval, b: Approval): number {
  const order = (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? '');
  return order !== 0 ? order : nameOf(a).localeCompare(nameOf(b));
}
