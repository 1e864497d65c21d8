/** What every Kubernetes object carries. `T` of the functions here is an interface that extends this. */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta;
}

export interface ObjectMeta {
  name?: string;
  generateName?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  ownerReferences?: OwnerReference[];
  managedFields?: unknown[];
}

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

export interface ListMeta {
  resourceVersion?: string;
  continue?: string;
  remainingItemCount?: number;
}

export interface KubeList<T> {
  apiVersion?: string;
  kind?: string;
  metadata: ListMeta;
  items: T[];
}

/** How a kind is reached. The type parameter only carries the object's type. */
export interface Resource<T extends KubeObject = KubeObject> {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** Never set: makes `Resource<A>` and `Resource<B>` different types. */
  readonly object?: T;
}

export interface ObjectKey {
  readonly namespace?: string;
  readonly name: string;
}

export interface JsonPatchOperation {
  op: 'add' | 'remove' | 'replace' | 'test' | 'move' | 'copy';
  path: string;
  value?: unknown;
  from?: string;
}

/** A patch and its media type. `apply` is server-side apply and needs `fieldManager`. */
export type Patch =
  | { readonly type: 'json'; readonly operations: readonly JsonPatchOperation[] }
  | { readonly type: 'merge'; readonly body: unknown }
  | { readonly type: 'strategic'; readonly body: unknown }
  | { readonly type: 'apply'; readonly body: unknown };

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds until the call fails with code `Timeout`; 30,000 unless told. */
  readonly timeoutMs?: number;
}

export interface WriteOptions extends CallOptions {
  /** Defaults to the client's own field manager. */
  readonly fieldManager?: string;
  readonly dryRun?: boolean;
  /** `status`, `scale`, … */
  readonly subresource?: string;
  /** Server-side apply only: take fields over from other managers. */
  readonly force?: boolean;
}

export interface ListOptions extends CallOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly limit?: number;
  readonly continue?: string;
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: 'Exact' | 'NotOlderThan';
}

export interface WatchOptions extends CallOptions {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly resourceVersion?: string;
  /** Seconds after which the server ends the watch in good order. */
  readonly timeoutSeconds?: number;
  /** Milliseconds without a byte after which the connection counts as dead. */
  readonly inactivityMs?: number;
}

export type WatchEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string };

