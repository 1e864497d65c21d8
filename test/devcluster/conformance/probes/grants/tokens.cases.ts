/** Tokens, groups of everybody, certificates. */
import type { Case, Step } from '../../harness.ts';
import { maps, podSpec, roleBinding } from '../../probes.things.ts';
import { at, code, create, type Fields, inNamespace, pick, quiet, read, remove } from '../../steps.ts';
import { as, kindOf, one, rb, rn } from './shared.ts';

const sa = (name: string) =>
  quiet(create(`${inNamespace}/serviceaccounts`, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } }));

const tr = (spec: Fields, name = 'sa'): Step =>
  create(`${inNamespace}/serviceaccounts/${name}/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec,
  });

const tk = (spec: Fields = {}): Step => ({ ...tr(spec), quiet: true, keep: { tok: 'status.token' } });

export const tokenProbes: readonly Case[] = [
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
