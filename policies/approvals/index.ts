/** Decisions of people about tool calls: what makes them valid, and what they come to. */
export type { ApprovalOutcome, ApprovalState } from './decide.ts';
export { decideApproval, isServiceAccount, ONE_APPROVAL, whyNotCounted } from './decide.ts';
export { argumentsDigest, isSealed, SEAL_ANNOTATION, sealOf } from './seal.ts';
