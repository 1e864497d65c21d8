import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { parse } from 'yaml';
import { KubeError, messageOf } from './errors.ts';
import type { TokenSource } from './serviceAccountToken.ts';

/** Where a cluster is and who we are there, as read from a kubeconfig or from a Pod's service account. Holds credentials: never log it. */
export interface KubeConfig {
  /** Name of the context, `in-cluster` in a Pod. */
  readonly context: string;
  readonly cluster: ClusterEntry;
  readonly user: UserEntry;
  /** The context's namespace, `default` where it names none. */
  readonly namespace: string;
  /** What it was read from, for messages. */
  readonly source: string;
}

export interface ClusterEntry {
  readonly name: string;
  /** `https://host:port`, perhaps with a path; without a trailing slash. */
  readonly server: string;
  readonly caFile?: string;
  /** Base64 of PEM. */
  readonly caData?: string;
  readonly skipTlsVerify: boolean;
  readonly tlsServerName?: string;
  readonly proxyUrl?: string;
}

export interface UserEntry {
  readonly name: string;
  readonly certFile?: string;
  readonly certData?: string;
  readonly keyFile?: string;
  readonly keyData?: string;
  readonly token?: string;
  /** Read again once a minute: tokens of service accounts rotate. */
  readonly tokenFile?: string;
  readonly username?: string;
  readonly password?: string;
  readonly impersonateUser?: string;
  /** With `impersonateUser`: the groups that the server is to see beside that of all who are authenticated. */
  readonly impersonateGroups?: readonly string[];
  readonly exec?: Readonly<Record<string, unknown>>;
  readonly authProvider?: Readonly<Record<string, unknown>>;
  /** Not of a file: gives the bearer token of the moment. */
  readonly tokenSource?: TokenSource;
}

export interface LoadKubeConfigOptions {
  /** A kubeconfig file. Without it: `KUBECONFIG`, then the Pod's service account, then `~/.kube/config`. */
  readonly path?: string;
  /** Instead of the file's `current-context`. */
  readonly context?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Folder of the Pod's service account. */
  readonly serviceAccountRoot?: string;
}

const SERVICE_ACCOUNT_ROOT = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Finds the cluster: an explicit file, `KUBECONFIG` (several files merge as kubectl does: the first to name a thing wins),
 * the service account of the Pod we run in, `~/.kube/config`. Throws `KubeError` (`BadRequest`) that says what was looked for.
 */
export function loadKubeConfig(options: LoadKubeConfigOptions = {}): KubeConfig {
  const env = options.env ?? process.env;
  if (options.path !== undefined) return fromFiles([options.path], options.context);
  const named = (env.KUBECONFIG ?? '').split(delimiter).filter((file) => file !== '');
  if (named.length > 0) return fromFiles(named, options.context);
  const root = options.serviceAccountRoot ?? SERVICE_ACCOUNT_ROOT;
  if (options.context === undefined && env.KUBERNETES_SERVICE_HOST && existsSync(join(root, 'token')))
    return inCluster(env, root);
  const home = join(env.HOME ?? homedir(), '.kube', 'config');
  if (existsSync(home)) return fromFiles([home], options.context);
  throw new KubeError(
    'BadRequest',
    `no cluster found: KUBECONFIG is not set, there is no ${home}, and this is no Pod with a service account; give --kubeconfig FILE or set KUBECONFIG`,
  );
}

function inCluster(env: Readonly<Record<string, string | undefined>>, root: string): KubeConfig {
  const host = env.KUBERNETES_SERVICE_HOST ?? '';
  const port = env.KUBERNETES_SERVICE_PORT ?? '443';
  const namespaceFile = join(root, 'namespace');
  return {
    context: 'in-cluster',
    source: root,
    namespace: existsSync(namespaceFile) ? readFileSync(namespaceFile, 'utf8').trim() : 'default',
    cluster: {
      name: 'in-cluster',
      server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
      caFile: join(root, 'ca.crt'),
      skipTlsVerify: false,
    },
    user: { name: 'service-account', tokenFile: join(root, 'token') },
  };
}

function fromFiles(files: readonly string[], context: string | undefined): KubeConfig {
  // kubectl passes over KUBECONFIG entries that do not exist, as long as one does.
  const present = files.length > 1 ? files.filter((file) => existsSync(file)) : files;
  if (present.length === 0) throw new KubeError('BadRequest', `kubeconfig: none of ${files.join(', ')} exists`);
  const parts = present.map((file) => {
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (cause) {
      throw new KubeError('BadRequest', `kubeconfig ${file}: cannot be read: ${messageOf(cause)}`, { cause });
    }
    return readParts(text, file, dirname(file));
  });
  return select(merge(parts), present.join(', '), context);
}

/** Reads a kubeconfig's text; `directory` is what its relative paths count from. */
export function parseKubeConfig(
  text: string,
  options: { readonly directory?: string; readonly context?: string; readonly source?: string } = {},
): KubeConfig {
  const source = options.source ?? 'kubeconfig';
  return select(readParts(text, source, options.directory ?? '.'), source, options.context);
}

interface ContextEntry {
  readonly cluster: string;
  readonly user: string;
  readonly namespace?: string;
}

interface Parts {
  currentContext: string | undefined;
  readonly clusters: Map<string, ClusterEntry>;
  readonly users: Map<string, UserEntry>;
  readonly contexts: Map<string, ContextEntry>;
}

function merge(parts: readonly Parts[]): Parts {
  const all: Parts = { currentContext: undefined, clusters: new Map(), users: new Map(), contexts: new Map() };
  for (const part of parts) {
    all.currentContext ??= part.currentContext;
    for (const kind of ['clusters', 'users', 'contexts'] as const) {
      const into: Map<string, unknown> = all[kind];
      for (const [name, entry] of part[kind]) if (!into.has(name)) into.set(name, entry);
    }
  }
  return all;
}

