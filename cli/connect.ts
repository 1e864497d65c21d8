import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { KubeClient, KubeConfig, Logger } from '../kube/index.ts';
import { createKubeClient, KubeError, loadKubeConfig, messageOf } from '../kube/index.ts';
import { DATA_DIR } from './defaults.ts';
import { CliError } from './exit.ts';
import type { Io } from './io.ts';

/** How a command is told which cluster to use. */
export interface ClusterOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly namespace?: string;
  readonly verbose?: boolean;
  /** Act as somebody else, where RBAC lets us. */
  readonly as?: string;
  readonly asGroup?: readonly string[];
}

/** A cluster, and who we are there. */
export interface Connection {
  readonly client: KubeClient;
  readonly kubeConfig: KubeConfig;
  /** From `-n`, else the context's. */
  readonly namespace: string;
  /** Flags and environment that make kubectl use the same cluster: ` --kubeconfig …`, or nothing. */
  readonly hint: string;
}

/** How long the embedded server of this folder gets to answer. It does in a millisecond or two; where nobody listens, that shows at once. */
const PROBE_MS = 1500;

/**
 * Finds the cluster: `--kubeconfig`, `KUBECONFIG`, `.kubechain/kubeconfig` of the current folder where its server answers,
 * a Pod's service account, `~/.kube/config`.
 */
export async function connect(options: ClusterOptions, io: Io, logger: Logger): Promise<Connection> {
  const local = join(io.cwd, DATA_DIR, 'kubeconfig');
  const told = options.kubeconfig !== undefined || (io.env.KUBECONFIG ?? '') !== '';
  if (!told && existsSync(local)) {
    const found = await probe(open(load({ ...options, kubeconfig: local }, io), options, io, logger));
    if (found !== undefined) return found;
    const place = relative(io.cwd, local) || local;
    const fallback = tryLoad(options, io);
    if (fallback === undefined) {
      throw new CliError(`the server of ${place} does not answer; start it with: ${io.programName} up`);
    }
    io.err.write(
      `kubechain: the server of ${place} does not answer (${io.programName} up starts it); using ${fallback.source}\n`,
    );
    return open(fallback, options, io, logger);
  }
  return open(load(options, io), options, io, logger);
}

/** The kubeconfig that the options name; throws `CliError` that says what was looked for. */
export function load(options: ClusterOptions, io: Io): KubeConfig {
  try {
    return loadKubeConfig({ path: options.kubeconfig, context: options.context, env: io.env });
  } catch (error) {
    if (error instanceof KubeError) throw new CliError(error.message, { cause: error });
    throw error;
  }
}

function tryLoad(options: ClusterOptions, io: Io): KubeConfig | undefined {
  try {
    return load(options, io);
  } catch {
    return undefined;
  }
}

function open(found: KubeConfig, options: ClusterOptions, io: Io, logger: Logger): Connection {
  const kubeConfig = options.as === undefined ? found : actingAs(found, options.as, options.asGroup);
  const namespace = options.namespace ?? kubeConfig.namespace;
  if (options.verbose) {
    io.err.write(
      `kubechain: ${kubeConfig.cluster.server}, namespace ${namespace} (context ${kubeConfig.context} of ${kubeConfig.source})\n`,
    );
  }
  return {
    client: createKubeClient({ kubeConfig, fieldManager: 'kubechain', logger }),
    kubeConfig,
    namespace,
    hint: namespace === kubeConfig.namespace ? '' : ` -n ${namespace}`,
  };
}

function actingAs(kubeConfig: KubeConfig, name: string, groups: readonly string[] = []): KubeConfig {
  const user = { ...kubeConfig.user, impersonateUser: name, impersonateGroups: groups };
  return { ...kubeConfig, user };
}

async function probe(connection: Connection): Promise<Connection | undefined> {
  try {
    await connection.client.request('GET', '/version', undefined, { timeoutMs: PROBE_MS });
    return connection;
  } catch (error) {
    // Whatever it answers, it is there, and so is one that is slow: what is wrong shows in the command's own call, and another cluster
    // is not what was meant.
    if (error instanceof KubeError && (error.status !== undefined || error.code === 'Timeout')) return connection;
    await connection.client.close();
    return undefined;
  }
}

/** A failure of the API server in words that say what to do next. */
export function explain(error: unknown, connection: Connection, io: Io): unknown {
  if (!(error instanceof KubeError)) return error;
  const { server } = connection.kubeConfig.cluster;
  const { source } = connection.kubeConfig;
  const as = (message: string): CliError => new CliError(message, { cause: error });
  switch (error.code) {
    case 'Network':
    case 'Timeout':
    case 'Unavailable':
      return as(`the API server ${server} (from ${source}) does not answer: ${error.message}`);
    case 'Unauthorized':
      return as(`the API server ${server} does not accept the credentials of ${source}: ${error.message}`);
    case 'NotFound':
      // An answer that is no Status, or that names no object: the server does not know the path.
      if (error.details?.name === undefined || error.reason === undefined) {
        return as(
          `KubeChain’s resource definitions are not installed on ${server}; install them with: ` +
            `${io.programName} crds | kubectl apply -f - (${messageOf(error)})`,
        );
      }
      return as(error.message);
    default:
      return as(error.message);
  }
}

/** Runs a command against a cluster; closes the connection, explains failures. */
export async function withCluster<R>(
  options: ClusterOptions,
  io: Io,
  logger: Logger,
  task: (connection: Connection) => Promise<R>,
): Promise<R> {
  const connection = await connect(options, io, logger);
  try {
    return await task(connection);
  } catch (error) {
    throw explain(error, connection, io);
  } finally {
    await connection.client.close();
  }
}
