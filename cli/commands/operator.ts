import { collectDefaultMetrics, Registry } from 'prom-client';
import { RUNNER_IMAGE } from '../../controller/index.ts';
import { createKubeClient, createKubeMetrics, systemClock } from '../../kube/index.ts';
import { type ClusterOptions, load } from '../connect.ts';
import { OPERATOR_LEASE } from '../defaults.ts';
import { CliError, EXIT } from '../exit.ts';
import { collectEarly } from '../heap.ts';
import type { Io } from '../io.ts';
import { createLogger, type LogOptions } from '../logging.ts';
import { createOperation, type LeaseTimes, processIdentity } from '../operate.ts';
import { startProgramServers } from '../programServers.ts';
import { listenForShutdown } from '../signals.ts';
import { loadStampKeys } from '../stampKeys.ts';
import { version } from '../version.ts';

export interface OperatorCommandOptions extends ClusterOptions, LogOptions {
  readonly leaseNamespace?: string;
  readonly leaderElect: boolean;
  /** Milliseconds, as the next two. */
  readonly leaderElectLeaseDuration: number;
  readonly leaderElectRenewDeadline: number;
  readonly leaderElectRetryPeriod: number;
  readonly bindAddress?: string;
  readonly healthPort: number;
  readonly metricsPort: number;
  readonly externalApiAllow?: readonly string[];
  readonly maxModelCalls?: number;
  readonly maxModelCallsPerNamespace?: number;
  readonly maxDelegationDepth?: number;
  readonly gitopsUser?: readonly string[];
  readonly stampKey?: readonly string[];
  readonly argocdNamespace: string;
  readonly argocdInstallationId?: string;
  readonly mcpServers?: 'pods' | 'processes';
  readonly mcpRunnerImage?: string;
}

function leaseTimes(options: OperatorCommandOptions): LeaseTimes {
  const leaseDurationMs = options.leaderElectLeaseDuration;
  const renewDeadlineMs = options.leaderElectRenewDeadline;
  const retryPeriodMs = options.leaderElectRetryPeriod;
  if (!(leaseDurationMs > renewDeadlineMs && renewDeadlineMs > retryPeriodMs && retryPeriodMs > 0)) {
    throw new CliError(
      '--leader-elect-lease-duration must be longer than --leader-elect-renew-deadline, and that longer than --leader-elect-retry-period',
      { exitCode: EXIT.usage },
    );
  }
  return { leaseDurationMs, renewDeadlineMs, retryPeriodMs };
}

/** `kubechain operator`: the controllers alone, against a cluster that is there or in one. */
export async function operator(options: OperatorCommandOptions, io: Io): Promise<number> {
  collectEarly();
  const logger = createLogger(options, io.err);
  const kubeConfig = load(options, io);
  const inCluster = kubeConfig.context === 'in-cluster';
  const host = options.bindAddress ?? (inCluster ? '0.0.0.0' : '127.0.0.1');

  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const metrics = await createKubeMetrics(registry);
  const client = createKubeClient({ kubeConfig, fieldManager: 'kubechain-operator', logger, metrics: metrics.client });
  const identity = processIdentity();
  const operation = createOperation({
    client,
    clock: systemClock,
    logger,
    metrics,
    operator: {
      namespace: options.namespace,
      // The key of Approvals is where the webhook keeps it: beside us.
      ...(inCluster ? { systemNamespace: kubeConfig.namespace } : {}),
      externalApiAllow: options.externalApiAllow,
      maxModelCalls: options.maxModelCalls,
      maxModelCallsPerNamespace: options.maxModelCallsPerNamespace,
      maxDelegationDepth: options.maxDelegationDepth,
      gitops: options.gitopsUser,
      stampKeys: loadStampKeys(options.stampKey, io.cwd),
      argocdNamespace: options.argocdNamespace,
      argocdInstallation: options.argocdInstallationId,
      mcpServers: {
        runsAs: (options.mcpServers ?? (inCluster ? 'pods' : 'processes')) === 'pods' ? 'Pod' : 'Process',
        runnerImage: options.mcpRunnerImage ?? `${RUNNER_IMAGE}:v${version()}`,
      },
    },
    lease: options.leaderElect
      ? {
          namespace: options.leaseNamespace ?? kubeConfig.namespace,
          name: OPERATOR_LEASE,
          identity,
          ...leaseTimes(options),
        }
      : undefined,
  });

  const shutdown = listenForShutdown({ source: io.signals, force: process.exit });
  try {
    await using cleanup = new AsyncDisposableStack();
    cleanup.defer(() => client.close());
    const { health, metrics: metricsServer } = await startProgramServers(cleanup, {
      host,
      healthPort: options.healthPort,
      metricsPort: options.metricsPort,
      notReady: () => {
        if (shutdown.signal.aborted) return ['it is being stopped'];
        return operation.notReady();
      },
      registry: () => Registry.merge([registry, operation.registry()]),
    });
    logger.info(
      {
        server: kubeConfig.cluster.server,
        context: kubeConfig.context,
        namespace: options.namespace ?? '(all)',
        identity,
        health: health.url,
        metrics: metricsServer.url,
      },
      'operator: started',
    );
    await operation.run(shutdown.signal);
    logger.info({ signal: shutdown.signal.reason }, 'operator: stopped');
    return EXIT.ok;
  } finally {
    shutdown.dispose();
  }
}
