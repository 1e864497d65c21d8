/** Further probes of access, admission and controllers, as people use them together. */
import type { Answer, Case, Step } from './harness.ts';
import * as access from './probes.access.cases.ts';
import {
  applied,
  condition,
  constraints,
  create,
  deployment,
  deployments,
  hook,
  hooked,
  jsonPatch,
  judged,
  map,
  maps,
  mutated,
  mutation,
  patched,
  pod,
  pods,
  policy,
  rule,
  says,
  widget,
  widgets,
} from './probes.admission.objects.ts';
import { casesOf, type Fields, patch, quiet, remove } from './steps.ts';

const right = casesOf('probes-access');
const control = casesOf('probes-controllers');
const admit = casesOf('probes-admission');
const {
  account,
  as,
  allowed,
  authz,
  bearer,
  bind,
  granted,
  grant,
  jane,
  rbac,
  request,
  review,
  role,
  self,
  token,
  user,
} = access;
const rbacVersion = 'rbac.authorization.k8s.io/v1';

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
const whoMay: Case[] = [
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
      path: `${access.tokens}${query}`,
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
  right('a role by PUT that is not there', ...access.author, {
    ...role([{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }]),
    method: 'PUT',
    path: `${rbac}/namespaces/{ns}/roles/more`,
  }),
  right('a role by apply that is too much', ...access.author, {
    ...role([{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]),
    method: 'PATCH',
    type: 'application/apply-patch+yaml',
    path: `${rbac}/namespaces/{ns}/roles/more?fieldManager=m`,
  }),
  right('a binding to a role that is not there', ...access.author, bind({ kind: 'Role', name: 'none' })),
  right('a binding to cluster-admin', ...access.author, bind({ kind: 'ClusterRole', name: 'cluster-admin' })),
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

// Webhooks and policies

const combined: Case[] = [
  hooked(
    'both kinds refuse',
    { Mutating: [hook('m')], Validating: [hook('v')] },
    { m: { allowed: false, status: { message: 'first' } }, v: { allowed: false, status: { message: 'second' } } },
    create,
  ),
  hooked(
    'a mutation is seen by a validation',
    { Mutating: [hook('m')], Validating: [hook('v')] },
    { m: patched([{ op: 'add', path: '/data/x', value: '1' }]) },
    create,
  ),
  hooked(
    'a mutation, twice the same field',
    { Mutating: [hook('a'), hook('b')] },
    {
      a: patched([{ op: 'add', path: '/data/x', value: '1' }]),
      b: patched([{ op: 'replace', path: '/data/x', value: '2' }]),
    },
    create,
  ),
  hooked(
    'reinvoked',
    { Mutating: [hook('a', { reinvocationPolicy: 'IfNeeded' }), hook('b')] },
    { a: { allowed: true }, b: patched([{ op: 'add', path: '/data/x', value: '1' }]) },
    create,
  ),
  hooked(
    'not reinvoked without a change',
    { Mutating: [hook('a', { reinvocationPolicy: 'IfNeeded' }), hook('b')] },
    {},
    create,
  ),
  hooked(
    'dry run',
    { Mutating: [hook('a', { sideEffects: 'NoneOnDryRun' })] },
    {},
    { ...create, path: `${maps}?dryRun=All` },
  ),
  hooked(
    'a subresource',
    {
      Validating: [
        hook('v', { rules: [{ ...rule, operations: ['*'], apiGroups: ['*'], resources: ['*/scale', '*/status'] }] }),
      ],
    },
    {},
    quiet({ path: deployments, body: deployment }),
    patch(`${deployments}/d/scale`, { spec: { replicas: 2 } }),
    patch(`${deployments}/d/status`, { status: { replicas: 1 } }),
  ),
  hooked(
    'everything',
    {
      Validating: [
        hook('v', { rules: [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*'] }] }),
      ],
    },
    {},
    create,
    { path: widgets, body: widget },
  ),
  hooked(
    'everything and below',
    {
      Validating: [
        hook('v', { rules: [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] }] }),
      ],
    },
    {},
    quiet({ path: widgets, body: widget }),
    patch(`${widgets}/w/status`, { status: { ready: true } }),
    { method: 'DELETE', path: `${widgets}/w` },
  ),
  hooked(
    'a scope',
    { Validating: [hook('v', { rules: [{ ...rule, scope: 'Cluster' }] })] },
    { v: { allowed: false } },
    create,
  ),
  hooked(
    'a namespaced scope',
    { Validating: [hook('v', { rules: [{ ...rule, scope: 'Namespaced' }] })] },
    { v: { allowed: false } },
    create,
  ),
  hooked(
    'a collection',
    { Validating: [hook('v')] },
    { v: { allowed: false, status: { message: 'kept' } } },
    quiet({ ...create, path: `${maps}?dryRun=All` }),
    remove(`${maps}?labelSelector=none`),
  ),
  hooked(
    'a deletion is refused',
    { Validating: [hook('v', { rules: [{ ...rule, operations: ['DELETE'] }] })] },
    { v: { allowed: false, status: { message: 'kept', code: 409, reason: 'Conflict' } } },
    create,
    remove(`${maps}/a`),
    remove(`${maps}?fieldSelector=metadata.name%3Da`),
  ),
  hooked(
    'a connect',
    {
      Validating: [
        hook('v', { rules: [{ ...rule, operations: ['CONNECT'], resources: ['pods/exec', 'pods/proxy'] }] }),
      ],
    },
    { v: { allowed: false, status: { message: 'no shell' } } },
    quiet({ path: pods, body: pod('p') }),
    { method: 'POST', path: `${pods}/p/exec?command=sh&stdout=1` },
    { path: `${pods}/p/proxy/x` },
  ),
  hooked(
    'an object selector of old',
    { Validating: [hook('v', { objectSelector: { matchLabels: { old: 'yes' } } })] },
    { v: { allowed: false } },
    { path: maps, body: map('a', { old: 'yes' }), quiet: false },
    quiet({ path: maps, body: map('b') }),
    patch(`${maps}/b`, { metadata: { labels: { old: 'yes' } } }),
  ),
  hooked(
    'warnings in number',
    { Validating: [hook('v')] },
    { v: { allowed: true, warnings: ['a'.repeat(300), 'b', 'b', '', 'c\nd', 'é'] } },
    create,
  ),
  hooked(
    'many warnings',
    { Validating: [hook('v')] },
    { v: { allowed: true, warnings: Array.from({ length: 40 }, (_, index) => `${index} ${'x'.repeat(200)}`) } },
    create,
  ),
  hooked(
    'audit annotations that are odd',
    { Validating: [hook('v')] },
    { v: { allowed: true, auditAnnotations: { 'a b': 'x', '': 'y' } } },
    create,
  ),
  hooked(
    'metadata is kept',
    { Mutating: [hook('m')] },
    { m: patched([{ op: 'replace', path: '/metadata/name', value: 'b' }]) },
    create,
  ),
  hooked(
    'a namespace is kept',
    { Mutating: [hook('m')] },
    { m: patched([{ op: 'add', path: '/metadata/namespace', value: 'default' }]) },
    create,
  ),
  hooked(
    'an annotation without a map',
    { Mutating: [hook('m')] },
    { m: patched([{ op: 'add', path: '/metadata/annotations/x', value: 'b' }]) },
    create,
  ),
  hooked(
    'a merge patch',
    { Mutating: [hook('m')] },
    { m: { allowed: true, patchType: 'JSONPatch', patch: Buffer.from('{"data":{"x":"1"}}').toString('base64') } },
    create,
  ),
  hooked(
    'an empty patch',
    { Mutating: [hook('m')] },
    { m: { allowed: true, patchType: 'JSONPatch', patch: Buffer.from('[]').toString('base64') } },
    create,
  ),
  hooked(
    'a patch of a wrong type',
    { Mutating: [hook('m')] },
    { m: patched([{ op: 'replace', path: '/data', value: 'x' }]) },
    create,
  ),
  hooked(
    'a patch that is refused by validation',
    { Mutating: [hook('m')] },
    { m: patched([{ op: 'add', path: '/data/b~1d', value: 'x' }]) },
    create,
  ),
  hooked(
    'conditions on a user',
    { Validating: [hook('v', { matchConditions: [condition('c', 'request.userInfo.username == "joe"')] })] },
    { v: { allowed: false } },
    create,
    { path: maps, body: map('b'), headers: { 'impersonate-user': 'joe', 'impersonate-group': 'system:masters' } },
  ),
  hooked(
    'conditions that need rights',
    {
      Validating: [
        hook('v', {
          matchConditions: [
            condition(
              'c',
              'authorizer.group("").resource("configmaps").namespace("default").check("create").allowed()',
            ),
          ],
        }),
      ],
    },
    { v: { allowed: false } },
    create,
  ),
  judged(
    'a user',
    says('request.userInfo.groups.exists(g, g == "dev")', { messageExpression: '"not " + request.userInfo.username' }),
  ),
  judged(
    'options and names',
    says(
      'request.name == "a" && request.operation == "CREATE" && request.namespace == "{ns}" && request.resource.resource == "configmaps" && request.dryRun == false',
    ),
  ),
  judged(
    'the namespace and its labels',
    says(
      'namespaceObject.metadata.name == "{ns}" && namespaceObject.metadata.labels["kubernetes.io/metadata.name"] == "{ns}" && !has(namespaceObject.metadata.annotations)',
    ),
  ),
  judged(
    'an authorizer',
    says('authorizer.group("").resource("configmaps").namespace("{ns}").check("delete").allowed()'),
  ),
  judged(
    'an authorizer that refuses',
    says('authorizer.group("").resource("configmaps").namespace("{ns}").check("delete").allowed()', {
      messageExpression: '"reason: " + authorizer.requestResource.check("update").reason()',
    }),
    {
      steps: [
        create,
        {
          path: maps,
          body: map('b'),
          headers: { 'impersonate-user': '{ns}-joe', 'impersonate-group': 'system:masters' },
        },
      ],
    },
  ),
  judged(
    'an authorizer of an account',
    says('authorizer.serviceAccount("{ns}", "default").group("").resource("secrets").check("list").allowed()', {
      message: 'the account may not',
    }),
  ),
  judged(
    'an authorizer of a path',
    says('authorizer.path("/healthz").check("get").allowed() && !authorizer.path("/nope").check("get").errored()'),
  ),
  judged(
    'quantities and urls',
    says(
      'quantity("1Gi").isGreaterThan(quantity("500Mi")) && url("https://a.b/c").getHostname() == "a.b" && isURL("x://") && ip("10.0.0.1").family() == 4 && cidr("10.0.0.0/8").containsIP("10.1.1.1")',
    ),
  ),
  judged(
    'formats and lists',
    says(
      '!format.dns1123Label().validate("a-b").hasValue() && [1,2,3].sum() == 6 && ["a","b"].indexOf("b") == 1 && "a1".find("[0-9]") == "1" && object.?data.?zz.orValue("d") == "d"',
    ),
  ),
  judged(
    'old objects are kept',
    says('oldObject == null || object.data.n == oldObject.data.n', { message: 'n is fixed' }),
    { steps: [create, patch(`${maps}/a`, { data: { n: '5' } }), patch(`${maps}/a`, { data: { m: '5' } })] },
  ),
  judged('an audit annotation', {
    ...says('true'),
    auditAnnotations: [{ key: 'k', valueExpression: '"v" + object.data.n' }],
  }),
  judged('an audit annotation that fails', {
    ...says('true'),
    auditAnnotations: [{ key: 'k', valueExpression: 'object.data.zz' }],
  }),
  judged('a long message', says('false', { message: 'm'.repeat(2000) })),
  judged('a message of lines', says('false', { message: 'a\nb' })),
  ...(['Deny', 'Warn', 'Audit'] as const).map((action) =>
    judged(
      `all of two, ${action}`,
      {
        validations: [
          { expression: 'false', message: 'one' },
          { expression: 'false', message: 'two', reason: 'Forbidden' },
        ],
      },
      { binding: { validationActions: [action] } },
    ),
  ),
  admit('a policy without constraints', {
    ...policy(says('true')),
    path: '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies?dryRun=All',
    body: {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'p' },
      spec: says('true'),
    },
  }),
  admit('a policy as it is kept', {
    ...policy({ ...says('object.data.n == "4"'), matchConstraints: constraints }),
    view: (body) => (body as Fields).spec,
  }),
  mutated(
    'an annotation by its own',
    mutation([applied('Object{metadata: Object.metadata{annotations: {"by": request.userInfo.username}}}')]),
  ),
  mutated(
    'conditional',
    mutation([applied('has(object.metadata.labels) ? Object{data: {"l": "yes"}} : Object{data: {"l": "no"}}')]),
  ),
  mutated(
    'a patch of a list',
    mutation([jsonPatch('object.data.n == "4" ? [JSONPatch{op: "replace", path: "/data/n", value: "5"}] : []')]),
  ),
  mutated(
    'a patch with an escaped key',
    mutation([
      jsonPatch(
        '[JSONPatch{op: "add", path: "/metadata/annotations", value: {}}, JSONPatch{op: "add", path: "/metadata/annotations/" + jsonpatch.escapeKey("a/b~c"), value: "x"}]',
      ),
    ]),
  ),
  mutated('what may not change', mutation([applied('Object{metadata: Object.metadata{namespace: "default"}}')])),
];

// Controllers

const at = (path: string, want: (body: { [field: string]: never }) => boolean): Partial<Step> => ({
  path,
  until: (answer: Answer) => answer.code === 200 && want(answer.body as { [field: string]: never }),
});
const quotas = '/api/v1/namespaces/{ns}/resourcequotas';
/** What comes with a namespace is there: quotas count it. */
const settled: Step = quiet({ path: `${maps}/kube-root-ca.crt`, until: (answer) => answer.code === 200 });
const quota = (hard: Fields, more: Fields = {}): Step =>
  quiet({
    path: quotas,
    body: { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard, ...more } },
  });
const counted = (body: unknown): unknown => (body as { status?: unknown }).status;
const reconciled = (want: Fields): Step => ({
  ...(at(`${quotas}/q`, (body) => {
    const { used = {} } = ((body as Fields).status ?? {}) as { used?: Fields };
    return Object.entries(want).every(([key, value]) => used[key] === value);
  }) as Step),
  view: counted,
});
const services = '/api/v1/namespaces/{ns}/services';
const managers: Case[] = [
  control(
    'a quota counts',
    settled,
    quota({ 'count/configmaps': '3', configmaps: '3', secrets: '1', services: '2', pods: '1', 'requests.cpu': '1' }),
    reconciled({ configmaps: '1' }),
    quiet(create),
    reconciled({ configmaps: '2', 'count/configmaps': '2' }),
    { path: maps, body: map('b') },
    { path: maps, body: map('c') },
  ),
  control(
    'a quota of custom resources',
    settled,
    quota({ 'count/widgets.conformance.example.com': '1' }),
    reconciled({ 'count/widgets.conformance.example.com': '0' }),
    { path: widgets, body: widget },
    { path: widgets, body: { ...widget, metadata: { name: 'w2' } } },
  ),
  control(
    'a quota of deployments',
    settled,
    quota({ 'count/deployments.apps': '0' }),
    reconciled({ 'count/deployments.apps': '0' }),
    { path: deployments, body: deployment },
  ),
  control(
    'a quota of cpu',
    settled,
    quota({ 'requests.cpu': '1', 'limits.memory': '1Gi' }),
    reconciled({ 'requests.cpu': '0' }),
    account,
    { path: pods, body: pod('p') },
    { path: pods, body: pod('p', {}, { resources: { requests: { cpu: '2' }, limits: { memory: '1Mi' } } }) },
  ),
  control(
    'a quota of services',
    settled,
    quota({ services: '1', 'services.nodeports': '0', 'services.loadbalancers': '0' }),
    reconciled({ services: '0' }),
    {
      path: services,
      body: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 's' },
        spec: { type: 'NodePort', ports: [{ port: 80 }] },
      },
    },
    {
      path: services,
      body: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 's' },
        spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
      },
    },
  ),
  control(
    'a token in a secret',
    account,
    quiet({
      path: '/api/v1/namespaces/{ns}/secrets',
      body: {
        apiVersion: 'v1',
        kind: 'Secret',
        type: 'kubernetes.io/service-account-token',
        metadata: { name: 't', annotations: { 'kubernetes.io/service-account.name': 'default' } },
      },
    }),
    {
      ...(at(
        '/api/v1/namespaces/{ns}/secrets/t',
        (body) => 'token' in (((body as Fields).data ?? {}) as object),
      ) as Step),
      view: (body) => {
        const {
          data = {},
          metadata,
          type,
        } = body as { data?: { [key: string]: string }; metadata: Fields; type: string };
        const claims = JSON.parse(
          Buffer.from(
            Buffer.from(data.token ?? '', 'base64')
              .toString()
              .split('.')[1] ?? '',
            'base64url',
          ).toString() || '{}',
        ) as Fields;
        return {
          type,
          keys: Object.keys(data).sort(),
          namespace: Buffer.from(data.namespace ?? '', 'base64').toString(),
          annotations: metadata.annotations,
          labels: metadata.labels,
          claims,
          managers: ((metadata.managedFields ?? []) as Fields[]).map((entry) => [entry.manager, entry.fieldsV1]),
        };
      },
    },
  ),
  control(
    'a token of nobody',
    account,
    quiet({
      path: '/api/v1/namespaces/{ns}/secrets',
      body: {
        apiVersion: 'v1',
        kind: 'Secret',
        type: 'kubernetes.io/service-account-token',
        metadata: { name: 't', annotations: { 'kubernetes.io/service-account.name': 'nobody' } },
      },
    }),
    { path: '/api/v1/namespaces/{ns}/secrets/t', until: (answer) => answer.code === 404 },
  ),
  control('who made a namespace', { path: '/api/v1/namespaces/{ns}' }),
  control('an account as it comes', { ...account, quiet: false }),
  control('an authority as it comes', { path: `${maps}/kube-root-ca.crt`, until: (answer) => answer.code === 200 }),
  control(
    'an authority is put back',
    quiet({ path: `${maps}/kube-root-ca.crt`, until: (answer) => answer.code === 200 }),
    quiet(patch(`${maps}/kube-root-ca.crt`, { data: { 'ca.crt': 'x', other: 'y' } })),
    {
      path: `${maps}/kube-root-ca.crt`,
      until: (answer) => !JSON.stringify(answer.body).includes('"ca.crt":"x"'),
      view: (body) => Object.keys((body as { data: Fields }).data),
    },
  ),
  ...['v1.apps', 'v1.', 'v1.conformance.example.com', 'v1.rbac.authorization.k8s.io', 'v2.autoscaling'].map((name) =>
    control(`API service ${name}`, {
      path: `/apis/apiregistration.k8s.io/v1/apiservices/${name}`,
      until: (answer) => answer.code === 200,
    }),
  ),
  control('API services as a table', {
    path: '/apis/apiregistration.k8s.io/v1/apiservices',
    headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
    view: (body) =>
      (body as { rows: { cells: unknown[] }[] }).rows
        .map((row) => row.cells.slice(0, 3))
        .filter(([name]) => !/example|zoo/.test(String(name))),
  }),
  control('an API service of one who has no service', {
    path: '/apis/apiregistration.k8s.io/v1/apiservices?dryRun=All',
    body: {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1.x.example.com' },
      spec: {
        group: 'x.example.com',
        version: 'v1',
        groupPriorityMinimum: 100,
        versionPriority: 100,
        service: { name: 's', namespace: '{ns}' },
        insecureSkipTLSVerify: true,
      },
    },
  }),
  control('an API service that is deleted', remove('/apis/apiregistration.k8s.io/v1/apiservices/v1.batch?dryRun=All')),
  control('the range of services', { path: '/apis/networking.k8s.io/v1/servicecidrs/kubernetes' }),
  control('the address of the API', { path: '/apis/networking.k8s.io/v1/ipaddresses/10.0.0.1' }),
  control(
    'an address of a service',
    quiet({
      path: services,
      body: { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { ports: [{ port: 80 }] } },
      keep: { ip: 'spec.clusterIP' },
    }),
    {
      path: '/apis/networking.k8s.io/v1/ipaddresses/{ip}',
      view: (body) => ({ labels: (body as { metadata: Fields }).metadata.labels, spec: (body as Fields).spec }),
    },
    quiet(remove(`${services}/s`)),
    { path: '/apis/networking.k8s.io/v1/ipaddresses/{ip}', view: (body) => (body as Fields).code },
  ),
  ...['exempt', 'catch-all', 'global-default', 'system-nodes'].map((name) =>
    control(`flow schema ${name}`, { path: `/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas/${name}` }),
  ),
  ...['exempt', 'catch-all', 'workload-low'].map((name) =>
    control(`priority level ${name}`, {
      path: `/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations/${name}`,
    }),
  ),
  ...['system-cluster-critical', 'system-node-critical'].map((name) =>
    control(
      `priority class ${name}`,
      { path: `/apis/scheduling.k8s.io/v1/priorityclasses/${name}` },
      remove(`/apis/scheduling.k8s.io/v1/priorityclasses/${name}?dryRun=All`),
    ),
  ),
  ...[
    'extension-apiserver-authentication',
    'kube-apiserver-legacy-service-account-token-tracking',
    'kube-root-ca.crt',
    'cluster-info',
  ].map((name) =>
    control(`what kube-system has: ${name}`, {
      path: `/api/v1/namespaces/kube-system/configmaps/${name}`,
      view: (body) => ({ ...(body as object), data: Object.keys(((body as Fields).data ?? {}) as object) }),
    }),
  ),
  control('the accounts of kube-system', {
    path: '/api/v1/namespaces/kube-system/serviceaccounts',
    view: (body) => (body as { items: { metadata: { name: string } }[] }).items.map((item) => item.metadata.name),
  }),
  control('what default has', {
    path: '/api/v1/namespaces/default/services/kubernetes',
    view: (body) => ({ ...(body as object), spec: { ...((body as Fields).spec as object), ports: 0 } }),
  }),
  control(
    'a namespace that must stay',
    remove('/api/v1/namespaces/kube-system'),
    remove('/api/v1/namespaces/default'),
    remove('/api/v1/namespaces/kube-public?dryRun=All'),
  ),
  control(
    'a namespace status is checked',
    patch('/api/v1/namespaces/{ns}/status', { status: { phase: 'Terminating' } }),
    patch('/api/v1/namespaces/{ns}/status', { status: { phase: 'Nope' } }),
    patch(
      '/api/v1/namespaces/{ns}/status',
      { status: { conditions: [{ type: 'X', status: 'True' }] } },
      { view: (body) => (body as Fields).status },
    ),
  ),
  control(
    'a namespace spec is kept',
    patch('/api/v1/namespaces/{ns}', { spec: { finalizers: ['a/b'] } }, { view: (body) => (body as Fields).spec }),
    {
      method: 'PUT',
      path: '/api/v1/namespaces/{ns}/finalize',
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } },
    },
    {
      method: 'PUT',
      path: '/api/v1/namespaces/{ns}/finalize',
      body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: '{ns}' }, spec: { finalizers: ['bad'] } },
    },
  ),
  ...(['Background', 'Foreground', 'Orphan'] as const).map((propagationPolicy) =>
    control(
      `two owners, ${propagationPolicy}`,
      quiet({ path: maps, body: map('a'), keep: { a: 'metadata.uid' } }),
      quiet({ path: maps, body: map('b'), keep: { b: 'metadata.uid' } }),
      quiet({
        path: maps,
        body: {
          ...map('kid'),
          metadata: {
            name: 'kid',
            ownerReferences: ['a', 'b'].map((name) => ({
              apiVersion: 'v1',
              kind: 'ConfigMap',
              name,
              uid: `{${name}}`,
            })),
          },
        },
      }),
      remove(`${maps}/a`, { propagationPolicy }),
      {
        path: `${maps}/kid`,
        until: (answer) =>
          ((answer.body as { metadata: { ownerReferences?: unknown[] } }).metadata.ownerReferences ?? []).length === 1,
        view: (body) => (body as { metadata: Fields }).metadata.ownerReferences,
      },
    ),
  ),
  control(
    'a chain',
    quiet({ path: maps, body: map('a'), keep: { a: 'metadata.uid' } }),
    quiet({
      path: maps,
      body: {
        ...map('b'),
        metadata: { name: 'b', ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: '{a}' }] },
      },
      keep: { b: 'metadata.uid' },
    }),
    quiet({
      path: widgets,
      body: {
        ...widget,
        metadata: { name: 'w', ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'b', uid: '{b}' }] },
      },
    }),
    quiet(remove(`${maps}/a`)),
    { path: `${widgets}/w`, until: (answer) => answer.code === 404 },
  ),
  control(
    'a deletion that is asked for twice',
    quiet({ path: maps, body: { ...map('a'), metadata: { name: 'a', finalizers: ['example.com/x'] } } }),
    remove(`${maps}/a`),
    remove(`${maps}/a`, { gracePeriodSeconds: 0 }),
    patch(`${maps}/a`, { metadata: { finalizers: ['example.com/x', 'example.com/y'] } }),
    patch(`${maps}/a`, { data: { changed: 'yes' } }),
    patch(`${maps}/a`, { metadata: { finalizers: null } }),
    { path: `${maps}/a` },
  ),
  control(
    'aggregated roles change',
    quiet({
      path: `${rbac}/clusterroles`,
      body: {
        apiVersion: rbacVersion,
        kind: 'ClusterRole',
        metadata: { name: '{ns}-all' },
        rules: [{ apiGroups: ['x'], resources: ['y'], verbs: ['get'] }],
        aggregationRule: { clusterRoleSelectors: [{ matchLabels: { agg: '{ns}' } }] },
      },
    }),
    quiet({
      path: `${rbac}/clusterroles`,
      body: {
        apiVersion: rbacVersion,
        kind: 'ClusterRole',
        metadata: { name: '{ns}-part', labels: { agg: '{ns}' } },
        rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
      },
    }),
    {
      path: `${rbac}/clusterroles/{ns}-all`,
      until: (answer) => JSON.stringify(answer.body).includes('"pods"'),
      view: (body) => (body as Fields).rules,
    },
    quiet(remove(`${rbac}/clusterroles/{ns}-part`)),
    {
      path: `${rbac}/clusterroles/{ns}-all`,
      until: (answer) => !JSON.stringify((answer.body as Fields).rules ?? null).includes('"pods"'),
      view: (body) => (body as Fields).rules ?? null,
    },
  ),
];

export const rightProbes: readonly Case[] = [...whoMay, ...combined, ...managers];
