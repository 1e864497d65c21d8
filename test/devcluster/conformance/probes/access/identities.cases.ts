/** Credentials and impersonation. */
import type { Case, Step } from '../../harness.ts';
import { quiet } from '../../steps.ts';
import { account, apiVersion, as, bearer, type Headers, map, one, rbac, self, token } from './shared.ts';

// Credentials
const roots = [
  '/',
  '/api',
  '/apis',
  '/version',
  '/healthz',
  '/livez',
  '/readyz',
  '/metrics',
  '/openapi/v2',
  '/openapi/v3',
  '/api/v1',
  '/api/v1/namespaces',
  '/api/v1/namespaces/default/pods/x',
  '/nope',
  '/.well-known/openid-configuration',
  '/openid/v1/jwks',
  '/logs',
  '/apis/apps/v1/deployments',
  '/apis/nope.example.com/v1/x',
];

export const credentials: Case[] = [
  ...roots.flatMap((path) => [
    one(`nobody: ${path}`, {
      path,
      anonymous: true,
      ...(path === '/version' || path.startsWith('/healthz') ? {} : {}),
      view: (body) =>
        typeof body === 'object' && path !== '/version' && (body as { kind?: string }).kind !== 'Status'
          ? 'something'
          : body,
    }),
    one(`a bad token: ${path}`, { path, ...bearer('nonsense') }),
  ]),
  one('nobody: whoami', { ...self, anonymous: true }),
  one('nobody: create', { path: '/api/v1/namespaces/default/configmaps', body: map('a'), anonymous: true }),
  one('nobody: delete', { method: 'DELETE', path: '/api/v1/namespaces/default/configmaps/a', anonymous: true }),
  one('nobody: watch', { path: '/api/v1/configmaps?watch=1', anonymous: true }),
  one('nobody: review', {
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { verb: 'get', resource: 'pods' } },
    },
    anonymous: true,
  }),
  ...[
    'Bearer',
    'Bearer ',
    'bearer x',
    'BEARER x',
    'Basic YTpi',
    'Basic x',
    'Token x',
    'x',
    '',
    'Bearer a b',
    'Bearer  x',
    'Bearer x, Bearer y',
    'Negotiate x',
  ].map((authorization) =>
    one(`authorization: '${authorization}'`, {
      path: '/api/v1/namespaces',
      anonymous: true,
      headers: { authorization },
    }),
  ),
  one('a bad token with a certificate', { path: '/api', headers: { authorization: 'Bearer nonsense' } }),
  one('a good token with a certificate', account, token(), { ...self, headers: { authorization: 'Bearer {tok}' } }),
  one('a token in the query', { path: '/api/v1/namespaces?access_token=x', anonymous: true }),
  one('nobody impersonates', { path: '/api', anonymous: true, headers: as('jane') }),
  one('a token impersonates', account, token(), {
    path: '/api',
    anonymous: true,
    headers: { authorization: 'Bearer {tok}', 'impersonate-user': 'jane' },
  }),
  one('whoami', self),
  one('whoami in beta', {
    path: '/apis/authentication.k8s.io/v1beta1/selfsubjectreviews',
    body: { apiVersion: 'authentication.k8s.io/v1beta1', kind: 'SelfSubjectReview' },
  }),
  one('whoami by GET', { path: '/apis/authentication.k8s.io/v1/selfsubjectreviews' }),
  one('whoami as a table', {
    ...self,
    headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' },
  }),
  one('whoami in YAML', {
    ...self,
    headers: { accept: 'application/yaml' },
    view: (body) => String(body).replace(/\n\s+- (\w{64}|X509.*)\n/, ''),
  }),
];

// Impersonation
const impersonations: readonly [string, Headers][] = [
  ['a user', as('jane')],
  ['a group', as('jane', { 'impersonate-group': 'dev' })],
  ['the group of all', as('jane', { 'impersonate-group': 'system:authenticated' })],
  ['the group of none', as('jane', { 'impersonate-group': 'system:unauthenticated' })],
  ['masters', as('jane', { 'impersonate-group': 'system:masters' })],
  ['anonymous', as('system:anonymous')],
  ['a service account', as('system:serviceaccount:{ns}:default')],
  ['a service account with a group', as('system:serviceaccount:{ns}:default', { 'impersonate-group': 'g' })],
  ['a service account that is none', as('system:serviceaccount:a:b:c')],
  ['a service account with a bad name', as('system:serviceaccount:A_:b')],
  ['a node', as('system:node:n1')],
  ['a node with its group', as('system:node:n1', { 'impersonate-group': 'system:nodes' })],
  ['a uid', as('jane', { 'impersonate-uid': '42' })],
  ['extra', as('jane', { 'impersonate-extra-scopes': 'view' })],
  ['extra with an escape', as('jane', { 'impersonate-extra-example.com%2Fthing': 'x' })],
  ['extra with a bad escape', as('jane', { 'impersonate-extra-a%zz': 'x' })],
  ['extra in capitals', as('jane', { 'Impersonate-Extra-SCOPES': 'View' })],
  ['extra without a key', as('jane', { 'impersonate-extra-': 'x' })],
  ['extra without a value', as('jane', { 'impersonate-extra-k': '' })],
  ['an empty user', { 'impersonate-user': '' }],
  ['a group alone', { 'impersonate-group': 'g' }],
  ['a uid alone', { 'impersonate-uid': 'g' }],
  ['extra alone', { 'impersonate-extra-k': 'v' }],
  ['an empty group', as('jane', { 'impersonate-group': '' })],
  ['a scheduler', as('system:kube-scheduler')],
  ['a user of odd letters', as('jane doe <x>')],
];

export const asWho: Case[] = [
  ...impersonations.map(([name, headers]) => one(`impersonate: ${name}`, { ...self, headers })),
  ...(['users', 'groups', 'uids', 'userextras/scopes', 'serviceaccounts'] as const).map((resource) =>
    one(
      `impersonate: with a right to ${resource} alone`,
      quiet({
        path: `${rbac}/clusterroles`,
        body: {
          apiVersion,
          kind: 'ClusterRole',
          metadata: { name: '{ns}-imp' },
          rules: [
            {
              apiGroups:
                resource === 'users' || resource === 'groups' || resource === 'serviceaccounts'
                  ? ['']
                  : ['authentication.k8s.io'],
              resources: [resource],
              verbs: ['impersonate'],
            },
          ],
        },
      }),
      quiet({
        path: `${rbac}/clusterrolebindings`,
        body: {
          apiVersion,
          kind: 'ClusterRoleBinding',
          metadata: { name: '{ns}-imp' },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: '{ns}-imp' },
          subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: '{ns}' }],
        },
      }),
      account,
      token(),
      quiet({
        path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
        body: {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SelfSubjectAccessReview',
          spec: {
            resourceAttributes: {
              verb: 'impersonate',
              resource: resource.split('/')[0],
              subresource: resource.split('/')[1] ?? '',
              group:
                resource === 'users' || resource === 'groups' || resource === 'serviceaccounts'
                  ? ''
                  : 'authentication.k8s.io',
            },
          },
        },
        ...bearer('{tok}'),
        until: (answer) => JSON.stringify(answer.body).includes('"allowed":true'),
      }),
      ...[
        as('jane'),
        as('jane', { 'impersonate-group': 'dev' }),
        as('jane', { 'impersonate-uid': '1' }),
        as('jane', { 'impersonate-extra-scopes': 'v' }),
      ].map((headers): Step => ({ ...self, anonymous: true, headers: { authorization: 'Bearer {tok}', ...headers } })),
    ),
  ),
];
