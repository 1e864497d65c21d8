/** Tokens of service accounts. */
import type { Case, Step } from '../../harness.ts';
import { type Fields, quiet } from '../../steps.ts';
import { account, apiVersion, as, bearer, maps, one, rbac, request, review, self, token, tokens } from './shared.ts';

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

export const tokenCases: Case[] = [
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
