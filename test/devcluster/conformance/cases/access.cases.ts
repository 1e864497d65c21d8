import type { Case, Step } from '../harness.ts';

const one = (name: string, ...steps: Step[]): Case => ({ area: 'access', name, steps });
const as = (user: string, ...groups: string[]): { [name: string]: string } => ({
  'impersonate-user': user,
  ...(groups.length > 0 ? { 'impersonate-group': groups[0] as string } : {}),
});
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const review = (kind: string, spec: object): object => ({ apiVersion: 'authorization.k8s.io/v1', kind, spec });
const reviews = '/apis/authorization.k8s.io/v1';
const pods = { namespace: '{ns}', verb: 'get', resource: 'pods' };

const grant: Step[] = [
  {
    path: `${rbac}/namespaces/{ns}/roles`,
    body: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'reader' },
      rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'] }],
    },
    quiet: true,
  },
  {
    path: `${rbac}/namespaces/{ns}/rolebindings`,
    body: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'reader' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
      subjects: [{ kind: 'User', name: 'jane', apiGroup: 'rbac.authorization.k8s.io' }],
    },
    quiet: true,
  },
];

export const accessCases: readonly Case[] = [
  one(
    'a stranger is refused',
    { path: '/api/v1/namespaces/{ns}/configmaps', headers: as('jane') },
    { path: '/api/v1/namespaces/{ns}/configmaps/a', headers: as('jane') },
    { path: '/api/v1/nodes', headers: as('jane') },
    { path: '/metrics', headers: as('jane') },
    { path: '/apis/conformance.example.com/v1/namespaces/{ns}/widgets/a/status', headers: as('jane') },
    { method: 'DELETE', path: '/api/v1/namespaces/{ns}/configmaps', headers: as('jane') },
  ),
  one(
    'what everybody may',
    { path: '/version', headers: as('system:anonymous', 'system:unauthenticated'), quiet: true },
    { path: '/healthz', headers: as('system:anonymous', 'system:unauthenticated') },
    { path: '/api', headers: as('system:anonymous', 'system:unauthenticated') },
    { path: '/api', headers: as('jane') },
  ),
  one(
    'a role',
    ...grant,
    { path: '/api/v1/namespaces/{ns}/configmaps/nope', headers: as('jane'), until: (answer) => answer.code === 404 },
    {
      path: '/api/v1/namespaces/{ns}/configmaps',
      body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } },
      headers: as('jane'),
    },
    { path: '/api/v1/namespaces/default/configmaps', headers: as('jane') },
  ),
  one('impersonation without a user', { path: '/api', headers: { 'impersonate-group': 'x' } }),
  one(
    'reviews of oneself',
    {
      path: `${reviews}/selfsubjectaccessreviews`,
      body: review('SelfSubjectAccessReview', { resourceAttributes: pods }),
    },
    {
      path: `${reviews}/selfsubjectaccessreviews`,
      body: review('SelfSubjectAccessReview', { resourceAttributes: pods }),
      headers: as('jane'),
    },
    { path: `${reviews}/selfsubjectaccessreviews`, body: review('SelfSubjectAccessReview', {}) },
    {
      path: `${reviews}/selfsubjectaccessreviews`,
      body: review('SelfSubjectAccessReview', { nonResourceAttributes: { path: '/x', verb: 'get' } }),
      headers: as('jane'),
    },
  ),
  one(
    'reviews of others',
    ...grant,
    {
      path: `${reviews}/subjectaccessreviews`,
      body: review('SubjectAccessReview', { user: 'jane', resourceAttributes: { ...pods, resource: 'configmaps' } }),
      until: (answer) => JSON.stringify(answer.body).includes('"allowed":true'),
    },
    {
      path: `${reviews}/subjectaccessreviews`,
      body: review('SubjectAccessReview', { user: 'jane', resourceAttributes: pods }),
    },
    { path: `${reviews}/subjectaccessreviews`, body: review('SubjectAccessReview', { resourceAttributes: pods }) },
  ),
  one('what one may do', ...grant, {
    path: `${reviews}/selfsubjectrulesreviews`,
    body: review('SelfSubjectRulesReview', { namespace: '{ns}' }),
  }),
  one('who one is', {
    path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
    headers: as('jane', 'dev'),
  }),
  one(
    'a token',
    { path: '/api/v1/namespaces/{ns}/serviceaccounts/default', until: (answer) => answer.code === 200, quiet: true },
    {
      path: '/api/v1/namespaces/{ns}/serviceaccounts/default/token',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } },
    },
    {
      path: '/api/v1/namespaces/{ns}/serviceaccounts/none/token',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
    },
    {
      path: '/api/v1/namespaces/{ns}/serviceaccounts/default/token',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 5 } },
    },
  ),
  one('a role that grants more than its author has', ...grant, {
    path: `${rbac}/namespaces/{ns}/roles`,
    body: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'more' },
      rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }],
    },
    headers: as('jane'),
  }),
  one(
    'escalation is refused',
    {
      path: `${rbac}/namespaces/{ns}/roles`,
      body: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name: 'author' },
        rules: [
          {
            apiGroups: ['rbac.authorization.k8s.io'],
            resources: ['roles', 'rolebindings'],
            verbs: ['create', 'update'],
          },
          { apiGroups: [''], resources: ['configmaps'], verbs: ['get'] },
        ],
      },
      quiet: true,
    },
    {
      path: `${rbac}/namespaces/{ns}/rolebindings`,
      body: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: 'author' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'author' },
        subjects: [{ kind: 'User', name: 'ann', apiGroup: 'rbac.authorization.k8s.io' }],
      },
      quiet: true,
    },
    {
      path: `${rbac}/namespaces/{ns}/roles?dryRun=All`,
      body: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name: 'same' },
        rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }],
      },
      headers: as('ann'),
      until: (answer) => answer.code === 201,
    },
    {
      path: `${rbac}/namespaces/{ns}/roles`,
      body: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name: 'more' },
        rules: [{ apiGroups: [''], resources: ['secrets', 'configmaps'], verbs: ['get', 'list'] }],
      },
      headers: as('ann'),
    },
    {
      path: `${rbac}/namespaces/{ns}/rolebindings`,
      body: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: 'admins' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:basic-user' },
        subjects: [{ kind: 'User', name: 'ann', apiGroup: 'rbac.authorization.k8s.io' }],
      },
      headers: as('eve'),
    },
  ),
  one(
    'aggregated roles',
    {
      path: `${rbac}/clusterroles`,
      body: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: 'part-{ns}', labels: { whole: '{ns}' } },
        rules: [{ apiGroups: ['x.example.com'], resources: ['things'], verbs: ['get'] }],
      },
      quiet: true,
    },
    {
      path: `${rbac}/clusterroles`,
      body: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: 'whole-{ns}' },
        aggregationRule: { clusterRoleSelectors: [{ matchLabels: { whole: '{ns}' } }] },
        rules: [],
      },
      quiet: true,
    },
    { path: `${rbac}/clusterroles/whole-{ns}`, until: (answer) => JSON.stringify(answer.body).includes('things') },
    { method: 'DELETE', path: `${rbac}/clusterroles/whole-{ns}`, quiet: true },
    { method: 'DELETE', path: `${rbac}/clusterroles/part-{ns}`, quiet: true },
  ),
  ...['view', 'edit', 'admin'].map((role) =>
    one(
      `what ${role} allows`,
      {
        path: `${rbac}/namespaces/{ns}/rolebindings`,
        body: {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'RoleBinding',
          metadata: { name: role },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
          subjects: [{ kind: 'User', name: `${role}-user`, apiGroup: 'rbac.authorization.k8s.io' }],
        },
        quiet: true,
      },
      {
        path: '/api/v1/namespaces/{ns}/pods/none',
        headers: as(`${role}-user`),
        until: (answer) => answer.code === 404,
        quiet: true,
      },
      ...[
        ['get', '', 'secrets'],
        ['create', '', 'configmaps'],
        ['delete', 'apps', 'deployments'],
        ['watch', 'batch', 'jobs'],
        ['create', 'rbac.authorization.k8s.io', 'roles'],
        ['get', '', 'nodes'],
        ['update', 'coordination.k8s.io', 'leases'],
        ['impersonate', '', 'serviceaccounts'],
      ].map(([verb, group, resource]) => ({
        path: `${reviews}/selfsubjectaccessreviews`,
        body: review('SelfSubjectAccessReview', { resourceAttributes: { namespace: '{ns}', verb, group, resource } }),
        headers: as(`${role}-user`),
      })),
    ),
  ),
];
