import { createBackoff } from './backoff.ts';
import { sleep } from './clock.ts';
import { isGone, isNotFound, KubeError, messageOf } from './errors.ts';
import type { InformerMetrics } from './metrics.ts';
import { isNewerVersion } from './resources.ts';
import type { Clock, KubeClient, KubeObject, ListOptions, Logger, Resource } from './types.ts';

/** Where a reflector puts what it sees. Calls come strictly one after the other. */
export interface ReflectorSink<T extends KubeObject> {
  /** A list was asked for: what is written from here on may be missing in it. */
  listStarted(): void;
  /** The complete state at `resourceVersion`. */
  replace(objects: T[], resourceVersion: string): void;
  /** Whether a change is older than what is there, or the same: then it is neither transformed nor told. */
  knows(object: T): boolean;
  changed(object: T): void;
  deleted(object: T): void;
  /** All up to this version has been seen. */
  progressed(resourceVersion: string): void;
}

export interface ReflectorOptions<T extends KubeObject> {
  readonly client: KubeClient;
  readonly resource: Resource<T>;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Objects a page of a list at most; 500 unless told. Pages of big objects get smaller, so that no answer is much over 2 MiB. */
  readonly pageSize?: number;
  /** Applied to each object as soon as it is read, before the next page. Must not edit the object it is given. */
  readonly transform?: (object: T) => T;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics?: InformerMetrics;
  readonly random?: () => number;
  /** Milliseconds without a byte after which a watch counts as dead; the client's default unless told. */
  readonly inactivityMs?: number;
  /** Milliseconds of the first wait after a failure; 200 unless told. */
  readonly backoffMs?: number;
}

const PAGE_SIZE = 500;
/** The first page tells how big the objects are. */
const FIRST_PAGE_SIZE = 100;
const SMALLEST_PAGE_SIZE = 20;
const PAGE_CHARACTERS = 2 * 1024 * 1024;
/** Objects of a page that are measured. */
const SAMPLES = 3;
const LIST_TIMEOUT_MS = 60_000;
const SHORTEST_WATCH_SECONDS = 300;
const LONGEST_BACKOFF_MS = 10_000;
/** A watch that ends sooner and brought nothing counts as a failure, lest we hammer the server. */
const HEALTHY_WATCH_MS = 1000;

/**
 * Lists, then watches from the list's version, until `signal` aborts; never rejects. A watch that ends or breaks goes on
 * from the last version seen; `Gone` lists anew. Every failure waits: exponential backoff with jitter, and at least as
 * long as the server asked.
 */
export async function runReflector<T extends KubeObject>(
  options: ReflectorOptions<T>,
  sink: ReflectorSink<T>,
  signal: AbortSignal,
): Promise<void> {
  const { clock, metrics, resource, random = Math.random } = options;
  const logger = options.logger.child({ kind: resource.kind });
  const backoff = createBackoff({ baseMs: options.backoffMs ?? 200, maxMs: LONGEST_BACKOFF_MS, random });
  let version: string | undefined;
  let lists = 0;

  while (!signal.aborted) {
    const startedAt = clock.monotonic();
    let events = 0;
    try {
      if (version === undefined) {
        if (lists++ > 0) metrics?.relisted(resource.plural);
        version = await listAll(options, sink, signal);
      } else {
        metrics?.watchStarted(resource.plural);
        for await (const event of options.client.watch(resource, {
          namespace: options.namespace,
          labelSelector: options.labelSelector,
          fieldSelector: options.fieldSelector,
          resourceVersion: version,
          timeoutSeconds: Math.round(SHORTEST_WATCH_SECONDS * (1 + random())),
          inactivityMs: options.inactivityMs,
          signal,
        })) {
          if (signal.aborted) return;
          events++;
          const seen: string =
            event.type === 'BOOKMARK' ? event.resourceVersion : (event.object.metadata.resourceVersion ?? '');
          if (event.type === 'BOOKMARK' && isNewerVersion(version, seen)) {
            throw new KubeError('Gone', `the server is at version ${seen}, behind ${version}: its data was replaced`);
          }
          if (event.type === 'DELETED') sink.deleted(transformed(options, event.object));
          else if (event.type !== 'BOOKMARK' && !sink.knows(event.object))
            sink.changed(transformed(options, event.object));
          if (seen !== '') {
            version = seen;
            sink.progressed(seen);
          }
        }
        if (events === 0 && clock.monotonic() - startedAt < HEALTHY_WATCH_MS)
          throw new KubeError('Unavailable', 'the server ended the watch at once');
        backoff.reset();
      }
    } catch (error) {
      if (signal.aborted) return;
      // Whatever was seen shows that the server is well; the next failure starts over.
      if (events > 0) backoff.reset();
      if (isGone(error)) version = undefined;
      const waitMs = Math.max(backoff.next(), error instanceof KubeError ? (error.retryAfterMs ?? 0) : 0);
      const doing = version === undefined ? 'list again' : 'watch again';
      metrics?.failed(resource.plural, error instanceof KubeError ? error.code : 'Internal');
      // A collection that is not found is a kind that is not known.
      const unknown = isNotFound(error)
        ? `; the API server does not serve ${pathOf(resource)}: is its CustomResourceDefinition installed, and of this version?`
        : '';
      logger.warn(
        { error: `${messageOf(error)}${unknown}`, waitMs: Math.round(waitMs) },
        `informer: ${doing} after a failure`,
      );
      await sleep(clock, waitMs, signal);
    }
  }
}

