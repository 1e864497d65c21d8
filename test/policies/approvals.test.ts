import assert from 'node:assert/strict';
import type { Approval } from '../../api/index.ts';
import { API_VERSION, STAMPS } from '../../api/index.ts';
import {
  type ApprovalState,
  decideApproval,
  isSealed,
  judgeBallots,
  ONE_APPROVAL,
  seal,
  sealedDecision,
} from '../../policies/approvals/index.ts';

const HOUR = 3_600_000;
const SINCE = Date.parse('2026-01-01T00:00:00Z');
const DIGEST = `sha256:${'a'.repeat(64)}`;

const vote = (username: string, more: Partial<Approval['spec']> = {}, groups: string[] = []): Approval => ({
  apiVersion: API_VERSION,
  kind: 'Approval',
  metadata: { namespace: 'n', name: `by-${username}` },
  spec: {
    toolCallRef: { name: 'c' },
    decision: 'Approve',
    argumentsDigest: DIGEST,
    approver: { username, groups },
    ...more,
  },
});

const stateOf = (
  sealed: readonly Approval[],
  demand: Partial<ApprovalState['demand']> = {},
  more: Partial<ApprovalState> = {},
): ApprovalState => ({
  demand: { ...ONE_APPROVAL, ...demand },
  sealed,
  call: {
    name: 'c',
    uid: 'u',
    argumentsDigest: DIGEST,
    awaiting: true,
    state: 'AwaitingHumanApproval',
    waitingSince: new Date(SINCE).toISOString(),
  },
  requester: { kind: 'known', username: 'carol' },
  now: SINCE + 60_000,
  ...more,
});

describe('what decisions about a call come to', () => {
  it('is approved when as many different people have approved as are to', () => {
    assert.deepEqual(decideApproval(stateOf([])), { kind: 'waiting', missing: 1, escalated: false });
    assert.deepEqual(decideApproval(stateOf([vote('ann')])), { kind: 'approved', by: ['ann'] });
    const two = { minApprovals: 2 };
    assert.deepEqual(decideApproval(stateOf([vote('ann')], two)), { kind: 'waiting', missing: 1, escalated: false });
    const again = { ...vote('ann'), metadata: { namespace: 'n', name: 'once-more' } };
    assert.equal(decideApproval(stateOf([vote('ann'), again], two)).kind, 'waiting', 'ann counts once');
    assert.deepEqual(decideApproval(stateOf([vote('ann'), vote('bob')], two)), {
      kind: 'approved',
      by: ['ann', 'bob'],
    });
  });

  it('is rejected by the first rejection that counts', () => {
    const no = vote('bob', { decision: 'Reject', reason: 'no' });
    assert.deepEqual(decideApproval(stateOf([vote('ann'), no], { minApprovals: 2 })), {
      kind: 'rejected',
      by: 'bob',
      reason: 'no',
    });
    const own = vote('carol', { decision: 'Reject', reason: 'a mistake of mine' });
    assert.equal(decideApproval(stateOf([own])).kind, 'rejected', 'who asked may take it back');
  });

  it('leaves out what does not count, and says why', () => {
    const sealed = [
      vote('carol'),
      vote('system:serviceaccount:n:bot'),
      vote('dan', { argumentsDigest: `sha256:${'b'.repeat(64)}` }),
      vote('eve', {}, ['sales']),
      vote('ann', {}, ['finance']),
    ];
    const state = stateOf(sealed, { approverGroups: [['finance', 'audit']] });
    assert.deepEqual(decideApproval(state), { kind: 'approved', by: ['ann'] });
    const reasons = judgeBallots(state).map(({ problem }) => problem ?? 'counts');
    for (const [index, pattern] of [
      /asked for the run/,
      /service account/,
      /digest/,
      /none of the groups/,
      /^counts$/,
    ].entries())
      assert.match(reasons[index] ?? '', pattern);
  });

  it('needs a group of each list', () => {
    const lists = { approverGroups: [['finance'], ['security']] };
    assert.equal(decideApproval(stateOf([vote('ann', {}, ['finance'])], lists)).kind, 'waiting');
    assert.equal(decideApproval(stateOf([vote('ann', {}, ['finance', 'security'])], lists)).kind, 'approved');
  });

  it('lets the requester and service accounts decide where policies want that', () => {
    const open = { notRequester: false, allowServiceAccounts: true };
    assert.equal(decideApproval(stateOf([vote('carol')], open)).kind, 'approved');
    assert.equal(decideApproval(stateOf([vote('system:serviceaccount:n:bot')], open)).kind, 'approved');
  });

  it('ends at its time: rejected, failed, or others may decide too', () => {
    const demand = { expiresAfterMs: HOUR, approverGroups: [['finance']] };
    const before = stateOf([], { ...demand, onTimeout: 'Reject' });
    assert.deepEqual(decideApproval(before), { kind: 'waiting', missing: 1, escalated: false, inMs: HOUR - 60_000 });
    const late = { now: SINCE + HOUR };
    const rejected = decideApproval(stateOf([], { ...demand, onTimeout: 'Reject' }, late));
    assert.deepEqual(rejected, { kind: 'expired', onTimeout: 'Reject' });
    assert.deepEqual(decideApproval(stateOf([], { ...demand, onTimeout: 'Fail' }, late)), {
      kind: 'expired',
      onTimeout: 'Fail',
    });
    assert.deepEqual(decideApproval(stateOf([], demand, late)), { kind: 'expired', onTimeout: 'Reject' });
    const escalating = { ...demand, onTimeout: 'Escalate', escalateTo: ['board'] } as const;
    const boss = [vote('boss', {}, ['board'])];
    assert.equal(decideApproval(stateOf(boss, escalating)).kind, 'waiting', 'not yet');
    assert.deepEqual(decideApproval(stateOf([], escalating, late)), { kind: 'waiting', missing: 1, escalated: true });
    assert.equal(decideApproval(stateOf(boss, escalating, late)).kind, 'approved');
    assert.equal(decideApproval(stateOf([vote('ann', {}, ['finance'])], escalating, late)).kind, 'approved');
  });
});

describe('the seal of an Approval', () => {
  const key = Buffer.alloc(32, 7);
  const decision = sealedDecision(vote('ann'), 'u');
  const sealed = (by: Approval, value: string): Approval => ({
    ...by,
    metadata: { ...by.metadata, annotations: { [STAMPS.seal]: value } },
  });

  it('is asked for: without the webhook’s own, of that call and that decision, it counts for nothing', () => {
    assert.ok(decision);
    const value = seal(key, decision);
    assert.ok(isSealed([key], sealed(vote('ann'), value), 'u'));
    assert.ok(!isSealed([key], vote('ann'), 'u'), 'none');
    assert.ok(!isSealed([key], sealed(vote('ann'), 'v1.x.y'), 'u'), 'made up');
    assert.ok(!isSealed([], sealed(vote('ann'), value), 'u'), 'no key to check it with');
    assert.ok(!isSealed([Buffer.alloc(32, 8)], sealed(vote('ann'), value), 'u'), 'of another key');
    assert.ok(!isSealed([key], sealed(vote('ann'), value), 'later'), 'of another call of that name');
    for (const other of [
      vote('bob'),
      vote('ann', {}, ['finance']),
      vote('ann', { decision: 'Reject' }),
      vote('ann', { argumentsDigest: `sha256:${'b'.repeat(64)}` }),
    ]) {
      assert.ok(!isSealed([key], sealed(other, value), 'u'));
    }
  });
});
