import { taskRuns } from '../../api/index.ts';
import { type ClusterOptions, withCluster } from '../connect.ts';
import { CliError, EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import { createLogger, type LogOptions } from '../logging.ts';
import { followRun } from '../runs/follow.ts';
import { isFinished } from '../runs/progress.ts';
import { resolveRun } from '../runs/resolve.ts';

/** An operator acts within milliseconds; a model call that is under way is given up at once. */
const PATIENCE_MS = 10_000;

/** `kubechain cancel RUN`: asks for the end of a run and waits a moment for it. */
export function cancel(run: string, options: ClusterOptions & LogOptions, io: Io): Promise<number> {
  const logger = createLogger(options, io.err, 'warn');
  return withCluster(options, io, logger, async ({ client, namespace }) => {
    const found = await resolveRun(client, namespace, run);
    const name = found.metadata.name ?? run;
    if (found.status?.phase === 'Cancelled') {
      io.out.write(`TaskRun ${name} is cancelled already\n`);
      return EXIT.ok;
    }
    if (isFinished(found)) {
      throw new CliError(`TaskRun ${name} has ended already (${found.status?.phase}): there is nothing to cancel`);
    }
    await client.patch(taskRuns, { namespace, name }, { type: 'merge', body: { spec: { cancel: true } } });
    const patience = AbortSignal.timeout(PATIENCE_MS);
    try {
      const ended = await followRun({ client, namespace, of: { run: name }, logger, signal: patience });
      const phase = ended.status?.phase;
      io.out.write(
        phase === 'Cancelled'
          ? `TaskRun ${name} cancelled\n`
          : `TaskRun ${name} ended before it could be cancelled (${phase})\n`,
      );
      return phase === 'Cancelled' ? EXIT.ok : EXIT.failed;
    } catch (error) {
      if (!patience.aborted) throw error;
      io.out.write(
        `TaskRun ${name}: cancellation is requested; no operator has acted on it within ${PATIENCE_MS / 1000} s\n`,
      );
      return EXIT.ok;
    }
  });
}
