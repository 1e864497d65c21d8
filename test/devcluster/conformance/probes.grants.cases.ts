/** Probes of access: what roles grant, reviews, impersonation, tokens. */
import type { Case, Step } from './harness.ts';
import { aMap, map, maps, patched, podSpec, role, roleBinding, selector, template } from './probes.things.ts';
import {
  applied,
  at,
  casesOf,
  code,
  create,
  type Fields,
  includes,
  inNamespace,
  merge,
  ofGroup,
  pick,
  quiet,
  read,
  remove,
  replace,
} from './steps.ts';

const kindOf = (body: unknown): unknown => (at(body, 'kind') === 'Status' ? body : at(body, 'kind'));
const one = casesOf('probes-access', 'asked: ');
const rb = '/apis/rbac.authorization.k8s.io/v1',
  rn = `${rb}/namespaces/{ns}`;
const user = (name: string) => ({ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name });
const as = (name: string, step: Step, more: NonNullable<Step['headers']> = {}): Step => ({
  ...step,
  headers: { ...step.headers, 'impersonate-user': name, ...more },
});
const rule = (verbs: string[], resources: string[], more: Fields = {}) => ({
  apiGroups: [''],
  resources,
  verbs,
  ...more,
});
const may = (rules: readonly Fields[], name = 'jane'): Step[] => [
  quiet(create(`${rn}/roles`, role('r', rules))),
  quiet(create(`${rn}/rolebindings`, roleBinding('r', { kind: 'Role', name: 'r' }, user(name)))),
  {
    ...as(name, {
      path: '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
      body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace: '{ns}' } },
    }),
    until: includes(JSON.stringify(rules[0]?.resources)),
    quiet: true,
  },
];
const sar = (spec: Fields, kind = 'SubjectAccessReview') => ({
  path: `/apis/authorization.k8s.io/v1/${kind.toLowerCase()}s`,
  body: { apiVersion: 'authorization.k8s.io/v1', kind, spec },
});
const ra = (more: Fields): Fields => ({
  resourceAttributes: { namespace: '{ns}', verb: 'get', resource: 'pods', ...more },
});
const sa = (name: string) =>
  quiet(create(`${inNamespace}/serviceaccounts`, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } }));
