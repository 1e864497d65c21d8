// Not by the index: one of these runs beside each server, and needs nothing of the rest.
import { startEgressProxy } from '../../controller/mcp/bridge/egressProxy.ts';
import { CliError, EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import { createLogger, type LogOptions } from '../logging.ts';
import { listenForShutdown } from '../signals.ts';

export interface EgressProxyCommandOptions extends LogOptions {
  readonly port: number;
  readonly host: string;
  readonly allow?: readonly string[];
  readonly allowPrivate?: readonly string[];
}

/** `kubechain egress-proxy`: an HTTP proxy to some hosts only. */
export async function egressProxy(options: EgressProxyCommandOptions, io: Io): Promise<number> {
  const { host, port, allow = [], allowPrivate = [] } = options;
  if (allow.length === 0) {
    throw new CliError('give --allow host:port: what is not allowed is refused', { exitCode: EXIT.usage });
  }
  const logger = createLogger(options, io.err);
  const shutdown = listenForShutdown({ source: io.signals, force: process.exit });
  try {
    const proxy = await startEgressProxy({ host, port, allow, allowPrivate, logger }).catch((error: Error) => {
      throw new CliError(`egress-proxy: ${error.message}`, { cause: error });
    });
    logger.info({ url: proxy.url, allow }, 'egress-proxy: started');
    if (!shutdown.signal.aborted) {
      await new Promise<void>((resolve) => {
        shutdown.signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    await proxy.close();
    return EXIT.ok;
  } finally {
    shutdown.dispose();
  }
}
