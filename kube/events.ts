import { createBackoff } from './backoff.ts';
import { sleep, systemClock } from './clock.ts';
import { rfc3339 } from './conditions.ts';
import { isAlreadyExists, isNotFound, isRetriable, messageOf } from './errors.ts';
import type { EventMetrics } from './metrics.ts';
import { createSpamFilter } from './spamFilter.ts';
import type {
  CallOptions,
  Clock,
  EventRecorder,
  KubeClient,
  KubeObject,
  Logger,
  ObjectReference,
  Resource,
} from './types.ts';

export interface CoreEvent extends KubeObject {
  involvedObject: ObjectReference;
  reason: string;
  message: string;
  type: 'Normal' | 'Warning';
  count: number;
  firstTimestamp: string;
  lastTimestamp: string;
  source: { component: string };
  reportingComponent: string;
  reportingInstance: string;
}

export const EVENTS: Resource<CoreEvent> = {
  group: '',
  version: 'v1',
  plural: 'events',
  kind: 'Event',
  namespaced: true,
};

export interface EventRecorderOptions {
  readonly client: KubeClient;
  /** `source.component` and `reportingComponent`. */
  readonly component: string;
  /** `reportingInstance`, e.g. the Pod's name. */
  readonly instance?: string;
  readonly clock?: Clock;
  readonly logger: Logger;
  readonly metrics?: EventMetrics;
  /** Milliseconds within which a repeat counts up the Event that is there; 600,000 unless told. */
  readonly windowMs?: number;
  /** Events that may wait to be written; of more, the oldest is dropped. 10,000 unless told. */
  readonly maxQueued?: number;
  /** Writes at once; 8 unless told. */
  readonly concurrency?: number;
  /** One object's events: so many at once, then one each `everyMs`. 25 and 300,000 unless told, as in client-go. */
  readonly spam?: { readonly burst: number; readonly everyMs: number };
}

const MAX_MESSAGE_BYTES = 1024;
const MAX_ATTEMPTS = 4;
const WRITE_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 5000;
/** Distinct events remembered for counting repeats. */
const MAX_REMEMBERED = 4096;
const MAX_NAME = 253;

/** All repeats of one (object, type, reason, message) within the window. */
interface Series {
  readonly about: ObjectReference;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly annotations: Record<string, string> | undefined;
  readonly firstAt: number;
  lastAt: number;
  count: number;
  /** Name of the Event on the server. */
  name: string;
  created: boolean;
  state: 'idle' | 'queued' | 'writing' | 'writingAndChanged';
  /** Those who wait until what is recorded now was written. */
  waiting: { writes: number; readonly resolve: () => void }[];
}

/**
 * Writes core/v1 Events off the critical path: `event` puts them into a bounded queue and returns. Repeats become one Event
 * with a count. What cannot be written after a few attempts is counted and let go: events are a courtesy, not a record.
 */
