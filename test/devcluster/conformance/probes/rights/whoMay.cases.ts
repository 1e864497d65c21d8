/** Who may do what: roles, the built-in ones, escalation. */
import type { Case, Step } from '../../harness.ts';
import { deployments, map, maps, pods, widgets } from '../../probes.admission.objects.ts';
import { casesOf, type Fields, patch, quiet, remove } from '../../steps.ts';
import {
  account,
  allowed,
  as,
  author,
  authz,
  bearer,
  bind,
  grant,
  granted,
  jane,
  rbac,
  request,
  review,
  role,
  self,
  token,
  tokens,
  user,
} from '../access/shared.ts';
import { rbacVersion } from './shared.ts';

const right = casesOf('probes-access');

// Who may what
const roleBodies: readonly [string, Fields][] = [
  ['no verbs', { rules: [{ apiGroups: [''], resources: ['pods'], verbs: [] }] }],
  ['no groups', { rules: [{ resources: ['pods'], verbs: ['get'] }] }],
  ['no resources', { rules: [{ apiGroups: [''], verbs: ['get'] }] }],
  ['urls', { rules: [{ nonResourceURLs: ['/x'], verbs: ['get'] }] }],
  [
    'urls and resources',
    { rules: [{ nonResourceURLs: ['/x'], apiGroups: [''], resources: ['pods'], verbs: ['get'] }] },
  ],
  ['names without resources', { rules: [{ apiGroups: [''], resourceNames: ['a'], verbs: ['get'] }] }],
  ['an odd verb', { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['use', 'GET'] }] }],
  ['null rules', { rules: null }],
  ['rules of another type', { rules: 'x' }],
  ['an aggregation', { rules: [], aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] } }],
  ['an empty aggregation', { aggregationRule: {} }],
  [
    'an odd aggregation',
    { aggregationRule: { clusterRoleSelectors: [{ matchExpressions: [{ key: 'a', operator: 'Nope' }] }] } },
  ],
  ['two errors', { rules: [{ verbs: [] }, { apiGroups: [''], resources: ['pods'], verbs: [] }] }],
];

const bindings: readonly [string, Fields][] = [
  ['no subjects', { subjects: [] }],
  ['an unknown subject', { subjects: [{ kind: 'Robot', name: 'x' }] }],
  ['a subject without a name', { subjects: [{ kind: 'User', name: '' }] }],
  ['an account without a namespace', { subjects: [{ kind: 'ServiceAccount', name: 'x' }] }],
  [
    'an account with a group',
    { subjects: [{ kind: 'ServiceAccount', name: 'x', namespace: 'y', apiGroup: 'rbac.authorization.k8s.io' }] },
  ],
  ['a user of another group', { subjects: [{ kind: 'User', name: 'x', apiGroup: 'nope' }] }],
  ['a user in a namespace', { subjects: [{ kind: 'User', name: 'x', namespace: 'y' }] }],
  ['an account with an odd name', { subjects: [{ kind: 'ServiceAccount', name: 'A_', namespace: 'y' }] }],
  ['a role of another group', { roleRef: { apiGroup: 'nope', kind: 'Role', name: 'x' } }],
  ['a role of another kind', { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Pod', name: 'x' } }],
  ['a role without a name', { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: '' } }],
  ['a role with an odd name', { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'a/b' } }],
  ['no role', { roleRef: undefined }],
  ['a role without a group', { roleRef: { kind: 'ClusterRole', name: 'view' } }],
];

const bindingBody = (kind: string, more: Fields): Fields => ({
  apiVersion: rbacVersion,
  kind,
  metadata: { name: '{ns}-b' },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
  subjects: [user('x')],
  ...more,
});