export interface DeleteOptions extends CallOptions {
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  readonly gracePeriodSeconds?: number;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/**
 * The API server, seen from a controller. Every method rejects with `KubeError`.
 * Objects are plain JSON: timestamps are strings, nothing is renamed.
 */
export interface KubeClient {
  get<T extends KubeObject>(resource: Resource<T>, key: ObjectKey, options?: CallOptions): Promise<T>;
  list<T extends KubeObject>(resource: Resource<T>, options?: ListOptions): Promise<KubeList<T>>;
  create<T extends KubeObject>(resource: Resource<T>, object: T, options?: WriteOptions): Promise<T>;
  /** PUT. The object's resourceVersion, when set, is the precondition. */
  replace<T extends KubeObject>(resource: Resource<T>, object: T, options?: WriteOptions): Promise<T>;
  patch<T extends KubeObject>(resource: Resource<T>, key: ObjectKey, patch: Patch, options?: WriteOptions): Promise<T>;
  delete<T extends KubeObject>(resource: Resource<T>, key: ObjectKey, options?: DeleteOptions): Promise<void>;
  /** Ends when the server ends it; rejects with `KubeError` (code `Gone` for 410, as status or as ERROR event). Strictly in order. */
  watch<T extends KubeObject>(resource: Resource<T>, options: WatchOptions): AsyncIterable<WatchEvent<T>>;
  /** Any other path: discovery, `/version`, logs. `body` is sent as JSON; the answer is parsed JSON, or text when it is none. */
  request(method: string, path: string, body?: unknown, options?: CallOptions): Promise<unknown>;
  /** Ends idle connections; calls under way fail. */
  close(): Promise<void>;
}

/** Time, passed in so that tests can hold it. */
export interface Clock {
  /** Wall clock, milliseconds since the epoch. */
  now(): number;
  /** Monotonic milliseconds: for durations and leases, never for timestamps. */
  monotonic(): number;
  /** Runs `task` once after `ms` milliseconds. Does not keep the process alive. */
  after(ms: number, task: () => void): Timer;
}

export interface Timer {
  cancel(): void;
}

/** The part of pino's interface that the code uses. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): Logger;
}

/** Objects by `namespace/name` (`name` alone when cluster-scoped). Objects in it are shared: never edit them. */
export interface Store<T extends KubeObject> {
  get(key: string): T | undefined;
  list(): T[];
  keys(): string[];
  byIndex(index: string, value: string): T[];
  readonly size: number;
}

export interface InformerHandler<T extends KubeObject> {
  add?(object: T): void;
  /** Also for relist deltas. A changed UID arrives as `delete` of the old, then `add` of the new. */
  update?(old: T, object: T): void;
  /** `last` is the last state known. */
  delete?(last: T): void;
}

export interface Informer<T extends KubeObject> {
  readonly resource: Resource<T>;
  readonly store: Store<T>;
  /** Adds a handler; objects already in the store arrive as `add`. Returns the remover. */
  on(handler: InformerHandler<T>): () => void;
  /** Lists and watches until `signal` aborts. Never rejects for the server's sake: it backs off and goes on. */
  run(signal: AbortSignal): Promise<void>;
  hasSynced(): boolean;
  /** Resolves at the first complete list; rejects when `signal` aborts before. */
  synced(signal?: AbortSignal): Promise<void>;
  /** Reads an object back from our own write into the store, if it is newer than what is there; spares a stale re-run. */
  observe(object: T): void;
}

/** What a reconcile asks for. A throw means: again, with the rate limiter's backoff; a `TerminalError`: not again until something changes. */
export type ReconcileResult = { readonly kind: 'done' } | { readonly kind: 'requeue'; readonly afterMs: number };

export interface WorkQueue {
  /** A key that is queued or being processed is processed once more, never twice at once. */
  add(key: string): void;
  addAfter(key: string, ms: number): void;
  addRateLimited(key: string): void;
  forget(key: string): void;
  failures(key: string): number;
  /** Keys that wait for a worker; neither delayed ones nor those being processed. */
  readonly length: number;
  /** For workers: the next key, which then counts as being processed until `done`; undefined after `shutDown`, or when `signal` aborts. */
  take(signal?: AbortSignal): Promise<string | undefined>;
  done(key: string): void;
  /** Adds do nothing from here on, delayed keys are dropped, and waiting `take`s end. */
  shutDown(): void;
}

export interface ControllerOptions {
  readonly name: string;
  readonly queue: WorkQueue;
  readonly workers: number;
  readonly reconcile: (key: string, signal: AbortSignal) => Promise<ReconcileResult>;
  /** What log lines about a key say beside it. */
  readonly about?: (key: string) => Readonly<Record<string, unknown>>;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly metrics?: ControllerMetrics;
}

/** Told of every reconcile. `seconds` is how long it took. */
export interface ControllerMetrics {
  reconciled(
    controller: string,
    result: 'success' | 'requeue_after' | 'error' | 'terminal_error',
    seconds: number,
  ): void;
  active(controller: string, workers: number): void;
}

export interface ObjectReference {
  apiVersion: string;
  kind: string;
  namespace?: string;
  name: string;
  uid?: string;
  resourceVersion?: string;
}

export interface EventRecorder {
  /** Never blocks, never throws. Repeats of the same (object, type, reason, message) become one Event with a count. */
  event(
    about: ObjectReference,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
    annotations?: Record<string, string>,
  ): void;
  /** Resolves when all that was recorded so far is written, or given up. */
  flush(): Promise<void>;
  close(): Promise<void>;
}
