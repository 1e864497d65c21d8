import { KubeError } from './errors.ts';
import type { Clock, KubeClient } from './types.ts';

export interface TokenSourceOptions {
  /** May create `serviceaccounts/token`. */
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly namespace: string;
  readonly name: string;
  /** How long a token is asked for; the server may give it a shorter or a longer life. An hour unless told. */
  readonly expirationSeconds?: number;
}

/** Gives a bearer token; `renew` asks for a new one, because the server refused the last. Rejects with `KubeError`. */
export type TokenSource = (renew: boolean) => Promise<string>;

/** The share of its life after which a token is replaced, as the kubelet does it. */
const RENEW_AFTER = 0.8;

/**
 * Tokens of a service account, by TokenRequest. A token is renewed before it expires; while that fails, the last one goes on
 * for as long as it is valid.
 */
export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const { client, clock, namespace, name, expirationSeconds = 3600 } = options;
  let current: { readonly token: string; readonly renewAt: number; readonly expiresAt: number } | undefined;
  let underWay: Promise<string> | undefined;

  async function request(): Promise<string> {
    const askedAt = clock.now();
    const answer = (await client.request(
      'POST',
      `/api/v1/namespaces/${encodeURIComponent(namespace)}/serviceaccounts/${encodeURIComponent(name)}/token`,
      { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds } },
    )) as { readonly status?: { readonly token?: string; readonly expirationTimestamp?: string } };
    const { token, expirationTimestamp } = answer.status ?? {};
    const expiresAt = Date.parse(expirationTimestamp ?? '');
    if (token === undefined || token === '' || Number.isNaN(expiresAt)) {
      throw new KubeError('Internal', `the token of service account ${namespace}/${name} is missing in the answer`);
    }
    current = { token, expiresAt, renewAt: askedAt + (expiresAt - askedAt) * RENEW_AFTER };
    return token;
  }

  return async (renew) => {
    if (!renew && current !== undefined && clock.now() < current.renewAt) return current.token;
    underWay ??= request().finally(() => {
      underWay = undefined;
    });
    try {
      return await underWay;
    } catch (error) {
      if (renew || current === undefined || clock.now() >= current.expiresAt) throw error;
      return current.token;
    }
  };
}
