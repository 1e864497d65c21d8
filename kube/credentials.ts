import { readFileSync } from 'node:fs';
import type { ExecAuth } from '@kubernetes/client-node/dist/exec_auth.js';
import { KubeError, messageOf } from './errors.ts';
import type { KubeConfig, UserEntry } from './kubeConfig.ts';
import type { Clock } from './types.ts';

/** What a request needs to be us. Never log it. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly tls: TlsOptions;
}

export interface TlsOptions {
  readonly ca?: Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

export interface CredentialSource {
  /** Those of the last minute; `renew` reads everything anew, plugins too (after a 401). Callers share a read under way. */
  get(renew?: boolean): Promise<Credentials>;
}

/** Files (rotated tokens, renewed certificates) are read again after this long, as client-go does. */
const FRESH_MS = 60_000;
const PLUGIN_TIMEOUT_MS = 60_000;
/** A plugin is not asked anew sooner than this, however often the server says 401. */
const PLUGIN_PAUSE_MS = 5000;

/** Credentials of a kubeconfig's user: certificates, token, token file, token source, basic, exec plugin, client-node's auth providers. */
export function createCredentialSource(config: KubeConfig, clock: Clock): CredentialSource {
  let current: Credentials | undefined;
  let readAt = 0;
  let underWay: Promise<Credentials> | undefined;
  const provider = providerOf(config, clock);

  const read = async (renew: boolean): Promise<Credentials> => {
    const { cluster, user } = config;
    const headers: Record<string, string> = {};
    const ca = pem('certificate-authority', cluster.caFile, cluster.caData);
    let cert: string | Buffer | undefined = pem('client-certificate', user.certFile, user.certData);
    let key: string | Buffer | undefined = pem('client-key', user.keyFile, user.keyData);
    if (user.username !== undefined)
      headers.authorization = `Basic ${Buffer.from(`${user.username}:${user.password ?? ''}`).toString('base64')}`;
    const token =
      user.token ??
      (user.tokenFile === undefined
        ? undefined
        : readCredentialFile('tokenFile', user.tokenFile).toString('utf8').trim());
    if (token !== undefined && token !== '') headers.authorization = `Bearer ${token}`;
    if (provider !== undefined) {
      const given = await provider(renew);
      Object.assign(headers, given.headers);
      cert = given.cert ?? cert;
      key = given.key ?? key;
    }
    const impersonation: Record<string, string | string[]> = {};
    if (user.impersonateUser !== undefined) impersonation['impersonate-user'] = user.impersonateUser;
    // One header a group: a group's name may hold a comma.
    if (user.impersonateGroups !== undefined) impersonation['impersonate-group'] = [...user.impersonateGroups];
    return {
      headers: { ...headers, ...impersonation },
      tls: {
        ...(ca && { ca }),
        ...(cert && { cert }),
        ...(key && { key }),
        ...(cluster.tlsServerName && { servername: cluster.tlsServerName }),
        ...(cluster.skipTlsVerify && { rejectUnauthorized: false }),
      },
    };
  };

  return {
    get(renew = false) {
      if (!renew && current !== undefined && clock.monotonic() - readAt < FRESH_MS) return Promise.resolve(current);
      underWay ??= read(renew)
        .then((credentials) => {
          current = credentials;
          readAt = clock.monotonic();
          return credentials;
        })
        .catch((error: unknown) => {
          // Better the last ones than none: a file that is being replaced is back in a moment.
          if (current !== undefined && !renew) return current;
          throw error;
        })
        .finally(() => {
          underWay = undefined;
        });
      return underWay;
    },
  };
}

interface Given {
  readonly headers: Record<string, string>;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
}

type Provider = (renew: boolean) => Promise<Given>;

function providerOf(config: KubeConfig, clock: Clock): Provider | undefined {
  const { tokenSource } = config.user;
  if (tokenSource !== undefined)
    return async (renew) => ({ headers: { authorization: `Bearer ${await tokenSource(renew)}` } });
  if (config.user.exec !== undefined) return execPlugin(config, config.user.exec, clock);
  if (config.user.authProvider !== undefined) return authProvider(config, config.user.authProvider);
  return undefined;
}

