import { resolve } from 'node:path';
import type { KubeClient, KubeConfig, Logger } from '../../kube/index.ts';
import { createKubeClient, KubeError, LEASES, loadKubeConfig } from '../../kube/index.ts';
import { load } from '../connect.ts';
import { DATA_DIR } from '../defaults.ts';
import { CliError } from '../exit.ts';
import type { Io } from '../io.ts';
import { shownPath } from '../paths.ts';
import type { DataDir } from './dataDir.ts';
import { startOnPort } from './ports.ts';

export interface ClusterChoice {
  readonly port?: number;
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** The cluster that `up` works on: the embedded API server, or one that was there. */
export interface UpCluster {
  readonly client: KubeClient;
  readonly kubeConfig: KubeConfig;
  /** Kubeconfig to give to kubectl, as one types it. */
  readonly kubeconfig: string;
  /** What `kubechain run` and the others need to find it from here: ` --kubeconfig …`, or nothing. */
  readonly flag: string;
  readonly embedded: boolean;
  close(): Promise<void>;
}

const FIELD_MANAGER = 'kubechain-up';

export async function openCluster(
  options: ClusterChoice,
  dataDir: DataDir,
  io: Io,
  logger: Logger,
): Promise<UpCluster> {
  return options.kubeconfig === undefined
    ? startEmbedded(options, dataDir, io, logger)
    : useExisting(options, io, logger);
}

async function startEmbedded(options: ClusterChoice, dataDir: DataDir, io: Io, logger: Logger): Promise<UpCluster> {
  const { startApiServer } = await import('../../devcluster/index.ts');
  const { server } = await startOnPort(
    (port) =>
      startApiServer({ dataDir: dataDir.apiServer, inMemory: false, port, kubeconfigPath: dataDir.kubeconfig, logger }),
    { wanted: options.port, saved: dataDir.saved.apiPort, option: '--port' },
  );
  dataDir.save({ apiPort: Number(new URL(server.url).port) });
  const kubeConfig = loadKubeConfig({ path: dataDir.kubeconfig, env: {} });
  const client = createKubeClient({ kubeConfig, fieldManager: FIELD_MANAGER, logger });
  const kubeconfig = shownPath(dataDir.kubeconfig, io.cwd);
  const found = resolve(io.cwd, DATA_DIR) === dataDir.path && !io.env.KUBECONFIG;
  return {
    client,
    kubeConfig,
    kubeconfig,
    flag: found ? '' : ` --kubeconfig ${kubeconfig}`,
    embedded: true,
    async close() {
      await client.close();
      await server.close();
    },
  };
}

function useExisting(options: ClusterChoice, io: Io, logger: Logger): UpCluster {
  const kubeConfig = load({ kubeconfig: resolve(io.cwd, options.kubeconfig ?? ''), context: options.context }, io);
  const client = createKubeClient({ kubeConfig, fieldManager: FIELD_MANAGER, logger });
  const kubeconfig = shownPath(resolve(io.cwd, options.kubeconfig ?? ''), io.cwd);
  const context = options.context === undefined ? '' : ` --context ${options.context}`;
  return {
    client,
    kubeConfig,
    kubeconfig,
    flag: ` --kubeconfig ${kubeconfig}${context}`,
    embedded: false,
    close: () => client.close(),
  };
}

/** The version that the server says it is, `v1.35.0`. Rejects with `CliError` where it does not answer. */
export async function serverVersion(
  { client, kubeConfig, kubeconfig }: UpCluster,
  signal: AbortSignal,
): Promise<string> {
  try {
    const answer = await client.request('GET', '/version', undefined, { signal });
    return typeof answer === 'object' && answer !== null && 'gitVersion' in answer
      ? String(answer.gitVersion)
      : 'unknown';
  } catch (error) {
    if (!(error instanceof KubeError) || signal.aborted) throw error;
    throw new CliError(
      `the API server ${kubeConfig.cluster.server} (from ${kubeconfig}) does not answer: ${error.message}`,
      { cause: error },
    );
  }
}

/**
 * Refuses where another operator is at work: two of different namespaces' Leases would both advance the same runs.
 *
 * @param identity ours: a Lease that we held before we were killed is no obstacle
 */
export async function refuseSecondOperator(
  client: KubeClient,
  lease: string,
  identity: string,
  now: number,
): Promise<void> {
  const { items } = await client.list(LEASES, { fieldSelector: `metadata.name=${lease}` });
  for (const { metadata, spec } of items) {
    const holder = spec?.holderIdentity ?? '';
    const until = Date.parse(spec?.renewTime ?? '') + (spec?.leaseDurationSeconds ?? 0) * 1000;
    if (holder === '' || holder === identity || !(until > now)) continue;
    throw new CliError(
      `another operator works on this cluster already (Lease ${metadata.namespace}/${metadata.name} of ${holder}); ` +
        `stop it first, its Lease ends ${Math.ceil((until - now) / 1000)} s after that at the latest`,
    );
  }
}
