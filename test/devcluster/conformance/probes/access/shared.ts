/** What the tables of this folder share. */
import type { Case, Step } from '../../harness.ts';
import { type Fields, quiet } from '../../steps.ts';

export type Headers = { readonly [name: string]: string };

export const one = (name: string, ...steps: Step[]): Case => ({ area: 'probes-access', name, steps });

export const maps = '/api/v1/namespaces/{ns}/configmaps';

export const rbac = '/apis/rbac.authorization.k8s.io/v1';

export const apiVersion = 'rbac.authorization.k8s.io/v1';

export const map = (name: string): Fields => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });

export const as = (user: string, more: Headers = {}): Headers => ({ 'impersonate-user': user, ...more });

export const bearer = (token: string): Partial<Step> => ({
  anonymous: true,
  headers: { authorization: `Bearer ${token}` },
});

// Tokens
export const account: Step = quiet({
  path: '/api/v1/namespaces/{ns}/serviceaccounts/default',
  until: (answer) => answer.code === 200,
  keep: { sa: 'metadata.uid' },
});

export const tokens = '/api/v1/namespaces/{ns}/serviceaccounts/default/token';

export const request = (spec: Fields = {}, path = tokens): Step => ({
  path,
  body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec },
});

export const token = (spec: Fields = {}, name = 'tok'): Step =>
  quiet({ ...request(spec), keep: { [name]: 'status.token' } });

export const review = (spec: Fields): Step => ({
  path: '/apis/authentication.k8s.io/v1/tokenreviews',
  body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec },
});

export const self: Step = {
  path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
  body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
};

// Reviews
export const reviews = '/apis/authorization.k8s.io/v1';

export const authz = (kind: string, spec: Fields, headers?: Headers, place = ''): Step => ({
  path: `${reviews}/${place}${kind.toLowerCase()}s`,
  body: {
    apiVersion: 'authorization.k8s.io/v1',
    kind,
    ...(place === '' ? {} : { metadata: { namespace: '{ns}' } }),
    spec,
  },
  ...(headers === undefined ? {} : { headers }),
});

export const grant = (subject: Fields, rules: readonly Fields[], cluster = false): Step[] => [
  quiet({
    path: cluster ? `${rbac}/clusterroles` : `${rbac}/namespaces/{ns}/roles`,
    body: { apiVersion, kind: cluster ? 'ClusterRole' : 'Role', metadata: { name: '{ns}-r' }, rules },
  }),
  quiet({
    path: cluster ? `${rbac}/clusterrolebindings` : `${rbac}/namespaces/{ns}/rolebindings`,
    body: {
      apiVersion,
      kind: cluster ? 'ClusterRoleBinding' : 'RoleBinding',
      metadata: { name: '{ns}-b' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: cluster ? 'ClusterRole' : 'Role', name: '{ns}-r' },
      subjects: [subject],
    },
  }),
];

export const user = (name: string): Fields => ({ kind: 'User', name, apiGroup: 'rbac.authorization.k8s.io' });

export const allowed = (spec: Fields): Step =>
  quiet({
    ...authz('SubjectAccessReview', spec),
    until: (answer) => JSON.stringify(answer.body).includes('"allowed":true'),
  });

export const jane = '{ns}-jane';

export const rights: readonly Fields[] = [
  { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'] },
  { apiGroups: ['apps'], resources: ['deployments/scale'], verbs: ['*'] },
  { apiGroups: [''], resources: ['secrets'], resourceNames: ['one'], verbs: ['get'] },
  { apiGroups: ['*'], resources: ['*/status'], verbs: ['patch'] },
];

export const granted = [
  ...grant(user(jane), rights),
  allowed({ user: jane, resourceAttributes: { namespace: '{ns}', verb: 'get', resource: 'configmaps' } }),
];

// Escalation
export const author = [
  ...grant(user(jane), [
    {
      apiGroups: ['rbac.authorization.k8s.io'],
      resources: ['roles', 'rolebindings', 'clusterroles'],
      verbs: ['*'].filter(() => false).concat('create', 'update', 'patch', 'get', 'delete'),
    },
    { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'] },
    { apiGroups: [''], resources: ['secrets'], resourceNames: ['one'], verbs: ['get'] },
  ]),
  allowed({
    user: jane,
    resourceAttributes: { namespace: '{ns}', verb: 'create', group: 'rbac.authorization.k8s.io', resource: 'roles' },
  }),
];

export const role = (rules: readonly Fields[], name = 'more'): Step => ({
  path: `${rbac}/namespaces/{ns}/roles`,
  body: { apiVersion, kind: 'Role', metadata: { name }, rules },
  headers: as(jane, { 'impersonate-group': 'dev' }),
});

export const bind = (roleRef: Fields, more: Fields = {}, headers: Headers = as(jane)): Step => ({
  path: `${rbac}/namespaces/{ns}/rolebindings`,
  body: {
    apiVersion,
    kind: 'RoleBinding',
    metadata: { name: 'bound' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', ...roleRef },
    subjects: [user('x')],
    ...more,
  },
  headers,
});
