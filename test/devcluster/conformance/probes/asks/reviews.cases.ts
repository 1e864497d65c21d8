/** Reviews of access. */
import type { Case } from '../../harness.ts';
import { patched, tables } from '../../probes.things.ts';
import { includes, ofGroup, pick, read, remove } from '../../steps.ts';
import { access, as, grant, group, ownRbac, rbac, review, rule, ruled, self, user } from './shared.ts';

export const reviewsAsked: readonly Case[] = [
  access(
    'self access reviews',
    self({ resourceAttributes: { verb: 'get', resource: 'pods', namespace: '{ns}' } }),
    as('jane', self({ resourceAttributes: { verb: 'get', resource: 'pods', namespace: '{ns}' } })),
    as('jane', { ...self({ nonResourceAttributes: { path: '/healthz', verb: 'get' } }), view: pick('status.allowed') }),
    as('jane', self({ nonResourceAttributes: { path: '/metrics', verb: 'get' } })),
    self({}),
    self({ resourceAttributes: {}, nonResourceAttributes: {} }),
    as(
      'jane',
      self({
        resourceAttributes: { verb: 'create', group: 'authorization.k8s.io', resource: 'selfsubjectaccessreviews' },
      }),
    ),
  ),
  access(
    'subject access reviews',
    ...grant(user('jane'), [rule(['get'], ['pods'])]),
    ruled('jane', '"pods"'),
    review('SubjectAccessReview', {
      user: 'jane',
      resourceAttributes: { verb: 'get', resource: 'pods', namespace: '{ns}' },
    }),
    review('SubjectAccessReview', {
      user: 'jane',
      resourceAttributes: { verb: 'delete', resource: 'pods', namespace: '{ns}' },
    }),
    review('SubjectAccessReview', {
      groups: ['system:masters'],
      resourceAttributes: { verb: 'delete', resource: 'pods' },
    }),
    review('SubjectAccessReview', { resourceAttributes: { verb: 'delete', resource: 'pods' } }),
    review('SubjectAccessReview', { user: 'jane' }),
    review('SubjectAccessReview', {
      user: 'jane',
      resourceAttributes: { verb: 'get', resource: 'pods' },
      nonResourceAttributes: { path: '/', verb: 'get' },
    }),
    review('SubjectAccessReview', { user: 'jane', nonResourceAttributes: { path: '/api', verb: 'get' } }),
    review('SubjectAccessReview', {
      user: 'jane',
      groups: ['system:authenticated'],
      nonResourceAttributes: { path: '/api', verb: 'get' },
    }),
  ),
  access(
    'subject access reviews with selectors',
    ...[
      { fieldSelector: { rawSelector: 'metadata.name=a' } },
      { fieldSelector: { requirements: [{ key: 'metadata.name', operator: 'In', values: ['a'] }] } },
      { labelSelector: { rawSelector: 'a=b' } },
      { labelSelector: { requirements: [{ key: 'a', operator: 'Exists' }] } },
      { labelSelector: { requirements: [{ key: 'a', operator: 'Bogus' }] } },
      { labelSelector: { requirements: [{ key: 'a', operator: 'In' }], rawSelector: 'x' } },
      { fieldSelector: { requirements: [{ key: '', operator: 'In', values: [] }] } },
    ].map((more) =>
      review('SubjectAccessReview', { user: 'x', resourceAttributes: { verb: 'list', resource: 'pods', ...more } }),
    ),
  ),
  access(
    'local reviews',
    {
      path: `${ofGroup('authorization.k8s.io/v1')}/localsubjectaccessreviews`,
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'LocalSubjectAccessReview',
        metadata: { namespace: '{ns}' },
        spec: { user: 'jane', resourceAttributes: { verb: 'get', resource: 'pods', namespace: '{ns}' } },
      },
    },
    {
      path: `${ofGroup('authorization.k8s.io/v1')}/localsubjectaccessreviews`,
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'LocalSubjectAccessReview',
        spec: { user: 'jane', resourceAttributes: { verb: 'get', resource: 'pods' } },
      },
    },
    {
      path: `${ofGroup('authorization.k8s.io/v1')}/localsubjectaccessreviews`,
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'LocalSubjectAccessReview',
        spec: { user: 'jane', nonResourceAttributes: { verb: 'get', path: '/' } },
      },
    },
    { path: '/apis/authorization.k8s.io/v1/localsubjectaccessreviews', body: {} },
  ),
  access(
    'rules reviews',
    as('jane', review('SelfSubjectRulesReview', { namespace: '{ns}' })),
    review('SelfSubjectRulesReview', { namespace: '{ns}' }),
    review('SelfSubjectRulesReview', {}),
    as('jane', review('SelfSubjectRulesReview', { namespace: 'not-there' })),
    as('system:anonymous', review('SelfSubjectRulesReview', { namespace: 'x' })),
  ),
  access(
    'rules of several roles',
    ...grant(user('jane'), [
      rule(['get'], ['pods'], { resourceNames: ['a'] }),
      rule(['*'], ['*'], { apiGroups: ['apps'] }),
    ]),
    ...grant(group('dev'), [rule(['list'], ['secrets'])], 'dev'),
    {
      ...as('jane', review('SelfSubjectRulesReview', { namespace: '{ns}' }), { 'impersonate-group': 'dev' }),
      until: includes('"secrets"'),
    },
  ),
  access(
    'a review of a name and a subresource',
    ...grant(user('jane'), [
      rule(['get'], ['pods/log'], { resourceNames: ['p'] }),
      rule(['*'], ['deployments/*'], { apiGroups: ['apps'] }),
    ]),
    ruled('jane', '"pods/log"'),
    ...[
      { verb: 'get', resource: 'pods', subresource: 'log', name: 'p' },
      { verb: 'get', resource: 'pods', subresource: 'log' },
      { verb: 'get', resource: 'pods/log', name: 'p' },
      { verb: 'get', resource: 'pods', name: 'p' },
      { verb: 'patch', group: 'apps', resource: 'deployments', subresource: 'scale' },
      { verb: '*', group: 'apps', resource: 'deployments', subresource: '*' },
      { verb: 'get', group: '*', resource: '*' },
    ].map((a) => ({
      ...review('SubjectAccessReview', { user: 'jane', resourceAttributes: { namespace: '{ns}', ...a } }),
      view: pick('status'),
    })),
  ),
  access(
    'reviews by who may',
    as('jane', review('SubjectAccessReview', { user: 'x', resourceAttributes: { verb: 'get', resource: 'pods' } })),
    as('jane', review('TokenReview', { token: 'x' }, 'authentication.k8s.io')),
    as('jane', {
      path: `${ofGroup('authorization.k8s.io/v1')}/localsubjectaccessreviews`,
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'LocalSubjectAccessReview',
        metadata: { namespace: '{ns}' },
        spec: { user: 'x', resourceAttributes: { namespace: '{ns}', verb: 'get', resource: 'pods' } },
      },
    }),
    as(
      'jane',
      review('SelfSubjectAccessReview', { resourceAttributes: { namespace: '{ns}', verb: 'get', resource: 'pods' } }),
    ),
  ),
  access(
    'reviews with verbs and paths',
    ...[
      { path: '/api', verb: 'get' },
      { path: '/api/', verb: 'get' },
      { path: '/apis/*', verb: 'get' },
      { path: '/healthz', verb: 'post' },
      { path: '', verb: 'get' },
      { path: '/version/', verb: 'get' },
      { path: '/openapi/v3/x', verb: 'get' },
      { path: '/livez/ping', verb: 'get' },
      { verb: 'get' },
      { path: 'api', verb: 'get' },
    ].map((n) => ({
      ...review('SubjectAccessReview', { user: 'x', groups: ['system:authenticated'], nonResourceAttributes: n }),
      view: pick('status.allowed'),
    })),
  ),
  access(
    'who may see the namespace',
    ...grant(user('jane'), [rule(['get'], ['namespaces'])]),
    ruled('jane', '"namespaces"'),
    as('jane', read('/api/v1/namespaces/{ns}', { view: pick('kind', 'metadata.name') })),
    as('jane', read('/api/v1/namespaces')),
    as('jane', patched('/api/v1/namespaces/{ns}', {})),
    as('jane', { method: 'PUT', path: '/api/v1/namespaces/{ns}/finalize', body: {} }),
    as('jane', read('/api/v1/namespaces/{ns}/status')),
  ),
  access(
    'roles read by those who may',
    ...grant(user('jane'), [
      rule(['get', 'list'], ['roles', 'rolebindings'], { apiGroups: ['rbac.authorization.k8s.io'] }),
    ]),
    ruled('jane', '"roles"'),
    as('jane', read(`${ownRbac}/roles`, { headers: tables, view: pick('columnDefinitions.*.name', 'rows.*.cells.0') })),
    as(
      'jane',
      read(`${ownRbac}/rolebindings`, {
        headers: tables,
        view: pick('columnDefinitions.*.name', 'columnDefinitions.*.priority'),
      }),
    ),
    as('jane', read(`${rbac}/clusterroles`)),
    as('jane', remove(`${ownRbac}/roles/r`)),
  ),
];
