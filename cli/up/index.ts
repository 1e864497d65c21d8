import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { KubeError, systemClock } from '../../kube/index.ts';
import { DATA_DIR, OPERATOR_LEASE } from '../defaults.ts';
import { CliError, EXIT } from '../exit.ts';
import { installCrds } from '../installCrds.ts';
import type { Io } from '../io.ts';
import { createLogger, type LogOptions } from '../logging.ts';
import { createOperation } from '../operate.ts';
import { shownPath } from '../paths.ts';
import { ACCOUNTS, applyRbac, SYSTEM_NAMESPACE } from '../rbac.ts';
import { listenForShutdown, signalExitCode } from '../signals.ts';
import { loadStampKeys } from '../stampKeys.ts';
import { version } from '../version.ts';
import { accountClient } from './accounts.ts';
import { openCluster, refuseSecondOperator, serverVersion, type UpCluster } from './cluster.ts';
import { type DataDir, openDataDir } from './dataDir.ts';
import { applyDemo, DEMO_NAMESPACE } from './demo.ts';
import { startModel, type UpModel } from './model.ts';
import { showNextSteps, showOutcome, waitForOutcome } from './outcome.ts';
import { createScreen, type Screen } from './screen.ts';
import { watchRuns } from './watch.ts';
import { hasWebhooks, startWebhooks, type UpWebhooks } from './webhooks.ts';

export interface UpOptions extends LogOptions {
  readonly data?: string;
  readonly port?: number;
  readonly once?: boolean;
  /** Milliseconds that `--once` waits. */
  readonly timeout: number;
  readonly demo: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly stampKey?: readonly string[];
}

/** `kubechain up`: everything in one process, and a demo that runs on it. */
export async function up(options: UpOptions, io: Io): Promise<number> {
  refuseNonsense(options);
  const stampKeys = loadStampKeys(options.stampKey, io.cwd);
  const dataDir = openDataDir(resolve(io.cwd, options.data ?? DATA_DIR));
  const clock = systemClock;
  const screen = createScreen(io, clock.now);
  const logger = createLogger(
    options,
    { isTTY: io.err.isTTY ?? false, write: (text) => screen.aside(() => io.err.write(text)) },
    'warn',
  );
  const shutdown = listenForShutdown({ source: io.signals, force: process.exit });
  const { signal } = shutdown;

  // Undone in reverse: the operator ends before the model and the API server that it talks to.
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(dataDir.release);
  cleanup.defer(shutdown.dispose);
  cleanup.defer(screen.close);
  try {
    const [cluster, model] = await startBoth(options, dataDir, io, logger, cleanup);
    const serverIs = await serverVersion(cluster, signal);
    showHeader(screen, cluster, model, serverIs);
    await Promise.all([installCrds(cluster.client, clock, signal), applyRbac(cluster.client, signal)]);
    const identity = leaseIdentity(dataDir);
    await refuseSecondOperator(cluster.client, OPERATOR_LEASE, identity, clock.now());

    // Before the operator writes anything: the webhooks of last time are gone, and what they judge nobody else lets in.
    if (cluster.embedded) dataDir.save({ webhooks: true });
    const webhooks = cluster.embedded ? await startWebhooks(cluster, { clock, logger, stampKeys, signal }) : undefined;
    if (webhooks !== undefined) cleanup.defer(webhooks.close);
    await showWebhooks(screen, cluster, webhooks, signal);

    const operatorClient = accountClient(cluster, ACCOUNTS.operator, { clock, logger });
    cleanup.defer(() => operatorClient.close());
    const operation = createOperation({
      client: operatorClient,
      clock,
      logger,
      operator: { stampKeys },
      lease: { namespace: SYSTEM_NAMESPACE, name: OPERATOR_LEASE, identity },
    });
    const stopOperator = new AbortController();
    const operating = operation.run(stopOperator.signal);
    const operatorFailed = operating.then(() => Promise.withResolvers<never>().promise);
    operatorFailed.catch(() => undefined);
    cleanup.defer(async () => {
      stopOperator.abort();
      await operating.catch(() => undefined);
    });
    const failed = webhooks === undefined ? operatorFailed : Promise.race([operatorFailed, webhooks.failed]);
    failed.catch(() => undefined);

    const stopWatching = new AbortController();
    const watching = watchRuns({ client: cluster.client, clock, logger, screen }, stopWatching.signal);
    cleanup.defer(async () => {
      stopWatching.abort();
      await watching.ended;
    });
    await Promise.race([watching.started, failed]);

    const work = async (): Promise<number> => {
      if (!options.demo) {
        showNextSteps({ screen, io, cluster, agent: undefined, run: undefined });
      } else {
        const demo = await applyDemo(cluster.client, model.model, signal);
        for (const note of demo.notes) screen.line(screen.style.warn(note));
        const outcome = await waitForOutcome({
          client: cluster.client,
          namespace: DEMO_NAMESPACE,
          task: demo.task,
          logger,
          signal,
          timeoutMs: options.once ? options.timeout : undefined,
        });
        if (outcome.run !== undefined) await watching.shown(outcome.run, signal);
        const exitCode = showOutcome(screen, outcome);
        if (options.once) return exitCode;
        showNextSteps({ screen, io, cluster, agent: demo.agent, run: outcome.run?.metadata.name });
      }
      if (!signal.aborted) await once(signal, 'abort');
      return EXIT.ok;
    };
    const exitCode = await Promise.race([work(), failed]);
    if (!options.once) screen.line(stoppingLine(screen, options, dataDir, io));
    return exitCode;
  } catch (error) {
    if (signal.aborted) {
      screen.line(stoppingLine(screen, options, dataDir, io));
      return options.once ? signalExitCode(signal.reason === 'SIGINT' ? 'SIGINT' : 'SIGTERM') : EXIT.ok;
    }
    throw error instanceof KubeError ? new CliError(error.message, { cause: error }) : error;
  }
}

