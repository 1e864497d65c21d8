import type { Registry } from 'prom-client';
import { type Route, type SmallServer, startSmallServer } from './healthServer.ts';

/** What a long-running program serves beside its work: probes on one port, metrics on another. */
export interface ProgramServers {
  readonly health: SmallServer;
  readonly metrics: SmallServer;
}

/**
 * Starts them; they close with `cleanup`.
 *
 * @param notReady what the program still waits for, a line each; none when it is ready
 * @param registry asked at each scrape
 * @throws CliError where a port is taken
 */
export async function startProgramServers(
  cleanup: AsyncDisposableStack,
  options: {
    readonly host: string;
    readonly healthPort: number;
    readonly metricsPort: number;
    readonly notReady: () => readonly string[];
    readonly registry: () => Registry;
  },
): Promise<ProgramServers> {
  const { host, healthPort, metricsPort, notReady, registry } = options;
  const healthRoutes = new Map<string, Route>([
    ['/healthz', () => ({ status: 200, text: 'ok\n' })],
    [
      '/readyz',
      () => {
        const missing = notReady();
        return missing.length === 0 ? { status: 200, text: 'ok\n' } : { status: 503, text: `${missing.join('\n')}\n` };
      },
    ],
  ]);
  const metricsRoutes = new Map<string, Route>([
    [
      '/metrics',
      async () => {
        const all = registry();
        return { status: 200, text: await all.metrics(), contentType: all.contentType };
      },
    ],
  ]);
  const health = await startSmallServer({ host, port: healthPort, option: '--health-port', routes: healthRoutes });
  cleanup.defer(() => health.close());
  const metrics = await startSmallServer({ host, port: metricsPort, option: '--metrics-port', routes: metricsRoutes });
  cleanup.defer(() => metrics.close());
  return { health, metrics };
}
