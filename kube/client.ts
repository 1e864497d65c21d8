import type { Dispatcher } from 'undici';
import { createCallScopes } from './callScope.ts';
import { sleepOrAbort, systemClock } from './clock.ts';
import { KubeError, messageOf } from './errors.ts';
import { createInactivityTimer } from './inactivity.ts';
import type { KubeConfig } from './kubeConfig.ts';
import type { ClientMetrics } from './metrics.ts';
import { holdProcess } from './processHold.ts';
import { apiVersionOf, collectionPath, describeCall, objectPath } from './resources.ts';
import { createTokenBucket } from './tokenBucket.ts';
import { createTransport, errorOf, type HttpCall, type HttpStream, networkError, parseOrText } from './transport.ts';
import type {
  CallOptions,
  Clock,
  KubeClient,
  KubeList,
  KubeObject,
  ListOptions,
  Logger,
  Patch,
  Resource,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from './types.ts';
import { linesOf, parseWatchLine } from './watchStream.ts';

export interface KubeClientOptions {
  readonly kubeConfig: KubeConfig;
  /** Owner of the fields we write, e.g. `kubechain`. */
  readonly fieldManager: string;
  /** Defaults to the field manager. */
  readonly userAgent?: string;
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly metrics?: ClientMetrics;
  /** Instead of own connections. Not closed by `close()`. */
  readonly dispatcher?: Dispatcher;
  /** A limit of our own on calls a second (watches excepted). None unless given: the server has priority and fairness for that. */
  readonly rateLimit?: { readonly perSecond: number; readonly burst: number };
}

const DEFAULT_TIMEOUT_MS = 30_000;
/** A healthy server sends a bookmark once a minute. */
const DEFAULT_INACTIVITY_MS = 150_000;
/** Repeats of one read that the server was too busy for. */
const MAX_READ_RETRIES = 5;
const DEFAULT_RETRY_AFTER_MS = 1000;

const PATCH_TYPES: Readonly<Record<Patch['type'], string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

/** One call, before it has a deadline. */
interface Call extends Omit<HttpCall, 'signal'> {
  readonly verb: string;
  readonly resource: string;
}

/** A client of one API server over kept-alive HTTP/1.1 connections. Reads are repeated on 429, and on 503 with Retry-After; writes never. */
export function createKubeClient(options: KubeClientOptions): KubeClient {
  const { kubeConfig, fieldManager, logger, metrics, clock = systemClock } = options;
  const transport = createTransport({
    kubeConfig,
    userAgent: options.userAgent ?? fieldManager,
    clock,
    dispatcher: options.dispatcher,
  });
  const bucket = options.rateLimit && createTokenBucket({ clock, ...options.rateLimit });
  const scopes = createCallScopes();

  /** Runs `task` under the caller's signal, a deadline, and `close()`; leaves no timer or listener behind. */
  async function withDeadline<R>(
    what: string,
    callOptions: CallOptions,
    task: (signal: AbortSignal) => Promise<R>,
  ): Promise<R> {
    const { signal, timeoutMs = DEFAULT_TIMEOUT_MS } = callOptions;
    using scope = scopes.open(what, signal);
    using _alive = holdProcess();
    const timer = clock.after(timeoutMs, () =>
      scope.abort(new KubeError('Timeout', `${what}: no answer within ${timeoutMs} ms`)),
    );
    try {
      return await task(scope.signal);
    } catch (error) {
      throw networkError(what, scope.signal, error);
    } finally {
      timer.cancel();
    }
  }

  async function once(call: Call, signal: AbortSignal): Promise<string> {
    if (bucket !== undefined) await bucket.take(signal);
    const started = clock.monotonic();
    let code = '0';
    try {
      const http = { ...call, signal };
      const answer = await transport.send(http);
      code = String(answer.status);
      if (answer.status >= 300) throw errorOf(http, answer);
      return answer.text;
    } catch (error) {
      const failure = networkError(call.what, signal, error);
      if (code === '0') code = failure.code;
      throw failure;
    } finally {
      metrics?.request(call.verb, call.resource, code, (clock.monotonic() - started) / 1000);
    }
  }

  function text(call: Call, callOptions: CallOptions): Promise<string> {
    return withDeadline(call.what, callOptions, async (signal) => {
      for (let attempt = 0; ; attempt++) {
        try {
          return await once(call, signal);
        } catch (error) {
          const waitMs = waitBeforeRepeat(call, error, attempt);
          if (waitMs === undefined) throw error;
          logger?.debug({ call: call.what, waitMs, error: messageOf(error) }, 'the API server is busy: reading again');
          await sleepOrAbort(clock, waitMs, signal);
        }
      }
    });
  }

  async function json<R>(call: Call, callOptions: CallOptions): Promise<R> {
    const answer = await text(call, callOptions);
    try {
      return JSON.parse(answer) as R;
    } catch {
      // No cause: the parser's message quotes the answer, which may be a secret.
      throw new KubeError('Network', `${call.what}: the answer is no JSON`);
    }
  }

  function write<T extends KubeObject>(
    verb: string,
    resource: Resource<T>,
    write: { method: 'POST' | 'PUT' | 'PATCH'; path: string; what: string; body: unknown; contentType?: string },
    writeOptions: WriteOptions,
  ): Promise<T> {
    const query = new URLSearchParams({ fieldManager: writeOptions.fieldManager ?? fieldManager });
    if (writeOptions.dryRun) query.set('dryRun', 'All');
    if (writeOptions.force !== undefined) query.set('force', String(writeOptions.force));
    return json<T>(
      {
        verb,
        resource: resource.plural,
        method: write.method,
        path: `${write.path}?${query}`,
        body: JSON.stringify(write.body),
        contentType: write.contentType,
        what: write.what,
      },
      writeOptions,
    );
  }

  async function* watch<T extends KubeObject>(
    resource: Resource<T>,
    watchOptions: WatchOptions,
  ): AsyncGenerator<WatchEvent<T>> {
    const what = describeCall('watch', resource.kind, { namespace: watchOptions.namespace });
    const { signal, timeoutMs = DEFAULT_TIMEOUT_MS, inactivityMs = DEFAULT_INACTIVITY_MS } = watchOptions;
    const query = new URLSearchParams({ watch: '1', allowWatchBookmarks: 'true' });
    addSelectors(query, watchOptions);
    if (watchOptions.timeoutSeconds !== undefined)
      query.set('timeoutSeconds', String(Math.ceil(watchOptions.timeoutSeconds)));
    const path = `${collectionPath(resource, watchOptions.namespace)}?${query}`;
    using scope = scopes.open(what, signal);
    const call: HttpCall = { method: 'GET', path, what, signal: scope.signal };
    const inactivity = createInactivityTimer(clock, timeoutMs, (ms) =>
      scope.abort(new KubeError('Timeout', `${what}: not a byte for ${ms} ms: the connection counts as dead`)),
    );
    let answer: HttpStream | undefined;
    const started = clock.monotonic();
    try {
      answer = await transport.stream(call);
      metrics?.request('watch', resource.plural, String(answer.status), (clock.monotonic() - started) / 1000);
      if (answer.status !== 200) {
        const { status, headers } = answer;
        throw errorOf(call, { status, headers, text: await answer.body.text() });
      }
      inactivity.allow(inactivityMs);
      for await (const line of linesOf(inactivity.watching(answer.body))) {
        const event = parseWatchLine<T>(line, what);
        if (event !== undefined) yield event;
      }
    } catch (error) {
      throw networkError(what, scope.signal, error);
    } finally {
      inactivity.cancel();
      // Ends the connection if the watch is not over: the consumer left, or a line was bad.
      answer?.body.on('error', () => undefined).destroy();
    }
  }

  return {
    get: (resource, key, callOptions = {}) =>
      guarded(() =>
        json(
          {
            verb: 'get',
            resource: resource.plural,
            method: 'GET',
            path: objectPath(resource, key),
            what: describeCall('get', resource.kind, key),
          },
          callOptions,
        ),
      ),

    list: <T extends KubeObject>(resource: Resource<T>, listOptions: ListOptions = {}) =>
      guarded(async () => {
        const query = new URLSearchParams();
        addSelectors(query, listOptions);
        if (listOptions.limit !== undefined) query.set('limit', String(listOptions.limit));
        if (listOptions.continue) query.set('continue', listOptions.continue);
        if (listOptions.resourceVersionMatch) query.set('resourceVersionMatch', listOptions.resourceVersionMatch);
        const path = collectionPath(resource, listOptions.namespace);
        const what = describeCall('list', resource.kind, { namespace: listOptions.namespace });
        const list = await json<KubeList<T>>(
          {
            verb: 'list',
            resource: resource.plural,
            method: 'GET',
            path: query.size === 0 ? path : `${path}?${query}`,
            what,
          },
          listOptions,
        );
        if (!isList(list)) throw new KubeError('Network', `${what}: the answer is no list`);
        return { ...list, items: withTypes(list.items ?? [], resource) };
      }),

    create: (resource, object, writeOptions = {}) =>
      guarded(() => {
        const { namespace, name, generateName } = object.metadata;
        const what = describeCall(
          'create',
          resource.kind,
          { namespace, name: name ?? generateName },
          writeOptions.subresource,
        );
        if (resource.namespaced && !namespace)
          throw new KubeError('BadRequest', `${what}: metadata.namespace is empty; the kind is namespaced, name one`);
        // A subresource (eviction, token, scale) is created below its object.
        const path =
          writeOptions.subresource === undefined
            ? collectionPath(resource, namespace)
            : objectPath(resource, { namespace, name: name ?? '' }, writeOptions.subresource);
        const body = writeOptions.subresource === undefined ? typed(object, resource) : object;
        return write('create', resource, { method: 'POST', path, what, body }, writeOptions);
      }),

    replace: (resource, object, writeOptions = {}) =>
      guarded(() => {
        const key = { namespace: object.metadata.namespace, name: object.metadata.name ?? '' };
        const what = describeCall('replace', resource.kind, key, writeOptions.subresource);
        return write(
          'replace',
          resource,
          {
            method: 'PUT',
            path: objectPath(resource, key, writeOptions.subresource),
            what,
            body: typed(object, resource),
          },
          writeOptions,
        );
      }),

    patch: (resource, key, patch, writeOptions = {}) =>
      guarded(() => {
        const what = describeCall(
          patch.type === 'apply' ? 'apply' : 'patch',
          resource.kind,
          key,
          writeOptions.subresource,
        );
        const body = patch.type === 'json' ? patch.operations : patch.body;
        return write(
          patch.type === 'apply' ? 'apply' : 'patch',
          resource,
          {
            method: 'PATCH',
            path: objectPath(resource, key, writeOptions.subresource),
            what,
            body,
            contentType: PATCH_TYPES[patch.type],
          },
          writeOptions,
        );
      }),

    delete: (resource, key, deleteOptions = {}) =>
      guarded(async () => {
        const { propagationPolicy, gracePeriodSeconds, preconditions } = deleteOptions;
        const body = JSON.stringify({
          kind: 'DeleteOptions',
          apiVersion: 'v1',
          propagationPolicy,
          gracePeriodSeconds,
          preconditions,
        });
        await text(
          {
            verb: 'delete',
            resource: resource.plural,
            method: 'DELETE',
            path: objectPath(resource, key),
            what: describeCall('delete', resource.kind, key),
            body,
          },
          deleteOptions,
        );
      }),

    watch,

    request: (method, path, body, callOptions = {}) =>
      guarded(async () => {
        if (!path.startsWith('/')) throw new KubeError('BadRequest', `${method} ${path}: the path must begin with /`);
        const call = {
          verb: method.toLowerCase(),
          resource: '',
          method: method.toUpperCase() as Dispatcher.HttpMethod,
          path,
          what: `${method} ${path.split('?')[0]}`,
          body: body === undefined ? undefined : JSON.stringify(body),
        };
        return parseOrText(await text(call, callOptions));
      }),

    async close() {
      scopes.close();
      await transport.close();
    },
  };
}

/** Makes what is thrown before the first await a rejection too. */
async function guarded<R>(task: () => Promise<R>): Promise<R> {
  return await task();
}

/** How long to wait before asking again; undefined: do not. Only for reads, which change nothing however often they run. */
function waitBeforeRepeat(call: Call, error: unknown, attempt: number): number | undefined {
  if (call.method !== 'GET' || !(error instanceof KubeError) || attempt >= MAX_READ_RETRIES) return undefined;
  const asked = error.code === 'Unavailable' ? error.retryAfterMs : (error.retryAfterMs ?? DEFAULT_RETRY_AFTER_MS);
  const busy = error.code === 'TooManyRequests' || error.code === 'Unavailable';
  if (busy && asked !== undefined) return asked * (1 + Math.random() / 4);
  // A kept-alive connection that the server closed as we wrote: a fresh one tells whether the server is there.
  if (error.code === 'Network' && attempt === 0 && isLostConnection(error.cause)) return 0;
  return undefined;
}

function isLostConnection(cause: unknown): boolean {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE';
}

function addSelectors(query: URLSearchParams, options: ListOptions | WatchOptions): void {
  if (options.labelSelector) query.set('labelSelector', options.labelSelector);
  if (options.fieldSelector) query.set('fieldSelector', options.fieldSelector);
  if (options.resourceVersion !== undefined) query.set('resourceVersion', options.resourceVersion);
}

/** An empty list may come with `items: null`. */
function isList(list: unknown): boolean {
  if (!isObject(list) || !isObject(list.metadata)) return false;
  const items = list.items ?? [];
  return Array.isArray(items) && items.every((item) => isObject(item) && isObject(item.metadata));
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Items of builtin kinds come without apiVersion and kind; watch events have them. */
function withTypes<T extends KubeObject>(items: T[], resource: Resource<T>): T[] {
  const apiVersion = apiVersionOf(resource);
  for (const item of items) {
    item.apiVersion ??= apiVersion;
    item.kind ??= resource.kind;
  }
  return items;
}

const typed = <T extends KubeObject>(object: T, resource: Resource<T>): T =>
  object.apiVersion !== undefined && object.kind !== undefined
    ? object
    : { ...object, apiVersion: apiVersionOf(resource), kind: resource.kind };