/** client-node runs the plugin and keeps its answer until it expires; of it all we load one small module. */
function execPlugin(config: KubeConfig, exec: Readonly<Record<string, unknown>>, clock: Clock): Provider {
  const user = clientNodeUser(config.user, { exec: withExecInfo(config, exec) });
  let auth: ExecAuth | undefined;
  let madeAt = 0;
  return async (renew) => {
    const { ExecAuth } = await import('@kubernetes/client-node/dist/exec_auth.js');
    // A user whom the server refuses for good must not start a plugin at every call.
    if (renew && clock.monotonic() - madeAt >= PLUGIN_PAUSE_MS) auth = undefined;
    if (auth === undefined) {
      auth = new ExecAuth();
      madeAt = clock.monotonic();
    }
    const options: { headers: Record<string, string>; cert?: string | Buffer; key?: string | Buffer } = { headers: {} };
    try {
      await deadline(
        clock,
        PLUGIN_TIMEOUT_MS,
        auth.applyAuthentication(user, options as Parameters<ExecAuth['applyAuthentication']>[1]),
      );
    } catch (error) {
      auth = undefined;
      // What the plugin printed may hold the credential, so neither its output nor the parser's error goes on.
      throw new KubeError(
        'Unauthorized',
        `user ${JSON.stringify(config.user.name)} of ${config.source}: the credential plugin ${JSON.stringify(exec.command ?? '')} ${pluginFailure(error)}`,
      );
    }
    return { headers: lowerCase(options.headers), cert: options.cert, key: options.key };
  };
}

function pluginFailure(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'was not found; install it or correct users[].user.exec.command';
  if (error instanceof KubeError) return error.message;
  if (error instanceof SyntaxError || error instanceof TypeError) return 'printed no ExecCredential';
  return 'failed; run it by hand to see why';
}

function withExecInfo(config: KubeConfig, exec: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { cluster } = config;
  const info = {
    apiVersion: exec.apiVersion ?? 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    spec: {
      interactive: false,
      ...(exec.provideClusterInfo === true && {
        cluster: {
          server: cluster.server,
          'tls-server-name': cluster.tlsServerName,
          'insecure-skip-tls-verify': cluster.skipTlsVerify,
          'certificate-authority-data': cluster.caData,
        },
      }),
    },
  };
  const env = Array.isArray(exec.env) ? exec.env : [];
  return {
    ...exec,
    args: exec.args ?? [],
    env: [...env, { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) }],
  };
}

/** oidc and the providers of old: client-node's whole KubeConfig (it takes 0.4 s to load), for those alone. */
function authProvider(config: KubeConfig, provider: Readonly<Record<string, unknown>>): Provider {
  let loaded: Promise<{ applyToHTTPSOptions(options: object): Promise<void> }> | undefined;
  return async () => {
    loaded ??= import('@kubernetes/client-node/dist/config.js').then(({ KubeConfig: ClientNodeConfig }) => {
      const whole = new ClientNodeConfig();
      whole.loadFromClusterAndUser(
        { name: config.cluster.name, server: config.cluster.server, skipTLSVerify: config.cluster.skipTlsVerify },
        clientNodeUser(config.user, { authProvider: provider }),
      );
      return whole;
    });
    const options: { headers?: Record<string, string>; cert?: string | Buffer; key?: string | Buffer } = {};
    try {
      await (await loaded).applyToHTTPSOptions(options);
    } catch (error) {
      throw new KubeError(
        'Unauthorized',
        `user ${JSON.stringify(config.user.name)} of ${config.source}: auth-provider ${JSON.stringify(provider.name ?? '')}: ${messageOf(error)}`,
      );
    }
    return { headers: lowerCase(options.headers ?? {}), cert: options.cert, key: options.key };
  };
}

type ClientNodeUser = Parameters<ExecAuth['isAuthProvider']>[0];
const clientNodeUser = (
  user: UserEntry,
  fields: { readonly exec?: unknown; readonly authProvider?: unknown },
): ClientNodeUser => ({ name: user.name, ...fields });

const lowerCase = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

function pem(field: string, file: string | undefined, data: string | undefined): Buffer | undefined {
  // As kubectl: the data wins over the file.
  if (data !== undefined && data !== '') return Buffer.from(data, 'base64');
  return file === undefined ? undefined : readCredentialFile(field, file);
}

function readCredentialFile(field: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new KubeError('BadRequest', `kubeconfig: ${field} ${file} cannot be read: ${messageOf(cause)}`, { cause });
  }
}

function deadline<T>(clock: Clock, ms: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(ms, () => reject(new KubeError('Timeout', `did not answer within ${ms / 1000} s`)));
    promise.then(resolve, reject).finally(() => timer.cancel());
  });
}