export const whoMay: Case[] = [
  ...roleBodies.flatMap(([name, more]) =>
    (['Role', 'ClusterRole'] as const).map((kind) =>
      right(`${kind} with ${name}`, {
        path: kind === 'Role' ? `${rbac}/namespaces/{ns}/roles?dryRun=All` : `${rbac}/clusterroles?dryRun=All`,
        body: { apiVersion: rbacVersion, kind, metadata: { name: 'r' }, ...more },
      }),
    ),
  ),
  ...bindings.flatMap(([name, more]) =>
    (['RoleBinding', 'ClusterRoleBinding'] as const).map((kind) =>
      right(`${kind} with ${name}`, {
        path:
          kind === 'RoleBinding'
            ? `${rbac}/namespaces/{ns}/rolebindings?dryRun=All`
            : `${rbac}/clusterrolebindings?dryRun=All`,
        body: bindingBody(kind, more),
      }),
    ),
  ),
  ...(['RoleBinding', 'ClusterRoleBinding'] as const).map((kind) => {
    const path = kind === 'RoleBinding' ? `${rbac}/namespaces/{ns}/rolebindings` : `${rbac}/clusterrolebindings`;
    return right(
      `${kind}: another role`,
      quiet({ path, body: bindingBody(kind, {}) }),
      {
        method: 'PUT',
        path: `${path}/{ns}-b`,
        body: bindingBody(kind, {
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' },
        }),
      },
      patch(`${path}/{ns}-b`, { subjects: null }),
      patch(`${path}/{ns}-b`, { roleRef: { name: 'edit' } }),
    );
  }),
  // What the built-in roles allow.
  ...(['view', 'edit', 'admin', 'cluster-admin'] as const).flatMap((name) =>
    (
      [
        ['get', '', 'pods'],
        ['get', '', 'secrets'],
        ['create', 'apps', 'deployments'],
        ['create', 'rbac.authorization.k8s.io', 'roles'],
        ['create', '', 'serviceaccounts', 'token'],
        ['get', '', 'pods', 'log'],
        ['create', '', 'pods', 'exec'],
        ['impersonate', '', 'serviceaccounts'],
        ['delete', '', 'namespaces'],
        ['get', 'conformance.example.com', 'widgets'],
        ['update', '', 'resourcequotas'],
        ['create', 'authorization.k8s.io', 'localsubjectaccessreviews'],
      ] as const
    ).map(([verb, group, resource, subresource = '']) =>
      right(
        `${name} may ${verb} ${resource}${subresource === '' ? '' : `/${subresource}`}`,
        quiet({
          path: `${rbac}/namespaces/{ns}/rolebindings`,
          body: {
            ...bindingBody('RoleBinding', {}),
            roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
            subjects: [user(jane)],
          },
        }),
        allowed({ user: jane, resourceAttributes: { namespace: '{ns}', verb: 'get', resource: 'pods' } }),
        authz('SubjectAccessReview', {
          user: jane,
          resourceAttributes: { namespace: '{ns}', verb, group, resource, subresource },
        }),
      ),
    ),
  ),
  right('a list of what one may', ...granted, authz('SelfSubjectRulesReview', { namespace: '{ns}' }, as(jane))),
  right(
    'a list of what an account may',
    account,
    authz('SelfSubjectRulesReview', { namespace: '{ns}' }, as('system:serviceaccount:{ns}:default')),
  ),
  right('a list of what nobody may', { ...authz('SelfSubjectRulesReview', { namespace: 'default' }), anonymous: true }),
  right('a list of what masters may', authz('SelfSubjectRulesReview', { namespace: 'default' })),
  ...[
    { groups: ['system:masters'], resourceAttributes: { verb: 'get', resource: 'x' } },
    { user: 'x', groups: ['system:masters'], nonResourceAttributes: { path: '/x', verb: 'get' } },
    {
      user: 'system:serviceaccount:kube-system:generic-garbage-collector',
      resourceAttributes: { verb: 'delete', resource: 'pods', group: '' },
    },
    {
      user: 'system:kube-controller-manager',
      resourceAttributes: { verb: 'create', resource: 'serviceaccounts', subresource: 'token' },
    },
    {
      user: 'system:node:a',
      groups: ['system:nodes'],
      resourceAttributes: { verb: 'get', resource: 'nodes', name: 'a' },
    },
    {
      user: 'system:anonymous',
      groups: ['system:unauthenticated'],
      nonResourceAttributes: { path: '/healthz', verb: 'get' },
    },
    {
      user: 'system:anonymous',
      groups: ['system:unauthenticated'],
      nonResourceAttributes: { path: '/version', verb: 'get' },
    },
    { user: 'x', groups: ['system:authenticated'], nonResourceAttributes: { path: '/apis/apps', verb: 'get' } },
    { user: 'x', groups: ['system:authenticated'], nonResourceAttributes: { path: '/metrics', verb: 'get' } },
    {
      user: 'x',
      groups: ['system:authenticated'],
      resourceAttributes: { verb: 'create', group: 'authorization.k8s.io', resource: 'selfsubjectaccessreviews' },
    },
    { user: 'x', extra: { k: ['v'] }, uid: 'u', resourceAttributes: { verb: 'get', resource: 'pods' } },
    { user: '', resourceAttributes: { verb: 'get', resource: 'pods' } },
    { user: 'x', resourceAttributes: { verb: '', resource: '' } },
    { user: 'x', nonResourceAttributes: {} },
    { user: 5 },
    { user: 'x', groups: 'y', resourceAttributes: {} },
    { user: 'x', nope: 1, resourceAttributes: { verb: 'get' } },
  ].map((spec, index) => right(`review of a subject, ${index}`, authz('SubjectAccessReview', spec))),
  ...['table', 'yaml', 'metadata'].map((form) =>
    right(`a review as ${form}`, {
      ...authz('SelfSubjectAccessReview', { resourceAttributes: { verb: 'get', resource: 'pods' } }),
      headers: {
        accept:
          {
            table: 'application/json;as=Table;v=v1;g=meta.k8s.io',
            yaml: 'application/yaml',
            metadata: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
          }[form] ?? '',
      },
    }),
  ),
  ...['?dryRun=All', '?fieldManager=x', '?fieldValidation=Strict', '?pretty=true', '?dryRun=x'].flatMap((query) => [
    right(`a review with ${query}`, {
      ...authz('SelfSubjectAccessReview', { resourceAttributes: { verb: 'get', resource: 'pods' }, nope: 1 }),
      path: `/apis/authorization.k8s.io/v1/selfsubjectaccessreviews${query}`,
    }),
    right(`whoami with ${query}`, { ...self, path: `${self.path}${query}` }),
    right(`a token with ${query}`, account, {
      ...request({ expirationSeconds: 700, nope: 1 }),
      path: `${tokens}${query}`,
    }),
    right(`a token review with ${query}`, {
      ...review({ token: 'x', nope: 1 }),
      path: `/apis/authentication.k8s.io/v1/tokenreviews${query}`,
    }),
  ]),
  // One by one, as a user without rights.
  ...(
    [
      ['a pod', { path: `${pods}/x` }],
      ['a pod log', { path: `${pods}/x/log` }],
      [
        'a pod eviction',
        { path: `${pods}/x/eviction`, body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'x' } } },
      ],
      ['a scale', { path: `${deployments}/x/scale` }],
      ['a scale patch', patch(`${deployments}/x/scale`, { spec: { replicas: 1 } })],
      ['all pods', { path: '/api/v1/pods' }],
      ['a watch', { path: `${pods}?watch=1` }],
      ['a named watch', { path: `${pods}?watch=1&fieldSelector=metadata.name%3Dx` }],
      ['a named list', { path: `${pods}?fieldSelector=metadata.name%3Dx` }],
      ['a deletecollection', remove(pods)],
      ['a namespace', { path: '/api/v1/namespaces/{ns}' }],
      ['a namespace status', { path: '/api/v1/namespaces/{ns}/status' }],
      ['a finalize', { method: 'PUT', path: '/api/v1/namespaces/{ns}/finalize', body: {} }],
      ['a node', { path: '/api/v1/nodes/x' }],
      ['a proxy', { path: '/api/v1/nodes/x/proxy/metrics' }],
      ['a definition', { path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/x' }],
      ['a widget', { path: `${widgets}/x` }],
      ['a widget status', patch(`${widgets}/x/status`, {})],
      ['an unknown resource', { path: '/apis/nope/v1/namespaces/{ns}/nopes/x' }],
      ['an unknown path', { path: '/nope' }],
      ['metrics', { path: '/metrics' }],
      ['a token', request()],
      ['a review', authz('SubjectAccessReview', { user: 'x', resourceAttributes: {} })],
      ['a bad body', { path: maps, body: '{' }],
      ['a POST of a name', { path: `${maps}/x`, body: {} }],
      ['a PUT without a name', { method: 'PUT', path: maps, body: {} }],
      ['an OPTIONS', { method: 'OPTIONS', path: maps }],
      ['a HEAD', { method: 'HEAD', path: maps }],
      [
        'an apply',
        { method: 'PATCH', path: `${maps}/x?fieldManager=m`, body: map('x'), type: 'application/apply-patch+yaml' },
      ],
    ] as [string, Step][]
  ).map(([name, step]) =>
    right(`without rights: ${name}`, { ...step, headers: { ...step.headers, ...as('{ns}-joe') } }),
  ),
  // Rights that are almost enough.
  ...(
    [
      [
        'create without update',
        ['create'],
        { method: 'PATCH', path: `${maps}/x?fieldManager=m`, body: map('x'), type: 'application/apply-patch+yaml' },
      ],
      [
        'patch without create',
        ['patch'],
        { method: 'PATCH', path: `${maps}/x?fieldManager=m`, body: map('x'), type: 'application/apply-patch+yaml' },
      ],
      [
        'update without create',
        ['update'],
        {
          method: 'PUT',
          path: '/apis/coordination.k8s.io/v1/namespaces/{ns}/leases/x',
          body: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'x' } },
        },
      ],
      ['list without get', ['list'], { path: `${maps}/x` }],
      ['list without watch', ['list'], { path: `${maps}?watch=1` }],
      ['delete without deletecollection', ['delete'], remove(maps)],
    ] as [string, string[], Step][]
  ).map(([name, verbs, step]) =>
    right(
      `only ${name}`,
      ...grant(user(jane), [{ apiGroups: ['', 'coordination.k8s.io'], resources: ['configmaps', 'leases'], verbs }]),
      allowed({ user: jane, resourceAttributes: { namespace: '{ns}', verb: verbs[0], resource: 'configmaps' } }),
      { ...step, headers: as(jane) },
    ),
  ),
  right(
    'an owner that blocks, without a right to its finalizers',
    ...granted,
    quiet({ path: maps, body: map('own'), keep: { own: 'metadata.uid' } }),
    ...grant(user(`${jane}-2`), [{ apiGroups: [''], resources: ['configmaps'], verbs: ['create', 'update'] }]).map(
      (step) => ({
        ...step,
        body: JSON.parse(
          JSON.stringify(step.body).replaceAll('{ns}-r', '{ns}-r2').replaceAll('{ns}-b"', '{ns}-b2"'),
        ) as Fields,
      }),
    ),
    allowed({ user: `${jane}-2`, resourceAttributes: { namespace: '{ns}', verb: 'create', resource: 'configmaps' } }),
    {
      path: maps,
      body: {
        ...map('kid'),
        metadata: {
          name: 'kid',
          ownerReferences: [
            { apiVersion: 'v1', kind: 'ConfigMap', name: 'own', uid: '{own}', blockOwnerDeletion: true },
          ],
        },
      },
      headers: as(`${jane}-2`),
    },
    {
      path: maps,
      body: {
        ...map('kid'),
        metadata: {
          name: 'kid',
          ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'own', uid: '{own}' }],
        },
      },
      headers: as(`${jane}-2`),
    },
    {
      path: maps,
      body: {
        ...map('kid2'),
        metadata: {
          name: 'kid2',
          ownerReferences: [
            { apiVersion: 'nope/v1', kind: 'Nope', name: 'own', uid: '{own}', blockOwnerDeletion: true },
          ],
        },
      },
      headers: as(`${jane}-2`),
    },
  ),
  right('a role by PUT that is not there', ...author, {
    ...role([{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }]),
    method: 'PUT',
    path: `${rbac}/namespaces/{ns}/roles/more`,
  }),
  right('a role by apply that is too much', ...author, {
    ...role([{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]),
    method: 'PATCH',
    type: 'application/apply-patch+yaml',
    path: `${rbac}/namespaces/{ns}/roles/more?fieldManager=m`,
  }),
  right('a binding to a role that is not there', ...author, bind({ kind: 'Role', name: 'none' })),
  right('a binding to cluster-admin', ...author, bind({ kind: 'ClusterRole', name: 'cluster-admin' })),
  right(
    'a token of an account that is gone',
    account,
    token(),
    quiet(remove('/api/v1/namespaces/{ns}/serviceaccounts/default')),
    { ...self, ...bearer('{tok}') },
    review({ token: '{tok}' }),
  ),
  right(
    'an account by its token',
    account,
    token(),
    { path: maps, ...bearer('{tok}') },
    { path: '/api/v1/namespaces', ...bearer('{tok}') },
    { path: '/healthz', ...bearer('{tok}') },
  ),
];
