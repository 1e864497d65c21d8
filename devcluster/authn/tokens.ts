/** Tokens of service accounts: JWTs signed by the cluster's own key (ES256). */
import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { isObject } from '../registry/copy.ts';

/** What a service account token says. */
export interface TokenClaims {
  readonly aud: readonly string[];
  readonly exp: number;
  readonly iat: number;
  readonly iss: string;
  readonly jti: string;
  readonly nbf: number;
  readonly sub: string;
  readonly 'kubernetes.io': {
    readonly namespace: string;
    readonly serviceaccount: { readonly name: string; readonly uid: string };
    readonly pod?: { readonly name: string; readonly uid: string };
    readonly secret?: { readonly name: string; readonly uid: string };
    readonly node?: { readonly name: string; readonly uid: string };
    /** When it is stale, although it is still good. */
    readonly warnafter?: number;
  };
}

/** What the token in a Secret says: it is good for as long as that is there. */
export interface LegacyClaims {
  readonly iss: 'kubernetes/serviceaccount';
  readonly 'kubernetes.io/serviceaccount/namespace': string;
  readonly 'kubernetes.io/serviceaccount/secret.name': string;
  readonly 'kubernetes.io/serviceaccount/service-account.name': string;
  readonly 'kubernetes.io/serviceaccount/service-account.uid': string;
  readonly sub: string;
}

/** Issuer of all tokens, and their audience where none is asked for. */
export const issuer = 'https://kubernetes.default.svc';

/** How long a signature that was found good is believed, as on the real server: milliseconds. */
const BELIEVED_MS = 10_000;
const MAX_BELIEVED = 1_000;

const base64 = (data: string | Buffer): string => Buffer.from(data).toString('base64url');

/** Signs and checks tokens. */
export class TokenIssuer {
  private readonly key: KeyObject;
  private readonly publicKey: KeyObject;
  private readonly keyId: string;
  private readonly believed = new Map<
    string,
    { readonly claims: TokenClaims | LegacyClaims; readonly until: number }
  >();

  constructor(key: KeyObject) {
    this.key = key;
    this.publicKey = createPublicKey(key);
    this.keyId = createHash('sha256')
      .update(this.publicKey.export({ type: 'spki', format: 'der' }))
      .digest('base64url');
  }

  sign(claims: TokenClaims | LegacyClaims): string {
    const body = `${base64(JSON.stringify({ alg: 'ES256', kid: this.keyId }))}.${base64(JSON.stringify(claims))}`;
    return `${body}.${base64(sign('sha256', Buffer.from(body), { key: this.key, dsaEncoding: 'ieee-p1363' }))}`;
  }

  /** The claims of a token that this cluster signed, whenever; undefined for any other. `now` is for what is remembered. */
  check(token: string, now: Date): TokenClaims | LegacyClaims | undefined {
    const at = now.getTime();
    const known = this.believed.get(token);
    const claims = known !== undefined && at < known.until ? known.claims : this.verified(token);
    if (claims === undefined) return undefined;
    if (claims !== known?.claims) this.believe(token, claims, at);
    return claims;
  }

  private believe(token: string, claims: TokenClaims | LegacyClaims, at: number): void {
    this.believed.delete(token);
    // The oldest goes first: a map remembers the order of what is put in.
    for (const [oldest] of this.believed) {
      if (this.believed.size < MAX_BELIEVED) break;
      this.believed.delete(oldest);
    }
    this.believed.set(token, { claims, until: at + BELIEVED_MS });
  }

  private verified(token: string): TokenClaims | LegacyClaims | undefined {
    const [head, body, signature, ...rest] = token.split('.');
    if (head === undefined || body === undefined || signature === undefined || rest.length > 0) return undefined;
    const key = { key: this.publicKey, dsaEncoding: 'ieee-p1363' as const };
    if (!verify('sha256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url'))) return undefined;
    const claims: unknown = JSON.parse(Buffer.from(body, 'base64url').toString());
    if (!isObject(claims)) return undefined;
    if (claims.iss === 'kubernetes/serviceaccount') return claims as unknown as LegacyClaims;
    return isObject(claims['kubernetes.io']) ? (claims as unknown as TokenClaims) : undefined;
  }

  /** The key set that outsiders check tokens with (`/openid/v1/jwks`). */
  keySet(): object {
    const jwk = this.publicKey.export({ format: 'jwk' });
    return { keys: [{ use: 'sig', ...jwk, kid: this.keyId, alg: 'ES256' }] };
  }
}
