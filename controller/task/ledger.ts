import type { Task, TaskLedger, TaskLedgerEntry } from '../../api/index.ts';
import { API_VERSION, taskLedgers } from '../../api/index.ts';
import type { Clock, Informer, KubeClient, Logger, Timer } from '../../kube/index.ts';
import { isAlreadyExists, isNotFound, messageOf } from '../../kube/index.ts';
import { marksOf } from '../../policies/provenance/index.ts';
import type { FreshReader } from '../freshReader.ts';
import { keyIn, nameOf } from '../keys.ts';

/** Its name, in each namespace. */
export const LEDGER = 'tasks';
/** What is to be written down waits so long for more, in milliseconds: many runs cost one write. */
const PAUSE_MS = 1_000;
const RETRY_MS = 5_000;
const CLOSE_TIMEOUT_MS = 2_000;
/** Beyond this many, the oldest entries of Tasks that are gone are forgotten. */
const MOST_ENTRIES = 1_000;

/** What Tasks have run, where it outlives them. */
export interface TaskLedgers {
  /** Undefined where nothing is known of a Task of this name. */
  entryOf(task: Task): TaskLedgerEntry | undefined;
  /** The same as the API server has it now: a ledger that was restored a moment before its Tasks may not be in the cache yet. */
  readEntryOf(task: Task): Promise<TaskLedgerEntry | undefined>;
  /** Writes down, in a moment, what a Task has run. */
  record(task: Task, entry: Omit<TaskLedgerEntry, 'time'>): void;
  /** Writes what is still to be written, now. */
  flush(): void;
  /** Writes what is still to be written and ends. */
  close(): Promise<void>;
}

/** Whether something brings the Task back when it is deleted: Argo CD, Flux, Helm, or CI that stamps what it applies. */
export function isBroughtBack(task: Task): boolean {
  const { git, argo, flux } = marksOf({ ...task, kind: 'Task' });
  return git !== undefined || argo !== undefined || flux !== undefined;
}

/**
 * One object a namespace, written once a second at most. It is not written before the run is created: a process that is killed within that
 * second writes it when it starts again, since the Task and its run are there still.
 */
export function createTaskLedgers(options: {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly informer: Informer<TaskLedger>;
  readonly fresh: FreshReader;
  readonly exists: (taskKey: string) => boolean;
}): TaskLedgers {
  const { client, clock, logger, informer, fresh } = options;
  /** By namespace, then by Task. */
  const pending = new Map<string, Map<string, TaskLedgerEntry>>();
  let timer: Timer | undefined;
  let writing: Promise<void> = Promise.resolve();
  let closed = false;

  const known = (namespace: string, name: string): TaskLedgerEntry | undefined =>
    pending.get(namespace)?.get(name) ?? entryIn(informer.store.get(keyIn(namespace, LEDGER)), name);

  function soon(ms: number): void {
    if (closed || timer !== undefined) return;
    timer = clock.after(ms, () => {
      timer = undefined;
      flush();
    });
  }

  function flush(): void {
    timer?.cancel();
    timer = undefined;
    writing = writing.then(writeAll);
  }

  async function writeAll(): Promise<void> {
    for (const [namespace, entries] of pending) {
      const sent = new Map(entries);
      try {
        informer.observe(await write(namespace, Object.fromEntries(sent)));
        for (const [name, entry] of sent) if (entries.get(name) === entry) entries.delete(name);
        if (entries.size === 0) pending.delete(namespace);
      } catch (error) {
        // A namespace that ends takes its Tasks with it, and nobody brings them back.
        if (isNotFound(error)) pending.delete(namespace);
        else logger.warn({ namespace, error: messageOf(error) }, 'tasks: what has run could not be written down');
      }
    }
    if (pending.size > 0) soon(RETRY_MS);
  }

  async function write(namespace: string, entries: Record<string, TaskLedgerEntry>): Promise<TaskLedger> {
    const limit = { timeoutMs: CLOSE_TIMEOUT_MS };
    const forgotten = Object.fromEntries(surplus(namespace, entries).map((name) => [name, null]));
    const patch = { type: 'merge' as const, body: { spec: { entries: { ...forgotten, ...entries } } } };
    const key = { namespace, name: LEDGER };
    if (informer.store.get(keyIn(namespace, LEDGER)) !== undefined) {
      try {
        return await client.patch(taskLedgers, key, patch, limit);
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
    const ledger = { apiVersion: API_VERSION, kind: 'TaskLedger', metadata: key, spec: { entries } };
    try {
      return await client.create(taskLedgers, ledger, limit);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      return await client.patch(taskLedgers, key, patch, limit);
    }
  }

  /** Entries that may go. Those of Tasks that are there are kept: they are about to be needed when the Task goes. */
  function surplus(namespace: string, added: Readonly<Record<string, TaskLedgerEntry>>): string[] {
    const present = Object.entries(informer.store.get(keyIn(namespace, LEDGER))?.spec.entries ?? {});
    const over =
      present.filter(([name]) => !Object.hasOwn(added, name)).length + Object.keys(added).length - MOST_ENTRIES;
    if (over <= 0) return [];
    return present
      .filter(([name]) => !Object.hasOwn(added, name) && !options.exists(keyIn(namespace, name)))
      .sort(([, a], [, b]) => a.time.localeCompare(b.time))
      .slice(0, over)
      .map(([name]) => name);
  }

  return {
    entryOf: (task) => known(task.metadata.namespace ?? '', nameOf(task)),
    async readEntryOf(task) {
      const { namespace = '' } = task.metadata;
      try {
        const ledger = await fresh.get(taskLedgers, { namespace, name: LEDGER });
        return pending.get(namespace)?.get(nameOf(task)) ?? entryIn(ledger, nameOf(task));
      } catch (error) {
        if (!isNotFound(error)) throw error;
        return pending.get(namespace)?.get(nameOf(task));
      }
    },
    record(task, entry) {
      const { namespace = '' } = task.metadata;
      const name = nameOf(task);
      const before = known(namespace, name);
      if (before?.definition === entry.definition && before.runs === entry.runs && before.uid === entry.uid) return;
      const entries = pending.get(namespace) ?? new Map<string, TaskLedgerEntry>();
      pending.set(namespace, entries);
      entries.set(name, { ...entry, time: new Date(clock.now()).toISOString() });
      soon(PAUSE_MS);
    },
    flush() {
      if (pending.size > 0) flush();
    },
    async close() {
      closed = true;
      flush();
      await writing;
    },
  };
}

// A Task may be called `constructor`.
function entryIn(ledger: TaskLedger | undefined, name: string): TaskLedgerEntry | undefined {
  const entries = ledger?.spec.entries ?? {};
  return Object.hasOwn(entries, name) ? entries[name] : undefined;
}
