/** GET with watch: initial events, history, live events, bookmarks, and what becomes of clients that do not read. */

import { encodeWatchEvent } from '../protobuf/encode.ts';
import type { RegistryContext } from '../registry/call.ts';
import { convertEntries, readEntry } from '../registry/convert.ts';
import { type IncludeObject, partialMetadata, table } from '../registry/printers.ts';
import { groupVersion, storageName } from '../registry/resources.ts';
import type { Entry, StoreEvent } from '../storage/entry.ts';
import { Compacted } from '../storage/store.ts';
import type { KubeObject, ResourceDefinition } from '../types.ts';
import { printJson } from './json.ts';
import type { Form } from './negotiate.ts';
import type { Request, Response } from './response.ts';
import type { Selection } from './selection.ts';
import { fieldError, invalid, type Status, StatusError, unknownError } from './status.ts';

/** Options of a watch, checked. */
export interface WatchOptions {
  readonly resourceVersion: string;
  readonly bookmarks: boolean;
  /** True: initial state, then a bookmark that says so; false: none; undefined: as resourceVersion implies. */
  readonly initialEvents: boolean | undefined;
  readonly timeoutSeconds: number;
}

/** A client may lag by this much before its watch is closed: events waiting beyond the socket's own buffer. */
const maxQueued = 4000;
const maxQueuedBytes = 8 << 20;
const highWater = 1 << 20;
const bookmarkEvery = 60_000;
const protobuf = 'application/vnd.kubernetes.protobuf';

/** Reads the options of a watch. Throws 400 or 422. */
export function watchOptions(query: URLSearchParams): WatchOptions {
  const initial = query.get('sendInitialEvents');
  const match = query.get('resourceVersionMatch') ?? '';
  const bookmarks = isTrue(query.get('allowWatchBookmarks'));
  const errors = [];
  if (initial !== null && match !== 'NotOlderThan') {
    const detail = 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan';
    errors.push(fieldError.forbidden('resourceVersionMatch', detail));
  }
  if (initial === null && match !== '') {
    const detail = 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided';
    errors.push(fieldError.forbidden('resourceVersionMatch', detail));
  }
  if (match !== '' && match !== 'NotOlderThan') {
    errors.push(fieldError.notSupported('resourceVersionMatch', match, ['NotOlderThan']));
  }
  if (errors.length > 0) throw invalid('meta.k8s.io', 'ListOptions', '', errors);
  const resourceVersion = query.get('resourceVersion') ?? '';
  if (!/^\d*$/.test(resourceVersion)) {
    throw unknownError(
      `resourceVersion: Invalid value: ${JSON.stringify(resourceVersion)}: strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`,
    );
  }
  return {
    resourceVersion,
    bookmarks,
    initialEvents: initial === null ? undefined : isTrue(initial),
    timeoutSeconds: Number(query.get('timeoutSeconds') ?? 0) || 0,
  };
}

function isTrue(value: string | null): boolean {
  return value !== null && value !== 'false' && value !== '0' && value !== '';
}

