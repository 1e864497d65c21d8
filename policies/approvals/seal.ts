import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Approval } from '../../api/index.ts';
import { GROUP } from '../../api/index.ts';

/** On an Approval: the webhook's seal. Without it an Approval counts for nothing. */
export const SEAL_ANNOTATION = `${GROUP}/seal`;

/** What an Approval's `argumentsDigest` must be for a call with these arguments (`spec.arguments`, as the model wrote them). */
export function argumentsDigest(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/**
 * The seal of an Approval: an HMAC-SHA-256 over who decided what of which call, in base64url. `key` is known to the webhook and
 * the operator only, so that nobody who can merely create objects can make a decision look like somebody's.
 * `callUid` is the UID of the TaskRunToolCall: a later call of the same name is another one.
 */
export function sealOf(approval: Approval, callUid: string, key: Uint8Array): string {
  const { spec, metadata } = approval;
  const sealed = [
    'v1',
    metadata.namespace ?? '',
    spec.toolCallRef.name,
    callUid,
    spec.decision,
    spec.argumentsDigest ?? '',
    spec.reason ?? '',
    spec.approver?.username ?? '',
    spec.approver?.uid ?? '',
    [...(spec.approver?.groups ?? [])].sort(),
  ];
  return `v1.${createHmac('sha256', key).update(JSON.stringify(sealed)).digest('base64url')}`;
}

/** Whether the seal on an Approval is the one that `sealOf` gives. Takes the same time whether it is or not. */
export function isSealed(approval: Approval, callUid: string, key: Uint8Array): boolean {
  const present = Buffer.from(approval.metadata.annotations?.[SEAL_ANNOTATION] ?? '');
  const expected = Buffer.from(sealOf(approval, callUid, key));
  return present.length === expected.length && timingSafeEqual(present, expected);
}
