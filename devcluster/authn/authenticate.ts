/** Who asks: client certificate, bearer token, or nobody; then impersonation. */
import { createHash } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { RegistryContext } from '../registry/call.ts';
import { isObject } from '../registry/copy.ts';
import { type Request, type Response, sendWarnings } from '../request/response.ts';
import { quote, unauthorized } from '../request/status.ts';
import type { UserInfo } from '../types.ts';
import { issuer, type LegacyClaims, type TokenClaims, type TokenIssuer } from './tokens.ts';

const anonymous: UserInfo = { username: 'system:anonymous', groups: ['system:unauthenticated'] };
const extraPrefix = 'authentication.kubernetes.io/';
const credentialId = `${extraPrefix}credential-id`;
const known = new WeakMap<TLSSocket, UserInfo | null>();

/** Identifies the caller. Throws 401 for a bearer token that is not valid. */
export function authenticate(
  context: RegistryContext,
  tokens: TokenIssuer,
  request: Request,
  response: Response,
): UserInfo {
  const byCertificate = certificateUser(request);
  if (byCertificate !== undefined) return byCertificate;
  const found = bearerOf(request);
  if (found === undefined) return anonymous;
  if (found.startsWith(' ')) {
    const warning = 'the provided Authorization header contains extra space before the bearer token, and is ignored';
    sendWarnings(response, [warning]);
    return anonymous;
  }
  const end = found.indexOf(' ');
  const verdict = judgeToken(context, tokens, end < 0 ? found : found.slice(0, end));
  if ('problem' in verdict) throw unauthorized();
  return verdict.user;
}

/** What followed `Bearer` on each connection last: the same long text comes with each request. */
const bearers = new WeakMap<object, { readonly header: string; readonly found: string | undefined }>();

/** What stands behind `Bearer`, with blanks before it if there are any. */
function bearerOf(request: Request): string | undefined {
  const header = request.headers.authorization;
  if (header === undefined) return undefined;
  const connection = ('stream' in request ? request.stream.session : undefined) ?? request.socket;
  const known = bearers.get(connection);
  if (known?.header === header) return known.found;
  const found = /^bearer (.*)$/i.exec(header.trim())?.[1];
  bearers.set(connection, { header, found });
  return found;
}

function certificateUser(request: Request): UserInfo | undefined {
  const session =
    'stream' in request ? (request as { stream?: { session?: { socket?: unknown } } }).stream?.session : undefined;
  const socket = (session?.socket ?? request.socket) as TLSSocket;
  const cached = known.get(socket);
  if (cached !== undefined) return cached ?? undefined;
  let user: UserInfo | null = null;
  if (socket.authorized) {
    const subject = socket.getPeerCertificate()?.subject as
      | { CN?: string | string[]; O?: string | string[] }
      | undefined;
    const name = Array.isArray(subject?.CN) ? subject.CN[0] : subject?.CN;
    if (name !== undefined) {
      const groups = subject?.O === undefined ? [] : Array.isArray(subject.O) ? subject.O : [subject.O];
      const hash = createHash('sha256').update(socket.getPeerCertificate().raw).digest('hex');
      user = {
        username: name,
        groups: [...groups, 'system:authenticated'],
        extra: { [credentialId]: [`X509SHA256=${hash}`] },
      };
    }
  }
  known.set(socket, user);
  return user ?? undefined;
}

/** Who a token stands for and the audiences that it is good for, or why it counts for nothing. */
export type TokenVerdict =
  | { readonly user: UserInfo; readonly audiences: readonly string[] }
  | { readonly problem: string };

