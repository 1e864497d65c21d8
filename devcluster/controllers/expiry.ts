/** Events go an hour after they were last written, as with the real server's default. */
import type { Logger } from '../logger.ts';
import type { RegistryContext } from '../registry/call.ts';
import type { Controllers } from './types.ts';

const resource = '/events';
const lifetime = 3_600_000;
const interval = 60_000;

/** Starts the controller. */
export function startEventExpiry(context: RegistryContext, logger: Logger): Controllers {
  // In order of writing: the next to go is always the first.
  const written = new Map<string, number>();
  const found = context.store.list(resource).map((entry) => {
    const object = context.store.object(entry);
    const times = [object.metadata.creationTimestamp, object.lastTimestamp].map(
      (time) => Date.parse(String(time)) || 0,
    );
    return { key: entry.key, time: Math.max(...times) };
  });
  for (const { key, time } of found.sort((a, b) => a.time - b.time)) written.set(key, time);
  const stop = context.store.subscribe(resource, ({ type, entry }) => {
    written.delete(entry.key);
    if (type !== 'DELETED') written.set(entry.key, context.now().getTime());
  });
  const sweep = (): void => {
    const before = context.now().getTime() - lifetime;
    for (const [key, time] of written) {
      if (time > before) return;
      written.delete(key);
      const entry = context.store.latest(resource, key);
      if (entry === undefined) continue;
      context.store.delete(resource, key, entry.revision).catch((error: unknown) => {
        logger.warn({ error, event: key }, 'an expired event could not be deleted');
      });
    }
  };
  sweep();
  const timer = setInterval(sweep, interval);
  timer.unref();
  return {
    close: () => {
      clearInterval(timer);
      stop();
    },
  };
}