/** Serves one watch until the client goes, time is up, or `signal` aborts. */
export function serveWatch(
  context: RegistryContext,
  definition: ResourceDefinition,
  namespace: string,
  selected: Selection,
  options: WatchOptions,
  form: Form,
  include: IncludeObject,
  request: Request,
  response: Response,
  signal: AbortSignal,
): void {
  const { store } = context;
  const resource = storageName(definition);
  const prefix = definition.namespaced && namespace !== '' ? `${namespace}/` : '';
  response.statusCode = 200;
  response.setHeader(
    'content-type',
    form.mediaType === 'application/json' ? 'application/json' : `${form.mediaType};stream=watch`,
  );
  response.setHeader('cache-control', 'no-cache, private');
  if (!('stream' in response)) response.setHeader('transfer-encoding', 'chunked');
  const sender = new Sender(response);
  const encoder = new Encoder(context, definition, form, include);
  let last = Number(options.resourceVersion || 0);

  const deliver = (event: StoreEvent): void => {
    if (event.revision <= last) return;
    last = event.revision;
    if (prefix !== '' && !event.entry.key.startsWith(prefix)) return;
    const converting = convertEntries(store, [event.entry, event.previous], definition);
    if (converting === undefined) later(() => show(event));
    else waiting = Promise.all([waiting, converting]).then(() => show(event), fail);
  };
  const show = (event: StoreEvent): void => {
    const buffer = encoder.event(event, selected);
    if (buffer !== undefined) sender.send(buffer);
  };
  // Events that wait for a conversion hold up what comes after them.
  let waiting: Promise<void> | undefined;
  const later = (send: () => void): void => {
    if (waiting === undefined) send();
    else waiting = waiting.then(send);
  };
  const fail = (error: unknown): void => {
    const status = error instanceof StatusError ? error : unknownError((error as Error).message);
    sender.send(encoder.error(status.status));
    stop();
  };

  if ('flushHeaders' in response) response.flushHeaders();
  const fromNow = options.resourceVersion === '' || options.resourceVersion === '0';
  const initial = options.initialEvents ?? fromNow;
  try {
    if (initial || fromNow) {
      const start = store.revision;
      if (initial) {
        for (const entry of store.list(resource, prefix)) {
          const buffer = encoder.entry('ADDED', entry, selected);
          if (buffer !== undefined) sender.send(buffer);
        }
      }
      last = Math.max(last, start);
      if (options.bookmarks && initial) sender.send(encoder.bookmark(last, true));
    } else for (const event of store.since(resource, last)) deliver(event);
  } catch (error) {
    if (!(error instanceof Compacted)) throw error;
    sender.send(encoder.error(tooOld(last, error)));
    sender.end();
    return;
  }

  const unsubscribe = store.subscribe(resource, deliver);
  const bookmarks = options.bookmarks
    ? setInterval(() => {
        last = Math.max(last, store.revision);
        const reached = last;
        later(() => sender.send(encoder.bookmark(reached, false)));
      }, bookmarkEvery)
    : undefined;
  const seconds = options.timeoutSeconds > 0 ? options.timeoutSeconds : 1800 + Math.random() * 1800;
  const timer = setTimeout(
    () => {
      if (options.bookmarks) sender.send(encoder.bookmark(Math.max(last, store.revision), false));
      stop();
    },
    Math.min(seconds * 1000, 2 ** 31 - 1),
  );
  const stop = (): void => {
    clearTimeout(timer);
    clearInterval(bookmarks);
    unsubscribe();
    signal.removeEventListener('abort', stop);
    sender.end();
  };
  signal.addEventListener('abort', stop);
  sender.onClosed(stop);
  void request;
}

function tooOld(revision: number, error: Compacted): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `too old resource version: ${revision} (${error.compactedRevision})`,
    reason: 'Expired',
    code: 410,
  };
}

/** Writes to one client; holds back when it does not read, and gives up on it when too much waits. */
class Sender {
  private readonly response: Response;
  private readonly queue: Buffer[] = [];
  private queuedBytes = 0;
  private blocked = false;
  private done = false;
  private closed: () => void = () => undefined;

  constructor(response: Response) {
    this.response = response;
    response.on('close', () => {
      this.done = true;
      this.queue.length = 0;
      this.closed();
    });
    response.on('error', () => undefined);
    response.on('drain', () => this.drain());
  }

  onClosed(listener: () => void): void {
    this.closed = listener;
    if (this.done) listener();
  }

  send(buffer: Buffer): void {
    if (this.done) return;
    if (!this.blocked) {
      this.write(buffer);
      return;
    }
    this.queue.push(buffer);
    this.queuedBytes += buffer.length;
    if (this.queue.length > maxQueued || this.queuedBytes > maxQueuedBytes) {
      this.done = true;
      this.queue.length = 0;
      this.response.destroy();
    }
  }

  end(): void {
    if (this.done) return;
    this.done = true;
    for (const buffer of this.queue) this.response.write(buffer);
    this.response.end();
  }

  private write(buffer: Buffer): void {
    this.response.write(buffer);
    if (this.response.writableLength > highWater) this.blocked = true;
  }

  private drain(): void {
    this.blocked = false;
    let sent = 0;
    while (sent < this.queue.length && !this.blocked) {
      const buffer = this.queue[sent++] as Buffer;
      this.queuedBytes -= buffer.length;
      this.write(buffer);
    }
    this.queue.splice(0, sent);
  }
}

/** Turns events into the lines of one form; lines that others want too are made once. */
class Encoder {
  private readonly context: RegistryContext;
  private readonly definition: ResourceDefinition;
  private readonly form: Form;
  private readonly include: IncludeObject;
  private readonly key: string;
  private columnsSent = false;

