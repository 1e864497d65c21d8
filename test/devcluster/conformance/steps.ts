/** Builders that the tables of requests share. */
import type { Case, Step } from './harness.ts';

export type Fields = { readonly [field: string]: unknown };

export const merge = 'application/merge-patch+json';

/** Asked, and its answer not compared. */
export const quiet = (step: Step): Step => ({ ...step, quiet: true });

/** A merge patch, unless `more` names another type. */
export const patch = (path: string, body: unknown, more: Partial<Step> = {}): Step => ({
  method: 'PATCH',
  path,
  body,
  type: merge,
  ...more,
});

export const remove = (path: string, body?: Fields): Step => ({
  method: 'DELETE',
  path,
  ...(body === undefined ? {} : { body }),
});

/** Cases of one area, whose names may begin alike. */
export const casesOf =
  (area: string, prefix = '') =>
  (name: string, ...steps: Step[]): Case => ({ area, name: `${prefix}${name}`, steps });
