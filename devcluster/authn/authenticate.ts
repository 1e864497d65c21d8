/** Who asks: client certificate, bearer token, or nobody; then impersonation. */
import { createHash } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { RegistryContext } from '../registry/call.ts';
import type { Request } from '../request/response.ts';
import { unauthorized } from '../request/status.ts';
import type { UserInfo } from '../types.ts';
import { issuer, type TokenIssuer } from './tokens.ts';

const anonymous: UserInfo = { username: 'system:anonymous', groups: ['system:unauthenticated'] };
const credentialId = 'authentication.kubernetes.io/credential-id';
const known = new WeakMap<TLSSocket, UserInfo | null>();

/** Identifies the caller. Throws 401 for a bearer token that is not valid. */
export function authenticate(context: RegistryContext, tokens: TokenIssuer, request: Request): UserInfo {
  const byCertificate = certificateUser(request);
  if (byCertificate !== undefined) return byCertificate;
  const header = request.headers.authorization;
  if (header === undefined || !/^bearer /i.test(header)) return anonymous;
  const user = tokenUser(context, tokens, header.slice(7).trim());
  if (user === undefined) throw unauthorized();
  return user;
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

/** The user of a service account token: signed by us, in time, its account still there. */
export function tokenUser(
  context: RegistryContext,
  tokens: TokenIssuer,
  token: string,
  audiences: readonly string[] = [issuer],
): UserInfo | undefined {
  let claims: ReturnType<TokenIssuer['check']>;
  try {
    claims = tokens.check(token, context.now());
  } catch {
    return undefined;
  }
  if (claims === undefined || !claims.aud.some((audience) => audiences.includes(audience))) return undefined;
  const { namespace, serviceaccount } = claims['kubernetes.io'];
  const entry = context.store.get('/serviceaccounts', `${namespace}/${serviceaccount.name}`);
  if (entry === undefined || context.store.object(entry).metadata.uid !== serviceaccount.uid) return undefined;
  return {
    username: `system:serviceaccount:${namespace}:${serviceaccount.name}`,
    uid: serviceaccount.uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
    extra: { [credentialId]: [`JTI=${claims.jti}`] },
  };
}
