/** Access reviews. */
import type { Case } from '../../harness.ts';
import { type Fields, quiet } from '../../steps.ts';
import { allowed, apiVersion, as, authz, grant, granted, jane, one, rbac, reviews, rights, user } from './shared.ts';

const attributes: readonly [string, Fields][] = [
  ['granted', { namespace: '{ns}', verb: 'get', resource: 'configmaps' }],
  ['granted by name', { namespace: '{ns}', verb: 'get', resource: 'configmaps', name: 'x' }],
  ['another verb', { namespace: '{ns}', verb: 'delete', resource: 'configmaps' }],
  ['another namespace', { namespace: 'default', verb: 'get', resource: 'configmaps' }],
  ['all namespaces', { verb: 'list', resource: 'configmaps' }],
  ['a subresource', { namespace: '{ns}', verb: 'patch', group: 'apps', resource: 'deployments', subresource: 'scale' }],
  ['not its parent', { namespace: '{ns}', verb: 'patch', group: 'apps', resource: 'deployments' }],
  ['a named secret', { namespace: '{ns}', verb: 'get', resource: 'secrets', name: 'one' }],
  ['another secret', { namespace: '{ns}', verb: 'get', resource: 'secrets', name: 'two' }],
  ['secrets', { namespace: '{ns}', verb: 'list', resource: 'secrets' }],
  ['any status', { namespace: '{ns}', verb: 'patch', group: 'batch', resource: 'jobs', subresource: 'status' }],
  ['stars', { namespace: '{ns}', verb: '*', group: '*', resource: '*' }],
  ['capitals', { namespace: '{ns}', verb: 'GET', resource: 'ConfigMaps' }],
  ['nothing', {}],
  ['a verb alone', { verb: 'get' }],
  ['an unknown resource', { verb: 'get', resource: 'nopes', group: 'nope' }],
  ['a version', { namespace: '{ns}', verb: 'get', resource: 'configmaps', version: 'v9' }],
  [
    'a field selector',
    { namespace: '{ns}', verb: 'list', resource: 'configmaps', fieldSelector: { rawSelector: 'metadata.name=x' } },
  ],
  [
    'field requirements',
    {
      namespace: '{ns}',
      verb: 'list',
      resource: 'configmaps',
      fieldSelector: { requirements: [{ key: 'metadata.name', operator: 'In', values: ['x'] }] },
    },
  ],
  [
    'label requirements',
    {
      namespace: '{ns}',
      verb: 'list',
      resource: 'configmaps',
      labelSelector: { requirements: [{ key: 'a', operator: 'Exists' }] },
    },
  ],
  [
    'both forms',
    {
      namespace: '{ns}',
      verb: 'list',
      resource: 'configmaps',
      labelSelector: { rawSelector: 'a=b', requirements: [{ key: 'a', operator: 'Exists' }] },
    },
  ],
  [
    'bad requirements',
    {
      namespace: '{ns}',
      verb: 'list',
      resource: 'configmaps',
      labelSelector: { requirements: [{ key: 'a', operator: 'In' }] },
    },
  ],
  [
    'empty selectors',
    { namespace: '{ns}', verb: 'list', resource: 'configmaps', labelSelector: {}, fieldSelector: {} },
  ],
];

