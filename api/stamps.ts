import { GROUP } from './common.ts';

/** Annotations that the admission webhooks set. Nobody else writes them, and Git does not carry them. */
export const STAMPS = {
  /** Who created the object: the authenticated user’s name. */
  createdBy: `${GROUP}/created-by`,
  /** On an Approval: proof that the webhook saw the approver, the decision and what is decided. */
  seal: `${GROUP}/seal`,
} as const;
