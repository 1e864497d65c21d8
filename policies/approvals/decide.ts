import type { Approval } from '../../api/index.ts';
import type { ApprovalDemand } from '../engine/types.ts';

/** What is demanded where nobody says more: one person. */
export const ONE_APPROVAL: ApprovalDemand = {
  minApprovals: 1,
  approverGroups: [],
  notRequester: false,
  allowServiceAccounts: true,
  escalateTo: [],
  demandedBy: [],
};

export interface ApprovalState {
  readonly demand: ApprovalDemand;
  /** Approvals of this call whose seals were found good, in the order of their creation. */
  readonly sealed: readonly Approval[];
  /** The digest of the call's arguments, see `argumentsDigest`. */
  readonly argumentsDigest: string;
  /** Who asked for the run; undefined where that is not known. */
  readonly requester: string | undefined;
  /** Since when the call waits, milliseconds since 1970. */
  readonly since: number;
  readonly now: number;
}

export type ApprovalOutcome =
  | { readonly kind: 'approved'; readonly by: readonly string[] }
  | { readonly kind: 'rejected'; readonly by: string; readonly reason: string }
  | { readonly kind: 'expired'; readonly onTimeout: 'Reject' | 'Fail' }
  /** `missing`: how many more people. `inMs`: when to look again, if time alone can change the answer. */
  | { readonly kind: 'waiting'; readonly missing: number; readonly escalated: boolean; readonly inMs?: number };

/** What the Approvals that are there say. One rejection ends the matter; approvals of one person count once. */
export function decideApproval(state: ApprovalState): ApprovalOutcome {
  const { demand, now, since } = state;
  const expiry = demand.expiresAfterMs === undefined ? undefined : since + demand.expiresAfterMs;
  const late = expiry !== undefined && now >= expiry;
  const escalated = late && demand.onTimeout === 'Escalate';

  const approvers = new Set<string>();
  for (const approval of state.sealed) {
    const problem = whyNotCounted(approval, state, escalated);
    if (problem !== undefined) continue;
    const username = approval.spec.approver?.username ?? '';
    if (approval.spec.decision === 'Reject')
      return { kind: 'rejected', by: username, reason: approval.spec.reason ?? '' };
    approvers.add(username);
  }
  if (approvers.size >= demand.minApprovals) return { kind: 'approved', by: [...approvers] };
  if (late && !escalated) return { kind: 'expired', onTimeout: demand.onTimeout === 'Fail' ? 'Fail' : 'Reject' };
  return {
    kind: 'waiting',
    missing: demand.minApprovals - approvers.size,
    escalated,
    ...(expiry !== undefined && !late ? { inMs: expiry - now } : {}),
  };
}

/**
 * Why an Approval does not count; undefined when it does. The webhook asks this before it lets one in, the operator again before
 * it runs the tool: what was right then may not be any more.
 */
export function whyNotCounted(
  approval: Approval,
  state: Pick<ApprovalState, 'demand' | 'argumentsDigest' | 'requester'>,
  escalated = false,
): string | undefined {
  const { demand, requester } = state;
  const { approver, decision, argumentsDigest } = approval.spec;
  if (approver === undefined) return 'it does not say who decides';
  if (decision === 'Approve' && argumentsDigest !== state.argumentsDigest) {
    return `spec.argumentsDigest is not that of the call's arguments, which is ${state.argumentsDigest}`;
  }
  if (isServiceAccount(approver.username) && !demand.allowServiceAccounts) {
    return `${approver.username} is a service account, and a person has to decide`;
  }
  if (demand.notRequester && requester !== undefined && approver.username === requester) {
    return `${approver.username} asked for this run and cannot decide about it`;
  }
  const groups = new Set(approver.groups ?? []);
  if (escalated && demand.escalateTo.some((group) => groups.has(group))) return undefined;
  const lacking = demand.approverGroups.find((any) => any.length > 0 && !any.some((group) => groups.has(group)));
  return lacking === undefined ? undefined : `${approver.username} is in none of the groups ${lacking.join(', ')}`;
}

export function isServiceAccount(username: string): boolean {
  return username.startsWith('system:serviceaccount:');
}
