/** Probes of access: who one is, what one may, and what the refusals say. */
import type { Case, Step } from './harness.ts';
import { type Fields, merge, quiet } from './steps.ts';

type Headers = { readonly [name: string]: string };
const one = (name: string, ...steps: Step[]): Case => ({ area: 'probes-access', name, steps });
export const maps = '/api/v1/namespaces/{ns}/configmaps';
export const rbac = '/apis/rbac.authorization.k8s.io/v1';
const apiVersion = 'rbac.authorization.k8s.io/v1';
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
/** Identifiers of tokens differ from run to run. */
const secretMap = (name: string, kind: string): Step =>
  quiet({
    path: `/api/v1/namespaces/{ns}/${kind}`,
    body: {
      apiVersion: 'v1',
      kind: kind === 'secrets' ? 'Secret' : 'Pod',
      metadata: { name },
      ...(kind === 'secrets'
        ? {}
        : { spec: { serviceAccountName: 'default', containers: [{ name: 'c', image: 'x' }] } }),
    },
    keep: { obj: 'metadata.uid' },
  });
const claims = (body: unknown): unknown => {
  const text = (body as { status?: { token?: string } }).status?.token;
  if (text === undefined) return body;
  const { exp, iat, nbf, jti, iss, aud, sub, ...rest } = JSON.parse(
    Buffer.from(text.split('.')[1] ?? '', 'base64url').toString(),
  ) as Fields;
  return { lives: Number(exp) - Number(iat), same: iat === nbf, jti: typeof jti, iss, aud, sub, rest };
};
const tokenCases: Case[] = [
  one('token: whoami', account, token(), { ...self, ...bearer('{tok}') }),
  one('token: its claims', account, { ...request(), view: claims }),
  one('token: claims of an hour', account, { ...request({ expirationSeconds: 3600 }), view: claims }),
  one('token: claims of audiences', account, { ...request({ audiences: ['a', 'b'] }), view: claims }),
  one('token: claims of a pod', account, secretMap('p', 'pods'), {
    ...request({ boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'p' } }),
    view: claims,
  }),
  one(
    'token: whoami by a pod',
    account,
    secretMap('p', 'pods'),
    token({ boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: '{obj}' } }),
    { ...self, ...bearer('{tok}') },
  ),
  one(
    'token: review by a pod',
    account,
    secretMap('p', 'pods'),
    token({ boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'p' } }),
    review({ token: '{tok}' }),
  ),
  one('token: claims of a secret', account, secretMap('s', 'secrets'), {
    ...request({ boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name: 's' } }),
    view: claims,
  }),
  one(
    'token: bound to another uid',
    account,
    secretMap('s', 'secrets'),
    request({ boundObjectRef: { apiVersion: 'v1', kind: 'Secret', name: 's', uid: 'wrong' } }),
  ),
  one(
    'token: bound to another kind',
    account,
    request({ boundObjectRef: { apiVersion: 'v1', kind: 'ConfigMap', name: 's' } }),
  ),
  one(
    'token: bound to another version',
    account,
    request({ boundObjectRef: { apiVersion: 'v2', kind: 'Secret', name: 's' } }),
  ),
  one('token: bound to nothing', account, request({ boundObjectRef: {} })),
  one(
    'token: bound to a missing pod',
    account,
    request({ boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'none' } }),
  ),
  one(
    'token: bound to a missing node',
    account,
    request({ boundObjectRef: { apiVersion: 'v1', kind: 'Node', name: 'none' } }),
  ),
  one(
    'token: bound to a pod of another account',
    account,
    quiet({
      path: '/api/v1/namespaces/{ns}/serviceaccounts',
      body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'other' } },
    }),
    secretMap('p', 'pods'),
    request(
      { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'p' } },
      '/api/v1/namespaces/{ns}/serviceaccounts/other/token',
    ),
  ),
  ...[0, 1, 599, 600, 601, 86400, 315360000, 4294967296, 4294967297, -1].map((expirationSeconds) =>
    one(`token: of ${expirationSeconds} seconds`, account, {
      ...request({ expirationSeconds }),
      view: (body) => ((body as { kind: string }).kind === 'Status' ? body : claims(body)),
    }),
  ),
  one('token: the answer', account, request({ expirationSeconds: 3600 })),
  one('token: a dry run', account, { ...request(), path: `${tokens}?dryRun=All` }),
  one('token: with a name', account, {
    path: tokens,
    body: {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      metadata: { name: 'x', namespace: 'y' },
      spec: {},
    },
  }),
  one('token: of another kind', account, { path: tokens, body: { apiVersion: 'v1', kind: 'ConfigMap' } }),
  one('token: without a body', account, { path: tokens, body: '' }),
  one('token: GET', account, { path: tokens }),
  one('token: PUT', account, { ...request(), method: 'PUT' }),
  one('token: an unknown field', account, { ...request({ nope: 1 }), path: `${tokens}?fieldValidation=Strict` }),
  one('token: as nobody', account, { ...request(), headers: as('jane') }),
  one('token: an empty audience', account, request({ audiences: ['', 'a'] })),
  one('review: of a token', account, token(), review({ token: '{tok}' })),
  one('review: for an audience', account, token({ audiences: ['a'] }), review({ token: '{tok}', audiences: ['a'] })),
  one(
    'review: for another audience',
    account,
    token({ audiences: ['a'] }),
    review({ token: '{tok}', audiences: ['b'] }),
  ),
  one(
    'review: for two audiences',
    account,
    token({ audiences: ['a', 'b'] }),
    review({ token: '{tok}', audiences: ['b', 'c'] }),
  ),
  one('review: without an audience', account, token({ audiences: ['a'] }), review({ token: '{tok}' })),
  one('review: of nonsense', review({ token: 'nonsense' })),
  one('review: of dots', review({ token: 'a.b.c' })),
  one('review: of a token cut short', account, token(), review({ token: '{tok}x' })),
  one('review: of nothing', review({})),
  one('review: with a status', {
    path: '/apis/authentication.k8s.io/v1/tokenreviews',
    body: {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenReview',
      metadata: { name: 'x' },
      spec: { token: 'x' },
      status: { authenticated: true },
    },
  }),
  one('review: as nobody', { ...review({ token: 'x' }), headers: as('jane') }),
  one('review: dry run', { ...review({ token: 'x' }), path: '/apis/authentication.k8s.io/v1/tokenreviews?dryRun=All' }),
  one('review: GET', { path: '/apis/authentication.k8s.io/v1/tokenreviews' }),
  one('review: as a table', {
    ...review({ token: 'x' }),
    headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' },
  }),
  one('token: of another audience as a credential', account, token({ audiences: ['a'] }), {
    path: maps,
    ...bearer('{tok}'),
  }),
  one(
    'token: may read nothing',
    account,
    token(),
    { path: maps, ...bearer('{tok}') },
    { path: '/api/v1/nodes', ...bearer('{tok}') },
    { path: '/metrics', ...bearer('{tok}') },
    { path: '/api', ...bearer('{tok}') },
  ),
  one(
    'token: may read what is granted',
    account,
    quiet({
      path: `${rbac}/namespaces/{ns}/rolebindings`,
      body: {
        apiVersion,
        kind: 'RoleBinding',
        metadata: { name: 'b' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
        subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: '{ns}' }],
      },
    }),
    token(),
    { path: `${maps}/none`, ...bearer('{tok}'), until: (answer) => answer.code === 404 },
    { path: '/api/v1/namespaces/{ns}/secrets', ...bearer('{tok}') },
  ),
  one(
    'token: may read what its group is granted',
    account,
    quiet({
      path: `${rbac}/namespaces/{ns}/rolebindings`,
      body: {
        apiVersion,
        kind: 'RoleBinding',
        metadata: { name: 'b' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
        subjects: [{ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'system:serviceaccounts:{ns}' }],
      },
    }),
    token(),
    { path: `${maps}/none`, ...bearer('{tok}'), until: (answer) => answer.code === 404 },
  ),
];

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
const credentials: Case[] = [
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
const asWho: Case[] = [
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

// Reviews

const reviews = '/apis/authorization.k8s.io/v1';
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
const rights: readonly Fields[] = [
  { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'] },
  { apiGroups: ['apps'], resources: ['deployments/scale'], verbs: ['*'] },
  { apiGroups: [''], resources: ['secrets'], resourceNames: ['one'], verbs: ['get'] },
  { apiGroups: ['*'], resources: ['*/status'], verbs: ['patch'] },
];
export const granted = [
  ...grant(user(jane), rights),
  allowed({ user: jane, resourceAttributes: { namespace: '{ns}', verb: 'get', resource: 'configmaps' } }),
];
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
const reviewing: Case[] = [
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
const escalation: Case[] = [
  ...(
    [
      ['what one has', [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }]],
      ['another verb', [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'delete', 'watch'] }]],
      ['another resource', [{ apiGroups: [''], resources: ['pods', 'secrets'], verbs: ['get'] }]],
      [
        'several rules',
        [
          { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
          { apiGroups: ['apps'], resources: ['deployments'], verbs: ['list'] },
        ],
      ],
      ['stars', [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]],
      ['names', [{ apiGroups: [''], resources: ['secrets'], resourceNames: ['one'], verbs: ['get'] }]],
      ['other names', [{ apiGroups: [''], resources: ['secrets'], resourceNames: ['two', 'three'], verbs: ['get'] }]],
      ['all names', [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }]],
      ['subresources', [{ apiGroups: ['apps'], resources: ['deployments/scale'], verbs: ['patch'] }]],
      ['two groups', [{ apiGroups: ['', 'apps'], resources: ['pods'], verbs: ['get'] }]],
      ['nothing', []],
    ] as [string, Fields[]][]
  ).map(([name, rules]) => one(`escalate: ${name}`, ...author, role(rules))),
  one('escalate: an update', ...author, quiet(role([], 'more')), {
    method: 'PUT',
    ...role([{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]),
    path: `${rbac}/namespaces/{ns}/roles/more`,
  }),
  one('escalate: a patch', ...author, quiet(role([], 'more')), {
    method: 'PATCH',
    path: `${rbac}/namespaces/{ns}/roles/more`,
    body: { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] },
    type: merge,
    headers: as(jane),
  }),
  one('escalate: an apply', ...author, {
    method: 'PATCH',
    path: `${rbac}/namespaces/{ns}/roles/more?fieldManager=x`,
    body: {
      apiVersion,
      kind: 'Role',
      metadata: { name: 'more' },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
    },
    type: 'application/apply-patch+yaml',
    headers: as(jane),
  }),
  one(
    'escalate: metadata alone',
    ...author,
    quiet({ ...role([{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]), headers: {} }),
    {
      method: 'PATCH',
      path: `${rbac}/namespaces/{ns}/roles/more`,
      body: { metadata: { labels: { x: 'y' } } },
      type: merge,
      headers: as(jane),
    },
  ),
  one('bind: a role one has not', ...author, bind({ kind: 'ClusterRole', name: 'view' })),
  one('bind: a role with all', ...author, bind({ kind: 'ClusterRole', name: 'cluster-admin' })),
  one('bind: a role that is missing', ...author, bind({ kind: 'Role', name: 'none' })),
  one('bind: a cluster role that is missing', ...author, bind({ kind: 'ClusterRole', name: 'none' })),
  one(
    'bind: what one has',
    ...author,
    quiet(role([{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }])),
    bind({ kind: 'Role', name: 'more' }),
  ),
  one(
    'bind: with the right to bind',
    ...grant(user(jane), [
      { apiGroups: ['rbac.authorization.k8s.io'], resources: ['rolebindings'], verbs: ['create'] },
      {
        apiGroups: ['rbac.authorization.k8s.io'],
        resources: ['clusterroles'],
        resourceNames: ['view'],
        verbs: ['bind'],
      },
    ]),
    allowed({
      user: jane,
      resourceAttributes: {
        namespace: '{ns}',
        verb: 'create',
        group: 'rbac.authorization.k8s.io',
        resource: 'rolebindings',
      },
    }),
    bind({ kind: 'ClusterRole', name: 'view' }),
    bind({ kind: 'ClusterRole', name: 'edit' }),
  ),
  one(
    'escalate: with the right to',
    ...grant(user(jane), [
      { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'], verbs: ['create', 'escalate'] },
    ]),
    allowed({
      user: jane,
      resourceAttributes: { namespace: '{ns}', verb: 'create', group: 'rbac.authorization.k8s.io', resource: 'roles' },
    }),
    role([{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]),
  ),
  one('bind: another role', quiet(bind({ kind: 'ClusterRole', name: 'view' }, {}, {})), {
    method: 'PATCH',
    path: `${rbac}/namespaces/{ns}/rolebindings/bound`,
    body: { roleRef: { name: 'edit' } },
    type: merge,
  }),
  one('bind: other subjects', ...author, quiet(bind({ kind: 'ClusterRole', name: 'view' }, {}, {})), {
    method: 'PATCH',
    path: `${rbac}/namespaces/{ns}/rolebindings/bound`,
    body: { subjects: [user('y')] },
    type: merge,
    headers: as(jane),
  }),
  ...(
    [
      ['no subjects', { subjects: [] }],
      ['a subject without a kind', { subjects: [{ name: 'x' }] }],
      ['a subject of an unknown kind', { subjects: [{ kind: 'Robot', name: 'x' }] }],
      ['a subject without a name', { subjects: [{ kind: 'User', name: '' }] }],
      ['an account without a namespace', { subjects: [{ kind: 'ServiceAccount', name: 'x' }] }],
      [
        'an account with a group',
        { subjects: [{ kind: 'ServiceAccount', name: 'x', namespace: 'y', apiGroup: 'rbac.authorization.k8s.io' }] },
      ],
      ['a user with a bad group', { subjects: [{ kind: 'User', name: 'x', apiGroup: 'v1' }] }],
      ['an account with a bad name', { subjects: [{ kind: 'ServiceAccount', name: 'A_', namespace: 'y' }] }],
    ] as [string, Fields][]
  ).map(([name, more]) => one(`binding: ${name}`, bind({ kind: 'ClusterRole', name: 'view' }, more, {}))),
  one('binding: an unknown kind of role', bind({ kind: 'Robot', name: 'x' }, {}, {})),
  one('binding: no name of a role', bind({ kind: 'Role', name: '' }, {}, {})),
  one('binding: a bad group of a role', bind({ kind: 'Role', name: 'x', apiGroup: 'x' }, {}, {})),
  ...(
    [
      ['no verbs', [{ apiGroups: [''], resources: ['pods'], verbs: [] }]],
      ['no resources', [{ apiGroups: [''], verbs: ['get'] }]],
      ['no groups', [{ resources: ['pods'], verbs: ['get'] }]],
      ['paths', [{ nonResourceURLs: ['/x'], verbs: ['get'] }]],
      ['paths and resources', [{ nonResourceURLs: ['/x'], apiGroups: [''], resources: ['pods'], verbs: ['get'] }]],
      ['nothing', [{}]],
    ] as [string, Fields[]][]
  ).flatMap(([name, rules]) => [
    one(`role: ${name}`, { ...role(rules), headers: {} }),
    one(`cluster role: ${name}`, {
      path: `${rbac}/clusterroles?dryRun=All`,
      body: { apiVersion, kind: 'ClusterRole', metadata: { name: '{ns}' }, rules },
    }),
  ]),
  ...(
    [
      ['an empty selector', { clusterRoleSelectors: [] }],
      ['a bad selector', { clusterRoleSelectors: [{ matchLabels: { 'a b': 'c' } }] }],
      ['all', { clusterRoleSelectors: [{}] }],
    ] as [string, Fields][]
  ).map(([name, aggregationRule]) =>
    one(`aggregation: ${name}`, {
      path: `${rbac}/clusterroles?dryRun=All`,
      body: { apiVersion, kind: 'ClusterRole', metadata: { name: '{ns}' }, aggregationRule, rules: [] },
    }),
  ),
  one(
    'aggregation: as one who may not',
    quiet({
      path: `${rbac}/clusterroles`,
      body: {
        apiVersion,
        kind: 'ClusterRole',
        metadata: { name: '{ns}-r' },
        rules: [{ apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'], verbs: ['create'] }],
      },
    }),
    quiet({
      path: `${rbac}/clusterrolebindings`,
      body: {
        apiVersion,
        kind: 'ClusterRoleBinding',
        metadata: { name: '{ns}-r' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: '{ns}-r' },
        subjects: [user(jane)],
      },
    }),
    allowed({
      user: jane,
      resourceAttributes: { verb: 'create', group: 'rbac.authorization.k8s.io', resource: 'clusterroles' },
    }),
    {
      path: `${rbac}/clusterroles`,
      body: {
        apiVersion,
        kind: 'ClusterRole',
        metadata: { name: '{ns}-agg' },
        aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] },
      },
      headers: as(jane),
    },
  ),
];

// Refusals by verb and path

const w = '/apis/conformance.example.com/v1/namespaces/{ns}/widgets';
const refused: Case[] = (
  [
    ['GET', maps],
    ['GET', `${maps}/a`],
    ['GET', '/api/v1/configmaps'],
    ['GET', `${maps}?watch=1`],
    ['GET', `${maps}?fieldSelector=metadata.name%3Da`],
    ['GET', `${maps}?limit=1&labelSelector=a%3Db`],
    ['POST', maps],
    ['PUT', `${maps}/a`],
    ['PATCH', `${maps}/a`],
    ['DELETE', `${maps}/a`],
    ['DELETE', maps],
    ['HEAD', `${maps}/a`],
    ['OPTIONS', maps],
    ['TRACE', maps],
    ['GET', '/api/v1/namespaces'],
    ['GET', '/api/v1/namespaces/{ns}'],
    ['DELETE', '/api/v1/namespaces/{ns}'],
    ['PUT', '/api/v1/namespaces/{ns}/finalize'],
    ['GET', '/api/v1/nodes/n/status'],
    ['GET', '/api/v1/namespaces/{ns}/pods/p/log'],
    ['POST', '/api/v1/namespaces/{ns}/pods/p/exec'],
    ['GET', '/api/v1/namespaces/{ns}/pods/p/exec'],
    ['POST', '/api/v1/namespaces/{ns}/pods/p/eviction'],
    ['POST', '/api/v1/namespaces/{ns}/pods/p/binding'],
    ['GET', '/api/v1/namespaces/{ns}/services/http:s:80/proxy/x/y'],
    ['GET', '/api/v1/nodes/n/proxy/metrics'],
    ['GET', w],
    ['GET', `${w}/a`],
    ['PATCH', `${w}/a/status`],
    ['GET', `${w}/a/scale`],
    ['POST', w],
    ['GET', '/apis/conformance.example.com/v1/gadgets'],
    ['GET', '/apis/conformance.example.com/v1/gadgets/x'],
    ['GET', '/apis/nope.example.com/v1/nopes/x'],
    ['GET', '/apis/nope.example.com/v1/namespaces/{ns}/nopes/x/y'],
    ['GET', '/metrics'],
    ['POST', '/healthz'],
    ['GET', '/logs/x'],
    ['GET', '/'],
    ['GET', '/apis/apps/v1'],
    ['POST', '/apis/apps/v1'],
    ['GET', '/debug/pprof/'],
    ['GET', '/api/v1/watch/configmaps'],
    ['GET', '/api/v1/watch/namespaces/{ns}/configmaps/a'],
    ['POST', '/apis/authentication.k8s.io/v1/tokenreviews'],
    ['POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews'],
    ['POST', '/apis/authorization.k8s.io/v1/namespaces/{ns}/localsubjectaccessreviews'],
    ['POST', '/apis/certificates.k8s.io/v1/certificatesigningrequests'],
    ['PUT', '/apis/certificates.k8s.io/v1/certificatesigningrequests/x/approval'],
  ] as [string, string][]
).map(([method, path]) =>
  one(`forbidden: ${method} ${path}`, {
    method,
    path,
    headers: as('nobody'),
    ...(['POST', 'PUT', 'PATCH'].includes(method) ? { body: {}, ...(method === 'PATCH' ? { type: merge } : {}) } : {}),
    view: (body) => (path === '/apis/apps/v1' && method === 'GET' ? typeof body : body),
  }),
);

export const accessProbes: readonly Case[] = [
  ...tokenCases,
  ...credentials,
  ...asWho,
  ...reviewing,
  ...escalation,
  ...refused,
];
