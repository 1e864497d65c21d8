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

/** What is at a dotted path in a body; `*` is every item of a list. Undefined where there is nothing. */
export function at(body: unknown, path: string): unknown {
  let value: unknown = body;
  const parts = path.split('.');
  for (const [index, part] of parts.entries()) {
    if (part === '*')
      return Array.isArray(value) ? value.map((item) => at(item, parts.slice(index + 1).join('.'))) : undefined;
    if (part === '') return value;
    value = (value as Fields | null | undefined)?.[part];
  }
  return value;
}

/** A view of some paths in a body; a Status is seen whole. */
export const pick =
  (...paths: readonly string[]) =>
  (body: unknown): unknown =>
    at(body, 'kind') === 'Status' ? body : Object.fromEntries(paths.map((path) => [path, at(body, path)]));

/** The step with a view of some paths of its answer. */
export const seen = (step: Step, ...paths: readonly string[]): Step => ({ ...step, view: pick(...paths) });

type Wait = NonNullable<Step['until']>;

/** Until the answer has a code. */
export const code =
  (wanted: number): Wait =>
  (answer) =>
    answer.code === wanted;
export const gone: Wait = code(404);
export const refused: Wait = (answer) => answer.code >= 400;
export const warned: Wait = (answer) => answer.warnings.length > 0;
/** Until a text stands anywhere in the body. */
export const includes =
  (text: string): Wait =>
  (answer) =>
    JSON.stringify(answer.body ?? null).includes(text);
/** Until a path of the body has a value. */
export const holds =
  (path: string, value: unknown): Wait =>
  (answer) =>
    answer.code < 400 && JSON.stringify(at(answer.body, path)) === JSON.stringify(value);

export const create = (path: string, body: unknown, more: Partial<Step> = {}): Step => ({ path, body, ...more });
export const read = (path: string, more: Partial<Step> = {}): Step => ({ path, ...more });
export const replace = (path: string, body: unknown): Step => ({ method: 'PUT', path, body });
/** A server-side apply by `manager`. */
export const applied = (path: string, body: unknown, manager = 'one', force = false): Step => ({
  method: 'PATCH',
  path: `${path}?fieldManager=${manager}${force ? '&force=true' : ''}`,
  body,
  type: 'application/apply-patch+yaml',
});
/** Asked, not compared, and its uid kept under a name. */
export const owning = (step: Step, name: string): Step => ({ ...step, quiet: true, keep: { [name]: 'metadata.uid' } });

export const inNamespace = '/api/v1/namespaces/{ns}';
/** Where a group's namespaced resources of the case are. */
export const ofGroup = (group: string): string => `/apis/${group}/namespaces/{ns}`;
