/** GET with watch: initial events, history, live events, bookmarks, and what becomes of clients that do not read. */

import { encodeWatchEvent } from '../protobuf/encode.ts';
import type { RegistryContext } from '../registry/call.ts';
import { convertEntries, readEntry } from '../registry/convert.ts';
import { type IncludeObject, partialMetadata, table } from '../registry/printers.ts';
import { groupVersion, storageName } from '../registry/resources.ts';
import type { Entry, StoreEvent } from '../storage/entry.ts';
import { Compacted } from '../storage/store.ts';
import type { KubeObject, ResourceDefinition } from '../types.ts';
import type { Exchange } from './exchange.ts';
import { printJson } from './json.ts';
import { checkNumbers, versionProblem, waitFor } from './list.ts';
import type { Form } from './negotiate.ts';
import type { Selection } from './selection.ts';
import { InTurn, Sender } from './sender.ts';
import { fieldError, invalid, type Status, StatusError, unknownError } from './status.ts';

/** Options of a watch, checked. */
export interface WatchOptions {
  readonly resourceVersion: string;
  readonly bookmarks: boolean;
  /** True: initial state, then a bookmark that says so; false: none; undefined: as resourceVersion implies. */
  readonly initialEvents: boolean | undefined;
  readonly timeoutSeconds: number;
  /** What the watch begins and ends with, where it cannot begin otherwise. */
  readonly failed?: Status | undefined;
}

const bookmarkEvery = 60_000;
const protobuf = 'application/vnd.kubernetes.protobuf';

/** Reads the options of a watch. Throws 400 or 422. */
export function watchOptions(query: URLSearchParams): WatchOptions {
  checkNumbers(query);
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
  if ((query.get('continue') ?? '') !== '') {
    const detail = 'resourceVersionMatch is forbidden when continue is provided';
    errors.push(fieldError.forbidden('resourceVersionMatch', detail));
  }
  if (errors.length > 0) throw invalid('meta.k8s.io', 'ListOptions', '', errors);
  const resourceVersion = query.get('resourceVersion') ?? '';
  const problem = versionProblem(resourceVersion);
  if (problem !== undefined) throw unknownError(problem);
  return {
    resourceVersion,
    bookmarks,
    initialEvents: initial === null ? undefined : isTrue(initial),
    timeoutSeconds: Number(query.get('timeoutSeconds') ?? 0) || 0,
  };
}

function isTrue(value: string | null): boolean {
  return value !== null && !['false', '0', ''].includes(value.toLowerCase());
}

/** The error that a watch is to begin with: its initial state is of a version that does not come. */
export async function unreached(context: RegistryContext, options: WatchOptions): Promise<Status | undefined> {
  if (options.initialEvents !== true) return undefined;
  try {
    await waitFor(context, Number(options.resourceVersion));
    return undefined;
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    return error.status;
  }
}

