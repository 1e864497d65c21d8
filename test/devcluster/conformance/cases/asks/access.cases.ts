/** Who may do what. */
import type { Answer, Case, Step } from '../../harness.ts';
import { type Fields, merge } from '../../steps.ts';
import { get, map, maps, one, widgets } from './shared.ts';

const as = (user: string, more: { [name: string]: string } = {}) => ({ 'impersonate-user': user, ...more });

const review = (group: string, kind: string, spec: Fields): Fields => ({
  apiVersion: `${group}/v1`,
  kind,
  metadata: {},
  spec,
});

const authz = (plural: string, kind: string, spec: Fields, headers?: { [name: string]: string }, place = ''): Step => ({
  path: `/apis/authorization.k8s.io/v1/${place}${plural}`,
  body: review('authorization.k8s.io', kind, spec),
  ...(headers === undefined ? {} : { headers }),
});

export const access: Case[] = [
  one(
    'what somebody may not',
    ...[
      get(`${maps}`),
      get(`${maps}/a`),
      get('/api/v1/configmaps'),
      get('/api/v1/nodes'),
      get('/api/v1/nodes/a/status'),
      get('/apis/apps/v1/namespaces/{ns}/deployments/a/scale'),
      get(`${maps}?watch=1`),
      get('/metrics'),
      get('/logs/'),
      get('/nope'),
      get('/api/v1/namespaces/{ns}'),
      get(`${widgets}/a`),
      get('/apis/none.example.com/v1/x'),
      { method: 'DELETE', path: maps },
      { method: 'DELETE', path: `${maps}/a` },
      { method: 'PATCH', path: `${maps}/a`, body: {}, type: merge },
      { method: 'PUT', path: `${maps}/a`, body: map('a') },
      { path: maps, body: map('a') },
      { method: 'PATCH', path: `${maps}/a?fieldManager=x`, body: map('a'), type: 'application/apply-patch+yaml' },
      { path: '/api/v1/namespaces/{ns}/pods/a/eviction', body: {} },
      { path: '/api/v1/namespaces/{ns}/pods/a/exec', body: '' },
      { method: 'POST', path: '/nope', body: '{}' },
      { method: 'HEAD', path: `${maps}/a` },
      { method: 'OPTIONS', path: maps },
    ].map((step): Step => ({ ...step, headers: as('nobody') })),
  ),
  one(
    'impersonation',
    get(`${maps}`, as('u', { 'impersonate-group': 'system:masters' })),
    get(maps, { 'impersonate-group': 'g' }),
    get(maps, { 'impersonate-uid': 'u' }),
    get(maps, as('system:serviceaccount:default:default')),
    get(maps, as('')),
    get(maps, as('u', { 'impersonate-extra-a.b%2fc': 'x' })),
    get(maps, as('system:anonymous')),
    get(maps, as('system:serviceaccount:bad')),
  ),
  one(
    'who am I',
    ...['u', 'system:anonymous', 'system:serviceaccount:{ns}:default', 'system:kube-scheduler'].map(
      (user): Step => ({
        path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
        body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
        headers: as(user, { 'impersonate-group': 'g', 'impersonate-extra-k': 'v' }),
      }),
    ),
  ),
  one(
    'access reviews',
    authz('subjectaccessreviews', 'SubjectAccessReview', {}),
    authz('subjectaccessreviews', 'SubjectAccessReview', { user: 'u' }),
    authz('subjectaccessreviews', 'SubjectAccessReview', {
      user: 'u',
      resourceAttributes: { verb: 'get' },
      nonResourceAttributes: { path: '/', verb: 'get' },
    }),
    authz('subjectaccessreviews', 'SubjectAccessReview', {
      groups: ['system:masters'],
      resourceAttributes: { verb: 'get', resource: 'x' },
    }),
    authz('subjectaccessreviews', 'SubjectAccessReview', {
      user: 'u',
      nonResourceAttributes: { path: '/healthz', verb: 'get' },
      groups: ['system:authenticated'],
    }),
    authz('selfsubjectaccessreviews', 'SelfSubjectAccessReview', {}),
    authz(
      'selfsubjectaccessreviews',
      'SelfSubjectAccessReview',
      { resourceAttributes: { verb: '*', resource: '*', group: '*' } },
      as('u'),
    ),
    authz(
      'localsubjectaccessreviews',
      'LocalSubjectAccessReview',
      { user: 'u', resourceAttributes: { verb: 'get', resource: 'pods', namespace: 'other' } },
      undefined,
      'namespaces/{ns}/',
    ),
    authz(
      'localsubjectaccessreviews',
      'LocalSubjectAccessReview',
      { user: 'u', nonResourceAttributes: { path: '/', verb: 'get' } },
      undefined,
      'namespaces/{ns}/',
    ),
    authz(
      'localsubjectaccessreviews',
      'LocalSubjectAccessReview',
      { user: 'u', resourceAttributes: { verb: 'get', resource: 'pods', namespace: '{ns}' } },
      undefined,
      'namespaces/{ns}/',
    ),
    authz('selfsubjectrulesreviews', 'SelfSubjectRulesReview', {}),
    authz('selfsubjectrulesreviews', 'SelfSubjectRulesReview', { namespace: '{ns}' }, as('u')),
    { method: 'GET', path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews' },
    authz('subjectaccessreviews', 'SubjectAccessReview', {
      user: 'u',
      resourceAttributes: { verb: 'list', resource: 'pods', fieldSelector: { rawSelector: 'a=b', requirements: [] } },
    }),
    authz('subjectaccessreviews', 'SubjectAccessReview', {
      user: 'u',
      resourceAttributes: {
        verb: 'list',
        resource: 'pods',
        labelSelector: { requirements: [{ key: '', operator: 'X' }] },
      },
    }),
  ),
  one(
    'tokens',
    ...[{}, { token: '' }, { token: 'x' }, { token: 'a.b.c', audiences: ['z'] }].map(
      (spec): Step => ({
        path: '/apis/authentication.k8s.io/v1/tokenreviews',
        body: review('authentication.k8s.io', 'TokenReview', spec),
      }),
    ),
    ...[
      {},
      { expirationSeconds: 1 },
      { expirationSeconds: 4294967297 },
      { audiences: [''] },
      { expirationSeconds: 3600, audiences: ['a', 'b'] },
      { boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name: 'none' } },
      { boundObjectRef: { apiVersion: 'v1', kind: 'Node', name: 'none' } },
    ].map(
      (spec, index): Step => ({
        path: '/api/v1/namespaces/{ns}/serviceaccounts/default/token',
        body: review('authentication.k8s.io', 'TokenRequest', spec),
        // The namespace's account is made in a moment. Objects that are not there are meant to stay away.
        ...(index === 0 ? { until: (answer: Answer) => answer.code !== 404 } : {}),
      }),
    ),
    {
      path: '/api/v1/namespaces/{ns}/serviceaccounts/zz/token',
      body: review('authentication.k8s.io', 'TokenRequest', {}),
    },
    { path: '/api/v1/namespaces/{ns}/serviceaccounts/default/token', body: { kind: 'TokenRequest' } },
  ),
];
