import type { LabelSelector } from '../../api/index.ts';
import { field } from './json.ts';

export type Labels = Readonly<Record<string, unknown>>;
type Requirement = (labels: Labels) => boolean;

const OPERATORS: Readonly<Record<string, (value: unknown, values: ReadonlySet<unknown>) => boolean>> = {
  In: (value, values) => value !== undefined && values.has(value),
  // As in Kubernetes, a label that is not there is not in the set.
  NotIn: (value, values) => value === undefined || !values.has(value),
  Exists: (value) => value !== undefined,
  DoesNotExist: (value) => value === undefined,
};

/** Compiles a label selector; an empty one selects everything. Answers with what is wrong instead, by place. */
export function compileSelector(
  selector: LabelSelector,
): { readonly test: (labels: Labels) => boolean } | { readonly problem: string; readonly at: string } {
  const requirements: Requirement[] = [];
  for (const [key, wanted] of Object.entries(selector.matchLabels ?? {})) {
    requirements.push((labels) => field(labels, key) === wanted);
  }
  for (const [i, { key, operator, values = [] }] of (selector.matchExpressions ?? []).entries()) {
    const at = `matchExpressions[${i}]`;
    if (!Object.hasOwn(OPERATORS, operator))
      return { at: `${at}.operator`, problem: 'is none of In, NotIn, Exists, DoesNotExist' };
    const takesValues = operator === 'In' || operator === 'NotIn';
    if (takesValues !== values.length > 0) {
      return {
        at: `${at}.values`,
        problem: takesValues ? `is empty: ${operator} needs values` : `must be empty with ${operator}`,
      };
    }
    const holds = OPERATORS[operator] as (value: unknown, values: ReadonlySet<unknown>) => boolean;
    const set: ReadonlySet<unknown> = new Set(values);
    requirements.push((labels) => holds(field(labels, key), set));
  }
  return { test: (labels) => requirements.every((requirement) => requirement(labels)) };
}
