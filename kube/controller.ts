import { isConflict, KubeError, messageOf } from './errors.ts';
import type { ControllerOptions } from './types.ts';

/** Thrown by a reconcile that repeating cannot help: logged, and the key rests until something changes. */
export class TerminalError extends Error {
  override readonly name = 'TerminalError';
}

const RECONCILES_A_BREATH = 32;

/**
 * Runs `workers` reconciles side by side, never two of one key, until `signal` aborts; then shuts the queue down and
 * resolves when those under way have ended. A reconcile that throws is logged with its key and comes back with the rate
 * limiter's backoff, or later where the server asked for that.
 */
export async function runController(options: ControllerOptions, signal: AbortSignal): Promise<void> {
  const { name, queue, workers, reconcile, clock, metrics } = options;
  const logger = options.logger.child({ controller: name });
  let active = 0;
  let sinceBreath = 0;

  const process = async (key: string): Promise<void> => {
    const started = clock.monotonic();
    metrics?.active(name, ++active);
    let result: 'success' | 'requeue_after' | 'error' | 'terminal_error' = 'success';
    try {
      const asked = await reconcile(key, signal);
      queue.forget(key);
      if (asked.kind === 'requeue') {
        result = 'requeue_after';
        queue.addAfter(key, asked.afterMs);
      }
    } catch (error) {
      if (signal.aborted) return;
      const fields = { key, ...options.about?.(key), error: messageOf(error), failures: queue.failures(key) };
      if (error instanceof TerminalError) {
        result = 'terminal_error';
        queue.forget(key);
        logger.error(fields, 'reconcile failed for good');
        return;
      }
      result = 'error';
      // Someone else wrote first: read again, decide again. That is how it works, not a failure to report.
      if (isConflict(error)) logger.debug(fields, 'reconcile met a conflict: again');
      else
        logger.error(
          {
            ...fields,
            ...(error instanceof KubeError
              ? { code: error.code }
              : { stack: error instanceof Error ? error.stack : undefined }),
          },
          'reconcile failed: again',
        );
      if (error instanceof KubeError && error.retryAfterMs !== undefined)
        queue.addAfter(key, Math.max(error.retryAfterMs, 100));
      else queue.addRateLimited(key);
    } finally {
      metrics?.active(name, --active);
      metrics?.reconciled(name, result, (clock.monotonic() - started) / 1000);
      queue.done(key);
    }
  };
  const work = async (): Promise<void> => {
    for (let key = await queue.take(signal); key !== undefined; key = await queue.take(signal)) {
      await process(key);
      // Reconciles that wait for no I/O, one of which may ask for itself again at once, must leave room for it.
      if (++sinceBreath >= RECONCILES_A_BREATH) {
        sinceBreath = 0;
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
  };

  await Promise.all(Array.from({ length: Math.max(1, workers) }, work));
  queue.shutDown();
}
