import type { ServerResponse } from 'node:http';
import { type Answer, json, line, status, type Widget, widget, widgetList } from './scriptedServer.ts';

export interface WidgetApi {
  readonly objects: Map<string, Widget>;
  /** Creates or changes. */
  put(name: string, spec?: Record<string, unknown>): Widget;
  remove(name: string): void;
  /** Forgets history: continue tokens and versions from before are answered with 410. */
  compact(): void;
  bookmark(): void;
  /** Ends the watches that are open, in good order. */
  endWatches(): void;
  /** Sends an ERROR event (410) on the watches that are open, and ends them. */
  expireWatches(): void;
  readonly watchers: number;
  readonly version: number;
  readonly answer: Answer;
}

/** Just enough of an API server for one kind: paged consistent lists, watches from a version, 410. */
export function createWidgetApi(): WidgetApi {
  const objects = new Map<string, Widget>();
  let history: { version: number; text: string }[] = [];
  let compactedTo = 0;
  let version = 100;
  let generation = 0;
  const watchers = new Set<ServerResponse>();
  const snapshots = new Map<number, Widget[]>();

  const record = (type: string, object: Widget): void => {
    const event = { version, text: line(type, object) };
    history.push(event);
    for (const watcher of watchers) watcher.write(event.text);
  };
  const expired = (message: string): object => status(410, 'Expired', message);

  return {
    objects,
    put(name, spec = {}) {
      const old = objects.get(name);
      version++;
      const object = widget(name, version, { uid: old?.metadata.uid ?? `uid-${name}-${generation++}`, spec });
      objects.set(name, object);
      record(old === undefined ? 'ADDED' : 'MODIFIED', object);
      return object;
    },
    remove(name) {
      const old = objects.get(name);
      if (old === undefined) return;
      version++;
      objects.delete(name);
      record('DELETED', { ...old, metadata: { ...old.metadata, resourceVersion: String(version) } });
    },
    compact() {
      version++;
      compactedTo = version;
      history = [];
      snapshots.clear();
    },
    bookmark() {
      for (const watcher of watchers)
        watcher.write(line('BOOKMARK', { kind: 'Widget', metadata: { resourceVersion: String(version) } }));
    },
    endWatches() {
      for (const watcher of watchers) watcher.end();
      watchers.clear();
    },
    expireWatches() {
      for (const watcher of watchers) watcher.end(line('ERROR', expired('too old resource version')));
      watchers.clear();
    },
    get watchers() {
      return watchers.size;
    },
    get version() {
      return version;
    },
    answer(request, response) {
      if (request.query.get('watch') !== null) {
        const from = Number(request.query.get('resourceVersion'));
        if (from < compactedTo)
          return json(response, 410, expired(`too old resource version: ${from} (${compactedTo})`));
        response.writeHead(200, { 'content-type': 'application/json' });
        response.flushHeaders();
        for (const event of history) if (event.version > from) response.write(event.text);
        watchers.add(response);
        response.on('close', () => watchers.delete(response));
        return undefined;
      }
      const limit = Number(request.query.get('limit') ?? 0);
      const token = request.query.get('continue');
      const [at, offset] = token === null ? [version, 0] : (token.split(':').map(Number) as [number, number]);
      if (token === null) snapshots.set(version, [...objects.values()]);
      const snapshot = snapshots.get(at);
      if (snapshot === undefined) return json(response, 410, expired('The provided continue parameter is too old'));
      const end = limit === 0 ? snapshot.length : offset + limit;
      return json(
        response,
        200,
        widgetList(snapshot.slice(offset, end), at, end < snapshot.length ? `${at}:${end}` : undefined),
      );
    },
  };
}
