import { createHash, createHmac, hash, timingSafeEqual } from 'node:crypto';
import type { Approval, Approver } from '../../api/index.ts';
import { STAMPS } from '../../api/index.ts';

/** What a seal vouches for: who decided what of which call, having seen which arguments. */
export interface SealedDecision {
  readonly approver: Approver;
  readonly decision: 'Approve' | 'Reject';
  /** `metadata.uid` of the TaskRunToolCall: a call of the same name that is made later is another one. */
  readonly toolCallUid: string;
  /** `sha256:…`; absent where a rejection names none. */
  readonly argumentsDigest?: string;
}

/** Bytes that a key has at least. */
export const SEAL_KEY_BYTES = 32;

/** Name and field of the Secret whose key seals Approvals. Only webhook and operator may read it. */
export const APPROVAL_KEY_SECRET = 'kubechain-approval-key';
export const APPROVAL_KEY_FIELD = 'key';

const VERSION = 'v1';

/** `sha256:` and the SHA-256 of a call's `spec.arguments`, in hex: what an Approval names. */
export function argumentsDigest(args: string): string {
  return `sha256:${hash('sha256', args)}`;
}

/** What the seal of an Approval has to vouch for, if it is about the call of that UID; undefined without an approver. */
export function sealedDecision({ spec }: Approval, toolCallUid: string): SealedDecision | undefined {
  if (spec.approver === undefined) return undefined;
  return {
    approver: spec.approver,
    decision: spec.decision,
    toolCallUid,
    ...(spec.argumentsDigest === undefined ? {} : { argumentsDigest: spec.argumentsDigest }),
  };
}

/** The seal: `v1.<which key>.<HMAC-SHA-256>`, for the annotation `STAMPS.seal`. Throws on a key that is too short. */
export function seal(key: Uint8Array, decision: SealedDecision): string {
  if (key.length < SEAL_KEY_BYTES) throw new RangeError(`a seal's key has ${SEAL_KEY_BYTES} bytes at least`);
  const mac = createHmac('sha256', key).update(canonical(decision)).digest('base64url');
  return `${VERSION}.${keyId(key)}.${mac}`;
}

/** Whether one of the keys made this seal for this decision. Takes the same time whatever is wrong. */
export function verifySeal(keys: readonly Uint8Array[], decision: SealedDecision, value: string | undefined): boolean {
  const given = Buffer.from(value ?? '');
  return keys.reduce((valid, key) => {
    const expected = Buffer.from(seal(key, decision));
    return (expected.length === given.length && timingSafeEqual(expected, given)) || valid;
  }, false);
}

/** Whether an Approval carries the webhook's seal for the call of that UID. */
export function isSealed(keys: readonly Uint8Array[], approval: Approval, toolCallUid: string): boolean {
  const decision = sealedDecision(approval, toolCallUid);
  return decision !== undefined && verifySeal(keys, decision, approval.metadata.annotations?.[STAMPS.seal]);
}

const keyIds = new WeakMap<Uint8Array, string>();

/** Tells keys apart without telling of them. A key's bytes do not change. */
export function keyId(key: Uint8Array): string {
  const known = keyIds.get(key);
  if (known !== undefined) return known;
  const id = createHash('sha256').update('kubechain approval key\n').update(key).digest('hex').slice(0, 8);
  keyIds.set(key, id);
  return id;
}

/** One text a decision: JSON of a list, so that no field can run into the next. Groups count as a set. */
function canonical({ approver, decision, toolCallUid, argumentsDigest: digest }: SealedDecision): string {
  const groups = [...new Set(approver.groups ?? [])].sort();
  return JSON.stringify([VERSION, approver.username, approver.uid ?? '', groups, decision, toolCallUid, digest ?? '']);
}
