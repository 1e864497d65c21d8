/** Who may do what. */
import type { Answer, Case } from '../../harness.ts';
import { at, casesOf, code, create, pick, quiet, read, remove } from '../../steps.ts';
import { cm, ns, sa } from './shared.ts';

const one = casesOf('probes-access', 'first: ');

export const accessFirst: readonly Case[] = [
  one(
    'forbidden',
    read(`${ns}/secrets`, { headers: sa('jane') }),
    create(`${ns}/configmaps`, cm('a'), { headers: sa('jane') }),
    { ...remove(`${ns}/configmaps/a`), headers: sa('jane') },
    read('/api/v1/nodes', { headers: sa('system:serviceaccount:{ns}:default') }),
  ),
  one('self review', {
    path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
    headers: sa('jane', 'devs'),
  }),
  one(
    'can i',
    {
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: { verb: 'get', resource: 'pods', namespace: '{ns}' } },
      },
      headers: sa('jane'),
    },
    {
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: {} },
    },
  ),
  one(
    'escalation',
    quiet(
      create('/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/roles', {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name: 'r' },
        rules: [{ apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles', 'rolebindings'], verbs: ['*'] }],
      }),
    ),
    quiet(
      create('/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/rolebindings', {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: 'r' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' },
        subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: '{ns}-j' }],
      }),
    ),
    {
      path: '/apis/rbac.authorization.k8s.io/v1/namespaces/{ns}/roles',
      headers: sa('{ns}-j'),
      until: (answer: Answer) => !String(at(answer.body, 'message')).includes('cannot create'),
      body: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name: 'more' },
        rules: [{ apiGroups: [''], resources: ['secrets', 'pods'], verbs: ['get', 'list'] }],
      },
    },
  ),
  one(
    'token',
    { path: `${ns}/serviceaccounts/default`, until: code(200), quiet: true },
    {
      path: `${ns}/serviceaccounts/default/token`,
      body: {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: { audiences: ['x'], expirationSeconds: 600 },
      },
      view: pick('kind', 'spec.audiences', 'spec.expirationSeconds'),
    },
    {
      path: `${ns}/serviceaccounts/default/token`,
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 5 } },
    },
  ),
];