  constructor(context: RegistryContext, definition: ResourceDefinition, form: Form, include: IncludeObject) {
    this.context = context;
    this.definition = definition;
    this.form = form;
    this.include = include;
    this.key =
      form.as === 'Table'
        ? ''
        : `${groupVersion(definition)} ${form.mediaType} ${form.as ?? ''} ${form.metaVersion ?? ''}`;
  }

  /** The line of an event for a watcher that selects; undefined where it does not concern it. */
  event(event: StoreEvent, selected: Selection): Buffer | undefined {
    let type = event.type;
    let entry = event.entry;
    if (!selected.all) {
      const now = event.type !== 'DELETED' && selected.matches(this.read(event.entry));
      const before = event.previous !== undefined && selected.matches(this.read(event.previous));
      if (!now && !before) return undefined;
      if (now) type = before ? 'MODIFIED' : 'ADDED';
      else {
        type = 'DELETED';
        if (event.type !== 'DELETED') return this.lastSeen(event);
      }
      entry = event.entry;
    }
    if (this.key === '') return this.line(type, entry);
    const key = `${this.key} ${type}`;
    const known = event.encoded.get(key);
    if (known !== undefined) return known;
    const line = this.line(type, entry);
    event.encoded.set(key, line);
    return line;
  }

  /** The line of an object that was there before the watch began. */
  entry(type: 'ADDED', entry: Entry, selected: Selection): Buffer | undefined {
    if (!selected.all && !selected.matches(this.read(entry))) return undefined;
    return this.line(type, entry);
  }

  /** The event that ends a watch. */
  error(status: Status): Buffer {
    if (this.form.mediaType === protobuf) return encodeWatchEvent('ERROR', { ...status });
    return Buffer.from(`${printJson({ type: 'ERROR', object: status })}\n`);
  }

  bookmark(revision: number, initialEnd: boolean): Buffer {
    const metadata = {
      resourceVersion: String(revision),
      ...(initialEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
    };
    const object = { kind: this.definition.kind, apiVersion: groupVersion(this.definition), metadata };
    if (this.form.as === 'Table') {
      const rows = [{ cells: [], object: partialMetadata(object as never, this.form.metaVersion) }];
      const shown = {
        kind: 'Table',
        apiVersion: `meta.k8s.io/${this.form.metaVersion ?? 'v1'}`,
        metadata: { resourceVersion: String(revision) },
        columnDefinitions: null,
        rows,
      };
      return Buffer.from(`${printJson({ type: 'BOOKMARK', object: shown })}\n`);
    }
    const shown = this.form.as === undefined ? object : partialMetadata(object as never, this.form.metaVersion);
    if (this.form.mediaType === protobuf) return encodeWatchEvent('BOOKMARK', shown);
    return Buffer.from(`${printJson({ type: 'BOOKMARK', object: shown })}\n`);
  }

  /** An object that has ceased to match: its last matching state under the event's version. */
  private lastSeen(event: StoreEvent): Buffer {
    const object = this.read(event.previous as Entry);
    const shown = { ...object, metadata: { ...object.metadata, resourceVersion: String(event.revision) } };
    return this.print('DELETED', shown, undefined);
  }

  private line(type: string, entry: Entry): Buffer {
    const { object, asStored } = readEntry(this.context.store, entry, this.definition);
    return this.print(type, object, asStored ? entry.json : undefined);
  }

  private print(type: string, object: KubeObject, text: string | undefined): Buffer {
    if (this.form.as === undefined) {
      if (this.form.mediaType === protobuf) return encodeWatchEvent(type, object);
      return Buffer.from(`{"type":"${type}","object":${text ?? printJson(object)}}\n`);
    }
    if (this.form.as === 'Table') {
      const metadata = { resourceVersion: object.metadata.resourceVersion };
      const now = this.context.now();
      const { metaVersion } = this.form;
      const shown = table(this.definition, [object], metadata, this.include, now, !this.columnsSent, metaVersion);
      this.columnsSent = true;
      return Buffer.from(`${printJson({ type, object: shown })}\n`);
    }
    const shown = partialMetadata(object, this.form.metaVersion);
    if (this.form.mediaType === protobuf) return encodeWatchEvent(type, shown);
    return Buffer.from(`${printJson({ type, object: shown })}\n`);
  }

  private read(entry: Entry): KubeObject {
    return readEntry(this.context.store, entry, this.definition).object;
  }
}
