/** Roles and bindings: what is refused, and what nobody may grant. */
import type { Case } from '../../harness.ts';
import { aMap, map, maps, patched, role, roleBinding, tables } from '../../probes.things.ts';
import {
  applied,
  at,
  code,
  create,
  holds,
  includes,
  inNamespace,
  ofGroup,
  pick,
  quiet,
  read,
  remove,
  replace,
} from '../../steps.ts';
import {
  access,
  as,
  clusterBinding,
  clusterRole,
  grant,
  ownRbac,
  rbac,
  review,
  rule,
  ruled,
  self,
  user,
  whether,
} from './shared.ts';

export const grantingAsked: readonly Case[] = [
  access(
    'a cluster role by a role binding',
    quiet(create(`${ownRbac}/rolebindings`, roleBinding('v', { kind: 'ClusterRole', name: 'view' }, user('jane')))),
    ruled('jane', '"configmaps"'),
    as('jane', read(aMap)),
    as('jane', read(`${inNamespace}/secrets`)),
    as('jane', read('/api/v1/nodes')),
    as('jane', read('/apis/conformance.example.com/v1/namespaces/{ns}/widgets')),
    as('jane', create(maps, map())),
    as('jane', read(`${ofGroup('apps/v1')}/deployments`, { view: pick('kind') })),
    as('jane', read('/api/v1/namespaces/{ns}', { view: pick('kind', 'metadata.name') })),
    as('jane', read(`${ofGroup('rbac.authorization.k8s.io/v1')}/roles`)),
  ),
  access(
    'escalation',
    ...grant(user('jane'), [
      rule(['*'], ['roles', 'rolebindings'], { apiGroups: ['rbac.authorization.k8s.io'] }),
      rule(['get', 'list'], ['pods']),
    ]),
    ruled('jane', '"roles"'),
    as('jane', create(`${ownRbac}/roles`, role('a', [rule(['get'], ['pods'])]))),
    as('jane', create(`${ownRbac}/roles`, role('b', [rule(['get', 'watch'], ['pods'])]))),
    as(
      'jane',
      create(
        `${ownRbac}/roles`,
        role('c', [rule(['get'], ['pods', 'secrets']), rule(['*'], ['*'], { apiGroups: ['*'] })]),
      ),
    ),
    as('jane', replace(`${ownRbac}/roles/a`, role('a', [rule(['create'], ['pods'])]))),
    as('jane', patched(`${ownRbac}/roles/a`, { rules: [rule(['list'], ['pods'])] })),
    as('jane', create(`${ownRbac}/rolebindings`, roleBinding('x', { kind: 'Role', name: 'a' }, user('joe')))),
    as(
      'jane',
      create(`${ownRbac}/rolebindings`, roleBinding('y', { kind: 'ClusterRole', name: 'admin' }, user('joe'))),
    ),
    as('jane', create(`${ownRbac}/rolebindings`, roleBinding('z', { kind: 'Role', name: 'missing' }, user('joe')))),
    as('jane', create(`${rbac}/clusterroles`, clusterRole('{ns}', []))),
  ),
  access(
    'escalate and bind',
    ...grant(user('jane'), [
      rule(['create', 'escalate'], ['roles'], { apiGroups: ['rbac.authorization.k8s.io'] }),
      rule(['create', 'bind'], ['rolebindings', 'clusterroles'], {
        apiGroups: ['rbac.authorization.k8s.io'],
        resourceNames: [],
      }),
    ]),
    ruled('jane', '"escalate"'),
    as('jane', create(`${ownRbac}/roles`, role('a', [rule(['*'], ['secrets'])]))),
    as('jane', create(`${ownRbac}/rolebindings`, roleBinding('x', { kind: 'Role', name: 'a' }, user('joe')))),
    as(
      'jane',
      create(`${ownRbac}/rolebindings`, roleBinding('y', { kind: 'ClusterRole', name: 'cluster-admin' }, user('joe'))),
    ),
  ),
  access(
    'aggregation',
    quiet(
      create(
        `${rbac}/clusterroles`,
        clusterRole('agg-{ns}', [], {
          aggregationRule: { clusterRoleSelectors: [{ matchLabels: { 'to-{ns}': 'yes' } }] },
        }),
      ),
    ),
    quiet(create(`${rbac}/clusterroles`, clusterRole('p1-{ns}', [rule(['get'], ['pods'])], {}, { 'to-{ns}': 'yes' }))),
    { ...read(`${rbac}/clusterroles/agg-{ns}`), until: includes('"pods"'), view: pick('rules', 'aggregationRule') },
    quiet(
      create(`${rbac}/clusterroles`, clusterRole('p2-{ns}', [rule(['list'], ['secrets'])], {}, { 'to-{ns}': 'yes' })),
    ),
    { ...read(`${rbac}/clusterroles/agg-{ns}`), until: includes('"secrets"'), view: pick('rules') },
    quiet(remove(`${rbac}/clusterroles/p1-{ns}`)),
    { ...read(`${rbac}/clusterroles/agg-{ns}`), until: (a) => !includes('"pods"')(a, undefined), view: pick('rules') },
    {
      ...replace(
        `${rbac}/clusterroles/agg-{ns}`,
        clusterRole('agg-{ns}', [rule(['get'], ['nodes'])], {
          aggregationRule: { clusterRoleSelectors: [{ matchLabels: { 'to-{ns}': 'yes' } }] },
        }),
      ),
      view: pick('rules'),
    },
  ),
  access(
    'bindings refused',
    create(`${ownRbac}/rolebindings`, roleBinding('a', { kind: 'Foo', name: 'x' }, user('j'))),
    create(`${ownRbac}/rolebindings`, roleBinding('a', { kind: 'Role', name: '' }, user('j'))),
    create(`${ownRbac}/rolebindings`, {
      ...roleBinding('a', { kind: 'Role', name: 'x' }),
      subjects: [{ kind: 'Bar', name: 'x' }],
    }),
    create(`${ownRbac}/rolebindings`, {
      ...roleBinding('a', { kind: 'Role', name: 'x' }),
      subjects: [{ kind: 'ServiceAccount', name: 'x' }],
    }),
    create(`${ownRbac}/rolebindings`, {
      ...roleBinding('a', { kind: 'Role', name: 'x' }),
      subjects: [{ kind: 'User', name: '' }],
    }),
    create(`${ownRbac}/rolebindings`, {
      ...roleBinding('a', { kind: 'Role', name: 'x', apiGroup: 'foo' }),
      subjects: [],
    }),
    create(`${rbac}/clusterrolebindings`, {
      ...clusterBinding('{ns}', 'view'),
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'x' },
    }),
  ),
  access(
    'a binding changes its role',
    quiet(create(`${ownRbac}/rolebindings`, roleBinding('a', { kind: 'Role', name: 'x' }, user('j')))),
    replace(`${ownRbac}/rolebindings/a`, roleBinding('a', { kind: 'Role', name: 'y' }, user('j'))),
    patched(`${ownRbac}/rolebindings/a`, { roleRef: { name: 'y' } }),
    patched(`${ownRbac}/rolebindings/a`, { subjects: [] }),
    read(`${ownRbac}/rolebindings/a`, { headers: tables }),
    read(`${ownRbac}/rolebindings`, { headers: tables, view: pick('rows.*.cells') }),
  ),
  access(
    'roles refused',
    create(`${ownRbac}/roles`, role('a', [{ verbs: [], resources: ['x'], apiGroups: [''] }])),
    create(`${ownRbac}/roles`, role('a', [{ verbs: ['get'], resources: [], apiGroups: [''] }])),
    create(`${ownRbac}/roles`, role('a', [{ verbs: ['get'], resources: ['x'] }])),
    create(`${ownRbac}/roles`, role('a', [{ verbs: ['get'], nonResourceURLs: ['/x'] }])),
    create(
      `${rbac}/clusterroles`,
      clusterRole('{ns}', [{ verbs: ['get'], nonResourceURLs: ['/x'], resources: ['y'], apiGroups: [''] }]),
    ),
    create(`${rbac}/clusterroles`, clusterRole('{ns}', [{ verbs: ['get'], nonResourceURLs: ['x'] }])),
    create(`${rbac}/clusterroles`, clusterRole('{ns}', [{ verbs: ['get'], nonResourceURLs: ['/x*y'] }])),
    create(`${ownRbac}/roles`, role('A:b%c', [])),
    create(`${ownRbac}/roles`, role('a/b', [])),
  ),
  access(
    'paths by a cluster role',
    quiet(
      create(
        `${rbac}/clusterroles`,
        clusterRole('{ns}', [{ verbs: ['get'], nonResourceURLs: ['/metrics', '/logs/*'] }]),
      ),
    ),
    quiet(create(`${rbac}/clusterrolebindings`, clusterBinding('{ns}', '{ns}', user('u-{ns}')))),
    {
      ...as('u-{ns}', self({ nonResourceAttributes: { path: '/metrics', verb: 'get' } })),
      until: holds('status.allowed', true),
    },
    as('u-{ns}', self({ nonResourceAttributes: { path: '/metrics/x', verb: 'get' } })),
    as('u-{ns}', self({ nonResourceAttributes: { path: '/logs/x', verb: 'get' } })),
    as('u-{ns}', self({ nonResourceAttributes: { path: '/logs', verb: 'get' } })),
    as('u-{ns}', read('/metrics', { view: (b) => typeof b })),
    as('u-{ns}', create('/metrics', {})),
  ),
  access(
    'the names of all default roles',
    read(`${rbac}/clusterroles?labelSelector=kubernetes.io/bootstrapping`, {
      view: (b) =>
        (at(b, 'items.*.metadata.name') as string[]).filter((n) => n.startsWith('system:') || !n.includes('-')).sort(),
    }),
    read(`${rbac}/clusterrolebindings?labelSelector=kubernetes.io/bootstrapping`, {
      view: pick('items.*.metadata.name'),
    }),
    read(`${rbac}/namespaces/kube-system/roles`, { view: pick('items.*.metadata.name') }),
    read(`${rbac}/namespaces/kube-system/rolebindings`, { view: pick('items.*.metadata.name') }),
    read(`${rbac}/namespaces/kube-public/roles`, { view: pick('items.*.metadata.name') }),
  ),
  access(
    'deleting a role leaves its binding',
    ...grant(user('jane'), [rule(['get'], ['configmaps'])]),
    { ...as('jane', read(aMap)), until: code(404) },
    quiet(remove(`${ownRbac}/roles/r`)),
    { ...as('jane', read(aMap)), until: code(403) },
    quiet(create(`${ownRbac}/roles`, role('r', [rule(['get'], ['configmaps'])]))),
    { ...as('jane', read(aMap)), until: code(404) },
    quiet(patched(`${ownRbac}/rolebindings/r`, { subjects: [user('joe')] })),
    { ...as('jane', read(aMap)), until: code(403) },
  ),
  access(
    'a binding changed by one without bind',
    ...grant(user('jane'), [
      rule(['update', 'patch', 'get'], ['rolebindings'], { apiGroups: ['rbac.authorization.k8s.io'] }),
    ]),
    quiet(create(`${ownRbac}/rolebindings`, roleBinding('v', { kind: 'ClusterRole', name: 'view' }, user('joe')))),
    ruled('jane', '"rolebindings"'),
    as('jane', patched(`${ownRbac}/rolebindings/v`, { metadata: { labels: { a: 'b' } } })),
    as('jane', patched(`${ownRbac}/rolebindings/v`, { subjects: [user('jane')] })),
    as('jane', patched(`${ownRbac}/rolebindings/v`, { subjects: [] })),
  ),
  access(
    'cluster roles over both kinds of rules',
    create(`${rbac}/clusterroles`, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: '{ns}' },
      rules: [
        { verbs: ['get'], nonResourceURLs: ['*'] },
        { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
      ],
      aggregationRule: { clusterRoleSelectors: [] },
    }),
    create(`${rbac}/clusterroles`, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: '{ns}' },
      rules: null,
    }),
    create(
      `${ownRbac}/rolebindings`,
      roleBinding('b', { kind: 'ClusterRole', name: '{ns}' }, { kind: 'ServiceAccount', name: 'A_b', namespace: 'x' }),
    ),
    create(
      `${ownRbac}/rolebindings`,
      { ...roleBinding('c', { kind: 'ClusterRole', name: '{ns}' }), subjects: null },
      { view: pick('subjects', 'roleRef') },
    ),
  ),
  access(
    'bindings of roles that are missing',
    quiet(create(`${ownRbac}/rolebindings`, roleBinding('a', { kind: 'Role', name: 'gone' }, user('jane')))),
    {
      ...as('jane', read(aMap)),
      until: includes('gone'),
    },
    as('jane', review('SelfSubjectRulesReview', { namespace: '{ns}' })),
    whether({ verb: 'get', resource: 'pods' }),
    as('jane', create(`${ownRbac}/roles`, role('x', [rule(['get'], ['pods'])]))),
    as('jane', read('/api/v1/nodes')),
    as('jane', read('/metrics')),
  ),
  access(
    'escalation with a binding that is missing',
    quiet(create(`${ownRbac}/rolebindings`, roleBinding('a', { kind: 'Role', name: 'gone' }, user('jane')))),
    ...grant(user('jane'), [rule(['create'], ['roles', 'rolebindings'], { apiGroups: ['rbac.authorization.k8s.io'] })]),
    ruled('jane', '"roles"'),
    as('jane', create(`${ownRbac}/roles`, role('x', [rule(['get'], ['pods'])]))),
    as('jane', create(`${ownRbac}/rolebindings`, roleBinding('y', { kind: 'Role', name: 'gone' }, user('joe')))),
    as('jane', create(`${ownRbac}/rolebindings`, roleBinding('y', { kind: 'Role', name: 'r' }, user('joe')))),
  ),
  access(
    'JSON patches of roles',
    quiet(create(`${ownRbac}/roles`, role('r', [rule(['get'], ['pods'])]))),
    patched(
      `${ownRbac}/roles/r`,
      [{ op: 'add', path: '/rules/0/verbs/-', value: 'list' }],
      'application/json-patch+json',
    ),
    patched(
      `${ownRbac}/roles/r`,
      [{ op: 'replace', path: '/rules/0/verbs', value: [] }],
      'application/json-patch+json',
    ),
    applied(`${ownRbac}/roles/r`, { ...role('r', [rule(['watch'], ['pods'])]) }, 'x'),
    applied(`${ownRbac}/roles/r`, { ...role('r', [rule(['watch'], ['pods'])]) }, 'x', true),
  ),
];
