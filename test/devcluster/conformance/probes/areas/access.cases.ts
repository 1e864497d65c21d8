/** Who may do what. */
import type { Answer, Case, Step } from '../../harness.ts';
import { body, get, list, patch, pathOf, post, put, remove, selector, template } from '../../probes.objects.ts';
import { type Fields, quiet } from '../../steps.ts';
import { map, one, rbac, things } from './shared.ts';

const as = (user: string, more: Fields = {}): { readonly [name: string]: string } => ({
  'impersonate-user': user,
  ...(more as { [name: string]: string }),
});

const grant = (name: string, user: string, rules: readonly Fields[]): Step[] => [
  quiet({ path: `${rbac}/namespaces/{ns}/roles`, body: { ...body('Role', {}, { name }), rules } }),
  quiet({
    path: `${rbac}/namespaces/{ns}/rolebindings`,
    body: {
      ...body('RoleBinding', {}, { name }),
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'User', name: user }],
    },
  }),
];

const may = (spec: Fields): Step => ({
  path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
  body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec },
});

const settled = (answer: Answer): boolean => answer.code !== 403;

export const access: Case[] = [
  one(
    'access: what one may not',
    ...[
      get('ConfigMap'),
      list('ConfigMap'),
      map(),
      remove('ConfigMap'),
      put('ConfigMap', {}),
      patch('ConfigMap', {}),
      { path: '/api/v1/nodes' },
      { path: '/api/v1/namespaces/{ns}/pods/a/log' },
      { path: '/apis/apps/v1/namespaces/{ns}/deployments/a/scale' },
      { path: '/healthz' },
      { path: '/metrics' },
      { path: '/api' },
      { path: '/nope' },
      { path: `${pathOf('ConfigMap')}?watch=true` },
      { method: 'DELETE', path: pathOf('ConfigMap') },
      { path: `${things}` },
    ].map((step) => ({ ...step, headers: as('nobody-{ns}') })),
  ),
  one(
    'access: granted by name',
    ...grant('r', 'u-{ns}', [
      { apiGroups: [''], resources: ['configmaps'], resourceNames: ['a'], verbs: ['get', 'patch'] },
    ]),
    quiet(map()),
    { ...get('ConfigMap'), headers: as('u-{ns}'), until: settled },
    { path: `${pathOf('ConfigMap')}/b`, headers: as('u-{ns}') },
    { ...list('ConfigMap', '?fieldSelector=metadata.name%3Da'), headers: as('u-{ns}') },
    { ...patch('ConfigMap', { data: { z: '1' } }), headers: as('u-{ns}') },
    { ...remove('ConfigMap'), headers: as('u-{ns}') },
  ),
  one(
    'access: granted a subresource',
    ...grant('r', 'u-{ns}', [{ apiGroups: ['apps'], resources: ['deployments/scale'], verbs: ['*'] }]),
    quiet(post('Deployment', { spec: { selector, template } })),
    { ...get('Deployment', '/scale'), headers: as('u-{ns}'), until: settled },
    { ...get('Deployment'), headers: as('u-{ns}') },
    { ...patch('Deployment', { spec: { replicas: 2 } }, 'merge', '/scale'), headers: as('u-{ns}') },
  ),
  one(
    'access: reviews',
    ...grant('r', 'u-{ns}', [{ apiGroups: ['*'], resources: ['*'], verbs: ['list'] }]),
    {
      ...may({ user: 'u-{ns}', resourceAttributes: { namespace: '{ns}', verb: 'list', resource: 'pods' } }),
      until: (answer) => JSON.stringify(answer.body).includes('"allowed":true'),
    },
    may({ user: 'u-{ns}', resourceAttributes: { namespace: '{ns}', verb: 'get', resource: 'pods' } }),
    may({ user: 'u-{ns}', resourceAttributes: { verb: 'list', resource: 'pods' } }),
    may({ groups: ['system:masters'], user: 'x', nonResourceAttributes: { path: '/x', verb: 'get' } }),
    may({}),
    may({ user: 'x' }),
    may({ user: 'x', resourceAttributes: {}, nonResourceAttributes: {} }),
    may({
      user: 'x',
      resourceAttributes: { verb: 'get', resource: 'pods', fieldSelector: { rawSelector: 'a=b', requirements: [] } },
    }),
  ),
  one(
    'access: what one may',
    ...grant('r', 'u-{ns}', [
      { apiGroups: [''], resources: ['configmaps', 'pods/log'], verbs: ['get', 'list'] },
      { apiGroups: ['apps'], resources: ['*'], resourceNames: ['x'], verbs: ['*'] },
    ]),
    {
      path: '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
      body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace: '{ns}' } },
      headers: as('u-{ns}'),
      until: (answer) => JSON.stringify(answer.body).includes('pods/log'),
    },
  ),
  one(
    'access: escalation',
    ...grant('r', 'u-{ns}', [
      { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles', 'rolebindings'], verbs: ['*'] },
    ]),
    { path: `${rbac}/namespaces/{ns}/roles`, headers: as('u-{ns}'), until: settled, quiet: true },
    {
      path: `${rbac}/namespaces/{ns}/roles`,
      body: {
        ...body('Role', {}, { name: 'x' }),
        rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list'] }],
      },
      headers: as('u-{ns}'),
    },
    {
      path: `${rbac}/namespaces/{ns}/rolebindings`,
      body: {
        ...body('RoleBinding', {}, { name: 'x' }),
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
        subjects: [],
      },
      headers: as('u-{ns}'),
      view: (found) => String((found as { message?: string }).message).slice(0, 200),
    },
    {
      path: `${rbac}/namespaces/{ns}/roles`,
      body: {
        ...body('Role', {}, { name: 'y' }),
        rules: [{ apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'], verbs: ['get'] }],
      },
      headers: as('u-{ns}'),
    },
  ),
  one(
    'access: impersonation',
    ...[
      as('system:serviceaccount:{ns}:default'),
      as('x', { 'impersonate-group': 'system:masters' }),
      { 'impersonate-group': 'g' },
      as('x', { 'impersonate-extra-scopes': 'a' }),
      as('x', { 'impersonate-uid': 'u' }),
      { 'impersonate-uid': 'u' },
      as('system:anonymous'),
      as(''),
    ].map((headers) => ({
      path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
      headers,
    })),
  ),
  one(
    'access: tokens',
    { path: '/api/v1/namespaces/{ns}/serviceaccounts/default', until: (answer) => answer.code === 200, quiet: true },
    ...[
      {},
      { expirationSeconds: 5 },
      { expirationSeconds: 2 ** 33 },
      { audiences: ['a', 'a'] },
      { boundObjectRef: { kind: 'Nope', apiVersion: 'v1', name: 'x' } },
      { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'missing' } },
      { boundObjectRef: { kind: 'Secret', apiVersion: 'v1', name: 'missing', uid: 'x' } },
      { boundObjectRef: { kind: 'Node', apiVersion: 'v1', name: 'x' } },
    ].map((spec) => ({
      path: '/api/v1/namespaces/{ns}/serviceaccounts/default/token',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec },
    })),
    {
      path: '/api/v1/namespaces/{ns}/serviceaccounts/missing/token',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
    },
  ),
];
