/** Aggregated cluster roles. */
import type { Case, Step } from '../../harness.ts';
import { type Fields, merge, quiet, remove } from '../../steps.ts';
import { mentions, one } from './shared.ts';

const rbac = '/apis/rbac.authorization.k8s.io/v1';

const clusterRole = (name: string, more: Fields): Step =>
  quiet({
    path: `${rbac}/clusterroles`,
    body: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: `{ns}-${name}`, ...(more.labels === undefined ? {} : { labels: more.labels }) },
      ...(more.rules === undefined ? {} : { rules: more.rules }),
      ...(more.aggregationRule === undefined ? {} : { aggregationRule: more.aggregationRule }),
    },
  });

const verbs = (...list: string[]): Fields[] => [{ apiGroups: [''], resources: ['pods'], verbs: list }];

const whole = { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { of: '{ns}' } }] } };

const rules = (body: unknown): unknown => (body as { rules?: unknown }).rules;

export const aggregation: Case[] = [
  one(
    'aggregation: parts',
    clusterRole('a', { labels: { of: '{ns}' }, rules: verbs('get') }),
    clusterRole('w', whole),
    { path: `${rbac}/clusterroles/{ns}-w`, until: mentions('"get"') },
  ),
  one(
    'aggregation: a part that comes',
    clusterRole('w', whole),
    clusterRole('b', { labels: { of: '{ns}' }, rules: verbs('list') }),
    { path: `${rbac}/clusterroles/{ns}-w`, until: mentions('"list"'), view: rules },
  ),
  one(
    'aggregation: a part that changes',
    clusterRole('a', { labels: { of: '{ns}' }, rules: verbs('get') }),
    clusterRole('w', whole),
    quiet({ path: `${rbac}/clusterroles/{ns}-w`, until: mentions('"get"') }),
    quiet({ method: 'PATCH', path: `${rbac}/clusterroles/{ns}-a`, body: { rules: verbs('watch') }, type: merge }),
    { path: `${rbac}/clusterroles/{ns}-w`, until: mentions('"watch"'), view: rules },
  ),
  one(
    'aggregation: a part that goes',
    clusterRole('a', { labels: { of: '{ns}' }, rules: verbs('get') }),
    clusterRole('w', whole),
    quiet({ path: `${rbac}/clusterroles/{ns}-w`, until: mentions('"get"') }),
    quiet(remove(`${rbac}/clusterroles/{ns}-a`)),
    { path: `${rbac}/clusterroles/{ns}-w`, until: mentions('"get"', false), view: rules },
  ),
  one(
    'aggregation: a part without its label',
    clusterRole('a', { labels: { of: '{ns}' }, rules: verbs('get') }),
    clusterRole('w', whole),
    quiet({ path: `${rbac}/clusterroles/{ns}-w`, until: mentions('"get"') }),
    quiet({
      method: 'PATCH',
      path: `${rbac}/clusterroles/{ns}-a`,
      body: { metadata: { labels: { of: 'x' } } },
      type: merge,
    }),
    { path: `${rbac}/clusterroles/{ns}-w`, until: mentions('"get"', false), view: rules },
  ),
  one(
    'aggregation: the same rule twice',
    clusterRole('a', { labels: { of: '{ns}' }, rules: verbs('get') }),
    clusterRole('b', { labels: { of: '{ns}' }, rules: [...verbs('get'), ...verbs('list')] }),
    clusterRole('w', whole),
    { path: `${rbac}/clusterroles/{ns}-w`, until: mentions('"list"'), view: rules },
  ),
  one(
    'aggregation: rules by hand',
    clusterRole('a', { labels: { of: '{ns}' }, rules: verbs('get') }),
    clusterRole('w', { ...whole, rules: verbs('delete') }),
    { path: `${rbac}/clusterroles/{ns}-w`, until: mentions('"get"'), view: rules },
  ),
  one(
    'aggregation: to view',
    clusterRole('a', {
      labels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' },
      rules: [{ apiGroups: ['{ns}.example.com'], resources: ['x'], verbs: ['get'] }],
    }),
    ...['view', 'edit', 'admin'].map(
      (role): Step => ({
        path: `${rbac}/clusterroles/${role}`,
        until: mentions('.example.com'),
        view: (body) =>
          (rules(body) as { apiGroups: string[] }[]).some((rule) => rule.apiGroups[0]?.endsWith('example.com'))
            ? 'has it'
            : 'has it not',
      }),
    ),
  ),
];
