import type { Approval } from '../../api/index.ts';
import type { ApprovalDemand } from '../engine/types.ts';
import type { CallToDecide } from './judge.ts';
import { approvalProblems } from './judge.ts';
import type { Requester } from './requester.ts';

/** What is demanded where a Tool or an MCPServer asks for approval and no policy says more. */
export const ONE_APPROVAL: ApprovalDemand = {
  minApprovals: 1,
  approverGroups: [],
  notRequester: true,
  allowServiceAccounts: false,
  escalateTo: [],
  demandedBy: [],
};

export interface ApprovalState {
  readonly demand: ApprovalDemand;
  /** Approvals of this call whose seals were found good, in the order of their creation. */
  readonly sealed: readonly Approval[];
  readonly call: CallToDecide;
  readonly requester: Requester;
  /** Milliseconds since 1970. */
  readonly now: number;
}

export type ApprovalOutcome =
  | { readonly kind: 'approved'; readonly by: readonly string[] }
  | { readonly kind: 'rejected'; readonly by: string; readonly reason: string }
  | { readonly kind: 'expired'; readonly onTimeout: 'Reject' | 'Fail' }
  /** `missing`: how many more people. `inMs`: when to look again, if time alone can change the answer. */
  | { readonly kind: 'waiting'; readonly missing: number; readonly escalated: boolean; readonly inMs?: number };

/**
 * What the Approvals that are there come to. Each is judged again as it was at admission: what was right then may not be any more. One
 * rejection ends the matter; approvals of one person count once.
 */
export function decideApproval(state: ApprovalState): ApprovalOutcome {
  const { demand, call, now } = state;
  const since = Date.parse(call.waitingSince ?? '');
  const waits = Number.isFinite(since) ? since : now;
  const expiry = demand.expiresAfterMs === undefined ? undefined : waits + demand.expiresAfterMs;
  const late = expiry !== undefined && now >= expiry;
  const escalated = late && demand.onTimeout === 'Escalate';

  const approvers = new Set<string>();
  for (const { approval, problem } of judgeBallots(state)) {
    const { approver, decision, reason } = approval.spec;
    if (approver === undefined || problem !== undefined) continue;
    if (decision === 'Reject') return { kind: 'rejected', by: approver.username, reason: reason ?? '' };
    approvers.add(approver.username);
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

/** A decision, and why it does not count; without a problem it does. */
export interface Ballot {
  readonly approval: Approval;
  readonly problem?: string;
}

/** Each decision that carries a good seal, judged as at admission, with those before it as the others. */
export function judgeBallots({ sealed, call, requester, demand, now }: ApprovalState): readonly Ballot[] {
  return sealed.map((approval, index) => {
    const { approver } = approval.spec;
    if (approver === undefined) return { approval, problem: 'nobody is named who decided' };
    const others = sealed.slice(0, index);
    const [problem] = approvalProblems({ approval, approver, call, requester, others, demand, now });
    return problem === undefined ? { approval } : { approval, problem: problem.message };
  });
}