export const reviewing: Case[] = [
  ...attributes.flatMap(([name, resourceAttributes]) => [
    one(`may: ${name}`, ...granted, authz('SelfSubjectAccessReview', { resourceAttributes }, as(jane))),
    one(`may somebody: ${name}`, ...granted, authz('SubjectAccessReview', { user: jane, resourceAttributes })),
    one(
      `may somebody here: ${name}`,
      ...granted,
      authz('LocalSubjectAccessReview', { user: jane, resourceAttributes }, undefined, 'namespaces/{ns}/'),
    ),
  ]),
  ...(['/metrics', '/api', '/', '', '/healthz/x', '*'] as const).flatMap((path) => [
    one(
      `may look at '${path}'`,
      authz('SelfSubjectAccessReview', { nonResourceAttributes: { path, verb: 'get' } }, as('jane')),
    ),
    one(
      `may the master look at '${path}'`,
      authz('SelfSubjectAccessReview', { nonResourceAttributes: { path, verb: 'post' } }),
    ),
  ]),
  one(
    'may: a group',
    ...grant({ kind: 'Group', name: '{ns}-g', apiGroup: 'rbac.authorization.k8s.io' }, rights),
    allowed({
      user: 'x',
      groups: ['{ns}-g'],
      resourceAttributes: { namespace: '{ns}', verb: 'get', resource: 'configmaps' },
    }),
    authz('SubjectAccessReview', {
      groups: ['{ns}-g'],
      resourceAttributes: { namespace: '{ns}', verb: 'get', resource: 'configmaps' },
    }),
  ),
  one(
    'may: a service account',
    ...grant({ kind: 'ServiceAccount', name: 'x', namespace: '{ns}' }, rights),
    allowed({
      user: 'system:serviceaccount:{ns}:x',
      resourceAttributes: { namespace: '{ns}', verb: 'get', resource: 'configmaps' },
    }),
    authz('SubjectAccessReview', {
      user: 'system:serviceaccount:{ns}:x',
      resourceAttributes: { namespace: '{ns}', verb: 'get', resource: 'configmaps' },
    }),
  ),
  one(
    'may: by a cluster role',
    ...grant(user(jane), [...rights, { nonResourceURLs: ['/x/*', '/y'], verbs: ['get'] }], true),
    allowed({ user: jane, resourceAttributes: { verb: 'get', resource: 'configmaps' } }),
    authz('SubjectAccessReview', { user: jane, resourceAttributes: { verb: 'list', resource: 'configmaps' } }),
    authz('SubjectAccessReview', { user: jane, nonResourceAttributes: { path: '/x/1', verb: 'get' } }),
    authz('SubjectAccessReview', { user: jane, nonResourceAttributes: { path: '/y/1', verb: 'get' } }),
    authz('SubjectAccessReview', { user: jane, nonResourceAttributes: { path: '/x', verb: 'get' } }),
  ),
  one('may: nobody', authz('SubjectAccessReview', { resourceAttributes: { verb: 'get', resource: 'pods' } })),
  one('may: nothing asked', authz('SubjectAccessReview', { user: 'x' })),
  one(
    'may: both asked',
    authz('SubjectAccessReview', {
      user: 'x',
      resourceAttributes: { verb: 'get' },
      nonResourceAttributes: { verb: 'get', path: '/' },
    }),
  ),
  one(
    'may: masters',
    authz('SubjectAccessReview', {
      user: 'x',
      groups: ['system:masters'],
      resourceAttributes: { verb: 'anything', resource: 'everything' },
    }),
  ),
  one('may: as nobody', authz('SubjectAccessReview', { user: 'x', resourceAttributes: { verb: 'get' } }, as('jane'))),
  one(
    'may: with extra',
    authz('SubjectAccessReview', {
      user: 'x',
      uid: '1',
      extra: { k: ['v'] },
      groups: ['a'],
      resourceAttributes: { verb: 'get', resource: 'x' },
    }),
  ),
  one(
    'may here: elsewhere',
    authz(
      'LocalSubjectAccessReview',
      { user: 'x', resourceAttributes: { verb: 'get', resource: 'pods', namespace: 'default' } },
      undefined,
      'namespaces/{ns}/',
    ),
  ),
  one(
    'may here: by path',
    authz(
      'LocalSubjectAccessReview',
      { user: 'x', nonResourceAttributes: { verb: 'get', path: '/' } },
      undefined,
      'namespaces/{ns}/',
    ),
  ),
  one('may here: without its namespace', {
    path: `${reviews}/namespaces/{ns}/localsubjectaccessreviews`,
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'LocalSubjectAccessReview',
      spec: { user: 'x', resourceAttributes: { verb: 'get', resource: 'pods', namespace: '{ns}' } },
    },
  }),
  one('may: a table', {
    ...authz('SelfSubjectAccessReview', { resourceAttributes: { verb: 'get', resource: 'pods' } }),
    headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' },
  }),
  one('may: dry run', {
    ...authz('SelfSubjectAccessReview', { resourceAttributes: { verb: 'get', resource: 'pods' } }),
    path: `${reviews}/selfsubjectaccessreviews?dryRun=All`,
  }),
  one('may: named', {
    path: `${reviews}/selfsubjectaccessreviews`,
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      metadata: { name: 'x' },
      spec: { resourceAttributes: { verb: 'get', resource: 'pods' } },
    },
  }),
  one('rules: of the master', authz('SelfSubjectRulesReview', { namespace: '{ns}' })),
  one('rules: of nobody', authz('SelfSubjectRulesReview', { namespace: '{ns}' }, as('jane'))),
  one('rules: of somebody', ...granted, authz('SelfSubjectRulesReview', { namespace: '{ns}' }, as(jane))),
  one('rules: elsewhere', ...granted, authz('SelfSubjectRulesReview', { namespace: 'default' }, as(jane))),
  one('rules: without a namespace', authz('SelfSubjectRulesReview', {})),
  one('rules: of anonymous', authz('SelfSubjectRulesReview', { namespace: 'default' }, as('system:anonymous'))),
  one(
    'rules: of a service account',
    authz('SelfSubjectRulesReview', { namespace: 'default' }, as('system:serviceaccount:default:default')),
  ),
  ...['view', 'edit', 'admin', 'cluster-admin'].map((role) =>
    one(
      `rules: of ${role}`,
      quiet({
        path: `${rbac}/namespaces/{ns}/rolebindings`,
        body: {
          apiVersion,
          kind: 'RoleBinding',
          metadata: { name: 'b' },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
          subjects: [user(jane)],
        },
      }),
      allowed({ user: jane, resourceAttributes: { namespace: '{ns}', verb: 'get', resource: 'pods' } }),
      authz('SelfSubjectRulesReview', { namespace: '{ns}' }, as(jane)),
    ),
  ),
  ...[
    'view',
    'edit',
    'admin',
    'cluster-admin',
    'system:basic-user',
    'system:discovery',
    'system:public-info-viewer',
    'system:aggregate-to-view',
    'system:aggregate-to-edit',
    'system:aggregate-to-admin',
    'system:node',
    'system:kube-scheduler',
    'system:kube-controller-manager',
    'system:monitoring',
    'system:volume-scheduler',
    'system:auth-delegator',
    'system:heapster',
    'system:node-proxier',
    'system:controller:namespace-controller',
    'system:service-account-issuer-discovery',
  ].map((role) => one(`cluster role ${role}`, { path: `${rbac}/clusterroles/${role}` })),
  ...[
    'cluster-admin',
    'system:basic-user',
    'system:discovery',
    'system:public-info-viewer',
    'system:monitoring',
    'system:node',
    'system:kube-scheduler',
    'system:service-account-issuer-discovery',
    'system:controller:job-controller',
  ].map((role) => one(`cluster role binding ${role}`, { path: `${rbac}/clusterrolebindings/${role}` })),
  one('all cluster roles', {
    path: `${rbac}/clusterroles?labelSelector=kubernetes.io/bootstrapping%3Drbac-defaults`,
    view: (body) => (body as { items: { metadata: { name: string } }[] }).items.map((item) => item.metadata.name),
  }),
  one('all cluster role bindings', {
    path: `${rbac}/clusterrolebindings?labelSelector=kubernetes.io/bootstrapping%3Drbac-defaults`,
    view: (body) => (body as { items: { metadata: { name: string } }[] }).items.map((item) => item.metadata.name),
  }),
  one('roles of kube-system', { path: `${rbac}/namespaces/kube-system/roles` }),
  one('role bindings of kube-system', { path: `${rbac}/namespaces/kube-system/rolebindings` }),
  one(
    'roles of kube-public',
    { path: `${rbac}/namespaces/kube-public/roles` },
    { path: `${rbac}/namespaces/kube-public/rolebindings` },
  ),
];