/** Serves one watch until the client goes, time is up, or the server closes. */
export function serveWatch(
  context: RegistryContext,
  exchange: Exchange,
  definition: ResourceDefinition,
  selected: Selection,
  options: WatchOptions,
  form: Form,
  include: IncludeObject,
): void {
  const { store } = context;
  const { response, turn, closing, info } = exchange;
  const resource = storageName(definition);
  const prefix = definition.namespaced && info.namespace !== '' ? `${info.namespace}/` : '';
  response.statusCode = 200;
  response.setHeader(
    'Content-Type',
    form.mediaType === 'application/json' ? 'application/json' : `${form.mediaType};stream=watch`,
  );
  response.setHeader('Cache-Control', 'no-cache, private');
  if (!('stream' in response)) response.setHeader('Transfer-Encoding', 'chunked');
  const sender = new Sender(response);
  const encoder = new Encoder(context, definition, form, include);
  let last = Number(options.resourceVersion || 0);
  // What is there already may end the watch before there is anything to let go of.
  let release = (): void => undefined;
  let stopped = false;
  const stop = (): void => {
    stopped = true;
    release();
    closing.removeEventListener('abort', stop);
    sender.end();
  };

  const show = (event: StoreEvent): void => {
    const buffer = encoder.event(event, selected);
    if (buffer === undefined) return;
    // No event is a list: with the first one, a client that wants lists is left.
    if (form.as === 'PartialObjectMetadataList') stop();
    else sender.send(buffer);
  };
  const deliver = (event: StoreEvent): void => {
    if (event.revision <= last) return;
    last = event.revision;
    if (!event.entry.key.startsWith(prefix)) return;
    const converting = convertEntries(store, [event.entry, event.previous], definition);
    if (converting === undefined) line.next(() => show(event), event.entry.json.length);
    else line.after(converting, () => show(event));
  };
  const fail = (error: unknown): void => {
    const status = error instanceof StatusError ? error : unknownError((error as Error).message);
    sender.send(encoder.error(status.status));
    stop();
  };
  const line = new InTurn(fail, () => sender.abandon());
  /** Sends what there is already: in turns, and no faster than the client reads. */
  const replay = async <T>(items: readonly T[], send: (item: T) => void | Promise<void>): Promise<void> => {
    for (const item of items) {
      const wait = sender.room() ?? turn.pause();
      if (wait !== undefined) await wait;
      if (sender.done) return;
      await send(item);
    }
  };

  if ('flushHeaders' in response) response.flushHeaders();
  if (options.failed !== undefined) {
    sender.send(encoder.error(options.failed));
    sender.end();
    return;
  }
  const fromNow = options.resourceVersion === '' || options.resourceVersion === '0';
  const initial = options.initialEvents ?? fromNow;
  try {
    if (initial || fromNow) {
      last = Math.max(last, store.revision);
      const reached = last;
      const replaying = replay(initial ? store.list(resource, prefix) : [], (entry) => {
        const buffer = encoder.entry('ADDED', entry, selected);
        if (buffer === undefined) return;
        if (form.as === 'PartialObjectMetadataList') stop();
        else sender.send(buffer);
      });
      const end = (): void => {
        if (options.bookmarks && initial) sender.send(encoder.bookmark(reached, true));
      };
      line.after(replaying, end);
    } else {
      // What came before a custom kind was served is no part of its history.
      if (definition.servedSince !== undefined && last < definition.servedSince)
        throw new Compacted(definition.servedSince);
      const missed = store.since(resource, last).filter((event) => event.entry.key.startsWith(prefix));
      last = Math.max(last, store.revision);
      const replaying = replay(missed, (event) => {
        const converting = convertEntries(store, [event.entry, event.previous], definition);
        if (converting === undefined) show(event);
        return converting?.then(() => show(event));
      });
      line.after(replaying, () => undefined);
    }
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
        line.next(() => sender.send(encoder.bookmark(reached, false)), 0);
      }, bookmarkEvery)
    : undefined;
  const seconds = options.timeoutSeconds > 0 ? options.timeoutSeconds : 1800 + Math.random() * 1800;
  const timer = setTimeout(
    () => {
      if (options.bookmarks && line.free) sender.send(encoder.bookmark(Math.max(last, store.revision), false));
      stop();
    },
    Math.min(seconds * 1000, 2 ** 31 - 1),
  );
  release = () => {
    clearTimeout(timer);
    clearInterval(bookmarks);
    unsubscribe();
  };
  if (stopped) release();
  else {
    closing.addEventListener('abort', stop);
    sender.onClosed(stop);
  }
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
    const known = event.encoded?.get(key);
    if (known !== undefined) return known;
    const line = this.line(type, entry);
    event.encoded?.set(key, line);
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
      const version = { resourceVersion: String(revision) };
      const { metaVersion } = this.form;
      const now = this.context.now();
      const shown = table(this.definition, [object as never], version, 'Metadata', now, false, metaVersion);
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