export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  const { client, component, instance = '', logger, metrics, clock = systemClock } = options;
  const { windowMs = 600_000, maxQueued = 10_000, concurrency = 8 } = options;
  const allows = createSpamFilter({ clock, ...(options.spam ?? { burst: 25, everyMs: 300_000 }) });
  const remembered = new Map<string, Series>();
  /** Series to be written, in the order of their first unwritten event. */
  const queue = new Set<Series>();
  const stopping = new AbortController();
  const writing = new Set<Series>();
  let dropped = 0;
  let closed = false;
  let sequence = 0;

  const pump = (): void => {
    for (const series of queue) {
      if (writing.size >= concurrency) return;
      queue.delete(series);
      series.state = 'writing';
      writing.add(series);
      void write(series).finally(() => {
        writing.delete(series);
        const changed = series.state === 'writingAndChanged' && !stopping.signal.aborted;
        series.state = 'idle';
        settle(series, changed ? 1 : Number.POSITIVE_INFINITY);
        if (changed) enqueue(series);
        pump();
      });
    }
  };
  const settle = (series: Series, writes: number): void => {
    for (const waiter of series.waiting) {
      waiter.writes -= writes;
      if (waiter.writes <= 0) waiter.resolve();
    }
    series.waiting = series.waiting.filter((waiter) => waiter.writes > 0);
  };
  const enqueue = (series: Series): void => {
    series.state = 'queued';
    queue.add(series);
    if (queue.size <= maxQueued) return;
    for (const oldest of queue) {
      queue.delete(oldest);
      oldest.state = 'idle';
      settle(oldest, Number.POSITIVE_INFINITY);
      break;
    }
    metrics?.event('dropped');
    if (dropped++ % 1000 === 0)
      logger.warn({ dropped, maxQueued }, 'events: the queue is full, the oldest are dropped');
  };

  async function write(series: Series): Promise<void> {
    const backoff = createBackoff({ baseMs: 250, maxMs: 5000 });
    for (let attempt = 1; ; attempt++) {
      try {
        await writeOnce(series);
        metrics?.event('written');
        return;
      } catch (error) {
        if (isNotFound(error) && series.created) series.created = false;
        else if (!isRetriable(error)) return giveUp(series, error);
        if (attempt >= MAX_ATTEMPTS || stopping.signal.aborted) return giveUp(series, error);
        await sleep(clock, backoff.next(), stopping.signal);
      }
    }
  }
  const giveUp = (series: Series, error: unknown): void => {
    metrics?.event('failed');
    logger.debug(
      {
        about: `${series.about.kind} ${series.about.namespace ?? ''}/${series.about.name}`,
        reason: series.reason,
        error: messageOf(error),
      },
      'events: not written',
    );
  };

  async function writeOnce(series: Series): Promise<void> {
    const { about, count, lastAt } = series;
    const namespace = about.namespace || 'default';
    const callOptions = { timeoutMs: WRITE_TIMEOUT_MS, signal: stopping.signal };
    if (series.created) {
      await client.patch(
        EVENTS,
        { namespace, name: series.name },
        { type: 'merge', body: { count, lastTimestamp: rfc3339(lastAt) } },
        callOptions,
      );
      return;
    }
    await createEvent(series, namespace, callOptions);
    series.created = true;
  }

  async function createEvent(series: Series, namespace: string, callOptions: CallOptions): Promise<void> {
    const { about, count, lastAt } = series;
    if (series.name === '') series.name = eventName(about.name, clock.now(), sequence++);
    const { name } = series;
    const creating = client.create(
      EVENTS,
      {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name, namespace, ...(series.annotations && { annotations: series.annotations }) },
        involvedObject: about,
        reason: series.reason,
        message: series.message,
        type: series.type,
        count,
        firstTimestamp: rfc3339(series.firstAt),
        lastTimestamp: rfc3339(lastAt),
        source: { component },
        reportingComponent: component,
        reportingInstance: instance,
      },
      callOptions,
    );
    // An attempt that was cut off got there after all: the name is nobody else's.
    await creating.catch((error: unknown) => {
      if (!isAlreadyExists(error)) throw error;
    });
  }

  const remember = (key: string, series: Series): void => {
    remembered.set(key, series);
    for (const oldest of remembered.keys()) {
      if (remembered.size <= MAX_REMEMBERED) break;
      remembered.delete(oldest);
    }
  };

  const flush = async (): Promise<void> => {
    await Promise.all(
      [...queue, ...writing].map(
        (series) =>
          new Promise<void>((resolve) => {
            series.waiting.push({ writes: series.state === 'writingAndChanged' ? 2 : 1, resolve });
          }),
      ),
    );
  };

  return {
    event(about, type, reason, text, annotations) {
      if (closed) return;
      const message = cutToBytes(text, MAX_MESSAGE_BYTES);
      const now = clock.now();
      const subject = JSON.stringify([about.apiVersion, about.kind, about.namespace, about.name, about.uid]);
      if (!allows(subject)) {
        metrics?.event('filtered');
        return;
      }
      const key = JSON.stringify([subject, type, reason, message]);
      let series = remembered.get(key);
      if (series === undefined || now - series.lastAt > windowMs) {
        series = {
          about: referenceOf(about),
          type,
          reason,
          message,
          annotations,
          firstAt: now,
          lastAt: now,
          count: 1,
          name: '',
          created: false,
          state: 'idle',
          waiting: [],
        };
      } else {
        series.count++;
        series.lastAt = now;
      }
      remembered.delete(key);
      remember(key, series);
      if (series.state === 'idle') enqueue(series);
      else if (series.state === 'writing') series.state = 'writingAndChanged';
      pump();
    },
    flush,
    async close() {
      closed = true;
      const timer = clock.after(CLOSE_TIMEOUT_MS, () => {
        stopping.abort();
        for (const series of queue) {
          giveUp(series, 'closing');
          settle(series, Number.POSITIVE_INFINITY);
        }
        queue.clear();
      });
      await flush();
      timer.cancel();
    },
  };
}

/** Only the reference's own fields, whatever else the object given carries. */
function referenceOf(about: ObjectReference): ObjectReference {
  const { apiVersion, kind, namespace, name, uid, resourceVersion } = about;
  return { apiVersion, kind, namespace, name, uid, resourceVersion };
}

/** As client-go names them: the object and the time in hex; here microseconds and a count, as the clock has no nanoseconds. */
function eventName(object: string, now: number, sequence: number): string {
  const hex = (BigInt(Math.round(now * 1000)) * 1000n + BigInt(sequence % 1000)).toString(16);
  return `${object.slice(0, MAX_NAME - 1 - hex.length).replace(/[^a-z0-9]+$/, '')}.${hex}`;
}

/** At most `max` bytes of UTF-8, cut between characters. */
function cutToBytes(text: string, max: number): string {
  if (text.length * 3 <= max) return text;
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= max) return text;
  let end = max;
  // A byte 10xxxxxx goes on with the character before it.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
  return bytes.toString('utf8', 0, end);
}