/** `taskledgers.kubechain.humanlayer.dev/v1alpha1` */
const pathOf = ({ plural, group, version }: Resource): string =>
  `${plural}${group === '' ? '' : `.${group}`}/${version}`;

/** Reads all pages and hands them over at once; returns the version that they are of. */
async function listAll<T extends KubeObject>(
  options: ReflectorOptions<T>,
  sink: ReflectorSink<T>,
  signal: AbortSignal,
): Promise<string> {
  const { client, resource, namespace, labelSelector, fieldSelector, pageSize = PAGE_SIZE } = options;
  const selection: ListOptions = { namespace, labelSelector, fieldSelector, timeoutMs: LIST_TIMEOUT_MS, signal };
  // A continue token may expire between pages: once more by pages, then all in one, as that cannot expire.
  for (const paged of [true, true, false]) {
    sink.listStarted();
    const objects: T[] = [];
    try {
      let token: string | undefined;
      let limit = paged ? Math.min(pageSize, FIRST_PAGE_SIZE) : undefined;
      do {
        const page = await client.list(resource, { ...selection, limit, continue: token });
        if (paged) limit = nextPageSize(page.items, pageSize);
        for (const item of page.items) objects.push(transformed(options, item));
        token = page.metadata.continue || undefined;
        if (token === undefined) {
          const version = page.metadata.resourceVersion ?? '';
          sink.replace(objects, version);
          return version;
        }
      } while (token !== undefined);
    } catch (error) {
      if (!isGone(error) || !paged) throw error;
    }
  }
  throw new KubeError('Gone', `list ${resource.kind}: the list expired while it was read`);
}

/** So many objects as make a page of some 2 MiB, judged by a few of the last page. */
function nextPageSize<T>(items: readonly T[], most: number): number {
  let characters = 0;
  let sampled = 0;
  for (let at = 0; at < items.length; at += Math.max(1, Math.floor(items.length / SAMPLES))) {
    characters += JSON.stringify(items[at]).length;
    sampled++;
  }
  if (sampled === 0) return most;
  return Math.min(most, Math.max(SMALLEST_PAGE_SIZE, Math.floor((PAGE_CHARACTERS * sampled) / characters)));
}

function transformed<T extends KubeObject>(options: ReflectorOptions<T>, object: T): T {
  if (options.transform === undefined) return object;
  try {
    return options.transform(object);
  } catch (error) {
    options.logger.error(
      { kind: options.resource.kind, name: object.metadata.name, error: messageOf(error) },
      'informer: the transform threw; the object is kept whole',
    );
    return object;
  }
}