/** Judges a service account token: signed by us, for one of `audiences`, in time, its account and what it is bound to still there. */
export function judgeToken(
  context: RegistryContext,
  tokens: TokenIssuer,
  token: string,
  audiences: readonly string[] = [issuer],
): TokenVerdict {
  const claims = claimsOf(tokens, token, context.now());
  if ('problem' in claims) return claims;
  if (isLegacy(claims)) return judgeLegacy(context, claims, token, audiences);
  const good = audiences.filter((audience) => claims.aud.includes(audience));
  const refuse = (why: string): TokenVerdict => ({ problem: `[invalid bearer token, ${why}]` });
  const list = (items: readonly string[]): string => `[${items.map(quote).join(' ')}]`;
  if (good.length === 0)
    return refuse(`token audiences ${list(claims.aud)} is invalid for the target audiences ${list(audiences)}`);
  const seconds = context.now().getTime() / 1000;
  if (seconds >= claims.exp) return refuse('service account token has expired');
  if (seconds < claims.nbf - 1) return refuse('service account token is not valid yet');
  const { namespace, serviceaccount, pod, secret, node } = claims['kubernetes.io'];
  const { name } = serviceaccount;
  const uidOf = (resource: string, key: string): string | undefined => {
    const entry = context.store.get(resource, key);
    return entry === undefined ? undefined : context.store.object(entry).metadata.uid;
  };
  const uid = uidOf('/serviceaccounts', `${namespace}/${name}`);
  if (uid === undefined) return refuse(`serviceaccounts ${quote(name)} not found`);
  if (uid !== serviceaccount.uid)
    return refuse(`service account UID (${uid}) does not match claim (${serviceaccount.uid})`);
  const bound = [
    ...(pod === undefined ? [] : [['/pods', `${namespace}/${pod.name}`, pod.uid] as const]),
    ...(secret === undefined ? [] : [['/secrets', `${namespace}/${secret.name}`, secret.uid] as const]),
    // A token that is bound to a pod names the pod's node, which need not be an object.
    ...(node === undefined || pod !== undefined ? [] : [['/nodes', node.name, node.uid] as const]),
  ];
  if (bound.some(([resource, key, wanted]) => uidOf(resource, key) !== wanted))
    return refuse('service account token has been invalidated');
  const extra: { [key: string]: string[] } = { [credentialId]: [`JTI=${claims.jti}`] };
  if (node !== undefined) {
    extra[`${extraPrefix}node-name`] = [node.name];
    if (node.uid !== '') extra[`${extraPrefix}node-uid`] = [node.uid];
  }
  if (pod !== undefined) {
    extra[`${extraPrefix}pod-name`] = [pod.name];
    extra[`${extraPrefix}pod-uid`] = [pod.uid];
  }
  const user = {
    username: `system:serviceaccount:${namespace}:${name}`,
    uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
    extra,
  };
  return { user, audiences: good };
}

const isLegacy = (claims: TokenClaims | LegacyClaims): claims is LegacyClaims =>
  claims.iss === 'kubernetes/serviceaccount';

/** Judges the token of a Secret: its account and the Secret must still be there. */
function judgeLegacy(
  { store }: RegistryContext,
  claims: LegacyClaims,
  token: string,
  audiences: readonly string[],
): TokenVerdict {
  const refuse = (why: string): TokenVerdict => ({ problem: `[invalid bearer token, ${why}]` });
  if (!audiences.includes(issuer)) return refuse('token audiences are invalid for the target audiences');
  const namespace = claims['kubernetes.io/serviceaccount/namespace'];
  const name = claims['kubernetes.io/serviceaccount/service-account.name'];
  const secret = store.get('/secrets', `${namespace}/${claims['kubernetes.io/serviceaccount/secret.name']}`);
  const data = secret === undefined ? undefined : store.object(secret).data;
  if (!isObject(data) || data.token !== Buffer.from(token).toString('base64'))
    return refuse('service account token has been invalidated');
  const account = store.get('/serviceaccounts', `${namespace}/${name}`);
  if (account === undefined) return refuse(`serviceaccounts ${quote(name)} not found`);
  const { uid = '' } = store.object(account).metadata;
  if (uid !== claims['kubernetes.io/serviceaccount/service-account.uid'])
    return refuse('service account UID does not match claim');
  const user = {
    username: `system:serviceaccount:${namespace}:${name}`,
    uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  };
  return { user, audiences: [issuer] };
}

/** What a token says where this cluster has signed it. */
function claimsOf(
  tokens: TokenIssuer,
  token: string,
  now: Date,
): TokenClaims | LegacyClaims | { readonly problem: string } {
  try {
    const claims = tokens.check(token, now);
    if (claims !== undefined) return claims;
    const said: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    if ((said as { iss?: unknown }).iss === issuer)
      return { problem: '[invalid bearer token, go-jose/go-jose: error in cryptographic primitive]' };
  } catch {
    // Not even a token.
  }
  return { problem: 'invalid bearer token' };
}
