import { collectDefaultMetrics, Registry } from 'prom-client';
import { createKubeClient, createKubeMetrics, systemClock } from '../../kube/index.ts';
import {
  APPROVAL_KEY_SECRET,
  type CertificateChoice,
  createWebhook,
  createWebhookMetrics,
  DEFAULT_OPERATOR,
} from '../../webhooks/index.ts';
import { type ClusterOptions, load } from '../connect.ts';
import { CliError, EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import { createLogger, type LogOptions } from '../logging.ts';
import { startProgramServers } from '../programServers.ts';
import { listenForShutdown } from '../signals.ts';
import { loadStampKeys } from '../stampKeys.ts';

export interface WebhookCommandOptions extends ClusterOptions, LogOptions {
  readonly bindAddress?: string;
  readonly port: number;
  readonly healthPort: number;
  readonly metricsPort: number;
  readonly tlsCertFile?: string;
  readonly tlsKeyFile?: string;
  readonly selfSigned?: boolean;
  readonly serviceName: string;
  readonly certSecret: string;
  readonly certHost?: readonly string[];
  readonly configuration: string;
  readonly operatorUser?: readonly string[];
  readonly restoreUser?: readonly string[];
  readonly gitopsUser?: readonly string[];
  readonly stampKey?: readonly string[];
  readonly maxInFlight?: number;
  /** Milliseconds. */
  readonly drain: number;
}

function certificateChoice(options: WebhookCommandOptions, namespace: string): CertificateChoice {
  const usage = (message: string): CliError => new CliError(message, { exitCode: EXIT.usage });
  const { tlsCertFile: certFile, tlsKeyFile: keyFile } = options;
  if (options.selfSigned) {
    if (certFile !== undefined || keyFile !== undefined) {
      throw usage(
        '--self-signed issues a certificate, --tls-cert-file and --tls-key-file bring one: leave out one of them',
      );
    }
    const service = `${options.serviceName}.${namespace}`;
    return {
      kind: 'selfSigned',
      secret: { namespace, name: options.certSecret },
      configuration: options.configuration,
      hosts: [`${service}.svc`, `${service}.svc.cluster.local`, ...(options.certHost ?? [])],
    };
  }
  if (certFile === undefined || keyFile === undefined) {
    throw usage('a serving certificate is needed: give --tls-cert-file and --tls-key-file, or --self-signed');
  }
  return { kind: 'files', certFile, keyFile };
}

/** `kubechain webhook`: the admission webhooks, on every replica. */
export async function webhook(options: WebhookCommandOptions, io: Io): Promise<number> {
  const logger = createLogger(options, io.err);
  const kubeConfig = load(options, io);
  const inCluster = kubeConfig.context === 'in-cluster';
  const host = options.bindAddress ?? (inCluster ? '0.0.0.0' : '127.0.0.1');
  const namespace = options.namespace ?? kubeConfig.namespace;
  const certificate = certificateChoice(options, namespace);

  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const [kubeMetrics, metrics] = await Promise.all([createKubeMetrics(registry), createWebhookMetrics(registry)]);
  const client = createKubeClient({
    kubeConfig,
    fieldManager: 'kubechain-webhook',
    logger,
    metrics: kubeMetrics.client,
  });
  const server = createWebhook({
    client,
    clock: systemClock,
    logger,
    host,
    port: options.port,
    certificate,
    approvalKey: { namespace, name: APPROVAL_KEY_SECRET },
    operators: options.operatorUser ?? [DEFAULT_OPERATOR],
    drainMs: options.drain,
    metrics,
    stampKeys: loadStampKeys(options.stampKey, io.cwd),
    ...(options.gitopsUser === undefined ? {} : { gitops: options.gitopsUser }),
    ...(options.restoreUser === undefined ? {} : { restorers: options.restoreUser }),
    ...(options.maxInFlight === undefined ? {} : { maxInFlight: options.maxInFlight }),
  });

  const shutdown = listenForShutdown({ source: process, force: process.exit });
  try {
    await using cleanup = new AsyncDisposableStack();
    cleanup.defer(() => client.close());
    const { health, metrics: metricsServer } = await startProgramServers(cleanup, {
      host,
      healthPort: options.healthPort,
      metricsPort: options.metricsPort,
      notReady: () => server.notReady(),
      registry: () => registry,
    });
    server.started.then(
      ({ port }) =>
        logger.info(
          { server: kubeConfig.cluster.server, host, port, health: health.url, metrics: metricsServer.url },
          'webhook: serving',
        ),
      () => undefined,
    );
    try {
      await server.run(shutdown.signal);
    } catch (error) {
      const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      if (!taken) throw error;
      throw new CliError(`--port ${options.port}: the port is taken by another program; give another port, or 0`, {
        cause: error,
      });
    }
    logger.info({ signal: shutdown.signal.reason }, 'webhook: stopped');
    return EXIT.ok;
  } finally {
    shutdown.dispose();
  }
}