const tr = (spec: Fields, name = 'sa'): Step =>
  create(`${inNamespace}/serviceaccounts/${name}/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec,
  });
const tk = (spec: Fields = {}): Step => ({ ...tr(spec), quiet: true, keep: { tok: 'status.token' } });
export const grantProbes: readonly Case[] = [
  one(
    'forbidden messages',
    as('nobody', read(maps)),
    as('nobody', read(aMap)),
    as('nobody', create(maps, map())),
    as('nobody', replace(aMap, map())),
    as('nobody', patched(aMap, {})),
    as('nobody', remove(aMap)),
    as('nobody', remove(maps)),
    as('nobody', read('/api/v1/nodes')),
    as('nobody', read('/api/v1/nodes/x')),
    as('nobody', read(`${ofGroup('apps/v1')}/deployments/x/scale`)),
    as('nobody', read(`${inNamespace}/pods/x/log`)),
    as('nobody', create(`${inNamespace}/pods/x/exec`, {})),
    as('nobody', { path: `${maps}?watch=1` }),
    as('nobody', read('/metrics')),
    as('nobody', read('/healthz')),
    as('nobody', read('/apis/nope.io/v1/things')),
    as('nobody', read('/nope')),
    as('nobody', read('/api/v1/namespaces/{ns}')),
    as('nobody', create('/api/v1/namespaces', { metadata: { name: 'x' } })),
  ),
  one(
    'anonymous',
    { ...read(maps), anonymous: true },
    { ...read('/healthz'), anonymous: true },
    { ...read('/version'), anonymous: true },
    { ...read('/api'), anonymous: true },
    { ...read('/apis'), anonymous: true },
    { ...read('/openapi/v2'), anonymous: true, view: (body) => at(body, 'code') ?? 'document' },
    { ...read('/livez'), anonymous: true },
    { ...read('/readyz'), anonymous: true },
    { ...read('/metrics'), anonymous: true },
    { ...read('/'), anonymous: true },
  ),
  one(
    'bad credentials',
    { path: maps, headers: { authorization: 'Bearer nope' }, anonymous: true },
    { path: maps, headers: { authorization: 'Basic YTpi' }, anonymous: true },
    { path: maps, headers: { authorization: 'Bearer ' }, anonymous: true },
    { path: maps, headers: { authorization: 'bearer a.b.c' }, anonymous: true },
  ),
  one(
    'by name',
    ...may([rule(['get', 'update', 'delete'], ['configmaps'], { resourceNames: ['a'] })]),
    quiet(create(maps, map())),
    as('jane', read(aMap)),
    as('jane', read(`${maps}/b`)),
    as('jane', read(maps)),
    as('jane', read(`${maps}?fieldSelector=metadata.name%3Da`)),
    as('jane', create(maps, map('a'))),
    as('jane', remove(maps)),
  ),
  one(
    'list by name through a field selector',
    ...may([rule(['list', 'watch'], ['configmaps'], { resourceNames: ['a'] })]),
    quiet(create(maps, map())),
    as('jane', { path: `${maps}?fieldSelector=metadata.name%3Da`, view: pick('items.*.metadata.name') }),
    as('jane', {
      path: `${maps}?fieldSelector=metadata.name%3Da,metadata.namespace%3D{ns}`,
      view: pick('items.*.metadata.name'),
    }),
    as('jane', read(`${maps}?fieldSelector=metadata.name%3Db`)),
  ),
  one(
    'subresources',
    ...may([
      rule(['get'], ['pods']),
      rule(['get', 'update', 'patch'], ['deployments/scale'], { apiGroups: ['apps'] }),
      rule(['get'], ['*/status'], { apiGroups: ['apps'] }),
    ]),
    quiet(
      create(`${ofGroup('apps/v1')}/deployments`, {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'd' },
        spec: { selector: selector, template: template },
      }),
    ),
    as('jane', read(`${ofGroup('apps/v1')}/deployments/d`)),
    as('jane', { ...read(`${ofGroup('apps/v1')}/deployments/d/scale`), view: kindOf }),
    as('jane', {
      ...patched(`${ofGroup('apps/v1')}/deployments/d/scale`, { spec: { replicas: 2 } }),
      view: pick('spec'),
    }),
    as('jane', { ...read(`${ofGroup('apps/v1')}/deployments/d/status`), view: kindOf }),
    as('jane', read(`${inNamespace}/pods/p/log`)),
    as('jane', read(`${inNamespace}/pods/p`)),
  ),
  one(
    'apply needs patch and create',
    ...may([rule(['patch'], ['configmaps'])]),
    as('jane', applied(aMap, map())),
    quiet(create(maps, map())),
    as('jane', { ...applied(aMap, map('a', { z: '1' })), view: pick('data') }),
    as('jane', replace(aMap, map())),
    as('jane', { method: 'PATCH', path: aMap, body: {}, type: merge, view: kindOf }),
  ),
  one(
    'update that creates',
    ...may([rule(['update'], ['leases'], { apiGroups: ['coordination.k8s.io'] })]),
    as('jane', {
      method: 'PUT',
      path: `${ofGroup('coordination.k8s.io/v1')}/leases/l`,
      body: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'l' }, spec: {} },
    }),
  ),
  one(
    'escalation by a role',
    ...may([
      rule(['*'], ['roles', 'rolebindings'], { apiGroups: ['rbac.authorization.k8s.io'] }),
      rule(['get', 'list'], ['pods']),
    ]),
    as('jane', create(`${rn}/roles`, role('ok', [rule(['get'], ['pods'])]))),
    as('jane', create(`${rn}/roles`, role('no', [rule(['get', 'delete'], ['pods', 'secrets'])]))),
    as('jane', create(`${rn}/roles`, role('no2', [rule(['*'], ['*'], { apiGroups: ['*'] })]))),
    as('jane', patched(`${rn}/roles/ok`, { rules: [rule(['get', 'watch'], ['pods'])] })),
    as('jane', patched(`${rn}/roles/ok`, { metadata: { labels: { a: 'b' } } })),
    as('jane', create(`${rn}/roles`, role('n3', [rule(['get'], ['pods'], { resourceNames: ['x'] })]))),
  ),
  one(
    'escalation by a binding',
    // Made before what is waited for: whoever sees the one has seen the other.
    quiet(create(`${rn}/roles`, role('ok', [rule(['get'], ['secrets'])]))),
    quiet(create(`${rn}/roles`, role('no', [rule(['get'], ['secrets'])]))),
    ...may([
      rule(['*'], ['rolebindings'], { apiGroups: ['rbac.authorization.k8s.io'] }),
      rule(['bind'], ['roles'], { apiGroups: ['rbac.authorization.k8s.io'], resourceNames: ['ok'] }),
    ]),
    as('jane', create(`${rn}/rolebindings`, roleBinding('b1', { kind: 'Role', name: 'ok' }, user('joe')))),
    as('jane', create(`${rn}/rolebindings`, roleBinding('b2', { kind: 'Role', name: 'no' }, user('joe')))),
    as('jane', create(`${rn}/rolebindings`, roleBinding('b3', { kind: 'ClusterRole', name: 'view' }, user('joe')))),
    as(
      'jane',
      create(`${rn}/rolebindings`, roleBinding('b4', { kind: 'ClusterRole', name: 'missing-{ns}' }, user('joe'))),
    ),
    as('jane', patched(`${rn}/rolebindings/b1`, { subjects: [user('jim')] })),
  ),
  one(
    'escalate verb',
    ...may([
      rule(['create', 'escalate', 'update', 'patch', 'get'], ['roles'], { apiGroups: ['rbac.authorization.k8s.io'] }),
    ]),
    as('jane', create(`${rn}/roles`, role('x', [rule(['*'], ['secrets'])]))),
    as('jane', applied(`${rn}/roles/x`, role('x', [rule(['*'], ['*'])]))),
  ),
  one(
    'role and binding refused',
    create(`${rn}/roles`, role('a', [{ verbs: [], apiGroups: [''], resources: ['x'] }])),
    create(`${rn}/roles`, role('a', [{ verbs: ['get'], nonResourceURLs: ['/x'] }])),
    create(`${rn}/roles`, role('a', [{ verbs: ['get'] }])),
    create(`${rn}/roles`, role('a', [{ verbs: ['get'], apiGroups: [''] }])),
    create(`${rb}/clusterroles`, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'x-{ns}' },
      rules: [{ verbs: ['get'], nonResourceURLs: ['x'], resources: ['y'] }],
    }),
    create(`${rn}/rolebindings`, roleBinding('b', { kind: 'Role', name: '' }, user('x'))),
    create(`${rn}/rolebindings`, roleBinding('b', { kind: 'Thing', name: 'x' }, user('x'))),
    create(`${rn}/rolebindings`, roleBinding('b', { kind: 'Role', name: 'x', apiGroup: 'y' }, user('x'))),
    create(
      `${rn}/rolebindings`,
      roleBinding(
        'b',
        { kind: 'Role', name: 'x' },
        { kind: 'User' },
        { kind: 'ServiceAccount', name: 'a b' },
        { kind: 'Group', name: 'g', apiGroup: 'x' },
        { kind: 'Dog', name: 'd' },
        { kind: 'ServiceAccount', name: 'ok', namespace: '' },
      ),
    ),
    quiet(create(`${rn}/rolebindings`, roleBinding('c', { kind: 'Role', name: 'x' }, user('x')))),
    patched(`${rn}/rolebindings/c`, { roleRef: { name: 'y' } }),
    patched(`${rn}/rolebindings/c`, { subjects: null }),
    create(`${rb}/clusterrolebindings`, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'x-{ns}' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'x' },
      subjects: [{ kind: 'ServiceAccount', name: 'x' }],
    }),
  ),
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
  one(
    'token requests',
    sa('sa'),
    tr({}),
    tr({ audiences: ['a', 'b'], expirationSeconds: 600 }),
    tr({ expirationSeconds: 60 }),
    tr({ expirationSeconds: 4294967296 + 1 }),
    tr({ boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'nope' } }),
    tr({ boundObjectRef: { kind: 'ConfigMap', apiVersion: 'v1', name: 'nope' } }),
    tr({ boundObjectRef: { kind: 'Secret', apiVersion: 'v1', name: 'nope', uid: 'x' } }),
    tr({}, 'missing'),
    read(`${inNamespace}/serviceaccounts/sa/token`),
    { path: `${inNamespace}/serviceaccounts/sa/token`, body: {} },
    {
      path: `${inNamespace}/serviceaccounts/sa/token?dryRun=All`,
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
    },
    {
      path: `${inNamespace}/serviceaccounts/sa/token`,
      body: {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        metadata: { name: 'other', namespace: 'other' },
        spec: {},
      },
    },
  ),
  one(
    'a token at work',
    sa('sa'),
    tk(),
    {
      path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
      headers: { authorization: 'Bearer {tok}' },
      anonymous: true,
      view: pick('status.userInfo.username', 'status.userInfo.groups'),
    },
    { path: maps, headers: { authorization: 'Bearer {tok}' }, anonymous: true },
    quiet(
      create(
        `${rn}/rolebindings`,
        roleBinding(
          'v',
          { kind: 'ClusterRole', name: 'view' },
          { kind: 'ServiceAccount', name: 'sa', namespace: '{ns}' },
        ),
      ),
    ),
    { path: maps, headers: { authorization: 'Bearer {tok}' }, anonymous: true, until: code(200), view: kindOf },
    { path: `${inNamespace}/secrets`, headers: { authorization: 'Bearer {tok}' }, anonymous: true },
    quiet(remove(`${inNamespace}/serviceaccounts/sa`)),
    { path: maps, headers: { authorization: 'Bearer {tok}' }, anonymous: true, until: code(401) },
  ),
  one(
    'token reviews',
    sa('sa'),
    tk({ audiences: ['x'] }),
    {
      path: '/apis/authentication.k8s.io/v1/tokenreviews',
      body: {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenReview',
        spec: { token: '{tok}', audiences: ['x', 'y'] },
      },
      view: pick('status.authenticated', 'status.audiences', 'status.user.username', 'status.user.groups'),
    },
    {
      path: '/apis/authentication.k8s.io/v1/tokenreviews',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token: '{tok}' } },
      view: pick('status'),
    },
    {
      path: '/apis/authentication.k8s.io/v1/tokenreviews',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token: 'garbage' } },
      view: pick('status'),
    },
    {
      path: '/apis/authentication.k8s.io/v1/tokenreviews',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: {} },
    },
    {
      path: '/apis/authentication.k8s.io/v1/tokenreviews',
      body: {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenReview',
        metadata: { name: 'x' },
        spec: { token: 'a.b.c' },
      },
    },
  ),
  one(
    'a token bound to a pod',
    sa('sa'),
    quiet({
      ...create(`${inNamespace}/pods`, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'p' },
        spec: { ...podSpec, serviceAccountName: 'sa', automountServiceAccountToken: false },
      }),
      keep: { u: 'metadata.uid' },
    }),
    tk({ boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p' } }),
    {
      path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
      headers: { authorization: 'Bearer {tok}' },
      anonymous: true,
      view: (body) => ({
        ...(at(body, 'status.userInfo.extra') as Fields),
        'authentication.kubernetes.io/credential-id': 1,
      }),
    },
    tr({ boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p', uid: 'other' } }),
    quiet(remove(`${inNamespace}/pods/p?gracePeriodSeconds=0`)),
    { path: maps, headers: { authorization: 'Bearer {tok}' }, anonymous: true, until: code(401) },
  ),
  one(
    'groups of everybody',
    quiet(
      create(
        `${rn}/rolebindings`,
        roleBinding(
          'g',
          { kind: 'ClusterRole', name: 'view' },
          { kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'system:serviceaccounts:{ns}' },
          { kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'team' },
        ),
      ),
    ),
    as('x', { ...read(maps), until: code(200), view: kindOf }, { 'impersonate-group': 'team' }),
    as('system:serviceaccount:{ns}:foo', { ...read(maps), view: kindOf }),
    as('system:serviceaccount:other:foo', read(maps)),
  ),
  one(
    'may impersonate',
    quiet(
      create(`${rb}/clusterroles`, {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: 'imp-{ns}' },
        rules: [{ apiGroups: [''], resources: ['users'], verbs: ['impersonate'], resourceNames: ['target'] }],
      }),
    ),
    quiet(
      create(`${rb}/clusterrolebindings`, {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name: 'imp-{ns}' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'imp-{ns}' },
        subjects: [{ kind: 'ServiceAccount', name: 'sa', namespace: '{ns}' }],
      }),
    ),
    sa('sa'),
    tk(),
    {
      path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
      headers: { authorization: 'Bearer {tok}', 'impersonate-user': 'target' },
      anonymous: true,
      until: code(201),
    },
    ...(
      [
        { 'impersonate-user': 'other' },
        { 'impersonate-user': 'target', 'impersonate-group': 'g' },
        { 'impersonate-user': 'target', 'impersonate-uid': 'g' },
        { 'impersonate-user': 'target', 'impersonate-extra-foo': 'g' },
        { 'impersonate-user': 'system:serviceaccount:a:b' },
      ] as NonNullable<Step['headers']>[]
    ).map((h) => ({ path: maps, headers: { authorization: 'Bearer {tok}', ...h }, anonymous: true })),
  ),
  one(
    'system:masters',
    { path: maps, headers: { 'impersonate-user': 'z', 'impersonate-group': 'system:masters' }, view: kindOf },
    {
      path: '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
      body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace: '{ns}' } },
    },
  ),
  one(
    'CSRs',
    create('/apis/certificates.k8s.io/v1/certificatesigningrequests', {
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: { name: 'c-{ns}' },
      spec: { request: 'bm8=', signerName: 'nope', usages: ['fly'] },
    }),
    create('/apis/certificates.k8s.io/v1/certificatesigningrequests', {
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: { name: 'c-{ns}' },
      spec: { request: '', signerName: 'x.io/y', usages: [], expirationSeconds: 5 },
    }),
  ),
];
