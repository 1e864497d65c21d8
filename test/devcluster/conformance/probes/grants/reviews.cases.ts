/** Impersonation and access reviews. */
import type { Case } from '../../harness.ts';
import { maps } from '../../probes.things.ts';
import type { Fields } from '../../steps.ts';
import { as, kindOf, may, one, rule } from './shared.ts';

const sar = (spec: Fields, kind = 'SubjectAccessReview') => ({
  path: `/apis/authorization.k8s.io/v1/${kind.toLowerCase()}s`,
  body: { apiVersion: 'authorization.k8s.io/v1', kind, spec },
});

const ra = (more: Fields): Fields => ({
  resourceAttributes: { namespace: '{ns}', verb: 'get', resource: 'pods', ...more },
});

export const reviewProbes: readonly Case[] = [
  one(
    'impersonation',
    {
      path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
      headers: {
        'impersonate-user': 'u',
        'impersonate-group': 'g1',
        'impersonate-extra-scopes': 's',
        'impersonate-uid': '42',
      },
    },
    {
      path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
      headers: { 'impersonate-user': 'system:serviceaccount:{ns}:x' },
    },
    {
      path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
      headers: { 'impersonate-group': 'g' },
    },
    { path: maps, headers: { 'impersonate-uid': '4' } },
    { path: maps, headers: { 'impersonate-extra-a': '4' } },
    {
      path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
      headers: { 'impersonate-user': 'system:anonymous' },
    },
    {
      path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
      headers: { 'impersonate-user': 'u', 'impersonate-group': 'system:masters' },
    },
    { path: maps, headers: { 'impersonate-user': 'u', 'impersonate-group': 'system:masters' }, view: kindOf },
  ),
  one(
    'self reviews',
    as('jane', {
      path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
    }),
    as('jane', sar(ra({}), 'SelfSubjectAccessReview')),
    sar(ra({ verb: '*', resource: '*', group: '*' }), 'SelfSubjectAccessReview'),
    sar({}, 'SelfSubjectAccessReview'),
    sar({ nonResourceAttributes: { path: '/healthz', verb: 'get' }, ...ra({}) }, 'SelfSubjectAccessReview'),
    as('jane', sar({ nonResourceAttributes: { path: '/healthz', verb: 'get' } }, 'SelfSubjectAccessReview')),
    as('jane', sar({ nonResourceAttributes: { path: '/metrics', verb: 'get' } }, 'SelfSubjectAccessReview')),
  ),
  one(
    'subject reviews',
    ...may([rule(['get'], ['pods'], { resourceNames: ['p1'] }), rule(['create'], ['pods/exec'])]),
    ...[
      { name: 'p1' },
      { name: 'p2' },
      {},
      { verb: 'create', subresource: 'exec' },
      { verb: 'create', resource: 'pods/exec' },
      { namespace: 'default', name: 'p1' },
      { verb: 'get', version: 'v9', name: 'p1' },
      { group: 'apps', resource: 'deployments' },
    ].map((m) => sar({ user: 'jane', ...ra(m) })),
    sar({ ...ra({}) }),
    sar({ user: '', groups: [], ...ra({}) }),
    sar({ user: 'x', groups: ['system:masters'], ...ra({ verb: 'fly' }) }),
    sar({
      user: 'jane',
      extra: { a: ['b'] },
      uid: '1',
      ...ra({ name: 'p1', fieldSelector: { requirements: [{ key: 'a', operator: 'In', values: ['b'] }] } }),
    }),
    sar({ user: 'jane', ...ra({ labelSelector: { rawSelector: 'a=b', requirements: [{ key: 'x' }] } }) }),
  ),
  one(
    'local reviews',
    {
      path: '/apis/authorization.k8s.io/v1/namespaces/{ns}/localsubjectaccessreviews',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'LocalSubjectAccessReview',
        metadata: { namespace: '{ns}' },
        spec: { user: 'x', ...ra({}) },
      },
    },
    {
      path: '/apis/authorization.k8s.io/v1/namespaces/{ns}/localsubjectaccessreviews',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'LocalSubjectAccessReview',
        spec: { user: 'x', ...ra({ namespace: 'other' }) },
      },
    },
    {
      path: '/apis/authorization.k8s.io/v1/namespaces/{ns}/localsubjectaccessreviews',
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'LocalSubjectAccessReview',
        spec: { user: 'x', nonResourceAttributes: { path: '/', verb: 'get' } },
      },
    },
  ),
  one(
    'rules reviews',
    ...may([rule(['get'], ['pods'], { resourceNames: ['p1'] })]),
    as('jane', {
      path: '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
      body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace: '{ns}' } },
    }),
    as('jane', {
      path: '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
      body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: {} },
    }),
  ),
];
