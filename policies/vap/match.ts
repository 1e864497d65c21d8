import type { LabelSelector, PolicyMatch, PolicySpec } from '../../api/index.ts';
import { allOf, anyOf, listOf, matchesGlobs, quoted } from './text.ts';

/** What a policy is about, as matchConditions; or why that cannot be said of this kind. */
export type Conditions = { readonly conditions: readonly string[] } | { readonly reason: string };

const DONE_BY_AGENTS: ReadonlySet<string> = new Set(['Task', 'TaskRun', 'TaskRunToolCall']);
const LABELS = '(has(object.metadata.labels) ? object.metadata.labels : {})';

/** `match` without its namespaceSelector, which a binding has, and `exclude`. `undefined`: never about this kind. */
export function conditionsOf(spec: PolicySpec, kind: string): Conditions | undefined {
  const { match = {}, exclude = {} } = spec;
  if (match.kinds !== undefined && !(match.kinds as readonly string[]).includes(kind)) return undefined;
  const wanted = fieldsOf(match, kind, 'match');
  if ('reason' in wanted) return wanted;
  if (wanted.conditions.includes('false')) return undefined;
  const { kinds, ...rest } = exclude;
  if (kinds !== undefined && !(kinds as readonly string[]).includes(kind)) return wanted;
  if (exclude.namespaceSelector !== undefined) {
    return { reason: 'spec.exclude.namespaceSelector: matchConditions do not see labels of namespaces' };
  }
  const unwanted = fieldsOf(rest, kind, 'exclude');
  if ('reason' in unwanted) return unwanted;
  if (unwanted.conditions.includes('false')) return wanted;
  if (unwanted.conditions.length === 0) return kinds === undefined ? wanted : undefined;
  return { conditions: [...wanted.conditions, `!(${allOf(unwanted.conditions)})`] };
}

function fieldsOf(match: PolicyMatch, kind: string, at: string): Conditions {
  const conditions: string[] = [];
  const ofAgent = DONE_BY_AGENTS.has(kind);
  if (match.namespaces !== undefined) conditions.push(matchesGlobs('request.namespace', match.namespaces));
  if (match.agents !== undefined) {
    if (ofAgent) return { reason: `spec.${at}.agents: who does it is not in the object` };
    conditions.push(kind === 'Agent' ? matchesGlobs('object.metadata.name', match.agents) : 'false');
  }
  if (match.objectSelector !== undefined) {
    if (ofAgent) return { reason: `spec.${at}.objectSelector: labels of the Agent count, too` };
    conditions.push(selects(match.objectSelector));
  }
  if (match.subjects !== undefined) conditions.push(anyOf(match.subjects.map(isSubject)));
  return { conditions: conditions.filter((condition) => condition !== 'true') };
}

function selects({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const value = (key: string): string => `${LABELS}[${quoted(key)}]`;
  const has = (key: string): string => `${quoted(key)} in ${LABELS}`;
  return allOf([
    ...Object.entries(matchLabels).map(([key, wanted]) => `${has(key)} && ${value(key)} == ${quoted(wanted)}`),
    ...matchExpressions.map(({ key, operator, values = [] }) => {
      switch (operator) {
        case 'In':
          return `${has(key)} && ${value(key)} in ${listOf(values)}`;
        case 'NotIn':
          return `!(${has(key)} && ${value(key)} in ${listOf(values)})`;
        case 'Exists':
          return has(key);
        default:
          return `!(${has(key)})`;
      }
    }),
  ]);
}

function isSubject({ kind, name, namespace }: NonNullable<PolicyMatch['subjects']>[number]): string {
  const user = 'request.userInfo.username';
  if (kind === 'User') return matchesGlobs(user, [name]);
  if (kind === 'ServiceAccount') return matchesGlobs(user, [`system:serviceaccount:${namespace ?? ''}:${name}`]);
  return `(has(request.userInfo.groups) && request.userInfo.groups.exists(g, ${matchesGlobs('g', [name])}))`;
}
