/** Escalation and binding. */
import type { Case } from '../../harness.ts';
import { type Fields, merge, quiet } from '../../steps.ts';
import { allowed, apiVersion, as, author, bind, grant, jane, one, rbac, role, user } from './shared.ts';

export const escalation: Case[] = [
  ...(
    [
      ['what one has', [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }]],
      ['another verb', [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'delete', 'watch'] }]],
      ['another resource', [{ apiGroups: [''], resources: ['pods', 'secrets'], verbs: ['get'] }]],
      [
        'several rules',
        [
          { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
          { apiGroups: ['apps'], resources: ['deployments'], verbs: ['list'] },
        ],
      ],
      ['stars', [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]],
      ['names', [{ apiGroups: [''], resources: ['secrets'], resourceNames: ['one'], verbs: ['get'] }]],
      ['other names', [{ apiGroups: [''], resources: ['secrets'], resourceNames: ['two', 'three'], verbs: ['get'] }]],
      ['all names', [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }]],
      ['subresources', [{ apiGroups: ['apps'], resources: ['deployments/scale'], verbs: ['patch'] }]],
      ['two groups', [{ apiGroups: ['', 'apps'], resources: ['pods'], verbs: ['get'] }]],
      ['nothing', []],
    ] as [string, Fields[]][]
  ).map(([name, rules]) => one(`escalate: ${name}`, ...author, role(rules))),
  one('escalate: an update', ...author, quiet(role([], 'more')), {
    method: 'PUT',
    ...role([{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]),
    path: `${rbac}/namespaces/{ns}/roles/more`,
  }),
  one('escalate: a patch', ...author, quiet(role([], 'more')), {
    method: 'PATCH',
    path: `${rbac}/namespaces/{ns}/roles/more`,
    body: { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] },
    type: merge,
    headers: as(jane),
  }),
  one('escalate: an apply', ...author, {
    method: 'PATCH',
    path: `${rbac}/namespaces/{ns}/roles/more?fieldManager=x`,
    body: {
      apiVersion,
      kind: 'Role',
      metadata: { name: 'more' },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
    },
    type: 'application/apply-patch+yaml',
    headers: as(jane),
  }),
  one(
    'escalate: metadata alone',
    ...author,
    quiet({ ...role([{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]), headers: {} }),
    {
      method: 'PATCH',
      path: `${rbac}/namespaces/{ns}/roles/more`,
      body: { metadata: { labels: { x: 'y' } } },
      type: merge,
      headers: as(jane),
    },
  ),
  one('bind: a role one has not', ...author, bind({ kind: 'ClusterRole', name: 'view' })),
  one('bind: a role with all', ...author, bind({ kind: 'ClusterRole', name: 'cluster-admin' })),
  one('bind: a role that is missing', ...author, bind({ kind: 'Role', name: 'none' })),
  one('bind: a cluster role that is missing', ...author, bind({ kind: 'ClusterRole', name: 'none' })),
  one(
    'bind: what one has',
    ...author,
    quiet(role([{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }])),
    bind({ kind: 'Role', name: 'more' }),
  ),
  one(
    'bind: with the right to bind',
    ...grant(user(jane), [
      { apiGroups: ['rbac.authorization.k8s.io'], resources: ['rolebindings'], verbs: ['create'] },
      {
        apiGroups: ['rbac.authorization.k8s.io'],
        resources: ['clusterroles'],
        resourceNames: ['view'],
        verbs: ['bind'],
      },
    ]),
    allowed({
      user: jane,
      resourceAttributes: {
        namespace: '{ns}',
        verb: 'create',
        group: 'rbac.authorization.k8s.io',
        resource: 'rolebindings',
      },
    }),
    bind({ kind: 'ClusterRole', name: 'view' }),
    bind({ kind: 'ClusterRole', name: 'edit' }),
  ),
  one(
    'escalate: with the right to',
    ...grant(user(jane), [
      { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'], verbs: ['create', 'escalate'] },
    ]),
    allowed({
      user: jane,
      resourceAttributes: { namespace: '{ns}', verb: 'create', group: 'rbac.authorization.k8s.io', resource: 'roles' },
    }),
    role([{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]),
  ),
  one('bind: another role', quiet(bind({ kind: 'ClusterRole', name: 'view' }, {}, {})), {
    method: 'PATCH',
    path: `${rbac}/namespaces/{ns}/rolebindings/bound`,
    body: { roleRef: { name: 'edit' } },
    type: merge,
  }),
  one('bind: other subjects', ...author, quiet(bind({ kind: 'ClusterRole', name: 'view' }, {}, {})), {
    method: 'PATCH',
    path: `${rbac}/namespaces/{ns}/rolebindings/bound`,
    body: { subjects: [user('y')] },
    type: merge,
    headers: as(jane),
  }),
  ...(
    [
      ['no subjects', { subjects: [] }],
      ['a subject without a kind', { subjects: [{ name: 'x' }] }],
      ['a subject of an unknown kind', { subjects: [{ kind: 'Robot', name: 'x' }] }],
      ['a subject without a name', { subjects: [{ kind: 'User', name: '' }] }],
      ['an account without a namespace', { subjects: [{ kind: 'ServiceAccount', name: 'x' }] }],
      [
        'an account with a group',
        { subjects: [{ kind: 'ServiceAccount', name: 'x', namespace: 'y', apiGroup: 'rbac.authorization.k8s.io' }] },
      ],
      ['a user with a bad group', { subjects: [{ kind: 'User', name: 'x', apiGroup: 'v1' }] }],
      ['an account with a bad name', { subjects: [{ kind: 'ServiceAccount', name: 'A_', namespace: 'y' }] }],
    ] as [string, Fields][]
  ).map(([name, more]) => one(`binding: ${name}`, bind({ kind: 'ClusterRole', name: 'view' }, more, {}))),
  one('binding: an unknown kind of role', bind({ kind: 'Robot', name: 'x' }, {}, {})),
  one('binding: no name of a role', bind({ kind: 'Role', name: '' }, {}, {})),
  one('binding: a bad group of a role', bind({ kind: 'Role', name: 'x', apiGroup: 'x' }, {}, {})),
  ...(
    [
      ['no verbs', [{ apiGroups: [''], resources: ['pods'], verbs: [] }]],
      ['no resources', [{ apiGroups: [''], verbs: ['get'] }]],
      ['no groups', [{ resources: ['pods'], verbs: ['get'] }]],
      ['paths', [{ nonResourceURLs: ['/x'], verbs: ['get'] }]],
      ['paths and resources', [{ nonResourceURLs: ['/x'], apiGroups: [''], resources: ['pods'], verbs: ['get'] }]],
      ['nothing', [{}]],
    ] as [string, Fields[]][]
  ).flatMap(([name, rules]) => [
    one(`role: ${name}`, { ...role(rules), headers: {} }),
    one(`cluster role: ${name}`, {
      path: `${rbac}/clusterroles?dryRun=All`,
      body: { apiVersion, kind: 'ClusterRole', metadata: { name: '{ns}' }, rules },
    }),
  ]),
  ...(
    [
      ['an empty selector', { clusterRoleSelectors: [] }],
      ['a bad selector', { clusterRoleSelectors: [{ matchLabels: { 'a b': 'c' } }] }],
      ['all', { clusterRoleSelectors: [{}] }],
    ] as [string, Fields][]
  ).map(([name, aggregationRule]) =>
    one(`aggregation: ${name}`, {
      path: `${rbac}/clusterroles?dryRun=All`,
      body: { apiVersion, kind: 'ClusterRole', metadata: { name: '{ns}' }, aggregationRule, rules: [] },
    }),
  ),
  one(
    'aggregation: as one who may not',
    quiet({
      path: `${rbac}/clusterroles`,
      body: {
        apiVersion,
        kind: 'ClusterRole',
        metadata: { name: '{ns}-r' },
        rules: [{ apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'], verbs: ['create'] }],
      },
    }),
    quiet({
      path: `${rbac}/clusterrolebindings`,
      body: {
        apiVersion,
        kind: 'ClusterRoleBinding',
        metadata: { name: '{ns}-r' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: '{ns}-r' },
        subjects: [user(jane)],
      },
    }),
    allowed({
      user: jane,
      resourceAttributes: { verb: 'create', group: 'rbac.authorization.k8s.io', resource: 'clusterroles' },
    }),
    {
      path: `${rbac}/clusterroles`,
      body: {
        apiVersion,
        kind: 'ClusterRole',
        metadata: { name: '{ns}-agg' },
        aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] },
      },
      headers: as(jane),
    },
  ),
];
