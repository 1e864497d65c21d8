/**
 * The operator as a process of its own: `operator.ts KUBECONFIG NAMESPACE IDENTITY [LEASE]`. Logs JSON lines to stdout. With a
 * lease it stands for election first; without, it begins at once.
 */
import { flushCompileCache } from 'node:module';
import { createOperator } from '../../../controller/index.ts';
import type { Logger } from '../../../kube/index.ts';
import { createKubeClient, createLeaderElector, loadKubeConfig, systemClock } from '../../../kube/index.ts';

const [kubeconfig = '', namespace = '', identity = '', lease] = process.argv.slice(2);

const log =
  (level: string, bound: object) =>
  (fields: object, message: string): void => {
    process.stdout.write(`${JSON.stringify({ level, message, at: Date.now(), ...bound, ...fields })}\n`);
  };
const loggerWith = (bound: object): Logger => ({
  debug: () => {},
  info: log('info', bound),
  warn: log('warn', bound),
  error: log('error', bound),
  child: (fields) => loggerWith({ ...bound, ...fields }),
});
const logger = loggerWith({ identity });

const client = createKubeClient({
  kubeConfig: loadKubeConfig({ path: kubeconfig, env: {} }),
  fieldManager: 'kubechain-operator',
});
const stopping = new AbortController();
process.once('SIGTERM', () => stopping.abort());
// The one that is killed has no end at which it would be written.
flushCompileCache();
const keepAlive = setInterval(() => {}, 60_000);

const operate = (signal: AbortSignal): Promise<void> =>
  createOperator({ client, clock: systemClock, logger, identity, namespace, externalApiAllow: ['127.0.0.1'] }).run(
    signal,
  );
if (lease === undefined) {
  await operate(stopping.signal);
} else {
  await createLeaderElector({
    client,
    clock: systemClock,
    logger,
    lease: { namespace, name: lease },
    identity,
    leaseDurationMs: 4000,
    renewDeadlineMs: 3500,
    retryPeriodMs: 250,
  }).run(operate, stopping.signal);
}
clearInterval(keepAlive);
await client.close();