function refuseNonsense(options: UpOptions): void {
  const usage = (message: string): CliError => new CliError(message, { exitCode: EXIT.usage });
  if (options.once && !options.demo) throw usage('--once waits for the demo’s end: leave out --no-demo, or --once');
  if (options.kubeconfig !== undefined && options.port !== undefined) {
    throw usage('--port is the embedded API server’s, and with --kubeconfig there is none: leave out one of them');
  }
  if (options.kubeconfig === undefined && options.context !== undefined) {
    throw usage('--context chooses within the file that --kubeconfig names: give that too');
  }
}

/** Starts cluster and model side by side; what did start is closed also where the other one fails. */
async function startBoth(
  options: UpOptions,
  dataDir: DataDir,
  io: Io,
  logger: ReturnType<typeof createLogger>,
  cleanup: AsyncDisposableStack,
): Promise<[UpCluster, UpModel]> {
  const opening = openCluster(options, dataDir, io, logger).then((cluster) => {
    cleanup.defer(() => cluster.close());
    return cluster;
  });
  const starting = startModel(io.env, dataDir, logger).then((model) => {
    cleanup.defer(() => model.close());
    return model;
  });
  await Promise.allSettled([opening, starting]);
  return Promise.all([opening, starting]);
}

/** The same at each start on this folder, whose lock says that there is one of us: after a kill we need not wait for our own Lease. */
function leaseIdentity(dataDir: DataDir): string {
  return `${hostname()}_up_${createHash('sha256').update(dataDir.path).digest('hex').slice(0, 12)}`;
}

function showHeader(screen: Screen, cluster: UpCluster, model: UpModel, serverIs: string): void {
  const { style } = screen;
  const kind = cluster.embedded ? ' (embedded)' : '';
  screen.line(
    `${style.bold(`KubeChain ${version()}`)} ${style.dim('·')} Kubernetes API ${serverIs}${kind} on ${cluster.kubeConfig.cluster.server}`,
  );
  screen.line(`  ${style.dim('kubeconfig')}  ${cluster.kubeconfig}`);
  screen.line(`  ${style.dim('model')}       ${model.description}`);
  if (model.moved) {
    screen.line(
      style.warn('  The simulated model’s port of last time is taken: runs that were under way on it retry in vain.'),
    );
  }
}

/** Whether admission is guarded, in one line. */
async function showWebhooks(
  screen: Screen,
  cluster: UpCluster,
  webhooks: UpWebhooks | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { style } = screen;
  const label = style.dim('webhooks');
  if (webhooks !== undefined) screen.line(`  ${label}    on ${webhooks.url}`);
  else if (await hasWebhooks(cluster.client, signal)) screen.line(`  ${label}    those that the cluster has`);
  else {
    screen.line(
      style.warn(
        '  webhooks    off: a cluster elsewhere may not reach this machine. Policies hold at run time; Approvals count for nothing.',
      ),
    );
  }
  screen.gap();
}

function stoppingLine(screen: Screen, options: UpOptions, dataDir: DataDir, io: Io): string {
  const where =
    options.kubeconfig === undefined
      ? `everything is kept in ${shownPath(dataDir.path, io.cwd)}`
      : 'the cluster keeps everything';
  return screen.style.dim(`Stopping; ${where}.`);
}
