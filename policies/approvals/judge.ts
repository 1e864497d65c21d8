import type { Approval, Approver } from '../../api/index.ts';
import type { ApprovalDemand } from '../engine/types.ts';
import type { Requester } from './requester.ts';
import { isRequester } from './requester.ts';

/** The call that is decided, as far as a decision depends on it. */
export interface CallToDecide {
  readonly name: string;
  readonly uid: string;
  /** Digest of its arguments: `argumentsDigest()`. */
  readonly argumentsDigest: string;
  /** Whether it waits for a human's approval now. */
  readonly awaiting: boolean;
  /** Where it stands, for people. */
  readonly state: string;
  /** Since when it waits: RFC 3339. */
  readonly waitingSince?: string;
}

export interface ApprovalCase {
  readonly approval: Approval;
  /** Who decides: the authenticated user at admission, `spec.approver` of a sealed Approval later. */
  readonly approver: Approver;
  /** Absent: there is no such call. */
  readonly call: CallToDecide | undefined;
  readonly requester: Requester;
  /** Other sealed Approvals of the same call. */
  readonly others: readonly Approval[];
  /** What policies ask for; where they ask for nothing, one person other than the requester decides. */
  readonly demand: ApprovalDemand | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Why an Approval does not count. */
export interface ApprovalProblem {
  readonly rule: 'call' | 'waiting' | 'digest' | 'requester' | 'service-account' | 'approvers' | 'second-vote';
  /** The field of the Approval that it is about. */
  readonly field: string;
  /** What is wrong and what to do; one line. */
  readonly message: string;
}

const SERVICE_ACCOUNT = 'system:serviceaccount:';

/** Whether this is the name of a service account, not of a person. */
export const isServiceAccount = (username: string): boolean => username.startsWith(SERVICE_ACCOUNT);

/**
 * Why an Approval does not count; nothing when it does. Who may decide by RBAC, and whether the approver is who is
 * authenticated, is asked where that is known. A requester may reject what was asked for, not approve it.
 */
export function approvalProblems(input: ApprovalCase): readonly ApprovalProblem[] {
  const { approval, approver, call, demand } = input;
  const { spec } = approval;
  const problems: ApprovalProblem[] = [];
  const add = (rule: ApprovalProblem['rule'], field: string, message: string): void => {
    problems.push({ rule, field, message });
  };
  if (call === undefined) {
    add(
      'call',
      'spec.toolCallRef.name',
      `there is no TaskRunToolCall ${quoted(spec.toolCallRef.name)} in namespace ${quoted(approval.metadata.namespace ?? '')}; fix: name a call that waits (kubectl get taskruntoolcalls)`,
    );
    return problems;
  }
  if (!call.awaiting) {
    add(
      'waiting',
      'spec.toolCallRef.name',
      `${quoted(call.name)} does not wait for an approval (it is ${call.state}); nothing is left to decide`,
    );
  } else if (spec.argumentsDigest !== undefined && spec.argumentsDigest !== call.argumentsDigest) {
    add(
      'digest',
      'spec.argumentsDigest',
      `${quoted(spec.argumentsDigest)} is not the digest of the call’s arguments, ${call.argumentsDigest}; fix: look at spec.arguments of ${quoted(call.name)} and give its digest`,
    );
  } else if (spec.decision === 'Approve' && spec.argumentsDigest === undefined) {
    add(
      'digest',
      'spec.argumentsDigest',
      `is required to approve: it says which arguments were seen; fix: look at spec.arguments of ${quoted(call.name)} and give its digest`,
    );
  }
  const { requester } = input;
  const notRequester = demand?.notRequester ?? true;
  if (spec.decision === 'Approve' && notRequester && isRequester(requester, approver.username)) {
    add('requester', 'spec.approver', `${quoted(approver.username)} asked for the run; somebody else has to approve`);
  }
  if (isServiceAccount(approver.username) && !(demand?.allowServiceAccounts ?? false)) {
    add(
      'service-account',
      'spec.approver',
      `${quoted(approver.username)} is a service account; a person has to decide`,
    );
  }
  const missing = missingGroups(input, call);
  if (missing !== undefined) {
    add(
      'approvers',
      'spec.approver',
      `${quoted(approver.username)} is in none of the groups that may decide: ${missing.join(', ')}`,
    );
  }
  if (input.others.some((other) => isOtherVote(other, approval, approver))) {
    add('second-vote', 'spec.approver', `${quoted(approver.username)} has decided about this call already`);
  }
  return problems;
}

function isOtherVote(other: Approval, approval: Approval, approver: Approver): boolean {
  return (
    other.metadata.name !== approval.metadata.name &&
    other.metadata.namespace === approval.metadata.namespace &&
    other.spec.toolCallRef.name === approval.spec.toolCallRef.name &&
    other.spec.approver?.username === approver.username
  );
}

/** The first list of groups of which the approver has none; undefined where nothing is missing. */
function missingGroups({ approver, demand, now }: ApprovalCase, call: CallToDecide): readonly string[] | undefined {
  if (demand === undefined) return undefined;
  const groups = new Set(approver.groups ?? []);
  const has = (list: readonly string[]): boolean => list.some((group) => groups.has(group));
  const since = Date.parse(call.waitingSince ?? '');
  const escalated =
    demand.onTimeout === 'Escalate' && demand.expiresAfterMs !== undefined && now >= since + demand.expiresAfterMs;
  if (escalated && has(demand.escalateTo)) return undefined;
  const missing = demand.approverGroups.find((list) => !has(list));
  return missing === undefined || !escalated ? missing : [...missing, ...demand.escalateTo];
}

const quoted = (text: string): string => JSON.stringify(text);
