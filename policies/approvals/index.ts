export {
  type ApprovalOutcome,
  type ApprovalState,
  type Ballot,
  decideApproval,
  judgeBallots,
  ONE_APPROVAL,
} from './decide.ts';
export {
  type ApprovalCase,
  type ApprovalProblem,
  approvalProblems,
  type CallToDecide,
  isServiceAccount,
} from './judge.ts';
export { isRequester, type Requester, type RequesterLookups, requesterOf } from './requester.ts';
export {
  APPROVAL_KEY_FIELD,
  APPROVAL_KEY_SECRET,
  argumentsDigest,
  isSealed,
  SEAL_KEY_BYTES,
  type SealedDecision,
  seal,
  sealedDecision,
  verifySeal,
} from './seal.ts';
