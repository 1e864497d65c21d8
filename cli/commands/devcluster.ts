import { once } from 'node:events';
import { resolve } from 'node:path';
import { DATA_DIR } from '../defaults.ts';
import { EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import { createLogger, type LogOptions } from '../logging.ts';
import { shownPath } from '../paths.ts';
import { listenForShutdown } from '../signals.ts';
import { createStyle } from '../terminal/style.ts';
import { openDataDir } from '../up/dataDir.ts';
import { startOnPort } from '../up/ports.ts';

export interface DevclusterOptions extends LogOptions {
  readonly data?: string;
  readonly inMemory?: boolean;
  readonly port?: number;
  readonly kubeconfig?: string;
}

/** `up` registered webhooks that ended with it. Left there, they would have this server refuse all writes to our kinds. */
const UNGUARDED = (program: string): string =>
  `  KubeChain’s webhooks ended with ${program} up and are not registered here: until it runs again nobody judges or stamps what is written.`;

/** `kubechain devcluster`: the embedded API server alone. */
export async function devcluster(options: DevclusterOptions, io: Io): Promise<number> {
  const logger = createLogger(options, io.err, 'warn');
  const { startApiServer } = await import('../../devcluster/index.ts');
  // Nothing to keep and the kubeconfig elsewhere: no folder of ours then, and any number of them side by side.
  const folderless = options.inMemory === true && options.data === undefined && options.kubeconfig !== undefined;
  const dataDir = folderless ? undefined : openDataDir(resolve(io.cwd, options.data ?? DATA_DIR));
  const shutdown = listenForShutdown({ source: io.signals, force: process.exit });
  try {
    const kubeconfigPath = resolve(io.cwd, options.kubeconfig ?? dataDir?.kubeconfig ?? 'kubeconfig');
    const { server } = await startOnPort(
      (port) =>
        startApiServer({
          dataDir: dataDir?.apiServer,
          inMemory: options.inMemory === true,
          port,
          kubeconfigPath,
          logger,
        }),
      { wanted: options.port, saved: dataDir?.saved.apiPort, option: '--port' },
    );
    try {
      dataDir?.save({ apiPort: Number(new URL(server.url).port) });
      const unguarded = options.inMemory !== true && dataDir?.saved.webhooks === true;
      if (unguarded) {
        await (await import('../up/registration.ts')).withdrawWebhooks(kubeconfigPath);
        dataDir?.save({ webhooks: false });
      }
      const style = createStyle(io.out, io.env);
      const shown = shownPath(kubeconfigPath, io.cwd);
      io.out.write(
        `${style.bold('Kubernetes API')} on ${server.url}${options.inMemory ? ' (in memory: nothing is kept)' : ''}\n` +
          `  kubectl --kubeconfig ${shown} get namespaces\n` +
          (unguarded ? `${style.warn(UNGUARDED(io.programName))}\n` : '') +
          `${style.dim('Ctrl-C stops it.')}\n`,
      );
      if (!shutdown.signal.aborted) await once(shutdown.signal, 'abort');
    } finally {
      await server.close();
    }
    return EXIT.ok;
  } finally {
    shutdown.dispose();
    dataDir?.release();
  }
}
