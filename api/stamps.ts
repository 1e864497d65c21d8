import { GROUP } from './common.ts';

/** Annotations that the admission webhooks set. Nobody else writes them, and Git does not carry them. */
export const STAMPS = {
  /** Who created the object: the authenticated user’s name. */
  createdBy: `${GROUP}/created-by`,
  /** Who changed the spec, or the marks that tell of its commit, last: the authenticated user’s name. */
  changedBy: `${GROUP}/changed-by`,
  /** Proof that the webhook saw that change, by that user: what anybody else writes there counts for nothing. */
  changeSeal: `${GROUP}/change-seal`,
  /** On an Approval: proof that the webhook saw the approver, the decision and what is decided. */
  seal: `${GROUP}/seal`,
} as const;