function readParts(text: string, source: string, directory: string): Parts {
  let document: unknown;
  try {
    document = parse(text);
  } catch {
    // The parser's message quotes the text around the error, which may be a credential.
    throw new KubeError('BadRequest', `kubeconfig ${source}: is not valid YAML`);
  }
  if (!isRecord(document))
    throw new KubeError(
      'BadRequest',
      `kubeconfig ${source}: is empty or not a mapping; a kubeconfig has clusters, users and contexts`,
    );
  const currentContext = stringIn(document, 'current-context');
  const parts: Parts = {
    currentContext: currentContext === '' ? undefined : currentContext,
    clusters: new Map(),
    users: new Map(),
    contexts: new Map(),
  };
  const file = (entry: Record<string, unknown>, field: string): string | undefined => {
    const path = stringIn(entry, field);
    return path === undefined || path === '' ? undefined : isAbsolute(path) ? path : join(directory, path);
  };
  for (const [name, entry] of entriesOf(document, 'clusters', 'cluster', source)) {
    const server = stringIn(entry, 'server');
    if (server === undefined || !/^https?:\/\//.test(server)) {
      throw new KubeError(
        'BadRequest',
        `kubeconfig ${source}: clusters[${name}].cluster.server ${JSON.stringify(server ?? '')} must be an http(s) URL`,
      );
    }
    parts.clusters.set(name, {
      name,
      server: server.replace(/\/+$/, ''),
      caFile: file(entry, 'certificate-authority'),
      caData: stringIn(entry, 'certificate-authority-data'),
      skipTlsVerify: entry['insecure-skip-tls-verify'] === true,
      tlsServerName: stringIn(entry, 'tls-server-name'),
      proxyUrl: stringIn(entry, 'proxy-url'),
    });
  }
  for (const [name, entry] of entriesOf(document, 'users', 'user', source)) {
    parts.users.set(name, {
      name,
      certFile: file(entry, 'client-certificate'),
      certData: stringIn(entry, 'client-certificate-data'),
      keyFile: file(entry, 'client-key'),
      keyData: stringIn(entry, 'client-key-data'),
      token: stringIn(entry, 'token'),
      tokenFile: file(entry, 'tokenFile'),
      username: stringIn(entry, 'username'),
      password: stringIn(entry, 'password'),
      impersonateUser: stringIn(entry, 'as'),
      exec: isRecord(entry.exec) ? withCommandPath(entry.exec, directory) : undefined,
      authProvider: isRecord(entry['auth-provider']) ? entry['auth-provider'] : undefined,
    });
  }
  for (const [name, entry] of entriesOf(document, 'contexts', 'context', source)) {
    parts.contexts.set(name, {
      cluster: stringIn(entry, 'cluster') ?? '',
      user: stringIn(entry, 'user') ?? '',
      namespace: stringIn(entry, 'namespace'),
    });
  }
  return parts;
}

/** A plugin's command with a slash in it counts from the kubeconfig, a bare name from PATH. */
function withCommandPath(exec: Record<string, unknown>, directory: string): Record<string, unknown> {
  const command = exec.command;
  return typeof command === 'string' && command.includes('/') && !isAbsolute(command)
    ? { ...exec, command: join(directory, command) }
    : exec;
}

function* entriesOf(
  document: Record<string, unknown>,
  list: string,
  field: string,
  source: string,
): Generator<[string, Record<string, unknown>]> {
  const entries = document[list] ?? [];
  if (!Array.isArray(entries)) throw new KubeError('BadRequest', `kubeconfig ${source}: ${list} must be a list`);
  for (const [index, entry] of entries.entries()) {
    const name = isRecord(entry) ? stringIn(entry, 'name') : undefined;
    if (!isRecord(entry) || name === undefined)
      throw new KubeError('BadRequest', `kubeconfig ${source}: ${list}[${index}].name is missing`);
    const inner = entry[field] ?? {};
    if (!isRecord(inner))
      throw new KubeError('BadRequest', `kubeconfig ${source}: ${list}[${index}].${field} must be a mapping`);
    yield [name, inner];
  }
}

function select(parts: Parts, source: string, wanted: string | undefined): KubeConfig {
  const name = wanted ?? parts.currentContext;
  if (name === undefined)
    throw new KubeError('BadRequest', `kubeconfig ${source}: current-context is not set; set it or name a context`);
  const context = parts.contexts.get(name);
  if (context === undefined) {
    const known = [...parts.contexts.keys()].join(', ') || 'none';
    throw new KubeError(
      'BadRequest',
      `kubeconfig ${source}: there is no context ${JSON.stringify(name)}; it has: ${known}`,
    );
  }
  const cluster = parts.clusters.get(context.cluster);
  if (cluster === undefined)
    throw new KubeError(
      'BadRequest',
      `kubeconfig ${source}: context ${JSON.stringify(name)} names cluster ${JSON.stringify(context.cluster)}, which is not there`,
    );
  const user = context.user === '' ? { name: '' } : parts.users.get(context.user);
  if (user === undefined)
    throw new KubeError(
      'BadRequest',
      `kubeconfig ${source}: context ${JSON.stringify(name)} names user ${JSON.stringify(context.user)}, which is not there`,
    );
  return { context: name, cluster, user, namespace: context.namespace || 'default', source };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function stringIn(record: Record<string, unknown>, field: string): string | undefined {
  const value = Object.hasOwn(record, field) ? record[field] : undefined;
  return typeof value === 'string' ? value : undefined;
}
